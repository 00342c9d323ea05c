from __future__ import annotations

from collections.abc import Iterator

import pytest

from replydesk.data.errors import NotFoundError, RequestError
from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.dialog.person import write_as_person


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


@pytest.mark.parametrize(
    ("asked", "written", "stored", "language"),
    [
        ("Where is my parcel?", "Call us at +44 20 7946 0018, please.", "Call us at <PHONE_1>, please.", "en"),
        ("我的快递三天没动了", "好的 ", "好的", "zh"),
    ],
)
def test_what_a_person_writes_is_masked_and_silences_the_desk(
    agent: Agent, asked: str, written: str, stored: str, language: str
) -> None:
    key = agent.reply(asked).conversation
    made = write_as_person(agent.store, agent.settings, key, written, author="Priya")
    assert (made.role, made.text, made.author, made.language) == ("agent", stored, "Priya", language)
    assert agent.store.messages(key)[-1] == made
    silent = agent.reply(asked, conversation=key)
    assert (silent.text, silent.handoff and silent.handoff.reason) == ("", "taken_over")
    assert "Priya" in silent.reasons[0]
    agent.give_back(key)
    assert agent.reply(asked, conversation=key).text


def test_nothing_is_written_where_it_cannot_be_read(agent: Agent) -> None:
    key = agent.reply("Where is my parcel?").conversation
    before = agent.store.messages(key)
    for text in (" ", "x" * (agent.settings.ui.max_text + 1)):
        with pytest.raises(RequestError):
            write_as_person(agent.store, agent.settings, key, text)
    with pytest.raises(NotFoundError):
        write_as_person(agent.store, agent.settings, "nowhere", "hello")
    assert agent.store.messages(key) == before
    assert agent.store.messages("nowhere") == ()
