"""How widely a trained index must be searched for its recall: measured with vectors that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.inverted import Inverted, shuffled
from replydesk.retrieval.vectors.stored import Numbers, Stored

__all__ = ["EVERY", "Tuned", "measure", "tuned", "within"]

EVERY = 4.0
"""The margin that leaves out no list and no candidate: no two cosines are further apart."""

_CHUNK = 65_536
_MOST = 256
"""Lists that a search reads at most; the slowest searches are those that need them."""
_MARGINS = (0.1, 0.14, 0.17, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.33, 0.36, 0.4)
_POOLS = (60, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000)
_CUTS = (0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.14, EVERY)
_K = 10
_DEEP = 24
"""Neighbours that are looked at to tell what rounding loses: ten, two that the query is made of, and the next ones."""
_NEIGHBOURHOOD = 0.01
"""The share of all vectors that lies nearer to a vector than the one with which it makes a query."""
_PROMISED = 0.99
"""The recall@10 that is promised; what is measured must be more by two standard errors and by what rounding loses."""
_BUDGET = 0.8
"""The milliseconds that this may take for up to a million vectors, by the costs below."""
_LIST, _SCAN, _KEEP, _ORDER = 2e-4, 3.5e-6, 6e-5, 1.4e-4
"""Milliseconds that a list, the code of a vector, a candidate that is kept and one that is compared take on one core
of today."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """How widely a compressed segment is searched, and the recall@10 that this gave on its own vectors.

    At most ``probes`` lists are read, within ``margin`` of the nearest one; the best ``pool`` vectors by their codes
    are candidates, and those of them within ``cut`` of the k-th are compared.
    """

    probes: int
    pool: int
    recall: float
    margin: float = EVERY
    cut: float = EVERY

    @classmethod
    def of(cls, search: Mapping[str, Any]) -> Tuned:
        """Read what a manifest says; before there were margins, each search read and compared as many as any."""
        margin, cut = float(search.get("margin", EVERY)), float(search.get("cut", EVERY))
        return cls(int(search["probes"]), int(search["pool"]), float(search["recall"]), margin, cut)


def within(cosines: Vectors, k: int, cut: float) -> int:
    """Return how many cosines, best first, are not lower than the ``k``-th by more than ``cut``."""
    return int(np.count_nonzero(cosines >= cosines[k - 1] - cut)) if cut < EVERY and len(cosines) > k else len(cosines)


def tuned(inverted: Inverted, base: Stored) -> Tuned:
    """Return the cheapest search that keeps the promised recall, or the best one for its cost."""
    count = len(base)
    if count <= 2 * _POOLS[-1]:
        return Tuned(inverted.lists, _POOLS[-1], 1.0)
    queries, nearest, kept = measure(base)
    tries = len(queries)
    measured: list[tuple[float, float, Tuned]] = []
    for margin in _MARGINS:
        hits, compared, lists = np.zeros((tries, len(_CUTS), len(_POOLS))), np.zeros((len(_CUTS), len(_POOLS))), 0
        for row, (query, wanted) in enumerate(zip(queries, nearest, strict=True)):
            found, cosines, read = inverted.candidates(query, _POOLS[-1], _MOST, margin)
            sizes = np.minimum.outer([within(cosines, _K, cut) for cut in _CUTS], _POOLS)
            # Whichever neighbour is among the candidates is put in its place.
            hits[row] = np.searchsorted(np.flatnonzero(np.isin(found, wanted)), sizes)
            compared += sizes
            lists += read
        recalls = hits.mean(axis=0) / _K * kept
        errors = hits.std(axis=0) / _K / tries**0.5
        scan = lists / tries * (_LIST + count / inverted.lists * _SCAN)
        for i, cut in enumerate(_CUTS):
            for j, pool in enumerate(_POOLS):
                cost = scan + pool * _KEEP + compared[i, j] / tries * _ORDER
                recall = float(recalls[i, j])
                sure = recall - 2 * float(errors[i, j])
                measured.append((cost, sure, Tuned(_MOST, pool, round(recall, 4), margin, cut)))
    most = max(min(cost for cost, _, _ in measured), _BUDGET * max(1, count / 1_000_000))
    measured = [tried for tried in measured if tried[0] <= most]
    enough = [tried for tried in measured if tried[1] >= _PROMISED]
    if enough:
        return min(enough, key=lambda tried: tried[0])[2]
    return max(measured, key=lambda tried: (tried[2].recall, -tried[0]))[2]


def measure(base: Stored) -> tuple[Vectors, Numbers, float]:
    """Return queries, the ten nearest rows of each, and which share of such neighbours rounding leaves in place.

    The two vectors that a query is made of are not among its neighbours.
    """
    import faiss

    count = len(base)
    # A customer's words are nobody's from before: each query lies in the middle of a vector that the training did not
    # read and one of its wider neighbourhood. These two, which are too easy to find, do not count.
    chosen, read = shuffled(count)[::-1]
    others = np.sort(read[:_CHUNK])
    vectors, apart = base.take(chosen).vectors(), max(1, round(len(others) * _NEIGHBOURHOOD))
    _, ranked = faiss.knn(vectors, base.take(others).vectors(), apart, faiss.METRIC_INNER_PRODUCT)
    pairs = np.stack([chosen, others[ranked[:, -1]]])
    queries = vectors + base.take(pairs[1]).vectors()
    queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-12)
    truth = faiss.ResultHeap(len(queries), _DEEP, keep_max=True)
    for start in range(0, count, _CHUNK):
        part = base.take(slice(start, start + _CHUNK)).vectors()
        best, ids = faiss.knn(queries, part, _DEEP, faiss.METRIC_INNER_PRODUCT)
        truth.add_result(best, ids + start)
    truth.finalize()
    own = (truth.I[:, :, None] == pairs.T[:, None, :]).any(axis=2)
    # The first that are not its own, in their order; a stable sort leaves these at the end.
    order = np.argsort(own, axis=1, kind="stable")[:, : _DEEP - 2]
    cosines: Vectors = np.take_along_axis(truth.D, order, axis=1)
    nearest: Numbers = np.take_along_axis(truth.I, order, axis=1)
    # Rounding moves each number by up to half a step, evenly, and a cosine by 1/sqrt(12) of a step.
    noise = np.random.default_rng(2).standard_normal(cosines.shape) * (float(base.scales.mean()) / 12**0.5)
    stay = np.argsort(-(cosines + noise), axis=1)[:, :_K] < _K
    return queries, nearest[:, :_K], float(stay.mean())
