"""Terms: a code is one, traditional is simplified, and nothing of a Chinese text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replydesk.retrieval.words.terms import located, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("退貨運費誰出", "退货运费谁出"),
        ("Ｅ４ 錯誤", "e4 错误"),
        ("Order TW-204817", "order tw204817"),
        ("Don't", "DONT"),
        ("開錯發票了", "开错发票了"),
    ],
)
def test_what_is_written_otherwise_shares_its_terms(one: str, other: str) -> None:
    assert set(terms(other)) <= set(terms(one))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My order TW-204817 shows E-4", {"tw-204817", "tw204817", "e-4", "e4", "order"}),
        ("订单TW-204817没到", {"tw-204817", "订单", "没到"}),
        ("洗碗机不启动", {"洗碗机", "洗碗", "碗机", "机", "启动"}),
        ("错", {"错"}),
        ("?!", set()),
    ],
)
def test_codes_words_bigrams_and_characters_are_terms(text: str, wanted: set[str]) -> None:
    found = terms(text)
    assert wanted <= set(found)
    assert wanted or not found


def test_a_term_is_there_as_often_as_it_is_said() -> None:
    assert terms("no no NO").count("no") == 3
    assert terms("好好好").count("好") == 3


@given(st.text(max_size=200))
def test_any_text_has_terms_without_blanks(text: str) -> None:
    assert all(term and not any(letter.isspace() for letter in term) for term in terms(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It didn't, re-order TW-204817!", ["It:it", "didn't:didnt", "re:re", "order:order", "TW-204817:tw-204817"]),
        ("訂單TW-1：退貨", ["訂:订", "單:单", "TW-1:tw-1", "退:退", "貨:货"]),
        ("…?!", []),
    ],
)
def test_words_are_located_with_their_terms(text: str, expected: list[str]) -> None:
    assert [f"{text[start:end]}:{term}" for start, end, term in located(text)] == expected


@given(st.text(max_size=40))
def test_places_are_in_the_text_and_in_order(text: str) -> None:
    places = located(text)
    assert [place[0] for place in places] == sorted(place[0] for place in places)
    assert all(0 <= start < end <= len(text) for start, end, _ in places)
