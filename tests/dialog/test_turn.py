"""What rules and the places of an answer see of a message: one situation, for a reply and for a suggestion."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from replydesk.dialog.declared import Form, Slot
from replydesk.dialog.entities import Entity
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.rules.situation import Situation
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.state import State
from replydesk.dialog.turn import Heard, heard, situation_of


def test_a_situation_holds_what_the_conversation_has_brought() -> None:
    order = Entity("order", "TW-204817", "tw-204817", 3, 12)
    reading = Reading("en", (Intent("refund", 0.9),), 0.0, Mood("neutral", 1.0, 0.0), False, entities=(order,))
    state = State(slots={"size": "XL"}, tags=("money", "vip"))
    size = Slot("size", {"": "?"}, "choice", choices=("XL",), labels={"XL": {"en": "extra large", "zh": "特大"}})
    form = Form("fit", (size,), {"": "."})
    at = datetime(2026, 11, 26, tzinfo=UTC)
    incoming = Incoming("and tw-204817?", "en", tags=("vip", "press"), channel="chat", at=at)
    assert situation_of(incoming, Heard("Where is the refund for tw-204817?", (), state), reading, [form]) == Situation(
        text="Where is the refund for tw-204817?",
        language="en",
        intents={"refund": 0.9},
        entities=(order,),
        channel="chat",
        at=at,
        tags=("vip", "press", "money"),
        slots={"size": "XL", "order": "TW-204817"},
        said={"size": "extra large", "order": "TW-204817"},
    )


def test_a_wish_beside_what_is_not_wanted_stands_by_itself_where_it_says_all() -> None:
    state = State(topic="我的快递三天没动了", asked="我的快递三天没动了", sent=("a",))
    assert heard("别退款，我要换货", state).meant == "我要换货"
    assert heard("我不要退款，是想知道什么时候到", state).meant.startswith("我的快递三天没动了")
    told = State(topic="Where is my parcel?", asked="Where is my parcel?", sent=("a",))
    assert heard("I don't want a refund, I want a replacement", told).meant == "I want a replacement"


@pytest.mark.parametrize(
    ("topic", "text", "meant"),
    [
        (
            "When does the pottery course start?",
            "sorry I meant the Spanish course",
            "When does the Spanish course start?",
        ),
        ("How do I block my debit card?", "no, I meant the credit card", "How do I block my credit card?"),
        ("录播课可以退吗？", "打错了，我是说直播课", "直播课可以退吗？"),
        ("外卖的配送费是多少？", "不对，我问的是生鲜的配送费", "生鲜的配送费"),
        # What is called after it is no kind of it.
        ("When does the pottery course start?", "I meant the pottery course fees", "the pottery course fees"),
    ],
)
def test_a_thing_that_was_meant_instead_is_put_into_the_question(topic: str, text: str, meant: str) -> None:
    assert heard(text, State(topic=topic, asked=topic, sent=("a",))).meant == meant


def test_a_follow_up_with_a_pronoun_may_ask_just_that() -> None:
    topic = "How much is the pottery course?"
    told = heard("and when does it start?", State(topic=topic, asked=topic, sent=("a",)))
    assert (told.cue, told.others) == ("follow_up", ("when does the pottery course start?",))
    begun = "when does the pottery course begin?"
    assert heard("and how much is it?", State(topic=begun, asked=begun, sent=("a",))).others == (
        "how much is the pottery course?",
    )
