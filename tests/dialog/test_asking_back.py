"""Questions about a question: told from other questions by what they ask about."""

from __future__ import annotations

import pytest

from replydesk.dialog.asking_back import about_slot

ORDER = "Which order is it? The number begins with TW.\n请问是哪个订单？订单号以 TW 开头。"
ADDRESS = "What is the new address?\n新地址是什么？"


@pytest.mark.parametrize(
    "text",
    [
        "why do you need that?", "Why?", "what for?", "Why do you need my order number?", "What's an order number",
        "where do I find it?", "Where is my order number?", "I don't know where to find it", "sorry, why do you ask?",
        "do I have to give you that?", "is it really necessary?", "what do you mean?", "which number?",
        "what should I write here?", "I don't have it on me, where do I look it up?",
        "what are the options?", "what is that for?", "您说什么", "有哪些选项",
        "为什么要这个", "为啥要订单号", "要订单号干嘛", "什么是订单号", "订单号是什么意思",
        "在哪里看订单号", "请问订单号怎么查",
        "我不知道在哪里看", "找不到订单号", "一定要填吗", "可以不填吗", "没看懂", "要怎么填", "哪个号？",
    ],
)  # fmt: skip
def test_these_ask_about_the_order_number(text: str) -> None:
    assert about_slot(text, "order", ORDER)


@pytest.mark.parametrize(
    "text",
    [
        "where is my order?", "Why do I need to pay postage?", "what is your refund policy?", "no idea", "TW-204817",
        "where do I find the size chart?", "how do I get a refund?", "do I have to pay for returns?",
        "Why has my order not arrived?", "what is my order status?", "which size should I take?",
        "为什么要退货", "快递怎么查", "哪里有门店", "发票怎么开", "为什么不能退款",
        "我的订单在哪", "订单号错了", "不说", "就是不说",
        "不想告诉你",
    ],
)  # fmt: skip
def test_these_ask_something_else(text: str) -> None:
    assert not about_slot(text, "order", ORDER)


def test_where_any_text_may_be_the_answer_the_message_says_nothing_else() -> None:
    asking = ("why do you need my address?", "Which address do you mean?", "为什么要地址？", "地址怎么填")
    assert all(about_slot(text, "address", ADDRESS, whole=True) for text in asking)
    telling = ("12 Mill Lane", "I don't know why, leave it at 12 Mill Lane", "Why? 12 Mill Lane", "何方路1号")
    assert not any(about_slot(text, "address", ADDRESS, whole=True) for text in telling)


@pytest.mark.parametrize(
    ("text", "ask", "about"),
    [
        ("为什么要手机号啊", "请留一个手机号。", True),
        ("手机号用来干嘛", "请留一个手机号。", True),
        ("为什么要手机壳", "请留一个手机号。", False),
        ("why do you need my mobile?", "On which mobile can we call you?", True),
        ("why do you charge so much?", "On which mobile can we call you?", False),
    ],
)
def test_a_phone_is_called_as_the_question_calls_it(text: str, ask: str, about: bool) -> None:
    assert about_slot(text, "phone", ask) == about
