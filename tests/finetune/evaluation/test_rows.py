"""Labelled data of anybody is read, and what is wrong is named with file and line."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from replydesk.data.errors import InputError, RequestError
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.rows import (
    drawn,
    folds_of,
    held_apart,
    keyed_rows,
    read_labelled,
    read_texts,
    shared_texts,
)

ROWS = Labelled(tuple(f"text {i}" for i in range(60)), tuple("aaab"[i % 4] + "x" * (i == 59) for i in range(60)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,label\n"Where, please, is it?",delivery\n我的快递,delivery\n'),
        ("b.csv", 'category,text\ndelivery,"Where, please, is it?"\ndelivery,我的快递\n'),
        ("c.csv", 'Text;Intent\n"Where, please, is it?";delivery\n我的快递;delivery\n'),
        ("d.tsv", "utterance\tlabel\nWhere, please, is it?\tdelivery\n我的快递\tdelivery\n"),
        (
            "e.jsonl",
            '{"text": "Where, please, is it?", "label": "delivery"}\n\n{"text": "我的快递", "label": "delivery"}',
        ),
        ("g.csv", '意图,问题\ndelivery,"Where, please, is it?"\ndelivery,我的快递\n'),
        ("h.csv", 'query,intent\n"Where, please, is it?",delivery\n我的快递,delivery\n'),
        (
            "f.json",
            '[{"text": "Where, please, is it?", "intent": "delivery"}, {"text": "我的快递", "intent": "delivery"}]',
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_tables_and_lines_are_read_alike(name: str, content: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding=encoding)
    assert read_labelled(path) == Labelled(("Where, please, is it?", "我的快递"), ("delivery", "delivery"))
    assert read_texts(path) == ("Where, please, is it?", "我的快递")


@pytest.mark.parametrize(
    ("name", "content", "message", "where"),
    [
        ("a.csv", "text,label\nhello,greeting\nbye,\n", "no label", "a.csv:3"),
        ("a.csv", "text,label\nhello,greeting\n ,bye\n", "no text", "a.csv:3"),
        ("a.csv", "text,label\nhello,greeting\nwell, bye,bye\n", "3 cells", "a.csv:3"),
        ("a.csv", "words,label\nhello,greeting\nbye,bye\n", "no column text", "a.csv:1"),
        (".", "", "a folder", "."),
        ("a.jsonl", '{"text": "hello", "label": "greeting"}\n{"text": "bye"}\n', "no label", "a.jsonl:2"),
        ("a.jsonl", '{"text": "hello", "label": "greeting"}\n{"text": "bye\n', "not complete JSON", "a.jsonl:2"),
        ("a.jsonl", '{"text": "hello"}\n{"text": "bye"}\n', "no column label", "a.jsonl:1"),
        ("a.csv", "", "empty", "a.csv"),
        ("a.csv", "nothing\n", "no table", "a.csv"),
    ],
)
def test_a_wrong_row_is_named(name: str, content: str, message: str, where: str, tmp_path: Path) -> None:
    if name != ".":
        (tmp_path / name).write_text(content)
    with pytest.raises(RequestError, match=message) as caught:
        read_labelled(tmp_path / name)
    assert caught.value.where == str(tmp_path / where)


def test_a_tenth_of_the_rows_may_say_nothing(tmp_path: Path) -> None:
    path, notes = tmp_path / "rows.csv", list[str]()
    path.write_text("text,label\n" + "hello,greeting\n" * 18 + ",greeting\nbye,\n")
    assert len(read_labelled(path, notes)) == 18
    assert len(read_texts(path, [])) == 19
    assert notes == [
        f"1 of 20 rows of rows.csv have no text and are left out, the first at {path}:20.",
        f"1 of 20 rows of rows.csv have no label and are left out, the first at {path}:21.",
    ]
    with pytest.raises(RequestError, match=r"has no text\.") as caught:
        read_labelled(path)
    assert caught.value.where == f"{path}:20"
    path.write_text("text,label\n" + "hello,greeting\n" * 18 + "bye,\n" * 3)
    with pytest.raises(RequestError, match="no label, like 2 more of 21") as caught:
        read_labelled(path, [])
    assert caught.value.where == f"{path}:20"


def test_a_workbook_is_named_as_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rows.xlsx", "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(InputError, match="Excel") as caught:
        read_labelled(tmp_path / "rows.xlsx")
    assert "CSV" in caught.value.hint


def test_texts_alone_need_no_second_column(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("text\nwhat is the weather, please\nsing a song\n")
    assert read_texts(tmp_path / "odd.csv") == ("what is the weather, please", "sing a song")
    (tmp_path / "other.csv").write_text("words\nsing\n")
    with pytest.raises(RequestError, match="no column text"):
        read_texts(tmp_path / "other.csv")


def test_lines_are_objects_and_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n')
    assert list(keyed_rows(path)) == [(f"{path}:1", {"a": 1}), (f"{path}:2", {"a": 2})]
    with pytest.raises(RequestError, match="cannot be read") as caught:
        list(keyed_rows(tmp_path / "none.jsonl"))
    assert caught.value.where == str(tmp_path / "none.jsonl")


def test_a_limit_draws_every_label_its_share() -> None:
    found = drawn(ROWS, 20, 0)
    assert Counter(found.labels) == {"a": 14, "b": 5, "bx": 1}
    assert found == drawn(ROWS, 20, 0) != drawn(ROWS, 20, 1)
    assert set(zip(found.texts, found.labels, strict=True)) <= set(zip(ROWS.texts, ROWS.labels, strict=True))
    assert drawn(ROWS, None, 0) is ROWS
    assert len(drawn(ROWS, 2, 0)) == 2


def test_what_is_held_apart_is_a_share_of_every_label() -> None:
    learned, held = held_apart(ROWS, 0.2, 0)
    assert sorted(learned.texts + held.texts) == sorted(ROWS.texts)
    assert Counter(held.labels) == {"a": 9, "b": 3}
    _, least = held_apart(Labelled(("a", "b", "c"), ("x", "x", "y")), 0.1, 0)
    assert least.labels == ("x",)


def test_folds_hold_everything_out_once_and_keep_what_is_alone() -> None:
    folds = folds_of(ROWS, 0.1, 0)
    held = [text for _, part in folds for text in part.texts]
    assert len(folds) == 5
    assert sorted([*held, "text 59"]) == sorted(ROWS.texts)
    assert all(set(learned.names) == {"a", "b", "bx"} for learned, _ in folds)
    assert all(not set(learned.texts) & set(part.texts) for learned, part in folds)
    many = Labelled(tuple(map(str, range(4000))), tuple(str(i % 7) for i in range(4000)))
    ((learned, part),) = folds_of(many, 0.1, 0)
    assert (len(learned), len(part)) == (3600, 400)
    with pytest.raises(RequestError, match="one message"):
        folds_of(Labelled(("a", "b"), ("x", "y")), 0.1, 0)


def test_texts_are_shared_whatever_their_case_and_blanks() -> None:
    assert shared_texts(["Where is it?", "我的 快递"], ["where  is it?", "where", "我的 快递"]) == 2
