from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Assumed, Skipped, read
from replydesk.data.readers.rasa_nlu import unmarked
from replydesk.data.records import Conversation, Ticket

Export = Callable[..., Path]

NLU = """
version: "3.1"
nlu:
- intent: faq/returns
  metadata: {sentiment: neutral}
  examples: |
    - How do I return [it]{"entity": "item", "value": "parcel"}?
    - 怎么退货？
    * 退[水壶](item:product)
- intent: bye
  examples:
  - text: |
      - See you
    metadata: {mood: good}
  - text: 再见
  - ciao
- intent: order_status
  examples: |
    - where is [55-12](order_id)
- synonym: parcel
  examples: |
    - package
- regex: order_id
  examples: |
    - \\d{2}-\\d{2}
- lookup: city
  examples: |
    - Berlin
"""
RESPONSES = """
responses:
  utter_faq/returns:
  - text: "网上申请退货，{days}天内有效。"
    buttons: [{title: Open, payload: /open_returns}]
  utter_bye:
  - text: "For Slack"
    channel: slack
  - text: "For members"
    condition: [{type: slot, name: member, value: true}]
  - image: https://shop.example/bye.png
  - text: "  Goodbye!  "
  - text: "回头见"
"""
RULES = """
rules:
- rule: bye
  steps:
  - intent: bye
  - action: utter_bye
"""


def tickets(path: Path) -> list[Ticket]:
    reading = read(path)
    assert reading.format == "rasa-nlu"
    return [item for item in reading.items if isinstance(item, Ticket)]


def pairs(found: Iterable[Ticket]) -> list[tuple[str, str, str]]:
    return [(ticket.question, ticket.answer, ticket.intent) for ticket in found]


EXPECTED = [
    ("How do I return it?", "网上申请退货，{days}天内有效。", "faq/returns"),
    ("怎么退货？", "网上申请退货，{days}天内有效。", "faq/returns"),
    ("退水壶", "网上申请退货，{days}天内有效。", "faq/returns"),
    ("See you", "Goodbye!", "bye"),
    ("再见", "Goodbye!", "bye"),
    ("ciao", "Goodbye!", "bye"),
]


def test_one_file_with_everything(export: Export) -> None:
    path = export("nlu.yml", NLU, RESPONSES, RULES)
    assert pairs(tickets(path)) == EXPECTED
    assert {ticket.source for ticket in tickets(path)} == {"canned"}
    assert [item for item in read(path).items if not isinstance(item, Ticket)] == [
        Skipped(
            "nlu.yml:17",
            "no rule, story or response answers the intent order_status by itself: 1 examples are labels only",
        ),
        Assumed("nlu.yml", "of several wordings the first is the answer, in 1 responses"),
    ]


@pytest.mark.parametrize("names", [("a.yml", "b.yml", "c.yml"), ("c.yaml", "b/x.yml", "a/nlu.yml")])
def test_a_project_may_spread_them_over_files(export: Export, names: tuple[str, ...], tmp_path: Path) -> None:
    for name, text in zip(names, (NLU, RESPONSES, RULES), strict=True):
        export(f"bot/{name}", text)
    export("bot/config.yml", "language: zh", "pipeline: [{name: WhitespaceTokenizer}]")
    export("bot/chart/templates/deploy.yml", "kind: {{ .Values.kind }}")
    assert pairs(tickets(tmp_path / "bot")) == EXPECTED


@pytest.mark.parametrize(
    ("example", "text"),
    [
        ("where is [55-12](order_id)", "where is 55-12"),
        ("to [Berlin](city:home) from [柏林](city)", "to Berlin from 柏林"),
        ('has [it]{"entity":"item","role":"object","group":"1","value":"parcel"} shipped', "has it shipped"),
        ('[both][{"entity": "a"}, {"entity": "b"}] of them', "both of them"),
        ("press [Enter] (twice)", "press [Enter] (twice)"),
    ],
)
def test_the_marks_of_entities_are_taken_off(example: str, text: str) -> None:
    assert unmarked(example) == text


STEPS = {
    "one action": ("rule", "[{intent: i}, {action: utter_a}]", "A"),
    "two responses": ("rule", "[{intent: i}, {action: utter_a}, {action: utter_b}]", "A\nB"),
    "either intent": ("rule", "[{or: [{intent: h}, {intent: i}]}, {action: utter_a}]", "A"),
    "listening": ("rule", "[{intent: i}, {action: utter_a}, {action: action_listen}]", "A"),
    "an action of code": ("rule", "[{intent: i}, {action: action_x}]", None),
    "a response and code": ("rule", "[{intent: i}, {action: utter_a}, {action: action_x}]", None),
    "a form": ("rule", "[{intent: i}, {action: f}, {active_loop: f}]", None),
    "an entity": ("rule", "[{intent: i, entities: [{city: Lyon}]}, {action: utter_a}]", None),
    "a slot before": ("rule", "[{slot_was_set: [{x: 1}]}, {intent: i}, {action: utter_a}]", None),
    "two turns in a rule": ("rule", "[{intent: i}, {action: utter_a}, {intent: j}, {action: utter_b}]", None),
    "two turns in a story": ("story", "[{intent: i}, {action: utter_a}, {intent: j}, {action: utter_b}]", "A"),
    "code later in a story": ("story", "[{intent: i}, {action: utter_a}, {intent: j}, {action: action_x}]", "A"),
    "a later turn": ("story", "[{intent: j}, {action: utter_a}, {intent: i}, {action: utter_b}]", None),
    "no such response": ("rule", "[{intent: i}, {action: utter_none}]", None),
    "nothing": ("rule", "[]", None),
    "no steps": ("rule", "~", None),
}


