"""The indexes of a desk: vectors and words of its tickets, for each encoder, always as new as the store."""

from __future__ import annotations

import copy
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Protocol

from replydesk.data.errors import EngineError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.store import Store
from replydesk.data.text import tokens
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.vectors.engines import open_engine
from replydesk.retrieval.vectors.inverted import Device
from replydesk.retrieval.vectors.local import LocalVectors
from replydesk.retrieval.vectors.shared import SharedVectors
from replydesk.retrieval.words.lexical import LexicalIndex, LexicalQuery

__all__ = ["WORDS", "Indexes", "Progress", "question_text", "search_text", "sweep", "unused"]

Progress = Callable[[int, int], None]
"""Is called with how many changes of the store an index has taken in, and how many there are."""

_SHORT = 4
_CHUNK = 2048
# Changes of the words that are worth writing: a restart would read so many texts again.
_UNSAVED = 1000
WORDS = "words"
"""The folder of the words of an encoder's tickets, beside its vectors."""


class _Vectors(Protocol):
    """One encoder's vectors, wherever they stand: in this process or in an engine that servers share."""

    @property
    def trouble(self) -> str:
        """Why a search was not possible when one was last tried, or nothing."""

    def follow(self, latest: int) -> None:
        """Catch up with change ``latest`` of the store before a search."""

    def nearest(self, vector: Vectors, k: int, *, among: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return up to ``k`` pairs of ticket id and cosine, best first; of the tickets ``among``, where given."""

    def sync(self, progress: Progress, *, save: bool) -> int:
        """Catch up with the store and return how many vectors there are."""

    def fill(self, seq: int, parts: Iterable[tuple[list[str], Callable[[], Vectors]]]) -> None:
        """Replace everything by vectors that were made at change ``seq``: ids of tickets, and what reads theirs."""

    def forget(self) -> None:
        """Drop everything; the next use builds it from the store."""

    def close(self) -> None:
        """Give connections back."""


def search_text(question: str, context: Sequence[str] = ()) -> str:
    """Return what stands for a question in the index: a short one takes the turn before the last answer with it.

    >>> search_text("and the blue one?", ["Do you have the lamp?", "Yes, in sand."])
    'Do you have the lamp?\\nand the blue one?'
    """
    if len(context) >= 2 and len(tokens(question)) <= _SHORT:
        return f"{context[-2]}\n{question}"
    return question


def question_text(ticket: Ticket) -> str:
    """Return what stands for a ticket in the index: its question as :func:`search_text` has it."""
    return search_text(ticket.question, ticket.context)


def _silent(_done: int, _all: int) -> None:
    """Tell nobody."""


def unused(home: Home, needed: Collection[str]) -> list[str]:
    """Return the ids of encoders that have an index in a home and are not needed."""
    return sorted(path.name for path in home.indexes.glob("*") if path.is_dir() and path.name not in needed)


def sweep(home: Home, needed: Collection[str]) -> list[str]:
    """Delete the indexes of encoders that are not needed, and return their ids.

    Should one be wanted again, it is built from the store.
    """
    with home.lock("index"):
        gone = unused(home, needed)
        for encoder_id in gone:
            # What cannot be deleted now, the next sweep deletes.
            shutil.rmtree(home.indexes / encoder_id, ignore_errors=True)
    return gone


class Indexes:
    """Keeps the vectors and the words of a store's tickets, and saves them in a home where one is given.

    The journal of the store is what an index follows: it reads what it missed, whoever wrote it. The vectors may stand
    in the database that the URL ``engine`` names; each server keeps its own words.
    """

    def __init__(
        self,
        store: Store,
        encoders: Encoders,
        languages: Sequence[str],
        home: Home | None = None,
        *,
        engine: str = "",
        device: Device = "cpu",
    ) -> None:
        self._store, self._encoders, self._home = store, encoders, home
        self._engine, self._device = engine, device
        self._languages = tuple(languages)
        self._vectors: dict[str, _Vectors] = {}
        self._words: dict[str, LexicalIndex] = {}
        self._lock = threading.RLock()

    def using(self, encoders: Encoders) -> Indexes:
        """Return these indexes for other encoders; what is in memory is shared."""
        view = copy.copy(self)
        view._encoders = encoders
        return view

    def follow(self, encoder: Encoder, seq: int) -> bool:
        """Catch up with change ``seq`` of the store before a search, and return whether there are vectors to search.

        There are none while they stand in an engine that is away; the words are there all the same.
        """
        vectors, there = self._vectors_of(encoder), True
        try:
            vectors.follow(seq)
        except EngineError:
            there = False
        words = self._words.get(encoder.id)
        if words is None or words.seq != seq:
            self._words_synced(encoder, save=words is None)
        return there

    def trouble(self) -> str:
        """Return why vectors could not be searched when they last were to be, or nothing."""
        with self._lock:
            return next((vectors.trouble for vectors in self._vectors.values() if vectors.trouble), "")

    def nearest(
        self, encoder: Encoder, vector: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return up to ``k`` pairs of ticket id and cosine, best first; of the tickets ``among``, where given.

        Raises :class:`~replydesk.data.errors.EngineError` when the vectors stand in an engine that is away.
        """
        return self._vectors_of(encoder).nearest(vector, k, among=among)

    def with_words(self, encoder: Encoder, text: str, k: int) -> tuple[LexicalQuery, list[str]]:
        """Return the terms of a text with their weights, and up to ``k`` ids of tickets that share the rarest."""
        with self._lock:
            words = self._words[encoder.id]
            asked = words.query(text)
            return asked, words.search(asked, k)

    def rarities(self, encoder: Encoder, terms: Iterable[str]) -> dict[str, float]:
        """Return terms with their inverse document frequencies among the tickets of an encoder."""
        with self._lock:
            if encoder.id not in self._words:
                self._words_synced(encoder, save=False)
            return self._words[encoder.id].rarities(terms)

    def sync(self, *, save: bool = True, progress: Progress = _silent) -> dict[str, int]:
        """Bring every index up to the store and return how many tickets each holds."""
        counts = {}
        for encoder in self._encoders.among(self._languages):
            counts[encoder.id] = self._vectors_of(encoder).sync(progress, save=save)
            self._words_synced(encoder, save=save)
        return counts

    def fill(self, encoder: Encoder, seq: int, parts: Iterable[tuple[list[str], Callable[[], Vectors]]]) -> None:
        """Replace an encoder's vectors by some that were made elsewhere, at change ``seq`` of the store.

        They come in parts: the ids of some tickets, and what reads their vectors.
        """
        self._vectors_of(encoder).fill(seq, parts)

    def rebuild(self) -> None:
        """Forget every index, on disk or in its engine too; the next use builds it from the store."""
        for encoder in self._encoders.among(self._languages):
            self._vectors_of(encoder).forget()
        with self._lock:
            self._words.clear()
            if self._home is not None:
                shutil.rmtree(self._home.indexes, ignore_errors=True)

    def close(self) -> None:
        """Give connections to an engine back."""
        with self._lock:
            for vectors in self._vectors.values():
                vectors.close()
            self._vectors.clear()

    def _vectors_of(self, encoder: Encoder) -> _Vectors:
        known = self._vectors.get(encoder.id)
        if known is None:
            with self._lock:
                known = self._vectors[encoder.id] = self._vectors.get(encoder.id) or self._opened(encoder)
        return known

    def _opened(self, encoder: Encoder) -> _Vectors:
        encode = partial(self._encoded, encoder)
        if self._engine:
            engine = open_engine(self._engine, encoder.id, encoder.dimension)
            return SharedVectors(engine, self._store, self._home, encode)
        return LocalVectors(encoder, self._store, self._home, encode, device=self._device)

    def _words_synced(self, encoder: Encoder, *, save: bool) -> None:
        with self._lock:
            words = self._words.get(encoder.id) or self._loaded_words(encoder)
            changes = self._store.changes_after(words.seq)
            for start in range(0, len(changes.added), _CHUNK):
                mine = self._mine(encoder, changes.added[start : start + _CHUNK])
                words.add([t.id for t in mine], list(map(question_text, mine)))
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
        vectors = encoder.encode(list(map(question_text, mine)))
        return [ticket.id for ticket in mine], vectors

    def _save_words(self, encoder: Encoder, words: LexicalIndex) -> None:
        if self._home is not None:
            with self._home.lock("index"):
                words.save(self._home.indexes / encoder.id / WORDS)

    def _loaded_words(self, encoder: Encoder) -> LexicalIndex:
        if self._home is not None:
            try:
                words = LexicalIndex.load(self._home.indexes / encoder.id / WORDS)
                if words.seq <= self._store.latest_change():
                    return words
            except VectorIndexError:
                # The words are derived, too.
                pass
        return LexicalIndex()
