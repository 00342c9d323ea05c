"""Freezing policies by value: which weights changed after two steps, at which rates, and what is computed at all."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainerCallback

from replydesk.data.errors import TrainingError
from replydesk.finetune.encoders.tuning import Labelled, Pairs, tune_encoder
from replydesk.finetune.recipe import QUICK, EncoderRecipe, Training
from replydesk.finetune.training.freezing import parameter_groups
from replydesk.finetune.training.loop import fit
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.finetune.training.tasks import IntentTask
from tests.conftest import DESK

TEXTS = [text for languages in DESK.values() for said, _ in languages.values() for text in said]
TARGETS = [place for place, languages in enumerate(DESK.values()) for said, _ in languages.values() for _ in said]
EVERYTHING = {"embeddings", "0", "1"}


def settings(**values: Any) -> Training:
    return Training(
        **{"epochs": 1, "batch_size": 20, "precision": "float32", "schedule": "constant_with_warmup"} | values
    )


def made(folder: Path, training: Training) -> tuple[EncoderNetwork, IntentTask]:
    network = EncoderNetwork.of(folder, dropout=0.0)
    start = np.random.default_rng(0).normal(size=(len(DESK), network.dimension))
    return network, IntentTask(network, TEXTS, TARGETS, start, np.zeros(len(DESK)), batch_size=training.batch_size)


def part_of(name: str) -> str:
    found = re.search(r"layer\.(\d+)\.", name)
    return found[1] if found else "embeddings"


def changed(network: EncoderNetwork, before: dict[str, torch.Tensor]) -> set[str]:
    return {part_of(name) for name, weight in network.named_parameters() if not torch.equal(weight, before[name])}


def weights_of(network: EncoderNetwork) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in network.named_parameters()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, EVERYTHING),
        ({"layers": 0}, set()),
        ({"layers": 1}, {"1"}),
        ({"layers": 2}, {"0", "1"}),
        ({"layers": 9}, {"0", "1"}),
        ({"embeddings": False}, {"0", "1"}),
        ({"layers": 0, "gradually": True}, set()),
        ({"layer_decay": 0.5}, EVERYTHING),
    ],
)
def test_two_steps_change_what_the_policy_names(tiny_bert: Path, values: dict[str, Any], expected: set[str]) -> None:
    training = settings(**values)
    network, task = made(tiny_bert, training)
    before, head = weights_of(network), task.head.weight.detach().clone()
    assert fit(network, [task], training).steps == 2
    assert changed(network, before) == expected
    assert not torch.equal(task.head.weight, head)


def test_a_layer_learns_at_its_share_of_the_rate_of_the_one_above(tiny_bert: Path) -> None:
    training = settings(layer_decay=0.5, learning_rate=1e-2, head_rate=3.0, weight_decay=0.1)
    network, task = made(tiny_bert, training)
    names = {id(weight): part_of(name) for name, weight in network.named_parameters()}
    names |= {id(weight): "head" for weight in task.head.parameters()}
    groups = parameter_groups(network, [task.head], training)
    found = {(names[id(weight)], round(group["lr"], 9)) for group in groups for weight in group["params"]}
    assert found == {("1", 1e-2), ("0", 5e-3), ("embeddings", 2.5e-3), ("head", 3e-2)}
    for group in groups:
        # Biases and the scales of norms are not drawn to zero.
        assert all((weight.ndim > 1) == (group["weight_decay"] == 0.1) for weight in group["params"])


def test_the_first_step_of_a_weight_is_as_long_as_its_rate(tiny_bert: Path) -> None:
    """AdamW's first step is the rate, up or down, for every weight that has a gradient (without weight decay)."""
    training = settings(layer_decay=0.5, learning_rate=1e-4, batch_size=40, warmup=0.0, weight_decay=0.0, clip=1e9)
    network, task = made(tiny_bert, training)
    before = weights_of(network)
    fit(network, [task], training)
    steps: dict[str, float] = {}
    for name, weight in network.named_parameters():
        longest = float((weight.detach() - before[name]).abs().max())
        steps[part_of(name)] = max(steps.get(part_of(name), 0.0), longest)
    assert steps == {
        "1": pytest.approx(1e-4, rel=0.02),
        "0": pytest.approx(5e-5, rel=0.02),
        "embeddings": pytest.approx(2.5e-5, rel=0.02),
    }


