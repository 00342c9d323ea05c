"""Lists of short codes around trained centres, which name the candidates of a search: FAISS's IVF-PQ fast scan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from replydesk.data.errors import SettingsError
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.stored import Numbers, Stored

__all__ = ["Device", "Inverted", "shuffled", "threads"]

Device = Literal["cpu", "gpu"]

_CHUNK = 65_536
_TRAIN = 64
"""Vectors that training reads, for each list."""
_MOST = 4096
"""More of them would make training slow, and at ten million a search already takes a few milliseconds only."""
_FEW = 16
_HELD_OUT = 1024


def _lists_for(count: int) -> int:
    """Return how many lists so many vectors get: twice the square root, as a power of two."""
    if count <= 4096:
        return max(1, count // 64)
    return int(min(_MOST, 2 ** round(np.log2(2 * count**0.5))))


def shuffled(count: int) -> tuple[Numbers, Numbers]:
    """Return the rows of so many vectors that training may read, in random order, and those that it must not read.

    The latter are what a search is measured with; of few vectors, all are read.
    """
    rows = np.random.default_rng(0).permutation(count)
    held_out = _HELD_OUT if count >= 4 * _HELD_OUT else 0
    return rows[held_out:], rows[:held_out]


class Inverted:
    """Vectors lie in lists, each around a centre of unit length; codes of 4 bits for two dimensions say what remains.

    The centres are compared here and not by FAISS, which takes twice as long to sort out the nearest.
    It keeps its working memory, so it serves one thread at a time.
    """

    def __init__(self, ivf: Any) -> None:
        import faiss

        self.ivf, self.dimension, self.lists = ivf, int(ivf.d), int(ivf.nlist)
        quantizer: Any = faiss.downcast_index(ivf.quantizer)
        # A view: the index holds them as long as this does.
        self._centres: Vectors = faiss.rev_swig_ptr(quantizer.get_xb(), self.lists * self.dimension)
        self._scores = np.empty(self.lists, dtype=np.float32)
        self._cosines, self._found = np.empty(0, dtype=np.float32), np.empty(0, dtype=np.int64)
        # The functions and the fixed places, looked up once: each look takes as long as a list.
        self._pointer, self._products = faiss.swig_ptr, getattr(faiss, "fvec_inner_products_ny")  # noqa: B009
        self._to_scores, self._to_centres = faiss.swig_ptr(self._scores), faiss.swig_ptr(self._centres)
        self._how = faiss.SearchParametersIVF()
        # One query at a time, the candidates in a reservoir: of FAISS's ways the fastest for one query.
        ivf.implem = 11

    @classmethod
    def trained(cls, base: Stored, device: Device = "cpu") -> Inverted:
        """Train on a sample of vectors, then add all. At least one vector is needed."""
        import faiss

        count, dimension = base.codes.shape
        lists = _lists_for(count)
        width = next(width for width in (2, 3, 1) if dimension % width == 0)
        quantizer = faiss.IndexFlatIP(dimension)
        ivf: Any = faiss.IndexIVFPQFastScan(
            quantizer, dimension, lists, dimension // width, 4, faiss.METRIC_INNER_PRODUCT
        )
        # What remains at the centre gives a better order from as many bytes.
        ivf.by_residual = True
        # Centres of unit length: with others the nearest by inner product are not those that a vector lies at.
        ivf.cp.spherical = True
        ivf.cp.niter, ivf.cp.max_points_per_centroid, ivf.cp.min_points_per_centroid = 10, _TRAIN, 1
        ivf.pq.cp.min_points_per_centroid = 1
        if device == "gpu":
            ivf.clustering_index = on_gpus(faiss.IndexFlatIP(dimension))
        # The codebooks want at least as many vectors as they have entries.
        sample = np.sort(shuffled(count)[0][: _TRAIN * max(lists, 256)])
        ivf.train(base.take(np.resize(sample, max(16, len(sample)))).vectors())
        ivf.clustering_index = None
        for start in range(0, count, _CHUNK):
            ivf.add(base.take(slice(start, start + _CHUNK)).vectors())
        return cls(ivf)

    def __len__(self) -> int:
        return int(self.ivf.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Add vectors as the next rows."""
        with threads(len(vectors)):
            self.ivf.add(vectors)

    def first(self, count: int) -> Any:
        """Return a copy of FAISS's index with the first ``count`` rows only."""
        import faiss

        copy = faiss.clone_index(self.ivf)
        if count < len(self):
            copy.remove_ids(faiss.IDSelectorRange(count, len(self)))
        return copy

    def candidates(self, query: Vectors, wanted: int, probes: int, margin: float) -> tuple[Numbers, Vectors, int]:
        """Return up to ``wanted`` rows, best first, for a query of shape (dimension,), their estimated cosines, and
        how many lists were read.

        Those are at most ``probes``, and none whose centre's cosine is lower than that of the nearest by ``margin``.
        The arrays are overwritten by the next call.
        """
        pointer, scores, probes = self._pointer, self._scores, min(probes, self.lists)
        to_query = pointer(query)
        self._products(self._to_scores, to_query, self._to_centres, self.dimension, self.lists)
        nearest = (scores >= np.maximum.reduce(scores) - margin).nonzero()[0]
        near = scores[nearest]
        if len(nearest) > probes:
            kept = near.argpartition(-probes)[-probes:]
            nearest, near = nearest[kept], near[kept]
        # From the best list on, most of what comes later is not worth keeping.
        order = (-near).argsort()
        nearest, near = nearest[order], near[order]
        self._how.nprobe = len(nearest)
        if len(self._found) < wanted:
            self._cosines, self._found = np.empty(wanted, dtype=np.float32), np.empty(wanted, dtype=np.int64)
        cosines, found = self._cosines[:wanted], self._found[:wanted]
        # One query is searched by one thread, whatever FAISS is told.
        self.ivf.search_preassigned_c(
            1, to_query, wanted, pointer(nearest), pointer(near), pointer(cosines), pointer(found), False, self._how
        )
        if found[-1] < 0:
            count = int((found >= 0).sum())
            cosines, found = cosines[:count], found[:count]
        return found, cosines, len(nearest)


def on_gpus(index: Any) -> Any:
    """Return a copy of a FAISS index on all graphics cards. Raises :class:`SettingsError` where there is none."""
    import faiss

    if getattr(faiss, "get_num_gpus", lambda: 0)() < 1:
        raise SettingsError(
            "FAISS sees no graphics card.",
            where="retrieval.device",
            hint="Install the extra `gpu` on a machine with a card, or set it to cpu.",
        )
    return faiss.index_cpu_to_all_gpus(index)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let FAISS use one thread for few vectors: they take less than waking another one does."""
    import faiss

    before = faiss.omp_get_max_threads()
    if count < _FEW:
        faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
