"""Heads that only pre-training needs: which word is hidden, which turn follows, and a text from one vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

__all__ = ["Decoder", "Heads", "WordHead", "log_shares"]


# Of a tenth, a hundredth and one, this gives the least loss on text that was not counted.
_UNSEEN = 0.1


def log_shares(rows: Sequence[Sequence[int]], vocabulary: int) -> torch.Tensor:
    """Return the logarithm of each token's share of all, shape (vocabulary,); one never seen counts a tenth."""
    counts = np.full(vocabulary, _UNSEEN)
    for row in rows:
        np.add.at(counts, np.asarray(row, dtype=np.int64), 1)
    return torch.tensor(np.log(counts / counts.sum()), dtype=torch.float32)


class WordHead(torch.nn.Module):
    """Says which token belongs to a state; its matrix is that of the network's word embeddings (Press and Wolf 2017).

    The transform starts as no change, ``bias`` (vocabulary,) as how common each token is, and the matrix weighs little
    at first: so a head that was never trained begins by guessing common words, not by wrecking the network.
    """

    def __init__(self, dimension: int, bias: torch.Tensor) -> None:
        super().__init__()
        self.dense = torch.nn.Linear(dimension, dimension)
        torch.nn.init.normal_(self.dense.weight, std=0.02)
        torch.nn.init.zeros_(self.dense.bias)
        self.norm = torch.nn.LayerNorm(dimension)
        torch.nn.init.constant_(self.norm.weight, 0.2)
        self.bias = torch.nn.Parameter(bias.clone())

    def forward(self, states: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
        """Return logits (n, vocabulary) of states (n, dimension), by the embeddings (vocabulary, dimension)."""
        changed = self.norm(states + functional.gelu(self.dense(states)))
        return functional.linear(changed, embeddings, self.bias)


class Heads(torch.nn.Module):
    """What masked language modelling and next-sentence prediction have beside the network (Devlin et al. 2019)."""

    def __init__(self, dimension: int, bias: torch.Tensor) -> None:
        super().__init__()
        self.words = WordHead(dimension, bias)
        self.pooler = torch.nn.Linear(dimension, dimension)
        self.follows = torch.nn.Linear(dimension, 2)
        for layer in (self.pooler, self.follows):
            torch.nn.init.normal_(layer.weight, std=0.02)
            torch.nn.init.zeros_(layer.bias)

    def next_turn(self, first: torch.Tensor) -> torch.Tensor:
        """Return logits (n, 2) of whether the second text follows the first, from the state of the first token."""
        return self.follows(torch.tanh(self.pooler(first)))  # type: ignore[no-any-return]


class Decoder(torch.nn.Module):
    """Writes a text from its one vector (Wang et al. 2021, TSDAE): a layer that sees the vector and what it wrote.

    Word and position embeddings are the network's own.
    """

    def __init__(self, network: Any, bias: torch.Tensor) -> None:
        super().__init__()
        config, dimension = network.bert.config, network.dimension
        self.given = torch.nn.Linear(dimension, dimension)
        self.norm = torch.nn.LayerNorm(dimension)
        self.layer = torch.nn.TransformerDecoderLayer(
            dimension,
            config.num_attention_heads,
            4 * dimension,
            dropout=0.1,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.words = WordHead(dimension, bias)

    def forward(self, network: Any, vectors: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """Return, for each place of ids (n, tokens), logits of the token that comes next: (n, tokens, vocabulary)."""
        embeddings, width = network.bert.embeddings, ids.shape[1]
        places = torch.arange(width, device=ids.device)
        written = self.norm(embeddings.word_embeddings(ids) + embeddings.position_embeddings(places))
        unseen = torch.triu(torch.ones(width, width, dtype=torch.bool, device=ids.device), diagonal=1)
        # A unit vector is short beside states that a norm has passed.
        memory = self.given(vectors * vectors.shape[1] ** 0.5).unsqueeze(1)
        states = self.layer(written, memory, tgt_mask=unseen)
        return self.words(states, embeddings.word_embeddings.weight)  # type: ignore[no-any-return]
