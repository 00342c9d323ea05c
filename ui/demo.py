"""The command `replydesk demo`: a bilingual desk to look at, a fictional shop with tickets and a trained release."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

import typer

from replydesk.data.errors import RequestError
from replydesk.data.home import Home, write_atomically
from replydesk.ui.desk import releases_of, store_of, workshop_of
from replydesk.ui.options import HomeOption, JsonOption, show
from replydesk.ui.terminal import outcome_text

__all__ = ["demo"]


def demo(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing when the home has tickets.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the bilingual demo desk: tickets, index, a trained release, and a form and rules to try."""
    place = Home.find(home).create()
    if if_empty and store_of(place).counts()["tickets"] and not _half_built(place):
        show({"home": str(place.folder), "built": False}, as_json, f"There is a desk in {place.folder}.")
        return
    _require_demo(place)
    samples = resources.files("replydesk.data.samples")
    if not place.settings.exists():
        write_atomically(place.settings, _settings().encode())
    workshop = workshop_of(place)
    names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
    with resources.as_file(samples) as folder:
        for name in ("forms.toml", "rules.toml"):
            # What somebody has made of them stays.
            if not (place.folder / name).exists():
                write_atomically(place.folder / name, (folder / name).read_bytes())
        imported = workshop.import_exports([folder / name for name in names])
    if workshop.releases.current_id():
        document = {
            "home": str(place.folder),
            "release": workshop.releases.current_id(),
            "import": imported.document(),
        }
        show(
            document,
            as_json,
            f"The demo desk stands in {place.folder}; release {document['release']} answers.",
        )
        return
    outcome = workshop.train(promote=True, imported=imported)
    document = {"home": str(place.folder), **outcome.document()}
    show(
        document,
        as_json,
        f"The demo desk stands in {place.folder}.\n{outcome_text(outcome)}\nNext: replydesk serve",
    )


def _settings() -> str:
    return resources.files("replydesk.data.samples").joinpath("settings.toml").read_text(encoding="utf-8")


def _half_built(home: Home) -> bool:
    """Return whether a demo was stopped before its release answered: its own settings, and nothing trained yet."""
    mine = home.settings.exists() and home.settings.read_text(encoding="utf-8") == _settings()
    return mine and not releases_of(home).current_id()


def _require_demo(home: Home) -> None:
    store = store_of(home)
    if store.counts()["tickets"] and not (_half_built(home) or store.messages("tidewick-en-0001")):
        hint = "Choose an empty folder with --home."
        raise RequestError("There is another desk in this home.", where=str(home.folder), hint=hint)
