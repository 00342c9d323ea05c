"""Lines: which thresholds a reply passed, by the values that its document tells."""

from __future__ import annotations

from typing import Any

import pytest

from replydesk.dialog.explain.lines import lines_of

LINES = {"pick_above": 0.6, "ask_above": 0.3, "out_of_scope_above": 0.5}


def document(*scores: float, out_of_scope: float = 0.1, intents: str = "abc") -> dict[str, Any]:
    hits = [
        {"ticket": str(i), "score": s, "intent": intent}
        for i, (s, intent) in enumerate(zip(scores, intents, strict=False))
    ]
    return {"hits": hits, "out_of_scope": out_of_scope}


@pytest.mark.parametrize(
    ("told", "passed"),
    [
        (document(0.9), {"out_of_scope_above": True, "pick_above": True, "ask_above": True}),
        (document(0.6), {"out_of_scope_above": True, "pick_above": True, "ask_above": True}),
        (document(0.4), {"out_of_scope_above": True, "pick_above": False, "ask_above": True}),
        (document(0.2), {"out_of_scope_above": True, "pick_above": False, "ask_above": False}),
        (document(0.9, out_of_scope=0.51), {"out_of_scope_above": False, "pick_above": True, "ask_above": True}),
        (
            document(0.9, 0.85),
            {"out_of_scope_above": True, "pick_above": True, "ask_above": True, "runner_up": False},
        ),
        (document(0.9, 0.7), {"out_of_scope_above": True, "pick_above": True, "ask_above": True, "runner_up": True}),
        # Two hits of one intent are no rivals, and neither is one below the threshold.
        (document(0.9, 0.85, intents="aa"), {"out_of_scope_above": True, "pick_above": True, "ask_above": True}),
        (document(0.62, 0.59), {"out_of_scope_above": True, "pick_above": True, "ask_above": True}),
    ],
)
def test_each_value_is_held_against_its_threshold(told: dict[str, Any], passed: dict[str, bool]) -> None:
    assert {line.name: line.passed for line in lines_of(told, LINES)} == passed


def test_nothing_reaches_a_threshold_that_there_is_not() -> None:
    found = lines_of(document(0.99), LINES | {"pick_above": None})
    assert [(line.wanted, line.passed) for line in found if line.name == "pick_above"] == [(None, False)]


def test_where_nothing_was_found_nothing_is_held_against_a_threshold() -> None:
    assert lines_of(document(), LINES) == ()
