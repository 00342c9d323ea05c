"""Gradient caching: a contrastive batch of any size, in the memory of a few texts."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

__all__ = ["in_chunks"]


def in_chunks(network: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor, size: int) -> torch.Tensor:
    """Return the vectors of tokens and mask, each (n, tokens), computed ``size`` texts at a time.

    The activations of a chunk are thrown away and computed again when its gradient is wanted, with the same dropout
    (Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, algorithm 1). So the
    gradient is that of the whole batch, which takes a third more time and the memory of one chunk. Texts of like length
    share a chunk, which is cut to the longest of them. With a ``size`` of 0, or of all texts, nothing is cut.
    """
    if not 0 < size < len(input_ids):
        return network(input_ids, attention_mask)  # type: ignore[no-any-return]
    lengths = attention_mask.sum(1)
    order = torch.argsort(lengths, stable=True)
    parts = []
    for rows in torch.split(order, size):
        width = int(lengths[rows].max())
        ids, mask = input_ids[rows, :width], attention_mask[rows, :width]
        if torch.is_grad_enabled():
            parts.append(checkpoint(network, ids, mask, use_reentrant=False))
        else:
            parts.append(network(ids, mask))
    return torch.cat(parts)[torch.argsort(order)]
