"""The recipe's share of noise reaches the fine-tuning, in the languages of the messages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from replydesk.finetune.encoders import tuning as module
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.recipe import EncoderRecipe, Recipe, Training

LEARNED = Labelled(
    ("where is my parcel", "please refund the lamp", "我的快递在哪", "退款什么时候到") * 4, ("delivery", "money") * 8
)
ONCE = Training(epochs=1, batch_size=8, precision="float32")


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_noise_of_the_recipe_makes_the_second_views(
    tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    wanted: list[tuple[tuple[str, ...], float]] = []
    noised: list[str] = []

    def hurried(languages: tuple[str, ...], part: float) -> module.Noise:
        wanted.append((languages, part))
        return lambda text, _seed: noised.append(text) or text[::-1]  # type: ignore[func-returns-value]

    monkeypatch.setattr(module, "hurried", hurried)
    recipe = Recipe(name="noisy", encoder=EncoderRecipe(tune=True, training=ONCE, noise=share))
    tune_encoder(tiny_bert, tmp_path / "tuned", recipe, learned=LEARNED)
    assert wanted == ([(("en", "zh"), 0.4)] if share else [])
    assert sorted(noised) == (sorted(LEARNED.texts) if share else [])


def test_a_given_noise_is_taken(tiny_bert: Path, tmp_path: Path) -> None:
    asked: list[str] = []
    recipe = Recipe(name="noisy", encoder=replace(EncoderRecipe(tune=True, training=ONCE), noise=0.4))
    given = lambda text, _seed: asked.append(text) or text  # type: ignore[func-returns-value]  # noqa: E731
    tune_encoder(tiny_bert, tmp_path / "tuned", recipe, learned=LEARNED, noise=given)
    assert set(asked) == set(LEARNED.texts)
