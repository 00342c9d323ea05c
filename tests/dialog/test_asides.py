"""What a message is that asks nothing to look up, and what is said to it; what a colleague has got is put right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replydesk.dialog.asides import with_aside
from replydesk.dialog.cues import is_same, returned_to, stops
from replydesk.dialog.declared import Form, Slot
from replydesk.dialog.forms import put_right_later, step
from replydesk.dialog.options import is_ordinal
from replydesk.dialog.phrases import form_text
from replydesk.dialog.policy import Decision
from replydesk.dialog.saying import Said
from replydesk.dialog.state import FormState, Offer, State
from replydesk.dialog.turn import Cue, heard

ANSWERED = State(sent=("t1",), topic="Where is my order?", asked="Where is my order?")
OFFERED = State(
    options=(Offer("A lamp", "A lamp", "a"), Offer("A sofa", "A sofa", "b")), topic="It broke", asked="It broke"
)
WAITING = State(topic="Where is my order?", asked="Where is my order?", waiting="low_confidence")
PERSON = State(asked="a person please", waiting="asked_for_person")
FILLED = State(
    asked="Mill Lane 2", waiting="rule", filled="move", slots={"order": "TW-204817", "address": "Mill Lane 2"}
)
MOVE = Form(
    "move",
    (
        Slot("order", {"en": "Which order is it?", "zh": "哪个订单？"}, "order"),
        Slot("address", {"en": "What is the new address?", "zh": "新地址是什么？"}),
    ),
    {"en": "We change {order}.", "zh": "会修改{order}。"},
    handoff=True,
)  # fmt: skip
UNSURE = Said(Decision("handoff", "unlikely", handoff="low_confidence"), "unsure")


@pytest.mark.parametrize(
    ("text", "state", "cue"),
    [
        ("ok", ANSWERED, "acknowledged"), ("好的", ANSWERED, "acknowledged"), ("no thanks", ANSWERED, "acknowledged"),
        ("no", ANSWERED, "refused"), ("不是", ANSWERED, "refused"), ("no", WAITING, "acknowledged"),
        ("yes", OFFERED, "again"), ("好的", OFFERED, "again"), ("the fourth one", OFFERED, "again"),
        ("a sofa", OFFERED, "chosen"),
        ("it broke!!", OFFERED, "again"), ("where is my order???", ANSWERED, "again"),
        ("TW-204817", ANSWERED, "details"), ("订单号TW-204817", State(), "details"),
        ("😡", ANSWERED, "wordless"),
        ("great", ANSWERED, "thanks"), ("please don't cancel it", ANSWERED, "declined"),
        ("先别取消", ANSWERED, "declined"),
        ("no, the other order", ANSWERED, "elsewhere"), ("是另一个订单", ANSWERED, "elsewhere"),
        ("never mind", FILLED, "answered"), ("还是不改了", FILLED, "declined"),
        ("the street is Mill Road, not Mill Lane", FILLED, "answered"),
        ("sorry, where is my refund?", FILLED, ""), ("ok", State(), ""),
    ],
)  # fmt: skip
def test_what_a_message_is(text: str, state: State, cue: Cue) -> None:
    assert heard(text, state).cue == cue


@pytest.mark.parametrize(("text", "asked"), [("yes", "Was it broken?"), ("没有", "请问有没有坏？")])
def test_what_an_answer_asked_is_answered_and_has_not_failed(text: str, asked: str) -> None:
    told = heard(text, ANSWERED, ("Where is my order?", asked))
    assert (told.cue, told.state.failures, told.state.refused) == ("answered", 0, ())


def test_a_number_is_read_with_the_question_before_it() -> None:
    assert heard("I said TW-204817", ANSWERED).meant == "Where is my order? TW-204817"


@pytest.mark.parametrize(
    ("cue", "before", "text", "ground", "said"),
    [
        ("acknowledged", ANSWERED, "ok", "small_talk", "just write here"),
        ("acknowledged", WAITING, "ok", "small_talk", "A colleague will reply here"),
        ("thanks", ANSWERED, "great", "small_talk", "welcome"),
        ("details", ANSWERED, "TW-204817", "noted", "passed that on"),
        ("details", State(), "TW-204817", "details", "about TW-204817?"),
        ("details", State(), "https://a.example/b", "details", "about it?"),
        ("details", State(), "<EMAIL_1>", "details", "about what you told us?"),
        ("elsewhere", ANSWERED, "the other order", "slot_missing", "order number"),
        ("wordless", State(), "??", "unclear", "few words"),
        ("declined", ANSWERED, "don't cancel it", "declined", "nothing is done"),
        ("declined", PERSON, "don't pass me on", "declined", "nothing is done"),
        ("declined", State(), "don't cancel it", "noted", "passed that on"),
        ("declined", WAITING, "don't cancel it", "noted", "passed that on"),
        ("answered", ANSWERED, "yes", "noted", "passed that on"),
        ("follow_up", ANSWERED, "and in blue?", "unlikely", "unsure"),
    ],
)  # fmt: skip
def test_what_is_said_to_it(cue: Cue, before: State, text: str, ground: str, said: str) -> None:
    made = with_aside(UNSURE, replace(heard(text, before), cue=cue), before, text, "en")
    assert made.decision.ground == ground and said in made.text


@pytest.mark.parametrize(
    "decision",
    [
        Decision("handoff", "rule", handoff="rule"),
        Decision("handoff", "angry", handoff="sentiment"),
        Decision("ask", "form_ask"),
    ],
)
def test_a_rule_a_form_and_anger_come_first(decision: Decision) -> None:
    said = Said(decision, "first")
    assert with_aside(said, heard("ok", ANSWERED), ANSWERED, "ok", "en") is said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("sorry, it's TW-204819", "en", "All right: TW-204819. We change TW-204819."),
        ("不好意思，单号是TW-204819", "zh", "好的，已改为TW-204819。会修改TW-204819。"),
        ("TW-204819", "en", "All right: TW-204819. We change TW-204819."),
    ],
)
def test_a_form_that_a_colleague_has_got_is_put_right(text: str, language: str, said: str) -> None:
    taken = put_right_later(MOVE, text, FILLED.slots)
    assert taken is not None and (taken.kind, taken.slots["order"]) == ("done", "TW-204819")
    assert form_text(taken, MOVE, language) == said


@pytest.mark.parametrize("text", ["thanks", "Where is TW-204819?", "TW-204817", "sorry, where is it?"])
def test_what_puts_nothing_right(text: str) -> None:
    assert put_right_later(MOVE, text, FILLED.slots) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no", "again"), ("没有", "again"), ("yes", "again"), ("TW-204817", "again"),
        ("leave it, I'll refuse the parcel", "cancelled"), ("算了，我自己去取", "cancelled"),
        ("算了不改了", "cancelled"),
        ("please don't change it", "cancelled"), ("can I give you the address tomorrow?", "explained"),
        ("Leave Street 4, York", "done"), ("滨江区江南大道", "done"),
    ],
)  # fmt: skip
def test_what_is_no_address(text: str, kind: str) -> None:
    taken = step(MOVE, FormState("move", "address"), text, {"order": "TW-204817"})
    assert taken.kind == kind


@pytest.mark.parametrize("text", ["no, don't exchange it", "不要换货"])
def test_what_is_not_wanted_may_answer_a_form(text: str) -> None:
    swap = Form("swap", (Slot("swap", {"en": "Shall we exchange it?", "zh": "要换货吗？"}, "yes_no"),), {"en": "."})
    taken = step(swap, FormState("swap", "swap"), text, {})
    assert (taken.kind, dict(taken.slots)) == ("done", {"swap": "no"})


def test_a_bare_no_may_be_what_a_form_asks_for() -> None:
    remarks = Form("note", (Slot("remarks", {"en": "Is there anything else?", "zh": "还有补充吗？"}),), {"en": "."})
    assert step(remarks, FormState("note", "remarks"), "no", {}).kind == "done"


def test_cues_of_the_lead() -> None:
    assert (
        is_same("退款呢？", "退款呢！！") and not is_same("E4", "E7") and is_same("??", "??") and not is_same("?", "😡")
    )
    assert returned_to("so, back to my refund: when is it?") == "when is my refund?"
    assert returned_to("说回退货，运费谁出") == "退货，运费谁出" and returned_to("send it back to me, please") == ""
    assert stops("算了，不办了") and not stops("leave it with the neighbour")
    assert is_ordinal("第三个") and not is_ordinal("two lamps")
