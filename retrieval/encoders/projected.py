"""A projection on top of any encoder: one trained matrix, which brings closer what a desk says belongs together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.retrieval.encoders.encoder import Encoder, Vectors

__all__ = ["ProjectedEncoder", "projected"]

_CARD, _WEIGHTS = "projection.json", "projection.safetensors"
_HINT = f"Name a folder with {_CARD} and {_WEIGHTS}, beside the encoder that it was trained on."


class ProjectedEncoder:
    """An encoder whose unit vectors x become x W, of length 1 again.

    ``weights`` (dimension, dimension of the result) stand in float32. The ``id`` is that of the encoder with the
    fingerprint of the weights, so no vector from before is compared with one from after. A text still takes one pass.
    """

    def __init__(self, encoder: Encoder, weights: NDArray[Any]) -> None:
        self.inner, self.weights = encoder, np.ascontiguousarray(weights, dtype=np.float32)
        self.dimension = int(self.weights.shape[1])
        digest = hashlib.blake2b(self.weights.tobytes(), digest_size=6).hexdigest()
        self.id = f"{encoder.id}-projected-{digest}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (len(texts), dimension)."""
        return projected(self.inner.encode(texts), self.weights)

    def save(self, folder: Path) -> None:
        """Write the weights (safetensors) and a card with the ids; the encoder below stands elsewhere."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        save_file({"weights": self.weights}, folder / _WEIGHTS)
        card = {"id": self.id, "base": self.inner.id}
        (folder / _CARD).write_text(json.dumps(card, indent=1, sort_keys=True), encoding="utf-8")

    @staticmethod
    def stands_in(folder: Path) -> bool:
        """Return whether there is a projection in a folder."""
        return (folder / _CARD).exists()

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> ProjectedEncoder:
        """Return the projection in a folder, on the encoder that it was trained on.

        Raises :class:`ModelError` where it is damaged, has numbers that are none, or was trained on another encoder.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
            key, base = str(card["id"]), str(card["base"])
            weights = load_file(folder / _WEIGHTS)["weights"]
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(f"The projection cannot be read: {error}", where=str(folder), hint=_HINT) from error
        if base != encoder.id:
            message = f"The projection was trained on {base}, and this is {encoder.id}."
            raise ModelError(message, where=str(folder), hint="Train another one, or go back to that encoder.")
        if weights.ndim != 2 or weights.shape[0] != encoder.dimension or not np.isfinite(weights).all():
            raise ModelError("The weights of the projection are no matrix.", where=str(folder), hint=_HINT)
        found = cls(encoder, weights)
        if found.id != key:
            raise ModelError("The weights of the projection are not those of its card.", where=str(folder), hint=_HINT)
        return found


def projected(vectors: Vectors, weights: NDArray[np.float32]) -> Vectors:
    """Return vectors (n, dimension) times weights (dimension, result), of length 1."""
    rows = np.asarray(vectors, dtype=np.float32) @ weights
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)
