from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from replydesk.data.readers import jsons, jsontext
from replydesk.data.readers.base import Skipped, Source
from replydesk.data.readers.jsons import Record, first, records

Export = Callable[..., Path]

OBJECTS = [{"n": 1, "text": 'a ] } " \\ ['}, {"n": 2, "text": "你好，】"}, {"n": 3, "list": [1, {"x": []}]}]
LINES = "\n".join(json.dumps(value) for value in OBJECTS)


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (LINES, ["e:1", "e:2", "e:3"]),
        (LINES.replace("\n", "\r\n\r\n"), ["e:1", "e:3", "e:5"]),
        (json.dumps(OBJECTS), ["e:[0]", "e:[1]", "e:[2]"]),
        (json.dumps(OBJECTS, indent=2, ensure_ascii=False), ["e:[0]", "e:[1]", "e:[2]"]),
        ("\n".join(json.dumps(value, indent=2) for value in OBJECTS), ["e:[0]", "e:[1]", "e:[2]"]),
        (
            json.dumps({"count": 3, "tickets": OBJECTS, "next": None}),
            ["e:tickets[0]", "e:tickets[1]", "e:tickets[2]"],
        ),
        (
            json.dumps({"tickets": OBJECTS, "count": 3}, indent=1),
            ["e:tickets[0]", "e:tickets[1]", "e:tickets[2]"],
        ),
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 256 * 1024])
def test_every_shape_gives_the_same_objects(
    export: Export, monkeypatch: pytest.MonkeyPatch, content: str, places: list[str], chunk: int
) -> None:
    monkeypatch.setattr(jsontext, "_CHUNK", chunk)
    source = Source(export("e", content))
    found = [item for item in records(source, inside=("tickets",)) if isinstance(item, Record)]
    assert [record.value for record in found] == OBJECTS
    assert [record.where for record in found] == places
    assert first(source, inside=("tickets",)) == found


def test_a_bad_line_costs_only_itself(export: Export) -> None:
    path = export("e.jsonl", '{"n": 1}', "{bad}", "[1, 2]", "[" * 100_000, '{"n": 5}', '{"n": "cut o', end="")
    one, bad, listed, deep, five, cut = records(Source(path))
    assert one == Record("e.jsonl:1", "", {"n": 1})
    assert five == Record("e.jsonl:5", "", {"n": 5})
    assert isinstance(bad, Skipped) and bad.where == "e.jsonl:2"
    assert listed == Skipped("e.jsonl:3", "a JSON object was expected")
    assert isinstance(deep, Skipped) and deep.where == "e.jsonl:4"
    assert isinstance(cut, Skipped) and cut.where == "e.jsonl:6" and "not complete JSON" in cut.why


@pytest.mark.parametrize("chunk", [3, 256 * 1024])
def test_a_bad_element_costs_only_itself(export: Export, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(jsontext, "_CHUNK", chunk)
    path = export("e.json", '[{"n": 1}, {"n": oops, "m": "}"}, {"n": 3}, nope, {"n": 5}, {"n": "cut', end="")
    items = list(records(Source(path)))
    assert [item.value["n"] for item in items if isinstance(item, Record)] == [1, 3, 5]
    assert [item.where for item in items if isinstance(item, Skipped)] == [
        "e.json:[1]",
        "e.json:[3]",
        "e.json:[5]",
    ]


def test_a_document_cut_off_after_its_list_says_so(export: Export) -> None:
    *_, last = records(Source(export("e.json", '{"tickets": [{"n": 1}], "next": "http', end="")), inside=("tickets",))
    assert isinstance(last, Skipped) and last.why.startswith("the file ends early")


def test_a_line_beyond_the_limit_is_skipped_without_being_kept(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (jsons, jsontext):
        monkeypatch.setattr(module, "LIMIT", 100)
    path = export("e.jsonl", {"n": 1}, {"n": "x" * 1000}, {"n": "退" * 80})
    assert [item if isinstance(item, Skipped) else item.value["n"] for item in records(Source(path))] == [
        1,
        Skipped("e.jsonl:2", "the line is longer than 100 characters"),
        "退" * 80,
    ]


def test_half_an_escaped_emoji_is_mended_and_a_whole_one_kept(export: Export) -> None:
    path = export("e.jsonl", '{"text": "half \\ud83d", "n": 1}', '{"text": "whole \\ud83d\\ude00"}')
    assert [item.value["text"] for item in records(Source(path)) if isinstance(item, Record)] == [
        "half ?",
        "whole 😀",
    ]


def test_bytes_that_are_no_text_cost_their_line(export: Export) -> None:
    path = export("e.jsonl", {"text": "退款" * 10}, {"text": "BAD"}, {"text": "ok"})
    path.write_bytes(path.read_bytes().replace(b"BAD", b"\xff\xfe"))
    assert [item.where for item in records(Source(path)) if isinstance(item, Skipped)] == ["e.jsonl:2"]


PAGES = [{"n": 1, "rows": OBJECTS[:2], "by": {"x": 1}}, {"rows": OBJECTS[2:], "people": [{"p": 1}]}]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps(page) for page in PAGES),
        "\n".join(json.dumps(page, indent=2) for page in PAGES),
        json.dumps(PAGES),
        json.dumps([PAGES[:1], PAGES[1:]]),
        json.dumps(PAGES[:1]) + "\n" + json.dumps(PAGES[1:]),
        "".join(json.dumps({"got": 1, "data": {"inner": page}}, indent=1) for page in PAGES),
    ],
    ids=["lines", "in a row", "array", "arrays in an array", "arrays in a row", "wrapped"],
)
def test_every_page_is_opened(export: Export, content: str) -> None:
    keys = {"inside": ("rows",), "beside": ("by", "people"), "through": ("data", "inner")}
    found = [item for item in records(Source(export("e", content)), **keys) if isinstance(item, Record)]
    assert [item.value for item in found if item.key == "rows"] == OBJECTS
    assert [item.value for item in found if item.key == "by"] == [{"x": 1}]
    assert [item.value for item in found if item.key == "people"] == [{"p": 1}]
    assert len({item.where for item in found}) == len(found)


def test_a_list_of_numbers_makes_no_page(export: Export) -> None:
    [found] = records(Source(export("e.json", {"rows": [5, 6], "assets": {"x": 1}})), inside=("rows",))
    assert isinstance(found, Record) and found.value["assets"] == {"x": 1}


def test_wrappers_that_never_end_stop_nothing(export: Export) -> None:
    deep = '{"data": ' * 200 + "{}" + "}" * 200
    assert all(isinstance(item, Record | Skipped) for item in records(Source(export("e", deep)), inside=("rows",)))
    assert list(records(Source(export("e", deep)), inside=("rows",), through=("data",)))
