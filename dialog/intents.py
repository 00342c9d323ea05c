"""What a trained desk knows of a vector: which intent it has, and whether it is anything the desk knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.arrays import load_arrays, save_arrays
from replydesk.retrieval.calibration import logistic
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["AROUND", "Familiarity", "IntentHead"]

Floats = NDArray[np.float64]

AROUND: Final = 10
"""So many neighbours of a message say how dense it is around it."""

_AT_ONCE = 2048
# The fields of a familiarity that releases have had from the first.
_FIRST = 8


@dataclass(frozen=True, eq=False)
class IntentHead:
    """A linear classifier on the encoder's vectors whose softmax is calibrated by one temperature.

    ``weights`` has shape (labels, dimension), ``bias`` (labels,). Temperature scaling: Guo et al. 2017, section 4.2.
    """

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    temperature: float = 1.0

    def logits(self, vectors: Vectors) -> Floats:
        """Return uncalibrated logits, shape (n, labels)."""
        return np.asarray(vectors, dtype=np.float64) @ self.weights.T + self.bias

    def probabilities(self, vectors: Vectors) -> Floats:
        """Return calibrated probabilities, shape (n, labels), each row summing to 1."""
        logits = self.logits(vectors) / self.temperature
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def problems(self, dimension: int | None = None) -> list[str]:
        """Return what makes it unfit to read vectors of that length, nothing when it is sound."""
        count, size = len(self.labels), self.weights.shape[-1] if self.weights.ndim == 2 else 0
        found = []
        if self.weights.shape != (count, dimension or size) or self.bias.shape != (count,):
            found.append(f"the intent head is {self.weights.shape} for {count} intents and vectors of {dimension}")
        if len(set(self.labels)) != count or count < 2:
            found.append("the intent head has fewer than two intents, or one twice")
        if not (np.isfinite(self.weights).all() and np.isfinite(self.bias).all() and 0 < self.temperature < np.inf):
            found.append("the intent head holds what is no number")
        return found

    def save(self, path: Path) -> None:
        """Write the head as npz."""
        labels = np.array(self.labels, dtype=np.str_)
        save_arrays(path, labels=labels, weights=self.weights, bias=self.bias, temperature=np.array(self.temperature))

    @classmethod
    def load(cls, path: Path) -> IntentHead:
        """Read a head. Raises :class:`ReleaseError` when the file is missing or damaged."""
        arrays = load_arrays(path, "labels", "weights", "bias", "temperature")
        labels = tuple(str(label) for label in arrays["labels"])
        return cls(labels, arrays["weights"], arrays["bias"], float(arrays["temperature"]))


def _nothing() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Tells messages that the desk has seen the like of from those it has not, by a sum of z-scores.

    The scores, each higher for the unfamiliar: 1 - highest intent probability; minus the mean cosine to the
    ``neighbours`` nearest known vectors; Mahalanobis distance to the nearest intent's mean under a shared covariance
    (Lee et al. 2018, equation 2), kept as a ``whitening`` matrix (dimension, dimension) and whitened ``means``
    (intents, dimension). Where there are ``centroids`` (intents, dimension), four more: the least distance to one as a
    share of its radius in ``radii`` (intents,) (Zhang et al. 2021, whose boundary loss has its least value at the
    median distance); minus the cosine to the nearest; minus the mean cosine to the nearest known vectors of that
    intent, which ``owners`` (known,) tell; and how much denser than here it is around the ten nearest known vectors,
    by their ``density`` (known,) (a local outlier factor, Breunig et al. 2000, of cosines).

    ``centre`` and ``spread`` (scores,) normalise them, a score that counts less with a wider spread; ``slope`` and
    ``offset`` turn the sum into a probability. Without intents the first score is constant and the only mean is that
    of all vectors.
    """

    known: Vectors
    whitening: Floats
    means: Floats
    centre: Floats
    spread: Floats
    slope: float = 1.0
    offset: float = 0.0
    neighbours: int = 5
    centroids: Floats = field(default_factory=_nothing)
    radii: Floats = field(default_factory=_nothing)
    owners: NDArray[np.int_] = field(default_factory=lambda: np.zeros(0, dtype=int))
    density: Floats = field(default_factory=_nothing)

    def scores(
        self,
        vectors: Vectors,
        highest: Floats,
        own: NDArray[np.int_] | None = None,
        cosines: Vectors | None = None,
    ) -> Floats:
        """Return the raw scores, shape (n, scores); ``highest`` is the highest intent probability, shape (n,).

        ``own`` (n,) says which of the known vectors a vector is itself, -1 for none: it is then no neighbour.
        ``cosines`` to the known vectors, shape (n, known), are found where they are not given.
        """
        white = np.asarray(vectors, dtype=np.float64) @ self.whitening
        columns: list[Any] = [
            1 - np.asarray(highest, dtype=np.float64),
            None,
            _distances(white, self.means, self._lengths[0]).min(axis=1),
        ]
        places = np.zeros(len(vectors), dtype=int)
        if len(self.centroids):
            distances = _distances(np.asarray(vectors, dtype=np.float64), self.centroids, self._lengths[1])
            towards = vectors @ self._directions.T
            places = distances.argmin(axis=1)
            columns += [(distances / self.radii).min(axis=1), -np.asarray(towards.max(axis=1))]
        near = np.concatenate(
            [
                self._near(
                    vectors[rows],
                    places[rows],
                    None if own is None else own[rows],
                    None if cosines is None else cosines[rows],
                )
                for rows in (slice(start, start + _AT_ONCE) for start in range(0, max(1, len(vectors)), _AT_ONCE))
            ]
        )
        columns[1] = near[:, 0]
        return np.column_stack([*columns, *near[:, 1:].T])

    @cached_property
    def _lengths(self) -> tuple[Floats, Floats]:
        """Return the squared lengths of the means and of the centroids."""
        return (self.means**2).sum(axis=1), (self.centroids**2).sum(axis=-1)

    @cached_property
    def _directions(self) -> Floats:
        """Return the centroids at length 1."""
        return np.asarray(self.centroids / np.linalg.norm(self.centroids, axis=1, keepdims=True))

    def _near(
        self, vectors: Vectors, places: NDArray[np.int_], own: NDArray[np.int_] | None, given: Vectors | None
    ) -> Floats:
        """Return the scores that ask known vectors, shape (n, 1) or (n, 3)."""
        cosines = np.array(vectors @ self.known.T if given is None else given, dtype=np.float64)
        if own is not None:
            rows = np.flatnonzero(own >= 0)
            cosines[rows, own[rows]] = -np.inf
        nearest = -_highest(cosines, self.neighbours)
        if not len(self.centroids):
            return nearest[:, None]
        mine = np.empty(len(vectors))
        for place in np.unique(places).tolist():
            asked = np.flatnonzero(places == place)
            mine[asked] = -_highest(cosines[np.ix_(asked, np.flatnonzero(self.owners == place))], self.neighbours)
        k = min(AROUND, cosines.shape[1])
        around = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        dense = self.density[around].mean(axis=1) - _highest(cosines, k)
        return np.column_stack([nearest, mine, dense])

    def sums(self, vectors: Vectors, highest: Floats, cosines: Vectors | None = None) -> Floats:
        """Return the sum of the z-normalised scores, shape (n,)."""
        return np.asarray(((self.scores(vectors, highest, cosines=cosines) - self.centre) / self.spread).sum(axis=1))

    def unfamiliar(
        self, vectors: Vectors, highest: Floats, cosines: Vectors | None = None, more: Floats | float = 0.0
    ) -> Floats:
        """Return the probability that each message is out of scope, shape (n,).

        ``more`` (n,) is what the scores on another encoder add to the sum.
        """
        sums = self.sums(vectors, highest, cosines) + more
        return logistic(self.slope * sums + self.offset)

    def problems(self, dimension: int | None = None) -> list[str]:
        """Return what makes it unfit to judge vectors of that length, nothing when it is sound."""
        size = self.known.shape[-1]
        found = []
        if (
            (dimension or size) != size
            or self.whitening.shape[0] != size
            or self.means.shape[-1] != self.whitening.shape[-1]
        ):
            found.append(f"the out-of-scope detector knows vectors of {size}, not of {dimension}")
        if len(self.centre) != (7 if len(self.centroids) else 3) or self.centre.shape != self.spread.shape:
            found.append(f"the out-of-scope detector has {len(self.centre)} scores")
        arrays = (
            *(self.known, self.whitening, self.means, self.centre, self.spread, [self.slope, self.offset]),
            *(self.centroids, self.radii, self.density),
        )
        if not all(np.isfinite(array).all() for array in arrays):
            found.append("the out-of-scope detector holds what is no number")
        return found

    def save(self, path: Path) -> None:
        """Write it as npz."""
        save_arrays(path, **{name: np.asarray(getattr(self, name)) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path: Path) -> Familiarity:
        """Read it, also one with three scores. Raises :class:`ReleaseError` when the file is missing or damaged."""
        names = list(cls.__dataclass_fields__)
        arrays = load_arrays(path, *names[:_FIRST], other=names[_FIRST:])
        arrays |= {"slope": float(arrays["slope"]), "offset": float(arrays["offset"])}
        return cls(**arrays | {"neighbours": int(arrays["neighbours"])})


def _distances(vectors: Floats, others: Floats, lengths: Floats) -> Floats:
    """Return the Euclidean distances, shape (n, others); ``lengths`` are the squared ones of the others."""
    squares = (vectors**2).sum(axis=1)[:, None] - 2 * vectors @ others.T + lengths
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def _highest(cosines: Floats, count: int) -> Floats:
    """Return the mean of the ``count`` highest of each row that are finite, -1 where none is."""
    if not cosines.shape[1]:
        return np.full(len(cosines), -1.0)
    k = min(count, cosines.shape[1])
    best = -np.partition(-cosines, k - 1, axis=1)[:, :k]
    there = np.isfinite(best)
    return np.asarray(
        np.where(there.any(axis=1), np.where(there, best, 0).sum(axis=1), -1) / np.maximum(there.sum(axis=1), 1)
    )
