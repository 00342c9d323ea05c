"""The judge reads messages as the agent does, through the speller, and sees what noise costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.skills import Skills
from replydesk.dialog.spelling import Speller
from replydesk.finetune.evaluation import judge as module
from replydesk.finetune.examples import Examples

WORDS = ("parcel", "refund", "快递", "退款")
HEAD = IntentHead(("delivery", "money"), np.array([[1.0, 0, 1, 0], [0, 1, 0, 1]]), np.zeros(2))
SPELLER = Speller({"parcel": 900, "refund": 900, "where": 900, "please": 900})


class WordsEncoder:
    id, dimension = "words", 4

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[word in text.lower() for word in WORDS] for text in texts], dtype=np.float32)


def examples(texts: Sequence[str], language: str) -> Examples:
    labels = tuple("delivery" if any(word in text for word in WORDS[::2]) else "money" for text in texts)
    count = len(texts)
    return Examples(
        tuple(texts), labels, tuple(map(str, range(count))), (language,) * count, (None,) * count,
        WordsEncoder().encode(texts), np.zeros((count, 8), dtype=np.float32),
    )  # fmt: skip


ASKED = examples([f"{frame} {noun}" for noun in WORDS[:2] for frame in ("where", "please") for _ in range(30)], "en")
ASKED_ZH = examples([f"{noun}{frame}" for noun in WORDS[2:] for frame in ("呢", "在吗") for _ in range(30)], "zh")


def test_messages_are_read_as_the_speller_makes_them() -> None:
    asked = examples(["where is my parcle", "my refund", "parcel"], "en")
    assert module._as_read(asked, WordsEncoder(), Skills(HEAD)) is asked
    read = module._as_read(asked, WordsEncoder(), Skills(HEAD, speller=SPELLER))
    assert asked.vectors[0].sum() == 0
    np.testing.assert_array_equal(read.vectors, [[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0]])
    right = examples(["my refund"], "en")
    assert module._as_read(right, WordsEncoder(), Skills(HEAD, speller=SPELLER)) is right


def test_noise_is_measured_in_both_languages() -> None:
    both = ASKED + ASKED_ZH
    found, rough = module._under_noise(Skills(HEAD), WordsEncoder(), both)
    spelled, _ = module._under_noise(Skills(HEAD, speller=SPELLER), WordsEncoder(), both)
    assert found["messages"] == len(rough) == 240
    assert rough.mean() == pytest.approx(found["accuracy"], abs=0.01)
    assert set(found["kinds"]) == {"en", "zh"}
    assert {"typo", "case"} <= set(found["kinds"]["en"]) and {"homophone", "shape"} <= set(found["kinds"]["zh"])
    every = [one["accuracy"] for kinds in found["kinds"].values() for one in kinds.values()]
    assert found["accuracy"] == np.mean(every)
    typo, mended = (one["kinds"]["en"]["typo"] for one in (found, spelled))
    assert typo["clean"] == mended["clean"] == 1.0
    assert typo["accuracy"] < 0.9 < 0.99 <= mended["accuracy"]
    assert found["kinds"]["en"]["case"]["accuracy"] == 1.0
    assert found["kinds"]["zh"]["homophone"]["loss"] > 0.1
    assert spelled["accuracy"] > found["accuracy"]


def test_what_is_in_neither_language_is_not_noised() -> None:
    assert module._under_noise(Skills(HEAD), WordsEncoder(), examples(["refund"], "fr"))[0] == {}
