"""The files that retrieval is judged on: read, drawn from, and refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from replydesk.data.errors import RequestError
from replydesk.finetune.evaluation.retrieval_data import RetrievalData


def test_a_limit_draws_queries(tmp_path: Path) -> None:
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    corpus.write_text('{"id": 1, "text": "怎么退货？"}\n{"id": 2, "text": "Where is my parcel?"}')
    queries.write_text("\n".join(f'{{"text": "q {i}", "relevant": [1]}}' for i in range(3)))
    assert len(RetrievalData.read(corpus, queries, limit=2).queries) == 2
    assert RetrievalData.read(corpus, queries, limit=2) == RetrievalData.read(corpus, queries, limit=2)
    assert len(RetrievalData.read(corpus, queries, limit=9).queries) == 3


@pytest.mark.parametrize(
    ("corpus", "queries", "message", "where"),
    [
        ('{"id": 1}', "", "has no text", "corpus.jsonl:1"),
        ('{"text": "a"}', "", "has no id", "corpus.jsonl:1"),
        ('{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}', "", "there twice", "corpus.jsonl:2"),
        ('{"id": 1, "text": "a"}\n[]', "", "a JSON object was expected", "corpus.jsonl:2"),
        ('{"id": 1, "text": "a"}\n{', "", "not complete JSON", "corpus.jsonl:2"),
        ("[]", "", "empty", "corpus.jsonl"),
        ("", "", "empty", "corpus.jsonl"),
        ('{"id": 1, "text": "a"}', "", "empty", "queries.jsonl"),
        ('{"id": 1, "text": "a"}', '{"text": "q", "relevant": [2]}', "relevant text in the corpus", "queries.jsonl:1"),
        ('{"id": 1, "text": "a"}', '{"text": "q", "relevant": "1"}', "has no relevant", "queries.jsonl:1"),
        ('{"id": 1, "text": "a"}', '\n{"text": "q", "relevant": []}', "relevant text in the corpus", "queries.jsonl:2"),
        (
            '{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}', '{"text": "q", "relevant": [1], "candidates": [2]}',
            "no relevant text among its candidates", "queries.jsonl:1",
        ),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(corpus: str, queries: str, message: str, where: str, tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(corpus)
    (tmp_path / "queries.jsonl").write_text(queries)
    with pytest.raises(RequestError, match=message) as caught:
        RetrievalData.read(tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl")
    assert caught.value.where.endswith(where)


def test_ids_that_are_nowhere_are_passed_over_and_told(tmp_path: Path) -> None:
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    corpus.write_text("\n".join(f'{{"id": {i}, "text": "text {i}"}}' for i in range(3)))
    lines = [f'{{"text": "q {i}", "relevant": [0, 7], "candidates": [0, 1, 8]}}' for i in range(10)]
    queries.write_text("\n".join([*lines, '{"text": "lost", "relevant": ["7"]}']))
    found = RetrievalData.read(corpus, queries)
    assert found.relevant == (frozenset([0]),) * 10
    assert found.candidates == ((0, 1),) * 10
    assert found.notes == (
        "1 of 11 rows of queries.jsonl have no relevant text in the corpus and are left out, the first at "
        f"{queries}:11.",
        "2 ids of queries.jsonl are not in corpus.jsonl, such as 7; they are named 21 times and passed over.",
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        RetrievalData.read(tmp_path / "none.jsonl", tmp_path / "none.jsonl")
