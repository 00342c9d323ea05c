from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
