"""The classifier on data whose truth is known: blobs, a chosen temperature, and points from far away."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from replydesk.dialog.intents import IntentHead
from replydesk.finetune.evaluation.metrics import calibration_error
from replydesk.finetune.examples import Examples
from replydesk.finetune.intents import classify as module
from replydesk.finetune.intents import familiarity
from replydesk.finetune.intents.classify import fit_head, fit_temperature
from replydesk.finetune.intents.familiarity import View, density_of, fit_familiarities
from replydesk.finetune.recipe import QUICK, HeadRecipe, Recipe

DIMENSION = 12


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def blobs(count: int, classes: int = 4, *, noise: float = 0.25, seed: int = 0, owners: int = 0) -> Examples:
    """Unit vectors around one axis a class; ``owners`` customers share them, everyone his own when 0."""
    random = np.random.default_rng(seed)
    which = np.arange(count) % classes
    vectors = unit(np.eye(DIMENSION)[which] + noise * random.normal(size=(count, DIMENSION)))
    groups = tuple(f"c{i % owners if owners else i}" for i in range(count))
    labels = tuple(f"intent_{i}" for i in which)
    texts = tuple(f"text {i}" for i in range(count))
    answers = np.zeros((count, 8), dtype=np.float32)
    return Examples(texts, labels, groups, ("en",) * count, (None,) * count, vectors, answers)


def accuracy(examples: Examples, probabilities: np.ndarray, labels: tuple[str, ...]) -> float:
    guesses = np.array(labels)[probabilities.argmax(axis=1)]
    return float((guesses == np.array(examples.labels)).mean())


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_blobs_are_told_apart_on_unseen_messages(classes: int) -> None:
    train, test = blobs(120, classes), blobs(300, classes, seed=1)
    found = fit_head(train, QUICK)
    probabilities = found.head.probabilities(test.vectors)
    assert accuracy(test, probabilities, found.head.labels) > 0.95
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == np.arange(300) % classes) < 0.05
    assert found.strength in QUICK.head.strengths


def test_noised_copies_are_learned_from_unless_they_cost_accuracy() -> None:
    train, test = blobs(240), blobs(400, seed=1)
    random = np.random.default_rng(5)

    def rough(vectors: np.ndarray) -> np.ndarray:
        # In a hurry everybody drifts the same way.
        return unit(vectors + 0.7 * np.eye(DIMENSION)[[0, 7]].sum(axis=0) + 0.1 * random.normal(size=vectors.shape))

    hurried = rough(test.vectors)
    plain, robust = fit_head(train, QUICK), fit_head(train, QUICK, [rough(train.vectors)])
    assert (plain.copies, robust.copies) == (0, 1)
    before, after = (accuracy(test, one.head.probabilities(hurried), one.head.labels) for one in (plain, robust))
    assert after > before + 0.05
    assert robust.unseen.shape == (240, 4)
    wrong = np.roll(train.vectors, 1, axis=0)
    refused = fit_head(train, QUICK, [wrong, wrong])
    assert refused.copies == 0
    np.testing.assert_array_equal(refused.head.weights, plain.head.weights)


def test_two_classes_have_the_library_s_probabilities() -> None:
    from sklearn.linear_model import LogisticRegression

    train, test = blobs(60, 2, noise=0.6), blobs(40, 2, noise=0.6, seed=1)
    found = fit_head(train, QUICK)
    model = LogisticRegression(C=found.strength, max_iter=300, tol=1e-5, random_state=0)
    model.fit(train.vectors, np.arange(60) % 2)
    logits = model.decision_function(test.vectors) / found.head.temperature
    np.testing.assert_allclose(found.head.probabilities(test.vectors)[:, 1], 1 / (1 + np.exp(-logits)), rtol=1e-6)


def test_unseen_probabilities_come_from_folds_that_had_not_seen_the_message() -> None:
    """Labels drawn at random can be learned by heart, but not foretold."""
    train = blobs(200, 2, noise=5.0)
    found = fit_head(train, Recipe(head=HeadRecipe(strengths=(1000.0,))))
    assert found.unseen.shape == (200, 2)
    np.testing.assert_allclose(found.unseen.sum(axis=1), 1)
    assert accuracy(train, found.unseen, found.head.labels) == found.accuracy
    assert found.accuracy < 0.7
    assert found.unseen.max(axis=1).mean() < found.accuracy + 0.1


def test_the_best_strength_wins() -> None:
    train = blobs(90, 3, noise=0.2)
    assert fit_head(train, Recipe(head=HeadRecipe(strengths=(1e-6, 30.0)))).strength == 30.0


def test_a_known_temperature_is_recovered() -> None:
    random = np.random.default_rng(0)
    true = random.normal(size=(20_000, 5)) * 2
    powers = np.exp(true)
    cumulated = (powers / powers.sum(axis=1, keepdims=True)).cumsum(axis=1)
    targets = (random.random((20_000, 1)) > cumulated).sum(axis=1)
    for temperature in (0.3, 1.0, 4.0):
        assert fit_temperature(true * temperature, targets) == pytest.approx(temperature, rel=0.03)


def test_folds_never_share_an_owner() -> None:
    examples = blobs(90, 3, owners=17)
    targets = np.arange(90) % 3
    folds = module._folds(targets, examples.groups, QUICK)
    assert len(folds) == 3
    groups = np.array(examples.groups)
    for train, held_out in folds:
        assert not set(groups[train]) & set(groups[held_out])
    assert sorted(np.concatenate([held_out for _, held_out in folds]).tolist()) == list(range(90))


def test_folds_are_the_same_every_time() -> None:
    examples = blobs(90, 3, owners=17)
    one, other = (module._folds(np.arange(90) % 3, examples.groups, QUICK) for _ in range(2))
    for (_, held_out), (_, again) in zip(one, other, strict=True):
        np.testing.assert_array_equal(held_out, again)


@pytest.mark.parametrize(
    ("count", "classes", "owners"),
    [(4, 2, 0), (6, 2, 2), (8, 2, 1), (6, 3, 0), (12, 6, 0), (9, 3, 3)],
)
def test_the_smallest_desks_can_be_learned(count: int, classes: int, owners: int) -> None:
    """Few messages, one customer who asked all, an intent that one customer alone has."""
    train = blobs(count, classes, owners=owners, noise=0.05)
    found = fit_head(train, QUICK)
    assert len(found.head.labels) == classes
    assert accuracy(train, found.head.probabilities(train.vectors), found.head.labels) == 1
    assert np.isfinite(found.unseen).all()


def test_no_warning_filter_is_left_behind() -> None:
    before = list(warnings.filters)
    fit_head(blobs(12, 3), QUICK)
    assert warnings.filters == before


def auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    return float((outside[:, None] > inside[None, :]).mean())


@pytest.mark.parametrize("labelled", [True, False])
def test_points_from_far_away_are_unfamiliar(labelled: bool) -> None:
    random = np.random.default_rng(3)
    train, test = blobs(200), blobs(200, seed=1)
    strangers = unit(random.normal(size=(60, DIMENSION)) - 0.8)
    unseen_strangers = unit(random.normal(size=(200, DIMENSION)) - 0.8)
    if labelled:
        found = fit_head(train, QUICK)
        labels, unseen = train.labels, found.unseen.max(axis=1)

        def highest(vectors: np.ndarray) -> np.ndarray:
            return np.asarray(found.head.probabilities(vectors).max(axis=1))
    else:
        labels, unseen = ("",) * 200, np.ones(200)

        def highest(vectors: np.ndarray) -> np.ndarray:
            return np.ones(len(vectors))

    (model,), own = fit_familiarities([View(train.vectors, strangers)], labels, unseen, highest(strangers))
    inside = model.unfamiliar(test.vectors, highest(test.vectors))
    outside = model.unfamiliar(unseen_strangers, highest(unseen_strangers))
    assert auroc(inside, outside) > 0.97
    assert np.median(inside) < 0.3 < 0.7 < np.median(outside)
    # What training says of its own messages is what it says of new ones: none is its own neighbour.
    assert own.mean() == pytest.approx(inside.mean(), abs=0.03)


def test_density_does_not_count_the_message_itself() -> None:
    vectors = blobs(50).vectors
    for first in (0, 30):
        found = density_of(vectors, first)
        assert found.shape == (50 - first,)
        for row, density in enumerate(found, first):
            cosines = np.delete(vectors @ vectors[row], row)
            assert density == pytest.approx(np.sort(cosines)[-10:].mean(), abs=1e-6)


def test_whitened_vectors_have_unit_covariance() -> None:
    random = np.random.default_rng(0)
    centred = random.normal(size=(5000, 4)) @ random.normal(size=(4, 4))
    white = centred @ familiarity._whitening(centred)
    np.testing.assert_allclose(white.T @ white / 5000, np.eye(4), atol=0.05)


def test_rare_intents_are_favoured_if_asked_and_worth_it() -> None:
    many, which = blobs(1600, 4, noise=0.4), np.arange(1600) % 4
    rare = many.where([bool(label < 2 or row % 40 == label) for row, label in enumerate(which)])
    test = blobs(800, 4, noise=0.4, seed=1)

    def fitted(examples: Examples, adjust: bool) -> IntentHead:
        return fit_head(examples, Recipe(head=HeadRecipe(adjust=adjust, strengths=(0.3,)))).head

    def recall(head: IntentHead, label: int) -> float:
        mine = head.probabilities(test.vectors)[np.arange(800) % 4 == label]
        return float((mine.argmax(axis=1) == label).mean())

    assert recall(fitted(rare, True), 3) > recall(fitted(rare, False), 3) + 0.2
    np.testing.assert_allclose(fitted(many, True).bias, fitted(many, False).bias)


def test_what_is_learned_besides_helps_and_judges_nothing() -> None:
    train, test, many = blobs(8), blobs(400, seed=1), blobs(200, seed=2, noise=0.3)
    names = sorted(set(many.labels))
    asked: list[int] = []

    def more(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(rows))
        return many.vectors, np.array([names.index(label) for label in many.labels])

    plain, helped = fit_head(train, QUICK), fit_head(train, QUICK, more=more)
    # Two folds, for there are two messages of each intent, and all messages in the end.
    assert asked == [4, 4, 8]
    assert len(helped.unseen) == len(train)
    right = [accuracy(test, one.head.probabilities(test.vectors), one.head.labels) for one in (plain, helped)]
    assert right[1] > right[0]


def test_density_is_the_mean_cosine_to_the_ten_nearest_others() -> None:
    draw = np.random.default_rng(4)
    known = draw.normal(size=(40, 6)).astype(np.float32)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    cosines = (known @ known.T).astype(float)
    by_hand = [np.sort(np.delete(line, row))[-10:].mean() for row, line in enumerate(cosines)]
    np.testing.assert_allclose(density_of(known), by_hand, atol=1e-6)
    np.testing.assert_allclose(density_of(known, 33), by_hand[33:], atol=1e-6)
    assert density_of(known[:1]).tolist() == [0.0]
    assert density_of(known[:3])[0] == pytest.approx(cosines[0, 1:3].mean(), abs=1e-6)
