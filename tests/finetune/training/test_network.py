"""The network that is trained gives the vectors that are served."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from replydesk.finetune.training.network import EncoderNetwork
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder
from replydesk.retrieval.reranking.pair_model import PairModel

TEXTS = ["Where is my parcel?", "退款什么时候到账", "", "a " * 200]


@pytest.mark.parametrize("cls", [False, True])
def test_vectors_are_those_of_the_encoder_and_survive_saving(tiny_bert: Path, tmp_path: Path, cls: bool) -> None:
    network = EncoderNetwork.of(tiny_bert, max_tokens=64)
    network.cls = cls
    with torch.no_grad():
        network.bert.embeddings.word_embeddings.weight.mul_(1.1)
    before = network.encode(TEXTS).numpy()
    network.save(tmp_path / "tuned")
    again = EncoderNetwork.of(tmp_path / "tuned", max_tokens=64)
    np.testing.assert_allclose(again.encode(TEXTS).numpy(), before, atol=1e-6)
    served = BertEncoder(str(tmp_path / "tuned"), max_tokens=64)
    np.testing.assert_allclose(served.encode(TEXTS), before, atol=1e-5)
    fast = OpenVinoEncoder(str(tmp_path / "tuned"), max_tokens=64, precision="f32")
    np.testing.assert_allclose(fast.encode(TEXTS), before, atol=1e-4)
    assert served.id == fast.id != BertEncoder(str(tiny_bert), max_tokens=64).id
    modes = json.loads((tmp_path / "tuned" / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
    assert modes["pooling_mode_cls_token"] is cls


def test_encoding_leaves_the_training_mode_as_it_was(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, dropout=0.5)
    network.train()
    one, other = network.encode(TEXTS[:2]), network.encode(TEXTS[:2])
    assert torch.equal(one, other) and network.training
    assert network.bert.config.hidden_dropout_prob == 0.5


def test_what_is_kept_in_half_precision_is_trained_in_float32(tiny_bert: Path, tmp_path: Path) -> None:
    halves = EncoderNetwork.of(tiny_bert)
    halves.bert.half()
    halves.save(tmp_path / "halves")
    weights = load_file(tmp_path / "halves" / "model.safetensors").values()
    assert {weight.dtype for weight in weights if weight.is_floating_point()} == {torch.float16}
    network = EncoderNetwork.of(tmp_path / "halves")
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert PairModel.of(tmp_path / "halves", 1).bert.dtype == torch.float32
