"""Suggestions through the doors: HTTP and the command line, both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.dialog.suggest.suggestion import Suggestions
from replydesk.ui.app import create_app
from replydesk.ui.terminal import suggestions_text
from tests.command_line import exit_code

SUGGEST = "/api/v1/suggest"
FIELDS = {
    "id", "conversation", "text", "meant", "by", "customer", "channel", "language", "intents", "k", "ranker", "explore",
    "release", "at", "milliseconds", "items", "beside",
}  # fmt: skip


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


@pytest.fixture
def client(agent: Agent) -> TestClient:
    return TestClient(create_app(agent, page=False), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Please cancel my order", "en", "Done, your order is cancelled and nothing will be charged."),
        ("帮我取消订单", "zh", "已为您取消订单，不会扣款。"),
    ],
)
def test_the_door_suggests_and_sends_nothing(
    client: TestClient, agent: Agent, text: str, language: str, answer: str
) -> None:
    found = client.post(SUGGEST, json={"text": text, "conversation": "talk", "k": 2, "id": f"one {language}"})
    assert found.status_code == 200
    document = found.json()
    assert set(document) == FIELDS
    assert (document["language"], len(document["items"])) == (language, 2)
    assert document["items"][0]["text"] == answer
    assert agent.store.messages("talk") == ()
    again = client.post(SUGGEST, json={"text": text, "conversation": "talk", "k": 2, "id": f"one {language}"})
    assert again.json() == document


def test_a_verdict_is_taken_once(client: TestClient, agent: Agent) -> None:
    document = client.post(SUGGEST, json={"text": "Please cancel my order", "by": "Ada"}).json()
    verdict = {"ticket": document["items"][0]["ticket"], "kind": "edited", "text": "Done, it is cancelled."}
    door = f"/api/v1/suggestions/{document['id']}/verdict"
    first, second = (client.post(door, json=verdict) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    [stored] = agent.store.suggestion(document["id"]).verdicts
    assert (stored.kind, stored.by, stored.text) == ("edited", "Ada", "Done, it is cancelled.")


@pytest.mark.parametrize(
    ("door", "body", "status", "where"),
    [
        (SUGGEST, {"text": " "}, 422, "text"),
        (SUGGEST, {"conversation": "nowhere"}, 404, "nowhere"),
        (SUGGEST, {"text": "hello", "k": 11}, 422, "k"),
        ("/api/v1/suggestions/none/verdict", {"ticket": "a", "kind": "accepted"}, 404, "none"),
        ("/api/v1/suggestions/none/verdict", {"ticket": "a", "kind": "good"}, 422, "kind"),
        ("/api/v1/suggestions/none/verdict", {"ticket": "", "kind": "accepted"}, 422, "ticket"),
    ],
)
def test_what_is_wrong_is_said(client: TestClient, door: str, body: dict[str, Any], status: int, where: str) -> None:
    response = client.post(door, json=body)
    assert response.status_code == status
    assert response.json()["error"]["where"] == where


def test_an_id_for_another_message_is_a_conflict(client: TestClient) -> None:
    client.post(SUGGEST, json={"text": "Please cancel my order", "id": "one"})
    assert client.post(SUGGEST, json={"text": "帮我取消订单", "id": "one"}).status_code == 409


def test_the_command_prints_what_the_store_keeps(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert exit_code(monkeypatch, "suggest", "退款什么时候到账？", "--k", "2", "--by", "Ada", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert agent.store.suggestion(document["id"]).document == document
    assert (len(document["items"]), document["by"], document["channel"]) == (2, "Ada", "cli")
    text = suggestions_text(Suggestions.from_document(document))
    assert text.startswith(f"1. [answer, {document['items'][0]['score']:.2f}] 我们收到退货后")
    assert f"ticket {document['items'][1]['ticket']}" in text
    assert text.endswith(f"suggestion {document['id']}")


def test_nothing_to_suggest_is_said() -> None:
    assert suggestions_text(Suggestions("one", ())) == "Nothing to suggest."
