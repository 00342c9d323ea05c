"""Folds: who is judged by what has not seen him, and what of that says anything."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from replydesk.finetune.examples import Examples
from replydesk.finetune.intents.classify import fit_head
from replydesk.finetune.intents.folds import even_folds, met, owned_folds
from replydesk.finetune.recipe import QUICK


@pytest.mark.parametrize(("rows", "labels"), [(2, 150), (3, 40), (4, 7), (5, 30), (12, 9)])
@pytest.mark.parametrize("seed", [0, 1])
def test_each_label_loses_about_as_much_as_the_others_and_of_two_one(rows: int, labels: int, seed: int) -> None:
    names = [f"intent_{number}" for number in range(labels)] * rows
    folds = even_folds(names, 5, seed)
    assert set(folds.tolist()) == set(range(2 if rows == 2 else 5))
    for fold in set(folds.tolist()):
        left = Counter(name for name, place in zip(names, folds, strict=True) if place != fold)
        assert max(left.values()) - min(left.values()) <= (0 if rows in (2, 5) else 1)


def test_labels_with_many_rows_spread_over_all_folds_and_a_single_row_is_never_judged() -> None:
    names = [name for name in "abcdefgh" for _ in range(7)] + ["alone"]
    folds = even_folds(names, 5, seed=0)
    assert folds[-1] == -1
    sizes = np.bincount(folds[folds >= 0])
    assert len(sizes) == 5
    assert sizes.max() - sizes.min() <= 1


def sizes_of(pairs: int, others: int, rows: int) -> list[str]:
    names = [name for number in range(pairs) for name in [f"pair {number}"] * 2]
    return names + [name for number in range(others) for name in [f"other {number}"] * rows]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_of_two_messages_by_two_customers_all_labels_lose_one_in_the_same_folds(seed: int) -> None:
    names = sizes_of(12, 12, 3)
    owners = [f"customer {row}" for row in range(len(names))]
    folds = owned_folds(names, owners, 3, seed)
    assert all(sorted(folds[[row, row + 1]].tolist()) == [0, 1] for row in range(0, 24, 2))
    assert set(folds.tolist()) == {0, 1, 2}
    # Beside large labels, one in three of them is held out by each fold.
    spread = owned_folds(sizes_of(12, 12, 20), [f"customer {row}" for row in range(264)], 3, seed)
    held = {tuple(sorted(spread[[row, row + 1]].tolist())) for row in range(0, 24, 2)}
    assert held == {(0, 1), (0, 2), (1, 2)}


@pytest.mark.parametrize("seed", [0, 1])
def test_the_messages_of_a_customer_are_held_out_together(seed: int) -> None:
    names = sizes_of(12, 12, 3)
    # Every customer asked twice, of two labels.
    owners = [f"customer {row % (len(names) // 2)}" for row in range(len(names))]
    folds = owned_folds(names, owners, 3, seed)
    assert all(len({folds[row] for row, owner in enumerate(owners) if owner == one}) == 1 for one in set(owners))
    # Who asked but once is free.
    owners[:2] = "one", "another"
    assert sorted(owned_folds(names, owners, 3, seed)[:2].tolist()) == [0, 1]


def test_what_the_others_never_learned_is_not_met() -> None:
    targets = np.array([0, 0, 1, 1, 2])
    folds = [(np.array([1, 3, 4]), np.array([0, 2])), (np.array([0, 2]), np.array([1, 3, 4]))]
    assert met(targets, folds).tolist() == [True, True, True, True, False]
    assert met(np.array([0, 1]), [(np.array([0]), np.array([1])), (np.array([1]), np.array([0]))]).all()


def tailed(singles: int) -> Examples:
    random = np.random.default_rng(3)
    labels = tuple([f"intent_{i % 6}" for i in range(90)] + [f"rare_{i}" for i in range(singles)])
    centres = {name: random.normal(size=24) for name in sorted(set(labels))}
    vectors = np.stack([centres[name] + 0.55 * random.normal(size=24) for name in labels])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    count = len(labels)
    texts = tuple(f"text {i}" for i in range(count))
    groups, nobody = tuple(f"c{i}" for i in range(count)), np.zeros((count, 4), dtype=np.float32)
    return Examples(texts, labels, groups, ("en",) * count, (None,) * count, vectors, nobody)


def test_intents_with_one_message_do_not_decide_how_much_the_head_is_believed() -> None:
    plain, rare = (fit_head(tailed(singles), QUICK) for singles in (0, 30))
    assert rare.head.temperature == pytest.approx(plain.head.temperature, rel=0.6)
