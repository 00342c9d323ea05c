from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine

Export = Callable[..., Path]
Told = Callable[..., list[Conversation]]

START = 1770105600


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def part(number: int, body: str | None, kind: str = "comment", who: str = "admin", **more: Any) -> dict[str, Any]:
    author = {"type": who, "id": f"{who[0]}1"}
    return {"id": str(number), "part_type": kind, "body": body, "created_at": START + number, "author": author, **more}


def conversation(*parts: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "conversation",
        "id": "1295",
        "created_at": START,
        "updated_at": START + 99,
        "state": "closed",
        "source": {
            "id": "9",
            "type": "email",
            "delivered_as": "customer_initiated",
            "subject": "<p>Refund</p>",
            "body": "<p>Where is my&nbsp;refund?</p>",
            "author": {"type": "user", "id": "u1"},
        },
        "contacts": {"contacts": [{"id": "u1"}]},
        "tags": {"tags": [{"name": "billing"}]},
        "conversation_rating": {"rating": 4},
        "conversation_parts": {"conversation_parts": list(parts), "total_count": len(parts)},
        **more,
    }


WHOLE = conversation(
    part(30, "<p>查一下付款渠道</p>", "note"),
    part(20, "<p>Sent <b>today</b></p>"),
    part(10, "<p>Hold on</p>", who="bot"),
    part(40, "<p>谢谢</p>", "open", "user"),
    part(50, "<p>Bye</p>", "close"),
)
EXPECTED = Conversation(
    "intercom:1295",
    (
        Message("intercom:1295:source", "customer", "Where is my refund?", at(0), "u1"),
        Message("intercom:1295:10", "bot", "Hold on", at(10), "b1"),
        Message("intercom:1295:20", "agent", "Sent today", at(20), "a1"),
        Message("intercom:1295:30", "note", "查一下付款渠道", at(30), "a1"),
        Message("intercom:1295:40", "customer", "谢谢", at(40), "u1"),
        Message("intercom:1295:50", "agent", "Bye", at(50), "a1"),
    ),
    source="intercom",
    channel="email",
    customer="u1",
    subject="Refund",
    tags=("billing",),
    outcome="closed",
    satisfaction=0.75,
    partial=True,
    updated=at(99),
)

