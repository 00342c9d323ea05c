"""What each sign of the unfamiliar counts: a logistic regression that stays near the plain sum unless data say more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["weigh_scores"]

Floats = NDArray[np.float64]

_STRENGTHS = (0.001, 0.01, 0.1, 1.0)
_FEWEST = 20
_FOLDS = 5
# What another weighing must gain in AUROC to be believed.
_GAIN = 5e-4
# The plain sum is penalised so much less than what departs from it.
_FREE = 10.0


def weigh_scores(inside: Floats, outside: Floats, *, towards: Sequence[Floats | None] = (), seed: int = 0) -> Floats:
    """Return weights (scores,) of normalised scores, ones where no others tell the two apart better.

    ``inside`` (n, scores) and ``outside`` (m, scores) are validation messages in and out of scope. The weights are
    those of a logistic regression with a ridge on their distance from equal ones, or from one of those in ``towards``,
    in which scores beyond its own count one; its strength, and whether it takes the place of these, are chosen by
    cross-validated AUROC. Fewer than twenty messages on a side choose nothing: the mean of them all stands.
    """
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    count = inside.shape[1]
    starts = [np.ones(count), *(np.append(one, np.ones(count - len(one))) for one in towards if one is not None)]
    if min(len(inside), len(outside)) < _FEWEST or count < 2:
        return np.asarray(np.mean(starts, axis=0))
    truth = np.repeat([0, 1], [len(inside), len(outside)])
    scores = np.concatenate([inside, outside])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    best, start, strength = 0.0, starts[0], 0.0
    for tried in starts:
        # Of two that are as good, the simpler one stands.
        if (found := float(roc_auc_score(truth, scores @ tried))) > best + _GAIN:
            best, start, strength = found, tried, 0.0
    for near in starts:
        features = _features(scores, near)
        for much in _STRENGTHS:
            told = cross_val_predict(_regression(much), features, truth, cv=folds, method="decision_function")
            if (found := float(roc_auc_score(truth, told))) > best + _GAIN:
                best, start, strength = found, near, much
    if not strength:
        return start
    model = _regression(strength).fit(_features(scores, start), truth)
    weights = _FREE * model.coef_[0, 0] * start / np.linalg.norm(start) + model.coef_[0, 1:]
    # A weight of nothing would make the spread of a score endless.
    weights = np.where(np.abs(weights) < 1e-6, 1e-6, weights)
    return np.asarray(weights / np.abs(weights).mean())


def _features(scores: Floats, start: Floats) -> Floats:
    return np.column_stack([_FREE * (scores @ start) / np.linalg.norm(start), scores])


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, class_weight="balanced", max_iter=1000)
