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
from replydesk.data.readers import Skipped, read
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
