"""A projection: what belongs together comes closer, also what it has not seen, and nothing worse is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from replydesk.data.errors import ModelError
from replydesk.finetune.encoders.project import fit_projection, found_again, groups_of_pairs, held_out
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.finetune.training.projecting import GroupTask, ProjectionNetwork
from replydesk.retrieval.encoders.projected import ProjectedEncoder, projected
from replydesk.retrieval.metrics import average_precision

DIMENSION = 16
RECIPE: Recipe = replace(
    QUICK,
    projection=replace(
        QUICK.projection, training=replace(QUICK.projection.training, batch_size=64, learning_rate=3e-2)
    ),
)


class Letters:
    """An encoder of a text's characters, so that what is alike is known."""

    id, dimension = "letters-1", DIMENSION

    def encode(self, texts: Sequence[str]) -> Any:
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                rows[row, ord(character) % DIMENSION] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def grouped(seed: int, groups: int = 40, each: int = 4) -> tuple[Any, list[int]]:
    """Vectors whose first half says the group, and whose louder second half says nothing."""
    draw = np.random.default_rng(seed)
    of = np.repeat(np.arange(groups), each)
    centres = draw.normal(size=(groups, DIMENSION // 2))
    rows = np.hstack([centres[of] + 0.2 * draw.normal(size=(len(of), 8)), 2 * draw.normal(size=(len(of), 8))])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), of.tolist()


def test_groups_that_it_has_not_seen_come_closer() -> None:
    vectors, groups = grouped(0)
    found = fit_projection(vectors, groups, RECIPE)
    weights, told = found.weights, found.told
    assert weights is not None and told["kept"] and told["best_epoch"] > 0
    others, theirs = grouped(1)
    before, after = (found_again(rows, np.array(theirs)) for rows in (others, projected(others, weights)))
    assert after > before + 0.15
    again = fit_projection(vectors, groups, RECIPE).weights
    np.testing.assert_array_equal(weights, again)
    apart = held_out(groups, 0)
    assert 0.1 < apart.mean() < 0.3 and not set(np.array(groups)[apart]) & set(np.array(groups)[~apart])
    unseen = projected(vectors[apart], found.before)
    assert found_again(unseen, np.array(groups)[apart]) == pytest.approx(max(told["scores"]), abs=1e-4)


def test_what_does_not_help_is_left_out() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(60, DIMENSION))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found = fit_projection(np.repeat(vectors, 2, axis=0), np.repeat(np.arange(60), 2).tolist(), RECIPE)
    weights, told = found.weights, found.told
    # Twins are found by the cosine: nothing can be better.
    assert weights is None and not told["kept"] and "1.000 -> 1.000" in told["why"]
    found = fit_projection(vectors, list(range(60)), RECIPE)
    weights, told = found.weights, found.told
    assert weights is None and found.before is None and "40 are needed" in told["why"]


def test_found_again_is_mean_average_precision() -> None:
    vectors, groups = grouped(2, groups=6, each=3)
    vectors, groups = np.concatenate([vectors, vectors[:1]]), [*groups, 99]
    wanted = []
    for row, group in enumerate(groups):
        others = [other for other in range(len(groups)) if other != row]
        others.sort(key=lambda other: -float(vectors[row] @ vectors[other]))
        right = [groups[other] == group for other in others]
        if any(right):
            wanted.append(average_precision(right, sum(right)))
    assert found_again(vectors, np.array(groups)) == pytest.approx(np.mean(wanted))
    assert found_again(vectors[:2], np.array([0, 1])) == 0.0


def test_pairs_that_share_a_text_are_one_group() -> None:
    texts, groups = groups_of_pairs([("退款", "退钱"), ("parcel", "package"), ("退钱", "还钱"), ("package", "box")])
    assert dict(zip(texts, groups, strict=True)) == {
        "退款": 0, "退钱": 0, "parcel": 1, "package": 1, "还钱": 0, "box": 1,
    }  # fmt: skip


def test_a_batch_keeps_partners_together() -> None:
    vectors, groups = grouped(0, groups=10, each=5)
    task = GroupTask(vectors, groups, batch_size=17, temperature=0.1)
    batches = task.epoch(0)
    assert sorted(row for rows in batches for row in rows) == list(range(50))
    assert task.epoch(0) == batches != task.epoch(1)
    pairs = GroupTask(vectors, [row // 2 for row in range(50)], batch_size=10, temperature=0.1)
    assert all({row ^ 1 for row in rows} == set(rows) for rows in pairs.epoch(3))


def test_it_begins_as_the_identity() -> None:
    network = ProjectionNetwork(DIMENSION, 0.5).eval()
    vectors, _ = grouped(0)
    torch.testing.assert_close(network(torch.tensor(vectors)), torch.tensor(vectors))
    np.testing.assert_array_equal(network.weights(), np.eye(DIMENSION, dtype=np.float32))


def test_an_encoder_with_a_projection_is_saved_and_loaded(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    one = ProjectedEncoder(Letters(), draw.normal(size=(DIMENSION, 6)))
    vectors = one.encode(["where is my parcel", "快递到哪里了"])
    assert vectors.shape == (2, 6) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    wanted = Letters().encode(["快递到哪里了"])[0] @ one.weights
    np.testing.assert_allclose(vectors[1], wanted / np.linalg.norm(wanted), rtol=1e-5)
    assert one.encode([]).shape == (0, 6)
    one.save(tmp_path)
    again = ProjectedEncoder.load(tmp_path, Letters())
    assert again.id == one.id != ProjectedEncoder(Letters(), np.eye(DIMENSION)).id
    np.testing.assert_array_equal(again.encode(["refund 退款"]), one.encode(["refund 退款"]))


def test_a_damaged_or_foreign_projection_is_refused(tmp_path: Path) -> None:
    class Other(Letters):
        id = "other-1"

    weights = np.eye(DIMENSION)
    weights[0, 0] = np.nan
    ProjectedEncoder(Letters(), weights).save(tmp_path / "nan")
    with pytest.raises(ModelError, match="no matrix"):
        ProjectedEncoder.load(tmp_path / "nan", Letters())
    ProjectedEncoder(Letters(), np.eye(DIMENSION)).save(tmp_path / "sound")
    with pytest.raises(ModelError, match="trained on letters-1, and this is other-1"):
        ProjectedEncoder.load(tmp_path / "sound", Other())
    card = tmp_path / "sound" / "projection.json"
    card.write_text(json.dumps({"id": "letters-1-projected-0", "base": "letters-1"}))
    with pytest.raises(ModelError, match="not those of its card"):
        ProjectedEncoder.load(tmp_path / "sound", Letters())
    (tmp_path / "sound" / "projection.safetensors").write_bytes(b"x" * 40)
    with pytest.raises(ModelError, match="cannot be read"):
        ProjectedEncoder.load(tmp_path / "sound", Letters())
    with pytest.raises(ModelError, match="cannot be read"):
        ProjectedEncoder.load(tmp_path / "none", Letters())
