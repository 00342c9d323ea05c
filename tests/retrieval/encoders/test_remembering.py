"""Remembered vectors: the same as computed ones, never of another encoder, and no more than are wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder


class Counting:
    """An encoder that writes down what it was asked."""

    id, dimension = "counting", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_a_remembering_encoder_gives_the_same_and_asks_once() -> None:
    inner = Counting()
    encoder = RememberingEncoder(inner)
    texts = ["a", "bb", "a", "退款"]
    for _ in range(2):
        assert encoder.encode(texts).tolist() == [[1, 1], [2, 1], [1, 1], [2, 1]]
    assert inner.asked == ["a", "bb", "退款"]
    assert encoder.encode([]).shape == (0, 2)
    assert (encoder.id, encoder.dimension) == ("counting", 2)


def test_a_remembering_encoder_forgets_what_was_used_longest_ago() -> None:
    inner = Counting()
    encoder = RememberingEncoder(inner, Memory(2))
    for text in ["a", "b", "a", "c", "a", "b"]:
        encoder.encode([text])
    assert inner.asked == ["a", "b", "c", "b"]


def test_a_remembering_encoder_takes_more_texts_than_it_can_keep() -> None:
    encoder = RememberingEncoder(Counting(), Memory(2))
    assert encoder.encode(["a", "bb", "ccc"]).tolist() == [[1, 1], [2, 1], [3, 1]]


def test_a_memory_is_shared_and_mixes_no_encoders() -> None:
    memory = Memory(3)
    one, other = Counting(), Counting()
    other.id = "other"  # type: ignore[misc]
    first, second = RememberingEncoder(one, memory), RememberingEncoder(other, memory)
    for _ in range(2):
        first.encode(["a"])
        second.encode(["a"])
    assert (one.asked, other.asked) == (["a"], ["a"])
    second.encode(["b", "c"])
    first.encode(["a"])
    assert one.asked == ["a", "a"]


def test_a_memory_keeps_rows_not_batches() -> None:
    memory = Memory()
    RememberingEncoder(Counting(), memory).encode(["a", "bb"])
    assert all(vector.base is None for vector in memory.recall("counting", ["a", "bb"]).values())
