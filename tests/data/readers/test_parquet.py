from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Skipped, Source, read
from replydesk.data.readers.parquet import objects
from replydesk.data.records import Conversation, Ticket

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


def parquet(path: Path, table: pa.Table, **words: Any) -> Path:
    pq.write_table(table, path, **words)
    return path


def test_rows_become_the_objects_that_json_would_have(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": pa.array(["在吗", None]).dictionary_encode(),
            "ns": pa.array([1772355600123456789, None], pa.timestamp("ns", "UTC")),
            "naive": pa.array([NINE.replace(tzinfo=None), None]),
            "day": pa.array([date(2026, 3, 1), None]),
            "number": pa.array([1.5, float("nan")]),
            "money": pa.array([Decimal("9.90"), None]),
            "bytes": pa.array([b"ok", None]),
            "nested": pa.array([[{"role": "user", "content": "hi"}], None]),
            "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
        }
    )
    one, two = objects(Source(parquet(tmp_path / "p.parquet", table)))
    assert not isinstance(one, Skipped) and not isinstance(two, Skipped)
    assert one == (
        "p.parquet:1",
        {
            "text": "在吗", "ns": "2026-03-01T09:00:00.123456+00:00", "naive": "2026-03-01T09:00:00",
            "day": "2026-03-01", "number": 1.5, "money": 9.9, "bytes": "ok",
            "nested": [{"role": "user", "content": "hi"}], "map": {"a": 1},
        },
    )  # fmt: skip
    assert two[0] == "p.parquet:2" and set(two[1].values()) == {None}


@pytest.mark.parametrize("packed", [False, True])
def test_a_table_of_turns(tmp_path: Path, packed: bool) -> None:
    table = pa.table(
        {
            "conversation_id": [7, 7, 8],
            "role": pa.array(["customer", "agent", "客户"]).dictionary_encode(),
            "text": ["Where is it?", "It left.", "在哪里？"],
            "created_at": pa.array([NINE] * 3, pa.timestamp("ms", "UTC")),
        }
    )
    path = parquet(tmp_path / "t.parquet", table, row_group_size=1)
    if packed:
        path.with_suffix(".gz").write_bytes(gzip.compress(path.read_bytes()))
        path = path.with_suffix(".gz")
    reading = read(path)
    assert reading.format == "csv" and reading.columns["conversation"] == "conversation_id"
    one, two = reading.items
    assert isinstance(one, Conversation) and isinstance(two, Conversation)
    assert [(m.role, m.text, m.at) for m in one.messages] == [
        ("customer", "Where is it?", NINE), ("agent", "It left.", NINE),
    ]  # fmt: skip
    assert [(m.role, m.text) for m in two.messages] == [("customer", "在哪里？")]


def test_pairs_and_training_chats(tmp_path: Path) -> None:
    pairs = parquet(tmp_path / "p.parquet", pa.table({"question": ["q", "怎么退款"], "answer": ["a", "三天到账"]}))
    assert list(read(pairs).items) == [Ticket.make("q", "a"), Ticket.make("怎么退款", "三天到账")]
    chats = pa.table({"messages": [[{"role": "user", "content": "在吗"}, {"role": "assistant", "content": "在的"}]]})
    reading = read(parquet(tmp_path / "c.parquet", chats))
    assert reading.format == "openai"
    [chat] = reading.items
    assert isinstance(chat, Conversation) and [m.role for m in chat.messages] == ["customer", "agent"]
    shared = pa.table({"conversations": [[{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]]})
    assert read(parquet(tmp_path / "s.parquet", shared)).format == "sharegpt"


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", pa.table({"question": ["q"] * 100, "answer": ["a"] * 100}))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match="cannot be opened"):
        read(path)


def test_a_folder_of_shards(tmp_path: Path) -> None:
    for number in range(2):
        parquet(tmp_path / f"train-{number}.parquet", pa.table({"question": [f"q{number}"], "answer": ["a"]}))
    assert list(read(tmp_path).items) == [Ticket.make("q0", "a"), Ticket.make("q1", "a")]
