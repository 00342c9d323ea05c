"""The pair model: it starts as the cosine of two vectors, and what was saved is what is loaded, on both runtimes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from replydesk.data.errors import ModelError
from replydesk.finetune.matching.cross import pair_tokenizer
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.pair_model import PairModel

ASKED = "Where is my parcel? 我的快递"
TEXTS = ["My delivery has not moved for three days", "refund", "退款什么时候到账？台灯", "the lamp " * 20]


def saved(folder: Path, tiny_bert: Path, hearing: float) -> Path:
    model = PairModel.of(tiny_bert, 6)
    with torch.no_grad():
        model.hearing.fill_(hearing)
    model.save(folder)
    pair_tokenizer(tiny_bert, 96).save(str(folder / "tokenizer.json"))
    return folder


def test_deaf_to_each_other_the_texts_give_the_cosine_of_their_vectors(tiny_bert: Path, tmp_path: Path) -> None:
    deaf = CrossEncoder(saved(tmp_path / "deaf", tiny_bert, -1e4), runtime="torch")
    one, others = (BertEncoder(str(tiny_bert)).encode(texts) for texts in ([ASKED], TEXTS))
    np.testing.assert_allclose(deaf.logits(ASKED, TEXTS), 20 * (others @ one[0]) - 10, atol=1e-3)


def test_hearing_each_other_changes_the_logits_and_both_runtimes_agree(tiny_bert: Path, tmp_path: Path) -> None:
    deaf = CrossEncoder(saved(tmp_path / "deaf", tiny_bert, -1e4), runtime="torch")
    folder = saved(tmp_path / "hearing", tiny_bert, 1.0)
    reference = CrossEncoder(folder, runtime="torch")
    logits = reference.logits(ASKED, TEXTS)
    assert np.abs(logits - deaf.logits(ASKED, TEXTS)).max() > 0.01
    # A processor with bfloat16 rounds.
    np.testing.assert_allclose(CrossEncoder(folder).logits(ASKED, TEXTS), logits, atol=0.25)
    alone = np.concatenate([reference.logits(ASKED, [text]) for text in TEXTS])
    np.testing.assert_allclose(alone, logits, atol=1e-3, err_msg="padding counts for nothing")


def test_layers_above_the_sixth_are_left_away(tiny_bert: Path) -> None:
    assert len(PairModel.of(tiny_bert, 1).bert.encoder.layer) == 1


def test_a_damaged_one_is_refused(tiny_bert: Path, tmp_path: Path) -> None:
    folder = saved(tmp_path / "one", tiny_bert, -2.0)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_size": 64}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        CrossEncoder(folder, runtime="torch")
