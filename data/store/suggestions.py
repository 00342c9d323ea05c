"""Suggestions in the store: what was suggested, what came of it, and what was taken before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from replydesk.data import schema
from replydesk.data.errors import NotFoundError
from replydesk.data.gains import gains, stayed
from replydesk.data.records import Suggested, SuggestionVerdict, same_text
from replydesk.data.rows import moment_of, stamp
from replydesk.data.store.database import Database
from replydesk.data.store.statements import BATCH, batches, insert, lookup

__all__ = ["SCOPES", "SuggestionRows", "Tally", "count_replies"]

SCOPES: Final = ("all", "intent", "by", "channel")
"""What a :class:`Tally` counts: all, and that of the same intent, the same member of the team, the same channel."""

# How far back is read what a customer was told.
_TOLD = 500


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a ticket was judged, and how much of that was taken, in each of the :data:`SCOPES`."""

    judged: tuple[int, ...] = (0,) * len(SCOPES)
    taken: tuple[float, ...] = (0.0,) * len(SCOPES)


class SuggestionRows(Database):
    """The part of the store that holds suggestions."""

    def add_suggestions(self, batch: Sequence[Suggested]) -> int:
        """Store suggestions with their verdicts, skipping what is already there; return how many were new."""
        table = schema.suggestions
        with self._write() as connection:
            known = lookup(connection, table.c.id, table.c.id, [one.id for one in batch])
            fresh = {one.id: _row(one) for one in batch if one.id not in known}
            insert(connection, table, list(fresh.values()))
            told = _add_verdicts(connection, [verdict for one in batch for verdict in one.verdicts])
            _count(connection, [*fresh, *told])
        return len(fresh)

    def add_suggestion_verdicts(self, batch: Sequence[SuggestionVerdict]) -> int:
        """Store verdicts on stored suggestions, skipping those already there; return how many were new."""
        with self._write() as connection:
            told = _add_verdicts(connection, batch)
            _count(connection, told)
        return len(told)

    def suggestion(self, key: str) -> Suggested:
        """Return what was suggested under an id. Raises :class:`NotFoundError`."""
        with self._read() as connection:
            found = _suggested(connection, [key])
        if not found:
            raise NotFoundError("There is no such suggestion.", where=key, hint="Check the id in the document.")
        return found[0]

    def suggestions(self) -> Iterator[Suggested]:
        """Yield everything that was suggested with its verdicts, by id, a few hundred in memory at a time."""
        table, last = schema.suggestions, ""
        while True:
            with self._read() as connection:
                query = sa.select(table.c.id).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
                keys = list(connection.scalars(query))
                found = _suggested(connection, keys)
            if not keys:
                return
            yield from found
            last = keys[-1]

    def tallies(self, tickets: Sequence[str], *, intent: str, by: str, channel: str) -> dict[str, Tally]:
        """Return what was made of tickets before, of those of which anything is known."""
        table = schema.shown
        # Nobody's name, no intent and no channel say nothing.
        same = [
            sa.case((sa.and_(column == value, column != ""), 1), else_=0)
            for column, value in ((table.c.intent, intent), (table.c.by, by), (table.c.channel, channel))
        ]
        sums = (part for flag in same for part in (sa.func.sum(flag), sa.func.sum(flag * table.c.gain)))
        query = sa.select(table.c.ticket, sa.func.count(), sa.func.sum(table.c.gain), *sums)
        query = query.where(table.c.gain.is_not(None))
        found: dict[str, Tally] = {}
        with self._read() as connection:
            for part in batches(list(tickets)):
                for row in connection.execute(query.where(table.c.ticket.in_(part)).group_by(table.c.ticket)):
                    _, *numbers = row
                    found[row.ticket] = Tally(tuple(map(int, numbers[::2])), tuple(map(float, numbers[1::2])))
        return found

    def taken_for(self, intent: str, *, limit: int) -> list[str]:
        """Return the tickets that were taken most for an intent."""
        table = schema.shown
        taken = sa.func.sum(table.c.gain)
        query = (
            sa.select(table.c.ticket)
            .where(table.c.intent == intent, table.c.gain.is_not(None))
            .group_by(table.c.ticket)
            .having(taken > 0)
            .order_by(taken.desc(), table.c.ticket)
            .limit(limit)
        )
        with self._read() as connection:
            return list(connection.scalars(query))

    def told(self, customer: str) -> frozenset[str]:
        """Return the newest answers that a customer, a pseudonym, was given, each as :func:`same_text`."""
        if not customer:
            return frozenset()
        spoken, held = schema.messages, schema.conversations
        query = (
            sa.select(spoken.c.text)
            .join(held, held.c.id == spoken.c.conversation)
            .where(held.c.customer == customer, spoken.c.role.in_(("agent", "bot")))
            .order_by(spoken.c.at.desc())
            .limit(_TOLD)
        )
        with self._read() as connection:
            return frozenset(map(same_text, connection.scalars(query)))


