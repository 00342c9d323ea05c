"""Retelling: what a stored reply answered, read back from the store, and answered again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from replydesk.data.errors import NotFoundError, ReleaseError
from replydesk.data.records import Message
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming, context_of
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.reply import Reply
from replydesk.dialog.state import State, holder_of
from replydesk.retrieval.reranking.reranker import MOST

__all__ = ["Retold", "answered", "release_of", "reread_in", "retold"]


@dataclass(frozen=True, slots=True)
class Retold:
    """A stored reply, and the message that it answered with all that it depended on beside the desk.

    ``recorded`` says whether the reply's row tells its clock, channel, tags and filters. For one that does not, the
    clock is the message's time, and the rest is not known.
    """

    reply: Mapping[str, Any]
    incoming: Incoming
    recorded: bool

    @property
    def text(self) -> str:
        """Return the message, as it is stored."""
        return self.incoming.text

    @property
    def language(self) -> str:
        """Return the language in which the message was read."""
        return self.incoming.language


def retold(store: Store, reply: str) -> Retold:
    """Return what a stored reply answered. Raises :class:`NotFoundError` where the reply or its message is gone."""
    document = store.reply(reply)
    conversation = str(document["conversation"])
    messages = store.conversation(conversation).messages
    place = _place(messages, document)
    if place is None:
        hint = "A reply without its message can be neither explained nor replayed."
        raise NotFoundError("The message that this reply answered is gone.", where=reply, hint=hint)
    earlier, told = messages[:place], document.get("incoming") or {}
    context = context_of(earlier)
    at = datetime.fromisoformat(told["at"]) if told else messages[place].at or datetime.now(UTC)
    incoming = Incoming(
        messages[place].text,
        str(document["language"]),
        context[: told.get("earlier", len(context))],
        replace(_before(store, conversation, reply, at), taken_over=holder_of(earlier)),
        conversation,
        told.get("channel", ""),
        tuple(told.get("tags", ())),
        told.get("filters"),
        at=at,
    )
    return Retold(document, incoming, bool(told))


def answered(agent: Agent, told: Retold, *, text: str | None = None, without: frozenset[str] = frozenset()) -> Reply:
    """Return what the agent answers to the same message in the same conversation, storing nothing.

    ``text`` takes the message's place; ``without`` are ids of tickets that must not be found.
    """
    return agent.answer(replace(told.incoming, text=told.text if text is None else text, without=without))


def release_of(agent: Agent, key: str) -> Release:
    """Return the release of that id, also one that does not answer now. Raises :class:`ReleaseError`."""
    current = agent.release()
    if current.id == key:
        return current
    if key == UNTRAINED_RELEASE.id:
        return UNTRAINED_RELEASE
    if agent.releases is None or key not in agent.releases.ids():
        hint = "Without it the reply can be read, but not answered again."
        raise ReleaseError("The release that gave this reply is gone.", where=key, hint=hint)
    return agent.releases.load(key)


def reread_in(document: Mapping[str, Any]) -> Sequence[int]:
    """Return how many hits a stored reply was reranked by, look by look; a row of before tells all or none."""
    return document.get("reread") or ((0,) if document.get("reranked") == "skipped" else (MOST,))


def _place(messages: Sequence[Message], document: Mapping[str, Any]) -> int | None:
    """Return where the message stands that a reply answered; an old row does not name it, but stands behind it."""
    asked = document.get("message")
    for place, message in enumerate(messages):
        if asked and message.id == asked:
            return place
        if not asked and message.id == document["id"] and place:
            return place - 1
    return None


def _before(store: Store, conversation: str, reply: str, at: datetime) -> State:
    """Return the state that the reply before this one had left by then, judged wrong or not."""
    replies = list(store.replies(conversation))
    place = next(i for i, one in enumerate(replies) if one["id"] == reply)
    last = next(iter(replies[place + 1 :]), None)
    if last is None:
        return State()
    state = State.of(last.get("state"))
    kinds = [one.kind for one in store.verdicts(reply=str(last["id"])) if one.at is not None and one.at < at]
    return state.turned_down() if kinds[-1:] in (["wrong"], ["wrong_intent"]) else state
