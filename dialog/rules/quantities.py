"""Quantities in a text: money, shares, durations, times, dates, links and numbers that can be compared.

English and Chinese are read alike: ``4.90 EUR``, ``€4,90``, ``five euros``, ``4.9欧元``, ``五天``, ``3至5个工作日``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from replydesk.dialog.rules.patterns import folded

__all__ = ["Kind", "Quantity", "even", "quantities_of"]

Kind = Literal["money", "share", "duration", "time", "date", "url", "email", "phone", "number"]

_ENGLISH = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}
_DIGITS = {letter: number for number, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_HAN = "零〇一二两三四五六七八九十百千万"
# Runs are read from their beginning only and not without end, so that no text takes long. 第一天 counts no days.
_N = (
    r"(?:(?<!\d)\d{1,3}(?:[,.]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|(?<!\d)\d{1,12}(?:[.,]\d{1,6})?(?!\d)"
    rf"|\b(?:{'|'.join(_ENGLISH)})\b|(?<![第{_HAN}])[{_HAN}]{{1,12}}(?![{_HAN}]))"
)
_TO = r"\s?(?:-|–|—|~|～|to|至|到|and)\s?"

_CURRENCIES: Final = {
    "EUR": "€|eur|euros?|欧元",
    "GBP": "£|gbp|pounds?|英镑",
    "USD": r"us\$|\$|usd|(?:us )?dollars?|美元|美金",
    "CNY": "¥|￥|cny|rmb|yuan|元|块钱|块|人民币",
    "JPY": "jpy|yen|日元",
    "HKD": r"hk\$|hkd|港币|港元",
}
_AFTER = "|".join(f"(?P<a{code}>{names})" for code, names in _CURRENCIES.items())
_BEFORE = "|".join(f"(?P<b{code}>{names})" for code, names in _CURRENCIES.items())
_MONEY = re.compile(
    rf"(?:{_BEFORE})\s?(?P<bn>{_N})(?:{_TO}(?P<bm>{_N}))?|(?P<an>{_N})(?:{_TO}(?P<am>{_N}))?\s?(?:{_AFTER})(?![a-z])"
)
_FREE = re.compile(
    r"\bfree(?: of charge)?\b(?! (?:from|over|above|for|on|when|if|with|to|returns?\b))|\bno (?:charge|cost|fee)\b"
    r"|(?<!满)(?:免费|免运费|包邮)"
)
_SHARE = re.compile(rf"(?P<n>{_N})(?:{_TO}(?P<m>{_N}))?\s?(?:%|％|per ?cent\b)|百分之(?P<z>{_N})")
_SPANS: Final = {
    # Minutes of one; working days, months and years cannot be compared with the others.
    "work": (1, "(?:working|business|work) days?|个?工作日"),
    "minute": (1, "minutes?|mins?|分钟"),
    "hour": (60, "hours?|hrs?|个?小时|个?钟头"),
    "day": (1440, "days?|天|自然日|日"),
    "week": (10080, "weeks?|周|个?星期|个?礼拜"),
    "month": (1, "months?|个月"),
    "year": (12, "years?|年"),
}
_UNITS = "|".join(f"(?P<{name}>{words})" for name, (_, words) in _SPANS.items())
_DURATION = re.compile(rf"(?P<n>{_N})(?:{_TO}(?P<m>{_N}))?[\s-]?(?:{_UNITS})(?![a-z])")
_CLOCK = (
    r"(?:(?:上午|早上|中午|下午|晚上)\s?)?"
    r"(?:\d{1,2}[:：]\d{2}\s?(?:[ap]m\b)?|\d{1,2}\s?[ap]m\b|\d{1,2}点(?:半|\d{1,2}分?)?)"
)
_TIME = re.compile(rf"(?P<n>{_CLOCK})(?:{_TO}(?P<m>{_CLOCK}))?")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<{{}}>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATE = re.compile(
    r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})(?!\d)|(?:(?P<y2>\d{4})\s?年\s?)?(?P<m2>\d{1,2})\s?月\s?(?P<d2>\d{1,2})\s?[日号]"
    rf"|\b(?P<d3>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH.format('w3')}(?:,? (?P<y3>\d{{4}}))?"
    rf"|\b{_MONTH.format('w4')} (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y4>\d{{4}}))?"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[\w./?=&%#:~+-]*[\w/]")
_PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d ()-]{5,18}\d(?![\w-])")
_NUMBER = re.compile(rf"(?P<n>{_N})(?:{_TO}(?P<m>{_N}))?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What stands from ``start`` to ``end`` of a text: from ``low`` to ``high`` of a unit, or a name in ``unit``."""

    kind: Kind
    low: float
    high: float
    unit: str
    start: int
    end: int

    def agrees(self, fact: Quantity) -> bool:
        """Return whether this says nothing else than a fact does; a part of its span is nothing else."""
        if self.kind != fact.kind:
            return False
        if self.kind == "money" and self.low == self.high == fact.low == fact.high == 0:
            return True
        if self.kind == "date":
            return self.low == fact.low and (self.unit == fact.unit or not self.unit or not fact.unit)
        if self.unit != fact.unit:
            return False
        if self.kind == "time":
            return {self.low, self.high} <= {fact.low, fact.high}
        return fact.low <= self.low and self.high <= fact.high


