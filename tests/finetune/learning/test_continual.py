"""The protocol of continual learning: what is measured when, what forgetting is, replay and averaged weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.learning.continual import (
    Forgetting,
    averaged_weights,
    groups_of,
    measure_forgetting,
    replayed,
)

ROWS = Labelled(
    tuple(f"{name} {i}" for name in ("退款", "快递", "card", "fee") for i in range(4)),
    tuple(name for name in ("退款", "快递", "card", "fee") for _ in range(4)),
)


def test_the_matrix_tells_what_is_left_of_each_group() -> None:
    learned = []

    def forgetful(number: int, rows: Labelled, before: Labelled) -> object:
        learned.append((number, rows.names, before.names))
        # It knows the last group, and of those before one text in four.
        return lambda texts: [
            text.split()[0] if text.split()[0] in rows.names or text.endswith("0") else "?" for text in texts
        ]

    found = measure_forgetting(forgetful, [("退款",), ("快递", "card"), ("fee",)], ROWS, ROWS)  # type: ignore[arg-type]
    assert learned == [(0, ("退款",), ()), (1, ("card", "快递"), ("退款",)), (2, ("fee",), ("card", "快递", "退款"))]
    nan = np.nan
    np.testing.assert_array_equal(found.matrix, [[1, nan, nan], [0.25, 1, nan], [0.25, 0.25, 1]])
    # 4, 8 and 4 messages: (1 + 2 + 4) / 16.
    assert (found.final, found.forgotten) == (7 / 16, 0.75)
    assert found.document()["matrix"][0] == [1.0, None, None]
    assert Forgetting(np.array([[0.5]]), (4,)).forgotten == 0


def test_groups_share_the_names_evenly_and_depend_on_the_seed() -> None:
    names = [f"intent {i}" for i in range(77)]
    groups = groups_of(names, 7, 1)
    assert [len(group) for group in groups] == [11] * 7
    assert sorted(name for group in groups for name in group) == sorted(names)
    assert groups == groups_of(reversed(names), 7, 1) != groups_of(names, 7, 2)  # type: ignore[arg-type]


def test_replay_draws_so_many_of_each() -> None:
    found = replayed(ROWS, 2, 3)
    assert {name: found.labels.count(name) for name in found.names} == dict.fromkeys(ROWS.names, 2)
    assert set(zip(found.texts, found.labels, strict=True)) <= set(zip(ROWS.texts, ROWS.labels, strict=True))
    assert replayed(ROWS, 9) == ROWS and replayed(ROWS, 2, 3) == found
    assert len(replayed(Labelled(), 5)) == 0


def test_averaged_weights_are_the_mean(tiny_bert: Path, tmp_path: Path) -> None:
    import shutil

    from safetensors.numpy import load_file, save_file

    from replydesk.retrieval.encoders.bert import BertEncoder

    other = tmp_path / "other"
    shutil.copytree(tiny_bert, other)
    weights = {name: value + 1 for name, value in load_file(tiny_bert / "model.safetensors").items()}
    save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
    mean = averaged_weights(tiny_bert, other, tmp_path / "mean", 0.25)
    for name, value in load_file(mean / "model.safetensors").items():
        np.testing.assert_allclose(value, weights[name] - 0.75, atol=1e-5)
    assert BertEncoder(str(mean)).encode(["快递 parcel"]).shape == (1, 32)
    with pytest.raises(OSError):
        averaged_weights(tmp_path / "nothing", other, tmp_path / "no")
