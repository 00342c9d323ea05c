"""What each sign of the unfamiliar counts: a logistic regression that stays near the plain sum unless data say more."""

from __future__ import annotations

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


def weigh_scores(inside: Floats, outside: Floats, seed: int = 0) -> Floats:
    """Return weights (scores,) of normalised scores, ones where no others tell the two apart better.

    ``inside`` (n, scores) and ``outside`` (m, scores) are validation messages in and out of scope. The weights are
    those of a logistic regression with a ridge on their distance from equal ones; its strength, and whether it takes
    the place of the plain sum, are chosen by cross-validated AUROC. Fewer than twenty messages on a side choose
    nothing.
    """
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    count = inside.shape[1]
    plain = np.ones(count)
    if min(len(inside), len(outside)) < _FEWEST or count < 2:
        return plain
    truth = np.repeat([0, 1], [len(inside), len(outside)])
    scores = np.concatenate([inside, outside])
    features = np.column_stack([_FREE * scores.sum(axis=1) / np.sqrt(count), scores])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    best, chosen = float(roc_auc_score(truth, scores.sum(axis=1))) + _GAIN, 0.0
    for strength in _STRENGTHS:
        told = cross_val_predict(_regression(strength), features, truth, cv=folds, method="decision_function")
        if (found := float(roc_auc_score(truth, told))) > best:
            best, chosen = found, strength
    if not chosen:
        return plain
    model = _regression(chosen).fit(features, truth)
    weights = _FREE * model.coef_[0, 0] / np.sqrt(count) + model.coef_[0, 1:]
    # A weight of nothing would make the spread of a score endless.
    weights = np.where(np.abs(weights) < 1e-6, 1e-6, weights)
    return np.asarray(weights / np.abs(weights).mean())


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, class_weight="balanced", max_iter=1000)
