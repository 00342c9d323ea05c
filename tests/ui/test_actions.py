from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rasa_sdk.utils import check_version_compatibility
from sanic import Sanic
from starlette.testclient import TestClient

from replydesk.data.errors import StoreError
from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.ui.actions import create_action_app

ACTION = "action_replydesk_answer"
SUGGEST = "action_replydesk_suggest"
SECRET = "my card is 4111-TOP-SECRET"
HANDED_OFF = [
    {"event": "slot", "timestamp": None, "name": "replydesk_action", "value": "handoff"},
    {"event": "slot", "timestamp": None, "name": "replydesk_confidence", "value": 0.0},
    {"event": "slot", "timestamp": None, "name": "replydesk_reply", "value": None},
]


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


@pytest.fixture
def client(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    # Sanic wants one app of a name in a process; a test makes several.
    monkeypatch.setattr(Sanic, "test_mode", True)
    with TestClient(create_action_app(agent), raise_server_exceptions=False) as client:
        yield client


def payload(text: object, **changes: Any) -> dict[str, Any]:
    """Return what a Rasa 3 server posts when its policy has chosen our action."""
    parsed = {"name": "ask_refund", "confidence": 0.93}
    latest = {
        "intent": parsed, "entities": [], "text": text, "message_id": "m-1", "metadata": {},
        "text_tokens": [[0, 5]], "intent_ranking": [parsed],
    }  # fmt: skip
    tracker = {
        "sender_id": "u-17", "slots": {"replydesk_action": None, "session_started_metadata": None},
        "latest_message": latest, "latest_event_time": 1763900000.1, "followup_action": None, "paused": False,
        "events": [
            {"event": "action", "timestamp": 1763900000.0, "name": "action_session_start", "policy": None},
            {"event": "user", "timestamp": 1763900000.1, "text": text, "parse_data": latest, "input_channel": "rest"},
        ],
        "latest_input_channel": "rest", "active_loop": {}, "latest_action": {"action_name": "action_listen"},
        "latest_action_name": "action_listen", "stack": [], "user_id": None,
    }  # fmt: skip
    domain = {
        "version": "3.1", "session_config": {"session_expiration_time": 60}, "intents": ["ask_refund"], "entities": [],
        "slots": {"replydesk_action": {"type": "categorical", "values": ["pick", "ask", "handoff"], "mappings": []}},
        "responses": {}, "actions": [ACTION], "forms": {}, "e2e_actions": [],
    }  # fmt: skip
    return {
        "next_action": ACTION, "sender_id": "u-17", "tracker": tracker, "domain": domain,
        "domain_digest": "0c5f1b", "version": "3.21.1",
    } | changes  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Please cancel my order", "en", "Done, your order is cancelled and nothing will be charged."),
        ("帮我取消订单", "zh", "已为您取消订单，不会扣款。"),
    ],
)
def test_a_rasa_server_gets_the_answer(
    client: TestClient,
    agent: Agent,
    check_reply: Callable[[dict[str, Any]], dict[str, Any]],
    text: str,
    language: str,
    answer: str,
) -> None:
    response = client.post("/webhook", json=payload(text))
    assert response.status_code == 200
    assert set(response.json()) == {"events", "responses"}
    (said,) = response.json()["responses"]
    reply = check_reply(said["custom"]["replydesk"])
    assert said == {
        "text": answer, "buttons": [], "elements": [], "custom": {"replydesk": reply}, "template": None,
        "response": None, "image": None, "attachment": None,
    }  # fmt: skip
    assert response.json()["events"] == [
        {"event": "slot", "timestamp": None, "name": "replydesk_action", "value": "pick"},
        {"event": "slot", "timestamp": None, "name": "replydesk_confidence", "value": reply["confidence"]},
        {"event": "slot", "timestamp": None, "name": "replydesk_reply", "value": reply["id"]},
    ]
    assert (reply["language"], reply["conversation"]) == (language, "rasa:u-17")
    stored = agent.store.conversation("rasa:u-17")
    assert [(m.role, m.text) for m in stored.messages] == [("customer", text), ("bot", answer)]
    assert stored.channel == "rasa"
    assert stored.customer != "u-17"


def test_options_become_buttons(client: TestClient) -> None:
    said = client.post("/webhook", json=payload("where is it, my parcel")).json()["responses"][0]
    reply = said["custom"]["replydesk"]
    assert reply["action"] == "ask"
    assert said["buttons"] == [{"title": o["label"], "payload": o["value"]} for o in reply["options"]]
    assert said["buttons"][0] == {"title": "Where is my parcel?", "payload": "Where is my parcel?"}


def test_a_conversation_follows_its_sender(client: TestClient, agent: Agent) -> None:
    for text in ("Please cancel my order", "帮我取消订单"):
        assert client.post("/webhook", json=payload(text)).status_code == 200
    assert len(agent.store.messages("rasa:u-17")) == 4


