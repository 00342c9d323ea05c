"""Figures of the sense of what is out of scope: how well scores tell it apart, and what a threshold makes of that."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.retrieval.metrics import interval

__all__ = ["auroc_by_chance", "choose_threshold", "scope_curves", "scope_metrics"]

Floats = NDArray[np.float64]
Hits = NDArray[np.bool_]


def choose_threshold(inside: Floats, right: Hits, outside: Floats | None, kept: float) -> float:
    """Return the score above which a message counts as out of scope, from validation messages only.

    ``inside`` are the scores of messages in scope and ``right`` says which of them have the right intent; ``outside``
    are the scores of messages out of scope, None where there are none. At least the share ``kept`` of ``inside`` is let
    through. With ``outside`` it is, of all such thresholds, the one where accuracy in scope and recall out of scope are
    highest together; without, the one that lets just so many through.
    """
    least = float(np.quantile(inside, kept, method="higher"))
    if outside is None or not len(outside):
        return least
    tried = np.unique(np.concatenate([inside, outside, [least]]))
    tried = tried[tried >= least]
    accepted = np.searchsorted(np.sort(inside[right]), tried, side="right") / len(inside)
    together = accepted + 1 - np.searchsorted(np.sort(outside), tried, side="right") / len(outside)
    best = int(np.argmax(together))
    above = tried[best + 1] if best + 1 < len(tried) else tried[best]
    # Between two scores that were seen neither is nearer to being mistaken.
    return float((tried[best] + above) / 2)


def scope_metrics(inside: Floats, right: Hits, outside: Floats, threshold: float, *, seed: int = 0) -> dict[str, Any]:
    """Return how well scores, each higher for what is out of scope, tell the two apart, and what a threshold does.

    ``auroc`` and ``aupr`` (out of scope is what is looked for) need no threshold, nor does ``recall_at_95``, the recall
    where 95 of 100 messages in scope are let through. ``recall`` is the share of ``outside`` above the threshold,
    ``in_scope_accuracy`` the share of ``inside`` that is let through and ``right``, ``in_scope_kept`` the share let
    through.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    scores, truth = np.concatenate([inside, outside]), np.repeat([0, 1], [len(inside), len(outside)])
    found = outside > threshold
    accepted = (inside <= threshold) & right
    return {
        "auroc": round(float(roc_auc_score(truth, scores)), 4),
        "aupr": round(float(average_precision_score(truth, scores)), 4),
        "recall": round(float(found.mean()), 4),
        "recall_ci": interval(found, seed=seed),
        "in_scope_accuracy": round(float(accepted.mean()), 4),
        "in_scope_accuracy_ci": interval(accepted, seed=seed),
        "in_scope_kept": round(float((inside <= threshold).mean()), 4),
        "recall_at_95": round(float((outside > np.quantile(inside, 0.95, method="higher")).mean()), 4),
        "threshold": round(float(threshold), 6),
        "messages": len(outside),
    }


def auroc_by_chance(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float:
    """Return how likely it is by chance alone that the first scores tell the two apart so much better than the second.

    Each has the scores of messages in scope and of those out of scope, of the same messages in the same order. The test
    of the difference of two paired AUROCs is that of DeLong et al. (1988, equations 5 to 8); p is for one side.
    """
    from scipy.stats import norm

    (inside, outside), (other_inside, other_outside) = _placings(*first), _placings(*second)
    sides = (inside - other_inside, outside - other_outside)
    spread = float(np.sqrt(sum(side.var(ddof=1) / len(side) if len(side) > 1 else 0.25 for side in sides)))
    gain = float(sides[0].mean())
    if spread == 0:
        return 0.0 if gain > 0 else 1.0
    return float(norm.sf(gain / spread))


def _placings(inside: Floats, outside: Floats) -> tuple[Floats, Floats]:
    """Return for each message the share of those of the other kind that it stands on the right side of; ties halve."""
    low, high = np.sort(inside), np.sort(outside)
    below = 1 - (np.searchsorted(high, inside, side="left") + np.searchsorted(high, inside, side="right")) / (
        2 * len(high)
    )
    above = (np.searchsorted(low, outside, side="left") + np.searchsorted(low, outside, side="right")) / (2 * len(low))
    return below, above


def scope_curves(inside: Floats, outside: Floats, points: int = 60) -> dict[str, list[list[float]]]:
    """Return the ROC curve (false alarms, recall) and the precision-recall curve (recall, precision), thinned out."""
    from sklearn.metrics import precision_recall_curve, roc_curve

    scores, truth = np.concatenate([inside, outside]), np.repeat([0, 1], [len(inside), len(outside)])
    alarms, recalls, _ = roc_curve(truth, scores)
    precision, recall, _ = precision_recall_curve(truth, scores)
    return {"roc": _thin(alarms, recalls, points), "pr": _thin(recall[::-1], precision[::-1], points)}


def _thin(x: Floats, y: Floats, points: int) -> list[list[float]]:
    places = np.unique(np.linspace(0, len(x) - 1, min(points, len(x))).round().astype(int))
    return [[round(float(x[place]), 4), round(float(y[place]), 4)] for place in places]
