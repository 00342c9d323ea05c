"""Reading of ``rules.toml``: every mistake is told with its line, and nothing unknown is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from replydesk.data.errors import RequestError, SettingsError
from replydesk.dialog.rules.conditions import read_condition, uses
from replydesk.dialog.rules.filling import template_of
from replydesk.dialog.rules.forbidding import read_forbid, shipped
from replydesk.dialog.rules.hours import Hours, read_hours
from replydesk.dialog.rules.rules import EFFECTS, Effect, Rule, Rules
from replydesk.dialog.rules.source import Source, Table

__all__ = ["problems_of", "read_rules"]


def read_rules(source: Source, separator: str = "/") -> Rules:
    """Return the rules of a source. Raises :class:`SettingsError` for the first mistake, and counts the others."""
    rules, problems = problems_of(source, separator)
    if problems:
        first, more = problems[0], len(problems) - 1
        hint = f"{first.hint} There are {more} more: replydesk rules check." if more else first.hint
        raise SettingsError(first.message, where=first.where, hint=hint)
    return rules


def problems_of(source: Source, separator: str = "/") -> tuple[Rules, tuple[SettingsError, ...]]:
    """Return what can be read of a source, and every mistake in it, in the order of the file's parts."""
    problems: list[SettingsError] = []

    table = source.table()
    with _noted(problems):
        table.refuse_unknown({"rule", "hours", "forbid", "forbid_off"}, "rules")
    hours: Hours | None = None
    with _noted(problems):
        hours = read_hours(table.sub("hours"))
    rules: list[Rule] = []
    with _noted(problems):
        for one in table.tables("rule"):
            with _noted(problems):
                rules.append(_rule(one, separator, {rule.name: rule.line for rule in rules}, hours))
    forbids, off = list(shipped()), frozenset[str]()
    with _noted(problems):
        off = frozenset(_off(table, {one.name for one in forbids}))
    with _noted(problems):
        for one in table.tables("forbid"):
            with _noted(problems):
                forbid = read_forbid(one)
                if any(forbid.name == other.name for other in forbids):
                    hint = "Choose another name; a shipped one is turned off by forbid_off."
                    raise one.error(f"There are two [[forbid]] called {forbid.name}.", hint, "name")
                forbids.append(forbid)
    return Rules(tuple(rules), hours, tuple(one for one in forbids if one.name not in off)), tuple(problems)


@contextmanager
def _noted(problems: list[SettingsError]) -> Iterator[None]:
    """Put what is wrong on the list and go on, so that one look tells all mistakes."""
    try:
        yield
    except SettingsError as error:
        problems.append(error)


def _off(table: Table, known: set[str]) -> tuple[str, ...]:
    value = table.values.get("forbid_off", [])
    names = table.texts("forbid_off") if value != [] else ()
    for place, name in enumerate(names):
        if name not in known:
            hint = f"Those that are shipped: {', '.join(sorted(known))}."
            raise table.error(f"No prohibition called {name} is shipped.", hint, "forbid_off", place)
    return names


def _rule(table: Table, separator: str, known: dict[str, int], hours: Hours | None) -> Rule:
    table.refuse_unknown({"name", "when", *EFFECTS}, "a rule")
    name = table.text("name")
    if not name:
        raise table.error("This rule has no name.", 'Write name = "...": explanations call it so.')
    if name in known:
        message = f"There are two rules called {name}, the other in line {known[name]}."
        raise table.error(message, "Give each a name of its own.", "name")
    effects = [effect for effect in EFFECTS if effect in table.values]
    if len(effects) != 1:
        told = f"The rule {name} has {' and '.join(effects)}." if effects else f"The rule {name} does nothing."
        raise table.error(told, f"Write just one of: {', '.join(EFFECTS)}.", *effects[1:2])
    if "when" not in table.values:
        raise table.error(f"The rule {name} has no condition.", 'Write when.intent = "..." or another.')
    condition = read_condition(table.sub("when"), separator)
    if hours is None and uses(condition, "hours"):
        raise table.error(
            f"The rule {name} asks for hours, and there are none.", "Write a table [hours].", "when", "hours"
        )
    values, texts = _effect(table, effects[0])
    for text in texts.values():
        if hours is None and any(place.kind == "hours" for place in template_of(text).places):
            raise table.error("{hours:next} needs hours.", "Write a table [hours].", effects[0])
    return Rule(name, condition, effects[0], values, texts, table.line)


def _effect(table: Table, effect: Effect) -> tuple[tuple[str, ...], dict[str, str]]:
    value = table.values[effect]
    if effect in ("handoff", "never_answer"):
        return (table.text(effect),), {}
    if effect == "tag":
        return table.texts(effect), {}
    if effect == "answer":
        if isinstance(value, str):
            return (), {"": _checked(table, effect, table.text(effect))}
        return (), _texts(table.sub(effect))
    if isinstance(value, str):
        return (table.text(effect),), {}
    below = table.sub(effect)
    slot = below.text("slot")
    if not slot:
        raise below.error(
            "ask names no slot.", 'Write ask = "order", or ask = {slot = "order", en = "...", zh = "..."}.'
        )
    texts = Table(below.source, below.place, {key: one for key, one in below.values.items() if key != "slot"})
    return (slot,), _texts(texts) if texts.values else {}


def _texts(table: Table) -> dict[str, str]:
    found = {}
    for key in table.values:
        if not (len(key) == 2 and key.isascii() and key.islower()) and key != "other":
            hint = "Write en, zh or another code of two letters, or other for all other languages."
            raise table.error(f"{key} is no language.", hint, key)
        found["" if key == "other" else key] = _checked(table, key, table.text(key))
    if not found:
        raise table.error("There is no text.", 'Write answer.en = "..." and answer.zh = "...".')
    return found


def _checked(table: Table, key: str, text: str) -> str:
    try:
        template_of(text)
    except RequestError as error:
        raise table.error(error.message, error.hint, key) from None
    return text.strip()
