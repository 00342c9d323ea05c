"""Judging intent classification on anybody's labelled data: floor, frozen encoder and what a recipe makes of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.hierarchy import SEPARATOR
from replydesk.finetune.defaults import recipe_for
from replydesk.finetune.evaluation.intent_data import IntentData
from replydesk.finetune.evaluation.intent_figures import difference_of, figures_of
from replydesk.finetune.evaluation.intent_runs import REMEMBERED, Run, cheap_run, labeller_of, learning_more, tuned_run
from replydesk.finetune.evaluation.languages import languages_in
from replydesk.finetune.evaluation.levels import level_figures
from replydesk.finetune.evaluation.models import Opinions, fit_floor, fit_vectors
from replydesk.finetune.evaluation.noise import noise_hits, noise_slices
from replydesk.finetune.evaluation.reading import read_first
from replydesk.finetune.evaluation.rows import folds_of
from replydesk.finetune.evaluation.seeds import seeded
from replydesk.finetune.intents.suspects import unseen_suspects
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder

__all__ = ["MODELS", "IntentData", "evaluate_intents"]

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

MODELS: Final = ("floor", "frozen", "tuned")
"""What stands side by side, the plainest first."""

_LIBRARIES = ("replydesk", "numpy", "scikit-learn", "torch", "transformers", "openvino")
_HELD_OUT = 0.1


def evaluate_intents(
    data: IntentData,
    encoders: Encoders,
    *,
    recipe: Recipe | None = None,
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
    head of ``tuned`` words and the nearest known messages have their say; validation weighs them. Where the recipe
    pre-trains, the encoder of ``tuned`` first reads the unlabelled messages, those of the training where there are
    none: once, whatever the seeds.

    All is chosen on validation: C, what words are worth, the temperature, the threshold of what is out of scope.
    Without messages to validate by, parts of the training messages take turns (below 3,000) or one of ten is held out,
    and afterwards all learn from everything; given ones are never learned from. Test messages decide nothing.
    Without a ``recipe`` it is ``quick``.
    ``suspects`` asks for so many labels of the training messages that are likely wrong. ``separator`` parts the steps
    of labels such as ``card/lost``; where two share a step, each model has ``levels``.
    """
    began = time.perf_counter()
    spoken = languages_in(data.train.texts, language)
    language, judged = spoken.main, languages_in(data.test.texts).told
    recipe, said = recipe_for(data.train.labels, recipe, tunable=encoders.bert(spoken.read) is not None)
    encoder = RememberingEncoder(encoders.of(spoken.read), Memory(REMEMBERED))
    folds = [(data.train, data.valid)] if data.valid else folds_of(data.train, _HELD_OUT, recipe.seed)
    notes, runs = [*data.notes, *spoken.notes, *filter(None, [said])], {}
    opinions = Opinions(encoder, language, recipe.seed)
    progress(f"{len(data.train)} messages of {len(data.train.names)} labels in {language}: the floor")
    runs["floor"] = [cheap_run(fit_floor(opinions), data, folds, recipe)]
    progress(f"The frozen encoder {encoder.id}")
    runs["frozen"] = [cheap_run(fit_vectors(opinions, recipe.head.strengths, alone=True), data, folds, recipe)]
    labeller, second = None, encoders.beside(spoken.read) if recipe.head.beside else None
    if data.unlabelled and (recipe.learning.pseudo or recipe.pretrain.objective == "none"):
        labeller = labeller_of(encoder, data, recipe, language, partial(encoders.beside, spoken.read))
    with TemporaryDirectory() as scratch:
        base, read, told_read = read_first(
            encoders.bert(spoken.read),
            Path(scratch),
            recipe,
            Corpus.of(data.unlabelled or data.train.texts),
            judged=data.judging,
            what="of --unlabelled" if data.unlabelled else "those of --train",
            language=spoken.read,
            progress=progress,
        )
        notes += told_read
        if recipe.encoder.tune and base is not None:
            runs["tuned"] = []
            for one in seeded(recipe, seeds):
                progress(f"Fine-tuning under {recipe.name}, seed {one.seed}")
                runs["tuned"].append(tuned_run(base, data, one, language, progress, labeller, second))
        else:
            progress("The head with words and neighbours beside it")
            project = recipe if recipe.encoder.tune else None
            if project is not None:
                on = f"a head on {encoder.id}, under a projection if that helps"
                notes.append(f"No BERT reads {spoken.read}: tuned is {on}.")
            if read:
                reader = RememberingEncoder(BertEncoder(str(base)), Memory(REMEMBERED))
                opinions = Opinions(reader, language, recipe.seed)
            learn = fit_vectors(
                opinions,
                recipe.head.strengths,
                alone=False,
                names=recipe.head.names,
                projecting=project,
                second=(second, recipe) if second is not None else None,
            )
            if labeller is not None:
                learn = learning_more(learn, labeller, data.train)
            runs["tuned"] = [cheap_run(learn, data, folds, recipe, spelling=recipe.spelling)]
            if seeds > 1:
                notes.append("Nothing in this training but what is read first is drawn by chance: it ran once.")
    speller = runs["tuned"][0].told.get("spelling")
    if speller:
        notes.append(f"tuned: a speller is {'used' if speller['used'] else 'left out'}. {speller['why']}")
    progress("Judging")
    models = {name: _figures(runs[name], data, recipe.seed, judged, language, separator) for name in MODELS}
    more: dict[str, Any] = {}
    if suspects:
        progress("Looking for labels that are likely wrong")
        train = data.train
        found = unseen_suspects(encoder.encode(train.texts), train.texts, train.labels, recipe=recipe)
        more["suspects"] = found.document(suspects)
    return {
        "models": models,
        "differences": {
            f"{one}-{other}": difference_of(runs[one], runs[other], recipe.seed)
            for one, other in (("tuned", "frozen"), ("tuned", "floor"), ("frozen", "floor"))
        },
        "task": "intents",
        "data": data.document(),
        "language": language,
        "encoder": encoder.id,
        "recipe": recipe.name,
        **({"pretraining": read} if read else {}),
        **({"pseudo": labeller.document(data.truth.get)} if labeller is not None else {}),
        "notes": notes,
        "seconds": round(time.perf_counter() - began, 2),
        "megabytes": _peak_megabytes(),
        "versions": {name: version(name) for name in _LIBRARIES},
        "seed": recipe.seed,
        "seeds": len(runs["tuned"]),
        **more,
    }


def _figures(
    runs: Sequence[Run], data: IntentData, seed: int, judged: Sequence[str], language: str, separator: str
) -> dict[str, Any]:
    """Return what is told of a model: its figures, under noise, and of each level where labels have some."""
    chances, known = [run.probabilities for run in runs], runs[0].ready.model.labels
    readers = [run.ready.probabilities for run in runs]
    noise = noise_slices(noise_hits(readers, known, data.test, language, seed), seed)
    levels = level_figures(chances, known, data.test.labels, separator=separator, seed=seed)
    more = {"noise": noise, "levels": levels} if levels else {"noise": noise}
    return figures_of(runs, data, seed, judged) | more


def _peak_megabytes() -> float:
    """Return the most memory that this process has held, 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 2 ** (20 if sys.platform == "darwin" else 10), 1)
