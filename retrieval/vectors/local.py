"""The vectors of one encoder in this process: as new as the store, saved in the home, trained in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from replydesk.data.errors import ReplydeskError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.store import Store
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.vectors.index import FaissIndex
from replydesk.retrieval.vectors.inverted import Device
from replydesk.retrieval.vectors.stored import keys_of

__all__ = ["LocalVectors"]

_LOG = logging.getLogger(__name__)
_CHUNK = 2048
# Changes of an index that are worth writing: a restart would encode so many texts again.
_UNSAVED = 1000


class LocalVectors:
    """Keeps one encoder's index, and saves it in a home where one is given.

    ``encode`` gives, for ids of tickets, those that belong to the encoder and their vectors.
    """

    def __init__(
        self,
        encoder: Encoder,
        store: Store,
        home: Home | None,
        encode: Callable[[Sequence[str]], tuple[list[str], Vectors]],
        *,
        device: Device = "cpu",
    ) -> None:
        self.index: FaissIndex | None = None
        self._encoder, self._store, self._home, self._encode = encoder, store, home, encode
        self._device: Device = device
        self._tending = False
        self._lock = threading.RLock()

    @property
    def trouble(self) -> str:
        """Nothing: what is in this process is never away."""
        return ""

    def follow(self, latest: int) -> None:
        """Catch up with change ``latest`` of the store before a search."""
        known = self.index
        if known is None or known.seq != latest:
            self.sync(lambda _done, _all: None, save=known is None)

    def nearest(self, vector: Vectors, k: int, *, among: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return up to ``k`` pairs of ticket id and cosine, best first; of the tickets ``among``, where given."""
        with self._lock:
            return self.index.search(vector, k, among=among)[0] if self.index is not None else []

    def sync(self, progress: Callable[[int, int], None], *, save: bool) -> int:
        """Catch up with the store and return how many vectors there are."""
        with self._lock:
            index = self.index or self._loaded()
            changes = self._store.changes_after(index.seq)
            added = list(changes.added)
            for start in range(0, len(added), _CHUNK):
                index.add(*self._encode(added[start : start + _CHUNK]))
                if save and index.compressed is None:
                    # Of many that come at once the later ones need less memory then.
                    index.train()
                progress(min(start + _CHUNK, len(added)), len(added))
            index.remove(changes.removed)
            index.seq = changes.seq
            self.index = index
            if save and (changes.added or changes.removed or index.fallen_back):
                index.train()
                self._save(index)
            else:
                self._tend(index)
            return len(index)

    def fill(self, seq: int, parts: Iterable[tuple[list[str], Callable[[], Vectors]]]) -> None:
        """Replace everything by vectors that were made at change ``seq`` of the store; searches go on meanwhile."""
        keys, reads = [keys_of([])], []
        for names, read in parts:
            keys.append(keys_of(names))
            reads.append(read)
        vectors = (read() for read in reads)
        index = FaissIndex.bulk(
            self._encoder.id, self._encoder.dimension, np.concatenate(keys), vectors, device=self._device
        )
        index.seq = seq
        with self._lock:
            self.index = index
            self._save(index)

    def forget(self) -> None:
        """Drop everything in memory; what is saved is the home's to delete."""
        with self._lock:
            self.index = None

    def close(self) -> None:
        """Nothing is held that would have to be given back."""

    def _save(self, index: FaissIndex) -> None:
        if self._home is not None:
            with self._home.lock("index"):
                index.save(self._home.indexes / self._encoder.id)

    def _tend(self, index: FaissIndex) -> None:
        """Train or save an index of which much has changed, in the background; it goes on answering."""
        worth_saving = self._home is not None and index.unsaved >= _UNSAVED
        if self._tending or not (index.due or worth_saving):
            return

        def tend() -> None:
            try:
                trained = index.train(threads=1)
                # What was forgotten meanwhile is not to come back.
                if (trained or index.unsaved >= _UNSAVED) and self.index is index:
                    self._save(index)
            except ReplydeskError as error:
                _LOG.warning("The index was not saved: %s", error)
            finally:
                self._tending = False

        self._tending = True
        threading.Thread(target=tend, name=f"index {self._encoder.id}", daemon=True).start()

    def _loaded(self) -> FaissIndex:
        if self._home is not None:
            try:
                index = FaissIndex.load(self._home.indexes / self._encoder.id, self._encoder.id, device=self._device)
                if index.seq <= self._store.latest_change():
                    return index
            except VectorIndexError:
                # The index is derived: a missing or damaged one is built again from the store.
                pass
        return FaissIndex(self._encoder.id, self._encoder.dimension, device=self._device)
