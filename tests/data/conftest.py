"""What the tests of the store compare: all that it holds."""

from __future__ import annotations

from collections.abc import Callable
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
