"""The network that is trained: a BERT with pooling, from tokens to unit vectors, as the encoders serve it."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

__all__ = ["EncoderNetwork", "Tokens", "padded"]

Tokens = list[int]

_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")
_POOLING = Path("1_Pooling", "config.json")


class EncoderNetwork(torch.nn.Module):
    """A BERT whose token states are pooled (mean, or the first token) and normalised.

    A folder that :meth:`save` wrote is loaded by :class:`~replydesk.retrieval.encoders.bert.BertEncoder` and
    :class:`~replydesk.retrieval.encoders.runtime.OpenVinoEncoder` like any other, and has an id of its own there.

    ``adapter`` is the kind of the adapter that learns in it, ``added`` the names of its weights.
    """

    def __init__(self, bert: Any, tokenizer: Any, *, cls: bool, max_tokens: int, source: Path) -> None:
        super().__init__()
        self.bert = bert
        self.cls, self.max_tokens, self._source = cls, max_tokens, source
        self.adapter, self.added = "none", frozenset[str]()
        self._memory: dict[bytes, NDArray[np.float32]] | None = None
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.no_padding()

    @classmethod
    def of(cls, folder: Path, *, max_tokens: int = 64, dropout: float | None = None) -> EncoderNetwork:
        """Return the BERT of a folder, with what an adapter added to it.

        ``dropout`` replaces that of its configuration, in the layers and attention.
        """
        from tokenizers import Tokenizer
        from transformers import BertConfig, BertModel
        from transformers.utils import logging

        before = logging.get_verbosity()
        # It says at length that the pooler is left away.
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            config = BertConfig.from_pretrained(str(folder))
            if dropout is not None:
                config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
            bert: Any = BertModel.from_pretrained(
                str(folder), config=config, add_pooling_layer=False, dtype=torch.float32
            )
        finally:
            logging.set_verbosity(before)
        if getattr(config, "added_weights", None):
            from replydesk.retrieval.encoders.added import with_added

            bert = with_added(bert, folder)
        pooling = folder / _POOLING
        first = pooling.exists() and json.loads(pooling.read_text(encoding="utf-8")).get("pooling_mode_cls_token")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        most = min(max_tokens, config.max_position_embeddings - getattr(bert, "length", 0))
        return cls(bert, tokenizer, cls=bool(first), max_tokens=most, source=folder)

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self.bert.config.hidden_size)

    @property
    def padding(self) -> int:
        """Return the token that fills up short texts."""
        return int(self.bert.config.pad_token_id or 0)

    @property
    def tokenizer(self) -> Any:
        """Return the tokenizer of the tokenizers library; it cuts at ``max_tokens``."""
        return self._tokenizer

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the token ids of texts, with those that mark the ends, cut at ``max_tokens``."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def shorten(self, most: int) -> None:
        """Read no more than so many tokens of a text from now on."""
        self.max_tokens = min(self.max_tokens, most)
        self._tokenizer.enable_truncation(self.max_tokens)

    def remember(self, frozen: bool) -> None:
        """Compute the vector of every text once, without dropout; for a BERT that is frozen until told otherwise."""
        self._memory = (self._memory or {}) if frozen else None

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return unit vectors of shape (n, dimension) of tokens and mask, each (n, tokens)."""
        if self._memory is None:
            return self._computed(input_ids, attention_mask)
        rows = zip(input_ids.cpu().numpy(), attention_mask.cpu().numpy() > 0, strict=True)
        keys = [ids[kept].tobytes() for ids, kept in rows]
        fresh = [place for place, key in enumerate(keys) if key not in self._memory]
        if fresh:
            training = self.training
            self.eval()
            with torch.no_grad(), torch.autocast(input_ids.device.type, enabled=False):
                found = self._computed(input_ids[fresh], attention_mask[fresh]).cpu().numpy()
            self.train(training)
            self._memory.update((keys[place], row) for place, row in zip(fresh, found, strict=True))
        return torch.from_numpy(np.stack([self._memory[key] for key in keys])).to(input_ids.device)

    def _computed(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        # A prompt stands before the text and is no part of its vector.
        return self.pooled(states[:, -attention_mask.shape[1] :], attention_mask)

    def pooled(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return unit vectors (n, dimension) of the states of those tokens that the mask (n, tokens) has."""
        if self.cls:
            return functional.normalize(states[:, 0].float(), dim=1)
        weights = mask.unsqueeze(-1).to(states.dtype)
        return functional.normalize(((states * weights).sum(1) / weights.sum(1)).float(), dim=1)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], batch: int = 128) -> torch.Tensor:
        """Return the vectors of texts, shape (n, dimension), without dropout, texts of like length together."""
        training, rows = self.training, self.tokens(texts)
        device = next(self.parameters()).device
        out = torch.empty(len(rows), self.dimension)
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        self.eval()
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            ids, mask = padded([rows[i] for i in places], self.padding)
            out[places] = self(ids.to(device), mask.to(device)).cpu()
        self.train(training)
        return out

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), configuration, tokenizer and pooling, all that an encoder is loaded from.

        What an adapter learned is folded into the weights, or stands beside them where it cannot be.
        """
        from replydesk.finetune.training.adapters import folded
        from replydesk.retrieval.encoders.added import save_bert

        folder.mkdir(parents=True, exist_ok=True)
        save_bert(folded(copy.deepcopy(self.bert)) if self.added else self.bert, folder)
        for name in _TOKENIZER:
            if (self._source / name).exists():
                shutil.copyfile(self._source / name, folder / name)
        place = folder / _POOLING
        place.parent.mkdir(exist_ok=True)
        modes: Mapping[str, Any] = {
            "word_embedding_dimension": self.dimension,
            "pooling_mode_cls_token": self.cls,
            "pooling_mode_mean_tokens": not self.cls,
        }
        place.write_text(json.dumps(modes, indent=1), encoding="utf-8")


def padded(rows: Sequence[Tokens], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return tokens and mask, each of shape (n, longest), of rows that are filled up at their ends."""
    width = max(map(len, rows), default=1)
    ids = torch.full((len(rows), width), padding, dtype=torch.int64)
    mask = torch.zeros((len(rows), width), dtype=torch.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask
