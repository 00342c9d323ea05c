"""Dates that say their month, as they are written in English and Chinese: 3 May, May 3rd 2026, 2026年5月3日, 5月."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from replydesk.data.quantities.clock import month_of
from replydesk.data.quantities.numerals import HAN_NUMERALS, number_of

__all__ = ["MONTH", "MONTHS", "WEEKDAY", "WrittenDate", "weekday_of", "written_dates"]

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""What the months are called in English, whatever the locale."""

MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
"""A pattern of the English names of months. Ignore the case of letters."""

WEEKDAY: Final = (
    "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
"""A pattern of the English names of days. Ignore the case of letters."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_DAYS: Final = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6} | {str(n + 1): n for n in range(7)}

_YEAR_FIRST = re.compile(r"(?<![\d./-])((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])", re.ASCII)
_HAN = re.compile(
    rf"(?<![\d{HAN_NUMERALS}])(?:((?:19|20)\d\d|[{HAN_NUMERALS}]{{4}})\s?年\s?)?(\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s?月份?"
    r"(?:\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?[日号號])?",
    re.ASCII,
)
_DAY_FIRST = re.compile(
    rf"(?<![\d.a-z])(\d{{1,2}})(st|nd|rd|th)?\ (of\ )?({MONTH})\.?(?![a-z])(?:,?\ ((?:19|20)\d\d)(?!\d))?",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
_MONTH_FIRST = re.compile(
    rf"(?<![a-z])({MONTH})\.?\ (?:the\ )?(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\ ((?:19|20)\d\d)(?!\d))?",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
# No date that is read here has neither.
_HINT = re.compile(r"[0-9月]")
# "2 may be missing", but "on 2 may we moved".
_MAY: Final = 5
_VERB = re.compile(r" [a-z]")
_ON = re.compile(r"\b(?:on|by|until|till|from|before|after|since|to)(?: the)? \Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """Characters ``start`` to ``end`` of a text say a day of a month, 0 for the whole month, of a year or None."""

    year: int | None
    month: int
    day: int
    start: int
    end: int


def written_dates(text: str, *, real: bool = True) -> Iterator[WrittenDate]:
    """Yield the dates of a text in half width. No letter belongs to two; the order is that of the ways to write them.

    A month without a day is one with a year before it or 份 behind it; 三月 alone may mean 三个月, and is yielded, too.
    Of dates in digits only those with the year first are read, since nobody can say which part of another is the month.
    With ``real`` turned off, days that no month has are yielded as well.

    >>> [(one.year, one.month, one.day) for one in written_dates("May 3rd, 2026 or 5月4日")]
    [(None, 5, 4), (2026, 5, 3)]
    >>> [(one.month, one.day) for one in written_dates("47 Nov", real=False)]
    [(11, 47)]
    """
    if not _HINT.search(text):
        return
    last = 31 if real else 99
    taken = [False] * len(text)
    for pattern in (_YEAR_FIRST, _HAN, _DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(text):
            year, month, day = _parts(pattern, match)
            # "it may 50 times out of 51" says no day.
            most = 31 if month == _MAY else last
            if 1 <= month <= 12 and 0 <= day <= most and not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                yield WrittenDate(int(number_of(year)) if year else None, month, day, *match.span())


def weekday_of(name: str) -> int:
    """Return the number of a day of the week, Monday being 0, by its English name or the last sign of its Chinese one.

    >>> weekday_of("Wednesday"), weekday_of("天"), weekday_of("1")
    (2, 6, 0)
    """
    return _HAN_DAYS[name] if name in _HAN_DAYS else _DAYS.index(name[:3].lower())


def _parts(pattern: re.Pattern[str], match: re.Match[str]) -> tuple[str | None, int, int]:
    """Return year, month and day of a match, the month 0 where it is none."""
    if pattern is _YEAR_FIRST:
        return match[1], int(match[3]), int(match[4])
    if pattern is _HAN:
        return match[1], int(number_of(match[2])), int(number_of(match[3])) if match[3] else 0
    if pattern is _MONTH_FIRST:
        return match[3], month_of(match[1]), int(match[2])
    day, ending, of, name, year = match.groups()
    text = match.string
    verb = name == "may" and not (ending or of or year) and _VERB.match(text, match.end())
    return year, 0 if verb and not _ON.search(text[: match.start()]) else month_of(name), int(day)
