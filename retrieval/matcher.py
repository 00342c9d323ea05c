"""The matcher: a message in, the most fitting past tickets out, each with an honest score."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from replydesk.data.errors import RequestError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Curation, Ticket, same_text
from replydesk.data.store import Store
from replydesk.data.text import tokens
from replydesk.retrieval.calibration import UNTRAINED, HitScorer, features
from replydesk.retrieval.encoder import Encoder, Encoders, Vectors
from replydesk.retrieval.engines import SharedVectors, open_engine
from replydesk.retrieval.index import FaissIndex

__all__ = ["Hit", "Matcher", "codes_conflict", "search_text"]

_CODE = re.compile(r"(?<![a-z0-9-])([a-z]{1,3})-?(\d{1,3})(?![a-z0-9])")
_SHORT = 4
_CHUNK = 2048
_KEPT = 50_000
# Near-duplicate answers and low scores thin out what FAISS finds, so more is fetched than is returned.
_WIDER = 4
_FILTERS = ("source", "intent", "language", "author")


@dataclass(frozen=True, slots=True)
class Hit:
    """A past ticket that may answer. ``similarity`` is a cosine, ``score`` the calibrated probability that it does."""

    ticket: Ticket
    similarity: float
    score: float
    exact: bool = False


def search_text(question: str, context: Sequence[str] = ()) -> str:
    """Return what stands for a question in the index: a short one takes the turn before the last answer with it.

    >>> search_text("and the blue one?", ["Do you have the lamp?", "Yes, in sand."])
    'Do you have the lamp?\\nand the blue one?'
    """
    if len(context) >= 2 and len(tokens(question)) <= _SHORT:
        return f"{context[-2]}\n{question}"
    return question


def codes_conflict(question: str, ticket: Ticket) -> bool:
    """Return whether a ticket is about another code of the same kind: E2 where the customer asks about E4.

    Vectors hardly see the difference, and the answer to another error code is a wrong answer.
    """
    asked = _codes(question)
    if not asked:
        return False
    told = _codes(f"{ticket.question} {ticket.answer}")
    return not asked & told and bool({kind for kind, _ in asked} & {kind for kind, _ in told})


class Matcher:
    """Searches the tickets of a store, one index an encoder, always as new as the store.

    The index is FAISS in the home or in memory, or in the database that the URL ``engine`` names.

    >>> matcher = Matcher(store, Encoders(settings.retrieval), ("en", "zh"))     # doctest: +SKIP
    >>> matcher.find("where is my parcel?", language="en")[0].ticket.answer       # doctest: +SKIP
    """

    def __init__(
        self,
        store: Store,
        encoders: Encoders,
        languages: Sequence[str],
        home: Home | None = None,
        *,
        engine: str = "",
    ) -> None:
        self._store, self._encoders, self._home, self._engine = store, encoders, home, engine
        self._languages = tuple(languages)
        self._shared: dict[str, SharedVectors] = {}
        self._indexes: dict[str, FaissIndex] = {}
        self._kept: dict[str, Ticket] = {}
        self._curated: dict[str, Curation] = {}
        self._version = (-1, -1)
        self._lock = threading.RLock()

    def encoder_id(self, language: str) -> str:
        """Return the id of the encoder that reads this language."""
        return self._encoders.of(language).id

    def encode(self, question: str, context: Sequence[str] = (), *, language: str) -> Vectors:
        """Return the vector of a message, shape (1, dimension): the one forward pass that everything reads."""
        return self._encoders.of(language).encode([search_text(question, context)])

    def find(
        self,
        question: str,
        context: Sequence[str] = (),
        *,
        language: str,
        k: int = 10,
        vector: Vectors | None = None,
        intents: Mapping[str, float] | None = None,
        unfamiliar: float = 0.0,
        scorer: HitScorer = UNTRAINED,
        filters: Mapping[str, str] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> list[Hit]:
        """Return up to ``k`` hits with different answers, tickets that ask exactly this first (newest
        first), then by score.

        What curation withheld or found replaced is no hit, and of near-duplicates only one is.

        ``vector`` is what :meth:`encode` gave; ``intents`` the probabilities of the message's intents.
        ``filters`` admit only tickets with these values of source, intent, language or author, ``without`` those of
        tickets that must not be found. Raises :class:`RequestError` for an unknown filter.
        """
        admitted = _admission(question, filters or {}, without)
        encoder = self._encoders.of(language)
        if vector is None:
            vector = self.encode(question, context, language=language)
        self._follow(encoder)
        same: dict[str, Ticket] = {}
        if search_text(question, context) == question:
            # The same few words after another question are another question, hence the condition.
            same = {t.id: t for t in self._store.tickets_asking(question) if admitted(t)}
            same = {key: same[key] for key in self._standing(same, without)}
        cosines, tickets = self._candidates(encoder, vector, k, admitted, without)
        tickets |= same
        hits = _scored(question, tickets, cosines, set(same), intents or {}, unfamiliar, scorer)
        return _different(hits, k, self._standing(tickets, without))

    def sync(
        self, *, save: bool = True, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> dict[str, int]:
        """Bring every index up to the store and return how many tickets each holds.

        ``progress`` is called with the tickets encoded so far and their number.
        """
        return {
            encoder.id: self._synced(encoder, save=save, progress=progress)
            for encoder in self._encoders.among(self._languages)
        }

    def rebuild(self) -> None:
        """Forget every index, on disk or in its engine too; the next use builds it from the store."""
        import shutil

        if self._engine:
            for encoder in self._encoders.among(self._languages):
                self._vectors_of(encoder).engine.clear()
            return
        with self._lock:
            self._indexes.clear()
            if self._home is not None:
                shutil.rmtree(self._home.indexes, ignore_errors=True)

    def fill(self, encoder: Encoder, seq: int, batches: Iterator[tuple[list[str], Vectors]]) -> None:
        """Replace an encoder's index by vectors that were made elsewhere, at change ``seq`` of the store."""
        if self._engine:
            self._vectors_of(encoder).fill(seq, batches)
            return
        index = FaissIndex(encoder.id, encoder.dimension)
        for keys, vectors in batches:
            index.add(keys, vectors)
        index.seq = seq
        with self._lock:
            self._indexes[encoder.id] = index
            if self._home is not None:
                with self._home.lock("index"):
                    index.save(self._home.indexes / encoder.id)

    def close(self) -> None:
        """Give connections to an engine back."""
        with self._lock:
            for shared in self._shared.values():
                shared.engine.close()
            self._shared.clear()

    def _candidates(
        self, encoder: Encoder, vector: Vectors, k: int, admitted: Callable[[Ticket], bool], without: frozenset[str]
    ) -> tuple[dict[str, float], dict[str, Ticket]]:
        """Return cosines and tickets of the nearest admitted tickets.

        It looks further while a filter starves them, and once more where the same answer was given again and again.
        """
        size = wanted = _WIDER * k
        while True:
            found = dict(self._search(encoder, vector, size))
            standing = self._standing(found, without)
            tickets = {key: t for key, t in self._rows(list(standing)).items() if admitted(t)}
            nearest = [key for key in found if key in tickets]
            alike = len({same_text(tickets[key].answer) for key in nearest[:wanted]}) < k
            if len(found) < size or (len(nearest) >= wanted and not (alike and size == wanted)):
                chosen = nearest if alike else nearest[:wanted]
                return {key: found[key] for key in chosen}, {key: tickets[key] for key in chosen}
            size *= 8

    def _rows(self, keys: Sequence[str]) -> dict[str, Ticket]:
        """Return the tickets that exist, from memory where no change has come since they were read."""
        if len(self._kept) > _KEPT:
            self._kept = {}
        kept = self._kept
        missing = [key for key in keys if key not in kept]
        if missing:
            kept.update(self._store.tickets_by_id(missing))
        return {key: kept[key] for key in keys if key in kept}

    def _standing(self, keys: Collection[str], without: frozenset[str]) -> dict[str, str]:
        """Return, for each ticket that may be offered, the one that stands for all its near-duplicates.

        An answer that was replaced may be offered where the one that replaced it must not be found.
        """
        if len(self._curated) > _KEPT:
            self._curated = {}
        curated = self._curated
        missing = [key for key in keys if key not in curated]
        if missing:
            known = self._store.curation(missing)
            curated.update((key, known.get(key) or Curation(key)) for key in missing)
        found = ((key, curated[key]) for key in keys)
        return {
            key: c.duplicate_of or key
            for key, c in found
            if not c.withheld and (not c.superseded_by or c.superseded_by in without)
        }

    def _follow(self, encoder: Encoder) -> None:
        """Catch up with the store: its tickets, and what curation says of them."""
        version = self._store.version()
        if version != self._version:
            # Another thread may be reading the old ones: they are left to it.
            self._curated, self._version = {}, version
            if self._engine:
                # Another server may have brought the change into the engine.
                self._kept = {}
        if self._engine:
            self._vectors_of(encoder).follow(version[0])
            return
        known = self._indexes.get(encoder.id)
        if known is None or known.seq != version[0]:
            self._synced(encoder, save=known is None)

    def _search(self, encoder: Encoder, vector: Vectors, k: int) -> list[tuple[str, float]]:
        if self._engine:
            return self._vectors_of(encoder).engine.search(vector, k)[0]
        with self._lock:
            return self._indexes[encoder.id].search(vector, k)[0]

    def _vectors_of(self, encoder: Encoder) -> SharedVectors:
        with self._lock:
            if encoder.id not in self._shared:
                engine = open_engine(self._engine, encoder.id, encoder.dimension)
                encoded = partial(self._encoded, encoder)
                self._shared[encoder.id] = SharedVectors(engine, self._store, self._home, encoded)
            return self._shared[encoder.id]

    def _encoded(self, encoder: Encoder, keys: Sequence[str]) -> tuple[list[str], Vectors]:
        """Return those of the tickets that this encoder reads, and their vectors."""
        tickets = self._store.tickets_by_id(keys).values()
        mine = [ticket for ticket in tickets if self._encoders.of(ticket.language).id == encoder.id]
        vectors = encoder.encode([search_text(ticket.question, ticket.context) for ticket in mine])
        return [ticket.id for ticket in mine], vectors

    def _synced(
        self,
        encoder: Encoder,
        *,
        save: bool,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> int:
        if self._engine:
            return self._vectors_of(encoder).sync(progress)
        with self._lock:
            index = self._indexes.get(encoder.id) or self._loaded(encoder)
            changes = self._store.changes_after(index.seq)
            added = list(changes.added)
            for start in range(0, len(added), _CHUNK):
                index.add(*self._encoded(encoder, added[start : start + _CHUNK]))
                progress(min(start + _CHUNK, len(added)), len(added))
            index.remove(changes.removed)
            index.seq = changes.seq
            self._indexes[encoder.id] = index
            if changes.added or changes.removed:
                # Another thread may be reading the old rows: they are left to it.
                self._kept = {}
            if save and self._home is not None and (changes.added or changes.removed):
                with self._home.lock("index"):
                    index.save(self._home.indexes / encoder.id)
            return len(index)

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


def _admission(question: str, filters: Mapping[str, str], without: frozenset[str]) -> Callable[[Ticket], bool]:
    for name in filters:
        if name not in _FILTERS:
            hint = f"Known: {', '.join(_FILTERS)}."
            raise RequestError(f"There is no filter called {name}.", where="filters", hint=hint)
    return lambda t: (
        t.id not in without
        and all(getattr(t, name) == value for name, value in filters.items())
        and not codes_conflict(question, t)
    )


def _scored(
    question: str,
    tickets: Mapping[str, Ticket],
    cosines: Mapping[str, float],
    same: set[str],
    intents: Mapping[str, float],
    unfamiliar: float,
    scorer: HitScorer,
) -> list[Hit]:
    words = set(tokens(question))
    ordered = list(tickets.values())
    rows = [
        features(
            1.0 if t.id in same else cosines[t.id],
            len(words & set(tokens(t.question))) / len(words) if words else 0.0,
            exact=t.id in same,
            intent=intents.get(t.intent, 0.0),
            unfamiliar=unfamiliar,
        )
        for t in ordered
    ]
    hits = [
        Hit(t, row[0], float(score), exact=t.id in same)
        for t, row, score in zip(ordered, rows, scorer.probabilities(rows), strict=True)
    ]
    newest = sorted(hits, key=lambda hit: hit.ticket.at.timestamp() if hit.ticket.at else 0.0, reverse=True)
    # Who corrects an answer gives the same question again, often without its intent: of exact hits the newest leads.
    return sorted(newest, key=lambda hit: (hit.exact, 0.0 if hit.exact else hit.score), reverse=True)


def _different(hits: Sequence[Hit], k: int, leaders: Mapping[str, str]) -> list[Hit]:
    kept: list[Hit] = []
    seen: set[str] = set()
    for hit in hits:
        marks = {same_text(hit.ticket.answer), leaders[hit.ticket.id]}
        if not marks & seen:
            kept.append(hit)
        seen |= marks
        if len(kept) == k:
            break
    return kept


def _codes(text: str) -> set[tuple[str, str]]:
    return set(_CODE.findall(unicodedata.normalize("NFKC", text).lower()))
