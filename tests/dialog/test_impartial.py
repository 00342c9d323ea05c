"""Impartial reading: who writes is not read, what is asked about is."""

from __future__ import annotations

import pytest

from replydesk.dialog.impartial import impartial


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Hello, Priya Nair here. Where is my order?", "Where is my order?"),
        ("This is Tom. Where is my order?", "Where is my order?"),
        ("Where is my order? Regards, Tom Becker", "Where is my order?"),
        ("I live in Glasgow. Where is my order?", "Where is my order?"),
        ("where is my order, I am writing from Lagos.", "where is my order,"),
        ("Dear Sir or Madam, where is my order?", "where is my order?"),
        ("My husband never got his parcel", "My partner never got their parcel"),
        ("SHE says it is broken", "THEY says it is broken"),
        ("你好，我是扎西。提交订单按了没反应", "提交订单按了没反应"),
        ("刻字最少要几个？ 我叫阿依古丽。", "刻字最少要几个？"),
        ("我在河南，快递到哪了", "快递到哪了"),
        ("我是新疆的。快递到哪了", "快递到哪了"),
        ("我老婆没收到，她很生气", "我爱人没收到，他很生气"),
    ],
)
def test_who_writes_is_not_read(text: str, read: str) -> None:
    assert impartial(text) == read
    assert impartial(read) == read


@pytest.mark.parametrize(
    "text",
    [
        "My parcel to Leeds is late", "Do you deliver to Lagos?", "I am late again",
        "the men's shoes in 42", "I'm writing about my order", "thanks Marcus youre a star",
        "I am in the app and it hangs",
        "this is broken. help me", "女款有货吗", "我是会员，有折扣吗", "我在等快递", "我在网上买的，没到", "我在北京",
        "能寄到新疆吗",
        "我们先生产再发货", "我叫你们退款", "我是说昨天那单，退了吗", "",
    ],
)  # fmt: skip
def test_what_is_asked_about_stays(text: str) -> None:
    assert impartial(text) == text


@pytest.mark.parametrize("text", ["This is Tom.", "I live in Leeds.", "我是扎西。", "我叫王芳"])
def test_a_message_that_only_introduces_somebody_stays(text: str) -> None:
    assert impartial(text) == text
