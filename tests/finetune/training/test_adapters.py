"""Adapters: each learns, changes nothing else, and is served with the vectors that it had in training."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import TrainerCallback

from replydesk.data.errors import ModelError, TrainingError
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.recipe import QUICK, AdapterRecipe, EncoderRecipe, Training
from replydesk.finetune.training.adapters import Allocating, attach, folded, orthogonality
from replydesk.finetune.training.freezing import freeze
from replydesk.finetune.training.loop import fit
from replydesk.finetune.training.network import EncoderNetwork, padded
from replydesk.finetune.training.tasks import IntentTask
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder
from tests.conftest import DESK

KINDS = [kind for kind in get_args(get_type_hints(AdapterRecipe)["kind"]) if kind != "none"]
ADDED = ("prefix", "prompt", "houlsby")
TEXTS = [text for languages in DESK.values() for said, _ in languages.values() for text in said]
LABELS = [intent for intent, languages in DESK.items() for said, _ in languages.values() for _ in said]
NAMES = sorted(DESK)
RECIPE = AdapterRecipe(rank=4, alpha=8, tokens=5, bottleneck=8)
# As much for each kind as makes a change that is seen within a second.
SETTINGS = Training(epochs=3, batch_size=8, learning_rate=3e-2, precision="float32", schedule="constant_with_warmup")


def adapted(folder: Path, kind: str, **values: Any) -> EncoderNetwork:
    network = EncoderNetwork.of(folder, dropout=0.0)
    attach(network, replace(RECIPE, kind=kind, **values), seed=1)
    return network


def learned(network: EncoderNetwork, settings: Training = SETTINGS, **values: Any) -> list[float]:
    """Train, and return the loss of every step."""
    targets = [NAMES.index(label) for label in LABELS]
    start = np.random.default_rng(0).normal(size=(len(NAMES), network.dimension))
    task = IntentTask(network, TEXTS, targets, start, np.zeros(len(NAMES)), batch_size=settings.batch_size)
    losses: list[float] = []
    plain = task.loss

    def noting(network: Any, batch: Any) -> torch.Tensor:
        losses.append(float((found := plain(network, batch)).detach()))
        return found

    task.loss = noting  # type: ignore[method-assign]
    fit(network, [task], settings, **values)
    return losses


@pytest.fixture(scope="module")
def trained(tiny_bert: Path) -> dict[str, tuple[EncoderNetwork, dict[str, torch.Tensor], list[float]]]:
    """Return for each kind a trained network, the weights before, and the losses."""
    made = {}
    for kind in KINDS:
        network = adapted(tiny_bert, kind)
        before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
        made[kind] = network, before, learned(network)
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_falls_and_nothing_but_what_was_added_changes(trained: Any, kind: str) -> None:
    network, before, losses = trained[kind]
    # An epoch has five steps and sees every text once.
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    changed = {name for name, weight in network.named_parameters() if not torch.equal(weight, before[name])}
    assert changed <= network.added
    # AdaLoRA takes ranks away, and what multiplies nothing learns nothing.
    assert changed == network.added or kind == "adalora"
    assert changed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_has_the_vectors_of_the_training(
    trained: Any, kind: str, tmp_path: Path, tiny_bert: Path
) -> None:
    network = trained[kind][0]
    expected = network.encode(TEXTS).numpy()
    frozen = EncoderNetwork.of(tiny_bert).encode(TEXTS).numpy()
    assert np.abs(expected - frozen).max() > 0.01
    network.save(tmp_path)
    # It can be trained on.
    assert np.allclose(network.encode(TEXTS).numpy(), expected)
    served = BertEncoder(str(tmp_path), max_tokens=64)
    assert np.allclose(served.encode(TEXTS), expected, atol=1e-5)
    fast = OpenVinoEncoder(str(tmp_path), max_tokens=64, precision="f32")
    assert np.allclose(fast.encode(TEXTS), expected, atol=1e-5)
    assert fast.id == served.id != BertEncoder(str(tiny_bert), max_tokens=64).id
    for one, other in zip(served.token_vectors(TEXTS), fast.token_vectors(TEXTS), strict=True):
        assert np.allclose(one.vectors, other.vectors, atol=1e-4)
    again = EncoderNetwork.of(tmp_path)
    assert np.allclose(again.encode(TEXTS).numpy(), expected, atol=1e-5)
    again.save(tmp_path / "again")
    assert BertEncoder(str(tmp_path / "again"), max_tokens=64).id.endswith(served.id.rpartition("-")[2])


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_folded_in_leaves_a_plain_bert(trained: Any, kind: str, tmp_path: Path, tiny_bert: Path) -> None:
    trained[kind][0].save(tmp_path)
    plain, weights = load_file(tiny_bert / "model.safetensors"), load_file(tmp_path / "model.safetensors")
    assert {name for name in plain if not name.startswith("pooler.")} == set(weights)
    same = all(torch.equal(plain[name], weights[name]) for name in weights)
    assert same == (kind in ADDED)
    assert (tmp_path / "added.safetensors").exists() == (kind in ADDED)
    assert ("added_weights" in json.loads((tmp_path / "config.json").read_text())) == (kind in ADDED)


@pytest.mark.parametrize("kind", KINDS)
def test_folded_vectors_are_the_unfolded_ones_in_the_same_process(tiny_bert: Path, kind: str) -> None:
    network = adapted(tiny_bert, kind)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if name in network.added:
                weight += 0.1 * torch.randn(weight.shape, generator=generator)
    expected = network.encode(TEXTS)
    network.bert = folded(network.bert)
    assert torch.allclose(network.encode(TEXTS), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["lora", "adalora", "dora", "ia3"])
def test_the_start_of_what_multiplies_is_the_frozen_bert(tiny_bert: Path, kind: str) -> None:
    frozen = EncoderNetwork.of(tiny_bert).encode(TEXTS)
    assert torch.allclose(adapted(tiny_bert, kind).encode(TEXTS), frozen, atol=1e-5)


def test_bottlenecks_start_near_the_frozen_bert(tiny_bert: Path) -> None:
    frozen = EncoderNetwork.of(tiny_bert).encode(TEXTS)
    cosines = (adapted(tiny_bert, "houlsby").encode(TEXTS) * frozen).sum(1)
    assert 0.9999 < float(cosines.min()) < 1 - 1e-9


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        # Of 2 layers with 32 dimensions and 64 within: query, key, value and output, then 32 to 64 and 64 to 32.
        ("lora", 2 * 4 * (4 * 64 + 2 * 96)),
        ("dora", 2 * (4 * (4 * 64 + 2 * 96) + 4 * 32 + 64 + 32)),
        ("adalora", 2 * 6 * (4 * 65 + 2 * 97)),
        ("ia3", 2 * (3 * 32 + 64)),
        ("prefix", 5 * 2 * 2 * 32),
        ("prompt", 5 * 32),
        ("houlsby", 2 * 2 * (2 * 32 * 8 + 8 + 32)),
    ],
)
def test_so_many_parameters_learn(tiny_bert: Path, kind: str, count: int) -> None:
    network = adapted(tiny_bert, kind)
    freeze(network, SETTINGS)
    assert sum(weight.numel() for weight in network.parameters() if weight.requires_grad) == count


@pytest.mark.parametrize("kind", ADDED)
def test_what_stands_first_is_no_part_of_the_mean(tiny_bert: Path, kind: str) -> None:
    network = adapted(tiny_bert, kind).eval()
    ids, mask = padded(network.tokens(["where is my refund", "退款要多久"]), network.padding)
    states = network.bert(input_ids=ids, attention_mask=mask).last_hidden_state[:, -ids.shape[1] :]
    for vector, row, kept in zip(network(ids, mask), states, mask, strict=True):
        mean = row[kept > 0].mean(0)
        assert torch.allclose(vector, mean / mean.norm(), atol=1e-6)


@pytest.mark.parametrize("kind", ["prefix", "prompt"])
def test_a_text_has_so_many_places_less(tiny_bert: Path, kind: str, tmp_path: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, max_tokens=512)
    attach(network, replace(RECIPE, kind=kind))
    long = "refund " * 500
    assert len(network.tokens([long])[0]) == 128 - 5
    network.save(tmp_path)
    served = BertEncoder(str(tmp_path), max_tokens=512)
    assert served.max_tokens == 128 - 5
    assert np.allclose(served.encode([long]), network.encode([long]).numpy(), atol=1e-5)
    assert EncoderNetwork.of(tmp_path, max_tokens=512).max_tokens == 128 - 5


def test_adalora_keeps_the_ranks_that_were_asked_for(tiny_bert: Path) -> None:
    network = adapted(tiny_bert, "adalora")
    learned(network, replace(SETTINGS, epochs=10))
    kept = [int((weight != 0).sum()) for name, weight in network.named_parameters() if "lora_E" in name]
    assert sum(kept) <= 4 * len(kept) == 48
    assert sum(kept) > 40
    assert len(set(kept)) > 1


def test_adalora_is_weighed_between_the_step_and_the_next_gradient(tiny_bert: Path) -> None:
    network = adapted(tiny_bert, "adalora")
    seen = []
    allocator = network.bert.base_model.rankallocator
    plain = allocator.update_ipt

    def looking(model: Any) -> None:
        weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        seen.append(all(weight.grad is not None for weight in weights.values()))
        plain(model)

    allocator.update_ipt = looking
    learned(network)
    assert len(seen) == 10
    assert all(seen)


def test_adalora_adds_what_its_matrices_lack_of_orthogonality(tiny_bert: Path) -> None:
    network = adapted(tiny_bert, "adalora")
    distances = []
    for name, weight in network.named_parameters():
        matrix = weight.detach().numpy().astype(float)
        if "lora_A" in name:
            distances.append(np.linalg.norm(matrix @ matrix.T - np.eye(6)))
        elif "lora_B" in name:
            distances.append(np.linalg.norm(matrix.T @ matrix - np.eye(6)))
    assert float(torch.as_tensor(orthogonality(network)).detach()) == pytest.approx(0.5 * np.mean(distances), rel=1e-5)
    assert orthogonality(EncoderNetwork.of(tiny_bert)) == 0.0


class _Killed(TrainerCallback):  # type: ignore[misc]
    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == 12:
            raise KeyboardInterrupt


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_training_goes_on_as_if_it_had_not_been(tiny_bert: Path, kind: str, tmp_path: Path) -> None:
    whole, halves = adapted(tiny_bert, kind), adapted(tiny_bert, kind)
    learned(whole)
    with pytest.raises(KeyboardInterrupt):
        learned(halves, folder=tmp_path, callbacks=[_Killed()])
    halves = adapted(tiny_bert, kind)
    assert len(learned(halves, folder=tmp_path)) == 5
    assert torch.allclose(halves.encode(TEXTS), whole.encode(TEXTS), atol=1e-5)


@pytest.mark.parametrize("kind", ["lora", "prompt"])
def test_a_recipe_trains_it_and_what_is_served_is_as_right(tiny_bert: Path, kind: str, tmp_path: Path) -> None:
    encoder = EncoderRecipe(tune=True, training=SETTINGS)
    recipe = replace(QUICK, name="own", encoder=encoder, adapter=replace(RECIPE, kind=kind))
    one, other = (Labelled(tuple(TEXTS[place::2]), tuple(LABELS[place::2])) for place in (0, 1))
    tuned = tune_encoder(tiny_bert, tmp_path, recipe, learned=one, held_out=other)
    assert tuned.head is not None
    assert len(tuned.history["scores"]) > 1
    logits = BertEncoder(str(tmp_path), max_tokens=64).encode(other.texts) @ tuned.head.weights.T + tuned.head.bias
    np.testing.assert_allclose(logits, tuned.held_logits, atol=1e-4)
    guesses = np.array(tuned.head.labels)[logits.argmax(axis=1)]
    score = tuned.history["scores"][tuned.history["best_epoch"]]
    assert (guesses == np.array(other.labels)).mean() == pytest.approx(score, abs=1e-5)


def test_another_scale_is_another_training(tiny_bert: Path, tmp_path: Path) -> None:
    everything, lines = Labelled(tuple(TEXTS), tuple(LABELS)), []
    encoder = EncoderRecipe(tune=True, training=replace(SETTINGS, epochs=1))
    for alpha in (8, 8, 64):
        recipe = replace(QUICK, encoder=encoder, adapter=replace(RECIPE, kind="lora", alpha=alpha))
        folders = {"folder": tmp_path / f"{len(lines)}", "checkpoints": tmp_path / "checkpoints"}
        tune_encoder(tiny_bert, recipe=recipe, learned=everything, progress=lines.append, **folders)
        lines.append(str(alpha))
    told = " ".join(line.partition(":")[0].partition(" after")[0] for line in lines)
    assert told == "8 Going on 8 Starting anew 64"


def test_a_second_adapter_is_refused(tiny_bert: Path, tmp_path: Path) -> None:
    network = adapted(tiny_bert, "houlsby")
    with pytest.raises(TrainingError, match="not folded in"):
        attach(network, replace(RECIPE, kind="lora"))
    adapted(tiny_bert, "prompt").save(tmp_path)
    with pytest.raises(TrainingError, match="not folded in") as caught:
        adapted(tmp_path, "lora")
    assert "none" in caught.value.hint


@pytest.mark.parametrize("kind", ["prefix", "prompt"])
def test_one_that_leaves_no_room_is_refused(tiny_bert: Path, kind: str) -> None:
    with pytest.raises(TrainingError, match="too long") as caught:
        adapted(tiny_bert, kind, tokens=121)
    assert "128 tokens" in caught.value.hint
    assert adapted(tiny_bert, kind, tokens=120).encode(TEXTS[:2]).isfinite().all()


@pytest.fixture
def broken(tiny_bert: Path, tmp_path: Path) -> Iterator[Path]:
    adapted(tiny_bert, "houlsby").save(tmp_path)
    yield tmp_path
    with pytest.raises(ModelError, match="cannot be loaded"):
        BertEncoder(str(tmp_path))


def test_added_weights_that_are_missing_are_refused(broken: Path) -> None:
    (broken / "added.safetensors").unlink()


def test_added_weights_of_another_kind_are_refused(broken: Path) -> None:
    save_file({"rows": torch.zeros(5, 32)}, broken / "added.safetensors")


def test_added_weights_of_another_size_are_refused(broken: Path) -> None:
    weights = load_file(broken / "added.safetensors")
    first = next(iter(weights))
    save_file(weights | {first: torch.zeros(1)}, broken / "added.safetensors")


def test_an_unknown_kind_is_refused(broken: Path) -> None:
    config = json.loads((broken / "config.json").read_text())
    (broken / "config.json").write_text(json.dumps(config | {"added_weights": "mystery"}))


def test_a_damaged_file_is_refused(broken: Path) -> None:
    (broken / "added.safetensors").write_bytes(b"\x00" * 40)


def test_the_allocation_does_nothing_without_adalora(tiny_bert: Path) -> None:
    Allocating(EncoderNetwork.of(tiny_bert), 10).on_optimizer_step(None, None, None)
