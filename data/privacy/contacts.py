"""E-mail addresses and phone numbers."""

from __future__ import annotations

import re

from replydesk.data.privacy.page import Page, blanked

__all__ = ["emails", "number_of_a_thing", "phones", "quieted", "without_extension"]

# `@(?!\d+x\.)`: logo@2x.png is a file.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9À-ɏ._%+'-])([A-Za-z0-9À-ɏ._%+'-]++)@(?!\d+x\.)"
    r"(?:[A-Za-z0-9À-ɏ-]+\.)+(?:xn--[A-Za-z0-9]+|[A-Za-zÀ-ɏ]{2,24})"
)

# Paths of links, letters glued to digits, dates and times are no numbers of a person.
_LINK = re.compile(r"(?:https?://|www\.)(?!wa\.me/)[!-\"$->@-~]+")
_DATE = re.compile(
    r"(?<!\d)(?<!\d[-/.])"
    r"(?:(?:19|20)\d\d([-/.])[01]?\d\1[0-3]?\d|[0-3]?\d([-/.])[0-3]?\d\2(?:(?:19|20)\d\d|\d\d))"
    r"(?![-/.]?\d)|(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)",
    re.A,
)
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", re.A)
_GLUED = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]+\d|\d+[A-Za-z])", re.A)
_TELEPHONE = r"tel|telephone|phone|mobile|mob|cell|fax|ph|whatsapp|wechat"
_GLUED_PHONE = re.compile(rf"(?:(?:{_TELEPHONE})[-_]?)?\d+(?:[-_]\d+)*(?:(?:x|ext)\d{{1,5}})?", re.A | re.I)

