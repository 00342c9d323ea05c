"""Whole words: pieces and characters that belong together, masked and left out together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from replydesk.finetune.pretraining.masking import IGNORED, masked
from replydesk.finetune.pretraining.sentences import shortened
from replydesk.finetune.pretraining.words import Read, chinese_words, read_words
from replydesk.finetune.training.network import EncoderNetwork


@pytest.fixture
def network(tiny_bert: Path) -> EncoderNetwork:
    return EncoderNetwork.of(tiny_bert, max_tokens=32)


def words_of(network: EncoderNetwork, text: str) -> list[list[str]]:
    read = read_words(network.tokenizer, [text])[0]
    return [[network.tokenizer.id_to_token(read.ids[place]) for place in group] for group in read.groups]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my lamp zq", [["my"], ["lamp"], ["z", "##q"]]),
        ("杯子收到就是碎的", [["杯", "子"], ["收", "到"], ["就", "是"], ["碎"], ["的"]]),
        ("台灯 lamp!", [["台", "灯"], ["lamp"], ["!"]]),
    ],
)
def test_pieces_and_characters_of_a_word_belong_together(
    network: EncoderNetwork, text: str, words: list[list[str]]
) -> None:
    assert words_of(network, text) == words


def test_traditional_characters_are_cut_as_simplified_ones() -> None:
    cut = [["訂單退貨"[start:end] for start, end in chinese_words("訂單退貨")]]
    assert cut == [["訂單", "退貨"]]


def test_words_are_hidden_whole_and_in_the_right_shares() -> None:
    # 40 words of one to three pieces; token 1 hides, 900 and more are drawn.
    sizes = [1 + i % 3 for i in range(40)]
    words = [word for word, size in enumerate(sizes) for _ in range(size)]
    read = Read(tuple(range(100, 100 + len(words))), tuple(words))
    fates: Counter[str] = Counter()
    shares = []
    for seed in range(300):
        ids, targets = masked(read, 0.15, 1, [900, 901], np.random.default_rng(seed))
        assert [t for t in targets if t != IGNORED] == [i for i, t in zip(read.ids, targets, strict=True) if t != -100]
        for group in read.groups:
            asked = {targets[place] != IGNORED for place in group}
            assert len(asked) == 1, "a word is asked as a whole or not at all"
            kinds = {
                "mask" if ids[p] == 1 else "other" if ids[p] >= 900 else "kept" for p in group if targets[p] != IGNORED
            }
            assert len(kinds) <= 1
            fates.update(kinds)
            assert asked == {True} or [ids[p] for p in group] == [read.ids[p] for p in group]
        shares.append(np.mean([t != IGNORED for t in targets]))
    total = fates.total()
    assert fates["mask"] / total == pytest.approx(0.8, abs=0.03)
    assert fates["other"] / total == pytest.approx(0.1, abs=0.03)
    assert fates["kept"] / total == pytest.approx(0.1, abs=0.03)
    assert np.mean(shares) == pytest.approx(0.15, abs=0.01)


def test_a_text_of_one_long_word_is_asked_too() -> None:
    _, targets = masked(Read((5, 6, 7), (0, 0, 0)), 0.15, 1, [9], np.random.default_rng(0))
    assert targets == [5, 6, 7]


def test_words_are_left_out_whole_and_one_stays() -> None:
    read = Read(tuple(range(60)), tuple(i // 2 for i in range(60)))
    left = [shortened(read, 0.6, np.random.default_rng(seed)) for seed in range(200)]
    assert all(tokens[i + 1] == tokens[i] + 1 for tokens in left for i in range(0, len(tokens), 2))
    assert np.mean([len(tokens) for tokens in left]) / 60 == pytest.approx(0.4, abs=0.02)
    assert shortened(Read((3, 4), (0, 0)), 0.999, np.random.default_rng(0)) == [3, 4]
