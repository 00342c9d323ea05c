"""Records: ids depend on content alone, and the same text is the same in every width and case."""

from __future__ import annotations

import dataclasses
import doctest
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replydesk.data import records as module
from replydesk.data.records import Conversation, Message, Ticket, Verdict, content_id, same_question, same_text

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("  Where is  my ORDER？", "where is my order?"),
        ("Straße", "strasse"),
        ("ＷＨＥＲＥ\u3000ＩＳ\nｉｔ", "where is it"),
        ("我的　快递\t到哪了？！", "我的 快递 到哪了?!"),
        ("订单ＴＷ－１２", "订单tw-12"),
        (" \n ", ""),
    ],
)
def test_the_same_text(text: str, same: str) -> None:
    assert same_text(text) == same == same_text(same)


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("Where is  my ORDER？", "where is my order"),
        ("運費怎麼算", "运费怎么算"),
        ("运费怎么算？！。", "运费怎么算"),
        ("cancel my order...", "cancel my order"),
        ("error E4!", "error e4"),
        ("is it 5 %", "is it 5 %"),
        ("？？", "??"),
        (" ", ""),
    ],
)
def test_the_same_question_whatever_ends_it(question: str, same: str) -> None:
    assert same_question(question) == same == same_question(same)


def test_content_ids_are_those_of_every_machine_and_year() -> None:
    assert content_id("Where is my parcel?", "包裹在哪里？") == "386a4f1c825ce28f080e8cd2073387c9"
    assert content_id() == "cae66941d9efbd404e4d88758ea67670"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_have_different_ids(first: list[str], second: list[str]) -> None:
    assert (content_id(*first) == content_id(*second)) == (first == second)


def test_half_a_character_has_an_id() -> None:
    assert content_id("\ud83d") != content_id("\ud83e")


@pytest.mark.parametrize(("question", "answer"), [("Late?", "Tomorrow."), ("还没到？", "明天到。")])
def test_a_ticket_is_its_words(question: str, answer: str) -> None:
    ticket = Ticket.make(question, answer, context=("Hello",))
    labelled = Ticket.make(
        question, answer, context=("Hello",), intent="late", language="zh", at=NINE, author="Ada", tags=("x",)
    )
    assert ticket.id == labelled.id
    others = (
        Ticket.make(question, answer),
        Ticket.make(answer, question, context=("Hello",)),
        Ticket.make(question, answer, context=("Hello",), source="canned"),
        Ticket.make(question, f"{answer} ", context=("Hello",)),
    )
    assert len({ticket.id, *(other.id for other in others)}) == 5


def test_a_conversation_began_with_its_earliest_message() -> None:
    hello, late = Message("1", "customer", "Hello", NINE + timedelta(hours=1)), Message("2", "agent", "Hi", NINE)
    assert Conversation("c", (hello, late, Message("3", "bot", "?"))).at == NINE
    assert Conversation("c", (Message("3", "bot", "?"),)).at is None
    assert Conversation("c", ()).at is None


@pytest.mark.parametrize(
    "record",
    [Message("1", "customer", "Hi"), Conversation("c", ()), Ticket.make("q", "a"), Verdict("v", "r", "good")],
    ids=lambda record: type(record).__name__,
)
def test_records_are_frozen_and_hashable(record: object) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.id = "other"  # type: ignore[attr-defined]
    assert len({record, dataclasses.replace(record)}) == 1  # type: ignore[type-var]
