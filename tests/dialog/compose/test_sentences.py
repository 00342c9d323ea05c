"""Sentences: where they end in two languages, and that their spans give the text back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.dialog.compose.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="end marks"),
        pytest.param("It is 5.50 at www.tidewick.example.", ["It is 5.50 at www.tidewick.example."], id="dots inside"),
        pytest.param("三天内退款。谢谢！还有吗？", ["三天内退款。", "谢谢！", "还有吗？"], id="Chinese needs no blank"),
        pytest.param("他说“可以。”然后走了。", ["他说“可以。”", "然后走了。"], id="a quote closes with its stop"),
        pytest.param("Line one\nLine two", ["Line one", "Line two"], id="a line ends a sentence"),
        pytest.param("Use e.g. a box. Done.", ["Use e.g. a box.", "Done."], id="an abbreviation goes on"),
        pytest.param("Ask Dr. Li. Or No. 5.", ["Ask Dr. Li.", "Or No. 5."], id="titles and numbers"),
        pytest.param("No. You cannot.", ["No.", "You cannot."], id="no as an answer"),
        pytest.param("Open at 8 a.m. on Mondays.", ["Open at 8 a.m. on Mondays."], id="a small letter goes on"),
        pytest.param("1. Unplug it. 2. Wait.", ["1. Unplug it.", "2. Wait."], id="the number of a list"),
        pytest.param("Wait... what? Yes.", ["Wait... what?", "Yes."], id="three dots before a small letter"),
        pytest.param("  \n ", [], id="blanks"),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab A1.!?。！？…“”'\n，e.g", max_size=60))
def test_spans_give_the_text_back_and_lose_nothing_but_blanks(text: str) -> None:
    found = sentences(text)
    assert all(text[s.start : s.end] == s.text and s.text for s in found)
    assert "".join(s.text for s in found).replace(" ", "").replace("\n", "") == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(found))
