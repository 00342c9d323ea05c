"""Follow-ups: how many of a labelled set are understood, and how each kind is said in full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.followups import part, resolved
from replydesk.data.records import Ticket
from replydesk.dialog.followup import completed, rewritten, with_new_words
from replydesk.dialog.gate import fit_gate, gate
from replydesk.retrieval.matcher import Hit

CASES = part("train") + part("test") + part("later")


def test_the_set_is_what_it_says() -> None:
    assert len(CASES) >= 480 and len(part("test")) == 180 and len(part("later")) == 60
    assert sum(case["language"] == "zh" for case in CASES) * 2 == len(CASES)
    topics = [
        case["topic"] for name in ("train", "test", "later") for case in {c["topic"]: c for c in part(name)}.values()
    ]
    assert len(topics) == len(set(topics)), "no question is in two parts"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_the_test_part_85_in_100_are_resolved(language: str) -> None:
    cases = part("test", language)
    assert sum(map(resolved, cases)) / len(cases) >= 0.85


def test_the_gate_that_is_packed_is_the_one_of_the_train_part() -> None:
    assert fit_gate(part("train")) == gate()


@pytest.mark.parametrize(
    ("topic", "text", "full"),
    [
        ("Do you have the mug in red?", "and in blue?", "Do you have the mug in blue?"),
        ("How long does delivery to France take?", "what about Spain?", "How long does delivery to Spain take?"),
        ("Is the garden table weatherproof?", "what about the chairs?", "Is the chairs weatherproof?"),
        ("I want to return the lamp", "how long does that take?", "how long does that take? (return the lamp)"),
        ("how long does that take? (return the lamp)", "how much?", "how much? (return the lamp)"),
        ("这款杯子有红色的吗？", "那蓝色的呢", "这款杯子有蓝色的吗？"),
        ("顺丰运费多少？", "圆通呢？", "圆通运费多少？"),
        ("我想退台灯", "那要多久？", "我想退台灯，要多久？"),
    ],
)
def test_a_follow_up_is_said_in_full(topic: str, text: str, full: str) -> None:
    assert completed(text, topic) == full


@pytest.mark.parametrize("text", ["I never got a receipt for my last order", "我上个月的发票还没开", "hello there"])
def test_without_a_question_before_nothing_is_completed(text: str) -> None:
    assert rewritten(text, "") == ""


def _hit(question: str, score: float, *, answer: str = "answer") -> Hit:
    return Hit(Ticket.make(question, answer), 0.5, score)


@pytest.mark.parametrize(
    ("topic", "text", "refund", "parcel"),
    [
        ("How long does a refund take?", "and my parcel?", "How long do refunds take?", "My parcel is late"),
        ("退款多久到账？", "那快递呢", "退款多久到账", "快递超时了还没到"),
    ],
)
def test_what_has_the_new_words_of_a_follow_up_goes_first_where_it_is_near(
    topic: str, text: str, refund: str, parcel: str
) -> None:
    old, near, far = _hit(refund, 0.9), _hit(parcel, 0.5), _hit(parcel, 0.4)
    other = _hit("?", 0.6, answer=parcel)
    assert with_new_words([old, near], [other, old], text, topic) == [other, near]
    assert with_new_words([old, far], [], text, topic) == [old, far], "what is far from fitting does not push in"
    assert with_new_words([near, old], [other], text, topic) == [near, old]
    assert with_new_words([replace(old, exact=True), near], [], text, topic)[0].exact
    assert with_new_words([old, near], [], topic, topic) == [old, near], "no word is new"
