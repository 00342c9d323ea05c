"""Words with a capital in English: which of them stand where the name of a place does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from replydesk.data.privacy.lexicon import words
from replydesk.dialog.closedwords import CLOSERS, DIRECTIONS, LITTLE, OPENERS, ROLES

__all__ = ["CAPITAL", "is_placed", "says_what"]

_FROM: Final = words("from in near around outside visiting")
CAPITAL: Final = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+(?:['-][A-ZÀ-Þ]?[a-zß-ÿ]+)*|[A-Z]'[A-Z][a-z]+|Mc[A-Z][a-z]+")
_PLACED_OF: Final = words("out outside native citizen resident city town village county state")


def says_what(before: str, after: Sequence[str]) -> bool:
    """Return whether *Irish* says what somebody is: not what language, or whose beer."""
    whole = before in ("i'm", "am", "we're", "are", "being") and (not after or after[0] in ("and", "but", "by", "here"))
    return whole or not ROLES.isdisjoint(after[:1]) or after[:1] == ["here"]


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
