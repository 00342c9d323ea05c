"""Dates as people and spreadsheets write them, and which of two numbers in them is the day.

03/04/2026 is the 3rd of April in one country and the 4th of March in another. The order is said by a person, found
in the column (a number beyond 12 is no month), or unknown: then there is no date, rather than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from replydesk.data.quantities.clock import HALF_DAY, hour_of, month_of, year_of
from replydesk.data.readers.base import moment

__all__ = ["AmbiguousError", "ambiguous", "date_order", "written"]

_CLOCK = (
    rf"(?:(?:\s*,\s*|\s+|T)({HALF_DAY})?\s*(\d{{1,2}})[:.](\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?\s*"
    rf"({HALF_DAY})?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_DAY_OR_MONTH = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d\d){_CLOCK}", re.I)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[/.年-](\d{{1,2}})[/.月-](\d{{1,2}})日?{_CLOCK}", re.I)
_NAMED = re.compile(
    rf"(?:[a-zä]+\.?,?\s+)?(?:(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+([a-zäéû]+)\.?,?|([a-zäéû]+)\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?)"
    rf"[\s-]+(\d{{4}})(?:\s+at)?{_CLOCK}",
    re.I,
)
_WORD = re.compile("[A-Za-z]{3}")
_LOOKED_AT = 10_000


class AmbiguousError(ValueError):
    """A date that could be read in two ways."""


def written(text: str, order: str = "") -> datetime | None:
    """Return the time in UTC that a text stands for, or None for nothing.

    Beyond what :func:`moment` reads: the day or the month first, by ``order`` (``dmy`` or ``mdy``), clocks of twelve
    hours, names of months in English and German, and dates of mail. Points part the day from the month, so
    03.04.2026 is never March. Raises :class:`AmbiguousError` for a date of which the order is not known and ValueError
    for what is none.

    >>> written("4/3/2026 9:05 PM", "mdy").isoformat()
    '2026-04-03T21:05:00+00:00'
    """
    try:
        return moment(text)
    except ValueError as error:
        text = text.strip()
        try:
            return _other(text, order).astimezone(UTC)
        except AmbiguousError:
            raise
        except (ValueError, OverflowError):
            raise ValueError(str(error)) from None


def _other(text: str, order: str) -> datetime:
    if found := _DAY_OR_MONTH.fullmatch(text):
        one, mark, other, year, *clock = found.groups()
        known = order or _told(int(one), int(other), year) or ("dmy" if mark == "." and len(year) == 4 else "")
        if not known:
            raise AmbiguousError(f"{text[:60]!r} does not say which number is the day")
        day, month = (one, other) if known == "dmy" else (other, one)
        return _time(year_of(year), int(month), int(day), clock)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day, *clock = found.groups()
        return _time(year_of(year), int(month), int(day), clock)
    if found := _NAMED.fullmatch(text):
        one, name, other_name, other, year, *clock = found.groups()
        return _time(year_of(year), month_of(name or other_name), int(one or other), clock)
    if not _WORD.search(text):
        raise ValueError
    mail = parsedate_to_datetime(text)
    return mail if mail.tzinfo else mail.replace(tzinfo=UTC)


def _told(one: int, other: int, year: str) -> str:
    if other > 12 >= one:
        return "mdy"
    # A year of two digits may as well stand first. Twice the same number needs no order.
    return "dmy" if len(year) == 4 and (one > 12 >= other or one == other) else ""


def _time(year: int, month: int, day: int, clock: list[str | None]) -> datetime:
    before, hour, minute, second, after, zone = clock
    hours = hour_of(int(hour or 0), before or after or "")
    offset = "+00:00" if zone is None or zone.isalpha() else zone
    return datetime.fromisoformat(
        f"{year:04}-{month:02}-{day:02}T{hours:02}:{minute or 0:0>2}:{second or 0:0>2}{offset}"
    )


def ambiguous(text: str) -> bool:
    """Return whether a text has the form of a date that begins with the day or the month."""
    return _DAY_OR_MONTH.fullmatch(text.strip()) is not None


def date_order(texts: Iterable[str]) -> str:
    """Return ``dmy`` or ``mdy`` when one of the dates has a number beyond 12 that tells it, else ``''``.

    Where years have two digits, 26/03/04 may begin with the year: then the first number is the day when it takes
    more values than the last.

    >>> date_order(["03/04/2026", "25/04/2026"]), date_order(["03/04/2026"])
    ('dmy', '')
    """
    firsts: set[int] = set()
    lasts: set[int] = set()
    for found in islice(filter(None, map(_DAY_OR_MONTH.fullmatch, map(str.strip, texts))), _LOOKED_AT):
        one, other, year = int(found[1]), int(found[3]), found[4]
        if one != other and (told := _told(one, other, year)):
            return told
        if len(year) == 2:
            firsts.add(one)
            lasts.add(int(year))
    return "dmy" if max(firsts, default=0) > 12 and len(firsts) > len(lasts) else ""
