"""The ranker of suggestions: a logistic model over named features, learned from what the team took before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replydesk.data.store import Tally
from replydesk.retrieval.calibration import logistic
from replydesk.retrieval.matcher import Hit

__all__ = ["FEATURES", "Ranker", "feature_row", "rates"]

FEATURES: Final = (
    "score", "similarity", "exact", "intent", "share", "taken", "taken_intent", "taken_by", "taken_channel", "canned",
    "article", "age", "language", "told",
)  # fmt: skip
"""Log-odds of the hit's score; cosine; same question; probability of the ticket's intent; its share of what was taken
of all candidates for this message's intent; by how much, in log-odds, it was taken more than its score says, then more
for this intent than else, then more by this member of the team, and through this channel, than for the intent; canned;
article; age, 1 from three years on; in the message's language; the customer was told it before."""

_STRENGTH = 4.0
_LEAST, _MOST = 0.02, 0.98
_OLD = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Ranker:
    """Turns features of shape (n, 14) into the chances that an answer is taken by somebody who reads it.

    >>> ranker = Ranker((1.0, *[0.0] * 13), 0.0)
    >>> [round(p, 2) for p in ranker.chances([(math.log(3), *[0.0] * 13), [0.0] * 14]).tolist()]
    [0.75, 0.5]
    """

    weights: tuple[float, ...]
    bias: float

    def chances(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Return the chance of each row, shape (n,)."""
        logits = np.asarray(rows, dtype=np.float64).reshape(-1, len(self.weights)) @ np.array(self.weights) + self.bias
        return logistic(logits)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"weights": dict(zip(FEATURES, self.weights, strict=True)), "bias": self.bias}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Ranker:
        """Return the ranker of a JSON form; a feature that it does not know counts nothing."""
        return cls(tuple(float(document["weights"].get(name, 0.0)) for name in FEATURES), float(document["bias"]))

    def problems(self) -> list[str]:
        """Return what makes it unfit to serve, nothing when it is sound."""
        sound = all(map(math.isfinite, (*self.weights, self.bias)))
        return [] if sound else ["the ranker of suggestions holds what is no number"]


def rates(tally: Tally, score: float) -> tuple[float, float, float, float]:
    """Return how often an answer is taken: at all, for the intent, by this member of the team, through this channel.

    Each is the mean of a beta distribution: the counts, and four judgements more that agree with what is known without
    them. That is the hit's score for the first, and the rate before for the others; a member and a channel go on from
    the intent's. Without counts all four are the score.
    """
    (every, intent, by, channel), prior = zip(tally.taken, tally.judged, strict=True), _bounded(score)

    def smoothed(counts: tuple[float, int], prior: float) -> float:
        taken, judged = counts
        return (taken + _STRENGTH * prior) / (judged + _STRENGTH)

    whole = smoothed(every, prior)
    meant = smoothed(intent, whole)
    return whole, meant, smoothed(by, meant), smoothed(channel, meant)


def feature_row(
    hit: Hit, tally: Tally, *, intent: float, share: float, language: str, told: bool, at: datetime
) -> tuple[float, ...]:
    """Return one row in the order of :data:`FEATURES`.

    ``intent`` is the probability of the ticket's intent, ``share`` its part of all that was taken for the message's.
    """
    ticket = hit.ticket
    whole, meant, by, channel = map(_log_odds, rates(tally, hit.score))
    age = (at - ticket.at) / _OLD if ticket.at is not None else 0.0
    return (
        _log_odds(hit.score),
        hit.similarity,
        float(hit.exact),
        intent,
        share,
        whole - _log_odds(hit.score),
        meant - whole,
        by - meant,
        channel - meant,
        float(ticket.source == "canned"),
        float(ticket.source == "article"),
        min(1.0, max(0.0, age)),
        float(ticket.language == language),
        float(told),
    )


def _bounded(chance: float) -> float:
    return min(_MOST, max(_LEAST, chance))


def _log_odds(chance: float) -> float:
    bounded = _bounded(chance)
    return math.log(bounded / (1 - bounded))
