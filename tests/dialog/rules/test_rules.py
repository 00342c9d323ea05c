"""Rules: which fire of a situation, in which order, why, and what becomes of the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import SettingsError
from replydesk.dialog.policy import Action, Decision, HandoffReason
from replydesk.dialog.rules.applying import RULE, apply_rules, deciding, tags_of
from replydesk.dialog.rules.facts import Fact, Facts
from replydesk.dialog.rules.reading import problems_of, read_rules
from replydesk.dialog.rules.rules import Effect, Fired, Rules
from replydesk.dialog.rules.situation import Situation
from replydesk.dialog.rules.source import Source, lines_of

HOURS = '[hours]\nzone = "Europe/London"\nmonday = "09:00-17:30"\n'
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Entity:
    kind: str
    value: str


def rules(text: str) -> Rules:
    return read_rules(Source.of(text, "rules.toml"))


def holds(when: str, **known: Any) -> bool:
    """Return whether a rule with these lines of conditions fires."""
    text = f'[[rule]]\nname = "r"\ntag = "t"\n{when}\n{HOURS}'
    return bool(rules(text).fired(Situation(**known)))


CARD = {"card/lost": 0.35, "card/stolen": 0.3, "cardigan/size": 0.2, "other": 0.15}


@pytest.mark.parametrize(
    ("when", "known", "expected"),
    [
        # An intent alone, at the default line, at another, and by what it has in front.
        ('when.intent = "refund"', {"intents": {"refund": 0.5}}, True),
        ('when.intent = "refund"', {"intents": {"refund": 0.49}}, False),
        ('when.intent = "refund"\nwhen.at_least = 0.4', {"intents": {"refund": 0.49}}, True),
        ('when.intent = "card/"', {"intents": CARD}, True),
        ('when.intent = "card/"\nwhen.at_least = 0.7', {"intents": CARD}, False),
        ('when.intent = ["card/lost", "card/stolen"]\nwhen.at_least = 0.6', {"intents": CARD}, True),
        ('when.intent = "card"', {"intents": CARD}, False),
        # Language and channel.
        ('when.language = "zh"', {"language": "zh"}, True),
        ('when.language = ["en", "de"]', {"language": "zh"}, False),
        ('when.channel = ["web", "app"]', {"channel": "app"}, True),
        ('when.channel = "web"', {}, False),
        # Hours: without a moment nobody can say.
        ('when.hours = "inside"', {"at": MONDAY}, True),
        ('when.hours = "outside"', {"at": MONDAY}, False),
        ('when.hours = "outside"', {"at": MONDAY.replace(hour=20)}, True),
        ('when.hours = "outside"', {}, False),
        # All tags of the customer that are named.
        ('when.tags = ["VIP", "b2b"]', {"tags": {"vip", "B2B", "old"}}, True),
        ('when.tags = ["vip", "b2b"]', {"tags": {"vip"}}, False),
        # Words: whole words, phrases, beginnings; Chinese anywhere, in either script, whatever the width.
        ('when.text = "lawyer"', {"text": "I call my LAWYER!"}, True),
        ('when.text = "law"', {"text": "I call my lawyer"}, False),
        ('when.text = "law*"', {"text": "I call my lawyer"}, True),
        ('when.text = "chargeback now"', {"text": "a  chargeback\nnow"}, True),
        ('when.text = ["律师", "lawyer"]', {"text": "我要找律师"}, True),
        ('when.text = "退货"', {"text": "我要退 貨"}, True),
        ('when.text = "refund"', {"text": "我要ｒｅｆｕｎｄ"}, True),
        ('when.text = "don\'t"', {"text": "I don’t know"}, True),
        # Patterns.
        ("when.pattern = 'order\\s*#?\\s*\\d+'", {"text": "Order  # 123"}, True),
        ("when.pattern = '订单号?\\d{4}'", {"text": "訂單號1234"}, True),
        ("when.pattern = 'order\\s*\\d+'", {"text": "order soon"}, False),
        ("when.pattern = 'late$'", {"text": "x " * 700 + "late"}, True),
        # Entities and slots: there, not there, with a value.
        ('when.entity = "order"', {"entities": (Entity("order", "TW-1"),)}, True),
        ('when.entity = ["order", "email"]', {"entities": (Entity("order", "TW-1"),)}, False),
        ("when.entity = {order = false}", {"entities": (Entity("date", "x"),)}, True),
        ("when.entity.order = 'TW-\\d+'", {"entities": (Entity("order", "AB-1"), Entity("order", "TW-1"))}, True),
        ("when.entity.order = 'TW'", {"entities": (Entity("order", "TW-1"),)}, False),
        ('when.slot = "order"', {"slots": {"order": "TW-1"}}, True),
        ("when.slot = {order = false}", {"slots": {"order": ""}}, True),
        ("when.slot = {order = false}", {"slots": {"order": "1"}}, False),
        # Joined.
        ('when.any = [{text = "a"}, {text = "b"}]', {"text": "b"}, True),
        ('when.any = [{text = "a"}, {text = "b"}]', {"text": "c"}, False),
        ('when.all = [{text = "a"}, {text = "b"}]', {"text": "b a"}, True),
        ('when.all = [{text = "a"}, {text = "b"}]', {"text": "b"}, False),
        ('when.not.text = "a"', {"text": "b"}, True),
        ('when.not = {any = [{text = "a"}, {language = "zh"}]}', {"text": "b", "language": "zh"}, False),
        ('when.text = "a"\nwhen.language = "en"', {"text": "a", "language": "zh"}, False),
    ],
)
def test_a_condition_holds(when: str, known: dict[str, Any], expected: bool) -> None:
    assert holds(when, **known) is expected


ORDERED = """
[[rule]]
name = "vip"
when.tags = "vip"
tag = ["gold", "fast"]
[[rule]]
name = "ask first"
when.intent = "cancel"
when.slot = {order = false}
ask = "order_number"
[[rule]]
name = "cancel"
when.intent = "cancel"
answer.en = "Order {order} is cancelled, for {fact:cancel.fee}."
answer.zh = "订单{order}已取消，手续费{fact:cancel.fee}。"
[[rule]]
name = "cancel without a fee"
when.intent = "cancel"
answer = "Cancelled."
[[rule]]
name = "no lawyers"
when.text = ["lawyer", "律师"]
never_answer = "legal"
[[rule]]
name = "police"
when.text = ["police", "报警"]
handoff = "a threat"
"""
FEE = Facts.of((Fact("cancel", "fee", "2 EUR", source="tariff"),))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"tags": {"vip"}}, [("vip", "tag", "")]),
        ({"intents": {"cancel": 1.0}}, [("ask first", "ask", "Could you tell me your order number?")]),
        ({"intents": {"cancel": 1.0}, "language": "zh"}, [("ask first", "ask", "请问您的order number是什么？")]),
        (
            {"intents": {"cancel": 1.0}, "slots": {"order": "7"}, "language": "zh", "at": MONDAY},
            [("cancel", "answer", "订单7已取消，手续费2 EUR。")],
        ),
        # Neither a text in the language nor a moment for the fact: the next rule answers.
        (
            {"intents": {"cancel": 1.0}, "slots": {"order": "7"}, "language": "de", "at": MONDAY},
            [("cancel without a fee", "answer", "Cancelled.")],
        ),
        (
            {"intents": {"cancel": 1.0}, "slots": {"order": "7"}, "language": "en"},
            [("cancel without a fee", "answer", "Cancelled.")],
        ),
        # The first that decides wins; vetoes and tags all count.
        (
            {"intents": {"cancel": 1.0}, "text": "my lawyer and the police", "tags": {"vip"}},
            [
                ("vip", "tag", ""),
                ("ask first", "ask", "Could you tell me your order number?"),
                ("no lawyers", "never_answer", ""),
            ],
        ),
        ({"text": "我要报警找律师"}, [("no lawyers", "never_answer", ""), ("police", "handoff", "")]),
        ({"text": "hello"}, []),
    ],
)
def test_the_first_that_decides_wins_and_vetoes_count(
    known: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    known = {"slots": {"order": ""}, "language": "en", **known}
    book, situation = rules(ORDERED.replace("slot = {order = false}", "slot = {order = false}")), Situation(**known)
    fired = book.fired(situation, FEE)
    assert [(one.rule, one.effect, one.text) for one in fired] == expected
    # What is tried tells the same, at length.
    assert tuple(one.fired for one in book.tried(situation, FEE) if one.fired) == fired


def test_what_was_tried_says_what_is_missing() -> None:
    situation = Situation(text="the police", intents={"cancel": 0.4}, language="de", slots={"order": "7"})
    told = {one.rule.name: one for one in rules(ORDERED).tried(situation, FEE)}
    assert told["vip"].misses == ("tags vip (none)",)
    assert told["cancel"].misses == ("intent cancel at least 0.50 (0.40)",)
    assert told["police"].because == "text police or 报警 (police)"
    surer = Situation(text="the police", intents={"cancel": 0.9}, language="de", slots={"order": "7"})
    told = {one.rule.name: one for one in rules(ORDERED).tried(surer, FEE)}
    assert told["cancel"].misses == ("cannot be filled: no text in de",)
    assert told["police"].misses == ("the rule cancel without a fee came first",)
    assert told["cancel without a fee"].document()["fires"] is True


def fired(*effects: Effect) -> tuple[Fired, ...]:
    return tuple(Fired(f"r{place}", effect, values=("v",)) for place, effect in enumerate(effects))


PICK, ASK = Decision("pick", "confident"), Decision("ask", "not_sure")
UNLIKELY = Decision("handoff", "unlikely", handoff="low_confidence")
PERSON = Decision("handoff", "asked_for_person", handoff="asked_for_person")


@pytest.mark.parametrize(
    ("decision", "effects", "action", "reason"),
    [
        (PICK, (), "pick", None),
        (PICK, ("tag",), "pick", None),
        (PICK, ("answer",), "compose", None),
        (PICK, ("ask",), "ask", None),
        (PICK, ("handoff",), "handoff", "rule"),
        (PICK, ("never_answer",), "handoff", "rule"),
        (ASK, ("never_answer",), "handoff", "rule"),
        (PICK, ("answer", "never_answer"), "handoff", "rule"),
        (PICK, ("ask", "never_answer"), "ask", None),
        (UNLIKELY, ("answer",), "compose", None),
        (UNLIKELY, ("never_answer",), "handoff", "low_confidence"),
        (UNLIKELY, ("handoff",), "handoff", "rule"),
        (PERSON, ("answer",), "handoff", "asked_for_person"),
        (PERSON, ("handoff", "never_answer"), "handoff", "asked_for_person"),
        (Decision("handoff", "unlikely", handoff="safety"), ("ask",), "handoff", "safety"),
    ],
)
def test_rules_change_the_decision(
    decision: Decision, effects: tuple[Effect, ...], action: Action, reason: HandoffReason | None
) -> None:
    after = apply_rules(decision, fired(*effects))
    assert (after.action, after.handoff) == (action, reason)
    changed = after != decision
    assert (after.ground == RULE) is changed


def test_tags_are_gathered_and_the_deciding_rule_is_told() -> None:
    both = (Fired("a", "tag", values=("x", "y")), Fired("b", "tag", values=("y",)), Fired("c", "answer", "Hello"))
    assert tags_of(both) == ("x", "y")
    assert deciding(both) == both[2] and deciding(both[:2]) is None


def mistakes(text: str) -> list[tuple[str, str, str]]:
    _, problems = problems_of(Source.of(text, "rules.toml"))
    return [(one.where, one.message, one.hint) for one in problems]


RULE_HEAD = '[[rule]]\nname = "r"\n'


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[[rule]\n", 1, "not valid TOML", "Mend"),
        ('\n\nrules = "x"', 3, "no key rules", "Did you mean rule?"),
        ('[[rule]]\ntag = "x"\nwhen.text = "a"', 1, "no name", "name ="),
        (f'{RULE_HEAD}when.text = "a"', 1, "does nothing", "just one of"),
        (f'{RULE_HEAD}when.text = "a"\ntag = "x"\nhandoff = "y"', 4, "handoff and tag", "just one of"),
        (f'{RULE_HEAD}tag = "x"', 1, "no condition", "when."),
        (f'{RULE_HEAD}tag = "x"\nwhen = {{}}', 4, "no condition", "when."),
        (f'{RULE_HEAD}tag = "x"\nwhen.intend = "a"', 4, "no key intend", "Did you mean intent?"),
        (f'{RULE_HEAD}tag = "x"\nwhen.at_least = 0.5', 4, "at_least", "Name the intent"),
        (f'{RULE_HEAD}tag = "x"\nwhen.intent = "a"\nwhen.at_least = 70', 5, "from 0 to 1", "at_least = 0.7"),
        (f'{RULE_HEAD}tag = "x"\nwhen.text = ["a",\n"b",\n3]', 6, "text must be", "Write text"),
        (f'{RULE_HEAD}tag = "x"\nwhen.text = "!!"', 4, "no word", "pattern"),
        (f"{RULE_HEAD}tag = 'x'\nwhen.pattern = '(a+)+b'", 4, "too long", "{0,30}"),
        (f"{RULE_HEAD}tag = 'x'\nwhen.pattern = '(a'", 4, "no regular expression", "HOWTO"),
        (f'{RULE_HEAD}tag = "x"\nwhen.hours = "open"', 4, "cannot be open", "inside, outside"),
        (f'{RULE_HEAD}tag = "x"\nwhen.hours = "inside"', 4, "there are none", "[hours]"),
        (f'{RULE_HEAD}tag = "x"\nwhen.any = [\n{{text = "a"}},\n{{txt = "a"}}]', 6, "no key txt", "text?"),
        (f'{RULE_HEAD}tag = "x"\nwhen.entity = {{order = 3}}', 4, "cannot be 3", "false for missing"),
        (f'{RULE_HEAD}answer.en = "Hi {{na me}}"\nwhen.text = "a"', 3, "no place", "{order}"),
        (f'{RULE_HEAD}answer = "Hi {{order"\nwhen.text = "a"', 3, "no place", "{{ for a brace"),
        (f'{RULE_HEAD}answer.english = "Hi"\nwhen.text = "a"', 3, "english is no language", "other"),
        (f'{RULE_HEAD}answer = "At {{hours:next}}"\nwhen.text = "a"', 3, "needs hours", "[hours]"),
        (f'{RULE_HEAD}ask = {{en = "Which?"}}\nwhen.text = "a"', 3, "names no slot", "slot ="),
        (
            f'{RULE_HEAD}tag = "x"\nwhen.text = "a"\n{RULE_HEAD}tag = "x"\nwhen.text = "a"',
            6,
            "line 1",
            "name of its own",
        ),
        ('[hours]\nzone = "Europe/Atlantis"', 2, "no time zone", "IANA"),
        ('[hours]\nmonday = "09:00-17:00"', 1, "needs its time zone", "zone ="),
        ('[hours]\nzone = "UTC"\nmonday = ["09:00-12:00",\n"11:00-13:00"]', 3, "overlap", "Join"),
        ('[hours]\nzone = "UTC"\nmonday = "9-5"', 3, "no hours in '9-5'", "09:00"),
        ('[hours]\nzone = "UTC"\nmonday = "09:00-17:00"\nholidays = ["2026-12-25",\n"25 Dec"]', 5, "no date", "2026"),
        ('forbid_off = ["refund_amount",\n"jokes"]', 2, "No prohibition called jokes", "legal_advice"),
        ('[[forbid]]\nname = "x"\npattern = "a"', 1, "no reason", "reason ="),
        ('[[forbid]]\nname = "legal_advice"\npattern = "a"\nreason = "r"', 2, "two [[forbid]]", "forbid_off"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_cure(text: str, line: int, message: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        rules(text)
    assert caught.value.where == f"rules.toml:{line}"
    assert message in caught.value.message and hint in caught.value.hint


def test_all_mistakes_are_told_at_once_and_counted() -> None:
    text = f'{RULE_HEAD}tag = "x"\n[[rule]]\nname = "s"\ntag = "x"\nwhen.txt = "a"\n[hours]\n'
    assert [where for where, _, _ in mistakes(text)] == ["rules.toml:1", "rules.toml:7"]
    with pytest.raises(SettingsError, match="There are 1 more"):
        rules(text)


def test_lines_are_those_of_the_text() -> None:
    text = (
        '# [[rule]]\r\n[[rule]] # first\r\nname = "a # b"\r\n"when".text = [ # list\r\n  \'x\', """y\r\nz""",\r\n]\r\n'
        '[rule.answer]\r\nen = \'hi\'\r\n\r\n[[rule]]\r\nwhen = {all = [{text = "a"}, {text = "b"}]}\r\n'
        "[hours.dates]\r\n2026-12-24 = []\r\n"
    )
    lines = lines_of(text)
    assert {place: lines[place] for place in [("rule", 0), ("rule", 0, "name"), ("rule", 0, "when", "text", 1)]} == {
        ("rule", 0): 2,
        ("rule", 0, "name"): 3,
        ("rule", 0, "when", "text", 1): 5,
    }
    assert lines["rule", 0, "answer", "en"] == 9
    assert lines["rule", 1] == 11 and lines["rule", 1, "when", "all", 1, "text"] == 12
    assert lines["hours", "dates", "2026-12-24"] == 14


def test_a_missing_file_has_only_what_is_shipped(tmp_path: Path) -> None:
    found = Rules.load(tmp_path / "rules.toml")
    assert found.rules == () and {one.name for one in found.forbids} >= {"refund_amount", "medical_advice"}


def test_another_separator_parts_the_steps_of_an_intent() -> None:
    text = '[[rule]]\nname = "r"\ntag = "t"\nwhen.intent = "card."'
    found = read_rules(Source.of(text), separator=".")
    assert found.fired(Situation(intents={"card.lost": 0.3, "card": 0.3}))
    assert not found.fired(Situation(intents={"cards": 1.0}))


def test_a_rule_looks_at_the_value_of_a_slot_and_says_what_it_is_called() -> None:
    text = '[[rule]]\nname = "r"\nanswer.en = "We keep one: {size}."\nwhen.slot.size = "XL"\n'
    (fired,) = rules(text).fired(Situation(language="en", slots={"size": "XL"}, said={"size": "extra large"}))
    assert fired.text == "We keep one: extra large."
