"""A projection of finished vectors as something to train: it begins as the identity and learns in the one loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from replydesk.finetune.training.tasks import Batch, supervised_contrastive

__all__ = ["GroupTask", "ProjectionNetwork"]


class ProjectionNetwork(torch.nn.Module):
    """Vectors x of shape (n, dimension) become x + x A, of length 1, with A = 0 at first.

    Weight decay of A therefore pulls towards the identity. ``dropout`` leaves numbers of x out in training.
    """

    def __init__(self, dimension: int, dropout: float) -> None:
        super().__init__()
        self.away = torch.nn.Parameter(torch.zeros(dimension, dimension))
        self._dropout = dropout

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return unit vectors, shape (n, dimension)."""
        vectors = functional.dropout(vectors, self._dropout, self.training)
        return functional.normalize(vectors + vectors @ self.away, dim=1)

    def weights(self) -> NDArray[np.float32]:
        """Return I + A."""
        away = self.away.detach().cpu().numpy()
        return np.asarray(away + np.eye(len(away)), dtype=np.float32)


class GroupTask:
    """Vectors of several groups: those of one group are to stand together (supervised contrastive loss).

    A batch has about ``batch_size`` vectors, and groups are kept whole in it: where they are pairs, each meets its
    partner, and where they are the texts of a label, a batch is a draw of some of each. Groups of one are wrong answers
    for all others.
    """

    def __init__(
        self, vectors: NDArray[Any], groups: Sequence[int], *, batch_size: int, temperature: float, seed: int = 0
    ) -> None:
        self.head: torch.nn.Module = torch.nn.Identity()
        self._vectors = torch.tensor(np.asarray(vectors), dtype=torch.float32)
        self._groups = torch.tensor(list(groups))
        self._size, self._temperature, self._seed = batch_size, temperature, seed
        rows: dict[int, list[int]] = {}
        for row, group in enumerate(groups):
            rows.setdefault(int(group), []).append(row)
        self._members = list(rows.values())

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch of an epoch; what is left over joins the last of them."""
        draw = np.random.default_rng((self._seed, epoch))
        parts = [part for members in self._members for part in self._parts(draw.permutation(members).tolist())]
        rows = [row for place in draw.permutation(len(parts)).tolist() for row in parts[place]]
        count = max(1, len(rows) // self._size)
        return [rows[k * len(rows) // count : (k + 1) * len(rows) // count] for k in range(count)]

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return vectors and groups."""
        return {"vectors": self._vectors[list(rows)], "groups": self._groups[list(rows)]}

    def loss(self, network: Any, batch: Batch) -> torch.Tensor:
        """Return the supervised contrastive loss (Khosla et al. 2020)."""
        return supervised_contrastive(network(batch["vectors"]), batch["groups"], self._temperature)

    @staticmethod
    def _parts(members: list[int]) -> list[list[int]]:
        """Cut the rows of one group in twos and one of three, so that nobody of it is alone."""
        cuts = [members[start : start + 2] for start in range(0, len(members), 2)]
        if len(cuts) > 1 and len(cuts[-1]) == 1:
            last = cuts.pop()
            cuts[-1] += last
        return cuts
