"""Dates, absolute and relative to now, and times of day, in English and Chinese.

Own rules, not a library: a parser of two hundred languages takes longer to start than the whole desk to answer.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from replydesk.data.quantities.dates import WEEKDAY, WrittenDate, weekday_of, written_dates
from replydesk.data.quantities.numerals import ENGLISH, HAN_NUMERALS, number_of
from replydesk.data.quantities.times import clock_times
from replydesk.dialog.entities.scan import Scan

__all__ = ["dates", "times"]

_NEAR: Final = {
    "today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "last night": -1,
    "day after tomorrow": 2, "day before yesterday": -2,
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "后天": 2, "後天": 2,
    "大后天": 3, "大後天": 3, "昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2, "前晚": -2, "大前天": -3,
}  # fmt: skip
_WHICH: Final = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}
_HAN_WHICH: Final = {"上上": -2, "上": -1, "这": 0, "這": 0, "本": 0, "下": 1, "下下": 2}

_SLASHED = re.compile(r"(?<![\d./-])(\d{1,2})([-/.])(\d{1,2})\2((?:20)?\d\d)(?![\d/-])", re.A)
_SAID_YEAR = re.compile(r"([去今明])年\Z")
# 三月 may be a name of a month or 三个月 without its word; what is behind it tells.
_MONTH_SAID = re.compile("月[初底中]")
_HAN_DAY = re.compile(
    r"(?<![\d.一-鿿])(?:这个?月)?(\d{1,2})[号號日](?![楼樓店线線门門桌库庫仓倉柜櫃机機码碼房院球尺位线元内]|[之以]内)"
    r"|(?<=[在从從到是前于於月])(\d{1,2})[号號](?![楼樓店线線门門桌库庫仓倉柜櫃机機码碼房院球尺位元内]|[之以]内)",
    re.A,
)
_ORDINAL = re.compile(
    r"(?<=\bthe )(\d{1,2})(?:st|nd|rd|th)(?![A-Za-z])(?! (?:time|floor|item|order|one|attempt|day|century))",
    re.I | re.A,
)
_NEAR_EN = re.compile(
    r"\b(?:the )?(day after tomorrow|day before yesterday|today|tonight|tomorrow|yesterday|last night"
    r"|this (?:morning|afternoon|evening))\b",
    re.I,
)
_NEAR_ZH = re.compile(r"大[前后後]天|[今明昨][天日晚早]|前[天晚](?!台)|[后後]天")
_WEEKDAY_EN = re.compile(rf"(?<![A-Za-z])(?:(last|this|next|coming|past)\ )?({WEEKDAY})(?![A-Za-z])", re.I | re.X)
_WEEKDAY_ZH = re.compile(
    r"(上上|下下|上|下|[这這]|本)?[个個]?(?:周|週|星期|[礼禮]拜)([一二三四五六日天末]|[1-7](?!\d|[天个年月]))"
)
_PERIOD_EN = re.compile(r"\b(last|this|next|past) (week|weekend|month|year)\b", re.I)
_PERIOD_ZH = re.compile(
    r"(上上|下下|上|下|[这這]|本)[个個]?(周|週|星期|[礼禮]拜|月)(?!期|[一-鿿]{0,2}卡)|(去|今|明|前|后)年"
)
_COUNT: Final = rf"\d{{1,3}}|{ENGLISH}|an?"
_AGO = re.compile(
    rf"\b({_COUNT})\s(day|week|month|year)s?\s(ago|back|from\snow|earlier|later)\b"
    rf"|\bin\s({_COUNT})\s(day|week|month|year)s?(?:'|’)?(?:\stime)?\b",
    re.I | re.A,
)
_SPAN_EN = re.compile("day|week|month|year", re.I)
_AGO_ZH = re.compile(
    rf"(\d{{1,3}}|[{HAN_NUMERALS}]{{1,3}})[个個]?(天|日|周|週|星期|[礼禮]拜|月|年)(?:之|以)?(前|后|後)(?![台面])", re.A
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|since|ordered|bought|paid|sent|returned|arrived|came|delivered|received|happened"
    r"|shipped|due"
    r"|promised|placed|said)\b[^.!?]*$|(?:了|过|過|从|從|自从|下单|买|買|付)[^。！？]*$",
    re.I,
)


def dates(scan: Scan) -> None:
    """Find dates. A weekday by itself is the coming one, or the latest one behind a word of the past.

    ``next Friday`` is that of the next week, ``last Friday`` the latest before today. A date without a year is the one
    nearest to today. Of 3/4/2026 the first is the day, but in the region US.
    """
    _absolute(scan)
    _relative(scan)


def times(scan: Scan) -> None:
    """Find times of day, as ``15:30``."""
    for one in clock_times(scan.left):
        scan.take("time", f"{one.hour:02}:{one.minute:02}", one.start, one.end)


def _absolute(scan: Scan) -> None:
    for one in written_dates(scan.left):
        _written(scan, one)
    for match in _SLASHED.finditer(scan.left):
        first, second = int(match[1]), int(match[3])
        full = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        if match[2] == "." and len(match[4]) == 2 and max(first, second) < 10:
            # 2.1.10 is a version.
            continue
        swapped = second > 12 or (scan.region == "US" and first <= 12)
        _take(scan, match, _day(full, *((first, second) if swapped else (second, first))))


def _written(scan: Scan, one: WrittenDate) -> None:
    """Note a date that says its month."""
    today = scan.now.date()
    said = _SAID_YEAR.search(scan.left[: one.start])
    year = today.year + "去今明".index(said[1]) - 1 if said else one.year
    value = _near(today, year, one.month, one.day) if one.day else f"{year or today.year}-{one.month:02}"
    told = scan.page.text
    if value and (one.day or year or told[one.end - 1] == "份" or _MONTH_SAID.match(told, one.end - 1)):
        scan.take("date", value, said.start() if said else one.start, one.end)


def _relative(scan: Scan) -> None:
    today = scan.now.date()
    # Looking for a number in words costs as much as all else here.
    for pattern in (_AGO, _AGO_ZH) if _SPAN_EN.search(scan.left) else (_AGO_ZH,):
        for match in pattern.finditer(scan.left):
            _take(scan, match, _distant(today, match, han=pattern is _AGO_ZH))
    for pattern in (_NEAR_EN, _NEAR_ZH):
        for match in pattern.finditer(scan.left):
            word = (match[1] if match.re.groups else match[0]).lower()
            # This morning is today.
            scan.take("date", str(today + timedelta(_NEAR.get(word, 0))), *match.span())
    for match in _WEEKDAY_EN.finditer(scan.left):
        # "sun", "sat" and "mar" are words, too: short names need a capital.
        short = len(match[2]) < 6
        if short and not match[2][0].isupper():
            continue
        scan.take("date", str(_weekday(scan, match.start(), match[1], weekday_of(match[2]))), *match.span())
    for match in _WEEKDAY_ZH.finditer(scan.left):
        number = 5 if match[2] == "末" else weekday_of(match[2])
        if match[1]:
            day = today + timedelta(number - today.weekday() + 7 * _HAN_WHICH[match[1]])
        else:
            day = _weekday(scan, match.start(), "", number)
        scan.take("date", f"{day}/{day + timedelta(1)}" if match[2] == "末" else str(day), *match.span())
    for match in _PERIOD_EN.finditer(scan.left):
        scan.take("date", _period(today, _WHICH[match[1].lower()], match[2].lower()), *match.span())
    for match in _PERIOD_ZH.finditer(scan.left):
        if match[3]:
            value = str(today.year + {"去": -1, "今": 0, "明": 1, "前": -2, "后": 2}[match[3]])
        else:
            value = _period(today, _HAN_WHICH[match[1]], "month" if match[2] == "月" else "week")
        scan.take("date", value, *match.span())
    for pattern in (_ORDINAL, _HAN_DAY):
        for match in pattern.finditer(scan.left):
            number = int(match[1] or match[match.lastindex or 1])
            _take(scan, match, _of_month(today, number, past=_is_past(scan, match.start())))


def _take(scan: Scan, match: re.Match[str], value: str) -> None:
    """Note a date unless there is no such day."""
    if value:
        scan.take("date", value, *match.span())


def _day(year: int, month: int, day: int) -> str:
    try:
        return str(date(year, month, day))
    except ValueError:
        return ""


def _near(today: date, year: int | None, month: int, day: int) -> str:
    """Return that day of the year, or of the year in which it is nearest to today."""
    if year is not None:
        return _day(year, month, day)
    tries = [found for one in (-1, 0, 1) if (found := _day(today.year + one, month, day))]
    return min(tries, key=lambda one: abs((date.fromisoformat(one) - today).days), default="")


def _of_month(today: date, day: int, *, past: bool) -> str:
    """Return the coming day of that number, or the latest one."""
    for step in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 + (-step if past else step), 12)
        found = _day(year, month + 1, day)
        if found and (found <= str(today) if past else found >= str(today)):
            return found
    return ""


def _weekday(scan: Scan, start: int, which: str | None, number: int) -> date:
    today = scan.now.date()
    ahead = (number - today.weekday()) % 7
    said = (which or "").lower()
    if said == "next":
        return today + timedelta(number - today.weekday() + 7)
    if said == "this":
        return today + timedelta(number - today.weekday())
    if said in ("last", "past") or (not said and _is_past(scan, start)):
        return today - timedelta((-ahead) % 7 or 7)
    return today + timedelta(ahead or (7 if said == "coming" else 0))


def _is_past(scan: Scan, start: int) -> bool:
    return scan.before(start, _PAST) if scan.past is None else scan.past


def _period(today: date, step: int, unit: str) -> str:
    if unit == "year":
        return str(today.year + step)
    if unit == "month":
        year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
        return f"{year}-{month + 1:02}"
    first = today + timedelta(7 * step - today.weekday() + (5 if unit == "weekend" else 0))
    return f"{first}/{first + timedelta(1 if unit == 'weekend' else 6)}"


def _distant(today: date, match: re.Match[str], *, han: bool) -> str:
    number, unit, way = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], "in")
    count = 1 if number.lower() in ("a", "an") else int(number_of(number))
    sign = -1 if way.lower() in ("ago", "back", "earlier", "前") else 1
    if unit.lower() in ("day", "天", "日"):
        return str(today + timedelta(sign * count))
    if unit.lower() == "week" or unit[0] in "周週星礼禮":
        return str(today + timedelta(7 * sign * count))
    months = count * (12 if unit.lower() == "year" or (han and unit == "年") else 1)
    year, month = divmod(today.year * 12 + today.month - 1 + sign * months, 12)
    # A month before the 31st is the last of the month.
    return _day(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
