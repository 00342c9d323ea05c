"""The matcher: a message in, the most fitting past tickets out, each with an honest score."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from replydesk.data.errors import ReplydeskError, RequestError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Curation, Ticket, same_text
from replydesk.data.store import Store
from replydesk.data.text import tokens
from replydesk.retrieval.calibration import UNTRAINED, HitScorer, features
from replydesk.retrieval.encoder import Encoder, Encoders, Vectors
from replydesk.retrieval.index import FaissIndex

__all__ = ["Hit", "Matcher", "codes_conflict", "search_text"]

_LOG = logging.getLogger(__name__)

_CODE = re.compile(r"(?<![a-z0-9-])([a-z]{1,3})-?(\d{1,3})(?![a-z0-9])")
_SHORT = 4
_CHUNK = 2048
_KEPT = 50_000
# Near-duplicate answers and low scores thin out what FAISS finds, so more is fetched than is returned.
_WIDER = 4
_FILTERS = ("source", "intent", "language", "author", "tags", "since", "until")
# So few tickets that a filter admits are all compared; from more, the nearest are filtered.
_FEW = 20_000
# Changes of an index that are worth writing: a restart would encode so many texts again.
_UNSAVED = 1000


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

    >>> matcher = Matcher(store, Encoders(settings.retrieval), ("en", "zh"))     # doctest: +SKIP
    >>> matcher.find("where is my parcel?", language="en")[0].ticket.answer       # doctest: +SKIP
    """

    def __init__(self, store: Store, encoders: Encoders, languages: Sequence[str], home: Home | None = None) -> None:
        self._store, self._encoders, self._home = store, encoders, home
        self._languages = tuple(languages)
        self._indexes: dict[str, FaissIndex] = {}
        self._kept: dict[str, Ticket] = {}
        self._curated: dict[str, Curation] = {}
        self._few: dict[_Filter, list[str] | None] = {}
        self._version = (-1, -1)
        self._tending: set[str] = set()
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
        ``filters`` admit only tickets with these values of source, intent, language or author, with a tag of ``tags``,
        and with a time ``since`` and before ``until`` (ISO 8601, UTC where it names no zone). ``without`` are ids of
        tickets that must not be found. Raises :class:`RequestError` for an unknown filter or an unreadable time.
        """
        wanted = _filter(filters or {})
        admitted = _admission(question, wanted, without)
        encoder = self._encoders.of(language)
        if vector is None:
            vector = self.encode(question, context, language=language)
        self._follow(encoder)
        same: dict[str, Ticket] = {}
        if search_text(question, context) == question:
            # The same few words after another question are another question, hence the condition.
            same = {t.id: t for t in self._store.tickets_asking(question) if admitted(t)}
            same = {key: same[key] for key in self._standing(same, without)}
        few = self._admitted(wanted) if filters else None
        cosines, tickets = self._candidates(encoder, vector, k, admitted, without, few)
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
        """Forget every index, on disk too; the next use builds it from the store."""
        import shutil

        with self._lock:
            self._indexes.clear()
            if self._home is not None:
                shutil.rmtree(self._home.indexes, ignore_errors=True)

    def _candidates(
        self,
        encoder: Encoder,
        vector: Vectors,
        k: int,
        admitted: Callable[[Ticket], bool],
        without: frozenset[str],
        among: Collection[str] | None,
    ) -> tuple[dict[str, float], dict[str, Ticket]]:
        """Return cosines and tickets of the nearest admitted tickets, which are ``among`` these where that is known.

        It looks further while a filter starves them, and once more where the same answer was given again and again.
        """
        size = wanted = _WIDER * k
        while True:
            found = dict(self._search(encoder, vector, size, among))
            standing = self._standing(found, without)
            tickets = {key: t for key, t in self._rows(list(standing)).items() if admitted(t)}
            nearest = [key for key in found if key in tickets]
            alike = len({same_text(tickets[key].answer) for key in nearest[:wanted]}) < k
            if len(found) < size or (len(nearest) >= wanted and not (alike and size == wanted)):
                chosen = nearest if alike else nearest[:wanted]
                return {key: found[key] for key in chosen}, {key: tickets[key] for key in chosen}
            size *= 8

    def _admitted(self, wanted: _Filter) -> list[str] | None:
        """Return the ids of the tickets that a filter may admit, None when there are many."""
        few = self._few
        if wanted not in few:
            since, until = wanted.since, wanted.until
            few[wanted] = self._store.ticket_ids(dict(wanted.values), since=since, until=until, limit=_FEW)
        return few[wanted]

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
            self._curated, self._few, self._version = {}, {}, version
        known = self._indexes.get(encoder.id)
        if known is None or known.seq != version[0]:
            self._synced(encoder, save=known is None)

    def _search(
        self, encoder: Encoder, vector: Vectors, k: int, among: Collection[str] | None
    ) -> list[tuple[str, float]]:
        with self._lock:
            return self._indexes[encoder.id].search(vector, k, among=among)[0]

    def _synced(
        self,
        encoder: Encoder,
        *,
        save: bool,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> int:
        with self._lock:
            index = self._indexes.get(encoder.id) or self._loaded(encoder)
            changes = self._store.changes_after(index.seq)
            added = list(changes.added)
            for start in range(0, len(added), _CHUNK):
                tickets = self._store.tickets_by_id(added[start : start + _CHUNK]).values()
                mine = [ticket for ticket in tickets if self._encoders.of(ticket.language).id == encoder.id]
                texts = [search_text(ticket.question, ticket.context) for ticket in mine]
                index.add([ticket.id for ticket in mine], encoder.encode(texts))
                if save and index.compressed is None:
                    # Of many that come at once the later ones need less memory then.
                    index.train()
                progress(min(start + _CHUNK, len(added)), len(added))
            index.remove(changes.removed)
            index.seq = changes.seq
            self._indexes[encoder.id] = index
            if changes.added or changes.removed:
                # Another thread may be reading the old rows: they are left to it.
                self._kept = {}
            if save and (changes.added or changes.removed or index.fallen_back):
                index.train()
                self._save(encoder, index)
            else:
                self._tend(encoder, index)
            return len(index)

    def _save(self, encoder: Encoder, index: FaissIndex) -> None:
        if self._home is not None:
            with self._home.lock("index"):
                index.save(self._home.indexes / encoder.id)

    def _tend(self, encoder: Encoder, index: FaissIndex) -> None:
        """Train or save an index of which much has changed, in the background; it goes on answering."""
        worth_saving = self._home is not None and index.unsaved >= _UNSAVED
        if encoder.id in self._tending or not (index.due or worth_saving):
            return

        def tend() -> None:
            try:
                trained = index.train(threads=1)
                # What was forgotten meanwhile is not to come back.
                if (trained or index.unsaved >= _UNSAVED) and self._indexes.get(encoder.id) is index:
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


@dataclass(frozen=True, slots=True)
class _Filter:
    """What the tickets must be like: pairs of field and value, and bounds of their time."""

    values: tuple[tuple[str, str], ...]
    since: datetime | None
    until: datetime | None

    def admits(self, ticket: Ticket) -> bool:
        if (self.since or self.until) and ticket.at is None:
            return False
        if ticket.at is not None and (
            (self.since and ticket.at < self.since) or (self.until and ticket.at >= self.until)
        ):
            return False
        return all(
            value in ticket.tags if name == "tags" else getattr(ticket, name) == value for name, value in self.values
        )


def _filter(filters: Mapping[str, str]) -> _Filter:
    for name in filters:
        if name not in _FILTERS:
            hint = f"Known: {', '.join(_FILTERS)}."
            raise RequestError(f"There is no filter called {name}.", where="filters", hint=hint)
    values = tuple((name, value) for name, value in filters.items() if name not in ("since", "until"))
    return _Filter(values, _moment(filters, "since"), _moment(filters, "until"))


def _moment(filters: Mapping[str, str], name: str) -> datetime | None:
    if name not in filters:
        return None
    try:
        found = datetime.fromisoformat(filters[name])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        hint = "Give a date or a time as in 2026-03-01 or 2026-03-01T09:00:00Z."
        raise RequestError("The time cannot be read.", where=f"filters.{name}", hint=hint) from error


def _admission(question: str, wanted: _Filter, without: frozenset[str]) -> Callable[[Ticket], bool]:
    return lambda t: t.id not in without and wanted.admits(t) and not codes_conflict(question, t)


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
