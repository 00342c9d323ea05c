from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Assumed, Skipped, read
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine

Export = Callable[..., Path]
Told = Callable[..., list[Conversation]]

START = 1760000000


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def message(number: int, content: Any, kind: Any = 1, by: Any = "User", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "content": content,
        "conversation_id": 567,
        "message_type": kind,
        "created_at": START + number,
        "content_type": "text",
        "content_attributes": {},
        "sender_type": by,
        "sender_id": {"Contact": 89, "User": 7}.get(by),
        "private": False,
        **more,
    }


CSAT = {"submitted_values": {"csat_survey_response": {"rating": 5, "feedback_message": "好"}}}
MESSAGES = [
    message(60, "Rate us", 3, None, content_type="input_csat", content_attributes=CSAT),
    message(50, "Conversation was resolved by Alex", 2),
    message(40, "马上发货！"),
    message(30, "缺货，见工单", private=True),
    message(20, "Hi! Ask me anything.", 1, "AgentBot"),
    message(10, "订单55在哪里？", 0, "Contact"),
]
EXPECTED = (
    Message("chatwoot:567:10", "customer", "订单55在哪里？", at(10), "89"),
    Message("chatwoot:567:20", "bot", "Hi! Ask me anything.", at(20), ""),
    Message("chatwoot:567:30", "note", "缺货，见工单", at(30), "7"),
    Message("chatwoot:567:40", "agent", "马上发货！", at(40), "7"),
    Message("chatwoot:567:50", "system", "Conversation was resolved by Alex", at(50), "7"),
    Message("chatwoot:567:60", "system", "Rate us", at(60), ""),
)
META = {"labels": ["shipping"], "contact": {"id": 89}, "additional_attributes": {}}
PAGE = {"meta": META, "payload": MESSAGES}
CONVERSATION = {
    "id": 567, "inbox_id": 3, "status": "resolved", "can_reply": True, "labels": ["shipping"],
    "meta": {"sender": {"id": 89}, "channel": "Channel::Email"}, "messages": MESSAGES, "updated_at": START + 99.5,
    "additional_attributes": {"mail_subject": "Order 55"},
}  # fmt: skip
SHAPES = {
    "page": json.dumps(PAGE),
    "pretty page": json.dumps(PAGE, indent=2),
    "meta behind": json.dumps({"payload": MESSAGES, "meta": META}),
    "meta behind, one a line": "\n".join([json.dumps({"payload": MESSAGES, "meta": META})] * 2),
    "pages": json.dumps([{"meta": META, "payload": MESSAGES[:3]}, {"meta": META, "payload": MESSAGES[3:]}]),
    "pages one a line": "\n".join(json.dumps({"meta": META, "payload": part}) for part in (MESSAGES[:3], MESSAGES[3:])),
    "pages in a row": "".join(json.dumps({"meta": META, "payload": p}, indent=1) for p in (MESSAGES[:3], MESSAGES[3:])),
    "conversation": json.dumps(CONVERSATION),
    "list": json.dumps({"data": {"meta": {"all_count": 1}, "payload": [CONVERSATION]}}, indent=1),
    "wrapped list": json.dumps({"response": {"data": {"meta": {"all_count": 1}, "payload": [CONVERSATION]}}}),
    "array": json.dumps([CONVERSATION, CONVERSATION]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_messages(export: Export, told: Told, shape: str) -> None:
    [found] = told(export("c.json", SHAPES[shape]), "chatwoot")
    assert (found.id, found.messages) == ("chatwoot:567", EXPECTED)
    assert (found.tags, found.customer, found.satisfaction, found.partial) == (("shipping",), "89", 1.0, True)


def test_a_conversation_tells_more_than_its_messages(export: Export, told: Told) -> None:
    [found] = told(export("c.json", CONVERSATION), "chatwoot")
    assert (found.outcome, found.channel, found.subject) == ("resolved", "Email", "Order 55")
    assert found.updated == at(99).replace(microsecond=500_000)


def test_pages_in_several_files_are_one_conversation(export: Export, told: Told) -> None:
    export("all/2.json", {"meta": META, "payload": MESSAGES[:3]})
    folder = export("all/1.json", {"meta": META, "payload": MESSAGES[3:]}).parent
    [found] = told(folder, "chatwoot")
    assert found.messages == EXPECTED


def one(export: Export, *messages: Any) -> Conversation:
    [found] = [item for item in read(export("c.json", list(messages))).items if isinstance(item, Conversation)]
    return found


def without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in keys}


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (message(9, "x", 0, "Contact"), "customer"),
        (message(9, "x", "incoming", "Contact"), "customer"),
        (message(9, "x", "0", "Contact"), "customer"),
        (message(9, "x", "outgoing"), "agent"),
        (message(9, "x", 1, "Captain::Assistant"), "bot"),
        (message(9, "x", 1, None, sender={"type": "agent_bot"}), "bot"),
        (message(9, "x", 1, None, sender={"id": 3, "type": "user"}), "agent"),
        (message(9, "x", 1, None), "bot"),
        (message(9, "x", 1, None, content_attributes={"external_echo": True}), "agent"),
        (without(message(9, "x"), "sender_type"), "agent"),
        (message(9, "x", "activity"), "system"),
        (message(9, "x", "template", None), "system"),
        (message(9, "x", private=True), "note"),
        (message(9, "x", private="true"), "note"),
        (message(9, "x", private="?"), "note"),
        (message(9, "x", 0, "Contact", private=True), "note"),
        (without(message(9, "x"), "private"), "note"),
        (without(message(9, "x", 0, "Contact"), "private"), "customer"),
        (without(message(9, "x", 2), "private"), "system"),
    ],
)
def test_type_sender_and_flag_say_who_speaks(export: Export, said: dict[str, Any], role: str) -> None:
    assert one(export, said).messages[0].role == role


