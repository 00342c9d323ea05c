"""Ingestion: what the readers yield is prepared, joined with what is known, mined for tickets and stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from replydesk.data.preparation import (
    Prepared,
    joined,
    label,
    origin_of,
    prepare_conversation,
    prepare_suggested,
    prepare_ticket,
    prepare_verdict,
)
from replydesk.data.privacy import OwnContacts
from replydesk.data.readers import Assumed, Item, Skipped
from replydesk.data.records import Conversation, Suggested, Ticket, Verdict
from replydesk.data.settings import DataSettings
from replydesk.data.store import Added, Entry, Store
from replydesk.data.tickets import mine

__all__ = ["Ingested", "ingest", "reason_of"]

_BATCH = 200
_SKIPPED_SHOWN = 100
_SAMPLES_SHOWN = 5
# What differs from row to row in a reason: a number, a name in quotes.
_PARTICULARS = re.compile(r"'[^']*'|\"[^\"]*\"|[\w-]*\d[\w-]*|\(.*\)$")


@dataclass(slots=True)
class Ingested:
    """The report of an import.

    ``skipped`` holds the first hundred pieces that were left out and ``reasons`` counts all of them; ``unchanged``
    are conversations that were imported before just like that, ``languages`` counts the messages of the others.
    ``began`` and ``ended`` are the first and the last date of a message, ``samples`` some of the pairs.
    ``own_contacts`` are what seems to be the company's own, to be shown to whoever imports and to nobody else.
    """

    format: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    conversations: int = 0
    messages: int = 0
    unchanged: int = 0
    added: Added = field(default_factory=Added)
    verdicts: int = 0
    suggestions: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    assumed: list[Assumed] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    began: datetime | None = None
    ended: datetime | None = None
    samples: list[Ticket] = field(default_factory=list)
    own_contacts: OwnContacts = field(default_factory=OwnContacts)

    def document(self) -> dict[str, object]:
        """Return the JSON document of ``replydesk import``; it is stored, and counts contacts without telling them."""
        return {
            "format": self.format,
            "columns": self.columns,
            "conversations": self.conversations,
            "conversations_new": self.added.conversations_new,
            "conversations_changed": self.added.conversations_changed,
            "conversations_unchanged": self.unchanged,
            "messages": self.messages,
            "tickets": {
                "new": self.added.tickets_new,
                "duplicate": self.added.tickets_duplicate,
                "removed": self.added.tickets_removed,
            },
            "verdicts": self.verdicts,
            "suggestions": self.suggestions,
            "skipped": [{"where": item.where, "why": item.why} for item in self.skipped],
            "skipped_count": self.skipped_count,
            "reasons": dict(self.reasons.most_common()),
            "assumed": [{"where": item.where, "what": item.what, "cure": item.cure} for item in self.assumed],
            "languages": dict(self.languages.most_common()),
            "began": self.began.isoformat() if self.began else None,
            "ended": self.ended.isoformat() if self.ended else None,
            "samples": [{"question": ticket.question, "answer": ticket.answer} for ticket in self.samples],
            "own_contacts": len(self.own_contacts),
        }

    def __add__(self, other: Ingested) -> Ingested:
        """Return the report of both imports together."""
        formats = dict.fromkeys(part for one in (self, other) for part in one.format.split("+") if part)
        dates = [at for one in (self, other) for at in (one.began, one.ended) if at]
        return Ingested(
            "+".join(formats),
            {**self.columns, **other.columns},
            self.conversations + other.conversations,
            self.messages + other.messages,
            self.unchanged + other.unchanged,
            self.added + other.added,
            self.verdicts + other.verdicts,
            self.suggestions + other.suggestions,
            [*self.skipped, *other.skipped][:_SKIPPED_SHOWN],
            self.skipped_count + other.skipped_count,
            self.reasons + other.reasons,
            [*self.assumed, *other.assumed],
            self.languages + other.languages,
            min(dates, default=None),
            max(dates, default=None),
            [*self.samples, *other.samples][:_SAMPLES_SHOWN],
            self.own_contacts + other.own_contacts,
        )


def ingest(
    items: Iterable[Item],
    store: Store | None,
    settings: DataSettings,
    *,
    dry_run: bool = False,
    progress: Callable[[Ingested], None] = lambda _: None,
) -> Ingested:
    """Prepare and store what a reader yields, a few hundred conversations a transaction; return the report.

    A dry run counts what a real one would do and writes nothing; without a store everything counts as new.
    ``progress`` is called with the report so far. Killed at any point and run again, it gives the store of one clean
    run, and what was stored before is not prepared again.
    """
    run = _Run(store, settings, dry_run)
    for item in items:
        run.take(item)
        if run.full:
            run.flush()
            progress(run.report)
    run.flush()
    progress(run.report)
    return run.report


def reason_of(why: str) -> str:
    """Return why something was skipped without what is particular to it, so that it can be counted.

    >>> reason_of("ticket 41 is not in the export")
    'ticket … is not in the export'
    """
    return _PARTICULARS.sub("…", why)


class _Run:
    """One import: what is waiting to be stored, and the report."""

    def __init__(self, store: Store | None, settings: DataSettings, dry_run: bool) -> None:
        self.report = Ingested()
        self._store, self._settings, self._dry_run = store, settings, dry_run or store is None
        self._conversations: list[Conversation] = []
        self._tickets: list[Ticket] = []
        self._verdicts: list[Verdict] = []
        self._suggested: list[Suggested] = []
        self._seen: set[bytes] = set()

    @property
    def full(self) -> bool:
        return any(len(batch) >= _BATCH for batch in self._waiting)

    @property
    def _waiting(self) -> tuple[list[Conversation], list[Ticket], list[Verdict], list[Suggested]]:
        return self._conversations, self._tickets, self._verdicts, self._suggested

    def take(self, item: Item) -> None:
        report = self.report
        if isinstance(item, Conversation):
            self._conversations.append(replace(item, id=label(item.id)))
            report.conversations += 1
            report.messages += len(item.messages)
            dates = [message.at for message in item.messages if message.at]
            report.began = min(filter(None, (report.began, *dates)), default=None)
            report.ended = max(filter(None, (report.ended, *dates)), default=None)
        elif isinstance(item, Ticket):
            self._tickets.append(prepare_ticket(item, self._settings))
            self._show(self._tickets[-1:])
            report.languages[self._tickets[-1].language] += 1
        elif isinstance(item, Verdict):
            self._verdicts.append(prepare_verdict(item, self._settings))
        elif isinstance(item, Suggested):
            self._suggested.append(prepare_suggested(item, self._settings))
        elif isinstance(item, Assumed):
            report.assumed.append(item)
        else:
            report.skipped_count += 1
            report.reasons[reason_of(item.why)] += 1
            if len(report.skipped) < _SKIPPED_SHOWN:
                report.skipped.append(item)

    def flush(self) -> None:
        entries = self._entries()
        if self._store is None or self._dry_run:
            self._count(entries)
        else:
            self.report.added += self._store.add(entries)
            new = self._store.add_tickets(self._tickets)
            self.report.added += Added(tickets_new=new, tickets_duplicate=len(self._tickets) - new)
            self.report.verdicts += self._store.add_verdicts(self._verdicts)
            self.report.suggestions += self._store.add_suggestions(self._suggested)
        for batch in self._waiting:
            batch.clear()

    def _entries(self) -> list[Entry]:
        """Return what the waiting conversations become, without those that were imported before just like that."""
        origins = {id(conversation): origin_of(conversation, self._settings) for conversation in self._conversations}
        known = self._store.known([c.id for c in self._conversations]) if self._store else {}
        same = [c.id for c in self._conversations if known.get(c.id) == origins[id(c)]]
        changed = [c for c in self._conversations if known.get(c.id) != origins[id(c)]]
        self.report.unchanged += len(same)
        if same and self._store:
            self.report.added += Added(tickets_duplicate=self._store.tickets_of(same))
        stored = self._store.stored([c.id for c in changed if c.id in known]) if self._store and known else {}
        made = {key: Prepared(entry.conversation, entry.masked) for key, entry in stored.items()}
        last: dict[str, str] = {}
        for conversation in changed:
            earlier = made.get(conversation.id)
            part = prepare_conversation(conversation, self._settings, _masked(earlier, conversation))
            said = part.conversation
            self.report.own_contacts.add(said.customer or said.id, part.contacts)
            made[part.conversation.id] = joined(earlier, part, self._settings) if earlier else part
            last[part.conversation.id] = origins[id(conversation)]
        return [self._entry(made[key], origin) for key, origin in last.items()]

    def _entry(self, made: Prepared, origin: str) -> Entry:
        conversation = made.conversation
        tickets = tuple(mine(conversation, context_messages=self._settings.context_messages))
        self._show(tickets[:1])
        self.report.languages.update(message.language for message in conversation.messages)
        return Entry(conversation, tickets, origin, made.masked)

    def _show(self, tickets: Iterable[Ticket]) -> None:
        if len(self.report.samples) < _SAMPLES_SHOWN:
            self.report.samples.extend(tickets)

    def _count(self, entries: Iterable[Entry]) -> None:
        known = self._store.known([entry.conversation.id for entry in entries]) if self._store else {}
        mined = [ticket.id for entry in entries for ticket in entry.tickets] + [ticket.id for ticket in self._tickets]
        there = self._store.tickets_by_id(mined).keys() if self._store else set()
        new = {key: bytes.fromhex(key) for key in mined if key not in there}
        fresh = [key for key, digest in new.items() if digest not in self._seen]
        self._seen.update(new.values())
        self.report.added += Added(
            conversations_new=sum(entry.conversation.id not in known for entry in entries),
            conversations_changed=sum(entry.conversation.id in known for entry in entries),
            tickets_new=len(fresh),
            tickets_duplicate=len(mined) - len(fresh),
        )


def _masked(earlier: Prepared | None, conversation: Conversation) -> Mapping[str, str]:
    return earlier.masked if earlier and conversation.partial else {}
