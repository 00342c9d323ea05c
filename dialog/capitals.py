"""Words with a capital in English, and some without: which of them stand where the name of a place does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from replydesk.data.privacy.lexicon import words
from replydesk.dialog.closedwords import CLOSERS, DIRECTIONS, LITTLE, OPENERS, ROLES
from replydesk.dialog.nameparts import is_word
from replydesk.dialog.placenames import PLACES

__all__ = ["CAPITAL", "is_clearly_placed", "is_placed", "is_strange", "says_what"]

_FROM: Final = words("from in near around outside visiting")
CAPITAL: Final = re.compile(r"[A-ZÀ-ÞĀ-Ž][a-zß-ÿā-ž]+(?:['-][A-ZÀ-ÞĀ-Ž]?[a-zß-ÿā-ž]+)*|[A-Z]'[A-Z][a-z]+|Mc[A-Z][a-z]+")
# Who says so of himself, or of somebody, is in a place.
_SITED: Final = words(
    "i'm im i am we're we are be been being live lives lived living based born raised grew up stay stays staying"
    " moved settled located resident calling greetings hi hello hey hiya cheers morning evening writing work"
    " works come comes came coming way someone person people customer family parents parent friend friends mate"
    " sister brother mum mom dad son daughter aunt uncle cousin colleague neighbour neighbor partner wife husband"
    " boyfriend girlfriend relative sibling child house flat home place nurse teacher student"
)
_ADVERBS: Final = words("here over up down currently now still back all originally both right out just only")
_SHORTEST: Final = 4
_PLACED_OF: Final = words("out outside native citizen resident city town village county state")


def says_what(before: str, after: Sequence[str]) -> bool:
    """Return whether *Irish* says what somebody is: not what language, or whose beer."""
    whole = before in ("i'm", "am", "we're", "are", "being") and (not after or after[0] in ("and", "but", "by", "here"))
    return whole or not ROLES.isdisjoint(after[:1]) or after[:1] == ["here"]


def is_clearly_placed(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word without a capital can hardly be but a place: *im in*, *based in*, *hi from*, *a friend in*.

    Words of English are none, and of those that are a place, too, ``placenames.PLACES`` tells.
    """
    if not is_strange(found[at][0]):
        return False
    back = [match[0].lower() for match in found[max(0, at - 5) : at]]
    if not back or back.pop() not in _FROM:
        return False
    while back and back[-1] in _ADVERBS:
        back.pop()
    return bool(back) and back[-1] in _SITED


def is_strange(word: str) -> bool:
    """Return whether a word in small letters is none of English, also without an ending, or one of a place."""
    if len(word) < _SHORTEST or not word.isalpha() or not word.islower():
        return False
    return word in PLACES or not is_word(word)


def is_placed(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word with a capital stands where a place does: behind *from* and *in*, also as *the Isle*."""
    back = [match[0].lower() for match in found[max(0, at - 3) : at]]
    while back and (back[-1] in LITTLE or back[-1] in DIRECTIONS):
        back.pop()
    after = found[at + 1][0].lower() if at + 1 < len(found) else ""
    if after in ("resident", "native", "citizen", "local", "correspondent"):
        return True
    if after in ("customers", "customer", "shoppers", "fans"):
        return back[-1:] == ["your"]
    if back[-1:] == ["to"]:
        return not {"moved", "moving", "relocated", "back", "returned"}.isdisjoint(back[:-1])
    # "Hello from windy Leeds", "a native of Leeds"
    warm = len(back) > 1 and back[-2] == "from" and found[0][0].lower() in OPENERS | CLOSERS
    of = at > 1 and found[at - 1][0] == "of" and found[at - 2][0].lower() in _PLACED_OF
    return of or (bool(back) and (back[-1] in _FROM or warm))
