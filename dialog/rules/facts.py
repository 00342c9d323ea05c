"""Facts: what is true of the company now. They fill replies, and a reply that says otherwise is not sent."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from replydesk.data.errors import SettingsError
from replydesk.dialog.rules.claims import Contradiction, contradictions
from replydesk.dialog.rules.filling import Filled, template_of
from replydesk.dialog.rules.patterns import folded
from replydesk.dialog.rules.quantities import even
from replydesk.dialog.rules.source import Source, Table

__all__ = ["COLUMNS", "Fact", "Facts"]

COLUMNS = ("entity", "attribute", "value", "language", "valid_from", "valid_to", "source")


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one attribute of one entity, true from the first day to the last, both included.

    ``names`` and ``words`` are all the names of entity and attribute, the first of which is ``entity``, ``attribute``.
    """

    entity: str
    attribute: str
    value: str
    language: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Return how a text names it: ``shipping.cost``."""
        return f"{self.entity}.{self.attribute}"

    def valid(self, day: date) -> bool:
        """Return whether it is true on a day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    def document(self) -> dict[str, Any]:
        """Return its columns for JSON."""
        return {
            "entity": " | ".join(self.names or (self.entity,)),
            "attribute": " | ".join(self.words or (self.attribute,)),
            "value": self.value,
            "language": self.language,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "source": self.source,
        }


