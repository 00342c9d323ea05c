"""What every written date and time has in common: names of months, years in few digits, clocks of twelve hours."""

from __future__ import annotations

from typing import Final

__all__ = ["HALF_DAY", "MONTHS", "hour_of", "month_of", "year_of"]

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""What the names of months begin with in English."""

HALF_DAY: Final = (
    r"[ap]\.?\s?m\b\.?|上午|早上|早晨|清晨|凌晨|中午|下午|傍晚|晚上|夜里|夜裡|半夜|午夜|深夜"
    r"|午前|午後|오전|오후|π\.?\s?μ\.?|μ\.?\s?μ\.?|[صم](?!\w)"
)
"""The words that say which half of the day an hour is in, for a regular expression that ignores case."""

_GERMAN = {"mär": "mar", "mae": "mar", "mai": "may", "okt": "oct", "dez": "dec"}
_MORNING = frozenset({"am", "上午", "早上", "早晨", "清晨", "凌晨", "午前", "오전", "πμ", "ص"})
_NIGHT = frozenset({"晚上", "夜里", "夜裡", "半夜", "午夜", "深夜"})
_BUDDHIST = 2400


def hour_of(hour: int, half: str) -> int:
    """Return the hour of the 24-hour clock, from the one written and the word beside it, '' where there is none.

    >>> hour_of(9, "p.m."), hour_of(12, "AM"), hour_of(1, "中午"), hour_of(12, "晚上")
    (21, 0, 13, 0)
    """
    half = "".join(half.casefold().replace(".", "").split())
    if not half or hour > 12:
        return hour
    if half in _MORNING or (half in _NIGHT and hour in (12, *range(5))):
        return hour % 12
    if half == "中午":
        return hour if hour > 10 else hour + 12
    return hour % 12 + 12


def month_of(name: str) -> int:
    """Return the number of a month by its name in English or German; raise ValueError for another word.

    >>> month_of("September"), month_of("März")
    (9, 3)
    """
    start = name.casefold()[:3]
    return MONTHS.index(_GERMAN.get(start, start)) + 1


def year_of(digits: str) -> int:
    """Return a year: of fewer than four digits one of this century, of the Thai calendar the one it counts from 543 BC.

    >>> year_of("26"), year_of("2569")
    (2026, 2026)
    """
    year = int(digits)
    if len(digits) < 4:
        return year + 2000
    return year - 543 if year > _BUDDHIST else year
