"""Whether the promise holds: BANKING77, calibrated on 1,000 messages, judged on the rest, many times over.

The confidence is that of the frozen encoder's classifier, and right is the right one of 77 intents. What it said of the
test messages is kept in the temporary folder, so that trying another bound reads no text again. The set is read from
``$REPLYDESK_DATASETS`` and is no part of this project.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.evidence import LEVELS, Evidence
from replydesk.dialog.promise import DELTA, STANDARD, lowest_level
from replydesk.finetune.matching.risk import conformal_level, counted_level

CALIBRATED = 1000
RESAMPLES = 200
PLAIN = 0.7

Floats = NDArray[np.float64]
Rights = NDArray[np.bool_]
Counts = NDArray[np.int_]
Chooser = Callable[[Counts, Counts, int, float], "int | None"]

# Each takes how many reach each level, how many of these are wrong, how many there are, and what is allowed.
CHOOSERS: dict[str, Chooser] = {
    "promise": lambda n, wrong, _total, most: lowest_level(n, wrong, most, DELTA),
    "one start": lambda n, wrong, _total, most: lowest_level(n, wrong, most, DELTA, starts=(0,)),
    "conformal": conformal_level,
    "counted": lambda n, wrong, _total, most: counted_level(n, wrong, most),
}


def run() -> dict[str, Any]:
    if not (_folder() / "train.csv").exists():
        return {"skipped": f"There is no {_folder()}; set REPLYDESK_DATASETS."}
    sure, right = confidences()
    return {
        "messages": len(sure),
        "accuracy": round(float(right.mean()), 4),
        "calibrated_on": CALIBRATED,
        "resamples": RESAMPLES,
        "delta": DELTA,
        "plain": _plain(sure, right),
        "levels": {str(most): resampled(sure, right, most) for most in STANDARD},
    }


def resampled(sure: Floats, right: Rights, most: float) -> dict[str, Any]:
    """Return for each way to choose a threshold how often it kept the promise on messages it had not seen."""
    rng = np.random.default_rng(0)
    told: dict[str, list[tuple[float, float, float]]] = {name: [] for name in CHOOSERS}
    for _ in range(RESAMPLES):
        order = rng.permutation(len(sure))
        seen, rest = order[:CALIBRATED], order[CALIBRATED:]
        evidence = Evidence.of(sure[seen], right[seen])
        n, wrong = evidence.answered
        for name, choose in CHOOSERS.items():
            level = choose(n, wrong, CALIBRATED, most)
            alone = sure[rest] >= (LEVELS[level] if level is not None else 2.0)
            error = float((~right[rest][alone]).mean()) if alone.any() else 0.0
            told[name].append((float(alone.mean()), error, float(error <= most)))
    found = {}
    for name, rows in told.items():
        coverage, error, kept = np.array(rows).T
        found[name] = {
            "kept": round(float(kept.mean()), 4),
            "coverage": round(float(coverage.mean()), 4),
            "error": round(float(error.mean()), 4),
            "error_q95": round(float(np.quantile(error, 0.95)), 4),
            "no_promise": round(float((coverage == 0).mean()), 4),
        }
    return found


def _plain(sure: Floats, right: Rights) -> dict[str, float]:
    alone = sure >= PLAIN
    return {
        "threshold": PLAIN,
        "coverage": round(float(alone.mean()), 4),
        "error": round(float((~right[alone]).mean()), 4),
    }


def confidences() -> tuple[Floats, Rights]:
    """Return how sure the frozen classifier is of each test message of BANKING77, and whether it is right."""
    kept = Path(tempfile.gettempdir()) / "replydesk-promise-banking77.npz"
    if not kept.exists():
        sure, right = _judged()
        np.savez(kept, sure=sure, right=right)
    with np.load(kept) as held:
        return held["sure"].astype(np.float64), held["right"].astype(bool)


def _judged() -> tuple[Floats, Rights]:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.evaluation.intent_data import IntentData
    from replydesk.finetune.evaluation.intent_runs import cheap_run
    from replydesk.finetune.evaluation.models import Opinions, fit_vectors
    from replydesk.finetune.evaluation.rows import folds_of
    from replydesk.finetune.recipe import QUICK
    from replydesk.retrieval.encoders.encoder import Encoders, RememberingEncoder

    data = IntentData.read(_folder() / "train.csv", _folder() / "test.csv")
    encoder = RememberingEncoder(Encoders(RetrievalSettings()).of("en"))
    folds = folds_of(data.train, 0.15, QUICK.seed)
    found = cheap_run(
        fit_vectors(Opinions(encoder, "en", QUICK.seed), sorted(QUICK.head.strengths), alone=True), data, folds, QUICK
    )
    return found.sure, found.hits


def _folder() -> Path:
    return Path(os.environ.get("REPLYDESK_DATASETS", "../shared/datasets")) / "banking77"
