"""Quantities in a text: money, shares, durations, times, dates, links and numbers that can be compared.

English and Chinese are read alike: ``4.90 EUR``, ``€4,90``, ``five euros``, ``4.9欧元``, ``五天``, ``3至5个工作日``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from replydesk.data.quantities.dates import written_dates
from replydesk.data.quantities.measures import measures
from replydesk.data.quantities.numerals import NUMBER, span_of
from replydesk.data.quantities.times import ClockTime, clock_times
from replydesk.data.quantities.units import pattern_of, unit_of
from replydesk.dialog.rules.patterns import folded

__all__ = ["Kind", "Quantity", "even", "quantities_of"]

Kind = Literal["money", "share", "duration", "time", "date", "url", "email", "phone", "number"]

_FREE = re.compile(
    r"\bfree(?: of charge)?\b(?! (?:from|over|above|for|on|when|if|with|to|returns?\b))|\bno (?:charge|cost|fee)\b"
    r"|(?<!满)(?:免费|免运费|包邮)"
)
# Minutes of one; working days, months and years cannot be compared with the others.
_SPANS: Final = {"working day": (Decimal(1), "work"), "month": (Decimal(1), "month"), "year": (Decimal(12), "month")}
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[\w./?=&%#:~+-]*[\w/]")
_PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d ()-]{5,18}\d(?![\w-])")
_TO = re.compile(r"\s?(?:[-–—~～至到]|to)\s?")
_UNIT = re.compile(rf"\s?(?:({pattern_of()})|([a-z]+|[\u4e00-\u9fff]))")
_NUMBER = re.compile(rf"({NUMBER})(?:{_TO.pattern}({NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What stands from ``start`` to ``end`` of a text: from ``low`` to ``high`` of a unit, or a name in ``unit``."""

    kind: Kind
    low: float
    high: float
    unit: str
    start: int
    end: int

    def agrees(self, fact: Quantity) -> bool:
        """Return whether this says nothing else than a fact does; a part of its span is nothing else."""
        if self.kind != fact.kind:
            return False
        if self.kind == "money" and self.low == self.high == fact.low == fact.high == 0:
            return True
        if self.kind == "date":
            return self.low == fact.low and (self.unit == fact.unit or not self.unit or not fact.unit)
        if self.unit != fact.unit:
            return False
        if self.kind == "time":
            return {self.low, self.high} <= {fact.low, fact.high}
        return fact.low <= self.low and self.high <= fact.high


def even(text: str) -> str:
    """Return a text as :func:`~replydesk.dialog.rules.patterns.folded` has it, but letter for letter."""
    return "".join(map(_even, text))


@lru_cache(maxsize=5000)
def _even(letter: str) -> str:
    one = folded(letter)
    return one if len(one) == 1 else letter


def quantities_of(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of an ``even`` text in their order; no letter belongs to two.

    >>> [(one.kind, one.low, one.high, one.unit) for one in quantities_of("3-5 days, 运费五元")]
    [('duration', 4320.0, 7200.0, ''), ('money', 5.0, 5.0, 'CNY')]
    """
    found: list[Quantity] = []
    taken = [False] * len(text)

    def add(kind: Kind, span: tuple[int, int], low: Decimal | int, high: Decimal | int, unit: str) -> None:
        if not any(taken[slice(*span)]):
            taken[slice(*span)] = [True] * (span[1] - span[0])
            found.append(Quantity(kind, float(min(low, high)), float(max(low, high)), unit, *span))

    for match in _EMAIL.finditer(text):
        add("email", match.span(), 0, 0, match[0])
    for match in _URL.finditer(text):
        add("url", match.span(), 0, 0, re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", match[0]))
    for date in written_dates(text):
        if date.day:
            number = date.month * 100 + date.day
            add("date", (date.start, date.end), number, number, str(date.year or ""))
    several = list(measures(text))
    for one in several:
        if one.unit.kind == "money":
            add("money", (one.start, one.end), one.low, one.high, one.unit.name)
    for match in _FREE.finditer(text):
        add("money", match.span(), 0, 0, "")
    for first, last in _joined(sorted(clock_times(text), key=lambda one: one.start), text):
        add("time", (first.start, last.end), first.hour * 60 + first.minute, last.hour * 60 + last.minute, "")
    for one in several:
        if one.unit.name == "%":
            add("share", (one.start, one.end), one.low, one.high, "%")
        elif one.unit.kind == "time":
            size, unit = _SPANS.get(one.unit.name, (Decimal(one.unit.seconds) / 60, ""))
            add("duration", (one.start, one.end), size * one.low, size * one.high, unit)
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) > 6:
            add("phone", match.span(), 0, 0, digits)
    for match in _NUMBER.finditer(text):
        add("number", match.span(), *span_of(match[1], match[2]), _unit(text[match.end() :]))
    return tuple(sorted(found, key=lambda one: one.start))


def _unit(rest: str) -> str:
    """Return the unit right behind a number, or else the word there."""
    found = _UNIT.match(rest)
    return "" if found is None else unit_of(found[1]).name if found[1] else found[2]


def _joined(times: list[ClockTime], text: str) -> Iterator[tuple[ClockTime, ClockTime]]:
    """Yield the ends of spans of time, twice the same where one time stands alone."""
    while times:
        first = last = times.pop(0)
        if times and _TO.fullmatch(text, first.end, times[0].start):
            last = times.pop(0)
        yield first, last
