"""Conversations in the store: whole ones from imports, and live ones that grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from replydesk.data import schema
from replydesk.data.errors import ConflictError, NotFoundError
from replydesk.data.records import Conversation, Message, Ticket
from replydesk.data.rows import (
    conversation_digest,
    conversation_of,
    conversation_row,
    message_of,
    message_rows,
    stamp,
)
from replydesk.data.store.database import Database
from replydesk.data.store.mined import insert_tickets, remove_orphans, tickets_from
from replydesk.data.store.statements import BATCH, WANTED, batches, delete, insert, lookup

__all__ = ["Added", "Conversations", "Entry"]

_CONVERSATIONS = (
    sa.select(schema.conversations).where(schema.conversations.c.id.in_(WANTED)).order_by(schema.conversations.c.id)
)
_MESSAGES = (
    sa.select(schema.messages)
    .where(schema.messages.c.conversation.in_(WANTED))
    .order_by(schema.messages.c.conversation, schema.messages.c.position)
)


@dataclass(frozen=True, slots=True)
class Added:
    """What one call of :meth:`Store.add` changed, in counts."""

    conversations_new: int = 0
    conversations_changed: int = 0
    tickets_new: int = 0
    tickets_duplicate: int = 0
    tickets_removed: int = 0

    def __add__(self, other: Added) -> Added:
        """Return the sum, field by field."""
        return Added(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


class Entry(NamedTuple):
    """A conversation to store, with the tickets mined from it.

    ``origin`` is an id of what it was made from, so that an import need not make it again; ``masked`` says by a short
    tag which value each of its placeholders stands for, so that a later part of it goes on with the same ones.
    """

    conversation: Conversation
    tickets: Sequence[Ticket]
    origin: str = ""
    masked: Mapping[str, str] = MappingProxyType({})


class Conversations(Database):
    """The part of the store that holds conversations, with the tickets mined from them."""

    def add(self, batch: Iterable[Entry | tuple[Conversation, Sequence[Ticket]]]) -> Added:
        """Store conversations with the tickets mined from them; the same thing twice changes nothing.

        A conversation whose content changed replaces the older one, and tickets that only the older one had go.
        """
        entries = {entry.conversation.id: entry for entry in (Entry(*item) for item in batch)}
        table = schema.conversations
        with self._write() as connection:
            known = lookup(connection, table.c.id, table.c.digest, entries)
            digests = {key: conversation_digest(entry.conversation) for key, entry in entries.items()}
            changed = [key for key in entries if known.get(key, digests[key]) != digests[key]]
            fresh = [key for key in entries if key not in known]
            unchanged = entries.keys() - {*changed, *fresh}
            before = tickets_from(connection, changed)
            delete(connection, table.c.id, changed)
            delete(connection, schema.origins.c.conversation, changed)
            written = [*changed, *fresh]
            made = {key: {"origin": e.origin, "masked": dict(e.masked)} for key, e in entries.items()}
            told_by = [entries[key].conversation for key in written]
            insert(connection, table, [conversation_row(c, digests[c.id]) | made[c.id] for c in told_by])
            insert(connection, schema.messages, [row for c in told_by for row in message_rows(c)])
            for key in unchanged:
                same = sa.and_(table.c.id == key, table.c.origin != entries[key].origin)
                connection.execute(sa.update(table).where(same).values(made[key]))
            mined = [(key, ticket) for key in written for ticket in entries[key].tickets]
            kept = {ticket.id for _, ticket in mined}
            new = insert_tickets(connection, mined)
            removed = remove_orphans(connection, before - kept)
        # A ticket that a changed conversation still has is neither new nor a duplicate of another.
        duplicate = len(mined) - new - len(before & kept) + sum(len(entries[key].tickets) for key in unchanged)
        return Added(len(fresh), len(changed), new, duplicate, removed)

    def known(self, keys: Iterable[str]) -> dict[str, str]:
        """Return what the stored ones among these conversations were made from: the ``origin`` of their entries."""
        with self._read() as connection:
            return lookup(connection, schema.conversations.c.id, schema.conversations.c.origin, keys)

    def stored(self, keys: Sequence[str]) -> dict[str, Entry]:
        """Return the conversations that exist among ``keys``, without their tickets, ready to be joined with more."""
        with self._read() as connection:
            return {entry.conversation.id: entry for entry in self._entries(connection, keys)}

    def tickets_of(self, conversations: Iterable[str]) -> int:
        """Return how many tickets stand in these conversations, one that stands in two of them counted twice."""
        table = schema.origins
        with self._read() as connection:
            counts = (
                connection.scalar(sa.select(sa.func.count()).where(table.c.conversation.in_(part)))
                for part in batches(list(conversations))
            )
            return sum(int(count or 0) for count in counts)

    def append(
        self,
        conversation: str,
        *messages: Message,
        channel: str = "",
        customer: str = "",
        masked: Mapping[str, str] = MappingProxyType({}),
        reply: tuple[str, Mapping[str, Any]] | None = None,
        new: bool = False,
        after: int | None = None,
    ) -> None:
        """Add messages to the end of a live conversation, which begins with its first one.

        ``masked`` are its placeholders, as in :class:`Entry`. ``reply`` is the release and the document of the reply
        that the last message carries, or that has no message where it says nothing; both are stored or none. ``new``
        says that the conversation's id was just made, so that nobody need look for what was said before;
        :class:`StoreError` where it is there all the same. ``after`` is how many messages the writer has seen:
        :class:`ConflictError`, and nothing is stored, where there are others.
        """
        with self._write() as connection:
            found = [] if new else self._load(connection, [conversation])
            earlier = found[0] if found else Conversation(conversation, (), "chat", channel, customer)
            if after is not None and len(earlier.messages) != after:
                hint = "Read the conversation again, and write then."
                raise ConflictError("The conversation has gone on meanwhile.", where=conversation, hint=hint)
            grown = replace(earlier, messages=(*earlier.messages, *messages))
            row = conversation_row(grown, conversation_digest(grown)) | {"masked": dict(masked)}
            if found:
                table = schema.conversations
                values = {"digest": row["digest"]} | ({"masked": row["masked"]} if masked else {})
                connection.execute(sa.update(table).where(table.c.id == conversation).values(values))
            else:
                insert(connection, schema.conversations, [row])
            insert(connection, schema.messages, message_rows(grown)[len(earlier.messages) :])
            if reply is not None:
                release, document = reply
                stored = {
                    "id": document.get("id") or messages[-1].id, "conversation": conversation,
                    "document": dict(document),
                    "release": release, "at": stamp(datetime.now(UTC)),
                }  # fmt: skip
                insert(connection, schema.replies, [stored])

    def conversation(self, conversation: str) -> Conversation:
        """Return one conversation. Raises :class:`NotFoundError`."""
        with self._read() as connection:
            found = self._load(connection, [conversation])
        if not found:
            raise NotFoundError("There is no such conversation.", where=conversation, hint="Check the id.")
        return found[0]

    def messages(self, conversation: str) -> tuple[Message, ...]:
        """Return the messages of a conversation, none when it has not begun."""
        with self._read() as connection:
            found = self._load(connection, [conversation])
        return found[0].messages if found else ()

    def conversations(self) -> Iterator[Conversation]:
        """Yield every conversation in the order of its id, a few hundred in memory at a time."""
        last = ""
        table = schema.conversations
        while True:
            with self._read() as connection:
                query = sa.select(table.c.id).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
                keys = list(connection.scalars(query))
                found = self._load(connection, keys)
            if not keys:
                return
            yield from found
            last = keys[-1]

    def _load(self, connection: Connection, keys: Sequence[str]) -> list[Conversation]:
        return [entry.conversation for entry in self._entries(connection, keys)]

    def _entries(self, connection: Connection, keys: Sequence[str]) -> list[Entry]:
        heads = connection.execute(_CONVERSATIONS, {"wanted": list(keys)}).all()
        lines: dict[str, list[Message]] = {}
        for row in connection.execute(_MESSAGES, {"wanted": list(keys)}):
            lines.setdefault(row.conversation, []).append(message_of(row))
        return [Entry(conversation_of(row, tuple(lines.get(row.id, ()))), (), row.origin, row.masked) for row in heads]
