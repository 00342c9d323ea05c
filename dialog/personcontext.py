"""What stands before and behind a word of an English message, as far as it tells whether a person is named there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from replydesk.data.privacy.lexicon import words
from replydesk.dialog.closedwords import CLOSERS
from replydesk.dialog.personwords import (
    ADDRESSED,
    AUXILIARIES,
    CALLING,
    CONJUNCTIONS,
    DEALING,
    DETERMINERS,
    DOING,
    LABELS,
    MARKS,
    PEOPLE,
    PLURAL,
    PREPOSITIONS,
    PRESENT,
    SAYING,
    SELVES,
    SHIPPING,
    SIGNING,
    SITES,
    SPEAKING,
    TOWARDS,
)

__all__ = ["LETTER", "Token", "before", "behind", "calls", "tokens_of"]

LETTER: Final = "A-Za-zÀ-ɏḀ-ỿ"
_TOKEN: Final = re.compile(rf"<[A-Z]+_\d+>|'[sS]\b|[{LETTER}]+(?:['-](?![sS]\b)[{LETTER}]+)*|\w+|[^\w\s]|\n")
_ENDS: Final = frozenset(".!?…\n")
_DASHES: Final = frozenset("-–—/~*^")
_SIGNED: Final = frozenset(",:-–—!.\n")
_BEGINNING: Final = "\n"


def _by_word(told: dict[str, frozenset[str]]) -> dict[str, str]:
    """Return what each word tells; the first that tells something counts."""
    return {word: name for name, some in reversed(told.items()) for word in some}


_LEADS: Final = _by_word({
    "called": CALLING - DEALING, "signed": SIGNING, "greeted": ADDRESSED, "people": PEOPLE,
    "behind and": words("and or &"), "said": SAYING, "dealt": DEALING, "behind other": PREPOSITIONS, "placed": SITES,
    "determined": DETERMINERS, "asked": AUXILIARIES, "plural": PLURAL, "behind that": CONJUNCTIONS,
    "name": words("<name_1> <name_2> <name_3>"),
})  # fmt: skip
_TRAILS: Final = _by_word({
    "ends": _ENDS, "doing": DOING, "possessive": words("'s"), "present": PRESENT, "saying": SAYING, "aux": AUXILIARIES,
    "before plural": PLURAL, "before comma": words(", ) ("), "before and": words("and or & but so because who"),
    "before self": SELVES, "before preposition": PREPOSITIONS | SITES | TOWARDS,
})  # fmt: skip
_CALLED: Final = words("called signed") | {"this is"}
_SPOKEN: Final = _CALLED | words("greeted people apposed dealt") | {"spoken to"}
# Behind these a word in small letters may be a name.
_CUES: Final = CALLING | SIGNING | LABELS | _SIGNED | words("is 's me")
# What is done by a means: by card, by post, by tram.
_DONE_BY: Final = words(
    "pay paying ship shipping send sending order ordering book booking contact reply go going travel travelling come"
    " coming deliver apply confirm submit return buy buying verify collect get arrive commute"
)


class Token(NamedTuple):
    """A word, a mark, a placeholder or the end of a line, where it stands, and in small letters."""

    start: int
    stop: int
    text: str
    low: str


def tokens_of(text: str) -> list[Token]:
    """Return what an English message is made of."""
    return [Token(*match.span(), match[0], match[0].lower()) for match in _TOKEN.finditer(text.translate(MARKS))]


def before(tokens: Sequence[Token], first: int) -> str:
    """Return what stands before a token."""
    one = tokens[first - 1].low if first else _BEGINNING
    two = tokens[first - 2].low if first > 1 else _BEGINNING
    if one in _SIGNED and two in CLOSERS:
        return "signed"
    if one in ":-=" and two in LABELS:
        return "called"
    if one == "," and two in ADDRESSED:
        return "greeted"
    if one == "," and (two in ("i", "me") or two in PEOPLE):
        return "apposed"
    if one == "to" and two in SHIPPING:
        return "placed"
    if one in TOWARDS and two in SPEAKING:
        return "spoken to"
    if one == "by" and two in _DONE_BY:
        # "Can I pay by invoice", but "paid by anna".
        return "behind word"
    if one in TOWARDS:
        return f"behind {one}"
    if one in _DASHES:
        return "behind dash"
    if one in _ENDS:
        return "line" if one == "\n" and first else "begins"
    if one in ("is", "'s") and two in ("name", "names", "surname"):
        return "called"
    if one in ("is", "'s") and two in ("this", "it", "who", "that", "here"):
        return "this is"
    if one in ("its", "it's") and two in ADDRESSED:
        # "hi its adwoa", but "its lid".
        return "this is"
    if one == "am" and two != "i":
        return "behind word"
    if one == "me" and two in ("call", "calls", "is", "'s"):
        return "called"
    return _LEADS.get(one) or ("behind word" if one[0].isalnum() else "behind mark")


def calls(tokens: Sequence[Token], at: int, *, loosely: bool = False) -> bool:
    """Return whether somebody is called what this token says: *im*, *my name is*, *regards*; loosely, also *dear*."""
    if not at or (not loosely and tokens[at - 1].low not in _CUES):
        return False
    return before(tokens, at) in (_SPOKEN if loosely else _CALLED)


def behind(tokens: Sequence[Token], last: int) -> str:
    """Return what stands behind a token."""
    after = tokens[last + 1].text if last + 1 < len(tokens) else _BEGINNING
    one = after.lower()
    if one[0].isdigit():
        return "before number"
    if after[0].isupper() and not after.isupper():
        return "before capital"
    if one.endswith("ed") and one.isalpha():
        return "doing"
    return _TRAILS.get(one) or ("before word" if one[0].isalnum() else "before mark")
