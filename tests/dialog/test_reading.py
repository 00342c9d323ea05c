"""Reading: what is made of a vector, and who asks for a person."""

from __future__ import annotations

import numpy as np
import pytest

from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.personwish import wants_person
from replydesk.dialog.reading import read
from replydesk.dialog.skills import Skills

VECTOR = np.array([[0.6, 0.8]], dtype=np.float32)
HEAD = IntentHead(("ask_for_person", "refund", "parcel"), np.array([[5.0, 0], [0, 5.0], [0, 0]]), np.zeros(3))
FAMILIARITY = Familiarity(
    VECTOR, np.eye(2), VECTOR.astype(np.float64), np.zeros(3), np.ones(3), slope=2.0, offset=1.0, neighbours=1
)


@pytest.mark.parametrize(
    "text",
    [
        "can I talk to a real person please",
        "let me speak to a human",
        "I want to speak with your manager",
        "could you put me through to an agent",
        "transfer me to someone who can help",
        "connect me with a representative",
        "Is there somebody I can talk to?",
        "I'd like to chat with a live agent",
        "get me a supervisor",
        "I need a human",
        "agent please",
        "HUMAN!!",
        "operator",
        "are there any actual people there?",
        "customer service representative please",
        "stop, no more bots, real person now",
        "转人工",
        "我要人工客服",
        "人工",
        "人工！人工！",
        "有没有人工",
        "人工在吗",
        "能不能转接人工？",
        "帮我转一下人工服务",
        "找个真人来",
        "真人客服",
        "换个客服",
        "找个人来处理一下",
        "叫你们经理过来",
        "我要找你们主管",
        "別機器人了，轉人工",
        "請轉接人工客服",
        "不要机器人，要人工服务",
    ],
)
def test_a_wish_for_a_person_is_understood(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "a person stole my parcel",
        "the courier put it with someone next door",
        "I talked to someone yesterday and nothing happened",
        "I spoke to an agent last week about the refund",
        "the agent told me five days",
        "your driver was chatting with a colleague and dropped the box",
        "is this mug made by a real artist",
        "is the wig made of real human hair",
        "the blanket is for two people",
        "can I transfer the order to another person",
        "who is the contact person for invoices?",
        "I am the property manager, where do I send the invoice",
        "does the speaker talk to my phone",
        "talk to you later",
        "3 agents, 3 different answers. does anyone there talk to each other",
        "cleaning agent for the oven",
        "人工智能",
        "这个音箱带人工智能吗",
        "两个人用的被子",
        "这是人工皮革吗",
        "阳台想铺人工草坪",
        "人工成本怎么算",
        "杯子是人工吹制的还是机器做的",
        "有个人偷了我的快递",
        "真人试穿图有吗",
        "假发是真人发吗",
        "我找人代收可以吗",
        "客服昨天说今天发货",
        "我直接客服那边退的",
        "这个经理椅有货吗",
        "",
    ],
)
def test_a_person_who_is_only_mentioned_is_not_asked_for(text: str) -> None:
    assert not wants_person(text)


def test_intents_are_sorted_and_complete() -> None:
    reading = read("text", VECTOR, Skills(head=HEAD), language="en")
    expected = HEAD.probabilities(VECTOR)[0]
    assert [i.name for i in reading.intents] == ["refund", "ask_for_person", "parcel"]
    assert dict(reading.probabilities) == pytest.approx(dict(zip(HEAD.labels, expected.tolist(), strict=True)))
    assert sum(reading.probabilities.values()) == pytest.approx(1)


def test_an_untrained_desk_reads_no_intents_and_nothing_is_out_of_scope() -> None:
    reading = read("my parcel is LOST, this is ridiculous", VECTOR, Skills(), language="en")
    assert (reading.intents, reading.out_of_scope, reading.wants_person) == ((), 0.0, False)
    assert (reading.language, reading.mood.label) == ("en", "negative")


