"""Reranking: a second look at the best hits, message and answer read together, when there is time for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replydesk.data.records import Ticket
from replydesk.retrieval.calibration import logistic
from replydesk.retrieval.indexes import question_text
from replydesk.retrieval.matcher import Hit
from replydesk.retrieval.reranking.budget import LatencyBudget

__all__ = [
    "MOST",
    "UNTRAINED_LATE",
    "Outcome",
    "RerankScorer",
    "Reranked",
    "Reranker",
    "Reranking",
    "TrainedReranker",
    "ticket_text",
]

MOST = 10
"""Candidates that are reranked at most: the best of the others seldom come to the top, and each costs as much."""

Outcome = Literal["done", "skipped", "off"]


class Reranker(Protocol):
    """The seam to a model that reads a message and a candidate together.

    ``id`` names the model and its weights: what was calibrated for one id says nothing about another.
    """

    @property
    def id(self) -> str:
        """Return the name and the fingerprint of the weights."""

    def tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        """Return how long each pair is, in the model's tokens: what it will cost."""

    def logits(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return for every text how well it answers the question, shape (len(texts),), higher is better."""


@dataclass(frozen=True, slots=True)
class RerankScorer:
    """Turns the score of the fusion and the reranker's logit into the probability that a hit answers.

    The logistic model p = 1 / (1 + exp(-(``fusion`` log(s / (1 - s)) + ``cross`` x + ``bias``))) of score s and logit x
    stacks the two (Wolpert 1992); it is fitted on messages that neither had seen.

    >>> bool(RerankScorer(1.0, 0.5, 0.0).probabilities([0.5], [2.0])[0] > 0.5)
    True
    """

    fusion: float
    cross: float
    bias: float

    def probabilities(self, scores: ArrayLike, logits: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that each hit answers, shape (n,), from its score and its logit, both (n,)."""
        sure = np.clip(np.asarray(scores, dtype=np.float64), 1e-6, 1 - 1e-6)
        total = self.fusion * np.log(sure / (1 - sure)) + self.cross * np.asarray(logits, np.float64) + self.bias
        return logistic(total)

    def document(self) -> dict[str, float]:
        """Return the JSON form."""
        return {"fusion": self.fusion, "cross": self.cross, "bias": self.bias}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> RerankScorer:
        """Return the scorer of a JSON form."""
        return cls(*(float(document[name]) for name in ("fusion", "cross", "bias")))


UNTRAINED_LATE: Final = RerankScorer(0.57, 5.7, -2.73)
"""What late interaction counts before a desk has trained anything; docs/why/reranking.md says how it was chosen."""


@dataclass(frozen=True, slots=True)
class TrainedReranker:
    """A cross-encoder that was trained: the folder of its files, and what makes its logits probabilities."""

    folder: Path
    scorer: RerankScorer


@dataclass(frozen=True, slots=True)
class Reranked:
    """Hits, best first, and what was done: reranked, skipped for want of time, or nothing to do it with or for.

    ``read`` is how many of the best there was time for.
    """

    hits: list[Hit]
    outcome: Outcome
    read: int = 0


class Reranking:
    """Reranks the best hits of a message within a latency budget.

    Both the scores it gives and those it leaves are probabilities that a hit answers, so all are compared. Tickets that
    ask exactly this stay first, and where one does nothing is computed. ``text`` says what is read of a ticket: by
    default question and answer.

    >>> Reranking(reranker, scorer, LatencyBudget(60))("where is my parcel?", hits).outcome    # doctest: +SKIP
    'done'
    """

    def __init__(
        self,
        reranker: Reranker,
        scorer: RerankScorer,
        budget: LatencyBudget,
        text: Callable[[Ticket], str] | None = None,
    ) -> None:
        self.reranker, self.scorer, self.budget, self._text = reranker, scorer, budget, text or ticket_text

    def within(self, budget: LatencyBudget) -> Reranking:
        """Return the same reranking within another budget."""
        return Reranking(self.reranker, self.scorer, budget, self._text)

    def __call__(self, question: str, hits: Sequence[Hit]) -> Reranked:
        """Return the hits in their new order, with new scores where there was time.

        ``question`` is what :func:`~replydesk.retrieval.indexes.search_text` makes of a message in its context.
        """
        hits = list(hits)
        if not hits or hits[0].exact or self.budget.milliseconds <= 0:
            return Reranked(hits, "off")
        texts = [self._text(hit.ticket) for hit in hits[:MOST]]
        with self.budget.turn(self.reranker.tokens(question, texts)) as admitted:
            if not admitted:
                return Reranked(hits, "skipped")
            logits = self.reranker.logits(question, texts[:admitted])
        chances = self.scorer.probabilities([hit.score for hit in hits[:admitted]], logits)
        seen = [replace(hit, score=float(chance)) for hit, chance in zip(hits[:admitted], chances, strict=True)]
        return Reranked(sorted(seen + hits[admitted:], key=lambda hit: -hit.score), "done", admitted)


def ticket_text(ticket: Ticket) -> str:
    """Return what a reranker reads of a ticket: what was asked and what was answered."""
    return f"{question_text(ticket)}\n{ticket.answer}"
