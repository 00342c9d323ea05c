"""Pseudo-labels: spread over the graph of neighbours, cut where held-out messages say so, steady under noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.learning.pseudo import PseudoLabeller, choose_confidence, joined, label_graph, spread_labels
from replydesk.finetune.recipe import LearningRecipe

CENTRES = np.random.default_rng(3).normal(size=(4, 16))
WORDS = {"parcel": 0, "refund": 1, "快递": 2, "退款": 3}


class Wordy:
    """An encoder of sixteen numbers: the first known word of a text says where it stands, its length adds a little."""

    id, dimension = "wordy", 16

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = []
        for text in texts:
            word = next((word for word in WORDS if word in text.lower()), "")
            own = np.random.default_rng(len(text)).normal(size=16)
            rows.append((CENTRES[WORDS[word]] if word else 0 * own) + 0.4 * own)
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 16)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def texts(word: str, count: int, start: int = 0) -> list[str]:
    return [f"{word} {'.' * (start + i)}" for i in range(count)]


LABELLED = Labelled(
    tuple(text for word in WORDS for text in texts(word, 3)), tuple(word for word in WORDS for _ in range(3))
)
UNLABELLED = [text for word in WORDS for text in texts(word, 20, 3)]
HELD = Labelled(
    tuple(text for word in WORDS for text in texts(word, 8, 40)), tuple(word for word in WORDS for _ in range(8))
)


PLAIN = LearningRecipe()


def labeller(settings: LearningRecipe = PLAIN, **named: object) -> PseudoLabeller:
    return PseudoLabeller.of(Wordy(), LABELLED, UNLABELLED, settings, languages=("en", "zh"), **named)  # type: ignore[arg-type]


def truth(text: str) -> str:
    return next(word for word in WORDS if word in text)


def test_names_of_labels_are_examples_that_are_never_judged() -> None:
    given = Labelled(LABELLED.texts[:6], LABELLED.labels[:6])
    loose = replace(PLAIN, max_wrong=0.6)
    found = PseudoLabeller.of(Wordy(), given, UNLABELLED, loose, languages=("en", "zh"), names=True)
    assert (found.named, found.judged) == (2, 6)
    np.testing.assert_array_equal(found.vectors[6:8], Wordy().encode(["parcel", "refund"]))
    # Without any labelled message they are all there is to learn from.
    places, targets = replace(found, threshold=0.5).take([])
    guesses = [found.names[target] for target in targets]
    asked = [(found.texts[place], guess) for place, guess in zip(places, guesses, strict=True)]
    sure = [truth(text) == guess for text, guess in asked if truth(text) in found.names]
    assert len(sure) > 20 and np.mean(sure) > 0.8


def test_the_graph_is_the_formula() -> None:
    vectors = Wordy().encode(UNLABELLED[:30])
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    weights = np.zeros((30, 30))
    for row in range(30):
        for other in np.argsort(-cosines[row])[:4]:
            weights[row, other] = max(cosines[row, other], 0) ** 8
    weights = np.maximum(weights, weights.T)
    scale = np.diag(1 / np.sqrt(weights.sum(axis=1)))
    graph = label_graph(vectors, 4)
    np.testing.assert_allclose(graph.toarray(), scale @ weights @ scale, atol=1e-5)
    start = np.random.default_rng(0).random((30, 3)).astype(np.float32)
    many = spread_labels(graph, start, 0.7, 200)
    # Zhou et al. 2004, equation 4: the limit is (1 - a)(I - a S)^-1 Y.
    np.testing.assert_allclose(many, 0.3 * np.linalg.inv(np.eye(30) - 0.7 * graph.toarray()) @ start, atol=1e-4)


def test_the_threshold_lets_no_more_wrong_through_than_is_allowed() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    right = np.array([True, True, True, False, True, False])
    assert choose_confidence(confidence, right, 1 / 4) == 0.7
    assert choose_confidence(confidence, right, 2 / 6) == 0.5
    assert choose_confidence(confidence, right, 1.0) == 0.4
    assert choose_confidence(confidence, right, 0.1) == float("inf")
    assert choose_confidence(np.zeros(0), np.zeros(0, dtype=bool), 0.5) == float("inf")
    # Equal ones are let through together or not at all.
    assert choose_confidence(np.array([0.9, 0.9, 0.9]), np.array([True, True, False]), 0.3) == float("inf")


def test_unlabelled_messages_get_the_labels_of_their_like_in_both_languages() -> None:
    found = labeller(held_out=HELD)
    added = found.labelled()
    told = found.document(truth)
    assert added.names == tuple(sorted(WORDS))
    assert (told["unlabelled"], told["added"], told["checked"]) == (80, len(added), len(added))
    assert told["right"] == np.mean([truth(t) == label for t, label in zip(added.texts, added.labels, strict=True)])
    assert told["right"] >= 0.9 and len(added) >= 30
    assert told["held_out"]["messages"] == 32 and told["held_out"]["wrong"] <= 0.1
    places, targets = found.take()
    assert [found.names[target] for target in targets] == list(added.labels)
    vectors, again = found.more(np.arange(len(LABELLED)))
    np.testing.assert_allclose(vectors, Wordy().encode(added.texts), atol=1e-6)
    assert again.tolist() == targets.tolist() and len(places) == len(added)
    assert labeller(held_out=HELD).labelled() == added


def test_an_intent_gets_its_share_and_no_more() -> None:
    found = labeller(LearningRecipe(per_intent=5, views=0), held_out=HELD).labelled()
    assert {name: found.labels.count(name) for name in found.names} == dict.fromkeys(sorted(WORDS), 5)


def test_a_label_that_noise_changes_is_not_taken() -> None:
    plain = labeller(LearningRecipe(views=0), held_out=HELD)
    rows = len(plain.vectors)
    first = rows - len(plain.texts)
    places, targets = plain.take()
    # The hurried version of the first one stands where another label is.
    view = plain.vectors.copy()
    other = next(i for i, target in zip(places, targets, strict=True) if target != targets[0])
    view[first + places[0]] = plain.vectors[first + other]
    rest, _ = replace(plain, views=(view,)).take()
    assert places[0] not in rest and len(rest) >= len(places) - 1 - (len(places) - len(rest))
    assert set(rest) <= set(places)


def test_without_held_out_messages_folds_take_turns_and_owners_stay_whole() -> None:
    found = labeller(LearningRecipe(max_wrong=0.3), groups=[str(i // 3) for i in range(12)])
    # Every owner has all messages of one label: no fold can tell the label that it has not seen.
    assert found.judged == 12 and found.labelled() == Labelled()
    assert found.document()["threshold"] is None
    assert labeller(LearningRecipe(max_wrong=0.3)).document()["added"] > 40


def test_what_a_fold_has_not_seen_it_does_not_give() -> None:
    found = labeller(LearningRecipe(max_wrong=0.5), held_out=HELD)
    rows = [i for i, label in enumerate(LABELLED.labels) if label != "refund"]
    assert "refund" not in found.labelled(rows).names
    assert found.labelled([0, 1, 2]).names in ((), ("parcel",))


def test_only_so_many_texts_are_read() -> None:
    found = labeller(LearningRecipe(texts=10), held_out=HELD)
    assert len(found.texts) == 10 and set(found.texts) <= set(UNLABELLED)


@pytest.mark.parametrize("count", [1, 2])
def test_a_graph_of_hardly_anything(count: int) -> None:
    vectors = Wordy().encode(UNLABELLED[:count])
    assert label_graph(vectors).shape == (count, count)


class Hazy(Wordy):
    """An encoder of which the text's own part is most of a vector; with ``blind`` it is all of it."""

    def __init__(self, blind: bool = False) -> None:
        self.id, self.share = ("blind", 0.0) if blind else ("hazy", 0.5)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        own = [np.random.default_rng(list(text.encode())).normal(size=16) for text in texts]
        clear = super().encode(texts)
        vectors = (self.share * clear + np.array(own).reshape(clear.shape) / 4).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_cosine_of_joined_vectors_is_the_weighed_mean_of_both() -> None:
    first, second = Wordy().encode(["parcel a", "refund"]), Hazy().encode(["parcel a", "refund"])
    vectors = joined(first, second, 0.5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    expected = (first[0] @ first[1] + 0.25 * second[0] @ second[1]) / 1.25
    assert vectors[0] @ vectors[1] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("views", [0, 1])
def test_a_second_encoder_has_its_say_where_held_out_messages_are_read_better(views: int) -> None:
    settings = LearningRecipe(max_wrong=0.9, views=views)
    given = {"languages": ("en", "zh"), "held_out": HELD}
    alone = PseudoLabeller.of(Hazy(), LABELLED, UNLABELLED, settings, **given)  # type: ignore[arg-type]
    both = PseudoLabeller.of(Hazy(), LABELLED, UNLABELLED, settings, beside=Wordy, **given)  # type: ignore[arg-type]
    assert (alone.beside, both.beside) == ("", "wordy") and both.document()["beside"] == "wordy"
    assert both.judged == len(HELD) and both.right > alone.right
    # What is learned from them at the desk are vectors of its own encoder.
    vectors, targets = both.more(np.arange(len(LABELLED)))
    asked = both.labelled()
    np.testing.assert_array_equal(vectors, Hazy().encode(asked.texts))
    assert [both.names[target] for target in targets] == list(asked.labels)


def test_a_second_encoder_that_sees_nothing_is_left_out() -> None:
    settings = LearningRecipe(views=0)
    found = PseudoLabeller.of(
        Wordy(), LABELLED, UNLABELLED, settings, languages=("en",), held_out=HELD, beside=lambda: Hazy(blind=True)
    )
    assert found.beside == "" and found.joint is found.vectors
