"""The store: the one truth about conversations, tickets, replies and verdicts, on SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import SQLAlchemyError

from replydesk.data import schema
from replydesk.data.errors import ConflictError, NotFoundError, StoreError
from replydesk.data.records import Contradiction, Conversation, Curation, Message, Template, Ticket, Verdict
from replydesk.data.rows import (
    FACTS,
    conversation_digest,
    conversation_of,
    conversation_row,
    curation_of,
    facts_of,
    message_of,
    message_rows,
    moment_of,
    question_key,
    stamp,
    ticket_of,
    ticket_row,
    told,
    verdict_of,
    verdict_row,
)

__all__ = ["Added", "Changes", "Entry", "Store"]

# Ids of help desks come in any order, so a large import touches pages all over the file: 32 MB of them stay in memory,
# and the log is put back into the file every 40 MB.
_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-32000",
    "wal_autocheckpoint=10000",
)

# SQLite binds at most 32,766 values in a statement.
_BATCH = 500
# Rows that one call of the driver writes, each with values of its own.
_MANY = 5000

# What every message asks, made once: to put a statement together takes SQLAlchemy longer than SQLite to answer it.
_SUCCESSOR = schema.tickets.alias()
_CURATED = (schema.curation, _SUCCESSOR.c.id.label("successor"))
_SUCCEEDS = _SUCCESSOR.c.id == schema.curation.c.superseded_by
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
_TICKETS = (
    sa.select(schema.tickets, *_CURATED)
    .outerjoin_from(schema.tickets, schema.curation, schema.curation.c.ticket == schema.tickets.c.id)
    .outerjoin(_SUCCESSOR, _SUCCEEDS)
    .where(schema.tickets.c.id.in_(_WANTED) | (schema.tickets.c.question_key == sa.bindparam("asked")))
)
_VERSION = sa.select(
    sa.select(sa.func.max(schema.changes.c.seq)).scalar_subquery().label("newest"),
    sa.select(sa.func.max(schema.curated.c.made)).scalar_subquery().label("made"),
)
_CONVERSATIONS = (
    sa.select(schema.conversations).where(schema.conversations.c.id.in_(_WANTED)).order_by(schema.conversations.c.id)
)
_MESSAGES = (
    sa.select(schema.messages)
    .where(schema.messages.c.conversation.in_(_WANTED))
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


@dataclass(frozen=True, slots=True)
class Changes:
    """The tickets to add to and remove from an index that knows the store up to an older ``seq``."""

    seq: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Store:
    """Reads and writes records. Every method is one transaction: it happens whole or not at all.

    >>> store = Store.open("sqlite://")
    >>> store.add_ticket(Ticket.make("Do you ship to Malta?", "Yes, in 4-7 working days.", language="en"))
    True
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, place: str | Path) -> Store:
        """Connect to an SQLite file or a database URL, bring the tables up to date and return the store.

        Raises :class:`StoreError`.
        """
        try:
            engine = _engine(place)
        except SQLAlchemyError as error:
            raise _store_error(error) from error
        except ImportError as error:
            hint = "For PostgreSQL: `pip install 'replydesk[postgres]'`; or check the setting data.database."
            raise StoreError(f"The database needs a library that is not installed: {error}.", hint=hint) from error
        store = cls(engine)
        try:
            with store._read() as connection:
                current = _revision(connection)
            if current != schema.HEAD:
                store._migrate()
        except StoreError:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util.exc import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        with self._write() as connection:
            # Another process may have done it while this one waited for the lock.
            if (found := _revision(connection)) != schema.HEAD:
                config.attributes["connection"] = connection
                try:
                    command.upgrade(config, "head")
                except CommandError as error:
                    message = f"The database stands at revision {found}, which this Replydesk does not know."
                    hint = "Upgrade Replydesk, or name another database in the setting data.database."
                    raise StoreError(message, hint=hint) from error

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(write=True) as connection, connection.begin():
                yield connection
        except (SQLAlchemyError, UnicodeEncodeError) as error:
            raise _store_error(error) from error

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, UnicodeEncodeError) as error:
            raise _store_error(error) from error

    # ---- conversations

    def add(self, batch: Iterable[Entry | tuple[Conversation, Sequence[Ticket]]]) -> Added:
        """Store conversations with the tickets mined from them; the same thing twice changes nothing.

        A conversation whose content changed replaces the older one, and tickets that only the older one had go.
        """
        entries = {entry.conversation.id: entry for entry in (Entry(*item) for item in batch)}
        table = schema.conversations
        with self._write() as connection:
            known = _lookup(connection, table.c.id, table.c.digest, entries)
            digests = {key: conversation_digest(entry.conversation) for key, entry in entries.items()}
            changed = [key for key in entries if known.get(key, digests[key]) != digests[key]]
            fresh = [key for key in entries if key not in known]
            unchanged = entries.keys() - {*changed, *fresh}
            before = _tickets_from(connection, changed)
            _delete(connection, table.c.id, changed)
            _delete(connection, schema.origins.c.conversation, changed)
            written = [*changed, *fresh]
            made = {key: {"origin": e.origin, "masked": dict(e.masked)} for key, e in entries.items()}
            told_by = [entries[key].conversation for key in written]
            _insert(connection, table, [conversation_row(c, digests[c.id]) | made[c.id] for c in told_by])
            _insert(connection, schema.messages, [row for c in told_by for row in message_rows(c)])
            for key in unchanged:
                same = sa.and_(table.c.id == key, table.c.origin != entries[key].origin)
                connection.execute(sa.update(table).where(same).values(made[key]))
            mined = [(key, ticket) for key in written for ticket in entries[key].tickets]
            kept = {ticket.id for _, ticket in mined}
            new = _insert_tickets(connection, mined)
            removed = _remove_orphans(connection, before - kept)
        # A ticket that a changed conversation still has is neither new nor a duplicate of another.
        duplicate = len(mined) - new - len(before & kept) + sum(len(entries[key].tickets) for key in unchanged)
        return Added(len(fresh), len(changed), new, duplicate, removed)

    def known(self, keys: Iterable[str]) -> dict[str, str]:
        """Return what the stored ones among these conversations were made from: the ``origin`` of their entries."""
        with self._read() as connection:
            return _lookup(connection, schema.conversations.c.id, schema.conversations.c.origin, keys)

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
                for part in _batches(list(conversations))
            )
            return sum(int(count or 0) for count in counts)

    def append(
        self,
        conversation: str,
        *messages: Message,
        channel: str = "",
        customer: str = "",
        source: str = "chat",
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
            earlier = found[0] if found else Conversation(conversation, (), source, channel, customer)
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
                _insert(connection, schema.conversations, [row])
            _insert(connection, schema.messages, message_rows(grown)[len(earlier.messages) :])
            if reply is not None:
                release, document = reply
                stored = {
                    "id": document.get("id") or messages[-1].id, "conversation": conversation,
                    "document": dict(document),
                    "release": release, "at": stamp(datetime.now(UTC)),
                }  # fmt: skip
                _insert(connection, schema.replies, [stored])

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
                query = sa.select(table.c.id).where(table.c.id > last).order_by(table.c.id).limit(_BATCH)
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

    # ---- tickets

    def add_ticket(self, ticket: Ticket) -> bool:
        """Store a ticket that belongs to no conversation (canned, article, correction); return whether it was new."""
        return self.add_tickets([ticket]) == 1

    def add_tickets(self, batch: Sequence[Ticket]) -> int:
        """Store tickets that belong to no conversation and return how many were new."""
        with self._write() as connection:
            return _insert_tickets(connection, [("", ticket) for ticket in batch])

    def remove_ticket(self, ticket: str) -> None:
        """Delete a ticket from the store, and so from every index. Raises :class:`NotFoundError`."""
        with self._write() as connection:
            if not _remove(connection, [ticket]):
                raise NotFoundError(
                    "There is no such ticket.", where=ticket, hint="`replydesk tickets list` shows ids."
                )

    def ticket(self, ticket: str) -> Ticket:
        """Return one ticket. Raises :class:`NotFoundError`."""
        found = self.tickets_by_id([ticket])
        if not found:
            raise NotFoundError("There is no such ticket.", where=ticket, hint="`replydesk tickets list` shows ids.")
        return found[ticket]

    def tickets_by_id(self, keys: Sequence[str]) -> dict[str, Ticket]:
        """Return the tickets that exist among ``keys``."""
        with self._read() as connection:
            return _tickets_by_id(connection, keys)

    def tickets_with_curation(self, keys: Sequence[str], *, asking: str = "") -> dict[str, tuple[Ticket, Curation]]:
        """Return the tickets that exist among ``keys``, each with what curation says of it, which may be nothing.

        With them come those whose question is the same text as ``asking`` (case, width and blanks aside).
        """
        asked = question_key(asking) if asking else ""
        found: dict[str, tuple[Ticket, Curation]] = {}
        with self._read() as connection:
            for part in _batches(keys) if keys else [()]:
                for row in connection.execute(_TICKETS, {"wanted": list(part), "asked": asked}).all():
                    found[row.id] = ticket_of(row), curation_of(row) if row.ticket else Curation(row.id)
        return found

    def tickets(
        self,
        *,
        source: str = "",
        language: str = "",
        intent: str = "",
        prefix: str = "",
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[Ticket]:
        """Yield tickets in the order of their ids, those that match the given values only.

        ``prefix`` are the first hex digits of their ids.
        """
        table = schema.tickets
        wanted = {"source": source, "language": language, "intent": intent}
        query = sa.select(table).order_by(table.c.id).offset(offset).limit(limit)
        for name, value in wanted.items():
            if value:
                query = query.where(table.c[name] == value)
        if prefix:
            # No hex digit comes after g, in whatever order a database sorts letters.
            query = query.where(table.c.id >= prefix, table.c.id < f"{prefix}g")
        with self._read() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                yield ticket_of(row)

    def ticket_ids(
        self,
        filters: Mapping[str, str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int,
    ) -> list[str] | None:
        """Return the tickets with these values of source, intent, language or author, or None when over ``limit`` are.

        ``since`` and ``until`` bound their time, and one without a time is in no such bounds. Of a tag among
        ``filters`` only this is promised: whoever has it is returned.
        """
        table = schema.tickets
        query = sa.select(table.c.id)
        for name, value in filters.items():
            if name == "tags":
                query = query.where(sa.cast(table.c.tags, sa.Text).contains(_json(value), autoescape=True))
            else:
                query = query.where(table.c[name] == value)
        if since is not None:
            query = query.where(table.c.at >= stamp(since))
        if until is not None:
            query = query.where(table.c.at < stamp(until))
        with self._read() as connection:
            found = list(connection.scalars(query.limit(limit + 1)))
        return found if len(found) <= limit else None

    def origins(self) -> dict[str, str]:
        """Return, for every ticket that was mined, the first conversation it stands in."""
        table = schema.origins
        query = sa.select(table.c.ticket, sa.func.min(table.c.conversation)).where(table.c.conversation != "")
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.ticket))}

    def given(self) -> Iterator[Ticket]:
        """Yield the tickets that were given by themselves, in the order of their ids, as they were given.

        Where they also stand in a conversation, that may say more of them.
        """
        table = schema.origins
        query = sa.select(schema.tickets, table.c.facts).join(table).where(table.c.conversation == "")
        with self._read() as connection:
            rows = connection.execution_options(yield_per=_BATCH).execute(query.order_by(schema.tickets.c.id))
            for row in rows:
                yield replace(ticket_of(row), **facts_of(row.facts))

    def changes_after(self, seq: int, *, limit: int | None = None) -> Changes:
        """Return what happened to the tickets after ``seq``, each ticket once, by its last change.

        With ``limit`` only so many lines of the journal are read, and ``seq`` of the answer is the last of them.
        """
        table = schema.changes
        query = sa.select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(limit)
        with self._read() as connection:
            rows = connection.execute(query).all()
        last = {row.ticket: row.op for row in rows}
        added = tuple(ticket for ticket, op in last.items() if op == "add")
        removed = tuple(ticket for ticket, op in last.items() if op == "remove")
        return Changes(rows[-1].seq if rows else seq, added, removed)

    def change(self, seq: int) -> str:
        """Return which ticket the change with that number was about, '' when there was no such change."""
        table = schema.changes
        with self._read() as connection:
            return str(connection.scalar(sa.select(table.c.ticket).where(table.c.seq == seq)) or "")

    def latest_change(self) -> int:
        """Return the number of the newest change, 0 when nothing ever changed."""
        with self._read() as connection:
            return int(connection.scalar(sa.select(sa.func.max(schema.changes.c.seq))) or 0)

    # ---- curation, which is derived from the tickets

    def curation(self, keys: Sequence[str]) -> dict[str, Curation]:
        """Return what is known of those tickets; one of which nothing is to be said is left out.

        A ticket is superseded only while the one that replaced it exists.
        """
        query = sa.select(*_CURATED).outerjoin_from(schema.curation, _SUCCESSOR, _SUCCEEDS)
        found: dict[str, Curation] = {}
        with self._read() as connection:
            for part in _batches(keys):
                rows = connection.execute(query.where(schema.curation.c.ticket.in_(part)))
                found.update((row.ticket, curation_of(row)) for row in rows)
        return found

    def withheld(self, keys: Sequence[str]) -> dict[str, str]:
        """Return, of those tickets, the ones whose answer is never offered by itself, with the reason."""
        found = self.curation(keys)
        said = {
            key: c.withheld or (f"superseded by {c.superseded_by}" if c.superseded_by else "")
            for key, c in found.items()
        }
        return {key: why for key, why in said.items() if why}

    def templates(self, *, language: str = "", limit: int | None = None) -> list[Template]:
        """Return the answers that were given many times, the most frequent first."""
        table = schema.templates
        query = sa.select(table).order_by(table.c.count.desc(), table.c.id).limit(limit)
        if language:
            query = query.where(table.c.language == language)
        with self._read() as connection:
            return [
                Template(r.id, r.text, r.language, r._mapping["count"], moment_of(r.first_at), moment_of(r.last_at))
                for r in connection.execute(query)
            ]

    def contradictions(self, *, limit: int | None = None) -> list[Contradiction]:
        """Return pairs of tickets that answer the same question differently, those with the newest answers first."""
        table, ticket = schema.contradictions, schema.tickets
        query = (
            sa.select(table)
            .join(ticket, ticket.c.id == table.c.second)
            .order_by(ticket.c.at.desc().nulls_last(), table.c.first, table.c.second)
            .limit(limit)
        )
        with self._read() as connection:
            return [Contradiction(row.first, row.second, row.what) for row in connection.execute(query)]

    def curated(self) -> tuple[int, int, dict[str, int]]:
        """Return the last change that the curation knows, the version of its rules, and its counts; zeros before it."""
        with self._read() as connection:
            row = connection.execute(sa.select(schema.curated)).one_or_none()
        return (row.seq, row.rules, dict(row.counts)) if row else (0, 0, {})

    def replace_curation(
        self,
        curations: Iterable[Curation],
        templates: Iterable[Template],
        contradictions: Iterable[Contradiction],
        *,
        seq: int,
        rules: int,
        counts: Mapping[str, int],
    ) -> None:
        """Replace all that is derived from the tickets as they were at change ``seq``: readers see the old or the new.

        What is said of tickets that went since then is left out.
        """
        changes = schema.changes
        with self._write() as connection:
            since = sa.select(changes.c.ticket).where(changes.c.seq > seq, changes.c.op == "remove").distinct()
            gone = set(connection.scalars(since))
            gone -= set(_tickets_by_id(connection, sorted(gone)))
            made = int(connection.scalar(sa.select(sa.func.max(schema.curated.c.made))) or 0) + 1
            for table in (schema.contradictions, schema.curation, schema.templates, schema.curated):
                connection.execute(sa.delete(table))
            _insert_all(
                connection,
                schema.templates,
                (
                    {
                        "id": t.id, "text": t.text, "language": t.language, "count": t.count,
                        "first_at": stamp(t.first_at), "last_at": stamp(t.last_at),
                    }
                    for t in templates
                ),
            )  # fmt: skip
            _insert_all(
                connection,
                schema.curation,
                ({name: getattr(c, name) for name in c.__slots__} for c in curations if c.ticket not in gone),
            )
            _insert_all(
                connection,
                schema.contradictions,
                (
                    {"first": c.first, "second": c.second, "what": c.what}
                    for c in contradictions
                    if not {c.first, c.second} & gone
                ),
            )
            _insert(
                connection,
                schema.curated,
                [{"id": 1, "made": made, "seq": seq, "rules": rules, "counts": dict(counts)}],
            )

    def version(self) -> tuple[int, int]:
        """Return the number of the newest change and how often the curation was made: what caches compare."""
        with self._read() as connection:
            row = connection.execute(_VERSION).one()
        return int(row.newest or 0), int(row.made or 0)

    # ---- replies and verdicts

    def reply(self, key: str) -> dict[str, Any]:
        """Return the stored document of a reply. Raises :class:`NotFoundError`."""
        with self._read() as connection:
            found = connection.scalar(sa.select(schema.replies.c.document).where(schema.replies.c.id == key))
        if found is None:
            raise NotFoundError("There is no such reply.", where=key, hint="Check the id in the reply document.")
        return dict(found)

    def replies(self, conversation: str, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the documents of the replies in a conversation, newest first."""
        table = schema.replies
        query = sa.select(table.c.document).where(table.c.conversation == conversation)
        with self._read() as connection:
            found = connection.scalars(query.order_by(table.c.at.desc()).limit(limit)).all()
        yield from map(dict, found)

    def add_verdicts(self, batch: Sequence[Verdict]) -> int:
        """Store verdicts, skipping those already there; return how many were new."""
        with self._write() as connection:
            known = _lookup(connection, schema.verdicts.c.id, schema.verdicts.c.id, [v.id for v in batch])
            fresh = {v.id: verdict_row(v) for v in batch if v.id not in known}
            _insert(connection, schema.verdicts, list(fresh.values()))
        return len(fresh)

    def verdicts(self, *, reply: str = "", conversations: Sequence[str] | None = None) -> list[Verdict]:
        """Return verdicts, oldest first: all, those on one reply, or those in some conversations."""
        table = schema.verdicts
        query = sa.select(table).order_by(table.c.at, table.c.id)
        if reply:
            query = query.where(table.c.reply == reply)
        if conversations is not None:
            query = query.where(table.c.conversation.in_(conversations))
        with self._read() as connection:
            return [verdict_of(row) for row in connection.execute(query)]

    # ---- splits, audit, health

    def splits(self) -> dict[str, str]:
        """Return the part (train, test or aside) of every conversation that was ever assigned one."""
        with self._read() as connection:
            return {row.conversation: row.part for row in connection.execute(sa.select(schema.splits))}

    def assign_splits(self, parts: Mapping[str, str]) -> None:
        """Remember the parts of new conversations. Raises :class:`ConflictError` when one would change."""
        with self._write() as connection:
            known = _lookup(connection, schema.splits.c.conversation, schema.splits.c.part, parts)
            moved = [key for key, part in known.items() if parts[key] != part]
            if moved:
                hint = "The part of a conversation is decided once, so that nothing tested is ever trained on."
                raise ConflictError(f"{len(moved)} conversations would change their part.", where=moved[0], hint=hint)
            fresh = [{"conversation": key, "part": part} for key, part in parts.items() if key not in known]
            _insert(connection, schema.splits, fresh)

    def set_aside(self, conversations: Iterable[str]) -> int:
        """Take conversations out of the training part for good, and return how many were in it."""
        table = schema.splits
        wanted, moved = list(conversations), 0
        with self._write() as connection:
            for part in _batches(wanted):
                chosen = table.c.conversation.in_(part) & (table.c.part == "train")
                moved += connection.execute(sa.update(table).where(chosen).values(part="aside")).rowcount
        return moved

    @contextmanager
    def exclusive(self, name: str, *, wait_seconds: float) -> Iterator[bool]:
        """Hold a named lock among all servers of a PostgreSQL database; it ends with the connection.

        The value says whether it was got within ``wait_seconds``. SQLite is of one machine, where a lock in the home
        does the same, and always says yes.
        """
        if self._engine.dialect.name != "postgresql":
            yield True
            return
        number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        ends = time.monotonic() + wait_seconds
        with self._read() as connection:
            while not (held := connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number)))):
                if time.monotonic() >= ends:
                    break
                time.sleep(0.05)
            yield bool(held)

    def log(self, what: str, detail: Mapping[str, Any]) -> None:
        """Write one line of the audit."""
        with self._write() as connection:
            _insert(
                connection,
                schema.audit,
                [{"at": stamp(datetime.now(UTC)), "what": what, "detail": dict(detail)}],
            )

    def audit(self, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return the newest lines of the audit, newest first."""
        table = schema.audit
        with self._read() as connection:
            rows = connection.execute(sa.select(table).order_by(table.c.seq.desc()).limit(limit))
            return [{"at": row.at, "what": row.what, "detail": row.detail} for row in rows]

    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind there are."""
        tables = (schema.conversations, schema.messages, schema.tickets, schema.replies, schema.verdicts)
        with self._read() as connection:
            return {t.name: int(connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0) for t in tables}

    def check(self) -> list[str]:
        """Return what the database itself says is wrong, nothing when it is sound."""
        if self._engine.dialect.name != "sqlite":
            return []
        with self._read() as connection:
            found = [str(row[0]) for row in connection.execute(sa.text("PRAGMA integrity_check"))]
            found += [f"foreign key of {row[0]}" for row in connection.execute(sa.text("PRAGMA foreign_key_check"))]
        return [line for line in found if line != "ok"]


def _engine(place: str | Path) -> sa.Engine:
    # Characters such as ? and % would end the path inside a URL that is text.
    url = sa.URL.create("sqlite", database=str(place)) if isinstance(place, Path) else sa.make_url(place)
    sqlite = url.get_backend_name() == "sqlite"
    memory = sqlite and url.database in (None, "", ":memory:")
    engine = sa.create_engine(
        url,
        json_serializer=_json,
        pool_pre_ping=not sqlite,
        **({"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}} if memory else {}),
    )
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _configure(connection: Any, _record: object) -> None:
            # The driver must not open transactions by itself, or BEGIN IMMEDIATE below comes too late.
            connection.isolation_level = None
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("write", False)
        if engine.dialect.name == "sqlite" and writes:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif engine.dialect.name == "sqlite":
            # It takes no lock, so no other process can refuse it: past SQLAlchemy it costs nearly nothing.
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")
        elif writes:
            # Numbers of the journal must become visible in their order, or an index would skip one.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7310)")

    return engine


def _json(value: object) -> str:
    # psycopg keeps the serializer of every engine for ever, so it is one function for all.
    return json.dumps(value, ensure_ascii=False)


def _revision(connection: Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")) or "")


def _store_error(error: SQLAlchemyError | UnicodeEncodeError) -> StoreError:
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "surrogates not allowed" in text:
        hint = "Clean the text first, as `replydesk import` does."
        return StoreError("A text holds half a character, which nothing can store.", hint=hint)
    if "disk is full" in text or "No space left" in text:
        return StoreError("The disk is full.", hint="Free some space and run it again; what was stored before is safe.")
    if "disk I/O error" in text:
        hint = "Check its space, quota and health, then run it again; what was stored before is safe."
        return StoreError("The disk did not take what was written.", hint=hint)
    if "locked" in text:
        return StoreError("The database is busy.", hint="Wait for the other process, then run it again.")
    if "malformed" in text or "not a database" in text:
        return StoreError(
            "The database file is damaged.", hint="Restore the newest backup; `replydesk doctor` says more."
        )
    return StoreError(f"The database refused: {text}.", hint="Check the setting data.database and `replydesk doctor`.")


def _lookup(
    connection: Connection, key: sa.Column[Any], value: sa.Column[Any], wanted: Iterable[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _batches(list(wanted)):
        found.update((row[0], row[1]) for row in connection.execute(sa.select(key, value).where(key.in_(part))))
    return found


def _batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(_insertion(table), list(rows))


@cache
def _insertion(table: Table) -> sa.Insert:
    return sa.insert(table)


def _insert_all(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _MANY:
            _insert(connection, table, batch)
            batch = []
    _insert(connection, table, batch)


def _delete(connection: Connection, column: sa.Column[Any], keys: Sequence[str]) -> None:
    for part in _batches(keys):
        connection.execute(sa.delete(column.table).where(column.in_(part)))


def _insert_tickets(connection: Connection, mined: Sequence[tuple[str, Ticket]]) -> int:
    """Store tickets with the conversation each stands in, '' for none, and return how many were new."""
    table = schema.origins
    wanted = {ticket.id: ticket for _, ticket in mined}
    there = set(_lookup(connection, schema.tickets.c.id, schema.tickets.c.id, wanted))
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for conversation, ticket in mined:
        row = ticket_row(ticket)
        said.setdefault((ticket.id, conversation), []).append({name: row[name] for name in FACTS})
    for part in _batches([ticket for ticket, conversation in said if ticket in there and not conversation]):
        # Given by itself before: what both said is put together.
        alone = sa.and_(table.c.ticket.in_(part), table.c.conversation == "")
        for earlier in connection.execute(sa.select(table.c.ticket, table.c.facts).where(alone)):
            said[earlier.ticket, ""].append(earlier.facts)
        connection.execute(sa.delete(table).where(alone))
    merged = {key: told({}, facts) for key, facts in said.items()}
    by_ticket: dict[str, list[dict[str, Any]]] = {}
    for (key, _), facts in merged.items():
        by_ticket.setdefault(key, []).append(facts)
    fresh = [key for key in wanted if key not in there]
    _insert(connection, schema.tickets, [told(ticket_row(wanted[key]), by_ticket[key]) for key in fresh])
    _insert(connection, schema.changes, [{"ticket": key, "op": "add"} for key in fresh])
    rows = [{"ticket": key, "conversation": place, "facts": facts} for (key, place), facts in merged.items()]
    _insert(connection, table, rows)
    _tell_again(connection, there)
    return len(fresh)


def _tell_again(connection: Connection, keys: Iterable[str]) -> None:
    """Bring tickets up to what their origins say now. Labels and dates are no part of a ticket's id."""
    table = schema.origins
    for part in _batches(list(keys)):
        said: dict[str, list[dict[str, Any]]] = {}
        for row in connection.execute(sa.select(table.c.ticket, table.c.facts).where(table.c.ticket.in_(part))):
            said.setdefault(row.ticket, []).append(row.facts)
        for ticket in connection.execute(sa.select(schema.tickets).where(schema.tickets.c.id.in_(said))).all():
            old = dict(ticket._mapping)
            new = told(old, said[ticket.id])
            if new != old:
                connection.execute(sa.update(schema.tickets).where(schema.tickets.c.id == ticket.id).values(new))
                # Whoever keeps tickets in memory learns of the change by the journal.
                _insert(connection, schema.changes, [{"ticket": ticket.id, "op": "add"}])


def _tickets_from(connection: Connection, conversations: Sequence[str]) -> set[str]:
    table = schema.origins
    found: set[str] = set()
    for part in _batches(conversations):
        found.update(connection.scalars(sa.select(table.c.ticket).where(table.c.conversation.in_(part))))
    return found


def _remove_orphans(connection: Connection, candidates: set[str]) -> int:
    held = _lookup(connection, schema.origins.c.ticket, schema.origins.c.conversation, candidates)
    _tell_again(connection, sorted(held))
    return _remove(connection, sorted(candidates - set(held)))


def _remove(connection: Connection, keys: Sequence[str]) -> int:
    there = _lookup(connection, schema.tickets.c.id, schema.tickets.c.id, keys)
    _delete(connection, schema.tickets.c.id, list(there))
    _insert(connection, schema.changes, [{"ticket": key, "op": "remove"} for key in there])
    return len(there)


def _tickets_by_id(connection: Connection, keys: Sequence[str]) -> dict[str, Ticket]:
    found: dict[str, Ticket] = {}
    for part in _batches(keys):
        rows = connection.execute(sa.select(schema.tickets).where(schema.tickets.c.id.in_(part)))
        found.update((row.id, ticket_of(row)) for row in rows)
    return found
