"""The database of a store: how it is opened, brought up to date, read and written, and what its errors mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from replydesk.data import schema
from replydesk.data.errors import StoreError

__all__ = ["Database", "json_text"]

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


class Database:
    """An SQLite file or a PostgreSQL database whose tables are those of this version; every use is a transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, place: str | Path) -> Self:
        """Connect to an SQLite file or a database URL, bring the tables up to date and return it.

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
                store._bring_up()
        except StoreError:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _bring_up(self) -> None:
        with self._write() as connection:
            # Another process may have done it while this one waited for the lock.
            found = _revision(connection)
            if not found:
                # What every migration would make of nothing, at a fifth of the time.
                schema.metadata.create_all(connection, checkfirst=False)
                schema.version.create(connection, checkfirst=False)
                connection.execute(schema.version.insert().values(version_num=schema.HEAD))
            elif found != schema.HEAD:
                _migrate(connection, found)

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
        json_serializer=json_text,
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


def json_text(value: object) -> str:
    """Return a value as JSON, in the characters that it has."""
    # psycopg keeps the serializer of every engine for ever, so it is one function for all.
    return json.dumps(value, ensure_ascii=False)


def _revision(connection: Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")) or "")


def _migrate(connection: Connection, found: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        message = f"The database stands at revision {found}, which this Replydesk does not know."
        hint = "Upgrade Replydesk, or name another database in the setting data.database."
        raise StoreError(message, hint=hint) from error


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
    if "unable to open database file" in text or "readonly database" in text:
        hint = "Give this user write access to the file and its folder, or mend the setting data.database."
        return StoreError("The database file cannot be opened for writing.", hint=hint)
    if "malformed" in text or "not a database" in text:
        return StoreError(
            "The database file is damaged.", hint="Restore the newest backup; `replydesk doctor` says more."
        )
    return StoreError(f"The database refused: {text}.", hint="Check the setting data.database and `replydesk doctor`.")
