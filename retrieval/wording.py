"""The wording of a ticket: what is kept of its texts to compare it with messages and with other tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from replydesk.data.duplicates import THRESHOLD
from replydesk.data.records import Ticket, same_text
from replydesk.data.script import simplified
from replydesk.data.shingles import facts_of, normal_form, shingles
from replydesk.data.text import tokens
from replydesk.retrieval.indexes import question_text
from replydesk.retrieval.words.terms import terms

__all__ = ["AnswerShape", "Wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """The terms and words of a ticket's question, and its answer as :func:`~replydesk.data.records.same_text`."""

    terms: Counter[str]
    words: frozenset[str]
    length: int
    answer: str

    @classmethod
    def of(cls, ticket: Ticket) -> Wording:
        """Return the wording of a ticket."""
        words = tokens(simplified(ticket.question))
        return cls(Counter(terms(question_text(ticket))), frozenset(words), len(words), same_text(ticket.answer))


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """What tells an answer from others that say almost the same: its facts and its shingles."""

    facts: str
    pieces: frozenset[int]

    @classmethod
    def of(cls, answers: Sequence[str]) -> list[AnswerShape]:
        """Return the shapes of some answers."""
        pieces, starts = shingles([normal_form(answer) for answer in answers])
        ends = pairwise([*starts.tolist(), len(pieces)])
        parts = [frozenset(pieces[start:end].tolist()) for start, end in ends]
        return [cls(facts_of(answer), part) for answer, part in zip(answers, parts, strict=True)]

    def like(self, other: AnswerShape) -> bool:
        """Return whether two answers are near-duplicates, as :func:`~replydesk.data.duplicates.likeness` sees it.

        Another number, date or code is another answer.
        """
        if self.facts != other.facts:
            return False
        small, large = sorted((len(self.pieces), len(other.pieces)))
        if small < THRESHOLD * large:
            return False
        both = len(self.pieces & other.pieces)
        return both >= THRESHOLD * (small + large - both)
