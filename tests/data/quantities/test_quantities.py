"""Quantities: numbers, measures, dates and times in two languages, and that all who read them read the same."""

from __future__ import annotations

import doctest
import re
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType

import pytest

from replydesk.data.curation.facts import facts
from replydesk.data.quantities import clock, dates, measures, numerals, spelled, times, units
from replydesk.data.quantities.dates import written_dates
from replydesk.data.quantities.measures import measures as measures_of
from replydesk.data.quantities.numerals import ENGLISH, number_of, plainly
from replydesk.data.quantities.spelled import in_digits
from replydesk.data.quantities.times import clock_times
from replydesk.dialog.compose.claims import claims_of
from replydesk.dialog.entities import entities_of
from replydesk.dialog.rules.quantities import even, quantities_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize("module", [clock, dates, measures, numerals, spelled, times, units])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,299.00", "1299"), ("1.299,00", "1299"), ("1,299", "1299"), ("1.299", "1.299"),
        ("1.299.000,50", "1299000.5"),
        ("4,90", "4.9"), ("0.125", "0.125"), ("2k", "2000"), ("3万", "30000"), ("1.5万", "15000"), ("2 千", "2000"),
        ("two dozen", "24"), ("half a dozen", "6"), ("a dozen", "12"), ("a couple of", "2"), ("twenty-four", "24"),
        ("Two Hundred and fifty", "250"), ("a hundred", "100"), ("one thousand two hundred", "1200"),
        ("two million five hundred thousand", "2500000"), ("nineteen", "19"), ("half", "0.5"),
        ("半", "0.5"), ("两千零五十", "2050"), ("一百二", "120"), ("三万五", "35000"), ("三千五", "3500"),
        ("两百五", "250"), ("一万零五", "10005"), ("一亿两千万", "120000000"), ("二〇二六", "2026"), ("十五", "15"),
        ("一億", "100000000"), ("兩萬", "20000"),
    ],
)  # fmt: skip
def test_numbers(text: str, number: str) -> None:
    assert plainly(number_of(text)) == number


