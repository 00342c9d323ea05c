from __future__ import annotations

import gzip
import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from replydesk.data.readers.base import Source, in_order, moment, private, role_of, yes
from replydesk.data.records import Message


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020-03-03T13:05:57Z", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("2020-03-03T21:05:57+08:00", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("2020-03-03 21:05:57 +0800", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("2020-03-03 13:05:57", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("2020-03-03 13:05:57.250", datetime(2020, 3, 3, 13, 5, 57, 250_000, tzinfo=UTC)),
        ("2020-03-03 13:05:57 UTC", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("Tue Mar 03 13:05:57 +0000 2020", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("Tue Mar 03 21:05:57 +0800 2020", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        (1583240757, datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        (1583240757.25, datetime(2020, 3, 3, 13, 5, 57, 250_000, tzinfo=UTC)),
        (1583240757250, datetime(2020, 3, 3, 13, 5, 57, 250_000, tzinfo=UTC)),
        ("1583240757", datetime(2020, 3, 3, 13, 5, 57, tzinfo=UTC)),
        ("1583240757250", datetime(2020, 3, 3, 13, 5, 57, 250_000, tzinfo=UTC)),
        ("2020/3/3 9:05", datetime(2020, 3, 3, 9, 5, tzinfo=UTC)),
        ("2020年3月3日 9时05分07秒", datetime(2020, 3, 3, 9, 5, 7, tzinfo=UTC)),
        ("2020年3月3日", datetime(2020, 3, 3, tzinfo=UTC)),
        ("2020-03-03", datetime(2020, 3, 3, tzinfo=UTC)),
        (None, None),
        ("  ", None),
        ("NaT", None),
    ],
)
def test_moments(written: object, meant: datetime | None) -> None:
    assert moment(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "昨天",
        "03/04/2020",
        "2020-13-01",
        "2020/2/30",
        float("nan"),
        float("inf"),
        1e300,
        True,
        [1],
        "0001-01-01T00:00:00+14:00",
        "Tue Foo 03 13:05:57 +0000 2020",
    ],
)
def test_what_is_no_moment_is_named(written: object) -> None:
    with pytest.raises(ValueError, match="is not a date that can be read"):
        moment(written)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Customer", "customer"), ("end-user", "customer"), ("End_User", "customer"),
        ("incoming", "customer"), ("客户", "customer"), ("买家", "customer"),
        ("admin", "agent"), ("OUTBOUND", "agent"), ("客服", "agent"), ("坐席", "agent"),
        ("assistant", "bot"), ("机器人", "bot"), ("note", "note"), ("备注", "note"), ("developer", "system"),
        ("", None), ("whoever", None), ("谁", None),
    ],
)  # fmt: skip
def test_roles(word: str, role: str | None) -> None:
    assert role_of(word) == role


@pytest.mark.parametrize(("flag", "set_"), [("TRUE", True), (True, True), (1, True), ("是", True), ("f", False)])
def test_flags(flag: object, set_: bool) -> None:
    assert yes(flag) is set_


@pytest.mark.parametrize(
    ("flag", "set_"),
    [
        *((word, False) for word in (None, "", " ", False, "False", 0, "0", "no", "N", "public", "否", [], {})),
        *((word, True) for word in (True, "true", "tru", "x", 2, [0], {"value": False}, "是", "team only")),
    ],
)
def test_only_a_clear_no_makes_a_text_public(flag: object, set_: bool) -> None:
    assert private(flag) is set_


def test_messages_come_by_time_and_undated_ones_stay_behind_their_neighbour() -> None:
    def said(name: str, hour: int | None) -> Message:
        at = None if hour is None else datetime(2026, 3, 1, hour, tzinfo=UTC)
        return Message(name, "customer", name, at)

    messages = [said("first", None), said("late", 12), said("after late", None), said("early", 9)]
    ordered = in_order(messages)
    assert [message.id for message in ordered] == ["first", "early", "late", "after late"]
    assert in_order(ordered) == ordered


TEXT = "Where is my parcel?\n我的包裹在哪里？" * 50


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("zipped", [False, True])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str, zipped: bool) -> None:
    data = TEXT.encode(encoding)
    path = tmp_path / "export.any"
    path.write_bytes(gzip.compress(data) if zipped else data)
    source = Source(path)
    with source.open() as stream:
        assert stream.read() == TEXT
    assert source.head(1024) == TEXT.encode(encoding)[:1024].decode(encoding, "ignore")


def test_chinese_after_a_long_english_beginning_still_decides_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"a,b\n" * 300_000 + "退款,多久".encode("gb18030"))
    assert Source(path).encoding == "gb18030"


@pytest.mark.parametrize("good", ["’quoted’ and café " * 20, "退款什么时候到账？" * 20])
def test_one_bad_byte_does_not_turn_a_file_into_another_encoding(tmp_path: Path, good: str) -> None:
    path = tmp_path / "damaged.txt"
    path.write_bytes(good.encode() + b"\xe9t\xe9 " + good.encode())
    source = Source(path)
    with source.open() as stream:
        text = stream.read()
    assert source.encoding == "utf-8-sig" and source.damaged
    assert text.startswith(good) and text.endswith(good)


def test_a_file_cut_inside_a_character_is_still_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_bytes("你好，退款".encode()[:-1])
    assert Source(path).encoding == "utf-8-sig"


def test_what_is_piped_in_can_be_looked_at_and_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(TEXT.encode()))))
    source = Source("-")
    assert source.name == "stdin"
    assert source.head(60).startswith("Where is my parcel?")
    for _ in range(2):
        with source.open() as stream:
            assert stream.read() == TEXT


def test_the_first_bytes_are_those_of_the_unpacked_file(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"SQLite format 3\0rest"))
    source = Source(path)
    assert source.start(6) == b"SQLite"
    assert source.local().read_bytes() == b"SQLite format 3\0rest"
    assert source.local() == source.local()
    assert Source(tmp_path).start() == b""
