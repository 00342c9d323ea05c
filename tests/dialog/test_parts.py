"""Two questions in one message are told apart, in both languages, and one question stays whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.parts import parts_of, quoted, stands_alone
from replydesk.dialog.reading import several_intents
from replydesk.dialog.skills import Skills


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Where is my parcel? Can I change the address", ("Where is my parcel?", "Can I change the address")),
        ("I want to return it and also how long does a refund take", None),
        ("I lost my card and I need a new one", ("I lost my card", "I need a new one")),
        ("cancel my order please. Plus, send the invoice again", None),
        ("我的快递到哪了？另外怎么改地址", ("我的快递到哪了？", "怎么改地址")),
        ("杯子碎了可以退吗，还有发票什么时候开", ("杯子碎了可以退吗", "发票什么时候开")),
        ("快递丢了怎么办！\n能开发票吗？", ("快递丢了怎么办！", "能开发票吗？")),
    ],
)
def test_questions_are_told_apart(text: str, parts: tuple[str, ...] | None) -> None:
    assert len(parts_of(text)) == 2
    assert parts is None or parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    ["Hi! Where is my parcel?", "salt and pepper mill broken", "还有多久到货", "", "???", "你好。我的快递到哪了"],
)
def test_one_question_stays_whole(text: str) -> None:
    assert parts_of(text) == (text,)


def test_only_what_parts_surely_have_counts() -> None:
    head = IntentHead(("a", "b", "c"), 10 * np.eye(3), np.zeros(3))
    skills = Skills(head)
    sure = np.eye(3, dtype=np.float32)
    assert several_intents(["x"] * 3, sure[[1, 0, 1]], skills) == ("b", "a")
    assert several_intents(["x"] * 2, sure[[1, 1]], skills) == ()
    assert several_intents(["x"] * 2, np.array([[1, 0, 0], [0, 0.5, 0.5]], dtype=np.float32), skills) == ()
    assert several_intents(["x"] * 3, sure, Skills()) == ()


def test_a_trained_desk_says_that_it_was_asked_two_things(desk: Home) -> None:
    agent = Agent.open(desk)
    asked = ("Where is my parcel?", "When do I get my money back?")
    one, two = (agent.matcher.encode(text, language="en")[0].astype(float) for text in asked)
    head = IntentHead(("delivery", "refund"), 200 * np.stack([one - two, two - one]), np.zeros(2))
    agent.use(replace(agent.release(), id="trained", skills={agent.matcher.encoder_id("en"): Skills(head)}))
    assert agent.reply(" ".join(asked)).reading.several == ("delivery", "refund")
    assert agent.reply(asked[0]).reading.several == ()
    agent.store.close()


@pytest.mark.parametrize(
    ("part", "alone"),
    [
        ("And do you repair kettles?", True),
        ("How much is express shipping?", True),
        ("How do I get that?", False),
        ("Can you help?", False),
        ("I bought a blue lamp.", False),
        ("另外怎么开发票", True),
        ("它怎么安装", False),
        ("可以吗", False),
        ("杯子已经收到了", False),
    ],
)
def test_a_part_stands_alone_where_nothing_in_it_points_at_another(part: str, alone: bool) -> None:
    assert stands_alone(part) == alone


def test_a_part_is_called_without_what_joined_it() -> None:
    assert [quoted(part) for part in ("and also do you lend ladders?", "那还有发票呢", "Order it?")] == [
        "Do you lend ladders?",
        "发票呢",
        "Order it?",
    ]