@pytest.mark.parametrize("text", ["many", "two three", "and", "", "三x", "1.2.3.4k5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        number_of(text)


MEASURES = [
    ("$5", "5", "5", "USD"), ("5$", "5", "5", "USD"), ("HK$88", "88", "88", "HKD"), ("RMB 45", "45", "45", "CNY"),
    ("¥120元", "120", "120", "CNY"),
    ("£1,299.00", "1299", "1299", "GBP"), ("1.299,00 EUR", "1299", "1299", "EUR"), ("€4,90", "4.9", "4.9", "EUR"),
    ("1.299 EUR", "1299", "1299", "EUR"), ("twenty dollars", "20", "20", "USD"),
    ("a hundred euros", "100", "100", "EUR"),
    ("$5-10", "5", "10", "USD"), ("5 to 10 pounds", "5", "10", "GBP"),
    ("三万五元", "35000", "35000", "CNY"), ("一百二块钱", "120", "120", "CNY"), ("十五块五", "15.5", "15.5", "CNY"),
    ("两千零五十元", "2050", "2050", "CNY"), ("五块", "5", "5", "CNY"), ("100多元", "100", "100", "CNY"),
    ("3万元", "30000", "30000", "CNY"), ("两百欧元", "200", "200", "EUR"), ("100日元", "100", "100", "JPY"),
    ("3-5 working days", "3", "5", "working day"), ("five business days", "5", "5", "working day"),
    ("between 3 and 5 hours", "3", "5", "hour"), ("3 or 4 days", "3", "4", "day"),
    ("half an hour", "0.5", "0.5", "hour"),
    ("two and a half years", "2.5", "2.5", "year"), ("a couple of days", "2", "2", "day"),
    ("30-day", "30", "30", "day"), ("two dozen weeks", "24", "24", "week"), ("twenty-four hours", "24", "24", "hour"),
    ("3至5个工作日", "3", "5", "working day"), ("两到三天", "2", "3", "day"), ("三四天", "3", "4", "day"),
    ("半小时", "0.5", "0.5", "hour"), ("半个月", "0.5", "0.5", "month"), ("两个半小时", "2.5", "2.5", "hour"),
    ("三天半", "3.5", "3.5", "day"), ("十分钟", "10", "10", "minute"),
    ("300 seconds", "300", "300", "second"), ("二十四小时", "24", "24", "hour"),
    ("七個工作日", "7", "7", "working day"), ("一年", "1", "1", "year"), ("15日内", "15", "15", "day"),
    ("2.5 kg", "2.5", "2.5", "kg"), ("5公斤", "5", "5", "kg"), ("三十厘米", "30", "30", "cm"),
    ("5%", "5", "5", "%"), ("百分之五", "5", "5", "%"), ("ten percent", "10", "10", "%"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high", "unit"), MEASURES)
def test_all_who_read_measures_read_the_same(text: str, low: str, high: str, unit: str) -> None:
    ends = Decimal(low), Decimal(high)
    (one,) = measures_of(text)
    assert (one.low, one.high, one.unit.name) == (*ends, unit)
    told, kind = one.unit.told, one.unit.kind

    claims = [(Decimal(claim.value.split()[0]), claim.unit) for claim in claims_of(text)]
    assert claims == [(end, told) for end in dict.fromkeys(ends)]

    if ends[1] < 10_000:
        # Five digits make a sentence one about a single case.
        (fact,) = [fact for fact in facts(f"It is {text}") if fact.kind not in ("can", "answer")]
        assert (fact.low, fact.high, fact.kind) == (*map(float, ends), told)

    if kind != "share":
        (entity,) = entities_of(text, "zh", NOW)
        number = "-".join(dict.fromkeys((low, high)))
        assert (entity.kind, entity.value) == (
            "amount" if kind == "money" else "quantity",
            f"{number} {'day' if unit == 'working day' else unit}",
        )

    (quantity,) = quantities_of(even(text.lower()))
    size = {"year": 12, "month": 1, "working day": 1}.get(unit, one.unit.seconds / 60 or 1)
    assert (quantity.low, quantity.high) == (size * float(low), size * float(high))


@pytest.mark.parametrize(
    "text",
    ["两块蛋糕", "第三天", "2026年", "三点建议", "TW-204 days", "周三天气好", "元旦", "十分感谢", "in second place"],
)
def test_what_looks_like_a_measure_and_is_none(text: str) -> None:
    assert list(measures_of(text)) == []


def test_of_a_sign_and_a_unit_the_sign_says_what_it_is_and_pounds_may_weigh() -> None:
    def read(text: str) -> list[tuple[str, str]]:
        return [(text[one.start : one.end], one.unit.name) for one in measures_of(text)]

    assert read("$5 a day or $20 30 days") == [("$5", "USD"), ("$20", "USD"), ("30 days", "day")]
    assert read("$20 or 10% off") == [("$20", "USD"), ("10%", "%")]
    assert read("it weighs 5 pounds, costs 5 pounds") == [("5 pounds", "lb"), ("5 pounds", "lb")]
    assert read("it costs 5 pounds") == [("5 pounds", "GBP")]


DATES = [
    ("2026-05-03", "2026-05-03"), ("3 May 2026", "2026-05-03"), ("May 3rd, 2026", "2026-05-03"),
    ("the 3rd of May 2026", "2026-05-03"), ("2026年5月3日", "2026-05-03"), ("二〇二六年五月三号", "2026-05-03"),
    ("2026 年 5 月 3 日", "2026-05-03"), ("Sept 3, 2026", "2026-09-03"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DATES)
def test_all_who_read_dates_read_the_same(text: str, day: str) -> None:
    (date,) = written_dates(text)
    assert f"{date.year}-{date.month:02}-{date.day:02}" == day
    assert [claim.value for claim in claims_of(text)] == [day]
    assert [one.value for one in entities_of(text, "en", NOW)] == [day]
    (quantity,) = quantities_of(even(text.lower()))
    assert (quantity.unit, quantity.low) == (day[:4], 100 * int(day[5:7]) + int(day[8:]))


@pytest.mark.parametrize(
    ("text", "told"),
    [("on 2 may we moved", [(5, 2)]), ("2 may be missing", []), ("三个月", []), ("5月", [(5, 0)]), ("13月3日", [])],
)
def test_months_are_told_from_other_words(text: str, told: list[tuple[int, int]]) -> None:
    assert [(one.month, one.day) for one in written_dates(text)] == told


TIMES = [
    ("3pm", "15:00"), ("3:30 p.m.", "15:30"), ("15:45", "15:45"), ("12 am", "00:00"), ("12:30pm", "12:30"),
    ("half past two", "02:30"), ("quarter to three pm", "14:45"), ("five o'clock", "05:00"), ("下午3点半", "15:30"),
    ("下午3:30", "15:30"), ("晚上八点", "20:00"), ("晚上12点", "00:00"), ("中午1点", "13:00"),
    ("上午十点一刻", "10:15"),
    ("十点二十分", "10:20"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "time"), TIMES)
def test_all_who_read_times_read_the_same(text: str, time: str) -> None:
    (one,) = clock_times(text)
    assert f"{one.hour:02}:{one.minute:02}" == time
    assert [claim.value for claim in claims_of(text)] == [f"{one.hour}:{one.minute:02}"]
    assert [entity.value for entity in entities_of(text, "en", NOW)] == [time]
    assert [quantity.low for quantity in quantities_of(even(text.lower()))] == [60 * one.hour + one.minute]


@pytest.mark.parametrize("text", ["三点建议", "点击5点击", "24/7", "in time"])
def test_what_looks_like_a_time_and_is_none(text: str) -> None:
    assert list(clock_times(text)) == []


@pytest.mark.parametrize(
    ("text", "told", "measured", "every"),
    [
        ("two eggs in three days", "2 eggs in 3 days", "two eggs in 3 days", "2 eggs in 3 days"),
        ("no one, one day", "no one, 1 day", "no one, 1 day", "no 1, 1 day"),
        ("三四天，三人", "3-4天,三人", "3-4天,三人", "3-4天,3人"),
        ("三万五元", "35000元", "35000元", "35000元"),
        ("百分之三十", "30%", "30%", "30%"),
    ],
)
def test_numbers_in_words_become_digits(text: str, told: str, measured: str, every: str) -> None:
    assert (in_digits(text), in_digits(text, "measured"), in_digits(text, "every")) == (told, measured, every)


SMALL = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
LARGE = "half a dozen|a couple of|a hundred|A Thousand|a million|Two dozen|TWENTY-ONE"


@pytest.mark.parametrize("said", f"{SMALL}|{LARGE}".split("|"))
def test_every_number_word_is_found_whatever_it_begins_with(said: str) -> None:
    found = re.compile(rf"\b{ENGLISH}", re.IGNORECASE).findall(f"tone {said} attention someone off")
    assert found == [said]
