"""What the vector index costs against its size: to build, open, keep, search and change; and what it finds.

Real texts are encoded: 10,000 customers' messages from the folder in ``REPLYDESK_DATASETS``, or the demo's tickets
where there is none. 500 of them are the queries. The others are made as many as are wanted: each vector is one of
them, moved up to half the way to another one, with noise a quarter as long. So no query is a variant of what is there.

``BENCHMARK_SIZES=1000,10000`` chooses other sizes; ``BENCHMARK_HUGE=1`` adds 10,000,000.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

SIZES = (1_000, 10_000, 100_000, 200_000, 1_000_000)
TEXTS = 10_000
QUERIES = 500
_CHUNK = 50_000


def run() -> dict[str, Any]:
    sizes = [int(size) for size in os.environ.get("BENCHMARK_SIZES", "").split(",") if size] or list(SIZES)
    if os.environ.get("BENCHMARK_HUGE"):
        sizes.append(10_000_000)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        texts = real_texts()
        np.save(Path(folder) / "real.npy", encoded(texts))
        for size in sizes:
            figures[str(size)] = apart("build", folder, size) | apart("use", folder, size)
    return {"texts": len(texts), "queries": QUERIES, "sizes": figures}


def real_texts() -> list[str]:
    """Return different texts of customers, always the same ones in the same order."""
    from benchmarks.near_duplicates import datasets, pools

    if (datasets() / "prepared").is_dir():
        found = set(pools()["en question"])
        with (datasets() / "banking77" / "train.csv").open(encoding="utf-8", newline="") as lines:
            found.update(row["text"] for row in csv.DictReader(lines))
    else:
        from importlib import resources

        samples = resources.files("replydesk.data.samples")
        lines = (samples / "conversations.en.jsonl").read_text(encoding="utf-8").splitlines()
        found = {message["text"] for line in lines for message in json.loads(line)["messages"]}
    ordered = sorted(found)
    random.Random(0).shuffle(ordered)
    return ordered[:TEXTS]


def encoded(texts: list[str]) -> Any:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.retrieval.encoder import load_encoder

    settings = RetrievalSettings()
    encoder = load_encoder(settings.english_encoder, settings)
    return np.concatenate([encoder.encode(texts[start : start + 500]) for start in range(0, len(texts), 500)])


def apart(what: str, folder: str, size: int) -> dict[str, Any]:
    """Run a function of this module in a process of its own, whose memory is its own."""
    command = [sys.executable, "-c", f"from benchmarks.vectors import {what}; {what}({folder!r}, {size})"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def split(folder: Path) -> tuple[Any, Any]:
    """Return the queries and the vectors that others are made of."""
    real = np.load(folder / "real.npy", allow_pickle=False)
    queries = min(QUERIES, len(real) // 2)
    return real[:queries], real[queries:]


def made(source: Any, size: int) -> Any:
    """Return ``size`` unit vectors in the neighbourhood of real ones, and between them."""
    draw = np.random.default_rng(size)
    out = np.empty((size, source.shape[1]), dtype=np.float32)
    for start in range(0, size, _CHUNK):
        count = min(_CHUNK, size - start)
        one, other = (source[draw.integers(0, len(source), count)] for _ in range(2))
        part = one + draw.uniform(0, 0.5, (count, 1)).astype(np.float32) * (other - one)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        part += draw.standard_normal(part.shape, dtype=np.float32) * np.float32(0.25 / part.shape[1] ** 0.5)
        out[start : start + count] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return out


def build(folder: str, size: int) -> None:
    import faiss

    from replydesk.data.records import content_id
    from replydesk.retrieval.index import FaissIndex

    home = Path(folder)
    queries, source = split(home)
    vectors = made(source, size)
    keys = [content_id(str(number)) for number in range(size)]
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    truth = exact.search(queries, 10)[1]
    index = FaissIndex("benchmark", vectors.shape[1])
    began = time.perf_counter()
    index.add(keys, vectors)
    index.train()
    built = time.perf_counter() - began
    began = time.perf_counter()
    index.save(home / str(size))
    saved = time.perf_counter() - began
    found = index.search(queries, 10)
    hits = [
        len({name for name, _ in line} & {keys[row] for row in rows}) for line, rows in zip(found, truth, strict=True)
    ]
    times: tuple[list[float], list[float]] = ([], [])
    # In turn, but some at a time: one exact search empties the caches of the processor.
    for start in range(0, min(100, len(queries)), 20):
        for spent, search in zip(times, (index.search, exact.search), strict=True):
            for query in queries[start : start + 20]:
                began = time.perf_counter()
                search(query[None], 10)
                spent.append(time.perf_counter() - began)
    ours, theirs = map(statistics.median, times)
    tuned = index.compressed
    figures = {
        "kind": f"{tuned.probes} lists, {tuned.pool} candidates" if tuned else "exact",
        "build_seconds": round(built, 2),
        "save_seconds": round(saved, 2),
        "disk_mb": round(sum(path.stat().st_size for path in (home / str(size)).iterdir()) / 2**20),
        "recall_at_10": round(sum(hits) / (10 * len(queries)), 4),
        "exact_ms": round(1000 * theirs, 3),
        "times_as_fast_as_exact": round(theirs / ours, 1),
    }
    print(json.dumps(figures))


def peak_mb() -> int:
    """Return the most memory that this process ever had, what it maps from files included."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells begins with the size of the parent.
        found = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(found["VmHWM"].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def use(folder: str, size: int) -> None:
    from replydesk.data.records import content_id
    from replydesk.retrieval.index import FaissIndex

    home = Path(folder)
    queries, _ = split(home)
    began = time.perf_counter()
    index = FaissIndex.load(home / str(size), "benchmark")
    opened = time.perf_counter() - began
    spent = []
    for query in [*queries[:50], *queries]:
        began = time.perf_counter()
        index.search(query[None], 10)
        spent.append(1000 * (time.perf_counter() - began))
    spent = sorted(spent[50:])
    memory = peak_mb()
    added, removed = [], []
    for number, query in enumerate(queries[:100]):
        key = content_id(f"new {number}")
        began = time.perf_counter()
        index.add([key], query[None])
        seen = index.search(query[None], 1)[0][0][0] == key
        added.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        index.remove([key])
        gone = index.search(query[None], 1)[0][0][0] != key
        removed.append(1000 * (time.perf_counter() - began))
        assert seen and gone
    figures = {
        "open_seconds": round(opened, 2),
        "memory_mb": memory,
        "search_ms": {"p50": round(statistics.median(spent), 3), "p99": round(spent[int(0.99 * len(spent))], 3)},
        "added_and_found_ms": {"p50": round(statistics.median(added), 3), "worst": round(max(added), 3)},
        "removed_and_gone_ms": {"p50": round(statistics.median(removed), 3), "worst": round(max(removed), 3)},
    }
    print(json.dumps(figures))
