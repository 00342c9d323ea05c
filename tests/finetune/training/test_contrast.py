"""Contrastive batches: computed in chunks the gradient is the same, and no right answer is taken for a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from replydesk.finetune.recipe import Training
from replydesk.finetune.training.choice import ChoiceTask
from replydesk.finetune.training.chunks import in_chunks
from replydesk.finetune.training.freezing import freeze, parameter_groups
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.finetune.training.tasks import MatchTask, info_nce

PAIRS = [
    ("where is my parcel", "It left today and arrives on Friday."),
    ("快递到哪里了", "今天已经发出，周五送到。"),
    ("the mug arrived broken", "Sorry. Send us a photo and we send a new one."),
    ("杯子收到就是碎的", "非常抱歉，请发一张照片。"),
    ("cancel my order", "Done, your order is cancelled."),
    ("帮我取消订单", "已为您取消订单，不会扣款。"),
    ("how long do refunds take, my card has not been credited yet", "Five days."),
]


def gradients(tiny_bert: Path, chunk: int) -> tuple[float, list[torch.Tensor]]:
    torch.manual_seed(0)
    network = EncoderNetwork.of(tiny_bert, dropout=0.0).train()
    task = MatchTask(network, PAIRS, batch_size=8, chunk=chunk, hard=[["Five days.", "nothing"]] * len(PAIRS))
    loss = task.loss(network, task.batch(range(len(PAIRS)), 1))
    loss.backward()
    return float(loss.detach()), [weight.grad for weight in network.parameters() if weight.grad is not None]


@pytest.mark.parametrize("chunk", [1, 3, 4])
def test_in_chunks_the_loss_and_the_gradient_are_the_same(tiny_bert: Path, chunk: int) -> None:
    whole, wanted = gradients(tiny_bert, 0)
    loss, found = gradients(tiny_bert, chunk)
    assert loss == pytest.approx(whole, abs=1e-5)
    assert len(found) == len(wanted) > 10
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-3)


def test_a_chunk_is_as_wide_as_its_longest_text_and_dropout_is_drawn_once() -> None:
    seen: list[tuple[int, int]] = []
    scale = torch.nn.Parameter(torch.ones(()))

    def network(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        seen.append((ids.shape[0], ids.shape[1]))
        kept = torch.nn.functional.dropout(torch.ones(len(ids), 1), 0.5)
        return scale * kept * (ids * mask).sum(1, keepdim=True).float()

    ids = torch.tensor([[1, 2, 3, 4], [5, 0, 0, 0], [6, 7, 0, 0], [8, 0, 0, 0]])
    torch.manual_seed(3)
    found = in_chunks(network, ids, (ids > 0).long(), 2)
    assert seen == [(2, 1), (2, 4)]
    (values := found.detach().clone())
    found.sum().backward()
    # What the gradient sees is what was seen before.
    assert float(scale.grad or 0) == pytest.approx(float(values.sum()))
    assert sorted(seen) == [(2, 1), (2, 1), (2, 4), (2, 4)]
    with torch.no_grad():
        torch.manual_seed(3)
        torch.testing.assert_close(in_chunks(network, ids, (ids > 0).long(), 2), values)


def test_info_nce_is_the_formula_and_leaves_out_the_same_group() -> None:
    draw = np.random.default_rng(0)
    asked, said = (
        v / np.linalg.norm(v, axis=1, keepdims=True) for v in (draw.normal(size=(3, 4)), draw.normal(size=(5, 4)))
    )
    groups = [7, 8, 7, 8, -1]
    losses = []
    for row in range(3):
        among = [c for c in range(5) if c == row or groups[c] != groups[row]]
        logits = asked[row] @ said[among].T / 0.1
        losses.append(np.log(np.exp(logits).sum()) - asked[row] @ said[row] / 0.1)
    for row in range(3):
        among = [c for c in range(3) if c == row or groups[c] != groups[row]]
        logits = said[row] @ asked[among].T / 0.1
        losses.append(np.log(np.exp(logits).sum()) - asked[row] @ said[row] / 0.1)
    found = info_nce(torch.tensor(asked), torch.tensor(said), torch.tensor(groups), 0.1)
    assert float(found) == pytest.approx(np.mean(losses))


def test_a_hard_answer_is_not_wrong_for_those_who_were_given_it(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert)
    hard = [["Five days."], [], ["Done, your order is cancelled.", "unheard of"], [], [], [], []]
    task = MatchTask(network, PAIRS, batch_size=8, hard=hard, groups=[0, 1, 2, 3, 4, 5, 6])
    assert task.batch([0, 2, 6], 0)["groups"].tolist() == [0, 2, 6, 6, 4]
    assert task.batch([0, 2, 6], 1)["groups"].tolist() == [0, 2, 6, 6, -1]


def test_who_meets_whom_changes_every_epoch(tiny_bert: Path) -> None:
    pairs = [("order " * count, "parcel " * count) for count in range(1, 13)]
    task = MatchTask(EncoderNetwork.of(tiny_bert), pairs, batch_size=4)
    drawn = [task.epoch(epoch) for epoch in range(3)]
    assert task.epoch(1) == drawn[1]
    assert len({frozenset(map(frozenset, batches)) for batches in drawn}) == 3
    for batches in drawn:
        assert sorted(row for batch in batches for row in batch) == list(range(12))
        # Not by length: the four shortest never are one batch.
        assert {0, 1, 2, 3} not in [set(batch) for batch in batches]
    assert [len(rows) for rows in MatchTask(EncoderNetwork.of(tiny_bert), pairs[:5], batch_size=4).epoch(0)] == [4]


def test_the_weight_weighs(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, dropout=0.0)
    losses = []
    for weight in (1.0, 0.25):
        task = MatchTask(network, PAIRS, batch_size=8, weight=weight)
        losses.append(float(task.loss(network, task.batch(range(7), 0)).detach()))
    assert losses[1] == pytest.approx(losses[0] / 4)


def test_the_choice_of_the_right_candidate(tiny_bert: Path) -> None:
    from replydesk.finetune.matching.cross import pair_tokenizer
    from replydesk.retrieval.reranking.pair_model import PairModel

    model = PairModel.of(tiny_bert, 6, dropout=0.0)
    choices = [(asked, (said, "好的。", "Thanks for waiting")) for asked, said in PAIRS]
    task = ChoiceTask(pair_tokenizer(tiny_bert, 32), choices, batch_size=3)
    batches = task.epoch(0)
    assert sorted(row for rows in batches for row in rows) == list(range(7))
    assert {len(rows) for rows in batches} == {3, 1}
    batch = task.batch([4, 0], 0)
    assert batch["input_ids"].shape[0] == 6
    logits = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]).detach().numpy().reshape(2, 3)
    wanted = np.mean([np.log(np.exp(row).sum()) - row[0] for row in logits])
    assert float(task.loss(model, batch).detach()) == pytest.approx(wanted, rel=1e-5)
    each = [float(task.loss(model, task.batch([row], 0)).detach()) for row in range(7)]
    assert task.judged(model.train()) == pytest.approx(np.mean(each), rel=1e-4)
    assert model.training


def test_what_is_new_in_a_network_learns_as_a_head_does(tiny_bert: Path) -> None:
    from replydesk.retrieval.reranking.pair_model import PairModel

    model: Any = PairModel.of(tiny_bert, 6)
    settings = Training(learning_rate=1e-4, head_rate=20.0, layers=1, embeddings=False)
    freeze(model, settings)
    learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert {"hearing", "weight", "scale", "bias"} <= learning
    assert not any(name.startswith(("bert.embeddings", "bert.encoder.layer.0.")) for name in learning)
    groups = parameter_groups(model, [], settings)
    head = next(group for group in groups if any(weight is model.hearing for weight in group["params"]))
    assert (head["lr"], head["weight_decay"], len(head["params"])) == (pytest.approx(2e-3), 0.0, 4)
    assert sum(len(group["params"]) for group in groups) == len(learning)
