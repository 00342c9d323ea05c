"""Zendesk's exports: tickets with comments as JSON, or as a folder of CSV tables in the layout of Fivetran.

Who speaks follows from the ids alone: the requester is the customer, then the role of the user decides, then
the assignee is an agent. A comment that is not public is a note of the team, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Item, Options, Skipped, Source, in_order, moment, role_of, short, yes
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.sheets import Sheet, sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message, Role, same_text
from replydesk.data.text import plain

__all__ = ["Zendesk", "ZendeskTables"]

_LISTS = ("tickets", "users")
_ZENDESK_ONLY = ("comments", "submitter_id", "via", "raw_subject")
_TABLE = re.compile(r"(?:zendesk_)?(ticket_comment|ticket_tag|ticket|user)s?(?:_data)?\.csv(?:\.gz)?", re.IGNORECASE)
_SYSTEM_AUTHOR = "-1"
_SATISFACTION = {"good": 1.0, "bad": 0.0}

RoleOf = Callable[[str], Role | None]
Placed = tuple[str, Mapping[str, Any]]


class Zendesk:
    """Tickets with their comments as the API and the account export give them."""

    name = "zendesk"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects are Zendesk tickets or pairs of a ticket and its comments."""
        return any(_is_ticket(record) for record in first(source, inside=("tickets",), beside=("users",)))

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per ticket that is not deleted."""
        roles = _roles_beside(source)
        for item in records(source, inside=("tickets",), beside=("users",)):
            if isinstance(item, Skipped):
                yield item
            elif item.key != "users":
                yield from _read_record(item, roles)


class ZendeskTables:
    """A folder with the tables ticket, ticket_comment, user and ticket_tag, or the path of one."""

    name = "zendesk-csv"

    def matches(self, source: Source) -> bool:
        """Return whether the tables are there and the comments have the columns that are needed."""
        table = _TABLE.fullmatch(source.name)
        if not source.is_folder and not (table and table[1].casefold() in ("ticket", "ticket_comment")):
            return False
        tables = _tables(source)
        comments = sheet(tables["ticket_comment"]) if {"ticket", "ticket_comment"} <= tables.keys() else None
        return comments is not None and {"ticket_id", "body", "public"} <= set(comments.header)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per ticket that is not deleted; then skip the comments that belong to none."""
        tables = _tables(source)
        with Spill() as users, Spill() as comments, Spill() as tags:
            yield from _put_aside(tables.get("user"), users, "id")
            yield from _put_aside(tables["ticket_comment"], comments, "ticket_id")
            yield from _put_aside(tables.get("ticket_tag"), tags, "ticket_id")
            names = {kind: _header(table) for kind, table in tables.items()}

            def user_role(author: str) -> Role | None:
                return next(
                    (role_of(row.get("role", "")) for _, row in _named(users.get(author), names["user"])),
                    None,
                )

            for item in _rows(tables["ticket"]):
                if isinstance(item, Skipped):
                    yield item
                    continue
                where, ticket = item
                number = str(ticket.get("id", ""))
                said = [(at, _comment(row)) for at, row in _named(comments.take(number), names["ticket_comment"])]
                labels = [
                    row["tag"] for _, row in _named(tags.take(number), names.get("ticket_tag", ())) if "tag" in row
                ]
                yield from _conversation(
                    {**ticket, "tags": labels}, said, user_role if "user" in names else _nobody, where
                )
            for number, rows in comments.groups():
                yield from (Skipped(cells[0], f"ticket {number} is not in the export") for cells in rows)


def _is_ticket(record: Record) -> bool:
    value = record.value
    if isinstance(ticket := value.get("ticket"), dict) and isinstance(value.get("comments"), list):
        return "requester_id" in ticket or "id" in ticket
    comments = value.get("comments")
    if isinstance(comments, list) and any(isinstance(c, dict) and "author_id" in c for c in comments):
        return True
    if "requester_id" not in value or record.key == "users":
        return False
    return "description" in value and any(key in value for key in _ZENDESK_ONLY) and "description_text" not in value


def _read_record(item: Record, roles: Mapping[str, Role | None]) -> Iterator[Item]:
    value = item.value
    ticket = value["ticket"] if isinstance(value.get("ticket"), dict) else value
    comments = value["comments"] if "comments" in value else ticket.get("comments")
    known = {**roles, **_roles(value.get("users"))}
    said: list[Placed] = []
    for position, comment in enumerate(comments if isinstance(comments, list) else []):
        place = f"{item.where}:comments[{position}]"
        if isinstance(comment, dict):
            said.append((place, comment))
        else:
            yield Skipped(place, "a comment is an object")
    yield from _conversation(ticket, said, known.get, item.where)


def _roles_beside(source: Source) -> dict[str, Role | None]:
    # The users may stand behind the tickets, so they are collected before; a user costs some hundred bytes.
    found: dict[str, Role | None] = {}
    if source.head().lstrip().startswith("{") and any(
        r.key for r in first(source, inside=("tickets",), beside=("users",))
    ):
        for item in records(source, inside=("users",)):
            if isinstance(item, Record) and item.key == "users":
                found.update(_roles([item.value]))
    return found


