"""What stands side by side: the floor, the frozen encoder, and what a recipe makes, behind one seam."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import Familiarity
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.second import SecondReader
from replydesk.dialog.words import WordClassifier
from replydesk.finetune.encoders.project import fit_projection
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.scope import choose_threshold
from replydesk.finetune.intents.classify import fit_logistic
from replydesk.finetune.intents.familiarity import fit_draft
from replydesk.finetune.intents.opinions import fit_second, fit_weights, weighted, worth_last
from replydesk.finetune.intents.weighing import weigh_scores
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.projected import ProjectedEncoder

__all__ = [
    "Fit",
    "FloorModel",
    "Model",
    "Opinions",
    "Ready",
    "Unseen",
    "VectorModel",
    "fit_floor",
    "fit_vectors",
    "made_ready",
    "second_if_worth",
]

Floats = NDArray[np.float64]
_Made = TypeVar("_Made")

_PROJECTED: Final = ", projected"


class Model(Protocol):
    """A classifier of texts that was trained and is not calibrated yet: one opinion, or several side by side."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels it knows, sorted."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of its opinions."""

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the uncalibrated logits of every opinion, shape (parts, n, labels)."""

    def oddness(self, texts: Sequence[str]) -> Floats:
        """Return what it knows beside its confidence about how unlike the known a text is, shape (n, scores)."""


Fit = Callable[[Labelled, str | None], Mapping[str, Model]]
"""Trains on rows: one model for each choice there is, or only the one of a choice that was made."""


@dataclass(frozen=True, eq=False)
class FloorModel:
    """Words and characters alone; its only sign of the unfamiliar is its own doubt."""

    words: WordClassifier
    parts: tuple[str, ...] = ("words",)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels it knows, sorted."""
        return self.words.labels

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return its margins, shape (1, n, labels)."""
        return self.words.logits(texts)[None]

    def oddness(self, texts: Sequence[str]) -> Floats:
        """Return nothing, shape (n, 0)."""
        return np.zeros((len(texts), 0))


@dataclass(frozen=True, eq=False)
class VectorModel:
    """A linear head on an encoder's vectors; beside it may stand words, the nearest known messages, a second encoder.

    ``known`` are the rows it was trained on: their vectors tell what is familiar, for the second encoder, too.
    """

    encoder: Encoder
    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    known: Labelled
    words: WordClassifier | None = None
    neighbours: NeighbourClassifier | None = None
    second: SecondReader | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of its opinions."""
        beside = {"words": self.words, "neighbours": self.neighbours, "second": self.second}
        return ("head", *(name for name, opinion in beside.items() if opinion is not None))

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the logits of the head, the margins of words and what the neighbours say, those that there are."""
        vectors = self.encoder.encode(texts)
        found = [vectors.astype(np.float64) @ self.weights.T + self.bias]
        if self.words is not None:
            found.append(self.words.logits(texts))
        if self.neighbours is not None:
            found.append(self.neighbours.logits(vectors))
        if self.second is not None:
            found.append(self.second.logits(texts))
        return np.stack(found)

    def oddness(self, texts: Sequence[str]) -> Floats:
        """Return the scores of :class:`Familiarity` but for the first, of each encoder: shape (n, 6) or (n, 12)."""
        encoders = [self.encoder, *([self.second.encoder] if self.second is not None else [])]
        found = [
            familiarity.scores(encoder.encode(texts), np.ones(len(texts)))[:, 1:]
            for encoder, familiarity in zip(encoders, self._familiarities, strict=True)
        ]
        return np.hstack(found)

    @cached_property
    def _familiarities(self) -> list[Familiarity]:
        encoders = [self.encoder, *([self.second.encoder] if self.second is not None else [])]
        return [fit_draft(encoder.encode(self.known.texts), self.known.labels) for encoder in encoders]


