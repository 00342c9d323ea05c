"""Exact bounds on a share that was counted: binomial tails and a bet that never ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["binomial_tail", "fewest", "stakes_won", "wealth"]

Floats = NDArray[np.float64]

# Shares of what may be staked; their mean is as safe as each.
_STAKES = np.array([0.05, 0.1, 0.2, 0.4, 0.8])


def binomial_tail(wrong: int, n: int, share: float) -> float:
    """Return the probability that at most ``wrong`` of ``n`` go wrong where each does with the probability ``share``.

    As a p-value it tests that the share is at least that: it is at most delta exactly where the Clopper-Pearson upper
    bound (1934) at 1 - delta is at most the share.
    """
    if not 0 <= wrong <= n:
        raise ValueError(f"{wrong} of {n} is no count")
    if wrong == n or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    # log of P(X = 0), then the ratio of each probability to the one before.
    steps = np.arange(1, wrong + 1, dtype=np.float64)
    ratios = np.log((n - steps + 1) / steps) + math.log(share) - math.log1p(-share)
    logs = n * math.log1p(-share) + np.concatenate([[0.0], np.cumsum(ratios)])
    most = float(logs.max())
    return min(1.0, math.exp(most) * float(np.exp(logs - most).sum()))


@lru_cache(maxsize=1024)
def fewest(max_wrong: float, delta: float, wrong: int = 0) -> int:
    """Return of how many answers ``wrong`` may be wrong so that at most the share ``max_wrong`` is, at 1 - ``delta``.

    It is the least n whose binomial tail is at most ``delta``; both shares are more than 0 and less than 1.
    """
    low, high = wrong, wrong + 1
    while binomial_tail(wrong, high, max_wrong) > delta:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if binomial_tail(wrong, middle, max_wrong) > delta else (low, middle)
    return high


def wealth(wrong: Sequence[bool] | ArrayLike, max_wrong: float) -> Floats:
    """Return what somebody owns, after each answer, who started with 1 and bets that more than ``max_wrong`` are wrong.

    A product of 1 + stake (w - max_wrong), w being 1 or 0, is a supermartingale where at most that share is wrong, and
    so is the mean over several stakes. Hence it ever reaches 1 / delta with a probability of at most delta, however
    often one looks (Ville 1939; Waudby-Smith and Ramdas 2024, section 4). ``max_wrong`` is more than 0 and less than 1.
    """
    return np.asarray(np.exp(np.minimum(_gains(wrong, max_wrong).cumsum(axis=1), 600.0)).mean(axis=0))


def stakes_won(wrong: Sequence[bool] | ArrayLike, max_wrong: float) -> Floats:
    """Return the logarithm of what each stake of :func:`wealth` has come to after all answers, shape (stakes,)."""
    return np.asarray(_gains(wrong, max_wrong).sum(axis=1))


def _gains(wrong: Sequence[bool] | ArrayLike, max_wrong: float) -> Floats:
    w = np.asarray(wrong, dtype=np.float64)
    return np.asarray(np.log1p((_STAKES / max_wrong)[:, None] * (w[None, :] - max_wrong)))
