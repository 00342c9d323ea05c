"""Several labels at once: each against the rest, calibrated together, a threshold for each; plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.arrays import load_arrays, save_arrays
from replydesk.dialog.words import WordClassifier
from replydesk.retrieval.calibration import logistic
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["SeveralHead", "SeveralReader"]

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class SeveralHead:
    """What opinions of every label together make of a message.

    ``slopes`` (parts,) and ``offset`` turn logits of all labels alike into probabilities (Platt 1999); a label is
    given from its threshold in ``thresholds`` (labels,) on.
    """

    labels: tuple[str, ...]
    slopes: Floats
    offset: float
    thresholds: Floats

    def probabilities(self, logits: Floats) -> Floats:
        """Return the probability of every label, shape (n, labels), of logits (parts, n, labels)."""
        sums = np.tensordot(self.slopes, logits, axes=1) + self.offset
        return logistic(sums)

    def given(self, logits: Floats) -> Marks:
        """Return which labels a message has, shape (n, labels); it may have none."""
        return np.asarray(self.probabilities(logits) >= self.thresholds)


@dataclass(frozen=True, eq=False, slots=True)
class SeveralReader:
    """A classifier of messages that have any number of labels, on unit vectors and, where they help, words.

    ``weights`` (labels, dimension) and ``bias`` (labels,) are one linear classifier a label. The opinions that ``head``
    weighs are these first, then the ``words``, which know the same labels in the same order.
    """

    head: SeveralHead
    weights: Floats
    bias: Floats
    words: WordClassifier | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels, in the order of the probabilities."""
        return self.head.labels

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """Return what each opinion says, shape (parts, n, labels)."""
        said = [np.asarray(vectors, dtype=np.float64) @ self.weights.T + self.bias]
        if self.words is not None:
            said.append(self.words.logits(texts))
        return np.stack(said)

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """Return the calibrated probability of every label, shape (n, labels); ``vectors`` are those of the texts."""
        return self.head.probabilities(self.logits(texts, vectors))

    def problems(self, dimension: int | None = None) -> list[str]:
        """Return what makes it unfit to read vectors of that length, nothing when it is sound."""
        count, size = len(self.labels), self.weights.shape[-1] if self.weights.ndim == 2 else 0
        head, found = self.head, []
        if self.weights.shape != (count, dimension or size) or self.bias.shape != (count,):
            found.append(f"it is {self.weights.shape} for {count} labels and vectors of {dimension}")
        if len(set(self.labels)) != count or count < 2:
            found.append("it has fewer than two labels, or one twice")
        if head.thresholds.shape != (count,) or head.slopes.shape != (1 + (self.words is not None),):
            found.append("its thresholds or slopes do not fit its labels and opinions")
        numbers = (self.weights, self.bias, head.slopes, [head.offset], head.thresholds)
        if not all(np.isfinite(array).all() for array in numbers):
            found.append("it holds what is no number")
        if self.words is not None:
            found += self.words.problems()
            if self.words.labels != self.labels:
                found.append("its words know other labels")
        return found

    def save(self, path: Path) -> None:
        """Write what reads vectors as npz; the words are written by themselves."""
        save_arrays(
            path,
            labels=np.array(self.labels, dtype=np.str_),
            weights=self.weights,
            bias=self.bias,
            slopes=self.head.slopes,
            offset=np.array(self.head.offset),
            thresholds=self.head.thresholds,
        )

    @classmethod
    def load(cls, path: Path, words: WordClassifier | None = None) -> SeveralReader:
        """Read it. Raises :class:`ReleaseError` when the file is missing or damaged."""
        arrays = load_arrays(path, "labels", "weights", "bias", "slopes", "offset", "thresholds")
        labels = tuple(str(label) for label in arrays["labels"])
        head = SeveralHead(labels, arrays["slopes"], float(arrays["offset"]), arrays["thresholds"])
        return cls(head, arrays["weights"], arrays["bias"], words)
