"""Mining: a conversation becomes tickets, each a customer's question with the answer that a person gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from replydesk.data.records import Conversation, Message, Role, Ticket

__all__ = ["Utterance", "mine", "utterances"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one side said before the other spoke again: one or more messages in a row, joined."""

    role: Role
    text: str
    messages: tuple[Message, ...]

    @property
    def intents(self) -> tuple[str, ...]:
        """Return the labels of its messages in order, each once."""
        return tuple(dict.fromkeys(label for message in self.messages for label in message.intents))


def utterances(conversation: Conversation) -> list[Utterance]:
    """Return the public turns of a conversation; private notes, events and empty messages are left out."""
    turns: list[Utterance] = []
    for message in conversation.messages:
        if message.role in ("note", "system") or not message.text.strip():
            continue
        if turns and turns[-1].role == message.role:
            last = turns[-1]
            turns[-1] = replace(last, text=f"{last.text}\n{message.text}", messages=(*last.messages, message))
        else:
            turns.append(Utterance(message.role, message.text, (message,)))
    return turns


def mine(conversation: Conversation, *, context_messages: int = 6) -> Iterator[Ticket]:
    """Yield a ticket for every customer turn that a person answered next.

    What a bot said is context, never an answer. ``context_messages`` is how many earlier turns a ticket keeps.
    """
    turns = utterances(conversation)
    for position, (asked, answered) in enumerate(pairwise(turns)):
        if asked.role != "customer" or answered.role != "agent":
            continue
        earlier = turns[max(0, position - context_messages) : position]
        yield Ticket.make(
            asked.text,
            answered.text,
            context=tuple(turn.text for turn in earlier),
            intent=next(iter(asked.intents), ""),
            language=asked.messages[0].language,
            at=answered.messages[0].at or asked.messages[0].at,
            author=answered.messages[0].author,
            tags=conversation.tags,
            outcome=conversation.outcome,
            satisfaction=conversation.satisfaction,
        )
