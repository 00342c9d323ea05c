"""Intercom's conversations as CSV tables in the layout of Fivetran, histories or not.

Of a row's history the newest active one counts. A part whose conversation is in no table is kept with its kind, for
the author's type says who speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from replydesk.data.readers.base import Item, Options, Skipped, Source, short
from replydesk.data.readers.desk import Line, conversation, dated, labels, stars, without_opening
from replydesk.data.readers.fivetran import Aside, Placed, Row, Tables, newest
from replydesk.data.readers.intercom import opened_by, part
from replydesk.data.records import Conversation
from replydesk.data.text import plain

__all__ = ["IntercomTables"]

_KINDS: Final = ("conversation", "conversation_part", "conversation_contact", "conversation_tag", "tag")


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
        with Aside() as conversations, Aside() as parts, Aside() as contacts, Aside() as tags, Aside() as names:
            yield from conversations.fill(tables.rows("conversation"), "id")
            yield from parts.fill(tables.rows("conversation_part"), "conversation_id")
            yield from contacts.fill(tables.rows("conversation_contact"), "conversation_id")
            yield from tags.fill(tables.rows("conversation_tag"), "conversation_id")
            yield from names.fill(tables.rows("tag"), "id")
            for number, rows in conversations.groups():
                said = parts.take(number)
                if not (active := newest(rows)):
                    yield Skipped(rows[-1][0], "the conversation is deleted")
                    continue
                where, row = active[0]
                people = [person.get("contact_id", "") for _, person in newest(contacts.get(number), "contact_id")]
                marks = [mark.get("tag_id", "") for _, mark in newest(tags.get(number), "tag_id")]
                called = [name["name"] for mark in marks for _, name in newest(names.get(mark)) if "name" in name]
                yield from _conversation(number, where, row, said, people, called)
            for number, rows in parts.groups():
                yield from _conversation(number, rows[0][0], {}, rows, [], [])


def _tables(source: Source) -> Tables:
    return Tables(source, "intercom", _KINDS)


def _conversation(
    number: str, where: str, row: Row, said: list[Placed], people: list[str], tags: list[str]
) -> Iterator[Item]:
    lines = [
        part(place, row, {"type": row.get("author_type"), "id": row.get("author_id")}) for place, row in newest(said)
    ]
    if plain(row.get("source_body", "")):
        opening = _opening(where, row)
        lines = [opening, *without_opening(lines, opening, row.get("source_id", ""))]
    by_customer = row.get("source_author_id", "") if lines and lines[0].role == "customer" else ""
    about = Conversation(
        short(f"intercom:{number}"),
        (),
        source="intercom",
        channel=row.get("source_type", ""),
        customer=people[0] if people else by_customer,
        subject=plain(row.get("title") or row.get("source_subject", "")),
        tags=labels([tag.strip() for tag in tags]),
        outcome=row.get("state", ""),
        satisfaction=stars(row.get("conversation_rating_value") or row.get("rating")),
        partial=True,
        updated=dated(row.get("updated_at") or None),
    )
    yield from conversation(about, lines, where)


def _opening(where: str, row: Row) -> Line:
    return Line(
        where,
        opened_by(row.get("source_author_type", ""), row.get("source_delivered_as", "")),
        plain(row.get("source_body", "")),
        row.get("created_at"),
        "source",
        row.get("source_author_id", ""),
    )
