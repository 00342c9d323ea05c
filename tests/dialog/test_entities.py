"""Entities: every kind in both languages with its value and its span, and what looks like one and is none."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from replydesk.data.quantities.numerals import number_of, plainly
from replydesk.dialog.entities import Entity, entities_of
from replydesk.dialog.entities.codes import s10_holds, ups_holds, usps_holds

# A Wednesday.
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def found(text: str, region: str = "GB") -> list[tuple[str, str]]:
    language = "en" if text.isascii() else "zh"
    entities = entities_of(text, language, NOW, region=region)
    for one in entities:
        assert text[one.start : one.end] == one.text
    assert all(one.end <= other.start for one, other in pairwise(entities))
    return [(one.kind, one.value) for one in entities]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is order TW-204817?", [("order", "TW-204817")]),
        ("my order number is 48213377", [("order", "48213377")]),
        ("it is #20948", [("order", "20948")]),
        ("112-4829103-9948210 has not come", [("order", "112-4829103-9948210")]),
        ("订单号：88213377 什么时候发货", [("order", "88213377")]),
        ("订单TW-204817没到", [("order", "TW-204817")]),
        ("202611250918273645 帮我查一下", [("order", "202611250918273645")]),
        ("tracking 1Z999AA10123456784 is stuck", [("tracking", "1Z999AA10123456784")]),
        ("RA473124829US has not moved", [("tracking", "RA473124829US")]),
        ("9400 1118 9922 3197 4284 97", [("tracking", "9400111899223197428497")]),
        ("the tracking number is 00340434161094015902", [("tracking", "00340434161094015902")]),
        ("快递单号SF1234567890123一直没更新", [("tracking", "SF1234567890123")]),
        ("运单号是 7712345678901", [("tracking", "7712345678901")]),
        ("it shows error 0x80070057", [("error", "0x80070057")]),
        ("error code: E-42 on the screen", [("error", "E-42")]),
        ("a 404 error again", [("error", "404")]),
        ("ERR_CONNECTION_REFUSED error", [("error", "ERR_CONNECTION_REFUSED")]),
        ("the washer says E4", [("error", "E4")]),
        ("洗衣机报错E21", [("error", "E21")]),
        ("错误代码：1007", [("error", "1007")]),
        ("the WH-1000XM4 will not pair", [("product", "WH-1000XM4")]),
        ("SKU 40213-BL please", [("product", "40213-BL")]),
        ("型号XJ200还有货吗", [("product", "XJ200")]),
        ("mail a.b@example.com", [("email", "a.b@example.com")]),
        ("see https://shop.example.com/faq.", [("url", "https://shop.example.com/faq")]),
        ("call 07911 123456 please", [("phone", "+447911123456")]),
        ("请打13800138000", [("phone", "+8613800138000")]),
        ("<PHONE_1> ordered <ORDER_2>", [("phone", "<PHONE_1>"), ("order", "<ORDER_2>")]),
        ("给<NAME_1>打电话", [("name", "<NAME_1>")]),
    ],
)
def test_codes_and_contacts(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 2026-11-03", "2026-11-03"),
        ("on 03/11/2026", "2026-11-03"),
        ("on 23/11/26", "2026-11-23"),
        ("on 3 Nov 2025", "2025-11-03"),
        ("on the 3rd of December", "2026-12-03"),
        ("by Jan 5th", "2027-01-05"),
        ("tomorrow please", "2026-11-26"),
        ("the day after tomorrow", "2026-11-27"),
        ("I paid yesterday", "2026-11-24"),
        ("next Friday", "2026-12-04"),
        ("this Friday", "2026-11-27"),
        ("last Friday", "2026-11-20"),
        ("last Wednesday", "2026-11-18"),
        ("will it come on Monday", "2026-11-30"),
        ("it was due on Monday", "2026-11-23"),
        ("next week", "2026-11-30/2026-12-06"),
        ("last month", "2026-10"),
        ("last year", "2025"),
        ("3 days ago", "2026-11-22"),
        ("in two weeks", "2026-12-09"),
        ("a month ago", "2026-10-25"),
        ("can you send it on the 28th", "2026-11-28"),
        ("it was sent on the 28th", "2026-10-28"),
        ("2026年11月3日", "2026-11-03"),
        ("11月3号下的单", "2026-11-03"),
        ("二〇二六年三月五日", "2026-03-05"),
        ("明年三月能到吗", "2027-03"),
        ("后天能到吗", "2026-11-27"),
        ("大后天", "2026-11-28"),
        ("前天买的", "2026-11-23"),
        ("上周三买的", "2026-11-18"),
        ("下周五之前", "2026-12-04"),
        ("下下周一", "2026-12-07"),
        ("这周日", "2026-11-29"),
        ("星期五送来", "2026-11-27"),
        ("周末能送吗", "2026-11-28/2026-11-29"),
        ("上个月买的", "2026-10"),
        ("下周", "2026-11-30/2026-12-06"),
        ("去年买的", "2025"),
        ("三天前下单", "2026-11-22"),
        ("两周后", "2026-12-09"),
        ("一个月前", "2026-10-25"),
        ("28号能到吗", "2026-11-28"),
        ("２０２６年１１月３日", "2026-11-03"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert [value for kind, value in found(text) if kind == "date"] == [expected]


def test_which_number_is_the_day_depends_on_the_region() -> None:
    assert found("03/04/2026") == [("date", "2026-04-03")]
    assert found("03/04/2026", region="US") == [("date", "2026-03-04")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 3pm", "15:00"), ("at 3:30 p.m.", "15:30"), ("by 15:45", "15:45"), ("12 am", "00:00"), ("12pm", "12:00"),
        ("at five o'clock", "05:00"), ("before noon", "12:00"), ("下午3点半", "15:30"), ("晚上八点", "20:00"),
        ("上午十点一刻", "10:15"), ("中午12点", "12:00"), ("早上9点20分", "09:20"), ("18：30", "18:30"),
    ],
)  # fmt: skip
def test_times(text: str, expected: str) -> None:
    assert found(text) == [("time", expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I paid $5", "5 USD"), ("5 EUR", "5 EUR"), ("£1,299.50", "1299.5 GBP"), ("a refund of 20 pounds", "20 GBP"),
        ("five dollars off", "5 USD"), ("100 yuan", "100 CNY"), ("HK$88", "88 HKD"), ("RMB 45", "45 CNY"),
        ("¥99.9", "99.9 CNY"), ("￥１２０", "120 CNY"), ("一百元", "100 CNY"), ("退我五块", "5 CNY"),
        ("五块五", "5.5 CNY"), ("三万五千块钱", "35000 CNY"), ("10美元", "10 USD"), ("两百欧元", "200 EUR"),
    ],
)  # fmt: skip
def test_amounts(text: str, expected: str) -> None:
    assert found(text) == [("amount", expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I need 3 boxes", "3"), ("qty: 2", "2"), ("two of them broke", "2"), ("a dozen bottles", "12"), ("x4", "4"),
        ("waiting 5 days", "5 day"), ("2.5 kg", "2.5 kg"), ("three working days", "3 day"), ("30cm", "30 cm"),
        ("三件衣服", "3"), ("买一个", "1"), ("两块蛋糕坏了", "2"), ("等了三天", "3 day"), ("5公斤", "5 kg"),
        ("七个工作日", "7 day"), ("两个小时", "2 hour"),
    ],
)  # fmt: skip
def test_quantities(text: str, expected: str) -> None:
    assert found(text) == [("quantity", expected)]


NOTHING = (
    "hello, can you help me", "my iPhone 15 pro does not charge", "Windows 11 is slow", "you may be right",
    "version 2.1.10 broke it", "24/7 support", "the sun was out and I sat down", "I love your USB-C cable",
    "a size 42 shoe", "in second place", "one of a kind", "COVID-19 rules", "UTF-8 text", "five stars",
    "the first floor",
    "I am number one", "march on", "an error occurred", "order now", "order please", "tracking does not work",
    "一个问题想问", "有点慢", "三点建议", "第三次了", "五星好评", "秒杀价", "元旦快乐", "元宵节",
    "一下就好", "万一坏了呢", "百分百满意", "订单呢", "快递单号是多少", "我要投诉", "十分感谢", "一直没到",
    "千万别取消",
    "两面都坏了", "一般般", "三楼客服", "号码错了", "出错了",
)  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_what_looks_like_an_entity_and_is_none(text: str) -> None:
    assert found(text) == []


def test_several_in_one_message_in_their_order() -> None:
    text = "Order TW-204817 was due last Friday at 3pm, I paid $45.50"
    assert found(text) == [
        ("order", "TW-204817"),
        ("date", "2026-11-20"),
        ("time", "15:00"),
        ("amount", "45.5 USD"),
    ]
    assert entities_of(text, "en", NOW)[0] == Entity("order", "TW-204817", "TW-204817", 6, 15)
    assert found("我的order TW-204817上周三paid 99.9元") == [
        ("order", "TW-204817"),
        ("date", "2026-11-18"),
        ("amount", "99.9 CNY"),
    ]


@pytest.mark.parametrize(
    ("holds", "right", "wrong"),
    [
        (ups_holds, "1Z999AA10123456784", "1Z999AA10123456783"),
        (ups_holds, "1Z12345E6605272234", "1Z12345E6605272235"),
        (s10_holds, "RA473124829US", "RA473124820US"),
        (s10_holds, "CC473124829US", "CC573124829US"),
        (usps_holds, "9400111899223197428497", "9400111899223197428498"),
    ],
)
def test_check_digits(holds: object, right: str, wrong: str) -> None:
    assert callable(holds)
    assert holds(right)
    assert not holds(wrong)


def test_a_parcel_number_with_a_wrong_digit_is_none_without_its_word() -> None:
    assert found("1Z999AA10123456783") == []
    assert found("my tracking number is 1Z999AA10123456783") == [("tracking", "1Z999AA10123456783")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"), ("1,299.50", "1299.5"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("一百零五", "105"),
        ("两百五", "250"), ("三千", "3000"), ("三万五", "35000"), ("一亿两千万", "120000000"), ("二〇二六", "2026"),
        ("five", "5"), ("a couple of", "2"), ("2k", "2000"),
    ],
)  # fmt: skip
def test_numerals(text: str, number: str) -> None:
    assert plainly(number_of(text)) == number


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="many"):
        number_of("many")
    assert plainly(Decimal("100")) == "100"


def test_every_message_is_read_in_much_less_than_a_millisecond() -> None:
    messages = [
        "Order TW-204817 was due last Friday at 3pm, I paid $45.50",
        "订单123456789012上周三下的，花了99.9元",
        *NOTHING,
    ]
    for text in messages:
        entities_of(text, "zh", NOW)
    began = time.process_time()
    for text in messages:
        entities_of(text, "zh", NOW)
    assert 1000 * (time.process_time() - began) / len(messages) < 2
    # No pattern may be slow on what was made to be.
    for hostile in ("1" * 4000, "a-" * 2000, "一" * 4000, "9,9" * 1300, "x " * 2000, "www." * 1000, "1月" * 2000):
        began = time.process_time()
        entities_of(hostile, "en", NOW)
        assert time.process_time() - began < 1, hostile[:10]
