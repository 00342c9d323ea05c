"""Fusion: each feature has the value that its words promise, in searching and in training alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from replydesk.data.records import Ticket
from replydesk.retrieval.calibration import FEATURES
from replydesk.retrieval.fusion import Candidate, fused, thinness
from replydesk.retrieval.wording import Wording
from replydesk.retrieval.words.lexical import LexicalIndex

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def rows(question: str, tickets: list[Ticket], **facts: object) -> list[dict[str, float]]:
    words = LexicalIndex()
    words.add([ticket.id for ticket in tickets], [ticket.question for ticket in tickets])
    candidates = [Candidate(ticket, Wording.of(ticket), 0.5) for ticket in tickets]
    rarities = words.rarities({term for candidate in candidates for term in candidate.wording.terms})
    asked = words.query(question)
    found = fused(question, asked, candidates, rarities=rarities, intents=facts, unfamiliar=0.25)  # type: ignore[arg-type]
    return [dict(zip(FEATURES, row, strict=True)) for row in found]


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("where is parcel tw204817", "Parcel TW-204817 is late", "Can I change my address?"),
        ("订单tw204817到哪了", "訂單TW-204817還沒到", "可以修改地址吗"),
    ],
)
def test_words_speak_for_the_ticket_that_shares_the_rare_ones(question: str, near: str, far: str) -> None:
    one, other = rows(question, [Ticket.make(near, "It comes today."), Ticket.make(far, "Yes.")])
    assert one["lexical"] > 0.3 > other["lexical"]
    assert one["overlap"] > other["overlap"] == 0.0
    assert one["similarity"] == other["similarity"] == 0.5
    assert one["unfamiliar"] == 0.25


@pytest.mark.parametrize(
    ("question", "short", "long"),
    [
        (
            "how do I return a lamp",
            "Return a lamp?",
            "Return a lamp that the courier broke on its way to my neighbour?",
        ),
        ("我想退货，台灯怎么退", "台灯怎么退？", "台灯怎么退？快递送到邻居家的时候已经摔坏了，发票也找不到"),
    ],
)
def test_a_question_that_is_asked_as_a_whole_is_told_more_than_one_that_asks_more(
    question: str, short: str, long: str
) -> None:
    one, other = rows(question, [Ticket.make(short, "So."), Ticket.make(long, "Not so.")])
    assert 1 >= one["told"] > other["told"] > 0
    assert rows(question, [Ticket.make(question, "So.")])[0]["told"] == 1.0


def test_an_intent_speaks_for_the_tickets_that_have_it() -> None:
    found = rows("where is it", [Ticket.make("a", "b", intent="delivery"), Ticket.make("c", "d")], delivery=0.8)
    assert [row["intent"] for row in found] == [0.8, 0.0]


def test_age_is_told_from_the_newest_and_ends_at_three_years() -> None:
    times = [NOW, NOW - timedelta(days=365.25 * 1.5), NOW - timedelta(days=5000), None]
    found = rows("q", [Ticket.make(f"q{i}", f"a{i}", at=at) for i, at in enumerate(times)])
    assert [row["age"] for row in found] == pytest.approx([0.0, 0.5, 1.0, 0.0])
    assert [row["age"] for row in rows("q", [Ticket.make("q", "a")])] == [0.0]


def test_outcome_is_the_customer_s_satisfaction_around_nothing_known() -> None:
    tickets = [Ticket.make(f"q{i}", f"a{i}", satisfaction=value) for i, value in enumerate((1.0, 0.5, 0.0, None))]
    assert [row["outcome"] for row in rows("q", tickets)] == [1.0, 0.0, -1.0, 0.0]


def test_popularity_counts_equal_answers_among_the_candidates() -> None:
    tickets = [Ticket.make(f"q{i}", "We pay it back.") for i in range(8)] + [Ticket.make("q9", "No.")]
    found = rows("q", tickets)
    assert found[0]["popularity"] == pytest.approx(3 / 5)
    assert found[8]["popularity"] == 0.0


def test_thin_questions_are_blamed_by_long_messages_only() -> None:
    assert thinness(asked=8, told=1) == 0.75
    assert thinness(asked=4, told=1) == 0.0
    assert thinness(asked=8, told=4) == 0.0
