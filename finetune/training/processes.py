"""Several processes that train one network together, under torchrun or accelerate: who this one is, what all agree on.

In a single process every function here gives back what it got.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import torch

__all__ = ["any_of", "from_first", "rank", "wait_for_all", "world"]


def world() -> int:
    """Return how many processes train together."""
    if _begun():
        return torch.distributed.get_world_size()
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Return the number of this process. The first, 0, is the one that writes and speaks."""
    if _begun():
        return torch.distributed.get_rank()
    return int(os.environ.get("RANK", "0"))


def from_first(value: float) -> float:
    """Return the value that the first process has, so that all decide alike."""
    if not _together():
        return value
    told = torch.tensor([value], dtype=torch.float64, device=_device())
    torch.distributed.broadcast(told, src=0)
    return float(told.item())


def any_of(flags: Sequence[bool]) -> list[bool]:
    """Return, for each flag, whether any process raised it."""
    if not _together():
        return list(flags)
    told = torch.tensor([int(flag) for flag in flags], device=_device())
    torch.distributed.all_reduce(told, op=torch.distributed.ReduceOp.MAX)
    return [bool(flag) for flag in told.tolist()]


def wait_for_all() -> None:
    """Wait until every process is here."""
    if _together():
        torch.distributed.barrier()


def _together() -> bool:
    return _begun() and world() > 1


def _begun() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _device() -> torch.device:
    # NCCL only carries what is on a graphics card.
    return torch.device("cuda" if torch.distributed.get_backend() == "nccl" else "cpu")
