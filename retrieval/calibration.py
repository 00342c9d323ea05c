"""Scores that mean something: a logistic model over the features of a hit gives the chance that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FEATURES", "UNTRAINED", "HitScorer", "features"]

FEATURES = ("similarity", "overlap", "exact", "intent", "unfamiliar")
"""Cosine; share of the message's words that the question has; same text; probability of the ticket's intent;
probability that the message is out of scope."""


@dataclass(frozen=True, slots=True)
class HitScorer:
    """Turns features of shape (n, 5) into probabilities; higher is better.

    >>> bool(UNTRAINED.probabilities([[.9, .8, 0, 0, 0]])[0] > UNTRAINED.probabilities([[.4, .1, 0, 0, 0]])[0])
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


def features(
    similarity: float, overlap: float, *, exact: bool = False, intent: float = 0.0, unfamiliar: float = 0.0
) -> tuple[float, ...]:
    """Return one row in the order of :data:`FEATURES`."""
    return (similarity, overlap, float(exact), intent, unfamiliar)


UNTRAINED = HitScorer((10.0, 2.0, 3.0, 0.0, -4.0), -6.0)
"""What is used before a desk has trained anything: a cosine of .6 counts as an even chance. Training starts from it."""
