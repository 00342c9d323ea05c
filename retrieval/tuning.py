"""How widely a trained index must be searched for its recall: measured on its own vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from replydesk.retrieval.inverted import Inverted
from replydesk.retrieval.refine import Refiner
from replydesk.retrieval.stored import Stored

__all__ = ["EVERY", "Tuned", "tuned"]

EVERY = 4.0
"""The margin that leaves out no list: no two cosines are further apart."""

_CHUNK = 65_536
_MOST = 256
"""Lists that a search reads at most; the slowest searches are those that need them."""
_MARGINS = (0.1, 0.14, 0.17, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.33, 0.36, 0.4)
_POOLS = (60, 100, 150, 200, 300, 400, 600, 800, 1000)
_QUERIES = 256
_BETWEEN = 0.6
_GOAL = 0.998
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


def tuned(inverted: Inverted, refiner: Refiner, base: Stored) -> Tuned:
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
    nearest = [set(line.tolist()) for line in truth.I]
    none = Stored.empty(0, base.codes.shape[1])
    measured: list[tuple[float, Tuned]] = []
    for margin in _MARGINS:
        found = [inverted.candidates(query, _POOLS[-1], _MOST, margin) for query in queries]
        lists = float(np.mean([read for _, read in found]))
        for pool in _POOLS:
            cost = lists * (_LIST + count / inverted.lists * _SCAN) + pool * _ORDER
            if measured and cost > _BUDGET * max(1, count / 1_000_000):
                break
            hits = 0
            for query, (line, _), wanted in zip(queries, found, nearest, strict=True):
                hits += len(wanted.intersection(refiner.best(line[:pool], query, k, base, none)[0].tolist()))
            measured.append((cost, Tuned(_MOST, pool, round(hits / (k * len(queries)), 4), margin)))
    enough = [(cost, tried) for cost, tried in measured if tried.recall >= _GOAL]
    if enough:
        return min(enough, key=lambda pair: pair[0])[1]
    return max(measured, key=lambda pair: (pair[1].recall, -pair[0]))[1]
