"""Scores: a probability that rises with what speaks for a hit, and codes that must not be mixed up."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replydesk.data.records import Ticket
from replydesk.retrieval.calibration import FEATURES, UNTRAINED, HitScorer, features
from replydesk.retrieval.codes import codes_conflict

SHARE = st.floats(0, 1)


def test_features_stand_in_their_order() -> None:
    row = features(
        0.1,
        0.2,
        exact=True,
        intent=0.4,
        unfamiliar=0.5,
        lexical=0.6,
        thin=0.7,
        age=0.8,
        outcome=0.9,
        popularity=1.0,
        told=0.3,
    )
    assert dict(zip(FEATURES, row, strict=True)) == {
        "similarity": 0.1,
        "overlap": 0.2,
        "exact": 1.0,
        "intent": 0.4,
        "unfamiliar": 0.5,
        "lexical": 0.6,
        "thin": 0.7,
        "age": 0.8,
        "outcome": 0.9,
        "popularity": 1.0,
        "told": 0.3,
    }


def test_probabilities_are_the_logistic_function_of_the_weighted_sum() -> None:
    scorer = HitScorer((1.0, 2.0, 3.0, 4.0, -5.0), -0.5)
    row = features(0.1, 0.2, exact=True, intent=0.4, unfamiliar=0.5)
    expected = 1 / (1 + math.exp(-(0.1 + 0.4 + 3.0 + 1.6 - 2.5 - 0.5)))
    assert scorer.probabilities([row])[0] == pytest.approx(expected, abs=1e-12)


def test_a_scorer_from_before_a_feature_was_known_does_not_count_it() -> None:
    document = {
        "weights": {"similarity": 8.0, "overlap": 1.0, "exact": 2.0, "intent": 3.0, "unfamiliar": -4.0},
        "bias": -5.0,
    }
    scorer = HitScorer.from_document(document)
    plain, wordy = scorer.probabilities([features(0.6, 0.5), features(0.6, 0.5, lexical=1.0, thin=0.5)])
    assert plain == wordy == pytest.approx(1 / (1 + math.exp(-0.3)))
    assert scorer == HitScorer((8.0, 1.0, 2.0, 3.0, -4.0), -5.0)
    assert scorer.document()["weights"]["lexical"] == 0.0


def test_no_hits_have_no_probabilities() -> None:
    assert UNTRAINED.probabilities([]).shape == (0,)


def test_untrained_a_cosine_of_six_tenths_is_an_even_chance() -> None:
    assert UNTRAINED.probabilities([features(0.6, 0.0)])[0] == pytest.approx(0.5)


def test_huge_values_stay_probabilities() -> None:
    scorer = HitScorer((1e6, 0.0, 0.0, 0.0, 0.0), 0.0)
    low, high = scorer.probabilities([features(-1, 0), features(1, 0)])
    assert 0 <= low < 1e-20
    assert high == pytest.approx(1)


@given(similarity=st.floats(-1, 1), overlap=SHARE, intent=SHARE, unfamiliar=SHARE, more=SHARE)
def test_untrained_scores_rise_with_what_speaks_for_a_hit(
    similarity: float, overlap: float, intent: float, unfamiliar: float, more: float
) -> None:
    (base,) = UNTRAINED.probabilities([features(similarity, overlap, intent=intent, unfamiliar=unfamiliar)])
    better = [
        features(similarity + more, overlap, intent=intent, unfamiliar=unfamiliar),
        features(similarity, overlap + more, intent=intent, unfamiliar=unfamiliar),
        features(similarity, overlap, intent=intent + more, unfamiliar=unfamiliar),
        features(similarity, overlap, exact=True, intent=intent, unfamiliar=unfamiliar),
        features(similarity, overlap, intent=intent, unfamiliar=unfamiliar - more),
        features(similarity, overlap, intent=intent, unfamiliar=unfamiliar, lexical=more),
        features(similarity, overlap, intent=intent, unfamiliar=unfamiliar, thin=-more),
        features(similarity, overlap, intent=intent, unfamiliar=unfamiliar, age=-more, outcome=more),
    ]
    assert (UNTRAINED.probabilities(better) >= base - 1e-12).all()


@given(st.lists(st.floats(-100, 100), min_size=5, max_size=5), st.floats(-100, 100))
def test_a_document_gives_the_scorer_back(weights: list[float], bias: float) -> None:
    scorer = HitScorer(tuple(weights), bias)
    assert HitScorer.from_document(json.loads(json.dumps(scorer.document()))) == scorer


def test_a_document_names_its_weights() -> None:
    document = UNTRAINED.document()
    shuffled = {"bias": document["bias"], "weights": dict(reversed(document["weights"].items()))}
    assert HitScorer.from_document(shuffled) == UNTRAINED


@pytest.mark.parametrize(
    ("asked", "question", "answer", "conflict"),
    [
        ("The machine shows E4", "It says E2 on the display", "Descale it.", True),
        ("The machine shows E4", "It says e-4 on the display", "Descale it.", False),
        ("The machine shows E4", "What do the codes mean?", "E2 is water, E4 is heat.", False),
        ("The machine shows E4", "What do the codes mean?", "E2 is water.", True),
        ("The machine shows E4", "It shows an error", "Descale it.", False),
        ("It shows an error", "It says E2 on the display", "Descale it.", False),
        ("The machine shows E4", "Do you sell the K12?", "Yes.", False),
        ("Order TW-204817, where is it?", "Order TW-109933 is late", "It comes today.", False),
        ("I waited 3 days, 2 of them at home", "I waited 5 days", "Sorry.", False),
        ("显示错误代码E4怎么办", "显示E2怎么办", "请加水。", True),
        ("显示错误代码Ｅ４怎么办", "显示e4怎么办", "请断电十分钟。", False),
        ("显示错误代码E4怎么办", "错误代码是什么意思", "E2缺水，E4过热。", False),
        ("显示错误代码E4怎么办", "机器不工作了", "请断电十分钟。", False),
        ("机器不工作了", "显示E2怎么办", "请加水。", False),
    ],
)
def test_a_ticket_about_another_code_is_told_apart(asked: str, question: str, answer: str, conflict: bool) -> None:
    assert codes_conflict(asked, Ticket.make(question, answer)) is conflict
