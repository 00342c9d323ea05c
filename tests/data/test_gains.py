"""Gains: what was taken, what was passed over, and what nobody may have read."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime, timedelta

import pytest

from replydesk.data import gains as module
from replydesk.data.gains import gains
from replydesk.data.records import SuggestionVerdict, TakenKind

ITEMS = [("a", "one two three four"), ("b", "退款五天到账"), ("c", "six seven"), ("d", "eight")]
NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


def verdict(ticket: str, kind: TakenKind, text: str = "", minutes: int = 0) -> SuggestionVerdict:
    return SuggestionVerdict(f"{ticket}{kind}{minutes}", "s", ticket, kind, text, at=NINE + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], [None, None, None, None]),
        # What stood above was passed over; below nobody may have looked.
        ([verdict("b", "accepted")], [0.0, 1.0, None, None]),
        ([verdict("b", "edited", "退款三天到账")], [0.0, 0.6, None, None]),
        ([verdict("c", "refused")], [None, None, 0.0, None]),
        ([verdict("c", "refused"), verdict("a", "edited", "one two")], [0.5, None, 0.0, None]),
        # What stands beside the list says nothing of it.
        ([verdict("d", "accepted")], [None, None, None, 1.0]),
        ([verdict("a", "accepted", minutes=1), verdict("a", "refused", minutes=2)], [0.0, None, None, None]),
        ([verdict("a", "refused", minutes=2), verdict("a", "accepted", minutes=3)], [1.0, None, None, None]),
    ],
)
def test_a_list_is_read_from_above(verdicts: list[SuggestionVerdict], expected: list[float | None]) -> None:
    assert gains(ITEMS, verdicts, beside="d") == expected


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0
