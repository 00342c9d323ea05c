"""Judging: intervals and errors that can be checked by hand, and a gate whose every verdict has its sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from replydesk.data.settings import FinetuneSettings
from replydesk.finetune.evaluation.gate import Check, Outcomes, gate, keys_of
from replydesk.finetune.evaluation.judge import Report
from replydesk.finetune.evaluation.metrics import calibration_by_chance, calibration_error, interval


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


def test_true_confidences_have_a_calibration_error_by_chance() -> None:
    # One bin of n messages at p: the mean of |binomial share - p| is the root of 2 p (1 - p) / (pi n), nearly.
    confidences = np.full(1000, 0.9)
    mean, most = calibration_by_chance(confidences, draws=2000)
    assert mean == pytest.approx(np.sqrt(2 * 0.9 * 0.1 / (np.pi * 1000)), rel=0.05)
    assert most == pytest.approx(1.96 * np.sqrt(0.9 * 0.1 / 1000), rel=0.08)
    # In 100 tests of true confidences about 95 measure less.
    random = np.random.default_rng(1)
    below = [calibration_error(confidences, random.random(1000) < confidences) <= most for _ in range(200)]
    assert 0.9 <= np.mean(below) <= 0.99


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
    "noise": {"accuracy": 0.85, "messages": 10_000},
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
        pytest.param(
            BEFORE, changed("noise", "accuracy", 0.8), ["accuracy under noise 0.850 -> 0.800"], id="worse in a hurry"
        ),
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
    checks = tuple(gate("en", (before, Outcomes()), (after, Outcomes()), FinetuneSettings()))
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
    ("messages", "lost", "gained", "passed", "verdict"),
    [
        # One-sided p of the exact test: 4 of 4 lost .063, 5 of 5 .031, 12 of 18 .119, 13 of 18 .048.
        (10, 4, 0, True, "within chance"),
        (10, 5, 0, False, "worse by more than 0.010"),
        (100, 12, 6, True, "within chance"),
        (100, 13, 5, False, "worse by more than 0.010"),
        (1000, 9, 0, True, "kept"),
        (1000, 11, 0, False, "worse by more than 0.010"),
    ],
)
def test_a_few_messages_do_not_decide_by_chance(
    messages: int, lost: int, gained: int, passed: bool, verdict: str
) -> None:
    was = np.arange(messages) < messages - gained
    now = np.arange(messages) >= lost
    check = verdicts(read(was.tolist()), read(now.tolist()))["en intent accuracy"]
    assert check.passed is passed
    assert check.why == f"en: intent accuracy {was.mean():.3f} -> {now.mean():.3f}, {verdict}."


def answering(given: list[float], outside: list[float]) -> tuple[dict[str, Any], Outcomes]:
    """Return a release that answers messages in and out of scope so sure, 0 for not alone."""
    figures = {"messages": len(given), "strangers": len(outside)}
    figures |= {"out_of_scope_answered": float(np.mean(np.array(outside) > 0))}
    return {"replies": figures}, Outcomes(given=np.array(given), given_outside=np.array(outside))


ANSWERED = "en share of out-of-scope messages answered"
SILENT = answering([0.0] * 100, [0.0] * 46)


@pytest.mark.parametrize(("outside", "passed"), [(1, True), (5, True), (6, False)])
def test_a_desk_that_answers_nothing_is_no_yardstick_for_wrong_answers(outside: int, passed: bool) -> None:
    """Of 46 messages 6 and more are answered with p = .026 where a twentieth may be, 5 and more with p = .079."""
    check = verdicts(SILENT, answering([0.9] * 60 + [0.0] * 40, [0.9] * outside + [0.0] * (46 - outside)))[ANSWERED]
    assert check.passed is passed
    verdict = {1: "not more than 0.05 by more than chance", 6: "more than 0.05 by more than chance"}
    if outside in verdict:
        assert check.why.endswith(f" 0.000 -> {outside / 46:.3f}, {verdict[outside]}.")


def test_what_is_out_of_scope_is_compared_at_equal_coverage() -> None:
    before = answering([0.9] * 30 + [0.0] * 70, [0.8] * 10 + [0.0] * 990)
    # It answers twice as much; of what is out of scope the less sure half is more than before, the surer is not.
    sure = [0.9] * 30 + [0.7] * 30 + [0.0] * 40
    better = answering(sure, [0.95] * 10 + [0.6] * 20 + [0.0] * 970)
    check = verdicts(before, better)[ANSWERED]
    assert check.passed
    told = "0.010 -> 0.030, kept where no more messages in scope are answered than before (0.010)."
    assert check.why.endswith(told)
    worse = verdicts(before, answering(sure, [0.95] * 30 + [0.0] * 970))[ANSWERED]
    assert not worse.passed and worse.why.endswith("0.010 -> 0.030, worse by more than 0.010.")
    # However little was answered before, not everybody may be.
    flooded = answering([0.9] + [0.8] * 99, [0.7] * 200 + [0.0] * 800)
    few = answering([0.9] + [0.0] * 99, [0.0] * 1000)
    assert verdicts(few, flooded)[ANSWERED].why.endswith("0.200, more than 0.05 by more than chance.")


def test_a_small_test_says_that_it_shows_little() -> None:
    """Nothing but five messages that all get worse is told from chance, and of 99 these are more than a twentieth."""
    few = verdicts(read([True] * 99), read([True] * 99))["en size of the test"]
    said = "en: few messages judge, 99 with an intent: less than 5 that get worse are taken for chance."
    assert (few.passed, few.why) == (True, said)
    assert "en size of the test" not in verdicts(read([True] * 100), read([True] * 100))


def test_a_loss_of_auroc_counts_by_delong_s_test() -> None:
    random = np.random.default_rng(0)
    known, odd = random.normal(0, 1, 400), random.normal(2, 1, 60)

    def scored(scores: tuple[Any, Any], auroc: float) -> tuple[dict[str, Any], Outcomes]:
        return {"out_of_scope": {"auroc": auroc, "messages": len(scores[1])}}, Outcomes(strangeness=scores)

    one_lost = (known, np.where(np.arange(60) == int(odd.argmax()), 0.0, odd))
    ten_lost = (known, np.where(np.isin(np.arange(60), np.argsort(odd)[-10:]), 0.0, odd))
    before = scored((known, odd), 0.93)
    by_chance, clear = (verdicts(before, scored(one, 0.91))["en out-of-scope AUROC"] for one in (one_lost, ten_lost))
    assert (by_chance.passed, by_chance.why) == (True, "en: out-of-scope AUROC 0.930 -> 0.910, within chance.")
    assert not clear.passed


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


def read(
    hits: list[bool], labels: list[str] | None = None, known: str = "ab", **more: Any
) -> tuple[dict[str, Any], Outcomes]:
    """Return what a release made of messages, every one in two slices."""
    labels = labels or ["a"] * len(hits)
    keys = tuple(("en", label) for label in labels)
    found = Outcomes(np.array(hits), tuple(labels), keys, known=frozenset(known), **more)
    figures = {"accuracy": float(np.mean(hits)), "messages": len(hits)}
    return {"intents": figures}, found


def verdicts(
    before: tuple[dict[str, Any], Outcomes], after: tuple[dict[str, Any], Outcomes], **more: Any
) -> dict[str, Check]:
    settings = FinetuneSettings(**more.pop("settings", {}))
    return {check.name: check for check in gate("en", before, after, settings, **more)}


def test_a_gain_on_the_same_messages_is_told_with_its_chance() -> None:
    before, after = read([True] * 50 + [False] * 50), read([True] * 70 + [False] * 30)
    assert verdicts(before, after)["en intent accuracy"].why.endswith("0.500 -> 0.700, better (p < 0.001).")
    little = verdicts(before, read([True] * 52 + [False] * 48))["en intent accuracy"]
    assert little.passed and little.why.endswith("kept.")


def test_the_strict_gate_wants_a_gain_that_is_no_chance() -> None:
    before, strict = read([True] * 50 + [False] * 50), {"gate": "better"}
    clear, little = read([True] * 70 + [False] * 30), read([True] * 52 + [False] * 48)
    assert verdicts(before, clear, settings=strict)["en better"].passed
    refused = verdicts(before, little, settings=strict)["en better"]
    assert (refused.passed, refused.why) == (False, "en: nothing is better by more than chance.")
    assert "en better" not in verdicts(before, little) and "en better" not in verdicts(
        before, little, settings=strict, first=True
    )


def test_a_slice_that_is_worse_refuses_what_is_better_on_the_whole() -> None:
    labels = ["a"] * 100 + ["b"] * 30
    before = read([False] * 60 + [True] * 40 + [True] * 30, labels)
    after = read([True] * 100 + [True] * 18 + [False] * 12, labels)
    found = verdicts(before, after)
    assert found["en intent accuracy"].passed and not found["en slices"].passed
    assert found["en slices"].why == "en: worse on b 1.000 -> 0.600."
    ten = ["b"] * 10 + ["a"] * 100
    few = verdicts(read([True] * 110, ten), read([False] * 5 + [True] * 105, ten))
    assert few["en slices"].why == "en: none of 2 slices is worse."


def test_old_intents_may_not_be_forgotten_for_new_ones() -> None:
    labels = ["a"] * 50 + ["b"] * 50
    before = read([True] * 50 + [False] * 50, labels, known="a")
    after = read([True] * 40 + [False] * 10 + [True] * 50, labels, known="ab")
    found = verdicts(before, after, taught="ab")
    assert found["en intent accuracy"].passed
    assert (found["en forgetting"].passed, found["en forgetting"].why) == (
        False,
        "en: intents known before 1.000 -> 0.800, worse by more than 0.010.",
    )
    gone = verdicts(read([True] * 50, known="ab"), read([True] * 50, known="a"), taught="ab")
    assert gone["en forgetting"].why == "en: the candidate no longer knows b."
    # What nobody has examples of any more may go.
    assert verdicts(read([True] * 50, known="ab"), read([True] * 50, known="a"), taught="a")["en forgetting"].passed


def test_calibration_and_latency_count() -> None:
    def told(ece: float, chance: float = 0.03) -> tuple[dict[str, Any], Outcomes]:
        return {"replies": {"ece": ece, "ece_by_chance": [chance / 2, chance]}}, Outcomes(milliseconds=np.full(9, 30.0))

    assert not verdicts(told(0.04), told(0.09))["en calibration of answers"].passed
    assert verdicts(told(0.04), told(0.05))["en calibration of answers"].passed
    assert verdicts(told(0.09), told(0.1))["en calibration of answers"].passed
    few = verdicts(told(0.04), told(0.12, chance=0.13))["en calibration of answers"]
    assert (few.passed, few.why) == (True, "en: calibration error of answers 0.040 -> 0.120, within chance.")
    slow = verdicts(told(0.04), told(0.04), settings={"max_milliseconds": 20})["en latency"]
    assert (slow.passed, slow.why) == (False, "en: half of the replies within 30 ms, slower than 20 ms.")
    assert verdicts(told(0.04), told(0.04))["en latency"].passed


@pytest.mark.parametrize(
    ("text", "language", "length"),
    [
        ("where is it", "en", "up to 5 words"),
        ("我的快递三天没动了", "zh", "6 to 15 words"),
        ("a " * 20, "en", "more than 15 words"),
    ],
)
def test_a_message_is_in_three_slices(text: str, language: str, length: str) -> None:
    assert keys_of(text, "late", language) == (language, length, "late")
