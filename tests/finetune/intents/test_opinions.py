"""Opinions beside a head: what each weighs, value by value, and that what does not help is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.skills import Skills
from replydesk.finetune import train as module
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.intents.classify import fit_head, fit_temperature, softmax
from replydesk.finetune.intents.opinions import (
    fit_like,
    fit_reader,
    fit_weights,
    spread_out,
    weigh_held_out,
    worth_last,
)
from replydesk.finetune.recipe import QUICK, HeadRecipe
from replydesk.retrieval.encoders.encoder import Vectors

FEW = replace(QUICK, head=HeadRecipe(strengths=(10.0,), folds=4))
SAID = {
    "en": (("refund", "money back"), ("parcel", "delivery"), ("invoice", "receipt")),
    "zh": (("退款", "退钱"), ("包裹", "快递"), ("发票", "收据")),
}
FRAMES = {
    "en": ("where is my {}", "the {} please", "about a {}", "{} again", "no {} yet"),
    "zh": ("我的{}呢", "请问{}怎么弄", "{}在哪里", "还没有{}", "又是{}的事"),
}
NAMES = ("money", "parcel", "receipt")


def examples(language: str, count: int, *, noise: float, seed: int = 0, telling: bool = True) -> Examples:
    """Messages of three intents: ``noise`` is how little their vectors tell, ``telling`` whether their words do."""
    random = np.random.default_rng(seed)
    which = np.arange(count) % 3
    said = which if telling else random.integers(0, 3, count)
    texts = tuple(
        FRAMES[language][random.integers(5)].format(SAID[language][intent][random.integers(2)]) for intent in said
    )
    vectors = np.eye(8)[which] + noise * random.normal(size=(count, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels, groups = tuple(NAMES[i] for i in which), tuple(f"c{i}" for i in range(count))
    return Examples(texts, labels, groups, (language,) * count, (None,) * count, vectors, np.zeros((count, 2)))


def accuracy(found: np.ndarray, labels: tuple[str, ...], names: tuple[str, ...]) -> float:
    return float((np.array(names)[found.argmax(axis=1)] == np.array(labels)).mean())


def logits(parts: int, count: int = 200, labels: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    targets = random.integers(0, labels, count)
    made = random.normal(0, 1, (parts, count, labels))
    made[:, np.arange(count), targets] += 1.5
    return made * np.array([1.0, 7.0, 0.2])[:parts, None, None], targets


def doubtful(said: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> float:
    """Return the cross-entropy with targets of which the right label has 201 / 202 and the others share the rest."""
    wanted = np.full(said.shape[1:], 1 / 202 / (said.shape[2] - 1))
    wanted[np.arange(len(targets)), targets] = 201 / 202
    return float(-(wanted * np.log(softmax(np.tensordot(weights, said, axes=1)))).sum(axis=1).mean())


def test_one_opinion_is_weighed_as_temperature_scaling_does() -> None:
    said, targets = logits(1)
    weights, loss = fit_weights(said, targets)
    assert 1 / weights[0] == pytest.approx(fit_temperature(said[0], targets), rel=1e-3)
    assert loss == pytest.approx(doubtful(said, targets, weights))


def test_several_opinions_get_the_weights_with_the_least_loss() -> None:
    said, targets = logits(3)

    weights, found = fit_weights(said, targets)
    best = minimize(
        lambda tried: doubtful(said, targets, tried),
        np.array([1.0, 0.1, 5.0]),
        method="Nelder-Mead",
        options={"xatol": 1e-6, "maxiter": 4000},
    )
    assert found == pytest.approx(doubtful(said, targets, weights)) == pytest.approx(best.fun, abs=1e-5)
    assert found < min(fit_weights(said[place : place + 1], targets)[1] for place in range(3))
    # An opinion that is always wrong has no say.
    said[2] = -said[2]
    assert fit_weights(said, targets)[0][2] == 0
    # And one alone keeps the least, that its answers stay what they are.
    assert fit_weights(-said[:1], targets)[0][0] == pytest.approx(np.exp(-3))


class Telling:
    """A second encoder: its vectors say what a message of its list is about, up to some noise."""

    id, dimension = "telling", 4

    def __init__(self, messages: Examples, noise: float) -> None:
        random = np.random.default_rng(3)
        places = [NAMES.index(label) for label in messages.labels]
        rows = np.eye(4)[places] + noise * random.normal(size=(len(places), 4))
        self.known = dict(zip(messages.texts, rows / np.linalg.norm(rows, axis=1, keepdims=True), strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([self.known[text] for text in texts], dtype=np.float32).reshape(len(texts), 4)


def numbered(messages: Examples) -> Examples:
    """Make each message one of its own."""
    return replace(messages, texts=tuple(f"{text} {i}" for i, text in enumerate(messages.texts)))


@pytest.mark.parametrize("noise", [0.3, 30.0])
def test_a_second_encoder_has_its_say_where_it_tells_more(noise: float) -> None:
    train = numbered(examples("en", 180, noise=0.9, telling=False))
    second = Telling(train, noise)
    alone, told_alone = fit_reader(train, FEW, "en")
    reader, told = fit_reader(train, FEW, "en", second=second)
    if noise > 1:
        assert reader.second is None and reader.weights == alone.weights
        return
    assert reader.second is not None and reader.second.encoder is second and reader.second.familiarity is None
    assert reader.weights["second"] == pytest.approx(1 / reader.second.head.temperature)
    assert accuracy(told.unseen, train.labels, NAMES) > accuracy(told_alone.unseen, train.labels, NAMES) + 0.05
    found = reader.probabilities(train.texts, train.vectors)
    assert accuracy(found, train.labels, NAMES) > accuracy(
        alone.probabilities(train.texts, train.vectors), train.labels, NAMES
    )


@pytest.mark.parametrize("noise", [0.3, 30.0])
def test_what_was_held_out_says_whether_a_second_encoder_helps_a_tuned_one(noise: float) -> None:
    both = numbered(examples("en", 240, noise=0.9, telling=False))
    learned, held = both.where([i < 150 for i in range(240)]), both.where([i >= 150 for i in range(240)])
    head, second = fit_head(learned, FEW).head, Telling(both, noise)
    reader, unseen = weigh_held_out(head, learned, held, FEW, "en", second=second)
    assert (reader.second is not None) == (noise < 1)
    np.testing.assert_allclose(unseen, reader.probabilities(held.texts, held.vectors), rtol=1e-9)


def test_an_opinion_is_worth_its_pass_where_the_loss_falls_by_a_hundredth() -> None:
    said, targets = logits(3)
    assert worth_last(said, targets)
    assert not worth_last(np.concatenate([said, said[:1]]), targets)
    assert not worth_last(np.concatenate([said, -said[:1]]), targets)
    # What says nothing is seldom believed, however few the messages.
    random, believed = np.random.default_rng(0), 0
    for _ in range(100):
        rows = random.integers(0, 200, 60)
        believed += worth_last(np.concatenate([said[:1, rows], random.normal(size=(1, 60, 4))]), targets[rows])
    assert believed <= 8


@pytest.mark.parametrize("held", [6, 12, 24])
def test_a_handful_held_out_of_many_does_not_say_that_more_are_wrong(held: int) -> None:
    """Of messages that are read right in .97 of cases a handful is mostly all right; n + 1 of n + 2 is no news then."""
    random = np.random.default_rng(0)
    targets = random.integers(0, 8, 2000)
    said = random.normal(0, 1, (1, 2000, 8))
    said[0, np.arange(2000), targets] += 4.5
    right = float((said[0].argmax(axis=1) == targets).mean())
    sure = {0: [], 12 * held: []}  # type: ignore[var-annotated]
    for _ in range(60):
        rows = random.permutation(2000)[:held]
        for labelled, found in sure.items():
            weights, _ = fit_weights(said[:, rows], targets[rows], labelled=labelled)
            found.append(softmax(weights[0] * said[0]).max(axis=1).mean())
    alone, of_many = (float(np.mean(found)) for found in sure.values())
    assert alone < right - 0.5 / (held + 2) and abs(of_many - right) < 0.5 * abs(alone - right)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_help_where_vectors_tell_little(language: str) -> None:
    train, test = examples(language, 150, noise=0.9), examples(language, 150, noise=0.9, seed=1)
    reader, told = fit_reader(train, FEW, language)
    head = fit_head(train, FEW)
    assert reader.words is not None and reader.words.kinds == (("word", "char_wb") if language == "en" else ("char",))
    np.testing.assert_allclose(told.unseen.sum(axis=1), 1)
    found = reader.probabilities(test.texts, test.vectors)
    assert accuracy(told.unseen, train.labels, reader.labels) > 0.95 > 0.8 > head.accuracy
    assert accuracy(found, test.labels, reader.labels) > 0.95


def test_what_does_not_help_is_not_made() -> None:
    train = examples("en", 150, noise=0.2, telling=False)
    reader, told = fit_reader(train, FEW, "en")
    assert reader.words is None and "words" not in reader.weights
    assert accuracy(told.unseen, train.labels, reader.labels) > 0.95


def test_unseen_probabilities_are_those_of_folds_that_had_not_seen_the_message() -> None:
    # Every message says a word of its own: whoever has seen it knows its intent by heart.
    train = examples("en", 90, noise=5.0, telling=False)
    train = replace(train, texts=tuple(f"{text} number{i}" for i, text in enumerate(train.texts)))
    _, told = fit_reader(train, FEW, "en")
    assert accuracy(told.unseen, train.labels, NAMES) < 0.6


@pytest.mark.parametrize("language", ["en", "zh"])
def test_messages_that_were_held_out_weigh_the_opinions_of_a_tuned_encoder(language: str) -> None:
    learned, held = examples(language, 120, noise=0.9), examples(language, 90, noise=0.9, seed=2)
    strange = replace(held, labels=("never", *held.labels[1:]))
    head = fit_head(learned, FEW).head
    reader, unseen = weigh_held_out(head, learned, strange, FEW, language)
    assert reader.words is not None
    np.testing.assert_allclose(unseen, reader.probabilities(held.texts, held.vectors), rtol=1e-9)
    assert accuracy(unseen, held.labels, reader.labels) > accuracy(
        head.probabilities(held.vectors), held.labels, head.labels
    )
    nothing = held.where([False] * len(held))
    alone, empty = weigh_held_out(head, learned, nothing, FEW, language)
    assert (alone.words, alone.neighbours, alone.head, empty.shape) == (None, None, head, (0, 3))


def test_a_trial_on_other_examples_has_the_same_weights() -> None:
    train = examples("en", 150, noise=0.9)
    reader, _ = fit_reader(train, FEW, "en")
    other = examples("en", 60, noise=0.9, seed=5)
    trial = fit_like(reader, other, 10.0, FEW, "en")
    assert trial.weights == pytest.approx(reader.weights)
    assert trial.words is not None and reader.words is not None and trial.words.terms != reader.words.terms
    alone = fit_like(IntentReader(IntentHead(NAMES, np.zeros((3, 8)), np.zeros(3), 2.0)), other, 10.0, FEW, "en")
    assert (alone.words, alone.neighbours, alone.head.temperature) == (None, None, 2.0)


def test_intents_that_few_share_are_weighed_without_an_error() -> None:
    train = examples("en", 40, noise=0.9)
    rare = replace(train, labels=(*train.labels[:-1], "rare"))
    reader, told = fit_reader(rare, FEW, "en")
    assert (reader.labels, told.unseen.shape) == (("money", "parcel", "rare", "receipt"), (40, 4))
    owned = replace(train, groups=("one",) * 39 + ("other",))
    _, told = fit_reader(owned, FEW, "en")
    assert np.isfinite(told.unseen).all()


def test_what_was_not_learned_gets_the_least_there_is_of_each_opinion() -> None:
    said = np.array([[[1.0, 2.0]], [[-3.0, 5.0]]])
    found = spread_out(said, ("a", "c"), ("a", "b", "c"))
    assert found.tolist() == [[[1.0, 1.0, 2.0]], [[-3.0, -3.0, 5.0]]]
    assert spread_out(said, ("a", "c"), ["a", "c"]) is said


@pytest.mark.parametrize("held", [frozenset[str](), frozenset(f"c{i}" for i in range(150, 240))])
@pytest.mark.parametrize("asked", [True, False])
def test_training_asks_a_second_encoder_where_the_recipe_does(
    held: frozenset[str], asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = numbered(examples("en", 240, noise=0.9, telling=False))
    odd = replace(both.where([i < 40 for i in range(240)]), texts=tuple(f"odd {i}" for i in range(40)))
    second = Telling(both + odd, 0.3)
    monkeypatch.setattr(module, "second_encoder", lambda: second)
    monkeypatch.setattr(module, "strangers", lambda *_: (odd, odd))
    head = fit_head(both, FEW).head if held else None
    material = Material(second, ("en",), both, both, 0.9, beside=lambda: second, held=held, head=head)
    recipe = replace(FEW, head=replace(FEW.head, beside=asked))
    reader, familiarity, queries = module.read_unseen(material, recipe)
    assert reader is not None and familiarity is not None
    assert (reader.second is not None and reader.second.familiarity is not None) == asked
    skills = Skills(reader.head, familiarity, words=reader.words, neighbours=reader.neighbours, second=reader.second)
    assert skills.problems() == []
    # What strangers look like is what the desk will say of them, since nothing learned from them.
    chances, strange = skills.judged(odd.texts, odd.vectors)
    np.testing.assert_allclose(queries.intents[-40:], chances, rtol=1e-9)
    np.testing.assert_allclose(queries.unfamiliar[-40:], strange, rtol=1e-6)
