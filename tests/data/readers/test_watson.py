from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Skipped, read
from replydesk.data.readers.watson import intents_of
from replydesk.data.records import Ticket

Export = Callable[..., Path]
Node = dict[str, Any]


def intent(name: str, *examples: Any) -> dict[str, Any]:
    return {"intent": name, "examples": [{"text": text} if isinstance(text, str) else text for text in examples]}


def node(name: str, conditions: str | None, output: Any = None, **more: Any) -> Node:
    written = {"text": output} if isinstance(output, str) else output or {}
    return {"type": "standard", "dialog_node": name, "conditions": conditions, "output": written, **more}


def workspace(*nodes: Any, intents: Any = None, **more: Any) -> dict[str, Any]:
    listed = [intent("a", "How?", "怎么办？")] if intents is None else intents
    return {"name": "w", "intents": listed, "entities": [{"entity": "item"}], "dialog_nodes": list(nodes), **more}


def items(export: Export, value: Any) -> list[Any]:
    reading = read(export("w.json", json.dumps(value, ensure_ascii=False, indent=2)))
    assert reading.format == "watson"
    return list(reading.items)


def answer(export: Export, *nodes: Any, **more: Any) -> str:
    found = [item for item in items(export, workspace(*nodes, **more)) if isinstance(item, Ticket)]
    assert [(t.question, t.intent, t.source) for t in found] in (
        [("How?", "a", "canned"), ("怎么办？", "a", "canned")],
        [],
    )
    return found[0].answer if found else ""