class _Watching(TrainerCallback):  # type: ignore[misc]
    def __init__(self, network: EncoderNetwork) -> None:
        self._network, self._before = network, weights_of(network)
        self.seen: list[set[str]] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.seen.append(changed(self._network, self._before))
        self._before = weights_of(self._network)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # Four epochs of two steps: within the first four steps they join, the embeddings as the last.
        ({}, [{"1"}, {"1"}, {"0", "1"}, EVERYTHING]),
        ({"layers": 1}, [{"1"}] * 4),
        ({"embeddings": False}, [{"1"}, {"1"}, {"0", "1"}, {"0", "1"}]),
    ],
)
def test_layers_join_one_after_another(tiny_bert: Path, values: dict[str, Any], expected: list[set[str]]) -> None:
    training = settings(epochs=4, gradually=True, warmup=0.0, learning_rate=1e-3, **values)
    network, task = made(tiny_bert, training)
    watching = _Watching(network)
    fit(network, [task], training, callbacks=[watching])
    assert watching.seen[:4] == expected
    last = {"1"} if values == {"layers": 1} else {"0", "1"} if values else EVERYTHING
    assert watching.seen[4:] == [last] * 4


def test_where_only_the_head_learns_every_text_is_computed_once_and_without_dropout(tiny_bert: Path) -> None:
    training = settings(epochs=5, layers=0)
    network = EncoderNetwork.of(tiny_bert, dropout=0.5)
    expected = EncoderNetwork.of(tiny_bert).encode(TEXTS)
    start = np.random.default_rng(0).normal(size=(len(DESK), network.dimension))
    task = IntentTask(network, TEXTS, TARGETS, start, np.zeros(len(DESK)), batch_size=20)
    read: list[int] = []
    vectors: list[torch.Tensor] = []

    def reading(_module: Any, _given: Any, words: dict[str, Any], states: Any) -> None:
        read.append(len(words["input_ids"]))
        assert not states.last_hidden_state.requires_grad

    network.bert.register_forward_hook(reading, with_kwargs=True)
    network.register_forward_hook(lambda _module, _given, found: vectors.append(found))

    def validate() -> float:
        vectors.clear()
        assert torch.allclose(network.encode(TEXTS), expected, atol=1e-5)
        return -float(len(read))

    history = fit(network, [task], training, validate=validate)
    assert sum(read) == len(set(TEXTS))
    assert history.steps >= 4
    assert all(not found.requires_grad for found in vectors)


def test_what_was_frozen_learns_again_when_it_is_told_to(tiny_bert: Path) -> None:
    network, task = made(tiny_bert, settings(layers=0))
    fit(network, [task], settings(layers=0))
    before, vectors = weights_of(network), network.encode(TEXTS)
    fit(network, [task], settings(learning_rate=1e-2))
    assert changed(network, before) == EVERYTHING
    assert not torch.allclose(network.encode(TEXTS), vectors, atol=1e-3)


def test_a_frozen_encoder_is_saved_as_it_was_and_learns_nothing_from_pairs(tiny_bert: Path, tmp_path: Path) -> None:
    recipe = replace(QUICK, encoder=EncoderRecipe(tune=True, training=settings(layers=0, learning_rate=1e-2)))
    pairs = Pairs(tuple(TEXTS[::2]), tuple(TEXTS[1::2]))
    learned = Labelled(tuple(TEXTS), tuple(str(target) for target in TARGETS))
    tuned = tune_encoder(tiny_bert, tmp_path / "tuned", recipe, learned=learned, pairs=pairs, held_out_pairs=pairs)
    assert tuned.history["steps"] == 2
    again = EncoderNetwork.of(tmp_path / "tuned").encode(TEXTS)
    assert torch.allclose(again, EncoderNetwork.of(tiny_bert).encode(TEXTS), atol=1e-6)
    with pytest.raises(TrainingError, match="nothing to fine-tune"):
        tune_encoder(tiny_bert, tmp_path / "other", recipe, pairs=pairs)
