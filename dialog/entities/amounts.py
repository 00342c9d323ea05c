"""Amounts of money and quantities, in digits and in words of both languages."""

from __future__ import annotations

import re

from replydesk.data.quantities.measures import Measure
from replydesk.data.quantities.numerals import ENGLISH, HAN_NUMERALS, number_of, plainly
from replydesk.dialog.entities.scan import Scan

__all__ = ["amounts", "quantities"]

_PIECES = (
    r"pieces?|pcs|items?|units?|pairs?|boxes|box|bottles?|packs?|packets?|packages?|parcels?|sets?|copies|copy|bags?"
    r"|cans?|rolls?|sheets?|cartons?"
)
_COUNTED = re.compile(
    rf"(?<![\dA-Za-z$£€-])(?<!\d[.,])(\d{{1,4}}|\b{ENGLISH})\s(?:of\s(?:them|these|those)|{_PIECES})(?![A-Za-z])"
    r"|\b(?:qty|quantity)(?:\sis|\sof)?[\s:=]*(\d{1,4})(?!\d)"
    r"|(?<![\w.])(?:x\s?(\d{1,3})|(\d{1,3})\s?x(?=\s[a-z]))(?![\w.])",
    re.I | re.A,
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
    for one in scan.measures:
        if one.unit.kind == "money":
            _take(scan, "amount", one, one.unit.name)


def quantities(scan: Scan) -> None:
    """Find how many, how much and how long: ``3 boxes``, ``qty 2``, ``三件``, ``5 kg``, ``三天``."""
    for one in scan.measures:
        if one.unit.kind in ("time", "size"):
            _take(scan, "quantity", one, "day" if one.unit.name == "working day" else one.unit.name)
    for match in _COUNTED.finditer(scan.left):
        number = next(group for group in match.groups() if group)
        scan.take("quantity", plainly(number_of(number)), *match.span())
    for match in _HAN_COUNTED.finditer(scan.left):
        # 一个问题 counts nothing.
        if match[1] == "一" and not scan.before(match.start(), _BOUGHT):
            continue
        scan.take("quantity", plainly(number_of(match[1])), *match.span())


def _take(scan: Scan, kind: str, measure: Measure, unit: str) -> None:
    scan.take(kind, f"{plainly(measure.low, measure.high)} {unit}", measure.start, measure.end)
