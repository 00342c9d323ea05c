"""Reading ahead: no reply is the first to read what it needs of a past ticket, and a server that stops stops it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from replydesk.data.errors import StoreError
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.dialog.agent import Agent
from replydesk.dialog.ahead import read_ahead
from replydesk.dialog.compose.composer import Asked
from replydesk.dialog.compose.extractive import Extractive
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.wording import Wording


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    agent.warm_up()
    yield agent
    agent.store.close()


class Counting:
    """An encoder that notes which texts it had to read."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.id, self.dimension = inner, inner.id, inner.dimension
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        return self._inner.encode(texts)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("language", "text"), [("en", "Where is my parcel now"), ("zh", "我的快递三天没动了，在哪")])
def test_what_replies_need_of_tickets_is_read_before(
    agent: Agent, language: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = agent.matcher_of(agent.release())
    remembering: Any = matcher._encoders.of(language)
    counting = Counting(remembering.inner)
    monkeypatch.setattr(remembering, "inner", counting)
    assert read_ahead(agent, threading.Event(), most=1000, rest=0) == 40
    counting.read.clear()

    def unread(_ticket: Ticket) -> Wording:
        raise AssertionError("This ticket was not read ahead.")

    monkeypatch.setattr(Wording, "of", unread)
    hits = matcher.find(text, language=language)
    assert hits
    Extractive.of(matcher).compose(Asked(text, language), hits)
    assert counting.read == [text]


def test_the_newest_are_read_and_no_more_than_are_wanted(agent: Agent) -> None:
    new = Ticket.make("Do you ship to Malta?", "Yes.", language="en", at=datetime(2027, 1, 1, tzinfo=UTC))
    written = Ticket.make("Do you ship to Crete?", "Yes, too.", language="en", source="canned")
    agent.store.add_tickets([new, written])
    # What has no date, such as a canned answer, is kept up.
    newest = [ticket.id for ticket in agent.store.newest_tickets(1000)]
    dated = [ticket.at for ticket in agent.store.newest_tickets(1000) if ticket.at is not None]
    assert newest.index(written.id) < newest.index(new.id) and dated == sorted(dated, reverse=True)
    assert read_ahead(agent, threading.Event(), most=3, rest=0) == 3
    assert read_ahead(agent, threading.Event(), most=0, rest=0) == 0


def test_it_stops_when_it_is_told(agent: Agent) -> None:
    stop = threading.Event()
    stop.set()
    assert read_ahead(agent, stop, most=1000) == 0


def test_what_goes_wrong_is_left_to_the_message_that_needs_it(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_limit: int) -> list[Ticket]:
        raise StoreError("The database is away.", where="replydesk.db", hint="Wait.")

    monkeypatch.setattr(agent.store, "newest_tickets", broken)
    with caplog.at_level(logging.WARNING):
        assert read_ahead(agent, threading.Event(), most=10) == 0
    assert "The database is away." in caplog.text
