"""Numbers that a state or a bank gives to a person, and what stands behind a word that says what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from replydesk.data.privacy.contacts import number_of_a_thing
from replydesk.data.privacy.lexicon import words
from replydesk.data.privacy.page import Kind, Page
from replydesk.data.quantities.dates import MONTH

__all__ = ["cards", "identities", "orders", "worded"]

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,30}", re.A)
_RESIDENT = re.compile(
    r"(?<!\d)[1-9]\d{5}[ -]?(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx]"
    r"(?![A-Za-z0-9])",
    re.A,
)
_SOCIAL = re.compile(r"(?<![\w-])\d{3}([ -])\d\d\1\d{4}(?![\w-])", re.A)
# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110; QQ is the one on their forms.
_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])(?:QQ|(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])"
    r" ?\d\d ?\d\d ?\d\d ?[A-D](?![A-Za-z0-9])",
    re.A | re.I,
)
_INSURANCE_WORD = re.compile(r"national insurance|\bni\b|\bnino\b", re.I)
# The book of today (E, then E with a letter) and the one before (G); other shapes need the word.
_CHINESE_PASSPORT = re.compile(r"(?<![A-Za-z0-9-])(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7})(?![A-Za-z0-9-])", re.A)
_ORDER = re.compile(
    r"\b([A-Z]{2,3}-\d{5,10})\b"
    r"|(?:订单(?:编?号码?)?|\b(?i:order)(?: (?i:number|no\.?|id))?)[:#是为]?\s*#?(\d{8,20})(?!\d)",
    re.A,
)

# The issuers' first digits and lengths, ISO/IEC 7812: what begins like a date, a book or a parcel is no card.
_CARD = re.compile(
    r"4\d{12}|3[0689]\d{12}|3[47]\d{13}|(?:[3-6]\d|2[2-7]|8[12]|97)\d{14}|(?:[4-6]\d|8[12])\d{15,17}", re.A
)
_CARD_SHAPES: Final = tuple(
    re.compile(rf"(?<![A-Za-z0-9+])(?=({shape.replace(' ', '[ -]{1,3}')})(?![A-Za-z0-9]))", re.A)
    for shape in (
        r"\d{4} \d{4} \d{4} \d{4} \d{1,3}",
        r"\d{6} \d{13}",
        r"\d{4} \d{4} \d{4} \d{1,4}",
        r"\d{4} \d{6} \d{4,5}",
        r"\d{13,19}",
    )
)

_IS = r"(?: ?(?:is|was|are|changed to|号码?|是|为|[:#=,(-]))*\s*"
_NUMBER = r"(?: ?(?:numbers?|num|nr|no)\b\.?)?"
_MONTH = rf"(?:{MONTH})\.?"
_DAY = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|\d{{1,2}}[-/.]\d{{1,2}}(?:[-/.]\d{{2,4}})?|(?:19|20)\d{{6}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    rf"|{_MONTH} \d{{4}}|(?:19|20)\d\d(?![\d年]))(?!\d)"
)
_HAN_DAY = r"(?:\d{2,4}年(?:\d{1,2}月(?:\d{1,2}[日号]?)?)?|\d{1,2}月\d{1,2}[日号]?)"

# (kind, words and a Chinese pattern of which one must be in the text, the rule): the group that matched is the value.
_RULES: Final[tuple[tuple[Kind, str, str, str], ...]] = (
    (
        "PASSPORT",
        "passport",
        "护照|通行证|台胞证|回乡证",
        r"(?:passport(?: details?)?|(?:护照|通行证|台胞证|回乡证)(?:号码?|编号)?)"
        rf"(?: ?\([^()\d]{{1,12}}\))?(?:,? (?:the|my|new|old|is|number|no))*{_NUMBER}{_IS}"
        r"(?<![A-Za-z0-9])((?=[A-Z0-9]{0,8}\d{3})[A-Z0-9]{7,11}|\d{3} \d{3} \d{3}"
        r"|[A-Z]\d{2}[A-Z]\d{2}[A-Z]\d{2})(?![A-Za-z0-9-])"
        r"|passport[^\d\n]{0,30}?(?<![A-Za-z0-9-])(\d{9}|[A-Z]{1,2}\d{7,8}|[CFGHJK-NPRTV-Z](?=[A-Z0-9]*\d[A-Z0-9]*\d[A-Z0-9]*\d)"
        r"[CFGHJK-NPRTV-Z0-9]{8})(?![A-Za-z0-9-])",
    ),
    (
        "ID",
        "ssn social",
        "",
        rf"(?:\bssn|social security|\bsocial)(?: (?:and|number|no|num|#))*{_IS}(\d{{4}}"
        rf"|\d{{8,9}})(?!\d)|\bssn\b[^\d\n]{{0,40}}?(?<![\d-])(\d{{9}})(?!\d)",
    ),
    (
        "ACCOUNT",
        "sort sortcode",
        "",
        rf"sort(?:.?code|(?= ?:)){_NUMBER}{_IS}(\d\d[- ]\d\d[- ]\d\d|\d{{6}})(?![\d-])",
    ),
    ("ACCOUNT", "routing aba", "", rf"(?:routing|\baba){_NUMBER}{_IS}(\d{{9}})(?!\d)"),
    (
        "ACCOUNT",
        "account acct acc a",
        "",
        rf"(?<![A-Za-z])(?:account|acct|acc|a/c){_NUMBER}{_IS}"
        r"(?<![A-Za-z0-9])([A-Z]{0,3}-?\d(?:[ -]?\d){5,19})(?![A-Za-z0-9]|[-.]\d)",
    ),
    (
        "ACCOUNT",
        "",
        "账|帐|卡号|存折",
        rf"(?:账号|帐号|账户|帐户|卡号|存折)(?:号码"
        rf"|账号)?{_IS}(?!1[3-9]\d{{9}}(?!\d))(\d(?:[ -]?\d){{7,27}})(?![\d.])",
    ),
    (
        "ACCOUNT",
        "wechat weixin wx vx v",
        "微信|薇信|威信|v信",
        r"(?:wechat|weixin|微信|薇信|威信|(?<![A-Za-z0-9])[wv]x|v信)(?: ?id\b| ?账号| ?账户)?(?: ?(?:is"
        r"|号码?|是|为|[:-]))*\s*"
        r"(?<![A-Za-z0-9])((?=[A-Z0-9_-]*[\d_-])[A-Z][A-Z0-9_-]{5,19})(?![A-Za-z0-9_.@-])",
    ),
    (
        "ACCOUNT",
        "wechat weixin",
        "微信",
        r"(?:wechat|weixin|微信)(?: ?id)?(?:号码?)?(?: is|:|是)\s*([A-Z][A-Z0-9_-]{5,19})(?![A-Za-z0-9_.@-])",
    ),
    (
        "ACCOUNT",
        "qq q",
        "扣扣",
        r"(?:(?<![A-Za-z0-9])qq|扣扣|加q)(?: ?(?:id|number|is|号码?|是|为|:))*\s*([1-9]\d{4,10})(?![\dA-Za-z.@])",
    ),
    (
        "BIRTHDATE",
        "dob d birth birthdate birthday birthdates born",
        "生日|出生|生于",
        r"(?:(?<![A-Za-z])d\.?o\.?b\b\.?|birth ?dates?|date of birth|birthday|(?<![A-Za-z])born|生日|生于"
        r"|出生(?:日期|年月日?|时间)?于?)(?: ?(?:is|was|on|in|the|[-:,(]|是|为|在))*\s*"
        rf"(?<![A-Za-z0-9])({_DAY}|{_HAN_DAY})",
    ),
    (
        "BIRTHDATE",
        "",
        "出生|生人|的生日|[年月日号]生",
        rf"(?<!\d)({_HAN_DAY}|{_DAY})(?:出生|生人|的生日|生的|生(?=[,。]|$))",
    ),
    (
        "TOKEN",
        "password passcode",
        "密码",
        r"(?:password|passcode|密码)(?: ?(?:is|was|是|为|:|=))+\s*"
        r"(?<![!-~])((?=[!-~]*\d)(?!https?:)[!-~]{4,40}[A-Za-z0-9!#$%*])",
    ),
)
_WORDED: Final = tuple(
    (kind, words(latin), re.compile(han) if han else None, re.compile(rule, re.I | re.A))
    for kind, latin, han, rule in _RULES
)
# A British sort code with the account behind it.
_SORT_CODE = re.compile(
    r"(?<![\d-])(\d\d-\d\d-\d\d)(?:[ ,/]+|[ ,]+(?:a/?c|acc(?:oun)?t)(?: ?(?:number|no\.?))?[: ]*)(\d{8})(?![\d-])",
    re.I | re.A,
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][ ·•.-]?"
    r"(?:[DF][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF]|(?=[A-Z]*\d)[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警])(?![A-Za-z0-9])"
)


def identities(page: Page) -> None:
    """Claim IBANs (ISO 13616 checksum), the numbers of states, and Chinese passports."""
    from stdnum import iban
    from stdnum.cn import ric
    from stdnum.us import ssn

    for match in _IBAN.finditer(page.left):
        for end in _ends(page.left, *match.span()):
            if iban.is_valid(page.left[match.start() : end], check_country=False):
                page.take("IBAN", match.start(), end, iban.compact(page.left[match.start() : end]))
                break
    for match in _RESIDENT.finditer(page.left):
        number = re.sub("[ -]", "", match[0]).upper()
        # The checksum alone: the list of birthplaces in stdnum is not complete.
        if ric.calc_check_digit(number) == number[-1]:
            page.take("ID", *match.span(), number)
    for match in _SOCIAL.finditer(page.left):
        # Target's item numbers (DPCI) have the shape of a social security number.
        if (
            (ssn.is_valid(match[0]) and match[1] == "-")
            or page.before(match.start(), _SSN_WORD)
            or (match[1] == "-" and page.words & _SSN)
        ) and not number_of_a_thing(page, *match.span()):
            page.take("ID", *match.span(), re.sub(r"\D", "", match[0]))
    for match in _INSURANCE.finditer(page.left):
        # "at 10 20 30 a day" has the shape; small letters need the word.
        if match[0].isupper() or page.before(match.start(), _INSURANCE_WORD):
            page.take("ID", *match.span(), match[0].replace(" ", "").upper())
    for match in _CHINESE_PASSPORT.finditer(page.left):
        if not page.before(match.start(), _CODE_WORD):
            page.take("PASSPORT", *match.span(), match[0])


_SSN = words("ssn social")
_SSN_WORD = re.compile(r"(?:ssn|\bss ?#|soc(?:ial|\.)?(?: sec(?:urity|\.)?)?)[^\d\n]{0,15}$", re.I)
_CODE_WORD = re.compile(
    r"(?:order|parcel|package|shipment|invoice|ticket|case|claim|item|product|booking|confirm\w*|transaction|voucher"
    r"|coupon|reference|code|sku|tracking|serial|model|part|ref|batch|lot|error|version|firmware"
    r"|单|编号|货号|序列号|流水号?|型号|票号?|件号|代码|批次|批号|固件|版本|错误|报错|故障)"
    r"(?: (?:numbers?|no\.?|id|code))?[^\w\n]{0,3}(?:(?:is|是|为|号码?)[: ]*)?$",
    re.I,
)


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a match may end, longest first: the words behind an IBAN look like more of it."""
    for stop in range(end, start + 14, -1):
        if text[stop - 1].isalnum() and not re.match("[A-Za-z0-9]", text[stop : stop + 1]):
            yield stop


