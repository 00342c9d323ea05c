"""The intent classifier, trained on frozen vectors in seconds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import IntentHead
from replydesk.finetune.examples import Examples
from replydesk.finetune.intents.folds import met, owned_folds
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = [
    "Classifier",
    "Folds",
    "More",
    "fit_calibrated",
    "fit_head",
    "fit_logistic",
    "fit_temperature",
    "fit_unseen",
    "margins",
    "softmax",
]

Floats = NDArray[np.float64]
Folds = Sequence[tuple[Any, Any]]
"""Pairs of rows: those that learn, and those that are then judged."""

# The accuracy on messages as they are that learning from noised ones may cost.
_PRICE = 0.002
# The macro F1 that favouring rare intents must gain.
_WORTH = 0.005


@dataclass(frozen=True, slots=True)
class Classifier:
    """A trained head with what cross-validation said of it.

    ``unseen`` holds the calibrated probabilities of every training example from the fold that did not see it, shape
    (n, labels): the honest input for everything that is fitted after the head. ``copies`` says how many noised copies
    of the messages it learned from. ``logits`` (n, labels) are those that ``unseen`` came from, before calibration, and
    ``folds`` the places of what each fold learned from and held out.
    """

    head: IntentHead
    strength: float
    unseen: Floats
    accuracy: float
    logits: Floats
    folds: tuple[tuple[NDArray[np.int_], NDArray[np.int_]], ...]
    copies: int = 0


More = Callable[[NDArray[np.int_]], tuple[Vectors, NDArray[np.int_]]]
"""Gives what is learned beside the examples in some rows: vectors, and the places of their labels among the names."""


def fit_head(
    examples: Examples, recipe: Recipe, copies: Sequence[Vectors] = (), *, more: More | None = None
) -> Classifier:
    """Return a logistic regression on the vectors, C by grouped cross-validation, calibrated on unseen folds.

    ``copies`` are vectors of the same messages as written in a hurry, each of shape (n, dimension). The head learns
    from them, too, unless cross-validation then reads fewer of the messages as they are right: more than one in five
    hundred fewer. ``more`` is learned from as well and judges nothing; each fold gets its own. What a fold judges that
    has learned nothing of its label chooses nothing. Expects labelled examples of at least two intents.
    """
    names = sorted(set(examples.labels))
    index = {name: i for i, name in enumerate(names)}
    targets = np.array([index[label] for label in examples.labels])
    folds = _folds(targets, examples.groups, recipe)
    besides = [more(train) for train, _ in folds] if more is not None else []
    judged = met(targets, folds)
    best: tuple[float, float, Floats] | None = None
    for strength in recipe.head.strengths:
        logits = _unseen_logits([examples.vectors], targets, folds, strength, recipe.seed, besides)
        loss = _loss(logits[judged], targets[judged], fit_temperature(logits[judged], targets[judged]))
        if best is None or loss < best[0]:
            best = (loss, strength, logits)
    assert best is not None
    _, strength, logits = best
    learned = [examples.vectors]
    if copies:
        rougher = _unseen_logits([examples.vectors, *copies], targets, folds, strength, recipe.seed, besides)
        if _accuracy(rougher, targets) >= _accuracy(logits, targets) - _PRICE:
            learned, logits = [examples.vectors, *copies], rougher
    taken = _adjustment(logits, targets) if recipe.head.adjust else np.zeros(len(names))
    logits = logits - taken
    temperature = fit_temperature(logits[judged], targets[judged])
    vectors, labels = np.concatenate(learned), np.tile(targets, len(learned))
    if more is not None:
        found, guessed = more(np.arange(len(targets)))
        vectors, labels = np.concatenate([vectors, found]), np.concatenate([labels, guessed])
    weights, bias = fit_logistic(vectors, labels, strength, recipe.seed)
    bias = bias - taken
    head = IntentHead(tuple(names), weights, bias, temperature)
    unseen, right = softmax(logits / temperature), _accuracy(logits, targets)
    return Classifier(head, strength, unseen, right, logits, tuple(folds), len(learned) - 1)


def fit_calibrated(learned: Examples, held_out: Examples, recipe: Recipe) -> IntentHead:
    """Return a head that learned from some examples, C and temperature chosen by the likelihood of those held out.

    What is held out of other intents than are learned chooses nothing; where nothing is left, the strongest C stands.
    """
    names = sorted(set(learned.labels))
    targets = np.array([names.index(label) for label in learned.labels])
    held = held_out.where([label in set(names) for label in held_out.labels])
    right = np.array([names.index(label) for label in held.labels], dtype=int)
    best: tuple[float, IntentHead] | None = None
    for strength in sorted(recipe.head.strengths, reverse=True):
        head = IntentHead(tuple(names), *fit_logistic(learned.vectors, targets, strength, recipe.seed))
        if not len(held):
            return head
        logits = head.logits(held.vectors)
        temperature = fit_temperature(logits, right)
        loss = _loss(logits, right, temperature)
        if best is None or loss < best[0]:
            best = loss, replace(head, temperature=temperature)
    assert best is not None, "a recipe has at least one strength"
    return best[1]


def fit_logistic(vectors: Vectors, targets: NDArray[np.int_], strength: float, seed: int) -> tuple[Floats, Floats]:
    """Return weights (labels, dimension) and bias (labels,) of a logistic regression on vectors, for C = strength."""
    model = _logistic(vectors, targets, strength, seed)
    weights, bias = np.asarray(model.coef_, dtype=np.float64), np.asarray(model.intercept_, dtype=np.float64)
    if len(weights) == 1:
        # The library keeps one row for two classes; its negative is the other one.
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return weights, bias


def fit_temperature(logits: Floats, targets: NDArray[np.int_]) -> float:
    """Return the temperature with the least negative log-likelihood (Guo et al. 2017), searched on a log scale.

    The right label counts (n + 1) / (n + 2) and the others share the rest (Platt 1999, section 2.2), so that a hundred
    right of a hundred do not make it certain.
    """
    from scipy.optimize import minimize_scalar

    count, labels = logits.shape
    doubt = 1 / (count + 2) if labels > 1 else 0.0

    def loss(log_temperature: float) -> float:
        powers = softmax(logits / float(np.exp(log_temperature)))
        chances = np.log(np.maximum(powers, 1e-12))
        right = chances[np.arange(count), targets]
        others = (chances.sum(axis=1) - right) / max(1, labels - 1)
        return float(-((1 - doubt) * right + doubt * others).mean())

    found = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
    return float(np.exp(found.x))


def fit_unseen(
    vectors: Vectors, labels: Sequence[str], groups: Sequence[str] | None, recipe: Recipe
) -> tuple[tuple[str, ...], Floats]:
    """Return the labels, sorted, and calibrated probabilities (n, labels) of every message from a blind fold.

    C is the weakest of the recipe's: a classifier that bends to every message also bends to the wrong labels.
    """
    names = tuple(sorted(set(labels)))
    places = {name: place for place, name in enumerate(names)}
    targets = np.array([places[label] for label in labels])
    folds = _folds(targets, tuple(groups) if groups is not None else ("",) * len(targets), recipe)
    logits = _unseen_logits([vectors], targets, folds, min(recipe.head.strengths), recipe.seed)
    return names, softmax(logits / fit_temperature(logits, targets))


def margins(model: Any, features: Any) -> Floats:
    """Return what a linear model of scikit-learn says for each class, shape (n, classes), also where there are two."""
    scores = np.asarray(model.decision_function(features), dtype=np.float64)
    return scores if scores.ndim == 2 else np.stack([-scores / 2, scores / 2], axis=1)


def softmax(logits: Floats) -> Floats:
    """Return probabilities of shape (n, labels), each row summing to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _unseen_logits(
    views: Sequence[Vectors],
    targets: NDArray[np.int_],
    folds: Sequence[tuple[Any, Any]],
    strength: float,
    seed: int,
    besides: Sequence[tuple[Vectors, NDArray[np.int_]]] = (),
) -> Floats:
    """Return the logits of the first view of every message by the model that saw neither it nor its other views.

    ``besides`` is what the model of each fold also learns from.
    """
    logits = np.full((len(targets), int(targets.max()) + 1), -30.0)
    for place, (train, held_out) in enumerate(folds):
        if len(seen := set(targets[train].tolist())) == 1:
            # One owner asked all of the others: this fold has learned a single answer.
            logits[held_out, seen.pop()] = 0.0
            continue
        learned = np.concatenate([view[train] for view in views])
        right = np.tile(targets[train], len(views))
        if besides:
            learned = np.concatenate([learned, besides[place][0]])
            right = np.concatenate([right, besides[place][1]])
        model = _logistic(learned, right, strength, seed)
        logits[np.ix_(held_out, model.classes_)] = margins(model, views[0][held_out])
    return logits


