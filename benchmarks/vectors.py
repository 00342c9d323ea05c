"""What the vector index costs against its size: to build, open, keep, search and change; and what it finds.

Real texts are encoded: 10,000 customers' messages from the folder in ``REPLYDESK_DATASETS``, or the demo's tickets
where there is none. 500 of them are the queries. The others are made as many as are wanted: each vector is one of
them, moved up to half the way to another one, with noise a quarter as long. So no query is a variant of what is there.

Building, serving and comparing are processes of their own, so the memory of one is its own. Times are compared with
exact search in turn, in one process.

``BENCHMARK_SIZES=1000,10000`` chooses other sizes; ``BENCHMARK_HUGE=1`` adds 10,000,000. With ``BENCHMARK_KEEP=FOLDER``
what was built stays there, and is not built again.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SIZES = (1_000, 10_000, 100_000, 200_000, 1_000_000)
HUGE = 10_000_000
TEXTS = 10_000
QUERIES = 500
_CHUNK = 50_000
_COMPARED = 2_000_000
"""From so many vectors on, all of them as they are would not fit beside the index."""


def run() -> dict[str, Any]:
    sizes = [int(size) for size in os.environ.get("BENCHMARK_SIZES", "").split(",") if size] or list(SIZES)
    if os.environ.get("BENCHMARK_HUGE"):
        sizes.append(HUGE)
    figures: dict[str, Any] = {}
    keep = os.environ.get("BENCHMARK_KEEP")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "real.npy").exists():
            np.save(folder / "real.npy", encoded(real_texts()))
        texts = len(np.load(folder / "real.npy", mmap_mode="r"))
        for size in sizes:
            figures[str(size)] = {}
            for what in ("build", "use", "compare"):
                figures[str(size)] |= apart(what, str(folder), size)
    return {"texts": texts, "queries": QUERIES, "sizes": figures}


def real_texts() -> list[str]:
    """Return different texts of customers, always the same ones in the same order."""
    from benchmarks._datasets import datasets
    from benchmarks.near_duplicates import pools

    if (datasets() / "prepared").is_dir():
        found = set(pools()["en question"])
        with (datasets() / "banking77" / "train.csv").open(encoding="utf-8", newline="") as lines:
            found.update(row["text"] for row in csv.DictReader(lines))
    else:
        from importlib import resources

        samples = resources.files("replydesk.data.samples")
        lines = (samples / "conversations.en.jsonl").read_text(encoding="utf-8").splitlines()
        found = {message["text"] for line in lines for message in json.loads(line)["turns"]}
    ordered = sorted(found)
    random.Random(0).shuffle(ordered)
    return ordered[:TEXTS]


def encoded(texts: list[str]) -> Any:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.retrieval.encoders.encoders import load_encoder

    settings = RetrievalSettings()
    encoder = load_encoder(settings.english_encoder, settings)
    return np.concatenate([encoder.encode(texts[start : start + 500]) for start in range(0, len(texts), 500)])


def apart(what: str, folder: str, size: int, module: str = "vectors") -> dict[str, Any]:
    """Run a function of a benchmark in a process of its own, whose memory is its own."""
    code = f"import json; from benchmarks.{module} import {what}; print(json.dumps({what}({folder!r}, {size})))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def split(folder: Path) -> tuple[Any, Any]:
    """Return the queries and the vectors that others are made of."""
    real = np.load(folder / "real.npy", allow_pickle=False)
    queries = min(QUERIES, len(real) // 2)
    return real[:queries], real[queries:]


def made(source: Any, size: int) -> Iterator[Any]:
    """Yield ``size`` unit vectors, some at a time, in the neighbourhood of real ones and between them."""
    draw = np.random.default_rng(size)
    for start in range(0, size, _CHUNK):
        count = min(_CHUNK, size - start)
        one, other = (source[draw.integers(0, len(source), count)] for _ in range(2))
        part = one + draw.uniform(0, 0.5, (count, 1)).astype(np.float32) * (other - one)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        part += draw.standard_normal(part.shape, dtype=np.float32) * np.float32(0.25 / part.shape[1] ** 0.5)
        yield part / np.linalg.norm(part, axis=1, keepdims=True)


def keys_for(size: int) -> Any:
    """Return so many ticket ids, shape (size, 16)."""
    return np.random.default_rng(7).integers(0, 256, (size, 16), dtype=np.uint8)


def build(folder: str, size: int) -> dict[str, Any]:
    from replydesk.retrieval.vectors.index import FaissIndex

    home, known = Path(folder), Path(folder) / f"build-{size}.json"
    if known.exists():
        figures: dict[str, Any] = json.loads(known.read_text())
        return figures
    _, source = split(home)
    keys = keys_for(size)
    spent = 0.0

    def parts() -> Iterator[Any]:
        # Making them is not part of it.
        nonlocal spent
        began = time.perf_counter()
        for part in made(source, size):
            spent += time.perf_counter() - began
            yield part
            began = time.perf_counter()

    began = time.perf_counter()
    index = FaissIndex.bulk("benchmark", source.shape[1], keys, parts())
    built, memory = time.perf_counter() - began - spent, peak_mb()
    began = time.perf_counter()
    index.save(home / str(size))
    saved = time.perf_counter() - began
    tuned = index.compressed
    figures = {
        "kind": f"lists within {tuned.margin}, {tuned.pool} candidates" if tuned else "exact",
        "build_seconds": round(built, 2),
        "build_memory_mb": memory,
        "save_seconds": round(saved, 2),
        "disk_mb": round(sum(path.stat().st_size for path in (home / str(size)).iterdir()) / 2**20),
    }
    known.write_text(json.dumps(figures))
    return figures


def nearest(folder: Path, queries: Any, source: Any, size: int) -> Any:
    """Return the rows of the ten nearest of each query by exact search, some vectors at a time."""
    import faiss

    known = folder / f"nearest-{size}.npy"
    if not known.exists():
        heap = faiss.ResultHeap(len(queries), 10, keep_max=True)
        for number, part in enumerate(made(source, size)):
            cosines, rows = faiss.knn(queries, part, 10, faiss.METRIC_INNER_PRODUCT)
            heap.add_result(cosines, rows + number * _CHUNK)
        heap.finalize()
        np.save(known, heap.I)
    return np.load(known)


def compare(folder: str, size: int) -> dict[str, Any]:
    """Measure what is found, and the time beside that of exact search."""
    import faiss

    from replydesk.retrieval.vectors.index import FaissIndex

    home = Path(folder)
    queries, source = split(home)
    keys = keys_for(size)
    index = FaissIndex.load(home / str(size), "benchmark")
    found = [{name for name, _ in line} for line in index.search(queries, 10)]
    wanted = [{keys[row].tobytes().hex() for row in line} for line in nearest(home, queries, source, size)]
    hits = sum(len(one & other) for one, other in zip(found, wanted, strict=True))
    figures: dict[str, Any] = {"recall_at_10": round(hits / (10 * len(queries)), 4)}
    if size > _COMPARED:
        return figures
    exact = faiss.IndexFlatIP(source.shape[1])
    for part in made(source, size):
        exact.add(part)
    times: tuple[list[float], list[float]] = ([], [])
    # In turn, but some at a time: one exact search empties the caches of the processor.
    for start in range(0, len(queries), 25):
        for spent, search, many in zip(times, (index.search, exact.search), (25, 5), strict=True):
            for query in queries[start : start + many]:
                began = time.perf_counter()
                search(query[None], 10)
                spent.append(1000 * (time.perf_counter() - began))
    ours, theirs = map(spread, times)
    return figures | {
        "beside_exact_ms": ours,
        "exact_ms": theirs,
        "times_as_fast_as_exact": round(theirs["p50"] / ours["p50"], 1),
        "times_as_fast_at_p99": round(theirs["p99"] / ours["p99"], 1),
    }


def spread(times: list[float]) -> dict[str, float]:
    """Return the median and the 99th percentile."""
    return {"p50": round(statistics.median(times), 3), "p99": round(sorted(times)[int(0.99 * len(times))], 3)}


def peak_mb() -> int:
    """Return the most memory that this process ever had, what it maps from files included."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells begins with the size of the parent.
        found = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(found["VmHWM"].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def use(folder: str, size: int) -> dict[str, Any]:
    from replydesk.data.records import content_id
    from replydesk.retrieval.vectors.index import FaissIndex

    home = Path(folder)
    queries, _ = split(home)
    began = time.perf_counter()
    index = FaissIndex.load(home / str(size), "benchmark")
    opened = time.perf_counter() - began
    spent = []
    for query in [*queries[:50], *queries, *queries]:
        began = time.perf_counter()
        index.search(query[None], 10)
        spent.append(1000 * (time.perf_counter() - began))
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
    return {
        "open_seconds": round(opened, 2),
        "memory_mb": memory,
        "search_ms": spread(spent[50:]),
        "added_and_found_ms": {"p50": round(statistics.median(added), 3), "worst": round(max(added), 3)},
        "removed_and_gone_ms": {"p50": round(statistics.median(removed), 3), "worst": round(max(removed), 3)},
    }
