"""Answer matching on TweetSumm: ``replydesk evaluate matching`` on the openings of its dialogues.

The set is read from ``$REPLYDESK_DATASETS`` and is no part of this project (it is non-commercial: for measuring
only). Run as a module of its own, with a folder, this only writes the files that the command reads: every beginning of
a training dialogue teaches, and the openings of the validation and test dialogues judge. ``chosen`` files part the
training dialogues alone, and are what settings are chosen on. docs/why/matching.md keeps what was tried.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._datasets import datasets

Rows = list[dict[str, Any]]

_IDS = re.compile(r"@\w+|https?://\S+")
_HELD = 220


def run() -> dict[str, Any]:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.evaluation.matching import MatchData, evaluate_matching
    from replydesk.retrieval.encoders.encoders import Encoders

    with tempfile.TemporaryDirectory() as folder:
        converted(Path(folder))
        data = MatchData.read(Path(folder) / "train.jsonl", Path(folder) / "test.jsonl")
        return evaluate_matching(data, Encoders(RetrievalSettings()))


def converted(folder: Path) -> None:
    """Write ``train``, ``test``, ``chosen.train`` and ``chosen.test`` as JSONL files of contexts and replies."""
    import numpy as np

    path = datasets() / "prepared" / "tweetsumm_pairs.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    train = [row for row in rows if row["split"] == "train"]
    names = sorted({row["dialog"] for row in train})
    held = set(np.random.default_rng(1).permutation(names)[:_HELD].tolist())
    parts = {
        "train": train,
        "test": [row for row in rows if row["split"] != "train" and row["first_reply"]],
        "chosen.train": [row for row in train if row["dialog"] not in held],
        "chosen.test": [row for row in train if row["dialog"] in held and row["first_reply"]],
    }
    for name, chosen in parts.items():
        lines = [json.dumps(_pair(row), ensure_ascii=False) + "\n" for row in chosen]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    turns = [plain(turn) for turn in row["context"]]
    return {"context": [*turns[:-1], turns[-1] or "?"], "reply": plain(row["reply"]) or "?"}


def plain(text: str) -> str:
    """Return a text without names and links: they would tell who belongs to whom."""
    return " ".join(_IDS.sub(" ", text).split())


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    converted(Path(sys.argv[1]))
