from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Assumed, Skipped, read
from replydesk.data.records import Conversation, Message

Export = Callable[..., Path]


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


TICKET: dict[str, Any] = {
    "id": 8801, "subject": "Late parcel", "status": "solved", "requester_id": 77, "submitter_id": 77,
    "assignee_id": 5, "tags": ["shipping"], "via": {"channel": "email"}, "created_at": "2026-03-01T08:00:00Z",
    "updated_at": "2026-03-01T13:00:00Z", "description": "Where is my  parcel? ",
    "satisfaction_rating": {"score": "good"},
}  # fmt: skip
COMMENTS: list[dict[str, Any]] = [
    {"id": 3, "author_id": 5, "plain_body": "麻烦的客户", "public": False,
     "created_at": "2026-03-01T10:30:00Z"},
    {"id": 2, "author_id": 6, "body": "It left today.", "public": True, "created_at": "2026-03-01T10:00:00Z"},
    {"id": 1, "author_id": 77, "plain_body": "Where is my&nbsp;parcel?", "html_body": "<p>no</p>",
     "public": True, "created_at": "2026-03-01T09:00:00Z"},
    {"id": 4, "author_id": -1, "body": "合并了工单", "public": True,
     "created_at": "2026-03-01T11:00:00Z"},
    {"id": 5, "author_id": 5, "html_body": "<p>已经<br>发出</p>", "public": True,
     "created_at": "2026-03-01T12:00:00Z"},
]  # fmt: skip
USERS = [{"id": 6, "role": "admin"}, {"id": 8, "role": "end-user"}]

EXPECTED = Conversation(
    "zendesk:8801",
    (
        Message("zendesk:8801:description", "customer", "Where is my\xa0parcel?", at(9), "77"),
        Message("zendesk:8801:2", "agent", "It left today.", at(10), "6"),
        Message("zendesk:8801:3", "note", "麻烦的客户", at(10).replace(minute=30), "5"),
        Message("zendesk:8801:4", "system", "合并了工单", at(11), "-1"),
        Message("zendesk:8801:5", "agent", "已经\n发出", at(12), "5"),
    ),
    source="zendesk",
    channel="email",
    customer="77",
    subject="Late parcel",
    tags=("shipping",),
    outcome="solved",
    satisfaction=1.0,
    partial=True,
    updated=at(13),
)

PAIR = {"ticket": TICKET, "comments": COMMENTS, "users": USERS}
WHOLE = {**TICKET, "comments": COMMENTS}

SHAPES = {
    "pair": json.dumps(PAIR),
    "pretty pair": json.dumps(PAIR, indent=2, ensure_ascii=False),
    "lines": "\n".join([json.dumps({**WHOLE, "users": USERS})] * 2),
    "array": json.dumps([PAIR, PAIR]),
    "tickets": json.dumps({"tickets": [WHOLE], "users": USERS, "count": 1}),
    "users first": json.dumps({"count": 1, "users": USERS, "tickets": [WHOLE]}, indent=1),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("piped", [False, True])
def test_every_shape_gives_the_same_conversation(
    export: Export, monkeypatch: pytest.MonkeyPatch, shape: str, piped: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(SHAPES[shape].encode())))
    reading = read("-" if piped else export("z.json", SHAPES[shape]))
    assert reading.format == "zendesk"
    items = list(reading.items)
    assert items == [EXPECTED] * len(items)


def one(export: Export, ticket: dict[str, Any], comments: list[Any]) -> list[Any]:
    return list(read(export("z.jsonl", {"ticket": ticket, "comments": comments})).items)


def test_an_unknown_author_is_skipped_and_never_guessed(export: Export) -> None:
    stranger, conversation = one(export, TICKET, [*COMMENTS[2:3], {**COMMENTS[1], "author_id": 9}])
    assert stranger == Skipped("z.jsonl:1:comments[1]", "the author 9 is neither the requester nor a known user")
    assert [message.text for message in conversation.messages] == ["Where is my\xa0parcel?"]


@pytest.mark.parametrize("public", [False, "false", "FALSE", 0, None])
@pytest.mark.parametrize("author", [77, 5, 9])
def test_a_private_comment_is_a_note_whoever_wrote_it(export: Export, public: Any, author: int) -> None:
    [conversation] = one(export, TICKET, [{**COMMENTS[1], "author_id": author, "public": public}])
    assert [message.role for message in conversation.messages] == ["customer", "note"]


