"""The speller puts slips right, and leaves alone what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from replydesk.data.errors import ReleaseError
from replydesk.dialog.hanspelling import HanSpeller
from replydesk.dialog.spelling import Speller

COUNTS = {"card": 900, "payment": 300, "refund": 500, "with": 800, "where": 400, "here": 300, "for": 900, "tesco": 2}
SPELLER = Speller(COUNTS, frozenset({"wit", "cart", "calling", "figure"}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("my crad payment", "my card payment"),
        ("my cad paymentt", "my card payment"),
        ("refubd please", "refund please"),
        ("REFUDN!", "REFUND!"),
        ("Refudn. Wehre is it", "Refund. Where is it"),
        ("pay wit card", "pay with card"),
        ("callnig you", "calling you"),
        ("我的refudn呢", "我的refund呢"),
    ],
)
def test_slips_are_put_right(typed: str, meant: str) -> None:
    assert SPELLER.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "where is here",
        "a cart of cards",
        "order crad-12 and TW-204817 <CRAD_1>",
        "mail crad@example.com or see www.crad.org/cad",
        "Ask Hera, not Card",
        "crad's fro fo",
        "退款什么时候到",
        "",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert SPELLER.correct(text) == text


def test_the_frequent_word_explains_a_slip_best() -> None:
    assert Speller({"cart": 90, "card": 900}).correct("caart carrt cart") == "cart cart cart"
    assert Speller({"care": 10, "card": 900}).correct("cars") == "card"
    assert Speller({"care": 900, "card": 10}).correct("carw") == "care"


def test_a_word_of_the_desk_yields_to_one_far_more_frequent_only() -> None:
    # One slip in a word of four letters has the chance .2 / 4 / 4.
    assert Speller({"card": 1000, "carf": 13}).correct("carf") == "carf"
    assert Speller({"card": 1000, "carf": 12}).correct("carf") == "card"


def test_it_is_stored_and_read(tmp_path: Path) -> None:
    SPELLER.save(tmp_path / "a" / "spelling.json")
    again = Speller.load(tmp_path / "a" / "spelling.json")
    assert (again.counts, again.known, again.han) == (SPELLER.counts, SPELLER.known, None)
    Speller(COUNTS, han=HanSpeller({"^退": 3, "退款": 3, "款$": 3}, {"宽": "款"}, {})).save(tmp_path / "spelling.json")
    assert Speller.load(tmp_path / "spelling.json").correct("退宽 crad") == "退款 card"
    for damage in (b"{", b"[]", b'{"counts": {"a": "x"}, "known": []}', b'{"counts": {}, "known": [], "han": [1]}'):
        (tmp_path / "spelling.json").write_bytes(damage)
        with pytest.raises(ReleaseError, match="missing or damaged"):
            Speller.load(tmp_path / "spelling.json")
    with pytest.raises(ReleaseError):
        Speller.load(tmp_path / "none.json")