def test_a_deflated_body_and_a_known_domain_are_understood(client: TestClient) -> None:
    body = zlib.compress(json.dumps(payload("帮我取消订单")).encode())
    headers = {"content-encoding": "deflate", "content-type": "application/json"}
    assert (
        client.post("/webhook", content=body, headers=headers).json()["responses"][0]["text"]
        == "已为您取消订单，不会扣款。"
    )
    again = payload("帮我取消订单")
    del again["domain"]
    assert client.post("/webhook", json=again).status_code == 200
    # Rasa sends the domain along when it is told that nobody here has seen it.
    unknown = client.post("/webhook", json=again | {"domain_digest": "other"})
    assert unknown.status_code == 449
    assert unknown.json()["action_name"] == ACTION


def test_the_server_tells_its_health_and_its_actions(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/actions").json() == [{"name": ACTION}, {"name": SUGGEST}]


def test_another_action_is_unknown(client: TestClient) -> None:
    refused = client.post("/webhook", json=payload(SECRET, next_action="action_other"))
    assert refused.status_code == 404
    assert refused.json() == {
        "error": "No registered action found for name 'action_other'.",
        "action_name": "action_other",
    }


@pytest.mark.parametrize("text", ["", None, " \x00 ", "a" * 5000])
def test_what_cannot_be_answered_is_handed_off(client: TestClient, agent: Agent, text: str | None) -> None:
    response = client.post("/webhook", json=payload(text))
    assert response.status_code == 200
    assert response.json() == {"events": HANDED_OFF, "responses": []}
    assert agent.store.counts()["replies"] == 0


def test_an_empty_latest_message_is_handed_off(client: TestClient) -> None:
    body = payload("hello")
    body["tracker"]["latest_message"] = {}
    assert client.post("/webhook", json=body).json() == {"events": HANDED_OFF, "responses": []}


@pytest.mark.parametrize(
    "failure", [StoreError("The disk is full.", where=SECRET), RuntimeError(SECRET), KeyError(SECRET), MemoryError()]
)
def test_an_error_is_a_hand_off_and_tells_nothing(
    client: TestClient,
    agent: Agent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    def broken(*_arguments: Any, **_named: Any) -> None:
        raise failure

    monkeypatch.setattr(agent, "reply", broken)
    with caplog.at_level(logging.WARNING, logger="replydesk.ui.actions"):
        response = client.post("/webhook", json=payload(SECRET))
    assert (response.status_code, response.json()) == (200, {"events": HANDED_OFF, "responses": []})
    assert "Handed off" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            f'{{"next_action": "{ACTION}", "tracker": "{SECRET}", "domain": {{"a": 1}}}}', id="a text as tracker"
        ),
        pytest.param(f'{{"next_action": "{ACTION}", "sender_id": "{SECRET}"}}', id="no tracker"),
        pytest.param(f'["{SECRET}"]', id="a list"),
        pytest.param(f'{{"next_action": "{SECRET}', id="broken JSON"),
    ],
)
def test_a_broken_request_is_not_sent_back(client: TestClient, body: str) -> None:
    response = client.post("/webhook", content=body.encode(), headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 600
    assert set(response.json()) == {"error"}
    for trace in ("SECRET", "request_body", "Traceback", ".py"):
        assert trace not in response.text
    assert client.get("/health").status_code == 200


def test_an_unknown_path_is_not_found(client: TestClient) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert set(response.json()) == {"error"}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Please cancel my order", "Done, your order is cancelled and nothing will be charged."),
        ("帮我取消订单", "已为您取消订单，不会扣款。"),
    ],
)
def test_suggestions_go_to_slots_and_nothing_is_uttered(
    client: TestClient, agent: Agent, text: str, answer: str
) -> None:
    response = client.post("/webhook", json=payload(text, next_action=SUGGEST))
    slots = {event["name"]: event["value"] for event in response.json()["events"]}
    assert response.json()["responses"] == []
    document = agent.store.suggestion(slots["replydesk_suggestion"]).document
    assert [item["ticket"] for item in slots["replydesk_suggestions"]] == [item["ticket"] for item in document["items"]]
    assert answer in [item["text"] for item in slots["replydesk_suggestions"]]
    assert document["channel"] == "rasa"
    assert agent.store.counts()["replies"] == 0


@pytest.mark.parametrize("failure", [StoreError("The disk is full."), RuntimeError(SECRET)])
def test_where_nothing_can_be_suggested_the_slots_are_empty(
    client: TestClient, agent: Agent, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def broken(*_arguments: Any) -> None:
        raise failure

    monkeypatch.setattr(agent, "look", broken)
    response = client.post("/webhook", json=payload("hello", next_action=SUGGEST)).json()
    assert response["responses"] == []
    assert {event["name"]: event["value"] for event in response["events"]} == {
        "replydesk_suggestion": None,
        "replydesk_suggestions": [],
    }


@pytest.mark.parametrize("version", [None, "3.6.20"])
def test_a_rasa_of_another_version_is_not_warned_of_at_every_request(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)
    create_action_app(agent)
    # Warnings are errors in these tests.
    check_version_compatibility(version)