_MOBILE = re.compile(
    r"(?<!\d)(?:\(?(?:\+|00)?86\)?[ -]?)?"
    r"(1[3-9]\d(?:[ -]?\d{4}[ -]?\d{4}|\d[ -]?\d{3}[ -]?\d{4}|[ -]\d{3}[ -]\d{5}))(?!\d)",
    re.A,
)
# Digit by digit, as one reads it out.
_SPACED = re.compile(r"(?<![\d.,:])(?<!\d )([01](?: \d){10})(?![ .,]?\d)", re.A)
_EXTENDED = re.compile(r"(?<![\d-])(0\d{2,3}-?\d{7,8})-\d{1,5}(?![\d-])", re.A)
_HOTLINE = re.compile(r"(?<![\d-])([48]00[ -]?(?:\d{3}[ -]?\d{4}|\d{4}[ -]\d{3}))(?![-\d])", re.A)
# A plus or 00, a country's code, and groups, of which one may stand in brackets.
_INTERNATIONAL = re.compile(
    r"(?<![\w+])(?<!\d )\(?(?:\+ ?|00[ -]?(?=\d{1,3}[ )-]))"
    r"(?P<digits>[1-9]\d{0,2}(?:[ .)-]{0,2}[( ]?\d){6,20})(?!\d)",
    re.A,
)
_TRUNK_DIGIT = re.compile(r"\(0\)")
_WITH_CODE = 10
_EXTENSION = re.compile(
    r"(?:,? ?(?:extension|ext\.?|x) ?| ?(?:[转轉]|分机号?|分機號?)[是为: ]?|-)\d{1,5}(?![\dA-Za-z-])", re.A | re.I
)
_LAST_EXTENSION = re.compile(r"(?<=\d{3})" + _EXTENSION.pattern.removesuffix(r"(?![\dA-Za-z-])") + r"\Z", re.A | re.I)
_HAN = re.compile("[\u4e00-\u9fff]")
_BARE = re.compile(r"(?<!\d)\d{7,12}(?!\d)", re.A)
_TRUNK = re.compile(
    r"(?<!\d)(?<!\+)(?:\(0\d{2,4}\)|(?<!\d )\(0\) ?\d{3,4}|0\d{2,4})[ -]?\d{3,8}(?:[ -]?\d{3,4})?(?!\d)", re.A
)
_AMERICAN = re.compile(
    r"(?<!\d)(?:\(?\+?1\)?[ .-]{0,2})?(?:\([2-9]\d\d\)|[2-9]\d\d)[ .-]{0,2}[2-9]\d\d[ .-]\d{4}"
    r"(?: ?(?:x|ext\.?) ?\d{1,5})?(?!\d)",
    re.A,
)
# Numbers without an area code, and those of countries not asked for, are known by the word before them alone.
_LOCAL = re.compile(r"(?<!\d)(?:[2-9]\d{2,3}[ -]?\d{4}(?:-\d{1,4})?|[1-9]\d{9,11})(?![\d-])", re.A)
_NAMED = re.compile(
    rf"(?:电话|手机|座机|固话|(?<![A-Za-z])(?i:{_TELEPHONE}"
    r"|(?:call|dial|ring)(?: me| us| them)?(?: back)?(?: on| at)?))"
    rf"(?:号码?| number| no\.?)?(?: is)?[是为: ]{{0,3}}((?:\0+|{_LOCAL.pattern})"
    rf"(?:[,、/;和或 ]{{1,2}}(?:\0+|{_LOCAL.pattern}))*)",
    re.A,
)
# Behind a word that can mean nothing else, any long number is one, however it is grouped.
_SPOKEN = re.compile(
    r"(?:电话|手机号?|座机|固话|(?<![A-Za-z])(?i:tel|telephone|phone|mobile|mob|cell)\b\.?)(?i:号码?"
    r"| number| no\.?)?(?i: is| was|[ :是为])*"
    r"(?<!\d)(\+?\(?\d[\d ().-]{6,18}\d)(?![\d-])",
    re.A,
)
# What makes the phone matcher worth its time: a plus or a leading nought, or a word before a bare number.
_DIALLED = re.compile(r"\+ ?\(?\d|(?<![\d.,])\(?0\d", re.A)
_PHONE_WORD = re.compile(
    rf"(?:(?<![A-Za-z])(?:{_TELEPHONE}|call|ring|text|sms|dial|contact|reach|wa\.me)"
    r"|电话|手机|座机|联系|致电|拨打|微信|号码)[^\d\n]{0,20}$",
    re.I,
)
# A bare number behind "order" is one; behind "order number" or "SKU" a grouped number is one, too.
_REFERENCE = re.compile(
    r"(?:(?<![A-Za-z])(?:(?:orders?|parcels?|packages?|shipments?|invoices?|tickets?|case|claim|item|product"
    r"|booking|confirmation|transaction|voucher|coupon|account|reference|id|code)"
    r"(?P<number> ?(?:numbers?|num|no\.?|nr\.?|id|code|#))?"
    r"|(?P<code>sku|dpci|isbn|ean|upc|imei|tracking|serial|model|part|ref)(?: (?:numbers?|no\.?))?)"
    r"(?: (?:is|was|are))?"
    r"|(?:订|运|快递|物流)单|(?P<zh>(?:单|编|货|序列|流水|型|票|件|案)(?:号码?|码)|条码|邮编|代码|税号))[是为:# ]*$",
    re.I,
)


def emails(page: Page) -> None:
    """Claim the e-mail addresses."""
    for match in _EMAIL.finditer(page.left):
        local = match[1].lstrip("._%+'-")
        if local:
            start = match.end(1) - len(local)
            page.take("EMAIL", start, match.end(), page.text[start : match.end()].lower())


def number_of_a_thing(page: Page, start: int, end: int) -> bool:
    """Say whether the words before a number call it the number of a thing, not of a person."""
    match = page.before(start, _REFERENCE)
    return bool(match and (match["number"] or match["code"] or match["zh"] or page.text[start:end].isdecimal()))


def quieted(text: str) -> str:
    """Return the text without links, dates, and tokens that glue digits to letters (SG4839201756, TW-204817)."""
    text = _LINK.sub(lambda match: "\0" * len(match[0]), text)
    text = blanked(text, (match.span() for match in _TOKEN.finditer(text) if _is_code(match[0])))
    return _DATE.sub(lambda match: "\0" * len(match[0]), text)


def _is_code(token: str) -> bool:
    head = re.split("[-_]", token, maxsplit=1)[0]
    code = _GLUED.search(token) or (head.isalpha() and head.isupper())
    return bool(code) and not _GLUED_PHONE.fullmatch(token)


