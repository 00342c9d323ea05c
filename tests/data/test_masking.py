"""Masking holds its bounds on the labelled messages, and what a few regexes would do is measured beside it."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@cache
def benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("masking_benchmark", ROOT / "benchmarks" / "masking.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def messages() -> tuple[Any, ...]:
    return tuple(benchmark().labelled())


@cache
def scored(part: str) -> dict[str, Any]:
    result: dict[str, Any] = benchmark().score(benchmark().ours, [m for m in messages() if m.part == part])
    return result


@pytest.mark.parametrize("part", ["develop", "held_out"])
def test_recall_and_precision(part: str) -> None:
    found = scored(part)
    assert found["recall"] >= 0.99
    assert found["precision"] >= 0.95
    assert found["leak"] <= 0.03
    for language in ("en", "zh"):
        assert found["languages"][language]["precision"] >= 0.95


def test_there_is_enough_of_everything() -> None:
    assert len(messages()) >= 1000
    for part in ("develop", "held_out"):
        for language in ("en", "zh"):
            here = [m for m in messages() if (m.part, m.language) == (part, language)]
            assert len(here) >= 300
            # Messages that hold nothing, most of which look as if they did.
            assert sum(not m.spans for m in here) >= 100
    texts = [m.text for m in messages()]
    assert len(set(texts)) == len(texts)
    # No template: what is left of two messages without their values and digits is hardly ever the same.
    bare = [re.sub(r"[\W\d_]+", "", _without_spans(m)).casefold() for m in messages() if m.spans]
    bare = [text for text in bare if len(text) > 12]
    assert len(set(bare)) >= 0.97 * len(bare)


def _without_spans(message: Any) -> str:
    text = message.text
    for start, end, _ in reversed(message.spans):
        text = text[:start] + text[end:]
    return str(text)


def test_a_mark_says_where_the_data_stands() -> None:
    message = benchmark().read("Call [PHONE:07700 900461] or [EMAIL:a@example.com]!", "en", "develop")
    assert message.text == "Call 07700 900461 or a@example.com!"
    assert message.spans == ((5, 17, "PHONE"), (21, 34, "EMAIL"))


def test_scores_count_overlaps_of_the_same_kind() -> None:
    module = benchmark()
    one = module.read("Call [PHONE:07700 900461] or [EMAIL:a@example.com]!", "en", "develop")
    found = module.score(lambda _: [(5, 10, "PHONE"), (21, 34, "NAME")], [one])
    assert (found["spans"], found["recall"], found["precision"]) == (2, 0.5, 0.5)
    assert found["leak"] == round(7 / 25, 4)
    assert found["kinds"]["EMAIL"]["en"]["recall"] == 0.0


def test_masking_beats_a_few_regexes() -> None:
    floor = benchmark().score(benchmark().floor, [m for m in messages() if m.part == "held_out"])
    assert floor["recall"] < 0.8 * scored("held_out")["recall"]
    assert floor["leak"] > 3 * scored("held_out")["leak"]
