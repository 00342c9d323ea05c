"""Dates and times of a text in one written form: 3 May and 5月3日 are ``-05-03``, 8 pm and 晚上8点 are ``20:00``."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.quantities.clock import month_of
from replydesk.data.quantities.dates import WrittenDate, weekday_of, written_dates
from replydesk.data.quantities.times import clock_times

__all__ = ["dates_of", "same_date"]

_RELATIVE: Final = {
    "today": "today", "tonight": "today", "今天": "today", "今日": "today", "今晚": "today", "tomorrow": "tomorrow",
    "明天": "tomorrow", "明日": "tomorrow", "yesterday": "yesterday", "昨天": "yesterday", "昨日": "yesterday",
    "后天": "in two days",
}  # fmt: skip
# "may" and "march" are other words, too.
_MONTH_ALONE = re.compile(
    r"\b(?:january|february|april|june|july|august|september|october|november|december)\b", re.IGNORECASE
)
_SLASHED = re.compile(r"(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])")
_WEEKDAY = re.compile(
    r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b|(?:周|星期|礼拜)([一二三四五六日天1-7])(?!个|天)",
    re.IGNORECASE,
)
_WORDS = re.compile(rf"\b(?:{'|'.join(word for word in _RELATIVE if word.isascii())})\b", re.IGNORECASE)
_HAN_WORDS = re.compile("|".join(word for word in _RELATIVE if not word.isascii()))


def dates_of(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the dates and times of a text as (what is written, its form), and the text with blanks in their place.

    A day that no month has is told like any other: it is what was said. Forms: ``year-month-day`` with what is not said
    left empty, ``weekday 1`` for Monday, ``20:00``, and ``today``.
    What is written with slashes stays as it is, since nobody can say which part is the month.

    >>> dates_of("Open Monday to Friday, 8am, until May 3rd, 2026.")[0]
    [('May 3rd, 2026', '2026-05-03'), ('Monday', 'weekday 1'), ('Friday', 'weekday 5'), ('8am', '8:00')]
    """
    found: list[tuple[str, str]] = []

    def take(start: int, end: int, value: str) -> None:
        nonlocal text
        found.append((text[start:end].strip(" ."), value))
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"

    for date in list(written_dates(text, real=False)):
        take(date.start, date.end, _form(date))
    for match in list(_MONTH_ALONE.finditer(text)):
        take(*match.span(), f"-{month_of(match[0]):02}-")
    for match in list(_SLASHED.finditer(text)):
        take(*match.span(), match[0])
    for match in list(_WEEKDAY.finditer(text)):
        take(*match.span(), f"weekday {weekday_of(match[1] or match[2]) + 1}")
    for time in list(clock_times(text)):
        take(time.start, time.end, f"{time.hour}:{time.minute:02}")
    for pattern in (_WORDS, _HAN_WORDS):
        for match in list(pattern.finditer(text)):
            take(*match.span(), _RELATIVE[match[0].lower()])
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


def _form(date: WrittenDate) -> str:
    return f"{date.year or ''}-{date.month:02}-{f'{date.day:02}' if date.day else ''}"
