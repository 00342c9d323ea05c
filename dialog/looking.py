"""Looking: what a message says and which past tickets may answer it, with one forward pass of the encoder."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from replydesk.data.settings import RetrievalSettings, Settings
from replydesk.data.store import Store
from replydesk.data.text import tokens
from replydesk.dialog.entities import entities_of
from replydesk.dialog.parts import parts_of
from replydesk.dialog.reading import Reading, read, several_intents
from replydesk.dialog.skills import Skills
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.indexes import question_text, search_text
from replydesk.retrieval.matcher import Hit, Matcher
from replydesk.retrieval.reranking.budget import DecidedBudget, LatencyBudget
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.late_interaction import LateInteraction
from replydesk.retrieval.reranking.reranker import Reranked, Reranking, RerankScorer, TrainedReranker

__all__ = ["STEPS", "Found", "Looking", "Meant", "Wanted", "answers_of", "token_scorer"]

STEPS = ("encode", "search", "rerank", "compose")
"""What a reply says the cost of, beside the total."""

# So many parts of a message are read by themselves.
_PARTS = 4
_SAID_AGAIN = 0.8


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets may be found: so many, with these values, without these ids, and none that says what failed.

    ``failed`` are texts of answers; one is said again where two share four fifths of all their different words.
    """

    k: int
    filters: Mapping[str, str] | None = None
    without: frozenset[str] = frozenset()
    failed: tuple[str, ...] = ()

    def admitted(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits whose answers say none of what failed, as many as are wanted."""
        if not self.failed:
            return list(hits)
        refused = [set(tokens(text)) for text in self.failed]
        return [hit for hit in hits if not any(_alike(set(tokens(hit.ticket.answer)), one) for one in refused)][
            : self.k
        ]


@dataclass(frozen=True, slots=True)
class Meant:
    """What is read of a message: ``blind`` to whoever writes, and as ``text`` with its slips put right.

    ``whole`` is that text as it is searched for, with what was said before where it is short. ``parts`` are those of
    the text, itself alone where it has one; a trained desk has them ``encoded``, too.
    """

    blind: str
    text: str
    whole: str
    parts: tuple[str, ...]
    encoded: tuple[str, ...]

    @classmethod
    def of(cls, text: str, context: Sequence[str], skills: Skills) -> Meant:
        """Return what is read of a text in its context."""
        blind = skills.impartial(text)
        meant = skills.speller.correct(blind) if skills.speller is not None else blind
        whole, parts = search_text(meant, context), parts_of(meant)[:_PARTS]
        several = len(parts) > 1 and skills.head is not None
        return cls(blind, meant, whole, parts, (whole, *parts) if several else (whole,))


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a message, by which skills, what was found for it, and how long each took in milliseconds.

    ``vector`` (1, dimension) is what the message was compared by.
    """

    reading: Reading
    skills: Skills
    reranked: Reranked
    milliseconds: dict[str, float]
    parts: tuple[str, ...] = ()
    vector: Vectors | None = None


class Looking:
    """Reads messages and finds tickets for them; holds the rerankers that were loaded. Safe in several threads."""

    def __init__(self, settings: Settings, cache: Path | None) -> None:
        self._settings, self._cache = settings, cache
        self.rerankings: dict[TrainedReranker, Reranking] = {}
        self._budgets: dict[str, LatencyBudget] = {}
        self._decided: DecidedBudget | None = None
        self._lock = threading.Lock()

    def timeless(self, reread: Sequence[int]) -> Looking:
        """Return one that reranks so many hits, look by look, whatever time it takes; later looks as the last.

        What it loads is not kept here.
        """
        view = copy.copy(self)
        view._decided = DecidedBudget(reread)
        return view

    def look(
        self,
        matcher: Matcher,
        skills: Skills,
        text: str,
        context: Sequence[str] = (),
        *,
        language: str,
        wanted: Wanted,
        at: datetime,
    ) -> Found:
        """Return what a message says and which past tickets may answer it. Relative dates count from ``at``.

        Where a trained desk is asked several things at once, the parts are encoded with the whole.
        """
        encoding = time.perf_counter()
        # What is found word for word is what was written, slips and all.
        meant = Meant.of(text, context, skills)
        vectors = matcher.vectors(meant.encoded, language=language)
        vector, several = vectors[:1], vectors[1:]
        encoded = time.perf_counter()
        chosen = self._settings.dialog
        reading = read(
            meant.text,
            vector,
            skills,
            context,
            language=language,
            person_intents=chosen.person_intents,
            separator=chosen.label_separator,
        )
        # Spans are those of what was written, and relative dates those of the desk's own clock.
        entities = entities_of(text, language, at.astimezone(), region=self._settings.data.region)
        reading = replace(reading, entities=entities)
        if len(several):
            reading = replace(reading, several=several_intents(meant.parts, several, skills))
        searching = time.perf_counter()
        hits = matcher.find(
            text,
            context,
            language=language,
            k=wanted.k + len(wanted.failed),
            read=meant.blind,
            vector=vector,
            intents=reading.probabilities,
            unfamiliar=reading.out_of_scope,
            scorer=skills.scorer,
            filters=wanted.filters,
            without=wanted.without,
        )
        hits = wanted.admitted(hits)
        searched = time.perf_counter()
        reranked = self._reranked(meant.whole, hits, skills, matcher.late_interaction(language))
        milliseconds = {
            "encode": 1000 * (encoded - encoding),
            "search": 1000 * (searched - searching),
            "rerank": 1000 * (time.perf_counter() - searched),
            # Whoever composes says so.
            "compose": 0.0,
        }
        parts = meant.parts if len(meant.parts) > 1 else ()
        return Found(reading, skills, reranked, milliseconds, parts, vector)

    def _reranked(self, question: str, hits: Sequence[Hit], skills: Skills, late: LateInteraction | None) -> Reranked:
        """Return the hits after the second look, if there is a reranker and time."""
        reranking = self.reranking(skills, late)
        if reranking is not None and self._decided is not None:
            reranking = reranking.within(self._decided)
        return reranking(question, hits) if reranking is not None else Reranked(list(hits), "off")

    def reranking(self, skills: Skills, late: LateInteraction | None) -> Reranking | None:
        """Return the reranking of these skills, loaded when it is first needed."""
        trained, milliseconds = skills.reranker, self._settings.retrieval.rerank_budget_ms
        scorer = token_scorer(skills, self._settings.retrieval)
        if late is not None and scorer is not None:
            # What a token costs is the same, whatever a release makes of the outcome.
            budget = self._budgets.setdefault(late.id, LatencyBudget(milliseconds))
            return Reranking(late, scorer, budget, question_text)
        if trained is None or milliseconds <= 0:
            return None
        known = self.rerankings.get(trained)
        if known is not None:
            return known
        with self._lock:
            if trained not in self.rerankings:
                wanted = self._settings.retrieval
                model = CrossEncoder(trained.folder, runtime=wanted.runtime, threads=wanted.threads, cache=self._cache)
                # The first call is slow, and would teach the budget a wrong cost.
                model.logits("?", ["!"])
                new = Reranking(model, trained.scorer, LatencyBudget(milliseconds))
                # Those of a release that answers no longer make room.
                same = trained.folder.parents[1]
                kept = {one: there for one, there in self.rerankings.items() if one.folder.parents[1] == same}
                self.rerankings = kept | {trained: new}
            return self.rerankings[trained]


def token_scorer(skills: Skills, settings: RetrievalSettings) -> RerankScorer | None:
    """Return what scores hits that are reranked by their tokens; None where a cross-encoder reranks, or nothing."""
    return skills.late if skills.reranker is None and settings.rerank_budget_ms > 0 else None


def answers_of(store: Store, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the answers of some tickets, such as those that were turned down; nothing is asked for none."""
    return tuple(ticket.answer for ticket in store.tickets_by_id(keys).values()) if keys else ()


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _SAID_AGAIN * max(1, len(one | other))
