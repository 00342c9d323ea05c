"""What stands around a question, and messages that are nothing else."""

from __future__ import annotations

import time

import pytest

from replydesk.data.text import asked_language, language_of
from replydesk.dialog.courtesies import as_read, is_acknowledged, is_wordless, trimmed, without_courtesies
from replydesk.dialog.details import only_details, points_elsewhere

MAIL = "Hi,\n\nwhen do I get my refund?\n\nBest regards,\nJane\n\nOn Mon, 2 Nov 2026 at 10:02, Ada wrote:\n> Cancel it?"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("thanks! and how do I return something?", "how do I return something?"),
        ("sorry, I didn't mean that. I'm just stressed. Where is my order?", "Where is my order?"),
        ("wait, one more thing: do you deliver to Canada?", "do you deliver to Canada?"),
        ("How long is the warranty? Thanks!", "How long is the warranty?"),
        ("I have bought here for years. My question is: how do I return it?", "how do I return it?"),
        (MAIL, "when do I get my refund?"),
        ("谢谢，那怎么申请退货？", "怎么申请退货？"),
        ("对不起，刚才太急了。我的订单到哪了？", "我的订单到哪了？"),
        ("请问退款多久到账？", "退款多久到账？"),
        ("你好请问保修多久", "保修多久"),
    ],
)
def test_what_asks_is_found_among_courtesies(text: str, asked: str) -> None:
    assert without_courtesies(text) == asked


@pytest.mark.parametrize(
    "text",
    ["thanks", "and in blue?", "那蓝色的呢", "Hi, the parcel from York", "are you there?", "do you know, if you ship?"],
)
def test_what_asks_nothing_beside_them_stays(text: str) -> None:
    assert without_courtesies(text) == text


@pytest.mark.parametrize(
    "text",
    ["ok", "yes", "Yes please", "got it", "great", "👍", "no thanks", "never mind", "that worked, thank you",
     "maybe later",
     "好的", "嗯嗯", "是的", "行吧", "算了", "知道了", "不用了谢谢", "搞定了，谢谢", "ok谢谢"],
)  # fmt: skip
def test_what_only_acknowledges(text: str) -> None:
    assert is_acknowledged(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok and the blue one?",
        "ok but why",
        "no",
        "cancel",
        "cancel it",
        "😡",
        "right?",
        "好的那运费呢",
        "可以吗？",
        "不是",
        "取消",
    ],
)
def test_what_says_more_does_not(text: str) -> None:
    assert not is_acknowledged(text)


@pytest.mark.parametrize(
    ("text", "wordless"),
    [("😡😡", True), ("？？", True), ("hmm...", True), ("呃", True), ("E4", False), ("啊这", False)],
)
def test_what_has_no_word(text: str, wordless: bool) -> None:
    assert is_wordless(text) is wordless


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("TW-204817", "TW-204817"), ("it's TW-204820", "TW-204820"), ("I already told you, TW-204817", "TW-204817"),
        ("Hello, this is about order TW-204817", "TW-204817"), ("204817", "204817"),
        ("https://a.example/b", "https://a.example/b"),
        ("my e-mail is <EMAIL_1>", "<EMAIL_1>"), ("订单号是TW-204817", "TW-204817"), ("我说了TW-204817", "TW-204817"),
        ("cancel TW-204817", ""), ("label says TW-320558", ""), ("is it TW-204817?", ""), ("E4", ""), ("2", ""),
        ("2026年", ""),
        ("取消TW-204817", ""), ("hello", ""),
    ],
)  # fmt: skip
def test_a_detail_and_nothing_else(text: str, detail: str) -> None:
    assert only_details(text) == detail


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("no, I meant the other order", True), ("the other parcel", True),
        ("不是这个订单，是另一个", True), ("我说的是另一个订单", True),
        ("the other one", False), ("what about the other order", False), ("the other order is late", False),
        ("另一个", False),
    ],
)  # fmt: skip
def test_another_order_that_is_not_named(text: str, elsewhere: bool) -> None:
    assert points_elsewhere(text) is elsewhere


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("English please", "en"), ("do you speak Chinese?", "zh"), ("请用中文", "zh"), ("可以说英文吗", "en"),
        ("English", ""), ("中文", ""), ("an English invoice please", ""), ("有中文说明书吗", ""), ("hello", ""),
    ],
)  # fmt: skip
def test_a_language_that_is_asked_for(text: str, language: str) -> None:
    assert asked_language(text) == language


def test_who_asks_for_a_language_gets_it_where_the_desk_has_it() -> None:
    assert language_of("English please", previous="zh") == "en"
    assert language_of("do you speak Chinese?") == "zh"
    assert language_of("do you speak Chinese?", among=("en",)) == "en"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TW-204817 pls 🙏", "TW-204817"),
        ("亲，第二个😊", "第二个"),
        ("亲，👍", "👍"),
        ("hello 👋", "hello"),
        ("Hi, its Adwoa", "Hi, its Adwoa"),
        ("亲测有效", "亲测有效"),
        ("Hi-fi speaker broken", "Hi-fi speaker broken"),
        ("where is it pls?", "where is it?"),
        ("English please", "English please"),
        ("😡😡", "😡😡"),
        ("订单1️⃣", "订单1️⃣"),
    ],
)
def test_what_stands_around_a_message_says_nothing(text: str, said: str) -> None:
    assert trimmed(text) == said


def test_a_message_is_read_alike_however_it_is_written() -> None:
    assert as_read("亲，什麼時候發貨😊") == as_read("什么时候发货") == "什么时候发货"
    assert as_read("dont cancel it pls") == "don't cancel it"
    assert as_read("its lid was well made, were they ill") == "its lid was well made, were they ill"
    assert as_read("これは何ですか時間") == "これは何ですか時間"


def test_a_message_of_many_emoji_is_trimmed_at_once() -> None:
    began = time.process_time()
    assert trimmed("\U0001f600" * 4_000 + "a").endswith("a") and trimmed("a" + "\U0001f600" * 4_000) == "a"
    assert time.process_time() - began < 1
