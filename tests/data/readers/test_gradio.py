from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Assumed, Options, Skipped, read
from replydesk.data.records import Conversation, Verdict

Export = Callable[..., Path]

NINE = datetime(2026, 3, 1, 9, 0, 0, 5, tzinfo=UTC)
STAMP = "2026-03-01 09:00:00.000005"
HEADER = ["conversation", "index", "value", "flag", "timestamp"]


def said(conversation: object) -> list[tuple[str, str]]:
    assert isinstance(conversation, Conversation)
    return [(message.role, message.text) for message in conversation.messages]


def block(role: str, text: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "metadata": None, "content": [{"type": "text", "text": text}], "options": None, **more}


def table(path: Path, *rows: list[Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


CHAT = [
    block("user", "周日营业吗？"),
    block("assistant", "Yes."),
    block("user", "When?"),
    block("assistant", "At ten."),
]


@pytest.mark.parametrize(
    ("index", "flag", "roles", "kind"),
    [
        (1, "Like", ["customer", "agent", "customer", "bot"], "good"),
        (3, "Like", ["customer", "bot", "customer", "agent"], "good"),
        (1, "Dislike", ["customer", "bot", "customer", "bot"], "wrong"),
        (3, "Spam", ["customer", "bot", "customer", "bot"], "wrong"),
    ],
)
@pytest.mark.parametrize("wide", [False, True])
def test_the_log_of_a_chat(tmp_path: Path, index: int, flag: str, roles: list[str], kind: str, wide: bool) -> None:
    row = [json.dumps(CHAT), index, "", flag, STAMP] if wide else [json.dumps(CHAT), index, flag, STAMP]
    reading = read(table(tmp_path / "log.csv", HEADER, row))
    assert reading.format == "gradio"
    conversation, verdict, assumed = reading.items
    assert [role for role, _ in said(conversation)] == roles
    assert isinstance(conversation, Conversation) and conversation.at == NINE
    assert isinstance(verdict, Verdict)
    assert (verdict.reply, verdict.kind, verdict.at) == (conversation.messages[index].id, kind, NINE)
    assert isinstance(assumed, Assumed) and "bot" in assumed.cure


def test_a_word_of_the_apps_own_becomes_a_tag(tmp_path: Path) -> None:
    path = table(tmp_path / "log.csv", HEADER, [json.dumps(CHAT), 1, "Needs review", STAMP])
    conversation, assumed = read(path).items
    assert isinstance(conversation, Conversation) and conversation.tags == ("feedback:needs review",)
    assert isinstance(assumed, Assumed)


@pytest.mark.parametrize("stamp", ["2026-93-01 09:00:00", "then", ""])
def test_a_time_that_cannot_be_read_costs_only_itself(tmp_path: Path, stamp: str) -> None:
    conversation, *_ = read(table(tmp_path / "log.csv", HEADER, [json.dumps(CHAT), 1, "Like", stamp])).items
    assert isinstance(conversation, Conversation) and conversation.at is None and len(conversation.messages) == 4


def test_pairs_are_judged_by_turn_and_side(tmp_path: Path) -> None:
    history = [["营业吗？", "是的。"], ["When?", "At ten."]]
    path = table(tmp_path / "log.csv", HEADER, [json.dumps(history), "[0, 1]", "Like", STAMP])
    conversation, verdict, _ = read(path).items
    assert [role for role, _ in said(conversation)] == ["customer", "agent", "customer", "bot"]
    assert isinstance(conversation, Conversation) and isinstance(verdict, Verdict)
    assert verdict.reply == conversation.messages[1].id


def test_every_word_counts_when_the_bot_answers_for_the_team(tmp_path: Path) -> None:
    path = table(tmp_path / "log.csv", HEADER, [json.dumps(CHAT), 1, "Dislike", STAMP])
    conversation, verdict = read(path, options=Options(agents=("bot",))).items
    assert [role for role, _ in said(conversation)] == ["customer", "agent", "customer", "agent"]
    assert isinstance(verdict, Verdict) and verdict.kind == "wrong"


def test_bad_rows_of_a_log_cost_only_themselves(tmp_path: Path) -> None:
    good = [json.dumps(CHAT), 1, "Like", STAMP]
    torn = ["[{", 1, "Like", STAMP]
    path = table(
        tmp_path / "log.csv", HEADER, good, torn, [json.dumps(CHAT)], [json.dumps([5]), 0, "Like", "then"], good
    )
    items = list(read(path).items)
    assert [(item.where, item.why) for item in items if isinstance(item, Skipped)] == [
        ("log.csv:3", "the row holds no conversation"),
        ("log.csv:4", "the row holds no conversation"),
        ("log.csv:5:[0]", "there is no message with a known role"),
        ("log.csv:5", "the conversation has no messages that can be read"),
    ]
    conversations = [item for item in items if isinstance(item, Conversation)]
    assert len(conversations) == 2 and conversations[0] == conversations[1]


@pytest.mark.parametrize(
    ("header", "row", "expected", "kind", "customer"),
    [
        (["question", "output", "flag", "username", "timestamp"], ["店在哪里？", "在广场。", "Correct", "ann", STAMP],
         [("customer", "店在哪里？"), ("agent", "在广场。")], "good", "ann"),
        (["name", "answer", "more", "flag", "timestamp"], ["Where?", "Here.", "x", "Incorrect", STAMP],
         [("customer", "Where?"), ("bot", "Here.")], "wrong", ""),
        (["text", "Chatbot", "username", "timestamp"], ["Where?", json.dumps(CHAT[:2]), "bo", STAMP],
         [("customer", "周日营业吗？"), ("bot", "Yes.")], "", "bo"),
    ],
)  # fmt: skip
def test_flagged_examples_of_an_interface(
    tmp_path: Path, header: list[str], row: list[str], expected: list[tuple[str, str]], kind: str, customer: str
) -> None:
    reading = read(table(tmp_path / "dataset1.csv", header, row))
    assert reading.format == "gradio"
    conversation, *rest = reading.items
    assert said(conversation) == expected
    assert isinstance(conversation, Conversation) and conversation.customer == customer and conversation.at == NINE
    assert [item.kind for item in rest if isinstance(item, Verdict)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "lines",
    [
        [json.dumps([["在吗在吗？", "在的。"], ["When?", None]], ensure_ascii=False)],
        [
            [
                {"role": "user", "content": "在吗在吗？"},
                {"role": "assistant", "content": "在的。"},
                block("user", "When?"),
            ]
        ],
        [{"history": [["在吗在吗？", "在的。"], ["When?", None]]}],
        [[[["在吗在吗？", "在的。"], ["When?", None]]]],
    ],
)
def test_saved_histories(export: Export, lines: list[Any]) -> None:
    reading = read(export("history.json", *lines))
    assert reading.format == "gradio"
    conversation, assumed = reading.items
    assert said(conversation) == [("customer", "在吗在吗？"), ("bot", "在的。"), ("customer", "When?")]
    assert isinstance(assumed, Assumed)


def test_a_history_per_line(export: Export) -> None:
    one, two = [["Are you open?", "Yes."]], [["营业吗营业吗？", "是的。"]]
    items = list(read(export("history.jsonl", one, two)).items)
    assert [said(item) for item in items if isinstance(item, Conversation)] == [
        [("customer", "Are you open?"), ("bot", "Yes.")],
        [("customer", "营业吗营业吗？"), ("bot", "是的。")],
    ]


def test_thoughts_and_files_are_no_words_to_the_customer(export: Export) -> None:
    history = [
        block("user", "Where is it?"),
        block("assistant", "looking it up", metadata={"title": "Thinking"}),
        {"role": "assistant", "content": [{"type": "file", "file": {"path": "a.png"}}]},
        block("assistant", "On its way."),
    ]
    conversation, *rest = [item for item in read(export("h.json", history)).items if not isinstance(item, Skipped)]
    assert said(conversation) == [("customer", "Where is it?"), ("system", "looking it up"), ("bot", "On its way.")]
    assert len(rest) == 1


@pytest.mark.parametrize(
    ("name", "lines", "found"),
    [
        ("a.csv", ["question,answer,timestamp", "q,a,2026-03-01 09:00:00"], "csv"),
        ("b.csv", ["conversation,role,text,timestamp", "1,user,hi,2026-03-01 09:00:00"], "csv"),
        ("c.jsonl", [{"messages": [{"role": "user", "content": "hi"}]}], "openai"),
    ],
)
def test_what_is_another_format(export: Export, name: str, lines: list[Any], found: str) -> None:
    assert read(export(name, *lines)).format == found
