"""Words with a capital in English: which of them stand where the name of a person or of a place does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from replydesk.data.privacy.lexicon import AMBIGUOUS, GIVEN, NOT_NAMES, words
from replydesk.dialog.closedwords import CLOSERS, DIRECTIONS, LITTLE, OPENERS, PLAIN, ROLES, SPEAKER

__all__ = ["CAPITAL", "PARTICLES", "goes_on", "is_named", "is_placed", "says_what"]

_FROM: Final = words("from in near around outside visiting")
_CALLING: Final = words("is am i'm name's called me by it's signed this")
_PRESENT: Final = words("here speaking writing again calling asking")
# What a name follows that nothing else with two capitals follows, and whom one answers.
_UNDER: Final = words("as by under")
_RELATED: Final = words(
    "colleague friend neighbour neighbor boss manager assistant agent partner child parent sibling grandparent"
    " relative flatmate housemate"
)
_ANSWERING: Final = words(
    "answer reply respond write speak talk speaking talking writing listening spoke spoken talked wrote written chatted"
    " chatting"
)
_SAYING: Final = words("wrote said says asked asks told phoned emailed messaged writes")
PARTICLES: Final = words("de la da dos du van von der den bin binti ibn al el ben")
_OF: Final = words("the a an this that these those my your our their its his her some any no of")
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


def is_named(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word with a capital is a person's name: a known one, or one that stands where a name does."""
    parts = found[at][0].lower().split("-")
    if (parts[0] in GIVEN and parts[0] not in AMBIGUOUS) or (len(parts) > 1 and not GIVEN.isdisjoint(parts)):
        return True
    if parts[0] in NOT_NAMES:
        return False
    before = found[at - 1][0].lower() if at else ""
    if before in _CALLING or before in CLOSERS:
        return True
    last = at
    while last + 1 < len(found) and goes_on(found, last):
        last += 1
    behalf = before == "of" and at > 1 and found[at - 2][0].lower() == "behalf"
    if last > at and (behalf or before not in _OF) and _among_plain(found, at, last):
        return True
    if last > at and not at and found[-1][0].lower() in ("here", "speaking"):
        # "Tran Thi Lan from the shop here".
        return True
    if last + 1 < len(found):
        # "Tran Thi Lan here", "Thanks Tom, speaking".
        return not at and found[last + 1][0].lower() in _PRESENT
    # Two or three words with capitals, and nothing else to the end.
    return not at and 1 < len(found) < 4 and not found[at].string[found[-1].end() :].strip(" .")


def goes_on(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word that may be of a name follows, also behind *de la*."""
    while at + 1 < len(found) and found[at + 1][0].lower() in PARTICLES and found[at + 1][0].islower():
        at += 1
    return at + 1 < len(found) and bool(CAPITAL.fullmatch(found[at + 1][0])) and found[at + 1][0].lower() not in PLAIN


def _among_plain(found: Sequence[re.Match[str]], first: int, last: int) -> bool:
    """Return whether several words with capitals stand where nothing but a name does.

    That is behind words such as *under* and *reply to*, and where the clause has none but words of the closed class.
    """
    before = [one[0].lower() for one in found[max(0, first - 2) : first]]
    if any(one[0].lower() in NOT_NAMES for one in found[first : last + 1]):
        return False
    if before and (
        before[-1] in _UNDER
        or before[-1] in _RELATED
        or before[0] == "behalf"
        or (before[-1] in ("to", "with") and before[0] in _ANSWERING)
    ):
        return True
    if last + 1 < len(found) and found[last + 1][0].lower() in _SAYING:
        return True
    others = [one[0].lower() for one in (*found[:first], *found[last + 1 :]) if one[0] not in "'-&@#*"]
    return PLAIN.issuperset(others) and not SPEAKER.isdisjoint(others)
