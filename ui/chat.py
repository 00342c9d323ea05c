"""What the chat page does: a customer asks, the desk answers, and somebody says what they think of the answer."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace

from replydesk.data.errors import InputError, ReplydeskError
from replydesk.data.records import VerdictKind
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.explaining import explanation_of
from replydesk.ui.bubbles import bubble, notice
from replydesk.ui.curve import dialled
from replydesk.ui.evidence import evidence
from replydesk.ui.explained import explained
from replydesk.ui.strings import STRINGS, say
from replydesk.ui.talk import Talk, Turn, heard_in, talk_of
from replydesk.ui.typed import hints

__all__ = ["Desk", "verdict_kind"]

_LOG = logging.getLogger(__name__)
_CHUNKS = 12
_PAUSE_SECONDS = 0.025

_PAGE_ID = re.compile(r"page-[0-9a-f]{32}")
"""Ids that nobody guesses. Only these are read again: a browser that names another conversation sees nothing."""


class Desk:
    """What the page does when somebody uses it, without a word about how it looks.

    >>> desk = Desk(agent, settings)                                        # doctest: +SKIP
    >>> [talk] = list(desk.answer("where is my parcel?", Talk(), "en"))[-1:]  # doctest: +SKIP
    >>> desk.judge(talk.reply_at(1), "good")                                # doctest: +SKIP
    """

    def __init__(self, agent: Agent, settings: Settings, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._agent, self._settings, self._pause = agent, settings, pause_seconds
        self._called = settings.dialog.intent_name

    def talk(self, conversation: str, language: str, typed: Mapping[str, str] | None = None) -> Talk:
        """Return a conversation of this page as it is stored; one without an id where a browser names any other.

        ``typed`` is what the page still knows of what was masked.
        """
        if not _PAGE_ID.fullmatch(conversation):
            return Talk()
        store = self._agent.store
        found = store.stored([conversation]).get(conversation)
        if found is None:
            return Talk(conversation, typed=typed or {})
        verdicts = store.verdicts(conversations=[conversation])
        return talk_of(
            found.conversation, list(store.replies(conversation)), verdicts, language, found.masked, typed or {}
        )

    def news(self, conversation: str, heard: int, language: str, typed: Mapping[str, str] | None = None) -> Talk | None:
        """Return the talk where people of the team wrote or did something since ``heard`` things, else None."""
        if not _PAGE_ID.fullmatch(conversation):
            return None
        now = heard_in(self._agent.store.messages(conversation))
        return None if now == heard else self.talk(conversation, language, typed)

    def answer(self, text: str, talk: Talk, language: str, *, pressed: bool = False) -> Iterator[Talk]:
        """Yield the talk with the message, then with ever more of its reply, within a third of a second.

        The last one is what is stored. What was ``pressed`` and not written is answered in the language of the last
        reply, whatever the words on the button are. A message that is refused leaves a notice in the page's
        ``language`` instead, and so does any failure.
        """
        talk = replace(talk, conversation=talk.conversation or f"page-{uuid.uuid4().hex}")
        asked = talk.say(text) if text.strip() else talk
        yield asked
        try:
            spoken = str(talk.last["language"]) if pressed and talk.last else ""
            made = self._agent.reply(text, conversation=talk.conversation, channel="chat", language=spoken)
            typed = {**talk.typed, **hints(text, made.incoming.text)} if made.incoming else talk.typed
            reply, whole = made.document(), self.talk(talk.conversation, language, typed)
        except Exception as error:  # noqa: BLE001 - the page goes on, the log tells
            yield talk.add(Turn("assistant", notice(self._excuse(error, text, language), language), refused=True))
            return
        # While a person has the conversation there is no text.
        length = len(reply["text"])
        step = max(1, -(-length // _CHUNKS))
        for end in range(step, length, step):
            yield asked.add(Turn("assistant", bubble(reply, end)))
            time.sleep(self._pause)
        yield whole

    def panel(self, talk: Talk, language: str, reply: str = "", opened: int | None = None) -> str:
        """Return the panel of a reply of the talk, the newest unless one is named, with a citation's ticket open."""
        shown = next((turn.reply for turn in talk.turns if turn.reply and turn.reply["id"] == reply), talk.last)
        dial = dialled(self._agent, shown) if shown else None
        return evidence(shown, language, dial, opened, called=self._called)

    def explained(self, talk: Talk, language: str, reply: str) -> str:
        """Return the panel of a reply of the talk with what moved it, word by word."""
        shown = next((turn.reply for turn in talk.turns if turn.reply and turn.reply["id"] == reply), None)
        if shown is None:
            return self.panel(talk, language)
        told = explained(explanation_of(self._agent, reply), language)
        return evidence(shown, language, dialled(self._agent, shown), explained=told, called=self._called)

    def judge(self, reply: str, kind: VerdictKind, correction: str = "") -> None:
        """Store what somebody thought of a reply. Raises an error of the tree."""
        learn = self._agent.settings.ui.learn_from_page
        self._agent.judge(reply, kind, correction=correction, by="chat", learn=learn)

    def _excuse(self, error: Exception, text: str, language: str) -> str:
        limit = self._settings.ui.max_text
        if not isinstance(error, InputError):
            known = isinstance(error, ReplydeskError)
            _LOG.error("A message was not answered: %s", error, exc_info=None if known else error)
            return say("trouble", language)
        if not text.strip():
            return say("empty", language)
        if len(text) > limit:
            return say("too_long", language, length=len(text), limit=limit)
        return f"{error.message} {error.hint}".strip()


def verdict_kind(thumb: object) -> VerdictKind | None:
    """Return what a click under an answer means; None when it takes an earlier one back.

    >>> verdict_kind(True), verdict_kind(False), verdict_kind("理解错了"), verdict_kind(None)
    ('good', 'wrong', 'wrong_intent', None)
    """
    if isinstance(thumb, bool):
        return "good" if thumb else "wrong"
    return "wrong_intent" if thumb in STRINGS["wrong_intent"].values() else None
