"""Weak intents: concluded from tags, queues and templates only where these are sure."""

from __future__ import annotations

import pytest

from replydesk.data.curation.weak import LABELLED, weak_intents

NONE: list[int | None]


def conclude(rows: list[tuple[str, tuple[str, ...]]], templates: list[int | None] | None = None) -> list[str]:
    return weak_intents([intent for intent, _ in rows], [tags for _, tags in rows], templates or [None] * len(rows))


KNOWN = [("refund", ("money", "vip")), ("delay", ("late", "vip"))] * (LABELLED // 2)


@pytest.mark.parametrize(
    ("tags", "intent"),
    [
        (("money",), "refund"),
        (("late", "urgent"), "delay"),
        (("vip",), ""),
        (("money", "late"), ""),
        (("unknown",), ""),
        (("intent:exchange", "unknown"), "exchange"),
        ((), ""),
    ],
)
def test_a_tag_stands_for_the_intent_that_nearly_all_with_it_have(tags: tuple[str, ...], intent: str) -> None:
    assert conclude([*KNOWN, ("", tags)])[-1] == intent


def test_who_has_an_intent_gets_none() -> None:
    assert set(conclude(KNOWN)) == {""}


@pytest.mark.parametrize(("support", "concluded"), [(2, ""), (3, "gift")])
def test_few_labelled_tickets_prove_nothing(support: int, concluded: str) -> None:
    assert conclude([*KNOWN, *[("gift", ("wrap",))] * support, ("", ("wrap",))])[-1] == concluded


@pytest.mark.parametrize(("others", "concluded"), [(1, "gift"), (3, "")])
def test_a_tag_with_many_intents_stands_for_none(others: int, concluded: str) -> None:
    rows = [("gift", ("wrap",))] * 7 + [("thanks", ("wrap",))] * others
    assert conclude([*KNOWN, *rows, ("", ("wrap",))])[-1] == concluded


def test_out_of_scope_is_concluded_from_nothing() -> None:
    rows = [("out_of_scope", ("odd",))] * 9
    assert conclude([*KNOWN, *rows, ("", ("odd",))])[-1] == ""


def test_a_template_stands_for_what_its_tickets_are_about() -> None:
    rows = [*KNOWN, ("", ()), ("", ("late",)), ("", ())]
    templates: list[int | None] = [7 if intent == "refund" else None for intent, _ in KNOWN] + [7, 7, 8]
    assert conclude(rows, templates)[-3:] == ["refund", "delay", ""]


def test_on_a_desk_without_intents_the_queues_are_the_intents() -> None:
    rows = [("", ("queue:billing", "vip"))] * 12 + [("", ("queue:parcels", "late"))] * 12 + [("", ("late",)), ("", ())]
    assert conclude(rows) == ["billing"] * 12 + ["parcels"] * 12 + ["", ""]


def test_without_queues_it_is_the_tags_that_stand_alone() -> None:
    rows = [("", ("billing", "vip"))] * 12 + [("", ("parcels",))] * 12
    rows += [("", ("parcels", "size"))] * 2 + [("", ("size",))] * 2
    assert conclude(rows) == ["billing"] * 12 + ["parcels"] * 14 + [""] * 2


def test_a_tag_on_most_tickets_is_no_intent() -> None:
    assert set(conclude([("", ("chatbot-v2",))] * 30 + [("", ())] * 5)) == {""}
