"""A second encoder's opinion: which intent a message has by its vectors there, and how unlike the known it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ReleaseError
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.retrieval.encoders.encoder import Encoder

__all__ = ["SecondReader", "second_encoder"]

Floats = NDArray[np.float64]

_REMEMBERED = 1000
_HEAD, _FAMILIARITY = "second-head.npz", "second-familiarity.npz"


def second_encoder(threads: int = 0) -> Encoder:
    """Return the encoder that second opinions are learned on: the packaged one that reads many languages.

    It costs a desk that reads Chinese nothing, since it is loaded there, and a message 1 ms; remembered are few texts.
    """
    from replydesk.retrieval.encoders.joining import JoiningEncoder
    from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder
    from replydesk.retrieval.encoders.use import UseEncoder

    return RememberingEncoder(JoiningEncoder(UseEncoder(threads=threads)), Memory(_REMEMBERED))


@dataclass(frozen=True, eq=False, slots=True)
class SecondReader:
    """What was learned on the vectors of another ``encoder`` than the desk searches with.

    Two encoders slip on different messages, so both together are right more often, and know better what they do not
    know. The ``head`` weighs 1 / temperature. ``familiarity`` has scores of its own, but for the doubt about the
    intent, which the desk's first one has.
    """

    encoder: Encoder
    head: IntentHead
    familiarity: Familiarity | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels that it knows."""
        return self.head.labels

    @property
    def weight(self) -> float:
        """Return what it counts beside the desk's own head."""
        return 1 / self.head.temperature

    def weighing(self, weight: float) -> SecondReader:
        """Return it with another weight, above 0."""
        return replace(self, head=replace(self.head, temperature=1 / weight))

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return what it says of each label, weighed, shape (n, labels)."""
        return self.head.logits(self.encoder.encode(texts)) / self.head.temperature

    def sums(self, texts: Sequence[str]) -> Floats:
        """Return what it adds to the sum of the scores of the unfamiliar, shape (n,)."""
        if self.familiarity is None:
            return np.zeros(len(texts))
        return self.familiarity.sums(self.encoder.encode(texts), np.ones(len(texts)))

    def problems(self) -> list[str]:
        """Return what makes it unfit to serve, nothing when it is sound."""
        found = self.head.problems(self.encoder.dimension)
        found += self.familiarity.problems(self.encoder.dimension) if self.familiarity is not None else []
        return [f"of the second encoder {problem}" for problem in found]

    def document(self) -> dict[str, Any]:
        """Return what a card says of it."""
        return {"encoder": self.encoder.id, "familiarity": self.familiarity is not None}

    def save(self, folder: Path) -> None:
        """Write what was learned as npz; the encoder stands elsewhere."""
        self.head.save(folder / _HEAD)
        if self.familiarity is not None:
            self.familiarity.save(folder / _FAMILIARITY)

    @classmethod
    def load(cls, folder: Path, document: Mapping[str, Any], *, threads: int = 0) -> SecondReader:
        """Read what was learned on the encoder that the document names.

        Raises :class:`ReleaseError` when a file is missing or damaged, or the encoder is another one.
        """
        encoder = second_encoder(threads)
        if encoder.id != document["encoder"]:
            message = f"The second opinion was learned on {document['encoder']}, and this is {encoder.id}."
            raise ReleaseError(message, where=str(folder), hint="Train again, or install that version.")
        familiarity = Familiarity.load(folder / _FAMILIARITY) if document["familiarity"] else None
        return cls(encoder, IntentHead.load(folder / _HEAD), familiarity)
