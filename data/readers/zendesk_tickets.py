"""How a Zendesk ticket and its comments, from whatever export, become a conversation.

Who speaks follows from the ids alone: the requester is the customer, then the role of the user decides, then those
to whom the ticket was assigned are agents. A comment that is not public is a note of the team, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from typing import Any, Final

from replydesk.data.readers.base import Item, Skipped, role_of, short, str_of, yes
from replydesk.data.readers.desk import Line, alike, conversation, dated, ident, labels, objects, thing
from replydesk.data.records import Conversation, Role
from replydesk.data.text import plain

__all__ = ["Placed", "UserRole", "audited", "roles", "ticket_items"]

UserRole = Callable[[str], Role | None]
Placed = tuple[str, Mapping[str, Any]]
"""A comment with its place."""

_SYSTEM_AUTHOR: Final = "-1"
_AUTOMATIC: Final = frozenset({"rule", "system", "macro", "merge", "trigger", "automation"})
_FIELDS: Final = ("requester_id", "submitter_id", "assignee_id", "status", "subject", "tags", "description")
_ACTORS: Final[dict[str, Role]] = {"end-user": "customer", "end_user": "customer", "visitor": "customer",
                                   "agent": "agent", "trigger": "system", "system": "system"}  # fmt: skip
_SAME_MOMENT: Final = 2.0


def roles(users: object) -> dict[str, Role | None]:
    """Return the roles of a list of users by their ids."""
    return {ident(user.get("id")): role_of(user.get("role")) for user in objects(users)}


def audited(audit: Mapping[str, Any], where: str) -> tuple[dict[str, Any], list[Placed]]:
    """Return what an audit or a ticket event says of the ticket's fields, and the comments it holds.

    What comes with the creation of a ticket is marked as its opening, for that is the description.
    """
    key = "child_events" if "child_events" in audit else "events"
    events = objects(audit.get(key))
    created = any(_kind(event) == "create" for event in events)
    at = audit.get("created_at") or audit.get("timestamp")
    author = audit.get("author_id") or audit.get("updater_id")
    fields: dict[str, Any] = {}
    said: list[Placed] = []
    assignees: list[str] = []
    for position, event in enumerate(events):
        place = f"{where}:{key}[{position}]"
        if _kind(event) in ("comment", "voicecomment"):
            own = {name: value for name, value in event.items() if value is not None}
            known = {"author_id": author, "created_at": at, "via": audit.get("via"), "opening": created}
            if "comment_public" in event:
                known["public"] = event["comment_public"]
            said.append((place, {**known, **own}))
        elif _kind(event) in ("create", "change"):
            if name := str_of(event.get("field_name")):
                fields[name] = event.get("value")
            else:
                fields |= {name: event[name] for name in _FIELDS if name in event}
            assignees.append(ident(fields.get("assignee_id")))
        else:
            said += _chatted(event, place)
    if "status" in fields:
        # Of two parts of a ticket's life the one that says last how it stands shall tell it.
        fields["updated_at"] = at
    return {**fields, "assignees": assignees}, said


def ticket_items(
    ticket: Mapping[str, Any], comments: Iterable[Placed], user_role: UserRole, where: str
) -> Iterator[Item]:
    """Yield the conversation of a ticket, or why there is none; comments come in any order, and may come twice."""
    number = ident(ticket.get("id"))
    if not number:
        yield Skipped(where, "the ticket has no id")
        return
    if ticket.get("status") == "deleted" or yes(ticket.get("_fivetran_deleted", "")):
        yield Skipped(where, f"ticket {number} is deleted")
        return
    requester = ident(ticket.get("requester_id")) or ident(thing(ticket.get("requester")).get("id"))
    assignees = {ident(ticket.get("assignee_id")), *(ticket.get("assignees") or ())} - {""}

    def speaker(author: str) -> Role | None:
        if author and author == requester:
            return "customer"
        if author == _SYSTEM_AUTHOR:
            return "system"
        return user_role(author) or ("agent" if author in assignees else None)

    rating, via = ticket.get("satisfaction_rating"), ticket.get("via")
    about = Conversation(
        short(f"zendesk:{number}"),
        (),
        source="zendesk",
        channel=str_of(thing(via).get("channel")) or str_of(ticket.get("via_channel")) or str_of(via),
        customer=requester,
        subject=str_of(ticket.get("subject")) or str_of(ticket.get("raw_subject")),
        tags=labels(ticket.get("tags")),
        outcome=str_of(ticket.get("status")),
        satisfaction=_score(thing(rating).get("score") or rating),
        partial=True,
        updated=dated(ticket.get("updated_at")),
    )
    said = _with_opening(ticket, list(comments), where, requester)
    yield from conversation(about, (_line(place, comment, speaker) for place, comment in said), where)


def _kind(event: Mapping[str, Any]) -> str:
    return (str_of(event.get("event_type")) or str_of(event.get("type"))).casefold()


def _chatted(event: Mapping[str, Any], where: str) -> Iterator[Placed]:
    """Yield the messages of a chat that an event of a ticket tells."""
    value = thing(event.get("value"))
    for position, message in enumerate(objects(value.get("history"))):
        actor = str_of(message.get("actor_type")).casefold()
        if str_of(message.get("type")).casefold() != "chatmessage":
            continue
        yield (
            f"{where}:value.history[{position}]",
            {
                "id": message.get("message_id") or f"{ident(value.get('chat_id'))}:{ident(message.get('chat_index'))}",
                "author_id": message.get("actor_id"),
                "role": _ACTORS.get(actor) or ("bot" if "bot" in actor else None),
                "body": message.get("message"),
                "public": True,
                "created_at": message.get("timestamp"),
            },
        )


def _line(where: str, comment: Mapping[str, Any], speaker: UserRole) -> Line:
    author = ident(comment.get("author_id")) or ident(thing(comment.get("author")).get("id"))
    role: Role | None = comment.get("role") or speaker(author) or role_of(thing(comment.get("author")).get("role"))
    via, why = comment.get("via"), ""
    channel = (str_of(thing(via).get("channel")) or str_of(via)).casefold()
    # Customers write no private comments, so a flag that is missing hides nothing of theirs.
    unsaid = "public" not in comment and role != "customer"
    if unsaid or not yes(comment.get("public", True)):
        role = "note"
    elif channel in _AUTOMATIC or thing(thing(via).get("source")).get("rel") in _AUTOMATIC:
        role = "system"
    elif "bot" in channel and role != "customer":
        role = "bot"
    elif role is None:
        why = f"the author {author or '(none)'} is neither the requester nor a known user"
    name = ident(comment.get("id"))
    flag = "public" if unsaid else ""
    return Line(where, role, _body(comment), comment.get("created_at"), name, author, why, flag)


def _with_opening(ticket: Mapping[str, Any], comments: list[Placed], where: str, requester: str) -> list[Placed]:
    """Return the comments with the description, once, and under one name whichever of the two an export holds.

    The description of a ticket is its first comment.
    """
    born = dated(ticket.get("created_at"))
    ordered = sorted(comments, key=lambda placed: str(dated(placed[1].get("created_at")) or ""))
    description = str_of(ticket.get("description"))
    first = next((placed for placed in ordered if placed[1].get("opening") or _says(placed[1], description)), None)
    if first is None and ordered and born is not None:
        at = dated(ordered[0][1].get("created_at"))
        first = ordered[0] if at is not None and abs((at - born).total_seconds()) <= _SAME_MOMENT else None
    if first is not None:
        return [(p, {**c, "id": "description"}) if c is first[1] else (p, c) for p, c in comments]
    if not description.strip():
        return comments
    opening = {
        "id": "description",
        "body": description,
        "author_id": ticket.get("submitter_id") or requester,
        "public": ticket.get("is_public", True),
        "created_at": ticket.get("created_at"),
    }
    return [(f"{where}:description", opening), *comments]


def _says(comment: Mapping[str, Any], text: str) -> bool:
    return any(alike(str_of(comment.get(key)), text) for key in ("plain_body", "body", "html_body"))


def _body(comment: Mapping[str, Any]) -> str:
    bare = str_of(comment.get("plain_body")) or str_of(comment.get("body"))
    return unescape(bare) if bare.strip() else plain(str_of(comment.get("html_body")))


def _score(score: object) -> float | None:
    return {"good": 1.0, "bad": 0.0}.get(str_of(score).removesuffix("_with_comment").removeprefix("received_"))
