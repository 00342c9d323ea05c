"""Fine-tuning: the encoder learns what it is shown, keeps its best, and serves what it learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from replydesk.data.errors import TrainingError
from replydesk.finetune.encoders.tuning import Labelled, Pairs, blend, tune_encoder
from replydesk.finetune.recipe import EncoderRecipe, Recipe, Training
from replydesk.retrieval.encoders.bert import BertEncoder

# The label says whether two words are of one kind, which no sum of words can tell.
WORDS = ("parcel", "refund", "lamp", "order", "退", "单", "灯", "快")
FAST = Training(epochs=8, batch_size=16, learning_rate=1e-2, patience=20, dropout=0.0, precision="float32")
RECIPE = Recipe(name="tiny", encoder=EncoderRecipe(tune=True, training=FAST))


def labelled(seed: int, count: int = 160) -> Labelled:
    draw = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        one, other = draw.choice(WORDS, size=2, replace=False)
        rows.append((f"{one} {other}", "same" if WORDS.index(one) % 2 == WORDS.index(other) % 2 else "other"))
    return Labelled(tuple(text for text, _ in rows), tuple(label for _, label in rows))


def accuracy(folder: Path, found: object, asked: Labelled) -> float:
    head = found.head  # type: ignore[attr-defined]
    vectors = BertEncoder(str(folder), max_tokens=64).encode(asked.texts)
    guesses = [head.labels[i] for i in head.probabilities(vectors).argmax(axis=1)]
    return float(np.mean([guess == label for guess, label in zip(guesses, asked.labels, strict=True)]))


def test_it_learns_what_the_frozen_vectors_cannot_tell(tiny_bert: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    found = tune_encoder(
        tiny_bert, tmp_path / "tuned", RECIPE, learned=labelled(0), held_out=labelled(1), progress=lines.append
    )
    scores = found.history["scores"]
    assert len(scores) == 9 and scores[0] < 0.7 < 0.9 < max(scores)
    # Of epochs that 160 messages cannot tell from the highest score the last one counts.
    high = max(scores)
    close = [i for i, score in enumerate(scores) if score >= high - np.sqrt(high * (1 - high) / 160)]
    assert found.history["best_epoch"] == close[-1] > 0
    assert accuracy(found.folder, found, labelled(2)) > 0.9
    assert found.held_logits.shape == (160, 2)
    assert any(line.startswith("Epoch 8: ") for line in lines)
    assert found.head is not None and 0.05 < found.head.temperature < 20


def test_a_refit_learns_from_what_was_held_out_too(tiny_bert: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, refit=True))
    found = tune_encoder(tiny_bert, tmp_path / "a", recipe, learned=labelled(0), held_out=labelled(1))
    assert found.history["refit"]["steps"] == 20 * found.history["best_epoch"]
    assert found.history["steps"] == 80
    assert found.history["refit"]["scores"] == []


def test_a_refit_may_learn_from_more_than_what_chose(tiny_bert: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, refit=True, training=replace(FAST, epochs=2)))
    found = tune_encoder(
        tiny_bert,
        tmp_path / "a",
        recipe,
        learned=labelled(0, 32),
        held_out=labelled(1, 16),
        everything=labelled(0, 32) + labelled(1, 16) + labelled(2, 32),
    )
    assert found.history["steps"] == 2 * 2
    assert found.history["refit"]["steps"] == 5 * found.history["best_epoch"]


@pytest.mark.parametrize(("steps", "made"), [(0, 80), (1, 10), (25, 30), (900, 80)])
def test_steps_bound_the_epochs(tiny_bert: Path, tmp_path: Path, steps: int, made: int) -> None:
    training = replace(FAST, steps=steps)
    recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, training=training))
    found = tune_encoder(tiny_bert, tmp_path / "a", recipe, learned=labelled(0), held_out=labelled(1))
    assert found.history["steps"] == made


def test_a_blend_ends_on_the_straight_way_between_the_base_and_what_was_learned(
    tiny_bert: Path, tmp_path: Path
) -> None:
    found = {}
    for share in (1.0, 0.25):
        recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, blend=share))
        tuned = tune_encoder(tiny_bert, tmp_path / str(share), recipe, learned=labelled(0), held_out=labelled(1))
        found[share] = load_file(tuned.folder / "model.safetensors"), tuned
    base = {name.removeprefix("bert."): value for name, value in load_file(tiny_bert / "model.safetensors").items()}
    whole, (part, tuned) = found[1.0][0], found[0.25]
    assert any((whole[name] - base[name.removeprefix("bert.")]).abs().max() > 0.01 for name in whole)
    for name, weights in part.items():
        began = base[name.removeprefix("bert.")]
        assert torch.allclose(weights, began + 0.25 * (whole[name] - began), atol=1e-6), name
    # What was held out is read by what is served, not by what the training led to.
    vectors = BertEncoder(str(tuned.folder), max_tokens=64).encode(labelled(1).texts)
    assert tuned.head is not None
    assert np.allclose(tuned.head.logits(vectors), tuned.held_logits, atol=1e-3)


def test_a_blend_follows_the_weights_to_where_they_were_trained() -> None:
    # The trainer moves a network to a graphics card, if there is one; what it began with stays in ordinary memory.
    network = torch.nn.Linear(2, 2)
    began = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    elsewhere = network.to("meta")
    blend(elsewhere, began, 0.5)
    assert {weight.device.type for weight in elsewhere.parameters()} == {"meta"}


def test_the_same_seed_gives_the_same_weights(tiny_bert: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, training=replace(FAST, epochs=1)))
    kinds = {"a": recipe, "b": recipe, "c": replace(recipe, seed=1)}
    vectors = {}
    for name, chosen in kinds.items():
        found = tune_encoder(tiny_bert, tmp_path / name, chosen, learned=labelled(0, 32))
        vectors[name] = BertEncoder(str(found.folder)).encode(WORDS)
    np.testing.assert_array_equal(vectors["a"], vectors["b"])
    assert not np.allclose(vectors["a"], vectors["c"])


def test_questions_find_their_answers_after_learning_from_pairs(tiny_bert: Path, tmp_path: Path) -> None:
    # The answer to each word is another one, so that at first nothing fits.
    asked, said = tuple(f"ask {word}" for word in WORDS), tuple(f"say {word}" for word in (*WORDS[1:], WORDS[0]))
    pairs = Pairs(asked * 8, said * 8, tuple(range(8)) * 8)
    training = replace(FAST, epochs=8, batch_size=8)
    recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, matching=1.0, match_batch=8, training=training))
    found = tune_encoder(tiny_bert, tmp_path / "m", recipe, pairs=pairs, held_out_pairs=Pairs(asked, said))
    assert found.head is None
    assert found.history["scores"][0] < 0.3 and max(found.history["scores"]) == 1.0
    encoder = BertEncoder(str(found.folder))
    assert (encoder.encode(asked) @ encoder.encode(said).T).argmax(axis=1).tolist() == list(range(8))


def test_one_encoder_learns_intents_and_answers_together(tiny_bert: Path, tmp_path: Path) -> None:
    asked, said = tuple(f"ask {word}" for word in WORDS), tuple(f"say {word}" for word in (*WORDS[1:], WORDS[0]))
    pairs = Pairs(asked * 12, said * 12, tuple(range(8)) * 12)
    recipe = replace(
        RECIPE,
        encoder=replace(RECIPE.encoder, matching=1.0, match_batch=8, training=replace(FAST, epochs=20, patience=20)),
    )
    found = tune_encoder(
        tiny_bert,
        tmp_path / "both",
        recipe,
        learned=labelled(0),
        held_out=labelled(1),
        pairs=pairs,
        held_out_pairs=Pairs(asked, said),
    )
    encoder = BertEncoder(str(found.folder))
    nearest = (encoder.encode(asked) @ encoder.encode(said).T).argmax(axis=1)
    assert (nearest == np.arange(8)).mean() > 0.8
    assert accuracy(found.folder, found, labelled(2)) > 0.75


@pytest.mark.parametrize("learned", [None, Labelled(("a", "b"), ("x", "x"))])
def test_nothing_to_learn_from_is_refused(tiny_bert: Path, tmp_path: Path, learned: Labelled | None) -> None:
    with pytest.raises(TrainingError, match="nothing to fine-tune"):
        tune_encoder(tiny_bert, tmp_path / "x", RECIPE, learned=learned)
    assert not (tmp_path / "x").exists()


def test_a_loss_that_is_no_number_ends_the_training(tiny_bert: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, encoder=replace(RECIPE.encoder, training=replace(FAST, learning_rate=1e18, warmup=0.0)))
    with pytest.raises(TrainingError, match="no number") as caught:
        tune_encoder(tiny_bert, tmp_path / "x", recipe, learned=labelled(0), held_out=labelled(1))
    assert "learning_rate" in caught.value.hint
    assert not (tmp_path / "x").exists()