SHAPES = {
    "object": json.dumps(WHOLE),
    "pretty": json.dumps(WHOLE, indent=2, ensure_ascii=False),
    "list": json.dumps({"type": "conversation.list", "pages": {"page": 1}, "conversations": [WHOLE]}),
    "data": json.dumps({"type": "list", "data": [WHOLE]}),
    "array": json.dumps([WHOLE, WHOLE]),
    "lines": "\n".join([json.dumps(WHOLE)] * 2),
    "pages": "\n".join([json.dumps({"type": "conversation.list", "conversations": [WHOLE]})] * 2),
    "wrapped": json.dumps({"example_of": "GET", "response": WHOLE}),
    "wrapped otherwise": json.dumps({"got": "GET", "answer": {"status": 200, "json": WHOLE}}),
    "wrapped list": json.dumps({"example_of": "GET", "response": {"total_count": 1, "conversations": [WHOLE]}}),
    "webhook": json.dumps({"type": "notification_event", "id": "n", "data": {"item": WHOLE}}),
    "plain parts": json.dumps({**WHOLE, "conversation_parts": WHOLE["conversation_parts"]["conversation_parts"]}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_conversation(export: Export, told: Told, shape: str) -> None:
    found = told(export("c.json", SHAPES[shape]), "intercom")
    assert found == [EXPECTED] * len(found) != []


def test_a_folder_of_conversations_is_one_export(export: Export, told: Told) -> None:
    export("all/1.json", WHOLE)
    folder = export("all/2.json", {"conversations": [conversation(id="7")]}).parent
    assert [found.id for found in told(folder, "intercom")] == ["intercom:1295", "intercom:7"]


def one(export: Export, value: dict[str, Any]) -> Conversation:
    [found] = [item for item in read(export("c.json", value)).items if isinstance(item, Conversation)]
    return found


@pytest.mark.parametrize(
    "again",
    [
        part(1, "Where is my refund?", who="user"),
        part(1, "<div>Where is  my refund?</div>", who="user", created_at=None),
        part(9, "Where is my refund? (sent twice)", who="user"),
    ],
)
def test_the_opening_is_there_once_even_if_a_part_repeats_it(export: Export, again: dict[str, Any]) -> None:
    again["author"]["id"] = "u1"
    found = one(export, conversation(again, part(20, "Sent")))
    assert [message.text for message in found.messages] == ["Where is my refund?", "Sent"]


def test_asking_the_same_again_later_is_kept(export: Export) -> None:
    again = part(30, "Where is my refund?", who="user")
    again["author"]["id"] = "u1"
    found = one(export, conversation(part(20, "Hello"), part(25, "Which order?", who="user"), again))
    assert [message.role for message in found.messages] == ["customer", "agent", "customer", "customer"]


@pytest.mark.parametrize(
    ("kind", "who", "role"),
    [
        ("comment", "admin", "agent"),
        ("comment", "team", "agent"),
        ("comment", "lead", "customer"),
        ("comment", "contact", "customer"),
        ("assignment", "admin", "agent"),
        ("assign_and_reopen", "admin", "agent"),
        ("note", "admin", "note"),
        ("note", "user", "note"),
        ("note_and_reopen", "admin", "note"),
        ("Note", "bot", "note"),
        ("conversation_summary", "bot", "note"),
        ("something_new", "admin", "note"),
        ("something_new", "bot", "system"),
        ("something_new", "user", "customer"),
        (None, "admin", "note"),
    ],
)
def test_the_part_and_its_author_say_who_speaks(export: Export, kind: Any, who: str, role: str) -> None:
    found = one(export, conversation(part(20, "这里", kind, who)))
    assert found.messages[1].role == role


@pytest.mark.parametrize("flag", [{"from_ai_agent": True}, {"is_ai_answer": True}])
def test_what_an_ai_agent_says_is_a_bots(export: Export, flag: dict[str, bool]) -> None:
    author = {"type": "admin", "id": "a1", **flag}
    assert one(export, conversation(part(20, "Try again", author=author))).messages[1].role == "bot"


@pytest.mark.parametrize(
    ("delivered", "who", "role"),
    [
        ("admin_initiated", "admin", "agent"),
        ("campaigns_initiated", "admin", "bot"),
        ("operator_initiated", "bot", "bot"),
        ("automated", "admin", "bot"),
        ("customer_initiated", "lead", "customer"),
    ],
)
def test_what_the_team_sent_first_answers_nothing(export: Export, delivered: str, who: str, role: str) -> None:
    source = {"delivered_as": delivered, "body": "促销开始了", "author": {"type": who, "id": "x"}}
    found = one(export, conversation(part(5, "Is it still on?", who="user"), part(9, "Yes"), source=source))
    assert found.messages[0].role == role
    assert [(ticket.question, ticket.answer) for ticket in mine(found)] == [
        ("促销开始了\nIs it still on?" if role == "customer" else "Is it still on?", "Yes")
    ]


@pytest.mark.parametrize(
    ("what", "where", "why"),
    [
        (part(2, "<p>x</p>", redacted=True), ":conversation_parts[0]", "the message was deleted"),
        (part(2, None, "close"), ":conversation_parts[0]", "an event without a text"),
        (part(2, "<img src='a.png'>"), ":conversation_parts[0]", "the message has no text"),
        (part(2, "x", created_at="soon"), ":conversation_parts[0]", "'soon' is not a date that can be read"),
        (part(2, "x", author=None), ":conversation_parts[0]", "the export does not say who speaks"),
        ("x", ":conversation_parts[0]", "a part is an object"),
    ],
)
def test_what_is_left_out_is_said(export: Export, what: Any, where: str, why: str) -> None:
    skipped, found = read(export("c.jsonl", conversation(what))).items
    assert skipped == Skipped(f"c.jsonl:1{where}", why)
    assert isinstance(found, Conversation) and len(found.messages) == 1


@pytest.mark.parametrize(
    "broken",
    [{"source": None}, {"source": {"body": None, "author": None}}, {"contacts": 7}, {"tags": "x"}, {"state": 3},
     {"conversation_rating": []}, {"conversation_parts": None}, {"created_at": "x"}, {"updated_at": "x"},
     {"id": None}, {"title": 7}],
)  # fmt: skip
def test_wrong_types_stop_nothing(export: Export, broken: dict[str, Any]) -> None:
    path = export("c.jsonl", conversation(part(1, "hi"), **broken), WHOLE)
    assert EXPECTED in list(read(path).items)


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "type": "ticket",
        "id": "52",
        "category": "Customer",
        "ticket_attributes": {"_default_title_": "Double charge", "_default_description_": "我被扣了两次款。"},
        "ticket_state": "resolved",
        "created_at": START,
        "contacts": {"contacts": [{"id": "u7"}]},
        "ticket_parts": {"ticket_parts": [part(5, "Refunded."), part(6, "fraud?", "note"), part(7, "x", "n", "bot")]},
        **more,
    }


def test_a_ticket_opens_with_its_description(export: Export) -> None:
    found = one(export, ticket())
    assert [(m.id, m.role, m.text) for m in found.messages] == [
        ("intercom:ticket:52:source", "customer", "我被扣了两次款。"),
        ("intercom:ticket:52:5", "agent", "Refunded."),
        ("intercom:ticket:52:6", "note", "fraud?"),
        ("intercom:ticket:52:7", "system", "x"),
    ]
    assert (found.subject, found.outcome, found.customer) == ("Double charge", "resolved", "u7")


def test_what_the_back_office_files_is_a_note(export: Export) -> None:
    assert [m.role for m in one(export, ticket(category="Back-office")).messages][:2] == ["note", "agent"]


# -- tables

CONVERSATIONS = (
    "id,updated_at,created_at,state,source_id,source_author_id,source_author_type,source_body,_fivetran_active"
)
PARTS = "id,created_at,updated_at,conversation_id,author_id,author_type,body,part_type,_fivetran_active"


@pytest.fixture
def tables(export: Export) -> Path:
    export("i/tag_data.csv", "id,_fivetran_deleted,name", "1,FALSE, 账单 ", "2,TRUE,slip", "3,FALSE,old")
    export(
        "i/conversation_tag_history_data.csv",
        "tag_id,conversation_id,_fivetran_active",
        "1,1,true", "2,1,true", "3,1,false",
    )  # fmt: skip
    export("i/conversation_contact_history_data.csv", "contact_id,conversation_id,_fivetran_active", "c9,1,true")
    export(
        "i/conversation_part_history_data.csv",
        PARTS,
        "7,2026-03-01 10:00:00,2026-03-01 10:05:00,1,a1,admin,<p>Yes!</p>,comment,true",
        "7,2026-03-01 10:00:00,2026-03-01 10:00:00,1,a1,admin,<p>Yse</p>,comment,false",
        "6,2026-03-01 09:00:00,2026-03-01 09:00:00,1,c1,user,<p>可以退货吗？</p>,comment,true",
        "8,2026-03-01 11:00:00,2026-03-01 11:00:00,1,a1,admin,<p>rude</p>,note,true",
        "9,2026-03-01 11:00:00,2026-03-01 11:00:00,1,a1,admin,<p>deleted</p>,comment,false",
        "10,2026-03-01 12:00:00,2026-03-01 12:00:00,5,a1,admin,<p>Hello</p>,comment,true",
    )
    return export(
        "i/conversation_history_data.csv",
        CONVERSATIONS,
        "1,2026-03-01 08:30:00,2026-03-01 08:00:00,open,s1,c1,user,<p>可以退货吗？</p>,false",
        "1,2026-03-01 12:30:00,2026-03-01 08:00:00,closed,s1,c1,user,<p>可以退货吗？</p>,true",
        "2,2026-03-01 12:30:00,2026-03-01 08:00:00,closed,s1,c1,user,<p>gone</p>,false",
    ).parent


def hour(clock: int) -> datetime:
    return datetime(2026, 3, 1, clock, tzinfo=UTC)


@pytest.mark.parametrize("way", ["folder", "zip", "conversation_part_history_data.csv"])
def test_the_newest_active_rows_are_joined(tables: Path, zipped: Callable[[Path], Path], told: Told, way: str) -> None:
    path = tables if way == "folder" else zipped(tables) if way == "zip" else tables / way
    first, orphan = told(path, "intercom-csv")
    assert first == Conversation(
        "intercom:1",
        (
            Message("intercom:1:source", "customer", "可以退货吗？", hour(8), "c1"),
            Message("intercom:1:7", "agent", "Yes!", hour(10), "a1"),
            Message("intercom:1:8", "note", "rude", hour(11), "a1"),
        ),
        source="intercom",
        customer="c9",
        tags=("账单",),
        outcome="closed",
        partial=True,
        updated=hour(12).replace(minute=30),
    )
    assert orphan.messages == (Message("intercom:5:10", "agent", "Hello", hour(12), "a1"),)


def test_a_deleted_conversation_is_skipped_with_its_parts(tables: Path) -> None:
    skipped = [item for item in read(tables).items if isinstance(item, Skipped)]
    assert skipped == [Skipped("i/conversation_history_data.csv:4", "the conversation is deleted")]


# -- real files


def test_the_openings_of_real_files_are_there_once(datasets: Path) -> None:
    folder = datasets / "helpdesk_fixtures" / "intercom_api_openapi"
    reading = read(folder)
    assert reading.format == "intercom"
    found = {item.id: item for item in reading.items if isinstance(item, Conversation)}
    assert sorted(found) == [f"intercom:{n}" for n in (335, 367, 371, 378, 387, 394)]
    for conversation in found.values():
        assert [m.text for m in conversation.messages].count("this is the message body") == 1
        assert conversation.messages[0].role == "agent"
        assert not list(mine(conversation))
    assert [(m.role, m.text) for m in found["intercom:387"].messages[1:]] == [("customer", "Thanks again :)")]
    assert [(m.role, m.text) for m in found["intercom:394"].messages[1:]] == [("agent", "Goodbye :)")]


def test_real_tables(datasets: Path) -> None:
    found = list(read(datasets / "helpdesk_fixtures" / "intercom_csv_fivetran").items)
    messages = {c.id: [m.role for m in c.messages] for c in found if isinstance(c, Conversation)}
    assert messages == {
        "intercom:156643300001311": ["customer"],
        "intercom:156643300001372": ["customer"],
        "intercom:12": ["note"],
    }
    assert sum(isinstance(item, Skipped) and item.why == "an event without a text" for item in found) == 8
