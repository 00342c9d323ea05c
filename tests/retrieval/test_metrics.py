"""The measures of a ranking, against values by hand and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from replydesk.retrieval.metrics import (
    METRICS,
    average_precision,
    interval,
    mean_metrics,
    measured,
    ndcg,
    paired,
    ranked,
    recall,
    reciprocal_rank,
)


def test_by_hand() -> None:
    relevant = [False, True, True, False, True]
    assert reciprocal_rank(relevant) == 1 / 2
    assert average_precision(relevant, 4) == pytest.approx((1 / 2 + 2 / 3 + 3 / 5) / 4)
    assert (recall(relevant, 4, 3), recall(relevant, 4, 10)) == (2 / 4, 3 / 4)
    gained = 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(relevant, 4, 3) == pytest.approx(gained / (1 + 1 / math.log2(3) + 1 / math.log2(4)))


def test_nothing_relevant_is_worth_nothing() -> None:
    for relevant, total in (([], 0), ([False, False], 0), ([False], 3)):
        assert reciprocal_rank(relevant) == average_precision(relevant, total) == 0
        assert recall(relevant, total, 10) == ndcg(relevant, total, 10) == 0


@given(st.lists(st.booleans(), min_size=2, max_size=30), st.integers(1, 12))
def test_as_scikit_learn(relevant: list[bool], k: int) -> None:
    total = sum(relevant)
    if not total:
        return
    scores = -np.arange(len(relevant), dtype=float)
    assert ndcg(relevant, total, k) == pytest.approx(ndcg_score([relevant], [scores], k=k))
    assert average_precision(relevant, total) == pytest.approx(average_precision_score(relevant, scores))


def test_means_over_queries() -> None:
    means = mean_metrics(measured([([True, False], 1), ([False, True], 1)]))
    assert means["p1"] == 0.5
    assert means["mrr"] == means["map"] == 0.75
    assert means["recall@10"] == 1.0
    assert means["ndcg@10"] == pytest.approx((1 + 1 / math.log2(3)) / 2, abs=1e-4)
    low, high = means["p1_ci"]  # type: ignore[misc]
    assert (low, high) == (0.0, 1.0)
    assert set(METRICS) < set(means)
    assert mean_metrics([])["p1"] == 0.0


def test_equal_scores_stand_in_a_drawn_order() -> None:
    assert ranked([0.1, 0.9, 0.5]).tolist() == [1, 2, 0]
    first = [int(ranked([0.0] * 10, seed)[0]) for seed in range(400)]
    assert set(first) == set(range(10))
    assert ranked([0.0] * 10, 3).tolist() == ranked([0.0] * 10, 3).tolist()


def test_the_interval_is_that_of_a_mean() -> None:
    values = np.array([1.0] * 500 + [0.0] * 500)
    low, high = interval(values)
    assert low == pytest.approx(0.5 - 1.96 * math.sqrt(0.25 / 1000), abs=0.005)
    assert high == pytest.approx(0.5 + 1.96 * math.sqrt(0.25 / 1000), abs=0.005)


def test_a_paired_difference_is_surer_than_two_means() -> None:
    hard = np.arange(400) % 2 == 0
    one = measured([([True] if easy else [False, True], 1) for easy in hard])
    other = measured([([True] if easy and i % 40 else [False, False, True], 1) for i, easy in enumerate(hard)])
    found = paired(one, other)
    assert found["p1"] == pytest.approx(10 / 400)
    assert found["mrr"] == pytest.approx((190 * 0 + 10 * (1 - 1 / 3) + 200 * (1 / 2 - 1 / 3)) / 400, abs=1e-4)
    low, high = found["p1_ci"]  # type: ignore[misc]
    assert 0.01 < low < found["p1"] < high < 0.05  # type: ignore[operator]
    assert paired(one, one)["map_ci"] == [0.0, 0.0]
    assert paired([], [])["p1"] == 0.0
