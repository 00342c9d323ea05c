"""Measures: numbers and spans of numbers with their unit, such as ``$5``, ``3-5 working days``, 十五块五 and 半小时."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from replydesk.data.quantities.numerals import HAN_NUMERALS, NUMBER, number_of, span_of
from replydesk.data.quantities.units import SIGNS, UNITS, Unit, pattern_of, unit_of

__all__ = ["Measure", "measures"]

# "3 or 4 days" are a span, and so are the ends behind "between"; "$20 or 10%" is none.
_TO: Final = r"(?:\s?[-–—~～至到或]\s?|\sto\s|(?(sign)(?!)|\sor\s)|(?(between)\sand\s|(?!)))"
_HALF: Final = "(?<![一大多小前后後上下夜])半"
# What is behind the 五 of 三块五 where it counts something else.
_OTHER: Final = (
    "号號个個件箱盒瓶套双雙只隻条條张張包台把本份袋支枚次天日周週月年小工折倍分楼樓层層点點块塊元位人名米斤公克"
)
_TENTHS: Final = rf"(?<=[块塊元])(?P<tenths>[一二三四五六七八九]|\d)(?:[毛角]|(?![{_OTHER}\d.]))"
_NUMBERS: Final = (
    rf"(?:百分之(?P<share>{NUMBER})|half an?(?=\s)"
    rf"|(?P<low>{NUMBER}|{_HALF})(?:{_TO}(?:(?:{SIGNS})\s?)?(?P<high>{NUMBER}))?)(?P<half>\sand a half)?"
)
_MEASURE = re.compile(
    rf"(?<![a-z\d:/第{HAN_NUMERALS}-])(?<!\d[.,])(?P<between>between\s)?(?:(?P<sign>{SIGNS})\s?)?{_NUMBERS}"
    rf"(?P<behind>\s?(?:[多几幾]\s?|-)?(?P<unit>{pattern_of()})(?:(?P<more>半)|{_TENTHS})?)?",
    re.IGNORECASE | re.ASCII,
)
# 三块钱 and 花了三块 are money, 三块蛋糕 is cake.
_MONEY_AHEAD = re.compile(r"\Z|[\s\W\d]|[多左上以的了吧呢啊吗嗎呀运運邮郵差手]")
_MONEY_BEHIND = re.compile(r"[赔賠退付花充收扣给給差价價贵貴省减減补補交费費款钱錢才要卖賣][了我你您是为為]{0,2}$")
_WEIGHED = re.compile(r"\b(?:weigh\w*|weight|heavy|lost)\b", re.IGNORECASE)
_PRICE_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_POUND = next(unit for unit in UNITS if unit.name == "lb")
_NEAR: Final = 40
# 2026年 is a year, not so many.
_MOST_YEARS: Final = 1000


@dataclass(frozen=True, slots=True)
class Measure:
    """Characters ``start`` to ``end`` of a text say ``low`` to ``high`` of a unit, twice the same where one is said."""

    low: Decimal
    high: Decimal
    unit: Unit
    start: int
    end: int


def measures(text: str) -> Iterator[Measure]:
    """Yield the measures of a text in half width, in their order. No letter belongs to two.

    >>> [(str(one.low), str(one.high), one.unit.name) for one in measures("3-5 days, 运费十五块五, half an hour")]
    [('3', '5', 'day'), ('15.5', '15.5', 'CNY'), ('0.5', '0.5', 'hour')]
    """
    for match in _MEASURE.finditer(text):
        unit = unit_of("%" if match["share"] else match["unit"]) if match["share"] or match["unit"] else None
        end = match.end()
        if match["sign"]:
            # Of "$5 a day" and 20 USD 30 days the sign is the unit.
            end = end if unit is not None and unit.kind == "money" else match.start("behind") if unit else end
            unit = unit_of(match["sign"])
        if unit is None or not _is_one(match):
            continue
        try:
            low, high = _ends(match, unit)
        except ValueError:
            continue
        if unit.name == "year" and high >= _MOST_YEARS:
            continue
        weighed = _WEIGHED.search(text, max(0, match.start() - _NEAR), match.start())
        if weighed and (match["unit"] or "").lower().startswith("pound"):
            unit = _POUND
        start = match.end("between") if match["between"] else match.start()
        yield Measure(min(low, high), max(low, high), unit, start, end)


def _ends(match: re.Match[str], unit: Unit) -> tuple[Decimal, Decimal]:
    low, high = match["low"] or match["share"] or "half", match["high"]
    if unit.kind == "money":
        # No price has three decimals: 1.299 EUR are thousands.
        low, high = (one.replace(".", "") if one and _PRICE_GROUPED.fullmatch(one) else one for one in (low, high))
    first, last = span_of(low, high)
    half = match["half"] or match["more"] or "半" in (match["unit"] or "")
    more = Decimal("0.5") if half else number_of(match["tenths"] or "零") / 10
    return first + more * (high is None), last + more


def _is_one(match: re.Match[str]) -> bool:
    """Return whether 块 and 元 stand for money: 两块蛋糕 are pieces, and 一块 is more often "together"."""
    word = match["unit"] or ""
    if word not in ("块", "塊") or match["tenths"] or match["sign"]:
        return True
    if match["low"] == "一":
        return False
    text = match.string
    before = text[max(0, match.start() - _NEAR) : match.start()]
    return bool(_MONEY_AHEAD.match(text, match.end()) or _MONEY_BEHIND.search(before))
