"""Judging: intervals and errors that can be checked by hand, and a gate whose every verdict has its sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from replydesk.finetune.evaluation import judge as module
from replydesk.finetune.evaluation.judge import Check, Report
from replydesk.finetune.evaluation.metrics import calibration_error, interval


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        # Known values of the Wilson score interval at 95 %, e.g. Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_the_interval_is_wilson_s(right: int, count: int, low: float, high: float) -> None:
    hits = np.arange(count) < right
    assert interval(hits) == pytest.approx([low, high], abs=5e-5)


def test_the_interval_narrows_with_more_messages_and_holds_the_share() -> None:
    few, many = interval(np.arange(10) < 7), interval(np.arange(1000) < 700)
    assert few[0] < many[0] < 0.7 < many[1] < few[1]


def test_the_calibration_error_by_hand() -> None:
    # Ten bins: two in [.9, 1] with mean .95, one right; two in [.5, .6) with mean .55, both right.
    confidences = np.array([0.9, 1.0, 0.5, 0.5999])
    hits = np.array([True, False, True, True])
    expected = 0.5 * abs(0.95 - 0.5) + 0.5 * abs(0.54995 - 1.0)
    assert calibration_error(confidences, hits, bins=10) == pytest.approx(expected)


def test_a_perfectly_calibrated_score_has_no_error() -> None:
    confidences = np.repeat([0.2, 0.8], 10)
    hits = np.concatenate([np.arange(10) < 2, np.arange(10) < 8])
    assert calibration_error(confidences, hits) == pytest.approx(0, abs=1e-12)
    assert calibration_error(np.ones(5), np.ones(5, dtype=bool)) == 0
    assert calibration_error(np.ones(5), np.zeros(5, dtype=bool)) == 1


# So many messages that chance explains less than a hundredth.
BEFORE: dict[str, dict[str, float]] = {
    "intents": {"accuracy": 0.90, "messages": 10_000},
    "out_of_scope": {"auroc": 0.95, "messages": 10_000},
    "replies": {"best_hit_right": 0.70, "out_of_scope_answered": 0.05, "messages": 10_000, "strangers": 10_000},
}


def changed(section: str, key: str, value: float) -> dict[str, Any]:
    return {name: {**metrics, **({key: value} if name == section else {})} for name, metrics in BEFORE.items()}


def without(section: str) -> dict[str, Any]:
    return {name: metrics for name, metrics in BEFORE.items() if name != section}


WORST = {"best_hit_right": 0.1, "out_of_scope_answered": 0.9}
FIRST = {"replies": BEFORE["replies"]}


@pytest.mark.parametrize(
    ("before", "after", "failed"),
    [
        pytest.param(BEFORE, BEFORE, [], id="the same"),
        pytest.param(BEFORE, changed("intents", "accuracy", 0.95), [], id="better"),
        pytest.param(BEFORE, changed("intents", "accuracy", 0.8901), [], id="worse within the allowance"),
        pytest.param(BEFORE, changed("intents", "accuracy", 0.88), ["intent accuracy 0.900 -> 0.880"], id="forgot"),
        pytest.param(BEFORE, changed("out_of_scope", "auroc", 0.9), ["AUROC 0.950 -> 0.900"], id="scope"),
        pytest.param(
            BEFORE, changed("replies", "best_hit_right", 0.6), ["right best answers 0.700 -> 0.600"], id="answers"
        ),
        pytest.param(BEFORE, changed("replies", "out_of_scope_answered", 0.0), [], id="answers fewer strangers"),
        pytest.param(
            BEFORE, changed("replies", "out_of_scope_answered", 0.2), ["messages answered 0.050 -> 0.200"],
            id="answers more strangers",
        ),
        pytest.param(FIRST, BEFORE, [], id="a first release learns what none knew"),
        pytest.param(BEFORE, without("intents"), ["no intent accuracy; before 0.900"], id="lost its intents"),
        pytest.param(BEFORE, without("out_of_scope"), ["no out-of-scope AUROC; before 0.950"], id="lost its scope"),
        pytest.param(
            BEFORE, without("intents") | {"replies": BEFORE["replies"] | WORST},
            ["no intent accuracy", "best answers", "messages answered"], id="everything",
        ),
    ],
)  # fmt: skip
def test_the_gate(before: dict[str, Any], after: dict[str, Any], failed: list[str]) -> None:
    checks = tuple(module._checks("en", before, after, 0.01))
    report = Report("new", "old", {}, {"en": before}, {"en": after}, {}, checks)
    assert report.promotable == (not failed)
    assert len([check for check in checks if not check.passed]) == len(failed)
    if failed:
        for part, reason in zip(failed, report.reasons, strict=True):
            assert part in reason
            assert reason.startswith("en: ")
    else:
        assert all(reason.endswith(", kept.") for reason in report.reasons)
        assert len(report.reasons) == len(checks) > 0


@pytest.mark.parametrize(
    ("messages", "new", "passed", "verdict"),
    [
        (10, 0.80, True, "within chance"),
        (10, 0.60, False, "worse by more than 0.010"),
        (1000, 0.88, False, "worse by more than 0.010"),
        (1000, 0.8950, True, "kept"),
        (10, 0.95, True, "kept"),
    ],
)
def test_a_few_messages_do_not_decide_by_chance(messages: int, new: float, passed: bool, verdict: str) -> None:
    """One standard error at a share of .85 is .113 of ten messages and .011 of a thousand."""
    before, after = ({"intents": {"accuracy": share, "messages": messages}} for share in (0.9, new))
    (check,) = module._checks("en", before, after, 0.01)
    assert check.passed is passed
    assert check.why == f"en: intent accuracy 0.900 -> {new:.3f}, {verdict}."


def test_reasons_of_a_refusal_name_only_what_failed() -> None:
    checks = (Check("a", True, "fine."), Check("b", False, "worse."))
    report = Report("new", "old", {"test": 8}, {}, {}, {}, checks)
    assert (report.promotable, report.reasons) == (False, ("worse.",))
    document = report.document()
    assert document["checks"] == [
        {"name": "a", "passed": True, "why": "fine."},
        {"name": "b", "passed": False, "why": "worse."},
    ]
    assert (document["promotable"], document["reasons"], document["candidate"]) == (False, ["worse."], "new")
