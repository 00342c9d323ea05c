"""Lists of short codes around trained centres, which name the candidates of a search: FAISS's IVF-PQ fast scan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from replydesk.data.errors import SettingsError
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.stored import Numbers, Stored

__all__ = ["Device", "Inverted", "lists_for", "threads"]

Device = Literal["cpu", "gpu"]

_CHUNK = 65_536
_TRAIN = 64
"""Vectors that training reads, for each list."""
_MOST = 4096
"""More of them would make training slow, and at ten million a search already takes a few milliseconds only."""
_FEW = 16


def lists_for(count: int) -> int:
    """Return how many lists so many vectors get: twice the square root, as a power of two."""
    if count <= 4096:
        return max(1, count // 64)
    return int(min(_MOST, 2 ** round(np.log2(2 * count**0.5))))


class Inverted:
    """Vectors lie in lists, each around a centre of unit length; a code of 4 bits stands for three dimensions or so.

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

    @classmethod
    def trained(cls, base: Stored, device: Device = "cpu") -> Inverted:
        """Train on a sample of vectors, then add all. At least one vector is needed."""
        import faiss

        count, dimension = base.codes.shape
        lists = lists_for(count)
        width = next(width for width in (3, 4, 2, 1) if dimension % width == 0)
        quantizer = faiss.IndexFlatIP(dimension)
        ivf: Any = faiss.IndexIVFPQFastScan(
            quantizer, dimension, lists, dimension // width, 4, faiss.METRIC_INNER_PRODUCT
        )
        # Centres of unit length: with others the nearest by inner product are not those that a vector lies at.
        ivf.cp.spherical = True
        ivf.cp.niter, ivf.cp.max_points_per_centroid, ivf.cp.min_points_per_centroid = 10, _TRAIN, 1
        ivf.pq.cp.min_points_per_centroid = 1
        if device == "gpu":
            ivf.clustering_index = on_gpus(faiss.IndexFlatIP(dimension))
        # The codebooks want at least as many vectors as they have entries.
        wanted = min(count, _TRAIN * max(lists, 256))
        sample = np.sort(np.random.default_rng(0).permutation(count)[:wanted])
        ivf.train(base.take(np.resize(sample, max(16, wanted))).vectors())
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

    def candidates(self, query: Vectors, wanted: int, probes: int, margin: float) -> tuple[Numbers, int]:
        """Return up to ``wanted`` rows, best first, for a query of shape (dimension,), and how many lists were read.

        Those are at most ``probes``, and none whose centre's cosine is lower than that of the nearest by ``margin``.
        """
        faiss = _faiss()
        pointer, scores, probes = faiss.swig_ptr, self._scores, min(probes, self.lists)
        faiss.fvec_inner_products_ny(
            pointer(scores), pointer(query), pointer(self._centres), self.dimension, self.lists
        )
        nearest = np.flatnonzero(scores >= scores.max() - margin)
        if len(nearest) > probes:
            nearest = nearest[np.argpartition(scores[nearest], -probes)[-probes:]]
        # From the best list on, most of what comes later is not worth keeping.
        nearest = nearest[np.argsort(-scores[nearest])]
        near = scores[nearest]
        how = faiss.SearchParametersIVF()
        how.nprobe = len(nearest)
        cosines, found = np.empty(wanted, dtype=np.float32), np.empty(wanted, dtype=np.int64)
        with threads(1):
            self.ivf.search_preassigned_c(
                1, pointer(query), wanted, pointer(nearest), pointer(near), pointer(cosines), pointer(found), False, how
            )
        return (found if found[-1] >= 0 else found[found >= 0]), len(nearest)


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


def _faiss() -> Any:
    """Return the module, whose types do not know all it can do."""
    import faiss

    return faiss


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
