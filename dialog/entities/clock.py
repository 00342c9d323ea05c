"""Times of day in English and Chinese."""

from __future__ import annotations

import re

from replydesk.dialog.entities.numerals import ENGLISH, number_of
from replydesk.dialog.entities.scan import Scan

__all__ = ["times"]

_CLOCK = re.compile(
    r"(?<![\d:.])([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?(?:\ ?([ap])\.?m\b\.?)?(?![\d:])", re.I | re.A | re.X
)
_HOUR = re.compile(r"(?<![\d:.,A-Za-z$£€])(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?\ ?([ap])\.?m\b\.?", re.I | re.A | re.X)
_OCLOCK = re.compile(rf"\b(1[0-2]|[1-9]|{ENGLISH.partition('|a dozen')[0]})\ o(?:'|’)?clock\b", re.I | re.A | re.X)
_NOON = re.compile(r"\b(?:at|by|before|after|until|till) (noon|midnight|midday)\b", re.I)
_HAN_CLOCK = re.compile(
    r"(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|[今明昨前]?晚|[今明]?早)?的?\ ?(\d{1,2}|十[一二]?"
    r"|二十[一二三]?|[一二两三四五六七八九])"
    r"(?:[点點时時](?!间|間|候|尚|期|代)(半|一刻|三刻|钟|鐘|整|(\d{1,2}|[二三四五]?十[一二三四五六七八九]?)分?)?)",
    re.A,
)
_SOON = re.compile(r"\A(?:前|之前|以前|后|之后|以后|左右|到|至|开始|送|来|取|发|下单)")


def times(scan: Scan) -> None:
    """Find times of day, as ``15:30``; a Chinese hour needs a part of the day or what follows one."""
    for pattern in (_CLOCK, _HOUR):
        for match in pattern.finditer(scan.left):
            hour = int(match[1])
            if match[3] and hour <= 12:
                hour = hour % 12 + 12 * (match[3].lower() == "p")
            scan.take("time", f"{hour:02}:{int(match[2] or 0):02}", *match.span())
    for match in _OCLOCK.finditer(scan.left):
        scan.take("time", f"{int(number_of(match[1])):02}:00", *match.span())
    for match in _NOON.finditer(scan.left):
        scan.take("time", "00:00" if match[1].lower() == "midnight" else "12:00", *match.span(1))
    for match in _HAN_CLOCK.finditer(scan.left):
        part, hour = match[1] or "", int(number_of(match[2]))
        if (not part and not match[3] and not _SOON.match(scan.page.text[match.end() :])) or hour > 24:
            continue
        if (
            (part in ("下午", "傍晚", "晚上", "夜里") or part.endswith("晚"))
            and hour < 12
            and not (hour < 5 and part in ("夜里",))
        ) or (part == "中午" and hour < 3):
            hour += 12
        minute = {"半": 30, "一刻": 15, "三刻": 45}.get(match[3] or "", int(number_of(match[4])) if match[4] else 0)
        if minute < 60:
            scan.take("time", f"{hour % 24:02}:{minute:02}", *match.span())
