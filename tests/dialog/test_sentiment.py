"""Mood by words, in both languages, with what turns a word round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replydesk.data.settings import DialogSettings
from replydesk.dialog.sentiment import angrier, mood_of


@pytest.mark.parametrize(
    "text",
    [
        "This is ridiculous, my parcel is LOST",
        "not happy with the lamp",
        "I don't love it",
        "never again",
        "WHERE IS MY ORDER??",
        "太慢了，垃圾",
        "不满意",
        "不太满意",
        "不是很满意",
        "没有很满意",
        "快递丢了，气死我了",
        "什么破杯子😡",
        "怎么还没到？？？",
    ],
)
def test_negative(text: str) -> None:
    assert mood_of(text).label == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much, the lamp is lovely",
        "thanks!",
        "not bad at all",
        "nothing wrong, it wasn't broken",
        "太谢谢你们了",
        "很不错，喜欢",
        "没坏，挺好的，谢谢",
        "收到啦👍",
        "THANK YOU ALL SO MUCH!!!",
    ],
)
def test_positive(text: str) -> None:
    assert mood_of(text).label == "positive"


@pytest.mark.parametrize(
    "text",
    ["Do you ship to Malta?", "I want to see you later", "可以寄到澳门吗？", "", "lamp TW-1042", "好的", "我的ID是ABC"],
)
def test_neutral(text: str) -> None:
    mood = mood_of(text)
    assert (mood.label, mood.score) == ("neutral", 1.0)


def test_words_for_and_against_leave_it_open() -> None:
    assert mood_of("great lamp, terrible delivery").label == "neutral"
    assert mood_of("great lamp, terrible delivery").score == 0.5


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        ("it is broken", "it is broken, damaged, useless, the worst"),
        ("谢谢", "谢谢，很好，喜欢，太好了"),
    ],
)
def test_more_words_hold_more_strongly(weak: str, strong: str) -> None:
    assert mood_of(weak).score == pytest.approx(2 / 3)
    assert mood_of(strong).score == pytest.approx(5 / 6)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("urgent", 0.4),
        ("I need it today, urgently!", 0.8),
        ("NOW NOW NOW!!!", 1.0),
        ("马上要用，赶紧发货", 0.8),
        ("今天能发吗", 0.4),
        ("不急", 0.0),
        ("不着急，慢慢来", 0.0),
        ("no hurry", 0.0),
        ("Do you ship to Malta?", 0.0),
        ("可以寄到澳门吗？", 0.0),
    ],
)
def test_urgency(text: str, urgency: float) -> None:
    assert mood_of(text).urgency == pytest.approx(urgency)


@given(st.text(max_size=80))
def test_every_text_has_a_mood_within_bounds(text: str) -> None:
    mood = mood_of(text)
    assert mood.label in ("negative", "neutral", "positive")
    assert 0 <= mood.score <= 1
    assert 0 <= mood.urgency <= 1


ANGRY_ABOVE = DialogSettings().angry_above


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param("This is ridiculous, what a useless service", 0, 1, id="one angry message"),
        pytest.param("This is ridiculous, what a useless service", 1, 2, id="two in a row"),
        pytest.param("RIDICULOUS and USELESS, ANSWER me right now!!!", 0, 2, id="angry and urgent counts twice"),
        pytest.param("The lamp came broken", 1, 0, id="one such word is no anger, and ends the row"),
        pytest.param("The lamp came broken, I need it today, it is urgent", 1, 0, id="nor is one that hurries"),
        pytest.param("terrible, useless, but thank you, you are kind", 1, 0, id="kind words outweigh it"),
        pytest.param("ok", 1, 0, id="calm again"),
        pytest.param("太差劲了，什么垃圾客服", 0, 1, id="one angry message in Chinese"),
        pytest.param("气死我了，骗人的吧", 1, 2, id="two in a row in Chinese"),
        pytest.param("太离谱了，气死我了，马上给我处理，今天必须解决！！！", 0, 2, id="angry and urgent in Chinese"),
        pytest.param("杯子碎了，有点失望", 1, 0, id="mild in Chinese"),
    ],
)
def test_anger_is_counted_in_a_row(text: str, before: int, after: int) -> None:
    assert angrier(mood_of(text), before, ANGRY_ABOVE) == after


def test_anger_can_be_turned_off() -> None:
    assert angrier(mood_of("ridiculous useless terrible scam, answer me right NOW, NOW, NOW!!!"), 1, 1.0) == 0


def test_capitals_of_a_code_are_not_shouted() -> None:
    assert mood_of("My LAMP is refused, code SAVE-BIG-TWENTY").urgency == 0
    assert mood_of("My LAMP DID NOT arrive").urgency == mood_of("我的LAMP没到，TELL HIM吗").urgency == 0.3
