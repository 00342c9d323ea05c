"""Choosing: a cross-encoder learns to tell the right candidate of a question from wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from replydesk.finetune.training.plan import batches_of
from replydesk.finetune.training.tasks import Batch

__all__ = ["ChoiceTask"]

_AT_ONCE = 32


class ChoiceTask:
    """Questions with as many candidates each, the right one first; a batch counts questions.

    The loss is the cross-entropy of choosing the right one (localized contrastive estimation, Gao et al. 2021).
    ``tokenizer`` writes a pair as :class:`~replydesk.retrieval.reranking.pair_model.PairModel` reads it.
    """

    def __init__(
        self,
        tokenizer: Any,
        choices: Sequence[tuple[str, Sequence[str]]],
        *,
        batch_size: int,
        padding: int = 0,
        seed: int = 0,
    ) -> None:
        # What is new beside the BERT belongs to the model itself.
        self.head: torch.nn.Module = torch.nn.Identity()
        self._count = len(choices[0][1]) if choices else 1
        read = tokenizer.encode_batch([(question, text) for question, texts in choices for text in texts])
        self._rows = [read[start : start + self._count] for start in range(0, len(read), self._count)]
        self._size, self._padding, self._seed = batch_size, padding, seed

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch of an epoch."""
        lengths = [max(len(pair.ids) for pair in row) for row in self._rows]
        return batches_of(lengths, self._size, seed=self._seed, epoch=epoch)

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return tokens, mask and types of all pairs of some questions, filled up to the longest of them."""
        pairs = [pair for row in rows for pair in self._rows[row]]
        width = max(len(pair.ids) for pair in pairs)
        ids = torch.full((len(pairs), width), self._padding, dtype=torch.int64)
        types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
        for number, pair in enumerate(pairs):
            length = len(pair.ids)
            ids[number, :length], types[number, :length] = torch.tensor(pair.ids), torch.tensor(pair.type_ids)
            mask[number, :length] = 1
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return the cross-entropy of the right candidates, the mean of the questions."""
        logits = network(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]).float()
        logits = logits.view(-1, self._count)
        return functional.cross_entropy(logits, logits.new_zeros(len(logits), dtype=torch.int64))

    @torch.inference_mode()
    def judged(self, network: Any) -> float:
        """Return the loss on all questions, without dropout."""
        training, device = network.training, next(network.parameters()).device
        network.eval()
        total = 0.0
        for start in range(0, len(self._rows), _AT_ONCE):
            rows = range(start, min(start + _AT_ONCE, len(self._rows)))
            batch = {name: tensor.to(device) for name, tensor in self.batch(rows, 0).items()}
            total += float(self.loss(network, batch)) * len(rows)
        network.train(training)
        return total / max(1, len(self._rows))
