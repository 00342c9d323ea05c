"""Heads: the same numbers as plain numpy, on disk and back, and no damaged file let in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import ReleaseError
from replydesk.dialog.intents import Familiarity, IntentHead

RANDOM = np.random.default_rng(0)
DIMENSION = 6


def unit(count: int) -> np.ndarray:
    rows = np.random.default_rng(count).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def head() -> IntentHead:
    return IntentHead(("refund", "退款", "包裹"), RANDOM.normal(size=(3, DIMENSION)), RANDOM.normal(size=3), 0.7)


@pytest.fixture
def familiarity() -> Familiarity:
    return Familiarity(
        known=unit(9),
        whitening=RANDOM.normal(size=(DIMENSION, DIMENSION)),
        means=RANDOM.normal(size=(2, DIMENSION)),
        centre=np.array([0.2, -0.5, 3.0]),
        spread=np.array([0.1, 0.3, 0.8]),
        slope=1.7,
        offset=-2.0,
        neighbours=4,
    )


def test_probabilities_are_the_softmax_of_logits_over_temperature(head: IntentHead) -> None:
    for row, vector in zip(head.probabilities(unit(5)), unit(5), strict=True):
        powers = np.exp((head.weights @ vector + head.bias) / 0.7)
        np.testing.assert_allclose(row, powers / powers.sum(), rtol=1e-6)
        assert row.sum() == pytest.approx(1, abs=1e-12)


def test_huge_logits_still_sum_to_one() -> None:
    head = IntentHead(("a", "b"), np.array([[1e5, 0], [-1e5, 0]]), np.zeros(2))
    np.testing.assert_allclose(head.probabilities(np.array([[1, 0], [-1, 0]], dtype=np.float32)), [[1, 0], [0, 1]])


def test_a_head_is_saved_and_loaded(head: IntentHead, tmp_path: Path) -> None:
    head.save(tmp_path / "encoder" / "head.npz")
    loaded = IntentHead.load(tmp_path / "encoder" / "head.npz")
    assert (loaded.labels, loaded.temperature) == (head.labels, head.temperature)
    np.testing.assert_array_equal(loaded.probabilities(unit(5)), head.probabilities(unit(5)))


def plain_scores(model: Familiarity, vector: np.ndarray, highest: float) -> list[float]:
    cosines = sorted((float(vector @ row) for row in model.known), reverse=True)
    white = model.whitening.T @ vector
    distance = min(float(np.linalg.norm(white - mean)) for mean in model.means)
    return [1 - highest, -sum(cosines[: model.neighbours]) / model.neighbours, distance]


def test_the_three_scores_equal_a_plain_reference(familiarity: Familiarity) -> None:
    vectors, highest = unit(7), np.linspace(0.1, 1, 7)
    expected = np.array([plain_scores(familiarity, v, h) for v, h in zip(vectors, highest, strict=True)])
    np.testing.assert_allclose(familiarity.scores(vectors, highest), expected, atol=1e-6)
    sums = ((expected - [0.2, -0.5, 3.0]) / [0.1, 0.3, 0.8]).sum(axis=1)
    np.testing.assert_allclose(familiarity.sums(vectors, highest), sums, atol=1e-5)
    np.testing.assert_allclose(familiarity.unfamiliar(vectors, highest), 1 / (1 + np.exp(2 - 1.7 * sums)), atol=1e-5)


def test_fewer_known_vectors_than_neighbours_are_all_neighbours(familiarity: Familiarity) -> None:
    few = Familiarity(
        familiarity.known[:2], familiarity.whitening, familiarity.means, familiarity.centre, familiarity.spread
    )
    vector = unit(1)
    assert few.scores(vector, np.ones(1))[0, 1] == pytest.approx(-float((few.known @ vector[0]).mean()), abs=1e-6)


def test_the_sense_of_the_unfamiliar_is_saved_and_loaded(familiarity: Familiarity, tmp_path: Path) -> None:
    familiarity.save(tmp_path / "familiarity.npz")
    loaded = Familiarity.load(tmp_path / "familiarity.npz")
    highest = np.full(5, 0.4)
    np.testing.assert_array_equal(loaded.unfamiliar(unit(5), highest), familiarity.unfamiliar(unit(5), highest))
    assert (loaded.slope, loaded.offset, loaded.neighbours) == (1.7, -2.0, 4)


def corrupt(data: bytes) -> bytes:
    return data[:60] + bytes(40) + data[100:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"not an archive",
        lambda data: data[:100],
        lambda data: data[:-30],
        corrupt,
    ],
)
@pytest.mark.parametrize("kind", [IntentHead, Familiarity])
def test_a_damaged_file_is_refused(
    head: IntentHead,
    familiarity: Familiarity,
    tmp_path: Path,
    kind: type[IntentHead | Familiarity],
    damage: Callable[[bytes], bytes],
) -> None:
    path = tmp_path / "file.npz"
    (head if kind is IntentHead else familiarity).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ReleaseError) as caught:
        kind.load(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("kind", [IntentHead, Familiarity])
def test_a_missing_file_and_one_of_another_kind_are_refused(
    head: IntentHead, familiarity: Familiarity, tmp_path: Path, kind: type[IntentHead | Familiarity]
) -> None:
    with pytest.raises(ReleaseError):
        kind.load(tmp_path / "nowhere.npz")
    (familiarity if kind is IntentHead else head).save(tmp_path / "other.npz")
    with pytest.raises(ReleaseError):
        kind.load(tmp_path / "other.npz")


def test_nothing_is_ever_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    np.savez(path, labels=np.array([{"a": 1}], dtype=object), weights=np.ones((1, 2)), bias=np.ones(1), temperature=1.0)
    with pytest.raises(ReleaseError):
        IntentHead.load(path)


@pytest.mark.parametrize(
    ("change", "dimension", "problem"),
    [
        ({}, 3, ""),
        ({}, 4, "for 2 intents and vectors of 4"),
        ({"labels": ("a", "b", "c")}, 3, "for 3 intents"),
        ({"labels": ("a", "a")}, 3, "one twice"),
        ({"weights": np.array([[np.nan, 0, 0], [0, 0, 0]])}, 3, "no number"),
        ({"bias": np.array([np.inf, 0])}, 3, "no number"),
        ({"temperature": 0.0}, 3, "no number"),
    ],
)
def test_a_head_says_what_is_wrong_with_it(change: dict[str, Any], dimension: int, problem: str) -> None:
    head = replace(IntentHead(("a", "b"), np.eye(2, 3), np.zeros(2)), **change)
    found = head.problems(dimension)
    assert (problem in " ".join(found)) if problem else found == []
