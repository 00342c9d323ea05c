"""The parts of a desk's data: which conversations are learned from, and the messages that judge what was learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from replydesk.data.records import Message, Ticket, content_id
from replydesk.data.settings import Settings
from replydesk.data.splits import Asked, assign_parts
from replydesk.data.store import Store
from replydesk.data.tickets import Exchange, exchanges
from replydesk.finetune.examples import OUT_OF_SCOPE
from replydesk.retrieval.indexes import question_text, search_text

__all__ = ["TestMessages", "asked_of", "assigned_parts", "judged_intents", "lone_tickets"]


def assigned_parts(store: Store, settings: Settings) -> dict[str, str]:
    """Return the part of every conversation that teaches something, those assigned just now among them.

    A pair that stands in no conversation has its part by the id of its ticket.
    """
    known, judged = store.splits(), judged_intents(store)
    # A chat that teaches nothing must not fill the part that judges.
    telling = (
        Asked.first(conversation)
        for conversation in store.conversations()
        if conversation.id in known or any(_tells(message, judged) for message in conversation.messages)
    )
    pairs = (Asked(ticket.id, text=ticket.question, at=ticket.at) for ticket in lone_tickets(store))
    fresh = assign_parts(chain(telling, pairs), known, test_share=settings.finetune.test_share)
    store.assign_splits(fresh)
    return {**known, **fresh}


def lone_tickets(store: Store) -> Iterator[Ticket]:
    """Yield what a person answered and stands in no conversation, such as the rows of a table of pairs.

    Corrections are none: their questions are of customers in conversations, which have their parts.
    """
    mined, corrected = store.origins(), {verdict.correction for verdict in store.verdicts()}
    return (
        ticket
        for ticket in store.given()
        if ticket.source == "agent" and ticket.id not in mined and ticket.answer not in corrected
    )


def judged_intents(store: Store) -> dict[str, str]:
    """Return the intents that people gave to messages, by the id of the message."""
    return {verdict.reply: verdict.intent for verdict in store.verdicts() if verdict.intent}


def asked_of(exchange: Exchange, judged: Mapping[str, str]) -> tuple[str, str]:
    """Return the text of a customer's turn in its context, and its intent: its own, or that of a verdict."""
    turn = exchange.asked
    label = next(iter(turn.intents), "")
    if exchange.bot is not None:
        # What the desk itself answered teaches nothing, but what a person said of it does.
        label = next((judged[m.id] for m in exchange.bot.messages if m.id in judged), label)
    return search_text(turn.text, [earlier.text for earlier in exchange.earlier]), label


@dataclass(frozen=True, slots=True)
class TestMessages:
    """Labelled messages of the test part, as text alone: what a quick check needs, without their answers."""

    __test__ = False

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    languages: tuple[str, ...]

    @classmethod
    def of(cls, store: Store, settings: Settings) -> TestMessages:
        """Return those of the test part as it stands; nothing is assigned."""
        judged, found = judged_intents(store), {}
        parts = store.splits()
        for conversation in store.conversations():
            if parts.get(conversation.id) != "test":
                continue
            for exchange in exchanges(conversation, context_messages=settings.data.context_messages):
                text, label = asked_of(exchange, judged)
                if label and label != OUT_OF_SCOPE:
                    found[content_id(text, label)] = (text, label, exchange.asked.messages[0].language)
        for ticket in lone_tickets(store):
            if parts.get(ticket.id) == "test" and ticket.intent not in ("", OUT_OF_SCOPE):
                text = question_text(ticket)
                found[content_id(text, ticket.intent)] = (text, ticket.intent, ticket.language)
        return cls._from(list(found.values()))

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, reads: Callable[[str], bool]) -> TestMessages:
        """Return those of the languages for which it says true."""
        rows = zip(self.texts, self.labels, self.languages, strict=True)
        return self._from([row for row in rows if reads(row[2])])

    def at_most(self, count: int) -> TestMessages:
        """Return every n-th of them, so that no more than that many are left."""
        step = max(1, -(-len(self) // count))
        return TestMessages(self.texts[::step], self.labels[::step], self.languages[::step])

    @classmethod
    def _from(cls, rows: Sequence[tuple[str, str, str]]) -> TestMessages:
        texts, labels, languages = (tuple(row[column] for row in rows) for column in range(3))
        return cls(texts, labels, languages)


def _tells(message: Message, judged: Mapping[str, str]) -> bool:
    return message.role == "agent" or bool(message.intents) or message.id in judged
