"""Trainings that chance has a part in: one under each of several seeds, and what they reach on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replydesk.finetune.recipe import Recipe

__all__ = ["each_of", "mean_of", "seeded"]


def seeded(recipe: Recipe, seeds: int) -> list[Recipe]:
    """Return the recipe under so many seeds, from its own on."""
    return [replace(recipe, seed=seed) for seed in range(recipe.seed, recipe.seed + seeds)]


def mean_of(runs: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Return the mean of what each run made of the same messages, message by message, of the shape of each.

    An interval of it is over messages, paired where two models are compared; it does not tell how much seeds differ.
    """
    return np.asarray(np.mean([np.asarray(run, dtype=np.float64) for run in runs], axis=0))


def each_of(values: Sequence[float]) -> list[float]:
    """Return the figure of each run as a report has it."""
    return [round(float(value), 4) for value in values]
