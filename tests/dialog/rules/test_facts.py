"""Facts fill what is said and veto what is not so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from replydesk.data.errors import RequestError, SettingsError
from replydesk.dialog.rules.facts import Fact, Facts
from replydesk.dialog.rules.quantities import even, quantities_of
from replydesk.dialog.rules.source import Source

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEXT = """
[[fact]]
entity = "shipping | delivery | 运费 | 配送"
attribute = "cost | price | fee | 价格 | 费用"
value = "4.90 EUR"
source = "tariff 2026"
[[fact]]
entity = "shipping"
attribute = "free from | 起免运费"
value = "50 EUR"
[[fact]]
entity = "shipping"
attribute = "time | 时效"
value = "3-5 working days"
[[fact]]
entity = "express | express shipping | 加急"
attribute = "cost | 价格"
value = "9.90 EUR"
[[fact]]
entity = "return | 退货"
attribute = "period | 期限"
value = "30 days"
[[fact]]
entity = "support | 客服"
attribute = "phone | call | 电话"
value = "020 7946 0958"
[[fact]]
entity = "support"
attribute = "hours | open | 时间"
value = "9:00-17:30"
[[fact]]
entity = "warranty | 保修"
attribute = "length"
value = "2 years"
[[fact]]
entity = "parcel | 包裹"
attribute = "weight | 重量"
value = "20 kg"
[[fact]]
entity = "sale | 促销"
attribute = "end"
value = "2026-12-24"
[[fact]]
entity = "tracking | 物流查询"
attribute = "page"
value = "https://track.example.com/"
[[fact]]
entity = "discount | 折扣"
attribute = "share"
value = "10%"
"""
FACTS = Facts.parse(Source.of(TEXT, "facts.toml"))


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Shipping costs 5 EUR.", "5 EUR"),
        ("Shipping costs 4.90 EUR.", ""),
        ("Shipping is €4,90.", ""),
        ("Shipping costs 4.90 USD.", "4.90 USD"),
        ("运费5元", "5元"),
        ("運費5元", "5元"),
        ("运费4.9欧元", ""),
        ("配送费用是五欧元。", "五欧元"),
        ("Shipping costs 4.90 EUR, free from 50 EUR.", ""),
        ("Shipping costs 4.90 EUR, free from 60 EUR.", "60 EUR"),
        ("Shipping is free.", "free"),
        ("Shipping is free from 50 EUR.", ""),
        ("Express shipping costs 9.90 EUR and shipping costs 4.90 EUR.", ""),
        ("Express shipping costs 4.90 EUR.", "4.90 EUR"),
        ("The cost of express shipping is 9.90 EUR and of delivery 4.90 EUR.", ""),
        ("If your order is over 60 EUR, shipping costs 4.90 EUR.", ""),
        ("5 EUR for shipping is what you pay.", "5 EUR"),
        ("Delivery takes 3 to 5 working days.", ""),
        ("Delivery takes four working days.", ""),
        ("Delivery takes 7 working days.", "7 working days"),
        ("配送需要两个工作日。", "两个工作日"),
        # What "it" is, the sentence before says; a thing that nothing is known of is no claim.
        ("Shipping is easy. It costs 5 EUR.", "5 EUR"),
        ("It is sent today. It costs 5 EUR.", ""),
        ("Shipping is easy. The lamp costs 50 EUR.", ""),
        ("You can return it within 30 days.", ""),
        ("You can return it within 6 weeks.", "6 weeks"),
        ("您可以在7天内退货。退货期限是7天。", "7天"),
        ("退货：请在三十天内寄回。", ""),
        ("Call support at 020 7946 0958.", ""),
        ("Call support at 020 7946 0999.", "020 7946 0999"),
        ("Support has your order 20794609999.", ""),
        ("Support is open from 9 am to 5 pm.", "9 am to 5 pm"),
        ("Support is open 9:00 to 17:30.", ""),
        ("客服时间是上午9:00至下午5:30。", ""),
        ("客服时间是10点到17点半。", "10点到17点半"),
        ("The warranty lasts 24 months.", ""),
        ("The warranty lasts one year.", "one year"),
        ("保修三年。", "三年"),
        ("The weight of a parcel is up to 20 kg.", ""),
        ("The weight of a parcel is up to 30 kg.", "30"),
        ("包裹重量不超过30kg", "30"),
        ("The sale ends on 24 December.", ""),
        ("The sale ends on Dec 31, 2026.", "dec 31, 2026"),
        ("促销到12月31日。", "12月31日"),
        ("See tracking at www.track.example.com.", ""),
        ("See tracking at https://evil.example.com/x.", "https://evil.example.com/x"),
        ("You get a discount of 15 percent.", "15 percent"),
        ("折扣是百分之十。", ""),
        ("The refund of order 1234 is on its way.", ""),
        # What stands before counts only right before, in the same clause.
        ("5元运费", "5元"),
        ("You pay 5 EUR, and delivery is by DHL.", ""),
        ("48小时内发照片，配送由我们安排。", ""),
        ("Standard takes 6 working days and shipping is by DHL.", ""),
        ("", ""),
    ],
)
def test_a_text_that_says_otherwise_is_vetoed(text: str, stated: str) -> None:
    found = FACTS.vetoes(text, AT)
    assert [one.stated.lower() for one in found][:1] == ([stated.lower()] if stated else [])
    for one in found:
        assert text[one.start : one.end].strip() == one.stated


def test_a_veto_names_the_fact_its_value_and_its_source() -> None:
    (one,) = FACTS.vetoes("Shipping costs 5 EUR.", AT)
    assert (one.fact, one.value, one.source) == ("shipping.cost", "4.90 EUR", "tariff 2026")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€1,234.50", [("money", 1234.5, 1234.5, "EUR")]),
        ("1.234,50 euros", [("money", 1234.5, 1234.5, "EUR")]),
        ("1,234 usd", [("money", 1234, 1234, "USD")]),
        ("一千二百三十四元", [("money", 1234, 1234, "CNY")]),
        ("两万五千块钱", [("money", 25000, 25000, "CNY")]),
        ("十二天", [("duration", 17280, 17280, "")]),
        ("between 3 and 5 hours", [("duration", 180, 300, "")]),
        ("two weeks", [("duration", 20160, 20160, "")]),
        ("2026年3月5日", [("date", 305, 305, "2026")]),
        ("5 march", [("date", 305, 305, "")]),
        ("下午3点半", [("time", 930, 930, "")]),
        ("12 am", [("time", 0, 0, "")]),
        ("3.5 kg", [("number", 3.5, 3.5, "kg")]),
        ("百分之五", [("share", 5, 5, "%")]),
        ("第一天", []),
        ("1" * 3000, []),
        ("一" * 3000, []),
    ],
)
def test_quantities_are_read_in_both_languages(text: str, expected: list[tuple[str, float, float, str]]) -> None:
    assert [(one.kind, one.low, one.high, one.unit) for one in quantities_of(even(text))] == expected


DATED = """
[[fact]]
entity = "shipping | 运费"
attribute = "cost"
value = "4.50 EUR"
valid_to = 2026-11-30
[[fact]]
entity = "shipping"
attribute = "cost"
value = "4.90 EUR"
valid_from = 2026-12-01
[[fact]]
entity = "greeting"
attribute = "word"
value = "Hello"
[[fact]]
entity = "greeting"
attribute = "word"
value = "您好"
language = "zh"
[[fact]]
entity = "sale"
attribute = "code"
value = "AUTUMN"
valid_to = "2026-10-31"
"""


def test_a_fact_counts_from_its_first_day_to_its_last() -> None:
    facts = Facts.parse(Source.of(DATED))
    first, last = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert facts.filled("{fact:shipping.cost}", last).text == "4.50 EUR"
    assert facts.filled("{fact:运费.cost}", first).text == "4.90 EUR"
    assert facts.vetoes("Shipping costs 4.90 EUR.", last) and not facts.vetoes("Shipping costs 4.90 EUR.", first)
    gone = facts.filled("{fact:sale.code}", AT)
    assert (gone.text, gone.missing) == ("", ("fact sale.code",))


def test_a_text_is_filled_in_the_language_or_not_at_all() -> None:
    facts = Facts.parse(Source.of(DATED))
    text = "{fact:greeting.word}, {{order}} {order}"
    assert facts.filled(text, AT, {"order": "7"}, "zh").text == "您好, {order} 7"
    assert facts.filled(text, AT, {"order": "7"}, "en").text == "Hello, {order} 7"
    assert facts.filled(text, AT, {}, "en").missing == ("slot order",)
    assert facts.filled("{hours:next}", AT, opening="Monday").text == "Monday"
    assert Facts.of((Fact("a", "b", "c", "zh"),)).filled("{fact:a.b}", AT, language="en").text == ""
    with pytest.raises(RequestError, match="no place"):
        facts.filled("{fact:greeting}", AT)


TWICE = '[[fact]]\nentity = "a"\nattribute = "b"\nvalue = "{}"\n{}\n'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (TWICE.format("1", "") + TWICE.format("2", ""), 9, "two values at once: 1 (line 1) and 2"),
        (TWICE.format("1", "valid_to = 2026-05-02") + TWICE.format("2", "valid_from = 2026-05-02"), 9, "at once"),
        (TWICE.format("1", "valid_from = 2026-05-02\nvalid_to = 2026-05-01"), 6, "before valid_from"),
        (TWICE.format("1", 'valid_to = "soon"'), 5, "no date"),
        (TWICE.format("1", 'language = "english"'), 5, "no language"),
        (TWICE.format("1", "until = 2026-05-01"), 5, "no key until"),
        ('[[fact]]\nentity = "a"\nvalue = "1"', 1, "no attribute"),
        ('[[fact]]\nentity = "a.b"\nattribute = "c"\nvalue = "1"', 2, "no dot"),
        ('[[fact]]\nentity = "a | "\nattribute = "c"\nvalue = "1"', 2, "empty name"),
        (TWICE.format("1", "").replace('"a"', '"a | x"') + TWICE.format("1", "").replace('"a"', '"x"'), 7, "name of a"),
        ("facts = 3", 1, "no key facts"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Facts.parse(Source.of(text, "facts.toml"))
    assert caught.value.where == f"facts.toml:{line}" and message in caught.value.message and caught.value.hint


def test_what_is_true_in_another_language_is_no_veto_and_no_excuse() -> None:
    facts = Facts.of((Fact("return", "window", "30 days", "en"), Fact("return", "window", "15天", "zh")))
    text = "You can return it within 15 days."
    assert facts.vetoes(text, AT, "en") and not facts.vetoes(text, AT, "zh") and not facts.vetoes(text, AT)
    # Where nothing is known in the language, what is known in another holds.
    assert facts.vetoes("You can return it within 20 days.", AT, "de")


@pytest.mark.parametrize("other", ["valid_from = 2026-05-02", 'language = "zh"'])
def test_other_periods_and_languages_may_have_other_values(other: str) -> None:
    Facts.parse(Source.of(TWICE.format("1", "valid_to = 2026-05-01") + TWICE.format("2", other)))


def test_a_csv_has_the_same_columns_and_tells_lines(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(
        "\ufeffentity,attribute,value,language,valid_from,valid_to,source\r\n"
        'shipping | 运费,cost,"4.90 EUR",,2026-01-01,,"a\r\nb"\r\n\r\nreturn,period,30 days,en,,,\r\n',
        encoding="utf-8",
    )
    facts = Facts.load(path)
    assert [(fact.key, fact.value, fact.line) for fact in facts.facts] == [
        ("shipping.cost", "4.90 EUR", 2),
        ("return.period", "30 days", 5),
    ]
    assert facts.facts[0].valid_from == date(2026, 1, 1) and facts.vetoes("运费5元", AT)
    path.write_text("entity,attribute,value\na,b,1\na,b,2,3\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"facts.csv:3"):
        Facts.load(path)
    path.write_text("entity,attribute,value,colour\na,b,1,red\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"no key colour.*facts.csv:2"):
        Facts.load(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        Facts.load(path)
    assert Facts.load(tmp_path / "none.toml") == Facts()
