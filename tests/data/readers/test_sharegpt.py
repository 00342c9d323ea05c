from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Verdict

Export = Callable[..., Path]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


def said(conversation: object) -> list[tuple[str, str]]:
    assert isinstance(conversation, Conversation)
    return [(message.role, message.text) for message in conversation.messages]


def chat(*turns: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"conversations": [{"from": who, "value": text} for who, text in turns], **more}


@pytest.mark.parametrize("customer", ["human", "user", "User", "用户"])
@pytest.mark.parametrize("agent", ["gpt", "assistant", "chatgpt", "bard", "bing"])
def test_who_speaks(export: Export, customer: str, agent: str) -> None:
    record = chat(
        (customer, "在吗？"), (agent, "在的。"), ("observation", "x"), ("function_call", "y"), ("system", "z")
    )
    reading = read(export("s.jsonl", record))
    assert reading.format == "sharegpt"
    [conversation] = reading.items
    assert said(conversation) == [
        ("customer", "在吗？"), ("agent", "在的。"), ("system", "x"), ("system", "y"), ("system", "z"),
    ]  # fmt: skip


@pytest.mark.parametrize("shape", ["lines", "array", "data"])
def test_shapes_of_a_file(export: Export, shape: str) -> None:
    one, two = chat(("human", "Where is it?"), ("gpt", "It left.")), chat(("human", "在哪里？"), ("gpt", "已发出。"))
    path = (
        export("s.jsonl", one, two)
        if shape == "lines"
        else export("s.json", [one, two] if shape == "array" else {"data": [one, two]})
    )
    assert [said(item) for item in read(path).items] == [
        [("customer", "Where is it?"), ("agent", "It left.")],
        [("customer", "在哪里？"), ("agent", "已发出。")],
    ]


def test_items_and_ids(export: Export) -> None:
    record = {
        "id": "x1",
        "items": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}],
        "created": 1772355600,
    }
    [conversation] = read(export("s.jsonl", record)).items
    assert isinstance(conversation, Conversation)
    assert conversation.id == "sharegpt:x1" and conversation.at == NINE == conversation.updated
    assert [message.id for message in conversation.messages] == ["sharegpt:x1:0", "sharegpt:x1:1"]


def test_chats_without_ids_are_the_same_wherever_they_stand(export: Export) -> None:
    one, two = chat(("human", "a b"), ("gpt", "c")), chat(("human", "d e"), ("gpt", "f"))
    assert list(read(export("s.jsonl", one, two)).items) == list(
        reversed(list(read(export("t.jsonl", two, one)).items))
    )


@pytest.mark.parametrize(
    "chosen", [{"from": "gpt", "value": "好的。"}, "好的。", [{"role": "assistant", "content": "好的。"}]]
)
def test_the_chosen_answer_is_taken_and_the_rejected_left_out(export: Export, chosen: Any) -> None:
    record = chat(("human", "可以吗？"), chosen=chosen, rejected={"from": "gpt", "value": "不行。"})
    [conversation] = read(export("s.jsonl", record)).items
    assert said(conversation) == [("customer", "可以吗？"), ("agent", "好的。")]


@pytest.mark.parametrize(("tag", "role", "kind"), [(True, "agent", "good"), (False, "bot", "wrong")])
def test_a_judged_chat_gives_a_verdict(export: Export, tag: bool, role: str, kind: str) -> None:
    record = chat(("human", "Is it?"), ("gpt", "It is."), kto_tag=tag, id="k")
    conversation, verdict = read(export("s.jsonl", record)).items
    assert said(conversation)[-1] == (role, "It is.")
    assert isinstance(verdict, Verdict)
    assert (verdict.reply, verdict.kind, verdict.conversation) == ("sharegpt:k:1", kind, "sharegpt:k")


def test_alpaca(export: Export) -> None:
    record = {
        "instruction": "Answer the customer.", "input": "灯坏了。", "output": "今天补发。", "system": "Be kind.",
        "history": [["Hello", "Hi!"], "torn"],
    }  # fmt: skip
    preferred = {"instruction": "灯坏了？", "input": "", "output": ["今天补发。", "不知道。"]}
    reading = read(export("a.json", [record, preferred]))
    assert reading.format == "sharegpt"
    one, two = reading.items
    assert said(one) == [
        ("system", "Be kind."),
        ("customer", "Hello"),
        ("agent", "Hi!"),
        ("customer", "Answer the customer.\n灯坏了。"),
        ("agent", "今天补发。"),
    ]
    assert said(two) == [("customer", "灯坏了？"), ("agent", "今天补发。")]


@pytest.mark.parametrize(
    ("record", "where", "why"),
    [
        (chat(("judge", "hm")), "s.jsonl:2:conversations[0]", "no known role"),
        (chat(("human", " ")), "s.jsonl:2:conversations[0]", "no text"),
        ({"conversations": ["hm"]}, "s.jsonl:2:conversations[0]", "no known role"),
        ({"conversations": 7}, "s.jsonl:2", "no messages"),
        ({"instruction": "", "input": None, "output": 5}, "s.jsonl:2:instruction", "no text"),
    ],
)
def test_what_is_wrong_is_skipped_with_its_place(export: Export, record: Any, where: str, why: str) -> None:
    good = chat(("human", "在吗？"), ("gpt", "在的。"))
    first, skipped, *_, last = read(export("s.jsonl", good, record, good)).items
    assert first == last
    assert isinstance(skipped, Skipped) and skipped.where == where and why in skipped.why


def test_a_weight_of_nothing_and_a_private_turn_are_no_answers(export: Export) -> None:
    record = chat(("human", "a"), ("gpt", "b"), ("gpt", "c"))
    record["conversations"][1]["weight"] = 0
    record["conversations"][2]["private"] = "maybe"
    [conversation] = read(export("s.jsonl", record)).items
    assert [role for role, _ in said(conversation)] == ["customer", "bot", "note"]
