"""A release with a speller reads what was meant, stores and finds what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.dialog.hanspelling import HanSpeller
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.skills import Skills
from replydesk.dialog.spelling import Speller

HAN = HanSpeller({"^退": 9, "退款": 9, "款什": 9}, {"宽": "款"}, {"tuikuan": "退款"})
SPELLER = Speller({"refund": 900, "human": 900, "money": 900, "back": 900}, frozenset({"where"}), HAN)


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


def release(agent: Agent, speller: Speller | None, key: str) -> Release:
    skills = {agent.matcher.encoder_id(language): Skills(speller=speller) for language in ("en", "zh")}
    return Release(key, datetime(2026, 11, 1, tzinfo=UTC), skills)


@pytest.mark.parametrize(
    ("typed", "meant", "language"),
    [("where is my refudn", "where is my refund", "en"), ("退宽什么时候到账", "退款什么时候到账", "zh")],
)
def test_the_vector_is_that_of_what_was_meant(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, typed: str, meant: str, language: str
) -> None:
    encoded, searched = [], []
    vectors, find = type(agent.matcher).vectors, type(agent.matcher).find

    def encoding(self: Any, texts: Sequence[str], **more: Any) -> np.ndarray:
        encoded.extend(texts)
        return vectors(self, texts, **more)

    def finding(self: Any, text: str, *rest: Any, **more: Any) -> Any:
        searched.append(text)
        return find(self, text, *rest, **more)

    monkeypatch.setattr(type(agent.matcher), "vectors", encoding)
    monkeypatch.setattr(type(agent.matcher), "find", finding)
    for speller, read in ((None, typed), (SPELLER, meant)):
        agent.use(release(agent, speller, f"with-{speller is not None}"))
        encoded.clear()
        searched.clear()
        agent.answer(Incoming(typed, language=language))
        assert (encoded[0], searched[0]) == (read, typed)


def test_a_wish_for_a_person_is_read_through_a_slip(agent: Agent) -> None:
    agent.use(release(agent, SPELLER, "spelled"))
    assert agent.answer(Incoming("I want to talk to a humna", language="en")).reading.wants_person
    agent.use(release(agent, None, "plain"))
    assert not agent.answer(Incoming("I want to talk to a humna", language="en")).reading.wants_person


def test_the_same_question_word_for_word_is_still_found(agent: Agent) -> None:
    question = "Where is my parcel?"
    odd = Speller({"parcels": 10_000, "where": 900})
    agent.use(release(agent, odd, "odd"))
    assert odd.correct(question) != question
    reply = agent.answer(Incoming(question, language="en"))
    assert reply.action == "pick" and reply.hits[0].ticket.question == question


def test_a_release_keeps_its_speller(agent: Agent, home: Home) -> None:
    releases = Releases(home)
    saved = release(agent, SPELLER, "2026-11-01-aaaa")
    releases.save(saved, {}, "")
    for key in saved.skills:
        again = releases.load(saved.id).skills_of(key).speller
        assert again is not None and again.correct("my refudn，退宽什么") == "my refund，退款什么"
    assert releases.card(saved.id)["skills"][next(iter(saved.skills))]["speller"] is True
    releases.save(release(agent, None, "2026-11-02-bbbb"), {}, "")
    assert releases.load("2026-11-02-bbbb").skills_of(next(iter(saved.skills))).speller is None
