"""A speller is learned from what customers wrote, and kept only where it helps on messages of others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.reader import IntentReader
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.recipe import QUICK
from replydesk.finetune.robustness.spelling import choose_speller, english_words, fit_speller

NOUNS = ("parcel", "refund", "invoice", "password", "coupon", "warranty")
FRAMES = ("where is my {}", "please help with the {}", "question about a {}", "my {} has a problem", "{} again please")


class WordsEncoder:
    """Counts known words; what is misspelt is nothing to it."""

    id, dimension = "words", len(NOUNS) + 1

    def __init__(self, blind: bool = False) -> None:
        self.blind = blind

    def encode(self, texts: object) -> np.ndarray:
        rows = np.array([[noun in text.lower() for noun in NOUNS] + [True] for text in texts], dtype=np.float32)  # type: ignore[attr-defined]
        return (
            np.ones_like(rows) / np.sqrt(self.dimension) if self.blind else rows / np.linalg.norm(rows, axis=1)[:, None]
        )


def material(encoder: WordsEncoder, count: int = 900) -> Material:
    texts = tuple(FRAMES[i % 5].format(NOUNS[i // 5 % 6]) for i in range(count))
    labels = tuple(f"about_{NOUNS[i // 5 % 6]}" for i in range(count))
    rows = Examples(
        texts, labels, tuple(f"c{i}" for i in range(count)), ("en",) * count, (None,) * count,
        encoder.encode(texts), np.zeros((count, 8), dtype=np.float32),
    )  # fmt: skip
    return Material(encoder, ("en",), rows, rows.where([False] * count), 0.5)  # type: ignore[arg-type]


HEAD = IntentReader(IntentHead(("a", "b"), np.zeros((2, 7)), np.zeros(2)))


def test_words_that_one_customer_wrote_are_not_kept() -> None:
    speller = fit_speller(
        ["my parcel Zuckmayer", "Zuckmayer's Parcel, the parcel", "the 退款 TW-12ab"], ["a", "a", "b"]
    )
    assert dict(speller.counts) == {"the": 2}
    assert dict(fit_speller(["my parcel", "Parcel parcel"]).counts) == {"parcel": 3}


def test_chinese_is_learned_from_pairs_that_two_customers_wrote() -> None:
    texts = ["退款到了吗", "我要退款", "诸葛孔明", "退款", "快递到了吗", "快递", "我的快递呢"]
    speller = fit_speller(texts, ["a", "b", "b", "c", "d", "e", "f"])
    assert speller.han is not None and speller.han.folds
    assert speller.han.pairs["退款"] == 3 and speller.han.pairs["款$"] == 2
    assert not any("葛" in pair for pair in speller.han.pairs)
    assert speller.han.spelt == {"tuikuan": "退款", "kuaidi": "快递"}
    assert "款" in speller.han.alike["宽"] and "到" in speller.han.alike["道"]
    assert speller.correct("退宽什么时候") == "退款什么时候"
    assert speller.correct("我的 kuaidi 呢") == "我的快递呢"
    assert fit_speller(["退貨", "退貨運費"]).han.folds is False  # type: ignore[union-attr]
    assert fit_speller(["where is it"]).han is None


def test_english_words_are_whole_words() -> None:
    words = english_words()
    assert 15_000 < len(words) < 30_000
    assert {"parcel", "order", "the", "calling"} <= words
    assert not {"refudn", "ing##", "tw", "退"} & words


def test_it_is_kept_where_it_gives_back_what_slips_take() -> None:
    speller, told = choose_speller(material(WordsEncoder()), HEAD, QUICK)
    assert speller is not None and speller.correct("where is my refubd") == "where is my refund"
    assert told["used"] and told["clean"] == told["clean_corrected"] == 1.0
    assert told["slipped"] < 0.75 < 0.97 < told["slipped_corrected"]
    assert 100 <= told["messages"] <= 500
    assert speller.counts["parcel"] == 150


@pytest.mark.parametrize(
    ("desk", "head", "recipe", "why"),
    [
        (material(WordsEncoder()), HEAD, replace(QUICK, spelling=False), "wants none"),
        (material(WordsEncoder()), None, QUICK, "no intents"),
        (material(WordsEncoder(), 120), HEAD, QUICK, "100 are needed"),
        (material(WordsEncoder(blind=True)), HEAD, QUICK, "gives back 0.000"),
    ],
)
def test_it_is_left_out_where_nothing_says_that_it_helps(
    desk: Material, head: IntentReader | None, recipe: object, why: str
) -> None:
    speller, told = choose_speller(desk, head, recipe)  # type: ignore[arg-type]
    assert speller is None and not told["used"] and why in told["why"]
