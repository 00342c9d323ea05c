"""A vocabulary of one's own: every character is known, in both languages, and the size is what was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from transformers import AutoTokenizer

from replydesk.finetune.pretraining.vocabulary import SPECIAL, new_encoder, train_vocabulary
from replydesk.finetune.recipe import FreshRecipe
from replydesk.finetune.training.network import EncoderNetwork

TEXTS = (
    "Where is my parcel? The parcel is late.",
    "My lamp is broken, café Ünïcode №5",
    "我的快递什么时候能送到呢？快递",
    "訂單TW-204817没到，退货运费 12.50 元",
)


def test_every_character_is_known_wherever_it_stands(tmp_path: Path) -> None:
    new_encoder(tmp_path / "new", TEXTS, FreshRecipe(400, 2, 32, 2), max_tokens=64, seed=0)
    tokenizer = AutoTokenizer.from_pretrained(str(tmp_path / "new"))
    assert tokenizer.unk_token == "[UNK]"
    letters = sorted({c for text in TEXTS for c in text} - {" "})
    draw = np.random.default_rng(0)
    for text in [*TEXTS, *("".join(draw.choice(letters, 12)) for _ in range(200)), "zxqj0987_~^"]:
        assert tokenizer.unk_token_id not in tokenizer(text)["input_ids"], text
    fast = EncoderNetwork.of(tmp_path / "new").tokens([*TEXTS])
    assert fast == [tokenizer(text)["input_ids"] for text in TEXTS]
    assert tokenizer.unk_token_id in tokenizer("ฉ")["input_ids"]


def test_frequent_words_are_pieces_and_the_size_is_kept() -> None:
    pieces = train_vocabulary(TEXTS * 3, 400)
    assert tuple(pieces[:5]) == SPECIAL
    assert len(pieces) == len(set(pieces)) <= 400
    assert {"parcel", "is", "快"} <= set(pieces)
    assert "快递" not in pieces, "Chinese is read character by character, as BERT does"
    assert train_vocabulary(TEXTS * 3, 400) == pieces
    small = train_vocabulary(TEXTS, 100)
    assert set("parcel快递") <= set(small)
    assert len([piece for piece in small if len(piece.removeprefix("##")) > 1 and piece not in SPECIAL]) == 0


def test_a_new_encoder_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("same", 0), ("other", 1)):
        new_encoder(tmp_path / name, TEXTS, FreshRecipe(400, 2, 32, 2), max_tokens=64, seed=seed)
    one, same, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "same", "other"))
    assert one == same != other
