"""The conversation as a customer's page shows it, made anew from the store: no process remembers one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from replydesk.data.privacy import with_name
from replydesk.data.records import Conversation, Message, Verdict, VerdictKind
from replydesk.dialog.options import chosen_option
from replydesk.dialog.state import RELEASED, TAKEN, Offer, holder_of
from replydesk.ui.bubbles import bubble, event, person, said
from replydesk.ui.strings import say

__all__ = ["Talk", "Turn", "Verdicts", "Waiting", "heard_in", "talk_of"]

Verdicts = Mapping[str, VerdictKind]
"""What was clicked, by the id of the reply."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the conversation as it is shown.

    ``reply`` is the document of a whole reply, None for all else; ``refused`` marks a notice.
    """

    role: str
    html: str
    reply: Mapping[str, Any] | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """That a person is to answer (``handed``, and why) or has the conversation (``held``, and who), and since when."""

    kind: Literal["handed", "held"]
    since: datetime | None = None
    who: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of the page. ``heard`` counts what people of the team wrote or did in it.

    ``typed`` is what the open page still knows of what was masked, see :func:`~replydesk.ui.typed.hints`.
    """

    conversation: str = ""
    turns: tuple[Turn, ...] = ()
    verdicts: Verdicts = field(default_factory=dict)
    waiting: Waiting | None = None
    heard: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> Mapping[str, Any] | None:
        """Return the newest reply, if there is one."""
        return next((turn.reply for turn in reversed(self.turns) if turn.reply), None)

    @property
    def form(self) -> Mapping[str, Any] | None:
        """Return the state of the last reply while a form goes on, None where there is none or a person goes on."""
        state = (self.last or {}).get("state") or {}
        held = self.waiting is not None and self.waiting.kind == "held"
        return state if state.get("form") and not held else None

    def add(self, *turns: Turn) -> Talk:
        """Return the talk with these turns at its end."""
        return replace(self, turns=(*self.turns, *turns))

    def say(self, text: str, delivered: str = "") -> Talk:
        """Return the talk with a message of the customer at its end, and what it chooses of what was offered marked."""
        turns, reply = list(self.turns), self.turns[-1].reply if self.turns else None
        offers = [Offer(option["label"], option["value"]) for option in reply["options"]] if reply else []
        chosen = chosen_option(text, offers)
        if reply and chosen:
            turns[-1] = replace(turns[-1], html=bubble(reply, chosen=chosen.value))
        return replace(self, turns=(*turns, Turn("user", said(text, delivered, self.typed))))

    def messages(self) -> list[dict[str, Any]]:
        """Return what Gradio's chatbot shows: quick replies only where nothing but a notice has followed them."""
        shown: list[dict[str, Any]] = [{"role": turn.role, "content": turn.html, "options": []} for turn in self.turns]
        newest = next((turn for turn in reversed(self.turns) if not turn.refused), None)
        if newest is not None and newest.reply:
            shown[-1]["options"] = [dict(option) for option in newest.reply["options"]]
        return shown

    def thumbs(self, language: str) -> list[str | None]:
        """Return what was clicked under each answer, in the words of the page's language."""
        words = {"good": "Like", "wrong": "Dislike", "wrong_intent": say("wrong_intent", language)}
        return [
            words.get(str(self.verdicts.get(self.reply_at(line))))
            for line, turn in enumerate(self.turns)
            if turn.role != "user"
        ]

    def reply_at(self, index: int) -> str:
        """Return the id of the reply on this line, '' when the line is none."""
        reply = self.turns[index].reply if 0 <= index < len(self.turns) else None
        return str(reply["id"]) if reply else ""


def talk_of(
    conversation: Conversation,
    replies: Sequence[Mapping[str, Any]],
    verdicts: Sequence[Verdict],
    language: str,
    masked: Mapping[str, str] = MappingProxyType({}),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Talk:
    """Return a stored conversation as a page in ``language`` shows it; notes of the team are not in it.

    ``replies`` are the documents of its replies, ``verdicts`` those on them, oldest first,
    ``masked`` its placeholders: who writes as a person is named above the message, so that name stands in it, too.
    ``typed`` is what the page still knows of what was masked.
    """
    by_id = {str(reply["id"]): reply for reply in replies}
    silent = {str(reply.get("message", "")) for reply in replies if not reply["text"]}
    clicked = {one.reply: one.kind for one in verdicts if one.by == "chat" and one.kind != "edited"}
    waiting = _waiting(conversation.messages, by_id, language)
    talk = Talk(conversation.id, (), clicked, waiting, heard_in(conversation.messages), typed)
    for message in conversation.messages:
        if message.role == "customer":
            talk = talk.say(message.text, say("delivered", language) if message.id in silent else "")
        elif message.role == "bot":
            reply = by_id.get(message.id)
            talk = talk.add(Turn("assistant", bubble(reply) if reply else said(message.text), reply))
        elif message.role == "agent":
            text = with_name(message.text, masked, conversation.id, message.author)
            talk = talk.add(Turn("assistant", person(text, message.author, language)))
        elif message.id.startswith(RELEASED):
            talk = talk.add(Turn("assistant", event(say("released", language))))
        elif message.id.startswith(TAKEN):
            talk = talk.add(Turn("assistant", event(say("joined", language, who=_name(message.author, language)))))
    return talk


def heard_in(messages: Sequence[Message]) -> int:
    """Return how often people of the team wrote or did something in a conversation."""
    return sum(message.role in ("agent", "system") for message in messages)


def _waiting(messages: Sequence[Message], replies: Mapping[str, Mapping[str, Any]], language: str) -> Waiting | None:
    """Return what a customer waits for: what was handed over and not yet taken, or the person who has it."""
    place = next((i for i in range(len(messages), 0, -1) if messages[i - 1].id.startswith(RELEASED)), 0)
    since = messages[place:]
    held = next((one for one in since if one.role == "agent" or one.id.startswith(TAKEN)), None)
    if held is not None:
        return Waiting("held", held.at, who=_name(holder_of(messages), language))
    for message in since:
        handoff = (replies.get(message.id) or {}).get("handoff")
        if handoff:
            return Waiting("handed", message.at, reason=str(handoff["reason"]))
    return None


def _name(author: str, language: str) -> str:
    return say("colleague", language) if author in ("", "agent") else author
