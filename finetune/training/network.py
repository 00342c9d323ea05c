"""The network that is trained: a BERT with pooling, from tokens to unit vectors, as the encoders serve it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

__all__ = ["EncoderNetwork", "Tokens", "padded"]

Tokens = list[int]

_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")
_POOLING = Path("1_Pooling", "config.json")


class EncoderNetwork(torch.nn.Module):
    """A BERT whose token states are pooled (mean, or the first token) and normalised.

    A folder that :meth:`save` wrote is loaded by :class:`~replydesk.retrieval.encoders.encoder.BertEncoder` and
    :class:`~replydesk.retrieval.encoders.runtime.OpenVinoEncoder` like any other, and has an id of its own there.
    """

    def __init__(self, bert: Any, tokenizer: Any, *, cls: bool, max_tokens: int, source: Path) -> None:
        super().__init__()
        self.bert = bert
        self.cls, self.max_tokens, self._source = cls, max_tokens, source
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.no_padding()

    @classmethod
    def of(cls, folder: Path, *, max_tokens: int = 64, dropout: float | None = None) -> EncoderNetwork:
        """Return the BERT of a folder. ``dropout`` replaces that of its configuration, in the layers and attention."""
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
            bert = BertModel.from_pretrained(str(folder), config=config, add_pooling_layer=False)
        finally:
            logging.set_verbosity(before)
        pooling = folder / _POOLING
        first = pooling.exists() and json.loads(pooling.read_text(encoding="utf-8")).get("pooling_mode_cls_token")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        most = min(max_tokens, config.max_position_embeddings)
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

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return unit vectors of shape (n, dimension) of tokens and mask, each (n, tokens)."""
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        if self.cls:
            return functional.normalize(states[:, 0].float(), dim=1)
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
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
        """Write weights (safetensors), configuration, tokenizer and pooling, all that an encoder is loaded from."""
        folder.mkdir(parents=True, exist_ok=True)
        self.bert.save_pretrained(str(folder))
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
