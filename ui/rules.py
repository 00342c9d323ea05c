"""The commands `replydesk rules ...`: what the team has decided beforehand, checked and tried without a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from replydesk.data.errors import RequestError, SettingsError
from replydesk.data.home import Home
from replydesk.dialog.incoming import Incoming
from replydesk.ui.desk import agent_of, settings_of, written_of
from replydesk.ui.options import HomeOption, JsonOption, LanguageOption, RulesOption, say, show

if TYPE_CHECKING:
    from replydesk.dialog.rules.rules import Rules
    from replydesk.dialog.rules.situation import Situation

__all__ = ["rules_app"]

rules_app = typer.Typer(
    help="Rules that answer, hand over, ask or forbid, before anything is looked for.", no_args_is_help=True
)

_MARKS = {True: "fires", False: "-    "}


@dataclass(frozen=True)
class _Given:
    """An entity that was given on the command line."""

    kind: str
    value: str


@rules_app.command("check")
def rules_check(
    file: Annotated[Path | None, typer.Argument(help="A rules file; else rules.toml of the home.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a rules file: every mistake with its line, and which facts its answers need."""
    from replydesk.dialog.rules.reading import problems_of
    from replydesk.dialog.rules.source import Source

    place = Home.find(home)
    written = written_of(place)
    path = file or written.paths["rules"]
    if not path.exists():
        raise RequestError("There is no such file.", where=str(path), hint="docs/how-to/write-rules.md has an example.")
    try:
        rules, problems = problems_of(Source.read(path), settings_of(place).dialog.label_separator)
    except SettingsError as error:
        _refuse([error], as_json)
        return
    if problems:
        _refuse(problems, as_json)
        return
    lacking = _lacking(rules, written.facts())
    for line in lacking:
        say(line)
    document = {**_document(path, rules), "problems": [], "lacking": lacking}
    text = (
        f"{path}: {len(rules.rules)} rules, {len(rules.forbids)} prohibitions, {'with' if rules.hours else 'no'} hours."
    )
    show(document, as_json, text)


