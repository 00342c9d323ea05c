"""What no reply may say, in both languages, and what it still may."""

from __future__ import annotations

import pytest

from replydesk.dialog.rules.forbidding import broken, shipped
from replydesk.dialog.rules.reading import read_rules
from replydesk.dialog.rules.source import Source


@pytest.mark.parametrize(
    ("forbid", "text"),
    [
        ("refund_amount", "We will refund you 50 EUR today."),
        ("refund_amount", "I'm refunding €20 to your card."),
        ("refund_amount", "We have credited $15.50 to your account."),
        ("refund_amount", "We'll refund the full amount."),
        ("refund_amount", "We will reimburse you with 30 pounds."),
        ("refund_amount", "You will receive a refund of 12 dollars tomorrow."),
        ("refund_amount", "A refund of £40 has been issued."),
        ("refund_amount", "We can give you back 20 euros."),
        ("refund_amount", "我们会给您退款50元。"),
        ("refund_amount", "已为您退还三十元"),
        ("refund_amount", "可以给您全额退款"),
        ("refund_amount", "我们将赔您100块。"),
        ("compensation", "We will compensate you for the loss."),
        ("compensation", "You'll receive compensation."),
        ("compensation", "我们会赔偿您的损失。"),
        ("compensation", "We compensate you 300 euros."),
        ("compensation", "You get 50 euros from us for the inconvenience."),
        ("compensation", "我们赔偿您300元。"),
        ("compensation", "非常抱歉，我们赔您200块。"),
        ("compensation", "酒店赔偿一晚房费500元。"),
        ("compensation", "给您补偿50元。"),
        ("compensation", "补偿您两张优惠券，每张20元。"),
        ("compensation", "这边赔付您100元"),
        ("compensation", "我们双倍赔偿。"),
        ("legal_advice", "You should sue the carrier."),
        ("legal_advice", "You are legally entitled to a repair."),
        ("legal_advice", "You have a legal claim against them."),
        ("legal_advice", "建议您起诉对方。"),
        ("legal_advice", "您依法有权要求赔偿"),
        ("admits_liability", "We are fully liable for the damage."),
        ("admits_liability", "我们承担全部责任。"),
        ("medical_advice", "Take an antihistamine twice a day and it will be cured soon."),
        ("medical_advice", "You should take two tablets of ibuprofen."),
        ("medical_advice", "Please stop taking your medication."),
        ("medical_advice", "I would recommend taking 200mg of aspirin."),
        ("medical_advice", "This cream will cure your eczema."),
        ("medical_advice", "It sounds like you have an infection."),
        ("medical_advice", "建议您每天服用两片。"),
        ("medical_advice", "这款面霜可以治好湿疹"),
        ("medical_advice", "您可能是过敏反应"),
        ("financial_advice", "I'd recommend buying shares of the company."),
        ("financial_advice", "This gives guaranteed returns."),
        ("financial_advice", "这款理财稳赚不赔。"),
    ],
)
def test_a_promise_is_found(forbid: str, text: str) -> None:
    assert forbid in [one.forbid for one in broken(text, shipped())]


@pytest.mark.parametrize(
    "text",
    [
        "Refunds reach your card within 5 working days.",
        "We cannot refund 50 EUR because the lamp was used.",
        "You get 20 GB with the plan.",
        "我们不赔偿。",
        "延误险最高赔付500元。",
        "保险公司最多赔300元。",
        "损坏杯子需赔偿20元。",
        "补发一件给您。",
        "赔偿问题请联系客服，电话400。",
        "We never promise a refund of 20 EUR by chat.",
        "You can return it within 30 days; shipping costs 4.90 EUR.",
        "I have passed your refund to a colleague who will check the amount.",
        "We send parcels over 50 EUR for free.",
        "Please take the parcel to any post office.",
        "Please use the label in the box.",
        "You can use the voucher of 10 EUR until May.",
        "If the item is faulty, we will refund 50 EUR after the check.",
        "退款会在五个工作日内到账。",
        "我们无法给您退款50元，请等同事核实。",
        "您可以在30天内退货。",
        "运费4.90欧元。",
        "请咨询医生后再使用。",
        "如果不满意可以联系我们。",
        "You have the right to return it within 14 days.",
        "We are open from 9 to 5.",
        "Please take a photo of the damage.",
        "This lamp can treat you to warm light.",
        "请将包裹放在门口。",
        "您可以在“我的订单”里查看退款进度。",
        "We will send you a new one within three days.",
        "可以退货，邮费由我们承担。",
        "普通会员退款时扣10元运费，高级会员退货免费。",
        "We'll give you 24 hours notice.",
        "I will credit your patience with a smile.",
        "The lamp costs 50 EUR and we deliver it free.",
    ],
)
def test_what_is_no_promise_may_be_said(text: str) -> None:
    assert broken(text, shipped()) == ()


def test_what_is_found_is_told_with_its_place_and_reason() -> None:
    text = "Hello.\nWe will refund you 50 EUR.  我们会给您退款50元。"
    found = broken(text, shipped())
    assert [one.forbid for one in found] == ["refund_amount", "refund_amount"]
    assert [text[one.start : one.end] == one.said for one in found] == [True, True]
    assert found[0].document()["reason"] == "It promises how much money goes back, which a person decides."


def test_a_team_adds_its_own_and_turns_shipped_ones_off() -> None:
    text = """
    forbid_off = ["refund_amount"]
    [[forbid]]
    name = "rivals"
    reason = "It names a rival."
    pattern = ['rival(?:co|mart)', '对手牌']
    unless = 'not compare'
    """
    rules = read_rules(Source.of(text))
    assert rules.broken("We will refund you 50 EUR.") == ()
    assert [one.forbid for one in rules.broken("RivalMart is dearer. 您可以买对手牌。")] == ["rivals", "rivals"]
    assert rules.broken("We do not compare with RivalMart.") == ()
    assert rules.broken("You should sue them.")[0].forbid == "legal_advice"


def test_a_long_sentence_is_read_to_its_end() -> None:
    assert broken("so " * 600 + "we will refund you 50 EUR", shipped())
