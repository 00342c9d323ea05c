"""While the vectors' engine is away, words and exact questions answer; nothing is sent on the strength of words."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pytest
from fastapi.testclient import TestClient

from replydesk.data.errors import EngineError
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming
from replydesk.retrieval import indexes
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors import shared
from replydesk.retrieval.vectors.index import FaissIndex
from replydesk.ui.app import create_app

SURE = HitScorer((0.0,) * 11, 9.0)


class Engine:
    """An engine in this process that may be away, and counts how often it was asked."""

    where, asked = "http://engine.example", 0

    def __init__(self, encoder_id: str, dimension: int) -> None:
        self.encoder_id, self.dimension = encoder_id, dimension
        self.seq, self.mark, self.away = -1, "", True
        self._held, self._index = (0, ""), FaissIndex(encoder_id, dimension)

    def _ask(self) -> None:
        self.asked += 1
        if self.away:
            raise EngineError("The engine cannot be reached.", where=self.where, hint="Start it.")

    def __len__(self) -> int:
        return len(self._index)

    def refresh(self) -> None:
        self._ask()
        self.seq, self.mark = self._held

    def advance(self, seq: int, mark: str, keys: Sequence[str], vectors: Vectors, removed: Sequence[str]) -> bool:
        self._ask()
        self._index.add(keys, np.asarray(vectors).reshape(len(keys), self.dimension))
        self._index.remove(removed)
        self._held = self.seq, self.mark = seq, mark
        return True

    def search(
        self, queries: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        self._ask()
        return self._index.search(queries, k, among=among)

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Engine]:
    """Return the engines that were opened, by encoder."""
    opened: dict[str, Engine] = {}

    def open_engine(_url: str, encoder_id: str, dimension: int) -> Engine:
        return opened.setdefault(encoder_id, Engine(encoder_id, dimension))

    monkeypatch.setattr(indexes, "open_engine", open_engine)
    monkeypatch.setattr(shared, "_AWAY", 1000.0)
    return opened


@pytest.fixture
def agent(desk: Home, engine: dict[str, Engine]) -> Iterator[Agent]:
    wanted = Settings.load(desk.settings)
    wanted = wanted.model_copy(
        update={"retrieval": wanted.retrieval.model_copy(update={"index": "http://engine.example"})}
    )
    agent = Agent.open(desk, wanted)
    yield agent
    agent.matcher.close()
    agent.store.close()


def back(engine: dict[str, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_AWAY", 0.0)
    for one in engine.values():
        one.away = False


@pytest.mark.parametrize(
    ("question", "language", "reason"),
    [
        ("my parcel is late again", "en", "The search by meaning is away; these past questions share most words"),
        ("我的快递三天没动了吗", "zh", "语义检索暂时不可用；下面的历史问题与这条消息用词最接近"),
    ],
)
def test_words_find_but_never_send(
    agent: Agent, engine: dict[str, Engine], question: str, language: str, reason: str
) -> None:
    reply = agent.reply(question, language=language)
    assert reply.action == "ask"
    assert reply.reasons[0].startswith(reason)
    assert reply.hits
    assert {(hit.similarity, hit.compared, hit.exact) for hit in reply.hits} == {(0.0, False, False)}
    assert not any("similarity" in line or "相似度" in line for line in reply.reasons)
    # However sure a scorer is: it never saw hits without a cosine.
    hits = agent.matcher.find(question, language=language, scorer=SURE)
    assert all(not hit.compared for hit in hits)
    assert reply.options
    assert engine


@pytest.mark.parametrize(("question", "language"), [("Where is my parcel?", "en"), ("我的快递三天没动了", "zh")])
def test_the_same_question_is_answered(agent: Agent, engine: dict[str, Engine], question: str, language: str) -> None:
    reply = agent.reply(question, language=language)
    assert (reply.action, reply.hits[0].exact, reply.hits[0].compared) == ("pick", True, True)
    assert any(one.away for one in engine.values())


@pytest.mark.parametrize(
    ("question", "language", "reason"),
    [
        ("do you sell umbrellas with polka dots", "en", "The search by meaning is away, and no past question"),
        ("雨伞有圆点图案的吗", "zh", "语义检索暂时不可用，也没有"),
    ],
)
def test_what_shares_too_few_words_goes_to_a_person(agent: Agent, question: str, language: str, reason: str) -> None:
    reply = agent.reply(question, language=language)
    assert (reply.action, reply.hits) == ("handoff", ())
    assert reply.reasons[0].startswith(reason)


def test_it_is_asked_seldom_logged_once_and_found_again(
    agent: Agent, engine: dict[str, Engine], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    for number in range(5):
        agent.answer(Incoming(f"my parcel {number} is late", language="en"))
    assert [one.asked for one in engine.values()] == [1]
    assert [record.message for record in caplog.records if "words alone" in record.message] == [
        "Tickets are found by their words alone: The engine cannot be reached. (http://engine.example) Start it."
    ]
    monkeypatch.setattr(shared, "_AWAY", 0.0)
    agent.answer(Incoming("my parcel is late", language="en"))
    back(engine, monkeypatch)
    for known in list(agent.matcher._indexes._vectors.values()):
        assert isinstance(known, shared.SharedVectors)
        known._away_until = 0.0
    hits = agent.matcher.find("my parcel is late", language="en")
    assert hits
    assert all(hit.compared and hit.similarity > 0 for hit in hits)
    assert agent.matcher.trouble() == ""
    assert [record.message for record in caplog.records][1:] == ["http://engine.example is back."]


def test_an_engine_that_goes_away_within_a_search_is_no_error(
    agent: Agent, engine: dict[str, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.matcher.find("my parcel is late", language="en")
    back(engine, monkeypatch)
    for known in list(agent.matcher._indexes._vectors.values()):
        assert isinstance(known, shared.SharedVectors)
        known._away_until = 0.0
    before = agent.matcher.find("my parcel is late", language="en")
    assert all(hit.compared for hit in before)
    for one in engine.values():
        one.away = True
    # The store has not changed, so the first question is the search itself.
    after = agent.matcher.find("my parcel is late", language="en")
    assert after
    assert not any(hit.compared for hit in after)


def test_a_ticket_that_was_removed_is_not_found_by_its_words(agent: Agent) -> None:
    ticket = Ticket.make("Do umbrellas have polka dots?", "Yes, small ones.", language="en")
    agent.store.add_ticket(ticket)
    found = agent.matcher.find("do your umbrellas have polka dots", language="en")
    assert [hit.ticket.id for hit in found] == [ticket.id]
    agent.store.remove_ticket(ticket.id)
    assert agent.matcher.find("do your umbrellas have polka dots", language="en") == []


def test_the_api_answers_and_readyz_says_why_by_words(agent: Agent) -> None:
    agent.warm_up()
    with TestClient(create_app(agent, page=False)) as client:
        replied = client.post("/api/v1/reply", json={"text": "my parcel is late again"})
        assert (replied.status_code, replied.json()["action"]) == (200, "ask")
        searched = client.post("/api/v1/search", json={"text": "my parcel is late again"})
        assert searched.status_code == 200
        assert searched.json()["hits"][0]["similarity"] == 0
        ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert "cannot be reached" in ready.json()["trouble"]
