from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from replydesk.data.errors import StoreError
from replydesk.data.home import Home
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.finetune.evaluation.judge import Report
from replydesk.finetune.evaluation.page import report_page
from replydesk.ui.app import create_app

REPLY, SEARCH, TICKETS, VERDICTS = "/api/v1/reply", "/api/v1/search", "/api/v1/tickets", "/api/v1/verdicts"
SUGGEST = "/api/v1/suggest"
SECRET = "4111-TOP-SECRET"
JSON = {"content-type": "application/json"}

ASKED = [
    (
        "Where is my parcel?",
        "en",
        "I am sorry it is late. The carrier will deliver your parcel within two working days.",
    ),
    ("我的快递三天没动了", "zh", "很抱歉久等了，快递两个工作日内会送到。"),
]

CheckReply = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


@pytest.fixture
def client(agent: Agent) -> TestClient:
    return TestClient(create_app(agent, page=False), raise_server_exceptions=False)


def limited(home: Home, **ui: Any) -> TestClient:
    """Return a client of the same desk under other settings of the doors."""
    settings = Settings.load(home.settings, {})
    changed = settings.model_copy(update={"ui": settings.ui.model_copy(update=ui)})
    return TestClient(create_app(Agent.open(home, changed), page=False), raise_server_exceptions=False)


