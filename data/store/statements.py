"""Statements that every part of the store uses: look up, insert and delete many rows, so many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from replydesk.data import schema

__all__ = [
    "BATCH",
    "CURATED",
    "SUCCEEDS",
    "SUCCESSOR",
    "WANTED",
    "batches",
    "delete",
    "insert",
    "insert_all",
    "lookup",
]

BATCH = 500
"""So many ids are asked for at a time: SQLite binds at most 32,766 values in a statement."""

# Rows that one call of the driver writes, each with values of its own.
_MANY = 5000

# What every message asks, made once: to put a statement together takes SQLAlchemy longer than SQLite to answer it.
SUCCESSOR = schema.tickets.alias()
"""The ticket that took the place of one, beside it in a query."""
CURATED = (schema.curation, SUCCESSOR.c.id.label("successor"))
"""The columns of what curation says of a ticket."""
SUCCEEDS = SUCCESSOR.c.id == schema.curation.c.superseded_by
WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
"""The ids that a query made beforehand asks for."""


def lookup(connection: Connection, key: sa.Column[Any], value: sa.Column[Any], wanted: Iterable[str]) -> dict[str, str]:
    """Return one column of the rows whose ``key`` is among those wanted, by that key."""
    found: dict[str, str] = {}
    for part in batches(list(wanted)):
        found.update((row[0], row[1]) for row in connection.execute(sa.select(key, value).where(key.in_(part))))
    return found


def batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield items in parts that one statement can bind."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, each with the same columns."""
    if rows:
        connection.execute(_insertion(table), list(rows))


@cache
def _insertion(table: Table) -> sa.Insert:
    return sa.insert(table)


def insert_all(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert any number of rows, some thousands in memory at a time."""
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _MANY:
            insert(connection, table, batch)
            batch = []
    insert(connection, table, batch)


def delete(connection: Connection, column: sa.Column[Any], keys: Sequence[str]) -> None:
    """Delete the rows with those keys."""
    for part in batches(keys):
        connection.execute(sa.delete(column.table).where(column.in_(part)))
