"""Reranking: a new order and honest scores where there is time, the old ones where there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from replydesk.data.records import Ticket
from replydesk.retrieval.matcher import Hit
from replydesk.retrieval.reranking.budget import LatencyBudget
from replydesk.retrieval.reranking.reranker import Reranking, RerankScorer, ticket_text

SCORER = RerankScorer(1.0, 2.0, -0.5)


class Counting:
    """A reranker that likes texts for the question's last letter, and takes its time on a clock of its own."""

    id = "counting"

    def __init__(self, each: float = 0.0) -> None:
        self.each, self.now = each, 0.0
        self.read: list[list[str]] = []

    def tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        return [100 for _ in texts]

    def logits(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read.append(list(texts))
        self.now += self.each * 100 * len(texts) / 1000
        return np.array([text.count(question[-1]) for text in texts], dtype=np.float32)


def hit(question: str, answer: str, score: float, *, exact: bool = False) -> Hit:
    return Hit(Ticket.make(question, answer), 0.5, score, exact)


def hits(count: int) -> list[Hit]:
    """Hits of falling score, of which the later hold more letters z."""
    return [hit(f"q{number}", f"a{number} " + "z" * number, 0.9 - 0.05 * number) for number in range(count)]


def reranking(reranker: Counting, milliseconds: float = 60.0) -> Reranking:
    return Reranking(reranker, SCORER, LatencyBudget(milliseconds, clock=lambda: reranker.now))


def expected(score: float, logit: float) -> float:
    return 1 / (1 + math.exp(-(math.log(score / (1 - score)) + 2.0 * logit - 0.5)))


def test_hits_get_the_probability_of_the_scorer_and_its_order() -> None:
    before = hits(5)
    found = reranking(Counting())("z", before)
    assert found.outcome == "done"
    assert [one.ticket for one in found.hits] == [one.ticket for one in reversed(before)]
    for one in found.hits:
        number = int(one.ticket.question[1:])
        assert one.score == pytest.approx(expected(0.9 - 0.05 * number, number))
        assert one.similarity == 0.5


def test_at_most_ten_are_read_and_the_others_are_compared_by_their_score() -> None:
    reranker = Counting()
    before = hits(14)
    found = reranking(reranker)("z", before)
    assert [len(texts) for texts in reranker.read] == [10]
    assert reranker.read[0][3] == "q3\na3 zzz"
    assert {one.ticket.id: one.score for one in found.hits}.items() >= {
        one.ticket.id: one.score for one in before[10:]
    }.items()
    assert [one.score for one in found.hits] == sorted((one.score for one in found.hits), reverse=True)
    assert len(found.hits) == 14


@pytest.mark.parametrize("before", [[], [hit("q", "a", 0.4, exact=True), hit("r", "z", 0.9)]])
def test_there_may_be_nothing_to_rerank(before: list[Hit]) -> None:
    reranker = Counting()
    found = reranking(reranker)("z", before)
    assert (found.hits, found.outcome, reranker.read) == (before, "off", [])


def test_without_a_budget_it_is_off() -> None:
    before = hits(3)
    found = reranking(Counting(), 0.0)("z", before)
    assert (found.hits, found.outcome) == (before, "off")


def test_too_slow_a_reranker_gets_fewer_and_then_none() -> None:
    reranker = Counting(each=0.05)
    rank = reranking(reranker, 100.0)
    assert rank("z", hits(10)).outcome == "done"
    rank.budget.milliseconds = 32.0
    found = rank("z", before := hits(10))
    assert found.outcome == "done"
    assert len(reranker.read[-1]) == 6
    assert {one.ticket.id: one.score for one in found.hits}.items() >= {
        one.ticket.id: one.score for one in before[6:]
    }.items()
    rank.budget.milliseconds = 14.0
    found = rank("z", before)
    assert (found.hits, found.outcome) == (before, "skipped")
    assert len(reranker.read) == 2


def test_the_scorer_is_a_logistic_model_and_its_document_is_itself() -> None:
    scorer = RerankScorer(0.8, 1.5, -1.0)
    found = scorer.probabilities([0.0, 0.3, 1.0], [-50.0, 0.2, 50.0])
    assert found[1] == pytest.approx(1 / (1 + math.exp(-(0.8 * math.log(0.3 / 0.7) + 1.5 * 0.2 - 1.0))))
    assert 0 <= found[0] < 1e-9 and 1 - 1e-9 < found[2] <= 1
    assert RerankScorer.from_document(scorer.document()) == scorer


def test_a_short_question_is_read_with_what_came_before_it() -> None:
    ticket = Ticket.make("and the blue one?", "Yes, from May.", context=("Do you have the lamp?", "Yes, in sand."))
    assert ticket_text(ticket) == "Do you have the lamp?\nand the blue one?\nYes, from May."
    assert ticket_text(Ticket.make("退款要多久", "五天")) == "退款要多久\n五天"