def error(response: httpx.Response, status: int, code: str) -> dict[str, str]:
    """Return the error after checking that it has the one shape, a cure, and nothing of the request or the code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    document = response.json()
    assert set(document) == {"error"}
    found: dict[str, str] = document["error"]
    assert set(found) == {"code", "message", "hint", "where"}
    assert all(isinstance(value, str) for value in found.values())
    assert found["code"] == code
    assert found["message"]
    assert found["hint"]
    for trace in (SECRET, "Traceback", ".py", "line "):
        assert trace not in response.text
    return found


# ---- replies


@pytest.mark.parametrize(("text", "language", "answer"), ASKED)
def test_a_reply_is_the_contracts_document(
    client: TestClient, check_reply: CheckReply, text: str, language: str, answer: str
) -> None:
    response = client.post(REPLY, json={"text": text, "conversation": "c-1"})
    assert response.status_code == 200
    document = check_reply(response.json())
    assert (document["action"], document["text"], document["language"]) == ("pick", answer, language)
    assert document["conversation"] == "c-1"
    assert document["hits"][0]["question"] == text
    assert document["hits"][0]["similarity"] == 1.0
    assert document["confidence"] == document["hits"][0]["score"]
    # Every sentence is cited; the blanks between them are nobody's.
    cited = "".join(answer[c["start"] : c["end"]] for c in document["citations"])
    assert cited.replace(" ", "") == answer.replace(" ", "")
    assert [c["sentence"] for c in document["citations"]] == list(range(len(document["citations"])))


def test_every_field_of_a_request_is_taken(client: TestClient, agent: Agent, check_reply: CheckReply) -> None:
    body = {
        "text": "ok", "conversation": "c/1 ü", "customer": "ann@example.com", "channel": "widget", "language": "zh",
        "metadata": {"page": "/basket", "deep": [1, {"a": None}]}, "filters": {"intent": "refund_status"},
    }  # fmt: skip
    document = check_reply(client.post(REPLY, json=body).json())
    assert document["language"] == "zh"
    assert {hit["intent"] for hit in document["hits"]} == {"refund_status"}
    stored = agent.store.conversation("c/1 ü")
    assert stored.channel == "widget"
    assert stored.customer.startswith("c-")
    assert "ann" not in stored.customer


def test_a_conversation_goes_on_and_can_be_read(client: TestClient) -> None:
    first = client.post(REPLY, json={"text": "Where is my parcel? I am ann@example.com"}).json()
    key = first["conversation"]
    second = client.post(REPLY, json={"text": "退款什么时候到账？", "conversation": key}).json()
    found = client.get(f"/api/v1/conversations/{key}").json()
    assert [turn["role"] for turn in found["turns"]] == ["customer", "bot", "customer", "bot"]
    assert [turn["id"] for turn in found["turns"]][1::2] == [first["id"], second["id"]]
    assert found["turns"][2]["text"] == "退款什么时候到账？"
    assert "ann@example.com" not in json.dumps(found)
    error(client.get("/api/v1/conversations/none"), 404, "not_found")


@pytest.mark.parametrize(("text", "language", "answer"), ASKED)
def test_a_stream_ends_with_the_whole_reply(
    client: TestClient, check_reply: CheckReply, text: str, language: str, answer: str
) -> None:
    response = client.post(f"{REPLY}?stream=true", json={"text": text})
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = response.text.split("\n\n")
    assert blocks.pop() == ""
    events = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    assert [event["event"] for event in events] == ["delta"] * (len(events) - 1) + ["reply"]
    document = check_reply(json.loads(events[-1]["data"]))
    assert "".join(json.loads(event["data"])["delta"] for event in events[:-1]) == document["text"] == answer
    error(client.post(f"{REPLY}?stream=true", json={"text": " "}), 422, "request")


def test_a_stream_survives_line_ends_and_emoji(client: TestClient) -> None:
    answer = "One.\r\n\r\nTwo 🎁\u2028three: data: x\n" * 5
    client.post(TICKETS, json={"question": "Do you gift-wrap?", "answer": answer})
    response = client.post(f"{REPLY}?stream=true", json={"text": "Do you gift-wrap?"})
    data = [line.removeprefix("data: ") for line in response.text.split("\n") if line.startswith("data: ")]
    *pieces, last = [json.loads(line) for line in data]
    assert "".join(piece["delta"] for piece in pieces) == last["text"]
    assert last["text"].count("🎁") == 5


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (rb'{"text": "Where is\u0000 my parcel?"}', "Where is my parcel?"),
        (rb'{"text": "Where is my parcel?\ud83d"}', "Where is my parcel?"),
        (rb'{"text": "\ud800\u6211\u7684\u5feb\u9012\u4e09\u5929\u6ca1\u52a8\u4e86\u0000"}', "我的快递三天没动了"),
    ],
)
def test_halves_of_characters_and_nul_are_left_out(client: TestClient, agent: Agent, body: bytes, kept: str) -> None:
    response = client.post(REPLY, content=body, headers=JSON)
    assert response.status_code == 200
    assert response.json()["action"] == "pick"
    assert agent.store.messages(response.json()["conversation"])[0].text == kept


def test_a_language_nobody_configured_is_still_answered(client: TestClient, check_reply: CheckReply) -> None:
    document = check_reply(client.post(REPLY, json={"text": "hva med pakken", "language": "xx"}).json())
    assert document["language"] == "xx"
    error(client.post(REPLY, json={"text": "a", "language": "klingon"}), 422, "request")


def test_sixteen_threads_lose_nothing(client: TestClient, agent: Agent) -> None:
    agent.warm_up()
    app = client.app

    def ask(number: int) -> tuple[int, Any, str]:
        text, language, answer = ASKED[number % 2]
        conversation = "shared" if number % 4 == 0 else f"own-{number}"
        # The same text again before its reply is there is the same message.
        text = f"{text} {number}" if number % 4 == 0 else text
        own = TestClient(app, raise_server_exceptions=False)
        response = own.post(REPLY, json={"text": text, "language": language, "conversation": conversation})
        return response.status_code, answer, response.json().get("text", "")

    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(ask, range(64)))
    assert {status for status, _, _ in done} == {200}
    # A short question inside a conversation is another question, so the shared ones may be answered otherwise.
    assert [said for n, (_, _, said) in enumerate(done) if n % 4] == [a for n, (_, a, _) in enumerate(done) if n % 4]
    assert [m.role for m in agent.store.messages("shared")] == ["customer", "bot"] * 16
    assert agent.store.counts()["replies"] == 64


# ---- search and tickets


@pytest.mark.parametrize(("text", "language", "answer"), ASKED)
def test_a_search_finds_past_tickets(client: TestClient, text: str, language: str, answer: str) -> None:
    found = client.post(SEARCH, json={"text": text, "k": 2}).json()
    assert [set(hit) for hit in found["hits"]] == [{"ticket", "similarity", "score"}] * 2
    best = found["hits"][0]
    assert (best["ticket"]["question"], best["ticket"]["answer"], best["similarity"]) == (text, answer, 1.0)
    assert client.get(f"{TICKETS}/{best['ticket']['id']}").json() == best["ticket"]


@pytest.mark.parametrize(
    ("question", "answer", "language"),
    [("Do you sell gift cards?", "Yes, from 10 pounds.", "en"), ("你们卖礼品卡吗？", "卖的，五十元起。", "zh")],
)
def test_a_ticket_answers_at_once_and_is_gone_at_once(
    client: TestClient, question: str, answer: str, language: str
) -> None:
    client.post(REPLY, json={"text": question})
    body = {"question": question, "answer": answer, "intent": "gift_card", "author": "Ada", "tags": ["gifts", "礼"]}
    made = client.post(TICKETS, json=body | {"at": "2026-11-09T10:30:00+08:00"})
    assert made.status_code == 201
    ticket = made.json()
    assert ticket.pop("new") is True
    assert (ticket["source"], ticket["language"]) == ("canned", language)
    assert (ticket["tags"], ticket["author"]) == (["gifts", "礼"], "Ada")
    assert datetime.fromisoformat(ticket["at"]) == datetime(2026, 11, 9, 2, 30, tzinfo=UTC)
    reply = client.post(REPLY, json={"text": question}).json()
    assert (reply["action"], reply["text"], reply["hits"][0]["ticket"]) == ("pick", answer, ticket["id"])

    assert client.post(TICKETS, json=body).json()["new"] is False
    listed = client.get(TICKETS, params={"source": "canned", "language": language, "intent": "gift_card"}).json()
    assert [one["id"] for one in listed["tickets"]] == [ticket["id"]]

    gone = client.delete(f"{TICKETS}/{ticket['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.post(REPLY, json={"text": question}).json()["text"] != answer
    hits = client.post(SEARCH, json={"text": question, "k": 100}).json()["hits"]
    assert ticket["id"] not in [hit["ticket"]["id"] for hit in hits]
    error(client.get(f"{TICKETS}/{ticket['id']}"), 404, "not_found")
    assert error(client.delete(f"{TICKETS}/{ticket['id']}"), 404, "not_found")["where"] == ticket["id"]


def test_tickets_come_in_pages(client: TestClient) -> None:
    every = [ticket["id"] for ticket in client.get(TICKETS).json()["tickets"]]
    assert len(every) == 40
    assert every == sorted(every)
    pages = [client.get(TICKETS, params={"limit": 15, "offset": start}).json()["tickets"] for start in (0, 15, 30, 45)]
    assert [ticket["id"] for page in pages for ticket in page] == every
    chinese = client.get(TICKETS, params={"language": "zh"}).json()["tickets"]
    assert {ticket["language"] for ticket in chinese} == {"zh"}
    assert len(chinese) == 20


def test_a_ticket_is_masked_before_it_is_stored(client: TestClient) -> None:
    made = client.post(TICKETS, json={"question": "Is ann@example.com right?", "answer": "Yes."}).json()
    assert made["question"] == "Is <EMAIL_1> right?"


# ---- verdicts


@pytest.mark.parametrize(("text", "language", "answer"), ASKED)
@pytest.mark.parametrize("kind", ["edited", "wrong"])
def test_a_correction_answers_the_next_customer(
    client: TestClient, agent: Agent, text: str, language: str, answer: str, kind: str
) -> None:
    first = client.post(REPLY, json={"text": text}).json()
    correction = {"en": "We found it; it comes today.", "zh": "找到了，今天送到。"}[language]
    body = {"reply": first["id"], "kind": kind, "correction": correction, "intent": "delivery_delay", "by": "Ada"}
    made = client.post(VERDICTS, json=body)
    assert made.status_code == 201
    assert made.json().items() >= {"reply": first["id"], "kind": kind, "conversation": first["conversation"]}.items()
    assert client.post(VERDICTS, json=body).json() == made.json()
    (stored,) = agent.store.verdicts(reply=first["id"])
    assert (stored.correction, stored.by, stored.intent) == (correction, "Ada", "delivery_delay")
    again = client.post(REPLY, json={"text": text}).json()
    assert (first["text"], again["text"], again["action"]) == (answer, correction, "pick")
    assert again["language"] == language


@pytest.mark.parametrize("kind", ["good", "wrong", "wrong_intent", "taken_over"])
def test_a_thumb_needs_no_text(client: TestClient, agent: Agent, kind: str) -> None:
    reply = client.post(REPLY, json={"text": "Where is my parcel?"}).json()
    assert client.post(VERDICTS, json={"reply": reply["id"], "kind": kind}).status_code == 201
    assert [verdict.kind for verdict in agent.store.verdicts()] == [kind]
    assert agent.store.counts()["tickets"] == 40


def test_verdicts_that_make_no_sense_are_refused(client: TestClient, agent: Agent) -> None:
    reply = client.post(REPLY, json={"text": "Where is my parcel?"}).json()
    assert error(client.post(VERDICTS, json={"reply": "none", "kind": "good"}), 404, "not_found")["where"] == "none"
    error(client.post(VERDICTS, json={"reply": reply["id"], "kind": "edited", "correction": " "}), 422, "request")
    error(client.post(VERDICTS, json={"reply": reply["id"], "kind": SECRET}), 422, "request")
    assert agent.store.verdicts() == []


# ---- releases


def test_releases_are_listed_promoted_and_refused(client: TestClient, desk: Home) -> None:
    assert client.get("/api/v1/releases").json() == {"releases": []}
    releases = Releases(desk)
    for day in (1, 2):
        made_at = datetime(2026, 11, day, tzinfo=UTC)
        folder = releases.save(Release(f"2026-11-0{day}-aaaaaa", made_at, {}), {}, "<p>")
    promoted = client.post("/api/v1/releases/2026-11-01-aaaaaa/promote")
    assert promoted.json() == {"release": "2026-11-01-aaaaaa", "before": ""}
    cards = client.get("/api/v1/releases").json()["releases"]
    assert [(card["id"], card["current"]) for card in cards] == [
        ("2026-11-02-aaaaaa", False),
        ("2026-11-01-aaaaaa", True),
    ]
    assert client.post(REPLY, json={"text": "hello"}).json()["release"] == "2026-11-01-aaaaaa"

    (folder / "report.html").write_text("<p>changed")
    damage = error(client.post("/api/v1/releases/2026-11-02-aaaaaa/promote"), 409, "release")
    assert "report.html has changed" in damage["message"]
    for unknown in ("none", "%2e%2e", ".hidden"):
        assert "promote" not in error(client.post(f"/api/v1/releases/{unknown}/promote"), 404, "not_found")["where"]
    assert client.get("/readyz").json()["release"] == "2026-11-01-aaaaaa"


@pytest.mark.parametrize(
    ("asked", "browser", "shown"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr", "en"),
        ("", "", "en"),
        ("?lang=zh", "en", "zh"),
        ("?lang=en", "zh", "en"),
    ],
)
def test_a_report_is_shown_in_the_language_that_is_asked_for_or_liked(
    client: TestClient, desk: Home, asked: str, browser: str, shown: str
) -> None:
    made = Release("2026-11-01-aaaaaa", datetime(2026, 11, 1, tzinfo=UTC), {})
    Releases(desk).save(made, {}, report_page(Report("new", "old", {}, {}, {}, {})))
    found = client.get(f"/api/v1/releases/{made.id}/report{asked}", headers={"Accept-Language": browser})
    assert found.status_code == 200 and found.headers["content-type"].startswith("text/html")
    assert found.text.startswith(f'<!doctype html><html lang="{shown}">')
    assert re.findall(r'id="in-(..)" checked', found.text) == [shown]
    assert (found.headers["content-language"], found.headers["vary"]) == (shown, "Accept-Language")
    assert "default-src 'none'" in found.headers["content-security-policy"]
    # What the release's card vouches for is left as it was written.
    assert Releases(desk).check(made.id) == []


def test_a_report_that_there_is_not_is_told(client: TestClient, desk: Home) -> None:
    error(client.get("/api/v1/releases/none/report"), 404, "not_found")
    folder = Releases(desk).save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {}), {}, "<p>old page")
    assert client.get("/api/v1/releases/a/report?lang=zh").text == "<p>old page"
    assert error(client.get("/api/v1/releases/a/report?lang=fr"), 422, "request")["where"] == "query.lang"
    (folder / "report.html").unlink()
    error(client.get("/api/v1/releases/a/report"), 409, "release")


# ---- errors

BAD = [
    pytest.param(REPLY, f'{{"text": "{SECRET}', "character ", id="broken JSON"),
    pytest.param(REPLY, f'["{SECRET}"]', "body", id="a list"),
    pytest.param(REPLY, "", "body", id="nothing"),
    pytest.param(REPLY, "null", "body", id="null"),
    pytest.param(REPLY, f'{{"message": "{SECRET}"}}', "text", id="missing field"),
    pytest.param(REPLY, f'{{"text": "a", "sender": "{SECRET}"}}', "sender", id="unknown field"),
    pytest.param(REPLY, f'{{"text": ["{SECRET}"]}}', "text", id="wrong type"),
    pytest.param(REPLY, '{"text": " \\u0000\\n "}', "text", id="empty text"),
    pytest.param(REPLY, '{"text": "' + SECRET * 300 + '"}', "text", id="too long text"),
    pytest.param(REPLY, f'{{"text": "a", "language": "{SECRET}"}}', "language", id="language"),
    pytest.param(REPLY, '{"text": "a", "conversation": "' + SECRET * 30 + '"}', "conversation", id="long id"),
    pytest.param(REPLY, '{"text": "a", "conversation": "\\ud800"}', "conversation", id="half a character in an id"),
    pytest.param(REPLY, '{"text": "a", "customer": "\\u0000"}', "customer", id="NUL in an id"),
    pytest.param(REPLY, '{"text": "a", "filters": {"colour": "red"}}', "filters", id="unknown filter"),
    *(
        pytest.param(door, json.dumps({"text": "a", "filters": {name: SECRET}}), f"filters.{name}", id=f"{name} {door}")
        for door in (REPLY, SEARCH, SUGGEST)
        for name in ("source", "language", "intent")
    ),
    pytest.param(REPLY, '{"text": "a", "filters": {"\\ud800": "red"}}', "filters", id="half a character in a filter"),
    pytest.param(REPLY, '{"text": "a", "filters": {"intent": "\\ud800"}}', "filters.intent", id="and in its value"),
    pytest.param(SEARCH, '{"text": "a", "k": 0}', "k", id="no hits wanted"),
    pytest.param(SEARCH, '{"text": "a", "k": 1e400}', "k", id="infinitely many"),
    pytest.param(SEARCH, '{"k": 3}', "text", id="search for nothing"),
    pytest.param(TICKETS, '{"question": "a"}', "answer", id="no answer"),
    pytest.param(TICKETS, '{"question": " \\u200b", "answer": "b"}', "question", id="blank question"),
    pytest.param(TICKETS, '{"question": "a", "answer": "\\u0000"}', "answer", id="blank answer"),
    pytest.param(TICKETS, f'{{"question": "a", "answer": "b", "source": "{SECRET}"}}', "source", id="source"),
    pytest.param(TICKETS, '{"question": "a", "answer": "b", "at": "2026-11-09T10:30:00"}', "at", id="no time zone"),
    pytest.param(TICKETS, '{"question": "a", "answer": "b", "tags": ["\\ud800"]}', "tags.0", id="tag"),
    pytest.param(VERDICTS, '{"reply": "\\ud800", "kind": "good"}', "reply", id="half a character in a reply id"),
    pytest.param(VERDICTS, f'{{"reply": "r", "kind": "{SECRET}"}}', "kind", id="kind"),
]


@pytest.mark.parametrize(("path", "body", "where"), BAD)
def test_a_wrong_body_is_refused_with_its_place(
    client: TestClient, agent: Agent, path: str, body: str, where: str
) -> None:
    found = error(client.post(path, content=body.encode(), headers=JSON), 422, "request")
    assert found["where"].startswith(where)
    counts = agent.store.counts()
    assert (counts["replies"], counts["tickets"], counts["verdicts"]) == (0, 40, 0)


@pytest.mark.parametrize("body", [b'{"text": "\xff\xfe"}', b"[" * 100_000, b'{"text": ' + b"1" * 5000 + b"}"])
def test_a_body_that_cannot_be_parsed_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post(REPLY, content=body, headers=JSON)
    error(response, response.status_code, "request")
    assert response.status_code in (400, 422)


def test_a_forgotten_content_type_is_named(client: TestClient) -> None:
    found = error(client.post(REPLY, content=b'{"text": "hello"}'), 422, "request")
    assert "Content-Type: application/json" in found["hint"]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"limit": 0}, "query.limit"), ({"limit": 1001}, "query.limit"), ({"offset": -1}, "query.offset"),
        ({"offset": 10**30}, "query.offset"), ({"source": SECRET}, "query.source"),
        ({"language": "en-GB"}, "query.language"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_refused(client: TestClient, query: dict[str, Any], where: str) -> None:
    assert error(client.get(TICKETS, params=query), 422, "request")["where"] == where


def test_an_invented_field_is_named_shortly(client: TestClient) -> None:
    found = error(client.post(REPLY, json={"text": "a", "x" * 5000: 1}), 422, "request")
    assert found["where"] == "x" * 100


def test_what_is_wrong_is_said_in_words(client: TestClient) -> None:
    told = error(client.post(REPLY, json={"text": "a", "language": "zh-CN"}), 422, "request")
    assert (told["message"], told["where"]) == ("This is no code of a language.", "language")
    assert "en or zh" in told["hint"]
    told = error(client.post(REPLY, json={"text": "a", "txt": "b"}), 422, "request")
    assert (told["message"], told["where"]) == ("There is no such field.", "txt")
    told = error(
        client.post(REPLY, content="中".encode("gbk"), headers={"Content-Type": "application/json"}), 400, "request"
    )
    assert (told["message"], told["where"]) == ("The body cannot be read as JSON.", "body")
    assert error(client.get("/api/v1/none"), 404, "not_found")["message"] == "There is no such route."
    assert error(client.get(REPLY), 405, "method_not_allowed")["message"] == "This route takes another method."


def test_a_takeover_and_a_release_need_no_body(client: TestClient) -> None:
    conversation = client.post(REPLY, json={"text": "hello"}).json()["conversation"]
    taken = client.post(f"/api/v1/conversations/{conversation}/takeover")
    assert (taken.status_code, taken.json()["taken_over"]) == (200, "agent")
    released = client.post(f"/api/v1/conversations/{conversation}/release")
    assert (released.status_code, released.json()["taken_over"]) == (200, "")


def test_unknown_routes_and_methods(client: TestClient) -> None:
    error(client.get(f"/api/v1/{SECRET}"), 404, "not_found")
    error(client.get(f"/{SECRET}"), 404, "not_found")
    refused = client.get(REPLY)
    error(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"
    error(client.put(TICKETS, json={}), 405, "method_not_allowed")
    for odd in ("%00", "%ff", "..%2f..%2fetc%2fpasswd"):
        error(client.get(f"{TICKETS}/{odd}"), 404, "not_found")


@pytest.mark.parametrize("failure", [RuntimeError(SECRET), KeyError(SECRET), MemoryError()])
def test_a_bug_of_ours_tells_nothing(
    client: TestClient, agent: Agent, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def broken(*_arguments: Any, **_named: Any) -> None:
        raise failure

    monkeypatch.setattr(agent, "reply", broken)
    assert error(client.post(REPLY, json={"text": SECRET}), 500, "internal")["where"] == ""


def test_a_store_that_refuses_is_said(client: TestClient, agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any, **_named: Any) -> None:
        raise StoreError("The disk is full.", where="replydesk.db", hint="Free some space.")

    monkeypatch.setattr(agent.store, "append", broken)
    assert error(client.post(REPLY, json={"text": "hello"}), 503, "store")["hint"] == "Free some space."


# ---- limits


def chunks(size: int) -> Iterator[bytes]:
    yield b'{"text": "Where is my parcel?", "metadata": {"a": "'
    yield from (b"a" * 100 for _ in range(size // 100))
    yield b'"}}'


@pytest.mark.parametrize("path", [REPLY, SEARCH, TICKETS, VERDICTS])
def test_a_large_body_is_not_read(desk: Home, path: str) -> None:
    client = limited(desk, max_body=2000)
    for body in (b"a" * 2001, chunks(2500)):
        found = error(client.post(path, content=body, headers=JSON), 413, "too_large")
        assert "2000 bytes" in found["message"]


def test_a_body_just_within_the_limit_is_read(desk: Home) -> None:
    client = limited(desk, max_body=2000)
    whole = b"".join(chunks(1900))
    padded = whole + b" " * (2000 - len(whole))
    assert client.post(REPLY, content=padded, headers=JSON).status_code == 200
    assert client.post(REPLY, content=chunks(1900), headers=JSON).status_code == 200
    error(client.post(REPLY, content=padded + b" ", headers=JSON), 413, "too_large")


def test_a_body_without_a_length_is_dropped_early(desk: Home) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            assert sent < 100_000, "the whole body was read"
            yield b" " * 1000

    app = limited(desk, max_body=2000).app
    answers: list[dict[str, Any]] = []
    body = endless()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(body), "more_body": True}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {
        "type": "http", "method": "POST", "path": REPLY, "raw_path": REPLY.encode(), "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "http_version": "1.1", "scheme": "http", "root_path": "",
        "server": ("127.0.0.1", 7860), "client": ("127.0.0.1", 1), "asgi": {"version": "3.0"},
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    assert answers[0]["status"] == 413
    assert sent == 3000


def test_the_length_of_a_message_is_a_setting(desk: Home) -> None:
    client = limited(desk, max_text=10)
    assert client.post(REPLY, json={"text": "退款什么时候到账？！"}).status_code == 200
    found = error(client.post(REPLY, json={"text": "退款什么时候到账？！？"}), 422, "request")
    assert "11 characters, 10 are allowed" in found["message"]
    error(client.post(SEARCH, json={"text": "a" * 11}), 422, "request")


# ---- keys and health


def test_every_route_of_the_api_needs_the_key(desk: Home) -> None:
    client = limited(desk, api_keys=("first-key", "second-key"))
    routes = [
        (method, path.replace("{", "").replace("}", ""))
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for method in methods
        if path.startswith("/api/")
    ]
    assert len(routes) >= 9
    for method, path in routes:
        for headers in (
            {},
            {"authorization": "Bearer wrong"},
            {"authorization": "Bearer "},
            {"authorization": "Bearer é"},
        ):
            sent = {name: value.encode() for name, value in headers.items()}
            refused = client.request(method, path, headers=sent)
            error(refused, 401, "unauthorised")
            assert refused.headers["www-authenticate"] == "Bearer"
        for key in ("first-key", "second-key"):
            assert client.request(method, path, headers={"authorization": f"Bearer {key}"}).status_code != 401


def test_a_person_writes_into_a_conversation(client: TestClient) -> None:
    key = client.post(REPLY, json={"text": "Where is my parcel?"}).json()["conversation"]
    path = f"/api/v1/conversations/{key}/messages"
    made = client.post(path, json={"text": "I am looking.", "author": "Priya"})
    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("conversation", "role", "text", "author")} == {
        "conversation": key, "role": "agent", "text": "I am looking.", "author": "Priya",
    }  # fmt: skip
    assert client.post(REPLY, json={"text": "Thanks", "conversation": key}).json()["handoff"]["reason"] == "taken_over"
    error(client.post("/api/v1/conversations/nowhere/messages", json={"text": "x"}), 404, "not_found")
    error(client.post(path, json={"text": " "}), 422, "request")
    assert client.post(path, json={"text": "x", "role": "bot"}).status_code == 422


def test_health_needs_no_key(desk: Home) -> None:
    client = limited(desk, api_keys=("first-key",))
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 503


def test_ready_only_after_warming_up(client: TestClient, agent: Agent) -> None:
    before = client.get("/readyz")
    assert before.status_code == 503
    assert before.json()["ready"] is False
    agent.warm_up()
    after = client.get("/readyz")
    assert after.status_code == 200
    assert after.json() == {
        "ready": True, "release": "untrained", "trouble": "", "alerts": [], "conversations": 40, "messages": 80,
        "tickets": 40, "replies": 0, "verdicts": 0,
    }  # fmt: skip


def test_trouble_with_a_model_is_said(desk: Home) -> None:
    settings = Settings.load(desk.settings, {})
    lost = settings.retrieval.model_copy(update={"english_encoder": str(desk.folder / "no-model")})
    agent = Agent.open(desk, settings.model_copy(update={"retrieval": lost}))
    client = TestClient(create_app(agent, page=False))
    agent.warm_up()
    state = client.get("/readyz")
    assert state.status_code == 503
    assert "no-model" in state.json()["trouble"]


# ---- why, and whether again


@pytest.mark.parametrize(("text", "language", "answer"), ASKED)
def test_a_reply_is_explained_and_replayed(client: TestClient, text: str, language: str, answer: str) -> None:
    reply = client.post(REPLY, json={"text": text}).json()
    explained = client.get(f"/api/v1/replies/{reply['id']}/explanation").json()
    assert (explained["message"], explained["action"], explained["language"]) == (text, reply["action"], language)
    assert [used["ticket"] for used in explained["evidence"]] == [reply["citations"][0]["ticket"]]
    assert [text[word["start"] : word["end"]] for word in explained["words"]] == [w["text"] for w in explained["words"]]
    replayed = client.get(f"/api/v1/replies/{reply['id']}/replay").json()
    assert (replayed["same"], replayed["differences"], replayed["causes"]) == (True, [], [])


@pytest.mark.parametrize("what", ["explanation", "replay"])
def test_a_reply_that_is_not_there_cannot_be_asked_about(client: TestClient, what: str) -> None:
    answer = client.get(f"/api/v1/replies/nowhere/{what}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
