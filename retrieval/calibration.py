"""Scores that mean something: a logistic model over the features of a hit gives the chance that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["AGAINST", "FEATURES", "UNTRAINED", "HitScorer", "features", "logistic"]

FEATURES = (
    "similarity", "overlap", "exact", "intent", "unfamiliar", "lexical", "thin", "age", "outcome", "popularity",
    "told",
)  # fmt: skip
"""Cosine; share of the message's words that the question has; same text; probability of the ticket's intent;
probability that the message is out of scope; BM25 of the question as a share of what it could be; how much too little
the question says to stand for a message of several words, as "ok" and "hi" do; how much older the ticket is than the
newest candidate, 1 from three years on; the customer's satisfaction from -1 to 1, 0 where nobody told; how many of the
candidates give the same answer, 0 for one and 1 from 32 on, by the logarithm; which share of the question, by the
weight of its terms, the message says, too."""

AGAINST = frozenset({"unfamiliar", "thin", "age"})
"""The features that speak against a hit."""


@dataclass(frozen=True, slots=True)
class HitScorer:
    """Turns features of shape (n, 11) into probabilities; higher is better.

    A scorer made before a feature was known has fewer weights: what it does not know counts nothing.

    >>> one, other = UNTRAINED.probabilities([features(.9, .8), features(.4, .1)])
    >>> bool(one > other)
    True
    """

    weights: tuple[float, ...]
    bias: float

    def __post_init__(self) -> None:
        missing = len(FEATURES) - len(self.weights)
        object.__setattr__(self, "weights", (*self.weights, *[0.0] * missing))

    def probabilities(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that each hit answers the message, shape (n,)."""
        logits = np.asarray(rows, dtype=np.float64).reshape(-1, len(self.weights)) @ np.array(self.weights) + self.bias
        return logistic(logits)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"weights": dict(zip(FEATURES, self.weights, strict=True)), "bias": self.bias}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> HitScorer:
        """Return the scorer of a JSON form."""
        return cls(tuple(float(document["weights"].get(name, 0.0)) for name in FEATURES), float(document["bias"]))


def logistic(logits: ArrayLike) -> NDArray[np.float64]:
    """Return the probabilities that log-odds stand for."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))))


def features(
    similarity: float,
    overlap: float,
    *,
    exact: bool = False,
    intent: float = 0.0,
    unfamiliar: float = 0.0,
    lexical: float = 0.0,
    thin: float = 0.0,
    age: float = 0.0,
    outcome: float = 0.0,
    popularity: float = 0.0,
    told: float = 0.0,
) -> tuple[float, ...]:
    """Return one row in the order of :data:`FEATURES`."""
    return (similarity, overlap, float(exact), intent, unfamiliar, lexical, thin, age, outcome, popularity, told)


UNTRAINED = HitScorer((10.0, 0.0, 3.0, 0.0, -4.0, 1.0, -3.0, 0.0, 0.0, 0.0, 1.0), -6.0)
"""What is used before a desk has trained anything: a cosine of .6 counts as an even chance. Training starts from it."""
