"""Slots: filled where all are known, never sent empty."""

from __future__ import annotations

import pytest

from replydesk.dialog.compose.slots import filled, slots_of


@pytest.mark.parametrize(
    ("text", "slots", "expected"),
    [
        ("Your order {order}.", {"order": "TW-1"}, "Your order TW-1."),
        ("您的订单{订单号}。", {"订单号": "TW-1"}, "您的订单TW-1。"),
        ("{{ ticket.id }} and {{order}}", {"ticket.id": "7", "order": "TW-1"}, "7 and TW-1"),
        ("Your order {order}, {name}.", {"order": "TW-1"}, None),
        ("Your order {order}.", {"order": " "}, None),
        ("No slot, {1} and {} stay.", {}, "No slot, {1} and {} stay."),
        ("{order}", {"order": "{name}"}, "{name}"),
    ],
)
def test_a_slot_is_filled_or_nothing_is_sent(text: str, slots: dict[str, str], expected: str | None) -> None:
    assert filled(text, slots) == expected


def test_slots_are_named_once_in_their_order() -> None:
    assert slots_of("{b} {{a}} {b}") == ("b", "a")