OUTPUTS: list[tuple[Any, str]] = [
    ("Like this. 这样。", "Like this. 这样。"),
    ({"text": {"values": ["One", "Two"], "selection_policy": "random"}}, "One"),
    ({"text": {"values": ["", "Two"], "selection_policy": "sequential"}}, "Two"),
    ({"text": {"values": ["一", "二"], "selection_policy": "multiline"}}, "一\n二"),
    ({"text": ["One", "Two"]}, "One"),
    ({"generic": [{"response_type": "text", "values": [{"text": "New"}, {"text": "x"}]}], "text": "Old"}, "New"),
    ({"generic": [{"response_type": "pause", "time": 9}, {"values": [{"text": "A"}]}, {"response_type": "text",
      "values": [{"text": "B"}, {"text": "C"}], "selection_policy": "multiline"}]}, "A\nB\nC"),
    ({"generic": [{"response_type": "option", "title": "Which?", "description": "Choose.",
      "options": [{"label": "x"}]}]}, "Which?\nChoose."),
    ({"generic": [{"response_type": "image", "source": "https://x"}], "text": {"values": ["Old"]}}, "Old"),
    ("<p>See <a href='https://x'>here</a>.</p><input type='submit' value='Yes'/>&amp; 完", "See here.\n& 完"),
    ("Your <? $all.get(0).type ?> is $balance.total, $5 and ${name} for @item:kettle",
     "Your {all.get(0).type} is {balance.total}, $5 and {name} for {item}"),
    ("Write to team@item.example or @nobody by @sys-date", "Write to team@item.example or @nobody by {sys-date}"),
    ("<? context.answer ?>", ""),
    ("", ""),
    ({"generic": "x", "text": 7}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("output", "text"), OUTPUTS)
def test_what_a_node_says(export: Export, output: Any, text: str) -> None:
    assert answer(export, node("n", "#a", output)) == text


@pytest.mark.parametrize(
    ("condition", "alone", "among"),
    [
        ("#a", ["a"], []),
        ("#退货-流程.1", ["退货-流程.1"], []),
        (" ( #a ) ", ["a"], []),
        ("#a || #b or #c", ["a", "b", "c"], []),
        ("(#a || #b)", ["a", "b"], []),
        ("anything_else || #a", ["a"], []),
        ("intent == 'a' || intents[0].intent == \"b\"", ["a", "b"], []),
        ("#a && @item", [], ["a"]),
        ("#a || #b && @item", ["a"], ["b"]),
        ("(#a || #b) && @item", [], ["a", "b"]),
        ("!#a", [], ["a"]),
        ("@item", [], []),
        (None, [], []),
    ],
)
def test_which_intents_fulfil_a_condition(condition: Any, alone: list[str], among: list[str]) -> None:
    assert intents_of(condition) == (alone, among)


def test_more_than_an_intent_is_skipped_with_its_reason(export: Export) -> None:
    made = workspace(
        node("x", "#a && @item", "Only with an item"),
        node("y", "#b", "yes"),
        node("z", "#b", "shadowed", previous_sibling="y"),
        intents=[intent("a", "How?"), intent("b", "好吗？"), intent("c", "x", "y"), {"intent": ""}, "d"],
    )
    assert items(export, made) == [
        Skipped("w.json:[0]:dialog_nodes[0]", "the node asks for more than an intent (#a && @item)"),
        Skipped(
            "w.json:[0]:intents[0]",
            "the intent a is answered only together with something else: 1 examples are labels only",
        ),
        Ticket.make("好吗？", "yes", intent="b", source="canned"),
        Skipped("w.json:[0]:intents[2]", "no node answers the intent c: 2 examples are labels only"),
        Skipped("w.json:[0]:intents[3]", "the intent has no name"),
        Skipped("w.json:[0]:intents[4]", "the intent has no name"),
    ]


def jump(to: str, selector: str) -> Node:
    return {"behavior": "jump_to", "selector": selector, "dialog_node": to}


TREES: dict[str, tuple[list[Node], str]] = {
    "siblings in the order of their links": (
        [node("second", "#a", "later", previous_sibling="first"), node("first", "#a", "first")], "first"
    ),
    "a node under another one": ([node("top", "@item", "x"), node("n", "#a", "deep", parent="top")], ""),
    "a folder": ([node("f", None, type="folder"), node("n", "#a", "in it", parent="f")], "in it"),
    "a folder on a condition": ([node("f", "@item", type="folder"), node("n", "#a", "in it", parent="f")], ""),
    "switched off": ([node("n", "#a", "off", disabled=True)], ""),
    "conditional responses": (
        [
            node("n", "#a"),
            node("r", "@item", "special", parent="n", type="response_condition"),
            node("s", "anything_else", "general", parent="n", type="response_condition", previous_sibling="r"),
        ],
        "general",
    ),
    "slots to fill": (
        [node("n", "#a", "Booked", type="frame"), node("s", None, parent="n", type="slot", variable="$x")], ""
    ),
    "a jump to a response": ([node("n", "#a", next_step=jump("m", "body")), node("m", "@item", "there")], "there"),
    "a response and a jump": (
        [node("n", "#a", "First.", next_step=jump("m", "body")), node("m", "@item", "Then.")], "First.\nThen."
    ),
    "a jump to a condition": ([node("n", "#a", next_step=jump("m", "condition")), node("m", "@item", "there")], ""),
    "a jump to what always holds": (
        [node("n", "#a", next_step=jump("m", "condition")), node("m", "true", "there", parent="x")], "there"
    ),
    "a circle": (
        [node("n", "#a", next_step=jump("m", "body")), node("m", "#a", next_step=jump("n", "body"))], ""
    ),
    "a jump to nowhere": ([node("n", "#a", "here", next_step=jump("gone", "body"))], "here"),
}  # fmt: skip


@pytest.mark.parametrize("tree", TREES)
def test_where_an_answer_is_found(export: Export, tree: str) -> None:
    nodes, text = TREES[tree]
    assert answer(export, *nodes, "no node", {"dialog_node": 7}) == text


WRAPPERS: list[Callable[[Any], Any]] = [
    lambda made: made,
    lambda made: [made],
    lambda made: {"type": "dialog", "name": "s", "workspace": made},
    lambda made: {"workspaces": [made], "pagination": {}},
    lambda made: {"assistant_skills": [{"type": "dialog", "workspace": made}], "assistant_state": {}},
]


@pytest.mark.parametrize("wrap", WRAPPERS)
def test_every_wrapper(export: Export, wrap: Callable[[Any], Any]) -> None:
    found = items(export, wrap(workspace(node("n", "#a", "这样"))))
    assert found == [Ticket.make(text, "这样", intent="a", source="canned") for text in ("How?", "怎么办？")]


def step(*texts: Any, kind: str = "end_action", **more: Any) -> dict[str, Any]:
    concat = [{"scalar": text} if isinstance(text, str) else text for text in texts]
    said = [{"response_type": "text", "values": [{"text_expression": {"concat": concat}}]}]
    return {"output": {"generic": said}, "resolver": {"type": kind}, **more}


STEPS: dict[str, tuple[list[Any], str]] = {
    "one": ([step("你好 ", {"variable": "name"}, "!")], "你好 {name}!"),
    "two": ([step("One.", kind="continue"), step("Two.")], "One.\nTwo."),
    "the end": ([step("One."), step("Never.")], "One."),
    "a question first": ([step("Which?", question={"entity": "item"}, kind="continue"), step("So.")], "Which?"),
    "a question later": ([step("One.", kind="continue"), step("Which?", question={"entity": "item"})], "One."),
    "a condition": ([step("One.", kind="continue"), step("Two.", condition={"eq": []})], "One."),
    "a condition first": ([step("One.", condition={"eq": []})], ""),
    "nothing": ([], ""),
    "wrong": (["x"], ""),
}


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("condition", [{"intent": "i"}, {"or": [{"intent": "h"}, {"intent": "i"}]}])
def test_action_skills(export: Export, steps: str, condition: Any) -> None:
    told, text = STEPS[steps]
    actions = [
        {"action": "off", "condition": condition, "steps": [step("no")], "disabled": True},
        {"action": "action_1", "title": "Say hello", "condition": condition, "steps": told},
    ]
    made = {"type": "action", "workspace": {"intents": [intent("i", "在吗？")], "actions": actions, "variables": []}}
    [item] = items(export, made)
    expected = Ticket.make("在吗？", text, intent="Say hello", source="canned")
    assert item == expected if text else isinstance(item, Skipped) and "says nothing by itself" in item.why


@pytest.mark.parametrize(
    "value",
    [{"intents": [{"name": "a"}], "entities": []}, {"intents": ["a"], "entities": []}, {"intents": []}],
)
def test_other_json_is_not_taken(export: Export, value: Any) -> None:
    with pytest.raises(FormatError):
        read(export("w.json", json.dumps(value)))


@pytest.mark.slow
def test_a_large_workspace_is_recognised(export: Export) -> None:
    many = [intent(f"i{number}", *(f"question {n}" for n in range(1000))) for number in range(300)]
    assert read(export("w.json", json.dumps(workspace(intents=many)))).format == "watson"


def test_a_real_workspace(datasets: Path) -> None:
    found = list(read(datasets / "helpdesk_fixtures" / "watson_assistant" / "banking_US.json").items)
    tickets = [item for item in found if isinstance(item, Ticket)]
    # 23 intents: 12 of their nodes jump elsewhere on conditions or call code, 3 have no node of their own.
    assert Counter(ticket.intent for ticket in tickets) == {
        "FundTransfer": 4, "Forgotpassword": 5, "Greetings": 5, "LostCard": 7, "feedback": 6,
        "negative_feedback": 12, "nonsense": 14, "representative": 5,
    }  # fmt: skip
    assert sum(isinstance(item, Skipped) for item in found) == 15
    assert ("Hi how are you", "Hello, how can I help you?") in [(t.question, t.answer) for t in tickets]
