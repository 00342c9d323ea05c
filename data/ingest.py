"""Ingestion: what the readers yield is cleaned, masked, given a language, mined for tickets and stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from replydesk.data.privacy import Masker
from replydesk.data.readers import Assumed, Item, Skipped
from replydesk.data.records import Conversation, Message, Ticket, Verdict, content_id
from replydesk.data.settings import DataSettings
from replydesk.data.store import Added, Store
from replydesk.data.text import clean, language_of
from replydesk.data.tickets import mine

__all__ = ["Ingested", "ingest", "masker", "prepare", "prepare_ticket", "prepare_verdict", "pseudonym"]

_BATCH = 200
_PSEUDONYM = re.compile(r"c-[0-9a-f]{12}")
_SKIPPED_SHOWN = 100
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.I)
# NUL and half characters no database takes alike; the other invisible ones only spoil a label.
_UNFIT = frozenset({"Cc", "Cs"})


@dataclass(slots=True)
class Ingested:
    """The counts of one import; ``skipped`` holds the first hundred, ``skipped_count`` all."""

    format: str = ""
    conversations: int = 0
    messages: int = 0
    added: Added = field(default_factory=Added)
    verdicts: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    assumed: list[Assumed] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """Return the JSON document of ``replydesk import``."""
        return {
            "format": self.format,
            "conversations": self.conversations,
            "conversations_new": self.added.conversations_new,
            "conversations_changed": self.added.conversations_changed,
            "messages": self.messages,
            "tickets": {
                "new": self.added.tickets_new,
                "duplicate": self.added.tickets_duplicate,
                "removed": self.added.tickets_removed,
            },
            "verdicts": self.verdicts,
            "skipped": [{"where": item.where, "why": item.why} for item in self.skipped],
            "skipped_count": self.skipped_count,
            "assumed": [{"where": item.where, "what": item.what, "cure": item.cure} for item in self.assumed],
        }


def ingest(
    items: Iterable[Item],
    store: Store | None,
    settings: DataSettings,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Ingested:
    """Prepare and store what a reader yields, a few hundred conversations a transaction; count it all.

    Without a store nothing is written (a dry run) and every ticket counts as new. ``progress`` is called with the
    number of conversations so far. Killed at any point and run again, it gives the store of one clean run.
    """
    result = Ingested()
    conversations: list[tuple[Conversation, tuple[Ticket, ...]]] = []
    tickets: list[Ticket] = []
    verdicts: list[Verdict] = []

    def flush() -> None:
        if store is not None:
            result.added += store.add(conversations)
            new = store.add_tickets(tickets)
            result.added += Added(tickets_new=new, tickets_duplicate=len(tickets) - new)
            result.verdicts += store.add_verdicts(verdicts)
        else:
            mined = sum(len(found) for _, found in conversations) + len(tickets)
            result.added += Added(conversations_new=len(conversations), tickets_new=mined)
        progress(result.conversations)
        for batch in (conversations, tickets, verdicts):
            batch.clear()

    for item in items:
        if isinstance(item, Skipped):
            result.skipped_count += 1
            if len(result.skipped) < _SKIPPED_SHOWN:
                result.skipped.append(item)
        elif isinstance(item, Assumed):
            result.assumed.append(item)
        elif isinstance(item, Verdict):
            verdicts.append(prepare_verdict(item, settings))
        elif isinstance(item, Ticket):
            tickets.append(prepare_ticket(item, settings))
        else:
            conversation = prepare(item, settings)
            result.conversations += 1
            result.messages += len(conversation.messages)
            conversations.append((conversation, tuple(mine(conversation, context_messages=settings.context_messages))))
        if len(conversations) >= _BATCH or len(tickets) >= _BATCH:
            flush()
    flush()
    return result


def prepare(conversation: Conversation, settings: DataSettings) -> Conversation:
    """Return the conversation as it is stored: cleaned, masked, every message with its language, the customer unnamed.

    Doing it twice changes nothing, so an export can be imported again.
    """
    mask = masker(settings)
    return Conversation(
        _label(conversation.id),
        tuple(_prepared(conversation.messages, mask, settings)),
        source=_label(conversation.source),
        channel=_label(conversation.channel),
        customer=pseudonym(conversation.customer),
        subject=mask(clean(conversation.subject)),
        tags=_labels(conversation.tags),
        outcome=_label(conversation.outcome),
        satisfaction=conversation.satisfaction,
        partial=conversation.partial,
        updated=conversation.updated,
    )


def prepare_ticket(ticket: Ticket, settings: DataSettings) -> Ticket:
    """Return a ticket that came by itself as it is stored: cleaned, masked, with its language and content id."""
    mask = masker(settings)
    question = mask(clean(ticket.question))
    return Ticket.make(
        question,
        mask(clean(ticket.answer)),
        context=tuple(mask(clean(text)) for text in ticket.context),
        intent=_label(ticket.intent),
        source=ticket.source,
        language=_code(ticket.language) or language_of(question, among=settings.languages),
        at=ticket.at,
        author=mask(_label(ticket.author)),
        tags=_labels(ticket.tags),
        outcome=_label(ticket.outcome),
        satisfaction=ticket.satisfaction,
    )


def prepare_verdict(verdict: Verdict, settings: DataSettings) -> Verdict:
    """Return a verdict as it is stored: its correction cleaned and masked as a message is."""
    mask = masker(settings)
    return replace(
        verdict,
        id=_label(verdict.id),
        reply=_label(verdict.reply),
        conversation=_label(verdict.conversation),
        correction=mask(clean(verdict.correction)),
        intent=_label(verdict.intent),
        by=mask(_label(verdict.by)),
    )


def masker(settings: DataSettings) -> Callable[[str], str]:
    """Return what masks the texts of one conversation as the settings want it."""
    if not settings.mask:
        return str
    return Masker(
        settings.region,
        order_numbers=settings.mask_order_numbers,
        names=settings.mask_names,
        addresses=settings.mask_addresses,
        own=settings.own_contacts,
    ).mask


def pseudonym(customer: str) -> str:
    """Return a name that says nothing about the customer but is always the same for one; '' for nobody."""
    if not customer or _PSEUDONYM.fullmatch(customer):
        return customer
    return f"c-{content_id('customer', customer)[:12]}"


def _prepared(messages: Iterable[Message], mask: Callable[[str], str], settings: DataSettings) -> Iterator[Message]:
    language = ""
    for message in messages:
        text = mask(clean(message.text))
        language = _code(message.language) or language_of(text, among=settings.languages, previous=language)
        # What a customer is called would undo the pseudonym of the conversation.
        author = pseudonym(message.author) if message.role == "customer" else mask(_label(message.author))
        yield Message(
            _label(message.id),
            message.role,
            text,
            message.at,
            author,
            language,
            _labels(message.intents),
            _label(message.reply_to),
        )


def _code(language: str) -> str:
    found = _LANGUAGE.fullmatch(language.strip())
    return found[1].lower() if found else ""


def _label(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in _UNFIT)


def _labels(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_label, texts))
