"""Texts with the numbers in them that are spelled in words as digits: two and 两 are 2, 百分之五 is 5%."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from replydesk.data.quantities.numerals import DIGITS, ENGLISH, HAN_NUMERALS, number_of, plainly, span_of
from replydesk.data.quantities.units import UNITS

__all__ = ["in_digits"]

_ENGLISH = re.compile(rf"\b{ENGLISH}", re.IGNORECASE)
# "one" is a pronoun more often than a number.
_MEASURED = re.compile(
    r"[ -](?:single |full |whole )?(?:calendar|per|to |or two"
    rf"|{'|'.join(unit.english for unit in UNITS if unit.english and unit.kind != 'size')})\b",
    re.IGNORECASE,
)
_HAN_UNITS: Final = "|".join(unit.chinese for unit in UNITS if unit.chinese and unit.kind != "count")
_HAN_UNIT: Final = f"(?:{_HAN_UNITS}|[号成点次倍件台张份条笔])"
_HAN_NUMBER = re.compile(
    rf"(?<![周週第期拜])[{HAN_NUMERALS}]+(?=\s*(?:[到至~-]\s*[{HAN_NUMERALS}\d]+\s*)?{_HAN_UNIT})|(?<=第)[{HAN_NUMERALS}]+"
    rf"|(?<=[到至])[{HAN_NUMERALS}]+(?={_HAN_UNIT})"
)
_ANY_HAN_NUMBER = re.compile(f"[{HAN_NUMERALS}]+")
_PERCENT = re.compile(rf"百分之([{HAN_NUMERALS}]+|\d+(?:\.\d+)?)", re.ASCII)
_SCALED = re.compile(rf"(?<![\d.,]){DIGITS}(?<=[百千万萬亿億])", re.ASCII)
# These are words, not numbers: 十分感谢, 万一, 千万别, 一定.
_NO_NUMBER = re.compile(
    r"十分(?!之|钟)|万一|千万(?![元块人])|一[定般起直切些样旦共边下点并同再律带度方面]|统一|唯一|四川|百度|三星"
)


def in_digits(text: str, numbers: Literal["told", "measured", "every"] = "told") -> str:
    """Return a text in NFKC with the numbers that it writes in words as digits.

    A lone "one" or 一 is a number only before what it counts, and so are all Chinese numbers; ``measured`` takes no
    English one either that stands before no unit, and ``every`` takes all, which is the reading for a text that others
    are compared with.

    >>> in_digits("two to three working days, no one knows"), in_digits("两到三天，百分之五，１，０００元，一定")
    ('2 to 3 working days, no one knows', '2到3天,5%,1,000元,一定')
    """
    plain = unicodedata.normalize("NFKC", text)

    def english(found: re.Match[str]) -> str:
        asks = numbers == "measured" or (numbers == "told" and found[0].lower() == "one")
        if asks and not _MEASURED.match(found.string, found.end()):
            return found[0]
        return plainly(number_of(found[0]))

    plain = _ENGLISH.sub(english, plain)
    if plain.isascii():
        return plain
    plain = _PERCENT.sub(lambda found: f"{plainly(number_of(found[1]))}%", plain)
    plain = _SCALED.sub(lambda found: plainly(number_of(found[0])), plain)
    words = [found.span() for found in _NO_NUMBER.finditer(plain)]

    def han(found: re.Match[str]) -> str:
        inside = any(start <= found.start() < end or found.start() <= start < found.end() for start, end in words)
        return found[0] if inside else plainly(*span_of(found[0]))

    return (_ANY_HAN_NUMBER if numbers == "every" else _HAN_NUMBER).sub(han, plain)
