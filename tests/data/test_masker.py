"""A conversation that comes in parts, whatever their order, is masked as one that came whole."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.preparation import Mask
from replydesk.data.privacy import Masker, find, renumber
from replydesk.data.records import content_id
from replydesk.data.settings import DataSettings

VALUES = [
    *(
        "mei@example.com",
        "bob@example.org",
        "07700 900123",
        "+44 7700 900123",
        "13800138000",
        "138-0013-8000",
        "4111 1111 1111 1111",
    ),
    *("110101199003077758", "203.0.113.42", "DE89370400440532013000", "sort code 20-45-77", "DOB 12/03/1985"),
]
WORDS = [
    "",
    "请联系",
    "please write to ",
    "（",
    "。",
    "\n",
    " and ",
    "It is ",
    "<PHONE_801>",
    "<NAME_900>",
    "Hi John, ",
    "我叫李明，",
]
MESSAGES = st.lists(
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(VALUES)), min_size=1, max_size=4).map(" ".join),
    min_size=1,
    max_size=6,
)


@settings(database=None, deadline=None, max_examples=150)
@given(MESSAGES, st.data())
def test_parts_in_any_order_are_the_whole(texts: list[str], data: st.DataObject) -> None:
    mask = Masker(conversation="42")
    whole = renumber([mask.mask(text) for text in texts], mask.given)
    cut = data.draw(st.lists(st.integers(0, 2), min_size=len(texts), max_size=len(texts)))
    order = data.draw(st.permutations([0, 1, 2]))
    known: dict[str, str] = {}
    masked = dict.fromkeys(range(len(texts)), "")
    for part in order:
        mask = Masker(conversation="42", known=known)
        masked |= {n: mask.mask(text) for n, text in enumerate(texts) if cut[n] == part}
        known = mask.given
    assert renumber(list(masked.values()), known) == whole


@settings(database=None, deadline=None, max_examples=100)
@given(MESSAGES)
def test_numbers_follow_the_first_appearance_and_numbering_twice_changes_nothing(texts: list[str]) -> None:
    mask = Masker(conversation="42")
    numbered, tags = renumber([mask.mask(text) for text in texts], mask.given)
    assert renumber(numbered, tags) == (numbered, tags)
    for kind in {name[1:].split("_")[0] for name in tags}:
        seen = dict.fromkeys(name for name in re.findall(rf"<{kind}_\d+>", " ".join(numbered)) if name in tags)
        numbers = [int(name[:-1].split("_")[1]) for name in seen]
        assert all(one < other for one, other in pairwise(numbers))
        assert [name for name in tags if name.startswith(f"<{kind}_")] == list(seen)


def test_a_tag_depends_on_conversation_kind_and_value_and_tells_neither() -> None:
    mask = Masker(conversation="42")
    mask.mask("Mei@example.com or 07911 123456")
    assert mask.given == {
        "<EMAIL_1>": content_id("42", "EMAIL", "mei@example.com")[:5],
        "<PHONE_1>": content_id("42", "PHONE", "447911123456")[:5],
    }
    other = Masker(conversation="43")
    other.mask("mei@example.com")
    assert other.given["<EMAIL_1>"] != mask.given["<EMAIL_1>"]
    later = Masker(conversation="42", known=mask.given)
    assert later.mask("+44 7911 123456, 07700 900123, mei@example.com") == "<PHONE_1>, <PHONE_2>, <EMAIL_1>"
    assert list(later.given) == ["<EMAIL_1>", "<PHONE_1>", "<PHONE_2>"]


def test_renumber_leaves_placeholders_that_were_written() -> None:
    texts = ["call <PHONE_1>", "<PHONE_3> or <PHONE_2>", "<EMAIL_9>"]
    tags = {"<PHONE_3>": "aaaaa", "<PHONE_2>": "bbbbb", "<CARD_1>": "ccccc"}
    numbered, left = renumber(texts, tags)
    assert numbered == ["call <PHONE_1>", "<PHONE_2> or <PHONE_3>", "<EMAIL_9>"]
    assert left == {"<PHONE_2>": "aaaaa", "<PHONE_3>": "bbbbb"}
    assert renumber([], tags) == ([], {})


TEXT = "Hi Emma, I live at 14 Rosemary Lane, Exeter EX4 3PQ, order TW-204817. 王女士，北京市朝阳区建国路88号"


@pytest.mark.parametrize(
    ("names", "addresses", "orders", "kinds"),
    [
        (True, True, False, {"NAME", "ADDRESS"}),
        (False, True, False, {"ADDRESS"}),
        (True, False, False, {"NAME"}),
        (False, False, True, {"ORDER"}),
    ],
)
def test_names_addresses_and_orders_can_be_chosen(names: bool, addresses: bool, orders: bool, kinds: set[str]) -> None:
    spans = find(TEXT, names=names, addresses=addresses, order_numbers=orders)
    assert {span.kind for span in spans} == kinds
    chosen = DataSettings(mask_names=names, mask_addresses=addresses, mask_order_numbers=orders)
    assert set(re.findall(r"<([A-Z]+)_", Mask(chosen)(TEXT))) == kinds


@pytest.mark.parametrize(
    ("own", "text", "masked"),
    [
        ("Tidewick", "Dear Tidewick, I am Emma", "Dear Tidewick, I am <NAME_1>"),
        ("汐物小林", "客服汐物小林，我叫李明", "客服汐物小林，我叫<NAME_1>"),
        ("小林", "客服小林为您服务，我叫李明", "客服小林为您服务，我叫<NAME_1>"),
        ("Tom", "Regards, Tom", "Regards, Tom"),
        ("Tom", "Regards, Tom Hughes", "Regards, <NAME_1>"),
        ("14 Quay Lane, Bristol", "visit 14 Quay Lane or 16 Quay Lane", "visit 14 Quay Lane or <ADDRESS_1>"),
        ("杭州市文三路398号", "门店在杭州市文三路398号，我住文三路400号", "门店在杭州市文三路398号，我住<ADDRESS_1>"),
        ("shop.example", "mei@shop.example or mei@example.com", "mei@shop.example or <EMAIL_1>"),
        ("020 7946 0000", "020 7946 0000 ext. 4 or 020 7946 0001 ext. 4", "020 7946 0000 ext. 4 or <PHONE_1>"),
        ("400-820-8820", "客服400-820-8820转1，我的是13800138000", "客服400-820-8820转1，我的是<PHONE_1>"),
        ("020 7946 0000", "020 7946 0000 or 020 7946 0001", "020 7946 0000 or <PHONE_1>"),
    ],
)
def test_the_companys_own_is_never_masked(own: str, text: str, masked: str) -> None:
    assert Masker(own=[own]).mask(text) == masked


def test_many_values_in_one_conversation() -> None:
    mask = Masker()
    mask.mask(" ".join(f"a{n}@example.com" for n in range(500)))
    assert len(mask.given) == 500
    assert mask.mask("a311@example.com") == "<EMAIL_312>"
