"""Days that a form is told, as its question looks back or ahead. It is Thursday, 26 November 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from replydesk.dialog.cues import plain
from replydesk.dialog.days import Moment, Tense, day_in, tense_of

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
MOMENTS = {"en": Moment(NOW), "zh": Moment(NOW, "CN", "zh"), "US": Moment(NOW, "US")}


@pytest.mark.parametrize(
    ("place", "tense", "day", "texts"),
    [
        ("en", "past", "2026-11-25", "yesterday evening i think|last night|wed|on wednesday|25/11|25.11.|the 25th"),
        ("en", "past", "2026-11-25", "Wed 25 November|not today, yesterday|today, no sorry, yesterday"),
        ("en", "past", "2026-11-26", "this morning|just now|an hour ago|ten minutes ago|earlier today"),
        ("en", "past", "2026-11-20", "Friday|fri|on the 20th|6 days ago|last friday"),
        ("en", "past", "2025-12-03", "3 December|3/12"),
        ("en", "past", "", "a while back i guess|last week|some time in may|on Monday or Tuesday|£3.50|at 3.30pm"),
        ("en", "future", "2026-11-27", "Friday|tomorrow|fri please"),
        ("en", "future", "2026-12-04", "next Friday|4/12|Friday 4 December|4 December until 6 December"),
        ("en", "future", "2027-08-01", "1 August"),
        ("US", "future", "2026-12-04", "12/4|12-4"),
        ("zh", "past", "2026-11-24", "好像是前天|两天前|24号|11月24号|11/24|不是昨天，是前天|昨天，不对，前天|周二"),
        ("zh", "past", "2026-11-26", "就今天早上|今早|刚才|刚刚丢的|两个小时前"),
        ("zh", "past", "", "很久了|记不清了|上个月|前几天"),
        ("zh", "future", "2026-12-04", "下周五吧|12月4号|说错了，是12月4号|12.4|下星期五|4号"),
        ("zh", "future", "2026-12-03", "改到12月3号|12月3日到5日|說錯了，3号"),
    ],
)  # fmt: skip
def test_what_was_asked_for(place: str, tense: Tense, day: str, texts: str) -> None:
    found = {text: day_in(plain(text), tense, MOMENTS[place], asked=True) for text in texts.split("|")}
    assert found == dict.fromkeys(texts.split("|"), day)


@pytest.mark.parametrize(
    ("tense", "text", "day"),
    [
        ("past", "my phone was stolen two days ago on the bus", "2026-11-24"),
        ("", "昨天信用卡掉了，要挂失", "2026-11-25"),
        ("future", "I ordered it on Monday, please change the delivery date", ""),
        ("past", "my bill is due tomorrow", ""),
        ("future", "昨天下的单，想改日期", ""),
    ],
)
def test_what_was_not_asked_for_must_be_a_day_that_the_question_can_mean(tense: Tense, text: str, day: str) -> None:
    assert day_in(plain(text), tense, MOMENTS["en"], asked=False) == day


@pytest.mark.parametrize(
    ("ask", "tense"),
    [
        ("On which day did it happen?", "past"), ("When would you like us to come?", "future"), ("Which day?", ""),
        ("请问是哪天丢的？", "past"), ("请问改到哪一天入住？", "future"), ("什么时候下单的？", "past"), ("哪天？", ""),
    ],
)  # fmt: skip
def test_the_tense_of_a_question(ask: str, tense: Tense) -> None:
    assert tense_of({"": ask}) == tense


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("the twentieth of november", "2026-11-20"),
        ("it was November the third", "2026-11-03"),
        ("on the twenty-first of October", "2026-10-21"),
        ("the second of these", ""),
        ("the second may be broken", ""),
        ("fourteenth november i think", "2026-11-14"),
        ("the fifth of may", "2026-05-05"),
    ],
)
def test_a_day_in_words_is_a_day(text: str, day: str) -> None:
    assert day_in(text, "past", MOMENTS["en"], asked=True) == day
