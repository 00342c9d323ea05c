"""The commands `replydesk facts ...`: what is true of the company, which replies are filled with and held to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import settings_of, written_of
from replydesk.ui.options import HomeOption, JsonOption, LanguageOption, show

__all__ = ["facts_app"]

facts_app = typer.Typer(
    help="What is true of the company: it fills replies and stops those that say otherwise.", no_args_is_help=True
)

KeyArgument = Annotated[str, typer.Argument(help="entity.attribute, such as shipping.cost")]
FromOption = Annotated[str, typer.Option("--from", help="The first day, such as 2026-12-01.")]


@facts_app.command("list")
def facts_list(
    at: Annotated[str, typer.Option("--at", help="Only what is true on this day.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the facts; `-` marks those that are not true today."""
    day = _day(at, "--at")
    facts = written_of(Home.find(home)).facts().facts
    shown = [fact for fact in facts if day is None or fact.valid(day)]
    today = datetime.now(UTC).date()
    lines = [
        f"{' ' if fact.valid(today) else '-'} {fact.key}{f' [{fact.language}]' if fact.language else ''}: {fact.value}"
        f"{f', from {fact.valid_from}' if fact.valid_from else ''}{f', to {fact.valid_to}' if fact.valid_to else ''}"
        for fact in shown
    ]
    document = {"facts": [{**fact.document(), "valid": fact.valid(today)} for fact in shown]}
    show(document, as_json, "\n".join(lines) or "No facts; add one with `replydesk facts set shipping.cost 4.90`.")


@facts_app.command("check")
def facts_check(
    text: Annotated[str, typer.Argument(help="A reply; without one only the file is checked.")] = "",
    file: Annotated[Path | None, typer.Option("--facts", help="This file in place of that of the home.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the file, and whether a reply says otherwise, or what none may say: then the exit code is 1."""
    from replydesk.dialog.rules.book import RuleBook
    from replydesk.dialog.rules.claims import Contradiction

    place = Home.find(home)
    written = written_of(place)
    path = file or written.paths["facts"]
    count = len(written.facts(path).facts)
    found = RuleBook.open(place, settings_of(place), facts=path, keep=False).objections(text) if text else ()
    lines = [
        f"{one.stated}: {one.fact} is {one.value}" if isinstance(one, Contradiction) else f"{one.said}: {one.reason}"
        for one in found
    ]
    document = {"file": str(path), "facts": count, "objections": [one.document() for one in found]}
    show(document, as_json, "\n".join(lines) or f"{path}: {count} facts{', nothing against it' if text else ''}.")
    if found:
        raise typer.Exit(1)


@facts_app.command("set")
def facts_set(
    key: KeyArgument,
    value: Annotated[str, typer.Argument(help="What is true, such as '4.90 EUR'.")],
    language: LanguageOption = "",
    valid_from: FromOption = "",
    valid_to: Annotated[str, typer.Option("--to", help="The last day.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where that is written.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a fact: the value of now is replaced, or with --from ends the day before."""
    from replydesk.dialog.rules.editing import set_fact

    facts = set_fact(
        Home.find(home).create(),
        key,
        value,
        today=datetime.now(UTC).date(),
        language=language,
        valid_from=_day(valid_from, "--from"),
        valid_to=_day(valid_to, "--to"),
        source=source,
    )
    document = {"set": key, "value": value, "facts": len(facts.facts)}
    show(document, as_json, f"{key} is {value}{f' from {valid_from}' if valid_from else ''}.")


@facts_app.command("remove")
def facts_remove(
    key: KeyArgument,
    language: Annotated[str | None, typer.Option("--language", help="Only that of this language.")] = None,
    valid_from: FromOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a fact away, all its values or the one of a language or a first day."""
    from replydesk.dialog.rules.editing import remove_fact

    place = Home.find(home).create()
    facts, gone = remove_fact(place, key, language=language, valid_from=_day(valid_from, "--from"))
    show({"removed": gone, "facts": len(facts.facts)}, as_json, f"Removed {gone} of {key}.")


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{option} {text}: write a day such as 2026-12-01.") from None
