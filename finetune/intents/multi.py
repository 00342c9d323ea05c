"""Several intents in one message: one against the rest for each, calibrated together, a threshold each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.several import SeveralHead, SeveralReader
from replydesk.finetune.intents.words import fit_word_marks
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["best_thresholds", "fit_one_against_rest", "fit_several", "fit_several_reader"]

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

# A threshold of a label with so many messages is half its own and half that of all labels.
_SHRINK = 20
_FEWEST = 5
_FOLDS = 4
_STRENGTHS = (3.0, 10.0, 30.0, 100.0)


def fit_one_against_rest(vectors: Vectors, marks: Marks, strength: float) -> tuple[Floats, Floats]:
    """Return weights (labels, dimension) and bias (labels,) of logistic regressions, one a label, for C = strength.

    ``marks`` (n, labels) say which message has which label. All are fitted at once; the loss is the sum of theirs.
    """
    from scipy.optimize import minimize

    rows = np.asarray(vectors, dtype=np.float64)
    count, size = marks.shape[1], rows.shape[1]
    signs = np.where(marks, 1.0, -1.0)
    shares = (marks.sum(axis=0) + 0.5) / (len(marks) + 1)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[: count * size].reshape(count, size), flat[count * size :]
        against = -signs * (rows @ weights.T + bias)
        slopes = -signs / (1 + np.exp(-np.clip(against, -60, 60)))
        total = float(np.logaddexp(0, against).sum() + (weights**2).sum() / (2 * strength))
        return total, np.concatenate([(slopes.T @ rows + weights / strength).ravel(), slopes.sum(axis=0)])

    start = np.concatenate([np.zeros(count * size), np.log(shares / (1 - shares))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200, "ftol": 1e-8}).x
    return found[: count * size].reshape(count, size), found[count * size :]


def fit_several(labels: Sequence[str], logits: Floats, marks: Marks) -> tuple[SeveralHead, float]:
    """Return what makes labels of logits (parts, n, labels) of messages that their models had not seen, and the loss.

    The loss is the mean negative log-likelihood of all cells.
    """
    from sklearn.linear_model import LogisticRegression

    cells = logits.reshape(len(logits), -1).T
    model = LogisticRegression(C=1e4, max_iter=500).fit(cells, marks.ravel())
    head = SeveralHead(tuple(labels), np.asarray(model.coef_[0]), float(model.intercept_[0]), np.full(len(labels), 0.5))
    chances = head.probabilities(logits)
    right = np.clip(np.where(marks, chances, 1 - chances), 1e-12, 1)
    lines = best_thresholds(chances, marks)
    return SeveralHead(head.labels, head.slopes, head.offset, lines), float(-np.log(right).mean())


def fit_several_reader(
    texts: Sequence[str], vectors: Vectors, marks: Marks, labels: Sequence[str], language: str, *, seed: int = 0
) -> SeveralReader:
    """Return a classifier of messages with any number of labels: one against the rest on vectors and, beside it, words.

    ``marks`` (n, labels) say which message has which label. C, what words weigh, calibration and thresholds are chosen
    on four folds; words that weigh nothing, or speak against, are left out.
    """
    folds = np.random.default_rng(seed).permutation(len(texts)) % _FOLDS
    parts = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(_FOLDS)]
    parts = [(learned, held) for learned, held in parts if len(held)]
    best: tuple[float, float, Floats] | None = None
    for strength in _STRENGTHS:
        said = np.zeros(marks.shape)
        for learned, held in parts:
            weights, bias = fit_one_against_rest(vectors[learned], marks[learned], strength)
            said[held] = vectors[held].astype(np.float64) @ weights.T + bias
        _, loss = fit_several(labels, said[None], marks)
        if best is None or loss < best[0]:
            best = loss, strength, said
    assert best is not None
    _, strength, said = best
    read = np.zeros(marks.shape)
    for learned, held in parts:
        words = fit_word_marks([texts[row] for row in learned.tolist()], marks[learned], labels, language, seed=seed)
        read[held] = words.logits([texts[row] for row in held.tolist()])
    head, _ = fit_several(labels, np.stack([said, read]), marks)
    weights, bias = fit_one_against_rest(vectors, marks, strength)
    if head.slopes[1] <= 0:
        return SeveralReader(fit_several(labels, said[None], marks)[0], weights, bias)
    return SeveralReader(head, weights, bias, fit_word_marks(texts, marks, labels, language, seed=seed))


def best_thresholds(chances: Floats, marks: Marks) -> Floats:
    """Return for each label the probability from which on it is given, shape (labels,), by F1 on unseen messages.

    That of a label is a mean of its own best one and the best for all cells together, of which the latter counts as
    many messages as twenty; with fewer than five it stands alone.
    """
    everywhere = _best(chances.ravel(), marks.ravel())
    lines = np.full(chances.shape[1], everywhere)
    for label, count in enumerate(marks.sum(axis=0).tolist()):
        if count >= _FEWEST:
            own = _best(chances[:, label], marks[:, label])
            lines[label] = (count * own + _SHRINK * everywhere) / (count + _SHRINK)
    return lines


def _best(chances: Floats, marks: Marks) -> float:
    """Return the threshold with the highest F1, half-way to the next lower probability."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(marks[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + max(1, int(marks.sum())))
    # Equal probabilities are given together.
    last = np.append(chances[order][:-1] > chances[order][1:], True)
    place = int(np.argmax(np.where(last, f1, -1)))
    below = chances[order][place + 1] if place + 1 < len(order) else 0.0
    return float((chances[order][place] + below) / 2)
