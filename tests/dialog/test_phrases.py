"""What the desk says in its own words: both languages, nothing unfilled."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from replydesk.data.records import Ticket
from replydesk.data.settings import DialogSettings
from replydesk.dialog import phrases, reasons
from replydesk.dialog.policy import Decision, Ground
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.sentiment import Mood
from replydesk.retrieval.matcher import Hit

GROUNDS: tuple[Ground, ...] = get_args(Ground)
HAN = re.compile("[\u4e00-\u9fff]")
HIT = Hit(Ticket.make("Where  is\nmy parcel?", "It comes today."), 0.814, 0.934)


def reading(language: str) -> Reading:
    return Reading(
        language, (Intent("{refund}", 0.91), Intent("parcel", 0.06)), 0.62, Mood("negative", 0.7, 0.0), False
    )


def in_language(text: str, language: str) -> bool:
    return bool(HAN.search(text)) == (language == "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_has_reasons_in_both_languages(ground: Ground, language: str) -> None:
    lines = reasons.reasons(Decision("ask", ground), reading(language), (HIT,))
    assert all(in_language(line, language) for line in lines)
    assert len(lines) == 3
    assert "0.81" in lines[1]
    assert "{refund}" in lines[2] and "91%" in lines[2]
    assert not re.search(r"[{}]", lines[0] + lines[1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_reranking_was_skipped_is_said_last(language: str) -> None:
    decision = Decision("pick", "confident")
    told = reasons.reasons(decision, reading(language), (HIT,), "skipped")
    assert len(told) == 4 and in_language(told[-1], language)
    for outcome in ("done", "off"):
        assert reasons.reasons(decision, reading(language), (HIT,), outcome) == told[:-1]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_numbers_are_the_ones_that_decided(language: str) -> None:
    for ground in ("confident", "not_sure", "unlikely"):
        assert "93%" in reasons.reasons(Decision("pick", ground), reading(language), (HIT,))[0]
    assert "62%" in reasons.reasons(Decision("handoff", "out_of_scope"), reading(language), (HIT,))[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_hits_and_intents_only_the_ground_is_said(language: str) -> None:
    bare = Reading(language, (), 0.0, Mood("neutral", 1.0, 0.0), False)
    (line,) = reasons.reasons(Decision("handoff", "nothing_found"), bare, ())
    assert in_language(line, language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_handing_off_and_asking_sound_different_in_each_case(language: str) -> None:
    said = {phrases.handoff_text(ground, language) for ground in GROUNDS}
    assert len(said) == 5
    assert all(in_language(text, language) and "{" not in text for text in said)
    assert in_language(phrases.ask_text(language), language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_option_is_asked_about_otherwise_than_several(language: str) -> None:
    asked = {phrases.ask_text(language, options=count) for count in (1, 2)}
    left = {phrases.left_text(["the lamp"], language, options=count) for count in (0, 1, 2)}
    assert (len(asked), len(left)) == (2, 3)
    assert all(in_language(text, language) and "{" not in text for text in asked | left)


def test_another_language_is_answered_in_english() -> None:
    assert phrases.ask_text("de") == phrases.ask_text("en")
    assert phrases.handoff_text("unlikely", "fr") == phrases.handoff_text("unlikely", "en")


def test_an_option_fits_on_a_button() -> None:
    assert phrases.option_label(HIT) == "Where is my parcel?"
    long = phrases.option_label(Hit(Ticket.make("长" * 200, "x"), 0.5, 0.5))
    assert (len(long), long[-1]) == (90, "…")
    assert phrases.option_label(Hit(Ticket.make("长" * 90, "x"), 0.5, 0.5)) == "长" * 90


def test_the_colleague_reads_what_was_written_and_understood() -> None:
    summary = reasons.handoff_summary("My {parcel} is lost" + "!" * 400, reading("en"), (HIT,))
    assert "My {parcel} is lost" in summary
    assert "!" * 290 not in summary
    for part in ("negative", "en", "{refund} 91%", "parcel 6%", "“Where is my parcel?”"):
        assert part in summary
    bare = Reading("zh", (), 0.0, Mood("neutral", 1.0, 0.0), False)
    assert reasons.handoff_summary("你好", bare, (HIT,), {"order": "TW-1"}) == (
        "客户（平静，zh）写道：“你好”。理解为：尚未训练意图。已提供：order: TW-1。"
        "最接近的历史问题：“Where is my parcel?”。"
    )
    assert "no intents trained" in reasons.handoff_summary("hi", replace(bare, language="en"), ())


@pytest.mark.parametrize(("language", "said"), [("en", "not stored here"), ("zh", "这里没有保存")])
def test_the_colleague_is_told_that_what_was_masked_must_be_read_elsewhere(language: str, said: str) -> None:
    assert said in reasons.handoff_summary("hi", reading(language), (), {"address": "<ADDRESS_1>"})
    assert said not in reasons.handoff_summary("hi", reading(language), (), {"order": "TW-204817"})


@pytest.mark.parametrize(("language", "node"), [("en", "card"), ("zh", "卡")])
def test_what_is_sure_of_an_unsure_reading_is_said_to_the_team_and_not_to_the_customer(
    language: str, node: str
) -> None:
    backed = replace(reading(language), node=Intent(node, 0.874), kinds={"x": "x", "y": "y"})
    first = reasons.reasons(Decision("ask", "which_kind"), backed, (HIT,))[0]
    assert node in first and "87%" in first and in_language(first, language)
    asked = phrases.ask_text(language, "which_kind")
    assert asked != phrases.ask_text(language) and in_language(asked, language) and "{" not in asked
    assert f"{node} 87% ({{refund}} 91%, parcel 6%)" in reasons.handoff_summary("hi", backed, ())
    sure = replace(backed, kinds={})
    assert reasons.handoff_summary("hi", sure, ()) == reasons.handoff_summary("hi", reading(language), ())


@pytest.mark.parametrize(("language", "names"), [("en", "refund, parcel"), ("zh", "refund、parcel")])
def test_that_several_things_are_asked_is_said(language: str, names: str) -> None:
    asked = replace(reading(language), several=("refund", "parcel"))
    told = reasons.reasons(Decision("pick", "confident"), asked, (HIT,))
    assert names in told[-1]
    assert in_language(told[-1], language)
    assert names in reasons.handoff_summary("hi", asked, (HIT,))
    assert names not in reasons.handoff_summary("hi", reading(language), (HIT,))


@pytest.mark.parametrize(("language", "refund"), [("en", "Money back"), ("zh", "退款"), ("de", "Money back")])
def test_an_intent_is_called_in_the_language_of_the_reader(language: str, refund: str) -> None:
    called = DialogSettings(
        intent_names={"en": {"{refund}": "Money back", "money": "Of money"}, "zh": {"{refund}": "退款"}}
    ).intent_name
    asked = replace(
        reading(language), several=("{refund}", "parcel"), node=Intent("money", 0.97), kinds={"x": "x", "y": "y"}
    )
    lines = reasons.reasons(Decision("ask", "which_kind"), asked, (HIT,), called=called)
    assert "Of money" in lines[0] and f"“{refund}”" in lines[2] and f"{refund}" in lines[3] and "parcel" in lines[3]
    summary = reasons.handoff_summary("hi", asked, (), called=called)
    assert "Of money 97%" in summary and f"{refund} 91%" in summary and "{refund}" not in summary
