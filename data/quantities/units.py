"""Units and currencies, with the words and signs that people write for them in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

__all__ = ["SIGNS", "UNITS", "Unit", "pattern_of", "unit_of"]

Kind = Literal["money", "share", "time", "size", "scale", "count"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, of currencies its ISO 4217 code, and as it is ``told`` behind a number.

    ``english`` and ``chinese`` are patterns of its words in small letters and half width, ``signs`` of what stands
    before a number. ``seconds`` is how long one is, 0 where that depends.
    """

    name: str
    told: str
    kind: Kind
    english: str
    chinese: str = ""
    signs: str = ""
    seconds: int = 0


# The longer of two that begin alike comes first.
UNITS: Final = (
    Unit("working day", "working days", "time", "(?:working|business|work)[ -]days?", "(?:[个個]半?)?工作[日天]"),
    Unit("second", "seconds", "time", "seconds?|secs?", "秒[钟鐘]?", seconds=1),
    Unit("minute", "minutes", "time", "minutes?|mins?", "分[钟鐘]", seconds=60),
    Unit("hour", "hours", "time", "hours?|hrs?", "(?:[个個]半?)?(?:小[时時]|[钟鐘][头頭])", seconds=3600),
    Unit("day", "days", "time", "(?:calendar )?days?", "自然日|天|(?<!月)(?<!月.)(?<!月..)日(?![元圆圓])",
         seconds=86400),
    Unit("week", "weeks", "time", "weeks?", "(?:[个個]半?)?(?:星期|[礼禮]拜)|[周週](?![年末边邊围圍])", seconds=604800),
    Unit("month", "months", "time", "months?", "[个個]半?月"),
    Unit("year", "years", "time", "years?|yrs?", "年(?![货貨底级級代纪紀])"),
    Unit("%", "%", "share", "%|per ?cent", "%|％"),
    Unit("off", "off", "share", "", "折"),
    Unit("CNY", "yuan", "money", "yuan|renminbi|rmb|cny", "人民[币幣]|元(?![素件旦宵气氣])|[块塊][钱錢]?",
         "[¥￥]|(?:rmb|cny)(?![a-z])"),
    Unit("HKD", "Hong Kong dollars", "money", "hkd", "港[币幣元]", r"hk\$|hkd(?![a-z])"),
    Unit("TWD", "Taiwan dollars", "money", "twd", "新?[台臺][币幣]", r"nt\$|twd(?![a-z])"),
    Unit("AUD", "Australian dollars", "money", "aud", "澳元", r"a\$|aud(?![a-z])"),
    Unit("CAD", "Canadian dollars", "money", "cad", "加元", r"c\$|cad(?![a-z])"),
    Unit("SGD", "Singapore dollars", "money", "sgd", "新加坡元", r"s\$|sgd(?![a-z])"),
    Unit("USD", "dollars", "money", r"(?:us )?dollars?|bucks?|usd|\$", "美[元金]|刀(?![片具叉])",
         r"(?:us)?\$|usd(?![a-z])"),
    Unit("GBP", "pounds", "money", "pounds?(?! of\\b)|quid|gbp|£", "英[镑鎊]", "£|gbp(?![a-z])"),
    Unit("EUR", "euros", "money", "euros?|eur|€", "[欧歐]元", "€|eur(?![a-z])"),
    Unit("JPY", "yen", "money", "yen|jpy", "日[元圆圓]"),
    Unit("kg", "kg", "size", "kg|kilos?|kilograms?", "公斤|千克"),
    Unit("jin", "jin", "size", "", "斤"),
    Unit("g", "g", "size", "g|grams?", "克"),
    Unit("lb", "lb", "size", "lbs?", "磅"),
    Unit("oz", "oz", "size", "oz|ounces?", "盎司"),
    Unit("km", "km", "size", "km|kilomet(?:re|er)s?", "公里|千米"),
    Unit("mile", "miles", "size", "miles?", "英里"),
    Unit("cm", "cm", "size", "cm|centimet(?:re|er)s?", "厘米|公分"),
    Unit("mm", "mm", "size", "mm|millimet(?:re|er)s?", "毫米"),
    Unit("m", "metres", "size", "m|met(?:re|er)s?", "米"),
    Unit("inch", "inches", "size", "inch(?:es)?", "英?寸"),
    Unit("ml", "ml", "size", "ml|millilit(?:re|er)s?", "毫升"),
    Unit("l", "litres", "size", "lit(?:re|er)s?", "升"),
    Unit("degree", "degrees", "scale", "°c?|degrees?", "度"),
    Unit("GB", "gb", "scale", "gb"),
    Unit("MB", "mb", "scale", "mb"),
    Unit("item", "items", "count", "items?|pieces?", "[件台张張个個份双雙套]"),
    Unit("time", "times", "count", "times?", "[次倍]"),
    Unit("point", "points", "count", "points?", "积分|(?<!十)分(?!之)"),
    Unit("person", "people", "count", "people|persons?|guests?", "[位名人]"),
)  # fmt: skip
"""Every unit that is read."""


def pattern_of(units: tuple[Unit, ...] = UNITS) -> str:
    """Return a pattern of the words of some units, with what must not stand behind them; ignore the case of letters."""
    english = "|".join(unit.english for unit in units if unit.english)
    chinese = "|".join(unit.chinese for unit in units if unit.chinese)
    return rf"(?:(?:{english})(?![a-z\d])|{chinese})"


SIGNS: Final = "|".join(unit.signs for unit in UNITS if unit.signs)
"""A pattern of the signs and codes that stand before an amount."""

_WORDS = re.compile("|".join(f"({'|'.join(filter(None, (u.english, u.chinese, u.signs)))})" for u in UNITS))


@lru_cache(maxsize=1000)
def unit_of(word: str) -> Unit:
    """Return the unit of a word that :func:`pattern_of` has found, or of a sign that :data:`SIGNS` has.

    >>> unit_of("business days").name, unit_of("欧元").name, unit_of("HK$").name
    ('working day', 'EUR', 'HKD')
    """
    found = _WORDS.fullmatch(word.lower())
    assert found is not None and found.lastindex is not None, word
    return UNITS[found.lastindex - 1]
