"""The hit scorer: signs that make sense, probabilities that hold, and a line that keeps its promise."""

from __future__ import annotations

import numpy as np
import pytest

from replydesk.data.records import Ticket
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.promise import OFF, promises_of
from replydesk.dialog.skills import Thresholds
from replydesk.finetune.evaluation.metrics import calibration_error
from replydesk.finetune.examples import OUT_OF_SCOPE, Examples, Material
from replydesk.finetune.matching import scorer as module
from replydesk.finetune.matching.scorer import Past, Queries, find_candidates, fit_scorer, fit_thresholds, scope_line
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.calibration import AGAINST, FEATURES, UNTRAINED

LABELS = ("address", "cancel", "delivery", "refund")


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def desk(count: int = 160, noise: float = 0.35, seed: int = 0) -> tuple[Queries, Material]:
    """Messages around four intents; the answers of an intent say the same, those of two do not."""
    random = np.random.default_rng(seed)
    intent = np.arange(count) % 4
    vectors = unit(np.eye(8)[intent] + noise * random.normal(size=(count, 8)))
    answers = unit(np.eye(8)[intent] + 0.01 * random.normal(size=(count, 8)))
    labels = tuple(LABELS[i] for i in intent)
    tickets = tuple(
        Ticket.make(f"question {i}", f"answer about {label}", intent=label) for i, label in enumerate(labels)
    )
    owners = tuple(f"c{i}" for i in range(count))
    texts = tuple(f"{label} question {i}" for i, label in enumerate(labels))
    examples = Examples(texts, labels, owners, ("en",) * count, tickets, vectors, answers)
    odd_vectors = unit(random.normal(size=(40, 8)) - 1)
    odd = Examples(
        tuple(f"odd {i}" for i in range(40)), (OUT_OF_SCOPE,) * 40, tuple(f"o{i}" for i in range(40)), ("en",) * 40,
        (None,) * 40, odd_vectors, np.zeros((40, 8), dtype=np.float32),
    )  # fmt: skip
    both = examples + odd
    likely = np.exp(6 * both.vectors[:, :4].astype(float))
    unfamiliar = np.concatenate([np.full(count, 0.1), np.full(40, 0.8)])
    queries = Queries(both, LABELS, likely / likely.sum(axis=1, keepdims=True), unfamiliar)
    return queries, Material(None, ("en",), examples, examples, agreement=0.9)  # type: ignore[arg-type]


def test_what_speaks_for_a_hit_never_counts_against_it() -> None:
    scorer, scores, right = fit_scorer(*desk(), QUICK)
    weights = dict(zip(FEATURES, scorer.weights, strict=True))
    assert min(weights[name] for name in FEATURES if name not in AGAINST) >= 0
    assert max(weights[name] for name in AGAINST) <= 0
    assert weights["similarity"] + weights["intent"] + weights["popularity"] > 0
    assert scorer != UNTRAINED
    assert len(scores) == len(right) == 200


def test_scores_are_probabilities_that_hold() -> None:
    scorer, scores, right = fit_scorer(*desk(), QUICK)
    assert calibration_error(scores, right, bins=5) < 0.05
    assert scores.mean() == pytest.approx(right.mean(), abs=0.03)
    queries, material = desk(seed=1)
    found = find_candidates(queries, material, QUICK.candidates)
    scores = scorer.probabilities(found.rows)
    best = module._best_of(scores, found.query_of)
    assert calibration_error(scores[best], found.right[best], bins=5) < 0.1


def test_a_right_hit_scores_above_a_wrong_one() -> None:
    scorer, _, _ = fit_scorer(*desk(), QUICK)
    found = find_candidates(*desk(seed=2), QUICK.candidates)
    scores = scorer.probabilities(found.rows)
    assert scores[found.right].mean() > scores[~found.right].mean() + 0.3


@pytest.mark.parametrize("numbers", [1, 500, 4_000_000])
def test_the_nearest_are_those_of_comparing_one_by_one(monkeypatch: pytest.MonkeyPatch, numbers: int) -> None:
    monkeypatch.setattr(module, "_NUMBERS", numbers)
    queries, material = desk(60)
    past, asked = Past.of(material), queries.examples
    seen = []
    for q, cosines, nearest in past.nearest(asked, range(len(asked)), 7):
        own = np.array([owner == asked.groups[q] for owner in past.tickets.groups])
        expected = np.where(own, -2.0, past.tickets.vectors @ asked.vectors[q])
        np.testing.assert_allclose(cosines, expected, atol=1e-5)
        # Of equal ones any may be taken.
        np.testing.assert_array_equal(cosines[nearest], np.sort(cosines)[::-1][:7])
        seen.append(q)
    assert seen == list(range(len(asked)))


def test_what_was_made_of_the_past_may_be_used_again() -> None:
    queries, material = desk(60)
    once, again = (find_candidates(queries, material, 10, past) for past in (None, Past.of(material)))
    np.testing.assert_array_equal(once.rows, again.rows)
    np.testing.assert_array_equal(once.ticket_of, again.ticket_of)


def test_nobody_s_own_ticket_is_a_candidate() -> None:
    queries, material = desk(40)
    rows = find_candidates(queries, material, 100).rows
    assert len(rows) == 40 * 39 + 40 * 40
    assert max(rows[:, 0]) < 0.99999


def test_nothing_answers_a_message_that_is_out_of_scope() -> None:
    queries, material = desk(40)
    found = find_candidates(queries, material, 10)
    assert not found.right[found.query_of >= 40].any()


def test_a_desk_with_nothing_to_tell_apart_stays_untrained() -> None:
    queries, material = desk(8)
    alone = Material(None, ("en",), material.train.where([True] + [False] * 7), material.test, 0.9)  # type: ignore[arg-type]
    only = Queries(alone.train, LABELS, queries.intents[:1], queries.unfamiliar[:1])
    scorer, scores, right = fit_scorer(only, alone, QUICK)
    assert (scorer, len(scores), len(right)) == (UNTRAINED, 0, 0)


def test_the_threshold_is_that_of_the_promise() -> None:
    sure = np.linspace(0.3, 0.99, 600)
    evidence = Evidence.of(sure, sure > 0.5)
    lines = fit_thresholds(evidence, 0.7, 0.05)
    assert lines.out_of_scope_above == 0.7
    assert lines.pick_above == promises_of(evidence, 0.05).rest.threshold < 0.6
    assert 0 <= lines.ask_above <= lines.pick_above


def test_where_nothing_can_be_promised_nothing_is_answered_alone() -> None:
    wrong = Evidence.of([0.9] * 900, [False] * 900)
    for evidence in (Evidence.of([], []), Evidence.of([1.0, 0.9], [True, True]), wrong):
        assert fit_thresholds(evidence, 0.5, 0.05) == Thresholds(OFF, 0.3, 0.5)
    assert fit_thresholds(Evidence.of([0.9], [True]), 0.5, 0.0).pick_above == OFF


def test_the_scope_line_lets_the_wanted_share_through() -> None:
    unfamiliar = np.linspace(0, 1, 1001)
    line = scope_line(unfamiliar, Recipe(in_scope_kept=0.9))
    assert line == pytest.approx(0.9)
    assert (unfamiliar <= line).mean() >= 0.9
    assert scope_line(unfamiliar * 0.1, QUICK) == 0.5
    assert scope_line(np.empty(0), QUICK) == 0.5
