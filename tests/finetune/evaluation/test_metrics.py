"""Every figure against brute force, or against the library that everybody uses."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.metrics import f1_score

from replydesk.finetune.evaluation import metrics


@pytest.fixture
def guessed() -> tuple[list[str], list[str], np.ndarray]:
    random = np.random.default_rng(3)
    labels = [f"intent {i}" for i in random.integers(0, 5, 300)]
    guesses = [label if random.random() < 0.8 else f"intent {random.integers(0, 6)}" for label in labels]
    return labels, guesses, np.array(labels) == np.array(guesses)


def test_macro_f1_is_the_library_s_over_the_labels_that_are_there(guessed: tuple) -> None:
    labels, guesses, _ = guessed
    expected = f1_score(labels, guesses, average="macro", labels=sorted(set(labels)), zero_division=0)
    assert metrics.macro_f1(labels, guesses) == pytest.approx(expected, abs=1e-12)
    assert metrics.macro_f1(["a", "a", "b"], ["a", "c", "c"]) == pytest.approx((2 / 3 + 0) / 2)


def test_the_interval_of_macro_f1_is_that_of_samples_drawn_one_by_one(guessed: tuple) -> None:
    labels, guesses, _ = guessed
    random, found = np.random.default_rng(0), []
    for _ in range(200):
        rows = random.integers(0, len(labels), len(labels))
        one, other = [labels[row] for row in rows], [guesses[row] for row in rows]
        found.append(f1_score(one, other, average="macro", labels=sorted(set(one)), zero_division=0))
    expected = np.quantile(found, [0.025, 0.975])
    assert metrics.macro_f1_interval(labels, guesses, draws=200) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("value", "expected"), [(True, [0.7225, 1.0]), (False, [0.0, 0.2775])])
def test_ten_of_ten_leave_doubt(value: bool, expected: list[float]) -> None:
    assert metrics.mean_interval([value] * 10) == expected
    low, high = metrics.mean_interval([value] * 9 + [not value])
    assert 0 < high - low < 1


def test_calibration_error_and_curve_are_those_of_bins_by_hand() -> None:
    sure = np.array([0.05, 0.31, 0.32, 0.95, 0.96, 1.0])
    hits = np.array([False, True, False, True, True, False])
    bins = [(0.05, 0.0, 1), ((0.31 + 0.32) / 2, 0.5, 2), ((0.95 + 0.96 + 1.0) / 3, 2 / 3, 3)]
    expected = sum(abs(confidence - accuracy) * count / 6 for confidence, accuracy, count in bins)
    assert metrics.calibration_error(sure, hits) == pytest.approx(expected)
    curve = metrics.reliability(sure, hits)
    assert [(one["messages"], one["accuracy"]) for one in curve] == [
        (1, 0.0),
        (2, 0.5),
        (3, pytest.approx(2 / 3, abs=1e-5)),
    ]
    assert [one["confidence"] for one in curve] == pytest.approx([0.05, 0.315, 0.97])
    assert curve[-1]["to"] == 1.0


def test_risk_and_coverage_are_counted_from_the_surest_down() -> None:
    sure = np.array([0.9, 0.2, 0.8, 0.7])
    hits = np.array([True, False, True, False])
    found = metrics.risk_coverage(sure, hits)
    assert found["curve"] == [[0.25, 0.0], [0.5, 0.0], [0.75, 0.3333], [1.0, 0.5]]
    assert found["area"] == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4, abs=1e-6)
    assert found["answered"] == {"0.01": 0.5, "0.02": 0.5, "0.05": 0.5}


def test_mcnemar_is_the_exact_test_of_a_fair_coin() -> None:
    first = np.array([True] * 8 + [False] * 1 + [True] * 20)
    second = np.array([False] * 8 + [True] * 1 + [True] * 20)
    # All 2^9 outcomes of nine coins: as uneven as 8 to 1, or more.
    outcomes = [sum(coins) for coins in product((0, 1), repeat=9)]
    expected = sum(heads in (0, 1, 8, 9) for heads in outcomes) / 2**9
    assert metrics.mcnemar(first, second) == {"only_first": 8, "only_second": 1, "p": pytest.approx(expected, abs=1e-6)}
    assert metrics.mcnemar(first, first)["p"] == 1.0


def test_flipped_signs_are_mcnemar_s_for_right_and_wrong_and_every_flip_else() -> None:
    first = np.array([True] * 8 + [False] * 1 + [True] * 20)
    second = np.array([False] * 8 + [True] * 1 + [True] * 20)
    assert metrics.sign_flip(first, second) == pytest.approx(metrics.mcnemar(first, second)["p"] / 2)
    assert metrics.sign_flip(second, first) == pytest.approx(511 / 512)
    gains = np.array([0.5, 0.25, 1.0, -0.25, 0.0])
    sums = [np.dot(signs, np.abs(gains)) for signs in product((-1, 1), repeat=5)]
    expected = np.mean([one >= gains.sum() for one in sums])
    assert metrics.sign_flip(gains, np.zeros(5), draws=20_000) == pytest.approx(expected, abs=0.01)
    assert metrics.sign_flip(first, first) == 1.0


def test_true_confidences_have_an_error_by_chance_that_shrinks_with_messages() -> None:
    """At one confidence of .7 it is 1.96 standard errors: the error is the distance of the share from .7."""
    for count in (50, 5000):
        _, found = metrics.calibration_by_chance(np.full(count, 0.7), draws=2000)
        assert found == pytest.approx(1.96 * np.sqrt(0.7 * 0.3 / count), rel=0.1)


def test_a_paired_difference_has_the_interval_of_paired_samples() -> None:
    random = np.random.default_rng(1)
    first, second = random.random(400) < 0.9, random.random(400) < 0.8
    rows = np.random.default_rng(0).integers(0, 400, (500, 400))
    means = (first[rows].mean(axis=1)) - (second[rows].mean(axis=1))
    found = metrics.paired_bootstrap(first, second, draws=500)
    assert found["difference"] == pytest.approx(first.mean() - second.mean(), abs=1e-4)
    assert found["difference_ci"] == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=1e-4)
    assert found["p"] == pytest.approx(max(1 / 500, 2 * min((means <= 0).mean(), (means >= 0).mean())), abs=1e-4)
    assert metrics.paired_bootstrap(first, first)["p"] == 1.0


def test_confused_pairs_count_both_directions() -> None:
    labels = ["a"] * 4 + ["b"] * 3 + ["c"] * 2
    guesses = ["a", "b", "b", "c", "a", "b", "b", "c", "c"]
    worst, other = metrics.confused(labels, guesses)
    assert worst == {
        "first": "a", "second": "b", "mistakes": 3, "first_as_second": 2, "second_as_first": 1, "of": 7,
    }  # fmt: skip
    assert (other["first"], other["second"], other["mistakes"], other["of"]) == ("a", "c", 1, 6)
    assert metrics.confused(labels, labels) == []


def test_slices_are_by_language_and_by_length_in_words_or_characters() -> None:
    english = ["where is my parcel please"] * 12 + ["I ordered a lamp last week and it did not come"] * 12
    chinese = ["我的快递三天没动了"] * 10
    hits = [1.0] * 12 + [0.0] * 12 + [0.5] * 10
    found = metrics.slices([*english, *chinese, "주문한 상품이 어디 있나요"], [*hits, 1.0])
    assert {name: one["messages"] for name, one in found["language"].items()} == {"en": 24, "zh": 10, "other": 1}
    assert found["language"]["en"]["accuracy"] == 0.5
    assert {name: (one["messages"], one["accuracy"]) for name, one in found["length"].items()} == {
        "1-5": (13, 1.0), "6-10": (10, 0.5), "11-20": (12, 0.0),
    }  # fmt: skip
    thai = metrics.slices(["พัสดุของฉันอยู่ที่ไหนครับ"] * 10, [1.0] * 10, languages=("en", "th"))
    assert list(thai["language"]) == ["th"] and list(thai["length"]) == ["21-40"]
    # Twelve that are all wrong leave a doubt: Wilson's interval.
    assert found["length"]["11-20"]["accuracy_ci"] == [0.0, 0.2425]
