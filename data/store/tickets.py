"""Tickets in the store, and the journal of what happened to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from replydesk.data import schema
from replydesk.data.errors import NotFoundError
from replydesk.data.records import Curation, Ticket
from replydesk.data.rows import curation_of, facts_of, question_key, stamp, ticket_of
from replydesk.data.store.database import Database, json_text
from replydesk.data.store.mined import insert_tickets, remove_tickets, tickets_by_id_in
from replydesk.data.store.statements import BATCH, CURATED, SUCCEEDS, SUCCESSOR, WANTED, batches

__all__ = ["Changes", "Tickets"]

_CURATED_TICKETS = (
    sa.select(schema.tickets, *CURATED)
    .outerjoin_from(schema.tickets, schema.curation, schema.curation.c.ticket == schema.tickets.c.id)
    .outerjoin(SUCCESSOR, SUCCEEDS)
)
_IS_ASKED = schema.tickets.c.question_key == sa.bindparam("asked")
_TICKETS = _CURATED_TICKETS.where(schema.tickets.c.id.in_(WANTED) | _IS_ASKED)
# A list of ids is written into the statement at every call, an empty one too.
_ASKED = _CURATED_TICKETS.where(_IS_ASKED)


@dataclass(frozen=True, slots=True)
class Changes:
    """The tickets to add to and remove from an index that knows the store up to an older ``seq``."""

    seq: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Tickets(Database):
    """The part of the store that holds tickets."""

    def add_ticket(self, ticket: Ticket) -> bool:
        """Store a ticket that belongs to no conversation (canned, article, correction); return whether it was new."""
        return self.add_tickets([ticket]) == 1

    def add_tickets(self, batch: Sequence[Ticket]) -> int:
        """Store tickets that belong to no conversation and return how many were new."""
        with self._write() as connection:
            return insert_tickets(connection, [("", ticket) for ticket in batch])

    def remove_ticket(self, ticket: str) -> None:
        """Delete a ticket from the store, and so from every index. Raises :class:`NotFoundError`."""
        with self._write() as connection:
            if not remove_tickets(connection, [ticket]):
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
            return tickets_by_id_in(connection, keys)

    def tickets_with_curation(self, keys: Sequence[str], *, asking: str = "") -> dict[str, tuple[Ticket, Curation]]:
        """Return the tickets that exist among ``keys``, each with what curation says of it, which may be nothing.

        With them come those that ask the same as ``asking`` by :func:`~replydesk.data.records.same_question`.
        """
        asked = question_key(asking) if asking else ""
        found: dict[str, tuple[Ticket, Curation]] = {}
        with self._read() as connection:
            for part in batches(keys) if keys else [()]:
                statement, wanted = (_TICKETS, {"wanted": list(part)}) if part else (_ASKED, {})
                for row in connection.execute(statement, {**wanted, "asked": asked}).all():
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
            for row in connection.execution_options(yield_per=BATCH).execute(query):
                yield ticket_of(row)

    def newest_tickets(self, limit: int) -> list[Ticket]:
        """Return up to ``limit`` tickets, the newest first; those without a time, which are of no time, before all."""
        table = schema.tickets
        query = sa.select(table).order_by(table.c.at.desc().nulls_first(), table.c.id).limit(limit)
        with self._read() as connection:
            return [ticket_of(row) for row in connection.execute(query)]

    def ticket_values(self, field: Literal["intent", "language"]) -> list[str]:
        """Return what tickets have as their intent or language, in the order of letters, at most fifty."""
        column = schema.tickets.c[field]
        with self._read() as connection:
            found = connection.scalars(sa.select(column).where(column != "").distinct().order_by(column).limit(50))
            return list(found)

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
                query = query.where(sa.cast(table.c.tags, sa.Text).contains(json_text(value), autoescape=True))
            else:
                query = query.where(table.c[name] == value)
        if since is not None:
            query = query.where(table.c.at >= stamp(since))
        if until is not None:
            query = query.where(table.c.at < stamp(until))
        with self._read() as connection:
            found = list(connection.scalars(query.limit(limit + 1)))
        return found if len(found) <= limit else None

    def saying(self, answers: Sequence[str]) -> set[str]:
        """Return the ids of all tickets that give one of these answers, to the letter."""
        query = sa.select(schema.tickets.c.id).where(schema.tickets.c.answer.in_(list(answers)))
        with self._read() as connection:
            return set(connection.scalars(query))

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
            rows = connection.execution_options(yield_per=BATCH).execute(query.order_by(schema.tickets.c.id))
            for row in rows:
                yield replace(ticket_of(row), **facts_of(row.facts))

    def changes_after(self, seq: int, *, limit: int | None = None, until: int | None = None) -> Changes:
        """Return what happened to the tickets after ``seq``, each ticket once, by its last change.

        With ``limit`` only so many lines of the journal are read, and ``seq`` of the answer is the last of them. With
        ``until`` none after that number is.
        """
        table = schema.changes
        query = sa.select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(limit)
        if until is not None:
            query = query.where(table.c.seq <= until)
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
