"""Curation in the store: what is derived from the tickets and replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from replydesk.data import schema
from replydesk.data.records import Contradiction, Curation, Template
from replydesk.data.rows import curation_of, moment_of, stamp
from replydesk.data.store.database import Database
from replydesk.data.store.mined import tickets_by_id_in
from replydesk.data.store.statements import CURATED, SUCCEEDS, SUCCESSOR, batches, insert, insert_all

__all__ = ["Curations"]

_VERSION = sa.select(
    sa.select(sa.func.max(schema.changes.c.seq)).scalar_subquery().label("newest"),
    sa.select(sa.func.max(schema.curated.c.made)).scalar_subquery().label("made"),
)


class Curations(Database):
    """The part of the store that holds what curation says of the tickets."""

    def curation(self, keys: Sequence[str]) -> dict[str, Curation]:
        """Return what is known of those tickets; one of which nothing is to be said is left out.

        A ticket is superseded only while the one that replaced it exists.
        """
        query = sa.select(*CURATED).outerjoin_from(schema.curation, SUCCESSOR, SUCCEEDS)
        found: dict[str, Curation] = {}
        with self._read() as connection:
            for part in batches(keys):
                rows = connection.execute(query.where(schema.curation.c.ticket.in_(part)))
                found.update((row.ticket, curation_of(row)) for row in rows)
        return found

    def withheld(self, keys: Sequence[str]) -> dict[str, str]:
        """Return, of those tickets, the ones whose answer is never offered by itself, with the reason."""
        found = self.curation(keys)
        said = {
            key: c.withheld or (f"superseded by {c.superseded_by}" if c.superseded_by else "")
            for key, c in found.items()
        }
        return {key: why for key, why in said.items() if why}

    def templates(self, *, language: str = "", limit: int | None = None) -> list[Template]:
        """Return the answers that were given many times, the most frequent first."""
        table = schema.templates
        query = sa.select(table).order_by(table.c.count.desc(), table.c.id).limit(limit)
        if language:
            query = query.where(table.c.language == language)
        with self._read() as connection:
            return [
                Template(r.id, r.text, r.language, r._mapping["count"], moment_of(r.first_at), moment_of(r.last_at))
                for r in connection.execute(query)
            ]

    def contradictions(self, *, limit: int | None = None) -> list[Contradiction]:
        """Return pairs of tickets that answer the same question differently, those with the newest answers first."""
        table, ticket = schema.contradictions, schema.tickets
        query = (
            sa.select(table)
            .join(ticket, ticket.c.id == table.c.second)
            .order_by(ticket.c.at.desc().nulls_last(), table.c.first, table.c.second)
            .limit(limit)
        )
        with self._read() as connection:
            return [Contradiction(row.first, row.second, row.what) for row in connection.execute(query)]

    def curated(self) -> tuple[int, int, dict[str, int]]:
        """Return the last change that the curation knows, the version of its rules, and its counts; zeros before it."""
        with self._read() as connection:
            row = connection.execute(sa.select(schema.curated)).one_or_none()
        return (row.seq, row.rules, dict(row.counts)) if row else (0, 0, {})

    def replace_curation(
        self,
        curations: Iterable[Curation],
        templates: Iterable[Template],
        contradictions: Iterable[Contradiction],
        *,
        seq: int,
        rules: int,
        counts: Mapping[str, int],
    ) -> None:
        """Replace all that is derived from the tickets as they were at change ``seq``: readers see the old or the new.

        What is said of tickets that went since then is left out.
        """
        changes = schema.changes
        with self._write() as connection:
            since = sa.select(changes.c.ticket).where(changes.c.seq > seq, changes.c.op == "remove").distinct()
            gone = set(connection.scalars(since))
            gone -= set(tickets_by_id_in(connection, sorted(gone)))
            made = int(connection.scalar(sa.select(sa.func.max(schema.curated.c.made))) or 0) + 1
            for table in (schema.contradictions, schema.curation, schema.templates, schema.curated):
                connection.execute(sa.delete(table))
            insert_all(
                connection,
                schema.templates,
                (
                    {
                        "id": t.id, "text": t.text, "language": t.language, "count": t.count,
                        "first_at": stamp(t.first_at), "last_at": stamp(t.last_at),
                    }
                    for t in templates
                ),
            )  # fmt: skip
            insert_all(
                connection,
                schema.curation,
                ({name: getattr(c, name) for name in c.__slots__} for c in curations if c.ticket not in gone),
            )
            insert_all(
                connection,
                schema.contradictions,
                (
                    {"first": c.first, "second": c.second, "what": c.what}
                    for c in contradictions
                    if not {c.first, c.second} & gone
                ),
            )
            insert(
                connection,
                schema.curated,
                [{"id": 1, "made": made, "seq": seq, "rules": rules, "counts": dict(counts)}],
            )

    def version(self) -> tuple[int, int]:
        """Return the number of the newest change and how often the curation was made: what caches compare."""
        with self._read() as connection:
            row = connection.execute(_VERSION).one()
        return int(row.newest or 0), int(row.made or 0)
