"""Two hundred scripts in messages and tickets: none is live on the page, in the API, in a report or on a console."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from replydesk.data.records import Ticket
from replydesk.data.text import clean
from replydesk.dialog.agent import Agent
from replydesk.dialog.guard import neutral
from replydesk.dialog.incoming import Incoming
from replydesk.finetune.evaluation.judge import Check, Report
from replydesk.finetune.evaluation.page import report_page
from replydesk.ui.app import create_app
from replydesk.ui.bubbles import bubble, notice, said
from replydesk.ui.evidence import evidence
from replydesk.ui.terminal import reply_text
from tests.attacks import scripts

SCRIPTS = scripts(200)
BENIGN = "My parcel\nis late."


class Browser(HTMLParser):
    """What a browser makes of HTML: each tag with the names of its attributes, and what they link to."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.seen: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.update((tag, name) for name, _ in [*attrs, ("", None)])
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "srcdoc", "style")]


def document(agent: Agent, text: str) -> dict[str, Any]:
    """Return a reply in which the text stands wherever another's text may."""
    found = agent.answer(Incoming(BENIGN, language="en"))
    ticket = Ticket.make(text, text, intent=text, language="en", author=text)
    hits = tuple(replace(hit, ticket=ticket) for hit in found.hits)
    shape = replace(found, text=text, hits=hits, reasons=(text,), conversation=text).document()
    shape["options"] = [{"label": text, "value": text}]
    shape["intents"] = [{"name": text, "probability": 0.5}]
    shape["handoff"] = {"reason": "low_confidence", "summary": text}
    shape["labels"] = {text: [{"name": text, "probability": 0.5}]}
    return shape


def page_of(shape: dict[str, Any], text: str) -> str:
    panels = "".join(evidence(shape, language) for language in ("en", "zh"))
    return bubble(shape) + bubble(shape, 7) + panels + said(text) + notice(text, "en")


def test_none_is_live_on_the_chat_page(agent: Agent) -> None:
    harmless = Browser(page_of(document(agent, BENIGN), BENIGN))
    live = []
    for script in SCRIPTS:
        seen = Browser(page_of(document(agent, script), script))
        if seen.seen - harmless.seen or any("script" in link or "alert" in link for link in seen.links):
            live.append(script)
    assert live == []


def test_none_is_live_in_the_api(agent: Agent) -> None:
    client = TestClient(create_app(agent, page=False))
    for script in SCRIPTS:
        answer = client.post("/api/v1/reply", json={"text": script})
        if not clean(script):
            continue
        assert answer.status_code == 200, script
        # What says that it is JSON, and may not be taken for anything else, runs nowhere.
        assert answer.headers["content-type"].partition(";")[0] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        # The text that a door may show is a plain one.
        assert not Browser(answer.json()["text"]).seen
    refused = client.post("/api/v1/reply", json={"text": "x", "<script>": 1})
    assert refused.status_code == 422
    assert refused.headers["x-content-type-options"] == "nosniff"


def test_none_is_live_in_a_report() -> None:
    def report(text: str) -> str:
        moved = {"attribute": text, "language": text, "text": text, "other": text, "before": text, "after": text}
        figures = {
            "messages": 8,
            "bias": {"changed": 0.1, "changed_ci": [0.0, 0.2], "messages": 8, "examples": [moved]},
        }
        checks = (Check(text, False, text),)
        return report_page(Report(text, text, {text: text}, {text: figures}, {text: figures}, {}, checks))

    harmless = Browser(report(BENIGN)).seen
    assert [script for script in SCRIPTS if Browser(report(script)).seen - harmless] == []


def test_none_is_live_on_a_console(agent: Agent) -> None:
    found = agent.answer(Incoming(BENIGN, language="en"))
    for script in [*SCRIPTS, "\x1b]8;;https://evil.example\x1b\\press\x1b]8;;\x1b\\", "\x1b[2Jgone", "a\x07b\x9bc"]:
        # As a door takes it in.
        text = clean(script)
        shown = reply_text(replace(found, text=text, reasons=(text,)))
        assert not [one for one in shown if one != "\n" and unicodedata.category(one) in ("Cc", "Cf")]


@pytest.mark.parametrize("round_trip", [1, 2])
def test_what_the_guard_leaves_is_not_live_even_where_nobody_escapes(round_trip: int) -> None:
    live = []
    for script in SCRIPTS:
        text = script
        for _ in range(round_trip):
            text = neutral(text)
        lowered = "".join(text.lower().split())
        if Browser(text).seen or "javascript:" in lowered or "vbscript:" in lowered or "](" in text:
            live.append((script, text))
    assert live == []
