"""Splits: nobody is learned from and judged on, the newest judge, and what is decided stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replydesk.data.records import Conversation, Message
from replydesk.data.splits import assign_parts, fingerprint

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def talk(key: str, day: int | None, customer: str = "") -> Conversation:
    at = None if day is None else FIRST + timedelta(days=day)
    return Conversation(key, (Message("1", "customer", "Hi", at),), customer=customer)


def judging(parts: dict[str, str]) -> set[str]:
    assert set(parts.values()) <= {"train", "test"}
    return {key for key, part in parts.items() if part == "test"}


def test_the_newest_are_kept_for_judging() -> None:
    told = [talk(f"c{day}", day) for day in range(10)]
    parts = assign_parts(reversed(told), {}, test_share=0.2)
    assert judging(parts) == {"c8", "c9"}
    assert set(parts) == {c.id for c in told}


def test_all_conversations_of_a_customer_go_together() -> None:
    told = [talk("old", 0, "mei"), talk("new", 9, "mei"), *(talk(f"c{n}", n, f"x{n}") for n in range(1, 9))]
    assert judging(assign_parts(told, {}, test_share=0.2)) == {"old", "new"}


def test_a_customer_too_large_for_the_test_is_learned_from() -> None:
    told = [*(talk(f"m{n}", 9, "mei") for n in range(8)), talk("a", 1), talk("b", 2)]
    assert judging(assign_parts(told, {}, test_share=0.2)) == {"a", "b"}


def test_what_is_decided_stays_and_holds_for_the_customer() -> None:
    known = {"old": "test", "other": "train"}
    told = [
        talk("old", 0, "mei"),
        talk("other", 20, "bo"),
        talk("mei again", 1, "mei"),
        talk("bo again", 30, "bo"),
        *(talk(f"c{n}", n) for n in range(2, 12)),
    ]
    parts = assign_parts(told, known, test_share=0.2)
    assert not set(parts) & set(known)
    assert parts["mei again"] == "test"
    assert parts["bo again"] == "train"
    assert judging(parts) == {"mei again", "c10", "c11"}


def test_undated_ones_are_drawn_alike_in_any_order() -> None:
    told = [talk(f"c{n}", None) for n in range(20)]
    parts = assign_parts(told, {}, test_share=0.25)
    assert len(judging(parts)) == 5
    assert assign_parts(told[::-1], {}, test_share=0.25) == parts
    assert judging(assign_parts([*told, talk("dated", 0)], {}, test_share=0.05)) == {"dated"}


def test_nothing_to_part() -> None:
    assert assign_parts([], {}, test_share=0.2) == {}
    assert assign_parts([talk("a", 1)], {"a": "test"}, test_share=0.2) == {}
    assert assign_parts([talk("a", 1)], {}, test_share=0.2) == {"a": "train"}


conversations = st.lists(
    st.tuples(st.integers(0, 60) | st.none(), st.sampled_from(["", *"abcdefgh"])), max_size=40
).map(lambda drawn: [talk(f"c{n}", day, customer) for n, (day, customer) in enumerate(drawn)])


@given(conversations, conversations.map(len), st.sampled_from([0.1, 0.2, 0.4]))
def test_for_any_desk(told: list[Conversation], cut: int, share: float) -> None:
    first = assign_parts(told[:cut], {}, test_share=share)
    second = assign_parts(told, first, test_share=share)
    assert not set(first) & set(second)
    parts = first | second
    assert set(parts) == {c.id for c in told}
    of_customer: dict[str, set[str]] = {}
    for conversation in told:
        of_customer.setdefault(conversation.customer or conversation.id, set()).add(parts[conversation.id])
    assert all(len(found) == 1 for found in of_customer.values())


@pytest.mark.parametrize("keys", [["a", "b"], ["会话一", "会话二"]])
def test_a_fingerprint_is_that_of_the_set(keys: list[str]) -> None:
    assert fingerprint(keys) == fingerprint(keys[::-1])
    assert fingerprint(keys) != fingerprint(keys[:1]) != fingerprint(["".join(keys)])
    assert len(fingerprint(keys)) == 16
