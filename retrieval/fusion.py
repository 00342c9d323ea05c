"""Fusion: what meaning, words, intents and the past say of each candidate, side by side, for the scorer to weigh.

Searching and training both come here, so that a scorer is asked just what it learned from.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replydesk.data.records import Ticket
from replydesk.data.script import simplified
from replydesk.data.text import tokens
from replydesk.retrieval.calibration import features
from replydesk.retrieval.wording import Wording
from replydesk.retrieval.words.lexical import LexicalQuery

__all__ = ["Candidate", "fused", "thinness"]

# A question of so many words is no longer thin, and a message of more words deserves better than a thin one.
_ENOUGH = 4
_OLD = 3 * 365.25 * 86_400
_MANY = 32


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that vectors, words or the very same question brought up; ``similarity`` is its cosine."""

    ticket: Ticket
    wording: Wording
    similarity: float
    exact: bool = False


def fused(
    question: str,
    asked: LexicalQuery,
    candidates: Sequence[Candidate],
    *,
    rarities: Mapping[str, float],
    intents: Mapping[str, float],
    unfamiliar: float,
) -> list[tuple[float, ...]]:
    """Return a row of :data:`~replydesk.retrieval.calibration.FEATURES` for each of a message's candidates.

    ``asked`` are the terms of the message in the index that the candidates come from, ``rarities`` the weights there of
    the candidates' terms.
    """
    said = tokens(simplified(question))
    words = set(said)
    times = [c.ticket.at.timestamp() for c in candidates if c.ticket.at]
    newest = max(times, default=0.0)
    given = Counter(c.wording.answer for c in candidates)
    return [
        features(
            c.similarity,
            len(words & c.wording.words) / len(words) if words else 0.0,
            exact=c.exact,
            intent=intents.get(c.ticket.intent, 0.0),
            unfamiliar=unfamiliar,
            lexical=asked.score(c.wording.terms),
            thin=thinness(len(said), c.wording.length),
            age=min(1.0, (newest - c.ticket.at.timestamp()) / _OLD) if c.ticket.at else 0.0,
            outcome=0.0 if c.ticket.satisfaction is None else 2 * c.ticket.satisfaction - 1,
            popularity=min(1.0, math.log(given[c.wording.answer], _MANY)),
            told=asked.told(c.wording.terms, rarities),
        )
        for c in candidates
    ]


def thinness(asked: int, told: int) -> float:
    """Return how much too little a question of ``told`` words says to stand for a message of ``asked`` words, 0..1.

    >>> thinness(asked=8, told=1), thinness(asked=2, told=1), thinness(asked=8, told=6)
    (0.75, 0.0, 0.0)
    """
    return max(0.0, 1 - told / _ENOUGH) if asked > _ENOUGH else 0.0
