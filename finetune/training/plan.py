"""The plan of a training: which rows make which batch, for every epoch, from the seed alone.

Step ``i`` always has the same batch, so a training that was stopped goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["batches_of"]

_POOL = 32


def batches_of(lengths: Sequence[int], size: int, *, seed: int, epoch: int, pool: int = _POOL) -> list[list[int]]:
    """Return the rows of each batch of an epoch: drawn at random, but those of like length together.

    ``pool`` batches at a time are sorted by length and cut, so little is padded and the batches still differ every
    epoch; of 1, nothing is sorted but each batch. The last rows, fewer than ``size``, are a batch of their own.

    >>> batches_of([5, 90, 6, 91], 2, seed=0, epoch=0) in ([[0, 2], [1, 3]], [[1, 3], [0, 2]])
    True
    """
    draw = np.random.default_rng((seed, epoch))
    order = draw.permutation(len(lengths))
    sizes = np.asarray(lengths)
    made: list[list[int]] = []
    for start in range(0, len(order), size * pool):
        drawn = np.sort(order[start : start + size * pool])
        drawn = drawn[np.argsort(sizes[drawn], kind="stable")]
        made += [drawn[place : place + size].tolist() for place in range(0, len(drawn), size)]
    return [made[place] for place in draw.permutation(len(made))]
