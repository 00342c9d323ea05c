"""Words, meaning and both on labelled data: ``replydesk evaluate retrieval`` on the sets that are there.

The sets are read from ``$REPLYDESK_DATASETS`` and are no part of this project. Run as a module of its own, with a
folder, this only writes them there as the files that the command reads. Weights were chosen on other sets;
docs/why/words-and-meaning.md keeps what was tried.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._datasets import datasets

Rows = list[dict[str, Any]]


def run() -> dict[str, Any]:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.evaluation.retrieval import evaluate_retrieval
    from replydesk.finetune.evaluation.retrieval_data import RetrievalData
    from replydesk.retrieval.encoders.encoders import Encoders

    encoders = Encoders(RetrievalSettings())
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in converted(Path(folder)):
            data = RetrievalData.read(Path(folder) / f"{name}.corpus.jsonl", Path(folder) / f"{name}.queries.jsonl")
            results[name] = evaluate_retrieval(data, encoders)
    return {"sets": results}


def converted(folder: Path) -> list[str]:
    """Write corpus and queries of every set that is there, and return their names."""
    given = datasets()
    found = {}
    if (given / "covid_faq").exists():
        found["covid_faq"] = _covid(given / "covid_faq" / "query_answer_pairs.json")
    for part in ("dev", "test"):
        if (path := given / "prepared" / f"jddc_retrieval_{part}.jsonl").exists():
            found[f"jddc_{part}"] = _jddc(path)
    if (path := given / "prepared" / "jddc_retrieval_dev.jsonl").exists():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _jddc_pairs(path))
        (folder / "jddc_dev.pairs.jsonl").write_text(text, encoding="utf-8")
    for name, (corpus, queries) in found.items():
        for kind, rows in (("corpus", corpus), ("queries", queries)):
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{name}.{kind}.jsonl").write_text(text, encoding="utf-8")
    if not found:
        print(f"No data in {given}: set REPLYDESK_DATASETS.", file=sys.stderr)
    return list(found)


def _covid(path: Path) -> tuple[Rows, Rows]:
    """Return 67 FAQ questions, the first of each answer, and 1,387 queries of users."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    corpus: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["query_type"] == "faq":
            corpus.setdefault(row["answer"].strip(), {"id": row["id"], "text": row["question"].strip()})
    asked = [row for row in rows if row["query_type"] != "faq"]
    queries = [{"text": row["question"], "relevant": [corpus[row["answer"].strip()]["id"]]} for row in asked]
    return list(corpus.values()), queries


def _jddc(path: Path) -> tuple[Rows, Rows]:
    """Return utterances, and each as a query for those of its topic among its candidates."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    corpus = [{"id": str(row["id"]), "text": row["text"]} for row in rows]
    there = {row["id"] for row in corpus}
    queries = []
    for row in rows:
        relevant, others = ([str(key) for key in row[name] if str(key) in there] for name in ("pos", "neg"))
        if relevant:
            queries.append({"text": row["text"], "relevant": relevant, "candidates": relevant + others})
    return corpus, queries


def _jddc_pairs(path: Path) -> Rows:
    """Return every utterance with the others of its topic that it is given."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {row["id"]: row["text"] for row in rows}
    return [{"a": row["text"], "b": texts[key]} for row in rows for key in row["pos"] if key in texts]


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    print(*converted(Path(sys.argv[1])))
