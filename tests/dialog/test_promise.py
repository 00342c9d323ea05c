"""The promise: bounds against a library and against counting, its guarantee by simulation, and what refuses one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from replydesk.dialog.bounds import binomial_tail, fewest, wealth
from replydesk.dialog.evidence import LEVELS, Evidence, level_of
from replydesk.dialog.promise import NEVER, OFF, Promise, lowest_level, promise_of, promises_of, risked

RNG = np.random.default_rng(7)


def drawn(count: int, rng: np.random.Generator, *, worse: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return confidences, and whether each is right with that probability, less ``worse``."""
    sure = 1 / (1 + np.exp(-rng.normal(2.5, 2.0, count)))
    return sure, rng.random(count) < sure - worse


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.001, 0.999))
def test_the_tail_is_that_of_a_library(wrong: int, more: int, share: float) -> None:
    assert binomial_tail(wrong, wrong + more, share) == pytest.approx(binom.cdf(wrong, wrong + more, share), abs=1e-9)


@pytest.mark.parametrize(("wrong", "n"), [(0, 59), (1, 10), (3, 100), (50, 1000), (9, 10)])
@pytest.mark.parametrize("delta", [0.05, 0.001])
def test_the_tail_is_delta_at_the_bound_of_clopper_and_pearson(wrong: int, n: int, delta: float) -> None:
    assert binomial_tail(wrong, n, beta.ppf(1 - delta, wrong + 1, n - wrong)) == pytest.approx(delta)


def test_ends_of_the_bounds() -> None:
    assert (binomial_tail(0, 9, 0.0), binomial_tail(3, 9, 1.0), binomial_tail(9, 9, 1.0)) == (1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="5 of 4"):
        binomial_tail(5, 4, 0.1)
    # (1 - .05)^59 is the first power below .05.
    assert (fewest(0.05, 0.05), fewest(0.01, 0.05)) == (59, 299)
    for allowed in (0, 1, 4):
        n = fewest(0.05, 0.02, allowed)
        assert binomial_tail(allowed, n, 0.05) <= 0.02 < binomial_tail(allowed, n - 1, 0.05)


def test_a_bet_seldom_wins_where_the_share_is_kept_and_soon_where_it_is_not() -> None:
    rng = np.random.default_rng(3)
    won = [bool((wealth(rng.random(1500) < 0.05, 0.05) >= 20).any()) for _ in range(300)]
    assert np.mean(won) <= 0.05
    found = [int(np.argmax(wealth(rng.random(1500) < 0.2, 0.05) >= 20)) for _ in range(50)]
    assert 0 < np.median(found) < 60


def test_levels_part_no_equal_confidences_and_ignore_those_below_all() -> None:
    assert level_of([0.0, LEVELS[0], LEVELS[7], np.nextafter(LEVELS[7], 0), 1.0]).tolist() == [-1, 0, 7, 6, 300]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from(["en", "zh"])), max_size=60))
def test_evidence_counts_what_reaches_each_level(rows: list[tuple[float, bool, str]]) -> None:
    sure, right = np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=bool)
    evidence = Evidence.of(sure, right, [r[2] for r in rows])
    n, wrong = evidence.answered
    for level in (0, 50, 61, 100, 300):
        assert n[level] == (sure >= LEVELS[level]).sum()
        assert wrong[level] == (~right[sure >= LEVELS[level]]).sum()
    assert len(evidence) == len(rows)
    assert len(evidence.among(language="zh")) == sum(r[2] == "zh" for r in rows)
    again = Evidence.from_document(evidence.document())
    assert (again.languages, again.rows.tolist()) == (evidence.languages, evidence.rows.tolist())


def test_damaged_evidence_is_refused() -> None:
    document = Evidence.of([0.9], [True], ["en"], ["x"]).document()
    for row in ([0, 0, 301, 1, 0], [1, 0, 3, 1, 0], [0, 0, 3, -1, 0]):
        with pytest.raises(ValueError, match="not there"):
            Evidence.from_document(document | {"rows": [row]})


