"""What each feature adds to the score of a hit: right best hits, log loss and calibration error on unseen customers.

The demo desk in both languages and, where ``REPLYDESK_DATASETS`` is, the training part of TweetSumm. The messages are
cut in five by their owners; the scorer of four parts judges the fifth. Nothing here is a test set.
"""

from __future__ import annotations

import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

FOLDS = 5
CHOICES = {
    "vectors": ("similarity",),
    "words": ("lexical",),
    "both": ("similarity", "lexical", "told", "overlap", "thin"),
    "both and intent": ("similarity", "lexical", "told", "overlap", "thin", "intent", "unfamiliar"),
    "all": None,
}


def run() -> dict[str, Any]:
    from benchmarks._datasets import datasets

    figures: dict[str, Any] = {}
    with resources.as_file(resources.files("replydesk.data.samples")) as samples:
        names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
        figures |= _desk("demo", [samples / name for name in names])
    tweets = datasets() / "prepared" / "tweetsumm_dialogs.jsonl"
    if tweets.exists():
        with tempfile.TemporaryDirectory() as folder:
            learned = Path(folder) / "train.jsonl"
            lines = tweets.read_text(encoding="utf-8").splitlines()
            learned.write_text("\n".join(line for line in lines if json.loads(line)["split"] == "train"))
            figures |= _desk("tweetsumm", [learned])
    return {"folds": FOLDS, "desks": figures}


def _desk(name: str, paths: list[Path]) -> dict[str, Any]:
    from replydesk.data.home import Home
    from replydesk.finetune.collecting import collect
    from replydesk.finetune.matching.scorer import find_candidates
    from replydesk.finetune.recipe import QUICK
    from replydesk.finetune.retrain import Workshop
    from replydesk.finetune.train import read_unseen

    found = {}
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Home(Path(folder)))
        workshop.import_exports(paths)
        for material in collect(workshop.store, workshop.encoders, workshop.settings)[0]:
            _, _, queries = read_unseen(material, QUICK)
            candidates = find_candidates(queries, material, QUICK.candidates)
            found[f"{name} {'+'.join(material.languages)}"] = compared(candidates, queries.examples.groups)
    return found


def compared(found: Any, groups: tuple[str, ...]) -> dict[str, Any]:
    """Return for each choice of features how good its best hits are, on owners that its scorer has not seen."""
    from replydesk.data.records import content_id
    from replydesk.finetune.evaluation.metrics import calibration_error
    from replydesk.finetune.matching.scorer import fit_rows
    from replydesk.retrieval.calibration import FEATURES

    fold = np.array([int(content_id(groups[q])[:8], 16) % FOLDS for q in found.query_of.tolist()])
    figures: dict[str, Any] = {"messages": len(set(found.query_of.tolist()))}
    for name, chosen in CHOICES.items():
        kept = [chosen is None or feature in chosen for feature in FEATURES]
        rows = np.where(kept, found.rows, 0.0)
        scores, right = [], []
        for part in range(FOLDS):
            learn, judge = fold != part, fold == part
            scorer = fit_rows(rows[learn], found.right[learn], found.query_of[learn])
            mine = scorer.probabilities(rows[judge])
            best: dict[int, int] = {}
            for place, query in enumerate(found.query_of[judge].tolist()):
                if query not in best or mine[place] > mine[best[query]]:
                    best[query] = place
            scores += mine[list(best.values())].tolist()
            right += found.right[judge][list(best.values())].tolist()
        p, y = np.clip(np.array(scores), 1e-9, 1 - 1e-9), np.array(right)
        figures[name] = {
            "right_best_hits": round(float(y.mean()), 4),
            "log_loss": round(float(-np.where(y, np.log(p), np.log(1 - p)).mean()), 4),
            "calibration_error": round(calibration_error(p, y), 4),
        }
    return figures
