"""The agent: a message in, a reply out, stored with its evidence."""

from __future__ import annotations

import copy
import logging
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from replydesk.data.errors import (
    ConflictError,
    EngineError,
    NotFoundError,
    ReleaseError,
    ReplydeskError,
    RequestError,
)
from replydesk.data.home import Home
from replydesk.data.preparation import Mask, pseudonym
from replydesk.data.records import Message, Ticket, Verdict, VerdictKind, content_id, same_text
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.data.text import clean, language_of
from replydesk.dialog import phrases
from replydesk.dialog.dial import Dial
from replydesk.dialog.form_file import FormFile
from replydesk.dialog.forms import FORM_GROUNDS, Form, FormStep, form_decision, started_form, step
from replydesk.dialog.looking import Found, Looking, Wanted
from replydesk.dialog.parts import asks_something
from replydesk.dialog.policy import Decision, decide, decide_several
from replydesk.dialog.reading import Reading, wants_person
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.reply import Handoff, Option, Reply
from replydesk.dialog.restored import reply_of
from replydesk.dialog.rules.book import RuleBook
from replydesk.dialog.sentiment import mood_of
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.dialog.state import RELEASED, TAKEN, FormState, Offer, State, holder_of, state_after
from replydesk.dialog.turn import Heard, citations_of, heard, sent_text
from replydesk.retrieval.encoders.encoder import Encoders
from replydesk.retrieval.matcher import Hit, Matcher
from replydesk.retrieval.reranking.reranker import Outcome, Reranked

__all__ = ["Agent"]

