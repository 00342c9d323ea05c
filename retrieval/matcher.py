"""The matcher: a message in, the most fitting past tickets out, each with an honest score."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress

from replydesk.data.errors import EngineError
from replydesk.data.home import Home
from replydesk.data.records import Ticket, same_text
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.retrieval.calibration import FEATURES, UNTRAINED, HitScorer
from replydesk.retrieval.catalog import Catalog, Offer
from replydesk.retrieval.codes import codes_in, conflicting
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.filters import Filter
from replydesk.retrieval.fusion import Candidate, fused
from replydesk.retrieval.indexes import Indexes, Progress, search_text
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.vectors.inverted import Device
from replydesk.retrieval.wording import AnswerShape, Wording

__all__ = ["Hit", "Matcher"]

# Near-duplicate answers and low scores thin out what the index finds, so more is fetched than is returned: as many as a
# scorer learns from, since what several of them say counts.
_WIDER = 2
# Words find few that vectors do not, and each costs a look into the index.
_BY_WORDS = 1
# Without vectors, a ticket has to share so much of what the message weighs in words.
_SHARED, _LEXICAL = 0.5, FEATURES.index("lexical")


@dataclass(frozen=True, slots=True)
class Hit:
    """A past ticket that may answer. ``similarity`` is a cosine, ``score`` the calibrated probability that it does.

    ``count`` is how many of the tickets that were found give the same answer in almost the same words, itself included.

    Where the vectors are away a hit was not ``compared``: its similarity is 0 and says nothing, and its score is what
    the scorer makes of a cosine of 0, no probability but the least that it could be.
    """

    ticket: Ticket
    similarity: float
    score: float
    exact: bool = False
    count: int = 1
    compared: bool = True


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a message brought up: the cosines of some tickets, in their order, and what may be offered at all.

    Where they were not ``compared``, the cosines of all but exact ones are 0.
    """

    similarities: Mapping[str, float]
    offers: Mapping[str, Offer]
    compared: bool

    def candidates(self, wordings: Mapping[str, Wording]) -> list[Candidate]:
        """Return the tickets with what the scorer is to weigh, in the same order."""
        return [
            Candidate(self.offers[key].ticket, wordings[key], similarity, self.offers[key].exact)
            for key, similarity in self.similarities.items()
        ]