def worded(page: Page) -> None:
    """Claim what only the word before it gives away: passports, accounts, birth dates, and number plates."""
    for kind, latin, han, rule in _WORDED:
        if not latin.isdisjoint(page.words) or (han and page.han and han.search(page.left)):
            for match in rule.finditer(page.left):
                group = match.lastindex or 1
                page.take(kind, *match.span(group), re.sub(r"[\W_]", "", match[group]).upper())
    for match in _SORT_CODE.finditer(page.left):
        for group in (1, 2):
            page.take("ACCOUNT", *match.span(group), re.sub(r"\D", "", match[group]))
    for match in _PLATE.finditer(page.left) if page.han else ():
        page.take("PLATE", *match.span(), re.sub(r"\W", "", match[0]))


def orders(page: Page) -> None:
    """Claim order numbers."""
    for match in _ORDER.finditer(page.left):
        group = match.lastindex or 0
        page.take("ORDER", *match.span(group), match[group])


def cards(page: Page) -> None:
    """Claim payment cards of a quieted page, by issuer, length and Luhn check digit."""
    from stdnum import luhn

    for shape in _CARD_SHAPES:
        for match in shape.finditer(page.left):
            digits = re.sub("[ -]", "", match[1])
            # The look-ahead sees overlapping windows, one of which may be taken by now.
            free = page.free(*match.span(1))
            named = match[1].isdecimal() and number_of_a_thing(page, *match.span(1))
            if free and not named and _CARD.fullmatch(digits) and luhn.is_valid(digits):
                page.take("CARD", *match.span(1), digits)