@dataclass(frozen=True, eq=False)
class Ready:
    """A model with all that validation chose for it: what each opinion weighs, scale of its scores, and the threshold.

    ``weights`` (parts,) turn logits into calibrated ones; that of a single opinion is 1 / temperature. ``centre`` and
    ``spread`` (scores,) are those of unseen messages in scope; a score that counts less has a wider spread. Only
    validation messages decided any of it.
    """

    model: Model
    weights: Floats
    centre: Floats
    spread: Floats
    threshold: float
    weighed: bool = False

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities, shape (n, labels)."""
        return weighted(self.model.logits(texts), self.weights)

    def strangeness(self, texts: Sequence[str], highest: Floats) -> Floats:
        """Return the sum of the normalised scores, higher for what is out of scope; ``highest`` has shape (n,)."""
        scores = np.column_stack([1 - highest, self.model.oddness(texts)])
        return np.asarray(((scores - self.centre) / self.spread).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Unseen:
    """Validation messages as models read them that had not seen them.

    ``logits`` have shape (parts, n, labels), ``oddness`` (n, scores). ``labelled`` is how many messages with a label
    there are in all, those that were learned from, too.
    """

    labels: tuple[str, ...]
    truth: tuple[str, ...]
    logits: Floats
    oddness: Floats
    labelled: int = 0

    @property
    def targets(self) -> NDArray[np.int_]:
        """Return the place of each true label, -1 for one that the model does not know."""
        places = {name: i for i, name in enumerate(self.labels)}
        return np.array([places.get(label, -1) for label in self.truth])

    @cached_property
    def fitted(self) -> tuple[Floats, float]:
        """Return the weights of the opinions with the least loss, and that loss."""
        known = self.targets >= 0
        return fit_weights(self.logits[:, known], self.targets[known], labelled=self.labelled)


def second_if_worth(model: VectorModel, unseen: Unseen) -> tuple[VectorModel, Unseen]:
    """Return the model, and what it said of unseen messages, without its second encoder where that is not worth it."""
    known = unseen.targets >= 0
    if model.second is None or worth_last(unseen.logits[:, known], unseen.targets[known]):
        return model, unseen
    scores = unseen.oddness[:, : unseen.oddness.shape[1] // 2]
    return replace(model, second=None), replace(unseen, logits=unseen.logits[:-1], oddness=scores)


class Opinions:
    """What is learned on the vectors of one encoder and on words: each thing once, whatever models ask for it."""

    def __init__(self, encoder: Encoder, language: str, seed: int) -> None:
        self.encoder, self._language, self._seed = encoder, language, seed
        self._known: dict[tuple[Labelled, str], Any] = {}

    def words(self, rows: Labelled) -> WordClassifier:
        """Return the word classifier of rows."""
        return self._once(rows, "words", lambda: fit_words(rows.texts, rows.labels, self._language, seed=self._seed))

    def head(self, rows: Labelled, strength: float, encoder: Encoder | None = None) -> tuple[Floats, Floats]:
        """Return weights and bias of logistic regression on the vectors of rows, by another encoder if one is given."""
        reader = encoder or self.encoder

        def fit() -> tuple[Floats, Floats]:
            places = {name: i for i, name in enumerate(rows.names)}
            targets = np.array([places[label] for label in rows.labels])
            return fit_logistic(reader.encode(rows.texts), targets, strength, self._seed)

        return self._once(rows, f"head {strength:g} {reader.id}", fit)

    def neighbours(self, rows: Labelled, encoder: Encoder | None = None) -> NeighbourClassifier:
        """Return what asks the nearest of rows."""
        reader = encoder or self.encoder

        def make() -> NeighbourClassifier:
            return NeighbourClassifier.of(reader.encode(rows.texts), rows.labels)

        return self._once(rows, f"neighbours {reader.id}", make)

    def second(self, rows: Labelled, encoder: Encoder, recipe: Recipe) -> SecondReader:
        """Return the head of a second encoder."""

        def fit() -> SecondReader:
            return fit_second(encoder, rows.texts, rows.labels, recipe)

        return self._once(rows, f"second {encoder.id}", fit)

    def projected(self, rows: Labelled, recipe: Recipe) -> Encoder | None:
        """Return the encoder with a projection that brings the rows of a label together, None where it finds none."""

        def fit() -> Encoder | None:
            groups = [rows.names.index(label) for label in rows.labels]
            found = fit_projection(self.encoder.encode(rows.texts), groups, recipe)
            return None if found.weights is None else ProjectedEncoder(self.encoder, found.weights)

        return self._once(rows, "projected", fit)

    def _once(self, rows: Labelled, name: str, make: Callable[[], _Made]) -> _Made:
        if (rows, name) not in self._known:
            self._known[rows, name] = make()
        found: _Made = self._known[rows, name]
        return found


def fit_floor(opinions: Opinions) -> Fit:
    """Return how the floor is trained; there is nothing to choose."""

    def fit(rows: Labelled, _choice: str | None) -> Mapping[str, Model]:
        return {"C=1": FloorModel(opinions.words(rows))}

    return fit


def fit_vectors(
    opinions: Opinions,
    strengths: Sequence[float],
    *,
    alone: bool,
    names: bool = False,
    projecting: Recipe | None = None,
    second: tuple[Encoder, Recipe] | None = None,
) -> Fit:
    """Return how a head on vectors is trained, for each C; unless ``alone``, words and neighbours stand beside it.

    With ``names`` the name of every label is an example of it. With a recipe for ``projecting`` there is one more
    choice for each C: the vectors under a projection. A ``second`` encoder has its say, too.
    """

    def fit(rows: Labelled, choice: str | None) -> Mapping[str, Model]:
        rows = rows.with_names if names else rows
        made: dict[str, Model] = {}
        for strength, suffix in product(strengths, ("", _PROJECTED) if projecting else ("",)):
            name = f"C={strength:g}{suffix}"
            if choice not in (None, name):
                continue
            under = opinions.projected(rows, projecting) if suffix and projecting else opinions.encoder
            if under is None and choice is None:
                continue
            encoder = under or opinions.encoder
            weights, bias = opinions.head(rows, strength, encoder)
            model = VectorModel(encoder, rows.names, weights, bias, rows)
            if not alone:
                model = replace(model, words=opinions.words(rows), neighbours=opinions.neighbours(rows, encoder))
            if second is not None:
                model = replace(model, second=opinions.second(rows, *second))
            made[name] = model
        return made

    return fit


def made_ready(
    model: Model, unseen: Unseen, outside: Sequence[str], kept: float, practised: Floats | None = None
) -> Ready:
    """Return a model with what validation says of it: ``unseen`` messages in scope, and ``outside`` if there are any.

    With at least twenty texts outside, the scores are weighed against each other if that tells those texts apart
    better than the plain sum does. ``practised`` are weights of the scores by
    :func:`~replydesk.finetune.intents.leaving.left_out_weights`: these may be better still, and without texts outside
    half of them counts.
    """
    weights, _ = unseen.fitted
    chances = weighted(unseen.logits, weights)
    inside = np.column_stack([1 - chances.max(axis=1), unseen.oddness])
    right = chances.argmax(axis=1) == unseen.targets
    centre, spread = inside.mean(axis=0), np.maximum(inside.std(axis=0), 1e-6)
    odd = np.zeros((0, inside.shape[1]))
    if outside:
        highest = weighted(model.logits(outside), weights).max(axis=1)
        odd = np.column_stack([1 - highest, model.oddness(outside)])
    counts = weigh_scores((inside - centre) / spread, (odd - centre) / spread, towards=[practised])
    spread, weighed = spread / counts, bool((counts != 1).any())
    sums = ((inside - centre) / spread).sum(axis=1)
    strange = ((odd - centre) / spread).sum(axis=1) if outside else None
    return Ready(model, weights, centre, spread, choose_threshold(sums, right, strange, kept), weighed)
