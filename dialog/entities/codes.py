"""Codes: tracking numbers (by check digit where the carrier has one), orders, errors and products."""

from __future__ import annotations

import re

from replydesk.dialog.entities.scan import Scan

__all__ = ["errors", "loose_orders", "orders", "products", "s10_holds", "tracking_numbers", "ups_holds", "usps_holds"]

_EDGE, _END = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_]|-[A-Za-z0-9])"
_IS = r"(?:[ ]?(?:is|was|no\.?|number|num|id|code|nr\.?|reads?)\b|号码?|號碼?|编号|編號|是|为|為|[\s:：#=,，(（\"“'])*"

_UPS = re.compile(rf"{_EDGE}1Z[ ]?(?:[0-9A-Z][ ]?){{15}}[0-9]{_END}", re.I | re.A)
_S10 = re.compile(rf"{_EDGE}([A-Z]{{2}})[ ]?(\d{{8}})(\d)[ ]?([A-Z]{{2}}){_END}", re.I | re.A)
_USPS = re.compile(r"(?<!\d)9[1-5](?:[ ]?\d){20}(?!\d)", re.A)
_CHINESE = re.compile(
    rf"{_EDGE}(?:SF\d{{12,13}}|YT\d{{13}}|JD[VXA]{{0,2}}\d{{11,13}}|JT\d{{13}}|ZTO\d{{12}}){_END}", re.I | re.A
)
_TRACKING = re.compile(
    rf"(?:\b(?:tracking|consignment|waybill|airway\ bill)\b|(?:快递|快遞|运|運|物流|包裹)[单單]?[号號])"
    rf"{_IS}((?=[A-Z-]*(?:\d[A-Z -]{{0,3}}){{6}})[A-Z0-9]+(?:-[A-Z0-9]+)*){_END}",
    re.I | re.A | re.X,
)
_ORDER = re.compile(
    rf"(?:\b(?:orders?|purchase|booking|reservation|invoice|po)\b|[订訂][单單]|[单單][号號])"
    rf"{_IS}((?=[A-Z-]{{0,6}}\d[A-Z0-9-]{{3,}})[A-Z]{{0,4}}-?\d+(?:-\d+)*[A-Z]?){_END}",
    re.I | re.A | re.X,
)
_HASHED = re.compile(rf"(?<![\w&/])\#([A-Z]{{0,4}}-?\d{{4,}}){_END}", re.I | re.A | re.X)
_SHAPED = re.compile(rf"{_EDGE}[A-Z]{{1,4}}-\d{{5,12}}{_END}", re.I | re.A)
_AMAZON = re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])", re.A)
_LONG = re.compile(r"(?<![\d+-])(?<!\d[.,])\d{12,20}(?![\d.,-]?\d)", re.A)
_CODE = (
    r"(0x[0-9A-F]{1,8}|[A-Z]{1,6}(?:[_-][A-Z0-9]{1,12})*[_-]?\d{1,6}[A-Z]?|\d{2,6}(?:-\d{1,4})?"
    r"|[A-Z]{2,}(?:_[A-Z0-9]+)+)"
)
_ERROR = re.compile(
    rf"(?:\b(?:error|err|fault|trouble)(?:\ (?:code|message|number))?\b|(?:错误|錯誤|故障|报错|報錯"
    rf"|异常)(?:代?[码碼])?)"
    rf"(?:\ (?:is|was|says|number|no\.?)\b|显示|提示|是|为|[\s:：#=(（\"“'])*{_CODE}{_END}",
    re.I | re.A | re.X,
)
_BEFORE_ERROR = re.compile(
    rf"{_EDGE}([A-Z]{{1,6}}-?\d{{1,6}}|\d{{3,4}}|0x[0-9A-Fa-f]+|[A-Z]{{2,}}(?:_[A-Z0-9]+)+)\ ?(?:error\b|错误|錯誤"
    rf"|报错|報錯|故障)",
    re.A | re.X,
)
_SHOWN = re.compile(rf"{_EDGE}E-?\d{{1,3}}{_END}", re.A)
_NO_ERROR = re.compile(
    r"(?:\b(?:size|model|series|class|room|seat|gate|row|postcode|type)|型号|尺码|房间|座位)[ :：是]*$", re.I
)
_PRODUCT = re.compile(
    rf"(?:\b(?:sku|model|article|art|item|product|part|style|ean|upc|isbn)\b|型[号號]|货[号號]|貨[号號]|款[号號]"
    rf"|商品[编編]?[号號]|商品[编編][码碼])"
    rf"{_IS}((?=[A-Z-]*\d)[A-Z0-9]{{2,}}(?:[-/][A-Z0-9]+)*){_END}",
    re.I | re.A | re.X,
)
_PRODUCT_SHAPE = re.compile(
    rf"{_EDGE}(?=[A-Z0-9-]*\d{{3}})[A-Z]{{2,6}}-[A-Z0-9]{{3,10}}(?:-[A-Z0-9]{{1,6}})*{_END}", re.A
)
_STANDARD = re.compile(r"(?:COVID|UTF|ISO|RFC|IEEE|SHA|MD|WPA|EN|DIN|GB|CVE|TLS|UTC|GMT)-", re.I | re.A)
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def tracking_numbers(scan: Scan) -> None:
    """Find parcels' numbers: UPS, S10 of the postal union and USPS where the check digit holds, others by word."""
    for pattern, holds in ((_UPS, ups_holds), (_S10, s10_holds), (_USPS, usps_holds)):
        for match in pattern.finditer(scan.left):
            number = match[0].replace(" ", "").upper()
            if holds(number):
                scan.take("tracking", number, *match.span())
    for match in _CHINESE.finditer(scan.left):
        scan.take("tracking", match[0].upper(), *match.span())
    for match in _TRACKING.finditer(scan.left):
        scan.take("tracking", match[1].upper(), *match.span(1))


