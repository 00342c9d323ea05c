"""Whether a cross-encoder that learns from few pairs ranks better than meaning and words, on data that are no test set.

For each set the reranker of ``fit_reranker`` learns from seven tenths of the pairs, stops by one, and is judged by two.
Sets whose second texts stand in the corpus judge new questions about known texts; the others, texts that nothing was
learned from. ``banking_cropped`` has no real pairs: pieces of the texts ask, and ``real_questions`` judges.
``BENCHMARK_QUESTIONS`` says how many questions are learned from, ``BENCHMARK_SETS`` which sets are tried. The public
datasets are read from ``REPLYDESK_DATASETS``.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

QUESTIONS = 800


def run() -> dict[str, Any]:
    questions = int(os.environ.get("BENCHMARK_QUESTIONS", QUESTIONS))
    wanted = os.environ.get("BENCHMARK_SETS", "").split(",") if os.environ.get("BENCHMARK_SETS") else list(SETS)
    figures = {}
    for name in wanted:
        figures[name] = one(name, questions)
        print(name, json.dumps(figures[name]), flush=True)
    return {"questions": questions, "sets": figures}


def one(name: str, questions: int) -> dict[str, Any]:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.evaluation.retrieval_models import first_stage
    from replydesk.finetune.matching.reranker_pairs import fit_reranker
    from replydesk.finetune.recipe import QUICK
    from replydesk.retrieval.encoders.encoders import Encoders

    pairs, corpus, real = SETS[name](round(questions / 0.7))
    encoders = Encoders(RetrievalSettings())
    base = encoders.bert("en")
    assert base is not None
    first = first_stage(encoders.of("en"), "en")
    recipe = replace(
        QUICK,
        reranker=replace(
            QUICK.reranker,
            questions=questions,
            training=replace(QUICK.reranker.training, epochs=int(os.environ.get("BENCHMARK_EPOCHS", 1))),
        ),
    )
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        fitted, notes = fit_reranker(pairs, corpus, first, recipe, base, Path(folder))
        notes["seconds"] = round(time.perf_counter() - began)
        if fitted is not None and real:
            notes["real_questions"] = on_real(fitted, first, corpus, real)
    return notes


def on_real(fitted: Any, first: Any, corpus: list[str], real: list[tuple[str, str]]) -> dict[str, Any]:
    """Return MRR and P@1 of the best ten on questions that are no pieces."""
    ranks: dict[str, list[float]] = {"before": [], "after": []}
    for (question, text), line in zip(real, first([question for question, _ in real], corpus), strict=True):
        best = np.argsort(-line)[:10]
        texts = [corpus[place] for place in best]
        for side, scores in (("before", line[best]), ("after", fitted.scores(question, texts, line[best]))):
            order = [texts[place] for place in np.argsort(-np.asarray(scores), kind="stable")]
            ranks[side].append(1 / (1 + order.index(text)) if text in order else 0.0)
    return {
        side: {"mrr": round(float(np.mean(found)), 4), "p1": round(float(np.mean([rank == 1 for rank in found])), 4)}
        for side, found in ranks.items()
    }


def cropped(corpus: list[str], seed: int, *, copies: int = 8) -> list[tuple[str, str]]:
    """Return pairs of a piece of a text, four to seven tenths of its words in their order, and the text."""
    draw = np.random.default_rng(seed)
    pairs = []
    for text in corpus:
        words = text.split()
        for _ in range(copies if len(words) >= 4 else 0):
            count = max(2, round(len(words) * draw.uniform(0.4, 0.7)))
            kept = np.sort(draw.permutation(len(words))[:count])
            pairs.append((" ".join(words[place] for place in kept), text))
    return pairs


Loaded = tuple[list[tuple[str, str]], list[str], list[tuple[str, str]]]


def faq(rows: list[tuple[str, str]], count: int) -> Loaded:
    """Return one text an intent as the corpus, the others as questions that it answers, and 300 more of these."""
    random.Random(1).shuffle(rows)
    corpus: dict[str, str] = {}
    pairs = []
    for text, intent in rows:
        if intent in corpus:
            pairs.append((text, corpus[intent]))
        else:
            corpus[intent] = text
    return pairs[:count], list(corpus.values()), pairs[count : count + 300]


def folder() -> Path:
    from benchmarks._datasets import datasets

    return datasets()


def banking(count: int) -> Loaded:
    with (folder() / "banking77" / "train.csv").open(encoding="utf-8", newline="") as lines:
        return faq([(row["text"], row["category"]) for row in csv.DictReader(lines)], count)


def clinc(count: int) -> Loaded:
    found = json.loads((folder() / "clinc150_oos" / "data_full.json").read_text(encoding="utf-8"))
    return faq([(text, intent) for text, intent in found["val"]], count)


def banking_other_texts(count: int) -> Loaded:
    pairs, _, _ = banking(count)
    return pairs, [], []


def banking_cropped(count: int) -> Loaded:
    _, corpus, real = banking(count)
    return cropped(corpus, 0), corpus, real


def tweetsumm(count: int) -> Loaded:
    lines = (folder() / "prepared" / "tweetsumm_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["split"] == "train" and row["first_reply"]]
    pairs = [(bare(row["context"][-1]), bare(row["reply"])) for row in rows]
    return pairs[:count], [], []


def bare(text: str) -> str:
    """Return a tweet without the ids and links that give the pairing away."""
    return " ".join(re.sub(r"@\w+|https?://\S+", " ", text).split())


SETS = {
    "banking": banking,
    "clinc": clinc,
    "banking_other_texts": banking_other_texts,
    "banking_cropped": banking_cropped,
    "tweetsumm": tweetsumm,
}
