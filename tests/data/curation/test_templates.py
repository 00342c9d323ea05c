"""Templates: slots for what changes from case to case, and the text that answers share."""

from __future__ import annotations

import doctest
import random
import time

import pytest

from replydesk.data.curation import templates as module
from replydesk.data.curation.templates import slot_form, template_text, wordy


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ("Hello Mary-Ann O'Neil, thanks.", "Hello {}, thanks."),
        ("Hi there, we ship on Monday.", "Hi there, we ship on {}."),
        ("Write to <EMAIL_1> or me@shop.example, see www.shop.example/a?b=1", "Write to {} or {}, see {}"),
        (
            "Your refund of £12.50 (10%) is on its way. Regards, Tom",
            "Your refund of {} ({}) is on its way. Regards, {}",
        ),
        ("It works. -Becky", "It works. -{}"),
        ("李女士：您的退款￥12.5已退回。", "{}女士：您的退款￥{}已退回。"),
        ("请发邮件到me@shop.example或致电<PHONE_1>。", "请发邮件到{}或致电{}。"),
        ("请在3天内退回TW-204817", "请在{}天内退回{}"),
        ("Please wait.", "Please wait."),
        ("", ""),
    ],
)
def test_what_changes_is_a_slot(answer: str, form: str) -> None:
    assert slot_form(answer) == form


@pytest.mark.parametrize(
    ("answer", "enough"),
    [
        ("We will send another one tomorrow", True),
        ("You're welcome!", False),
        ("12345 67 89 10 11", False),
        ("很抱歉给您添了很多的麻烦", True),
        ("不客气", False),
    ],
)
def test_a_template_has_words_enough(answer: str, enough: bool) -> None:
    assert wordy(answer) is enough


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (["Return it within 30 days, Ana.", "Return it within 30 days, Bo."], "Return it within 30 days, {1}."),
        (
            ["The duvet is back in May.", "The king size robe is back in May.", "The lamp is back in June."],
            "The {1} is back in {2}.",
        ),
        (["您的水壶明天发货。", "您的浴袍明天发货。", "您的蓝色台灯明天发货。"], "您的{1}明天发货。"),
        (["same", "same"], "same"),
        ([], ""),
    ],
)
def test_what_answers_share_is_shown(answers: list[str], text: str) -> None:
    assert template_text(answers) == text
    for seed in range(5):
        assert template_text(random.Random(seed).sample(answers, len(answers))) == text


@pytest.mark.parametrize("character", ["a", "1", "@", "我", "-", "a@", "a-", ".", " "])
def test_no_text_takes_long(character: str) -> None:
    began = time.process_time()
    slot_form(character * 100_000)
    template_text([character * 3000, f"{character * 3000}!", f"b{character * 3000}"])
    assert time.process_time() - began < 5