def orders(scan: Scan) -> None:
    """Find order numbers: behind their word, behind ``#``, or of a shape that nothing else has."""
    for pattern in (_ORDER, _HASHED):
        for match in pattern.finditer(scan.left):
            scan.take("order", match[1].upper(), *match.span(1))
    for pattern in (_SHAPED, _AMAZON):
        for match in pattern.finditer(scan.left):
            if not _STANDARD.match(match[0]):
                scan.take("order", match[0].upper(), *match.span())


def loose_orders(scan: Scan) -> None:
    """Take long numbers that are nothing else, as customers paste them, for orders."""
    for match in _LONG.finditer(scan.left):
        scan.take("order", match[0], *match.span())


def errors(scan: Scan) -> None:
    """Find error codes: beside their word, or as devices show them (E4)."""
    for pattern in (_ERROR, _BEFORE_ERROR):
        for match in pattern.finditer(scan.left):
            scan.take("error", match[1].upper().replace("0X", "0x"), *match.span(1))
    for match in _SHOWN.finditer(scan.left):
        if not scan.before(match.start(), _NO_ERROR):
            scan.take("error", match[0], *match.span())


def products(scan: Scan) -> None:
    """Find product codes: behind their word, or of letters, a hyphen and three digits or more."""
    for match in _PRODUCT.finditer(scan.left):
        scan.take("product", match[1].upper(), *match.span(1))
    for match in _PRODUCT_SHAPE.finditer(scan.left):
        if not _STANDARD.match(match[0]):
            scan.take("product", match[0], *match.span())


def ups_holds(number: str) -> bool:
    """Return whether the check digit of a UPS number (``1Z`` and 16 characters) holds.

    Letters count as (code - 63) mod 10; every second character counts double; the sum is a multiple of ten.

    >>> ups_holds("1Z999AA10123456784"), ups_holds("1Z999AA10123456785")
    (True, False)
    """
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in number[2:]]
    total = sum(value * (1 + place % 2) for place, value in enumerate(values[:-1]))
    return number[-1].isdigit() and -total % 10 == values[-1]


def s10_holds(number: str) -> bool:
    """Return whether the check digit of an S10 number of the Universal Postal Union (``RB123456785GB``) holds.

    >>> s10_holds("RA473124829US"), s10_holds("RA473124828US")
    (True, False)
    """
    rest = 11 - sum(weight * int(c) for weight, c in zip(_S10_WEIGHTS, number[2:10], strict=True)) % 11
    return int(number[10]) == {10: 0, 11: 5}.get(rest, rest)


def usps_holds(number: str) -> bool:
    """Return whether the check digit of a USPS number of 22 digits holds: every second from the right counts thrice.

    >>> usps_holds("9400111899223197428497"), usps_holds("9400111899223197428498")
    (True, False)
    """
    total = sum(int(c) * (3 if place % 2 else 1) for place, c in enumerate(reversed(number)))
    return total % 10 == 0
