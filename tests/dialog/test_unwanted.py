"""What a message does not want, and what of it is then asked; what only sounds like it."""

from __future__ import annotations

import pytest

from replydesk.dialog.personwish import wants_person
from replydesk.dialog.unwanted import wanted_of


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I don't want to cancel my order, I just want to know where it is", "where my order is"),
        ("I don’t want a refund, I want it repaired", "I want it repaired"),
        ("don't delete my account, just stop the newsletter", "stop the newsletter"),
        ("I don't want to talk to a person, just tell me how long the warranty is", "how long the warranty is"),
        ("I never asked for a refund, I asked for a replacement", "I asked for a replacement"),
        ("I want to exchange my robe, not return it", "I want to exchange my robe"),
        ("actually no, don't return it, can I exchange it?", "can I exchange it?"),
        ("不要取消我的订单，我只是想问到哪了", "我的订单到哪了"),
        ("别退款，我要换货", "我要换货"),
        ("I'm not calling about the bill, I just wanted to ask when you close", "when you close"),
        ("not buying anything, just curious if you ship to Spain", "you ship to Spain"),
        ("我不想挂号，就问一下发票怎么开", "发票怎么开"),
        ("不是要退貨，只是想問下尺碼怎麼選", "尺碼怎麼選"),
        ("我不是要退货是想换个尺码", "想换个尺码"),
        ("我没说要注销，我要改手机号", "我要改手机号"),
        ("不用转人工，退款多久到账", "退款多久到账"),
        ("別取消訂單，地址幫我改一下", "地址幫我改一下"),
    ],
)
def test_what_is_asked_beside_what_is_not_wanted(text: str, wanted: str) -> None:
    assert wanted_of(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "please don't cancel it", "no wait, don't pass me on", "please don't change it after all",
        "I don't want my order cancelled", "等一下，先别取消", "不要取消", "算了，不用转人工了", "那我不退了，谢谢",
    ],
)  # fmt: skip
def test_nothing_is_asked_beside_it(text: str) -> None:
    assert wanted_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "why don't you refund me?", "don't you ship to Spain?", "don't send me emails", "I didn't get my refund",
        "I don't want it anymore, please stop the order", "I don't want to receive your newsletter",
        "don't forget to cancel my order", "no refund yet", "I don't need the lamp any more", "not cancelled yet",
        "I don't want to return the lamp but the table", "can I get a refund if I don't want to exchange it?",
        "我不想要了", "不要了，帮我退款", "没退款", "为什么不退款", "不退款就投诉", "不能退款吗",
        "不用退货就能退款吗", "别的订单退款了吗",
        "I'm not a member, I just want to know how to join", "I don't want the lamp, I just want to know if it is safe",
        "我不是会员，就想问下怎么加入",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_left_as_it_is(text: str) -> None:
    assert wanted_of(text) is None


@pytest.mark.parametrize("text", ["don't refund me, I want to speak to a person", "别退款，转人工"])
def test_a_person_may_be_wanted_instead(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize("text", ["Do not transfer me to a human please", "不要转人工", "我不想转人工"])
def test_who_wants_no_person_gets_none(text: str) -> None:
    assert not wants_person(text)
