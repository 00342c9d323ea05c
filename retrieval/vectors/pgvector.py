"""Vectors in PostgreSQL with pgvector: one table an encoder, one row a ticket, one transaction a change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from replydesk.data.errors import EngineError, VectorIndexError
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.engines import checked, shown, table_name

__all__ = ["PgVectorIndex"]

_STATE = "replydesk_indexes"
# HNSW looks at no more candidates than this, and has no more dimensions than that.
_EF, _HNSW_DIMENSIONS = 1000, 2000
_SEARCH_MS, _WRITE_MS = 10_000, 120_000
# Seconds to connect; milliseconds until a connection that no longer answers is given up.
_CONNECT = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 10, "application_name": "replydesk"}
_MISSING = ("42P01", "3F000")


class PgVectorIndex:
    """Inner-product search in a PostgreSQL table, by HNSW; needs pgvector 0.8 or newer in that database.

    >>> index = PgVectorIndex("postgresql://desk@db.example/desk", "toy", 2)    # doctest: +SKIP
    """

    def __init__(self, url: str, encoder_id: str, dimension: int) -> None:
        self.encoder_id, self.dimension, self.where = encoder_id, dimension, shown(url)
        self.seq, self.mark = -1, ""
        self._table = table_name(encoder_id)
        try:
            place = sa.make_url(url).set(drivername="postgresql+psycopg")
            self._engine = sa.create_engine(place, pool_pre_ping=True, connect_args=_CONNECT)
        except (SQLAlchemyError, ValueError) as error:
            hint = "Write it as postgresql://user:password@host/database."
            raise EngineError("The URL of the index cannot be read.", where="retrieval.index", hint=hint) from error
        except ImportError as error:
            hint = "`pip install 'replydesk[postgres]'`."
            raise EngineError(f"PostgreSQL needs a library: {error}.", where=self.where, hint=hint) from error

    def __len__(self) -> int:
        with self._work(_SEARCH_MS) as connection:
            if not self._is_there(connection):
                return 0
            return int(connection.scalar(sa.text(f"SELECT count(*) FROM {self._table}")) or 0)

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the table."""
        with self._work(_WRITE_MS) as connection:
            if not self._is_there(connection):
                return set()
            return set(connection.scalars(sa.text(f"SELECT ticket FROM {self._table}")))

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under their keys. Raises :class:`VectorIndexError` for another encoder's dimension."""
        rows = checked(keys, vectors, self.dimension, self.encoder_id)
        if rows:
            with self._work(_WRITE_MS) as connection:
                self._make(connection)
                self._upsert(connection, rows)

    def remove(self, keys: Sequence[str]) -> int:
        """Remove the keys that are there and return how many were."""
        with self._work(_WRITE_MS) as connection:
            return self._delete(connection, keys) if keys and self._is_there(connection) else 0

    def search(
        self, queries: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first, of the keys ``among`` if given.

        Where more are wanted than the HNSW graph can give, the whole table is compared, which is exact and slow.
        """
        if k < 1:
            return [[] for _ in queries]
        where = "" if among is None else "WHERE ticket = ANY(:among) "
        query = sa.text(
            f"SELECT ticket, -(vector <#> CAST(:query AS vector)) FROM {self._table} {where}"
            "ORDER BY vector <#> CAST(:query AS vector) LIMIT :k"
        )
        wide = {"hnsw.ef_search": str(min(_EF, max(100, k))), "hnsw.iterative_scan": "strict_order"}
        # Without index scans the keys are still found by their own index, as a bitmap.
        options = wide if k <= _EF and among is None else {"enable_indexscan": "off"}
        values = {"k": k} if among is None else {"k": k, "among": list(among)}
        try:
            with self._work(_SEARCH_MS, options) as connection:
                return [
                    [(row[0], float(row[1])) for row in connection.execute(query, values | {"query": _text(vector)})]
                    for vector in queries
                ]
        except _NothingThereError:
            self.seq = -1
            return [[] for _ in queries]

    def refresh(self) -> None:
        """Ask the table of states for ``seq`` and ``mark``. Raises :class:`VectorIndexError` for a wrong dimension."""
        with self._work(_SEARCH_MS) as connection:
            row = None
            if self._is_there(connection):
                query = sa.text(f"SELECT seq, mark, dimension FROM {_STATE} WHERE name = :name")
                row = connection.execute(query, {"name": self._table}).one_or_none()
        self.seq, self.mark = (int(row.seq), str(row.mark)) if row else (0, "")
        if row and row.dimension != self.dimension:
            message = f"The table holds vectors of {row.dimension} dimensions, the encoder makes {self.dimension}."
            hint = f"Drop the table {self._table}; `replydesk doctor --repair` fills it again."
            raise VectorIndexError(message, where=self.where, hint=hint)

    def advance(self, seq: int, mark: str, keys: Sequence[str], vectors: Vectors, removed: Sequence[str]) -> bool:
        """Add, remove and move on in one transaction, if the table still stands at ``self.seq``."""
        rows = checked(keys, vectors, self.dimension, self.encoder_id)
        query = sa.text(f"UPDATE {_STATE} SET seq = :seq, mark = :mark WHERE name = :name AND seq = :known")
        with self._work(_WRITE_MS) as connection:
            self._make(connection)
            # The row is locked from here on: who comes second waits, and then finds another number.
            known = {"seq": seq, "mark": mark, "name": self._table, "known": self.seq}
            if connection.execute(query, known).rowcount != 1:
                return False
            self._upsert(connection, rows)
            self._delete(connection, removed)
        self.seq, self.mark = seq, mark
        return True

    def clear(self) -> None:
        """Drop the table and what is known of it."""
        with self._work(_WRITE_MS) as connection:
            if self._is_there(connection):
                connection.execute(sa.text(f"DROP TABLE {self._table}"))
                connection.execute(sa.text(f"DELETE FROM {_STATE} WHERE name = :name"), {"name": self._table})
        self.seq, self.mark = -1, ""

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _is_there(self, connection: Connection) -> bool:
        return connection.scalar(sa.text("SELECT to_regclass(:name)"), {"name": self._table}) is not None

    def _make(self, connection: Connection) -> None:
        if self._is_there(connection):
            return
        # Two servers may come to an empty database at once.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7311)"))
        if not connection.scalar(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'vector'")):
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS vector"))
        statements = [
            f"CREATE TABLE IF NOT EXISTS {_STATE} (name text PRIMARY KEY, encoder text NOT NULL, "
            "dimension integer NOT NULL, seq bigint NOT NULL, mark text NOT NULL)",
            f"CREATE TABLE IF NOT EXISTS {self._table} "
            f'(ticket text COLLATE "C" PRIMARY KEY, vector vector({self.dimension}) NOT NULL)',
        ]
        if self.dimension <= _HNSW_DIMENSIONS:
            near = f"{self._table}_ip"
            statements.append(f"CREATE INDEX IF NOT EXISTS {near} ON {self._table} USING hnsw (vector vector_ip_ops)")
        for statement in statements:
            connection.execute(sa.text(statement))
        known = {"name": self._table, "encoder": self.encoder_id, "dimension": self.dimension}
        insert = f"INSERT INTO {_STATE} VALUES (:name, :encoder, :dimension, 0, '') ON CONFLICT DO NOTHING"
        connection.execute(sa.text(insert), known)

    def _upsert(self, connection: Connection, rows: Mapping[str, Vectors]) -> None:
        statement = (
            f"INSERT INTO {self._table} VALUES (:ticket, CAST(:vector AS vector)) "
            "ON CONFLICT (ticket) DO UPDATE SET vector = excluded.vector"
        )
        if rows:
            values = [{"ticket": key, "vector": _text(vector)} for key, vector in rows.items()]
            connection.execute(sa.text(statement), values)

    def _delete(self, connection: Connection, keys: Sequence[str]) -> int:
        statement = sa.text(f"DELETE FROM {self._table} WHERE ticket = ANY(:keys)")
        return connection.execute(statement, {"keys": list(keys)}).rowcount if keys else 0

    @contextmanager
    def _work(self, milliseconds: int, options: Mapping[str, str] | None = None) -> Iterator[Connection]:
        """Open a transaction that ends within that time. Raises :class:`EngineError`."""
        wanted = {"statement_timeout": str(milliseconds), **(options or {})}
        settings = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in wanted.items())
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(f"SELECT {settings}")
                yield connection
        except SQLAlchemyError as error:
            raise self._error(error) from error

    def _error(self, error: SQLAlchemyError) -> EngineError:
        cause: Any = getattr(error, "orig", None)
        state, text = getattr(cause, "sqlstate", None), str(cause or error).strip().splitlines()[0]
        if state in _MISSING:
            return _NothingThereError("There is no index yet.", where=self.where, hint="It is made at the next change.")
        if state == "57014":
            hint = "See whether it is overloaded, or whether its HNSW index has outgrown its memory."
            return EngineError("PostgreSQL took too long.", where=self.where, hint=hint)
        if state in ("0A000", "58P01", "42501", "42704", "22023"):
            hint = "Install pgvector 0.8 or newer there and let its owner run CREATE EXTENSION vector in this database."
            return EngineError(f"PostgreSQL refused: {text}.", where=self.where, hint=hint)
        if state is None:
            hint = "See that it runs and can be reached from here, and check the setting retrieval.index."
            return EngineError("PostgreSQL cannot be reached.", where=self.where, hint=f"{hint} ({text})")
        hint = "Check the setting retrieval.index and what this user may do there."
        return EngineError(f"PostgreSQL refused: {text}.", where=self.where, hint=hint)


class _NothingThereError(EngineError):
    """The table does not exist, or was dropped by another server."""


def _text(vector: Vectors) -> str:
    # Nine digits give the same float32 back.
    return f"[{','.join(f'{x:.9g}' for x in vector.tolist())}]"
