"""Vectors of texts that were encoded lately, so that nothing is encoded twice in a row."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from replydesk.retrieval.encoders.encoder import Encoder, Vectors

__all__ = ["Memory", "RememberingEncoder"]


class Memory:
    """The vectors of the texts that were encoded last, by encoder and text; ``size`` of them for all encoders together.

    A vector of 384 numbers and its text take about two kilobytes.
    """

    def __init__(self, size: int = 20_000) -> None:
        self._size = size
        self._known: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, encoder: str, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are remembered, by text."""
        with self._lock:
            known = {text: self._known[encoder, text] for text in texts if (encoder, text) in self._known}
            for text in known:
                self._known.move_to_end((encoder, text))
            return known

    def keep(self, encoder: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Remember vectors and forget those that were used longest ago."""
        with self._lock:
            # A row alone, since a view would keep the whole batch.
            self._known.update(((encoder, text), vector.copy()) for text, vector in vectors.items())
            while len(self._known) > self._size:
                self._known.popitem(last=False)


class RememberingEncoder:
    """An encoder that asks its memory first, so that nothing is encoded twice in a row."""

    def __init__(self, encoder: Encoder, memory: Memory | None = None) -> None:
        self.inner, self._memory = encoder, memory or Memory()
        self.id, self.dimension = encoder.id, encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, computing those that are not remembered."""
        known = self._memory.recall(self.id, dict.fromkeys(texts))
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            found = dict(zip(fresh, self.inner.encode(fresh), strict=True))
            self._memory.keep(self.id, found)
            known |= found
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self.dimension), dtype=np.float32)
