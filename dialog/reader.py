"""Reading intents: a linear head, and beside it, where they help, words, known messages and a second encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.second import SecondReader
from replydesk.dialog.words import WordClassifier
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["IntentReader"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class IntentReader:
    """Up to four opinions of a message's intent, whose weighted sum is calibrated.

    The head weighs 1 / temperature, the others their own ``weight``; with the head alone this is temperature scaling.
    The labels are those of the head.
    """

    head: IntentHead
    words: WordClassifier | None = None
    neighbours: NeighbourClassifier | None = None
    second: SecondReader | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels, in the order of the probabilities."""
        return self.head.labels

    @property
    def weights(self) -> dict[str, float]:
        """Return what each opinion weighs, by name."""
        found = {"head": 1 / self.head.temperature}
        found |= {"words": self.words.weight} if self.words is not None else {}
        found |= {"neighbours": self.neighbours.weight} if self.neighbours is not None else {}
        return found | ({"second": self.second.weight} if self.second is not None else {})

    def probabilities(self, texts: Sequence[str], vectors: Vectors, cosines: Vectors | None = None) -> Floats:
        """Return calibrated probabilities of messages, shape (n, labels), each row summing to 1.

        ``vectors`` (n, dimension) are those of the texts, after the speller where there is one. ``cosines`` to the
        vectors of the neighbours, shape (n, known), are found where they are not given.
        """
        if self.words is None and self.neighbours is None and self.second is None:
            return self.head.probabilities(vectors)
        logits = self.head.logits(vectors) / self.head.temperature
        if self.words is not None:
            self._add(logits, self.words.labels, self.words.weight * self.words.logits(texts))
        if self.neighbours is not None:
            said = self.neighbours.logits(vectors, cosines)
            self._add(logits, self.neighbours.labels, self.neighbours.weight * said)
        if self.second is not None:
            self._add(logits, self.second.labels, self.second.logits(texts))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def problems(self, dimension: int | None = None) -> list[str]:
        """Return what makes it unfit to read vectors of that length, nothing when it is sound."""
        found = self.head.problems(dimension)
        others: list[WordClassifier | NeighbourClassifier | SecondReader] = []
        if self.words is not None:
            found += self.words.problems()
            others.append(self.words)
        if self.neighbours is not None:
            found += self.neighbours.problems(dimension or self.head.weights.shape[-1])
            others.append(self.neighbours)
        if self.second is not None:
            found += self.second.problems()
            others.append(self.second)
        if not all({*other.labels} <= {*self.labels} for other in others):
            found.append("a second opinion knows intents that the intent head does not")
        return found

    def _add(self, logits: Floats, labels: tuple[str, ...], said: Floats) -> None:
        """Add to logits (n, labels) what is said of some labels; that of the others together stays as likely."""
        if labels == self.labels:
            logits += said
            return
        places = [self.labels.index(label) for label in labels]
        others = np.setdiff1d(np.arange(len(self.labels)), places)
        before = _log_sum(logits[:, places])
        logits[:, places] += said
        logits[:, others] += (_log_sum(logits[:, places]) - before)[:, None]


def _log_sum(logits: Floats) -> Floats:
    highest = logits.max(axis=1)
    return np.asarray(highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1)))
