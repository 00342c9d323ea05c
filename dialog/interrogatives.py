"""Interrogatives: what a question asks for, as its question word says: a time, a price, a place, a reason, a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from replydesk.dialog.cues import plain

__all__ = ["asks_for"]

_BEFORE: Final = (
    r"(?:\A\W*(?:(?:and|also|so|but|then|ok(?:ay)?|please|hi|hello|sorry|yes|no|well)\W+)*"
    r"|\b(?:know|ask|asking|tell me|see|find out|wonder(?:ing)?|is|was|question|and)\W+|[,.;:!?]\s*(?:and |but )?)"
)
# "When I order, do I pay at once?" asks for no time.
_FOR: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "time": rf"{_BEFORE}(?:when\b(?![^?]*,)|(?:at |by |on |until )?(?:what|which) (?:time|day|date)\b"
        r"|how (?:long|soon)\b)"
        r"|什么时候|啥时候|何时|几点|几号|哪[天日]|多久|多长时间",
        "price": rf"{_BEFORE}(?:how much\b|what\b[^?]* (?:cost|price|fee|charge)s?\b)|多少钱|什么价|怎么收费|几块钱",
        "place": rf"{_BEFORE}where\b|在哪|哪里|哪儿|什么地方",
        "reason": rf"{_BEFORE}(?:why\b|how come\b)|为什么|为何|为啥|怎么回事",
        "person": rf"{_BEFORE}who\b|(?:是|找|由)谁|谁(?:来|能|负责)",
    }.items()
}


def asks_for(text: str) -> str:
    """Return what a question asks for, '' where it has no such question word, or several.

    >>> asks_for("When does it start?"), asks_for("生鲜的配送费多少钱"), asks_for("Can I come?")
    ('time', 'price', '')
    >>> asks_for("I only want to know when it starts"), asks_for("When I order, do I pay at once?")
    ('time', '')
    """
    found = [name for name, pattern in _FOR.items() if pattern.search(plain(text))]
    return found[0] if len(found) == 1 else ""
