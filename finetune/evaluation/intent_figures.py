"""The figures of one model from its runs on the test, and how two models differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation import metrics
from replydesk.finetune.evaluation.intent_data import IntentData
from replydesk.finetune.evaluation.intent_runs import Run
from replydesk.finetune.evaluation.scope import scope_curves, scope_metrics
from replydesk.finetune.evaluation.seeds import each_of, mean_of
from replydesk.finetune.intents.classify import softmax

__all__ = ["difference_of", "figures_of"]


def figures_of(runs: Sequence[Run], data: IntentData, seed: int, told: Sequence[str] = ("en",)) -> dict[str, Any]:
    """Return the figures of one model: means over its runs; curves and confusions are those of the first.

    ``told`` are the languages that the slices tell apart, beside Chinese, Japanese and Korean.
    """
    first, labels = runs[0], data.test.labels
    hits = mean_of([run.hits for run in runs])
    every = {
        "accuracy": [float(run.hits.mean()) for run in runs],
        "macro_f1": [metrics.macro_f1(labels, run.guesses) for run in runs],
        "ece": [metrics.calibration_error(run.sure, run.hits) for run in runs],
    }
    found: dict[str, Any] = {name: round(float(np.mean(values)), 4) for name, values in every.items()}
    found |= {
        "accuracy_ci": metrics.mean_interval(hits, seed=seed),
        "macro_f1_ci": metrics.macro_f1_interval(labels, first.guesses, seed=seed),
        "ece_by_chance": [round(error, 4) for error in metrics.calibration_by_chance(first.sure, seed=seed)],
        "ece_uncalibrated": round(float(np.mean([_uncalibrated(run, data.test.texts) for run in runs])), 4),
        "chosen": first.told["chosen"],
        "weights": {
            part: round(float(np.mean([run.ready.weights[place] for run in runs])), 4)
            for place, part in enumerate(first.ready.model.parts)
        },
        "parts": _alone(runs, data.test),
        "fit_seconds": round(float(np.mean([run.told["fit_seconds"] for run in runs])), 2),
        "milliseconds": round(float(np.mean([run.told["milliseconds"] for run in runs])), 2),
        "seeds": {name: each_of(values) for name, values in every.items()},
        "slices": metrics.slices(data.test.texts, hits, languages=told, seed=seed),
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


def _scope(runs: Sequence[Run], seed: int) -> dict[str, Any]:
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


def difference_of(one: Sequence[Run], other: Sequence[Run], seed: int) -> dict[str, Any]:
    """Return how much more often the first model is right than the second, paired message by message."""
    first, second = (mean_of([run.hits for run in runs]) for runs in (one, other))
    return metrics.paired_bootstrap(first, second, seed=seed) | {"mcnemar": metrics.mcnemar(one[0].hits, other[0].hits)}


def _alone(runs: Sequence[Run], test: Labelled) -> dict[str, float]:
    """Return the accuracy of each opinion of a model by itself."""
    right = []
    for run in runs:
        told = np.array(run.ready.model.labels)[run.ready.model.logits(test.texts).argmax(axis=2)]
        right.append((told == run.truth).mean(axis=1))
    means = np.mean(right, axis=0).tolist()
    return {part: round(mean, 4) for part, mean in zip(runs[0].ready.model.parts, means, strict=True)}


def _uncalibrated(run: Run, texts: Sequence[str]) -> float:
    """Return the calibration error of the first opinion alone, as it was trained."""
    chances = softmax(run.ready.model.logits(texts)[0])
    told = np.array(run.ready.model.labels)[chances.argmax(axis=1)]
    return metrics.calibration_error(chances.max(axis=1), told == run.truth)