def _roles(users: object) -> dict[str, Role | None]:
    listed = users if isinstance(users, list) else []
    return {_id(user.get("id")): role_of(user.get("role")) for user in listed if isinstance(user, dict)}


def _nobody(_: str) -> None:
    return None


def _conversation(
    ticket: Mapping[str, Any], comments: Iterable[Placed], user_role: RoleOf, where: str
) -> Iterator[Item]:
    number = _id(ticket.get("id"))
    if not number:
        yield Skipped(where, "the ticket has no id")
        return
    if ticket.get("status") == "deleted" or yes(ticket.get("_fivetran_deleted", "")):
        yield Skipped(where, f"ticket {number} is deleted")
        return
    identity, requester = short(f"zendesk:{number}"), _id(ticket.get("requester_id"))

    def speaker(author: str) -> Role | None:
        if author and author == requester:
            return "customer"
        if author == _SYSTEM_AUTHOR:
            return "system"
        return user_role(author) or ("agent" if author and author == _id(ticket.get("assignee_id")) else None)

    messages: dict[str, Message] = {}
    for place, comment in [*_described(ticket, comments := list(comments), where, requester), *comments]:
        author, name = (
            _id(comment.get("author_id")),
            f"{identity}:{_id(comment.get('id')) or place.rpartition(':')[2]}",
        )
        role: Role | None = speaker(author) if yes(comment.get("public", True)) else "note"
        text = _body(comment)
        if role is None:
            yield Skipped(place, f"the author {author or '(none)'} is neither the requester nor a known user")
        elif not text.strip():
            yield Skipped(place, "the comment has no text")
        else:
            try:
                at = moment(comment.get("created_at"))
            except ValueError as error:
                yield Skipped(place, str(error))
            else:
                # An incremental export may hold a comment twice.
                messages.setdefault(name, Message(short(name), role, text, at, author=author))
    if not messages:
        yield Skipped(where, f"ticket {number} has no comments that can be read")
        return
    rating, via = ticket.get("satisfaction_rating"), ticket.get("via")
    tags = ticket.get("tags")
    yield Conversation(
        identity,
        in_order(messages.values()),
        source="zendesk",
        channel=_str(via.get("channel") if isinstance(via, dict) else ticket.get("via_channel")),
        customer=requester,
        subject=_str(ticket.get("subject") or ticket.get("raw_subject")),
        tags=tuple(dict.fromkeys(str(tag) for tag in tags)) if isinstance(tags, list) else (),
        outcome=_str(ticket.get("status")),
        satisfaction=_SATISFACTION.get(_str(rating.get("score"))) if isinstance(rating, dict) else None,
    )


def _described(ticket: Mapping[str, Any], comments: Iterable[Placed], where: str, requester: str) -> Iterator[Placed]:
    # The first comment normally repeats the description; where none does, it opens the conversation.
    description = _str(ticket.get("description"))
    said = same_text(description)
    if said and all(same_text(_body(comment)) != said for _, comment in comments):
        yield (
            f"{where}:description",
            {
                "id": "description",
                "body": description,
                "author_id": ticket.get("submitter_id") or requester,
                "public": ticket.get("is_public", True),
                "created_at": ticket.get("created_at"),
            },
        )


def _body(comment: Mapping[str, Any]) -> str:
    if text := _str(comment.get("plain_body")):
        return unescape(text)
    return _str(comment.get("body")) or plain(_str(comment.get("html_body")))


def _id(value: object) -> str:
    return "" if value is None or isinstance(value, (bool, dict, list)) else str(value).strip()


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _tables(source: Source) -> dict[str, Source]:
    folder = source.path if source.is_folder else Path(source.path).parent
    found: dict[str, Source] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if (match := _TABLE.fullmatch(path.name)) and path.is_file():
            found.setdefault(match[1].casefold(), Source(path))
    return found


def _header(table: Source) -> tuple[str, ...]:
    found = sheet(table)
    if found is None:
        raise FormatError("The table has no rows.", where=table.name, hint="Export it again.")
    return found.header


def _rows(table: Source) -> Iterator[Placed | Skipped]:
    found: Sheet | None = sheet(table)
    for item in found.rows() if found else ():
        yield (
            item
            if isinstance(item, Skipped)
            else (item[0], dict(zip(found.header if found else (), item[1], strict=True)))
        )


def _put_aside(table: Source | None, spill: Spill, column: str) -> Iterator[Skipped]:
    found = sheet(table) if table else None
    if found is None or column not in found.header:
        return
    key = found.header.index(column)
    for item in found.rows():
        if isinstance(item, Skipped):
            yield item
        else:
            spill.add(item[1][key].strip(), [item[0], *item[1]])


def _named(rows: list[list[str]], header: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    for where, *cells in rows:
        yield where, dict(zip(header, cells, strict=True))


def _comment(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        **row,
        "author_id": row.get("author_id") or row.get("user_id"),
        "created_at": row.get("created_at") or row.get("created"),
    }
