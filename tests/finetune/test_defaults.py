"""The recipe that nobody named: for few messages where most labels have few, however many the largest ones have."""

from __future__ import annotations

import pytest

from replydesk.finetune.defaults import FEWEST, recipe_for, usual_messages
from replydesk.finetune.evaluation.chinese import in_chinese
from replydesk.finetune.recipe import Recipe


def labels(*sizes: int) -> list[str]:
    return [f"intent {place}" for place, size in enumerate(sizes) for _ in range(size)]


# A few labels have nearly all messages: a mean of ten says nothing of the others.
TAIL = labels(*(3,) * 40, *(50,) * 10)


def test_a_few_large_labels_do_not_make_the_others_large() -> None:
    assert usual_messages(TAIL) == 3 and len(TAIL) / 50 > 10
    assert usual_messages(labels(2, 4)) == 3 and usual_messages([]) == 0


@pytest.mark.parametrize(
    ("given", "tunable", "said"),
    [
        (TAIL, True, True),
        (labels(*(4,) * 30), True, True),
        (TAIL, False, False),
        (labels(*(5,) * 30), True, False),
        (labels(*(3,) * 20, *(50,) * 30), True, False),
        (labels(*(4,) * (FEWEST // 4 - 1)), True, False),
        ([], True, False),
    ],
)
def test_where_labels_usually_have_few_messages_that_is_said(given: list[str], tunable: bool, said: bool) -> None:
    recipe, told = recipe_for(given, tunable=tunable)
    assert (recipe.name, bool(told)) == ("quick", said)


@pytest.mark.parametrize(("name", "advised"), [("quick", True), ("full", True), ("few-shot", False)])
def test_what_somebody_named_is_taken_and_what_speaks_against_it_is_said(name: str, advised: bool) -> None:
    named = Recipe.find(name)
    recipe, said = recipe_for(TAIL, named)
    assert recipe is named
    assert said == "Half of the labels have 3 messages or fewer: the recipe few-shot is made for so few." * advised
    assert recipe_for(labels(*(5,) * 30), named) == (named, "")


def test_what_is_said_is_said_in_chinese_too() -> None:
    assert in_chinese(recipe_for(TAIL)[1]).startswith("有一半的标签不超过 3 条消息：配方 few-shot ")
