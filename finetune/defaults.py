"""Which recipe is taken where nobody names one, and what is to be said where most intents have only few messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Final

import numpy as np

from replydesk.finetune.recipe import QUICK, Recipe

__all__ = ["FEWEST", "FEW_EACH", "recipe_for", "usual_messages"]

FEWEST: Final = 100
"""Labelled messages that are needed to fine-tune an encoder: with fewer, nothing says whether it got better."""

FEW_EACH: Final = 5
"""Where half of the labels have fewer messages than that, they are few, however many the largest ones have."""

_FOR_FEW: Final = "few-shot"


def usual_messages(labels: Iterable[Hashable]) -> float:
    """Return how many messages a label has, in the middle of all labels: a few large ones do not move it.

    >>> usual_messages(["a"] * 100 + ["b", "c"])
    1.0
    """
    sizes = list(Counter(labels).values())
    return float(np.median(sizes)) if sizes else 0.0


def recipe_for(labels: Iterable[Hashable], named: Recipe | None = None, *, tunable: bool = True) -> tuple[Recipe, str]:
    """Return the recipe that somebody ``named``, else ``quick``, and what is to be said of it, or ''.

    ``labels`` hold that of every message. Where half of them have fewer than :data:`FEW_EACH` messages, there are
    :data:`FEWEST` in all and an encoder that reads them can be fine-tuned (``tunable``), ``few-shot`` is better, and
    that is said. It is not taken unasked, since it takes minutes where ``quick`` takes seconds.
    """
    known, taken = list(labels), named or QUICK
    usual = usual_messages(known)
    # Names as examples are what a recipe for few messages has.
    fits = taken.head.names or usual >= FEW_EACH
    if fits or not tunable or len(known) < FEWEST or len(set(known)) < 2:
        return taken, ""
    return taken, f"Half of the labels have {int(usual)} messages or fewer: the recipe {_FOR_FEW} is made for so few."