@pytest.mark.parametrize("most", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("count", [300, 1000, 3000])
def test_what_is_seen_of_the_next_messages_keeps_the_promise_in_nineteen_of_twenty_calibrations(
    most: float, count: int
) -> None:
    rng, kept, coverage = np.random.default_rng(2), [], []
    for _ in range(100):
        promise = promise_of(Evidence.of(*drawn(count, rng)), most)
        sure, right = drawn(2000, rng)
        alone = sure >= promise.threshold
        kept.append(not alone.any() or (~right[alone]).mean() <= most)
        coverage.append(alone.mean())
    assert np.mean(kept) >= 0.95
    if count * most > 20:
        assert np.mean(coverage) > 0.05


def test_more_messages_leave_the_bound_less_to_err_by() -> None:
    risks = [risked(count) for count in (0, 77, 1000, 3000)]
    assert risks == sorted(risks, reverse=True)
    # Beyond what a training holds out, nothing more is asked.
    assert risked(3000) == risked(100_000) > 0.001


def test_a_stricter_promise_answers_no_more_and_more_evidence_no_less() -> None:
    sure, right = drawn(4000, np.random.default_rng(5))
    thresholds = [promise_of(Evidence.of(sure, right), most).threshold for most in (0.02, 0.05, 0.1, 0.3, 1.0)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[-1] == 0
    one, twice = (Evidence.of(np.tile(sure, k), np.tile(right, k)) for k in (1, 2))
    for most in (0.05, 0.1):
        assert promise_of(twice, most).threshold <= promise_of(one, most).threshold


def test_too_little_promises_nothing_and_says_how_much_more_it_takes() -> None:
    few = Evidence.of([0.9] * 20, [True] * 20)
    promise = promise_of(few, 0.05)
    assert (promise.holds, promise.threshold, promise.coverage, promise.calibrated_on) == (False, OFF, 0.0, 20)
    assert promise.needed
    more = 20 + promise.needed
    assert promise_of(Evidence.of([0.9] * more, [True] * more), 0.05).holds
    assert not promise_of(Evidence.of([0.9] * (more - 2), [True] * (more - 2)), 0.05).holds
    assert promise_of(Evidence.of([], []), 0.05).needed == more


def test_all_right_all_wrong_and_all_alike() -> None:
    sure = RNG.uniform(0.2, 0.99, 500)
    everything = promise_of(Evidence.of(sure, [True] * 500), 0.05)
    assert (everything.coverage, everything.wrong) == (1.0, 0.0)
    nothing = promise_of(Evidence.of(sure, [False] * 500), 0.05)
    assert (nothing.holds, nothing.needed) == (False, None)
    alike = promise_of(Evidence.of([0.8] * 500, [True] * 490 + [False] * 10), 0.05)
    assert alike.coverage == 1.0
    assert alike.wrong == pytest.approx(0.02)
    assert alike.threshold <= 0.8 < alike.threshold * 1.02
    assert not promise_of(Evidence.of([0.8] * 500, [True] * 470 + [False] * 30), 0.05).holds


def test_nothing_allowed_answers_nothing_and_everything_allowed_all() -> None:
    evidence = Evidence.of([0.9] * 500, [True] * 500)
    assert promise_of(evidence, 0.0) == Promise(0.0, risked(500), NEVER, 0.0, 0.0, 500, None)
    assert promise_of(evidence, 1.0).threshold == 0.0


def test_one_wrong_answer_high_up_does_not_end_the_search() -> None:
    n = np.arange(2000, 0, -5)
    wrong = np.where(n >= 50, 1, 0)
    assert lowest_level(n, wrong, 0.05, 0.05, starts=(0,)) is None
    assert lowest_level(n, wrong, 0.05, 0.05) == 0


def test_each_language_has_a_promise_of_its_own_where_it_has_enough() -> None:
    good, bad = drawn(2000, np.random.default_rng(8)), drawn(2000, np.random.default_rng(9), worse=0.1)
    evidence = Evidence.of(
        np.concatenate([good[0], bad[0]]), np.concatenate([good[1], bad[1]]), ["en"] * 2000 + ["zh"] * 2000
    )
    found = promises_of(evidence, 0.1)
    one, other = found.for_message("en", ""), found.for_message("zh", "")
    assert (one.group, other.group) == ("en", "zh")
    # Three promises share what may go wrong.
    assert one.delta == pytest.approx(risked(4000) / 3)
    assert one.threshold < other.threshold
    assert one.calibrated_on == other.calibrated_on == 2000


def test_a_named_intent_has_a_dial_of_its_own_and_falls_back_where_it_is_rare() -> None:
    sure, right = drawn(3000, np.random.default_rng(10))
    intents = ["refund"] * 1000 + ["rare"] * 5 + ["other"] * 1995
    evidence = Evidence.of(sure, right, ["en"] * 3000, intents)
    found = promises_of(evidence, 0.1, (("rare", 0.05), ("refund", 0.02), ("unheard", 0.05)))
    refund, rare, rest = (found.for_message("en", name) for name in ("refund", "rare", "other"))
    assert (refund.max_wrong, refund.calibrated_on, refund.widened) == (0.02, 1000, False)
    assert (rare.max_wrong, rare.calibrated_on, rare.widened) == (0.05, 3000, True)
    assert found.for_message("en", "unheard") == Promise(**{**rare_of(rare), "group": "unheard"})
    assert (rest.max_wrong, rest.calibrated_on) == (0.1, 2000)
    assert {one.delta for one in (refund, rare, rest)} == {risked(3000) / 4}
    assert {one["group"] for one in found.document()} == {"", "rare", "refund", "unheard"}


def rare_of(promise: Promise) -> dict[str, object]:
    return {name: getattr(promise, name) for name in promise.__slots__}


def test_one_language_alone_is_all_there_is() -> None:
    evidence = Evidence.of(*drawn(1000, np.random.default_rng(11)), ["zh"] * 1000)
    assert promises_of(evidence, 0.1).rest == promise_of(evidence, 0.1)
    assert promises_of(evidence, 0.1, (("zh", 0.05),)).rest.max_wrong == 0.05


def test_the_curve_rises_in_coverage_and_is_what_was_counted() -> None:
    sure, right = drawn(700, np.random.default_rng(12))
    curve = Evidence.of(sure, right).curve()
    assert len(curve) <= 60
    assert [point[1] for point in curve] == sorted(point[1] for point in curve)
    for threshold, coverage, risk in curve:
        alone = sure >= threshold - 1e-6
        assert coverage == pytest.approx(alone.mean(), abs=0.002)
        assert risk == pytest.approx((~right[alone]).mean(), abs=0.01)
    assert Evidence.of([], []).curve() == []
    assert Evidence.of([0.0, 0.01], [True, False]).curve() == []
