"""How many messages out of scope get an automatic answer, where nine of ten in scope do: CLINC150.

A message is answered alone where its intent is sure enough and it is familiar enough. Both lines are chosen on the
validation messages, so that ``KEPT`` of those in scope pass, and judged on the test. The model is the frozen encoder's
head with its second opinions, and with ``REPLYDESK_SCOPE_RECIPE=full`` what that recipe trains. What it said is kept in
the temporary folder. The set is read from ``$REPLYDESK_DATASETS`` and is no part of this project.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._datasets import datasets

KEPT = (0.9, 0.92, 0.95)
PARTS = ("valid", "test", "oos_valid", "oos_test")
STEPS = 41

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """From how sure on, and up to how strange, a message is answered alone."""

    least: float
    most: float

    def passed(self, arrays: Mapping[str, Floats], part: str) -> NDArray[np.bool_]:
        """Return which messages of a part are answered, shape (n,)."""
        return (arrays[f"{part}_sure"] >= self.least) & (arrays[f"{part}_strange"] <= self.most)


Way = Callable[[Mapping[str, Floats], float], Lines]


def run() -> dict[str, Any]:
    if not _set().exists():
        return {"skipped": f"There is no {_set()}; set REPLYDESK_DATASETS."}
    asked = filter(None, ("quick", os.environ.get("REPLYDESK_SCOPE_RECIPE")))
    return {"models": {recipe: measured(recipe) for recipe in dict.fromkeys(asked)}}


def measured(recipe: str) -> dict[str, Any]:
    """Return what each way to choose makes of a recipe's model."""
    path = Path(tempfile.gettempdir()) / f"replydesk-scope-{recipe}.npz"
    if not path.exists():
        said: dict[str, Any] = _said(recipe)
        np.savez(path, **said)
    with np.load(path) as held:
        arrays = {name: held[name] for name in held.files}
    return {
        "messages": {part: len(arrays[f"{part}_sure"]) for part in PARTS},
        "accuracy": round(float(arrays["test_right"].mean()), 4),
        "kept": {
            str(kept): {name: judged(arrays, choose(arrays, kept)) for name, choose in WAYS.items()} for kept in KEPT
        },
    }


def way_alone(name: str) -> Way:
    """Return the choice of one line: the sure or the familiar ones of the share that is wanted pass."""

    def choose(arrays: Mapping[str, Floats], kept: float) -> Lines:
        if name == "sure":
            return Lines(float(np.quantile(arrays["valid_sure"], 1 - kept, method="lower")), np.inf)
        return Lines(0.0, float(np.quantile(arrays["valid_strange"], kept, method="higher")))

    return choose


def both(arrays: Mapping[str, Floats], kept: float) -> Lines:
    """Return the two lines, of all that let the share pass, that let the fewest validation messages outside pass.

    The share that the line of strangeness lets pass goes up from ``kept`` in steps; the other line takes the rest.
    """
    sure, strange = arrays["valid_sure"], arrays["valid_strange"]
    best, lines = np.inf, Lines(0.0, np.inf)
    for share in np.linspace(kept, 1.0, STEPS):
        most = float(np.quantile(strange, share, method="higher"))
        left = np.sort(sure[strange <= most])[::-1]
        least = float(left[int(np.ceil(kept * len(sure))) - 1])
        found = Lines(least, most)
        if (passed := found.passed(arrays, "oos_valid").mean()) < best:
            best, lines = passed, found
    return lines


def judged(arrays: Mapping[str, Floats], lines: Lines) -> dict[str, Any]:
    """Return what lines make of validation and of the test."""
    told: dict[str, Any] = {"sure_from": round(lines.least, 4)}
    told["strange_to"] = round(lines.most, 4) if np.isfinite(lines.most) else None
    for part in ("valid", "test"):
        inside = lines.passed(arrays, part)
        told[part] = {
            "out_of_scope_answered": round(float(lines.passed(arrays, f"oos_{part}").mean()), 4),
            "in_scope_answered": round(float(inside.mean()), 4),
            "in_scope_answered_rightly": round(float((inside & (arrays[f"{part}_right"] > 0)).mean()), 4),
        }
    return told


def _set() -> Path:
    return datasets() / "clinc150_oos" / "data_full.json"


def _said(recipe: str) -> dict[str, Any]:
    """Return for each part how sure and how strange its messages are and, in scope, whether the intent is right."""
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.encoders.tuning import Labelled
    from replydesk.finetune.evaluation.intent_data import IntentData
    from replydesk.finetune.evaluation.intent_runs import cheap_run, tuned_run
    from replydesk.finetune.evaluation.models import Opinions, fit_vectors
    from replydesk.finetune.recipe import Recipe
    from replydesk.retrieval.encoders.encoders import Encoders
    from replydesk.retrieval.encoders.remembering import RememberingEncoder

    document = json.loads(_set().read_text(encoding="utf-8"))

    def rows(part: str) -> Labelled:
        return Labelled(*(tuple(column) for column in zip(*document[part], strict=True)))

    data = IntentData(rows("train"), rows("test"), rows("val"), rows("oos_val").texts, rows("oos_test").texts)
    asked = Recipe.find(recipe)
    encoders = Encoders(RetrievalSettings())
    assert data.valid is not None
    if asked.encoder.tune:
        base = encoders.bert("en")
        assert base is not None, "English is read by a BERT"
        second = encoders.beside("en") if asked.head.beside else None
        ready = tuned_run(base, data, asked, "en", lambda line: print(line, flush=True), second=second).ready
    else:
        opinions = Opinions(RememberingEncoder(encoders.of("en")), "en", asked.seed)
        fit = fit_vectors(opinions, asked.head.strengths, alone=False)
        ready = cheap_run(fit, data, [(data.train, data.valid)], asked).ready
    found: dict[str, Any] = {}
    for part, texts, labels in (
        ("valid", data.valid.texts, data.valid.labels),
        ("test", data.test.texts, data.test.labels),
        ("oos_valid", data.oos_valid, ()),
        ("oos_test", data.oos_test, ()),
    ):
        chances = ready.probabilities(texts)
        highest = chances.max(axis=1)
        guesses = [ready.model.labels[place] for place in chances.argmax(axis=1)]
        found[f"{part}_sure"] = highest
        found[f"{part}_strange"] = ready.strangeness(texts, highest)
        found[f"{part}_right"] = np.array([one == other for one, other in zip(guesses, labels, strict=False)])
    return found


WAYS: dict[str, Way] = {"familiar": way_alone("strange"), "sure": way_alone("sure"), "both": both}
