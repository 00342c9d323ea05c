"""The sense of what is out of scope: figures against brute force, thresholds against every threshold there is."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest

from replydesk.finetune.evaluation.scope import auroc_by_chance, choose_threshold, scope_curves, scope_metrics


@pytest.fixture
def scored() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    inside, outside = random.normal(0, 1, 200), random.normal(2, 1, 80)
    return inside, random.random(200) < 0.95, outside


def test_the_figures_are_those_of_counting(scored: tuple) -> None:
    inside, right, outside = scored
    found = scope_metrics(inside, right, outside, 1.5)
    pairs = (outside[:, None] > inside[None, :]).mean() + (outside[:, None] == inside[None, :]).mean() / 2
    assert found["auroc"] == pytest.approx(pairs, abs=1e-4)
    order = np.argsort(-np.concatenate([inside, outside]), kind="stable")
    odd = (order >= len(inside)).astype(float)
    precisions = np.cumsum(odd) / np.arange(1, len(odd) + 1)
    assert found["aupr"] == pytest.approx((precisions * odd).sum() / odd.sum(), abs=1e-4)
    assert found["recall"] == pytest.approx((outside > 1.5).mean(), abs=1e-4)
    assert found["in_scope_accuracy"] == pytest.approx(((inside <= 1.5) & right).mean(), abs=1e-4)
    assert found["in_scope_kept"] == pytest.approx((inside <= 1.5).mean(), abs=1e-4)
    kept = np.sort(inside)[int(np.ceil(0.95 * 199))]
    assert found["recall_at_95"] == pytest.approx((outside > kept).mean(), abs=1e-4)
    assert found["recall_ci"][0] < found["recall"] < found["recall_ci"][1]


def test_the_chance_of_a_difference_of_auroc_is_delong_s(scored: tuple) -> None:
    """Against the covariances of DeLong et al. by their definition, message by message."""
    inside, _, outside = scored
    noise = np.random.default_rng(6)
    other_inside, other_outside = inside + noise.normal(0, 1, 200), outside + noise.normal(0, 1, 80)
    wins = [
        (one[None, :] > two[:, None]) + (one[None, :] == two[:, None]) / 2
        for two, one in ((inside, outside), (other_inside, other_outside))
    ]
    gain = wins[0].mean() - wins[1].mean()
    known, odd = (np.cov([one.mean(axis=axis) for one in wins]) for axis in (1, 0))
    whole = known / len(inside) + odd / len(outside)
    z = gain / np.sqrt(whole[0, 0] + whole[1, 1] - 2 * whole[0, 1])
    expected = (1 - erf(z / np.sqrt(2))) / 2
    first, second = (inside, outside), (other_inside, other_outside)
    assert gain > 0
    assert auroc_by_chance(first, second) == pytest.approx(expected, rel=1e-6)
    assert auroc_by_chance(second, first) == pytest.approx(1 - expected, rel=1e-6)
    assert auroc_by_chance(first, first) == 1.0


def test_the_threshold_is_the_best_of_all_that_keep_enough(scored: tuple) -> None:
    inside, right, outside = scored
    line = choose_threshold(inside, right, outside, 0.9)
    assert (inside <= line).mean() >= 0.9

    def together(threshold: float) -> float:
        return float(((inside <= threshold) & right).mean() + (outside > threshold).mean())

    tried = [one for one in np.linspace(-4, 6, 4001) if (inside <= one).mean() >= 0.9]
    assert together(line) == pytest.approx(max(map(together, tried)))


def test_without_messages_outside_it_keeps_just_so_many(scored: tuple) -> None:
    inside, right, _ = scored
    line = choose_threshold(inside, right, None, 0.97)
    assert (inside <= line).sum() == 195
    assert choose_threshold(inside, right, np.zeros(0), 1.0) == inside.max()


def test_curves_go_from_corner_to_corner(scored: tuple) -> None:
    inside, _, outside = scored
    found = scope_curves(inside, outside, points=20)
    assert found["roc"][0] == [0.0, 0.0]
    assert found["roc"][-1] == [1.0, 1.0]
    assert len(found["pr"]) <= 20
    assert found["pr"][-1][0] == 1.0
