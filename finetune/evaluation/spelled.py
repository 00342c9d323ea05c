"""A model that reads what was meant: its texts go through a speller first, where validation says that this helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.spelling import Speller
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.models import Model, Ready
from replydesk.finetune.robustness.spelling import fit_speller, try_speller

__all__ = ["SpelledModel", "with_speller"]


@dataclass(frozen=True, eq=False)
class SpelledModel:
    """A model behind a speller."""

    model: Model
    speller: Speller

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels it knows, sorted."""
        return self.model.labels

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of its opinions."""
        return self.model.parts

    def logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the uncalibrated logits of every opinion on the corrected texts, shape (parts, n, labels)."""
        return self.model.logits([self.speller.correct(text) for text in texts])

    def oddness(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return how unlike the known the corrected texts are, shape (n, scores)."""
        return self.model.oddness([self.speller.correct(text) for text in texts])


def with_speller(
    ready: Ready, unseeing: Model, learned: Labelled, held: Labelled, everything: Labelled
) -> tuple[Ready, dict[str, Any]]:
    """Return a model with a speller of ``everything`` before it if that helps, and what was found.

    ``unseeing`` is the model, or one like it, that learned from ``learned`` alone: what was ``held`` out judges.
    """
    trial = replace(ready, model=unseeing)

    def guess(texts: Sequence[str]) -> list[str]:
        return [unseeing.labels[place] for place in trial.probabilities(texts).argmax(axis=1)]

    told = try_speller(fit_speller(learned.texts), held.texts, held.labels, guess)
    if not told["used"]:
        return ready, told
    return replace(ready, model=SpelledModel(ready.model, fit_speller(everything.texts))), told
