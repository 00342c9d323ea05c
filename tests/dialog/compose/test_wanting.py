"""When a reply is composed: what the best hit, the hits together and the reading have to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replydesk.data.records import Ticket
from replydesk.dialog.compose.wanting import wants_composing
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.skills import Thresholds
from replydesk.retrieval.matcher import Hit

LINES = Thresholds(pick_above=0.7, ask_above=0.3, out_of_scope_above=0.5)
ONE = Reading("en", (Intent("a", 0.9),), 0.0, Mood("neutral", 1.0, 0.0), False)
TWO = replace(ONE, several=("a", "b"))


def hit(score: float, intent: str = "a", answer: str = "answer") -> Hit:
    return Hit(Ticket.make(f"q{score}{intent}", answer, intent=intent), 0.5, score)


@pytest.mark.parametrize(
    ("reading", "hits", "wanted"),
    [
        pytest.param(ONE, [hit(0.6), hit(0.5)], True, id="two together are sure enough"),
        pytest.param(ONE, [hit(0.6), hit(0.2)], False, id="the second is too unlikely"),
        pytest.param(ONE, [hit(0.4), hit(0.4)], False, id="two together are not"),
        pytest.param(ONE, [hit(0.4), hit(0.35), hit(0.34)], True, id="three together are"),
        pytest.param(ONE, [hit(0.6), hit(0.5, "b")], False, id="another intent is another answer"),
        pytest.param(ONE, [hit(0.6)], False, id="one alone"),
        pytest.param(ONE, [hit(0.7), hit(0.6)], False, id="the best is sure by itself"),
        pytest.param(ONE, [hit(0.29), hit(0.28)], False, id="below the line of asking"),
        pytest.param(ONE, [], False, id="nothing found"),
        pytest.param(ONE, [hit(0.6), hit(0.5, answer="Call <PHONE_1>.")], False, id="another customer's data"),
        pytest.param(ONE, [replace(hit(0.6), exact=True), hit(0.6)], False, id="the same question"),
        pytest.param(ONE, [replace(hit(0.6), compared=False), hit(0.6)], False, id="not compared"),
        pytest.param(replace(ONE, wants_person=True), [hit(0.6), hit(0.5)], False, id="wants a person"),
        pytest.param(replace(ONE, out_of_scope=0.6), [hit(0.6), hit(0.5)], False, id="out of scope"),
        pytest.param(TWO, [hit(0.2), hit(0.15, "b")], True, id="each of two parts has a hit"),
        pytest.param(TWO, [hit(0.9), hit(0.16, "b")], True, id="a sure answer to one part alone is not all"),
        pytest.param(TWO, [hit(0.6), hit(0.5)], False, id="one part has none"),
        pytest.param(TWO, [hit(0.6), hit(0.14, "b")], False, id="one part has an unlikely one"),
    ],
)
def test_composing_is_wanted_where_only_several_hits_cover_the_message(
    reading: Reading, hits: list[Hit], wanted: bool
) -> None:
    assert wants_composing(reading, hits, LINES) is wanted


@pytest.mark.parametrize(
    ("reading", "hits", "wanted"),
    [
        pytest.param(ONE, [hit(0.69), hit(0.68), hit(0.67)], False, id="together, which no evidence has judged"),
        pytest.param(TWO, [hit(0.6), hit(0.5, "b")], False, id="neither part is sure enough"),
        pytest.param(TWO, [hit(0.9), hit(0.69, "b")], False, id="one part is not"),
        pytest.param(TWO, [hit(0.9), hit(0.7, "b")], True, id="each part is"),
    ],
)
def test_what_is_composed_keeps_a_promise_too(reading: Reading, hits: list[Hit], wanted: bool) -> None:
    assert wants_composing(reading, hits, LINES, promised=True) is wanted