@pytest.mark.parametrize(
    ("ticket", "role"),
    [
        ({}, "customer"),
        ({"submitter_id": None}, "customer"),
        ({"submitter_id": 5}, "agent"),
        ({"is_public": False}, "note"),
    ],
)
def test_a_description_that_no_comment_repeats_opens_the_conversation(
    export: Export, ticket: dict[str, Any], role: str
) -> None:
    [conversation] = one(export, {**TICKET, "description": "退款在哪里？", **ticket}, COMMENTS[4:])
    first, second = conversation.messages
    assert (first.id, first.role, first.text, first.at) == (
        "zendesk:8801:description",
        role,
        "退款在哪里？",
        at(8),
    )
    assert second.role == "agent"


def test_a_private_comment_that_repeats_the_description_keeps_it_private(export: Export) -> None:
    private = {"id": 1, "author_id": 5, "body": "Where is my parcel?", "public": False}
    [conversation] = one(export, TICKET, [private, *COMMENTS[4:]])
    assert [message.role for message in conversation.messages] == ["note", "agent"]


@pytest.mark.parametrize(
    ("ticket", "comments", "where", "why"),
    [
        ({**TICKET, "status": "deleted"}, COMMENTS, "z.jsonl:1", "ticket 8801 is deleted"),
        ({**TICKET, "id": None}, COMMENTS, "z.jsonl:1", "the ticket has no id"),
        ({**TICKET, "description": ""}, [], "z.jsonl:1", "the conversation has no messages that can be read"),
        (TICKET, ["hi"], "z.jsonl:1:comments[0]", "a comment is an object"),
        (
            TICKET,
            [{**COMMENTS[0], "created_at": "昨天"}],
            "z.jsonl:1:comments[0]",
            "'昨天' is not a date that can be read",
        ),
        (TICKET, [{**COMMENTS[0], "plain_body": " "}], "z.jsonl:1:comments[0]", "the message has no text"),
    ],
)
def test_what_is_wrong_is_skipped(export: Export, ticket: Any, comments: Any, where: str, why: str) -> None:
    assert one(export, ticket, comments)[0] == Skipped(where, why)


def test_a_comment_that_comes_twice_counts_once(export: Export) -> None:
    [conversation] = one(export, TICKET, [COMMENTS[2], COMMENTS[4], COMMENTS[4]])
    assert [message.id for message in conversation.messages] == ["zendesk:8801:description", "zendesk:8801:5"]


# -- the folder of tables


def folder(export: Export, suffix: str, *, users: bool = True) -> Path:
    export(f"z/ticket_field_history{suffix}.csv", "field_name,ticket_id", "status,1")
    export(f"z/ticket_tag{suffix}.csv", "tag,ticket_id", "物流,1", "urgent,1", "urgent,1")
    if users:
        export(f"z/user{suffix}.csv", "id,role,name", "5,agent,Ann", "6,end-user,Bo", "half")
    export(
        f"z/ticket_comment{suffix}.csv",
        "id,body,created,public,ticket_id,user_id",
        '12,"It left,\ntoday.",2026-03-01 10:00:00,TRUE,1,5',
        "11,在哪里？,2026-03-01 09:00:00,TRUE,1,77",
        "13,他很难缠,2026-03-01 11:00:00,FALSE,1,5",
        "14,me too,2026-03-01 12:00:00,TRUE,1,6",
        "15,who?,2026-03-01 13:00:00,TRUE,1,99",
        "16,lost,2026-03-01 09:00:00,TRUE,404,77",
        "17,gone,2026-03-01 09:00:00,TRUE,2,77",
    )
    return export(
        f"z/ticket{suffix}.csv",
        "id,_fivetran_deleted,requester_id,assignee_id,submitter_id,status,subject,description,created_at,updated_at,via_channel",
        "1,FALSE,77,5,77,solved,包裹,在哪里？,2026-03-01 08:00:00,2026-03-01 13:00:00,email",
        "2,FALSE,77,5,77,deleted,,,2026-03-01 08:00:00,,web",
        "3,TRUE,77,5,77,open,,gone,2026-03-01 08:00:00,,web",
        "4,FALSE,78,,78,open,,怎么退款？,2026-03-01 08:00:00,,web",
    ).parent  # fmt: skip