@rules_app.command("list")
def rules_list(rules: RulesOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the rules in their order, the hours, and what no reply may say."""
    written = written_of(Home.find(home))
    found = written.rules(rules)
    lines = [f"{rule.line:5}  {rule.effect:13} {rule.name}" for rule in found.rules]
    lines += [f"       never said    {one.name}: {one.reason}" for one in found.forbids]
    show(_document(rules or written.paths["rules"], found), as_json, "\n".join(lines))


@rules_app.command("try")
def rules_try(
    text: Annotated[str, typer.Argument(help="What a customer writes.")],
    language: LanguageOption = "",
    channel: Annotated[str, typer.Option("--channel", help="Where it comes from, such as web or email.")] = "",
    at: Annotated[str, typer.Option("--at", help="When, such as 2026-12-24T18:00; else now.")] = "",
    tags: Annotated[list[str] | None, typer.Option("--tag", help="A tag of the customer; may be repeated.")] = None,
    slots: Annotated[list[str] | None, typer.Option("--slot", help="What is known: order=TW-1; repeatable.")] = None,
    intents: Annotated[
        list[str] | None,
        typer.Option("--intent", help="Take it for this: card/lost=0.7; else it is read."),
    ] = None,
    entities: Annotated[
        list[str] | None, typer.Option("--entity", help="What it names: order=TW-1; else it is read.")
    ] = None,
    rules: RulesOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a message against the rules: which fire and why, which do not and what they miss."""
    from replydesk.data.text import language_of
    from replydesk.dialog.declared import said_slots
    from replydesk.dialog.rules.situation import Situation

    place = Home.find(home)
    written = written_of(place)
    found = written.rules(rules)
    language = language or language_of(text, among=settings_of(place).data.languages)
    known = dict(_pairs(slots, "--slot"))
    situation = Situation(
        text=text,
        language=language,
        intents={name: _probability(value) for name, value in _pairs(intents, "--intent", "1")},
        entities=tuple(_Given(kind, value) for kind, value in _pairs(entities, "--entity")),
        channel=channel,
        at=_moment(at, found),
        tags=tuple(tags or ()),
        slots=known,
        said=said_slots(written.forms(), known, language),
    )
    situation = _with_reading(situation, found, place, intents is None, entities is None)
    tried = found.tried(situation, written.facts())
    lines = []
    for one in tried:
        lines.append(f"{_MARKS[one.fired is not None]}  {one.rule.name} (line {one.rule.line}, {one.rule.effect})")
        lines += [f"         because  {one.because}"] if one.fired is not None else []
        lines += [f"         misses   {miss}" for miss in one.misses]
        lines += [f"         says     {one.fired.text}"] if one.fired is not None and one.fired.text else []
    document = {
        "text": text,
        "language": language,
        "at": situation.at.isoformat() if situation.at else None,
        "open": found.hours.is_open(situation.at) if found.hours and situation.at else None,
        "intents": [{"name": name, "probability": round(p, 4)} for name, p in list(situation.intents.items())[:5]],
        "entities": [{"kind": one.kind, "value": str(one.value)} for one in situation.entities],
        "rules": [one.document() for one in tried],
    }
    show(document, as_json, "\n".join(lines) or "There are no rules.")


def _with_reading(situation: Situation, rules: Rules, home: Home, intents: bool, entities: bool) -> Situation:
    """Return the situation with what the desk reads of the text, where a rule asks for it and nobody gave it."""
    from dataclasses import replace

    read_intents, read_entities = intents and rules.uses("intent"), entities and rules.uses("entity")
    if not (read_intents or read_entities) or not situation.text.strip():
        return situation
    reading = agent_of(home).answer(Incoming(situation.text, language=situation.language)).reading
    return replace(
        situation,
        intents=reading.probabilities if read_intents else situation.intents,
        entities=reading.entities if read_entities else situation.entities,
    )


def _document(path: Path, rules: Rules) -> dict[str, Any]:
    return {
        "file": str(path),
        "rules": [rule.document() for rule in rules.rules],
        "forbids": [{"name": one.name, "reason": one.reason} for one in rules.forbids],
        "hours": rules.hours.zone if rules.hours else None,
    }


def _refuse(problems: Sequence[SettingsError], as_json: bool) -> None:
    if as_json:
        show({"problems": [one.document()["error"] for one in problems]}, True, "")
    else:
        for one in problems:
            say(f"replydesk: {one}")
    raise typer.Exit(1)


def _lacking(rules: Rules, facts: Any) -> list[str]:
    """Return which answers name a fact that is not true today, in the languages that they have."""
    from replydesk.dialog.rules.filling import template_of

    lines = []
    for rule in rules.rules:
        for language, text in rule.texts.items():
            named = [place.name for place in template_of(text).places if place.kind == "fact"]
            lines += [
                f"The rule {rule.name} (line {rule.line}) cannot answer now: there is no fact {name}"
                f"{f' in {language}' if language else ''}."
                for name in named
                if facts.get(name, datetime.now(UTC), language) is None
            ]
    return lines


def _pairs(given: Sequence[str] | None, option: str, default: str = "") -> list[tuple[str, str]]:
    found = []
    for one in given or ():
        name, sign, value = one.partition("=")
        if not name or not (sign or default):
            raise typer.BadParameter(f"{option} {one}: write NAME=VALUE.")
        found.append((name, value if sign else default))
    return found


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{text} is no probability: write --intent NAME=0.7.")
    return value


def _moment(text: str, rules: Rules) -> datetime:
    """Return a moment; one without a zone is in that of the hours."""
    try:
        at = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise typer.BadParameter(f"{text} is no time: write 2026-12-24T18:00.") from None
    if at.tzinfo is not None:
        return rules.hours.local(at) if rules.hours is not None else at
    if rules.hours is None:
        return at.replace(tzinfo=UTC)
    return at.replace(tzinfo=rules.hours.local(datetime.now(UTC)).tzinfo)
