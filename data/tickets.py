"""Mining: a conversation becomes tickets, each a customer's question with the answer that a person gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from replydesk.data.automatic import is_automatic, is_of_a_machine
from replydesk.data.records import Conversation, Message, Role, Ticket

__all__ = ["Exchange", "Utterance", "exchanges", "mine", "utterances"]


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

    What a machine said in an agent's name is a bot's, and so is a promise to answer where the answer follows it.
    """
    turns: list[Utterance] = []
    for role, message in _spoken(conversation.messages):
        if turns and turns[-1].role == role:
            last = turns[-1]
            turns[-1] = replace(last, text=f"{last.text}\n{message.text}", messages=(*last.messages, message))
        else:
            turns.append(Utterance(role, message.text, (message,)))
    return turns


def _spoken(messages: Iterable[Message]) -> Iterator[tuple[Role, Message]]:
    public = (m for m in messages if m.role not in ("note", "system") and m.text.strip())
    for asking, run in groupby(public, key=lambda message: message.role == "customer"):
        said = [(message, not asking and message.role == "agent" and is_automatic(message.text)) for message in run]
        answered = any(message.role == "agent" and not automatic for message, automatic in said)
        for message, automatic in said:
            machine = automatic and (answered or is_of_a_machine(message.text))
            yield "bot" if machine else message.role, message


@dataclass(frozen=True, slots=True)
class Exchange:
    """A customer's turn and what was said around it.

    ``earlier`` are the turns before it, oldest first; ``answered`` is the turn of the person who answered it, if one
    did; ``bot`` is what a bot said to it before that.
    """

    asked: Utterance
    earlier: tuple[Utterance, ...]
    answered: Utterance | None = None
    bot: Utterance | None = None


def mine(conversation: Conversation, *, context_messages: int = 6) -> Iterator[Ticket]:
    """Yield a ticket for every customer turn that a person answered next.

    What a bot said is context, never an answer, and what it said before a person took over is passed over: a desk's
    automatic first reply stands between nearly every question and its answer. ``context_messages`` is how many earlier
    turns a ticket keeps.
    """
    for exchange in exchanges(conversation, context_messages=context_messages):
        asked, answered = exchange.asked, exchange.answered
        if answered is None:
            continue
        yield Ticket.make(
            asked.text,
            answered.text,
            context=tuple(turn.text for turn in exchange.earlier),
            intent=next(iter(asked.intents), ""),
            language=asked.messages[0].language,
            at=answered.messages[0].at or asked.messages[0].at,
            author=answered.messages[0].author,
            tags=conversation.tags,
            outcome=conversation.outcome,
            satisfaction=conversation.satisfaction,
        )


def exchanges(conversation: Conversation, *, context_messages: int = 6) -> Iterator[Exchange]:
    """Yield what each turn of a customer was answered with, also where nobody answered.

    Where at least half of the team's messages say what they reply to, that decides, and not the order: several answers
    to one message are several exchanges, and a thread with two customers does not mix their questions. Below that the
    conversation is a chat in which somebody was quoted, and the order decides.
    """
    said_by_team = [message for message in conversation.messages if message.role == "agent"]
    replies = sum(bool(message.reply_to) for message in said_by_team)
    if replies and 2 * replies >= len(said_by_team):
        yield from _of_threads(conversation, context_messages)
        return
    turns = utterances(conversation)
    for position, asked in enumerate(turns):
        if asked.role == "customer":
            earlier = tuple(turns[max(0, position - context_messages) : position])
            after = turns[position + 1 : position + 3]
            bot = after.pop(0) if after and after[0].role == "bot" else None
            yield Exchange(asked, earlier, after[0] if after and after[0].role == "agent" else None, bot)


def _of_threads(conversation: Conversation, context_messages: int) -> Iterator[Exchange]:
    said = {message.id: message for message in conversation.messages}
    replies: dict[str, list[Message]] = {}
    for message in said.values():
        replies.setdefault(message.reply_to, []).append(message)
    for asked in said.values():
        if asked.role != "customer" or not asked.text.strip():
            continue
        way = _way_to(asked, said)
        question = _last_words(way)
        earlier = utterances(replace(conversation, messages=tuple(way[: -len(question)])))
        turn = _joined("customer", question)
        context = tuple(earlier[max(0, len(earlier) - context_messages) :])
        said_to_it = (m for m in replies.get(asked.id, ()) if m.role == "agent" and not is_of_a_machine(m.text))
        answers = [_joined("agent", _continued(m, replies)) for m in said_to_it]
        told = [Exchange(turn, context, answer) for answer in answers if answer.text]
        yield from told or [Exchange(turn, context)]


def _continued(message: Message, replies: Mapping[str, Sequence[Message]]) -> list[Message]:
    """Return what an agent said and went on to say: an agent who answers an agent goes on with what was said."""
    told: dict[str, Message] = {}
    queue = [message]
    while queue:
        following = queue.pop(0)
        if following.id not in told:
            told[following.id] = following
            queue += [reply for reply in replies.get(following.id, ()) if reply.role == "agent"]
    return list(told.values())


def _joined(role: Role, messages: Sequence[Message]) -> Utterance:
    return Utterance(role, "\n".join(m.text for m in messages if m.text.strip()), tuple(messages))


def _way_to(message: Message, said: Mapping[str, Message]) -> list[Message]:
    """Return the public messages from the first of a thread down to this one; a circle is cut where it closes."""
    way: dict[str, Message] = {}
    while message.id not in way:
        way[message.id] = message
        if message.reply_to not in said:
            break
        message = said[message.reply_to]
    return [message for message in reversed(way.values()) if message.role not in ("note", "system")]


def _last_words(way: Sequence[Message]) -> list[Message]:
    """Return what the author of the last message said since anybody else did."""
    last = (way[-1].role, way[-1].author)
    return list(takewhile(lambda message: (message.role, message.author) == last, reversed(way)))[::-1]
