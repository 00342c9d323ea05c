"""Facts: what two answers state in general, in which of it they disagree, and what is true of one case only."""

from __future__ import annotations

import doctest

import pytest

from replydesk.data.curation import facts as module
from replydesk.data.curation.facts import disagreement, facts


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Refunds take 3–5 working days.", ["3-5 working days"]),
        ("Delivery takes two weeks and costs £1,250.50.", ["2 weeks", "1250.5 pounds"]),
        ("退货后3到5个工作日退款。", ["3-5 working days"]),
        ("保修两年，电池十二个月。", ["2 years", "12 months"]),
        ("二十四小时内发货，运费￥10。", ["24 hours", "10 yuan"]),
        ("全场八折，满减20%。", ["8 off", "20%"]),
        ("Wash it at 30 °C.", ["30 degrees"]),
        ("The voucher code is TEA2026.", ["TEA2026"]),
        ("The form stands at https://shop.example/help/returns.", ["https://shop.example/help/returns"]),
        ("It is the 3rd shelf, number 14.", []),
        ("I sent it today, it takes 2 days.", []),
        ("您这单已发出，3天到。", []),
        ("Your parcel arrives in 2 days.", []),
        ("Is it older than 2 years?", ["2 years"]),
        ("", []),
    ],
)
def test_general_facts_are_read(answer: str, told: list[str]) -> None:
    assert [fact.told for fact in facts(answer) if fact.kind not in ("can", "answer")] == told


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("Shipping costs £3.95.", "Shipping is £4.95 for all orders.", "3.95 pounds / 4.95 pounds"),
        ("You can use two coupons at once.", "You can't use two coupons at once.", "you can use two coupons at once"),
        ("支持花呗分期", "不支持花呗分期", "支持花呗分期 / 不支持花呗分期"),
        ("满99元包邮，不满收10元。", "满199元包邮，不满收10元。", "99 yuan / 199 yuan"),
        ("From 20 pieces it is 10% less, from 100 pieces 15%.", "From 20 pieces it is 12% less, from 100 pieces 15%.",
         "10% / 12%"),
        ("No, we do not.", "Yes, we do.", "no / yes"),
    ],
)  # fmt: skip
def test_disagreements_are_named(first: str, second: str, what: str) -> None:
    assert disagreement(facts(first), facts(second)).startswith(what)
    assert disagreement(facts(first), facts(first)) == ""
    assert disagreement(facts(second), facts(second)) == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Refunds take 3-5 days.", "Refunds take 4 days."),
        ("The UK takes 3 days and the EU 7 days.", "The UK takes 3 days and the US 10 days."),
        ("Return it within 14 days.", "Return it within 14 days, and exchange it within 30 days."),
        ("Press the button for 10 seconds.", "It takes 2 hours to charge."),
        ("江浙沪1-2天，其他2-5天。", "江浙沪1-2天，新疆5-8天。"),
        ("不支持货到付款，可用花呗。", "支持支付宝和花呗，货到付款不行。"),
        ("Yes. I sent it today.", "No. It left us yesterday."),
        ("No problem!", "Yes, of course."),
        ("See https://t.co/abc", "See https://t.co/xyz"),
    ],
)
def test_what_only_differs_is_no_disagreement(first: str, second: str) -> None:
    assert disagreement(facts(first), facts(second)) == ""
    assert disagreement(facts(second), facts(first)) == ""
