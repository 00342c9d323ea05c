"""The tickets of a store inside a transaction: they come and go with the conversations that they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from replydesk.data import schema
from replydesk.data.records import Ticket
from replydesk.data.rows import FACTS, ticket_of, ticket_row, told
from replydesk.data.store.statements import batches, delete, insert, lookup

__all__ = ["insert_tickets", "remove_orphans", "remove_tickets", "tickets_by_id_in", "tickets_from"]


def insert_tickets(connection: Connection, mined: Sequence[tuple[str, Ticket]]) -> int:
    """Store tickets with the conversation each stands in, '' for none, and return how many were new."""
    table = schema.origins
    wanted = {ticket.id: ticket for _, ticket in mined}
    there = set(lookup(connection, schema.tickets.c.id, schema.tickets.c.id, wanted))
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for conversation, ticket in mined:
        row = ticket_row(ticket)
        said.setdefault((ticket.id, conversation), []).append({name: row[name] for name in FACTS})
    for part in batches([ticket for ticket, conversation in said if ticket in there and not conversation]):
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
    insert(connection, schema.tickets, [told(ticket_row(wanted[key]), by_ticket[key]) for key in fresh])
    insert(connection, schema.changes, [{"ticket": key, "op": "add"} for key in fresh])
    rows = [{"ticket": key, "conversation": place, "facts": facts} for (key, place), facts in merged.items()]
    insert(connection, table, rows)
    _tell_again(connection, there)
    return len(fresh)


def _tell_again(connection: Connection, keys: Iterable[str]) -> None:
    """Bring tickets up to what their origins say now. Labels and dates are no part of a ticket's id."""
    table = schema.origins
    for part in batches(list(keys)):
        said: dict[str, list[dict[str, Any]]] = {}
        for row in connection.execute(sa.select(table.c.ticket, table.c.facts).where(table.c.ticket.in_(part))):
            said.setdefault(row.ticket, []).append(row.facts)
        for ticket in connection.execute(sa.select(schema.tickets).where(schema.tickets.c.id.in_(said))).all():
            old = dict(ticket._mapping)
            new = told(old, said[ticket.id])
            if new != old:
                connection.execute(sa.update(schema.tickets).where(schema.tickets.c.id == ticket.id).values(new))
                # Whoever keeps tickets in memory learns of the change by the journal.
                insert(connection, schema.changes, [{"ticket": ticket.id, "op": "add"}])


def tickets_from(connection: Connection, conversations: Sequence[str]) -> set[str]:
    """Return the ids of the tickets that stand in those conversations."""
    table = schema.origins
    found: set[str] = set()
    for part in batches(conversations):
        found.update(connection.scalars(sa.select(table.c.ticket).where(table.c.conversation.in_(part))))
    return found


def remove_orphans(connection: Connection, candidates: set[str]) -> int:
    """Remove those of the tickets that stand in no conversation any more, and return how many did."""
    held = lookup(connection, schema.origins.c.ticket, schema.origins.c.conversation, candidates)
    _tell_again(connection, sorted(held))
    return remove_tickets(connection, sorted(candidates - set(held)))


def remove_tickets(connection: Connection, keys: Sequence[str]) -> int:
    """Remove tickets, tell the journal, and return how many were there."""
    there = lookup(connection, schema.tickets.c.id, schema.tickets.c.id, keys)
    delete(connection, schema.tickets.c.id, list(there))
    insert(connection, schema.changes, [{"ticket": key, "op": "remove"} for key in there])
    return len(there)


def tickets_by_id_in(connection: Connection, keys: Sequence[str]) -> dict[str, Ticket]:
    """Return the tickets that exist among ``keys``."""
    found: dict[str, Ticket] = {}
    for part in batches(keys):
        rows = connection.execute(sa.select(schema.tickets).where(schema.tickets.c.id.in_(part)))
        found.update((row.id, ticket_of(row)) for row in rows)
    return found
