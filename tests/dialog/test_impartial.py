"""Impartial reading: who writes is not read, what is asked about is."""

from __future__ import annotations

import pytest

from replydesk.dialog.impartial import impartial
from replydesk.dialog.skills import Skills
from replydesk.dialog.spelling import Speller


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Hello, Priya Nair here. Where is my order?", "Where is my order?"),
        ("This is Tom. Where is my order?", "Where is my order?"),
        ("Where is my order? Regards, Tom Becker", "Where is my order?"),
        ("Hi Tom！Where is my order？", "Where is my order?"),
        ("Hi，I'm Priya。Where is my order？", "Where is my order?"),
        ("Hi Anna，我的订单还没到", "我的订单还没到"),
        ("Hi、注文がまだ届きません", "Hi、注文がまだ届きません"),
        ("I live in Glasgow. Where is my order?", "Where is my order?"),
        ("where is my order, I am writing from Lagos.", "where is my order,"),
        ("Dear Sir or Madam, where is my order?", "where is my order?"),
        ("My husband never got his parcel", "My partner never got their parcel"),
        ("SHE says it is broken", "THEY says it is broken"),
        ("你好，我是扎西。提交订单按了没反应", "提交订单按了没反应"),
        ("刻字最少要几个？ 我叫阿依古丽。", "刻字最少要几个？"),
        ("Hello, Priya Nair here. I'm from Leeds and my lamp is broken", "my lamp is broken"),
        ("As a nurse in Cardiff, when will it arrive?", "when will it arrive?"),
        ("I run a bakery in Leeds. The kettle hums.", "I run a bakery. The kettle hums."),
        ("Greetings from Portland, Oregon! The mug leaks.", "The mug leaks."),
        ("We're a family near Kettering. The mug leaks.", "The mug leaks."),
        ("My hometown is Hong Kong. The mug leaks.", "The mug leaks."),
        ("where is my order\nTom Becker", "where is my order"),
        ("I'm a man, sixty years old. The lid leaks.", "I'm a person, sixty years old. The lid leaks."),
        ("As a woman I ask: does it leak?", "As a person I ask: does it leak?"),
        ("I told her that it leaks", "I told them that it leaks"),
        ("It is his. Her lamp hums.", "It is theirs. Their lamp hums."),
        ("my ex-husband and my stepdaughter", "my ex-partner and my stepchild"),
        ("My sis and my gf want one. Miss <NAME_1> paid.", "My sibling and my partner want one. Mx <NAME_1> paid."),
        ("I'm a widower, my sons ordered it", "I'm a widowed person, my children ordered it"),
        ("我来自西藏，快递到哪了", "快递到哪了"),
        ("我在河南开店，杯子裂了", "我开店，杯子裂了"),
        ("坐标哈尔滨，暖手杯开不了机", "暖手杯开不了机"),
        ("作为一名上海人，我想退款", "我想退款"),
        ("我叫努尔兰。退款到哪了", "退款到哪了"),
        ("联系人：苏和。杯子裂了", "杯子裂了"),
        ("退款到哪了——方国栋", "退款到哪了"),
        ("我是女的，想退货", "我是人，想退货"),
        ("我在河南，快递到哪了", "快递到哪了"),
        ("我是新疆的。快递到哪了", "快递到哪了"),
        ("我老婆没收到，她很生气", "我爱人没收到，他很生气"),
        ("I registered as <NAME_7>. The mug leaks.", "I registered as <NAME_1>. The mug leaks."),
        ("I spoke to Olumide Fashola. The mug leaks.", "I spoke to <NAME_1>. The mug leaks."),
        ("Olumide Fashola wrote to you. The mug leaks.", "<NAME_1> wrote to you. The mug leaks."),
        ("On behalf of Olumide Fashola: where is my order?", "where is my order?"),
        ("It is me, Olumide Fashola. The mug leaks.", "The mug leaks."),
        ("Hi, Carlos de la Cruz here again, the mug leaks", "the mug leaks"),
        ("it leaks Olumide Fashola (loyal customer)", "it leaks <NAME_1> (loyal customer)"),
        ("Region: Porthmadog. The mug leaks.", "The mug leaks."),
        ("Your Porthmadog correspondent here. The mug leaks.", "The mug leaks."),
        ("Hello from windy Porthmadog! The mug leaks.", "The mug leaks."),
        ("My hometown is Nantes. The mug leaks.", "The mug leaks."),
        ("Where I live, in Nantes, people talk. The mug leaks.", "Where I live, people talk. The mug leaks."),
        ("巴特尔：杯子裂了", "杯子裂了"),
        ("努尔<NAME_2>先生托我问，杯子裂了", "<NAME_1>托我问，杯子裂了"),
        ("买买提·艾山让我问，杯子裂了", "<NAME_1>让我问，杯子裂了"),
        ("我同事热依扎让我问，杯子裂了", "我同事<NAME_1>让我问，杯子裂了"),
        ("订单是李小红下的。杯子裂了", "订单是<NAME_1>下的。杯子裂了"),
        ("我是昨天联系你们的王芳。杯子裂了", "我是昨天联系你们的<NAME_1>。杯子裂了"),
        ("慈溪宝妈，杯子裂了", "杯子裂了"),
        ("身为慈溪人，杯子裂了", "杯子裂了"),
        ("今天慈溪下雨。杯子裂了", "杯子裂了"),
        ("我是攀枝花的，我要寄到家里头", "我要寄到家里头"),
    ],
)
def test_who_writes_is_not_read(text: str, read: str) -> None:
    assert impartial(text) == read
    assert impartial(read) == read