def count_replies(connection: Connection, keys: Sequence[str]) -> None:
    """Count anew what was made of the answers that replies sent, by their newest verdicts."""
    table = schema.replies
    for part in batches(list(keys)):
        newest = {
            row.reply: row
            for row in connection.execute(
                sa.select(schema.verdicts)
                .where(schema.verdicts.c.reply.in_(part))
                .order_by(schema.verdicts.c.at, schema.verdicts.c.id)
            )
        }
        found = connection.execute(sa.select(table.c.id, table.c.document).where(table.c.id.in_(part))).all()
        rows = []
        for row in found:
            document, verdict = row.document, newest[row.id]
            gain = float(verdict.kind == "good")
            if verdict.kind == "edited":
                gain = stayed(str(document.get("text", "")), verdict.correction)
            # Who sent it was nobody of the team.
            told = _context(document) | {"owner": row.id, "by": "", "gain": gain}
            sent = tuple(dict.fromkeys(document.get("state", {}).get("sent", ())))
            if len(sent) > 1 and verdict.kind not in ("good", "edited"):
                # One of several answers was wrong, and nobody knows which.
                continue
            rows += [told | {"ticket": ticket} for ticket in sent]
        _replace(connection, [row.id for row in found], rows)


def _count(connection: Connection, keys: Sequence[str]) -> None:
    rows: list[dict[str, Any]] = []
    wanted = list(dict.fromkeys(keys))
    for part in batches(wanted):
        for one in _suggested(connection, part):
            beside = one.document.get("beside")
            items = [*one.document["items"], *([beside] if beside else [])]
            texts = list({str(item["ticket"]): str(item["text"]) for item in items}.items())
            found = gains(texts, one.verdicts, beside=str(beside["ticket"]) if beside else "")
            told = _context(one.document) | {"owner": one.id, "by": str(one.document.get("by", ""))}
            rows += [told | {"ticket": key, "gain": gain} for (key, _), gain in zip(texts, found, strict=True)]
    _replace(connection, wanted, rows)


def _context(document: Mapping[str, Any]) -> dict[str, str]:
    intents = document.get("intents") or ()
    channel = document.get("channel") or document.get("incoming", {}).get("channel", "")
    return {"intent": str(intents[0]["name"]) if intents else "", "channel": str(channel)}


def _replace(connection: Connection, owners: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    for part in batches(list(owners)):
        connection.execute(sa.delete(schema.shown).where(schema.shown.c.owner.in_(part)))
    insert(connection, schema.shown, rows)


def _add_verdicts(connection: Connection, batch: Sequence[SuggestionVerdict]) -> list[str]:
    """Store new verdicts and return the suggestions that they are on."""
    table = schema.suggestion_verdicts
    known = lookup(connection, table.c.id, table.c.id, [one.id for one in batch])
    fresh = {one.id: one for one in batch if one.id not in known}
    insert(
        connection,
        table,
        [
            {
                "id": one.id, "suggestion": one.suggestion, "ticket": one.ticket, "kind": one.kind, "text": one.text,
                "by": one.by, "at": stamp(one.at),
            }
            for one in fresh.values()
        ],
    )  # fmt: skip
    return [one.suggestion for one in fresh.values()]


def _suggested(connection: Connection, keys: Sequence[str]) -> list[Suggested]:
    table, said = schema.suggestions, schema.suggestion_verdicts
    verdicts: dict[str, list[SuggestionVerdict]] = {}
    query = sa.select(said).where(said.c.suggestion.in_(list(keys))).order_by(said.c.at, said.c.id)
    for row in connection.execute(query):
        verdict = SuggestionVerdict(row.id, row.suggestion, row.ticket, row.kind, row.text, row.by, moment_of(row.at))
        verdicts.setdefault(row.suggestion, []).append(verdict)
    found = connection.execute(
        sa.select(table.c.id, table.c.document).where(table.c.id.in_(list(keys))).order_by(table.c.id)
    )
    return [Suggested(row.id, dict(row.document), tuple(verdicts.get(row.id, ()))) for row in found]


def _row(one: Suggested) -> dict[str, Any]:
    document = one.document
    return {
        "id": one.id, "conversation": str(document.get("conversation", "")), "document": dict(document),
        "release": str(document.get("release", "")), "at": str(document["at"]),
    }  # fmt: skip
