"""What a trained desk knows of a vector: which intent it has, and whether it is anything the desk knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.arrays import load_arrays, save_arrays
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["Familiarity", "IntentHead"]

Floats = NDArray[np.float64]


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


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Tells messages that the desk has seen the like of from those it has not, by the sum of three z-scores.

    The scores, each higher for the unfamiliar: 1 - highest intent probability; minus the mean cosine to the
    ``neighbours`` nearest known vectors; Mahalanobis distance to the nearest intent's mean under a shared covariance
    (Lee et al. 2018, equation 2), kept as a ``whitening`` matrix (dimension, dimension) and whitened ``means``
    (intents, dimension). ``centre`` and ``spread`` (3,) normalise them; ``slope`` and ``offset`` turn the sum
    into a probability. Without intents the first score is constant and the only mean is that of all vectors.
    """

    known: Vectors
    whitening: Floats
    means: Floats
    centre: Floats
    spread: Floats
    slope: float = 1.0
    offset: float = 0.0
    neighbours: int = 5

    def scores(self, vectors: Vectors, highest: Floats, cosines: Vectors | None = None) -> Floats:
        """Return the three raw scores, shape (n, 3); ``highest`` is the highest intent probability, shape (n,).

        ``cosines`` to the known vectors, shape (n, known), are found where they are not given.
        """
        cosines = np.asarray(vectors @ self.known.T) if cosines is None else cosines
        k = min(self.neighbours, self.known.shape[0])
        nearest = -np.partition(-cosines, k - 1, axis=1)[:, :k].mean(axis=1)
        white = np.asarray(vectors, dtype=np.float64) @ self.whitening
        squares = (white**2).sum(axis=1)[:, None] - 2 * white @ self.means.T + (self.means**2).sum(axis=1)
        return np.stack([1 - highest, -nearest, np.sqrt(np.maximum(squares.min(axis=1), 0))], axis=1)

    def sums(self, vectors: Vectors, highest: Floats, cosines: Vectors | None = None) -> Floats:
        """Return the sum of the z-normalised scores, shape (n,)."""
        return np.asarray(((self.scores(vectors, highest, cosines) - self.centre) / self.spread).sum(axis=1))

    def unfamiliar(self, vectors: Vectors, highest: Floats, cosines: Vectors | None = None) -> Floats:
        """Return the probability that each message is out of scope, shape (n,)."""
        sums = self.sums(vectors, highest, cosines)
        return np.asarray(1 / (1 + np.exp(-np.clip(self.slope * sums + self.offset, -60, 60))))

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
        arrays = (self.known, self.whitening, self.means, self.centre, self.spread, [self.slope, self.offset])
        if not all(np.isfinite(array).all() for array in arrays):
            found.append("the out-of-scope detector holds what is no number")
        return found

    def save(self, path: Path) -> None:
        """Write it as npz."""
        save_arrays(path, **{name: np.asarray(getattr(self, name)) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path: Path) -> Familiarity:
        """Read it. Raises :class:`ReleaseError` when the file is missing or damaged."""
        arrays = load_arrays(path, *cls.__dataclass_fields__)
        arrays |= {"slope": float(arrays["slope"]), "offset": float(arrays["offset"])}
        return cls(**arrays | {"neighbours": int(arrays["neighbours"])})