def test_a_missing_flag_is_said_once(export: Export) -> None:
    said = [without(message(n, "好的"), "private") for n in (1, 2)]
    assert sum(isinstance(item, Assumed) for item in read(export("c.json", said)).items) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (message(1, None), "the message has no text"),
        (message(1, "This message was deleted", content_attributes={"deleted": True}), "the message was deleted"),
        (message(1, "x", created_at="soon"), "'soon' is not a date that can be read"),
        (message(1, "x", 1, "Contact"), "the export does not say who speaks"),
        ({"x": 1}, "this is neither a message nor a conversation with an id"),
    ],
)
def test_what_is_left_out_is_said(export: Export, said: dict[str, Any], why: str) -> None:
    items = list(read(export("c.jsonl", MESSAGES[-1], said)).items)
    assert Skipped("c.jsonl:2", why) in items


def test_a_mail_counts_without_what_it_repeats(export: Export) -> None:
    mail = {"email": {"text_content": {"reply": "Yes please", "full": "Yes please\nOn Monday Ann wrote: ..."}}}
    found = one(export, message(1, "Yes please\nOn Monday Ann wrote: ...", 0, "Contact", content_attributes=mail))
    assert found.messages[0].text == "Yes please"


def test_messages_without_a_conversation_are_one_told_by_its_content(export: Export) -> None:
    bare = [without(said, "conversation_id") for said in MESSAGES]
    [page] = read(export("a.json", {"payload": bare})).items
    [lines] = read(export("b.jsonl", *bare[::-1])).items
    assert page == lines and isinstance(page, Conversation)
    assert [m.text for m in page.messages] == [m.text for m in EXPECTED]


# -- webhooks


def event(name: str, number: int, content: str, kind: str = "outgoing", **more: Any) -> dict[str, Any]:
    sender = {"id": 89, "type": "contact"} if kind == "incoming" else {"id": 7, "type": "user"}
    return {
        "event": name, "id": number, "content": content, "created_at": f"2026-03-03 13:{number:02}:00 UTC",
        "message_type": kind, "content_type": "text", "content_attributes": {}, "private": False, "sender": sender,
        "conversation": {"id": 567, "status": "open", "channel": "Channel::WebWidget", "inbox_id": 3,
                         "can_reply": True, "contact_inbox": {"contact_id": 89}, "messages": []},
        "account": {"id": 1}, **more,
    }  # fmt: skip


EVENTS = [
    event("message_created", 1, "可以退货吗？", "incoming"),
    event("message_created", 2, "可以的，七田内"),
    event("message_created", 3, "check the photo", private=True),
    event("message_updated", 2, "可以的，七天内"),
    {"event": "conversation_typing_on", "conversation": {"id": 567}},
    {"event": "conversation_status_changed", "id": 567, "inbox_id": 3, "can_reply": True, "status": "resolved",
     "labels": ["returns"], "updated_at": 1772543400, "messages": [message(4, "Anything else?", 1)]},
]  # fmt: skip


@pytest.mark.parametrize("shape", ["lines", "array", "logged"])
@pytest.mark.parametrize("turned", [False, True])
def test_events_become_their_conversation(export: Export, told: Told, shape: str, turned: bool) -> None:
    events = EVENTS[::-1] if turned else EVENTS
    if shape == "array":
        path = export("w.json", events)
    elif shape == "logged":
        path = export("w.jsonl", *({"received": 1, "headers": {"x": 1}, "body": e} for e in events))
    else:
        path = export("w.jsonl", *events)
    [found] = told(path, "chatwoot")
    assert [(m.id, m.role, m.text) for m in found.messages] == [
        ("chatwoot:567:4", "agent", "Anything else?"),
        ("chatwoot:567:1", "customer", "可以退货吗？"),
        ("chatwoot:567:2", "agent", "可以的，七天内"),
        ("chatwoot:567:3", "note", "check the photo"),
    ]
    assert (found.outcome, found.tags, found.channel, found.customer) == ("resolved", ("returns",), "WebWidget", "89")


def test_what_was_deleted_later_is_gone(export: Export) -> None:
    gone = event("message_updated", 2, "This message was deleted", content_attributes={"deleted": True})
    for events in ([*EVENTS[:2], gone], [gone, *EVENTS[:2]]):
        skipped, found = read(export("w.json", events)).items
        assert isinstance(skipped, Skipped) and skipped.why == "the message was deleted"
        assert isinstance(found, Conversation) and [m.text for m in found.messages] == ["可以退货吗？"]


# -- files built from the published schema


def test_a_private_line_is_a_note_and_an_activity_a_system_line(datasets: Path, told: Told) -> None:
    folder = datasets / "helpdesk_fixtures" / "chatwoot_constructed"
    [found] = told(folder / "conversation_messages.json", "chatwoot")
    assert [(m.role, m.text) for m in found.messages] == [
        ("customer", "Hi, where is my order 1234?"),
        ("agent", "Let me check that for you."),
        ("note", "warehouse delay, see ticket"),
        ("agent", "It left our warehouse today and arrives on Friday."),
        ("system", "Conversation was marked resolved by Alex Agent"),
    ]
    assert [(ticket.question, ticket.answer) for ticket in mine(found)] == [
        (
            "Hi, where is my order 1234?",
            "Let me check that for you.\nIt left our warehouse today and arrives on Friday.",
        )
    ]
    [hooked] = told(folder / "webhook_message_created.json", "chatwoot")
    assert [(m.id, m.role, m.text) for m in hooked.messages] == [("chatwoot:567:1", "customer", "Hi")]
