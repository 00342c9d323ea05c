"""The Chinese speller puts right what makes unknown pairs, and leaves alone what is written at the desk."""

from __future__ import annotations

import pytest

from replydesk.dialog.hanspelling import HanSpeller

COUNTS = (("^退", 50), ("退款", 40), ("款$", 30), ("退货", 12), ("货$", 9), ("^发", 9), ("发货", 7), ("没发", 3))
PAIRS = dict(COUNTS) | {"款没": 2, "^快": 5, "快递": 5}
ALIKE = {"宽": "款", "豁": "货", "腿": "退", "货": "获", "款": "宽", "地": "递", "块": "快"}
SPELLER = HanSpeller(PAIRS, ALIKE, {"tuikuan": "退款", "fahuo": "发货"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("退宽", "退款"),
        ("退宽没发货", "退款没发货"),
        ("腿款", "退款"),
        ("退豁，退宽！", "退货，退款！"),
        ("退貨", "退货"),
        ("我的 tuikuan 没发货", "我的退款没发货"),
        ("块地TW-12", "快递TW-12"),
    ],
)
def test_unknown_pairs_become_known_ones(typed: str, meant: str) -> None:
    assert SPELLER.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "退款没发货",
        "你好啊",
        "my tuikuan",
        "退款 abc-tuikuan tuikuan@a.cn #tuikuan",
        "地",
        "",
        "<NAME_1> TW-12",
        "三款",
    ],
)
def test_what_is_known_or_has_no_better_stays(text: str) -> None:
    assert SPELLER.correct(text) == text


def test_half_an_unknown_pair_needs_ten_times_as_much() -> None:
    def read(own: int, other: int) -> str:
        return HanSpeller({"^甲": own, "^乙": other, "乙$": other}, {"甲": "乙"}, {}).correct("甲")

    # Two pairs of the other against one of its own.
    assert (read(1, 5), read(1, 4), read(2, 10), read(2, 9)) == ("乙", "甲", "乙", "甲")
    assert (read(0, 2), read(0, 1)) == ("乙", "甲")


def test_a_desk_in_traditional_characters_is_not_folded() -> None:
    speller = HanSpeller({"^退": 9, "退貨": 9, "貨$": 9}, {"获": "貨"}, {}, folds=False)
    assert speller.correct("退貨") == "退貨"
    assert speller.correct("退获") == "退貨"


def test_its_document_is_complete() -> None:
    again = HanSpeller.from_document(SPELLER.document())
    assert (again.pairs, again.alike, again.spelt, again.folds) == (PAIRS, ALIKE, SPELLER.spelt, True)
