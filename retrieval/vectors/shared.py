"""The vectors of one encoder in an engine: kept as new as the store by whichever of several servers comes first."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np

from replydesk.data.errors import ConflictError, EngineError
from replydesk.data.home import Home
from replydesk.data.store import Store
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.engines import SharedIndex, check_journal

__all__ = ["SharedVectors"]

_LOG = logging.getLogger(__name__)
# Lines of the journal that one server works on before another may: about a second of encoding.
_CHUNK = 512
# How long a search waits for another server that adds, and how long it then searches without asking again.
_PATIENCE, _PAUSE = 2.0, 5.0
_SYNC_PATIENCE = 60.0
# How long an engine that is away is left alone: a customer should not wait for it again and again.
_AWAY = 15.0


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
        self._absent: EngineError | None = None
        self._away_until = 0.0

    @property
    def trouble(self) -> str:
        """Why the engine was away when it was last asked for a search, or nothing."""
        absent = self._absent
        return "" if absent is None else str(absent)

    def follow(self, latest: int) -> None:
        """Catch up with change ``latest`` of the store before a search.

        While another server is busy adding for longer than a customer waits, the search goes on with what is there.
        Raises :class:`EngineError` when the engine is away, and at once while it has just been.
        """
        if self.engine.seq == latest or time.monotonic() < self._busy_until:
            return
        with self._asking():
            caught_up = self._catch_up(_PATIENCE, lambda _done, _all: None)
        if not caught_up:
            self._busy_until = time.monotonic() + _PAUSE
            _LOG.info("Another server is adding to %s; searching what is there.", self.engine.where)

    def nearest(self, vector: Vectors, k: int, *, among: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return up to ``k`` pairs of ticket id and cosine, best first; of the tickets ``among``, where given.

        Raises :class:`EngineError` when the engine is away, and at once while it has just been.
        """
        with self._asking():
            return self.engine.search(vector, k, among=among)[0]

    def sync(
        self,
        progress: Callable[[int, int], None],
        *,
        save: bool,  # noqa: ARG002 - an engine keeps what it is given
    ) -> int:
        """Catch up with the store and return how many vectors there are.

        Raises :class:`ConflictError` when another server lets nobody in for a minute.
        """
        if not self._catch_up(_SYNC_PATIENCE, progress):
            hint = "Wait until it is done, and run this again."
            raise ConflictError("Another server is adding to the index.", where=self.engine.where, hint=hint)
        return len(self.engine)

    def fill(self, seq: int, parts: Iterable[tuple[list[str], Callable[[], Vectors]]]) -> None:
        """Replace everything by vectors that were made at change ``seq``, where the engine then stands.

        Raises :class:`ConflictError` when another server is adding.
        """
        mark = self._store.change(seq)
        with self._lock, self._exclusive(_SYNC_PATIENCE) as mine:
            if not mine:
                hint = "Stop the other servers, or wait until they are done."
                raise ConflictError("Another server is adding to the index.", where=self.engine.where, hint=hint)
            self.engine.clear()
            for keys, read in parts:
                self.engine.add(keys, read())
            self.engine.refresh()
            self.engine.advance(seq, mark, [], np.empty((0, self.engine.dimension), dtype=np.float32), [])

    def forget(self) -> None:
        """Drop the vectors in the engine."""
        with self._lock:
            self.engine.clear()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask the engine for a search, unless it has just been away; the log says once that it is, and once that it is
        back."""
        known = self._absent
        if known is not None:
            if time.monotonic() < self._away_until:
                raise EngineError(known.message, where=known.where, hint=known.hint)
            # One asks; the others do not wait with it.
            self._away_until = time.monotonic() + _AWAY
        try:
            yield
        except EngineError as error:
            if self._absent is None:
                _LOG.warning("Tickets are found by their words alone: %s", error)
            self._absent, self._away_until = error, time.monotonic() + _AWAY
            raise
        if self._absent is not None:
            self._absent = None
            _LOG.warning("%s is back.", self.engine.where)

    def _catch_up(self, patience: float, progress: Callable[[int, int], None]) -> bool:
        if not self._lock.acquire(timeout=patience):
            return False
        try:
            began = -1
            while True:
                self.engine.refresh()
                check_journal(self.engine, self._store)
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
        check_journal(self.engine, self._store)
        changes = self._store.changes_after(self.engine.seq, limit=_CHUNK)
        if changes.seq > self.engine.seq:
            keys, vectors = self._encode(changes.added)
            self.engine.advance(changes.seq, self._store.change(changes.seq), keys, vectors, changes.removed)

    @contextmanager
    def _exclusive(self, patience: float) -> Iterator[bool]:
        with ExitStack() as stack:
            try:
                if self._home is not None:
                    stack.enter_context(self._home.lock("vectors", wait_seconds=patience))
            except ConflictError:
                yield False
                return
            name = f"index {self.engine.encoder_id}"
            yield stack.enter_context(self._store.exclusive(name, wait_seconds=patience))
