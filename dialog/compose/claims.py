"""Claims: the pieces of a sentence that a reader could hold the company to, each in one written form.

Links, e-mail addresses, phone numbers, dates and times, amounts, percentages, measures, codes, numbers, names and
promises. ``5 working days``, ``five business days`` and ``五个工作日`` are the same claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from replydesk.data.quantities.measures import measures
from replydesk.data.quantities.numerals import DIGITS, number_of, plainly
from replydesk.data.quantities.spelled import in_digits
from replydesk.data.text import HAN
from replydesk.dialog.compose.dates import dates_of
from replydesk.dialog.compose.names import names_of
from replydesk.dialog.compose.promises import promises_of

__all__ = ["Claim", "claims_of"]

_TOP: Final = "com|net|org|io|co|cn|uk|de|eu|us|info|shop|store|app|dev|me|ly|tv|gov|edu|example|test"
_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_LINK = re.compile(
    rf"(?:https?://|www\.)[!-~]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_TOP})(?![a-z0-9-])(?:/[!-~]*)?", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<![\w.])[@#]\w+")
_CODE = re.compile(r"(?<![a-z\d])(?=[a-z\d-]*\d)(?=[a-z\d-]*[a-z])[a-z\d]+(?:-[a-z\d]+)*")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d() .-]{5,}\d(?!\w)")
_PLAIN = re.compile(rf"(?<!\d[.,])-?({DIGITS})", re.ASCII)
_BEFORE = re.compile(rf"([{HAN}]{{2}}|[a-z]+)[\s:#.]*\Z")
_AFTER = re.compile(rf"[\s-]?([{HAN}]{{2}}|[a-z]+)")
_LIST = re.compile(r"\A\s*(?:[-*•]\s*)?\(?\d{1,2}[.)、]\s*(?=\D)")
_LONG = 7
_KINDS: Final = {"money": "amount", "share": "percent"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a ``kind``, as it is written and as it is compared.

    ``unit`` is what a number measures, else empty; ``before`` and ``after`` the words beside a bare number, of Chinese
    two characters.
    """

    kind: str
    text: str
    value: str
    unit: str = ""
    before: str = ""
    after: str = ""


@lru_cache(maxsize=20_000)
def claims_of(text: str, *, every: bool = False) -> tuple[Claim, ...]:
    """Return the claims of a text. With ``every`` all that may be a number is one, as evidence is read.

    >>> [(claim.kind, claim.value) for claim in claims_of("We will refund $1,000 within five working days.")]
    [('amount', '1000 dollars'), ('measure', '5 working days'), ('promise', 'refund')]
    >>> [(claim.kind, claim.value) for claim in claims_of("订单TW-204817，周一前退百分之五")]
    [('date', 'weekday 1'), ('percent', '5 %'), ('code', 'TW204817')]
    """
    plain = in_digits(_LIST.sub("", text), "every" if every else "told")
    found, rest = _addresses(plain)
    dated, rest = dates_of(rest)
    found += [Claim("date", told, value) for told, value in dated]
    measured, rest = _measures(rest)
    found += measured
    lower = rest.lower()
    coded, lower = _codes(lower)
    found += coded
    for phone in _PHONE.finditer(lower):
        digits = _digits(phone[0])
        if len(digits) >= _LONG:
            found.append(Claim("phone", phone[0].strip(), digits))
            lower = _blanked(lower, phone.span())
    for number in _PLAIN.finditer(lower):
        before, after = _BEFORE.search(lower[: number.start()]), _AFTER.match(lower, number.end())
        beside = before[1] if before else "", after[1] if after else ""
        found.append(Claim("number", number[0], plainly(number_of(number[1])), "", *beside))
    found += [Claim("name", name, name.casefold()) for name in names_of(rest)]
    found += [Claim("promise", told, kind) for kind, told in promises_of(plain)]
    return tuple(found)


def _addresses(plain: str) -> tuple[list[Claim], str]:
    """Return links, e-mail addresses and handles, and the text without them."""
    found = []
    for kind, pattern in (("email", _EMAIL), ("url", _LINK), ("name", _HANDLE)):
        for match in list(pattern.finditer(plain)):
            told = match[0].rstrip(".,;:!?)]}'\">。，")
            found.append(Claim(kind, told, _link(told) if kind == "url" else told.casefold()))
            plain = _blanked(plain, (match.start(), match.start() + len(told)))
    return found, plain


def _link(told: str) -> str:
    bare = re.sub(r"\A(?:https?://)?(?:www\.)?", "", told, flags=re.IGNORECASE)
    host, slash, path = bare.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def _measures(text: str) -> tuple[list[Claim], str]:
    """Return numbers with a unit, and the text without them."""
    found: list[Claim] = []
    for one in measures(text):
        # 一个 and 两位 count too little to be a claim; "2个" counts.
        if one.unit.kind == "count" and not text[one.start].isdigit():
            continue
        kind = _KINDS.get(one.unit.kind, "measure") if one.unit.name != "off" else "measure"
        unit, told = one.unit.told, text[one.start : one.end].strip()
        found += [Claim(kind, told, f"{plainly(end)} {unit}", unit) for end in dict.fromkeys((one.low, one.high))]
        text = _blanked(text, (one.start, one.end))
    return found, text


def _codes(lower: str) -> tuple[list[Claim], str]:
    found = []
    for match in list(_CODE.finditer(lower)):
        ordinal = _ORDINAL.fullmatch(match[0])
        if ordinal:
            found.append(Claim("number", match[0], plainly(number_of(ordinal[1]))))
        else:
            found.append(Claim("code", match[0].upper(), match[0].replace("-", "").upper()))
        lower = _blanked(lower, match.span())
    return found, lower


def _blanked(text: str, span: tuple[int, int]) -> str:
    return f"{text[: span[0]]}{' ' * (span[1] - span[0])}{text[span[1] :]}"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
