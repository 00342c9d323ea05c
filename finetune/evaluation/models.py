"""What stands side by side: the floor, the frozen encoder, and what a recipe makes, behind one seam."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import Familiarity
from replydesk.finetune.classify import fit_draft, fit_logistic, fit_temperature, softmax
from replydesk.finetune.evaluation.scope import choose_threshold
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.tuning import Labelled
from replydesk.finetune.words import WordClassifier, fit_words
from replydesk.retrieval.encoders.encoder import Encoder

__all__ = [
    "WORDS",
    "Fit",
    "FloorModel",
    "Model",
    "Ready",
    "Unseen",
    "VectorModel",
    "fit_floor",
    "fit_vectors",
    "made_ready",
]

Floats = NDArray[np.float64]

WORDS: Final = (0.0, 1.0, 2.0, 4.0)
"""What the margins of the word classifier are worth beside the logits of the head; validation chooses among these."""

_WEIGHTS: Final = (0.0, 0.5, 1.0, 2.0)
_FEWEST_OUTSIDE: Final = 20


class Model(Protocol):
    """A classifier of texts that was trained and is not calibrated yet."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels it knows, sorted."""

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return uncalibrated logits, shape (n, labels)."""

    def oddness(self, texts: Sequence[str]) -> Floats:
        """Return what it knows beside its confidence about how unlike the known a text is, shape (n, scores)."""


Fit = Callable[[Labelled, str | None], Mapping[str, Model]]
"""Trains on rows: one model for each choice there is, or only the one of a choice that was made."""


@dataclass(frozen=True, eq=False)
class FloorModel:
    """Words and characters alone; its only sign of the unfamiliar is its own doubt."""

    words: WordClassifier

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels it knows, sorted."""
        return self.words.labels

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return its margins."""
        return self.words.logits(texts)

    def oddness(self, texts: Sequence[str]) -> Floats:
        """Return nothing, shape (n, 0)."""
        return np.zeros((len(texts), 0))


@dataclass(frozen=True, eq=False)
class VectorModel:
    """A linear head on an encoder's vectors, with the margins of words beside it where ``weight`` is not 0.

    ``known`` are the rows it was trained on: their vectors tell what is familiar.
    """

    encoder: Encoder
    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    known: Labelled
    words: WordClassifier | None = None
    weight: float = 0.0

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the head's logits plus the weighted margins of words."""
        found = self.encoder.encode(texts).astype(np.float64) @ self.weights.T + self.bias
        return found + self.weight * self.words.logits(texts) if self.words is not None and self.weight else found

    def oddness(self, texts: Sequence[str]) -> Floats:
        """Return minus the mean cosine to the five nearest known rows and the Mahalanobis distance, shape (n, 2)."""
        return self._familiarity.scores(self.encoder.encode(texts), np.ones(len(texts)))[:, 1:]

    @cached_property
    def _familiarity(self) -> Familiarity:
        return fit_draft(self.encoder.encode(self.known.texts), self.known.labels)


