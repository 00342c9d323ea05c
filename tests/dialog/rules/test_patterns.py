"""Patterns that may hang are refused before they are used; those that support teams write are taken."""

from __future__ import annotations

import pytest

from replydesk.data.errors import RequestError
from replydesk.dialog.rules.patterns import PIECE, folded, found_in, pieces, safe_pattern, spaced, squeezed


@pytest.mark.parametrize(
    "source",
    [
        r"(a+)+b",
        r"(a|a)*b",
        r"(x+x+)+y",
        r"(\w+\s?)*x",
        r"(.*)*z",
        r".*a.*b.*c",
        r"a*a*a*b",
        r"(?:a?){30}a{30}",
        r"(?=(a+)+b)a",
        r"(a)\1",
        r"((a*)*)*b",
        r"(?:\d+,?)+x",
    ],
)
def test_what_may_take_too_long_is_refused(source: str) -> None:
    with pytest.raises(RequestError):
        safe_pattern(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\border\s*#?\s*\d+", "my ORDER # 12"),
        (r"(?:refund|return) (?:\w+ ){0,3}money", "refund all my money"),
        (r"[a-z]+@[a-z]+\.com", "ada@example.com"),
        (r"^\s*stop\s*$", "stop"),
        (r"(\w+\s)+x", "a b x"),
        (r"\d+(?:[.,]\d+)?\s*(?:eur|€)", "4,90 €"),
        (r"退.{0,5}款", "退一下款"),
        (r"cancel.*order", "cancel my order"),
        (r"(?i:VIP)|订单", "订单"),
    ],
)
def test_what_people_write_is_taken(source: str, text: str) -> None:
    assert safe_pattern(source).search(text)


def test_what_is_no_expression_is_refused_with_its_place() -> None:
    with pytest.raises(RequestError, match="no regular expression"):
        safe_pattern("(a")


def test_texts_are_folded_alike() -> None:
    assert folded("  Ｒefund\n 我要退貨 ") == "refund 我要退货"
    assert spaced("don't-know, 退款now") == " don't-know 退款 now "
    assert found_in("退款", spaced("退 款"), squeezed("退 款"))
    assert not found_in("fund", spaced("refund"), "refund")


def test_every_short_match_is_whole_in_one_piece() -> None:
    text = "".join(chr(97 + place % 26) + str(place) for place in range(900))
    parts = list(pieces(text))
    assert all(len(part) <= PIECE for part in parts)
    assert all(any(text[at : at + 100] in part for part in parts) for at in range(0, len(text) - 100, 7))
    assert list(pieces("short")) == ["short"]
