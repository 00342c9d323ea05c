from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Options, Skipped, read
from replydesk.data.records import Conversation

Export = Callable[..., Path]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


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


def chat(*messages: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in messages], **more}


ASKED, ANSWERED = ("user", "怎么退款？"), ("assistant", "在订单页申请。")


@pytest.mark.parametrize(
    "record",
    [
        {"input": chat(ASKED), "preferred_output": [{"role": "assistant", "content": "在订单页申请。"}],
         "non_preferred_output": [{"role": "assistant", "content": "no"}]},
        {"input": chat(ASKED)["messages"], "preferred_output": {"role": "assistant", "content": "在订单页申请。"}},
        {"prompt": "怎么退款？", "chosen": "在订单页申请。", "rejected": "no"},
        {"prompt": chat(ASKED)["messages"], "completion": chat(ANSWERED)["messages"]},
        {"prompt": "怎么退款？", "chosen": chat(ASKED, ANSWERED)["messages"], "rejected": chat(ASKED)["messages"]},
        chat(("human", "怎么退款？"), ("model", "在订单页申请。")),
        chat(("customer", "怎么退款？"), ("agent", "在订单页申请。")),
    ],
)  # fmt: skip
def test_the_preferred_output_is_the_answer_and_the_other_is_left_out(export: Export, record: Any) -> None:
    reading = read(export("chat.jsonl", record))
    assert reading.format == "openai"
    assert [said(item) for item in reading.items] == [[("customer", "怎么退款？"), ("agent", "在订单页申请。")]]


LOG: dict[str, Any] = {
    "request": {"model": "m", **chat(ASKED)},
    "response": {"choices": [{"index": 0, "message": {"role": "assistant", "content": "在订单页申请。"}}]},
}


@pytest.mark.parametrize(
    "record",
    [
        LOG,
        {"body": chat(ASKED), "response": {"body": LOG["response"]}},
        {"request": {"body": chat(ASKED)}, "response": LOG["response"]},
        {**chat(ASKED), "choices": LOG["response"]["choices"]},
    ],
)
def test_what_a_model_said_in_a_log_is_a_bots(export: Export, record: Any) -> None:
    path = export("log.jsonl", record)
    assert [said(item) for item in read(path).items] == [[("customer", "怎么退款？"), ("bot", "在订单页申请。")]]
    trusted = read(path, options=Options(agents=("Bot",))).items
    assert [said(item) for item in trusted] == [[("customer", "怎么退款？"), ("agent", "在订单页申请。")]]


@pytest.mark.parametrize("lines", [True, False])
def test_ids_customers_times_and_wrappers(export: Export, lines: bool) -> None:
    record = chat(ASKED, ANSWERED, id=17, created=1772355600, user="u1", metadata={"channel": "web"}, tags=["a"])
    path = export("chat.json", record) if lines else export("chat.json", {"object": "list", "data": [record]})
    [conversation] = read(path).items
    assert isinstance(conversation, Conversation)
    assert (conversation.id, conversation.customer, conversation.channel) == ("openai:17", "u1", "web")
    assert conversation.tags == ("a",) and conversation.updated == conversation.at == NINE
    assert [message.id for message in conversation.messages] == ["openai:17:0", "openai:17:1"]


def test_a_private_message_is_a_note(export: Export) -> None:
    record = chat(ASKED, ANSWERED)
    record["messages"][1]["private"] = "team only"
    [conversation] = read(export("chat.jsonl", record)).items
    assert said(conversation) == [("customer", "怎么退款？"), ("note", "在订单页申请。")]
