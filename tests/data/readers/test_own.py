from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replydesk.data.readers import Skipped, read, write, write_ticket, write_verdict
from replydesk.data.readers.base import in_order
from replydesk.data.records import (
    ROLES,
    TICKET_SOURCES,
    VERDICT_KINDS,
    Conversation,
    Message,
    Ticket,
    Verdict,
)

Export = Callable[..., Path]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)

words = st.text(max_size=20) | st.sampled_from(
    ["Where is my parcel?", "包裹在哪里？", "a\nb\u2028c\x1d", "'=1+1", "😀"]
)
names = st.text(min_size=1, max_size=20)
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
seconds = st.integers(0, 4_000_000_000_000_000).map(lambda n: timedelta(microseconds=n))
times = st.none() | st.builds(lambda at, zone: (NINE + at).astimezone(zone), seconds, zones)
texts = st.lists(words, max_size=3).map(tuple)

messages = st.builds(Message, names, st.sampled_from(ROLES), words, times, words, words, texts, words)
conversations = st.builds(
    Conversation,
    names,
    st.lists(messages, min_size=1, max_size=5).map(in_order),
    source=words,
    channel=words,
    customer=words,
    subject=words,
    tags=texts,
    outcome=words,
    satisfaction=st.none() | st.floats(0, 1),
    partial=st.booleans(),
    updated=times,
)
verdicts = st.builds(Verdict, names, names, st.sampled_from(VERDICT_KINDS), words, words, words, words, times)
tickets = st.builds(
    Ticket.make,
    words.filter(str.strip),
    words.filter(str.strip),
    context=texts,
    intent=words,
    source=st.sampled_from(TICKET_SOURCES),
    language=words,
    at=times,
    author=words,
    tags=texts,
    outcome=words,
    satisfaction=st.none() | st.floats(0, 1),
)


