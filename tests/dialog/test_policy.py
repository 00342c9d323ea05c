"""The policy: every branch, and which of two that apply comes first."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from replydesk.data.records import Ticket
from replydesk.dialog.policy import Decision, decide, decide_several
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.skills import Thresholds
from replydesk.retrieval.matcher import Hit

LINES = Thresholds(pick_above=0.6, ask_above=0.3, out_of_scope_above=0.5)


def reading(*intents: float, unfamiliar: float = 0.0, person: bool = False) -> Reading:
    named = tuple(Intent(name, p) for name, p in zip("abcdef", intents, strict=False))
    return Reading("en", named, unfamiliar, Mood("neutral", 1.0, 0.0), person)


def hit(score: float, intent: str = "a", *, exact: bool = False, number: int = 0) -> Hit:
    return Hit(Ticket.make(f"q{number}{intent}{score}", "answer", intent=intent), 0.5, score, exact)


def blind(score: float) -> Hit:
    return replace(hit(score), similarity=0.0, compared=False)


SURE, TORN = reading(0.9, 0.1), reading(0.5, 0.45)


@pytest.mark.parametrize(
    ("read", "hits", "action", "ground", "handoff", "chosen"),
    [
        pytest.param(SURE, [], "handoff", "nothing_found", "low_confidence", [], id="nothing found"),
        pytest.param(SURE, [hit(0.9)], "pick", "confident", None, [0], id="confident"),
        pytest.param(SURE, [blind(0.99)], "ask", "by_words", None, [0], id="not compared, whatever its score"),
        pytest.param(SURE, [blind(0.0)], "ask", "by_words", None, [0], id="not compared, least score"),
        pytest.param(SURE, [hit(0.1, exact=True), blind(0.9)], "pick", "exact", None, [0], id="exact, not compared"),
        pytest.param(
            reading(0.9, unfamiliar=0.51), [blind(0.9)], "handoff", "out_of_scope", "low_confidence", [],
            id="out of scope, not compared",
        ),
        pytest.param(SURE, [hit(0.6)], "pick", "confident", None, [0], id="on the line"),
        pytest.param(SURE, [hit(0.59)], "ask", "not_sure", None, [0], id="just below the line"),
        pytest.param(SURE, [hit(0.3)], "ask", "not_sure", None, [0], id="on the lower line"),
        pytest.param(SURE, [hit(0.29)], "handoff", "unlikely", "low_confidence", [], id="too unlikely"),
        pytest.param(SURE, [hit(0.1, exact=True)], "pick", "exact", None, [0], id="exact beats a low score"),
        pytest.param(
            reading(0.9, unfamiliar=0.99), [hit(0.1, exact=True)], "pick", "exact", None, [0],
            id="exact beats out of scope",
        ),
        pytest.param(
            reading(0.9, unfamiliar=0.51), [hit(0.99)], "handoff", "out_of_scope", "low_confidence", [],
            id="out of scope beats a high score",
        ),
        pytest.param(reading(0.9, unfamiliar=0.5), [hit(0.9)], "pick", "confident", None, [0], id="on the scope line"),
        pytest.param(
            reading(0.9, person=True), [hit(0.9, exact=True)], "handoff", "asked_for_person", "asked_for_person", [],
            id="a wish for a person beats all",
        ),
        pytest.param(
            reading(0.9, unfamiliar=0.9, person=True), [], "handoff", "asked_for_person", "asked_for_person", [],
            id="a wish for a person needs no hit",
        ),
        pytest.param(
            TORN, [hit(0.9, "a"), hit(0.85, "b")], "ask", "close_runner_up", None, [0, 1], id="two intents, torn"
        ),
        pytest.param(SURE, [hit(0.9, "a"), hit(0.85, "b")], "pick", "confident", None, [0], id="two intents, sure"),
        pytest.param(TORN, [hit(0.9, "a"), hit(0.79, "b")], "pick", "confident", None, [0], id="runner-up far behind"),
        pytest.param(TORN, [hit(0.65, "a"), hit(0.59, "b")], "pick", "confident", None, [0], id="runner-up below"),
        pytest.param(TORN, [hit(0.9, "a"), hit(0.89, "a")], "pick", "confident", None, [0], id="one intent twice"),
        pytest.param(
            reading(), [hit(0.9, ""), hit(0.89, "")], "ask", "close_runner_up", None, [0, 1], id="nothing labelled"
        ),
        pytest.param(
            reading(0.9), [hit(0.9, "a"), hit(0.89, "b")], "ask", "close_runner_up", None, [0, 1], id="one intent known"
        ),
        pytest.param(
            SURE, [hit(0.5, "a"), hit(0.4, "a"), hit(0.2, "b"), hit(0.1, "c"), hit(0.09, "d")],
            "ask", "not_sure", None, [0, 2, 3], id="three options, one an intent",
        ),
        pytest.param(
            SURE, [hit(0.5, "a"), hit(0.04, "b")], "ask", "not_sure", None, [0], id="implausible options are left out"
        ),
        pytest.param(
            SURE, [hit(0.5, ""), hit(0.4, "")], "ask", "not_sure", None, [0, 1], id="unlabelled count for themselves"
        ),
    ],
)  # fmt: skip
def test_decisions(
    read: Reading, hits: list[Hit], action: str, ground: str, handoff: str | None, chosen: list[int]
) -> None:
    expected = Decision(action, ground, tuple(hits[i] for i in chosen), handoff)  # type: ignore[arg-type]
    assert decide(read, hits, LINES) == expected


@pytest.mark.parametrize(
    ("read", "hits", "failures", "angry", "ground"),
    [
        pytest.param(SURE, [hit(0.9)], 0, 1, "confident", id="one angry message is answered"),
        pytest.param(SURE, [hit(0.9)], 0, 2, "angry", id="two are heard by a person"),
        pytest.param(SURE, [hit(0.9, exact=True)], 0, 3, "angry", id="even where the question is known"),
        pytest.param(reading(0.9, unfamiliar=0.9), [], 0, 2, "angry", id="and where nothing is"),
        pytest.param(SURE, [hit(0.9)], 2, 2, "failed_twice", id="two failures go first"),
        pytest.param(reading(0.9, person=True), [hit(0.9)], 2, 2, "asked_for_person", id="a wish for a person, too"),
    ],
)
def test_anger_hands_off(read: Reading, hits: list[Hit], failures: int, angry: int, ground: str) -> None:
    decision = decide(read, hits, LINES, failures=failures, angry=angry)
    assert decision.ground == ground
    assert (decision.handoff == "sentiment") == (ground == "angry")


def backed(*intents: float) -> Reading:
    """Return a reading that is sure of ``card``, and not of which of its kinds."""
    kinds = {"card/lost": "card/lost", "card/raise": "card/limits", "card/lower": "card/limits", "卡/挂失": "卡/挂失"}
    return replace(reading(*intents), node=Intent("card", 0.9), kinds=kinds)


OFF = backed(0.5, 0.45)


@pytest.mark.parametrize(
    ("read", "hits", "action", "ground", "chosen"),
    [
        pytest.param(
            OFF, [hit(0.5, "card/lost"), hit(0.45, "a"), hit(0.2, "card/raise"), hit(0.1, "card/lower")],
            "ask", "which_kind", [0, 2], id="one hit a kind, no other intent",
        ),
        pytest.param(
            OFF, [hit(0.5, "卡/挂失"), hit(0.4, "card/lost")], "ask", "which_kind", [0, 1], id="in Chinese, too"
        ),
        pytest.param(
            OFF, [hit(0.9, "card/lost"), hit(0.85, "a"), hit(0.3, "card/raise")], "ask", "which_kind", [0, 2],
            id="torn above the line",
        ),
        pytest.param(
            OFF, [hit(0.5, "card/raise"), hit(0.45, "card/lower"), hit(0.4, "a")], "ask", "not_sure", [0, 1, 2],
            id="one kind alone is no question",
        ),
        pytest.param(
            OFF, [hit(0.5, "card/lost"), hit(0.04, "card/raise"), hit(0.3, "a")], "ask", "not_sure", [0, 2],
            id="an implausible kind is left out",
        ),
        pytest.param(
            backed(0.9, 0.1), [hit(0.9, "card/lost"), hit(0.85, "card/raise")], "pick", "confident", [0],
            id="sure enough is sent",
        ),
        pytest.param(OFF, [hit(0.9, "card/lost"), hit(0.1, "card/raise")], "pick", "confident", [0], id="no rival"),
        pytest.param(OFF, [hit(0.2, "card/lost"), hit(0.1, "card/raise")], "handoff", "unlikely", [], id="unlikely"),
        pytest.param(
            OFF, [blind(0.5), hit(0.4, "card/lost")], "ask", "by_words", [0, 1], id="by words as ever"
        ),
    ],
)  # fmt: skip
def test_a_reading_that_backed_off_asks_which_kind(
    read: Reading, hits: list[Hit], action: str, ground: str, chosen: list[int]
) -> None:
    handoff = "low_confidence" if action == "handoff" else None
    expected = Decision(action, ground, tuple(hits[i] for i in chosen), handoff)  # type: ignore[arg-type]
    assert decide(read, hits, LINES) == expected


def test_shouts_and_small_talk_are_no_options_unless_they_are_the_best() -> None:
    def asked(*questions: str) -> list[str]:
        hits = [
            Hit(Ticket.make(question, "answer", language="zh" if "吗" in question else "en"), 0.5, 0.5 - 0.01 * place)
            for place, question in enumerate(questions)
        ]
        return [chosen.ticket.question for chosen in decide(SURE, hits, LINES).hits]

    shout, code = "WHERE IS MY PARCEL. NOBODY KNOWS", "Is TW-204817 or SG-88123 mine"
    assert asked("Where is it?", shout, "在吗在吗", "hi", code, "Can I return it?") == [
        "Where is it?", code, "Can I return it?",
    ]  # fmt: skip
    assert asked(shout, "Where is it?") == [shout, "Where is it?"]


def test_a_shouted_rival_still_makes_the_desk_ask() -> None:
    hits = [hit(0.9), Hit(Ticket.make("WHERE IS MY PARCEL YOU LOT", "other", intent="b"), 0.5, 0.85)]
    assert decide(TORN, hits, LINES) == Decision("ask", "close_runner_up", (hits[0],))


@pytest.mark.parametrize(
    ("asked", "best", "rival", "ground"),
    [
        (
            "when the Spanish course starts",
            "When does the Spanish course start?",
            "How much is the Spanish course?",
            True,
        ),
        ("直播课什么时候开", "直播课几点开始？", "直播课多少钱？", True),
        # What is asked for is not told, or is that of both, or the rival may be asking for just that.
        ("the Spanish course", "When does the Spanish course start?", "How much is the Spanish course?", False),
        ("直播课", "直播课几点开始？", "直播课多少钱？", False),
        ("when is the course?", "When does the course start?", "What time does the course end?", False),
        ("when is the course?", "When does the course start?", "Is the course in May?", False),
        ("how much is the course?", "When does the course start?", "How much is the course?", False),
        ("When I book, do I pay at once?", "When do I pay?", "How much do I pay?", False),
        ("when and how much?", "When does the course start?", "How much is the course?", False),
    ],
)
def test_what_asks_for_another_thing_is_no_rival(asked: str, best: str, rival: str, ground: bool) -> None:
    hits = [
        Hit(Ticket.make(question, question, intent=intent), 0.5, score)
        for question, intent, score in ((best, "a", 0.9), (rival, "b", 0.88))
    ]
    decision = decide(TORN, hits, LINES, asked=asked)
    assert (decision.ground, decision.hits[0]) == ("confident" if ground else "close_runner_up", hits[0])


def test_at_most_five_kinds_are_offered() -> None:
    names = [f"card/{number}" for number in range(7)]
    off = replace(OFF, kinds={name: name for name in names})
    hits = [hit(0.5 - 0.01 * place, name) for place, name in enumerate(names)]
    assert decide(off, hits, LINES).hits == tuple(hits[:5])


def test_every_combination_is_decided_within_the_contract() -> None:
    scores = (0.0, 0.2, 0.3, 0.59, 0.6, 1.0)
    for first, second, unfamiliar, exact, person in itertools.product(
        scores, scores, (0.0, 1.0), (False, True), (False, True)
    ):
        hits = [hit(max(first, second), "a", exact=exact), hit(min(first, second), "b")]
        decision = decide(reading(0.5, 0.5, unfamiliar=unfamiliar, person=person), hits, LINES)
        assert (decision.action == "handoff") == (decision.handoff is not None)
        assert (decision.action == "handoff") == (not decision.hits)
        assert decision.action != "pick" or decision.hits == (hits[0],)
        assert [h.score for h in hits] == [max(first, second), min(first, second)]


def test_lines_of_nought_answer_everything_and_lines_above_one_nothing() -> None:
    assert decide(SURE, [hit(0.0)], Thresholds(0.0, 0.0, 1.0)).action == "pick"
    assert decide(SURE, [hit(1.0)], Thresholds(1.1, 1.1, 1.0)).action == "handoff"


def test_nothing_found_without_vectors_says_so() -> None:
    assert decide(SURE, [], LINES, away=True) == Decision("handoff", "no_vectors", handoff="low_confidence")


def said(answer: str) -> Hit:
    return Hit(Ticket.make(f"about {answer}", answer), 0.9, 0.9)


ONE, TWO, OPTION = said("It is on the van."), said("They open at nine."), said("We do lend ladders.")
PICKS = Decision("pick", "confident", (ONE,)), Decision("pick", "exact", (TWO,))
UNLIKELY = Decision("handoff", "unlikely", handoff="low_confidence")
STRANGE = Decision("handoff", "out_of_scope", handoff="low_confidence")
HALF = Decision("ask", "not_sure", (OPTION,))
WISH = Decision("handoff", "asked_for_person", handoff="asked_for_person")


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        pytest.param(PICKS, Decision("compose", "several", (ONE, TWO)), id="all are answered"),
        pytest.param(
            (UNLIKELY, PICKS[0]), Decision("handoff", "partly", (ONE,), "low_confidence", ("p0",)),
            id="one is, a person is told of the other",
        ),
        pytest.param(
            (PICKS[0], STRANGE, PICKS[1]), Decision("handoff", "partly", (ONE, TWO), "low_confidence", ("p1",)),
            id="two of three",
        ),
        pytest.param(
            (PICKS[0], HALF), Decision("ask", "partly", (ONE,), None, ("p1",), (OPTION,)),
            id="what is half sure is asked about",
        ),
        pytest.param(
            (PICKS[0], HALF, UNLIKELY), Decision("handoff", "partly", (ONE,), "low_confidence", ("p1", "p2")),
            id="one question at a time: two open parts are for a person",
        ),
        pytest.param((PICKS[0], WISH), WISH, id="who wants a person gets one for all"),
        pytest.param((PICKS[0], Decision("pick", "confident", (ONE,))), None, id="one answer twice is one question"),
        pytest.param((PICKS[0], Decision("ask", "not_sure", (ONE,))), None, id="nor is what asks for it again"),
        pytest.param((UNLIKELY, HALF), None, id="nothing is answered"),
        pytest.param((PICKS[0],), None, id="one part is no several"),
    ],
)  # fmt: skip
def test_parts_are_decided_each_by_itself(decisions: tuple[Decision, ...], expected: Decision | None) -> None:
    decision = decide_several([f"p{number}" for number in range(len(decisions))], decisions)
    assert decision == expected
    assert decision is None or decision.answers == (decision.ground in ("several", "partly"))


def test_in_place_of_an_answer_that_failed_no_answer_to_another_question_is_sent() -> None:
    other, same, unlabelled = hit(0.9, "b"), hit(0.9, "a"), hit(0.9, "")
    asked = decide(SURE, [other], LINES, failed={"a"})
    assert (asked.action, asked.ground, asked.hits) == ("ask", "not_sure", (other,))
    assert decide(SURE, [same], LINES, failed={"a"}).action == "pick"
    assert decide(SURE, [unlabelled], LINES, failed={"a"}).action == "pick"
    assert decide(SURE, [hit(0.9, "b", exact=True)], LINES, failed={"a"}).action == "pick"
