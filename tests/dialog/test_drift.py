"""Verdicts against a promise: how seldom a kept one is doubted, how soon a broken one, and what moves the threshold."""

from __future__ import annotations

import numpy as np
import pytest

from replydesk.dialog.drift import Judgement, watch
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.promise import OFF, Promise, promise_of


def calibrated() -> tuple[Evidence, Promise]:
    rng = np.random.default_rng(4)
    sure = 1 / (1 + np.exp(-rng.normal(3.0, 2.0, 1000)))
    evidence = Evidence.of(sure, rng.random(1000) < sure)
    return evidence, promise_of(evidence, 0.1)


def said(share: float, count: int, seed: int, sure: float = 0.97) -> list[Judgement]:
    rng = np.random.default_rng(seed)
    return [Judgement(sure, bool(right)) for right in rng.random(count) >= share]


def test_nothing_moves_without_verdicts_and_without_a_promise() -> None:
    evidence, promise = calibrated()
    assert promise.holds
    assert watch(promise, evidence, []) == watch(promise, evidence, [Judgement(0.05, False)] * 50)
    assert not watch(promise, evidence, []).drifted
    none = promise_of(Evidence.of([0.9] * 5, [True] * 5), 0.1)
    assert watch(none, evidence, said(1.0, 50, 0)).threshold == OFF


def test_a_promise_that_is_kept_is_seldom_doubted() -> None:
    evidence, promise = calibrated()
    doubted = [watch(promise, evidence, said(0.1, 300, seed)).alarms > 0 for seed in range(80)]
    assert np.mean(doubted) <= 0.05


def test_a_promise_that_is_broken_is_found_out_and_the_threshold_rises() -> None:
    evidence, promise = calibrated()
    found = watch(promise, evidence, said(0.4, 100, 1))
    assert found.drifted and found.alarms >= 1
    assert found.threshold > promise.threshold
    assert found.verdicts == 100
    assert found.document()["drifted"] is True


def test_a_handful_of_verdicts_says_nothing() -> None:
    evidence, promise = calibrated()
    assert not watch(promise, evidence, [Judgement(0.97, False)] * 9).drifted
    assert watch(promise, evidence, [Judgement(0.97, False)] * 10).drifted


def test_where_all_were_wrong_nothing_is_answered_alone() -> None:
    evidence, promise = calibrated()
    found = watch(promise, evidence, [Judgement(0.99, False)] * 40)
    assert found.threshold == OFF
    assert found.document()["threshold_now"] is None


def mixed(promise: Promise) -> list[Judgement]:
    low = promise.threshold + 0.01
    return [one for _ in range(25) for one in (Judgement(0.99, True), Judgement(low, False))]


def test_only_the_less_sure_ones_wrong_raises_it_to_where_all_is_well() -> None:
    evidence, promise = calibrated()
    assert promise.threshold + 0.01 < watch(promise, evidence, mixed(promise)).threshold <= 0.99


def test_it_comes_back_only_by_enough_verdicts_and_never_below_what_was_calibrated() -> None:
    evidence, promise = calibrated()
    before = mixed(promise)
    raised = watch(promise, evidence, before).threshold
    assert watch(promise, evidence, before + [Judgement(0.99, True)] * 5).threshold == raised
    back = [watch(promise, evidence, before + [Judgement(0.99, True)] * n).threshold for n in (0, 60, 200, 600, 3000)]
    assert back == sorted(back, reverse=True)
    assert back[1] < back[0]
    assert back[-1] == promise.threshold


def test_the_same_verdicts_give_the_same() -> None:
    evidence, promise = calibrated()
    rows = said(0.25, 200, 3)
    assert watch(promise, evidence, rows) == watch(promise, evidence, rows)


@pytest.mark.parametrize("most", [0.0, 1.0])
def test_what_promises_nothing_or_anything_is_not_watched(most: float) -> None:
    evidence, _ = calibrated()
    promise = promise_of(evidence, most)
    assert watch(promise, evidence, said(1.0, 50, 0)).threshold == promise.threshold
