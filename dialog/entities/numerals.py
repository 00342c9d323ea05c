"""Numbers in words: Chinese numerals up to the hundred millions, English ones up to twelve and a dozen."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

__all__ = ["ENGLISH", "HAN_NUMERALS", "number_of", "plainly"]

HAN_NUMERALS: Final = "零〇一二两兩三四五六七八九十百千万萬亿"
"""The characters that a Chinese numeral is made of."""

ENGLISH: Final = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a dozen|a couple of|a"
"""A pattern of the English number words that are read."""

_WORDS: Final = {word: number for number, word in enumerate(ENGLISH.split("|")[:12], 1)}
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}


def number_of(text: str) -> Decimal:
    """Return the number that digits or a numeral stand for. Raises :class:`ValueError` for what is none.

    >>> number_of("1,299.50"), number_of("一百二十"), number_of("三万五"), number_of("a dozen")
    (Decimal('1299.50'), Decimal('120'), Decimal('35000'), Decimal('12'))
    """
    text = " ".join(text.lower().split())
    if text[:1].isdigit():
        bare = text.replace(",", "").replace(" ", "")
        return Decimal(bare[:-1]) * 1000 if bare.endswith("k") else Decimal(bare)
    if text in ("a", "a dozen", "a couple of"):
        return Decimal({"a": 1, "a dozen": 12, "a couple of": 2}[text])
    if text in _WORDS:
        return Decimal(_WORDS[text])
    return Decimal(_han(text))


def plainly(number: Decimal) -> str:
    """Return a number without zeros at its end or an exponent.

    >>> plainly(Decimal("99.90")), plainly(Decimal("100"))
    ('99.9', '100')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _han(text: str) -> int:
    """Return the value of a Chinese numeral; digit by digit (二零二六) where it has no tens."""
    if not text or not set(text) <= set(HAN_NUMERALS):
        raise ValueError(text)
    if set(text) <= set(_DIGITS):
        return int("".join(str(_DIGITS[c]) for c in text))
    whole = part = digit = 0
    unit = 10
    for place, c in enumerate(text):
        if c in _DIGITS:
            digit = _DIGITS[c]
            if not digit:
                unit = 10
            elif place == len(text) - 1 and place and text[place - 1] not in "零〇十":
                # 三万五 is 35,000 and 两百五 is 250.
                digit *= unit // 10
        elif c in _TENS:
            part += (digit or 1) * _TENS[c]
            digit, unit = 0, _TENS[c]
        elif c in "万萬":
            whole, part, digit, unit = whole + ((part + digit) or 1) * _MYRIADS[c], 0, 0, _MYRIADS[c]
        else:
            whole, part, digit, unit = ((whole + part + digit) or 1) * _MYRIADS[c], 0, 0, _MYRIADS[c]
    return whole + part + digit
