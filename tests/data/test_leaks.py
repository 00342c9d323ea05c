"""Leaks: everything that stands on both sides is found, the worst of it told, with examples."""

from __future__ import annotations

import pytest

from replydesk.data.errors import ConflictError, LeakError
from replydesk.data.leaks import check_leaks, find_leaks
from replydesk.data.splits import Asked

JUDGED = [
    Asked("t1", "mei", "Where is my parcel? It was due on Monday."),
    Asked("t2", "", "请问电子发票的抬头写错了可以重新开吗？"),
    Asked("t3", "bo", "The display shows error E4 after it starts."),
    Asked("t4", "", ""),
]


@pytest.mark.parametrize(
    ("learned", "kind", "judged"),
    [
        (Asked("t2", "li", "Something else"), "conversation", "t2"),
        (Asked("n1", "bo", "Something else"), "customer", "t3"),
        (Asked("n1", "li", "WHERE is my parcel?  It was due on Monday."), "text", "t1"),
        (Asked("n1", "", "hi, where is my parcel?? it was due on monday"), "near-duplicate", "t1"),
        (Asked("n1", "", "电子发票的抬头写错了可以重新开吗"), "near-duplicate", "t2"),
        # The worst is told.
        (Asked("t1", "mei", "Where is my parcel? It was due on Monday."), "conversation", "t1"),
    ],
)
def test_each_kind_is_found(learned: Asked, kind: str, judged: str) -> None:
    clean = Asked("n0", "", "I would like to cancel what I ordered")
    found = find_leaks([clean, learned], JUDGED)
    assert {place: (leak.kind, leak.judged.conversation) for place, leak in found.items()} == {1: (kind, judged)}
    with pytest.raises(LeakError, match="1 of 2 examples"):
        check_leaks([clean, learned], JUDGED)


@pytest.mark.parametrize(
    "learned",
    [
        Asked("n1", "", "The display shows error E2 after it starts."),
        Asked("n1", "", "Where is my refund?"),
        Asked("n1", "", ""),
        Asked("n1", "", "发票什么时候寄出"),
    ],
)
def test_what_only_looks_alike_is_none(learned: Asked) -> None:
    assert find_leaks([learned], JUDGED) == {}
    check_leaks([learned], JUDGED)


def test_nothing_leaks_from_or_into_nothing() -> None:
    check_leaks([], JUDGED)
    check_leaks(JUDGED, [])
    check_leaks([], [])


def test_texts_that_repeat_within_one_side_are_none() -> None:
    check_leaks([Asked(str(n), "", "My lamp is broken, what now?") for n in range(3)], JUDGED)


def test_the_error_tells_how_many_of_what_and_shows_three() -> None:
    long = "I ordered a lamp in sand and got one in grey, and nobody answers the phone when I call about it"
    judged = [*JUDGED, Asked("t5", "", long)]
    learned = [
        Asked("n1", "", long.upper()), Asked("n2", "mei", "Hi"), Asked("n3", "mei", "Hello"), Asked("n4", "bo", "x"),
    ]  # fmt: skip
    with pytest.raises(LeakError) as caught:
        check_leaks(learned, judged)
    error = caught.value
    assert isinstance(error, ConflictError)
    assert error.message == (
        "4 of 4 examples to learn from stand in the test part: 3 of the same customer, 1 with the same text."
    )
    first, *_ = examples = error.where.split("; ")
    assert len(examples) == 3
    assert first == (
        "n1 'I ORDERED A LAMP IN SAND AND GOT ONE IN GREY, AND NOBODY AN…' / "
        "t5 'I ordered a lamp in sand and got one in grey, and nobody an…'"
    )
    assert error.hint
