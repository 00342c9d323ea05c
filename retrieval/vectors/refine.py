"""Candidates in the order of their cosines: eight bits a dimension for all of them, all ten for the best."""

from __future__ import annotations

import numpy as np

from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.stored import Numbers, Stored, fractions, taken

__all__ = ["Refiner"]

_AT_ONCE = 1024
"""Rows of one product: more than a search has candidates, and few enough for BLAS to leave the other core alone."""
_LOWER = 1.5
"""What the two lower bits are on average."""


class Refiner:
    """Compares candidates with a query.

    It keeps its working memory, since asking the system for it takes longer than the arithmetic. So it serves one
    thread at a time.
    """

    def __init__(self, dimension: int) -> None:
        self._codes = np.empty((_AT_ONCE, dimension), dtype=np.int8)
        self._whole = np.empty((_AT_ONCE, dimension), dtype=np.float32)

    def best(self, rows: Numbers, query: Vectors, k: int, base: Stored, late: Stored) -> tuple[Numbers, Vectors]:
        """Return the ``k`` best of some rows, best first, and their cosines.

        The rows of ``late`` follow those of ``base``.
        """
        # Hardly ever is one of them late.
        mixed = bool((rows >= len(base)).any())
        scales = np.empty(len(rows), dtype=np.float32)
        dots = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            part = slice(start, min(start + _AT_ONCE, len(rows)))
            whole, codes = self._whole[: part.stop - start], self._codes[: part.stop - start]
            if mixed:
                some = taken(base, late, rows[part])
                whole[:], scales[part] = some.codes, some.scales
            else:
                # Every row is there; "clip" spares numpy the copy that lets it stop half way.
                whole[:] = np.take(base.codes, rows[part], axis=0, out=codes, mode="clip")
                scales[part] = base.scales[rows[part]]
            np.matmul(whole, query, out=dots[part])
        wide = 2 * k + 20
        if wide < len(rows):
            chosen = np.argpartition((4 * dots + _LOWER * query.sum()) * scales, -wide)[-wide:]
            rows, dots, scales = rows[chosen], dots[chosen], scales[chosen]
        fine = taken(base, late, rows).fine if mixed else base.fine[rows]
        cosines = (4 * dots + fractions(fine)[:, : len(query)] @ query) * scales
        order = np.argsort(-cosines, kind="stable")[:k]
        return rows[order], cosines[order]