def test_out_of_scope_is_the_probability_of_the_unfamiliar() -> None:
    highest = float(HEAD.probabilities(VECTOR).max())
    expected = 1 / (1 + np.exp(-(2.0 * ((1 - highest) - 1.0 + 0.0) + 1.0)))
    with_head = read("x", VECTOR, Skills(HEAD, FAMILIARITY), language="zh")
    assert with_head.out_of_scope == pytest.approx(expected, abs=1e-6)
    without = read("x", VECTOR, Skills(None, FAMILIARITY), language="zh")
    assert without.out_of_scope == pytest.approx(1 / (1 + np.exp(1.0)), abs=1e-6)


def _of(chances: dict[str, float]) -> Skills:
    """Return skills whose head gives these probabilities to any vector."""
    return Skills(head=IntentHead(tuple(chances), np.zeros((len(chances), 2)), np.log(np.array([*chances.values()]))))


@pytest.mark.parametrize(
    ("chances", "node", "kinds"),
    [
        ({"卡/挂失": 0.9, "卡/额度": 0.06, "账户": 0.04}, ("卡/挂失", 0.9), {}),
        ({"卡/挂失": 0.5, "卡/额度": 0.4, "账户": 0.1}, ("卡", 0.9), {"卡/挂失": "卡/挂失", "卡/额度": "卡/额度"}),
        ({"a": 0.9, "b": 0.1}, ("a", 0.9), {}),
        ({"card/lost": 0.5, "card/limits": 0.2, "a": 0.3}, None, {}),
        (
            {"card/limits/raise": 0.4, "card/limits/lower": 0.3, "card": 0.2, "a": 0.1},
            ("card", 0.9),
            {"card/limits/raise": "card/limits", "card/limits/lower": "card/limits", "card": "card"},
        ),
        (
            {"card/limits/raise": 0.5, "card/limits/lower": 0.4, "card": 0.1, "a": 0.0001},
            ("card/limits", 0.9),
            {"card/limits/raise": "card/limits/raise", "card/limits/lower": "card/limits/lower"},
        ),
    ],
)
def test_an_unsure_reading_backs_off_to_what_its_intents_have_in_common(
    chances: dict[str, float], node: tuple[str, float] | None, kinds: dict[str, str]
) -> None:
    found = read("x", VECTOR, _of(chances), language="en")
    assert dict(found.kinds) == kinds
    if node is None:
        assert found.node is None
    else:
        assert found.node is not None
        assert (found.node.name, found.node.probability) == (node[0], pytest.approx(node[1], abs=1e-3))


def test_without_a_separator_intents_have_no_path() -> None:
    skills = _of({"card/lost": 0.5, "card/limits": 0.4, "account": 0.1})
    found = read("x", VECTOR, skills, language="en", separator="")
    assert (found.node, dict(found.kinds)) == (None, {})
    with_another = _of({"card::lost": 0.5, "card::limits": 0.4, "account": 0.1})
    other = read("x", VECTOR, with_another, language="en", separator="::")
    assert other.node is not None and other.node.name == "card"


def test_a_wish_for_a_person_may_be_several_intents() -> None:
    skills = _of({"person/now": 0.3, "person/call": 0.3, "refund": 0.4})
    assert read("x", VECTOR, skills, language="en", person_intents=("person",)).wants_person
    assert not read("x", VECTOR, skills, language="en", person_intents=("person/now",)).wants_person


def test_an_intent_may_mean_a_wish_for_a_person() -> None:
    towards = np.array([[1, 0]], dtype=np.float32)
    skills = Skills(head=HEAD)
    assert read("x", towards, skills, language="en").intents[0].name == "ask_for_person"
    assert read("x", towards, skills, language="en", person_intents=("ask_for_person",)).wants_person
    assert not read("x", towards, skills, language="en", person_intents=("refund",)).wants_person
    unsure = IntentHead(HEAD.labels, HEAD.weights, HEAD.bias, temperature=100.0)
    assert not read("x", towards, Skills(head=unsure), language="en", person_intents=("ask_for_person",)).wants_person
