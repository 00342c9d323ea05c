"""Parts of a name of a person in an English message: which words may be one, and how well each is known as a word."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import Final

from replydesk.data.privacy.lexicon import AMBIGUOUS, GIVEN, NOT_NAMES, SURNAME_WORDS, words
from replydesk.dialog.closedwords import CLOSERS, PLAIN
from replydesk.dialog.personcontext import LETTER, Token, calls
from replydesk.dialog.personwords import (
    ADDRESSED,
    AUXILIARIES,
    CALLING,
    CONJUNCTIONS,
    DEALING,
    DETERMINERS,
    DOING,
    LABELS,
    PARTICLES,
    PEOPLE,
    PLURAL,
    PREPOSITIONS,
    PRESENT,
    SAYING,
    SELVES,
    SHORTENED,
    SITES,
    SPEAKING,
    STATES,
)
from replydesk.dialog.placenames import AMBIGUOUS_PLACES, PLACES
from replydesk.dialog.spelling import english_words

__all__ = ["PARTLY", "capitals_tell", "goes_on", "is_cased", "is_cut", "is_word", "kinds_of"]

_UPPER, _LOWER = "A-ZÀ-ÞĀ-ŽẠ-Ỹİ", "a-zß-öø-ÿā-žạ-ỹ"
_NAME: Final = re.compile(r"<NAME_\d+>")
_WRITTEN: Final = re.compile(rf"[{LETTER}]['-]?[{LETTER}]+(?:['-][{LETTER}]+)*")
_CASED: Final = re.compile(rf"(?:[{_UPPER}]['-])?(?:Mc|Mac|Fitz|De|Di|La|Le)?[{_UPPER}][{_LOWER}]+(?:['-][{LETTER}]+)*")
PARTLY: Final = re.compile(
    rf"<NAME_\d+>-[{LETTER}]+|(?<![{LETTER}])[{LETTER}]+-<NAME_\d+>"
    rf"|<NAME_\d+>(?: (?:{'|'.join(sorted(PARTICLES))})){{1,2}} [{_UPPER}][{LETTER}'-]+"
)
"""What goes on with a name that was masked in part: <NAME_1>-woo, <NAME_1> de la Cruz."""

_BOTH: Final = AMBIGUOUS | SURNAME_WORDS
_SURE: Final = GIVEN - AMBIGUOUS - NOT_NAMES
_DAYS: Final = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august"
    " september october november december christmas easter ok okay hi pm am"
)
_CLOSED: Final = (
    PLAIN | _DAYS | DETERMINERS | CONJUNCTIONS | AUXILIARIES | PLURAL | SHORTENED | SELVES | PEOPLE | STATES
) - _BOTH
_NEVER_SMALL: Final = (
    DOING | SAYING | DEALING | PRESENT | CALLING | PREPOSITIONS | SPEAKING | SITES | LABELS | ADDRESSED | CLOSERS
)
_NOT_ALONE: Final = (NOT_NAMES | (PLACES - AMBIGUOUS_PLACES)) - _BOTH - _SURE
_FIRST: Final = words("given strange both name initial")
_HANDLED: Final = re.compile(r"[@#_&\\]\Z|\S/\Z(?<!\s//)(?<!\A//)")
_HANDLES: Final = re.compile(r"[@_/\\]|\.\w")
_SHORTEST: Final = 3
_FEWEST: Final = 3
_TITLED: Final = 0.6
# Endings of words, and what the word ends in without.
_INFLECTED: Final = (
    ("s", ("",)), ("es", ("",)), ("ies", ("y",)), ("ed", ("", "e")), ("ing", ("", "e")), ("ly", ("", "le")),
    ("er", ("", "e")), ("able", ("", "e")), ("ness", ("",)), ("ment", ("",)), ("y", ("", "e")), ("less", ("",)),
)  # fmt: skip


def is_cased(word: str) -> bool:
    """Return whether a word is written as names are: with a capital, and small letters behind it."""
    return bool(_CASED.fullmatch(word))


def capitals_tell(tokens: Sequence[Token]) -> bool:
    """Return whether words have capitals for a reason, which not even *Is* and *My* have In Titles Such As This."""
    told = [
        token.text[0].isupper()
        for before, token in pairwise(tokens)
        if token.low in _CLOSED and token.low not in SELVES and before.low[0].isalpha()
    ]
    return len(told) < _FEWEST or sum(told) <= _TITLED * len(told)


def kinds_of(text: str, tokens: Sequence[Token], familiar: Container[str], *, tell: bool = True) -> list[str]:
    """Return what each token is that a name may be made of; nothing for one that is no part of a name.

    That is a placeholder (``name``), an ``initial``, a known given name (``given``), a word that also is a name
    (``both``), a place or company behind one (``brand``), and else a word of the ``desk``, of the ``language``, or a
    ``strange`` one. ``tell`` says whether capitals tell something.
    """
    kinds: list[str] = []
    for at in range(len(tokens)):
        kinds.append(_kind(text, tokens, at, kinds, familiar, tell=tell))
    return kinds


def _kind(
    text: str, tokens: Sequence[Token], at: int, kinds: Sequence[str], familiar: Container[str], *, tell: bool
) -> str:
    """Return what a token is; ``kinds`` are those of the tokens before it."""
    token, low = tokens[at], tokens[at].low
    if token.text[0] == "<" and _NAME.fullmatch(token.text):
        return "name"
    if len(low) == 1:
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        initial = low not in "ai" and token.text.isupper() and (after == "." or is_cased(after))
        return "initial" if initial else ""
    if low in _CLOSED or not _WRITTEN.fullmatch(token.text):
        return ""
    cased = tell and is_cased(token.text)
    if not cased and (len(low) < _SHORTEST + token.text.isupper() or low in _NEVER_SMALL or low in PARTICLES):
        return ""
    if low in _NOT_ALONE:
        # Noa Levi, Jack London, Ana dos Santos
        first = at - 2 if at > 1 and tokens[at - 1].low in PARTICLES else at - 1
        kind = "brand" if cased and first >= 0 and kinds[first] in _FIRST else ""
    elif low in _SURE or ("-" in low and not _SURE.isdisjoint(low.split("-"))):
        kind = "given"
    else:
        kind = "both" if low in _BOTH else _familiarity(low, familiar)
        if not cased and kind != "strange":
            kind = kind if _small_part(tokens, at, kinds, kind) else ""
    return "" if kind and _glued(text, token) else kind


def _small_part(tokens: Sequence[Token], at: int, kinds: Sequence[str], kind: str) -> bool:
    """Return whether a word in small letters may be of a name: behind another part of one, or of who is called so."""
    low = tokens[at].low
    if kind == "desk" or not at or low.endswith(("ed", "ing")) or (low[-1] == "s" and low[:-1] in english_words()):
        return False
    return bool(kinds[at - 1]) or calls(tokens, at, loosely=kind == "both")


def _familiarity(low: str, familiar: Container[str]) -> str:
    """Return whether a word is one of the desk, of the language, also as a form or a compound of others, or strange."""
    if low in familiar:
        return "desk"
    return "language" if all(len(part) < _SHORTEST or is_word(part, familiar) for part in low.split("-")) else "strange"


def is_word(low: str, familiar: Container[str] = frozenset()) -> bool:
    """Return whether it is a word of English or a familiar one, also with an ending; in small letters."""
    known = english_words()
    return any(stem in known or stem in familiar for stem in (low, *_stems(low)))


def _stems(low: str) -> Iterator[str]:
    for ending, others in _INFLECTED:
        if low.endswith(ending) and len(low) - len(ending) >= _SHORTEST:
            stem = low.removesuffix(ending)
            yield from (stem + other for other in others)
            if stem[-1] == stem[-2]:
                yield stem[:-1]


def _glued(text: str, token: Token) -> bool:
    """Return whether a token is of a handle, a tag, a link or a file."""
    return bool(_HANDLED.search(text, max(0, token.start - 3), token.start) or _HANDLES.match(text, token.stop))


def goes_on(text: str, tokens: Sequence[Token], kinds: Sequence[str], at: int) -> bool:
    """Return whether a token goes on with a name that the one before is of."""
    between = text[tokens[at - 1].stop : tokens[at].start]
    before, token = tokens[at - 1], tokens[at]
    if token.low == "." or before.low == ".":
        return (between == "" and kinds[at - 1] == "initial") or (between in ("", " ") and bool(kinds[at]))
    if between != " ":
        return False
    if kinds[at] and kinds[at - 1] and "name" not in (kinds[at], kinds[at - 1]):
        return token.text[0].isupper() == before.text[0].isupper()
    return bool(kinds[at]) or token.low in PARTICLES


def is_cut(text: str, tokens: Sequence[Token], kinds: Sequence[str], first: int, last: int) -> tuple[bool, bool]:
    """Return whether a name goes on before and behind these tokens, also over *de la*."""
    at = last + 1
    while at < len(tokens) and tokens[at].low in PARTICLES and not kinds[at] and goes_on(text, tokens, kinds, at):
        at += 1
    back = first
    while back and not kinds[back - 1] and tokens[back - 1].low in PARTICLES:
        back -= 1
    return (
        bool(back and kinds[back - 1]) and goes_on(text, tokens, kinds, back),
        at < len(tokens) and bool(kinds[at]) and goes_on(text, tokens, kinds, at),
    )
