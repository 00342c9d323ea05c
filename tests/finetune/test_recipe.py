"""Recipes: presets, files, and what a wrong one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replydesk.data.errors import RequestError
from replydesk.finetune.recipe import QUICK, Recipe


def test_the_quick_recipe_is_found_by_its_name() -> None:
    assert Recipe.find("quick") is QUICK
    assert Recipe() == QUICK


def test_a_file_overrides_the_defaults_and_gives_its_name(tmp_path: Path) -> None:
    path = tmp_path / "careful.toml"
    path.write_text("strengths = [1, 30]\nmax_wrong = 0.01\n")
    assert Recipe.find(str(path)) == Recipe(name="careful", strengths=(1.0, 30.0), max_wrong=0.01)
    path.write_text('name = "own"\nfolds = 5\n')
    assert Recipe.find(str(path)) == Recipe(name="own", folds=5)


def test_an_unknown_name_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no such recipe") as caught:
        Recipe.find("quikc")
    assert "quick" in caught.value.hint
    assert caught.value.where == "quikc"


def test_an_unknown_key_lists_the_known(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("epochs = 3\n")
    with pytest.raises(RequestError, match="no epochs") as caught:
        Recipe.find(str(path))
    assert "max_wrong" in caught.value.hint
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "content",
    [
        b"folds = ",
        b"\xff",
        None,
        b'folds = "many"',
        b"folds = 1",
        b"strengths = []",
        b"strengths = 3",
        b"strengths = [0.0]",
        b'strengths = ["a"]',
        b"max_wrong = 1.5",
        b"in_scope_kept = -0.1",
        b"candidates = 0",
    ],
)
def test_an_unusable_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RequestError) as caught:
        Recipe.find(str(path))
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_a_document_holds_every_value() -> None:
    document = json.loads(json.dumps(QUICK.document()))
    assert Recipe(**document | {"strengths": tuple(document["strengths"])}) == QUICK
