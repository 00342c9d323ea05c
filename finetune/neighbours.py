"""A classifier that asks the nearest known messages of each label: what one rare way to ask says that no plane does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["NEAREST", "WIDTH", "NeighbourClassifier"]

Floats = NDArray[np.float64]

NEAREST: Final = 5
"""So many known messages of a label are asked."""

WIDTH: Final = 0.05
"""By how much less a cosine makes a neighbour e times weaker."""

_AT_ONCE = 1024


@dataclass(frozen=True, eq=False, slots=True)
class NeighbourClassifier:
    """Known unit vectors, sorted by label: those of label i are the rows from ``edges[i]`` up to ``edges[i + 1]``."""

    labels: tuple[str, ...]
    vectors: Vectors
    edges: tuple[int, ...]

    @classmethod
    def of(cls, vectors: Vectors, labels: Sequence[str]) -> NeighbourClassifier:
        """Return the classifier of known vectors (n, dimension) and their labels."""
        names = np.array(labels)
        order = np.argsort(names, kind="stable")
        known, starts = np.unique(names[order], return_index=True)
        return cls(tuple(known.tolist()), vectors[order], (*starts.tolist(), len(labels)))

    def logits(self, vectors: Vectors) -> Floats:
        """Return for each label the logarithm of the weights of its nearest messages, shape (n, labels).

        A message at cosine c weighs exp((c - 1) / width), a kernel density cut off at the nearest few.
        """
        found = np.empty((len(vectors), len(self.labels)))
        for start in range(0, len(vectors), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            weights = np.exp((np.asarray(vectors[part] @ self.vectors.T, dtype=np.float64) - 1) / WIDTH)
            for label, (low, high) in enumerate(zip(self.edges, self.edges[1:], strict=False)):
                mine = weights[:, low:high]
                if high - low > NEAREST:
                    mine = -np.partition(-mine, NEAREST - 1, axis=1)[:, :NEAREST]
                found[part, label] = np.log(mine.sum(axis=1) + 1e-9)
        return found
