"""Sending: what of a past answer can go to another customer, since it was written to one by name."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["sendable"]

_NAME = r"<NAME_\d+>"
_NAMES = rf"(?:(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof)\.? )?{_NAME}(?:(?:,? and |, |、| ){_NAME})*"
_HONOUR = r"(?:先生|女士|小姐|同学|老师|总)?"
_GREETING = r"hi|hello|hey|thanks|thank you|sorry|welcome|good (?:morning|afternoon|evening)"
_INTRODUCTION = r"this is|my name is|you(?:'|’)re (?:chatting|speaking) with|i(?:'|’)?m|i am"
_GAP = re.compile(r"<[A-Z]+_\d+>")

# Each takes the name and leaves the rest of a greeting, a thanks or a signature standing.
_WAYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"^(\W*)[Dd]ear {_NAMES}", re.M), r"\1Hello"),
    (re.compile(rf"(?:亲爱的|尊敬的){_NAME}{_HONOUR}"), "尊敬的顾客"),
    (re.compile(rf"{_NAME}{_HONOUR}[,，:：]?\s*(?=(?:您|你)好)"), ""),
    (re.compile(rf"((?:您|你)好)[,，]?\s*{_NAME}{_HONOUR}"), r"\1"),
    (re.compile(rf"^{_NAME}{_HONOUR}[,，:：!！]\s*", re.M), ""),
    (re.compile(rf"^{_NAMES}[,:!]\s*", re.M), ""),
    # "This is Priya from Tidewick." and "我是客服小雯。" introduce somebody who is not there any more.
    (re.compile(rf"\b(?i:{_INTRODUCTION}) {_NAME}[^.!?\n]*[.!?]?\s*"), ""),
    (re.compile(rf"(?:我是|我叫|这里是)[^，。！!？\n]{{0,8}}{_NAME}[^，。！!？\n]{{0,4}}[，。！!]?\s*"), ""),
    (re.compile(rf"\s*\n\s*[-–—~^]?\s*{_NAMES}(?:[,，|·].*)?\s*\Z"), ""),
    (re.compile(rf"\s+[-–—~^]\s?{_NAMES}\s*\Z"), ""),
    (re.compile(rf"\b((?i:{_GREETING})(?: again| there)?),? {_NAMES}"), r"\1"),
    (re.compile(rf",? {_NAMES}(?=\s*[.!?,;]|\s*$)", re.M), ""),
    (re.compile(rf"[,，]\s*{_NAME}{_HONOUR}(?=\s*[。！!？?，,]|\s*$)", re.M), ""),
)


@lru_cache(maxsize=10_000)
def sendable(answer: str) -> str | None:
    """Return a past answer as it can be sent to another customer, or None when it holds something of the first one.

    Names in greetings, thanks and signatures are taken out. Whatever else was masked (a phone number, an address, the
    name of somebody the answer is about) cannot be filled in, so the answer can only be shown to the team.

    >>> sendable("Hi <NAME_1>, it left us today.\\nEmma"), sendable("We called <PHONE_1>.")
    ('Hi, it left us today.\\nEmma', None)
    """
    if "<" not in answer:
        return answer
    text = answer
    if "<NAME_" in text:
        for pattern, rest in _WAYS:
            text = pattern.sub(rest, text)
        text = text.strip()
    return None if not text or _GAP.search(text) else text
