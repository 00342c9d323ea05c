"""The matcher: a message in, the most fitting past tickets out, each with an honest score."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from replydesk.data.duplicates import THRESHOLD
from replydesk.data.errors import RequestError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Curation, Ticket, same_text
from replydesk.data.shingles import facts_of, normal_form, shingles
from replydesk.data.store import Store
from replydesk.data.text import tokens
from replydesk.retrieval.calibration import UNTRAINED, HitScorer, features, thinness
from replydesk.retrieval.encoder import Encoder, Encoders, Vectors
from replydesk.retrieval.index import FaissIndex
from replydesk.retrieval.lexical import LexicalIndex, LexicalQuery
from replydesk.retrieval.terms import terms

__all__ = ["Hit", "Matcher", "codes_conflict", "search_text"]

_CODE = re.compile(r"(?<![a-z0-9-])([a-z]{1,3})-?(\d{1,3})(?![a-z0-9])")
_SHORT = 4
_CHUNK = 2048
_KEPT = 50_000
# Near-duplicate answers and low scores thin out what FAISS finds, so more is fetched than is returned.
_WIDER = 4
# Words find few that vectors do not, and each costs a look into the index.
_BY_WORDS = 2
_WORDS = "words"
_FILTERS = ("source", "intent", "language", "author")


@dataclass(frozen=True, slots=True)
class Hit:
    """A past ticket that may answer. ``similarity`` is a cosine, ``score`` the calibrated probability that it does.

    ``count`` is how many of the tickets that were found give the same answer in almost the same words, itself included.
    """

    ticket: Ticket
    similarity: float
    score: float
    exact: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Words:
    """What is kept of the texts of a ticket: the terms and words of its question, and what compares its answer."""

    terms: Counter[str]
    told: frozenset[str]
    length: int
    answer: str
    facts: str
    pieces: frozenset[int]

    @classmethod
    def of(cls, ticket: Ticket) -> _Words:
        told = tokens(ticket.question)
        pieces, _ = shingles([normal_form(ticket.answer)])
        return cls(
            Counter(terms(search_text(ticket.question, ticket.context))),
            frozenset(told),
            len(told),
            same_text(ticket.answer),
            facts_of(ticket.answer),
            frozenset(pieces.tolist()),
        )

    def says(self, other: _Words) -> bool:
        """Return whether two answers are near-duplicates, as :func:`~replydesk.data.duplicates.likeness` sees it."""
        if self.answer == other.answer:
            return True
        small, large = sorted((len(self.pieces), len(other.pieces)))
        if self.facts != other.facts or small < THRESHOLD * large:
            return False
        both = len(self.pieces & other.pieces)
        return both >= THRESHOLD * (small + large - both)


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

    >>> matcher = Matcher(store, Encoders(settings.retrieval), ("en", "zh"))     # doctest: +SKIP
    >>> matcher.find("where is my parcel?", language="en")[0].ticket.answer       # doctest: +SKIP
    """

    def __init__(self, store: Store, encoders: Encoders, languages: Sequence[str], home: Home | None = None) -> None:
        self._store, self._encoders, self._home = store, encoders, home
        self._languages = tuple(languages)
        self._indexes: dict[str, FaissIndex] = {}
        self._lexical: dict[str, LexicalIndex] = {}
        self._kept: dict[str, Ticket] = {}
        self._read: dict[str, _Words] = {}
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

        Tickets are found by their vectors and by their words; the scorer weighs both. What curation withheld or found
        replaced is no hit, and of near-duplicates only one is.

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
        asked, by_words = self._by_words(encoder, search_text(question, context), vector, _BY_WORDS * k, cosines)
        tickets |= {
            key: t for key, t in self._rows(list(self._standing(by_words, without))).items() if admitted(t)
        } | same
        words = self._words(tickets)
        hits = _scored(
            question, tickets, cosines | by_words, set(same), intents or {}, unfamiliar, scorer, asked, words
        )
        return _different(hits, k, self._standing(tickets, without), words)

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
        """Forget every index, on disk too; the next use builds it from the store."""
        import shutil

        with self._lock:
            self._indexes.clear()
            self._lexical.clear()
            if self._home is not None:
                shutil.rmtree(self._home.indexes, ignore_errors=True)

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

    def _by_words(
        self, encoder: Encoder, text: str, vector: Vectors, k: int, known: Mapping[str, float]
    ) -> tuple[LexicalQuery, dict[str, float]]:
        """Return the terms of a message, and the cosines of tickets that its words find and its vector did not."""
        with self._lock:
            words = self._lexical[encoder.id]
            asked = words.query(text)
            fresh = [key for key in words.search(asked, k) if key not in known]
            return asked, self._indexes[encoder.id].cosines(vector, fresh)

    def _words(self, tickets: Mapping[str, Ticket]) -> dict[str, _Words]:
        """Return what is kept of the texts of tickets. An id hashes the texts, so it never changes."""
        if len(self._read) > _KEPT:
            self._read = {}
        read = self._read
        for key, ticket in tickets.items():
            if key not in read:
                read[key] = _Words.of(ticket)
        return {key: read[key] for key in tickets}

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
        known = self._indexes.get(encoder.id)
        if known is None or known.seq != version[0]:
            self._synced(encoder, save=known is None)

    def _search(self, encoder: Encoder, vector: Vectors, k: int) -> list[tuple[str, float]]:
        with self._lock:
            return self._indexes[encoder.id].search(vector, k)[0]

    def _synced(
        self,
        encoder: Encoder,
        *,
        save: bool,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> int:
        with self._lock:
            index = self._indexes.get(encoder.id) or self._loaded(encoder)
            words = self._lexical.get(encoder.id) or self._loaded_words(encoder)
            changes = self._store.changes_after(index.seq)
            together = words.seq == index.seq
            added = list(changes.added)
            for start in range(0, len(added), _CHUNK):
                mine = self._mine(encoder, added[start : start + _CHUNK])
                texts = [search_text(ticket.question, ticket.context) for ticket in mine]
                keys = [ticket.id for ticket in mine]
                index.add(keys, encoder.encode(texts))
                if together:
                    words.add(keys, texts)
                progress(min(start + _CHUNK, len(added)), len(added))
            index.remove(changes.removed)
            index.seq = changes.seq
            if together:
                words.remove(changes.removed)
                words.seq = changes.seq
            changed = bool(changes.added or changes.removed)
            reread = not together and self._catch_up(encoder, words)
            self._indexes[encoder.id], self._lexical[encoder.id] = index, words
            if changed:
                # Another thread may be reading the old rows: they are left to it.
                self._kept = {}
            if save and self._home is not None and (changed or reread):
                with self._home.lock("index"):
                    if changed:
                        index.save(self._home.indexes / encoder.id)
                    words.save(self._home.indexes / encoder.id / _WORDS)
            return len(index)

    def _mine(self, encoder: Encoder, keys: Sequence[str]) -> list[Ticket]:
        tickets = self._store.tickets_by_id(keys).values()
        return [ticket for ticket in tickets if self._encoders.of(ticket.language).id == encoder.id]

    def _catch_up(self, encoder: Encoder, words: LexicalIndex) -> bool:
        """Bring words that were lost or are of another time up to the store, and return whether anything changed."""
        changes = self._store.changes_after(words.seq)
        for start in range(0, len(changes.added), _CHUNK):
            mine = self._mine(encoder, changes.added[start : start + _CHUNK])
            words.add([t.id for t in mine], [search_text(t.question, t.context) for t in mine])
        words.remove(changes.removed)
        words.seq = changes.seq
        return bool(changes.added or changes.removed)

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
    asked: LexicalQuery,
    words: Mapping[str, _Words],
) -> list[Hit]:
    mine = tokens(question)
    said = set(mine)
    ordered = list(tickets.values())
    rows = [
        features(
            1.0 if t.id in same else cosines[t.id],
            len(said & words[t.id].told) / len(said) if said else 0.0,
            exact=t.id in same,
            intent=intents.get(t.intent, 0.0),
            unfamiliar=unfamiliar,
            lexical=asked.score(words[t.id].terms),
            thin=thinness(len(mine), words[t.id].length),
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


def _different(hits: Sequence[Hit], k: int, leaders: Mapping[str, str], words: Mapping[str, _Words]) -> list[Hit]:
    """Return the best ``k`` that differ, each with how many of all the hits give its answer."""
    kept: list[Hit] = []
    counts: list[int] = []
    # Equal texts and near-duplicates that curation knows are told apart by a look; the others are compared.
    place_of: dict[str, int] = {}
    for hit in hits:
        mine = words[hit.ticket.id]
        marks = (mine.answer, leaders[hit.ticket.id])
        place = next((place_of[mark] for mark in marks if mark in place_of), None)
        if place is None:
            place = next((i for i, other in enumerate(kept) if mine.says(words[other.ticket.id])), None)
        if place is None and len(kept) < k:
            place = len(kept)
            kept.append(hit)
            counts.append(0)
        if place is not None:
            counts[place] += 1
            for mark in marks:
                place_of.setdefault(mark, place)
    return [replace(hit, count=count) for hit, count in zip(kept, counts, strict=True)]


def _codes(text: str) -> set[tuple[str, str]]:
    return set(_CODE.findall(unicodedata.normalize("NFKC", text).lower()))
