"""Recipes are searched for: what varies, what chooses, what is given up, and that a search goes on."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback
from typer.testing import CliRunner

from replydesk.data.errors import ConflictError, RequestError
from replydesk.data.home import Home
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.recipe import PRESETS, Recipe
from replydesk.finetune.search import Found, Space, intent_objective, recipe_toml, search
from replydesk.ui.cli import app
from tests.conftest import DESK

FULL = Recipe.find("full")


def space(folder: Path, text: str) -> Path:
    file = folder / "space.toml"
    file.write_text(f"[search]\n{text}\n", encoding="utf-8")
    return file


def rate(folder: Path) -> Space:
    return Space.find(space(folder, "encoder.training.learning_rate = {low = 1e-5, high = 1e-2, log = true}"), FULL)


def toy(recipe: Recipe, callbacks: Sequence[Any]) -> float:
    """Return a score that is highest at the rate 1e-3, told to the callbacks epoch by epoch."""
    score = 1 - abs(recipe.encoder.training.learning_rate - 1e-3) * 100
    for callback in callbacks:
        for epoch in range(4):
            callback.on_evaluate(None, None, None, metrics={"score": score * epoch / 3, "epoch": epoch})
    return score


def test_the_best_is_found_and_the_bad_are_given_up(tmp_path: Path) -> None:
    said: list[str] = []
    found = search(Home(tmp_path / "home"), "one", FULL, rate(tmp_path), toy, trials=25, progress=said.append)
    assert abs(found.recipe.encoder.training.learning_rate - 1e-3) < 3e-4 and found.score > 0.97
    assert found.complete + found.pruned == 25 and found.pruned > 0
    assert sum("was given up" in line for line in said) == found.pruned
    # The first trial is what it starts from, and nothing but the rate differs.
    assert "learning_rate 0.0002" in said[0]
    training = replace(FULL.encoder.training, learning_rate=found.recipe.encoder.training.learning_rate)
    assert found.recipe == replace(FULL, encoder=replace(FULL.encoder, training=training))
    assert found.database == tmp_path / "home" / "runs" / "search-one.db" and found.database.exists()


def test_killed_and_started_again_it_goes_on(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    seen: list[float] = []

    def dies(recipe: Recipe, callbacks: Sequence[Any]) -> float:
        seen.append(recipe.encoder.training.learning_rate)
        if len(seen) == 4:
            raise Killed
        return toy(recipe, ())

    home, dimensions = Home(tmp_path / "home"), rate(tmp_path)
    with pytest.raises(Killed):
        search(home, "one", FULL, dimensions, dies, trials=6)
    # A killed process says nothing: its trial is left as running.
    import optuna

    study = optuna.load_study(study_name="one", storage=f"sqlite:///{home.runs / 'search-one.db'}")
    study._storage.create_new_trial(study._study_id)
    found = search(home, "one", FULL, dimensions, dies, trials=6)
    assert (found.complete, len(seen)) == (6, 7)
    assert len(set(seen)) >= 6
    again = search(home, "one", FULL, dimensions, dies, trials=6)
    assert (again, len(seen)) == (found, 7)
    search(home, "one", FULL, dimensions, dies, trials=8)
    assert len(seen) == 9


def test_a_search_for_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    home, dimensions = Home(tmp_path / "home"), rate(tmp_path)
    search(home, "one", FULL, dimensions, toy, trials=1, fingerprint="data")
    for changed in ({"fingerprint": "other data"}, {"fingerprint": "data", "start": replace(FULL, seed=1)}):
        given: dict[str, Any] = {"start": FULL} | changed
        with pytest.raises(ConflictError, match="something else") as caught:
            search(home, "one", given.pop("start"), dimensions, toy, trials=2, **given)
        assert "--name" in caught.value.hint
    search(home, "two", FULL, dimensions, toy, trials=1, fingerprint="other data")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing to search"),
        ("encoder.training.learning_rat = [1]", "has no encoder.training.learning_rat"),
        ("encoder.smoothing = {low = 0.0, high = 1.5}", "smoothing is wrong"),
        ("encoder.training.learning_rate = {low = 0, high = 1, log = true}", "no range"),
        ("encoder.smoothing = {low = 0.2, high = 0.1}", "no range"),
        ("encoder.smoothing = 0.1", "no range"),
        ("encoder.smoothing = []", "no range"),
        ("encoder.smoothing = {low = 0.1, high = 0.2, steps = 3}", "no range"),
        ("encoder.smoothing = {low =", "cannot be read"),
    ],
)
def test_a_wrong_space_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        Space.find(space(tmp_path, text), FULL)


def test_ranges_and_choices_of_every_kind(tmp_path: Path) -> None:
    text = """
