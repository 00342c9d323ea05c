"""Vector indexes: which stored vectors are nearest to a query. FAISS here; the protocol admits other engines."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from replydesk.data.errors import VectorIndexError
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors import generations
from replydesk.retrieval.vectors.generations import CURE, File, Generation
from replydesk.retrieval.vectors.inverted import Device, Inverted
from replydesk.retrieval.vectors.segments import Compressed, Exact
from replydesk.retrieval.vectors.stored import Keys, Stored, gathered, keys_of
from replydesk.retrieval.vectors.tuning import Tuned

__all__ = ["EXACT_BELOW", "FaissIndex", "VectorIndex"]

EXACT_BELOW = 50_000
"""From so many vectors on an index is trained and compressed: comparing with all of them takes some 5 ms by then."""
_STALE = 0.25
"""The share of additions and removals since the training from which on it is trained again."""
_BASE = ("codes", "keys", "rows", "fine", "scales")
_AT_ONCE = 256


class VectorIndex(Protocol):
    """Unit vectors under ticket ids, for one encoder."""

    encoder_id: str
    seq: int

    def __len__(self) -> int:
        """Return how many vectors there are."""

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors of shape (len(keys), dimension); a key that is there gets its new vector."""

    def remove(self, keys: Sequence[str]) -> int:
        """Remove the keys that are there and return how many were."""

    def search(
        self, queries: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first; of the keys ``among``, if given."""


class FaissIndex:
    """Inner-product search, exact while there are few vectors, trained and compressed when there are many.

    What is added or removed counts from the next search on, in both kinds, and writes no file: the journal of the
    store is what makes it durable, and ``seq`` is the number of the last change of it that the index knows.
    :meth:`train` may run in the background; searches and changes go on meanwhile. All methods may be called by
    several threads. On ``device`` "gpu" the centres are trained on the graphics cards; searches stay on the processor.

    >>> index = FaissIndex("toy", 2)
    >>> index.add(["a" * 32], np.array([[1, 0]], dtype=np.float32))
    >>> index.search(np.array([[1, 0]], dtype=np.float32), 1)
    [[('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1.0)]]
    """

    def __init__(
        self, encoder_id: str, dimension: int, *, exact_below: int = EXACT_BELOW, device: Device = "cpu"
    ) -> None:
        self.encoder_id, self.dimension, self.seq = encoder_id, dimension, 0
        self.exact_below, self.device = exact_below, device
        self.unsaved = 0
        self.fallen_back = False
        self._segment: Exact | Compressed = Exact(dimension)
        self._base: dict[str, File] = {}
        self._meanwhile: dict[str, Vectors | None] | None = None
        self._lock = threading.RLock()
        self._training = threading.Lock()

    @classmethod
    def bulk(
        cls,
        encoder_id: str,
        dimension: int,
        keys: Keys,
        parts: Iterable[Vectors],
        *,
        exact_below: int = EXACT_BELOW,
        device: Device = "cpu",
    ) -> FaissIndex:
        """Return an index of millions of vectors that come in parts, in the order of their keys of shape (n, 16).

        It is trained once, at the end, and the vectors never are in memory as they came.
        Raises :class:`VectorIndexError` when they have other dimensions, or are not as many as the keys.
        """
        index = cls(encoder_id, dimension, exact_below=exact_below, device=device)
        if len(keys) < exact_below:
            rows = np.concatenate([np.empty((0, dimension), dtype=np.float32), *parts])
            index.add([key.tobytes().hex() for key in keys], rows)
            return index
        content = gathered(keys, parts, dimension)
        index._segment, index.unsaved = Compressed.trained(content, device=device), len(content.keys)
        return index

    def __len__(self) -> int:
        return len(self._segment)

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the index."""
        with self._lock:
            return self._segment.keys()

    @property
    def compressed(self) -> Tuned | None:
        """How a compressed index is searched, None while it is exact."""
        segment = self._segment
        return segment.tuned if isinstance(segment, Compressed) else None

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under their keys. Raises :class:`VectorIndexError` for another encoder's dimension."""
        if vectors.shape != (len(keys), self.dimension):
            message = f"{len(keys)} keys with {self.dimension} dimensions do not fit vectors of shape {vectors.shape}."
            raise VectorIndexError(message, where=self.encoder_id, hint="Encode with the encoder of this index.")
        if not keys:
            return
        # The last vector of a key that came twice wins, as in a dict.
        rows = {key: row for row, key in enumerate(keys)}
        chosen = np.ascontiguousarray(vectors[list(rows.values())], dtype=np.float32)
        with self._lock:
            self._segment.add(list(rows), chosen)
            self.unsaved += len(rows)
            if self._meanwhile is not None:
                self._meanwhile.update(zip(rows, chosen, strict=True))

    def remove(self, keys: Iterable[str]) -> int:
        """Remove the keys that are there and return how many were."""
        keys = list(keys)
        with self._lock:
            removed = self._segment.remove(keys)
            self.unsaved += removed
            if self._meanwhile is not None:
                self._meanwhile.update(dict.fromkeys(keys))
        return removed

    def search(
        self, queries: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first.

        With ``among`` only these keys are found, and all of them are compared: nothing is lost to the filter.
        """
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        with self._lock:
            if not len(self) or k < 1:
                return [[] for _ in queries]
            if among is not None:
                return self._segment.search_among(queries, k, among)
            return self._segment.search(queries, k)

    @property
    def due(self) -> bool:
        """Whether :meth:`train` would pay: too many vectors to compare with all, or much has changed since."""
        segment = self._segment
        return len(self) >= self.exact_below and (isinstance(segment, Exact) or segment.changed > _STALE)

    def train(self, *, threads: int = 0) -> bool:
        """Train on what is there when :attr:`due`, and return whether it was.

        What changes meanwhile is applied before the trained vectors take the place of the others. ``threads`` limits
        those of the calling thread for good, where it is one in the background.
        """
        with self._training:
            with self._lock:
                if not self.due:
                    return False
                content, self._meanwhile = self._segment.snapshot(), {}
            try:
                segment = Compressed.trained(content, threads, self.device)
                while True:
                    with self._lock:
                        changes = self._meanwhile
                        if len(changes) <= _AT_ONCE:
                            _apply(segment, changes, self.dimension)
                            self._segment, self._base = segment, {}
                            return True
                        self._meanwhile = {}
                    _apply(segment, changes, self.dimension)
            finally:
                self._meanwhile = None

    def save(self, folder: Path) -> None:
        """Write a new generation beside the old one, then move the manifest to it; the one before stays.

        Of a compressed index only what came since the training is written, once the rest stands there.
        Raises :class:`~replydesk.data.errors.HomeError` when the disk is full; the old generation stays valid.
        """
        folder.mkdir(parents=True, exist_ok=True)
        number = generations.numbered(folder)
        with self._lock:
            segment, seq, count, unsaved = self._segment, self.seq, len(self), self.unsaved
            content: Any = segment.content() if isinstance(segment, Exact) else segment.delta()
            kept = self._base
        head = Generation(self.encoder_id, self.dimension, number, seq, count, {})
        if isinstance(segment, Exact):
            names, vectors = content
            arrays = {"keys": np.array(names, dtype="U32"), "vectors": vectors}
            generations.write(folder, head, {"vectors": ("npz", lambda path: _write_npz(path, arrays))})
        else:
            self._save_compressed(folder, head, segment, content, kept)
        with self._lock:
            self.unsaved -= unsaved
            self.fallen_back = False

    def _save_compressed(
        self, folder: Path, head: Generation, segment: Compressed, delta: Any, kept: dict[str, File]
    ) -> None:
        keys, added, gone = delta
        arrays = {"keys": keys_of(keys), "gone": gone, "codes": added.codes, "fine": added.fine, "scales": added.scales}
        files: dict[str, Any] = {"delta": ("npz", lambda path: _write_npz(path, arrays))}
        there = {
            file.name: file.blake2b
            for known in generations.newest(folder)
            if isinstance(known, Generation)
            for file in known.files.values()
            if (folder / file.name).exists()
        }
        # Another process may have swept away what this one once wrote.
        known = bool(kept) and all(there.get(file.name) == file.blake2b for file in kept.values())
        if not known:
            with self._lock:
                codes, base_keys, base = segment.base()
            files["codes"] = ("faiss", lambda path: _write_faiss(path, codes))
            for role, array in (
                ("keys", base_keys),
                ("rows", base.codes),
                ("fine", base.fine),
                ("scales", base.scales),
            ):
                files[role] = ("npy", _npy_writer(array))
        tuned = segment.tuned
        search = asdict(tuned)
        head = Generation(
            head.encoder, head.dimension, head.generation, head.seq, head.count, kept if known else {}, search
        )
        done = generations.write(folder, head, files)
        with self._lock:
            if self._segment is segment and not known:
                self._base = {role: done.files[role] for role in _BASE}
                segment.map_base(*_mapped({role: folder / file.name for role, file in self._base.items()}))

    @classmethod
    def load(
        cls, folder: Path, encoder_id: str, *, exact_below: int = EXACT_BELOW, device: Device = "cpu"
    ) -> FaissIndex:
        """Read the newest generation that is whole; ``fallen_back`` says that it is not the newest one.

        Raises :class:`VectorIndexError` when there is none, or it is another encoder's.
        """
        found = generations.newest(folder)
        if not found:
            raise VectorIndexError("There is no index yet.", where=str(folder), hint=CURE)
        faults: list[VectorIndexError] = []
        for known in found:
            try:
                if isinstance(known, VectorIndexError):
                    raise known
                if known.encoder != encoder_id:
                    raise VectorIndexError(f"The index belongs to {known.encoder}.", where=str(folder), hint=CURE)
                index = cls(encoder_id, known.dimension, exact_below=exact_below, device=device)
                index._read(folder, known)
            except VectorIndexError as fault:
                faults.append(fault)
            else:
                index.fallen_back = bool(faults)
                return index
        raise faults[0]

    def _read(self, folder: Path, known: Generation) -> None:
        paths = generations.read(folder, known)
        try:
            if "vectors" in paths:
                with np.load(paths["vectors"], allow_pickle=False) as arrays:
                    self.add([str(key) for key in arrays["keys"]], arrays["vectors"])
            else:
                self._segment = _compressed(paths, known)
                self._base = {role: known.files[role] for role in _BASE}
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            # Another process may sweep it away between the checksum and here.
            raise VectorIndexError("The index cannot be read.", where=str(folder), hint=CURE) from error
        if len(self) != known.count:
            raise VectorIndexError("The index is damaged: its count is wrong.", where=str(folder), hint=CURE)
        self.seq, self.unsaved = known.seq, 0


def _apply(segment: Compressed, changes: dict[str, Vectors | None], dimension: int) -> None:
    segment.remove([key for key, vector in changes.items() if vector is None])
    added = {key: vector for key, vector in changes.items() if vector is not None}
    if added:
        segment.add(list(added), np.stack(list(added.values())).reshape(-1, dimension))


def _compressed(paths: dict[str, Path], known: Generation) -> Compressed:
    import faiss

    segment = Compressed(Inverted(faiss.read_index(str(paths["codes"]))), *_mapped(paths), Tuned.of(known.search))
    with np.load(paths["delta"], allow_pickle=False) as arrays:
        added = Stored(arrays["codes"], arrays["fine"], arrays["scales"])
        segment.take_delta([key.tobytes().hex() for key in arrays["keys"]], added, arrays["gone"])
    return segment


def _mapped(paths: dict[str, Path]) -> tuple[Any, Stored]:
    """Return the ids and vectors of the base, read from the disk when they are needed, shared by all processes."""
    # A plain view of the map: the class of numpy's own is slow.
    keys, rows, fine, scales = (
        np.asarray(np.load(paths[role], mmap_mode="r", allow_pickle=False)).view(np.ndarray)
        for role in ("keys", "rows", "fine", "scales")
    )
    # One look at every page, or the first searches would wait for the system to map them one by one.
    for array in (keys, rows, fine, scales):
        array.reshape(-1).view(np.uint8)[:: mmap.PAGESIZE].max(initial=0)
    return keys, Stored(rows, fine, scales)


def _npy_writer(array: Any) -> Any:
    def write(path: Path) -> None:
        with path.open("xb") as file:
            np.save(file, array)

    return write


def _write_npz(path: Path, arrays: dict[str, Any]) -> None:
    with path.open("xb") as file:
        np.savez(file, **arrays)


def _write_faiss(path: Path, index: Any) -> None:
    import faiss

    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        # FAISS says in words what the system said in numbers.
        raise OSError(28 if "No space" in str(error) else 5, str(error)) from error
