"""Scores that mean something: a logistic model over the features of a hit gives the chance that it answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from replydesk.data.records import Ticket

__all__ = ["FEATURES", "UNTRAINED", "HitScorer", "codes_conflict", "features"]

FEATURES = ("similarity", "overlap", "exact", "intent", "unfamiliar", "conflict")
"""Cosine; share of the message's words that the question has; same text; probability of the ticket's intent;
probability that the message is out of scope; the ticket speaks of another code."""

_CODE = re.compile(r"(?<![a-z0-9-])([a-z]{1,3})-?(\d{1,3})(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class HitScorer:
    """Turns features of shape (n, 6) into probabilities; higher is better.

    >>> bool(UNTRAINED.probabilities([[.9, .8, 0, 0, 0, 0]])[0] > UNTRAINED.probabilities([[.4, .1, 0, 0, 0, 0]])[0])
    True
    """

    weights: tuple[float, ...]
    bias: float

    def probabilities(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that each hit answers the message, shape (n,)."""
        logits = np.asarray(rows, dtype=np.float64).reshape(-1, len(self.weights)) @ np.array(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))))

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"weights": dict(zip(FEATURES, self.weights, strict=True)), "bias": self.bias}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> HitScorer:
        """Return the scorer of a JSON form."""
        return cls(tuple(float(document["weights"][name]) for name in FEATURES), float(document["bias"]))


def codes_conflict(question: str, ticket: Ticket) -> bool:
    """Return whether a ticket is about another code of the same kind: E2 where the customer asks about E4.

    Vectors hardly see the difference, and the answer to another error code is a wrong answer.
    """
    asked = _codes(question)
    if not asked:
        return False
    told = _codes(f"{ticket.question} {ticket.answer}")
    return not asked & told and bool({kind for kind, _ in asked} & {kind for kind, _ in told})


def features(
    similarity: float,
    overlap: float,
    *,
    exact: bool = False,
    intent: float = 0.0,
    unfamiliar: float = 0.0,
    conflict: bool = False,
) -> tuple[float, ...]:
    """Return one row in the order of :data:`FEATURES`."""
    return (similarity, overlap, float(exact), intent, unfamiliar, float(conflict))


def _codes(text: str) -> set[tuple[str, str]]:
    return set(_CODE.findall(unicodedata.normalize("NFKC", text).lower()))


UNTRAINED = HitScorer((10.0, 2.0, 3.0, 0.0, -4.0, -3.0), -6.0)
"""What is used before a desk has trained anything: a cosine of .6 counts as an even chance. Training starts from it."""
