"""Numbers in digits, in English words and in Chinese numerals, each as one exact value."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

__all__ = ["DIGITS", "ENGLISH", "HAN_NUMERALS", "NUMBER", "number_of", "plainly", "span_of"]

HAN_NUMERALS: Final = "零〇一二两兩三四五六七八九十百千万萬亿億"
"""The characters that a Chinese numeral is made of."""

_ONES: Final = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_VALUES: Final = {word: value for value, word in enumerate([*_ONES, *_TEENS])} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES: Final = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_SMALL: Final = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:])}))?|{'|'.join([*_TEENS, *_ONES])})"
_HUNDREDS: Final = rf"(?:(?:a|{_SMALL}) hundred(?: (?:and )?{_SMALL})?|{_SMALL})"
_THOUSANDS: Final = (
    rf"(?:(?:a|{_HUNDREDS}) million(?: {_HUNDREDS} thousand)?|(?:a|{_HUNDREDS}) thousand)(?: (?:and )?{_HUNDREDS})?"
)

# What each of them begins with: by that most words are told from numbers, in a twentieth of the time.
_BEGINS: Final = sorted({"a ", *(word[:3] for word in ("half", *_ONES, *_TEENS, *_TENS))})
_BEGUN: Final = rf"(?=[{''.join(sorted({begin[0] for begin in _BEGINS}))}])(?={'|'.join(_BEGINS)})"

ENGLISH: Final = rf"{_BEGUN}(?:half a dozen|a couple of|(?:a|{_SMALL}) dozen|{_THOUSANDS}|{_HUNDREDS})\b"
"""A pattern of numbers in English words; what is before it must be no letter. Ignore the case of letters."""

_LARGE: Final = "十百千万萬亿億"
# Steps are bounded, so that no text takes long. 万一 is a word; 5千克 are kilograms.
DIGITS: Final = (
    r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?(?!\d)|\d{1,3}(?:\.\d{3}){1,5},\d{1,2}(?!\d)|\d{1,12}(?:\.\d{1,6}|,\d\d)?(?!\d))"
    rf"(?:k(?![a-z])|\s?[{_LARGE}]+(?![克米瓦一]))?"
)
"""A pattern of numbers in ASCII digits, with their thousands grouped or not."""

NUMBER: Final = rf"(?:{DIGITS}|\b{ENGLISH}|(?<![第周週期拜{HAN_NUMERALS}])[{HAN_NUMERALS}]{{1,12}}(?![{HAN_NUMERALS}]))"
"""A pattern of what :func:`number_of` reads; 第一 counts nothing and 周一 is a day. Ignore the case of letters."""

_HAN_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_IN_DIGITS = re.compile(rf"([\d.,]+)(k|[{_LARGE}]*)", re.A)
_ENGLISH = re.compile(ENGLISH)
_HALF: Final = Decimal("0.5")
# 三四天 are three or four days.
_TWO_IN_A_ROW: Final = frozenset("一两 一二 两三 二三 三四 三五 四五 五六 六七 七八 八九".split())  # noqa: SIM905


@lru_cache(maxsize=10_000)
def number_of(text: str) -> Decimal:
    """Return the number of digits, English words or a Chinese numeral. Raises :class:`ValueError` for what is none.

    A comma before three digits groups thousands, and so does a point where a comma or another point stands, too; else
    either is the decimal sign: 1,299 and 1.299,00 are the same, 4,90 is 4.90 and 1.299 is less than two.

    >>> number_of("1,299.50"), number_of("一百二十"), number_of("三万五"), number_of("two dozen")
    (Decimal('1299.50'), Decimal('120'), Decimal('35000'), Decimal('24'))
    """
    text = " ".join(text.lower().split())
    if text in ("half", "半"):
        return _HALF
    if found := _IN_DIGITS.fullmatch(text.replace(" ", "")):
        value = _in_digits(found[1])
        for scale in found[2]:
            value *= 1000 if scale == "k" else (_HAN_TENS | _MYRIADS)[scale]
        return value
    return Decimal(_english(text) if text.isascii() else _han(text))


def span_of(low: str, high: str | None = None) -> tuple[Decimal, Decimal]:
    """Return the ends of a span: of one number twice the same, but of 三四 or 三五 the two.

    >>> span_of("3", "5"), span_of("三四")
    ((Decimal('3'), Decimal('5')), (Decimal('3'), Decimal('4')))
    """
    if high is None and low in _TWO_IN_A_ROW:
        low, high = low[0], low[1]
    first = number_of(low)
    return first, number_of(high) if high else first


def plainly(*numbers: Decimal) -> str:
    """Return a number without zeros at its end or an exponent, or the two ends of a span where they differ.

    >>> plainly(Decimal("99.90")), plainly(Decimal("3"), Decimal("5"))
    ('99.9', '3-5')
    """
    texts = (format(number, "f") for number in dict.fromkeys(numbers))
    return "-".join(text.rstrip("0").rstrip(".") if "." in text else text for text in texts)


def _in_digits(text: str) -> Decimal:
    signs = re.findall("[.,]", text)
    whole, _, last = text.replace(",", ".").rpartition(".")
    if (len(signs) == 1 and (signs == ["."] or len(last) != 3)) or len(set(signs)) == 2:
        return Decimal(f"{whole.replace('.', '')}.{last}")
    return Decimal(re.sub("[.,]", "", text))


def _english(text: str) -> int:
    """Return the value of English number words, which :data:`ENGLISH` has found."""
    if not _ENGLISH.fullmatch(text):
        raise ValueError(text)
    if text in ("half a dozen", "a couple of"):
        return 6 if text.startswith("half") else 2
    total = current = 0
    for word in text.replace("-", " ").split():
        if word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
        else:
            current += _VALUES.get(word, 0)
    return total + current


def _han(text: str) -> int:
    """Return the value of a Chinese numeral; digit by digit (二零二六) where it has no tens."""
    if not text or not set(text) <= set(HAN_NUMERALS):
        raise ValueError(text)
    if set(text) <= set(_HAN_DIGITS):
        return int("".join(str(_HAN_DIGITS[c]) for c in text))
    whole = part = digit = 0
    unit = 10
    for place, c in enumerate(text):
        if c in _HAN_DIGITS:
            digit = _HAN_DIGITS[c]
            if not digit:
                unit = 10
            elif place == len(text) - 1 and place and text[place - 1] not in "零〇十":
                # 三万五 is 35,000 and 两百五 is 250.
                digit *= unit // 10
        elif c in _HAN_TENS:
            part += (digit or 1) * _HAN_TENS[c]
            digit, unit = 0, _HAN_TENS[c]
        else:
            unit = _MYRIADS[c]
            whole = whole + (part + digit or 1) * unit if c in "万萬" else (whole + part + digit or 1) * unit
            part = digit = 0
    return whole + part + digit
