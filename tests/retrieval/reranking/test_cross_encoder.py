"""The cross-encoder: the logits of the reference, whatever the batch; and no model that would be too slow or torn."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import ModelError
from replydesk.retrieval.reranking import cross_encoder
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder

ASKED = "Where is my parcel? 我的快递"
TEXTS = [
    "Where is my parcel?\nYour parcel left our warehouse and is with the carrier; it arrives in two days.",
    "refund",
    "我的快递三天没动了\n很抱歉久等了，快递两个工作日内会送到。",
    "",
    "cancel my order " * 80,
]


@pytest.fixture(scope="module")
def fast(tiny_cross_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> CrossEncoder:
    return CrossEncoder(tiny_cross_encoder, cache=tmp_path_factory.mktemp("runtime"))


@pytest.fixture(scope="module")
def reference(tiny_cross_encoder: Path) -> CrossEncoder:
    return CrossEncoder(tiny_cross_encoder, runtime="torch")


def test_the_logits_are_those_of_transformers(
    fast: CrossEncoder, reference: CrossEncoder, tiny_cross_encoder: Path
) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model: Any = AutoModelForSequenceClassification.from_pretrained(str(tiny_cross_encoder)).eval()
    tokenizer: Any = AutoTokenizer.from_pretrained(str(tiny_cross_encoder))
    expected = []
    for text in TEXTS:
        with torch.inference_mode():
            # The library takes an empty second text for none at all.
            batch = tokenizer(ASKED, text or " ", truncation="longest_first", max_length=128, return_tensors="pt")
            expected.append(float(model(**batch).logits))
    assert np.std(expected) > 0.5, "the tiny head tells them apart"
    np.testing.assert_allclose(reference.logits(ASKED, TEXTS), expected, atol=1e-4)
    # A processor with bfloat16 rounds.
    np.testing.assert_allclose(fast.logits(ASKED, TEXTS), expected, atol=0.05)
    assert fast.id == reference.id


def test_rows_keep_their_order_whatever_the_batch(
    fast: CrossEncoder, reference: CrossEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reference.logits(ASKED, TEXTS * 3)
    for model in (fast, reference):
        monkeypatch.setattr(model, "_budget", 1)
    np.testing.assert_allclose(reference.logits(ASKED, TEXTS * 3), whole, atol=1e-4)
    np.testing.assert_allclose(fast.logits(ASKED, TEXTS * 3), whole, atol=0.05)
    assert reference.logits(ASKED, []).shape == (0,)


def test_the_tokens_are_those_that_are_computed(fast: CrossEncoder) -> None:
    counts = fast.tokens("parcel", ["parcel", "", "parcel " * 500])
    # [CLS] parcel [SEP] parcel [SEP]
    assert counts == [5, 4, 128]


def test_a_kept_model_is_used_again(
    fast: CrossEncoder, tiny_cross_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = CrossEncoder(tiny_cross_encoder, cache=tmp_path)
    [kept] = tmp_path.iterdir()
    assert first.id in kept.name

    def refuse(*_: object) -> None:
        raise AssertionError("it was converted again")

    monkeypatch.setattr(cross_encoder, "convert", refuse)
    again = CrossEncoder(tiny_cross_encoder, cache=tmp_path)
    np.testing.assert_allclose(again.logits(ASKED, TEXTS), first.logits(ASKED, TEXTS), atol=1e-3)
    monkeypatch.undo()
    (kept / "model.bin").write_bytes(b"")
    mended = CrossEncoder(tiny_cross_encoder, cache=tmp_path)
    np.testing.assert_allclose(mended.logits(ASKED, TEXTS), first.logits(ASKED, TEXTS), atol=1e-3)


def test_a_graph_in_the_folder_is_taken_and_has_an_id_of_its_own(
    tiny_cross_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = CrossEncoder(tiny_cross_encoder, cache=tmp_path / "runtime")
    [kept] = (tmp_path / "runtime").iterdir()
    folder = tmp_path / "with-graph"
    shutil.copytree(tiny_cross_encoder, folder)
    for name in ("model.xml", "model.bin"):
        shutil.copy(kept / name, folder)
    (folder / "model.safetensors").unlink()
    monkeypatch.setattr(cross_encoder, "_loaded", lambda *_: pytest.fail("torch was loaded"))
    second = CrossEncoder(folder)
    assert second.id != first.id
    np.testing.assert_allclose(second.logits(ASKED, TEXTS), first.logits(ASKED, TEXTS), atol=1e-3)
    (folder / "model.xml").write_text("<net")
    with pytest.raises(ModelError, match="cannot be read"):
        CrossEncoder(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_hidden_layers": 7}, "has 7 layers, 6 are allowed"),
        ({"id2label": {"0": "no", "1": "yes"}}, "one output"),
        ({"id2label": None}, "one output"),
        ({"num_hidden_layers": "many"}, "no readable config.json"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(
    tiny_cross_encoder: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(tiny_cross_encoder, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ModelError, match=message) as caught:
        CrossEncoder(folder)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_or_damaged_file_is_named(tiny_cross_encoder: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "other"
    shutil.copytree(tiny_cross_encoder, folder)
    (folder / name).write_bytes(b"{")
    with pytest.raises(ModelError):
        CrossEncoder(folder)
    (folder / name).unlink()
    with pytest.raises(ModelError):
        CrossEncoder(folder)
