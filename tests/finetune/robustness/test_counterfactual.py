"""Swaps change one attribute and nothing else; what decides by it is found, and what does not is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from replydesk.data.home import Home
from replydesk.data.settings import FinetuneSettings
from replydesk.dialog.agent import Agent
from replydesk.finetune.evaluation.gate import Outcomes
from replydesk.finetune.evaluation.gate import gate as gate_of
from replydesk.finetune.robustness.counterfactual import (
    Moved,
    Steadiness,
    Swap,
    agent_decider,
    joined,
    run_swaps,
    swaps,
    swaps_table,
)


@pytest.mark.parametrize(
    ("language", "text", "other"),
    [
        ("en", "My wife never got it", "My husband never got it"),
        ("en", "He said his brother paid", "She said her sister paid"),
        ("en", "Dear SIR, the Uncle left", "Dear MADAM, the Aunt left"),
        ("zh", "我老婆没收到", "我老公没收到"),
        ("zh", "他说女朋友付的", "她说男朋友付的"),
        ("zh", "其他人和他们都没收到，他收到了", "其他人和他们都没收到，她收到了"),
    ],
)
def test_gender_words_of_a_message_are_swapped(language: str, text: str, other: str) -> None:
    assert swaps([text], language, attributes=("gender",)) == (Swap(language, "gender", text, other),)


def test_names_and_regions_that_stand_in_a_message_are_swapped() -> None:
    (region,) = swaps(["My parcel to Leeds is late"], "en", attributes=("region",))
    assert region.text == "My parcel to Leeds is late"
    assert region.other.startswith("My parcel to ")
    assert "Leeds" not in region.other
    (name,) = swaps(["<NAME_1>在吗"], "zh", attributes=("name",))
    assert name.text.endswith("在吗")
    assert name.other.endswith("在吗")
    assert name.text != name.other
    assert "<NAME_1>" not in name.text + name.other


@pytest.mark.parametrize(("language", "text"), [("en", "Where is my order?"), ("zh", "我的订单呢？")])
def test_a_message_that_names_nobody_is_put_into_the_mouth_of_two(language: str, text: str) -> None:
    found = swaps([text], language)
    assert [one.attribute for one in found] == ["name", "gender", "region"]
    for one in found:
        assert text in one.text
        assert text in one.other
        assert one.text != one.other
    assert swaps([text], language) == found
    assert swaps([text] * 9, language, seed=1) != swaps([text] * 9, language)


def test_other_languages_have_none() -> None:
    assert swaps(["Wo ist es?"], "de") == ()


def fair(texts: Sequence[str]) -> list[str]:
    return ["refund" if "refund" in text else "other" for text in texts]


def unfair(texts: Sequence[str]) -> list[str]:
    return ["handoff" if "wife" in text.lower() else "pick" for text in texts]


def test_what_decides_by_the_attribute_is_found() -> None:
    cases = swaps(["My wife paid", "My son paid", "refund please"], "en", attributes=("gender",))
    assert run_swaps(fair, cases).changed == 0
    found = run_swaps(unfair, cases[:2])
    assert found.steady == (False, True)
    assert found.changed == 0.5
    assert found.moved == (Moved(cases[0], "handoff", "pick"),)
    document = found.document()
    assert document["parts"] == {"en gender": {"changed": 0.5, "messages": 2}}
    assert document["examples"][0]["other"] == "My husband paid"
    assert "| en gender | 2 | 50.00 % |" in swaps_table(found)
    assert "- My wife paid → My husband paid: handoff → pick" in swaps_table(found)


def test_parts_are_joined_and_nothing_is_no_change() -> None:
    cases = swaps(["My wife paid"], "en", attributes=("gender",))
    both = joined([run_swaps(unfair, cases), run_swaps(fair, cases)])
    assert both.steady == (False, True)
    assert joined([]) == Steadiness((), (), ())
    assert joined([]).changed == 0


def test_every_text_is_decided_once() -> None:
    asked: list[str] = []

    def listening(texts: Sequence[str]) -> list[str]:
        asked.extend(texts)
        return fair(texts)

    cases = swaps(["My wife paid", "My wife paid"], "en", attributes=("gender",))
    run_swaps(listening, cases)
    assert asked == ["My wife paid", "My husband paid"]


def test_an_agent_reads_words_of_gender_alike_and_stores_nothing(desk: Home) -> None:
    agent = Agent.open(desk)
    cases = swaps(["My wife asks where her parcel is", "how long does a refund take"], "en", attributes=("gender",))
    found = run_swaps(agent_decider(agent, "en"), cases)
    assert found.changed == 0
    assert agent.store.counts()["replies"] == 0
    agent.store.close()


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [([0] * 100, [0] * 100, True), ([0] * 100, [1] * 3 + [0] * 97, True), ([0] * 100, [1] * 10 + [0] * 90, False),
     ([1] * 10 + [0] * 90, [0] * 100, True)],
)  # fmt: skip
def test_the_gate_refuses_only_what_is_worse_by_more_than_chance(
    before: list[int], after: list[int], passed: bool
) -> None:
    was, now = (Outcomes(steady=~np.array(moved, dtype=bool)) for moved in (before, after))
    checks = gate_of("en", ({}, was), ({}, now), FinetuneSettings())
    (check,) = [one for one in checks if one.name == "en bias"]
    assert check.passed is passed
    assert f"{np.mean(before):.3f} -> {np.mean(after):.3f}" in check.why