class Matcher:
    """Searches the tickets of a store, one index an encoder, always as new as the store.

    The vectors stand in the home or in memory, or in the database that the URL ``engine`` names.

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
        device: Device = "cpu",
    ) -> None:
        self._encoders = encoders
        self._catalog = Catalog(store)
        self._indexes = Indexes(store, encoders, languages, home, engine=engine, device=device)
        self._late: dict[str, LateInteraction] = {}

    @classmethod
    def of(cls, store: Store, encoders: Encoders, settings: Settings, home: Home) -> Matcher:
        """Return the matcher that the settings of a desk describe."""
        chosen = settings.retrieval
        return cls(store, encoders, settings.data.languages, home, engine=chosen.index, device=chosen.device)

    def using(self, instead: Mapping[str, Encoder]) -> Matcher:
        """Return this matcher with other encoders in place of those with some ids, each with an index of its own."""
        view = copy.copy(self)
        view._encoders = self._encoders.using(instead)
        view._indexes = self._indexes.using(view._encoders)
        return view

    @property
    def change(self) -> int:
        """Return the number of the newest change of the tickets that a search has seen, 0 before the first."""
        return self._catalog.change

    def over(self, store: Store, languages: Sequence[str]) -> Matcher:
        """Return a matcher with the same encoders over another store, with indexes in memory."""
        return Matcher(store, self._encoders, languages)

    def encoder_id(self, language: str) -> str:
        """Return the id of the encoder that reads this language."""
        return self._encoders.of(language).id

    def encode(self, question: str, context: Sequence[str] = (), *, language: str) -> Vectors:
        """Return the vector of a message, shape (1, dimension): the one forward pass that everything reads."""
        return self._encoders.of(language).encode([search_text(question, context)])

    def vectors(self, texts: Sequence[str], *, language: str) -> Vectors:
        """Return the vectors of some texts, shape (len(texts), dimension), by the encoder that reads this language."""
        return self._encoders.of(language).encode(texts)

    def cosines(self, vector: Vectors, keys: Sequence[str], *, language: str) -> dict[str, float]:
        """Return the cosines of a message's vector, shape (1, dimension), and those of some tickets, by their ids.

        Those that the index does not hold are left out. Raises :class:`EngineError` while the vectors are away.
        """
        return dict(self._indexes.nearest(self._encoders.of(language), vector, len(keys), among=keys)) if keys else {}

    def rarities(self, terms: Collection[str], *, language: str) -> Mapping[str, float]:
        """Return terms with their inverse document frequencies among the tickets of a language's encoder."""
        return self._indexes.rarities(self._encoders.of(language), terms)

    def late_interaction(self, language: str) -> LateInteraction | None:
        """Return what compares messages of this language and tickets token by token; None where no BERT reads it."""
        encoder = self._encoders.of(language)
        if encoder.id not in self._late and (tokens := token_encoder(encoder)) is not None:
            self._late.setdefault(encoder.id, LateInteraction(tokens, partial(self._indexes.rarities, encoder)))
        return self._late.get(encoder.id)

    def find(
        self,
        question: str,
        context: Sequence[str] = (),
        *,
        language: str,
        k: int = 10,
        read: str = "",
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

        ``read`` is what of the question its words are read from, else all of it is; exact tickets and codes are always
        looked for in the question as it was written. ``vector`` is what :meth:`encode` gave; ``intents`` the
        probabilities of the message's intents.
        ``filters`` admit only tickets with these values of source, intent, language or author, with a tag of ``tags``,
        and with a time ``since`` and before ``until`` (ISO 8601, UTC where it names no zone). ``without`` are ids of
        tickets that must not be found. While the vectors stand in an engine that is away, hits are those that ask
        exactly this and those that share most words. Raises :class:`RequestError` for an unknown filter or an
        unreadable time.
        """
        wanted = Filter.read(filters or {})
        encoder = self._encoders.of(language)
        if vector is None:
            vector = self.encode(question, context, language=language)
        there = self._indexes.follow(encoder, self._catalog.follow())
        text = search_text(question, context)
        asked, sharing = self._indexes.with_words(encoder, search_text(read or question, context), _BY_WORDS * k)
        admitted = _admission(question, wanted, without)
        # The same few words after another question are another question.
        asking = question if text == question else ""

        def offered(keys: Sequence[str]) -> dict[str, Offer]:
            offers = self._catalog.offers(keys, without, asking=asking)
            return {key: offer for key, offer in offers.items() if admitted(offer.ticket)}

        few = self._catalog.admitted(wanted) if filters else None
        looked = self._looked(encoder, vector, k, offered, sharing, few, there=there)
        wordings = self._catalog.wordings([looked.offers[key].ticket for key in looked.similarities])
        candidates = looked.candidates(wordings)
        rarities = self._indexes.rarities(encoder, {term for wording in wordings.values() for term in wording.terms})
        rows = fused(
            read or question, asked, candidates, rarities=rarities, intents=intents or {}, unfamiliar=unfamiliar
        )
        if not looked.compared:
            candidates, rows = _by_words_alone(candidates, rows)
        hits = _scored(candidates, rows, scorer, compared=looked.compared)
        answers = {key: (wordings[key].answer, looked.offers[key].leader) for key in looked.similarities}
        return _different(hits, k, answers, self._catalog.shapes)

    def knows(self, question: str) -> bool:
        """Return whether a ticket that may be offered asks exactly this."""
        return any(offer.exact for offer in self._catalog.offers((), frozenset(), asking=question).values())

    def read_ahead(self, tickets: Sequence[Ticket]) -> None:
        """Read what a search needs of some tickets it may find: what curation says of them, and their wording."""
        offers = self._catalog.offers([ticket.id for ticket in tickets], frozenset())
        offered = [offer.ticket for offer in offers.values()]
        self._catalog.wordings(offered)
        self._catalog.shapes(offered)

    def sync(self, *, save: bool = True, progress: Progress = lambda _done, _all: None) -> dict[str, int]:
        """Bring every index up to the store and return how many tickets each holds."""
        return self._indexes.sync(save=save, progress=progress)

    def fill(self, encoder: Encoder, seq: int, parts: Iterable[tuple[list[str], Callable[[], Vectors]]]) -> None:
        """Replace an encoder's vectors by some that were made elsewhere, at change ``seq`` of the store.

        They come in parts: the ids of some tickets, and what reads their vectors.
        """
        self._indexes.fill(encoder, seq, parts)

    def trouble(self) -> str:
        """Return why the vectors were away at the last search, or nothing."""
        return self._indexes.trouble()

    def rebuild(self) -> None:
        """Forget every index, on disk or in its engine too; the next use builds it from the store."""
        self._indexes.rebuild()

    def close(self) -> None:
        """Give connections to an engine back."""
        self._indexes.close()

    def _looked(
        self,
        encoder: Encoder,
        vector: Vectors,
        k: int,
        offered: Callable[[Sequence[str]], dict[str, Offer]],
        sharing: Sequence[str],
        among: Collection[str] | None,
        *,
        there: bool,
    ) -> _Looked:
        """Return what vectors and words bring up; words alone, uncompared, where the vectors are not ``there``.

        The parameters are those of :meth:`_candidates`.
        """
        similarities: dict[str, float] = {}
        if there:
            try:
                similarities, offers = self._candidates(encoder, vector, k, offered, sharing, among)
            except EngineError:
                there = False
        if not there:
            offers = offered(sharing)
        by_words = [key for key in sharing if key in offers and key not in similarities]
        if not there:
            similarities = dict.fromkeys(by_words, 0.0)
        elif by_words:
            # Should the engine go away just now, what cannot be compared is left out.
            with suppress(EngineError):
                found = dict(self._indexes.nearest(encoder, vector, len(by_words), among=by_words))
                # A ticket that another thread has just removed has no vector any more.
                similarities |= {key: found[key] for key in by_words if key in found}
        similarities |= dict.fromkeys(sorted(key for key, offer in offers.items() if offer.exact), 1.0)
        return _Looked(similarities, offers, there)

    def _candidates(
        self,
        encoder: Encoder,
        vector: Vectors,
        k: int,
        offered: Callable[[Sequence[str]], dict[str, Offer]],
        sharing: Sequence[str],
        among: Collection[str] | None,
    ) -> tuple[dict[str, float], dict[str, Offer]]:
        """Return the cosines of the nearest tickets that are offered, best first, and what is offered at all.

        The latter holds the tickets ``sharing`` words, too, so that the store is read once. ``among`` are the ids that
        a filter admits, where they are known. It looks further while a filter starves the nearest, and once more where
        the same answer was given again and again.
        """
        size = wanted = _WIDER * k
        while True:
            found = dict(self._indexes.nearest(encoder, vector, size, among=among))
            offers = offered([*found, *sharing])
            nearest = [key for key in found if key in offers]
            alike = len({same_text(offers[key].ticket.answer) for key in nearest[:wanted]}) < k
            if len(found) < size or (len(nearest) >= wanted and not (alike and size == wanted)):
                return {key: found[key] for key in (nearest if alike else nearest[:wanted])}, offers
            size *= 8


def _admission(question: str, wanted: Filter, without: frozenset[str]) -> Callable[[Ticket], bool]:
    codes = codes_in(question)
    return lambda t: t.id not in without and wanted.admits(t) and not conflicting(codes, t)


def _by_words_alone(
    candidates: Sequence[Candidate], rows: Sequence[tuple[float, ...]]
) -> tuple[list[Candidate], list[tuple[float, ...]]]:
    """Return the candidates, and their rows, that ask the same or share enough of what the message weighs in words."""
    near = [c.exact or row[_LEXICAL] >= _SHARED for c, row in zip(candidates, rows, strict=True)]
    return list(compress(candidates, near)), list(compress(rows, near))


def _scored(
    candidates: Sequence[Candidate], rows: Sequence[tuple[float, ...]], scorer: HitScorer, *, compared: bool
) -> list[Hit]:
    chances = scorer.probabilities(rows)
    hits = [
        Hit(c.ticket, c.similarity, float(p), exact=c.exact, compared=compared or c.exact)
        for c, p in zip(candidates, chances, strict=True)
    ]
    newest = sorted(hits, key=lambda hit: hit.ticket.at.timestamp() if hit.ticket.at else 0.0, reverse=True)
    # Who corrects an answer gives the same question again, often without its intent: of exact hits the newest leads.
    return sorted(newest, key=lambda hit: (hit.exact, 0.0 if hit.exact else hit.score), reverse=True)


def _different(
    hits: Sequence[Hit],
    k: int,
    answers: Mapping[str, tuple[str, str]],
    shapes: Callable[[Sequence[Ticket]], Sequence[AnswerShape]],
) -> list[Hit]:
    """Return the best ``k`` that differ, each with how many of all the hits give its answer.

    ``answers`` are the answer's text and the ticket that stands for its near-duplicates. What these do not tell apart
    is compared by its shape, but only until there are ``k``: what comes after is told apart by a look alone.
    """
    kept: list[Hit] = []
    kept_shapes: list[AnswerShape] = []
    counts: list[int] = []
    place_of: dict[str, int] = {}
    # Most of what is returned is among the first, and shapes are made faster together.
    first = dict(zip([hit.ticket.id for hit in hits[:k]], shapes([hit.ticket for hit in hits[:k]]), strict=True))
    for hit in hits:
        marks = answers[hit.ticket.id]
        place = next((place_of[mark] for mark in marks if mark in place_of), None)
        if place is None and len(kept) < k:
            shape = first.get(hit.ticket.id) or shapes([hit.ticket])[0]
            place = next((i for i, other in enumerate(kept_shapes) if shape.like(other)), None)
            if place is None:
                place = len(kept)
                kept.append(hit)
                kept_shapes.append(shape)
                counts.append(0)
        if place is not None:
            counts[place] += 1
            for mark in marks:
                place_of.setdefault(mark, place)
    return [replace(hit, count=count) for hit, count in zip(kept, counts, strict=True)]
