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
_UNSURE = 8.0
"""Two cosines further apart than so many steps of ten bits are told apart by eight bits: five standard deviations."""


class Refiner:
    """Compares candidates with a query.

    It keeps its working memory, since asking the system for it takes longer than the arithmetic. So it serves one
    thread at a time.
    """

    def __init__(self, dimension: int) -> None:
        self._codes = np.empty((_AT_ONCE, dimension), dtype=np.int8)
        self._whole = np.empty((_AT_ONCE, dimension), dtype=np.float32)

    def best(self, rows: Numbers, query: Vectors, k: int, base: Stored, late: Stored | None) -> tuple[Numbers, Vectors]:
        """Return the ``k`` best of some rows, best first, and their cosines.

        The rows of ``late`` follow those of ``base``; None says that there are none.
        """
        # Hardly ever is one of them late.
        after = late if late is not None and (rows >= len(base)).any() else None
        if len(rows) <= _AT_ONCE:
            dots, scales = self._dots(rows, query, base, after)
        else:
            parts = [
                self._dots(rows[start : start + _AT_ONCE], query, base, after)
                for start in range(0, len(rows), _AT_ONCE)
            ]
            dots, scales = (np.concatenate(some) for some in zip(*parts, strict=True))
        if k < len(rows):
            rough = dots + _LOWER * np.add.reduce(query)
            rough *= scales
            worst = np.partition(rough, len(rows) - k)[len(rows) - k] - _UNSURE * np.maximum.reduce(scales)
            chosen = (rough >= worst).nonzero()[0]
            rows, dots, scales = rows[chosen], dots[chosen], scales[chosen]
        fine = base.fine[rows] if after is None else taken(base, after, rows).fine
        dots += fractions(fine)[:, : len(query)] @ query
        dots *= scales
        order = (-dots).argsort(kind="stable")[:k]
        return rows[order], dots[order]

    def _dots(self, rows: Numbers, query: Vectors, base: Stored, late: Stored | None) -> tuple[Vectors, Vectors]:
        """Return what the upper eight bits of up to 1,024 rows say of their cosines, and the scales to multiply by."""
        whole = self._whole[: len(rows)]
        if late is None:
            # Every row is there; "clip" spares numpy the copy that lets it stop half way.
            whole[:] = base.codes.take(rows, axis=0, out=self._codes[: len(rows)], mode="clip")
            scales = base.scales.take(rows)
        else:
            some = taken(base, late, rows)
            whole[:], scales = some.codes, some.scales
        dots = whole @ query
        dots *= 4
        return dots, scales