@given(conversations, st.lists(verdicts, max_size=3), tickets, verdicts, st.booleans())
def test_what_is_written_is_read_back_equal(
    conversation: Conversation, judged: list[Verdict], ticket: Ticket, alone: Verdict, escaped: bool
) -> None:
    lines = [write(conversation, judged), write_ticket(ticket), write_verdict(alone)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl"
        path.write_text(
            "".join(json.dumps(line, ensure_ascii=escaped) + "\n" for line in lines),
            encoding="utf-8",
            newline="\n",
        )
        reading = read(path)
        assert reading.format == "jsonl"
        assert list(reading.items) == [conversation, *judged, ticket, alone]


def test_the_record_is_plain_utc_and_marks_what_is_private() -> None:
    beijing = timezone(timedelta(hours=8))
    line = write(
        Conversation("c", (Message("m", "note", "查一下", datetime(2026, 3, 1, 17, tzinfo=beijing)),)),
        [Verdict("v", "r", "edited", correction="改好了")],
    )
    assert line["turns"][0] == {
        "id": "m", "role": "note", "text": "查一下", "ts": "2026-03-01T09:00:00Z", "author": "", "lang": "",
        "intents": [], "private": True, "kind": "note",
    }  # fmt: skip
    assert line["verdicts"][0]["correction"] == "改好了"


@pytest.mark.parametrize(
    ("turn", "role"),
    [
        ({"role": "user"}, "customer"),
        ({"role": "human"}, "customer"),
        ({"role": "顾客"}, "customer"),
        ({"role": "agent"}, "agent"),
        ({"role": "客服"}, "agent"),
        ({"role": "assistant"}, "bot"),
        ({"role": "bot"}, "bot"),
        ({"role": "system"}, "system"),
        ({"role": "note"}, "note"),
        ({"role": "agent", "private": True}, "note"),
        ({"role": "agent", "kind": "note"}, "note"),
        ({"role": "agent", "private": True, "kind": "event"}, "note"),
        ({"role": "agent", "kind": "event"}, "system"),
        ({"role": "agent", "private": "true"}, "note"),
        ({"role": "agent", "private": "team only"}, "note"),
        ({"role": "agent", "private": "false"}, "agent"),
        ({"role": "agent", "private": None, "kind": None}, "agent"),
        ({"role": "agent", "kind": "internal note"}, "note"),
    ],
)
@pytest.mark.parametrize("key", ["turns", "messages"])
def test_roles_of_simpler_files(export: Export, turn: dict[str, Any], role: str, key: str) -> None:
    [conversation] = read(export("e.jsonl", {"id": 7, key: [{"text": "在吗", **turn}]})).items
    assert conversation == Conversation("7", (Message("7:0", role, "在吗"),))  # type: ignore[arg-type]


def test_section_0_of_the_record(export: Export) -> None:
    line = {
        "id": "zendesk:8801", "source": "zendesk", "channel": "email", "lang": "en", "subject": "Late parcel",
        "status": "solved", "tags": ["shipping"], "intent": "parcel_late",
        "csat": {"score": 1, "scale": "binary", "comment": None}, "meta": {},
        "turns": [
            {"id": "c2", "role": "agent", "author": "a:5", "text": "It left.", "html": None,
             "ts": "2026-03-01T10:00:00Z", "private": False, "kind": "message", "feedback": None, "meta": {}},
            {"id": "c1", "role": "customer", "author": "u:77", "text": "Where is it?",
             "ts": "2026-03-01T09:00:00Z"},
        ],
    }  # fmt: skip
    [conversation] = read(export("e.jsonl", line)).items
    assert conversation == Conversation(
        "zendesk:8801",
        (
            Message("c1", "customer", "Where is it?", NINE, "u:77", "en", ("parcel_late",)),
            Message("c2", "agent", "It left.", NINE + timedelta(hours=1), "a:5", "en"),
        ),
        source="zendesk",
        channel="email",
        subject="Late parcel",
        tags=("shipping",),
        outcome="solved",
        satisfaction=1.0,
    )


def test_ids_that_are_missing_depend_on_the_content_alone(export: Export) -> None:
    def line(text: str) -> dict[str, Any]:
        return {"turns": [{"role": "customer", "text": text}, {"role": "agent", "text": "好的"}]}

    path = export("a.jsonl", line("退款"), line("发票"))
    one, other = read(path).items
    assert isinstance(one, Conversation) and isinstance(other, Conversation)
    assert one.id != other.id and len(one.id) == 32
    assert [message.id for message in one.messages] == [f"{one.id}:0", f"{one.id}:1"]
    assert list(read(export("b.jsonl", line("退款"))).items) == [one]


@pytest.mark.parametrize(
    ("line", "where", "why"),
    [
        ({"id": "x", "turns": []}, "e.jsonl:2", "no turns that can be read"),
        ({"id": {"a": 1}, "turns": [{"role": "user", "text": "hi"}]}, "e.jsonl:2", "'id' is not text"),
        ({"id": "x", "turns": ["hi"]}, "e.jsonl:2:turns[0]", "a turn is an object"),
        (
            {"id": "x", "turns": [{"role": "谁", "text": "hi"}]},
            "e.jsonl:2:turns[0]",
            "the role '谁' is unknown",
        ),
        ({"id": "x", "turns": [{"role": "user", "text": 5}]}, "e.jsonl:2:turns[0]", "no text"),
        (
            {"id": "x", "turns": [{"role": "user", "text": "hi", "ts": "昨天"}]},
            "e.jsonl:2:turns[0]",
            "not a date",
        ),
        (
            {"id": "x", "turns": [{"role": "user", "text": "hi", "intents": [1]}]},
            "e.jsonl:2:turns[0]",
            "list of texts",
        ),
        (
            {"id": "x", "turns": [{"role": "user", "text": "hi"}], "satisfaction": 5},
            "e.jsonl:2:satisfaction",
            "'5'",
        ),
        ({"ticket": {"question": "怎么退款", "answer": ""}}, "e.jsonl:2", "no question or no answer"),
        ({"ticket": {"question": "q", "answer": "a", "source": "web"}}, "e.jsonl:2", "none of canned, agent"),
        ({"verdict": {"reply": "r", "kind": "meh"}}, "e.jsonl:2", "'meh' is none of good"),
        ({"verdict": {"kind": "good"}}, "e.jsonl:2", "names no reply"),
    ],
)
def test_what_is_wrong_is_skipped_with_its_place(export: Export, line: Any, where: str, why: str) -> None:
    good = {"id": "ok", "turns": [{"role": "customer", "text": "ok"}]}
    items = list(read(export("e.jsonl", good, line, good)).items)
    skipped = [item for item in items if isinstance(item, Skipped)]
    assert skipped[0].where == where and why in skipped[0].why
    assert items[0] == items[-1] == Conversation("ok", (Message("ok:0", "customer", "ok"),))


def test_a_bad_satisfaction_or_verdict_does_not_cost_the_conversation(export: Export) -> None:
    line = {
        "id": "x",
        "turns": [{"role": "user", "text": "hi"}],
        "satisfaction": "great",
        "verdicts": [{"id": "v", "reply": "r", "kind": "good", "ts": 1772355600}, "fine", {"reply": "r"}],
    }
    unhappy, conversation, verdict, text, kindless = read(export("e.jsonl", line)).items
    assert isinstance(unhappy, Skipped) and isinstance(conversation, Conversation)
    assert verdict == Verdict("v", "r", "good", conversation="x", at=NINE)
    assert text == Skipped("e.jsonl:1:verdicts[1]", "a verdict is an object")
    assert isinstance(kindless, Skipped) and kindless.where == "e.jsonl:1:verdicts[2]"


@pytest.mark.parametrize(
    ("field", "value"),
    [("tags", [1]), ("source", {}), ("updated", "gestern"), ("subject", ["x"]), ("intent", [None]), ("outcome", True)],
)
def test_a_field_spoiled_by_hand_costs_only_itself(export: Export, field: str, value: Any) -> None:
    line = {"id": "x", "channel": "web", "turns": [{"role": "user", "text": "在吗"}], field: value}
    skipped, conversation = read(export("e.jsonl", line)).items
    assert isinstance(skipped, Skipped) and skipped.where == f"e.jsonl:1:{field}"
    assert conversation == Conversation("x", (Message("x:0", "customer", "在吗"),), channel="web")


def test_a_ticket_that_stands_alone_is_canned_unless_it_says_otherwise(export: Export) -> None:
    [ticket] = read(export("e.jsonl", {"ticket": {"question": "怎么退款？", "answer": "在订单页申请。"}})).items
    assert ticket == Ticket.make("怎么退款？", "在订单页申请。", source="canned")


def test_an_id_longer_than_the_store_takes_becomes_its_hash(export: Export) -> None:
    turn = {"id": "m" * 500, "role": "user", "text": "hi"}
    [conversation] = read(export("e.jsonl", {"id": "c" * 500, "turns": [turn]})).items
    assert isinstance(conversation, Conversation)
    assert len(conversation.id) == len(conversation.messages[0].id) == 32
