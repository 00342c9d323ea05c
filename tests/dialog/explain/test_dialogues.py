"""Whatever a desk says, with forms, rules, facts, alarms and people who take over: it can be replayed and explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.dialogues import read_scripts
from replydesk.data.records import Message
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.explaining import explanation_of
from replydesk.dialog.explain.replaying import replay_of
from replydesk.dialog.incoming import Incoming
from replydesk.ui.rehearsing import own_desk

FILES = sorted((Path(__file__).parents[2] / "dialogues").glob("*.yaml"))


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def held(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_settings: Settings
) -> Iterator[tuple[Agent, list[tuple[str, list[str]]]]]:
    """Yield a desk that has held all dialogues of a file, and the replies of each by its name."""
    file = read_scripts(request.param)
    agent = own_desk(file, tmp_path_factory.mktemp(request.param.stem), tiny_settings)
    told = []
    for number, script in enumerate(file.scripts):
        replies = []
        for turn in script.turns:
            if turn.takeover:
                agent.take_over(str(number), by=turn.takeover)
            elif turn.release:
                agent.give_back(str(number))
            else:
                reply = agent.reply(turn.customer, conversation=str(number), language=script.language)
                replies.append(reply.id)
        told.append((script.name, replies))
    yield agent, told
    agent.store.close()


def test_every_reply_comes_out_the_same(held: tuple[Agent, list[tuple[str, list[str]]]]) -> None:
    agent, told = held
    found = {(name, key): replay_of(agent, key).differences for name, keys in told for key in keys}
    different = {name: fields for (name, _), fields in found.items() if fields}
    assert different == {}


def test_every_reply_can_be_explained(held: tuple[Agent, list[tuple[str, list[str]]]]) -> None:
    agent, told = held
    for name, (*_, key) in told[::4]:
        document: dict[str, Any] = explanation_of(agent, key).document()
        assert json.dumps(json.loads(json.dumps(document))) == json.dumps(document), name
        assert "answered_otherwise" not in document["notes"], name
        assert len(document["said"]["en"]) == len(document["said"]["zh"]), name


@pytest.mark.parametrize(("text", "language"), [("it should come tomorrow", "en"), ("应该明天到", "zh")])
def test_dates_count_from_the_clock_of_the_reply(
    tmp_path: Path, tiny_settings: Settings, text: str, language: str
) -> None:
    agent = own_desk(read_scripts(FILES[0]), tmp_path / "desk", tiny_settings)
    at = datetime.now(UTC) - timedelta(days=40)
    reply = agent.answer(Incoming(text, language, conversation="c", at=at))
    asked, said = Message("m", "customer", text, at), Message(reply.id, "bot", reply.text, at)
    document = reply.document() | {"message": "m"}
    agent.store.append("c", asked, said, reply=(reply.release, document))
    assert document["entities"][0]["value"] == (at.astimezone() + timedelta(days=1)).date().isoformat()
    assert replay_of(agent, reply.id).same
    agent.store.close()
