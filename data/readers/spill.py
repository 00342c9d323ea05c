"""Rows that belong together but stand apart in a file, put aside on disk until all of them are there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Any

from replydesk.data.errors import InputError

__all__ = ["Spill"]

Cells = list[str]

_TOGETHER = 500

_ROOT = "NOT EXISTS (SELECT 1 FROM row p WHERE p.name = r.key)"


class Spill:
    """A temporary SQLite file without a name, which vanishes with its last user however the program ends.

    >>> with Spill() as spill:
    ...     for key, text in [("a", "hello"), ("b", "你好"), ("a", "bye")]:
    ...         spill.add(key, [text])
    ...     list(spill.groups())
    [('a', [['hello'], ['bye']]), ('b', [['你好']])]
    """

    def __init__(self) -> None:
        # An empty name asks SQLite for a private file, deleted on closing (sqlite.org/inmemorydb.html).
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE row (n INTEGER PRIMARY KEY, name TEXT, key TEXT, cells TEXT)")
        self._database.execute("BEGIN")
        self._indexed = False
        self._waiting: list[tuple[str, str, str]] = []

    def __enter__(self) -> Spill:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def add(self, key: str, cells: Sequence[str], *, name: str = "") -> None:
        """Put a row aside under the key of its group; ``name`` is what :meth:`threads` calls it."""
        self._waiting.append((name, key, json.dumps(cells)))
        if len(self._waiting) == _TOGETHER:
            self._insert()

    def take(self, key: str) -> list[Cells]:
        """Return the rows of a group in the order they came and forget them; none when there is none."""
        self._index()
        found = self._run("SELECT cells FROM row WHERE key = ? ORDER BY n", key).fetchall()
        self._run("DELETE FROM row WHERE key = ?", key)
        return [json.loads(cells) for (cells,) in found]

    def get(self, key: str) -> list[Cells]:
        """Return the rows of a group in the order they came."""
        self._index()
        return [json.loads(c) for (c,) in self._run("SELECT cells FROM row WHERE key = ? ORDER BY n", key)]

    def groups(self) -> Iterator[tuple[str, list[Cells]]]:
        """Yield every group that is left, in the order of their first rows."""
        self._index()
        found = self._run(
            "SELECT r.key, r.cells FROM row r JOIN (SELECT key, MIN(n) AS start FROM row GROUP BY key) s"
            " ON s.key = r.key ORDER BY s.start, r.n"
        )
        for key, rows in groupby(found, key=itemgetter(0)):
            yield key, [json.loads(cells) for _, cells in rows]

    def threads(self) -> Iterator[list[Cells]]:
        """Yield every row whose key names no other row, followed by all rows whose keys lead to it."""
        self._index()
        for (root,) in self._run(f"SELECT MIN(n) AS first FROM row r WHERE {_ROOT} GROUP BY name ORDER BY first"):
            found = self._run(
                "WITH RECURSIVE thread (n, name, cells) AS (SELECT n, name, cells FROM row WHERE n = ?"
                " UNION SELECT r.n, r.name, r.cells FROM row r JOIN thread t ON r.key = t.name)"
                " SELECT cells FROM thread ORDER BY n <> ?, n",
                root,
                root,
            )
            yield [json.loads(cells) for (cells,) in found]

    def circles(self) -> Iterator[Cells]:
        """Yield the rows that no thread reaches, because they answer each other in a circle."""
        self._index()
        found = self._run(
            f"WITH RECURSIVE reached (name) AS (SELECT name FROM row r WHERE {_ROOT}"
            " UNION SELECT r.name FROM row r JOIN reached t ON r.key = t.name)"
            " SELECT cells FROM row WHERE name NOT IN (SELECT name FROM reached) ORDER BY n"
        )
        for (cells,) in found:
            yield json.loads(cells)

    def _insert(self) -> None:
        try:
            self._database.executemany("INSERT INTO row (name, key, cells) VALUES (?, ?, ?)", self._waiting)
        except sqlite3.Error as error:
            raise _full(error) from error
        self._waiting.clear()

    def _index(self) -> None:
        self._insert()
        # Made once the rows are in: keeping it up to date while they come takes three times as long.
        if not self._indexed:
            self._run("CREATE INDEX row_by_key ON row (key)")
            self._run("CREATE INDEX row_by_name ON row (name)")
            self._indexed = True

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        try:
            return self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise _full(error) from error


def _full(error: sqlite3.Error) -> InputError:
    return InputError(
        f"The rows could not be put aside in a temporary file: {error}.",
        hint="Free some space in the temporary folder, or set TMPDIR to a larger one.",
    )
