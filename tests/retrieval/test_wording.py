"""Wording: what is kept of texts to compare them with, made for many answers as for each alone."""

from __future__ import annotations

import pytest

from replydesk.data.duplicates import THRESHOLD, likeness
from replydesk.retrieval.wording import AnswerShape

ANSWERS = [
    "Please send it back within 14 days, we pay for the postage.",
    "Please send it back within 14 days; we pay for the postage!",
    "Please send it back within 30 days, we pay for the postage.",
    "请在14天内寄回，运费由我们承担。",
    "请在14天内寄回，运费由我们承担哦。",
    "请在30天内寄回，运费由我们承担。",
    "",
    "?",
    "OK",
]


def test_shapes_made_together_are_those_made_alone() -> None:
    assert AnswerShape.of(ANSWERS) == [AnswerShape.of([answer])[0] for answer in ANSWERS]
    assert AnswerShape.of([]) == []


@pytest.mark.parametrize("one", ANSWERS)
@pytest.mark.parametrize("other", ANSWERS)
def test_shapes_are_alike_where_the_answers_are_near_duplicates(one: str, other: str) -> None:
    first, second = AnswerShape.of([one, other])
    assert first.like(second) == (likeness(one, other) >= THRESHOLD)
