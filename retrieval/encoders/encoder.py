"""What an encoder is: text in, one vector a text out, and with some a vector for each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoder", "TokenEncoder", "TokenVectors", "Vectors", "tokens_of"]

Vectors = NDArray[np.float32]
"""One row a text, each of length 1, so that an inner product is a cosine."""


class Encoder(Protocol):
    """The one seam between text and vectors.

    ``id`` names the model and its weights: vectors of different ids are never compared.
    """

    @property
    def id(self) -> str:
        """Return the name and the fingerprint of the weights, fit for a folder name."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), rows in the order of the texts."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text, but for those that only mark its ends.

    ``vectors`` has shape (n, dimension), rows of length 1; ``spans`` are the characters where each token begins and up
    to which it goes, shape (n, 2).
    """

    vectors: Vectors
    spans: NDArray[np.int64]


@runtime_checkable
class TokenEncoder(Protocol):
    """An encoder that also tells what it makes of each token of a text, before that is pooled into one vector."""

    @property
    def id(self) -> str:
        """Return the name and the fingerprint of the weights."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the tokens of every text, as far as the encoder reads it."""


def tokens_of(states: NDArray[Any], spans: Sequence[Sequence[int]], special: Sequence[int]) -> TokenVectors:
    """Return the tokens of a text without the special ones, of states of shape (n or more, dimension)."""
    kept = np.flatnonzero(np.asarray(special) == 0)
    rows = states[kept].astype(np.float32)
    return TokenVectors(
        rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12),
        np.asarray(spans, dtype=np.int64).reshape(-1, 2)[kept],
    )
