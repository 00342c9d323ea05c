"""How widely a trained index must be searched for its recall: measured on its own vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from replydesk.retrieval.vectors.inverted import Inverted
from replydesk.retrieval.vectors.stored import Stored

__all__ = ["EVERY", "Tuned", "tuned"]

EVERY = 4.0
"""The margin that leaves out no list: no two cosines are further apart."""

_CHUNK = 65_536
_MOST = 256
"""Lists that a search reads at most; the slowest searches are those that need them."""
_MARGINS = (0.1, 0.14, 0.17, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.33, 0.36, 0.4)
_POOLS = (60, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000)
_QUERIES = 512
_BETWEEN = 0.8
_GOAL = 0.9965
"""The recall@10 for which a search is made wide enough: more than is promised, since it is estimated."""
_BUDGET = 0.8
"""The milliseconds that this may take for up to a million vectors, by the costs below."""
_LIST, _SCAN, _ORDER = 2e-4, 3.5e-6, 2e-4
"""Milliseconds that a list, the code of a vector and the ten bits of a candidate take on one core of today."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """How widely a compressed segment is searched, and the recall@10 that this gave on its own vectors."""

    probes: int
    pool: int
    recall: float
    margin: float = EVERY


def tuned(inverted: Inverted, base: Stored) -> Tuned:
    """Return the cheapest search that finds the ten nearest neighbours nearly always, or the best one for its cost."""
    import faiss

    count, k = len(base), 10
    if count <= 2 * _POOLS[-1]:
        return Tuned(inverted.lists, _POOLS[-1], 1.0)
    # A customer's words are nobody's from before: each query lies between a vector and another one.
    chosen = np.random.default_rng(1).permutation(count)[:_QUERIES]
    queries = base.take(chosen).vectors() + _BETWEEN * base.take(chosen[::-1]).vectors()
    queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-12)
    truth = faiss.ResultHeap(len(queries), k, keep_max=True)
    for start in range(0, count, _CHUNK):
        part = base.take(slice(start, start + _CHUNK)).vectors()
        cosines, ids = faiss.knn(queries, part, k, faiss.METRIC_INNER_PRODUCT)
        truth.add_result(cosines, ids + start)
    truth.finalize()
    measured: list[tuple[float, Tuned]] = []
    for margin in _MARGINS:
        hits, lists = np.zeros(len(_POOLS)), 0
        for query, nearest in zip(queries, truth.I, strict=True):
            found, read = inverted.candidates(query, _POOLS[-1], _MOST, margin)
            # Whichever neighbour is among the candidates is put in its place.
            hits += np.searchsorted(np.flatnonzero(np.isin(found, nearest)), _POOLS)
            lists += read
        scan = lists / len(queries) * (_LIST + count / inverted.lists * _SCAN)
        for pool, hit in zip(_POOLS, hits.tolist(), strict=True):
            recall = round(hit / (k * len(queries)), 4)
            measured.append((scan + pool * _ORDER, Tuned(_MOST, pool, recall, margin)))
    most = max(measured[0][0], _BUDGET * max(1, count / 1_000_000))
    measured = [(cost, tried) for cost, tried in measured if cost <= most]
    enough = [(cost, tried) for cost, tried in measured if tried.recall >= _GOAL]
    if enough:
        return min(enough, key=lambda pair: pair[0])[1]
    return max(measured, key=lambda pair: (pair[1].recall, -pair[0]))[1]
