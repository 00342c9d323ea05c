"""Dates and times of a text in one written form: 3 May and 5月3日 are ``-05-03``, 8 pm and 晚上8点 are ``20:00``."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["dates_of", "same_date"]

_MONTHS: Final = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" if len(month) > 3 else month for month in _MONTHS) + "|sept"
_DAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_DAY = "|".join(_DAYS)
_RELATIVE: Final = {
    "today": "today", "tonight": "today", "今天": "today", "今日": "today", "今晚": "today", "tomorrow": "tomorrow",
    "明天": "tomorrow", "明日": "tomorrow", "yesterday": "yesterday", "昨天": "yesterday", "昨日": "yesterday",
    "后天": "in two days",
}  # fmt: skip
_HALVES: Final = {"上午": 0, "早上": 0, "凌晨": 0, "中午": 12, "下午": 12, "晚上": 12, "am": 0, "pm": 12}

_WHOLE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})(?:\s?[-/.月]\s?(\d{1,2})(?!\d)\s?[日号]?)?月?")
_HAN = re.compile(r"(?<!\d)(\d{1,2})月(?:(\d{1,2})[日号]?)?")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b\.?(?:,? ((?:19|20)\d\d))?", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,? ((?:19|20)\d\d))?", re.IGNORECASE)
_MONTH_ALONE = re.compile(rf"\b({'|'.join(m for m in _MONTHS if m not in ('may', 'march'))})\b", re.IGNORECASE)
_SLASHED = re.compile(r"(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])")
_WEEKDAY = re.compile(rf"\b({_DAY})s?\b|(?:周|星期|礼拜)([一二三四五六日天1-7])(?!个|天)", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<![\d:.])(?:(上午|早上|凌晨|中午|下午|晚上)\s?)?(\d{1,2})(?::(\d{2})(?::\d{2})?|点(?!\d|击)(?:(\d{1,2})分|(半))?)?"
    r"(?:\s?(am|pm|a\.m\.|p\.m\.)(?![a-z]))?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\b(?:today|tonight|tomorrow|yesterday)\b|今天|今日|今晚|明天|明日|昨天|昨日|后天", re.IGNORECASE)


def dates_of(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the dates and times of a text as (what is written, its form), and the text with blanks in their place.

    Forms: ``year-month-day`` with what is not said left empty, ``weekday 1`` for Monday, ``20:00``, and ``today``.
    What is written with slashes stays as it is, since nobody can say which part is the month.

    >>> dates_of("Open Monday to Friday, 8am, until May 3rd, 2026.")[0]
    [('May 3rd, 2026', '2026-05-03'), ('Monday', 'weekday 1'), ('Friday', 'weekday 5'), ('8am', '8:00')]
    """
    found: list[tuple[str, str]] = []

    def take(pattern: re.Pattern[str], form: object) -> None:
        nonlocal text
        for match in list(pattern.finditer(text)):
            value = form(match)  # type: ignore[operator]
            if value:
                found.append((match[0].strip(" ."), value))
                text = f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"

    take(_WHOLE, lambda m: _date(m[1], m[2], m[3]))
    take(_HAN, lambda m: _date("", m[1], m[2]))
    take(_DAY_FIRST, lambda m: _date(m[3], _month(m[2]), m[1]))
    take(_MONTH_FIRST, lambda m: _date(m[3], _month(m[1]), m[2]))
    take(_MONTH_ALONE, lambda m: _date("", _month(m[1]), ""))
    take(_SLASHED, lambda m: m[0])
    take(_WEEKDAY, lambda m: f"weekday {_weekday(m[1], m[2])}")
    take(_CLOCK, _time)
    take(_WORDS, lambda m: _RELATIVE[m[0].lower()])
    return found, text


def same_date(said: str, known: str) -> bool:
    """Return whether a date stands in another that may say more: 3 May in 3 May 2026, but not the other way round.

    >>> same_date("-05-03", "2026-05-03"), same_date("2026-05-03", "-05-03")
    (True, False)
    """
    if said == known:
        return True
    one, other = said.split("-"), known.split("-")
    return len(one) == len(other) == 3 and all(a in ("", b) for a, b in zip(one, other, strict=True))


def _date(year: str | None, month: str, day: str | None) -> str:
    if not 1 <= int(month) <= 12 or (day and not 1 <= int(day) <= 31):
        return ""
    return f"{year or ''}-{int(month):02}-{int(day):02}" if day else f"{year or ''}-{int(month):02}-"


def _month(name: str) -> str:
    return str(next(i for i, month in enumerate(_MONTHS, start=1) if month[:3] == name[:3].lower()))


def _weekday(english: str | None, chinese: str | None) -> int:
    if english:
        return _DAYS.index(english.lower()) + 1
    place = "一二三四五六日".find((chinese or "").replace("天", "日"))
    return place + 1 if place >= 0 else int(chinese or 0)


def _time(match: re.Match[str]) -> str:
    before, hour, minutes, han_minutes, half, after = match.groups()
    if not (before or minutes or after or "点" in match[0]) or int(hour) > 24:
        return ""
    late = _HALVES[(before or (after or "am").lower().replace(".", ""))]
    told = int(hour) % 12 + late if (before or after) and int(hour) <= 12 and (late or int(hour) == 12) else int(hour)
    if before == "中午" and int(hour) != 12:
        told = int(hour) if int(hour) > 10 else int(hour) + 12
    return f"{told}:{30 if half else int(minutes or han_minutes or 0):02}"