@pytest.mark.parametrize("suffix", ["", "_data", "s"])
@pytest.mark.parametrize("of", ["", "ticket_comment"])
def test_the_tables_are_joined(export: Export, suffix: str, of: str) -> None:
    path = folder(export, suffix)
    reading = read(path / f"{of}{suffix}.csv" if of else path)
    assert reading.format == "zendesk-csv"
    items = list(reading.items)
    assert [item for item in items if isinstance(item, Conversation)] == [
        Conversation(
            "zendesk:1",
            (
                Message("zendesk:1:description", "customer", "在哪里？", at(9), "77"),
                Message("zendesk:1:12", "agent", "It left,\ntoday.", at(10), "5"),
                Message("zendesk:1:13", "note", "他很难缠", at(11), "5"),
                Message("zendesk:1:14", "customer", "me too", at(12), "6"),
            ),
            source="zendesk",
            channel="email",
            customer="77",
            subject="包裹",
            tags=("物流", "urgent"),
            outcome="solved",
            partial=True,
            updated=at(13),
        ),
        Conversation(
            "zendesk:4",
            (Message("zendesk:4:description", "customer", "怎么退款？", at(8), "78"),),
            source="zendesk",
            channel="web",
            customer="78",
            outcome="open",
            partial=True,
        ),
    ]
    inside = "" if of else "z/"
    comments, tickets, users = f"ticket_comment{suffix}.csv", f"ticket{suffix}.csv", f"user{suffix}.csv"
    assert [(item.where, item.why) for item in items if isinstance(item, Skipped)] == [
        (f"{inside}{users}:4", "the row has 1 cells, the header 3"),
        (f"{inside}{comments}:7", "the author 99 is neither the requester nor a known user"),
        (f"{inside}{tickets}:3", "ticket 2 is deleted"),
        (f"{inside}{tickets}:4", "ticket 3 is deleted"),
        (f"{inside}{comments}:8", "ticket 404 is not in the export"),
    ]


def test_without_users_the_assignee_is_still_known(export: Export) -> None:
    items = list(read(folder(export, "", users=False)).items)
    [joined, _] = [item for item in items if isinstance(item, Conversation)]
    assert [message.role for message in joined.messages] == ["customer", "agent", "note"]


def test_comments_without_their_tickets_are_no_export(export: Export) -> None:
    path = folder(export, "") / "ticket.csv"
    path.unlink()
    with pytest.raises(FormatError, match="Nothing in the folder"):
        read(path.parent)


# -- events, audits, chats

LIFE: list[dict[str, Any]] = [
    {"id": 100, "ticket_id": 8801, "timestamp": 1772352000, "created_at": "2026-03-01T08:00:00Z", "updater_id": 77,
     "via": "Mail", "event_type": "Audit", "child_events": [
         {"id": 1, "event_type": "Comment", "body": "Where is my parcel?", "public": True},
         {"id": 101, "event_type": "Create", "requester_id": 77}, {"id": 102, "event_type": "Create", "status": "new"},
         {"id": 103, "event_type": "Create", "subject": "Late parcel"}]},
    {"id": 110, "ticket_id": 8801, "created_at": "2026-03-01T10:00:00Z", "updater_id": 5, "via": "Web form",
     "child_events": [
         {"id": 111, "event_type": "Change", "assignee_id": 5}, {"id": 112, "event_type": "Change", "assignee_id": 6},
         {"id": 2, "event_type": "Comment", "body": "已经发出。", "public": True}]},
    {"id": 120, "ticket_id": 8801, "timestamp": 1772362800, "updater_id": 6, "via": "Web form", "child_events": [
        {"id": 3, "event_type": "Comment", "author_id": 6, "body": "check the courier", "public": False},
        {"id": 4, "event_type": "Comment", "author_id": 6, "body": "What else?", "comment_public": True}]},
    {"id": 130, "ticket_id": 8801, "created_at": "2026-03-01T12:00:00Z", "updater_id": -1, "via": "Rule",
     "child_events": [{"id": 5, "event_type": "Comment", "body": "Please rate us.", "public": True, "author_id": 6},
                      {"id": 131, "event_type": "Change", "status": "solved"}]},
]  # fmt: skip
LIVED = [
    ("zendesk:8801:description", "customer", "Where is my parcel?"),
    ("zendesk:8801:2", "agent", "已经发出。"),
    ("zendesk:8801:3", "note", "check the courier"),
    ("zendesk:8801:4", "agent", "What else?"),
    ("zendesk:8801:5", "system", "Please rate us."),
]
EVENTS = {"ticket_events": LIFE, "next_page": None, "end_of_stream": True}


