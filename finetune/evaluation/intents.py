"""Judging intent classification on anybody's labelled data: floor, frozen encoder and what a recipe makes of it."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.data.text import language_of
from replydesk.dialog.hierarchy import SEPARATOR
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.evaluation import metrics
from replydesk.finetune.evaluation.levels import level_figures
from replydesk.finetune.evaluation.models import (
    Fit,
    Model,
    Opinions,
    Ready,
    Unseen,
    VectorModel,
    fit_floor,
    fit_vectors,
    made_ready,
)
from replydesk.finetune.evaluation.noise import noise_slices
from replydesk.finetune.evaluation.rows import (
    drawn,
    folds_of,
    held_apart,
    read_labelled,
    read_texts,
    read_unlabelled,
    shared_texts,
)
from replydesk.finetune.evaluation.scope import scope_curves, scope_metrics
from replydesk.finetune.evaluation.several import has_several
from replydesk.finetune.evaluation.spelled import SpelledModel, with_speller
from replydesk.finetune.intents.classify import softmax
from replydesk.finetune.intents.leaving import left_out_weights
from replydesk.finetune.intents.opinions import spread_out
from replydesk.finetune.intents.suspects import unseen_suspects
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.learning.pseudo import PseudoLabeller
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.encoders.encoder import BertEncoder, Encoder, Encoders, Memory, RememberingEncoder
from replydesk.retrieval.encoders.projected import ProjectedEncoder

__all__ = ["MODELS", "IntentData", "evaluate_intents"]

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

MODELS: Final = ("floor", "frozen", "tuned")
"""What stands side by side, the plainest first."""

_LIBRARIES = ("replydesk", "numpy", "scikit-learn", "torch", "transformers", "openvino")
_HELD_OUT = 0.1
_TIMED = 30
_REMEMBERED = 1_000_000


@dataclass(frozen=True, slots=True)
class IntentData:
    """Labelled messages to learn from, to choose by and to judge by, and messages that are out of scope.

    ``unlabelled`` are to get pseudo-labels; where their true labels are known, ``truth`` judges these.
    """

    train: Labelled
    test: Labelled
    valid: Labelled | None = None
    oos_valid: tuple[str, ...] = ()
    oos_test: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    truth: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        train: Path,
        test: Path,
        *,
        valid: Path | None = None,
        oos_valid: Path | None = None,
        oos_test: Path | None = None,
        unlabelled: Path | None = None,
        limit: int | None = None,
        seed: int = 0,
    ) -> IntentData:
        """Return what files of CSV or JSONL with ``text`` and ``label`` hold; those out of scope need no label.
        A label may name several (:func:`~replydesk.finetune.evaluation.several.labels_of`).

        ``unlabelled`` texts need none either; where they have one, it only says how right the labels are that they get.
        ``limit`` draws so many rows of each file, stratified. Raises :class:`RequestError` with file and line.
        """
        learned, judged = read_labelled(train), read_labelled(test)
        chosen = read_labelled(valid) if valid is not None else None
        odd_valid, odd_test = (read_texts(path) if path is not None else () for path in (oos_valid, oos_test))
        bare, truth = read_unlabelled(unlabelled) if unlabelled is not None else ((), {})
        if len(learned.names) < 2:
            hint = "Give messages of two labels or more."
            raise RequestError(
                "All messages have one label: there is nothing to tell apart.", where=str(train), hint=hint
            )
        several = has_several(learned)
        if not several and not set(learned.names) & set(judged.names):
            hint = "The same label must be spelt the same in both files."
            raise RequestError(f"None of its labels is in {train}.", where=str(test), hint=hint)
        notes = []
        if limit is not None:
            learned, judged = drawn(learned, limit, seed), drawn(judged, limit, seed)
            chosen = drawn(chosen, limit, seed) if chosen else None
            odd_valid, odd_test, bare = (_some(texts, limit, seed) for texts in (odd_valid, odd_test, bare))
            notes.append(f"--limit {limit}: of each file at most so many rows were drawn.")
        others = (("test", judged.texts), ("valid", chosen.texts if chosen else ()))
        for name, texts in (*others, ("oos-valid", odd_valid), ("oos-test", odd_test)):
            if shared := shared_texts(learned.texts, texts):
                notes.append(f"{shared} of {len(texts)} texts of --{name} are also in --train, whatever their label.")
        if bare and (shared := shared_texts(judged.texts, bare)):
            notes.append(f"{shared} of {len(bare)} texts of --unlabelled are also in --test.")
        for name, texts in (("test", judged.texts), ("oos-test", odd_test)):
            base = (*(chosen.texts if chosen else ()), *odd_valid)
            if base and (shared := shared_texts(base, texts)):
                notes.append(f"{shared} of {len(texts)} texts of --{name} are also in --valid or --oos-valid.")
        if not several and (unknown := sorted(set(judged.names) - set(learned.names))):
            rows = sum(label in set(unknown) for label in judged.labels)
            notes.append(f"{len(unknown)} labels of --test are not in --train ({rows} messages, all counted as wrong).")
        return cls(learned, judged, chosen, odd_valid, odd_test, tuple(notes), bare, truth)

    def document(self) -> dict[str, Any]:
        """Return how much there is of everything."""
        return {
            "train": len(self.train),
            "test": len(self.test),
            "valid": len(self.valid or ()),
            "oos_valid": len(self.oos_valid),
            "oos_test": len(self.oos_test),
            "labels": len(self.train.names),
            **({"unlabelled": len(self.unlabelled)} if self.unlabelled else {}),
        }


@dataclass(frozen=True, eq=False)
class _Run:
    """One model on the test messages: probabilities (n, labels), which were right, and what its training told."""

    ready: Ready
    probabilities: Floats
    truth: NDArray[np.str_]
    hits: NDArray[np.bool_]
    strange: tuple[Floats, Floats] | None
    told: Mapping[str, Any]

    @property
    def sure(self) -> Floats:
        """Return the confidence of each answer."""
        return np.asarray(self.probabilities.max(axis=1))

    @property
    def guesses(self) -> list[str]:
        """Return the label of each message."""
        return [self.ready.model.labels[place] for place in self.probabilities.argmax(axis=1)]


def evaluate_intents(
    data: IntentData,
    encoders: Encoders,
    *,
    recipe: Recipe = QUICK,
    seeds: int = 1,
    language: str = "auto",
    suspects: int = 0,
    separator: str = SEPARATOR,
    progress: Progress = lambda _line: None,
) -> dict[str, Any]:
    """Return the measures of every model on the data, and how sure the differences between them are.

    ``floor`` is TF-IDF with a linear support vector machine; ``frozen`` logistic regression on the vectors of the
    encoder that reads the language; ``tuned`` what the recipe makes: the fine-tuned encoder, trained ``seeds`` times
    (figures are then means), or, where the recipe tunes none or no BERT reads the language, the frozen one. Beside the
    head of ``tuned`` words and the nearest known messages have their say; validation weighs them.

    All is chosen on validation: C, what words are worth, the temperature, the threshold of what is out of scope.
    Without messages to validate by, parts of the training messages take turns (below 3,000) or one of ten is held out,
    and afterwards all learn from everything; given ones are never learned from. Test messages decide nothing.
    ``suspects`` asks for so many labels of the training messages that are likely wrong. ``separator`` parts the steps
    of labels such as ``card/lost``; where two share a step, each model has ``levels``.
    """
    began = time.perf_counter()
    if language == "auto":
        told = (language_of(text) for text in (*data.train.texts[:1000], *data.test.texts[:1000]))
        language = Counter(told).most_common(1)[0][0]
    encoder = RememberingEncoder(encoders.of(language), Memory(_REMEMBERED))
    folds = [(data.train, data.valid)] if data.valid else folds_of(data.train, _HELD_OUT, recipe.seed)
    notes, runs = list(data.notes), {}
    base = encoders.bert(language) if recipe.encoder.tune else None
    opinions, strengths = Opinions(encoder, language, recipe.seed), recipe.head.strengths
    if recipe.encoder.tune and base is None:
        notes.append(f"No BERT reads {language}: tuned is a head on {encoder.id}, under a projection if that helps.")
    progress(f"{len(data.train)} messages of {len(data.train.names)} labels in {language}: the floor")
    runs["floor"] = [_cheap(fit_floor(opinions), data, folds, recipe)]
    progress(f"The frozen encoder {encoder.id}")
    runs["frozen"] = [_cheap(fit_vectors(opinions, strengths, alone=True), data, folds, recipe)]
    labeller = _labeller(encoder, data, recipe, language) if data.unlabelled else None
    if base is None:
        progress("The head with words and neighbours beside it")
        project = recipe if recipe.encoder.tune else None
        learn = fit_vectors(opinions, strengths, alone=False, names=recipe.head.names, projecting=project)
        if labeller is not None:
            learn = _with_more(learn, labeller, data.train)
        runs["tuned"] = [_cheap(learn, data, folds, recipe, spelling=recipe.spelling)]
        if seeds > 1:
            notes.append("Nothing in this training is drawn by chance: it ran once.")
    else:
        runs["tuned"] = []
        for seed in range(recipe.seed, recipe.seed + seeds):
            progress(f"Fine-tuning under {recipe.name}, seed {seed}")
            runs["tuned"].append(_tuned(base, data, replace(recipe, seed=seed), language, progress, labeller))
    speller = runs["tuned"][0].told.get("spelling")
    if speller:
        notes.append(f"tuned: a speller is {'used' if speller['used'] else 'left out'}. {speller['why']}")
    progress("Judging")
    models = {}
    for name in MODELS:
        models[name] = _figures(runs[name], data, recipe.seed)
        models[name]["noise"] = noise_slices(
            [run.ready.probabilities for run in runs[name]],
            runs[name][0].ready.model.labels,
            data.test,
            language,
            recipe.seed,
        )
        chances, known = [run.probabilities for run in runs[name]], runs[name][0].ready.model.labels
        levels = level_figures(chances, known, data.test.labels, separator=separator, seed=recipe.seed)
        models[name] |= {"levels": levels} if levels else {}
    more: dict[str, Any] = {}
    if suspects:
        progress("Looking for labels that are likely wrong")
        train = data.train
        found = unseen_suspects(encoder.encode(train.texts), train.texts, train.labels, recipe=recipe)
        more["suspects"] = found.document(suspects)
    return {
        "models": models,
        "differences": {
            f"{one}-{other}": _difference(runs[one], runs[other], recipe.seed)
            for one, other in (("tuned", "frozen"), ("tuned", "floor"), ("frozen", "floor"))
        },
        "task": "intents",
        "data": data.document(),
        "language": language,
        "encoder": encoder.id,
        "recipe": recipe.name,
        **({"pseudo": labeller.document(data.truth.get)} if labeller is not None else {}),
        "notes": notes,
        "seconds": round(time.perf_counter() - began, 2),
        "megabytes": _peak_megabytes(),
        "versions": {name: version(name) for name in _LIBRARIES},
        "seed": recipe.seed,
        "seeds": len(runs["tuned"]),
        **more,
    }


def _cheap(
    fit: Fit,
    data: IntentData,
    folds: Sequence[tuple[Labelled, Labelled]],
    recipe: Recipe,
    *,
    spelling: bool = False,
) -> _Run:
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
        )
        for choice, found in parts.items()
        # A projection that not every fold could learn cannot be compared.
        if len(found) == len(folds)
    }
    chosen = min(unseen, key=lambda choice: unseen[choice].fitted[1])
    model = fitted[chosen] if data.valid else fit(data.train, chosen)[chosen]
    practised = None
    if data.oos_test and isinstance(model, VectorModel):
        strengths = sorted(recipe.head.strengths)
        vectors = model.encoder.encode(model.known.texts)
        practised = left_out_weights(vectors, model.known.labels, strengths[len(strengths) // 2], recipe.seed)
    outside = data.oos_valid if data.oos_test else ()
    ready = made_ready(model, unseen[chosen], outside, recipe.in_scope_kept, practised)
    told: dict[str, Any] = {"chosen": chosen}
    if spelling:
        ready, told["spelling"] = with_speller(ready, fitted[chosen], *folds[-1], data.train)
    return _run(ready, data, {**told, "fit_seconds": round(time.perf_counter() - began, 2)})


def _labeller(encoder: Encoder, data: IntentData, recipe: Recipe, language: str) -> PseudoLabeller:
    """Return what labels the unlabelled texts, those left out that are labelled already or judge."""
    given = {*data.train.texts, *(data.valid.texts if data.valid else ()), *data.test.texts}
    return PseudoLabeller.of(
        encoder,
        data.train,
        [text for text in data.unlabelled if text not in given],
        recipe.learning,
        languages=(language,),
        held_out=data.valid,
        seed=recipe.seed,
    )


def _with_more(fit: Fit, labeller: PseudoLabeller, train: Labelled) -> Fit:
    """Return a training that also learns from the labels that its rows of the training messages give to others."""
    places = {row: place for place, row in enumerate(zip(train.texts, train.labels, strict=True))}
    known: dict[Labelled, Labelled] = {}

    def learn(rows: Labelled, choice: str | None) -> Mapping[str, Model]:
        if rows not in known:
            own = [places[row] for row in zip(rows.texts, rows.labels, strict=True)]
            known[rows] = rows + labeller.labelled(own)
        return fit(known[rows], choice)

    return learn


def _tuned(
    base: Path,
    data: IntentData,
    recipe: Recipe,
    language: str,
    progress: Progress,
    labeller: PseudoLabeller | None = None,
) -> _Run:
    """Return the run of a fine-tuned encoder."""
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
        learned = learned + labeller.labelled(rows)
    with TemporaryDirectory() as scratch:
        found = tune_encoder(base, Path(scratch), recipe, learned=learned, held_out=held, progress=progress)
        encoder = RememberingEncoder(
            BertEncoder(scratch, max_tokens=recipe.encoder.training.max_tokens), Memory(_REMEMBERED)
        )
    assert found.head is not None
    head = found.head
    words = fit_words(learned.texts, learned.labels, language, seed=recipe.seed)
    neighbours = None
    if not recipe.encoder.refit:
        neighbours = NeighbourClassifier.of(encoder.encode(learned.texts), learned.labels)
    model = VectorModel(encoder, head.labels, head.weights, head.bias, learned, words, neighbours)
    said = model.logits(held.texts)
    # After learning from everything the head knows these messages: what it said before stands.
    said[0] = found.held_logits
    odd = model.oddness(held.texts) if data.oos_test else np.zeros((len(held), 0))
    outside = data.oos_valid if data.oos_test else ()
    ready = made_ready(model, Unseen(head.labels, held.labels, said, odd), outside, recipe.in_scope_kept)
    if recipe.encoder.refit:
        everything = fit_words(data.train.texts, data.train.labels, language, seed=recipe.seed)
        ready = replace(ready, model=replace(model, known=data.train, words=everything))
    told: dict[str, Any] = {"chosen": recipe.name, "training": found.history}
    if recipe.spelling:
        ready, told["spelling"] = with_speller(ready, model, learned, held, data.train)
    return _run(ready, data, {**told, "fit_seconds": round(time.perf_counter() - began, 2)})


def _run(ready: Ready, data: IntentData, told: Mapping[str, Any]) -> _Run:
    chances = ready.probabilities(data.test.texts)
    guesses = [ready.model.labels[place] for place in chances.argmax(axis=1)]
    truth = np.array(data.test.labels)
    hits = np.array(guesses) == truth
    strange = None
    if data.oos_test:
        inside = ready.strangeness(data.test.texts, chances.max(axis=1))
        outside = ready.strangeness(data.oos_test, ready.probabilities(data.oos_test).max(axis=1))
        strange = (inside, outside)
    return _Run(
        ready, chances, truth, hits, strange, {**told, "milliseconds": _milliseconds(ready.model, data.test.texts)}
    )


def _figures(runs: Sequence[_Run], data: IntentData, seed: int) -> dict[str, Any]:
    """Return the figures of one model: means over its runs; curves and confusions are those of the first."""
    first, labels = runs[0], data.test.labels
    hits = np.mean([run.hits for run in runs], axis=0)
    every = {
        "accuracy": [float(run.hits.mean()) for run in runs],
        "macro_f1": [metrics.macro_f1(labels, run.guesses) for run in runs],
        "ece": [metrics.calibration_error(run.sure, run.hits) for run in runs],
    }
    found: dict[str, Any] = {name: round(float(np.mean(values)), 4) for name, values in every.items()}
    found |= {
        "accuracy_ci": metrics.mean_interval(hits, seed=seed),
        "macro_f1_ci": metrics.macro_f1_interval(labels, first.guesses, seed=seed),
        "ece_uncalibrated": round(float(np.mean([_uncalibrated(run, data.test.texts) for run in runs])), 4),
        "chosen": first.told["chosen"],
        "weights": {
            part: round(float(np.mean([run.ready.weights[place] for run in runs])), 4)
            for place, part in enumerate(first.ready.model.parts)
        },
        "parts": _alone(runs, data.test),
        "fit_seconds": round(float(np.mean([run.told["fit_seconds"] for run in runs])), 2),
        "milliseconds": round(float(np.mean([run.told["milliseconds"] for run in runs])), 2),
        "seeds": {name: [round(value, 4) for value in values] for name, values in every.items()},
        "slices": metrics.slices(data.test.texts, hits, seed=seed),
        "confused": metrics.confused(labels, first.guesses),
        "reliability": metrics.reliability(first.sure, first.hits),
        "risk_coverage": metrics.risk_coverage(first.sure, first.hits),
    }
    if "spelling" in first.told:
        found["spelling"] = first.told["spelling"]
    if "training" in first.told:
        found["training"] = [run.told["training"] for run in runs]
    if first.strange is not None:
        found["oos"] = _scope(runs, seed)
        found["oos_curves"] = scope_curves(*first.strange)
    return found


def _scope(runs: Sequence[_Run], seed: int) -> dict[str, Any]:
    """Return the means of what each run makes of messages out of scope; intervals are those of the first."""
    found = [
        scope_metrics(*run.strange[:1], run.hits, run.strange[1], run.ready.threshold, seed=seed)
        for run in runs
        if run.strange is not None
    ]
    return {
        name: round(float(np.mean([one[name] for one in found])), 4) if isinstance(value, float) else value
        for name, value in found[0].items()
    } | {"weighed": runs[0].ready.weighed}


def _difference(one: Sequence[_Run], other: Sequence[_Run], seed: int) -> dict[str, Any]:
    first, second = (np.mean([run.hits for run in runs], axis=0) for runs in (one, other))
    return metrics.paired_bootstrap(first, second, seed=seed) | {"mcnemar": metrics.mcnemar(one[0].hits, other[0].hits)}


def _alone(runs: Sequence[_Run], test: Labelled) -> dict[str, float]:
    """Return the accuracy of each opinion of a model by itself."""
    right = []
    for run in runs:
        told = np.array(run.ready.model.labels)[run.ready.model.logits(test.texts).argmax(axis=2)]
        right.append((told == run.truth).mean(axis=1))
    means = np.mean(right, axis=0).tolist()
    return {part: round(mean, 4) for part, mean in zip(runs[0].ready.model.parts, means, strict=True)}


def _uncalibrated(run: _Run, texts: Sequence[str]) -> float:
    """Return the calibration error of the first opinion alone, as it was trained."""
    chances = softmax(run.ready.model.logits(texts)[0])
    told = np.array(run.ready.model.labels)[chances.argmax(axis=1)]
    return metrics.calibration_error(chances.max(axis=1), told == run.truth)


def _milliseconds(model: Model, texts: Sequence[str]) -> float:
    """Return the median time of one message alone, nothing of it remembered."""
    speller = model.speller if isinstance(model, SpelledModel) else None
    bare = model.model if isinstance(model, SpelledModel) else model
    bare = replace(bare, encoder=_bare(bare.encoder)) if isinstance(bare, VectorModel) else bare
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


def _some(texts: tuple[str, ...], limit: int, seed: int) -> tuple[str, ...]:
    return drawn(Labelled(texts, texts), limit, seed).texts


def _peak_megabytes() -> float:
    """Return the most memory that this process has held, 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 2 ** (20 if sys.platform == "darwin" else 10), 1)