def phones(page: Page, region: str) -> None:
    """Claim the phone numbers of a quieted page, national ones of ``region``, GB, US and CN."""
    import phonenumbers
    from phonenumbers import Leniency, PhoneNumberMatcher

    def take(pattern: re.Pattern[str], code: str, lengths: tuple[int, ...]) -> None:
        for match in pattern.finditer(page.left):
            digits = re.sub(r"\D", "", match[match.lastindex or 0])
            if len(digits) in lengths and ("+" in match[0] or not number_of_a_thing(page, *match.span())):
                _take(page, *match.span(), code + digits.removeprefix("0"))

    chinese = region == "CN" or bool(_HAN.search(page.text))
    _international(page)
    take(_MOBILE, "86", (11,))
    take(_SPACED, *(("86", (11,)) if chinese else ("44", (11,))))
    take(_EXTENDED, "86", (10, 11, 12))
    take(_HOTLINE, "86", (10,))
    # Shape alone: invented numbers (07700 900123) and mistyped ones are valid nowhere, yet may be a person's.
    take(_TRUNK, *(("86", (11, 12)) if chinese else ("44", (11,))))
    for match in _AMERICAN.finditer(page.left):
        number = phonenumbers.parse(match[0], "US")
        if phonenumbers.is_valid_number(number) and not number_of_a_thing(page, *match.span()):
            _take(page, *match.span(), f"1{number.national_number}")
    worded = (page.before(match.start(), _PHONE_WORD) for match in _BARE.finditer(page.left))
    if _DIALLED.search(page.left) or any(worded):
        first = ("CN", region) if chinese else (region,)
        tries = [(country, Leniency.VALID) for country in dict.fromkeys((*first, "GB", "US", "CN"))]
        for country, leniency in (*tries, ("GB", Leniency.POSSIBLE)):
            for found in PhoneNumberMatcher(page.left, country, leniency):
                if _written_as_phone(page, found.start, found.end, valid=leniency == Leniency.VALID):
                    value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
                    _take(page, found.start, found.end, value.removeprefix("+"))
    for match in _SPOKEN.finditer(page.left):
        digits = re.sub(r"\D", "", match[1])
        if 7 <= len(digits) <= 15:
            _take(page, *match.span(1), digits)
    for listed in _NAMED.finditer(page.left):
        for match in _LOCAL.finditer(page.left, *listed.span(1)):
            _take(page, *match.span(), re.sub(r"\D", "", match[0]))


def _international(page: Page) -> None:
    """Claim the numbers that begin with a country's code, whole: a national rule would leave the code behind."""
    if "+" not in page.left and "00" not in page.left:
        return
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        is_valid_number,
        parse,
    )

    for match in _INTERNATIONAL.finditer(page.left):
        # Another number, or an extension, may follow the last group.
        ends = (match.start("digits") + end.start() for end in re.finditer(r"(?<=\d)(?!\d)", match["digits"]))
        for end in sorted(ends, reverse=True):
            raw = page.left[match.start("digits") : end]
            try:
                number = parse("+" + _TRUNK_DIGIT.sub("", raw))
            except NumberParseException:
                break
            shaped = sum(map(str.isdigit, raw)) >= _WITH_CODE and is_possible_number(number)
            if raw.count("(") == raw.count(")") - match[0].startswith("(") and (shaped or is_valid_number(number)):
                value = format_number(number, PhoneNumberFormat.E164)
                _take(page, match.start(), end, value.removeprefix("+"))
                break


def _take(page: Page, start: int, end: int, value: str) -> None:
    """Claim a number with the extension behind it."""
    extension = _EXTENSION.match(page.text, end)
    if extension and all(extension.end() <= span.start or span.end <= end for span, _ in page.found):
        end = extension.end()
    page.take("PHONE", start, end, value)


def without_extension(number: str) -> str:
    """Return a number as it is written, without the extension behind it.

    >>> without_extension("400-820-8820转1"), without_extension("020 7946 0958 ext. 12")
    ('400-820-8820', '020 7946 0958')
    """
    return _LAST_EXTENSION.sub("", number)


def _written_as_phone(page: Page, start: int, end: int, *, valid: bool) -> bool:
    """Say whether a number is also written like one: ten bare digits are an order as often as a phone."""
    raw = page.text[start:end]
    if "+" in raw[:2]:
        return valid or sum(map(str.isdigit, raw)) >= 10
    called = raw.lstrip("( ").startswith("0") or page.before(start, _PHONE_WORD)
    return bool(valid and called and not number_of_a_thing(page, start, end))
