"""Folds of labelled messages: who is judged by what has not seen him, also where an intent has only a few messages."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["even_folds", "met", "owned_folds", "rows_by_label"]

# Where intents with two messages have that share of all messages, most of what a fold learns is of such intents.
_PAIRED = 1 / 3


def rows_by_label(labels: Sequence[str], seed: int) -> dict[str, list[int]]:
    """Return the places of the rows of each label, labels sorted, rows in an order drawn from the seed."""
    found: dict[str, list[int]] = {label: [] for label in sorted(set(labels))}
    for row in np.random.default_rng(seed).permutation(len(labels)).tolist():
        found[labels[row]].append(row)
    return found


def even_folds(labels: Sequence[str], count: int, seed: int) -> NDArray[np.int_]:
    """Return the fold of each row, shape (n,), of ``count`` stratified ones; -1 where a label has one row.

    Labels with two rows lose one of them in the same two folds: were one judged where the others are whole, it would
    look half as common as they are, and a head, which weighs how often a label is seen, would seem to know nothing.
    Where there are three or more, the folds of a set may lose one each.

    >>> even_folds(["a", "a", "b", "b", "c"], 5, seed=0).tolist()
    [0, 1, 0, 1, -1]
    """
    folds, start = np.full(len(labels), -1), 0
    for rows in rows_by_label(labels, seed).values():
        if len(rows) == 1:
            continue
        pair = len(rows) == 2
        for place, row in enumerate(rows):
            folds[row] = (place if pair else start + place) % count
        # The remainders of the others are spread over all folds.
        start += 0 if pair else len(rows)
    return folds


def owned_folds(labels: Sequence[str], owners: Sequence[str], count: int, seed: int) -> NDArray[np.int_]:
    """Return the fold of each row, shape (n,), of ``count`` stratified ones; all rows of an owner are in one.

    Where many rows are of labels with two, these lose one of them in the same two folds, as in :func:`even_folds`, as
    far as their owners have no other rows. Where they are few beside large labels, it is better that no fold holds out
    half of all of them at once.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    splitter, folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed), np.zeros(len(labels), dtype=int)
    with warnings.catch_warnings():
        # A rare intent missing from a fold is met by the floor of the logits.
        warnings.simplefilter("ignore", UserWarning)
        for fold, (_, held) in enumerate(splitter.split(np.zeros(len(labels)), labels, owners)):
            folds[held] = fold
    sizes = Counter(owners)
    pairs = [rows for rows in rows_by_label(labels, seed).values() if len(rows) == 2]
    if 2 * len(pairs) >= _PAIRED * len(labels):
        for rows in pairs:
            if all(sizes[owners[row]] == 1 for row in rows):
                folds[rows] = 0, 1
    return folds


def met(targets: NDArray[np.int_], folds: Sequence[tuple[Any, Any]]) -> NDArray[np.bool_]:
    """Return which rows have a label that the fold which held them out has learned, shape (n,); all where none has.

    What the others make of the rest says nothing: no weight could make them right.
    """
    found = np.zeros(len(targets), dtype=bool)
    for learned, held in folds:
        found[held] = np.isin(targets[held], targets[learned])
    return found if found.any() else ~found