def even(text: str) -> str:
    """Return a text as :func:`~replydesk.dialog.rules.patterns.folded` has it, but letter for letter."""
    changed = "".join(one if len(one) == 1 else letter for letter in text for one in (folded(letter) or letter,))
    return changed if len(changed) == len(text) else text


def quantities_of(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of an ``even`` text in their order; no letter belongs to two.

    >>> [(one.kind, one.low, one.high, one.unit) for one in quantities_of("3-5 days, 运费五元")]
    [('duration', 4320.0, 7200.0, ''), ('money', 5.0, 5.0, 'CNY')]
    """
    found: list[Quantity] = []
    taken = [False] * len(text)

    def add(kind: Kind, match: re.Match[str], low: float, high: float, unit: str) -> None:
        if not any(taken[match.start() : match.end()]):
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            found.append(Quantity(kind, min(low, high), max(low, high), unit, *match.span()))

    for match in _EMAIL.finditer(text):
        add("email", match, 0, 0, match[0])
    for match in _URL.finditer(text):
        add("url", match, 0, 0, re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", match[0]))
    for match in _DATE.finditer(text):
        for place in "1234":
            name, number = match.groupdict().get(f"w{place}"), match.groupdict().get(f"m{place}")
            if name or number:
                month = _MONTHS.index(name) + 1 if name else int(number or 0)
                amount = month * 100 + int(match[f"d{place}"])
                add("date", match, amount, amount, match[f"y{place}"] or "")
    for match in _MONEY.finditer(text):
        code = next(name[1:] for name, value in match.groupdict().items() if value and name[1:] in _CURRENCIES)
        one, other = match["bn"] or match["an"], match["bm"] or match["am"]
        # "5元" is money; "5块" of a bare "一块" is as often a piece.
        if match[0] not in ("一块", "一元"):
            add("money", match, _number(one), _number(other or one), code)
    for match in _FREE.finditer(text):
        add("money", match, 0, 0, "")
    for match in _SHARE.finditer(text):
        one = match["n"] or match["z"]
        add("share", match, _number(one), _number(match["m"] or one), "%")
    for match in _TIME.finditer(text):
        add("time", match, _minutes(match["n"]), _minutes(match["m"] or match["n"]), "")
    for match in _DURATION.finditer(text):
        name = next(name for name in _SPANS if match[name])
        size, low, high = _SPANS[name][0], _number(match["n"]), _number(match["m"] or match["n"])
        if not (match[0].endswith("年") and high > 100):
            unit = "work" if name == "work" else "month" if name in ("month", "year") else ""
            add("duration", match, size * low, size * high, unit)
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) > 6:
            add("phone", match, 0, 0, digits)
    for match in _NUMBER.finditer(text):
        add("number", match, _number(match["n"]), _number(match["m"] or match["n"]), _unit(text[match.end() :]))
    return tuple(sorted(found, key=lambda one: one.start))


def _unit(rest: str) -> str:
    """Return the word that stands right behind a number, which may be its unit."""
    found = re.match(r"\s?([a-z]+|[\u4e00-\u9fff])", rest)
    return found[1] if found else ""


def _number(text: str) -> float:
    """Return what digits with either decimal sign, an English word or Chinese numerals say."""
    if text in _ENGLISH:
        return float(_ENGLISH[text])
    if text[0] in _DIGITS or text[0] in _TENS:
        return float(_chinese(text))
    # The last sign is the decimal one, unless three digits follow and no other kind of sign stands before.
    signs = re.findall("[.,]", text)
    if not signs:
        return float(text)
    whole, last = re.split(r"[.,](?=\d+$)", text)
    if len(last) == 3 and len(set(signs)) == 1:
        return float(re.sub("[.,]", "", text))
    return float(f"{re.sub('[.,]', '', whole)}.{last}")


def _chinese(text: str) -> int:
    total, part, digit = 0, 0, 0
    for letter in text:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter == "万":
            total, part, digit = (total + part + digit) * _TENS[letter], 0, 0
        else:
            part, digit = part + (digit or 1) * _TENS[letter], 0
    return total + part + digit


def _minutes(text: str) -> float:
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 30 if "半" in text else 0
    late = "pm" in text or "下午" in text or "晚上" in text
    if (late or "中午" in text) and hour < 12 and not ("中午" in text and hour > 10):
        hour += 12
    return float((0 if "am" in text and hour == 12 else hour) * 60 + minute)
