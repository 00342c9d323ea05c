"""Training a model on labelled messages and reading the test with it: on vectors in seconds, or fine-tuned."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.evaluation.intent_data import IntentData
from replydesk.finetune.evaluation.models import Fit, Model, Ready, Unseen, VectorModel, made_ready, second_if_worth
from replydesk.finetune.evaluation.rows import held_apart
from replydesk.finetune.evaluation.spelled import SpelledModel, with_speller
from replydesk.finetune.intents.leaving import left_out_weights
from replydesk.finetune.intents.opinions import fit_second, spread_out, weighted
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.learning.pseudo import PseudoLabeller
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.projected import ProjectedEncoder
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder

__all__ = ["Run", "cheap_run", "labeller_of", "learning_more", "tuned_run"]

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

REMEMBERED: Final = 1_000_000
"""Vectors that are kept at most, so that every text is read once."""

_TIMED = 30


@dataclass(frozen=True, eq=False)
class Run:
    """One model on the test messages: probabilities (n, labels), which were right, and what its training told.

    ``held`` tells of messages that training held out how sure a model was that had not seen them, and if it was right.
    """

    ready: Ready
    probabilities: Floats
    truth: NDArray[np.str_]
    hits: NDArray[np.bool_]
    strange: tuple[Floats, Floats] | None
    held: tuple[Floats, NDArray[np.bool_]]
    told: Mapping[str, Any]

    @property
    def sure(self) -> Floats:
        """Return the confidence of each answer."""
        return np.asarray(self.probabilities.max(axis=1))

    @property
    def guesses(self) -> list[str]:
        """Return the label of each message."""
        return [self.ready.model.labels[place] for place in self.probabilities.argmax(axis=1)]


def cheap_run(
    fit: Fit,
    data: IntentData,
    folds: Sequence[tuple[Labelled, Labelled]],
    recipe: Recipe,
    *,
    spelling: bool = False,
) -> Run:
    """Return the run of a model that trains in seconds: chosen on what its folds had not seen, then fitted on all."""
    began = time.perf_counter()
    names = data.train.names
    parts: dict[str, list[tuple[Floats, Floats]]] = {}
    fitted: Mapping[str, Model] = {}
    for learned, held in folds:
        fitted = fit(learned, None)
        for choice, model in fitted.items():
            odd = model.oddness(held.texts) if data.oos_test else np.zeros((len(held), 0))
            parts.setdefault(choice, []).append((spread_out(model.logits(held.texts), model.labels, names), odd))
    truth = tuple(label for _, held in folds for label in held.labels)
    unseen = {
        choice: Unseen(
            names,
            truth,
            np.concatenate([logits for logits, _ in found], axis=1),
            np.concatenate([odd for _, odd in found]),
            data.labelled,
        )
        for choice, found in parts.items()
        # A projection that not every fold could learn cannot be compared.
        if len(found) == len(folds)
    }
    chosen = min(unseen, key=lambda choice: unseen[choice].fitted[1])
    last, said = fitted[chosen], unseen[chosen]
    if isinstance(last, VectorModel):
        last, said = second_if_worth(last, said)
    model = last if data.valid else fit(data.train, chosen)[chosen]
    if isinstance(model, VectorModel) and isinstance(last, VectorModel) and last.second is None:
        model = replace(model, second=None)
    practised = None
    if data.oos_test and isinstance(model, VectorModel):
        strengths = sorted(recipe.head.strengths)
        vectors = model.encoder.encode(model.known.texts)
        practised = left_out_weights(vectors, model.known.labels, strengths[len(strengths) // 2], recipe.seed)
    outside = data.oos_valid if data.oos_test else ()
    ready = made_ready(model, said, outside, recipe.in_scope_kept, practised)
    told: dict[str, Any] = {"chosen": chosen}
    if spelling:
        ready, told["spelling"] = with_speller(ready, last, *folds[-1], data.train)
    return _run(ready, data, said, {**told, "fit_seconds": round(time.perf_counter() - began, 2)})


def labeller_of(
    encoder: Encoder, data: IntentData, recipe: Recipe, language: str, beside: Callable[[], Encoder | None]
) -> PseudoLabeller:
    """Return what labels the unlabelled texts, those left out that are labelled already or judge."""
    given = {*data.train.texts, *(data.valid.texts if data.valid else ()), *data.test.texts}
    return PseudoLabeller.of(
        encoder,
        data.train,
        [text for text in data.unlabelled if text not in given],
        recipe.learning,
        languages=(language,),
        held_out=data.valid,
        names=recipe.head.names,
        beside=beside,
        seed=recipe.seed,
    )


def learning_more(fit: Fit, labeller: PseudoLabeller, train: Labelled) -> Fit:
    """Return a training that also learns from the labels that its rows of the training messages give to others."""
    places = {row: place for place, row in enumerate(zip(train.texts, train.labels, strict=True))}
    known: dict[Labelled, Labelled] = {}

    def learn(rows: Labelled, choice: str | None) -> Mapping[str, Model]:
        if rows not in known:
            own = [places[row] for row in zip(rows.texts, rows.labels, strict=True)]
            known[rows] = rows + labeller.labelled(own)
        return fit(known[rows], choice)

    return learn


def tuned_run(
    base: Path,
    data: IntentData,
    recipe: Recipe,
    language: str,
    progress: Progress,
    labeller: PseudoLabeller | None = None,
    second: Encoder | None = None,
) -> Run:
    """Return the run of a fine-tuned encoder, with a ``second`` one beside it where validation says that it helps."""
    began = time.perf_counter()
    learned, held = (
        (data.train, data.valid) if data.valid else held_apart(data.train, recipe.encoder.held_out, recipe.seed)
    )
    learned = learned.with_names if recipe.head.names else learned
    if data.valid or data.oos_test:
        # What is given to choose by is not learned from, and the threshold of the unfamiliar needs unseen messages.
        recipe = replace(recipe, encoder=replace(recipe.encoder, refit=False))
    if labeller is not None:
        own = set(zip(learned.texts, learned.labels, strict=True))
        rows = [i for i, row in enumerate(zip(data.train.texts, data.train.labels, strict=True)) if row in own]
        # What is held out judges, so nothing that it labelled is learned from before.
        learned = learned + labeller.labelled(rows)
    everything = None
    if recipe.encoder.refit:
        everything = data.train.with_names if recipe.head.names else data.train
        everything = everything + labeller.labelled() if labeller is not None else everything
    with TemporaryDirectory() as scratch:
        found = tune_encoder(
            base, Path(scratch), recipe, learned=learned, held_out=held, everything=everything, progress=progress
        )
        encoder = RememberingEncoder(
            BertEncoder(scratch, max_tokens=recipe.encoder.training.max_tokens), Memory(REMEMBERED)
        )
    assert found.head is not None
    head = found.head
    words = fit_words(learned.texts, learned.labels, language, seed=recipe.seed)
    neighbours = None
    if everything is None:
        neighbours = NeighbourClassifier.of(encoder.encode(learned.texts), learned.labels)
    other = fit_second(second, learned.texts, learned.labels, recipe) if second is not None else None
    model = VectorModel(encoder, head.labels, head.weights, head.bias, learned, words, neighbours, other)
    logits = model.logits(held.texts)
    # After learning from everything the head knows these messages: what it said before stands.
    logits[0] = found.held_logits
    odd = model.oddness(held.texts) if data.oos_test else np.zeros((len(held), 0))
    outside = data.oos_valid if data.oos_test else ()
    model, said = second_if_worth(model, Unseen(head.labels, held.labels, logits, odd, data.labelled))
    ready = made_ready(model, said, outside, recipe.in_scope_kept)
    if everything is not None:
        words = fit_words(everything.texts, everything.labels, language, seed=recipe.seed)
        other = model.second
        if other is not None:
            other = fit_second(other.encoder, everything.texts, everything.labels, recipe)
        ready = replace(ready, model=replace(model, known=everything, words=words, second=other))
    told: dict[str, Any] = {"chosen": recipe.name, "training": found.history}
    if recipe.spelling:
        ready, told["spelling"] = with_speller(ready, model, learned, held, data.train)
    return _run(ready, data, said, {**told, "fit_seconds": round(time.perf_counter() - began, 2)})


def _run(ready: Ready, data: IntentData, unseen: Unseen, told: Mapping[str, Any]) -> Run:
    chances = ready.probabilities(data.test.texts)
    guesses = [ready.model.labels[place] for place in chances.argmax(axis=1)]
    truth = np.array(data.test.labels)
    hits = np.array(guesses) == truth
    strange = None
    if data.oos_test:
        inside = ready.strangeness(data.test.texts, chances.max(axis=1))
        outside = ready.strangeness(data.oos_test, ready.probabilities(data.oos_test).max(axis=1))
        strange = (inside, outside)
    before = weighted(unseen.logits, ready.weights)
    held = (before.max(axis=1), before.argmax(axis=1) == unseen.targets)
    milliseconds = _milliseconds(ready.model, data.test.texts)
    return Run(ready, chances, truth, hits, strange, held, {**told, "milliseconds": milliseconds})


def _milliseconds(model: Model, texts: Sequence[str]) -> float:
    """Return the median time of one message alone, nothing of it remembered."""
    speller = model.speller if isinstance(model, SpelledModel) else None
    bare = model.model if isinstance(model, SpelledModel) else model
    if isinstance(bare, VectorModel):
        second = bare.second
        second = replace(second, encoder=_bare(second.encoder)) if second is not None else None
        bare = replace(bare, encoder=_bare(bare.encoder), second=second)
    bare = bare if speller is None else SpelledModel(bare, speller)
    times = []
    for text in [*texts[:3], *texts[:_TIMED]]:
        began = time.perf_counter()
        bare.logits([text])
        times.append(time.perf_counter() - began)
    return round(1000 * float(np.median(times[3:])), 3)


def _bare(encoder: Encoder) -> Encoder:
    while isinstance(encoder, RememberingEncoder):
        encoder = encoder.inner
    return ProjectedEncoder(_bare(encoder.inner), encoder.weights) if isinstance(encoder, ProjectedEncoder) else encoder
