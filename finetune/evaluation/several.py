"""Judging messages that have several intents at once: floor, frozen encoder, and both together."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.dialog.several import SeveralHead
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation import metrics
from replydesk.finetune.evaluation.languages import languages_in
from replydesk.finetune.intents.multi import fit_one_against_rest, fit_several
from replydesk.finetune.intents.words import word_features
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder

__all__ = ["evaluate_several", "has_several", "labels_of"]

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

_PARTS: Final = {"floor": (0,), "frozen": (1,), "tuned": (0, 1)}
_FOLDS = 4
_STRENGTHS: Final = (3.0, 10.0, 30.0, 100.0)
_SEPARATOR = "|"


def labels_of(label: str) -> tuple[str, ...]:
    """Return the labels that a cell names, sorted: a JSON list, or names between ``|``; ``[]`` has none.

    >>> labels_of("refund|late"), labels_of('["late"]'), labels_of("[]")
    (('late', 'refund'), ('late',), ())
    """
    listed = _listed(label)
    names = label.split(_SEPARATOR) if listed is None else listed
    return tuple(sorted({name.strip() for name in names if name.strip()}))


def has_several(rows: Labelled) -> bool:
    """Return whether any message has several labels, or a list of them."""
    return any(_SEPARATOR in label or _listed(label) is not None for label in rows.labels)


def _listed(label: str) -> list[str] | None:
    """Return the names of a cell that is a JSON list of texts, None of any other, such as ``[other]``."""
    if not label.startswith("["):
        return None
    try:
        told = json.loads(label)
    except ValueError:
        return None
    return told if isinstance(told, list) and all(isinstance(name, str) for name in told) else None


def evaluate_several(
    train: Labelled,
    test: Labelled,
    encoders: Encoders,
    *,
    recipe: Recipe = QUICK,
    language: str = "auto",
    notes: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Return how well all labels of every message are found, model by model.

    ``floor`` is TF-IDF with a linear support vector machine for each label, ``frozen`` a logistic regression for each
    on the vectors of the encoder, ``tuned`` both weighed against each other; the encoder is not fine-tuned. C, weights,
    calibration and a threshold for each label are chosen on four folds of the training messages.

    Raises :class:`RequestError` where fewer than two labels are told.
    """
    began = time.perf_counter()
    rows = _Rows.of(train, test)
    spoken = languages_in(train.texts, language)
    language = spoken.main
    encoder = RememberingEncoder(encoders.of(spoken.read), Memory(1_000_000))
    progress(f"{len(train)} messages of {len(rows.names)} labels in {language}: words")
    vectors, asked = encoder.encode(train.texts), encoder.encode(test.texts)
    folds = np.random.default_rng(recipe.seed).permutation(len(train)) % _FOLDS
    words = _unseen(folds, rows.marks, lambda here, there: _words(train, here, rows.marks, train, there, language))
    progress(f"The frozen encoder {encoder.id}")
    strength, said = _strongest(folds, rows, vectors)
    everything = np.arange(len(train))
    final = np.stack(
        [
            _words(train, everything, rows.marks, test, np.arange(len(test)), language),
            _head(vectors, everything, rows.marks, asked, strength),
        ]
    )
    models, shares = {}, {}
    for name, parts in _PARTS.items():
        head, _ = fit_several(rows.names, np.stack([words, said])[list(parts)], rows.marks)
        models[name], shares[name] = _figures(head, final[list(parts)], rows.truth, rows.missing, recipe.seed)
    models["frozen"]["chosen"] = models["tuned"]["chosen"] = f"C={strength:g}"
    return {
        "models": models,
        "differences": {
            f"{one}-{other}": metrics.paired_bootstrap(shares[one], shares[other], seed=recipe.seed)
            for one, other in (("tuned", "frozen"), ("tuned", "floor"), ("frozen", "floor"))
        },
        "task": "several intents",
        "data": rows.document(),
        "language": language,
        "encoder": encoder.id,
        "recipe": recipe.name,
        "notes": [*notes, *spoken.notes, *_noted(rows.missing, recipe)],
        "seconds": round(time.perf_counter() - began, 2),
        "versions": {name: version(name) for name in ("replydesk", "numpy", "scikit-learn")},
        "seed": recipe.seed,
    }


