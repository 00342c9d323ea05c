"""Tasks: the losses are those of the papers, and batches hold what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from replydesk.finetune.training.network import EncoderNetwork, padded
from replydesk.finetune.training.plan import batches_of
from replydesk.finetune.training.tasks import IntentTask, MatchTask, info_nce, supervised_contrastive


def unit(rows: int, size: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((rows, size))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def network(tiny_bert: Path) -> EncoderNetwork:
    torch.manual_seed(0)
    return EncoderNetwork.of(tiny_bert, dropout=0.0)


def test_the_contrastive_loss_is_that_of_the_paper() -> None:
    vectors, labels = unit(7, 4), [0, 1, 0, 2, 1, 0, 3]
    logits, losses = vectors @ vectors.T / 0.2, []
    for i, label in enumerate(labels):
        others = [j for j in range(7) if j != i]
        same = [j for j in others if labels[j] == label]
        whole = np.log(sum(np.exp(logits[i, j]) for j in others))
        if same:
            losses.append(-np.mean([logits[i, j] - whole for j in same]))
    found = supervised_contrastive(torch.tensor(vectors), torch.tensor(labels), 0.2)
    assert float(found) == pytest.approx(np.mean(losses))
    alone = supervised_contrastive(torch.tensor(vectors[:2]), torch.tensor([0, 1]), 0.2)
    assert float(alone) == 0.0


def test_info_nce_tells_apart_what_is_not_of_one_group() -> None:
    asked, said = unit(4, 5), unit(5, 5, seed=1)
    groups = [0, 1, 0, 2, 9]
    logits = asked @ said.T / 0.1
    forward, back = [], []
    for i in range(4):
        allowed = [j for j in range(5) if j == i or j >= 4 or groups[j] != groups[i]]
        forward.append(np.log(sum(np.exp(logits[i, j]) for j in allowed)) - logits[i, i])
        rows = [j for j in range(4) if j == i or groups[j] != groups[i]]
        back.append(np.log(sum(np.exp(logits[j, i]) for j in rows)) - logits[i, i])
    found = info_nce(torch.tensor(asked), torch.tensor(said), torch.tensor(groups), 0.1)
    assert float(found) == pytest.approx((np.mean(forward) + np.mean(back)) / 2)


def test_the_intent_loss_starts_as_that_of_the_head_it_is_given(network: EncoderNetwork) -> None:
    texts, targets = ["where is my parcel", "退款要多久", "cancel it"], [0, 1, 0]
    weights, bias = unit(2, 32) * 5, np.array([0.1, -0.1])
    task = IntentTask(network, texts, targets, weights, bias, batch_size=4)
    batch = task.batch([2, 0, 1], epoch=0)
    vectors = network.encode([texts[i] for i in (2, 0, 1)]).double().numpy()
    logits = vectors @ weights.T + bias
    wanted = np.log(np.exp(logits).sum(1)) - logits[np.arange(3), [0, 0, 1]]
    assert task.loss(network, batch).item() == pytest.approx(wanted.mean(), abs=1e-5)
    again, offset = task.weights()
    np.testing.assert_allclose(again, weights, atol=1e-6)
    np.testing.assert_allclose(offset, bias, atol=1e-6)


def test_a_margin_lowers_the_right_label_in_training_alone(network: EncoderNetwork) -> None:
    texts, weights = ["where is my parcel", "退款要多久"], unit(2, 32) * 8
    tasks = [IntentTask(network, texts, [0, 1], weights, np.zeros(2), batch_size=2, margin=m) for m in (1e-9, 0.2)]
    plain, strict = (task.loss(network, task.batch([0, 1], 0)).item() for task in tasks)
    assert strict > plain + 0.1
    tasks[1].head.eval()
    assert tasks[1].loss(network, tasks[1].batch([0, 1], 0)).item() == pytest.approx(plain, abs=1e-5)
    served, bias = tasks[1].weights()
    np.testing.assert_allclose(np.linalg.norm(served, axis=1), 8, rtol=1e-5)
    assert not bias.any()


def test_noise_is_a_second_view_drawn_anew_each_epoch(network: EncoderNetwork) -> None:
    seen: list[tuple[str, int]] = []

    def noise(text: str, number: int) -> str:
        seen.append((text, number))
        return text[::-1]

    task = IntentTask(network, ["parcel", "refund"], [0, 1], unit(2, 32), np.zeros(2), batch_size=2, noise=noise)
    batch = task.batch([1, 0], epoch=3)
    assert batch["input_ids"].shape[0] == 4 and batch["targets"].tolist() == [1, 0]
    task.batch([1, 0], epoch=4)
    task.batch([1, 0], epoch=3)
    assert [text for text, _ in seen[:2]] == ["refund", "parcel"]
    assert seen[:2] == seen[4:] and {n for _, n in seen[:2]}.isdisjoint({n for _, n in seen[2:4]})


def test_a_hard_wrong_answer_joins_those_of_the_others(network: EncoderNetwork) -> None:
    pairs = [("where is it", "on its way"), ("money back", "in five days")]
    task = MatchTask(network, pairs, batch_size=2, hard=[("lost", "late"), ()])
    assert [task.batch([0, 1], epoch)["said"].shape[0] for epoch in (0, 1)] == [3, 3]
    first, second = (task.batch([0, 1], epoch)["said"][2].tolist() for epoch in (0, 1))
    assert first != second
    assert task.epoch(0) in ([[0, 1]], [[1, 0]])


@pytest.mark.parametrize("size", [1, 3, 8])
def test_a_plan_holds_every_row_once_and_pads_little(size: int) -> None:
    lengths = list(np.random.default_rng(0).integers(3, 60, size=500))
    made = batches_of(lengths, size, seed=1, epoch=2)
    assert sorted(row for batch in made for row in batch) == list(range(500))
    assert made == batches_of(lengths, size, seed=1, epoch=2) != batches_of(lengths, size, seed=1, epoch=3)
    padding = sum(max(lengths[r] for r in batch) * len(batch) for batch in made) - sum(lengths)
    assert padding < 0.1 * sum(lengths)


def test_padding_fills_up_at_the_end() -> None:
    ids, mask = padded([[5, 6, 7], [8]], 0)
    assert ids.tolist() == [[5, 6, 7], [8, 0, 0]] and mask.tolist() == [[1, 1, 1], [1, 0, 0]]
