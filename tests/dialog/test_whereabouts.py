"""Where somebody writes from, or speaks of, is read only where the desk's answers name the place."""

from __future__ import annotations

import pytest

from replydesk.dialog.impartial import impartial, places_of_answers

ANSWERS = ("We ship to Norway and the UK; the shop is in Bristol.", "新疆和西藏的运费是 20 元，门店在苏州。")
KNOWN = places_of_answers(ANSWERS)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("My cousin in Turku says it arrived open", "My cousin in my country says it arrived open"),
        ("Do you ship to Lagos?", "Do you ship to my country?"),
        ("can I use it in france?", "can I use it in my country?"),
        ("Is it in the Netherlands yet?", "Is it in my country yet?"),
        ("It went to New Delhi, India first", "It went to my country first"),
        ("My Turku neighbour has one", "My local neighbour has one"),
        ("They saw it in Porthmadog. Is it sold out?", "They saw it in my country. Is it sold out?"),
        ("A parcel was sent to Porthmadog", "A parcel was sent to my country"),
        ("The weather in Bristol is awful. The mug leaks.", "The weather in my country is awful. The mug leaks."),
        ("湘潭这几天下雨，快递一直没动", "当地这几天下雨，快递一直没动"),
        ("寄到湘潭要几天", "寄到当地要几天"),
        ("能寄到西雅图吗", "能寄到当地吗"),
        ("发到鹿邑县多久", "发到当地多久"),
        ("湖北省武汉市的朋友也要", "朋友也要"),
        ("皖南那边包邮吗", "当地包邮吗"),
        ("我在慈溪那边买的", "我在当地买的"),
        ("苏州这几天下雨，杯子裂了", "当地这几天下雨，杯子裂了"),
        ("hi from turku, the lid is cracked", "the lid is cracked"),
        ("my brother in jyvaskyla says it arrived open", "my sibling in my country says it arrived open"),
        ("do you ship to ottignies", "do you ship to my country"),
        ("stuck in leipzig since monday", "stuck in my country since monday"),
        ("my leeds flat has no lift", "my local flat has no lift"),
        ("country: laos. the lid is cracked", "the lid is cracked"),
        ("芷江这边几天没动了", "当地几天没动了"),
        ("凤凰古城旁边的民宿要订单", "当地旁边的民宿要订单"),
        ("坦佩雷那边能买吗", "当地能买吗"),
        ("我妹妹在坦佩雷，说收到的是坏的", "说收到的是坏的"),
        ("我在曹县，能发吗", "我在当地，能发吗"),
        ("快递卡在普宁了", "快递卡在当地了"),
        ("福建人能买吗", "当地人能买吗"),
        ("我在London，能寄吗", "我在当地，能寄吗"),
        ("Our Aberystwyth branch said so", "Our local branch said so"),
        ("I grew up on the Isle of Wight", "I grew up on my country"),
        ("I am from Košice and the lid is cracked", "the lid is cracked"),
        ("My Polish neighbours love it", "My local neighbours love it"),
        ("As a Nigerian, I drink a lot of tea", "I drink a lot of tea"),
        ("我哥在London上班，杯子裂了", "我哥上班，杯子裂了"),
        ("能寄到洪都拉斯吗", "能寄到当地吗"),
        ("巢湖分店说不清楚", "当地分店说不清楚"),
        ("张晓梅这边问一下，杯子裂了", "杯子裂了"),
    ],
)
def test_a_place_that_no_answer_names_is_none_in_particular(text: str, read: str) -> None:
    assert impartial(text, places=KNOWN) == read


@pytest.mark.parametrize(
    "text",
    [
        "Do you ship to Norway?",
        "I'm in Britain, how much is shipping?",
        "Is the shop in Bristol open?",
        "my Osaka lamp leaks",
        "Reading the manual in March was nice",
        "how do I say that in French",
        "Is the manual in Polish",
        "my Chinese tea is stale",
        "Outraged is the word",
        "Third time this month",
        "Is the 静壶 made of glass?",
        "我坐在床边聊天",
        "能寄到新疆吗",
        "苏州的门店几点关门",
        "新疆大枣还有吗",
        "大理石花瓶裂了",
        "三明治还有吗",
        "包裹已经开封了能退吗",
        "壶盖裂了，上门取件吗",
        "my card is in my wallet",
        "im interested in cancelling",
        "got a text from swiftgull",
        "it broke in transit, im in tears",
        "lost a pillowcase in the launderette",
        "骂我住六楼没电梯",
        "壶盖让人扔了，单卖吗",
        "给我的东西不对",
        "现在回国定居了，能修吗",
        "我当时用的是京东白条",
        "客服这边说不行，顺丰那边也说不行",
    ],
)
def test_what_the_desk_knows_and_what_is_no_place_stays(text: str) -> None:
    assert impartial(text, places=KNOWN) == text


@pytest.mark.parametrize("text", ["Do you ship to Lagos?", "My cousin in Turku says it arrived open", "寄到湘潭要几天"])
def test_every_place_stays_where_nobody_knows_what_the_answers_name(text: str) -> None:
    assert impartial(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I live in Turku. Can you send it here?", "I live in Kettering. Can you send it here?"),
        ("I'm moving to Hong Kong next month. It leaks.", "I'm moving to Leeds next month. It leaks."),
        ("I'm stuck in Aberystwyth traffic. It leaks.", "I'm stuck in Valparaíso traffic. It leaks."),
        ("My Korean flatmate says hi. It leaks.", "My Somali flatmate says hi. It leaks."),
        ("我表哥在湘潭也买了同款", "我表哥在乌鲁木齐也买了同款"),
        ("我爸妈在沙坪坝，杯子裂了", "我爸妈在西雅图，杯子裂了"),
        ("地区：慈溪，杯子裂了", "地区：绵阳，杯子裂了"),
    ],
)
def test_two_places_are_read_alike(one: str, other: str) -> None:
    assert impartial(one, places=KNOWN) == impartial(other, places=KNOWN)


def test_other_names_of_a_country_are_known_with_it() -> None:
    assert {"uk", "britain", "england", "norway", "bristol", "新疆", "西藏", "苏州"} <= KNOWN
    assert places_of_answers(["Hello <NAME_1>, Thanks. We will look."]) == frozenset()


@pytest.mark.parametrize(
    "text",
    ["what is the capital of France", "Who is the president of the United States?", "法国的首都是哪里", "日本人口多少"],
)
def test_who_asks_about_a_place_itself_is_read_so(text: str) -> None:
    assert impartial(text, frozenset(), frozenset()) == text
