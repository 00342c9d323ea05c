"""The indexes of a desk: vectors and words of its tickets, for each encoder, always as new as the store."""

from __future__ import annotations

import copy
import logging
import shutil
import threading
from collections.abc import Callable, Collection, Sequence

from replydesk.data.errors import ReplydeskError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.store import Store
from replydesk.data.text import tokens
from replydesk.retrieval.encoder import Encoder, Encoders, Vectors
from replydesk.retrieval.index import FaissIndex
from replydesk.retrieval.lexical import LexicalIndex, LexicalQuery

__all__ = ["Indexes", "Progress", "search_text"]

_LOG = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Is called with how many changes of the store an index has taken in, and how many there are."""

_SHORT = 4
_CHUNK = 2048
# Changes of an index that are worth writing: a restart would encode so many texts again.
_UNSAVED = 1000
_WORDS = "words"


def search_text(question: str, context: Sequence[str] = ()) -> str:
    """Return what stands for a question in the index: a short one takes the turn before the last answer with it.

    >>> search_text("and the blue one?", ["Do you have the lamp?", "Yes, in sand."])
    'Do you have the lamp?\\nand the blue one?'
    """
    if len(context) >= 2 and len(tokens(question)) <= _SHORT:
        return f"{context[-2]}\n{question}"
    return question


def _silent(_done: int, _all: int) -> None:
    """Tell nobody."""


class Indexes:
    """Keeps the vectors and the words of a store's tickets, and saves them in a home where one is given.

    The journal of the store is what an index follows: it reads what it missed, whoever wrote it.
    """

    def __init__(self, store: Store, encoders: Encoders, languages: Sequence[str], home: Home | None = None) -> None:
        self._store, self._encoders, self._home = store, encoders, home
        self._languages = tuple(languages)
        self._vectors: dict[str, FaissIndex] = {}
        self._words: dict[str, LexicalIndex] = {}
        self._tending: set[str] = set()
        self._lock = threading.RLock()

    def using(self, encoders: Encoders) -> Indexes:
        """Return these indexes for other encoders; what is in memory is shared."""
        view = copy.copy(self)
        view._encoders = encoders
        return view

    def follow(self, encoder: Encoder, seq: int) -> None:
        """Catch up with change ``seq`` of the store before a search."""
        known = self._vectors.get(encoder.id)
        if known is None or known.seq != seq:
            self._synced(encoder, save=known is None)
        words = self._words.get(encoder.id)
        if words is None or words.seq != seq:
            self._words_synced(encoder, save=words is None)

    def nearest(
        self, encoder: Encoder, vector: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return up to ``k`` pairs of ticket id and cosine, best first; of the tickets ``among``, where given."""
        with self._lock:
            return self._vectors[encoder.id].search(vector, k, among=among)[0]

    def with_words(self, encoder: Encoder, text: str, k: int) -> tuple[LexicalQuery, list[str]]:
        """Return the terms of a text with their weights, and up to ``k`` ids of tickets that share the rarest."""
        with self._lock:
            words = self._words[encoder.id]
            asked = words.query(text)
            return asked, words.search(asked, k)

    def sync(self, *, save: bool = True, progress: Progress = _silent) -> dict[str, int]:
        """Bring every index up to the store and return how many tickets each holds."""
        counts = {}
        for encoder in self._encoders.among(self._languages):
            counts[encoder.id] = self._synced(encoder, save=save, progress=progress)
            self._words_synced(encoder, save=save)
        return counts

    def rebuild(self) -> None:
        """Forget every index, on disk too; the next use builds it from the store."""
        with self._lock:
            self._vectors.clear()
            self._words.clear()
            if self._home is not None:
                shutil.rmtree(self._home.indexes, ignore_errors=True)

    def _synced(self, encoder: Encoder, *, save: bool, progress: Progress = _silent) -> int:
        with self._lock:
            index = self._vectors.get(encoder.id) or self._loaded(encoder)
            changes = self._store.changes_after(index.seq)
            added = list(changes.added)
            for start in range(0, len(added), _CHUNK):
                index.add(*self._encoded(encoder, added[start : start + _CHUNK]))
                if save and index.compressed is None:
                    # Of many that come at once the later ones need less memory then.
                    index.train()
                progress(min(start + _CHUNK, len(added)), len(added))
            index.remove(changes.removed)
            index.seq = changes.seq
            self._vectors[encoder.id] = index
            if save and (changes.added or changes.removed or index.fallen_back):
                index.train()
                self._save(encoder, index)
            else:
                self._tend(encoder, index)
            return len(index)

    def _words_synced(self, encoder: Encoder, *, save: bool) -> None:
        with self._lock:
            words = self._words.get(encoder.id) or self._loaded_words(encoder)
            changes = self._store.changes_after(words.seq)
            for start in range(0, len(changes.added), _CHUNK):
                mine = self._mine(encoder, changes.added[start : start + _CHUNK])
                words.add([t.id for t in mine], [search_text(t.question, t.context) for t in mine])
            words.remove(changes.removed)
            words.seq = changes.seq
            self._words[encoder.id] = words
            if (save and (changes.added or changes.removed)) or words.unsaved >= _UNSAVED:
                self._save_words(encoder, words)

    def _mine(self, encoder: Encoder, keys: Sequence[str]) -> list[Ticket]:
        """Return those of the tickets that this encoder reads."""
        tickets = self._store.tickets_by_id(keys).values()
        return [ticket for ticket in tickets if self._encoders.of(ticket.language).id == encoder.id]

    def _encoded(self, encoder: Encoder, keys: Sequence[str]) -> tuple[list[str], Vectors]:
        """Return those of the tickets that this encoder reads, and their vectors."""
        mine = self._mine(encoder, keys)
        vectors = encoder.encode([search_text(ticket.question, ticket.context) for ticket in mine])
        return [ticket.id for ticket in mine], vectors

    def _save(self, encoder: Encoder, index: FaissIndex) -> None:
        if self._home is not None:
            with self._home.lock("index"):
                index.save(self._home.indexes / encoder.id)

    def _save_words(self, encoder: Encoder, words: LexicalIndex) -> None:
        if self._home is not None:
            with self._home.lock("index"):
                words.save(self._home.indexes / encoder.id / _WORDS)

    def _tend(self, encoder: Encoder, index: FaissIndex) -> None:
        """Train or save an index of which much has changed, in the background; it goes on answering."""
        worth_saving = self._home is not None and index.unsaved >= _UNSAVED
        if encoder.id in self._tending or not (index.due or worth_saving):
            return

        def tend() -> None:
            try:
                trained = index.train(threads=1)
                # What was forgotten meanwhile is not to come back.
                if (trained or index.unsaved >= _UNSAVED) and self._vectors.get(encoder.id) is index:
                    self._save(encoder, index)
            except ReplydeskError as error:
                _LOG.warning("The index was not saved: %s", error)
            finally:
                self._tending.discard(encoder.id)

        self._tending.add(encoder.id)
        threading.Thread(target=tend, name=f"index {encoder.id}", daemon=True).start()

    def _loaded(self, encoder: Encoder) -> FaissIndex:
        if self._home is not None:
            try:
                index = FaissIndex.load(self._home.indexes / encoder.id, encoder.id)
                if index.seq <= self._store.latest_change():
                    return index
            except VectorIndexError:
                # The index is derived: a missing or damaged one is built again from the store.
                pass
        return FaissIndex(encoder.id, encoder.dimension)

    def _loaded_words(self, encoder: Encoder) -> LexicalIndex:
        if self._home is not None:
            try:
                words = LexicalIndex.load(self._home.indexes / encoder.id / _WORDS)
                if words.seq <= self._store.latest_change():
                    return words
            except VectorIndexError:
                # The words are derived, too.
                pass
        return LexicalIndex()
