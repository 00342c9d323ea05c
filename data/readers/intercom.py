"""Intercom's conversations and tickets as its API, its webhooks and its JSON exports give them.

The opening message is the ``source``, not a part. The type of a part decides whether customers saw it, the type of
its author who speaks; a part of a type that nobody here knows is taken for a note of the team.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from replydesk.data.readers.base import Item, Options, Skipped, Source, role_of, short, str_of, yes
from replydesk.data.readers.desk import (
    Line,
    conversation,
    dated,
    ident,
    labels,
    objects,
    stars,
    thing,
    unwrapped,
    without_opening,
)
from replydesk.data.readers.gathered import files, of_one_desk
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.records import Conversation, Role
from replydesk.data.text import plain

__all__ = ["Intercom", "opened_by", "part"]

_INSIDE: Final = ("conversations", "tickets", "data")
_THROUGH: Final = ("response", "result", "data", "item")
_SAID: Final = frozenset({"comment", "quick_reply", "message", "reply", "email"})
_SAID_WITH_TEXT: Final = frozenset({"open", "close", "assignment", "assign_and_reopen"})
_AUTOMATIC: Final = frozenset({"campaigns_initiated", "campaign_initiated", "operator_initiated", "automated"})
_TEAM: Final = frozenset({"team", "teammate"})
_BOTS: Final = frozenset({"operator", "workflow", "fin", "ai_agent", "custom_bot", "api"})
_INTERNAL: Final = frozenset({"back-office", "tracker"})


class Intercom:
    """Conversations and tickets with their parts."""

    name = "intercom"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects are Intercom conversations or tickets, in every file of a folder."""
        return of_one_desk(source, _holds, lambda _: False)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per conversation or ticket."""
        for file in files(source):
            for item in records(file, inside=_INSIDE, through=_THROUGH):
                yield from [item] if isinstance(item, Skipped) else _read(item)


def part(where: str, row: Mapping[str, Any], author: Mapping[str, Any]) -> Line:
    """Return the line that a part of a conversation is, from the API or from a table."""
    kind, text = str_of(row.get("part_type")).casefold(), plain(str_of(row.get("body")))
    automatic = any(yes(said.get(flag, "")) for said in (author, row) for flag in ("from_ai_agent", "is_ai_answer"))
    why = _why(row)
    if not text and kind not in _SAID:
        why = why or "an event without a text"
    role = _part_role(kind, str_of(author.get("type")), automatic=automatic)
    return Line(where, role, text, row.get("created_at"), ident(row.get("id")), ident(author.get("id")), why)


def _part_role(kind: str, author_type: str, *, automatic: bool) -> Role | None:
    if "note" in kind or "summary" in kind:
        return "note"
    role = _author_role(author_type, automatic=automatic)
    if kind in _SAID or kind in _SAID_WITH_TEXT or role == "customer":
        return role
    # A part of another type holds what the product or the team wrote, and not to the customer as far as is known.
    return "system" if role == "bot" else "note"


def opened_by(author_type: str, delivered_as: str) -> Role | None:
    """Return who wrote the message that opened a conversation; what campaigns and workflows send is a bot's."""
    role = _author_role(author_type, automatic=False)
    return "bot" if role == "agent" and delivered_as in _AUTOMATIC else role


def _author_role(author_type: str, *, automatic: bool) -> Role | None:
    kind = author_type.casefold()
    if automatic or kind in _BOTS:
        return "bot"
    role: Role | None = "agent" if kind in _TEAM else role_of(kind)
    return role if role in ("customer", "agent", "bot") else None


def _holds(source: Source) -> bool:
    return any(unwrapped(r.value, _is_ours) for r in first(source, inside=_INSIDE, through=_THROUGH))


def _is_ours(value: Mapping[str, Any]) -> bool:
    return _is_conversation(value) or _is_ticket(value)


def _is_conversation(value: Mapping[str, Any]) -> bool:
    opening = thing(value.get("source")) or thing(value.get("conversation_message"))
    if isinstance(value.get("conversation_parts"), (dict, list)):
        return value.get("type") in ("conversation", None) or bool(opening)
    return value.get("type") == "conversation" and "body" in opening


