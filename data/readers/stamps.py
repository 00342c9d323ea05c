"""Times as people's chat logs write them: day and month in any order, either clock, in several languages.

Such a time has no zone, so it is taken for UTC. Whether 03/04/2026 is in March or in April is told by the other dates
of the log: by one whose day is beyond 12, else by the order in which time does not run backwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from replydesk.data.quantities.clock import HALF_DAY, MONTHS, hour_of, month_of, year_of
from replydesk.data.readers.base import Assumed

__all__ = ["MARKS", "Stamp", "assumed_order", "moment_of", "normal", "order_of", "stamp_at"]

MARKS = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""The invisible marks of direction that phones put into a log, for a class of a regular expression."""

_UNSEEN = re.compile(f"[{MARKS}]")
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f\u3000]")
_DIGITS = {first + n: str(n) for first in (0x660, 0x6F0, 0x966, 0xFF10) for n in range(10)}
_HEAD = 48

_MONTH = "|".join(MONTHS)
_STAMP = re.compile(
    rf"""(?:
        (?: (?P<first>\d{{4}}|\d{{1,2}}) \s?(?:[/.\-]|年)\s? (?P<second>\d{{1,2}}) \s?(?:[/.\-]|月)\s?
            (?P<third>\d{{4}}|\d{{1,2}}) (?:日|\.(?=\s))?
          | (?P<day>\d{{1,2}})(?:st|nd|rd|th)? \s (?P<month>{_MONTH})[a-z]*\.?,? \s (?P<year>\d{{4}})
          | (?P<month2>{_MONTH})[a-z]*\.? \s (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? \s (?P<year2>\d{{4}})
        )
        (?:\s{{0,3}}[(（]?(?:星期|周|週)[一二三四五六日天][)）]?)?
        (?: T(?=\d) | \s{{0,3}}[,،]?\s{{0,3}}(?:(?:at|klo|kl\.?|um|à|às|om|в)\s+)? )
      )?
      (?:(?P<before>{HALF_DAY})\s{{0,3}})?
      (?P<hour>\d{{1,2}}) (?P<colon>[:：.时時点點h]) (?P<minute>\d{{2}})
      (?:[:：.分](?P<seconds>\d{{2}})(?:[.,]\d{{1,6}})?秒?|分)?
      (?:\s{{0,3}}(?P<after>{HALF_DAY}))? (?:Z\b|\s?(?:UTC|GMT)\b)? (?!\d|:\d) """,
    re.VERBOSE | re.IGNORECASE,
)

_FIRST_YEAR, _LAST_YEAR = 2009, 2049


class Stamp(NamedTuple):
    """A time as it was written: the parts of its date, if it has one, the hour of the 24-hour clock, and the text."""

    date: tuple[str, str, str] | None
    hour: int
    minute: int
    second: int
    written: str

    @property
    def american(self) -> bool:
        """Return whether it is written as phones in the United States do: 3/1/26, 3:05 PM."""
        if self.date is None or not self.written.endswith(("AM", "PM")):
            return False
        return "/" in self.written and len(self.date[2]) == 2 and min(map(len, self.date[:2])) == 1


def normal(line: str) -> str:
    """Return a line without marks of direction, with plain blanks, and with plain digits where its time stands.

    >>> normal("\\u200e[٣\u202fPM] Ann")
    '[3 PM] Ann'
    """
    line = _SPACES.sub(" ", _UNSEEN.sub("", line))
    return line if line.isascii() else line[:_HEAD].translate(_DIGITS) + line[_HEAD:]


def stamp_at(line: str, position: int = 0) -> tuple[Stamp, int] | None:
    """Return the time that stands at a position of a line, and where it ends; None where none stands."""
    found = _STAMP.match(line, position)
    if not found:
        return None
    dated = found["first"] or found["day"] or found["day2"]
    if not dated and found["colon"] not in ":：":
        return None  # 3.50 is a price
    if found["first"]:
        parts = (found["first"], found["second"], found["third"])
    else:
        month = found["month"] or found["month2"]
        number = str(month_of(month)) if month else ""
        parts = (found["year"] or found["year2"], number, found["day"] or found["day2"])
    hour = hour_of(int(found["hour"]), found["before"] or found["after"] or "")
    stamp = Stamp(parts if dated else None, hour, int(found["minute"]), int(found["seconds"] or 0), found[0].strip())
    return stamp, found.end()


