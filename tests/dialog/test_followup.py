"""Follow-ups: how many of a labelled set are understood, and how each kind is said in full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.followups import part, resolved
from replydesk.data.records import Ticket
from replydesk.dialog.followup import (
    alternatives,
    by_itself,
    completed,
    going_on,
    put_instead,
    rewritten,
    surely_better,
    with_new_words,
)
from replydesk.dialog.gate import Gate, fit_gate, gate
from replydesk.retrieval.matcher import Hit

CASES = part("train") + part("test") + part("later")
OTHER_TRADES = [case for case in part("train") if "domain" in case]
TRADES = sorted({case["domain"] for case in OTHER_TRADES})


def test_the_set_is_what_it_says() -> None:
    assert len(CASES) >= 750 and len(part("test")) == 180 and len(part("later")) == 60
    assert all(
        {case["language"] for case in OTHER_TRADES if case["domain"] == trade} == {"en", "zh"} for trade in TRADES
    )
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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_trade_that_the_gate_was_not_trained_on_85_in_100_are_resolved(language: str) -> None:
    right = []
    for trade in TRADES:
        without = fit_gate([case for case in part("train") if case.get("domain") != trade])

        def said(text: str, topic: str, known: Gate = without) -> str:
            return completed(text, topic) if known.needs(text, topic) else ""

        right += [
            resolved(case, said) for case in OTHER_TRADES if (case["domain"], case["language"]) == (trade, language)
        ]
    assert len(right) >= 80 and sum(right) / len(right) >= 0.85


@pytest.mark.parametrize(
    ("topic", "text", "needs"),
    [
        ("Is breakfast included in the double room?", "what would it be without breakfast", True),
        ("Can I change my return flight?", "and if I cancel late", True),
        ("How long does a transfer to Canada take?", "no wait, Norway", True),
        ("How much is a ticket for adults?", "is there a cloakroom downstairs", False),
        ("How much is a ticket for adults?", "my crown fell out last night", False),
        ("标准间包含早餐吗？", "早点退房会便宜吗", True),
        ("机票可以改签吗？", "如果是特价票的话", True),
        ("往加拿大转账要几天？", "不对，我是说挪威", True),
        ("标准间包含早餐吗？", "你们附近有没有药店", False),
        ("成人票多少钱？", "我的牙套昨天晚上掉了", False),
    ],
)
def test_the_gate_knows_what_needs_its_conversation_in_any_trade(topic: str, text: str, needs: bool) -> None:
    assert gate().needs(text, topic) is needs


@pytest.mark.parametrize(
    ("topic", "text", "full"),
    [
        ("What does a two-year deposit pay?", "and five years?", "What does a five-year deposit pay?"),
        ("Fibre with 250 Mbit, how much?", "with 1000?", "Fibre with 1000 Mbit, how much?"),
        ("Does the policy cover burst pipes?", "theft too?", "Does the policy cover theft?"),
        ("Does the policy cover burst pipes?", "a stolen bike?", "Does the policy cover stolen bike?"),
        ("Is the pool heated?", "and the jacuzzi?", "Is the jacuzzi heated?"),
        ("How many books may I borrow?", "and DVDs?", "How many DVDs may I borrow?"),
        ("Can you come on Thursday?", "Friday morning?", "Can you come on Friday? (Friday morning)"),
        ("How long does delivery to Spain take?", "I meant Italy", "How long does delivery to Italy take?"),
        ("三年定期利率是多少？", "换成五年的呢", "五年定期利率是多少？"),
        ("宽带500兆多少钱？", "一千兆的呢", "宽带一千兆多少钱？"),
        ("能导出成Excel吗？", "PDF呢", "能导出成PDF吗？"),
        ("周四能挂王医生的号吗？", "李主任呢", "周四能挂李主任的号吗？"),
        ("搬一架钢琴要几个人？", "冰箱呢", "搬一架冰箱要几个人？"),
        ("给狗打疫苗要预约吗？", "猫呢", "给猫打疫苗要预约吗？"),
        ("酒店的游泳池几点关门？", "健身房呢", "酒店的健身房几点关门？"),
        ("麻辣香锅可以做微辣吗？", "不辣的呢", "麻辣香锅可以做不辣吗？"),
        ("午餐费一学期多少钱？", "按月交可以吗", "午餐费一学期多少钱，按月交可以吗"),
        ("周四能来吗？", "周五上午呢", "周五能来吗，周五上午"),
        ("寄到北京要多久？", "我是说上海", "寄到上海要多久？"),
    ],
)
def test_a_follow_up_of_any_trade_is_said_in_full(topic: str, text: str, full: str) -> None:
    assert completed(text, topic) == full


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


def _hit(question: str, score: float, *, answer: str = "answer", intent: str = "") -> Hit:
    return Hit(Ticket.make(question, answer, intent=intent), 0.5, score)


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


@pytest.mark.parametrize(
    ("topic", "other", "text", "wanted"),
    [
        ("直播课可以退吗？", "录播课可以退吗？", "那有效期是多久", "直播课的有效期是多久？"),
        ("How much is the lamp?", "How much is the table?", "and when does it arrive?", "When will the lamp arrive?"),
    ],
)
def test_who_goes_on_asking_has_the_answer_of_before(topic: str, other: str, text: str, wanted: str) -> None:
    sent, kind, asked = (_hit(one, 0.9, intent=name) for one, name in ((topic, "a"), (other, "a"), (wanted, "b")))
    assert going_on([asked, kind, sent], (sent.ticket.id,), text, topic) == [asked]
    assert going_on([sent, kind, asked], (sent.ticket.id,), text, topic) == [sent, kind, asked], "the best is of before"
    assert going_on([asked, kind], (), text, topic) == [asked, kind], "nothing was sent"
    # What has a new word is asked about, whatever was sent.
    assert going_on([asked, kind, sent], (sent.ticket.id,), f"{text} {other}", topic)[:2] == [asked, kind]


def test_what_is_no_kind_of_the_thing_is_not_put_in() -> None:
    assert (
        put_instead("the Spanish course", "When does the pottery course start?")
        == "When does the Spanish course start?"
    )
    assert put_instead("直播课", "录播课可以退吗？") == "直播课可以退吗？"
    assert not any(
        put_instead(text, "When does the pottery course start?")
        for text in ("the course fees", "my refund", "the pottery course", "when the course ends")
    )


@pytest.mark.parametrize(
    ("topic", "text", "alone"),
    [
        ("How much does the Smart plan cost?", "does it include 5G?", "does the Smart plan include 5G?"),
        ("How much is the pool?", "is it heated?", "is the pool heated?"),
        ("When is the shop open?", "and on Sundays?", ""),
        ("How much does the Smart plan cost?", "and the basic one?", ""),
        ("大床房多少钱一晚？", "那它含早餐吗", "大床房含早餐吗"),
        ("畅享套餐多少钱？", "它支持5G吗", "畅享套餐支持5G吗"),
        ("大床房多少钱一晚？", "那双床房呢", ""),
    ],
)
def test_what_a_pronoun_stands_for_makes_a_question_that_stands_by_itself(topic: str, text: str, alone: str) -> None:
    assert by_itself(text, topic) == alone


@pytest.mark.parametrize(
    ("topic", "text", "other"),
    [
        ("How much storage does the Free plan have?", "and pro?", "How much storage does the pro plan have?"),
        ("how much storage does basic have", "pro?", "how much storage does pro have"),
        ("How many users does the Team plan allow?", "what about Pro?", ""),
        ("How much storage does the Free plan have?", "and the team plan?", ""),
        ("How much storage does the Free plan have?", "and how do I get it?", ""),
        ("大床房多少钱一晚？", "那双床房呢", ""),
    ],
)
def test_a_bare_fragment_may_take_the_place_of_what_has_it(topic: str, text: str, other: str) -> None:
    assert alternatives(text, topic) == ((other,) if other else ())


def test_another_sense_must_fit_surely_better() -> None:
    worse, better, exact = _hit("a", 0.8), _hit("b", 0.95), replace(_hit("c", 0.5), exact=True)
    assert surely_better([better], [worse]) and surely_better([exact], [better]) and surely_better([worse], [])
    assert not surely_better([_hit("d", 0.85)], [worse]) and not surely_better([better], [exact])
    assert not surely_better([], [])
