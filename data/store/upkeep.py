"""What the store remembers beside conversations: replies, verdicts, parts of the data, the audit, and a lock."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from replydesk.data import schema
from replydesk.data.errors import ConflictError, NotFoundError
from replydesk.data.records import Verdict
from replydesk.data.rows import stamp, verdict_of, verdict_row
from replydesk.data.store.database import Database
from replydesk.data.store.statements import batches, insert, lookup
from replydesk.data.store.suggestions import count_replies

__all__ = ["Upkeep"]


class Upkeep(Database):
    """The part of the store that holds replies, verdicts, parts and the audit."""

    def reply(self, key: str) -> dict[str, Any]:
        """Return the stored document of a reply. Raises :class:`NotFoundError`."""
        with self._read() as connection:
            found = connection.scalar(sa.select(schema.replies.c.document).where(schema.replies.c.id == key))
        if found is None:
            raise NotFoundError("There is no such reply.", where=key, hint="Check the id in the reply document.")
        return dict(found)

    def replies(self, conversation: str) -> Iterator[dict[str, Any]]:
        """Yield the documents of the replies in a conversation, newest first."""
        table = schema.replies
        query = sa.select(table.c.document).where(table.c.conversation == conversation)
        with self._read() as connection:
            found = connection.scalars(query.order_by(table.c.at.desc())).all()
        yield from map(dict, found)

    def last_replies(self, conversation: str, *, limit: int = 1) -> list[tuple[dict[str, Any], str]]:
        """Return the documents of the newest replies in a conversation, newest first.

        With each comes the kind of its newest verdict, '' where nobody has judged it.
        """
        table, judged = schema.replies, schema.verdicts
        kind = (
            sa.select(judged.c.kind)
            .where(judged.c.reply == table.c.id)
            .order_by(judged.c.at.desc(), judged.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = sa.select(table.c.document, kind.label("kind")).where(table.c.conversation == conversation)
        with self._read() as connection:
            rows = connection.execute(query.order_by(table.c.at.desc()).limit(limit)).all()
        return [(dict(row.document), str(row.kind or "")) for row in rows]

    def add_verdicts(self, batch: Sequence[Verdict]) -> int:
        """Store verdicts, skipping those already there; return how many were new."""
        with self._write() as connection:
            known = lookup(connection, schema.verdicts.c.id, schema.verdicts.c.id, [v.id for v in batch])
            fresh = {v.id: verdict_row(v) for v in batch if v.id not in known}
            insert(connection, schema.verdicts, list(fresh.values()))
            count_replies(connection, [row["reply"] for row in fresh.values()])
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

    def judged(self, release: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the newest verdict's kind and the document of each judged reply of a release, oldest verdict first."""
        query = (
            sa.select(schema.verdicts.c.reply, schema.verdicts.c.kind, schema.replies.c.document)
            .join(schema.replies, schema.replies.c.id == schema.verdicts.c.reply)
            .where(schema.replies.c.release == release)
            .order_by(schema.verdicts.c.at, schema.verdicts.c.id)
        )
        with self._read() as connection:
            # A later verdict on the same reply takes the place of the earlier one.
            newest = {row.reply: (str(row.kind), dict(row.document)) for row in connection.execute(query)}
        return list(newest.values())

    def judged_count(self, release: str) -> int:
        """Return how many verdicts there are on the replies of a release."""
        query = (
            sa.select(sa.func.count())
            .select_from(schema.verdicts)
            .join(schema.replies, schema.replies.c.id == schema.verdicts.c.reply)
            .where(schema.replies.c.release == release)
        )
        with self._read() as connection:
            return int(connection.scalar(query) or 0)

    def splits(self) -> dict[str, str]:
        """Return the part (train, test or aside) of every conversation that was ever assigned one."""
        with self._read() as connection:
            return {row.conversation: row.part for row in connection.execute(sa.select(schema.splits))}

    def assign_splits(self, parts: Mapping[str, str]) -> None:
        """Remember the parts of new conversations. Raises :class:`ConflictError` when one would change."""
        with self._write() as connection:
            known = lookup(connection, schema.splits.c.conversation, schema.splits.c.part, parts)
            moved = [key for key, part in known.items() if parts[key] != part]
            if moved:
                hint = "The part of a conversation is decided once, so that nothing tested is ever trained on."
                raise ConflictError(f"{len(moved)} conversations would change their part.", where=moved[0], hint=hint)
            fresh = [{"conversation": key, "part": part} for key, part in parts.items() if key not in known]
            insert(connection, schema.splits, fresh)

    def set_aside(self, conversations: Iterable[str]) -> int:
        """Take conversations out of the training part for good, and return how many were in it."""
        table = schema.splits
        wanted, moved = list(conversations), 0
        with self._write() as connection:
            for part in batches(wanted):
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
            insert(
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
