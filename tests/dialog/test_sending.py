"""Sending: names go out of greetings and signatures; what else was masked keeps an answer from being sent."""

from __future__ import annotations

import doctest

import pytest

from replydesk.dialog import sending
from replydesk.dialog.sending import sendable


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ("It left us today.", "It left us today."),
        ("Is 3 < 4 and 5 > 2? Yes.", "Is 3 < 4 and 5 > 2? Yes."),
        ("Hi <NAME_1>, it left us today.", "Hi, it left us today."),
        ("Hi <NAME_1> <NAME_2>! It left us today.", "Hi! It left us today."),
        (
            "Dear Ms <NAME_1>,\nIt left us today.\n\nKind regards,\n<NAME_2>",
            "Hello,\nIt left us today.\n\nKind regards,",
        ),
        ("Thanks, <NAME_1>. It left us today. ^<NAME_2>", "Thanks. It left us today."),
        ("<NAME_1>, it left us today.", "it left us today."),
        ("Sorry about that, <NAME_1>!", "Sorry about that!"),
        ("This is <NAME_1> from Tidewick. It left us today.", "It left us today."),
        ("I’m <NAME_1>. Return it within 30 days.", "Return it within 30 days."),
        ("<NAME_1>女士您好，已经寄出。", "您好，已经寄出。"),
        ("您好<NAME_1>先生，已经寄出。", "您好，已经寄出。"),
        ("亲爱的<NAME_1>，已经寄出。", "尊敬的顾客，已经寄出。"),
        ("尊敬的<NAME_1>小姐：已经寄出。", "尊敬的顾客：已经寄出。"),
        ("我是客服<NAME_1>，已经寄出。", "已经寄出。"),
        ("已经寄出，<NAME_1>。", "已经寄出。"),
        ("已经寄出。\n<NAME_2>", "已经寄出。"),
    ],
)
def test_names_go_and_the_rest_stays(answer: str, sent: str) -> None:
    assert sendable(answer) == sent
    assert sendable(sent) == sent


@pytest.mark.parametrize(
    "answer",
    [
        "We called <PHONE_1>.",
        "Hi <NAME_1>, it goes to <ADDRESS_1>.",
        "<NAME_1> in our store has your parcel.",
        "Your parcel was signed for by <NAME_2> at noon.",
        "已寄到<ADDRESS_1>。",
        "由<NAME_1>签收。",
        "<NAME_1>",
    ],
)
def test_what_belongs_to_another_customer_is_not_sent(answer: str) -> None:
    assert sendable(answer) is None


def test_the_example_in_the_docstring_is_true() -> None:
    assert doctest.testmod(sending).failed == 0