def said(found: Conversation) -> list[tuple[str, str, str]]:
    return [(message.id, message.role, message.text) for message in found.messages]


@pytest.mark.parametrize("turned", [False, True])
def test_events_become_their_ticket(export: Export, turned: bool) -> None:
    reading = read(export("e.json", {**EVENTS, "ticket_events": LIFE[::-1] if turned else LIFE}))
    assert reading.format == "zendesk"
    [found] = reading.items
    assert isinstance(found, Conversation) and said(found) == LIVED
    assert (found.subject, found.outcome, found.customer, found.updated) == ("Late parcel", "solved", "77", at(12))


def test_events_join_the_tickets_and_users_beside_them(
    export: Export, zipped: Callable[[Path], Path], told: Callable[..., list[Conversation]]
) -> None:
    export("z/b_events.json", EVENTS)
    export("z/c_users.json", {"users": USERS})
    folder = export("z/a_tickets.json", {"tickets": [TICKET], "after_cursor": "x", "end_of_stream": True}).parent
    for way in (folder, zipped(folder)):
        [found] = told(way, "zendesk")
        assert said(found) == LIVED
        assert (found.tags, found.satisfaction, found.outcome) == (("shipping",), 1.0, "solved")


def audit(number: int, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": number, "ticket_id": 8801, "author_id": 5, "created_at": f"2026-03-01T{number:02}:00:00Z",
            "via": {"channel": "web"}, "events": list(events), **more}  # fmt: skip


CHAT = {"type": "ChatStartedEvent", "value": {"chat_id": "c", "history": [
    {"type": "ChatMessage", "chat_index": 0, "actor_type": "end-user", "actor_id": 77, "message": "在吗",
     "timestamp": 1772359200000},
    {"type": "ChatJoin", "actor_type": "agent", "actor_id": 5, "timestamp": 1772359201000},
    {"type": "ChatMessage", "chat_index": 2, "actor_type": "agent", "actor_id": 5, "message": "在的",
     "timestamp": 1772359202000},
    {"type": "ChatMessage", "chat_index": 3, "actor_type": "trigger", "message": "Bye", "timestamp": 1772359203000},
]}}  # fmt: skip


@pytest.mark.parametrize("shape", ["page", "embedded", "pair", "lines"])
def test_audits_become_their_ticket(export: Export, shape: str) -> None:
    audits = [
        audit(9, {"id": 1, "type": "Comment", "body": "Where is my parcel?", "public": True, "author_id": 77},
              {"type": "Create", "field_name": "requester_id", "value": "77"}, author_id=77),
        audit(10, CHAT),
        audit(11, {"id": 2, "type": "Comment", "body": "付款失败", "public": False},
              {"type": "Change", "field_name": "assignee_id", "value": "5"},
              {"type": "Notification", "body": "a mail"}),
        audit(12, {"id": 3, "type": "Comment", "body": "It left.", "public": True}),
        audit(13, {"id": 4, "type": "Comment", "body": "Closed.", "public": True},
              via={"channel": "rule", "source": {"rel": "trigger"}}),
    ]  # fmt: skip
    content = {
        "page": [{"audits": audits, "next_page": None}],
        "embedded": [{**TICKET, "audits": audits}],
        "pair": [{"ticket": TICKET, "audits": audits}],
        "lines": audits,
    }[shape]
    [found] = read(export("a.jsonl", *content)).items
    assert isinstance(found, Conversation)
    assert [(message.role, message.text) for message in found.messages] == [
        ("customer", "Where is my parcel?"),
        ("customer", "在吗"),
        ("agent", "在的"),
        ("system", "Bye"),
        ("note", "付款失败"),
        ("agent", "It left."),
        ("system", "Closed."),
    ]
    assert found.messages[0].id == "zendesk:8801:description"


def test_comments_that_name_their_ticket_join_it(export: Export) -> None:
    comments = [{**comment, "ticket_id": 8801} for comment in COMMENTS]
    [found] = read(export("c.jsonl", *comments, {**TICKET, "users": USERS})).items
    assert found == EXPECTED


