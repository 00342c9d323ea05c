"""Boilerplate: what says nothing by itself is known in both languages, and nothing that answers is taken for it."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from replydesk.data.curation import boilerplate as module
from replydesk.data.curation.boilerplate import LINK, boilerplate

LINES = [
    (line[0] == "-", line[2:])
    for line in (Path(__file__).parent / "boilerplate.txt").read_text(encoding="utf-8").splitlines()
    if line[:2] in ("- ", "+ ")
]


def chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_labelled_answers_are_many_in_both_languages() -> None:
    assert len(LINES) >= 120
    assert 60 <= sum(chinese(text) for _, text in LINES) <= len(LINES) - 60


@pytest.mark.parametrize("answer", [text for empty, text in LINES if not empty])
def test_an_answer_that_says_something_is_never_withheld(answer: str) -> None:
    assert boilerplate(answer) == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nine_in_ten_that_say_nothing_are_known(language: str) -> None:
    empty = [text for is_empty, text in LINES if is_empty and chinese(text) == (language == "zh")]
    missed = [text for text in empty if not boilerplate(text)]
    assert len(missed) <= 0.1 * len(empty), missed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Hi Ana, please DM us your order number.", "asks to write privately"),
        ("您好，请私信订单号。", "asks to write privately"),
        ("请点击链接联系人工客服", "asks to write elsewhere"),
        ("One moment please.", "only asks to wait"),
        ("亲，请稍等。", "only asks to wait"),
        ("We have received your message.", "only acknowledges"),
        ("收到。", "only acknowledges"),
        ("How can I help?", "only asks what it is about"),
        ("请问有什么可以帮您？", "only asks what it is about"),
        ("Thank you, have a nice day!", "only thanks or takes leave"),
        ("不客气", "only thanks or takes leave"),
        ("Good morning!", "only greets"),
        ("您好", "only greets"),
        ("https://t.co/abc", LINK),
        ("😀", LINK),
    ],
)
def test_the_reason_is_the_gravest_move(answer: str, reason: str) -> None:
    assert boilerplate(answer) == reason


@pytest.mark.parametrize("length", [100, 10_000])
def test_a_long_text_costs_little(length: int) -> None:
    assert boilerplate("please " * length + "请" * length) in ("", "only acknowledges")
