"""Splits: nobody is learned from and judged on, the newest judge, and what is decided stays."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.records import Conversation, Message
from replydesk.data.splits import MOST, Asked, Part, assign_parts, content_of, fingerprint

FIRST = datetime(2026, 3, 1, tzinfo=UTC)

# One word is another, so that each is nearly the same question as its neighbour; no two pairs are alike.
ALIKE = [
    ("My lamp flickers since I changed the bulb", "my lamp flickers since I changed a bulb"),
    ("Can I collect the order at your shop in Leeds?", "Hi, can I collect the order at your shop in Leeds"),
    ("请问电子发票的抬头写错了可以重新开吗？", "电子发票的抬头写错了可以重新开吗"),
    ("遥控器配对不上手机应用怎么办", "遥控器配对不上手机应用，怎么办呢"),
]


def ask(key: str, day: int | None, customer: str = "", text: str = "Hi") -> Asked:
    return Asked(key, customer, text, None if day is None else FIRST + timedelta(days=day))


def crowd(size: int, *, first: int = 0) -> list[Asked]:
    """Return questions of strangers about other things, a day apart."""
    return [
        ask(f"c{n:04}", n, text=f"Where is what I bought at number {n}, please?") for n in range(first, first + size)
    ]


def judging(parts: Mapping[str, str]) -> set[str]:
    assert set(parts.values()) <= {"train", "test"}
    return {key for key, part in parts.items() if part == "test"}


# ---- time


def test_the_newest_are_kept_for_judging() -> None:
    told = [ask(f"c{day}", day) for day in range(10)]
    parts = assign_parts(reversed(told), {}, test_share=0.2)
    assert judging(parts) == {"c8", "c9"}
    assert set(parts) == {asked.conversation for asked in told}


def test_undated_ones_are_drawn_alike_in_any_order() -> None:
    told = [ask(f"c{n}", None) for n in range(20)]
    parts = assign_parts(told, {}, test_share=0.25)
    assert len(judging(parts)) == 5
    assert assign_parts(told[::-1], {}, test_share=0.25) == parts
    assert judging(assign_parts([*told, ask("dated", 0)], {}, test_share=0.05)) == {"dated"}


def test_nothing_to_part() -> None:
    assert assign_parts([], {}, test_share=0.2) == {}
    assert assign_parts([ask("a", 1)], {"a": "test"}, test_share=0.2) == {}
    assert assign_parts([ask("a", 1)], {}, test_share=0.2) == {"a": "train"}


def test_the_test_keeps_its_share_as_the_desk_grows() -> None:
    known: dict[str, Part] = {}
    told: list[Asked] = []
    for asked in crowd(60):
        # One conversation at a time: none of them alone is a fifth of anything.
        told.append(asked)
        known |= assign_parts(told, known, test_share=0.2)
    assert len(judging(known)) == 12
    assert max(judging(known)) >= "c0055"


def test_a_test_that_is_too_small_is_filled_up_from_older_history() -> None:
    recent = crowd(10, first=90)
    known = assign_parts(recent, {}, test_share=0.2)
    later = assign_parts([*recent, *crowd(90)], known, test_share=0.2)
    assert len(judging({**known, **later})) == 20
    assert min(judging(later)) == "c0072"


# ---- customers


def test_all_conversations_of_a_customer_go_together() -> None:
    told = [ask("old", 0, "mei"), ask("new", 9, "mei"), *(ask(f"c{n}", n, f"x{n}") for n in range(1, 9))]
    assert judging(assign_parts(told, {}, test_share=0.2)) == {"old", "new"}


def test_a_customer_too_large_for_the_test_is_learned_from() -> None:
    told = [*(ask(f"m{n}", 9, "mei") for n in range(8)), ask("a", 1), ask("b", 2)]
    assert judging(assign_parts(told, {}, test_share=0.2)) == {"a", "b"}


def test_what_is_decided_stays_and_holds_for_the_customer() -> None:
    known = {"old": "test", "other": "train"}
    told = [
        ask("old", 0, "mei"),
        ask("other", 20, "bo"),
        ask("mei again", 1, "mei"),
        ask("bo again", 30, "bo"),
        *(ask(f"c{n}", n) for n in range(2, 13)),
    ]
    parts = assign_parts(told, known, test_share=0.2)
    assert not set(parts) & set(known)
    assert parts["mei again"] == "test"
    assert parts["bo again"] == "train"
    # Two of the fifteen are there, and one makes three.
    assert judging(parts) == {"mei again", "c12"}


# ---- near-duplicates


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_nearly_the_same_question_goes_together(first: str, second: str) -> None:
    told = [ask("old", 0, text=first), *crowd(18, first=1), ask("new", 30, text=second)]
    assert judging(assign_parts(told, {}, test_share=0.2)) >= {"old", "new"}
    assert assign_parts(told, {"old": "train"}, test_share=0.2)["new"] == "train"
    assert assign_parts(told, {"old": "test"}, test_share=0.01)["new"] == "test"


def test_customers_are_tied_by_their_questions() -> None:
    (first, second), (third, fourth) = ALIKE[:2]
    told = [
        ask("mei 1", 0, "mei", first), ask("bo 1", 1, "bo", second), ask("bo 2", 2, "bo", third),
        ask("ann 1", 90, "ann", fourth), *crowd(76, first=3),
    ]  # fmt: skip
    parts = assign_parts(told, {}, test_share=0.2)
    assert {parts[key] for key in ("mei 1", "bo 1", "bo 2", "ann 1")} == {"test"}


@pytest.mark.parametrize(
    ("first", "second"), [("Hi!", "hi"), ("Where is my order?", "where is my order"), ("退款", "退款？")]
)
def test_what_everybody_says_ties_nobody(first: str, second: str) -> None:
    told = [ask("old", 0, text=first), *crowd(18, first=1), ask("new", 30, text=second)]
    parts = assign_parts(told, {}, test_share=0.2)
    assert (parts["old"], parts["new"]) == ("train", "test")


def test_a_question_of_very_many_ties_nobody() -> None:
    told = [ask(f"m{n:04}", n, text=f"{ALIKE[0][n % 2]}{'!' * (n % 3)}") for n in range(400)]
    parts = assign_parts(told, {}, test_share=0.2)
    assert judging(parts) == {f"m{n:04}" for n in range(320, 400)}


@pytest.mark.parametrize(("many", "part"), [(MOST - 1, "test"), (MOST, "train")])
def test_as_many_as_that_are_tied(many: int, part: Part) -> None:
    told = [ask(f"m{n:04}", n, text=ALIKE[0][n % 2]) for n in range(many)]
    parts = assign_parts([*told, ask("last", 2000, text=ALIKE[0][0]), *crowd(950)], {}, test_share=0.2)
    assert parts["last"] == "test"
    assert {parts[asked.conversation] for asked in told} == {part}


def test_a_chain_of_customers_and_questions_stays_small() -> None:
    # Every customer shares a question with the next: untamed, all of them hang together.
    rng = random.Random(4)
    words = [f"{a}{b}{c}en" for a in "bdfgklm" for b in "aeiou" for c in "nrst"]
    questions = [" ".join(rng.sample(words, 9)) for _ in range(601)]
    told = [ask(f"{n:03} {m}", n, f"customer {n}", questions[n + m]) for n in range(600) for m in range(2)]
    parts = assign_parts(told, {}, test_share=0.2)
    assert len(judging(parts)) == pytest.approx(240, abs=MOST)
    assert all(parts[f"{n:03} 0"] == parts[f"{n:03} 1"] for n in range(600))


def test_what_would_tie_both_parts_together_is_put_aside() -> None:
    first, second = ALIKE[0]
    told = [
        ask("judged", 9, "mei", first),
        ask("learned", 1, "bo"),
        ask("bridge", 10, "bo", second),
        ask("bo again", 11, "bo", "My table has a scratch across its top"),
        *crowd(20),
    ]
    parts = assign_parts(told, {"judged": "test", "learned": "train"}, test_share=0.1)
    assert (parts["bridge"], parts["bo again"]) == ("aside", "train")
    # What is aside ties nobody later.
    later = [*told, ask("bo later", 12, "bo")]
    assert assign_parts(later, {**parts, "judged": "test", "learned": "train"}, test_share=0.1) == {"bo later": "train"}


def test_a_customer_who_stands_on_both_sides_already_is_put_aside() -> None:
    told = [ask("a", 1, "mei"), ask("b", 2, "mei"), ask("c", 3, "mei"), ask("d", 4)]
    assert assign_parts(told, {"a": "train", "b": "test"}, test_share=0.2) == {"c": "aside", "d": "train"}


# ---- for any desk

TEXTS = ["Hi", "谢谢", *(text for pair in ALIKE for text in pair)]
desks = st.lists(
    st.tuples(st.integers(0, 60) | st.none(), st.sampled_from(["", *"abcdefgh"]), st.sampled_from(TEXTS)), max_size=30
).map(lambda drawn: [ask(f"c{n:02}", day, customer, text) for n, (day, customer, text) in enumerate(drawn)])


@settings(deadline=None)
@given(desks, st.lists(st.integers(0, 30), max_size=3), st.sampled_from([0.1, 0.2, 0.4]))
def test_whatever_comes_in_whatever_batches(told: list[Asked], cuts: list[int], share: float) -> None:
    known: dict[str, Part] = {}
    for cut in [*sorted(cuts), len(told)]:
        fresh = assign_parts(told[:cut], known, test_share=share)
        assert not set(fresh) & set(known)
        known |= fresh
    assert set(known) == {asked.conversation for asked in told}
    of_customer: dict[str, set[str]] = {}
    for asked in told:
        of_customer.setdefault(asked.customer or asked.conversation, set()).add(known[asked.conversation])
    assert all(len(found - {"aside"}) <= 1 for found in of_customer.values())
    if not cuts:
        assert "aside" not in known.values()


@settings(deadline=None)
@given(desks, st.randoms(use_true_random=False))
def test_the_order_of_the_conversations_means_nothing(told: list[Asked], rng: random.Random) -> None:
    known = assign_parts(told[::3], {}, test_share=0.3)
    mixed = list(told)
    rng.shuffle(mixed)
    assert assign_parts(mixed, known, test_share=0.3) == assign_parts(told, known, test_share=0.3)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([(0, 1), (1, 0), (2, 3), (3, 2)]), max_size=6), st.integers(0, 2**16))
def test_no_question_is_on_both_sides(pairs: Sequence[tuple[int, int]], seed: int) -> None:
    # So many strangers that even all twelve are no everyday question.
    told = crowd(300)
    rng = random.Random(seed)
    for n, (one, _) in enumerate(pairs):
        told += [ask(f"p{n}{m}", rng.randrange(400), f"{n} {m}", text) for m, text in enumerate(ALIKE[one])]
    known: dict[str, Part] = {}
    for cut in (250, len(told)):
        known |= assign_parts(told[:cut], known, test_share=0.2)
    for one in {one for one, _ in pairs}:
        assert len({known[f"p{n}{m}"] for n, pair in enumerate(pairs) if pair[0] == one for m in (0, 1)}) == 1


# ---- what is asked, and the fingerprint


def said(*lines: tuple[str, str], key: str = "c1", **more: str) -> Conversation:
    messages = tuple(Message(f"{key}-{n}", role, text, FIRST) for n, (role, text) in enumerate(lines))  # type: ignore[arg-type]
    return Conversation(key, messages, **more)  # type: ignore[arg-type]


def test_the_opening_question_is_all_that_is_said_before_an_answer() -> None:
    lines = [
        ("bot", "您好"), ("customer", "你好"), ("note", "他又来了"), ("customer", "包裹没到"),
        ("agent", "马上查"), ("customer", "好"),
    ]  # fmt: skip
    assert Asked.first(said(*lines, customer="mei")) == Asked("c1", "mei", "你好\n包裹没到", FIRST)
    assert Asked.first(said(("agent", "We are closed."))) == Asked("c1", "", "", FIRST)


def test_a_fingerprint_is_that_of_the_conversations_and_their_contents() -> None:
    contents = {"会话一": "x", "b": "y"}
    assert fingerprint(contents) == fingerprint(dict(reversed(contents.items())))
    assert len(fingerprint(contents)) == 16
    others = [{"会话一": "x"}, {"会话一": "x", "b": "z"}, {"会话一": "y", "b": "x"}, {"会话一xb": "y"}, {}]
    assert len({fingerprint(other) for other in [contents, *others]}) == 6


def test_the_content_is_what_is_judged_by() -> None:
    lines = [("customer", "Where is it?"), ("agent", "On its way.")]
    one = content_of(said(*lines), {})
    assert one == content_of(said(*lines, ("note", "Again!"), outcome="solved", channel="mail"), {})
    assert one != content_of(said(lines[0], ("agent", "On its way, by Friday.")), {})
    assert one != content_of(said(*lines, ("customer", "Thanks")), {})
    assert one != content_of(said(*lines), {"c1-0": "delivery_delay"})
    assert one == content_of(said(*lines), {"another": "delivery_delay"})
