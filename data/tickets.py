"""Mining: a conversation becomes tickets, each a customer's question with the answer that a person gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from replydesk.data.automatic import is_automatic
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
    """Return the public turns of a conversation; private notes, events and empty messages are left out.

    What a machine said in an agent's name is a bot's.
    """
    turns: list[Utterance] = []
    for message in conversation.messages:
        if message.role in ("note", "system") or not message.text.strip():
            continue
        role: Role = "bot" if message.role == "agent" and is_automatic(message.text) else message.role
        if turns and turns[-1].role == role:
            last = turns[-1]
            turns[-1] = replace(last, text=f"{last.text}\n{message.text}", messages=(*last.messages, message))
        else:
            turns.append(Utterance(role, message.text, (message,)))
    return turns


def mine(conversation: Conversation, *, context_messages: int = 6) -> Iterator[Ticket]:
    """Yield a ticket for every customer turn that a person answered next.

    What a bot said is context, never an answer. ``context_messages`` is how many earlier turns a ticket keeps. Where
    the messages say what they reply to, that decides: several answers to one message are several tickets, and a
    thread with two customers does not mix them.
    """
    if any(message.reply_to for message in conversation.messages):
        yield from _mine_threads(conversation, context_messages)
        return
    turns = utterances(conversation)
    for position, asked in enumerate(turns):
        # An automatic receipt comes before the answer and is none: who wrote it still has to answer.
        answered = next((turn for turn in turns[position + 1 :] if not _is_receipt(turn)), asked)
        if asked.role == "customer" and answered.role == "agent":
            yield _ticket(conversation, asked, answered, turns[max(0, position - context_messages) : position])


def _mine_threads(conversation: Conversation, context_messages: int) -> Iterator[Ticket]:
    said = {message.id: message for message in conversation.messages}
    # An agent who answers themselves goes on with what they said.
    more: dict[str, list[Message]] = {}
    for message in conversation.messages:
        before = said.get(message.reply_to)
        if before is not None and message.role == before.role == "agent":
            more.setdefault(before.id, []).append(message)
    for message in conversation.messages:
        asked = said.get(message.reply_to)
        if asked is None or asked.role != "customer" or message.role != "agent" or is_automatic(message.text):
            continue
        answer, queue = [message], list(more.get(message.id, ()))
        while queue:
            answer.append(following := queue.pop(0))
            queue += more.get(following.id, ())
        way = _way_to(asked, said)
        question = list(takewhile(lambda m: m.role == "customer", reversed(way)))[::-1]
        earlier = utterances(replace(conversation, messages=tuple(way[: -len(question)])))
        turn, reply = _joined("customer", question), _joined("agent", answer)
        if turn.text and reply.text:
            yield _ticket(conversation, turn, reply, earlier[max(0, len(earlier) - context_messages) :])


def _is_receipt(turn: Utterance) -> bool:
    return turn.role == "bot" and all(is_automatic(message.text) for message in turn.messages)


def _joined(role: Role, messages: Sequence[Message]) -> Utterance:
    return Utterance(role, "\n".join(m.text for m in messages if m.text.strip()), tuple(messages))


def _way_to(message: Message, said: Mapping[str, Message]) -> list[Message]:
    """Return the messages from the first of a thread down to this one; a circle is cut where it closes."""
    way: dict[str, Message] = {}
    while message.id not in way:
        way[message.id] = message
        if message.reply_to not in said:
            break
        message = said[message.reply_to]
    return list(way.values())[::-1]


def _ticket(conversation: Conversation, asked: Utterance, answered: Utterance, earlier: Sequence[Utterance]) -> Ticket:
    return Ticket.make(
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
