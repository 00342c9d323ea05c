"""Numbers in words as digits, in English and Chinese: two and 两 are 2, twenty-four is 24, 百分之五 is 5%."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["in_digits"]

_ONES: Final = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
    """.split()  # noqa: SIM905
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_VALUES: Final = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES: Final = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = "|".join(sorted((*_VALUES, *_SCALES), key=len, reverse=True))
_ENGLISH = re.compile(rf"\b(?:{_WORD})(?:(?:[ -]|(?<=hundred) and )(?:{_WORD}))*\b", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z]+")
# "one" is a pronoun more often than a number.
_ONE_OF = re.compile(
    r"[ -](?:single |full |whole )?(?:working|business|calendar|days?|hours?|minutes?|weeks?|months?|years?|pounds?"
    r"|euros?|dollars?|percent|per cent|items?|times?|to |or two)\b",
    re.IGNORECASE,
)

_HAN_DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_SCALES: Final = {"十": 10, "百": 100, "千": 1000}
_HAN_LARGE: Final = {"万": 10_000, "亿": 100_000_000}
_HAN = "零〇一二两三四五六七八九十百千万亿"
_HAN_UNIT = (
    r"(?:个?工作[日天]|个?(?:小时|钟头|星期|礼拜|月)|[天日号周年元块折成度点次件台张份倍条笔斤升米寸]|分钟|公斤|千克|厘米"
    r"|自然日|人民币|美元|欧元|英镑)"
)
_HAN_NUMBER = re.compile(
    rf"(?<![周第期拜])[{_HAN}]+(?=\s*(?:[到至~-]\s*[{_HAN}\d]+\s*)?{_HAN_UNIT})|(?<=第)[{_HAN}]+"
    rf"|(?<=[到至])[{_HAN}]+(?={_HAN_UNIT})"
)
_ANY_HAN_NUMBER = re.compile(f"[{_HAN}]+")
_PERCENT = re.compile(rf"百分之([{_HAN}]+|\d+(?:\.\d+)?)")
_SCALED = re.compile(r"(?<![\d.,])(\d+(?:,\d{3})*(?:\.\d+)?)\s?([百千万亿])(?!一)")
# These are words, not numbers: 十分感谢, 万一, 千万别, 一年四季.
_NO_NUMBER = re.compile(
    r"十分(?!之|钟)|万一|千万(?![元块人])|一[定般起直切些样旦共边下点并同再律带度方面]|统一|唯一|四川|百度|三星"
)


def in_digits(text: str, *, every: bool = False) -> str:
    """Return a text in NFKC with the numbers that it writes in words as digits.

    A lone "one" or 一 is a number only before what it counts, and so are Chinese numbers; with ``every`` all are, which
    is the reading for a text that others are compared with.

    >>> in_digits("two to three working days, no one knows"), in_digits("两到三天，百分之五，１，０００元，一定")
    ('2 to 3 working days, no one knows', '2到3天,5%,1,000元,一定')
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = _ENGLISH.sub(lambda found: _english(found, every), plain)
    if plain.isascii():
        return plain
    plain = _PERCENT.sub(lambda found: f"{_han(found[1]):g}%", plain)
    plain = _SCALED.sub(lambda found: f"{float(found[1].replace(',', '')) * _scale(found[2]):.12g}", plain)
    pattern = _ANY_HAN_NUMBER if every else _HAN_NUMBER
    words = [found.span() for found in _NO_NUMBER.finditer(plain)]

    def number(found: re.Match[str]) -> str:
        inside = any(start <= found.start() < end or found.start() <= start < found.end() for start, end in words)
        return found[0] if inside else f"{_han(found[0]):.12g}"

    return pattern.sub(number, plain)


def _english(found: re.Match[str], every: bool) -> str:
    words = [word for word in _LETTERS.findall(found[0].lower()) if word != "and"]
    if words == ["one"] and not every and not _ONE_OF.match(found.string, found.end()):
        return found[0]
    numbers: list[int] = []
    total = current = 0
    last = 0
    for word in words:
        if word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
            last = scale
            continue
        value = _VALUES[word]
        fits = last == 0 or last >= 100 or (last >= 20 and 0 < value < 10)
        if not fits:
            numbers.append(total + current)
            total = current = 0
        current += value
        last = value
    return " ".join(map(str, [*numbers, total + current]))


def _scale(character: str) -> int:
    return (_HAN_SCALES | _HAN_LARGE)[character]


def _han(text: str) -> float:
    """Return the value of a number in Chinese characters; digits in a row, such as 二〇二六, are read one by one."""
    if text[0].isdigit():
        return float(text)
    if len(text) > 1 and all(character in _HAN_DIGITS for character in text):
        return float("".join(str(_HAN_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        elif character in _HAN_SCALES:
            section += (digit or 1) * _HAN_SCALES[character]
            digit = 0
        else:
            total = (total + section + digit or 1) * _HAN_LARGE[character]
            section = digit = 0
    return float(total + section + digit)
