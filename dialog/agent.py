"""The agent: a message in, a reply out, stored with its evidence."""

from __future__ import annotations

import logging
import re
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.errors import EngineError, NotFoundError, ReleaseError, ReplydeskError, RequestError
from replydesk.data.home import Home
from replydesk.data.preparation import Mask, pseudonym
from replydesk.data.records import Message, Ticket, Verdict, VerdictKind, content_id
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.data.text import clean, language_of
from replydesk.dialog import phrases
from replydesk.dialog.entities import entities_of
from replydesk.dialog.impartial import impartial
from replydesk.dialog.parts import parts_of
from replydesk.dialog.policy import Decision, decide
from replydesk.dialog.reading import Reading, read, several_intents
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.reply import Citation, Handoff, Option, Reply
from replydesk.dialog.sending import sendable
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.retrieval.encoders.encoder import Encoders
from replydesk.retrieval.indexes import question_text, search_text
from replydesk.retrieval.matcher import Hit, Matcher
from replydesk.retrieval.reranking.budget import LatencyBudget
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.late_interaction import LateInteraction
from replydesk.retrieval.reranking.reranker import Reranked, Reranking, TrainedReranker

__all__ = ["Agent"]

_LOG = logging.getLogger(__name__)
# So many parts of a message are read by themselves.
_PARTS = 4
# A dot inside 5.50 or a link ends nothing; a Chinese full stop always does, with the quote that it closes.
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)]*(?=\s|\Z)|[。！？]+[”’」』）]*|(?=\s*(?:\n|\Z)))")


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read of a message, by which skills, what was found for it, and how long each took."""

    reading: Reading
    skills: Skills
    reranked: Reranked
    milliseconds: dict[str, float]


class Agent:
    """Answers messages from the tickets of one desk. Safe to use from several threads.

    >>> agent = Agent.open(Home.find("/srv/desk"))            # doctest: +SKIP
    >>> agent.reply("where is my parcel?").action              # doctest: +SKIP
    'pick'
    """

    def __init__(
        self,
        store: Store,
        matcher: Matcher,
        settings: Settings,
        releases: Releases | None = None,
        *,
        cache: Path | None = None,
    ) -> None:
        self.store, self.matcher, self.settings, self.releases = store, matcher, settings, releases
        self._cache = cache
        self._rerankings: dict[TrainedReranker, Reranking] = {}
        self._budgets: dict[str, LatencyBudget] = {}
        self._release = UNTRAINED_RELEASE
        self._matching = self._release, matcher
        self._refused = ""
        self._warm, self._trouble = False, ""
        self._lock = threading.Lock()

    @classmethod
    def open(cls, home: Home, settings: Settings | None = None) -> Agent:
        """Return the agent of a home. Raises an error of the tree when settings, store or release are broken."""
        settings = settings or Settings.load(home.settings)
        home.create()
        store = Store.open(settings.data.database or home.database)
        encoders = Encoders(settings.retrieval, home.runtime)
        matcher = Matcher.of(store, encoders, settings, home)
        releases = Releases(home, threads=settings.retrieval.threads)
        agent = cls(store, matcher, settings, releases, cache=home.runtime)
        agent._release = releases.current()
        return agent

    def release(self) -> Release:
        """Return the release that answers now, following the pointer of the home.

        A release that turns out to be broken is not taken: the one in memory goes on answering, and the log says so.
        """
        if self.releases is None:
            return self._release
        key = self.releases.current_id()
        if key in (self._refused, self._release.id) or not key:
            return self._release
        with self._lock:
            if key != self._release.id:
                try:
                    self._release = self.releases.load(key)
                except ReleaseError as error:
                    self._refused = key
                    _LOG.error("Kept release %s: %s", self._release.id, error)
        return self._release

    def matcher_of(self, release: Release) -> Matcher:
        """Return the matcher with the encoders of a release, which may stand in for those of the settings."""
        if not release.encoders:
            return self.matcher
        known, matcher = self._matching
        if known is not release:
            matcher = self.matcher.using(release.encoders)
            self._matching = release, matcher
        return matcher

    def use(self, release: Release) -> Release:
        """Answer with this release and return the one before; for an agent that follows no home, such as a judge's."""
        before, self._release = self._release, release
        return before

    def reply(
        self,
        text: str,
        *,
        conversation: str = "",
        customer: str = "",
        channel: str = "",
        language: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return the reply to a customer's message and store both.

        ``language`` overrides what is detected; ``filters`` admit only some tickets, as in
        :meth:`Matcher.find`. Raises :class:`RequestError` for an empty or too long message.
        """
        began = time.perf_counter()
        new = not conversation
        conversation = conversation or uuid.uuid4().hex
        known = None if new else self.store.stored([conversation]).get(conversation)
        earlier = known.conversation.messages if known else ()
        mask = Mask(self.settings.data, conversation, known.masked if known else {})
        text = self._checked(text, mask)
        languages = self.settings.data.languages
        previous = next((m.language for m in reversed(earlier) if m.role == "customer"), "")
        language = language or language_of(text, among=languages, previous=previous)
        reply = self.answer(
            text,
            [message.text for message in earlier],
            language=language,
            conversation=conversation,
            filters=filters,
            began=began,
        )
        now = datetime.now(UTC)
        customer = pseudonym(customer)
        asked = Message(uuid.uuid4().hex, "customer", text, now, customer, language)
        said = Message(reply.id, "bot", reply.text, now, reply.release, language)
        self.store.append(
            conversation,
            asked,
            said,
            channel=channel,
            customer=customer,
            masked=mask.given,
            reply=(reply.release, reply.document()),
            new=new,
        )
        return reply

    def answer(
        self,
        text: str,
        context: Sequence[str] = (),
        *,
        language: str,
        conversation: str = "",
        filters: Mapping[str, str] | None = None,
        without: frozenset[str] = frozenset(),
        began: float | None = None,
    ) -> Reply:
        """Return the reply to a message in its context, storing nothing.

        ``without`` holds ids of tickets that must not be found, for evaluation.
        """
        began = time.perf_counter() if began is None else began
        release = self.release()
        wanted = self.settings.dialog
        candidates = self.settings.retrieval.candidates
        found = self._look(release, text, context, language=language, k=candidates, filters=filters, without=without)
        reading, hits = found.reading, found.reranked.hits
        away = not hits and bool(self.matcher.trouble())
        decision = decide(reading, hits, self._lines(found.skills.thresholds), away=away)
        shown = tuple(hits[: max(wanted.hits_shown, len(decision.hits))])
        return Reply(
            id=uuid.uuid4().hex,
            conversation=conversation,
            action=decision.action,
            text=_text(decision, reading),
            confidence=hits[0].score if hits else 0.0,
            reading=reading,
            hits=shown,
            reasons=phrases.reasons(decision, reading, shown, found.reranked.outcome),
            release=release.id,
            milliseconds={"total": 1000 * (time.perf_counter() - began), **found.milliseconds},
            citations=_citations(decision),
            handoff=(
                Handoff(decision.handoff, phrases.handoff_summary(text, reading, shown)) if decision.handoff else None
            ),
            options=tuple(Option(phrases.option_label(hit), hit.ticket.question) for hit in decision.hits)
            if decision.action == "ask"
            else (),
            reranked=found.reranked.outcome,
        )

    def search(
        self, text: str, *, k: int = 10, language: str = "", filters: Mapping[str, str] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` past tickets that may answer a text, best first, without deciding anything."""
        text = self._checked(text)
        language = language or language_of(text, among=self.settings.data.languages)
        return self._look(self.release(), text, language=language, k=k, filters=filters).reranked.hits

    def warm_up(self) -> None:
        """Load the models and bring the index up to the store, so that the next message is answered at once."""
        try:
            try:
                self.matcher_of(self.release()).sync()
            except EngineError as error:
                # Until it is back, words alone answer; the first search says so.
                _LOG.info("Not brought up to the store: %s", error)
            for language in self.settings.data.languages:
                self.answer("hello", language=language)
                release = self.release()
                matcher = self.matcher_of(release)
                skills = release.skills_of(matcher.encoder_id(language))
                self._reranking(skills, matcher.late_interaction(language))
            self._warm = True
        except ReplydeskError as error:
            self._trouble = str(error)
            _LOG.error("Not ready: %s", error)

    def ready(self) -> dict[str, Any]:
        """Return whether messages can be answered now and, if not or by words alone, why."""
        return {
            "ready": self._warm,
            "release": self.release().id,
            "trouble": self._trouble or self.matcher.trouble(),
            **self.store.counts(),
        }

    def judge(
        self, reply: str, kind: VerdictKind, *, correction: str = "", intent: str = "", by: str = "", learn: bool = True
    ) -> Verdict:
        """Store what a person thought of a reply; with ``learn`` a correction becomes a ticket that is found at once.

        Raises :class:`NotFoundError` for an unknown reply and :class:`RequestError` for an edit without its text.
        """
        document = self.store.reply(reply)
        if kind == "edited" and not correction.strip():
            raise RequestError("An edited reply needs its correction.", where=reply, hint="Send `correction` with it.")
        conversation = str(document["conversation"])
        held = self.store.stored([conversation]).get(conversation)
        if held is None:
            raise NotFoundError(
                "The conversation of this reply is gone.", where=conversation, hint="Judge a newer one."
            )
        correction = Mask(self.settings.data, conversation, held.masked)(clean(correction))
        now = datetime.now(UTC)
        key = content_id(reply, kind, correction, intent, by)
        verdict = Verdict(key, reply, kind, conversation, correction, intent, by, now)
        self.store.add_verdicts([verdict])
        if correction and learn:
            messages = held.conversation.messages
            place = next(i for i, message in enumerate(messages) if message.id == reply)
            question = messages[place - 1]
            context = tuple(m.text for m in messages[: place - 1])[-self.settings.data.context_messages :]
            self.store.add_ticket(
                Ticket.make(
                    question.text,
                    correction,
                    context=context,
                    intent=intent,
                    language=question.language,
                    at=now,
                    author=by,
                )
            )
        return verdict

    def _look(
        self,
        release: Release,
        text: str,
        context: Sequence[str] = (),
        *,
        language: str,
        k: int,
        filters: Mapping[str, str] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> _Found:
        """Return what a message says and which past tickets may answer it, with one forward pass of the encoder.

        Where a trained desk is asked several things at once, each part costs one more.
        """
        matcher = self.matcher_of(release)
        encoding = time.perf_counter()
        skills = release.skills_of(matcher.encoder_id(language))
        # What is found word for word is what was written, slips and all.
        meant = impartial(skills.speller.correct(text) if skills.speller is not None else text)
        vector = matcher.encode(meant, context, language=language)
        encoded = time.perf_counter()
        person_intents = self.settings.dialog.person_intents
        separator = self.settings.dialog.label_separator
        reading = read(
            meant, vector, skills, context, language=language, person_intents=person_intents, separator=separator
        )
        # Spans are those of what was written, and relative dates those of the desk's own clock.
        entities = entities_of(text, language, datetime.now().astimezone(), region=self.settings.data.region)
        reading = replace(reading, entities=entities)
        parts = parts_of(meant) if skills.head is not None else ()
        if len(parts) > 1:
            some = parts[:_PARTS]
            vectors = np.concatenate([matcher.encode(part, language=language) for part in some])
            reading = replace(reading, several=several_intents(some, vectors, skills))
        searching = time.perf_counter()
        hits = matcher.find(
            text,
            context,
            language=language,
            k=k,
            vector=vector,
            intents=reading.probabilities,
            unfamiliar=reading.out_of_scope,
            scorer=skills.scorer,
            filters=filters,
            without=without,
        )
        searched = time.perf_counter()
        reranked = self._reranked(search_text(meant, context), hits, skills, matcher.late_interaction(language))
        milliseconds = {
            "encode": 1000 * (encoded - encoding),
            "search": 1000 * (searched - searching),
            "rerank": 1000 * (time.perf_counter() - searched),
        }
        return _Found(reading, skills, reranked, milliseconds)

    def _reranked(self, question: str, hits: Sequence[Hit], skills: Skills, late: LateInteraction | None) -> Reranked:
        """Return the hits after the second look, if there is a reranker and time."""
        reranking = self._reranking(skills, late)
        return reranking(question, hits) if reranking is not None else Reranked(list(hits), "off")

    def _reranking(self, skills: Skills, late: LateInteraction | None) -> Reranking | None:
        """Return the reranking of these skills, loaded when it is first needed."""
        trained, milliseconds = skills.reranker, self.settings.retrieval.rerank_budget_ms
        if milliseconds <= 0:
            return None
        if trained is None:
            if late is None or skills.late is None:
                return None
            # What a token costs is the same, whatever a release makes of the outcome.
            budget = self._budgets.setdefault(late.id, LatencyBudget(milliseconds))
            return Reranking(late, skills.late, budget, question_text)
        known = self._rerankings.get(trained)
        if known is not None:
            return known
        with self._lock:
            if trained not in self._rerankings:
                wanted = self.settings.retrieval
                model = CrossEncoder(trained.folder, runtime=wanted.runtime, threads=wanted.threads, cache=self._cache)
                # The first call is slow, and would teach the budget a wrong cost.
                model.logits("?", ["!"])
                new = Reranking(model, trained.scorer, LatencyBudget(milliseconds))
                # Those of a release that answers no longer make room.
                same = trained.folder.parents[1]
                kept = {one: there for one, there in self._rerankings.items() if one.folder.parents[1] == same}
                self._rerankings = kept | {trained: new}
            return self._rerankings[trained]

    def _checked(self, text: str, mask: Mask | None = None) -> str:
        text = (mask or Mask(self.settings.data))(clean(text))
        limit = self.settings.ui.max_text
        if not text:
            raise RequestError("The message is empty.", where="text", hint="Send a question.")
        if len(text) > limit:
            message = f"The message has {len(text)} characters, {limit} are allowed."
            raise RequestError(message, where="text", hint="Shorten it, or raise the setting ui.max_text.")
        return text

    def _lines(self, learned: Thresholds) -> Thresholds:
        wanted = self.settings.dialog
        return Thresholds(
            **{
                name: getattr(learned, name) if getattr(wanted, name) is None else getattr(wanted, name)
                for name in learned.__slots__
            }
        )


def _text(decision: Decision, reading: Reading) -> str:
    if decision.action == "pick":
        return _sent(decision.hits[0])
    if decision.action == "ask":
        return phrases.ask_text(reading.language, decision.ground)
    return phrases.handoff_text(decision.ground, reading.language)


def _sent(hit: Hit) -> str:
    text = sendable(hit.ticket.answer)
    assert text is not None, "the policy picks what can be sent"
    return text


def _citations(decision: Decision) -> tuple[Citation, ...]:
    if decision.action != "pick":
        return ()
    hit = decision.hits[0]
    sent = _sent(hit)
    # A signature that was taken out is no sentence of the reply.
    kept = (found for found in _SENTENCE.finditer(hit.ticket.answer) if (sendable(found[0]) or "\0") in sent)
    return tuple(Citation(number, hit.ticket.id, *found.span()) for number, found in enumerate(kept))