def _is_ticket(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("ticket_parts"), (dict, list)) or (
        value.get("type") == "ticket" and "ticket_attributes" in value
    )


def _read(item: Record) -> Iterator[Item]:
    value = unwrapped(item.value, _is_ours)
    if value is None or not (number := ident(value.get("id"))):
        yield Skipped(item.where, "this is neither a conversation nor a ticket with an id")
        return
    ticket = _is_ticket(value)
    opening = _described(value, item.where) if ticket else _opening(value, item.where)
    key = "ticket_parts" if ticket else "conversation_parts"
    lines = list(_parts(value.get(key), key, item.where))
    if opening is not None:
        source = thing(value.get("source"))
        lines = [opening, *without_opening(lines, opening, ident(source.get("id")))]
    yield from conversation(_about(value, number, opening, ticket=ticket), lines, item.where)


def _about(value: Mapping[str, Any], number: str, opening: Line | None, *, ticket: bool) -> Conversation:
    source, attributes = thing(value.get("source")), thing(value.get("ticket_attributes"))
    contacts = value.get("contacts")
    people = objects(thing(contacts).get("contacts") or contacts)
    customer = ident(people[0].get("id")) if people else ident(thing(value.get("user")).get("id"))
    tags = value.get("tags")
    state = value.get("ticket_state") if ticket else value.get("state")
    subject = value.get("title") or source.get("subject") or attributes.get("_default_title_")
    return Conversation(
        short(f"intercom:{'ticket:' if ticket else ''}{number}"),
        (),
        source="intercom",
        channel=str_of(source.get("type")) or ("ticket" if ticket else ""),
        customer=customer or (opening.author if opening and opening.role == "customer" else ""),
        subject=plain(str_of(subject)),
        tags=labels(thing(tags).get("tags") or tags),
        outcome=str_of(state) or str_of(thing(state).get("category")),
        satisfaction=stars(thing(value.get("conversation_rating")).get("rating")),
        partial=True,
        updated=dated(value.get("updated_at")),
    )


def _opening(value: Mapping[str, Any], where: str) -> Line | None:
    source = thing(value.get("source")) or thing(value.get("conversation_message"))
    if not source:
        return None
    author = thing(source.get("author"))
    delivered = str_of(source.get("delivered_as"))
    role = opened_by(str_of(author.get("type")), delivered)
    if role == "agent" and yes(author.get("from_ai_agent", "")):
        role = "bot"
    elif not author and delivered == "customer_initiated":
        role = "customer"
    return Line(
        f"{where}:source",
        role,
        plain(str_of(source.get("body"))),
        value.get("created_at"),
        "source",
        ident(author.get("id")),
        _why(source),
    )


def _described(value: Mapping[str, Any], where: str) -> Line | None:
    text = str_of(thing(value.get("ticket_attributes")).get("_default_description_"))
    if not text.strip():
        return None
    kind = value.get("category") or thing(value.get("ticket_type")).get("category")
    people = objects(thing(value.get("contacts")).get("contacts"))
    return Line(
        f"{where}:ticket_attributes",
        # What the back office files for itself no customer wrote.
        "note" if str_of(kind).casefold() in _INTERNAL else "customer",
        plain(text),
        value.get("created_at"),
        "source",
        ident(people[0].get("id")) if people else "",
    )


def _parts(holder: object, key: str, where: str) -> Iterator[Line]:
    listed = thing(holder).get(key) if isinstance(holder, dict) else holder
    for position, said in enumerate(listed if isinstance(listed, list) else ()):
        place = f"{where}:{key}[{position}]"
        if not isinstance(said, dict):
            yield Line(place, None, "", why="a part is an object")
            continue
        yield part(place, said, thing(said.get("author")))


def _why(said: Mapping[str, Any]) -> str:
    return "the message was deleted" if yes(said.get("redacted", "")) or yes(said.get("deleted", "")) else ""
