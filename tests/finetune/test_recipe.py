"""Recipes: presets, files, and what a wrong one is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from replydesk.data.errors import RequestError
from replydesk.finetune.recipe import PRESETS, QUICK, EncoderRecipe, HeadRecipe, Recipe, Training


def test_the_quick_recipe_is_found_by_its_name() -> None:
    assert Recipe.find("quick") is QUICK
    assert Recipe() == QUICK


def test_a_file_overrides_the_defaults_and_gives_its_name(tmp_path: Path) -> None:
    path = tmp_path / "careful.toml"
    path.write_text("candidates = 9\n[head]\nstrengths = [1, 30]\n")
    assert Recipe.find(str(path)) == Recipe(name="careful", head=HeadRecipe(strengths=(1.0, 30.0)), candidates=9)
    path.write_text('name = "own"\nhead.folds = 5\n')
    assert Recipe.find(str(path)) == Recipe(name="own", head=HeadRecipe(folds=5))


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
    assert "in_scope_kept" in caught.value.hint
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "content",
    [
        b"head.folds = ",
        b"\xff",
        None,
        b'head.folds = "many"',
        b"head.folds = 1",
        b"head.strengths = []",
        b"head.strengths = 3",
        b"head.strengths = [0.0]",
        b'head.strengths = ["a"]',
        b"in_scope_kept = 1.5",
        b"in_scope_kept = -0.1",
        b"candidates = 0",
        b"head = 3",
        b"encoder.training.epochs = 0",
        b'encoder.training.schedule = "slow"',
        b'adapter.kind = "clay"',
        b'like = "quikc"',
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
    assert Recipe.read(document, where="card.json") == QUICK


def test_a_file_starts_from_the_preset_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('like = "full"\n[encoder.training]\nepochs = 2\n')
    found, full = Recipe.find(str(path)), Recipe.find("full")
    assert found.encoder.training == replace(full.encoder.training, epochs=2)
    assert found.encoder.tune and found == replace(full, name="mine", encoder=found.encoder)


def test_an_unknown_key_in_a_section_is_told_with_its_section(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("[encoder.training]\nepoch = 3\n")
    with pytest.raises(RequestError, match=r"no encoder\.training\.epoch") as caught:
        Recipe.find(str(path))
    assert "epochs" in caught.value.hint


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_valid_and_has_its_name(name: str) -> None:
    found = Recipe.find(name)
    assert found.name == name
    assert found.encoder.tune == (name != "quick")
    assert isinstance(found.encoder, EncoderRecipe) and isinstance(found.encoder.training, Training)


def test_what_may_be_wrong_is_a_setting_now(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text("max_wrong = 0.02\n")
    with pytest.raises(RequestError, match="no max_wrong") as caught:
        Recipe.find(str(path))
    assert "dialog.max_wrong" in caught.value.hint