@pytest.mark.parametrize(
    "text",
    [
        "My parcel to Leeds is late", "Do you deliver to Lagos?", "I am late again",
        "the men's shoes in 42", "I'm writing about my order",
        "I am in the app and it hangs",
        "a king-size duvet or a queen-size one?", "is it here by Mother's Day", "I miss the mug",
        "this is broken. help me", "女款有货吗", "我是会员，有折扣吗", "我在等快递", "我在网上买的，没到", "我在北京",
        "能寄到新疆吗",
        "Do you ship to France?", "I live in Cork. Can you send it here?", "I'm not in the UK, can I get one?",
        "I live in Canada, can I order?", "your app thinks I live in China now", "My order is stuck in Warsaw",
        "It's TW-196650, photo attached", "As a Wave member, do I pay postage?",
        "how do I say that in French", "THIS IS THEFT. I want my money", "Tea Club and our teas: can I pause?",
        "人在滨江，能去店里拿吗", "我在悉尼，能寄到我这边吗", "包裹停在郑州三天了", "我要的是女的，发错了",
        "你们在北京吗", "茶里有坚果吗，我过敏", "英国站上怎么付款", "女士拖鞋有货吗",
        "我们先生产再发货", "我叫你们退款", "我是说昨天那单，退了吗", "",
        "Do you ship to Porthmadog?", "My order was sent to Nantes",
        "is there a shop in Kettering?",
        "Drift Robe, size M, when is it back?",
        "Money back please. Am I to send the four good ones?",
        "海南能发货吗", "我在伦敦读书，能寄到我宿舍吗", "乌龙：两罐", "静壶：壶盖裂了", "白屏了怎么办",
        "我喜欢香香的", "我10号买的699，能退吗",
        "Hi，我在美国，能下单吗", "你好！我在香港，请问能下单吗？", "我在新疆，运费多少", "您好，我在台湾，关税谁付",
        "I'm in Australia - how much is shipping?", "I live in Ireland, is there duty to pay?",
        "Hello! I'm in Canada. Can I order?",
    ],
)  # fmt: skip
def test_what_is_asked_about_stays(text: str) -> None:
    assert impartial(text) == text


@pytest.mark.parametrize("text", ["This is <NAME_1>.", "I live in Leeds.", "我是<NAME_1>。", "我叫<NAME_1>"])
def test_a_message_that_only_introduces_somebody_stays(text: str) -> None:
    assert impartial(text) == text


def test_the_words_of_a_desk_are_read_as_they_are() -> None:
    asked = "I drink it with Mist Oolong"
    assert Skills(speller=Speller({"mist": 9, "oolong": 9})).impartial(asked) == asked
    assert Skills().impartial(asked) == "I drink it with <NAME_1>"