_LOG = logging.getLogger(__name__)
# Several requests of one conversation are answered one after the other; of so many conversations at once, perhaps.
_TURNS = 64
# Another process may have answered in the same conversation meanwhile: then the message is read anew.
_ATTEMPTS = 20


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
        forms: Path | None = None,
    ) -> None:
        self.store, self.matcher, self.settings, self.releases = store, matcher, settings, releases
        self.dial = Dial(store, settings.dialog)
        self._looking = Looking(settings, cache)
        self._forms = FormFile(forms)
        self._turns = tuple(threading.Lock() for _ in range(_TURNS))
        # What follows no home, such as a judge's, has no rules.
        self.rulebook: RuleBook | None = None
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
        agent = cls(store, matcher, settings, releases, cache=home.runtime, forms=home.forms)
        agent._forms.read()
        agent._release = releases.current()
        agent.rulebook = RuleBook.open(home, settings)
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

    def standing_in(
        self,
        release: Release,
        *,
        settings: Settings | None = None,
        matcher: Matcher | None = None,
        reranked: Outcome = "done",
    ) -> Agent:
        """Return an agent of the same store that answers with that release, whatever the home points at.

        It may have other settings, and a matcher of other tickets; it reranks as ``reranked`` says, whatever time that
        takes. This agent is left as it is.
        """
        view = copy.copy(self)
        view.settings = settings or self.settings
        view.dial = Dial(self.store, view.settings.dialog)
        view.releases, view._release = None, release
        view.matcher = matcher or self.matcher
        view._matching = release, view.matcher.using(release.encoders) if release.encoders else view.matcher
        view._looking = self._looking.timeless(reranked)
        return view

    def reply(
        self,
        text: str,
        *,
        conversation: str = "",
        customer: str = "",
        channel: str = "",
        language: str = "",
        filters: Mapping[str, str] | None = None,
        message: str = "",
    ) -> Reply:
        """Return the reply to a customer's message and store both.

        ``language`` overrides what is detected; ``filters`` admit only some tickets, as in :meth:`Matcher.find`.
        ``message`` is the id that the caller gives the message: sent again in the same conversation, the same text gets
        the same reply and nothing is stored. So does the same text that came before its reply was there. Raises
        :class:`RequestError` for an empty or too long message and :class:`ConflictError` where others write into the
        conversation all the time.
        """
        began, arrived = time.perf_counter(), datetime.now(UTC)
        if not conversation:
            return self._turn(text, uuid.uuid4().hex, customer, channel, language, filters, message, began, None)
        with self._turns[hash(conversation) % _TURNS]:
            for _ in range(_ATTEMPTS):
                try:
                    return self._turn(text, conversation, customer, channel, language, filters, message, began, arrived)
                except ConflictError:
                    continue
        hint = "Send the message once more."
        raise ConflictError("Others write into this conversation all the time.", where=conversation, hint=hint)

    def _turn(
        self,
        text: str,
        conversation: str,
        customer: str,
        channel: str,
        language: str,
        filters: Mapping[str, str] | None,
        message: str,
        began: float,
        arrived: datetime | None,
    ) -> Reply:
        """Answer once; a conversation that has just been named has no ``arrived`` and nothing before."""
        known = self.store.stored([conversation]).get(conversation) if arrived is not None else None
        earlier = known.conversation.messages if known else ()
        mask = Mask(self.settings.data, conversation, known.masked if known else {})
        text = self._checked(text, mask)
        state = State()
        if arrived is not None and earlier:
            given = self._given(text, message, conversation, earlier, arrived)
            if given is not None:
                return given
            last = next(self.store.replies(conversation, limit=1), {})
            state = replace(State.of(last.get("state")), taken_over=holder_of(earlier))
        languages = self.settings.data.languages
        previous = next((m.language for m in reversed(earlier) if m.role == "customer"), "")
        language = language or language_of(text, among=languages, previous=previous)
        tickets_at = self.store.latest_change()
        reply = self.answer(
            text,
            # Notes are the team's own, and events say nothing.
            [one.text for one in earlier if one.role in ("customer", "agent", "bot")],
            language=language,
            conversation=conversation,
            filters=filters,
            began=began,
            state=state,
        )
        now = datetime.now(UTC)
        customer = pseudonym(customer)
        said = [Message(message or uuid.uuid4().hex, "customer", text, now, customer, language)]
        reply = replace(reply, message=said[0].id, tickets_at=tickets_at)
        if reply.text:
            said.append(Message(reply.id, "bot", reply.text, now, reply.release, language))
        self.store.append(
            conversation,
            *said,
            channel=channel,
            customer=customer,
            masked=mask.given,
            reply=(reply.release, reply.document()),
            new=arrived is None,
            after=len(earlier),
        )
        return reply

    def _given(
        self, text: str, message: str, conversation: str, earlier: Sequence[Message], arrived: datetime
    ) -> Reply | None:
        """Return the reply that this very message has got before, None where it is a new one."""
        asked = [one for one in earlier if one.role == "customer" and same_text(one.text) == same_text(text)]
        if message:
            same = next((one for one in asked if one.id == message), None)
        else:
            # Who wrote it again before the reply was there cannot have meant to ask again.
            same = next((one for one in asked[-1:] if one.at is not None and arrived < one.at), None)
        if same is None:
            return None
        replies = self.store.replies(conversation)
        return next((reply_of(reply) for reply in replies if reply.get("message") == same.id), None)

    def take_over(self, conversation: str, *, by: str) -> None:
        """Give a conversation to a person: the agent is silent in it until :meth:`give_back`.

        Raises :class:`NotFoundError` where there is no such conversation.
        """
        self._event(conversation, TAKEN, by)

    def give_back(self, conversation: str, *, by: str = "") -> None:
        """Let the agent answer in a conversation again. Raises :class:`NotFoundError` where there is none."""
        self._event(conversation, RELEASED, by)

    def _event(self, conversation: str, kind: str, by: str) -> None:
        """Write down who has a conversation, unless that is so already."""
        with self._turns[hash(conversation) % _TURNS]:
            held = holder_of(self.store.conversation(conversation).messages)
            if held == (by if kind == TAKEN else ""):
                return
            text = f"{kind} {by}".strip()
            event = Message(f"{kind}{uuid.uuid4().hex}", "system", text, datetime.now(UTC), by)
            self.store.append(conversation, event)

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
        state: State | None = None,
    ) -> Reply:
        """Return the reply to a message in its context, storing nothing.

        ``without`` holds ids of tickets that must not be found, for evaluation. ``state`` is what the last reply of the
        conversation left.
        """
        began = time.perf_counter() if began is None else began
        release = self.release()
        before = state or State()
        if before.taken_over:
            return self._silent(text, language, conversation, release, began, before)
        forms = self._forms.current()
        form = next((one for one in forms if before.form is not None and one.name == before.form.name), None)
        told = heard(text, before, context)
        if form is not None and not wants_person(text):
            told = Heard(text, (), before)
            taken = step(form, before.form, text, before.slots)
            if taken.kind != "cancelled" and not asks_something(text) and taken.kind in ("ask", "done"):
                return self._form(text, told, form, taken, None, language, conversation, release, began)
        else:
            taken = None
        wanted = Wanted(
            self.settings.retrieval.candidates,
            filters,
            without | frozenset(told.state.refused),
            self._failed(told.state.refused),
        )
        told, found = self._best(release, text, told, language, wanted)
        reading, hits = found.reading, found.reranked.hits
        away = not hits and bool(self.matcher.trouble())
        lines, _ = self.dial.lines(release, found.skills, reading)
        decision = decide(reading, hits, lines, away=away, failures=told.state.failures)
        if form is not None and taken is not None:
            # Who asks something else meanwhile gets the answer, and is asked again for what is missing.
            if decision.action == "pick" and taken.kind != "cancelled" and asks_something(text):
                back = step(form, None, "", before.slots)
                return self._made(
                    text, told, decision, found, conversation, release, began, form=(form, back, before.form)
                )
            return self._form(text, told, form, taken, found, language, conversation, release, began)
        if decision.handoff not in ("asked_for_person", "repeated_failure"):
            # A form asks, and that needs no promise.
            alone = lines.pick_above if lines.pick_above <= 1 else 0.5
            begun = started_form(forms, told.meant, reading, hits, pick_above=alone) if forms else None
            if begun is not None:
                taken = step(begun, None, told.meant, before.slots)
                return self._form(text, told, begun, taken, found, language, conversation, release, began)
        decision = self._several(decision, found, release, language, wanted) or decision
        return self._made(text, told, decision, found, conversation, release, began)

    def _form(
        self,
        text: str,
        told: Heard,
        form: Form,
        taken: FormStep,
        found: Found | None,
        language: str,
        conversation: str,
        release: Release,
        began: float,
    ) -> Reply:
        """Return the reply that goes on with a form; what fills a slot is not looked for."""
        if found is None:
            found = _unread(text, language)
        return self._made(
            text, told, form_decision(form, taken), found, conversation, release, began, form=(form, taken, taken.state)
        )

    def _best(self, release: Release, text: str, told: Heard, language: str, wanted: Wanted) -> tuple[Heard, Found]:
        """Return what was found for a message as it was heard.

        Where that is a follow-up said in full, the message is also read as it stands, and taken so where the desk knows
        it better: when it is asked word for word, or has the better of two answers.
        """
        found = self._look(release, told.meant, told.context, language=language, wanted=wanted)
        if told.cue != "follow_up":
            return told, found
        alone = self._look(release, text, (), language=language, wanted=wanted)
        one, other = (look.reranked.hits[:1] for look in (alone, found))
        if one and (one[0].exact or not other or (not other[0].exact and one[0].score > other[0].score)):
            return replace(told, meant=text, cue=""), alone
        return told, found

    def _made(
        self,
        text: str,
        told: Heard,
        decision: Decision,
        found: Found,
        conversation: str,
        release: Release,
        began: float,
        *,
        form: tuple[Form, FormStep, FormState | None] | None = None,
    ) -> Reply:
        """Return the reply that a decision comes to, with the state that it leaves.

        ``form`` is one that goes on, what comes next in it, and the state in which it is left.
        """
        reading, hits = found.reading, found.reranked.hits
        lines, promise = self.dial.lines(release, found.skills, reading)
        sent = decision.hits if decision.action in ("pick", "compose") else ()
        shown = _shown(decision, hits, self.settings.dialog.hits_shown)
        options = decision.hits if decision.action == "ask" else ()
        offers = [Offer(phrases.option_label(hit), hit.ticket.question, hit.ticket.id) for hit in options]
        said, slots, left = _text(decision, reading), dict(told.state.slots), None
        if form is not None:
            going, taken, left = form
            asks = phrases.form_text(taken, going, reading.language)
            said = f"{said}\n\n{asks}" if decision.action == "pick" else asks
            slots = dict(taken.slots)
            offers = list(taken.slot.offers) if taken.slot is not None else []
        meant = told.meant if told.meant != text else ""
        after = state_after(
            told.state,
            asked=text,
            topic=told.state.topic if told.cue == "thanks" or decision.ground in FORM_GROUNDS else told.meant,
            sent=[hit.ticket.id for hit in sent],
            options=offers,
            slots=slots,
            form=left,
        )
        return Reply(
            id=uuid.uuid4().hex,
            conversation=conversation,
            action=decision.action,
            text=said,
            confidence=shown[0].score if shown else 0.0,
            reading=reading,
            hits=shown,
            reasons=phrases.reasons(decision, reading, shown, found.reranked.outcome, meant=meant, promise=promise),
            release=release.id,
            milliseconds={"total": 1000 * (time.perf_counter() - began), **found.milliseconds},
            citations=citations_of(decision),
            handoff=(
                Handoff(decision.handoff, phrases.handoff_summary(text, reading, shown, slots))
                if decision.handoff
                else None
            ),
            options=tuple(Option(offer.label, offer.value) for offer in offers),
            reranked=found.reranked.outcome,
            state=after,
            meant=meant,
            lines=lines,
        )

    def _silent(
        self, text: str, language: str, conversation: str, release: Release, began: float, state: State
    ) -> Reply:
        """Return the reply that says nothing, since a person has the conversation."""
        found = _unread(text, language)
        decision = decide(found.reading, (), Thresholds(), taken_over=True)
        assert decision.handoff is not None
        return Reply(
            id=uuid.uuid4().hex,
            conversation=conversation,
            action=decision.action,
            text="",
            confidence=0.0,
            reading=found.reading,
            hits=(),
            reasons=(phrases.held_by(state.taken_over, language),),
            release=release.id,
            milliseconds={"total": 1000 * (time.perf_counter() - began), **found.milliseconds},
            handoff=Handoff(decision.handoff, phrases.handoff_summary(text, found.reading, ())),
            state=state_after(replace(state, failures=0), asked=text, form=state.form),
        )

    def _several(
        self,
        decision: Decision,
        found: Found,
        release: Release,
        language: str,
        wanted: Wanted,
    ) -> Decision | None:
        """Return the decision to answer each part of a message, None where it is not several questions.

        A trained desk is sure that the parts ask different things; an untrained one goes by how each is written.
        """
        if decision.ground in ("exact", "asked_for_person", "failed_twice") or not found.parts:
            return None
        trained = found.skills.head is not None
        if len(found.reading.several) < 2 if trained else not all(map(asks_something, found.parts)):
            return None
        parts = [self._look(release, part, (), language=language, wanted=wanted) for part in found.parts]
        return decide_several(
            [
                decide(one.reading, one.reranked.hits, self.dial.lines(release, one.skills, one.reading)[0])
                for one in parts
            ]
        )

    def _failed(self, refused: Sequence[str]) -> tuple[str, ...]:
        """Return the answers of tickets that were turned down."""
        return tuple(ticket.answer for ticket in self.store.tickets_by_id(refused).values()) if refused else ()

    def search(
        self, text: str, *, k: int = 10, language: str = "", filters: Mapping[str, str] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` past tickets that may answer a text, best first, without deciding anything."""
        text = self._checked(text)
        language = language or language_of(text, among=self.settings.data.languages)
        return self._look(self.release(), text, (), language=language, wanted=Wanted(k, filters)).reranked.hits

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
                self._looking.reranking(skills, matcher.late_interaction(language))
            self._warm = True
        except ReplydeskError as error:
            self._trouble = str(error)
            _LOG.error("Not ready: %s", error)

    def ready(self) -> dict[str, Any]:
        """Return whether messages can be answered now and, if not or by words alone, why; and what speaks against it.

        ``alerts`` are the promises that people's verdicts do not bear out.
        """
        release = self.release()
        return {
            "ready": self._warm,
            "release": release.id,
            "trouble": self._trouble or self.matcher.trouble() or (self.rulebook.trouble() if self.rulebook else ""),
            "alerts": self.dial.alerts(release),
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
        self.dial.judged(self.release())
        if kind == "taken_over":
            self.take_over(conversation, by=by or "agent")
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

    def _look(self, release: Release, text: str, context: Sequence[str], *, language: str, wanted: Wanted) -> Found:
        matcher = self.matcher_of(release)
        skills = release.skills_of(matcher.encoder_id(language))
        return self._looking.look(matcher, skills, text, context, language=language, wanted=wanted)

    def _checked(self, text: str, mask: Mask | None = None) -> str:
        text = (mask or Mask(self.settings.data))(clean(text))
        limit = self.settings.ui.max_text
        if not text:
            raise RequestError("The message is empty.", where="text", hint="Send a question.")
        if len(text) > limit:
            message = f"The message has {len(text)} characters, {limit} are allowed."
            raise RequestError(message, where="text", hint="Shorten it, or raise the setting ui.max_text.")
        return text


def _unread(text: str, language: str) -> Found:
    """Return what is known of a message that is neither encoded nor looked up."""
    reading = Reading(language, (), 0.0, mood_of(text), False)
    return Found(reading, Skills(), Reranked([], "off"), dict.fromkeys(("encode", "search", "rerank"), 0.0))


def _text(decision: Decision, reading: Reading) -> str:
    if decision.action in ("pick", "compose"):
        return sent_text(decision)
    if decision.action == "ask":
        return phrases.ask_text(reading.language, decision.ground)
    return phrases.handoff_text(decision.ground, reading.language)


def _shown(decision: Decision, hits: Sequence[Hit], least: int) -> tuple[Hit, ...]:
    """Return the hits that are shown, best first; what is cited is among them, also where a part alone found it."""
    if decision.action != "compose":
        return tuple(hits[: max(least, len(decision.hits))])
    found = {hit.ticket.id: hit for hit in (*decision.hits, *hits)}
    return tuple(sorted(list(found.values())[: max(least, len(decision.hits))], key=lambda hit: -hit.score))
