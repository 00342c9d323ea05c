"""The sense of the unfamiliar on several encoders at once: one probability of the sums of all."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from replydesk.finetune.intents.familiarity import View, fit_familiarities

RANDOM = np.random.default_rng(5)
LABELS = tuple("abcd"[i % 4] for i in range(160))


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def known(noise: float) -> np.ndarray:
    return unit(np.eye(8)[[i % 4 for i in range(160)]] + noise * RANDOM.normal(size=(160, 8)))


def strange(noise: float) -> np.ndarray:
    # Strangers lie between two intents each.
    rows = np.eye(8)[[i % 4 for i in range(80)]] + np.eye(8)[[(i + 1 + i // 40) % 4 for i in range(80)]]
    return unit(rows + noise * RANDOM.normal(size=(80, 8)))


ONE, OTHER = (View(known(0.6), strange(0.6), known(0.6)) for _ in range(2))
SURE, UNSURE = RANDOM.uniform(0.5, 1, 160), RANDOM.uniform(0.5, 1, 80)


def sums(found: tuple, views: tuple[View, ...], of: str, highest: np.ndarray) -> np.ndarray:
    first, *more = found
    total = first.sums(getattr(views[0], of), highest)
    return total + sum(
        one.sums(getattr(view, of), np.ones(len(highest))) for one, view in zip(more, views[1:], strict=True)
    )


def test_one_view_says_by_itself_what_it_was_fitted_to_say() -> None:
    (alone,), inside = fit_familiarities([ONE], LABELS, SURE, UNSURE)
    np.testing.assert_allclose(alone.unfamiliar(ONE.held_out, SURE), inside, rtol=1e-9)
    assert alone.unfamiliar(ONE.strangers, UNSURE).mean() > inside.mean()


def test_two_views_tell_strangers_better_than_either_and_their_sums_make_the_probability() -> None:
    views = (ONE, OTHER)
    found, inside = fit_familiarities(views, LABELS, SURE, UNSURE)
    chance = found[0].unfamiliar(ONE.held_out, SURE, more=found[1].sums(OTHER.held_out, np.ones(160)))
    np.testing.assert_allclose(chance, inside, rtol=1e-6)
    truth = np.repeat([0, 1], [160, 80])

    def auroc(*some: View) -> float:
        fitted, _ = fit_familiarities(some, LABELS, SURE, UNSURE)
        scores = [sums(fitted, some, of, highest) for of, highest in (("held_out", SURE), ("strangers", UNSURE))]
        return float(roc_auc_score(truth, np.concatenate(scores)))

    assert auroc(*views) > max(auroc(ONE), auroc(OTHER)) + 0.01


def test_doubt_counts_in_the_first_view_alone() -> None:
    (first, second), _ = fit_familiarities((ONE, OTHER), LABELS, SURE, UNSURE)
    np.testing.assert_allclose(first.centre[0], 1 - SURE.mean())
    assert second.centre[0] == 0


def test_weights_of_one_encoder_s_scores_may_stand_where_there_are_two() -> None:
    towards = np.array([1.0, 2.0, 1.0, 1.0, 1.0, 0.5, 1.0])
    found, inside = fit_familiarities((ONE, OTHER), LABELS, SURE, UNSURE, towards=towards)
    assert [len(one.centre) for one in found] == [7, 7]
    outside = found[0].unfamiliar(ONE.strangers, UNSURE, more=found[1].sums(OTHER.strangers, np.ones(80)))
    assert outside.mean() > inside.mean() + 0.05
