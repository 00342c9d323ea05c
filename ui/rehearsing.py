"""The command `replydesk test`: scripted dialogues against a desk of their own or the home's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import settings_of
from replydesk.ui.options import HomeOption, JsonOption, show

if TYPE_CHECKING:
    from replydesk.data.dialogues import ScriptFile
    from replydesk.data.settings import Settings
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.rehearsal import Outcome

__all__ = ["own_desk", "test"]


def test(
    files: Annotated[list[Path], typer.Argument(help="YAML files of dialogues.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold scripted dialogues with the desk and say what came otherwise than expected; exit code 1 where any did."""
    from replydesk.data.dialogues import read_scripts
    from replydesk.dialog.rehearsal import rehearse

    # All files are read before the first dialogue is held: a mistake in the last one is told at once.
    read = [read_scripts(file) for file in files]
    place, told, lines, failed, held = Home.find(home), [], [], 0, 0
    for file in read:
        with _desk_of(file, place) as agent:
            outcomes = [rehearse(script, agent) for script in file.scripts]
        bad = sum(bool(outcome.failures) for outcome in outcomes)
        failed, held = failed + bad, held + len(outcomes)
        told.append({"file": str(file.path), "failed": bad, "dialogues": [outcome.document() for outcome in outcomes]})
        lines += [line for outcome in outcomes for line in _lines(file.path, outcome)]
    document: dict[str, Any] = {"dialogues": held, "failed": failed, "files": told}
    show(document, as_json, "\n".join([*lines, f"{held - failed} of {held} dialogues as expected."]))
    if failed:
        raise typer.Exit(1)


@contextmanager
def _desk_of(file: ScriptFile, home: Home) -> Iterator[Agent]:
    """Yield the agent of the file's own desk, or one that answers as the home does and leaves nothing there."""
    from replydesk.dialog.agent import Agent

    settings = settings_of(home)
    with tempfile.TemporaryDirectory(prefix="replydesk-test-") as folder:
        agent = own_desk(file, Path(folder), settings) if file.tickets else Agent.open(home, settings)
        try:
            yield agent
        finally:
            agent.matcher.close()
            agent.store.close()


def own_desk(file: ScriptFile, folder: Path, settings: Settings) -> Agent:
    """Return the agent of the desk that a file of dialogues brings, made in an empty folder.

    Of its settings only those of the dialogue count; all others are the given ones, so no index or database is touched.
    """
    from replydesk.data.errors import FormatError
    from replydesk.data.settings import Settings
    from replydesk.dialog.agent import Agent
    from replydesk.ui.documents import accepted_ticket

    place = Home(folder).create()
    for name, text in file.files.items():
        (place.folder / f"{name}.toml").write_text(text, encoding="utf-8")
    own = _sound(file, place)
    if own != Settings(dialog=own.dialog):
        hint = "Leave out what is not under [dialog]; the rest is as in the home."
        raise FormatError(
            "The settings of a desk for tests are those of the dialogue.", where=str(file.path), hint=hint
        )
    kept: dict[str, Any] = {"dialog": own.dialog} if "settings" in file.files else {}
    kept |= {
        "data": settings.data.model_copy(update={"database": ""}),
        "retrieval": settings.retrieval.model_copy(update={"index": ""}),
    }
    agent = Agent.open(place, settings.model_copy(update=kept))
    agent.store.add_tickets([accepted_ticket(ticket, settings.data) for ticket in file.tickets])
    return agent


def _sound(file: ScriptFile, place: Home) -> Settings:
    """Return the settings of the file's own desk, after its rules, facts and forms were read.

    A desk that runs goes on without those that are damaged; a test without them would say nothing. Raises the error of
    the first mistake, with its line in the file of dialogues.
    """
    from replydesk.data.errors import ReplydeskError
    from replydesk.data.settings import Settings
    from replydesk.dialog.written import Written

    def placed(name: str, error: ReplydeskError) -> ReplydeskError:
        line = error.where.rpartition(":")[2]
        at = file.above.get(name, 0) + (int(line) if line.isdigit() else 1)
        return type(error)(error.message, where=f"{file.path}:{at}", hint=error.hint)

    try:
        own = Settings.load(place.settings, {})
    except ReplydeskError as error:
        raise placed("settings", error) from None
    for one in Written(place, own.dialog).check():
        if one.error is not None:
            # Rules that the settings name elsewhere have lines of their own.
            raise placed(one.name, one.error) if one.name in file.files else one.error
    return own


def _lines(path: Path, outcome: Outcome) -> list[str]:
    """Return what a person reads of a dialogue that went otherwise."""
    lines = []
    for failure in outcome.failures:
        lines += [
            f"{path}:{failure.line}  {outcome.name}",
            f"    customer: {failure.said}",
            f"  - {failure.what}: {failure.expected}",
            f"  + {failure.what}: {failure.got}",
        ]
    return lines
