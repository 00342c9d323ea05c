"""Vectors from texts alone: SimCSE and TSDAE, which need no pair and no label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from replydesk.data.errors import TrainingError
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.heads import Decoder
from replydesk.finetune.pretraining.reading import ReadTexts
from replydesk.finetune.pretraining.words import Read
from replydesk.finetune.training.network import EncoderNetwork, padded
from replydesk.finetune.training.plan import batches_of
from replydesk.finetune.training.tasks import Batch, info_nce

__all__ = ["SimcseTask", "TsdaeTask", "shortened"]


class SimcseTask:
    """A text is nearer to itself under another dropout than to other texts (Gao et al. 2021, equation 4).

    Raises :class:`TrainingError` where the network has no dropout: both views would be the same.
    """

    def __init__(
        self, network: EncoderNetwork, corpus: Corpus, *, batch_size: int, seed: int = 0, temperature: float = 0.05
    ) -> None:
        if not network.bert.config.hidden_dropout_prob:
            hint = "Set pretrain.training.dropout = 0.1."
            raise TrainingError("SimCSE needs dropout, and the encoder has none.", where="pretrain", hint=hint)
        self.head: torch.nn.Module = torch.nn.Identity()
        self._rows = network.tokens(corpus.texts)
        self._padding, self._size, self._seed, self._temperature = network.padding, batch_size, seed, temperature

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch; one alone is left out, since there is no other to be further away."""
        made = batches_of([len(row) for row in self._rows], self._size, seed=self._seed, epoch=epoch)
        return [rows for rows in made if len(rows) > 1]

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return tokens and mask of every text, and all of them once more below."""
        ids, mask = padded([self._rows[row] for row in rows] * 2, self._padding)
        return {"input_ids": ids, "attention_mask": mask}

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return InfoNCE between the two views."""
        one, other = network(batch["input_ids"], batch["attention_mask"]).chunk(2)
        return info_nce(one, other, torch.arange(len(one), device=one.device), self._temperature)


class TsdaeTask:
    """A text is written again from the one vector of what is left of it when most words are left out.

    (Wang et al. 2021, section 3; a ``deletion`` of .6 was best there.)
    """

    def __init__(
        self,
        network: EncoderNetwork,
        corpus: Corpus,
        *,
        batch_size: int,
        seed: int = 0,
        deletion: float = 0.6,
        head: Decoder | None = None,
    ) -> None:
        opened = ReadTexts.of(network, corpus.texts)
        self._first, self._last = opened.first, opened.last
        self._read = [read for read in opened.texts if len(read)]
        self._padding, self._size, self._seed, self._deletion = network.padding, batch_size, seed, deletion
        self.head: Decoder = head if head is not None else Decoder(network, opened.shares)

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch of an epoch."""
        return batches_of([len(read) for read in self._read], self._size, seed=self._seed, epoch=epoch)

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return tokens and mask of what is left of the texts, and the tokens of the whole."""
        left = [
            shortened(self._read[row], self._deletion, np.random.default_rng((self._seed, epoch, row))) for row in rows
        ]
        ids, mask = padded([[self._first, *tokens, self._last] for tokens in left], self._padding)
        whole, there = padded([[self._first, *self._read[row].ids, self._last] for row in rows], self._padding)
        return {"input_ids": ids, "attention_mask": mask, "whole": whole, "there": there}

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return the cross-entropy of every token of the whole, given the vector and the tokens before it."""
        vectors = network(batch["input_ids"], batch["attention_mask"])
        logits = self.head(network, vectors, batch["whole"][:, :-1])
        asked = batch["there"][:, 1:] == 1
        return functional.cross_entropy(logits[asked].float(), batch["whole"][:, 1:][asked])


def shortened(read: Read, share: float, draw: np.random.Generator) -> list[int]:
    """Return the tokens of a text without a ``share`` of its words, drawn by chance; one word always stays."""
    groups = read.groups
    kept = draw.random(len(groups)) >= share
    if not kept.any():
        kept[int(draw.integers(len(groups)))] = True
    return [read.ids[place] for group, stays in zip(groups, kept, strict=True) if stays for place in group]
