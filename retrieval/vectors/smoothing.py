"""Smoothing: a vector takes in those of its nearest neighbours, so that texts of one matter stand closer together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["smoothed", "smoothed_together"]


def smoothed(
    vectors: NDArray[Any], corpus: NDArray[Any], neighbours: int, *, among_them: bool = False
) -> NDArray[np.float32]:
    """Return unit vectors (n, dimension), each with its nearest ones in a corpus of unit vectors added to it.

    A neighbour weighs as much as its cosine, one with a cosine below 0 nothing. Of the corpus itself this is
    database-side augmentation (Arandjelovic and Zisserman 2012, section 3.2), of queries average query expansion (Chum
    et al. 2007; weighed as by Radenovic et al. 2019). ``among_them`` says that row i of ``vectors`` is row i of the
    corpus and no neighbour of itself. With 0 neighbours nothing changes.
    """
    import faiss

    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    known = np.ascontiguousarray(corpus, dtype=np.float32)
    count = min(neighbours, len(known) - among_them)
    if count <= 0 or not len(rows):
        return rows
    index = faiss.IndexFlatIP(known.shape[1])
    index.add(known)
    cosines, places = index.search(rows, count + among_them)
    if among_them:
        # A twin may stand before the row itself; it is that row which is left out, or else the last one found.
        own = places == np.arange(len(rows))[:, None]
        own[~own.any(axis=1), -1] = True
        cosines, places = (found[~own].reshape(len(rows), count) for found in (cosines, places))
    weights = np.maximum(cosines, 0)
    total = rows + np.einsum("nk,nkd->nd", weights, known[places])
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def smoothed_together(
    queries: NDArray[Any], corpus: NDArray[Any], neighbours: int, rounds: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return queries and corpus, each smoothed so many times with the corpus as it was the time before."""
    asked, known = np.asarray(queries, dtype=np.float32), np.asarray(corpus, dtype=np.float32)
    for _ in range(rounds):
        asked, known = smoothed(asked, known, neighbours), smoothed(known, known, neighbours, among_them=True)
    return asked, known
