"""Which recipe is taken where nobody names one: what is made for few messages where most intents have only few."""

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
    """Return the recipe for messages of these labels, one for each message, and what is to be said of it, or ''.

    What somebody ``named`` is taken, and where it is not made for so few messages that is said. Else it is ``few-shot``
    where half of the labels have fewer than :data:`FEW_EACH` messages, there are :data:`FEWEST` in all and an encoder
    that reads them can be fine-tuned (``tunable``), and ``quick`` anywhere else.
    """
    known = list(labels)
    usual = usual_messages(known)
    if not tunable or len(known) < FEWEST or usual >= FEW_EACH or len(set(known)) < 2:
        return named or QUICK, ""
    told = f"Half of the labels have {int(usual)} messages or fewer"
    if named is None:
        why = f"{told}: the recipe {_FOR_FEW} is taken, which fine-tunes the encoder; --recipe names another."
        return Recipe.find(_FOR_FEW), why
    # Names as examples are what a recipe for few messages has.
    return named, "" if named.head.names else f"{told}: the recipe {_FOR_FEW} is made for so few."
