from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation

Export = Callable[..., Path]


def said(conversation: object) -> list[tuple[str, str]]:
    assert isinstance(conversation, Conversation)
    return [(message.role, message.text) for message in conversation.messages]


@pytest.mark.parametrize(("question", "answer"), [("Where is it?", "It left."), ("在哪里？", "已发出。")])
def test_a_chat(export: Export, question: str, answer: str) -> None:
    chat = {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": question}, {"type": "text", "text": "?"}]},
            {"role": "assistant", "content": "Wait.", "weight": 0},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "t"}]},
            {"role": "tool", "tool_call_id": "t", "content": "left"},
            {"role": "assistant", "content": answer, "weight": 1},
        ]
    }
    reading = read(export("chat.jsonl", chat, chat))
    one, again = reading.items
    assert reading.format == "openai" and one == again
    assert said(one) == [
        ("system", "Be kind."),
        ("system", "Be brief."),
        ("customer", f"{question}\n?"),
        ("bot", "Wait."),
        ("system", "left"),
        ("agent", answer),
    ]
    assert isinstance(one, Conversation) and one.customer == "" and one.source == "openai"
    assert [message.id for message in one.messages] == [f"{one.id}:{n}" for n in range(6)]


@pytest.mark.parametrize(
    ("messages", "where"),
    [
        ([], "chat.jsonl:2"),
        ("hello", "chat.jsonl:2"),
        (["hello"], "chat.jsonl:2:messages[0]"),
        ([{"role": "judge", "content": "hm"}], "chat.jsonl:2:messages[0]"),
        ([{"role": "user", "content": "  "}], "chat.jsonl:2:messages[0]"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "chat.jsonl:2:messages[0]"),
    ],
)
def test_what_is_no_message_is_skipped(export: Export, messages: Any, where: str) -> None:
    good = {"messages": [{"role": "user", "content": "在吗"}]}
    first, *middle, last = read(export("chat.jsonl", good, {"messages": messages}, good)).items
    assert first == last and said(first) == [("customer", "在吗")]
    assert isinstance(middle[0], Skipped) and middle[0].where == where
