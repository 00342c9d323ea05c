"""What each sign of the unfamiliar counts: by real messages outside, by intents that were left out, or all the same."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from replydesk.finetune.intents.leaving import left_out_scores, left_out_weights
from replydesk.finetune.intents.weighing import weigh_scores


def told_apart(inside: np.ndarray, outside: np.ndarray, weights: np.ndarray) -> float:
    truth = np.repeat([0, 1], [len(inside), len(outside)])
    return float(roc_auc_score(truth, np.concatenate([inside, outside]) @ weights))


def test_a_score_that_tells_nothing_counts_little() -> None:
    random = np.random.default_rng(0)
    inside, outside = random.normal(size=(600, 3)), random.normal((2.0, 0.0, 0.0), size=(300, 3))
    weights = weigh_scores(inside, outside)
    assert abs(weights[1]) < 0.3 * weights[0]
    assert abs(weights[2]) < 0.3 * weights[0]
    assert told_apart(inside, outside, weights) > told_apart(inside, outside, np.ones(3)) + 0.05


def test_equal_weights_stand_where_nothing_is_better() -> None:
    random = np.random.default_rng(1)
    inside, outside = random.normal(size=(300, 3)), random.normal(size=(300, 3)) + 1.0
    assert weigh_scores(inside, outside).tolist() == [1, 1, 1]
    # Too few to say anything: what is known otherwise counts half.
    assert weigh_scores(inside, outside[:19]).tolist() == [1, 1, 1]
    known = np.array([3.0, 0.0, 0.0])
    assert weigh_scores(inside, outside[:0], towards=[None, known]).tolist() == [2, 0.5, 0.5]
    only = random.normal((3.0, 0.0, 0.0), size=(25, 3))
    assert told_apart(inside, only, weigh_scores(inside, only, towards=[known])) > 0.95


@pytest.mark.parametrize("intents", [10, 14])
def test_intents_left_out_are_strangers_of_the_others(intents: int) -> None:
    random = np.random.default_rng(2)
    which = np.arange(intents * 20) % intents
    vectors = np.eye(24)[which] + 0.15 * random.normal(size=(len(which), 24))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = [f"intent {place:02}" for place in which]
    found = left_out_scores(vectors, labels, 10.0)
    assert found is not None
    inside, outside = found
    assert (inside.shape[1], outside.shape) == (7, (len(which), 7))
    np.testing.assert_allclose(inside.mean(axis=0), 0, atol=1e-9)
    assert told_apart(inside, outside, np.ones(7)) > 0.95
    assert left_out_weights(vectors, labels, 10.0) is not None


def test_few_intents_are_not_left_out() -> None:
    vectors = np.eye(9, dtype=np.float32).repeat(9, axis=0)
    assert left_out_scores(vectors, [str(i) for i in np.arange(9).repeat(9)], 10.0) is None
    assert left_out_weights(vectors, [str(i) for i in range(81)], 10.0) is None
