"""The ranker: features that say nothing where nothing is known, and rates that begin at the score."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime, timedelta

import pytest

from replydesk.data.records import Ticket
from replydesk.data.store import Tally
from replydesk.dialog.suggest import ranker as module
from replydesk.dialog.suggest.ranker import FEATURES, Ranker, feature_row, rates
from replydesk.retrieval.matcher import Hit

NOTHING = Tally()
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def hit(score: float = 0.5, **rest: object) -> Hit:
    ticket = Ticket.make("Where?", "Here.", **{"language": "en", **rest})  # type: ignore[arg-type]
    return Hit(ticket, 0.8, score)


def row(one: Hit, tally: Tally = NOTHING, *, language: str = "en", told: bool = False) -> dict[str, float]:
    found = feature_row(one, tally, intent=0.7, share=0.4, language=language, told=told, at=NOW)
    return dict(zip(FEATURES, found, strict=True))


def test_without_counts_a_rate_is_the_score() -> None:
    assert rates(Tally(), 0.3) == pytest.approx((0.3,) * 4)
    assert {name: value for name, value in row(hit()).items() if name.startswith("taken")} == dict.fromkeys(
        ("taken", "taken_intent", "taken_by", "taken_channel"), 0.0
    )


def test_a_rate_is_the_mean_of_a_beta_distribution_around_the_wider_rate() -> None:
    tally = Tally((6, 4, 1, 0), (3.0, 3.0, 1.0, 0.0))
    whole = (3 + 4 * 0.5) / 10
    intent = (3 + 4 * whole) / 8
    assert rates(tally, 0.5) == pytest.approx((whole, intent, (1 + 4 * intent) / 5, intent))


def test_features_are_what_they_are_called() -> None:
    old = row(hit(0.5, source="article", at=NOW - timedelta(days=3 * 365), language="zh"), told=True)
    assert (old["score"], old["similarity"], old["intent"], old["share"]) == (0.0, 0.8, 0.7, 0.4)
    assert (old["article"], old["canned"], old["age"], old["language"], old["told"]) == (1, 0, 1, 0, 1)
    new = row(hit(0.5, source="canned", at=NOW + timedelta(days=1)))
    assert (new["article"], new["canned"], new["age"], new["language"], new["told"]) == (0, 1, 0, 1, 0)
    assert row(hit(0.5))["age"] == 0
    assert row(hit(1.0))["score"] == pytest.approx(3.89, abs=0.01)


def test_a_ranker_is_read_back_and_forgives_what_it_does_not_know() -> None:
    ranker = Ranker(tuple(float(n) for n in range(len(FEATURES))), -1.5)
    assert Ranker.from_document(ranker.document()) == ranker
    assert Ranker.from_document({"weights": {"score": 1.0}, "bias": 0}).weights == (1.0, *[0.0] * 13)


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0