def _adjustment(logits: Floats, targets: NDArray[np.int_]) -> Floats:
    """Return what is taken off each label's logit, so that rare ones are told as often: shape (labels,).

    That is the logarithm of a label's share, all of it or half (Menon et al. 2021, equation 9), or nothing, whichever
    has the best macro F1 on unseen messages; nothing unless another is better by more than one in two hundred.
    """
    from sklearn.metrics import f1_score

    shares = np.log(np.maximum(np.bincount(targets, minlength=logits.shape[1]), 1) / len(targets))
    best, chosen = -1.0, np.zeros(len(shares))
    for much in (0.0, 0.5, 1.0):
        found = float(f1_score(targets, (logits - much * shares).argmax(axis=1), average="macro", zero_division=0))
        if found > best + (_WORTH if much else 0):
            best, chosen = found, much * shares
    return chosen


def _accuracy(logits: Floats, targets: NDArray[np.int_]) -> float:
    return float((logits.argmax(axis=1) == targets).mean())


def _folds(targets: NDArray[np.int_], groups: tuple[str, ...], recipe: Recipe) -> list[tuple[Any, Any]]:
    # One customer alone has no stranger to be judged by; his messages then stand for themselves.
    owners = groups if len(set(groups)) > 1 else tuple(str(i) for i in range(len(targets)))
    count = min(recipe.head.folds, len(set(owners)), int(np.bincount(targets).max()))
    folds = owned_folds([str(target) for target in targets], owners, count, recipe.seed)
    return [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(count)]


def _logistic(vectors: Vectors, targets: NDArray[np.int_], strength: float, seed: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    # Matrices this small are three times slower when threads share them.
    with warnings.catch_warnings(), threadpool_limits(1):
        # A few hundred steps are enough for ranking and calibration; the last digits do not matter.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=strength, max_iter=300, tol=1e-5, random_state=seed).fit(vectors, targets)


def _loss(logits: Floats, targets: NDArray[np.int_], temperature: float) -> float:
    chosen = softmax(logits / temperature)[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())
