"""Intercom's conversations as CSV tables in the layout of Fivetran, histories or not.

Of a row's history the newest active one counts. A part whose conversation is in no table is kept with its kind, for
the author's type says who speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from replydesk.data.readers.base import Item, Options, Skipped, Source, short
from replydesk.data.readers.desk import Line, conversation, dated, labels, stars, without_opening
from replydesk.data.readers.fivetran import Tables, active, put_aside
from replydesk.data.readers.gathered import Gathered, Row
from replydesk.data.readers.intercom import opened_by, part
from replydesk.data.records import Conversation
from replydesk.data.text import plain

__all__ = ["IntercomTables"]

_KINDS: Final = {
    "conversation": "id",
    "conversation_part": "conversation_id",
    "conversation_contact": "conversation_id",
    "conversation_tag": "conversation_id",
    "tag": "id",
}
"""The tables that are read, with the columns by which they belong together."""


class IntercomTables:
    """A folder with the tables conversation_history and conversation_part_history, or the path of one."""

    name = "intercom-csv"

    def matches(self, source: Source) -> bool:
        """Return whether the tables are there and have the columns that are needed."""
        tables = _tables(source)
        if not source.is_folder and tables.kind_of(source) not in ("conversation", "conversation_part"):
            return False
        parts = tables.has("conversation_part", "conversation_id", "part_type", "body", "author_type")
        opened = tables.has("conversation", "id", "source_body", "source_author_type")
        return (parts or opened) and (parts or "conversation_part" not in tables)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per conversation that is not deleted, then what parts of others there are."""
        tables = _tables(source)
        with ExitStack() as stack:
            asides = {kind: stack.enter_context(Gathered()) for kind in _KINDS}
            for kind, column in _KINDS.items():
                yield from put_aside(tables.rows(kind), column, asides[kind])
            parts = asides["conversation_part"]
            for number, rows in asides["conversation"].groups():
                said = parts.take(number)
                if not (found := active(rows)):
                    yield Skipped(rows[-1].where, "the conversation is deleted")
                    continue
                people = active(asides["conversation_contact"].get(number), "contact_id")
                marks = active(asides["conversation_tag"].get(number), "tag_id")
                named = [
                    row.value.get("name") for m in marks for row in active(asides["tag"].get(m.value.get("tag_id", "")))
                ]
                yield from _conversation(number, found[0], said, people, named)
            for number, rows in parts.groups():
                yield from _conversation(number, Row(rows[0].where, "", {}), rows, [], [])


def _tables(source: Source) -> Tables:
    return Tables(source, "intercom", _KINDS)


def _conversation(number: str, told: Row, said: list[Row], people: list[Row], tags: list[object]) -> Iterator[Item]:
    row = told.value
    lines = [_part(one) for one in active(said)]
    if plain(row.get("source_body", "")):
        opening = _opening(told)
        lines = [opening, *without_opening(lines, opening, row.get("source_id", ""))]
    by_customer = row.get("source_author_id", "") if lines and lines[0].role == "customer" else ""
    about = Conversation(
        short(f"intercom:{number}"),
        (),
        source="intercom",
        channel=row.get("source_type", ""),
        customer=people[0].value.get("contact_id", "") if people else by_customer,
        subject=plain(row.get("title") or row.get("source_subject", "")),
        tags=labels(tags),
        outcome=row.get("state", ""),
        satisfaction=stars(row.get("conversation_rating_value") or row.get("rating")),
        partial=True,
        updated=dated(row.get("updated_at")),
    )
    yield from conversation(about, lines, told.where)


def _part(row: Row) -> Line:
    return part(row.where, row.value, {"type": row.value.get("author_type"), "id": row.value.get("author_id")})


def _opening(told: Row) -> Line:
    row = told.value
    return Line(
        told.where,
        opened_by(row.get("source_author_type", ""), row.get("source_delivered_as", "")),
        plain(row.get("source_body", "")),
        row.get("created_at"),
        "source",
        row.get("source_author_id", ""),
    )