encoder.training.schedule = ["linear", "cosine"]
encoder.training.embeddings = [true, false]
encoder.training.epochs = {low = 2, high = 5}
"""
    made: list[Recipe] = []

    def note(recipe: Recipe, callbacks: Sequence[Any]) -> float:
        made.append(recipe)
        return 0.5

    search(Home(tmp_path / "home"), "one", FULL, Space.find(space(tmp_path, text), FULL), note, trials=12)
    assert {type(recipe.encoder.training.epochs) for recipe in made} == {int}
    assert {recipe.encoder.training.schedule for recipe in made} == {"linear", "cosine"}
    assert {recipe.encoder.training.embeddings for recipe in made} == {True, False}
    assert all(2 <= recipe.encoder.training.epochs <= 5 for recipe in made[1:])


def test_the_space_of_replydesk_fits_every_preset() -> None:
    for name in PRESETS:
        assert len(Space.find(None, Recipe.find(name)).dimensions) >= 5


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_written_as_toml_is_read_as_the_same(tmp_path: Path, name: str) -> None:
    recipe = Recipe.find(name)
    file = tmp_path / "best.toml"
    file.write_text(recipe_toml(recipe, ("最好的一个",)), encoding="utf-8")
    assert replace(Recipe.find(str(file)), name=name) == recipe


def rows(folder: Path, name: str, turns: slice) -> Path:
    """Write some of each intent's questions, in both languages, as a CSV file."""
    file = folder / name
    lines = [
        f'"{asked}",{intent}'
        for intent, languages in DESK.items()
        for questions, _ in languages.values()
        for asked in questions[turns]
    ]
    file.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    return file


def test_the_command_searches_goes_on_and_writes_a_recipe(tmp_path: Path, home: Home) -> None:
    train, valid = rows(tmp_path, "train.csv", slice(3)), rows(tmp_path, "valid.csv", slice(3, 4))
    start = tmp_path / "small.toml"
    start.write_text('like = "full"\n[encoder.training]\nepochs = 2\nbatch_size = 8\nprecision = "float32"\n')
    where = space(tmp_path, "encoder.training.learning_rate = {low = 1e-4, high = 1e-2, log = true}")
    out = tmp_path / "best.toml"
    words = ["recipes", "search", "--train", train, "--valid", valid, "--recipe", start, "--space", where, "--out", out]

    def call(trials: int) -> Any:
        done = CliRunner().invoke(app, [*map(str, words), "--trials", str(trials), "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return done

    first = json.loads(call(2).stdout)
    assert first["trials"] == {"complete": 2, "pruned": 0} and 0 <= first["score"] <= 1
    done = call(3)
    document = json.loads(done.stdout)
    assert sum(document["trials"].values()) == 3 and document["score"] >= first["score"]
    assert "Going on after 2 trials" in done.stderr and "Trial 0:" not in done.stderr
    best = Recipe.find(str(out))
    assert best.encoder.training.learning_rate == document["chosen"]["encoder.training.learning_rate"]
    assert best.encoder.training.epochs == 2 and best.encoder.tune
    assert tomllib.loads(out.read_text())["encoder"]["training"]["batch_size"] == 8
    # Without a file that chooses, a share of the other does.
    alone = [word for word in words if word not in ("--valid", valid)]
    done = CliRunner().invoke(app, [*map(str, alone), "--trials", "1", "--name", "alone", "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["trials"]["complete"] == 1


def test_the_objective_is_the_best_score_on_validation(tiny_bert: Path) -> None:
    texts = [(asked, intent) for intent, turns in DESK.items() for asked in turns["zh"][0]]
    learned = Labelled(tuple(text for text, _ in texts), tuple(label for _, label in texts))
    training = replace(FULL.encoder.training, epochs=3, learning_rate=2e-3, precision="float32")
    recipe = replace(FULL, encoder=replace(FULL.encoder, training=training))
    scores: list[float] = []

    class Listening(TrainerCallback):  # type: ignore[misc]
        def on_evaluate(self, *_: Any, metrics: Any, **__: Any) -> None:
            scores.append(metrics["score"])

    assert intent_objective(tiny_bert, learned, learned)(recipe, (Listening(),)) == pytest.approx(max(scores), abs=1e-5)


def test_found_says_what_it_came_to(tmp_path: Path) -> None:
    document = Found(FULL, 0.123456, {"a": 1}, 3, 2, tmp_path).document()
    assert (document["score"], document["trials"]) == (0.12346, {"complete": 3, "pruned": 2})
