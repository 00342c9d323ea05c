from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import read
from replydesk.data.records import Conversation

Export = Callable[..., Path]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Writes lines (texts or JSON objects) to a file of the given name and returns its path."""

    def write(name: str, *lines: Any, encoding: str = "utf-8", end: str = "\n") -> Path:
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(("\n".join(texts) + end).encode(encoding))
        return path

    return write


@pytest.fixture
def datasets() -> Path:
    """The folder of real data, or a skip that says where it was looked for."""
    beside = Path(__file__).parents[4] / "shared" / "datasets"
    folder = Path(os.environ.get("REPLYDESK_DATASETS") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real datasets at $REPLYDESK_DATASETS or {beside}")
    return folder


Told = Callable[..., list[Conversation]]


@pytest.fixture
def told() -> Told:
    """Reads an export as one format, whatever way it is found, and returns its conversations."""

    def conversations(path: Path, format: str) -> list[Conversation]:  # noqa: A002
        reading = read(path)
        assert reading.format == format
        return [item for item in reading.items if isinstance(item, Conversation)]

    return conversations


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[Path], Path]:
    """Packs a folder into an archive and returns its path."""

    def pack(folder: Path) -> Path:
        target = tmp_path / "packed.zip"
        with zipfile.ZipFile(target, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder.parent))
        return target

    return pack
