"""Figures of a classifier: how often it is right, how sure that is, and whether its confidence can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINS", "calibration_error", "interval", "macro_f1"]

Floats = NDArray[np.float64]

BINS = 15
"""Bins of confidence that calibration is measured in."""


def interval(hits: NDArray[np.bool_]) -> list[float]:
    """Return the 95 % Wilson score interval of a share (Wilson 1927)."""
    n, p, z = len(hits), float(hits.mean()), 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return [max(0.0, middle - half), min(1.0, middle + half)]


def calibration_error(confidences: Floats, hits: NDArray[np.bool_], bins: int = BINS) -> float:
    """Return the expected calibration error with equal-width bins (Naeini et al. 2015)."""
    edges = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidences[edges == b].mean()) - float(hits[edges == b].mean())) * float((edges == b).mean())
        for b in range(bins)
        if (edges == b).any()
    ]
    return float(sum(gaps))


def macro_f1(labels: Sequence[str], guesses: NDArray[np.str_]) -> float:
    """Return the mean of the F1 of every label that is there; a label that was never guessed has 0."""
    from sklearn.metrics import f1_score

    return float(f1_score(list(labels), guesses.tolist(), average="macro", labels=sorted(set(labels)), zero_division=0))
