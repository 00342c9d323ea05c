"""Pictures of results: the same figures give the same bytes, and what was not measured leaves a gap."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import plots

    monkeypatch.setattr(plots, "RESULTS", tmp_path)
    monkeypatch.setattr(plots, "ASSETS", tmp_path)
    return plots


def test_a_result_is_drawn_and_drawn_alike(plots: ModuleType, tmp_path: Path) -> None:
    found = json.loads((ROOT / "benchmarks" / "results" / "vectors.json").read_text(encoding="utf-8"))
    found["sizes"]["10000000"] = {"memory_mb": 6000, "search_ms": {"p50": 2.0, "p99": 9.0}}
    (tmp_path / "vectors.json").write_text(json.dumps(found))
    (path,) = plots.draw()
    first = path.read_bytes()
    assert ElementTree.fromstring(first).get("width") == "900pt"
    assert b"<dc:date>" not in first
    assert plots.draw()[0].read_bytes() == first


def test_nothing_is_drawn_where_nothing_was_measured(plots: ModuleType) -> None:
    assert plots.draw() == []


def test_a_bar_ends_with_its_value(plots: ModuleType) -> None:
    figure, (panel,) = plots.panels(1, 1)
    plots.bars(panel, "times as fast", {"one": 1.0, "two": 2.5}, "x")
    assert [text.get_text() for text in panel.texts] == ["1 x", "2.5 x"]
    assert [bar.get_width() for bar in panel.patches] == [1.0, 2.5]
    assert figure.get_size_inches()[0] == 12.5
