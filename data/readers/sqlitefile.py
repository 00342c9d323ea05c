"""Tables in an SQLite file that somebody sent: opened for reading alone, with nothing in its schema trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Skipped, Source, broken
from replydesk.data.readers.jsontext import LIMIT

__all__ = ["is_sqlite", "rows", "tables"]

Row = tuple[str, dict[str, Any]]

_MAGIC = b"SQLite format 3\0"
_STORED = 0


def is_sqlite(source: Source) -> bool:
    """Return whether the file begins as every SQLite file does (sqlite.org/fileformat2.html, 1.3.1)."""
    return source.start(len(_MAGIC)) == _MAGIC


def tables(source: Source) -> dict[str, tuple[str, ...]]:
    """Return the stored tables with their stored columns; views, virtual tables and computed columns are left out.

    Raises :class:`FormatError` when the database is damaged or its schema is not one.
    """
    try:
        with closing(_open(source.local())) as database:
            return _tables(database)
    except sqlite3.Error as error:
        raise _unreadable(source, error) from error


def rows(source: Source, table: str, columns: Sequence[str], order: Sequence[str]) -> Iterator[Row | Skipped]:
    """Yield the rows of a stored table in an order, each with its place ``file.db:table[rowid]``.

    What is in a write-ahead log beside the file is not read, and a damaged page ends the reading: both are said.
    """
    path = source.local()
    log = path.with_name(f"{path.name}-wal")
    if log.is_file() and log.stat().st_size:
        yield Skipped(log.name, "the log of a running database is not read; stop the program that writes it")
    wanted = ", ".join(map(_quoted, columns))
    by = ", ".join(map(_quoted, order))
    place = "rowid" if not {"rowid", "_rowid_", "oid"} & {column.casefold() for column in columns} else "0"
    query = f"SELECT {place}, {wanted} FROM {_quoted(table)} ORDER BY {by}"
    try:
        with closing(_open(path)) as database:
            for number, *cells in database.execute(query):
                where = f"{source.name}:{table}[{number}]"
                if any(isinstance(cell, str) and broken(cell) for cell in cells):
                    yield Skipped(where, "the row holds bytes that are not text")
                else:
                    yield where, dict(zip(columns, cells, strict=True))
    except sqlite3.Error as error:
        yield Skipped(f"{source.name}:{table}", f"the database cannot be read further ({error})")


def _open(path: Path) -> sqlite3.Connection:
    # Immutable: no lock, no journal and no log is made or replayed beside a file that is not ours.
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LIMIT)
    # What sqlite.org/security.html asks of a program that reads files of strangers.
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _tables(database: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, sql in database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall():
        words = str(sql or "").split(None, 2)
        if [word.casefold() for word in words[:2]] != ["create", "table"] or "without rowid" in str(sql).casefold():
            continue
        described = database.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
        found[name] = tuple(column for _, column, *_, hidden in described if hidden == _STORED)
    return found


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _unreadable(source: Source, error: sqlite3.Error) -> FormatError:
    return FormatError(
        f"The database cannot be read: {error}.",
        where=source.name,
        hint="Export it again, or make a clean copy with VACUUM INTO.",
    )