def test_pages_one_a_line_are_read_to_the_end(export: Export) -> None:
    other = {**WHOLE, "id": 8802}
    pages = [{"tickets": [WHOLE], "users": USERS, "after_cursor": "x"}, {"tickets": [other], "end_of_stream": True}]
    found = [item for item in read(export("p.jsonl", *pages)).items if isinstance(item, Conversation)]
    assert [conversation.id for conversation in found] == ["zendesk:8801", "zendesk:8802"]
    assert found[0] == EXPECTED


@pytest.mark.parametrize(
    ("via", "role"),
    [
        ({"channel": "web", "source": {"rel": None}}, "agent"),
        ({"channel": "rule", "source": {"rel": "trigger"}}, "system"),
        ({"channel": "web", "source": {"rel": "merge"}}, "system"),
        ({"channel": "answer_bot"}, "bot"),
        ("Rule", "system"),
        (None, "agent"),
    ],
)
def test_what_rules_and_bots_send_is_no_answer(export: Export, via: Any, role: str) -> None:
    [found] = one(export, TICKET, [COMMENTS[2], {**COMMENTS[4], "via": via}])
    assert found.messages[1].role == role


def test_comments_that_do_not_say_public_are_notes_unless_the_customer_wrote_them(export: Export) -> None:
    bare = [{key: value for key, value in comment.items() if key != "public"} for comment in COMMENTS[2:]]
    assumed, found = one(export, TICKET, [*bare, bare[-1]])
    assert assumed == Assumed(
        "z.jsonl", "lines of the team that do not say 'public' are private notes", "export them with the field 'public'"
    )
    assert [message.role for message in found.messages] == ["customer", "note", "note"]


@pytest.mark.parametrize(
    ("description", "comment"),
    [
        ("Where is   my parcel?", {"plain_body": "Where is my parcel?"}),
        ("**Where** is my parcel?", {"html_body": "<div><b>Where</b> is<br>my&nbsp;parcel?</div>"}),
        (
            "Where is my parcel? (see the picture)",
            {"body": "Where is my parcel?", "created_at": "2026-03-01T08:00:01Z"},
        ),
    ],
)
def test_the_opening_is_there_once_and_under_one_name(export: Export, description: str, comment: Any) -> None:
    ticket = {**TICKET, "description": description}
    [found] = one(
        export, ticket, [{"id": 1, "author_id": 77, "public": True, "created_at": at(9).isoformat()} | comment]
    )
    [alone] = one(export, ticket, [])
    assert [message.id for message in found.messages] == ["zendesk:8801:description"]
    assert [message.id for message in alone.messages] == ["zendesk:8801:description"]


@pytest.mark.parametrize(
    ("rating", "value"),
    [({"score": "good_with_comment"}, 1.0), ({"score": "bad"}, 0.0), ({"score": "offered"}, None),
     ({"score": "unoffered"}, None), ("good", 1.0), (None, None), ({"score": None}, None)],
)  # fmt: skip
def test_only_a_rating_that_was_given_counts(export: Export, rating: Any, value: float | None) -> None:
    [found] = one(export, {**TICKET, "satisfaction_rating": rating}, COMMENTS[2:3])
    assert found.satisfaction == value


def test_people_may_stand_in_the_ticket(export: Export) -> None:
    people = {"requester_id": None, "requester": {"id": 77}, "submitter": {"id": 8, "role": "end-user"}}
    named = {**COMMENTS[1], "author": {"id": 6, "role": "agent"}}
    [found] = one(export, {**TICKET, **people}, [COMMENTS[2], named, {**COMMENTS[4], "author_id": 8}])
    assert [message.role for message in found.messages] == ["customer", "agent", "customer"]


def test_tables_come_from_an_archive(export: Export, zipped: Callable[[Path], Path]) -> None:
    path = folder(export, "")
    from_folder, reading = [i for i in read(path).items if isinstance(i, Conversation)], read(zipped(path))
    assert reading.format == "zendesk-csv"
    assert [i for i in reading.items if isinstance(i, Conversation)] == from_folder != []


def test_who_was_assigned_once_is_an_agent(export: Export) -> None:
    path = folder(export, "", users=False)
    export("z/ticket_field_history.csv", "field_name,ticket_id,value", "assignee_id,1,99", "status,1,open")
    joined = next(item for item in read(path).items if isinstance(item, Conversation))
    assert ("agent", "who?") in [(message.role, message.text) for message in joined.messages]
