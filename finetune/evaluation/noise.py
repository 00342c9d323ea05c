"""How much of a classifier's accuracy is left when people write in a hurry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.robustness.noise import kinds_of, noisy
from replydesk.retrieval.metrics import interval

__all__ = ["noise_slices"]

_WHOLE: Final = frozenset({"typo", "homophone"})
_MOST: Final = 3000
_FEW: Final = 500


def noise_slices(
    probabilities: Sequence[Callable[[Sequence[str]], NDArray[np.float64]]],
    labels: tuple[str, ...],
    test: Labelled,
    language: str,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Return for each kind of noise the accuracy with it, without it on the same messages, and the loss.

    Every message has that noise once. Typos and homophones are judged on at most 3,000 messages, other kinds on 500;
    accuracy is the mean over the ``probabilities`` of all models. ``changed`` is the share of messages that the noise
    found something to change in.
    """
    order = np.random.default_rng(seed).permutation(len(test))
    found: dict[str, dict[str, Any]] = {}
    for kind in kinds_of(language):
        rows = np.sort(order[: _MOST if kind in _WHOLE else _FEW])
        clean = [test.texts[row] for row in rows]
        told = np.array([test.labels[row] for row in rows])
        rough = [noisy(text, kind, seed + row) for text, row in zip(clean, rows.tolist(), strict=True)]
        before, after = (
            np.mean([np.array(labels)[one(texts).argmax(axis=1)] == told for one in probabilities], axis=0)
            for texts in (clean, rough)
        )
        found[kind] = {
            "accuracy": round(float(after.mean()), 4),
            "accuracy_ci": interval(after, seed=seed),
            "clean": round(float(before.mean()), 4),
            "loss": round(float((before - after).mean()), 4),
            "changed": round(float(np.mean([one != other for one, other in zip(clean, rough, strict=True)])), 4),
            "messages": len(rows),
        }
    return found