def moment_of(stamp: Stamp, order: str, day: date | None = None) -> datetime:
    """Return the time in UTC, on ``day`` where the stamp has no date; raise ValueError where there is no such time."""
    try:
        found = _date(stamp.date, order) if stamp.date else day
        if found is None:
            raise ValueError
        return datetime(found.year, found.month, found.day, stamp.hour, stamp.minute, stamp.second, tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{stamp.written[:60]!r} is not a date that can be read") from None


def _date(parts: tuple[str, str, str], order: str) -> date:
    if len(parts[0]) == 4 and order[0] != "y":
        order = "ymd"
    named = dict(zip(order, parts, strict=True))
    return date(year_of(named["y"]), int(named["m"]), int(named["d"]))


def order_of(stamps: Iterable[Stamp], wanted: str = "") -> tuple[str, bool]:
    """Return the order of day, month and year in a log, such as ``dmy``, and whether it is certain.

    ``wanted`` is the order that a person named; it counts wherever the year does not come first.
    """
    dated = [stamp for stamp in stamps if stamp.date]
    dates = [parts for parts, _ in groupby(stamp.date for stamp in dated) if parts]
    open_dates = [parts for parts in dates if len(parts[0]) < 4]
    if not open_dates:
        # Hardly anybody puts the month last, so one impossible date is a slip and no proof.
        return ("ydm" if _read(dates, "ymd").count(None) > 1 and None not in _read(dates, "ydm") else "ymd"), True
    dates = open_dates
    orders = ["dmy", "mdy"] if any(len(parts[2]) == 4 for parts in dates) else ["dmy", "mdy", "ymd"]
    if wanted in orders:
        return wanted, True
    judged = [(_faults(dates, order), order) for order in orders]
    least = min(faults for faults, _ in judged)
    possible = [order for faults, order in judged if faults == least]
    if len(possible) == 1:
        return possible[0], True
    readings = {tuple(_read(dates, order)) for order in possible}
    if "mdy" in possible and any(stamp.american for stamp in dated):
        return "mdy", len(readings) == 1
    # People write day after day, not month after month: the order that makes the log short is the likelier.
    return min(possible, key=lambda order: _length(_read(dates, order))), len(readings) == 1


def assumed_order(where: str, stamps: Iterable[Stamp], order: str) -> Assumed:
    """Return what to say of a log whose dates can be read in more than one way."""
    shown = next((s.written for s in stamps if s.date and len(set(s.date[:2])) > 1), "")
    first = {"d": "day", "m": "month", "y": "year"}[order[0]]
    other = {"dmy": "mdy", "mdy": "dmy"}.get(order, "dmy")
    return Assumed(where, f"the {first} comes first in dates such as {shown}", f"--dates {other}")


def _faults(dates: list[tuple[str, str, str]], order: str) -> tuple[int, int]:
    """Return how many dates an order makes impossible, and how often it makes time run backwards."""
    read = _read(dates, order)
    return read.count(None), sum(b < a for a, b in pairwise([day for day in read if day]))


def _read(dates: list[tuple[str, str, str]], order: str) -> list[date | None]:
    return [_or_none(parts, order) for parts in dates]


def _or_none(parts: tuple[str, str, str], order: str) -> date | None:
    try:
        found = _date(parts, order)
    except ValueError:
        return None
    short = max(map(len, parts)) < 4
    return None if short and not _FIRST_YEAR <= found.year <= _LAST_YEAR else found


def _length(read: list[date | None]) -> int:
    days = [day for day in read if day]
    return (max(days) - min(days)).days if days else 0
