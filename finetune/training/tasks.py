"""What a network may learn: a task has examples, makes batches of them, and says how wrong the network is on one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from replydesk.finetune.training.chunks import in_chunks
from replydesk.finetune.training.network import EncoderNetwork, padded
from replydesk.finetune.training.plan import batches_of

__all__ = ["IntentTask", "MatchTask", "Noise", "Task", "info_nce", "supervised_contrastive"]

Batch = dict[str, Any]
_MINED_EVERY = 2
Noise = Callable[[str, int], str]
"""Gives a text as a hurried person might have written it; the same for the same number."""


class Task(Protocol):
    """One thing to learn."""

    @property
    def head(self) -> torch.nn.Module:
        """Return the parameters that only this task has."""

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch of an epoch."""

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return the tensors that :meth:`loss` wants."""

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return how wrong the network is, a number to be made small."""


class IntentTask:
    """Texts with one label each: cross-entropy of a linear head on the unit vectors, and what may help it.

    ``weights`` (labels, dimension) and ``bias`` (labels,) are where the head starts: what logistic regression finds on
    the vectors before training (Kumar et al. 2022: a probe first, so that a random head does not wreck the features).
    ``margin`` subtracts from the right label's cosine (Wang et al. 2018, CosFace) and makes the head one of cosines.
    ``noise`` adds a second view of every text; without it the second view is the same text under other dropout, made
    where ``contrastive`` (Khosla et al. 2020) or ``consistency`` (R-Drop, Liang et al. 2021, equation 4) weigh
    anything.
    """

    def __init__(
        self,
        network: EncoderNetwork,
        texts: Sequence[str],
        targets: Sequence[int],
        weights: NDArray[Any],
        bias: NDArray[Any],
        *,
        batch_size: int,
        seed: int = 0,
        smoothing: float = 0.0,
        margin: float = 0.0,
        contrastive: float = 0.0,
        temperature: float = 0.1,
        consistency: float = 0.0,
        noise: Noise | None = None,
    ) -> None:
        self.head = _Linear(weights, bias, margin)
        self._texts, self._noise = list(texts), noise
        self._rows = network.tokens(self._texts)
        self._targets = torch.tensor(list(targets), dtype=torch.int64)
        self._network_tokens, self._padding = network.tokens, network.padding
        self._size, self._seed = batch_size, seed
        self._smoothing, self._contrastive, self._temperature = smoothing, contrastive, temperature
        self._consistency = consistency
        self._twice = noise is not None or contrastive > 0 or consistency > 0

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch of an epoch."""
        return batches_of([len(row) for row in self._rows], self._size, seed=self._seed, epoch=epoch)

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return tokens and mask, second views below the first, and the targets of the first."""
        tokens = [self._rows[row] for row in rows]
        if self._twice:
            noise, step = self._noise, self._seed + 1000 * epoch
            other = [self._texts[row] for row in rows]
            if noise is not None:
                other = [noise(text, step + 1_000_003 * row) for text, row in zip(other, rows, strict=True)]
            tokens = tokens + self._network_tokens(other)
        ids, mask = padded(tokens, self._padding)
        return {"input_ids": ids, "attention_mask": mask, "targets": self._targets[list(rows)]}

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return cross-entropy of all views, plus what the contrast and the disagreement of views weigh."""
        vectors = network(batch["input_ids"], batch["attention_mask"])
        targets = batch["targets"]
        views = len(vectors) // len(targets)
        logits = self.head(vectors, targets.repeat(views))
        loss = functional.cross_entropy(logits, targets.repeat(views), label_smoothing=self._smoothing)
        if self._contrastive:
            loss = loss + self._contrastive * supervised_contrastive(vectors, targets.repeat(views), self._temperature)
        if self._consistency and views > 1:
            one, other = (functional.log_softmax(half, dim=1) for half in logits.chunk(2))
            apart = functional.kl_div(one, other, log_target=True, reduction="batchmean")
            apart = apart + functional.kl_div(other, one, log_target=True, reduction="batchmean")
            loss = loss + self._consistency * apart / 2
        return loss

    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the head as weights (labels, dimension) and bias (labels,) of a linear classifier on unit vectors."""
        return self.head.linear()


