"""Bulk encoding: the tickets of a store cut into shards that any number of processes encode, and that a crash keeps.

A shard is all tickets whose id begins with the same hex digits: ids are hashes, so that shards are of one size and the
cut is the same on every machine. Each is written for each encoder as an array and a manifest, whole or not at all; one
that is whole and of the same tickets is not made again.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.errors import EngineError, VectorIndexError
from replydesk.data.home import write_atomically
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import Encoders

__all__ = ["Job", "encode_shards", "read_shards"]

# Vectors of so many tickets are held in memory at once: 77 MB at 384 dimensions.
_SHARD = 50_000
_DIGITS = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs, picklable: where the tickets are, how they are encoded, and where the shards go.

    ``instead`` are the ids of encoders and the folders of the converted ones that stand in for them, as a release has
    them; the tickets are encoded with both.
    """

    database: str | Path
    settings: Settings
    folder: Path
    cache: Path | None = None
    instead: tuple[tuple[str, Path], ...] = ()

    @property
    def begun(self) -> Path:
        """Return the file that says at which change of the store the encoding began, and how the cut is."""
        return self.folder / "shards.json"


def encode_shards(
    job: Job,
    *,
    processes: int = 1,
    cluster: str = "",
    shard: int = _SHARD,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> int:
    """Encode every ticket of the store into shards below ``job.folder`` and return how many shards were made.

    Run again after a crash, it makes those that are missing. ``processes`` start anew rather than fork; with
    ``cluster`` the shards are tasks of Ray there ("local" starts one here), whose machines see the same folder and
    database. ``progress`` is called with the shards done and their number.
    """
    prefixes = _begin(job, shard)
    if processes > 1 and not job.settings.retrieval.threads:
        share = max(1, (os.cpu_count() or 1) // processes)
        retrieval = job.settings.retrieval.model_copy(update={"threads": share})
        job = replace(job, settings=job.settings.model_copy(update={"retrieval": retrieval}))
    made = done = 0
    for fresh in _run(job, prefixes, processes, cluster):
        done, made = done + 1, made + fresh
        progress(done, len(prefixes))
    return made


def read_shards(job: Job, encoder_id: str) -> tuple[int, Iterator[tuple[list[str], Callable[[], Vectors]]]]:
    """Return the change of the store that the shards are of; and of each shard the tickets, and what reads the vectors.

    Raises :class:`VectorIndexError` when they are not all there, or damaged.
    """
    begun = _read(job.begun)
    if begun is None:
        raise VectorIndexError("There are no shards.", where=str(job.folder), hint="Encode them first.")
    parts = [_read(_manifest(job.folder, encoder_id, prefix)) for prefix in begun["prefixes"]]
    missing = sum(part is None for part in parts)
    if missing:
        message = f"{missing} of {len(parts)} shards are not encoded."
        raise VectorIndexError(message, where=str(job.folder), hint="Run the encoding again; it makes what is missing.")
    return int(begun["seq"]), (_load(job.folder / encoder_id, part) for part in parts if part)


def _begin(job: Job, shard: int) -> list[str]:
    """Return the shards; the cut and the change that were chosen first stay, so that a restart goes on with them.

    They are chosen anew where the store is another one by now, as after a backup was restored.
    """
    with closing(Store.open(job.database)) as store:
        begun = _read(job.begun)
        if begun is None or store.change(int(begun["seq"])) != begun["mark"]:
            tickets, seq = store.counts()["tickets"], store.latest_change()
            prefixes = [""]
            while tickets > shard * len(prefixes):
                prefixes = [prefix + digit for prefix in prefixes for digit in _DIGITS]
            job.folder.mkdir(parents=True, exist_ok=True)
            begun = {"seq": seq, "mark": store.change(seq), "prefixes": prefixes}
            write_atomically(job.begun, json.dumps(begun).encode())
    return [str(prefix) for prefix in begun["prefixes"]]


def _run(job: Job, prefixes: Sequence[str], processes: int, cluster: str) -> Iterator[bool]:
    if cluster:
        yield from _on_ray(job, prefixes, cluster)
    elif processes <= 1:
        yield from (_encode(job, prefix) for prefix in prefixes)
    else:
        # A forked process would inherit the threads' locks of the models' runtimes, but not the threads.
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            for future in as_completed([pool.submit(_encode, job, prefix) for prefix in prefixes]):
                yield future.result()


def _on_ray(job: Job, prefixes: Sequence[str], cluster: str) -> Iterator[bool]:
    # It would report its use to its makers.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        hint = "`pip install 'replydesk[ray]'`."
        raise EngineError("Ray is not installed.", where=cluster, hint=hint) from error
    joined = ray.is_initialized()
    try:
        if not joined:
            ray.init(address=cluster, log_to_driver=False, configure_logging=False)
    except (ConnectionError, ValueError) as error:
        hint = "Start it with `ray start --head`, or name its address."
        raise EngineError("The Ray cluster cannot be reached.", where=cluster, hint=hint) from error
    try:
        task = ray.remote(_encode)
        waiting = [task.remote(job, prefix) for prefix in prefixes]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)
    finally:
        if not joined:
            ray.shutdown()


@lru_cache(maxsize=1)
def _encoders(job: Job) -> list[Encoders]:
    """Return the models of the settings, and with those that stand in for them; a worker loads them once."""
    encoders = Encoders(job.settings.retrieval, job.cache)
    if not job.instead:
        return [encoders]
    from replydesk.retrieval.encoders.graphs import Graph
    from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

    threads = job.settings.retrieval.threads
    instead = {base: OpenVinoEncoder(Graph.load(folder), threads=threads) for base, folder in job.instead}
    return [encoders, encoders.using(instead)]


def _encode(job: Job, prefix: str) -> bool:
    """Encode one shard for each encoder that reads tickets of it, and return whether anything had to be done."""
    with closing(Store.open(job.database)) as store:
        fresh = [_encoded(job, prefix, store, encoders) for encoders in _encoders(job)]
    return any(fresh)


def _encoded(job: Job, prefix: str, store: Store, encoders: Encoders) -> bool:
    from replydesk.retrieval.indexes import question_text

    known = {encoder.id: encoder for encoder in encoders.among(job.settings.data.languages)}
    texts: dict[str, dict[str, str]] = {encoder_id: {} for encoder_id in known}
    for ticket in store.tickets(prefix=prefix):
        encoder = encoders.of(ticket.language)
        known[encoder.id] = encoder
        texts.setdefault(encoder.id, {})[ticket.id] = question_text(ticket)
    fresh = False
    for encoder_id, mine in texts.items():
        ids = hashlib.blake2b("".join(mine).encode(), digest_size=16).hexdigest()
        place = _manifest(job.folder, encoder_id, prefix)
        part = _read(place)
        if part is None or part["ids"] != ids or not _is_whole(place.parent, part):
            content = _npz(list(mine), known[encoder_id].encode(list(mine.values())))
            place.parent.mkdir(parents=True, exist_ok=True)
            name = f"{prefix or 'all'}.npz"
            write_atomically(place.parent / name, content)
            written = {
                "encoder": encoder_id, "prefix": prefix, "count": len(mine), "ids": ids, "file": name,
                "blake2b": _digest(content),
            }  # fmt: skip
            write_atomically(place, json.dumps(written).encode())
            fresh = True
    return fresh


def _manifest(folder: Path, encoder_id: str, prefix: str) -> Path:
    return folder / encoder_id / f"{prefix or 'all'}.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        # What is missing or damaged is made again.
        return None
    return found


def _is_whole(folder: Path, part: dict[str, Any]) -> bool:
    try:
        return _digest((folder / str(part["file"])).read_bytes()) == str(part["blake2b"])
    except (OSError, KeyError):
        return False


def _load(folder: Path, part: dict[str, Any]) -> tuple[list[str], Callable[[], Vectors]]:
    path = folder / str(part.get("file"))
    if not _is_whole(folder, part):
        hint = "Run the encoding again; it makes what is damaged."
        raise VectorIndexError("A shard is damaged.", where=str(path), hint=hint)

    def array(name: str) -> Any:
        with np.load(path, allow_pickle=False) as arrays:
            return arrays[name]

    return [str(key) for key in array("keys")], lambda: array("vectors")


def _npz(keys: Sequence[str], vectors: Vectors) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, keys=np.array(keys, dtype="U32"), vectors=vectors)
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content).hexdigest()
