from __future__ import annotations

from datetime import UTC, datetime

import pytest

from replydesk.data.errors import RequestError
from replydesk.data.records import Ticket
from replydesk.data.settings import DataSettings
from replydesk.retrieval.matcher import Hit
from replydesk.ui.documents import accepted_ticket, search_document, ticket_document

TICKET = Ticket.make(
    "我的快递三天没动了", "两个工作日内送到。", context=("你好", "在的"), intent="delivery_delay", source="agent",
    language="zh", at=datetime(2026, 11, 9, 10, 30, tzinfo=UTC), author="小林", tags=("物流",), outcome="solved",
)  # fmt: skip


def test_a_ticket_keeps_every_field() -> None:
    assert ticket_document(TICKET) == {
        "id": TICKET.id, "question": "我的快递三天没动了", "answer": "两个工作日内送到。", "context": ["你好", "在的"],
        "intent": "delivery_delay", "source": "agent", "language": "zh", "at": "2026-11-09T10:30:00+00:00",
        "author": "小林", "tags": ["物流"], "outcome": "solved",
    }  # fmt: skip
    assert ticket_document(Ticket.make("a", "b"))["at"] is None


def test_a_search_keeps_the_order_and_rounds() -> None:
    other = Ticket.make("Where is it?", "On its way.")
    found = search_document([Hit(TICKET, 0.123456, 0.98765), Hit(other, 1.0, 0.5)])
    assert found == {
        "hits": [
            {"ticket": ticket_document(TICKET), "similarity": 0.1235, "score": 0.9877},
            {"ticket": ticket_document(other), "similarity": 1.0, "score": 0.5},
        ]
    }
    assert search_document([]) == {"hits": []}


@pytest.mark.parametrize(
    ("question", "language", "kept"),
    [
        (" Where is  it?\x00 Write to ann@example.com ", "en", "Where is it? Write to <EMAIL_1>"),
        ("快递在哪？\x00邮箱 ann@example.com ", "zh", "快递在哪？邮箱 <EMAIL_1>"),
    ],
)
def test_a_written_ticket_is_cleaned_and_masked(question: str, language: str, kept: str) -> None:
    ticket = accepted_ticket(Ticket.make(question, "B"), DataSettings())
    assert (ticket.question, ticket.language) == (kept, language)
    assert ticket.id == Ticket.make(kept, "B").id


@pytest.mark.parametrize(
    ("question", "answer", "where"),
    [("  ", "b", "question"), ("\x00\u200b", "b", "question"), ("a", "\n\t", "answer"), ("问", "\ud83d", "answer")],
)
def test_a_ticket_that_says_nothing_is_refused(question: str, answer: str, where: str) -> None:
    with pytest.raises(RequestError) as refusal:
        accepted_ticket(Ticket.make(question, answer), DataSettings())
    assert refusal.value.where == where
