"""Zendesk's tickets as CSV tables in the layout of Fivetran, in a folder or an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from replydesk.data.readers.base import Item, Options, Skipped, Source, role_of
from replydesk.data.readers.desk import ident
from replydesk.data.readers.fivetran import Tables, put_aside
from replydesk.data.readers.gathered import Gathered, Row
from replydesk.data.readers.zendesk_tickets import ticket_items
from replydesk.data.records import Role

__all__ = ["ZendeskTables"]

_KINDS: Final = ("ticket", "ticket_comment", "ticket_tag", "ticket_field", "user")


class ZendeskTables:
    """A folder with the tables ticket, ticket_comment, user and ticket_tag, or the path of one."""

    name = "zendesk-csv"

    def matches(self, source: Source) -> bool:
        """Return whether the tables are there and the comments have the columns that are needed."""
        tables = Tables(source, "zendesk", _KINDS)
        if not source.is_folder and tables.kind_of(source) not in ("ticket", "ticket_comment"):
            return False
        if source.is_folder and not tables.hold_all(source):
            return False
        return tables.has("ticket", "id", "requester_id") and tables.has(
            "ticket_comment", "ticket_id", "body", "public"
        )

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per ticket that is not deleted; then skip the comments that belong to none."""
        tables = Tables(source, "zendesk", _KINDS)
        with Gathered() as users, Gathered() as comments, Gathered() as tags, Gathered() as fields:
            yield from put_aside(tables.rows("user"), "id", users)
            yield from put_aside(tables.rows("ticket_comment"), "ticket_id", comments)
            yield from put_aside(tables.rows("ticket_tag"), "ticket_id", tags)
            yield from put_aside(filter(_is_assigned, tables.rows("ticket_field")), "ticket_id", fields)

            def user_role(author: str) -> Role | None:
                return next((role_of(row.value.get("role", "")) for row in users.get(author)), None)

            for item in tables.rows("ticket"):
                if isinstance(item, Skipped):
                    yield item
                    continue
                number = ident(item.value.get("id"))
                said = [(row.where, _comment(row.value)) for row in comments.take(number)]
                facts = {
                    "tags": [row.value.get("tag", "") for row in tags.take(number)],
                    "assignees": [row.value.get("value", "") for row in fields.take(number)],
                }
                yield from ticket_items({**item.value, **facts}, said, user_role, item.where)
            for number, rows in comments.groups():
                yield from (Skipped(row.where, f"ticket {number} is not in the export") for row in rows)


def _is_assigned(item: Row | Skipped) -> bool:
    return isinstance(item, Skipped) or item.value.get("field_name") == "assignee_id"


def _comment(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        **row,
        "author_id": row.get("author_id") or row.get("user_id"),
        "created_at": row.get("created_at") or row.get("created"),
    }
