"""What goes out with a decision, and what rules, manners and the guard make of it: tables, no desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from replydesk.data.records import Ticket
from replydesk.data.settings import Settings
from replydesk.dialog import phrases, reasons
from replydesk.dialog.declared import Form
from replydesk.dialog.forms import FormStep
from replydesk.dialog.guard import alarm_of
from replydesk.dialog.policy import Decision
from replydesk.dialog.reading import Reading
from replydesk.dialog.reply import Citation
from replydesk.dialog.rules.rules import Fired
from replydesk.dialog.saying import Said, after_guard, after_rules, alarmed, begun_form, decided, with_manners
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.state import FormState
from replydesk.retrieval.matcher import Hit

SETTINGS = Settings()
UNSURE = phrases.handoff_text("unfilled", "en")
CALM = Mood("neutral", 0.0, 0.0)


def hit(answer: str, *, source: str = "canned", language: str = "en") -> Hit:
    return Hit(Ticket.make("Where is it?", answer, source=source, language=language), 0.9, 0.9)  # type: ignore[arg-type]


def reading(language: str = "en") -> Reading:
    return Reading(language, (), 0.0, CALM, False)


def pick(answer: str, *, source: str = "canned", ground: str = "confident") -> Decision:
    return Decision("pick", ground, (hit(answer, source=source),))  # type: ignore[arg-type]


def plain(decision: Decision, **slots: str) -> Said:
    return decided(decision, reading(), slots, lambda text: text)


@pytest.mark.parametrize(
    ("answer", "source", "slots", "outcome", "text"),
    [
        ("It is here.", "agent", {}, ("pick", "confident"), "It is here."),
        ("Order {order} left.", "canned", {"order": "TW-1"}, ("pick", "confident"), "Order TW-1 left."),
        ("Order {{order}} left.", "canned", {"order": "TW-1"}, ("pick", "confident"), "Order TW-1 left."),
        ("Order {order} left.", "canned", {}, ("ask", "slot_missing"), "Could you tell me your order number?"),
        ("It left: {date}", "canned", {"date": " "}, ("ask", "slot_missing"), "Which date is it about?"),
        # A template that a help desk left unfilled is nothing to ask a customer about.
        ("Dear {{ticket.name}}, it left.", "canned", {}, ("handoff", "unfilled"), UNSURE),
        ("Order {order} left.", "agent", {}, ("handoff", "unfilled"), UNSURE),
        ("Use f(x) {} twice.", "agent", {}, ("pick", "confident"), "Use f(x) {} twice."),
    ],
)  # fmt: skip
def test_an_answer_has_its_places_filled_or_asks(
    answer: str, source: str, slots: dict[str, str], outcome: tuple[str, str], text: str
) -> None:
    said = plain(pick(answer, source=source), **slots)
    assert (said.decision.action, said.decision.ground, said.text) == (*outcome, text)
    assert (said.asking is not None) == (outcome[0] == "ask")
    assert bool(said.citations) == (outcome[0] == "pick")


def test_an_answer_whose_fact_is_unknown_goes_to_a_person() -> None:
    said = decided(pick("It costs {fact:it.cost}."), reading(), {}, lambda _text: None)
    assert (said.decision.action, said.decision.ground) == ("handoff", "unfilled")
    assert said.citations == ()


def test_a_question_back_offers_its_hits_and_a_hand_off_offers_nothing() -> None:
    asked = plain(Decision("ask", "not_sure", (hit("a"), hit("b"))))
    assert [offer.value for offer in asked.offers] == ["Where is it?"] * 2
    assert asked.text == phrases.ask_text("en")
    assert plain(Decision("ask", "not_sure", (hit("a"),))).text == phrases.ask_text("en", options=1)
    assert plain(Decision("handoff", "unlikely", handoff="low_confidence")).offers == ()


ANSWER = plain(pick("It is here."))
OPEN_PART = Decision("handoff", "partly", (hit("It is here."),), "low_confidence", ("do you lend <NAME_1> ladders?",))
ASKED_PART = Decision("ask", "partly", (hit("It is here."),), None, ("能租梯子吗",), (hit("可以。"),))


@pytest.mark.parametrize(
    ("decision", "language", "text"),
    [
        (
            OPEN_PART, "en",
            "It is here.\n\nAbout “Do you lend what you told us ladders?” I'm not sure enough, so I've passed that to a"
            " colleague who will reply here.",
        ),
        (ASKED_PART, "zh", "It is here.\n\n关于“能租梯子吗”，请问您想问的是这个吗？"),
    ],
)  # fmt: skip
def test_what_is_left_open_is_said_behind_the_answer(decision: Decision, language: str, text: str) -> None:
    said = after_guard(
        decided(decision, reading(language), {}, lambda text: text), (), language, SETTINGS, hosts=frozenset,
        objects=lambda out: "ladders" in out,
    )  # fmt: skip
    assert said.text == text
    assert [citation.sentence for citation in said.citations] == [0]
    assert [offer.ticket for offer in said.offers] == [one.ticket.id for one in decision.options]


def test_what_the_guard_forbids_of_a_part_goes_to_a_person_with_the_whole() -> None:
    said = plain(replace(OPEN_PART, hits=(hit("See http://evil.example/x"),)))
    after = after_guard(said, (), "en", SETTINGS, hosts=frozenset, objects=lambda _text: False)
    assert (after.decision.action, after.decision.ground, after.text) == ("handoff", "unsafe", UNSURE)
    assert (after.rest, after.citations) == ("", ())


GAS = {
    "en": "Open the windows and call the gas line on 0800 111 999 now.",
    "zh": "请先开窗，再拨打燃气抢修电话 13912345678。",
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_team_wrote_in_a_rule_or_a_form_may_hold_its_own_numbers(language: str) -> None:
    """The emergency line of a rule is no customer's number; in an answer that an agent wrote it is somebody's."""
    text = GAS[language]
    ruled = after_rules(AWAY, (Fired("gas", "answer", text=text),), language)
    form = Form("leak", (), done={language: text})
    told = begun_form(form, FormStep("done", {}), language)
    filled_in = decided(pick("Call {fact}."), reading(language), {}, lambda _: text)
    for said in (ruled, told, filled_in):
        after = after_guard(said, (), language, SETTINGS, hosts=frozenset, objects=lambda _text: False)
        assert (after.decision, after.text) == (said.decision, text)
    written = plain(pick(text, source="agent"))
    after = after_guard(written, (), language, SETTINGS, hosts=frozenset, objects=lambda _text: False)
    assert after.decision.ground == "unsafe"


@pytest.mark.parametrize("effect", ["never_answer", "handoff"])
def test_what_a_rule_forbids_of_a_part_goes_to_a_person_with_the_whole(effect: str) -> None:
    after = after_rules(plain(OPEN_PART), (Fired("r", effect, values=("why",)),), "en")  # type: ignore[arg-type]
    assert (after.decision.ground, after.decision.handoff, after.decision.answers) == ("rule", "rule", False)
    assert after.text == phrases.handoff_text("rule", "en")


OPEN = replace(ANSWER, asking=FormState("move", "order"))
ASK = plain(Decision("ask", "not_sure", (hit("a"),)))
AWAY = plain(Decision("handoff", "unlikely", handoff="low_confidence"))
PERSON = plain(Decision("handoff", "asked_for_person", handoff="asked_for_person"))
CROSS = plain(Decision("handoff", "angry", handoff="sentiment"))


@pytest.mark.parametrize(
    ("said", "fired", "outcome", "text"),
    [
        (ANSWER, (), ("pick", None), "It is here."),
        (ANSWER, (Fired("r", "tag", values=("a",)),), ("pick", None), "It is here."),
        (ANSWER, (Fired("r", "answer", "Fixed."),), ("compose", None), "Fixed."),
        (AWAY, (Fired("r", "answer", "Fixed."),), ("compose", None), "Fixed."),
        (ANSWER, (Fired("r", "handoff", values=("why",)),), ("handoff", "rule"), phrases.handoff_text("rule", "en")),
        (ANSWER, (Fired("r", "never_answer"),), ("handoff", "rule"), phrases.handoff_text("rule", "en")),
        (ASK, (Fired("r", "never_answer"),), ("handoff", "rule"), phrases.handoff_text("rule", "en")),
        (ANSWER, (Fired("r", "ask", "Which?", ("order",)),), ("ask", None), "Which?"),
        (PERSON, (Fired("r", "answer", "Fixed."),), ("handoff", "asked_for_person"), PERSON.text),
        (CROSS, (Fired("r", "answer", "Fixed."),), ("handoff", "sentiment"), CROSS.text),
    ],
)
def test_rules_go_before_what_was_decided_but_not_before_a_person(
    said: Said, fired: tuple[Fired, ...], outcome: tuple[str, str | None], text: str
) -> None:
    after = after_rules(said, fired, "en")
    assert (after.decision.action, after.decision.handoff, after.text) == (*outcome, text)
    if after is not said:
        assert after.citations == ()
    assert (after.asking == FormState("", "order")) == (outcome[0] == "ask")


@pytest.mark.parametrize(
    ("said", "text", "ground"),
    [
        (AWAY, "hello", "small_talk"),
        (ASK, "你好", "small_talk"),
        (ANSWER, "thanks!", "small_talk"),
        (plain(pick("It is here.", ground="exact")), "hello", "exact"),
        (plain(pick("Hello! I look into it.", source="agent", ground="exact")), "hello", "small_talk"),
        (OPEN, "hello", "confident"),
        (PERSON, "thanks!", "asked_for_person"),
        (AWAY, "where is it", "unlikely"),
        (AWAY, "you are all idiots, and where is my parcel now", "abuse"),
        (ANSWER, "you are all idiots", "abuse"),
        (ANSWER, "you are all idiots, where is my parcel that I have paid for", "confident"),
    ],
)
def test_small_talk_and_abuse_get_words_that_fit(said: Said, text: str, ground: str) -> None:
    assert with_manners(said, text, "en", alarm_of(text), SETTINGS).decision.ground == ground


@pytest.mark.parametrize(
    ("answer", "earlier", "objects", "outcome"),
    [
        ("It is here.", (), False, ("pick", None)),
        ("It is **here** <b>now</b>.", (), False, ("pick", None)),
        ("It is here.", (), True, ("handoff", "rule")),
        ("See http://evil.example/x", (), False, ("handoff", "rule")),
        ("You are an idiot.", (), False, ("handoff", "safety")),
        ("Call +44 20 7946 0958.", (), False, ("handoff", "safety")),
        ("Call +44 20 7946 0958.", ("mine is +44 20 7946 0958",), False, ("pick", None)),
        ("<b></b>", (), False, ("handoff", "rule")),
    ],
)
def test_the_guard_lets_out_plain_text_or_a_person(
    answer: str, earlier: tuple[str, ...], objects: bool, outcome: tuple[str, str | None]
) -> None:
    said = after_guard(
        plain(pick(answer, source="agent")), earlier, "en", SETTINGS, hosts=frozenset, objects=lambda _text: objects
    )
    assert (said.decision.action, said.decision.handoff) == outcome
    assert "<b>" not in said.text and "**" not in said.text
    assert bool(said.citations) == (outcome[0] == "pick")


def test_what_is_asked_or_handed_off_needs_no_guard() -> None:
    def refuses(_text: str) -> bool:
        raise AssertionError("asked for what is no answer")

    for said in (ASK, AWAY, PERSON):
        assert after_guard(said, (), "en", SETTINGS, hosts=frozenset, objects=refuses) is said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_ground_has_a_reason_in_both_languages(language: str) -> None:
    from typing import get_args

    from replydesk.dialog.policy import Ground

    told = {
        ground: reasons.reasons(Decision("handoff", ground, handoff="rule"), reading(language), ())[0]
        for ground in get_args(Ground)
    }
    assert all(told.values())
    # Each says something of its own.
    assert len(set(told.values())) == len(told)


def test_an_alarm_names_the_line_of_the_country() -> None:
    dialog = SETTINGS.dialog.model_copy(update={"crisis_lines": ("GB Samaritans, 116 123",)})
    settings = SETTINGS.model_copy(update={"dialog": dialog, "data": SETTINGS.data.model_copy(update={"region": "GB"})})
    alarm = alarm_of("I want to kill myself")
    assert alarm is not None
    assert "Samaritans, 116 123" in alarmed(alarm, "en", settings).text
    assert alarmed(alarm, "zh", settings).decision.handoff == "safety"


def test_citations_stay_with_what_is_sent() -> None:
    kept: Callable[[str], bool] = lambda _text: False  # noqa: E731
    said = replace(ANSWER, citations=(Citation(0, "t", 0, 5),))
    assert after_guard(said, (), "en", SETTINGS, hosts=frozenset, objects=kept).citations == said.citations
