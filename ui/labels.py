"""The commands `replydesk labels ...`: sentiment, topic or other labels that the next release learns to give."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from replydesk.data.errors import ReplydeskError
from replydesk.data.home import Home
from replydesk.data.labels import LabelSets
from replydesk.ui.desk import releases_of, settings_of, store_of
from replydesk.ui.options import HomeOption, JsonOption, LanguageOption, say, show

__all__ = ["labels_app"]

labels_app = typer.Typer(
    help="Messages labelled with a sentiment, a topic or anything else; what is trained next learns to label.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="What the labels tell: sentiment, topic, ...")]


@labels_app.command("add")
def labels_add(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="CSV or JSONL with text and label; several labels parted by |.")],
    language: LanguageOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add labelled messages to a set; adding them again changes nothing."""
    from replydesk.finetune.intents.further import read_label_file

    place = Home.find(home).create()
    settings = settings_of(place)
    rows, several = read_label_file(file, settings.data, language=language)
    added = LabelSets(place).add(name, rows, several=several)
    found = LabelSets(place).get(name).document(settings.finetune.test_share)
    counts = {"new": added.new, "changed": added.changed, "same": added.same}
    _log(place, {"set": name, **counts})
    text = (
        f"{name}: {added.new} new, {added.changed} changed, {added.same} as before; {found['messages']} messages of "
        f"{len(found['labels'])} labels, {found['test']} of them to judge by.\n"
        "Next: replydesk train, and replydesk releases promote ID"
    )
    if name == "sentiment" and (several or not found["labels"].keys() <= {"negative", "neutral", "positive"}):
        say("Only the labels negative, neutral and positive, one a message, take the place of the word list for mood.")
    show({**found, "added": counts}, as_json, text)


@labels_app.command("list")
def labels_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the sets, with their labels; `-` marks those that the release that answers does not know."""
    place = Home.find(home).create()
    settings, releases = settings_of(place), releases_of(place)
    current = releases.current_id()
    skills = releases.card(current)["skills"] if current in releases.ids() else {}
    known = {name for part in skills.values() for name in part.get("labels", {})}
    rows = [
        {**one.document(settings.finetune.test_share), "known": one.name in known} for one in LabelSets(place).all()
    ]
    lines = []
    for row in rows:
        head = f"{' ' if row['known'] else '-'} {row['name']}: {row['messages']} messages, {row['test']} to judge by"
        lines.append(f"{head}, {'several labels' if row['kind'] == 'several' else 'one label'} each")
        lines += [f"  {count:6}  {label}" for label, count in row["labels"].items()]
    document = {"release": current or "untrained", "labels": rows}
    show(document, as_json, "\n".join(lines) or "No labels; add some with `replydesk labels add NAME FILE`.")


@labels_app.command("remove")
def labels_remove(name: NameArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Forget a set; the release that answers knows it until another is promoted."""
    place = Home.find(home).create()
    LabelSets(place).remove(name)
    _log(place, {"set": name, "removed": True})
    show({"removed": name}, as_json, f"Removed {name}; the next release has no classifier of it.")


def _log(place: Home, what: dict[str, object]) -> None:
    """Tell the audit; the set is as it is, also where the database cannot be reached."""
    try:
        store = store_of(place)
        store.log("labels", what)
        store.close()
    except ReplydeskError as error:
        say(f"Not in the audit: {error}")
