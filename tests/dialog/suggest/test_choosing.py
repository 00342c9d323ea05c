"""Choosing: what fits and says something else, and the odds with which each answer is shown."""

from __future__ import annotations

from collections import Counter

import pytest

from replydesk.dialog.suggest.choosing import Chosen, Wording, chosen, different, explored

TEXTS = (
    "Refunds reach your card in five working days.",
    "Refunds reach your card in five working days!",
    "Please send us a photo of the damage.",
    "退款五个工作日内退回原卡。",
    "请拍一张破损照片发给我们。",
)
WORDINGS = Wording.of(TEXTS, ("",) * len(TEXTS))


def test_the_best_comes_first_and_nothing_is_said_twice() -> None:
    assert chosen([0.9, 0.89, 0.3, 0.2, 0.1], WORDINGS, 3) == [0, 2, 3]
    assert chosen([0.9, 0.89], WORDINGS[:2], 3) == [0]
    assert chosen([], [], 3) == []


def test_likeness_costs_a_place() -> None:
    texts = ("one two three four five", "one two three six seven", "eight nine ten")
    wordings = Wording.of(texts, ("", "", ""))
    assert wordings[0].likeness(wordings[1]) == pytest.approx(3 / 7)
    # .7 x .5 - .3 x 3/7 is less than .7 x .4.
    assert chosen([0.9, 0.5, 0.4], wordings, 2) == [0, 2]
    assert chosen([0.9, 0.7, 0.4], wordings, 2) == [0, 1]


def test_answers_of_one_template_are_one_answer() -> None:
    texts = ("Your order TW-1 left on Monday, thanks for waiting.", "Order TW-2: gone.")
    assert different(1, [0], Wording.of(texts, ("", "")))
    assert not different(1, [0], Wording.of(texts, ("t", "t")))


def test_a_place_is_given_away_as_often_as_is_said() -> None:
    found, size = [0, 2], 4000
    shown = [explored(found, WORDINGS, 0.2, str(n)) for n in range(size)]
    share = sum(any(one.explored for one in row) for row in shown) / size
    assert share == pytest.approx(0.2, abs=0.02)
    places = Counter(place for row in shown for place, one in enumerate(row) if one.explored)
    assert places[0] == pytest.approx(places[1], rel=0.2)
    # Two say something else than what is chosen: each is shown at a place with .2 / (2 * 2).
    odds = {one.propensity for row in shown for one in row if one.explored}
    assert odds == {0.05}
    drawn = Counter(one.place for row in shown for one in row if one.explored)
    assert set(drawn) == {3, 4}
    assert {one.propensity for row in shown for one in row if not one.explored} == {0.9}


def test_the_same_request_draws_the_same() -> None:
    rows = [explored([0, 2], WORDINGS, 0.5, "r-7") for _ in range(3)]
    assert rows[0] == rows[1] == rows[2]


def test_without_anything_further_down_nothing_is_given_away() -> None:
    assert explored([0, 2], WORDINGS[:3], 1.0, "r") == [Chosen(0), Chosen(2)]
    assert explored([0, 2], WORDINGS, 0.0, "r") == [Chosen(0), Chosen(2)]
    assert explored([], [], 1.0, "r") == []
