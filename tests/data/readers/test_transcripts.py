from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from replydesk.data.readers.transcripts import is_transcript, turns


def said(cell: str, *agents: str) -> list[tuple[str | None, str]]:
    return [(turn.role, turn.text) for turn in turns(cell, agents)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Customer: hi\nthere\nAgent: hello: you", [("customer", "hi\nthere"), ("agent", "hello: you")]),
        ("客户：在吗\n客服：在的", [("customer", "在吗"), ("agent", "在的")]),
        ("**User**: a<br>**Assistant**: b", [("customer", "a"), ("bot", "b")]),
        ("[09:05] Ann (Customer): hi\n[09:06] Emma (Agent): yes", [("customer", "hi"), ("agent", "yes")]),
        (
            "Customer: hi\nAgent: yes\nInternal note: careful",
            [("customer", "hi"), ("agent", "yes"), ("note", "careful")],
        ),
        (
            "Customer: hi\nAgent Emma: a\nSupport hours: 9-5\nAgent Emma: b",
            [("customer", "hi"), ("agent", "a\nSupport hours: 9-5"), ("agent", "b")],
        ),
        (
            "Customer: hi\nZed: one\nhttps://a.example\nZed: two",
            [("customer", "hi"), (None, "one\nhttps://a.example"), (None, "two")],
        ),
        ("Welcome.\nCustomer: hi", [(None, "Welcome."), ("customer", "hi")]),
        ("Customer: mail to\nContact: a@b.example", [("customer", "mail to\nContact: a@b.example")]),
    ],
)
def test_lines_name_who_speaks(cell: str, expected: list[tuple[str | None, str]]) -> None:
    assert said(cell) == expected


def test_the_team_may_be_named() -> None:
    assert said("Ann: hi\nEmma: hello\nAnn: thanks\nEmma: bye", "emma", "x") == [
        (None, "hi"),
        ("agent", "hello"),
        (None, "thanks"),
        ("agent", "bye"),
    ]


def test_a_line_may_begin_with_its_time() -> None:
    first, second = turns("2026-03-01 09:05 - Customer: 在吗\n[25/03/2026, 09:06] Agent: 在的")
    assert first.at == datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert second.at == datetime(2026, 3, 25, 9, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"role": "user", "content": "hi"}, {"speaker": "bot", "text": "好"}], [("customer", "hi"), ("bot", "好")]),
        ({"turns": [{"sender": {"type": "user"}, "body": "hi"}]}, [("customer", "hi")]),
        ([["customer", "hi"], ["action", "looked up"]], [("customer", "hi"), ("system", "looked up")]),
        (["Customer: hi", "Agent: yes"], [("customer", "hi"), ("agent", "yes")]),
        ([{"role": "agent", "text": "hm", "private": "yes"}], [("note", "hm")]),
        ([{"role": "agent", "text": "hm", "public": False}], [("note", "hm")]),
        ([{"role": "agent", "text": "hm", "part_type": "note"}], [("note", "hm")]),
        ([{"role": "who", "text": "hm"}, 5, None], [(None, "hm")]),
    ],
)  # fmt: skip
def test_a_transcript_may_be_json(value: object, expected: list[tuple[str | None, str]]) -> None:
    assert said(json.dumps(value)) == expected


@pytest.mark.parametrize("cell", ["", "[", "[torn", "Agent: hello", "Note: call back", "17", "{}", "[[1, 2]]"])
def test_what_is_no_conversation(cell: str) -> None:
    assert not is_transcript(cell)
