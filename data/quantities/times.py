"""Times of day as they are written in English and Chinese: 3pm, half past two, 下午3:30, 晚上八点半."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from replydesk.data.quantities.clock import hour_of
from replydesk.data.quantities.numerals import number_of

__all__ = ["ClockTime", "clock_times"]


@dataclass(frozen=True, slots=True)
class ClockTime:
    """Characters ``start`` to ``end`` of a text say an hour from 0 to 23 and a minute."""

    hour: int
    minute: int
    start: int
    end: int


def clock_times(text: str) -> Iterator[ClockTime]:
    """Yield the times of day of a text in half width. No letter belongs to two; the order is that of the ways to write.

    A Chinese hour needs a part of the day, a minute, or a word beside it, as 三点建议 are three points.

    >>> [(one.hour, one.minute) for one in clock_times("half past two, 9am, 晚上8点半")]
    [(2, 30), (9, 0), (20, 30)]
    """
    taken: list[tuple[int, int]] = []
    for pattern, read in _WAYS:
        for match in pattern.finditer(text):
            hour, minute = read(match)
            free = not any(start < match.end() and match.start() < end for start, end in taken)
            if 0 <= hour <= 24 and minute < 60 and free:
                taken.append(match.span())
                yield ClockTime(hour % 24, minute, *match.span())


def _digital(match: re.Match[str]) -> tuple[int, int]:
    return _hour(match[2], match[4] or match[1]), int(match[3] or 0)


def _spoken(match: re.Match[str]) -> tuple[int, int]:
    part, way, hour, half = match.groups()
    minute = {"half": 30, "quarter": 15}.get(part.lower()) or int(number_of(part))
    told = int(number_of(hour))
    if way.lower() == "to":
        told, minute = told - 1 or 12, 60 - minute
    return hour_of(told, half or ""), minute


def _han(match: re.Match[str]) -> tuple[int, int]:
    part, hour, rest, minute = match.groups()
    before, behind = match.string[: match.start()], match.string[match.end() :]
    if not (part or rest or _HOUR_BEHIND.match(behind) or _HOUR_AHEAD.search(before)):
        return -1, 0
    return _hour(hour, part), _PARTS.get(rest or "") or (int(number_of(minute)) if minute else 0)


def _hour(hour: str, half: str | None) -> int:
    told = half or ""
    return hour_of(int(number_of(hour)), f"{told[-1]}上" if told.endswith(("晚", "早")) else told)


_ENGLISH_HOUR: Final = "1[0-2]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HALF_DAY: Final = r"[ap]\.?m\b\.?"
_HAN_PART: Final = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|[今明昨前]?晚|[今明]?早"
_HOUR_BEHIND = re.compile(r"前|之前|以前|后|之后|以后|左右|[到至~-]|开始|[送来取发开关]|下单|营业|[上下]班")
_HOUR_AHEAD = re.compile(r"[到至在从從~-]\s?\Z")
_PARTS: Final = {"半": 30, "一刻": 15, "三刻": 45}
_FLAGS: Final = re.IGNORECASE | re.ASCII
_WAYS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int]]], ...]] = (
    (
        re.compile(
            rf"\b(half|quarter|twenty|ten|five)\s(past|(?<=quarter\s)to)\s({_ENGLISH_HOUR})\b(?:\s?({_HALF_DAY}))?",
            _FLAGS,
        ),
        _spoken,
    ),
    (
        re.compile(
            rf"(?<![\d:.])(?:({_HAN_PART})的?\s?)?([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?(?:\s?({_HALF_DAY}))?(?![\d:])",
            _FLAGS,
        ),
        _digital,
    ),
    (
        re.compile(rf"(?<![\d:.,a-z$£€])()(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?\s?({_HALF_DAY})", _FLAGS),
        _digital,
    ),
    (
        re.compile(rf"\b({_ENGLISH_HOUR})\so(?:'|’)?clock\b", _FLAGS),
        lambda match: (int(number_of(match[1])), 0),
    ),
    (
        re.compile(
            r"(?:(?<=\bat )|(?<=\bby )|(?<=before )|(?<=after )|(?<=until )|(?<=till ))(noon|midnight|midday)\b", _FLAGS
        ),
        lambda match: (0 if match[1].lower() == "midnight" else 12, 0),
    ),
    (
        re.compile(
            rf"({_HAN_PART})?的?\s?((?<!\d)\d{{1,2}}|十[一二]?|二十[一二三]?|[一二两三四五六七八九])"
            r"[点點时時](?![间間候尚期代击擊])(半|一刻|三刻|钟|鐘|整|(\d{1,2}|[二三四五]?十[一二三四五六七八九]?)分?)?",
            re.ASCII,
        ),
        _han,
    ),
)
