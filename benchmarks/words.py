"""Lexical search beside rank-bm25 and bm25s over the same texts, each a query at a time, in one run, as ratios.

The texts are made from the words of the demo desk's questions, so that their frequencies are those of real ones. Both
get the same terms; the time to make them is not counted for the two.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

SIZES = (5_000, 50_000, 200_000)
QUERIES = 200
RANKED = 30
"""Queries of rank-bm25, which takes its time."""
WANTED = 20


def run() -> dict[str, Any]:
    return {"sizes": {str(size): _measured(size) for size in SIZES}}


def _measured(size: int) -> dict[str, Any]:
    import bm25s
    from rank_bm25 import BM25Okapi

    from replydesk.retrieval.words.lexical import LexicalIndex
    from replydesk.retrieval.words.terms import terms

    texts = _texts(size + QUERIES)
    texts, queries = texts[:size], texts[size:]
    began = time.perf_counter()
    index = LexicalIndex()
    index.add([f"{row:032x}" for row in range(size)], texts)
    index.search(index.query(queries[0]), WANTED)
    built = time.perf_counter()
    read = [terms(text) for text in texts]
    theirs = bm25s.BM25()
    began_theirs = time.perf_counter()
    theirs.index(read, show_progress=False)
    built_theirs = time.perf_counter()
    began_rank = time.perf_counter()
    rank = BM25Okapi(read)
    built_rank = time.perf_counter()
    ours_ms, theirs_ms, rank_ms = [], [], []
    for text in queries:
        start = time.perf_counter()
        index.search(index.query(text), WANTED)
        middle = time.perf_counter()
        theirs.retrieve([terms(text)], k=WANTED, show_progress=False)
        ours_ms.append(1000 * (middle - start))
        theirs_ms.append(1000 * (time.perf_counter() - middle))
    for text in queries[:RANKED]:
        start = time.perf_counter()
        np.argpartition(-rank.get_scores(terms(text)), WANTED)
        rank_ms.append(1000 * (time.perf_counter() - start))
    added = []
    for number in range(30):
        start = time.perf_counter()
        index.add([f"{number:0>32}"], ["one more parcel"])
        index.search(index.query("one more parcel"), WANTED)
        added.append(1000 * (time.perf_counter() - start))
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder))
        start = time.perf_counter()
        LexicalIndex.load(Path(folder))
        opened = time.perf_counter() - start
    return {
        "build_seconds": {
            "ours_with_terms": round(built - began, 2),
            "bm25s": round(built_theirs - began_theirs, 2),
            "rank-bm25": round(built_rank - began_rank, 2),
        },
        "query_ms": {"ours": _spread(ours_ms), "bm25s": _spread(theirs_ms), "rank-bm25": _spread(rank_ms)},
        "times_as_fast": {
            "bm25s": round(statistics.median(theirs_ms) / statistics.median(ours_ms), 1),
            "rank-bm25": round(statistics.median(rank_ms) / statistics.median(ours_ms), 1),
        },
        "one_more_is_found_ms": _spread(added),
        "open_ms": round(1000 * opened, 1),
    }


def _texts(count: int) -> list[str]:
    samples = resources.files("replydesk.data.samples").joinpath("conversations.en.jsonl").read_text(encoding="utf-8")
    asked = [json.loads(line)["turns"][0]["text"] for line in samples.splitlines()]
    words = [word for text in asked for word in text.split()]
    drawn = random.Random(0)
    return [
        " ".join([*drawn.choices(words, k=drawn.randint(3, 20)), f"TW-{drawn.randint(100_000, 999_999)}"])
        for _ in range(count)
    ]


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 3),
    }
