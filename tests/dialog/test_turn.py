"""What rules and the places of an answer see of a message: one situation, for a reply and for a suggestion."""

from __future__ import annotations

from datetime import UTC, datetime

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
