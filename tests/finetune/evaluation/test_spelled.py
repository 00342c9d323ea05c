"""An evaluated model reads through a speller of its training rows where unseen ones say that this helps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.models import Ready
from replydesk.finetune.evaluation.spelled import SpelledModel, with_speller

NOUNS = ("parcel", "refund", "invoice", "password")


class Words:
    """Knows four words; guesses the first label without one."""

    labels, parts = tuple(sorted(NOUNS)), ("words",)

    def __init__(self, deaf: bool = False) -> None:
        self.deaf = deaf

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        found = np.array([[9.0 * (noun in text and not self.deaf) for noun in self.labels] for text in texts])
        return found[None]

    def oddness(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[float(not any(noun in text for noun in NOUNS))] for text in texts])


def rows(count: int) -> Labelled:
    texts = tuple(f"{('where is my', 'about the', 'please send my')[i // 4 % 3]} {NOUNS[i % 4]}" for i in range(count))
    return Labelled(texts, tuple(NOUNS[i % 4] for i in range(count)))


def ready(model: Words) -> Ready:
    return Ready(model, np.ones(1), np.zeros(2), np.ones(2), 0.5)


def test_a_model_behind_a_speller_reads_what_was_meant() -> None:
    learned, held = rows(800), rows(200)
    made, told = with_speller(ready(Words()), Words(), learned, held, learned + held)
    assert isinstance(made.model, SpelledModel) and told["used"] and told["messages"] == 200
    assert made.model.speller.counts["refund"] == 250
    assert (made.model.labels, made.model.parts) == (Words.labels, Words.parts)
    typed, meant = ["my refudn", "the parce"], ["my refund", "the parcel"]
    np.testing.assert_array_equal(made.model.logits(typed), Words().logits(meant))
    np.testing.assert_array_equal(made.model.oddness(typed), [[0.0], [0.0]])
    np.testing.assert_array_equal(made.probabilities(typed), ready(Words()).probabilities(meant))


def test_a_model_that_it_does_not_help_stays() -> None:
    before = ready(Words(deaf=True))
    after, told = with_speller(before, Words(deaf=True), rows(800), rows(200), rows(800))
    assert after is before and not told["used"] and "gives back 0.000" in told["why"]
    after, told = with_speller(before, Words(), rows(800), rows(50), rows(800))
    assert after is before and "100 are needed" in told["why"]
