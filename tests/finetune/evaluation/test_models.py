"""What stands side by side: opinions, what each weighs, and what validation chooses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replydesk.finetune.encoders.project import Projection
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.models import (
    FloorModel,
    Opinions,
    Unseen,
    VectorModel,
    fit_floor,
    fit_vectors,
    made_ready,
)
from replydesk.finetune.intents.classify import fit_logistic, softmax
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.recipe import QUICK
from replydesk.retrieval.encoders.bert import BertEncoder
from tests.conftest import DESK


def messages(language: str) -> Labelled:
    texts, labels = [], []
    for intent, languages in DESK.items():
        for question in languages[language][0]:
            texts.append(question)
            labels.append(intent)
    return Labelled(tuple(texts), tuple(labels))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_alone_know_what_they_learned(language: str) -> None:
    rows = messages(language)
    words = fit_words(rows.texts, rows.labels, language)
    guesses = [words.labels[place] for place in words.logits(rows.texts).argmax(axis=1)]
    assert guesses == list(rows.labels)
    two = [i for i, label in enumerate(rows.labels) if label in ("cancel_order", "refund_status")]
    pair = fit_words([rows.texts[i] for i in two], [rows.labels[i] for i in two], language)
    assert pair.logits(rows.texts).shape == (len(rows), 2)
    assert pair.logits(rows.texts).sum(axis=1) == pytest.approx(0)


def test_what_models_share_is_learned_once(tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from replydesk.finetune.evaluation import models

    counted: list[str] = []

    def counting(*arguments: object, **options: object) -> object:
        counted.append("head")
        return fit_logistic(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(models, "fit_logistic", counting)
    opinions = Opinions(BertEncoder(str(tiny_bert)), "en", 0)
    rows = messages("en")
    frozen = fit_vectors(opinions, (3.0, 30.0), alone=True)(rows, None)
    tuned = fit_vectors(opinions, (3.0, 30.0), alone=False)(rows, "C=30")
    assert (list(frozen), list(tuned), counted) == (["C=3", "C=30"], ["C=30"], ["head", "head"])
    one, other = frozen["C=30"], tuned["C=30"]
    assert isinstance(one, VectorModel)
    assert isinstance(other, VectorModel)
    assert (one.parts, other.parts) == (("head",), ("head", "words", "neighbours"))
    assert (one.weights == other.weights).all()
    assert (one.logits(rows.texts)[0] == other.logits(rows.texts)[0]).all()
    (floor,) = fit_floor(opinions)(rows, None).values()
    assert isinstance(floor, FloorModel)
    assert floor.words is other.words
    assert (floor.logits(rows.texts)[0] == other.logits(rows.texts)[1]).all()


def test_a_projection_is_one_more_choice_where_one_can_be_learned(
    tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from replydesk.finetune.evaluation import models

    swap = np.eye(32, dtype=np.float32)[::-1]
    monkeypatch.setattr(models, "fit_projection", lambda *_: Projection(swap, swap, {}))
    rows, encoder = messages("zh"), BertEncoder(str(tiny_bert))
    made = fit_vectors(Opinions(encoder, "zh", 0), (3.0, 30.0), alone=False, projecting=QUICK)(rows, None)
    assert list(made) == ["C=3", "C=3, projected", "C=30", "C=30, projected"]
    plain, projected = made["C=3"], made["C=3, projected"]
    assert isinstance(projected, VectorModel)
    assert projected.encoder.encode(["退款"]) == pytest.approx(encoder.encode(["退款"])[:, ::-1])
    # Turning all vectors alike changes nothing that a head, words or neighbours say.
    assert projected.logits(rows.texts) == pytest.approx(plain.logits(rows.texts), abs=1e-2)
    monkeypatch.setattr(models, "fit_projection", lambda *_: Projection(None, None, {}))
    fit = fit_vectors(Opinions(encoder, "zh", 0), (3.0,), alone=True, projecting=QUICK)
    assert list(fit(rows, None)) == ["C=3"]
    (only,) = fit(rows, "C=3, projected").values()
    assert isinstance(only, VectorModel)
    assert only.encoder is encoder


def test_the_name_of_a_label_is_an_example_where_it_is_wanted(tiny_bert: Path) -> None:
    rows = messages("en")
    opinions = Opinions(BertEncoder(str(tiny_bert)), "en", 0)
    (model,) = fit_vectors(opinions, (3.0,), alone=True, names=True)(rows, None).values()
    assert isinstance(model, VectorModel)
    assert model.known.texts[-5:] == (
        "broken item", "cancel order", "change address", "delivery delay", "refund status",
    )  # fmt: skip
    assert Labelled(("x",), ("CardArrival",)).with_names.texts[1] == "Card Arrival"
    assert Labelled(("x",), ("PLUS会员",)).with_names.texts[1] == "PLUS会员"


def test_validation_chooses_scale_and_threshold(tiny_bert: Path) -> None:
    rows = messages("en")
    opinions = Opinions(BertEncoder(str(tiny_bert)), "en", 0)
    (model,) = fit_vectors(opinions, (10.0,), alone=True)(rows, None).values()
    unseen = Unseen(model.labels, rows.labels, model.logits(rows.texts), model.oddness(rows.texts))
    outside = ("sing me a song about rain", "what is two plus two", "tell a joke")
    ready = made_ready(model, unseen, outside, 0.9)
    chances = ready.probabilities(rows.texts)
    assert chances == pytest.approx(softmax(model.logits(rows.texts)[0] * ready.weights[0]))
    scores = np.column_stack([1 - chances.max(axis=1), model.oddness(rows.texts)])
    expected = ((scores - scores.mean(axis=0)) / scores.std(axis=0)).sum(axis=1)
    assert ready.strangeness(rows.texts, chances.max(axis=1)) == pytest.approx(expected)
    assert (expected <= ready.threshold).mean() >= 0.9
    assert not ready.weighed


def test_scores_are_weighed_where_enough_messages_outside_say_so() -> None:
    random = np.random.default_rng(6)

    class Odd:
        labels, parts = ("a", "b"), ("head",)

        def logits(self, texts: tuple[str, ...]) -> np.ndarray:
            return random.normal(0, 1, (1, len(texts), 2))

        def oddness(self, texts: tuple[str, ...]) -> np.ndarray:
            # The first score is chance, the second tells.
            return np.column_stack([random.normal(0, 1, len(texts)), random.normal(2, 1, len(texts))])

    inside = np.column_stack([random.normal(0, 1, 300), random.normal(0, 1, 300)])
    unseen = Unseen(("a", "b"), ("a", "b") * 150, random.normal(0, 1, (1, 300, 2)), inside)
    ready = made_ready(Odd(), unseen, tuple(map(str, range(100))), 0.95)
    assert ready.weighed
    assert abs(ready.spread[1]) > 2 * abs(ready.spread[2])
    assert not made_ready(Odd(), unseen, tuple(map(str, range(19))), 0.95).weighed


def test_a_label_that_is_not_known_weighs_nothing() -> None:
    random = np.random.default_rng(2)
    said, targets = random.normal(0, 1, (1, 200, 4)), random.integers(0, 4, 200)
    said[:, np.arange(200), targets] += 1.5
    names = ("a", "b", "c", "d")
    truth = tuple(names[target] for target in targets)
    unseen = Unseen(names, truth, said, np.zeros((200, 0)))
    strange = Unseen(names, (*truth, "e"), np.concatenate([said, said[:, :1]], axis=1), np.zeros((201, 0)))
    assert strange.targets[-1] == -1
    assert strange.fitted[0] == pytest.approx(unseen.fitted[0])