@dataclass(frozen=True, eq=False, slots=True)
class _Rows:
    """Which labels each message has: ``marks`` of the training messages, ``truth`` of the test, both (n, labels).

    ``missing`` labels of test messages stand at no training message.
    """

    names: list[str]
    marks: Marks
    truth: Marks
    missing: int

    @classmethod
    def of(cls, train: Labelled, test: Labelled) -> _Rows:
        """Return those of the messages. Raises :class:`RequestError` where fewer than two labels are told."""
        sets, truths = ([labels_of(label) for label in rows.labels] for rows in (train, test))
        names = sorted({name for one in sets for name in one})
        if len(names) < 2:
            hint = "Give messages of two labels or more."
            raise RequestError("There is nothing to tell apart: fewer than two labels.", where="--train", hint=hint)
        marks, truth = (np.array([[name in one for name in names] for one in some]) for some in (sets, truths))
        return cls(names, marks, truth, sum(name not in names for one in truths for name in one))

    def document(self) -> dict[str, Any]:
        """Return how many messages and labels there are."""
        return {
            "train": len(self.marks),
            "test": len(self.truth),
            "labels": len(self.names),
            "labels_a_message": round(float(self.truth.sum(axis=1).mean()), 2),
        }


def _strongest(folds: NDArray[np.int_], rows: _Rows, vectors: Vectors) -> tuple[float, Floats]:
    """Return the C whose heads say what unseen messages are best, and what they say, shape (n, labels)."""
    best: tuple[float, float, Floats] | None = None
    for strength in _STRENGTHS:
        said = _unseen(
            folds,
            rows.marks,
            lambda here, there, c=strength: _head(vectors, here, rows.marks, vectors[there], c),  # type: ignore[misc]
        )
        _, loss = fit_several(rows.names, said[None], rows.marks)
        if best is None or loss < best[0]:
            best = loss, strength, said
    assert best is not None
    return best[1:]


def _noted(missing: int, recipe: Recipe) -> list[str]:
    """Return what is to be said of the figures."""
    notes = [f"{missing} labels of --test are not in --train: all counted as not found."] if missing else []
    return notes + ["The encoder stays frozen where messages have several labels."] * recipe.encoder.tune


def _figures(
    head: SeveralHead, logits: Floats, truth: Marks, missing: int, seed: int
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the figures of a model and, for each message, the F1 of its labels."""
    chances, given = head.probabilities(logits), head.given(logits)
    hits = (given & truth).sum(axis=1)
    sizes = given.sum(axis=1) + truth.sum(axis=1)
    each = np.where(sizes > 0, 2 * hits / np.maximum(sizes, 1), 1.0)
    exact = (given == truth).all(axis=1)
    per_label = 2 * (given & truth).sum(axis=0) / np.maximum(given.sum(axis=0) + truth.sum(axis=0), 1)
    there = truth.any(axis=0)
    random = np.random.default_rng(seed).integers(0, len(truth), (metrics.DRAWS, len(truth)))
    micro = 2 * hits[random].sum(axis=1) / np.maximum(sizes[random].sum(axis=1) + missing, 1)
    return {
        "micro_f1": round(float(2 * hits.sum() / max(1, int(sizes.sum()) + missing)), 4),
        "micro_f1_ci": [round(float(q), 4) for q in np.quantile(micro, [0.025, 0.975])],
        "macro_f1": round(float(per_label[there].mean()), 4),
        "exact": round(float(exact.mean()), 4),
        "exact_ci": metrics.mean_interval(exact, seed=seed),
        "ece": round(metrics.calibration_error(chances.ravel(), truth.ravel()), 4),
        "chosen": "C=1",
        "weights": [round(float(slope), 4) for slope in head.slopes],
    }, each


def _unseen(
    folds: NDArray[np.int_], marks: Marks, fit: Callable[[NDArray[np.int_], NDArray[np.int_]], Floats]
) -> Floats:
    found = np.zeros(marks.shape)
    for fold in range(_FOLDS):
        there = np.flatnonzero(folds == fold)
        if len(there):
            found[there] = fit(np.flatnonzero(folds != fold), there)
    return found


def _head(vectors: Vectors, rows: NDArray[np.int_], marks: Marks, asked: Vectors, strength: float) -> Floats:
    weights, bias = fit_one_against_rest(vectors[rows], marks[rows], strength)
    return np.asarray(asked.astype(np.float64) @ weights.T + bias)


def _words(
    learned: Labelled, rows: NDArray[np.int_], marks: Marks, judged: Labelled, asked: NDArray[np.int_], language: str
) -> Floats:
    """Return the margins of a support vector machine for each label; -1 where a label has no message, or all."""
    from sklearn.svm import LinearSVC

    features = word_features(language)
    known = features.fit_transform([learned.texts[row] for row in rows.tolist()])
    new = features.transform([judged.texts[row] for row in asked.tolist()])
    found = np.full((len(asked), marks.shape[1]), -1.0)
    for label in range(marks.shape[1]):
        if 0 < marks[rows, label].sum() < len(rows):
            found[:, label] = LinearSVC(random_state=0).fit(known, marks[rows, label]).decision_function(new)
    return found
