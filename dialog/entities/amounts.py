"""Amounts of money and quantities, in digits and in words of both languages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from replydesk.dialog.entities.numerals import ENGLISH, HAN_NUMERALS, number_of, plainly
from replydesk.dialog.entities.scan import Scan

__all__ = ["amounts", "quantities"]

_SIGNS: Final = {
    "us$": "USD", "hk$": "HKD", "nt$": "TWD", "c$": "CAD", "a$": "AUD", "s$": "SGD", "$": "USD", "€": "EUR",
    "£": "GBP", "¥": "CNY", "￥": "CNY", "rmb": "CNY", "cny": "CNY", "usd": "USD", "eur": "EUR", "gbp": "GBP",
}  # fmt: skip
_NAMES: Final = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP",
    "pounds": "GBP", "quid": "GBP", "yuan": "CNY", "rmb": "CNY", "usd": "USD", "eur": "EUR", "gbp": "GBP",
    "cny": "CNY", "hkd": "HKD", "aud": "AUD", "cad": "CAD", "jpy": "JPY", "€": "EUR", "£": "GBP", "$": "USD",
    "元": "CNY", "块": "CNY", "塊": "CNY", "人民币": "CNY", "人民幣": "CNY", "美元": "USD", "美金": "USD", "刀": "USD",
    "欧元": "EUR", "歐元": "EUR", "英镑": "GBP", "英鎊": "GBP", "港币": "HKD", "港幣": "HKD", "港元": "HKD",
    "日元": "JPY", "澳元": "AUD", "加元": "CAD", "新台币": "TWD", "新台幣": "TWD",
}  # fmt: skip
# In a verbose pattern a blank must be escaped.
_WORDS = ENGLISH.replace(" ", r"\ ")
_COUNTS = _WORDS.rpartition("|")[0]
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?"
_SIGNED = re.compile(
    rf"(?<![A-Za-z\d])((?:US|HK|NT|[CAS])?\$|[€£¥￥]|(?:RMB|CNY|USD|EUR|GBP)\b)\ ?({_NUMBER}k?)(?![\d%])(?:\ ?块|元)?",
    re.I | re.A | re.X,
)
_NAMED = re.compile(
    rf"(?<![\dA-Za-z-])(?<!\d[.,])({_NUMBER}|(?:{_WORDS})(?=\ ))\ ?(dollars?|bucks?|euros?|pounds?(?!\ of\b)|quid"
    rf"|yuan|rmb|usd|eur"
    rf"|gbp|cny|hkd|aud|cad|jpy|[€£$])(?![A-Za-z])",
    re.I | re.A | re.X,
)
_WEIGHED = re.compile(r"\b(?:weigh\w*|weight|heavy|lost)\b", re.I)
_HAN_NAMED = re.compile(
    rf"(?<![\dA-Za-z第{HAN_NUMERALS}])(?<!\d[.,])({_NUMBER}|[{HAN_NUMERALS}]+)\ ?(?:多|几)?"
    r"(人民[币幣]|美[元金]|[欧歐]元|英[镑鎊]|港[币幣元]|日元|澳元|加元|新台[币幣]|元(?![素件旦宵气氣])|刀(?!片|具"
    r"|叉)|[块塊](?:钱|錢)?)"
    r"([一二三四五六七八九]|\d)?(?![一-鿿]?[号號])",
    re.A,
)
# 三块钱 and 花了三块 are money, 三块蛋糕 is cake.
_MONEY_AHEAD = re.compile(r"\Z|[\s\W\d]|[多左上以以的了吧呢啊吗嗎呀运運邮郵差手]")
_MONEY_BEHIND = re.compile(r"[赔賠退付花充收扣给給差价價贵貴省减減补補交费費款钱錢才要卖賣][了我你您是为為]{0,2}$")

_UNITS: Final = {
    "day": "day", "days": "day", "working day": "day", "hour": "hour", "hours": "hour", "hrs": "hour",
    "minute": "minute",
    "minutes": "minute", "mins": "minute", "week": "week", "weeks": "week", "month": "month", "months": "month",
    "year": "year", "years": "year", "kg": "kg", "kilos": "kg", "g": "g", "lb": "lb", "lbs": "lb", "oz": "oz",
    "cm": "cm",
    "mm": "mm", "m": "m", "inch": "inch", "inches": "inch", "ml": "ml", "litres": "l", "liters": "l",
    "天": "day", "小时": "hour", "小時": "hour", "个小时": "hour", "个钟头": "hour", "分钟": "minute", "分鐘": "minute",
    "周": "week", "个星期": "week", "个礼拜": "week", "星期": "week", "个月": "month", "個月": "month", "年": "year",
    "个工作日": "day", "工作日": "day", "公斤": "kg", "千克": "kg", "斤": "jin", "克": "g", "厘米": "cm", "公分": "cm",
    "毫升": "ml", "升": "l", "米": "m",
}  # fmt: skip
_PIECES = (
    r"pieces?|pcs|items?|units?|pairs?|boxes|box|bottles?|packs?|packets?|packages?|parcels?|sets?|copies|copy|bags?"
    r"|cans?|rolls?|sheets?|cartons?"
)
_MEASURED = re.compile(
    rf"(?<![\dA-Za-z$£€-])(?<!\d[.,])(\d+(?:\.\d+)?|{_COUNTS})[\ -]?((?:working|business)\ days?|days?|hours?|hrs"
    r"|minutes?|mins|weeks?|months?|years?|kg|kilos|lbs?|oz|cm|mm|inch(?:es)?|ml|lit(?:re|er)s|g|m)(?![A-Za-z])",
    re.I | re.A | re.X,
)
_COUNTED = re.compile(
    rf"(?<![\dA-Za-z$£€-])(?<!\d[.,])(\d{{1,4}}|{_COUNTS})\ (?:of\ (?:them|these|those)|{_PIECES})(?![A-Za-z])"
    r"|\b(?:qty|quantity)(?:\ is|\ of)?[\ :=]*(\d{1,4})(?!\d)"
    r"|(?<![\w.])(?:x\ ?(\d{1,3})|(\d{1,3})\ ?x(?=\ [a-z]))(?![\w.])",
    re.I | re.A | re.X,
)
_HAN_MEASURED = re.compile(
    rf"(?<![\d第{HAN_NUMERALS}])(?<!\d[.,])(\d+(?:\.\d+)?|[{HAN_NUMERALS}]+)\ ?(个?小时|個?小時|个钟头|分[钟鐘]"
    rf"|个?工作日|个?星期|个礼拜"
    r"|[个個]月|天|周|年(?!前|后|货|底|级)|公斤|千克|[斤克米升]|厘米|公分|毫升)(?![一-鿿]?[号號])",
    re.A,
)
_HAN_COUNTED = re.compile(
    rf"(?<![\d第每{HAN_NUMERALS}])(?<!\d[.,])(\d{{1,4}}"
    rf"|[{HAN_NUMERALS}]+)\ ?([个個件箱盒瓶套双雙只隻条條张張包台把块塊本份袋支枚顶頂根杯双])"
    r"(?!月|星期|礼拜|小时|[钱錢])",
    re.A,
)
_BOUGHT = re.compile(r"[买買下退换換补補发發要来來加订訂少缺多取消收到]了?$")


def amounts(scan: Scan) -> None:
    """Find amounts of money, such as ``$5``, ``5 EUR``, ``¥99.9``, ``一百元`` and ``五块``."""
    for match in _SIGNED.finditer(scan.left):
        scan.take("amount", f"{plainly(number_of(match[2]))} {_SIGNS[match[1].lower()]}", *match.span())
    for match in _NAMED.finditer(scan.left):
        currency = _NAMES[match[2].lower()]
        if not (currency == "GBP" and match[2][0] in "pP" and scan.before(match.start(), _WEIGHED)):
            scan.take("amount", f"{plainly(number_of(match[1]))} {currency}", *match.span())
    for match in _HAN_NAMED.finditer(scan.left):
        name = match[2].rstrip("钱錢")
        if name in "块塊" and name == match[2] and not match[3]:
            ahead = _MONEY_AHEAD.match(scan.page.text, match.end())
            if not ahead and not scan.before(match.start(), _MONEY_BEHIND):
                continue
        value = number_of(match[1])
        if match[3]:
            # 五块五 is 5.50.
            value += number_of(match[3]) / Decimal(10)
        scan.take("amount", f"{plainly(value)} {_NAMES[name]}", *match.span())


def quantities(scan: Scan) -> None:
    """Find how many, how much and how long: ``3 boxes``, ``qty 2``, ``三件``, ``5 kg``, ``三天``."""
    for pattern in (_MEASURED, _HAN_MEASURED):
        for match in pattern.finditer(scan.left):
            unit = match[2].lower().replace("business ", "").replace("working ", "")
            unit = _UNITS.get(unit) or _UNITS.get(unit.replace("個", "个")) or _UNITS.get(unit.rstrip("s"), unit)
            scan.take("quantity", f"{plainly(number_of(match[1]))} {unit}", *match.span())
    for match in _COUNTED.finditer(scan.left):
        number = next(group for group in match.groups() if group)
        scan.take("quantity", plainly(number_of(number)), *match.span())
    for match in _HAN_COUNTED.finditer(scan.left):
        one = match[1] == "一"
        # 一个问题 counts nothing.
        if one and not scan.before(match.start(), _BOUGHT):
            continue
        scan.take("quantity", plainly(number_of(match[1])), *match.span())
