"""How good a ranking is: the usual measures of one ranked list, as numbers between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "METRICS",
    "average_precision",
    "interval",
    "mean_metrics",
    "measured",
    "ndcg",
    "paired",
    "ranked",
    "recall",
    "reciprocal_rank",
]

METRICS = ("p1", "mrr", "map", "recall@10", "ndcg@10")
"""Whether the first is relevant, reciprocal rank of the first relevant one, average precision, recall and nDCG among
the first ten."""


def ranked(scores: ArrayLike, seed: int = 0) -> NDArray[np.int_]:
    """Return the places of scores, best first; equal scores stand in an order drawn from ``seed``.

    A score that many share, such as 0 for no word in common, would else flatter or punish whoever comes first.
    """
    values = np.asarray(scores, dtype=np.float64)
    drawn = np.random.default_rng(seed).permutation(len(values))
    return np.asarray(drawn[np.argsort(-values[drawn], kind="stable")])


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant one, 0 when there is none.

    >>> reciprocal_rank([False, False, True])
    0.3333333333333333
    """
    return next((1 / rank for rank, hit in enumerate(relevant, start=1) if hit), 0.0)


def average_precision(relevant: Sequence[bool], total: int) -> float:
    """Return the mean, over the ``total`` relevant ones, of the precision at the rank of each; 0 for one not ranked.

    >>> average_precision([True, False, True], total=2)
    0.8333333333333333
    """
    found, precisions = 0, 0.0
    for rank, hit in enumerate(relevant, start=1):
        if hit:
            found += 1
            precisions += found / rank
    return precisions / total if total else 0.0


def recall(relevant: Sequence[bool], total: int, k: int) -> float:
    """Return which share of the ``total`` relevant ones is among the first ``k``."""
    return sum(relevant[:k]) / total if total else 0.0


def ndcg(relevant: Sequence[bool], total: int, k: int) -> float:
    """Return the discounted gain of the first ``k`` over the best that is possible (Järvelin and Kekäläinen 2002).

    A relevant one at rank r gains 1 / log2(r + 1).
    """
    gains = 1 / np.log2(np.arange(2, k + 2))
    best = float(gains[: min(total, k)].sum())
    return float(gains[: len(relevant[:k])][np.array(relevant[:k], dtype=bool)].sum()) / best if best else 0.0


def measured(lists: Iterable[tuple[Sequence[bool], int]]) -> NDArray[np.float64]:
    """Return :data:`METRICS` of every query, shape (queries, 5).

    Each query is whether each ranked text is relevant, best first, and how many relevant ones there are.
    """
    return np.array(
        [
            (
                float(bool(relevant) and relevant[0]),
                reciprocal_rank(relevant),
                average_precision(relevant, total),
                recall(relevant, total, 10),
                ndcg(relevant, total, 10),
            )
            for relevant, total in lists
        ]
    ).reshape(-1, len(METRICS))


def mean_metrics(rows: ArrayLike, *, seed: int = 0) -> dict[str, object]:
    """Return the means of what :func:`measured` gave, and the 95% interval of ``p1`` as ``p1_ci``."""
    found = np.asarray(rows, dtype=np.float64).reshape(-1, len(METRICS))
    if not len(found):
        return dict.fromkeys(METRICS, 0.0) | {"p1_ci": [0.0, 1.0]}
    means: Mapping[str, float] = dict(zip(METRICS, np.round(found.mean(axis=0), 4).tolist(), strict=True))
    return {**means, "p1_ci": interval(found[:, 0], seed=seed)}


def interval(values: ArrayLike, *, seed: int = 0, draws: int = 1000) -> list[float]:
    """Return the 95% interval of a mean by the bootstrap: ``draws`` samples with replacement."""
    kept = np.asarray(values, dtype=np.float64)
    rows = np.random.default_rng(seed).integers(0, len(kept), (draws, len(kept)))
    return [round(float(q), 4) for q in np.quantile(kept[rows].mean(axis=1), [0.025, 0.975])]


def paired(rows: ArrayLike, others: ArrayLike, *, seed: int = 0) -> dict[str, object]:
    """Return by how much the first is better than the second in ``p1``, ``mrr`` and ``map``, each with its interval.

    Both are what :func:`measured` gave for the same queries; queries are drawn in pairs, so that what is hard for both
    does not blur the difference. An interval above 0 is a gain at the 5% level.
    """
    gains = np.asarray(rows, dtype=np.float64) - np.asarray(others, dtype=np.float64)
    found: dict[str, object] = {}
    for place, name in enumerate(METRICS[:3]):
        found[name] = round(float(gains[:, place].mean()), 4) if len(gains) else 0.0
        found[f"{name}_ci"] = interval(gains[:, place], seed=seed) if len(gains) else [0.0, 0.0]
    return found
