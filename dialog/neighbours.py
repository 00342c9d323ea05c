"""What the nearest known messages of each intent say: what one rare way to ask tells that no plane does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.arrays import load_arrays, save_arrays
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["KNOWN", "NEAREST", "WIDTH", "NeighbourClassifier"]

Floats = NDArray[np.float64]

NEAREST: Final = 5
"""So many known messages of a label are asked."""

WIDTH: Final = 0.05
"""By how much less a cosine makes a neighbour e times weaker."""

KNOWN: Final = 20_000
"""More known messages than that make it slower, not better: only every second, or third, is asked."""

_AT_ONCE = 512
# More than the greatest distance 1 - cosine: one sort then orders the messages of all labels at once.
_APART = 4.0
_FAR = 1e-9


@dataclass(frozen=True, eq=False)
class NeighbourClassifier:
    """Known unit vectors (n, dimension); ``owners`` (n,) are the places of their labels, ``weight`` what it counts."""

    labels: tuple[str, ...]
    vectors: Vectors
    owners: NDArray[np.int32]
    weight: float = 1.0

    @classmethod
    def of(cls, vectors: Vectors, labels: Sequence[str]) -> NeighbourClassifier:
        """Return the classifier of known vectors (n, dimension) and their labels."""
        known, owners = np.unique(np.array(labels), return_inverse=True)
        step = max(1, -(-len(vectors) // KNOWN))
        return cls(tuple(known.tolist()), vectors[::step], owners[::step].astype(np.int32))

    def logits(self, vectors: Vectors, cosines: Vectors | None = None) -> Floats:
        """Return for each label the logarithm of the weights of its nearest messages, shape (n, labels).

        A message at cosine c weighs exp((c - 1) / width), a kernel density cut off at the nearest few. ``cosines`` to
        the known vectors, shape (n, known), need not be found again where they are at hand.
        """
        found = np.empty((len(vectors), len(self.labels)))
        shifts, places, there = self._layout
        for start in range(0, len(vectors), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            near = cosines[part] if cosines is not None else vectors[part] @ self.vectors.T
            distances = shifts + (1 - np.asarray(near, dtype=np.float64))
            distances.sort(axis=1)
            nearest = distances[:, places] - _APART * np.arange(len(self.labels))[:, None]
            # A label with fewer messages than are asked has no others.
            nearest = np.where(there, nearest, np.inf)
            found[part] = np.log(np.exp(-nearest / WIDTH).sum(axis=2) + _FAR)
        return found

    def sharing(self, vectors: Vectors) -> NeighbourClassifier:
        """Return it with those vectors in place of its own if they are the same: they are then compared with once."""
        return replace(self, vectors=vectors) if np.array_equal(self.vectors, vectors) else self

    def problems(self, dimension: int | None = None) -> list[str]:
        """Return what makes it unfit to judge vectors of that length, nothing when it is sound."""
        found = []
        if (
            self.vectors.ndim != 2
            or not len(self.vectors)
            or self.vectors.shape[1] != (dimension or self.vectors.shape[1])
            or self.owners.shape != self.vectors.shape[:1]
            or not 0 <= int(self.owners.min()) <= int(self.owners.max()) < len(self.labels)
        ):
            found.append(f"the neighbours are {self.vectors.shape} and do not fit vectors of {dimension}")
        if not (np.isfinite(self.vectors).all() and np.isfinite(self.weight)):
            found.append("the neighbours hold what is no number")
        return found

    def save(self, path: Path, *, shared: bool = False) -> None:
        """Write it as npz; without its vectors where they are ``shared`` with another file."""
        save_arrays(
            path,
            labels=np.array(self.labels, dtype=np.str_),
            vectors=self.vectors[:0] if shared else self.vectors,
            owners=self.owners,
            weight=np.array(self.weight),
        )

    @classmethod
    def load(cls, path: Path, shared: Vectors | None = None) -> NeighbourClassifier:
        """Read it; ``shared`` vectors are its own where it was written without.

        Raises :class:`ReleaseError` when the file is missing or damaged.
        """
        arrays = load_arrays(path, "labels", "vectors", "owners", "weight")
        labels = tuple(str(label) for label in arrays["labels"])
        vectors = arrays["vectors"] if len(arrays["vectors"]) or shared is None else shared
        return cls(labels, vectors, arrays["owners"], float(arrays["weight"]))

    @cached_property
    def _layout(self) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
        """Return what sets labels apart, where the nearest of each are once sorted, and which of them there are."""
        counts = np.bincount(self.owners, minlength=len(self.labels))
        starts = counts.cumsum() - counts
        places = starts[:, None] + np.arange(NEAREST)
        there = np.arange(NEAREST) < counts[:, None]
        return np.float64(_APART) * self.owners.astype(np.float64), np.where(there, places, 0), there
