"""Opinions beside a head: words, known messages, a second encoder, weighed on messages that none of them had seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.second import SecondReader
from replydesk.finetune.examples import Examples
from replydesk.finetune.intents.classify import Classifier, More, fit_head, fit_logistic, softmax
from replydesk.finetune.intents.folds import met
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.encoder import Encoder, Vectors

__all__ = [
    "fit_like",
    "fit_reader",
    "fit_second",
    "fit_weights",
    "spread_out",
    "weigh_held_out",
    "weighted",
    "worth_last",
]

Floats = NDArray[np.float64]

# The first opinion always has a say, or no message would be told from another; fit_temperature has the same bounds.
_LEAST: Final = float(np.exp(-3))
_MOST: Final = float(np.exp(3))
# By what share of the loss a second encoder must lower it: it costs each message a pass.
_WORTH: Final = 0.01


def fit_reader(
    examples: Examples,
    recipe: Recipe,
    language: str,
    copies: Sequence[Vectors] = (),
    *,
    more: More | None = None,
    second: Encoder | None = None,
) -> tuple[IntentReader, Classifier]:
    """Return the head of :func:`~replydesk.finetune.intents.classify.fit_head` with the opinions that help it.

    Words, neighbours and a head on the ``second`` encoder learn and are weighed on the same folds as the head. Also
    return what the folds said of the head, its ``unseen`` probabilities those of all opinions together.
    """
    found = fit_head(examples, recipe, copies, more=more)
    names = found.head.labels
    labels, targets = np.array(examples.labels), np.array([names.index(label) for label in examples.labels])
    texts = np.array(examples.texts, dtype=object)
    words, near = (np.full(found.logits.shape, np.nan) for _ in range(2))
    beside = second.encode(examples.texts) if second is not None else None
    besides = np.full(found.logits.shape, np.nan)
    for learned, held in found.folds:
        vectors, right = examples.vectors[learned], labels[learned].tolist()
        asked = NeighbourClassifier.of(vectors, right)
        near[held] = spread_out(asked.logits(examples.vectors[held]), asked.labels, names)
        if len(asked.labels) > 1:
            read = fit_words(texts[learned].tolist(), right, language, seed=recipe.seed)
            words[held] = spread_out(read.logits(texts[held].tolist()), read.labels, names)
            if beside is not None:
                other = _second_head(beside[learned], right, recipe)
                besides[held] = spread_out(other.logits(beside[held]), other.labels, names)
    # Where one owner asked all of the others, a fold has no words to tell intents apart by.
    logits = np.stack([found.logits, np.nan_to_num(words), near])
    judged = met(targets, found.folds)
    if second is not None:
        wider = np.concatenate([logits, np.nan_to_num(besides)[None]])
        if worth_last(wider[:, judged], targets[judged]):
            logits = wider
    weights, _ = fit_weights(logits[:, judged], targets[judged], labelled=len(targets))
    reader = _weighing(found.head, weights, examples, language, recipe.seed)
    if second is not None and beside is not None and len(weights) > 3:
        told = SecondReader(second, _second_head(beside, examples.labels, recipe))
        reader = replace(reader, second=told.weighing(float(weights[3])))
    return reader, replace(found, head=reader.head, unseen=weighted(logits, weights))


def weigh_held_out(
    head: IntentHead,
    learned: Examples,
    held_out: Examples,
    recipe: Recipe,
    language: str,
    *,
    second: Encoder | None = None,
) -> tuple[IntentReader, Floats]:
    """Return a head with the opinions that help it on what was held out, and their probabilities of that.

    Words, neighbours and a head on the ``second`` encoder learn what the head has learned. What is held out of other
    intents weighs nothing; where nothing is left, the head stays alone.
    """
    rows = [row for row, label in enumerate(held_out.labels) if label in set(head.labels)]
    if not rows or len(set(learned.labels)) < 2:
        return IntentReader(head), head.probabilities(held_out.vectors)
    words = fit_words(learned.texts, learned.labels, language, seed=recipe.seed)
    near = NeighbourClassifier.of(learned.vectors, learned.labels)
    logits = np.stack(
        [
            head.logits(held_out.vectors),
            spread_out(words.logits(held_out.texts), words.labels, head.labels),
            spread_out(near.logits(held_out.vectors), near.labels, head.labels),
        ]
    )
    targets = np.array([head.labels.index(held_out.labels[row]) for row in rows])
    beside = None
    if second is not None:
        other = fit_second(second, learned.texts, learned.labels, recipe)
        said = spread_out(other.logits(held_out.texts), other.labels, head.labels)
        if worth_last((wider := np.concatenate([logits, said[None]]))[:, rows], targets):
            logits, beside = wider, other
    weights, _ = fit_weights(logits[:, rows], targets, labelled=len(learned) + len(held_out))
    if beside is not None:
        beside = beside.weighing(float(weights[3])) if weights[3] > 0 else None
    reader = IntentReader(
        replace(head, temperature=1 / float(weights[0])),
        replace(words, weight=float(weights[1])) if weights[1] > 0 else None,
        replace(near, weight=float(weights[2])) if weights[2] > 0 else None,
        beside,
    )
    return reader, weighted(logits, weights)


def fit_like(reader: IntentReader, examples: Examples, strength: float, recipe: Recipe, language: str) -> IntentReader:
    """Return a reader with the same weights that learned from other examples, to try things on those it has not seen.

    Its head is logistic regression with C = ``strength``.
    """
    names = tuple(sorted(set(examples.labels)))
    targets = np.array([names.index(label) for label in examples.labels])
    head = IntentHead(names, *fit_logistic(examples.vectors, targets, strength, recipe.seed))
    weights = np.array([reader.weights.get(name, 0.0) for name in ("head", "words", "neighbours")])
    return _weighing(head, weights, examples, language, recipe.seed)


def fit_second(encoder: Encoder, texts: Sequence[str], labels: Sequence[str], recipe: Recipe) -> SecondReader:
    """Return what a second encoder says, not weighed yet, and without a sense of the unfamiliar."""
    return SecondReader(encoder, _second_head(encoder.encode(texts), labels, recipe))


def _second_head(vectors: Vectors, labels: Sequence[str], recipe: Recipe) -> IntentHead:
    """Return the head of a second encoder on its vectors (n, dimension), C the middle one of the recipe's."""
    names = tuple(sorted(set(labels)))
    targets = np.array([names.index(label) for label in labels])
    strengths = sorted(recipe.head.strengths)
    return IntentHead(names, *fit_logistic(vectors, targets, strengths[len(strengths) // 2], recipe.seed))


def worth_last(logits: Floats, targets: NDArray[np.int_]) -> bool:
    """Return whether the last of the opinions (parts, n, labels) has a say that is worth its cost.

    That is where it lowers the loss by a hundredth, and by more than its standard error over the messages: an opinion
    that says nothing does so once in forty times.
    """
    if len(targets) < 2:
        return False

    def losses(some: Floats) -> Floats:
        weights, _ = fit_weights(some, targets)
        return -np.log(np.maximum(weighted(some, weights)[np.arange(len(targets)), targets], 1e-12))

    without, gains = (found := losses(logits[:-1])), found - losses(logits)
    doubt = gains.std(ddof=1) / np.sqrt(len(gains))
    return bool(gains.mean() > max(_WORTH * without.mean(), doubt))


def weighted(logits: Floats, weights: Floats) -> Floats:
    """Return the probabilities (n, labels) of weighted logits (parts, n, labels)."""
    return softmax(np.tensordot(weights, logits, axes=1))


def spread_out(logits: Floats, labels: Sequence[str], names: Sequence[str]) -> Floats:
    """Return logits (..., labels) for all names; one that was not learned gets the least there is of each opinion."""
    if tuple(names) == tuple(labels):
        return logits
    least = logits.min(axis=(-2, -1), keepdims=True)
    found = np.broadcast_to(least, (*logits.shape[:-1], len(names))).copy()
    places = {name: place for place, name in enumerate(names)}
    found[..., [places[label] for label in labels]] = logits
    return found


def fit_weights(logits: Floats, targets: NDArray[np.int_], *, labelled: int = 0) -> tuple[Floats, float]:
    """Return the weights (parts,) of logits (parts, n, labels) with the least negative log-likelihood, and that.

    Stacking (Wolpert 1992) of opinions whose weights are not negative; with one opinion it is what
    :func:`~replydesk.finetune.intents.classify.fit_temperature` does, with its doubt: the right label counts
    (n + 1) / (n + 2). Where the n are only those held out of more ``labelled`` messages, it is as much as of all: a
    handful that is all right would else say that one in n + 2 is wrong. The loss is convex in the weights.
    """
    from scipy.optimize import minimize

    if not len(targets):
        return np.eye(1, len(logits))[0], float("inf")
    _, count, labels = logits.shape
    doubt = 1 / (max(count, labelled) + 2) if labels > 1 else 0.0
    right = logits[:, np.arange(count), targets]
    wanted = ((1 - doubt) * right + doubt * (logits.sum(axis=2) - right) / max(1, labels - 1)).mean(axis=1)

    def loss(weights: Floats) -> tuple[float, Floats]:
        joined = np.tensordot(weights, logits, axes=1)
        highest = joined.max(axis=1)
        chances = softmax(joined)
        partition = highest + np.log(np.exp(joined - highest[:, None]).sum(axis=1))
        slopes = np.einsum("pnl,nl->p", logits, chances) / count - wanted
        return float(partition.mean() - weights @ wanted), slopes

    # The logits of the opinions differ in scale by more than ten times: each starts with a spread of one.
    scales = 1 / np.maximum(logits.std(axis=(1, 2)), 1e-9)
    found = minimize(
        lambda shares: (loss(shares * scales)[0], loss(shares * scales)[1] * scales),
        np.full(len(logits), 1.0),
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 1e-12, "gtol": 1e-8},
        bounds=[((0.0 if place else _LEAST) / scale, _MOST / scale) for place, scale in enumerate(scales)],
    )
    return np.asarray(found.x * scales), float(found.fun)


def _weighing(head: IntentHead, weights: Floats, examples: Examples, language: str, seed: int) -> IntentReader:
    """Return the reader of those weights; an opinion of weight 0 is not made."""
    words = near = None
    if weights[1] > 0:
        fitted = fit_words(examples.texts, examples.labels, language, seed=seed)
        words = replace(fitted, weight=float(weights[1]))
    if weights[2] > 0:
        near = replace(NeighbourClassifier.of(examples.vectors, examples.labels), weight=float(weights[2]))
    return IntentReader(replace(head, temperature=1 / float(weights[0])), words, near)
