"""Stacking: the score of the first stage and the logit of the cross-encoder become one probability, and are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replydesk.data.records import content_id
from replydesk.finetune.matching.cross import Asked
from replydesk.retrieval.metrics import reciprocal_rank
from replydesk.retrieval.reranking.reranker import RerankScorer

__all__ = ["Judged", "judged", "stacked"]

Floats = NDArray[np.float64]
Logits = Sequence[ArrayLike]

_FEW = 10
# Standard errors: 95% of a normal distribution lie below.
_SURE = 1.64


@dataclass(frozen=True, slots=True)
class Judged:
    """How well two orders of the same candidates do: that of the first stage, and that after reranking.

    ``gains`` are the differences of the reciprocal ranks, one a question that has a right candidate.
    """

    before: dict[str, float]
    after: dict[str, float]
    gains: Floats

    @property
    def better(self) -> bool:
        """Return whether the mean reciprocal rank grew by more than chance would let it in one of twenty trials."""
        return float(self.gains.mean()) > max(1e-9, _SURE * self.error) if len(self.gains) else False

    @property
    def worse(self) -> bool:
        """Return whether the mean reciprocal rank fell by more than chance would let it in one of twenty trials."""
        return float(self.gains.mean()) < -max(1e-9, _SURE * self.error) if len(self.gains) else False

    @property
    def error(self) -> float:
        """Return the standard error of the mean gain."""
        return float(self.gains.std() / np.sqrt(len(self.gains))) if len(self.gains) else 0.0

    @property
    def why(self) -> str:
        """Return the sentence that says what came of it."""
        verdict = "better" if self.better else "worse" if self.worse else "not better by more than chance"
        return (
            f"On {len(self.gains)} questions that it had not seen, MRR {self.before['mrr']:.3f} ->"
            f" {self.after['mrr']:.3f} (standard error {self.error:.3f}) and P@1 {self.before['p1']:.3f} ->"
            f" {self.after['p1']:.3f}: {verdict}."
        )

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        numbers = {"messages": len(self.gains), "error": round(self.error, 4)}
        sides = {"before": self.before, "after": self.after}
        return numbers | {side: {k: round(v, 4) for k, v in found.items()} for side, found in sides.items()}


def judged(asked: Sequence[Asked], logits: Logits, seed: int) -> Judged:
    """Return what reranking does to questions that the cross-encoder has not seen.

    The stack is fitted on one half of the owners and judged on the other, and the other way round: so it has not seen
    what it is judged on, either.
    """
    half = np.array([int(content_id(one.owner or one.question, str(seed))[:8], 16) % 2 == 0 for one in asked])
    before, after = [], []
    for side in (half, ~half):
        fitted = stacked(
            [one for one, kept in zip(asked, ~side, strict=True) if kept],
            [line for line, kept in zip(logits, ~side, strict=True) if kept],
        )
        for one, line, mine in zip(asked, logits, side, strict=True):
            if mine and any(one.right):
                before.append(_first(one, one.scores))
                after.append(_first(one, fitted.probabilities(one.scores, line)))
    old, new = np.array(before).reshape(-1, 2), np.array(after).reshape(-1, 2)
    return Judged(_means(old), _means(new), new[:, 1] - old[:, 1])


def stacked(asked: Sequence[Asked], logits: Logits) -> RerankScorer:
    """Return the logistic model of score and logit: fitted on all candidates, then calibrated on the best alone.

    Where so little is known that there is nothing to fit, the score of the first stage stands.
    """
    from sklearn.linear_model import LogisticRegression

    none = RerankScorer(1.0, 0.0, 0.0)
    scores = np.concatenate([np.array(one.scores) for one in asked]) if asked else np.empty(0)
    right = np.concatenate([np.array(one.right, dtype=bool) for one in asked]) if asked else np.empty(0, dtype=bool)
    if min(right.sum(), (~right).sum()) < _FEW:
        return none
    flat = np.concatenate([np.asarray(line, dtype=np.float64) for line in logits])
    sure = np.clip(scores, 1e-6, 1 - 1e-6)
    rows = np.stack([np.log(sure / (1 - sure)), flat], axis=1)
    model = LogisticRegression(C=10.0, max_iter=500).fit(rows, right)
    # A better score or logit never makes a hit worse.
    fusion, cross = (max(0.0, float(weight)) for weight in model.coef_[0])
    fitted = RerankScorer(fusion, cross, float(model.intercept_[0]))
    best, good = [], []
    for one, line in zip(asked, logits, strict=True):
        chances = fitted.probabilities(one.scores, line)
        place = int(chances.argmax())
        best.append(float(np.log(chances[place] / (1 - chances[place]))))
        good.append(one.right[place])
    if min(sum(good), len(good) - sum(good)) < _FEW:
        return fitted
    line = LogisticRegression(C=10.0, max_iter=500).fit(np.array(best)[:, None], good)
    slope, offset = float(line.coef_[0][0]), float(line.intercept_[0])
    if slope <= 0:
        return fitted
    return RerankScorer(slope * fusion, slope * cross, slope * fitted.bias + offset)


def _first(one: Asked, scores: ArrayLike) -> tuple[float, float]:
    order = np.argsort(-np.asarray(scores), kind="stable")
    ranked = [one.right[place] for place in order.tolist()]
    return float(ranked[0]), reciprocal_rank(ranked)


def _means(rows: Floats) -> dict[str, float]:
    p1, mrr = rows.mean(axis=0).tolist() if len(rows) else (0.0, 0.0)
    return {"p1": p1, "mrr": mrr}
