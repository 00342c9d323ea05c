"""Attribution: gradients add up to what they explain, and faithfulness tells a right order from a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from replydesk.dialog.explain.leaving_out import pieces
from replydesk.finetune.evaluation.attribution import faithfulness, integrated_gradients, kept, removed
from replydesk.finetune.training.network import EncoderNetwork


def test_gradients_add_up_to_what_the_message_adds(tiny_bert_to_read: Path) -> None:
    """Completeness (Sundararajan et al. 2017, proposition 1): the sum is the difference to the masked message."""
    network = EncoderNetwork.of(tiny_bert_to_read)
    weights, bias = np.random.default_rng(0).normal(size=(3, network.dimension)), np.zeros(3)
    text = "where is my parcel"
    spans = pieces(text)
    found = integrated_gradients(network, weights, bias, text, 1, spans, steps=200)
    masked = " ".join("[MASK]" for _ in spans)
    vectors = network.encode([text, masked]).numpy().astype(np.float64)
    chances = torch.log_softmax(torch.tensor(vectors @ weights.T + bias), dim=1)[:, 1]
    assert len(found) == 4
    assert found.sum() == pytest.approx(float(chances[0] - chances[1]), abs=0.02)


@pytest.mark.parametrize(
    ("text", "word"), [("please send my parcel now", "parcel"), ("请问快递到了吗", "快递")], ids=["en", "zh"]
)
def test_the_word_that_decides_comes_first_where_faithful(text: str, word: str) -> None:
    spans = pieces(text)

    def chance(texts: Sequence[str]) -> np.ndarray:
        return np.array([0.9 if word in one else 0.1 for one in texts])

    right = np.array([1.0 if text[a:b] == word else 0.0 for a, b in spans])
    assert faithfulness(chance, text, spans, right) == pytest.approx((0.8, 0.0))
    # Last in the order it is never taken away, and never kept.
    assert faithfulness(chance, text, spans, -right) == pytest.approx((0.0, 0.8))


def test_words_are_taken_away_or_kept_where_they_stand() -> None:
    assert removed("我的快递没动", [(2, 4)]) == "我的 没动"
    assert kept("我的快递没动", [(2, 4), (0, 1)]) == "我 快递"
