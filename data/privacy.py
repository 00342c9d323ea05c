"""Masking of personal data before anything is stored: the certain is masked, the merely similar is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import Final, Literal

from replydesk.data.errors import RequestError
from replydesk.data.records import content_id

__all__ = ["Kind", "Masker", "Span", "find", "renumber"]

Kind = Literal["EMAIL", "PHONE", "CARD", "IBAN", "ID", "ORDER"]
"""What a span holds. ``ID``: a Chinese resident id, a US social security or a UK insurance number."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where personal data stands: ``text[start:end]`` is of this ``kind``."""

    start: int
    end: int
    kind: Kind


def find(text: str, region: str = "GB", *, order_numbers: bool = False) -> list[Span]:
    """Return the personal data in a text by position, none overlapping another.

    The surest kind claims its characters first: e-mail, IBAN (ISO 13616 checksum), identity numbers, cards
    (issuer, length and Luhn), then phone numbers. ``region`` is the ISO 3166 country whose national phone
    numbers are tried before those of GB, US and CN. ``order_numbers`` adds order numbers. Full-width
    characters are seen as their plain forms. Raises :class:`RequestError` for an unknown region.

    >>> find("邮箱是mei@example.com，电话13800138000谢谢")
    [Span(start=3, end=18, kind='EMAIL'), Span(start=21, end=32, kind='PHONE')]
    """
    return [span for span, _ in _search(text, _known(region), order_numbers)]