class MatchTask:
    """Pairs of texts that belong together: each is to stand nearer to its own partner than to those of others.

    The loss is ``weight`` times InfoNCE in both directions at a ``temperature``. ``groups`` name what an answer says:
    partners of the same group are no wrong answers for each other. ``hard`` are, for each pair, texts that look right
    and are not; one of them joins the wrong answers each epoch. ``mine`` finds them anew with the network as it is,
    before the first epoch and every second one after. One encoder reads both sides. With ``chunk`` so many texts are
    computed at a time (:func:`~replydesk.finetune.training.chunks.in_chunks`).
    """

    def __init__(
        self,
        network: EncoderNetwork,
        pairs: Sequence[tuple[str, str]],
        *,
        batch_size: int,
        seed: int = 0,
        temperature: float = 0.05,
        weight: float = 1.0,
        groups: Sequence[int] | None = None,
        hard: Sequence[Sequence[str]] | None = None,
        mine: Callable[[EncoderNetwork], Sequence[Sequence[str]]] | None = None,
        chunk: int = 0,
    ) -> None:
        self.head: torch.nn.Module = torch.nn.Identity()
        self._asked = network.tokens([one for one, _ in pairs])
        self._said = network.tokens([other for _, other in pairs])
        self._groups = list(groups) if groups is not None else list(range(len(pairs)))
        self._known = {other: group for (_, other), group in zip(pairs, self._groups, strict=True)}
        self._network, self._mine, self._mined = network, mine, -1
        self._set_hard(hard or [])
        self._padding, self._size, self._seed = network.padding, batch_size, seed
        self._temperature, self._weight, self._chunk = temperature, weight, chunk

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch, drawn at random; one alone is left out, since a wrong answer is another's.

        They are not sorted by length: who meets whom is what is learned from, and would hardly change.
        """
        if self._mine is not None and epoch % _MINED_EVERY == 0 and self._mined != epoch:
            self._mined = epoch
            self._set_hard(self._mine(self._network))
        made = batches_of([0] * len(self._asked), self._size, seed=self._seed, epoch=epoch)
        return [rows for rows in made if len(rows) > 1]

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return tokens and mask of the questions, and of their answers with one hard wrong one for each below them."""
        wrong = [row for row in rows if self._hard and self._hard[row]]
        chosen = [self._hard[row][epoch % len(self._hard[row])] for row in wrong]
        whose = [self._hard_groups[row][epoch % len(self._hard[row])] for row in wrong]
        asked, asked_mask = padded([self._asked[row] for row in rows], self._padding)
        said, said_mask = padded([*(self._said[row] for row in rows), *chosen], self._padding)
        groups = torch.tensor([*(self._groups[row] for row in rows), *whose])
        return {
            "asked": asked, "asked_mask": asked_mask, "said": said, "said_mask": said_mask, "groups": groups,
        }  # fmt: skip

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return the weighed InfoNCE of the batch."""
        asked = in_chunks(network, batch["asked"], batch["asked_mask"], self._chunk)
        said = in_chunks(network, batch["said"], batch["said_mask"], self._chunk)
        return self._weight * info_nce(asked, said, batch["groups"], self._temperature)

    def _set_hard(self, hard: Sequence[Sequence[str]]) -> None:
        self._hard = [self._network.tokens(texts) if texts else [] for texts in hard]
        # A hard wrong answer may be the right one of another question of the batch; -1 is nobody's.
        self._hard_groups = [[self._known.get(text, -1) for text in texts] for texts in hard]


def info_nce(asked: torch.Tensor, said: torch.Tensor, groups: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return InfoNCE (van den Oord et al. 2018, equation 4) of unit vectors, in both directions.

    ``asked`` has shape (n, d); ``said`` (n + wrong, d), of which row i belongs to question i. Of those of the same
    group, (n + wrong,), only the own one counts; the others are neither right nor wrong.
    """
    count = len(asked)
    logits = asked @ said.T / temperature
    own = torch.arange(count, device=asked.device)
    same = groups[:count, None] == groups[None, :]
    same[own, own] = False
    logits = logits.masked_fill(same, -1e4)
    forward = functional.cross_entropy(logits, own)
    return (forward + functional.cross_entropy(logits[:, :count].T, own)) / 2


def supervised_contrastive(vectors: torch.Tensor, targets: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return the supervised contrastive loss (Khosla et al. 2020, equation 2) of unit vectors, shape (n, d).

    Rows without another of their label count nothing.
    """
    logits = vectors @ vectors.T / temperature
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    same = (targets[:, None] == targets[None, :]) & ~itself
    log_chance = logits - torch.logsumexp(logits.masked_fill(itself, -torch.inf), dim=1, keepdim=True)
    counts = same.sum(1)
    found = -(log_chance * same).sum(1) / counts.clamp(min=1)
    return found[counts > 0].mean() if bool((counts > 0).any()) else vectors.sum() * 0.0


class _Linear(torch.nn.Module):
    """A linear head on unit vectors; with a margin, one of scaled cosines."""

    def __init__(self, weights: NDArray[Any], bias: NDArray[Any], margin: float) -> None:
        super().__init__()
        start = torch.tensor(np.asarray(weights), dtype=torch.float32)
        self.margin = margin
        self.scale = float(start.norm(dim=1).mean())
        self.weight = torch.nn.Parameter(start)
        self.bias = torch.nn.Parameter(torch.tensor(np.asarray(bias), dtype=torch.float32))

    def forward(self, vectors: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return logits (n, labels); in training the right one is lowered by the margin."""
        if not self.margin:
            return functional.linear(vectors, self.weight, self.bias)
        cosines = functional.linear(vectors, functional.normalize(self.weight, dim=1))
        if self.training:
            cosines = cosines - self.margin * functional.one_hot(targets, cosines.shape[1])
        return self.scale * cosines

    def linear(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the weights and the bias that it amounts to."""
        weights = self.weight.detach().cpu()
        if self.margin:
            weights = self.scale * functional.normalize(weights, dim=1)
        bias = torch.zeros(len(weights)) if self.margin else self.bias.detach().cpu()
        return weights.double().numpy(), bias.double().numpy()