@dataclass(frozen=True, eq=False)
class Ready:
    """A model with all that validation chose for it: temperature, scale of its scores, and the threshold.

    ``centre`` and ``spread`` (scores,) are those of unseen messages in scope; a score that counts less has a wider
    spread. Only validation messages decided any of it.
    """

    model: Model
    temperature: float
    centre: Floats
    spread: Floats
    threshold: float
    weighed: bool = False

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities, shape (n, labels)."""
        return softmax(self.model.logits(texts) / self.temperature)

    def strangeness(self, texts: Sequence[str], highest: Floats) -> Floats:
        """Return the sum of the normalised scores, higher for what is out of scope; ``highest`` has shape (n,)."""
        scores = np.column_stack([1 - highest, self.model.oddness(texts)])
        return np.asarray(((scores - self.centre) / self.spread).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Unseen:
    """Validation messages as models read them that had not seen them: logits (n, labels) and oddness (n, scores)."""

    labels: tuple[str, ...]
    truth: tuple[str, ...]
    logits: Floats
    oddness: Floats

    @property
    def targets(self) -> NDArray[np.int_]:
        """Return the place of each true label, -1 for one that the model does not know."""
        places = {name: i for i, name in enumerate(self.labels)}
        return np.array([places.get(label, -1) for label in self.truth])

    @property
    def temperature(self) -> float:
        """Return the temperature with the least loss."""
        known = self.targets >= 0
        return fit_temperature(self.logits[known], self.targets[known]) if known.any() else 1.0

    @property
    def loss(self) -> float:
        """Return the mean negative log-likelihood at that temperature."""
        known = self.targets >= 0
        chances = softmax(self.logits[known] / self.temperature)[np.arange(int(known.sum())), self.targets[known]]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())


def fit_floor(language: str, seed: int) -> Fit:
    """Return how the floor is trained; there is nothing to choose."""

    def fit(rows: Labelled, _choice: str | None) -> Mapping[str, Model]:
        return {"C=1": FloorModel(fit_words(rows.texts, rows.labels, language, seed=seed))}

    return fit


def fit_vectors(encoder: Encoder, recipe: Recipe, language: str = "") -> Fit:
    """Return how a head on vectors is trained, for each C of the recipe; with a language, with words beside it.

    The choices are then pairs of C and what the words are worth, :data:`WORDS`.
    """

    def fit(rows: Labelled, choice: str | None) -> Mapping[str, Model]:
        vectors = encoder.encode(rows.texts)
        targets = np.array([rows.names.index(label) for label in rows.labels])
        words = fit_words(rows.texts, rows.labels, language, seed=recipe.seed) if language else None
        made: dict[str, Model] = {}
        for strength in recipe.head.strengths:
            wanted = {_named(strength, weight, words): weight for weight in (WORDS if words else WORDS[:1])}
            if choice is not None and choice not in wanted:
                continue
            weights, bias = fit_logistic(vectors, targets, strength, recipe.seed)
            for name, weight in wanted.items():
                made[name] = VectorModel(encoder, rows.names, weights, bias, rows, words, weight)
        return made

    return fit


def made_ready(
    model: Model, unseen: Unseen, outside: Sequence[str], kept: float, *, temperature: float | None = None
) -> Ready:
    """Return a model with what validation says of it: ``unseen`` messages in scope, and ``outside`` if there are any.

    With at least twenty texts outside, the scores are weighed against each other if that tells those texts apart
    better than the plain sum does.
    """
    heat = unseen.temperature if temperature is None else temperature
    chances = softmax(unseen.logits / heat)
    inside = np.column_stack([1 - chances.max(axis=1), unseen.oddness])
    right = chances.argmax(axis=1) == unseen.targets
    centre, spread = inside.mean(axis=0), np.maximum(inside.std(axis=0), 1e-6)
    odd, weighed = None, False
    if outside:
        highest = softmax(model.logits(outside) / heat).max(axis=1)
        odd = np.column_stack([1 - highest, model.oddness(outside)])
        if len(outside) >= _FEWEST_OUTSIDE and inside.shape[1] > 1:
            spread, weighed = _weighed(inside, odd, centre, spread)
    sums = ((inside - centre) / spread).sum(axis=1)
    strange = None if odd is None else ((odd - centre) / spread).sum(axis=1)
    return Ready(model, heat, centre, spread, choose_threshold(sums, right, strange, kept), weighed)


def _weighed(inside: Floats, odd: Floats, centre: Floats, spread: Floats) -> tuple[Floats, bool]:
    """Return the spread that tells validation's messages outside apart best, and whether it is another one."""
    from sklearn.metrics import roc_auc_score

    truth = np.repeat([0, 1], [len(inside), len(odd)])
    scores = (np.concatenate([inside, odd]) - centre) / spread
    best, chosen = float(roc_auc_score(truth, scores.sum(axis=1))), np.ones(inside.shape[1])
    for tried in np.stack(np.meshgrid(*[_WEIGHTS] * inside.shape[1]), axis=-1).reshape(-1, inside.shape[1]):
        # Scores of one direction only are told by their ratio; the plain sum wins where another is no better.
        if tried.max() == max(_WEIGHTS) or tried.max() == 1.0:
            found = float(roc_auc_score(truth, scores @ tried))
            if found > best + 1e-4:
                best, chosen = found, tried
    with np.errstate(divide="ignore"):
        return np.asarray(spread / chosen), bool((chosen != 1).any())


def _named(strength: float, weight: float, words: Any) -> str:
    return f"C={strength:g}" + (f", words x {weight:g}" if words is not None else "")
