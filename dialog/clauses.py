"""Clauses of an English message: where persons and places stand in them, and whether they say anything besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from replydesk.data.privacy.lexicon import words
from replydesk.dialog.capitals import CAPITAL, is_clearly_placed, is_placed, is_strange, says_what
from replydesk.dialog.closedwords import (
    ASKING,
    CLOSERS,
    DIRECTIONS,
    DOING,
    FIELDS,
    LITTLE,
    NAMING,
    OPENERS,
    PLAIN,
    WRITER,
)
from replydesk.dialog.placenames import AMBIGUOUS_PLACES, DEMONYMS, PLACE, PLACES

__all__ = ["Clause", "Span", "clauses_of"]

Span = tuple[int, int]
_FAITHS: Final = words("muslim christian hindu jew jewish buddhist sikh catholic protestant atheist immigrant expat")
_BEGUN: Final = re.compile(r"\s([A-Z][a-z']+|I)\b")
_NO_NAMES: Final = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december christmas easter i ok"
)
# Who writes in a hurry ends no sentence before the last one: "it broke I'm Tom", "it broke Regards, Tom".
_CLAUSE: Final = re.compile(
    r"[.!?;:,\n()\u2014\u2013\u2026\"]+|\s[-~*]+\s|\s(?://|[/~-](?=[A-Z]))\s?|^[-~*]+\s|(?=\s(?:and|but|so|because)\s)"
    r"|(?=\s(?:[A-Z][a-z']+|I (?:live|come|write|am|work|run))\b)",
    re.M,
)
_TOKEN: Final = re.compile(r"<[A-Z]+_\d+>|[^\W\d_][\w'-]*|[\w<>]+|[^\w\s]")
_YOURS: Final = words("in from based located are live near is ship")
_GOVERNING: Final = words(
    "think thinks thought that if when because since says said say told tell know knows mean means assume guess"
    " suppose hope"
    " wish believe believes notice as than what how why where who while though although before after until once"
    " or whether"
    " address house flat place city town country"
)
_FIELDS_OF_PLACE: Final = words("country region city town location state hometown")
Kind = Literal["introducing", "little", "asking"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with what ends it; whether it names a person or says a faith, and where ``places`` stand in the text."""

    start: int
    stop: int
    end: int
    mark: str
    words: tuple[str, ...]
    kind: Kind
    named: bool
    places: tuple[Span, ...]


def clauses_of(text: str) -> list[Clause]:
    """Return the clauses of an English message, in their order."""
    found: list[Clause] = []
    at = 0
    ends = [*_CLAUSE.finditer(text)]
    for number in range(len(ends) + 1):
        stop, end, mark = (
            (ends[number].start(), ends[number].end(), ends[number][0])
            if number < len(ends)
            else (len(text), len(text), "\n")
        )
        if stop == end and _governs(text, at, stop):
            continue
        if text[at:stop].strip():
            field = found[-1].words if found and found[-1].mark.strip() == ":" else ()
            found.append(_clause(text, at, stop, end, mark, field))
        elif found and at == found[-1].end:
            found[-1] = replace(found[-1], end=end, mark=found[-1].mark + mark)
        at = end
    return found


def _governs(text: str, start: int, stop: int) -> bool:
    """Return whether a sentence goes on here, though a capital follows: *the app thinks* I am here."""
    words = text[start:stop].rsplit(None, 1)
    begun = _BEGUN.match(text, stop)
    if not words or begun is None:
        return bool(words) and words[-1].lower() in _GOVERNING
    return words[-1].lower() in _GOVERNING or words[-1][0].isupper() or begun[1].lower() not in PLAIN - DIRECTIONS


def _clause(text: str, start: int, stop: int, end: int, mark: str, field: Sequence[str] = ()) -> Clause:
    """Return what a clause is; ``field`` are the words before a colon before it."""
    found = [*_TOKEN.finditer(text, start, stop)]
    words = [match[0].lower() for match in found]
    places: list[Span] = []
    named = content = run = False
    for number, match in enumerate(found):
        token, low = match[0], words[number]
        before = words[number - 1] if number else ""
        bare = low.removesuffix("'s")
        capital = bool(CAPITAL.fullmatch(token)) and bare not in _NO_NAMES
        if token.startswith("<NAME_"):
            named, run = True, False
        elif token == PLACE:
            places.append(match.span())
            run = True
        elif (
            bare in PLACES
            and (capital or bare not in AMBIGUOUS_PLACES)
            and (bare not in DEMONYMS or says_what(before, words[number + 1 :]))
        ):
            first = number
            while first and words[first - 1] in DIRECTIONS and found[first - 1][0][0].isupper():
                first -= 1
            places.append((found[first].start(), match.end()))
            run = True
        elif is_clearly_placed(found, number) or (
            len(field) == 1 and field[0] in _FIELDS_OF_PLACE and is_strange(token)
        ):
            places.append(match.span())
            run = True
        elif capital and run and text[match.start() - 1] in " -":
            places[-1] = (places[-1][0], match.end())
        elif capital and (is_placed(found, number) or (not number and len(field) < 4 and not FIELDS.isdisjoint(field))):
            places.append(match.span())
            run = True
        elif low in _FAITHS:
            named, run = True, False
        elif low in PLAIN or (low.isdigit() and len(low) < 5):
            run = False
        elif token not in "'-&" and (token.isascii() or token.isalnum()) and not (low == "s" and before == "'"):
            content, run = True, False
    past = not {"was", "were", "lived"}.isdisjoint(words) and {"born", "raised", "we've", "i've", "have"}.isdisjoint(
        words
    )
    kind: Kind = "asking"
    if content and places and words[0] in OPENERS | CLOSERS and "from" in words and len(words) < 8:
        # "Hello from windy Leeds"
        content = bool(DOING.search(text, start, stop))
    if not content and not past and words:
        alone = LITTLE.union(CLOSERS, OPENERS).issuperset(words)
        about = not WRITER.union(NAMING, CLOSERS).isdisjoint(words) or words[0] in OPENERS
        if "?" in mark or words[0] in ASKING or _asks_you(words):
            pass
        elif (named or places) and (about or not places):
            kind = "introducing"
        elif alone or named or places or about or not FIELDS.isdisjoint(words):
            kind = "little"
    return Clause(start, stop, end, mark, tuple(words), kind, named, _joined(text, places))


def _joined(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans of words, one for each place that has several."""
    found: list[Span] = []
    for start, stop in spans:
        if found and text[found[-1][1] : start].strip(" -") == "":
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return tuple(found)


def _asks_you(words: Sequence[str]) -> bool:
    """Return whether a clause says of whom it speaks to what others say of themselves: *you are in Leeds*."""
    return any(one == "you" and other in _YOURS for one, other in pairwise(words))
