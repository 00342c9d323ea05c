from __future__ import annotations

import pytest

from replydesk.data.readers.ratings import rating, scale


@pytest.mark.parametrize(
    ("texts", "top"),
    [
        (["5", "1", ""], 5.0),
        (["0", "1"], 1.0),
        (["1", "0.75"], 1.0),
        (["1", "1"], None),
        (["9", "10"], 10.0),
        (["100", "40"], 100.0),
        (["-3", "3"], None),
        (["400"], None),
        (["满意", "good", "80%"], None),
        ([], None),
    ],
)
def test_the_scale_is_what_the_numbers_reach(texts: list[str], top: float | None) -> None:
    assert scale(texts) == top


@pytest.mark.parametrize(
    ("text", "top", "value"),
    [
        ("5", 5.0, 1.0),
        ("1", 5.0, 0.0),
        ("0", 5.0, None),
        ("3.0", 5.0, 0.5),
        ("7", 10.0, 0.7),
        ("0.25", 1.0, 0.25),
        ("3", None, None),
        ("4/5", None, 0.75),
        ("4 out of 5", None, 0.75),
        ("80%", None, 0.8),
        ("5 stars", None, 1.0),
        ("3星", None, 0.5),
        ("★★★★☆", None, 0.75),
        ("Very satisfied", None, 1.0),
        ("bad", None, 0.0),
        ("非常满意", None, 1.0),
        ("不满意", None, 0.0),
        ("一般", None, 0.5),
        ("offered", 5.0, None),
        ("", 5.0, None),
        ("9/0", None, None),
        ("7", 5.0, None),
    ],
)
def test_satisfaction_goes_from_0_to_1(text: str, top: float | None, value: float | None) -> None:
    assert rating(text, top) == value