class Masker:
    """Replaces the personal data of one conversation by placeholders such as ``<PHONE_1>``.

    The same value always gets the same placeholder, however it is written (``07911 123456`` is
    ``+44 7911 123456``), and a new value the next free number; a placeholder that already stands in a text is
    never given to another value. Masking twice changes nothing. ``region`` and ``order_numbers`` are those of
    :func:`find`; ``own`` are the company's own addresses, domains and numbers, which answers need and keep.

    >>> masker = Masker()
    >>> masker.mask("Mail Mei@example.com"), masker.mask("mei@example.com or a@b.org")
    ('Mail <EMAIL_1>', '<EMAIL_1> or <EMAIL_2>')
    """

    def __init__(
        self,
        region: str = "GB",
        *,
        order_numbers: bool = False,
        own: Iterable[str] = (),
        conversation: str = "",
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.region, self.order_numbers = _known(region), order_numbers
        self._conversation = conversation
        self._tags = {tag: name for name, tag in known.items()}
        self._own = tuple(_bare(contact) for contact in own)
        self._given: dict[tuple[Kind, str], str] = {}
        self._taken: set[str] = set(known)

    @property
    def given(self) -> dict[str, str]:
        """Return the placeholders given so far, each with a tag too short to tell its value."""
        return {name: tag for tag, name in self._tags.items()}

    def find(self, text: str) -> list[Span]:
        """Return what :meth:`mask` would replace."""
        found = find(text, self.region, order_numbers=self.order_numbers)
        return [span for span in found if not self._is_own(text[span.start : span.end])]

    def mask(self, text: str) -> str:
        """Return the text with every piece of personal data replaced by its placeholder."""
        if "<" in text:
            self._taken.update(_PLACEHOLDER.findall(text))
        # A number may have been hidden by its neighbour, so the search goes on until nothing is left to find.
        while found := [
            (span, value)
            for span, value in _search(text, self.region, self.order_numbers)
            if not self._is_own(text[span.start : span.end])
        ]:
            parts, done = [], 0
            for span, value in found:
                parts += [text[done : span.start], self._placeholder(span.kind, value)]
                done = span.end
            text = "".join(parts) + text[done:]
        return text

    def _is_own(self, value: str) -> bool:
        return bool(self._own) and _bare(value).endswith(self._own)

    def _placeholder(self, kind: Kind, value: str) -> str:
        if (kind, value) not in self._given:
            tag = content_id(self._conversation, kind, value)[:5]
            if tag not in self._tags:
                names = (f"<{kind}_{number}>" for number in count(1))
                self._tags[tag] = next(name for name in names if name not in self._taken)
                self._taken.add(self._tags[tag])
            self._given[kind, value] = self._tags[tag]
        return self._given[kind, value]


def renumber(texts: Sequence[str], given: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the texts with their placeholders numbered as they first appear, and the new tags."""
    literal = {name for text in texts for name in _PLACEHOLDER.findall(text) if name not in given}
    names: dict[str, str] = {}

    def name_of(match: re.Match[str]) -> str:
        old = match[0]
        if old in given and old not in names:
            kind = old[1:].rpartition("_")[0]
            tried = (f"<{kind}_{number}>" for number in count(1))
            names[old] = next(name for name in tried if name not in literal and name not in names.values())
        return names.get(old, old)

    found = [_PLACEHOLDER.sub(name_of, text) for text in texts]
    return found, {name: given[old] for old, name in names.items()}


def _bare(contact: str) -> str:
    """Return an address in lower case, or the digits of a number, so that spellings compare equal."""
    return contact.casefold() if re.search(r"[^\W\d_]", contact) else re.sub(r"\D", "", contact)


# Four digits at most: a phone number inside angle brackets is no placeholder.
_PLACEHOLDER = re.compile(r"<(?:EMAIL|PHONE|CARD|IBAN|ID|ORDER)_\d{1,4}>", re.A)
_WORTH_READING = re.compile(r"[\d@＠]")
_SIX_DIGITS = re.compile(r"\d(?:[ ()./-]{0,3}\d){5}", re.A)
_SEVEN_DIGITS = re.compile(r"\d(?:[ ()./-]{0,3}\d){6}", re.A)

# `@(?!\d+x\.)`: logo@2x.png is a file.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9À-ɏ._%+'-])([A-Za-z0-9À-ɏ._%+'-]++)@(?!\d+x\.)"
    r"(?:[A-Za-z0-9À-ɏ-]+\.)+(?:xn--[A-Za-z0-9]+|[A-Za-zÀ-ɏ]{2,24})"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,30}", re.A)
_RESIDENT = re.compile(
    r"(?<!\d)[1-9]\d{5}[ -]?(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx]"
    r"(?![A-Za-z0-9])",
    re.A,
)
_SOCIAL = re.compile(r"(?<![\w-])\d{3}-\d\d-\d{4}(?![\w-])", re.A)
# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110; QQ is the one on their forms.
_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])(?:QQ|(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])"
    r" ?\d\d ?\d\d ?\d\d ?[A-D](?![A-Za-z0-9])",
    re.A | re.I,
)
_INSURANCE_WORD = re.compile(r"national insurance|\bni\b|\bnino\b", re.I)
_ORDER = re.compile(
    r"\b([A-Z]{2,3}-\d{5,10})\b"
    r"|(?:订单(?:编?号码?)?|\b(?i:order)(?: (?i:number|no\.?|id))?)[:#是为]?\s*#?(\d{8,20})(?!\d)",
    re.A,
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

# The issuers' first digits and lengths, ISO/IEC 7812: what begins like a date, a book or a parcel is no card.
_CARD = re.compile(
    r"4\d{12}|3[0689]\d{12}|3[47]\d{13}|(?:[3-6]\d|2[2-7]|8[12]|97)\d{14}|(?:[4-6]\d|8[12])\d{15,17}", re.A
)
_CARD_SHAPES: Final = tuple(
    re.compile(rf"(?<![A-Za-z0-9])(?=({shape.replace(' ', '[ -]{1,3}')})(?![A-Za-z0-9]))", re.A)
    for shape in (
        r"\d{4} \d{4} \d{4} \d{4} \d{1,3}",
        r"\d{6} \d{13}",
        r"\d{4} \d{4} \d{4} \d{1,4}",
        r"\d{4} \d{6} \d{4,5}",
        r"\d{13,19}",
    )
)

_MOBILE = re.compile(
    r"(?<!\d)(?:\(?(?:\+|00)?86\)?[ -]?)?"
    r"(1[3-9]\d(?:[ -]?\d{4}[ -]?\d{4}|\d[ -]?\d{3}[ -]?\d{4}|[ -]\d{3}[ -]\d{5}))(?!\d)",
    re.A,
)
_HOTLINE = re.compile(r"(?<![\d-])([48]00[ -]?(?:\d{3}[ -]?\d{4}|\d{4}[ -]\d{3}))(?![-\d])", re.A)
_HAN = re.compile("[\u4e00-\u9fff]")
_BARE = re.compile(r"(?<!\d)\d{7,12}(?!\d)", re.A)
_TRUNK = re.compile(r"(?<!\d)(?<!\+)(?:\(0\d{2,4}\)|0\d{2,4})[ -]?\d{3,8}(?:[ -]?\d{3,4})?(?!\d)", re.A)
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
    r"|(?:订|运|快递|物流)单|(?P<zh>(?:单|编|货|序列|流水|型|票|件|案)(?:号码?|码)|条码|邮编))[是为:# ]*$",
    re.I,
)


class _View(dict[int, str]):
    """Maps each character to the plain one it is read as, one for one, so that positions stay true."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category, folded = unicodedata.category(char), unicodedata.normalize("NFKC", char)
        if category == "Nd":
            plain = str(unicodedata.decimal(char))
        elif category == "Pd":
            plain = "-"
        elif category == "Zs":
            plain = " "
        # ① numbers a list, and would hide the phone number behind it.
        elif len(folded) == 1 and folded.isascii() and category != "No":
            plain = folded
        else:
            plain = char
        self[code] = plain
        return plain


_VIEW: Final = _View()


class _Page:
    """A text under search: ``text`` as it is read, ``left`` with what is claimed or shut blanked out."""

    def __init__(self, text: str) -> None:
        self.text = self.left = text if text.isascii() else text.translate(_VIEW)
        self.found: list[tuple[Span, str]] = []
        if "<" in text:
            self.shut(_PLACEHOLDER)

    def take(self, kind: Kind, start: int, end: int, value: str) -> None:
        self.found.append((Span(start, end, kind), value))
        self._blank(start, end)

    def shut(self, pattern: re.Pattern[str]) -> None:
        self.left = pattern.sub(lambda match: "\0" * len(match[0]), self.left)

    def shut_codes(self) -> None:
        """Blank tokens with digits glued to letters (SG4839201756) or to a prefix in capitals (TW-204817)."""
        for match in _TOKEN.finditer(self.left):
            head = re.split("[-_]", match[0], maxsplit=1)[0]
            code = _GLUED.search(match[0]) or (head.isalpha() and head.isupper())
            if code and not _GLUED_PHONE.fullmatch(match[0]):
                self._blank(*match.span())

    def follows(self, words: re.Pattern[str], start: int) -> re.Match[str] | None:
        return words.search(self.text[max(0, start - 40) : start])

    def refers(self, start: int, end: int) -> bool:
        """Say whether the words before a number call it the number of a thing, not of a person."""
        match = self.follows(_REFERENCE, start)
        return bool(match and (match["number"] or match["code"] or match["zh"] or self.text[start:end].isdecimal()))

    def _blank(self, start: int, end: int) -> None:
        self.left = self.left[:start] + "\0" * (end - start) + self.left[end:]


def _known(region: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS

    if region.upper() not in SUPPORTED_REGIONS:
        raise RequestError("Unknown region.", where=repr(region), hint="Use an ISO 3166 code such as GB, US or CN.")
    return region.upper()


def _search(text: str, region: str, order_numbers: bool) -> list[tuple[Span, str]]:
    """Return the spans by position, each with its normalised value."""
    # Most messages hold neither a digit nor an @, and most of the others no six digits together.
    if not _WORTH_READING.search(text):
        return []
    page = _Page(text)
    if "@" in page.left:
        _emails(page)
    if _SIX_DIGITS.search(page.left):
        _identities(page)
        if order_numbers:
            _orders(page)
        if _SEVEN_DIGITS.search(page.left):
            page.shut(_LINK)
            page.shut_codes()
            page.shut(_DATE)
            _cards(page)
            if _SEVEN_DIGITS.search(page.left):
                _phones(page, region)
    elif order_numbers:
        _orders(page)
    return sorted(page.found, key=lambda item: item[0].start)


def _emails(page: _Page) -> None:
    for match in _EMAIL.finditer(page.left):
        local = match[1].lstrip("._%+'-")
        if local:
            start = match.end(1) - len(local)
            page.take("EMAIL", start, match.end(), page.text[start : match.end()].lower())


def _identities(page: _Page) -> None:
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
        if ssn.is_valid(match[0]) and not page.refers(*match.span()):
            page.take("ID", *match.span(), ssn.compact(match[0]))
    for match in _INSURANCE.finditer(page.left):
        # "at 10 20 30 a day" has the shape; small letters need the word.
        if match[0].isupper() or page.follows(_INSURANCE_WORD, match.start()):
            page.take("ID", *match.span(), match[0].replace(" ", "").upper())


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a match may end, longest first: the words behind an IBAN look like more of it."""
    for stop in range(end, start + 14, -1):
        if text[stop - 1].isalnum() and not re.match("[A-Za-z0-9]", text[stop : stop + 1]):
            yield stop


def _orders(page: _Page) -> None:
    for match in _ORDER.finditer(page.left):
        group = match.lastindex or 0
        page.take("ORDER", *match.span(group), match[group])


def _cards(page: _Page) -> None:
    from stdnum import luhn

    for shape in _CARD_SHAPES:
        for match in shape.finditer(page.left):
            digits = re.sub("[ -]", "", match[1])
            # The look-ahead sees overlapping windows, one of which may be taken by now.
            free = "\0" not in page.left[slice(*match.span(1))]
            named = match[1].isdecimal() and page.refers(*match.span(1))
            if free and not named and _CARD.fullmatch(digits) and luhn.is_valid(digits):
                page.take("CARD", *match.span(1), digits)


def _phones(page: _Page, region: str) -> None:
    import phonenumbers
    from phonenumbers import Leniency, PhoneNumberMatcher

    def take(pattern: re.Pattern[str], code: str, lengths: tuple[int, ...]) -> None:
        for match in pattern.finditer(page.left):
            digits = re.sub(r"\D", "", match[match.lastindex or 0])
            if len(digits) in lengths and ("+" in match[0] or not page.refers(*match.span())):
                page.take("PHONE", *match.span(), code + digits.removeprefix("0"))

    chinese = region == "CN" or bool(_HAN.search(page.text))
    take(_MOBILE, "86", (11,))
    take(_HOTLINE, "86", (10,))
    # Shape alone: invented numbers (07700 900123) and mistyped ones are valid nowhere, yet may be a person's.
    take(_TRUNK, *(("86", (11, 12)) if chinese else ("44", (11,))))
    for match in _AMERICAN.finditer(page.left):
        number = phonenumbers.parse(match[0], "US")
        if phonenumbers.is_valid_number(number) and not page.refers(*match.span()):
            page.take("PHONE", *match.span(), f"1{number.national_number}")
    worded = (page.follows(_PHONE_WORD, match.start()) for match in _BARE.finditer(page.left))
    if _DIALLED.search(page.left) or any(worded):
        first = ("CN", region) if chinese else (region,)
        tries = [(country, Leniency.VALID) for country in dict.fromkeys((*first, "GB", "US", "CN"))]
        for country, leniency in (*tries, ("GB", Leniency.POSSIBLE)):
            for found in PhoneNumberMatcher(page.left, country, leniency):
                if _written_as_phone(page, found.start, found.end, valid=leniency == Leniency.VALID):
                    value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
                    page.take("PHONE", found.start, found.end, value.removeprefix("+"))
    for listed in _NAMED.finditer(page.left):
        for match in _LOCAL.finditer(page.left, *listed.span(1)):
            page.take("PHONE", *match.span(), re.sub(r"\D", "", match[0]))


def _written_as_phone(page: _Page, start: int, end: int, *, valid: bool) -> bool:
    """Say whether a number is also written like one: ten bare digits are an order as often as a phone."""
    raw = page.text[start:end]
    if "+" in raw[:2]:
        return valid or sum(map(str.isdigit, raw)) >= 10
    called = raw.lstrip("( ").startswith("0") or page.follows(_PHONE_WORD, start)
    return bool(valid and called and not page.refers(start, end))
