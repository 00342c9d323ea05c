from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers.base import Assumed, Skipped, Source
from replydesk.data.readers.desk import (
    Line,
    alike,
    conversation,
    dated,
    ident,
    labels,
    once,
    private,
    stars,
    unwrapped,
    without_opening,
)
from replydesk.data.readers.gathered import Gathered, Row, latest, newest, of_one_desk
from replydesk.data.records import Conversation

Export = Callable[..., Path]

ABOUT = Conversation("desk:1", (), source="desk", partial=True)
ASKED = Line("f:1", "customer", "在吗？", "2026-01-01T00:00:00Z", "a", "u1")


def test_lines_become_messages_by_time_and_each_once() -> None:
    later = Line("f:2", "agent", "在的", 1767225660, "b", "s1")
    *skipped, found = conversation(ABOUT, [later, ASKED, replace(ASKED, text="again")], "f")
    assert not skipped and isinstance(found, Conversation) and found.partial
    assert [(m.id, m.text) for m in found.messages] == [("desk:1:a", "在吗？"), ("desk:1:b", "在的")]
    assert found.messages[1].at == datetime(2026, 1, 1, 0, 1, tzinfo=UTC)


def test_lines_without_ids_get_them_from_their_content() -> None:
    bare = replace(ASKED, id="")
    [first] = conversation(ABOUT, [bare, replace(bare, where="g:7")], "f")
    [second] = conversation(ABOUT, [replace(bare, where="h:1"), bare], "f")
    assert isinstance(first, Conversation) and first == second
    assert len({message.id for message in first.messages}) == 2
    assert not any("f:1" in message.id for message in first.messages)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (replace(ASKED, text=" \n"), "the message has no text"),
        (replace(ASKED, role=None), "the export does not say who speaks"),
        (replace(ASKED, at="x"), "'x' is not a date that can be read"),
        (replace(ASKED, why="it is deleted", text=""), "it is deleted"),
    ],
)
def test_what_is_no_message_is_skipped(line: Line, why: str) -> None:
    assert list(conversation(ABOUT, [line], "f")) == [
        Skipped("f:1", why),
        Skipped("f", "the conversation has no messages that can be read"),
    ]


def test_what_was_assumed_is_said_once() -> None:
    note = replace(ASKED, role="note", unflagged="private")
    items = list(once(conversation(ABOUT, [note, replace(note, id="b")], "f")))
    assert [type(item) for item in items] == [Assumed, Conversation]


@pytest.mark.parametrize(
    ("flag", "hidden"),
    [(False, False), ("FALSE", False), (0, False), ("no", False), ("否", False), (True, True), ("true", True),
     (1, True), (None, True), ("", True), ("fals", True), ([], True)],
)  # fmt: skip
def test_only_a_plain_no_lets_a_line_out(flag: Any, hidden: bool) -> None:
    assert private(flag) is hidden


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<p>Where is<br>my&nbsp;parcel?</p>", "Where  is my parcel?", True),
        ("**退款**在哪里？", "退款在哪里", True),
        ("yes", "no", False),
        ("", "", False),
        ("👍", "🎉", False),
    ],
)
def test_texts_are_alike_whatever_marks_them(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


def test_small_values_are_read_leniently() -> None:
    assert [ident(value) for value in (77, "77 ", 77.0, None, True, [1])] == ["77", "77", "77", "", "", ""]
    assert labels([{"name": "vip"}, "退款", 7, None, "vip", {}]) == ("vip", "退款", "7")
    assert labels("a, b") == ("a", "b") and labels({"a": 1}) == ()
    assert [stars(value) for value in (1, "5", 3.0, 6, None)] == [0.0, 1.0, 0.5, None, None]
    assert dated("昨天") is None
    assert unwrapped({"a": 1, "b": {"c": {"x": 1}}}, lambda value: "x" in value) == {"x": 1}
    assert unwrapped({"a": {"x": 1}, "b": {}}, lambda value: "x" in value) is None


def test_the_opening_is_told_by_its_name_or_its_text() -> None:
    opening = replace(ASKED, id="source")
    named, other = replace(ASKED, id="9", text="before"), replace(ASKED, id="b", role="agent", author="s")
    assert without_opening([named, other], opening, "9") == [other]
    assert without_opening([replace(ASKED, id="b")], opening) == []
    assert without_opening([other], opening) == [other]


def test_rows_are_gathered_and_the_last_version_counts() -> None:
    old, new = {"id": 1, "updated_at": 1767225600}, {"id": "1", "updated_at": "2026-02-01", "文": "本"}
    with Gathered() as gathered:
        for number, value in enumerate([old, new, {"id": 2}]):
            gathered.add("k", f"f:{number}", "said", value)
        [(key, rows)] = gathered.groups()
        assert key == "k" and gathered.get("k") == rows
        assert gathered.take("k") == rows and gathered.take("k") == []
    assert [row.value for row in latest(rows)] == [new, {"id": 2}]
    assert newest([Row("f", "", {"x": 1}), Row("g", "", {"x": 2})]) == Row("g", "", {"x": 2})
    assert newest([]) is None


def test_a_folder_is_of_one_desk_when_every_file_is(export: Export) -> None:
    export("f/a.json", "ours")
    folder = Source(export("f/b.json", "beside").parent)

    def answer(*accepted: str) -> bool:
        return of_one_desk(folder, lambda s: s.head() == "ours\n", lambda s: s.head().strip() in accepted)

    assert answer("beside") and not answer()
    (folder.path / "c.bin").write_bytes(b"\0\1\0\0")
    folder = Source(folder.path)
    assert not answer("beside")
