"""Leaving words out: spans are those of the message, and what a word counts is what is lost without it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from replydesk.dialog.explain.leaving_out import MOST, pieces, without_piece


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where is my parcel?", ["Where", "is", "my", "parcel"]),
        ("我的快递三天没动了", ["我", "的", "快递", "三天", "没动", "了"]),
        ("我的 iPhone 15 怎么退货？", ["我", "的", "iPhone", "15", "怎么", "退货"]),
        ("Don't send TW-204817", ["Don't", "send", "TW-204817"]),
        ("訂單取消", ["訂單", "取消"]),
        ("?!", []),
        ("", []),
    ],
)
def test_words_stand_where_they_were_written(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in pieces(text)] == words


@pytest.mark.parametrize("text", ["word " * 700, "退款" * 1000])
def test_a_long_message_is_left_out_in_pieces_that_cover_it(text: str) -> None:
    found = pieces(text)
    assert len(found) <= MOST
    assert (found[0][0], found[-1][1]) == (0, len(text.strip()))
    assert all(one[1] <= other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [
        ("where is my parcel", (0, 5), "is my parcel"),
        ("where is my parcel", (9, 11), "where is parcel"),
        ("where is my parcel", (12, 18), "where is my"),
        ("怎么退货？", (0, 2), "退货？"),
        ("one\n\ntwo", (0, 3), "two"),
    ],
)
def test_what_is_left_has_no_double_blanks(text: str, span: tuple[int, int], left: str) -> None:
    assert without_piece(text, *span) == left
