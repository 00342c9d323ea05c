"""The reply document: exactly the contract's keys and types, whatever was decided."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.entities import Entity
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.reply import Citation, Handoff, Option, Reply, hit_document
from replydesk.dialog.sentiment import Mood
from replydesk.retrieval.matcher import Hit

# A type, a set of admitted texts, a range, a list of one shape, or a mapping of shapes; (shape, None) may be null.
SHARE = (0.0, 1.0)
HIT = {
    "ticket": str, "question": str, "answer": str, "similarity": (-1.0, 1.0), "score": SHARE,
    "source": {"canned", "agent", "article"},
    # beyond the contract
    "intent": str, "language": str, "at": (str, None), "author": str,
    "count": int,
}  # fmt: skip
REPLY: dict[str, Any] = {
    "id": str, "conversation": str, "action": {"pick", "compose", "ask", "handoff"}, "text": str, "confidence": SHARE,
    "language": str, "intents": [{"name": str, "probability": SHARE}], "out_of_scope": SHARE,
    "sentiment": {"label": str, "score": SHARE}, "hits": [HIT],
    "citations": [{"sentence": int, "ticket": str, "start": int, "end": int}], "reasons": [str],
    "handoff": (
        {
            "reason": {
                "low_confidence", "asked_for_person", "safety", "rule", "sentiment", "repeated_failure", "taken_over",
            },
            "summary": str,
        },
        None,
    ),
    "release": str,
    "milliseconds": {"total": (0.0, 1e6), "encode": (0.0, 1e6), "search": (0.0, 1e6), "rerank": (0.0, 1e6),
                     "compose": (0.0, 1e6)},
    # beyond the contract
    "reranked": {"done", "skipped", "off"}, "reread": [int], "urgency": SHARE,
    "entities": [{"kind": str, "value": str, "text": str, "start": int, "end": int}],
    "options": [{"label": str, "value": str}],
    "node": ({"name": str, "probability": SHARE, "backed_off": bool}, None),
    "labels": dict,
    "message": str, "meant": str,
    "state": {
        "slots": dict, "form": ({"name": str, "asking": str, "tries": int, "explained": int}, None), "taken_over": str,
        "failures": int, "angry": int, "waiting": str, "filled": str,
        "refused": [str], "sent": [str], "options": [{"label": str, "value": str, "ticket": str}], "topic": str,
        "asked": str, "tags": [str],
    },
    "ground": (str, None),
    "conflicts": [{"kept": str, "other": str, "what": str}],
    "rules": [{"rule": str, "effect": str, "text": str, "values": [str], "because": str, "sources": [str]}],
    "lines": ({"pick_above": (SHARE, None), "ask_above": (SHARE, None), "out_of_scope_above": (SHARE, None)}, None),
    "tickets_at": (int, None),
    "incoming": {"at": str, "channel": str, "tags": [str], "filters": dict, "earlier": int},
}  # fmt: skip


def problems(value: object, shape: Any, place: str = "reply") -> list[str]:
    """Return where a JSON value does not have the shape, in the manner of a JSON schema."""
    if isinstance(shape, tuple) and shape[-1] is None:
        return [] if value is None else problems(value, shape[0], place)
    if isinstance(shape, tuple):
        real = isinstance(value, int | float) and not isinstance(value, bool)
        return [] if real and shape[0] <= value <= shape[1] else [f"{place}: {value!r} is not within {shape}"]
    if isinstance(shape, set):
        return [] if value in shape else [f"{place}: {value!r} is none of {sorted(shape)}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: no list"]
        return [line for i, item in enumerate(value) for line in problems(item, shape[0], f"{place}[{i}]")]
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            return [f"{place}: no object"]
        found = [f"{place}: {key} is missing" for key in shape.keys() - value.keys()]
        found += [f"{place}: {key} is unknown" for key in value.keys() - shape.keys()]
        return found + [
            line for key in shape.keys() & value.keys() for line in problems(value[key], shape[key], f"{place}.{key}")
        ]
    return [] if type(value) is shape else [f"{place}: {value!r} is no {shape.__name__}"]


TICKET = Ticket.make(
    "Where?",
    "There.",
    intent="where",
    source="canned",
    language="en",
    at=datetime(2026, 9, 1, tzinfo=UTC),
    author="Ada",
)
READING = Reading(
    "en",
    tuple(Intent(name, p) for name, p in zip("abcdefg", (0.4, 0.3, 0.1, 0.1, 0.05, 0.03, 0.02), strict=True)),
    0.123456,
    Mood("negative", 2 / 3, 0.4),
    False,
    entities=(Entity("order", "TW-204817", "tw-204817", 6, 15),),
)


@pytest.fixture
def full() -> Reply:
    return Reply(
        "r1", "c1", "handoff", "Of course.", 0.98765432, READING, (Hit(TICKET, 0.812345, 0.98765432),), ("Because.",),
        "2026-11-23-1f3a", {"total": 7.912, "encode": 2.2, "search": 0.4, "rerank": 0.0, "compose": 0.0},
        (Citation(0, TICKET.id, 0, 6),), Handoff("low_confidence", "Who wrote what."), (Option("Where?", "Where?"),),
        incoming=Incoming("Where?", "en"),
    )  # fmt: skip


def test_the_document_has_the_keys_and_types_of_the_contract(full: Reply) -> None:
    document = json.loads(json.dumps(full.document()))
    assert problems(document, REPLY) == []


def test_the_node_that_is_sure_is_told_and_whether_its_kinds_are_not(full: Reply) -> None:
    assert full.document()["node"] is None
    card = Intent("卡", 0.93456)
    backed = replace(full, reading=replace(READING, node=card, kinds={"卡/挂失": "卡/挂失", "卡/额度": "卡/额度"}))
    assert backed.document()["node"] == {"name": "卡", "probability": 0.9346, "backed_off": True}
    assert problems(json.loads(json.dumps(backed.document())), REPLY) == []
    sure = replace(full, reading=replace(READING, node=card))
    assert sure.document()["node"] == {"name": "卡", "probability": 0.9346, "backed_off": False}


def test_the_document_holds_the_values(full: Reply) -> None:
    document = full.document()
    assert {key: document[key] for key in ("id", "conversation", "confidence", "out_of_scope", "urgency")} == {
        "id": "r1",
        "conversation": "c1",
        "confidence": 0.9877,
        "out_of_scope": 0.1235,
        "urgency": 0.4,
    }
    assert document["entities"] == [{"kind": "order", "value": "TW-204817", "text": "tw-204817", "start": 6, "end": 15}]
    assert document["sentiment"] == {"label": "negative", "score": 0.6667}
    assert document["intents"][0] == {"name": "a", "probability": 0.4}
    assert [intent["name"] for intent in document["intents"]] == ["a", "b", "c", "d", "e"]
    assert document["citations"] == [{"sentence": 0, "ticket": TICKET.id, "start": 0, "end": 6}]
    assert document["handoff"] == {"reason": "low_confidence", "summary": "Who wrote what."}
    assert document["options"] == [{"label": "Where?", "value": "Where?"}]
    assert document["milliseconds"]["total"] == 7.91
    assert document["hits"] == [
        {
            "ticket": TICKET.id,
            "question": "Where?",
            "answer": "There.",
            "similarity": 0.8123,
            "score": 0.9877,
            "source": "canned",
            "intent": "where",
            "language": "en",
            "at": "2026-09-01T00:00:00+00:00",
            "author": "Ada",
            "count": 1,
        }
    ]


def test_a_cosine_that_rounding_lifted_above_one_is_one() -> None:
    assert hit_document(Hit(TICKET, 1.0000001, 0.5))["similarity"] == 1.0
    assert hit_document(Hit(Ticket.make("a", "b"), 0.5, 0.5))["at"] is None


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Where is my parcel?", "pick"),
        ("我的快递三天没动了", "pick"),
        ("can I talk to a real person", "handoff"),
        ("转人工", "handoff"),
        ("xyzzy", None),
        ("😀", None),
        ("when do I get my parcel back", None),
    ],
)
def test_real_replies_have_the_contract_s_shape(desk: Home, text: str, action: str | None) -> None:
    document = json.loads(json.dumps(Agent.open(desk).reply(text).document()))
    assert problems(document, REPLY) == []
    assert action in (None, document["action"])
    assert (document["handoff"] is not None) == (document["action"] == "handoff")
    assert bool(document["citations"]) == (document["action"] == "pick")
    assert bool(document["options"]) == (document["action"] == "ask" and document["ground"] != "unclear")
    assert document["reasons"]


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It costs £5.50. It is v2.0.1 at https://example.com/a.b?c=d today", None),
        ("第一句。第二句！第三句？好", ["第一句。", "第二句！", "第三句？", "好"]),
        ("他说：“好的。”然后走了。", None),
        ("First line\nSecond line.\n\nThird", ["First line", "Second line.", "Third"]),
        ("...well. OK?!", None),
        ("Version 2.5 is out. 请更新。Thanks", ["Version 2.5 is out.", "请更新。", "Thanks"]),
    ],
)
def test_citations_cut_the_answer_into_its_sentences(desk: Home, answer: str, sentences: list[str] | None) -> None:
    settings = Settings.load(desk.settings)
    allowed = settings.dialog.model_copy(update={"allowed_hosts": ("example.com",)})
    agent = Agent.open(desk, settings.model_copy(update={"dialog": allowed}))
    ticket = Ticket.make("What about the wombat?", answer, language="en")
    agent.store.add_ticket(ticket)
    reply = agent.answer(Incoming("What about the wombat?", language="en"))
    assert (reply.action, reply.text) == ("pick", answer)
    assert [(c.sentence, c.ticket) for c in reply.citations] == [(i, ticket.id) for i in range(len(reply.citations))]
    cut = [answer[c.start : c.end] for c in reply.citations]
    assert sentences is None or cut == sentences
    assert "".join("".join(cut).split()) == "".join(answer.split())
    assert all(part == part.strip() for part in cut)


def test_a_price_is_not_cut_in_two(desk: Home) -> None:
    agent = Agent.open(desk)
    agent.store.add_ticket(Ticket.make("What about the wombat?", "It costs £5.50. Cheap!", language="en"))
    reply = agent.answer(Incoming("What about the wombat?", language="en"))
    assert [reply.text[c.start : c.end] for c in reply.citations] == ["It costs £5.50.", "Cheap!"]