@pytest.mark.parametrize("steps", STEPS)
def test_what_answers_an_intent(export: Export, steps: str) -> None:
    kind, written, answer = STEPS[steps]
    path = export(
        "p.yml",
        "nlu: [{intent: i, examples: '- hello'}]",
        f"{'rules' if kind == 'rule' else 'stories'}: [{{{kind}: x, steps: {written}}}]",
        "responses:",
        "  utter_a: [{text: A}]",
        "  utter_b: [{text: B}]",
    )
    items = [item for item in read(path, format="rasa-nlu").items if not isinstance(item, Assumed)]
    [item] = items
    assert (item.answer if isinstance(item, Ticket) else None) == answer


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("", True),
        ("condition: [{active_loop: ~}],", True),
        ("condition: [{slot_was_set: [{m: true}]}],", False),
    ],
)
def test_a_rule_on_a_condition_does_not_answer_by_itself(export: Export, condition: str, holds: bool) -> None:
    path = export(
        "p.yml",
        "nlu:",
        "- intent: i",
        "  examples: '- 你好'",
        f"rules: [{{rule: x, {condition} steps: [{{intent: i}}, {{action: utter_a}}]}}]",
        "responses:",
        "  utter_a: [{text: A}]",
    )
    assert bool(tickets(path)) is holds


def test_rules_go_before_stories_and_stories_must_agree(export: Export) -> None:
    told = ("nlu:", "- intent: i", "  examples: '- hi'", "responses:", "  utter_a: [{text: A}]", "  utter_b: B")
    one, other = (f"{{story: x, steps: [{{intent: i}}, {{action: utter_{name}}}]}}" for name in "ab")
    stories = f"stories: [{one}, {other}]"
    rule = "rules: [{rule: z, steps: [{intent: i}, {action: utter_b}]}]"
    [skipped] = read(export("p.yml", *told, stories)).items
    assert isinstance(skipped, Skipped)
    assert skipped.why.startswith("the intent i is answered in 2 ways")
    assert pairs(tickets(export("q.yml", *told, stories, rule))) == [("hi", "B", "i")]


def test_a_response_named_after_the_intent_answers_it_when_nothing_else_does(export: Export) -> None:
    path = export(
        "p.yml", "nlu:", "- intent: refund", "  examples: '- 退款'", "responses:", "  utter_refund: [{text: 三天内。}]"
    )
    ticket, assumed = read(path).items
    assert isinstance(ticket, Ticket)
    assert (ticket.question, ticket.answer) == ("退款", "三天内。")
    assert assumed == Assumed(
        "p.yml",
        "utter_refund answers the intent refund, because of its name; so for 1 intents",
        "write a rule for each intent",
    )


def test_what_is_wrong_is_skipped(export: Export, tmp_path: Path) -> None:
    path = export("p.yml", "nlu:", "- intent: faq/a", "  examples: |", "    - hi", "- text", "- intent: [1]", "- {}")
    path.write_bytes(path.read_bytes() + b"- intent: faq/a\n  examples: '- bad \xff'\n")
    path.write_bytes(path.read_bytes() + b"responses:\n  utter_faq/a: [{text: A}]\nx: [\n")
    items = list(read(path).items)
    assert pairs(item for item in items if isinstance(item, Ticket)) == [("hi", "A", "faq/a")]
    assert [(item.where, item.why) for item in items if isinstance(item, Skipped)][:4] == [
        ("p.yml:5", "the element has no intent"),
        ("p.yml:6", "the element has no intent"),
        ("p.yml:7", "the element has no intent"),
        ("p.yml:8", "the example or its answer holds bytes that are not text"),
    ]


def test_answers_without_questions_are_said(export: Export) -> None:
    assert list(read(export("domain.yml", RESPONSES)).items) == [
        Skipped("domain.yml", "there are no examples of intents; import the folder of the project")
    ]


def test_other_yaml_is_not_taken(export: Export, tmp_path: Path) -> None:
    for lines in (["services:", "  web: {image: x}"], ["rules:", "- apiGroups: ['']"], ["nlu: yes", "a: b"], ["hi"]):
        with pytest.raises(FormatError):
            read(export("x/other.yml", *lines))
        with pytest.raises(FormatError):
            read(tmp_path / "x")


def test_the_chats_in_a_projects_folder_are_read_as_well(export: Export, tmp_path: Path) -> None:
    export("bot/data/nlu.yml", NLU, RESPONSES, RULES)
    chat = {"sender_id": "s", "events": [{"event": "user", "timestamp": 1772355600, "text": "在吗"}]}
    export("bot/chats.jsonl", json.dumps(chat))
    export("bot/README.md", "# A bot")
    (tmp_path / "bot" / "model.bin").write_bytes(bytes(99))
    items = list(read(tmp_path / "bot").items)
    assert [item.id for item in items if isinstance(item, Conversation)] == ["rasa:s"]
    assert items[-1] == Skipped("bot", "2 other files hold nothing of Rasa's, such as bot/README.md")


def test_real_projects(datasets: Path) -> None:
    folder = datasets / "rasa_fixtures"
    items = list(read(folder / "helpdesk-assistant").items)
    counts = Counter(item.intent for item in items if isinstance(item, Ticket))
    assert counts == {"goodbye": 43, "thank": 37, "bot_challenge": 37, "help": 35, "greet": 27, "out_of_scope": 27}
    assert len({item.id for item in items if isinstance(item, Conversation)}) == 5
    assert sum(isinstance(item, Skipped) for item in items) == 8
    found = tickets(folder / "financial-demo")
    assert len(found) == 144
    assert ("are you a bot?", "I'm a virtual assistant made with Rasa.", "check_human") in pairs(found)
    labels = list(read(folder / "NLU-training-data").items)
    assert len(labels) == 47
    assert all(isinstance(item, Skipped) and "labels only" in item.why for item in labels)
