"""JSON in which the records stand under their names in one object."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from replydesk.data.readers.base import Skipped, Source
from replydesk.data.readers.jsons import Record
from replydesk.data.readers.jsonvalues import first_values, values

Export = Callable[..., Path]


def test_objects_under_names_come_with_them(export: Export) -> None:
    path = export("k.json", '{"a": {"x": 1}, "乙": {"x": "\\ud83d"}, "c": 3, "d": {"x": nul}, "e": {"x": 2}}')
    found = list(values(Source(path)))
    assert [(item.where, item.key, item.value) for item in found if isinstance(item, Record)] == [
        ("k.json:a", "a", {"x": 1}),
        ("k.json:乙", "乙", {"x": "?"}),
        ("k.json:e", "e", {"x": 2}),
    ]
    assert [item.where for item in found if isinstance(item, Skipped)] == ["k.json:c", "k.json:d"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{"a": {}, "b": {}}', ["a", "b"]),
        ('{"a": {}, "b": {"torn', ["a"]),
        ('{"a": {}, "b": 1}', []),
        ('{"a": {}}\n{"b": {}}', []),
        ('{"a": []}', []),
        ("[{}]", []),
        ("{}", []),
        ("文", []),
    ],
)
def test_only_one_object_of_objects_counts(export: Export, text: str, keys: list[str]) -> None:
    assert [record.key for record in first_values(Source(export("k.json", text)))] == keys


def test_a_large_object_is_read_piece_by_piece(export: Export) -> None:
    large = {f"k{n}": {"text": "退款" * 500, "n": n} for n in range(200)}
    path = export("k.json", json.dumps(large, ensure_ascii=False))
    assert [record.key for record in first_values(Source(path), count=3)] == ["k0", "k1", "k2"]
    assert [item.value["n"] for item in values(Source(path)) if isinstance(item, Record)] == list(range(200))


def test_a_torn_object_says_so(export: Export) -> None:
    *_, last = values(Source(export("k.json", '{"a": {}, "b" 1')))
    assert isinstance(last, Skipped) and last.where == "k.json" and "ends early" in last.why
