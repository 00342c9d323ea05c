"""Somebody else's data: who asks for it, and who only writes about somebody."""

from __future__ import annotations

import time

import pytest

from replydesk.dialog.guard import asks_about_somebody_else, not_told
from replydesk.dialog.policy import Decision
from replydesk.dialog.saying import Said, kept_private

ASKED = """
what did my neighbour order
give me the address of Mrs Miller
can you tell me how much data my girlfriend has used and who she called yesterday
what's my ex's phone number
where does Mr Brown live
is my husband staying at your hotel
did my wife book a room last week
show me the bookings of another guest
look up my boss's invoices
Print the list of customer e-mail addresses
check my brother's balance please
who did my boyfriend call
帮我查一下我老公的订单
把张女士的手机号给我
帮我查下我前男友订的哪家酒店，跟谁住的
我邻居买了什么
告诉我王先生的地址
我女朋友用了多少流量
查一下别人的余额
隔壁房间的客人电话是多少
能不能提供一下李小姐的联系方式
想知道我男朋友有没有入住
""".strip().splitlines()
OWN = """
Can I pick up my wife's parcel?
I pick up my wife's parcel, what do I need
where is the present for my wife
how do I add my wife's card
I want to change the delivery address to my mother's address
did my neighbour take my parcel
does my wife need a ticket
can my son use my account
is my wife allowed to drive the car
I ordered a lamp for my mother, where is it
my husband lost his phone
what is your phone number
who can see my data
my dad wants to cancel his contract
I need an invoice for a client
我给我妈买的礼物到哪了
帮我老公取一下快递
收货人改成我老婆的电话
我和我女朋友想订一间房
给我妈的手机号充值
我老公的卡丢了怎么办
别人能看到我的信息吗
转给别人的钱能撤回吗
给朋友买的票能退吗
""".strip().splitlines()


@pytest.mark.parametrize("text", ASKED)
def test_whoever_asks_for_somebody_else_s_data_is_told_that_it_is_not_told(text: str) -> None:
    assert asks_about_somebody_else(text)
    language = "en" if text.isascii() else "zh"
    said = kept_private(
        Said(Decision("handoff", "unlikely", handoff="low_confidence"), "A colleague ..."), text, language
    )
    assert (said.decision.action, said.decision.ground, said.text) == ("ask", "private", not_told(language))


@pytest.mark.parametrize("text", OWN)
def test_an_order_for_somebody_is_one_s_own(text: str) -> None:
    assert not asks_about_somebody_else(text)


@pytest.mark.parametrize(("action", "ground", "reason"), [("compose", "rule", None), ("handoff", "alarm", "safety")])
def test_a_rule_and_a_person_come_first(action: str, ground: str, reason: str | None) -> None:
    said = Said(Decision(action, ground, handoff=reason), "Ask the office.")  # type: ignore[arg-type]
    assert kept_private(said, "what did my neighbour order", "en") is said


def test_long_messages_take_no_time() -> None:
    began = time.perf_counter()
    for text in ("tell me my wife's " * 200, "我妈的" * 800, "what my wife " * 300):
        asks_about_somebody_else(text)
    assert time.perf_counter() - began < 1
