"""Times of day as they are written in English and Chinese: 3pm, half past two, 下午3:30, 晚上八点半."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from replydesk.data.quantities.clock import hour_of
from replydesk.data.quantities.numerals import number_of

__all__ = ["ClockTime", "clock_times"]

_HALF: Final = r"(?:\s?(?P<half>[ap]\.?m\b\.?))"
_PART: Final = "(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|[今明昨前]?晚|[今明]?早)"
_HOUR: Final = r"(?P<hour>1[0-2]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_HAN_HOUR: Final = r"(?P<hour>(?<!\d)\d{1,2}|十[一二]?|二十[一二三]?|[一二两三四五六七八九])"
_HAN_MINUTE: Final = r"(?P<rest>半|一刻|三刻|钟|鐘|整|(?P<minute>\d{1,2}|[二三四五]?十[一二三四五六七八九]?)分?)"
_MINUTES: Final = {"half": 30, "quarter": 15, "twenty": 20, "ten": 10, "five": 5, "半": 30, "一刻": 15, "三刻": 45}
_WAYS: Final = [
    re.compile(way, re.IGNORECASE | re.ASCII)
    for way in (
        rf"\b(?P<rest>half|quarter|twenty|ten|five)\s(?:past|(?<=quarter\s)(?P<to>to))\s{_HOUR}\b{_HALF}?",
        rf"(?<![\d:.])(?:{_PART}的?\s?)?(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d)(?::[0-5]\d)?{_HALF}?(?![\d:])",
        rf"(?<![\d:.,a-z$£€])(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?{_HALF}",
        rf"\b{_HOUR}\so(?:'|’)?clock\b",
        r"(?:(?<=\bat )|(?<=\bby )|(?<=before )|(?<=after )|(?<=until )|(?<=till ))(?P<noon>noon|midnight|midday)\b",
        rf"{_PART}?的?\s?{_HAN_HOUR}[点點时時](?![间間候尚期代击擊])(?P<beside>){_HAN_MINUTE}?",
    )
]
# One of these stands, in small letters, in every text that says a time in the way of the same place.
_HINTS: Final = [
    ("past", "quarter"),
    (":", "："),
    ("am", "pm", "a.m", "p.m"),
    ("clock",),
    ("noon", "midnight", "midday"),
    ("点", "點", "时", "時"),
]
# What tells the hour from three points, behind it and before it.
_BEHIND = re.compile(r"前|之前|以前|后|之后|以后|左右|[到至~-]|开始|[送来取发开关]|下单|营业|[上下]班")
_AHEAD = re.compile(r"[到至在从從~-]\s?\Z")


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
    taken, lower = [False] * len(text), text.lower()
    for way, hints in zip(_WAYS, _HINTS, strict=True):
        if not any(hint in lower for hint in hints):
            continue
        for match in way.finditer(text):
            told = {name: value.lower() for name, value in match.groupdict().items() if value is not None}
            if "beside" in told and not ({"part", "rest"} & told.keys() or _is_hour(match)):
                continue
            hour, minute = _read(told)
            if hour <= 24 and minute < 60 and not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                yield ClockTime(hour % 24, minute, *match.span())


def _read(told: dict[str, str]) -> tuple[int, int]:
    """Return the hour and the minute of what was found, by its names."""
    if "noon" in told:
        return 0 if told["noon"] == "midnight" else 12, 0
    minute = int(number_of(told["minute"])) if "minute" in told else _MINUTES.get(told.get("rest", ""), 0)
    hour, half = int(number_of(told["hour"])), told.get("half") or told.get("part", "")
    if "to" in told:
        hour, minute = hour - 1 or 12, 60 - minute
    # 今晚 and 明早 are of an evening and of a morning.
    return hour_of(hour, f"{half[-1]}上" if half.endswith(("晚", "早")) else half), minute


def _is_hour(match: re.Match[str]) -> bool:
    return bool(_BEHIND.match(match.string, match.end()) or _AHEAD.search(match.string[: match.start()]))
