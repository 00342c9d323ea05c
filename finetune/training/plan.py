"""The plan of a training: which rows make which batch, for every epoch, from the seed alone.

Step ``i`` always has the same batch, so a training that was stopped goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["batches_of"]

_POOL = 32
_BLUR = 0.1


def batches_of(lengths: Sequence[int], size: int, *, seed: int, epoch: int) -> list[list[int]]:
    """Return the rows of each batch of an epoch: drawn at random, but those of like length together.

    32 batches at a time are sorted by length and cut, so little is padded. The lengths are blurred by a tenth and a
    token, so that even few rows meet others every epoch. The last rows, fewer than ``size``, are a batch of their own.

    >>> batches_of([5, 90, 6, 91], 2, seed=0, epoch=0) in ([[0, 2], [1, 3]], [[1, 3], [0, 2]])
    True
    """
    draw = np.random.default_rng((seed, epoch))
    order = draw.permutation(len(lengths))
    sizes = np.asarray(lengths) * draw.uniform(1, 1 + _BLUR, len(lengths)) + draw.uniform(0, 1, len(lengths))
    made: list[list[int]] = []
    for start in range(0, len(order), size * _POOL):
        pool = order[start : start + size * _POOL]
        pool = pool[np.argsort(sizes[pool])]
        made += [pool[place : place + size].tolist() for place in range(0, len(pool), size)]
    return [made[place] for place in draw.permutation(len(made))]
