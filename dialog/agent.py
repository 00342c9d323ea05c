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
    ReleaseError,
    ReplydeskError,
)
from replydesk.data.home import Home
from replydesk.data.preparation import Mask, pseudonym
from replydesk.data.records import Message, Verdict, VerdictKind, same_text
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.data.text import language_of
from replydesk.dialog.answering import Answering
from replydesk.dialog.compose.composing import Composing
from replydesk.dialog.declared import Form
from replydesk.dialog.dial import Dial
from replydesk.dialog.form_file import followed_forms
from replydesk.dialog.guard import TeamHosts
from replydesk.dialog.incoming import Incoming, checked, checked_filters, context_of, language_before
from replydesk.dialog.looking import Found, Looking, Wanted
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.reply import Reply
from replydesk.dialog.restored import reply_of
from replydesk.dialog.rules.book import RuleBook
from replydesk.dialog.state import RELEASED, TAKEN, State, holder_of, state_before
from replydesk.dialog.turn import Turn
from replydesk.dialog.verdicts import judged
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.matcher import Hit, Matcher
from replydesk.retrieval.reranking.reranker import MOST

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
        rulebook: RuleBook | None = None,
    ) -> None:
        self.store, self.matcher, self.settings, self.releases = store, matcher, settings, releases
        self.dial = Dial(store, settings.dialog)
        # What follows no home, such as a judge's, has no rules.
        self.rulebook = rulebook
        self._looking = Looking(settings, cache)
        self._forms = followed_forms(forms)
        self._answering = Answering(
            store,
            settings,
            self._looking,
            self.dial,
            self._forms,
            rulebook,
            composing=Composing(settings.dialog),
            hosts=TeamHosts(store),
        )
        self._turns = tuple(threading.Lock() for _ in range(_TURNS))
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
        rulebook = RuleBook.open(home, settings)
        agent = cls(store, matcher, settings, releases, cache=home.runtime, forms=home.forms, rulebook=rulebook)
        agent._release = releases.current()
        return agent

    @property
    def forms(self) -> tuple[Form, ...]:
        """Return the forms as their file says now."""
        return self._forms.get()

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
        reread: Sequence[int] = (MOST,),
        ruled: bool = True,
    ) -> Agent:
        """Return an agent of the same store that answers with that release, whatever the home points at.

        It may have other settings, a matcher of other tickets, or no rules of the team; it reranks so many hits as
        ``reread`` says, look by look, whatever time that takes. This agent is left as it is.
        """
        view = copy.copy(self)
        view.settings = settings or self.settings
        view.releases, view._release = None, release
        view.matcher = matcher or self.matcher
        view._matching = release, view.matcher.using(release.encoders) if release.encoders else view.matcher
        view.dial = Dial(self.store, view.settings.dialog)
        looking = self._looking.timeless(reread)
        view._answering = self._answering.standing_in(view.settings, looking, view.dial, ruled=ruled)
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
        tags: Sequence[str] = (),
        message: str = "",
    ) -> Reply:
        """Return the reply to a customer's message and store both.

        ``language`` overrides what is detected; ``filters`` admit only some tickets, as in :meth:`Matcher.find`;
        ``tags`` are those of the customer, for the team's rules, beside those of the conversation. ``message`` is the
        id that the caller gives the message: sent again in the same conversation, the same text gets the same reply and
        nothing is stored. So does the same text that came before its reply was there. Raises :class:`RequestError` for
        an empty or too long message or filters that nothing here can pass, and :class:`ConflictError` where others
        write into the conversation all the time.
        """
        began = time.perf_counter()
        self.check_filters(filters)
        incoming = Incoming(
            text, language, conversation=conversation, channel=channel, tags=tuple(tags), filters=filters
        )
        if not conversation:
            begun = replace(incoming, conversation=uuid.uuid4().hex)
            return self._turn(begun, customer, message, began, new=True)
        with self._turns[hash(conversation) % _TURNS]:
            for _ in range(_ATTEMPTS):
                try:
                    return self._turn(incoming, customer, message, began, new=False)
                except ConflictError:
                    continue
        hint = "Send the message once more."
        raise ConflictError("Others write into this conversation all the time.", where=conversation, hint=hint)

    def _turn(self, incoming: Incoming, customer: str, message: str, began: float, *, new: bool) -> Reply:
        """Answer once; in a ``new`` conversation, which has just been named, there is nothing before."""
        conversation = incoming.conversation
        known = self.store.stored([conversation]).get(conversation) if not new else None
        earlier = known.conversation.messages if known else ()
        mask = Mask(self.settings.data, conversation, known.masked if known else {})
        text = self.checked(incoming.text, mask)
        state = State()
        if earlier:
            given = self._given(text, message, conversation, earlier, incoming.at)
            if given is not None:
                return given
            state = state_before(self.store, conversation, earlier)
        languages = self.settings.data.languages
        language = incoming.language or language_of(text, among=languages, previous=language_before(earlier))
        heard = replace(
            incoming,
            text=text,
            language=language,
            context=context_of(earlier),
            state=state,
            tags=tuple(dict.fromkeys((*incoming.tags, *(known.conversation.tags if known else ())))),
            channel=incoming.channel or (known.conversation.channel if known else ""),
        )
        reply = self.answer(heard, began=began)
        now = datetime.now(UTC)
        customer = pseudonym(customer)
        said = [Message(message or uuid.uuid4().hex, "customer", text, now, customer, language)]
        reply = replace(reply, message=said[0].id)
        if reply.text:
            said.append(Message(reply.id, "bot", reply.text, now, reply.release, language))
        self.store.append(
            conversation,
            *said,
            channel=incoming.channel,
            customer=customer,
            masked=mask.given,
            reply=(reply.release, reply.document()),
            new=new,
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

    def answer(self, incoming: Incoming, *, began: float | None = None) -> Reply:
        """Return the reply to a message, storing nothing; it took so long since ``began``, by ``time.perf_counter``."""
        began = time.perf_counter() if began is None else began
        release = self.release()
        return self._answering.reply(Turn(incoming, release, self.matcher_of(release), began))

    def search(
        self, text: str, *, k: int = 10, language: str = "", filters: Mapping[str, str] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` past tickets that may answer a text, best first, without deciding anything."""
        text = self.checked(text)
        self.check_filters(filters)
        language = language or language_of(text, among=self.settings.data.languages)
        return self.look(Incoming(text, language), Wanted(k, filters)).reranked.hits

    def check_filters(self, filters: Mapping[str, str] | None) -> None:
        """Raise :class:`RequestError` for filters that nothing at this desk can pass."""
        if not filters:
            return
        heads = [skills.head for skills in self.release().skills.values() if skills.head is not None]
        intents = {label for head in heads for label in head.labels}
        checked_filters(filters, self.store, languages=self.settings.data.languages, intents=intents)

    def look(self, incoming: Incoming, wanted: Wanted, release: Release | None = None) -> Found:
        """Return what a message says and which past tickets may answer it, without deciding anything.

        Read by the release that answers now, or by another.
        """
        release = release or self.release()
        turn = Turn(incoming, release, self.matcher_of(release), time.perf_counter())
        return self._answering.look(turn, incoming.text, incoming.context, wanted)

    def warm_up(self) -> None:
        """Load the models and bring the index up to the store, so that the next message is answered at once."""
        try:
            try:
                self.matcher_of(self.release()).sync()
            except EngineError as error:
                # Until it is back, words alone answer; the first search says so.
                _LOG.info("Not brought up to the store: %s", error)
            for language in self.settings.data.languages:
                self.answer(Incoming("hello", language))
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
        files = self._forms.trouble(), self.rulebook.trouble() if self.rulebook else ""
        return {
            "ready": self._warm,
            "release": release.id,
            "trouble": self._trouble or self.matcher.trouble() or " ".join(filter(None, files)),
            "alerts": self.dial.alerts(release),
            **self.store.counts(),
        }

    def judge(
        self, reply: str, kind: VerdictKind, *, correction: str = "", intent: str = "", by: str = "", learn: bool = True
    ) -> Verdict:
        """Store what a person thought of a reply; with ``learn`` a correction becomes a ticket that is found at once.

        Raises :class:`NotFoundError` for an unknown reply and :class:`RequestError` for an edit without its text.
        """
        verdict = judged(
            self.store, self.settings, reply, kind, correction=correction, intent=intent, by=by, learn=learn
        )
        self.dial.judged(self.release())
        if kind == "taken_over":
            self.take_over(verdict.conversation, by=by or "agent")
        return verdict

    def checked(self, text: str, mask: Mask | None = None) -> str:
        """Return a message cleaned and masked. Raises :class:`RequestError` for an empty or too long one."""
        return checked(text, mask or Mask(self.settings.data), self.settings.ui.max_text)