@dataclass(frozen=True)
class Facts:
    """All facts of a desk.

    >>> facts = Facts.of((Fact("shipping", "cost", "4.90 EUR", names=("shipping",), words=("cost",)),))
    >>> at = datetime.fromisoformat("2026-11-25T12:00:00+00:00")
    >>> facts.filled("Shipping costs {fact:shipping.cost}.", at).text
    'Shipping costs 4.90 EUR.'
    >>> [one.stated for one in facts.vetoes("Shipping costs 5 EUR.", at)]
    ['5 EUR']
    """

    facts: tuple[Fact, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Facts:
        """Read ``facts.toml`` or a CSV with the same columns; there are none where the file is missing.

        Raises :class:`SettingsError` with file, line and cure.
        """
        if not path.exists():
            return cls()
        if path.suffix.lower() == ".csv":
            return cls._checked(_csv_tables(path))
        return cls.parse(Source.read(path))

    @classmethod
    def parse(cls, source: Source) -> Facts:
        """Return the facts of a TOML source. Raises :class:`SettingsError`."""
        table = source.table()
        table.refuse_unknown({"fact"}, "facts")
        return cls._checked(table.tables("fact"))

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Facts:
        """Return facts that need no file."""
        return cls(tuple(facts))

    @classmethod
    def _checked(cls, tables: Iterable[Table]) -> Facts:
        found: list[Fact] = []
        known: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
        names: dict[str, str] = {}
        for table in tables:
            fact = _fact(table)
            for name in map(folded, fact.names):
                if names.setdefault(name, folded(fact.entity)) != folded(fact.entity):
                    hint = "Give every entity names of its own; its first name must be the same everywhere."
                    raise table.error(f"{name} is a name of {names[name]}, too.", hint, "entity")
            for other in known[folded(fact.entity), folded(fact.attribute), fact.language]:
                if other.value != fact.value and _overlap(other, fact):
                    message = f"{fact.key} has two values at once: {other.value} (line {other.line}) and {fact.value}."
                    raise table.error(message, "End the one with valid_to the day before the other begins.", "value")
            known[folded(fact.entity), folded(fact.attribute), fact.language].append(fact)
            found.append(fact)
        return cls(_all_named(found))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Return all names of the entities as they stand in an even text: what has none of them says nothing of any."""
        return tuple(dict.fromkeys(folded(name) for fact in self.facts for name in fact.names or (fact.entity,)))

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
        found: dict[tuple[str, str], tuple[Fact, ...]] = {}
        for fact in self.facts:
            for name in fact.names or (fact.entity,):
                for word in fact.words or (fact.attribute,):
                    key = folded(name), folded(word)
                    found[key] = (*found.get(key, ()), fact)
        return found

    def get(self, key: str, at: datetime, language: str = "") -> Fact | None:
        """Return what is true of an ``entity.attribute`` at a moment: in the language, else in none."""
        entity, _, attribute = key.partition(".")
        there = self._by_key.get((folded(entity), folded(attribute)), ())
        valid = [fact for fact in there if fact.valid(at.date()) and fact.language in (language, "")]
        return max(valid, key=lambda fact: bool(fact.language), default=None)

    def filled(
        self,
        text: str,
        at: datetime,
        slots: Mapping[str, str] | None = None,
        language: str = "",
        opening: str | None = None,
    ) -> Filled:
        """Return a text with its places filled; no text where a slot is unknown, or a fact is unknown or out of date.

        Raises :class:`RequestError` for a place that is none.
        """

        def known(key: str) -> tuple[str, str] | None:
            fact = self.get(key, at, language)
            return (fact.value, fact.source) if fact is not None else None

        return template_of(text).filled(slots or {}, known, opening)

    def vetoes(self, text: str, at: datetime, language: str = "") -> tuple[Contradiction, ...]:
        """Return where a text says something else than the facts that are true at a moment.

        With a ``language``, what is true in others counts only of what nothing is known of in that language.
        """
        plain = even(text)
        if not any(name in plain for name in self._names):
            return ()
        valid = [fact for fact in self.facts if fact.valid(at.date())]
        own = {_key(fact) for fact in valid if fact.language in (language, "")} if language else set()
        return contradictions(
            text, [fact for fact in valid if fact.language in (language, "") or _key(fact) not in own]
        )


def _all_named(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return facts with all names of their entity and attribute: a name that is given once counts for all."""
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for fact in facts:
        for key, given in (((folded(fact.entity),), fact.names), (_key(fact), fact.words)):
            names[key] = tuple(dict.fromkeys((*names.get(key, ()), *given)))
    return tuple(replace(fact, names=names[(folded(fact.entity),)], words=names[_key(fact)]) for fact in facts)


def _key(fact: Fact) -> tuple[str, str]:
    return folded(fact.entity), folded(fact.attribute)


def _overlap(one: Fact, other: Fact) -> bool:
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (
        one.valid_to or date.max
    )


def _fact(table: Table) -> Fact:
    table.refuse_unknown(set(COLUMNS), "a fact")
    for key in COLUMNS[:3]:
        if key not in table.values:
            raise table.error(f"This fact has no {key}.", f'Write {key} = "...".')
    names, words = (_names(table, key) for key in ("entity", "attribute"))
    if "." in names[0]:
        raise table.error("An entity has no dot in its name.", "The dot parts entity and attribute.", "entity")
    language = table.text("language")
    if not re.fullmatch("([a-z]{2})?", language):
        raise table.error(f"{language} is no language.", "Write en or zh, or take the key away for all.", "language")
    first, last = (_date(table, key) for key in ("valid_from", "valid_to"))
    if first and last and last < first:
        raise table.error("valid_to is before valid_from.", "Put the days in their order.", "valid_to")
    value, source = table.text("value").strip(), table.text("source")
    return Fact(names[0], words[0], value, language, first, last, source, names, words, table.line)


def _names(table: Table, key: str) -> tuple[str, ...]:
    names = tuple(" ".join(part.split()) for part in table.text(key).split("|"))
    if not all(map(folded, names)):
        raise table.error(f"{key} has an empty name.", f'Write {key} = "shipping | delivery | 运费".', key)
    return names


def _date(table: Table, key: str) -> date | None:
    value = table.values.get(key, "")
    if value == "" or type(value) is date:
        return value or None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise table.error(f"{key} is no date: {value}.", f"Write {key} = 2026-12-31.", key) from None


def _csv_tables(path: Path) -> list[Table]:
    """Return the rows of a CSV as tables that know their lines."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows, line = [], 1
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        hint = "Make it a CSV in UTF-8 with these columns: " + ", ".join(COLUMNS)
        raise SettingsError(f"The facts cannot be read: {error}.", where=str(path), hint=hint) from None
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    tables: list[Table] = []
    for line, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            message = f"This row has {len(row)} cells, the header {len(header)}."
            raise SettingsError(message, where=f"{path}:{line}", hint="Put a cell that has a comma into double quotes.")
        values = {key: cell.strip() for key, cell in zip(header, row, strict=True) if cell.strip()}
        place: tuple[str | int, ...] = ("fact", len(tables))
        tables.append(Table(Source(str(path), text, {}, {place: line}), place, values))
    return tables
