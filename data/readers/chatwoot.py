"""Chatwoot's conversations: pages of messages or conversations from its API, and dumps of its webhooks.

The type of a message is a number in the API and a word in webhooks. Of several versions of a message the last counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from replydesk.data.readers.base import Item, Options, Skipped, Source, short, str_of, yes
from replydesk.data.readers.desk import (
    Line,
    conversation,
    dated,
    ident,
    labels,
    objects,
    once,
    private,
    stars,
    thing,
)
from replydesk.data.readers.gathered import Gathered, Row, files, of_one_desk
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.records import Conversation, Role, content_id
from replydesk.data.text import plain

__all__ = ["Chatwoot"]

_INSIDE: Final = ("payload", "conversations")
_BESIDE: Final = ("meta",)
_THROUGH: Final = ("response", "result", "data", "body", "payload")
_TYPES: Final = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
_SENDERS: Final[dict[str, Role]] = {"contact": "customer", "user": "agent", "agent_bot": "bot", "agentbot": "bot",
                                    "captain::assistant": "bot", "captain_assistant": "bot"}  # fmt: skip
_AGE: Final = "replydesk:age"
_UNNUMBERED: Final = "page "
_STATUS: Final = {"0": "open", "1": "resolved", "2": "pending", "3": "snoozed"}


class Chatwoot:
    """Messages with their conversations, wherever they stand."""

    name = "chatwoot"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects are Chatwoot's messages, conversations or events, in all of a folder."""
        return of_one_desk(source, _holds, lambda _: False)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per conversation of which there are messages."""
        yield from once(_read(source))


def _read(source: Source) -> Iterator[Item]:
    with Gathered() as gathered:
        for file in files(source):
            yield from _gather(records(file, inside=_INSIDE, beside=_BESIDE, through=_THROUGH), gathered)
        for number, rows in gathered.groups():
            yield from _conversation(number, rows)


def _holds(source: Source) -> bool:
    found = first(source, inside=_INSIDE, beside=_BESIDE, through=_THROUGH)
    return any(_is_message(r.value) or _is_conversation(r.value) for r in found)


def _is_message(value: Mapping[str, Any]) -> bool:
    kind = ident(value.get("message_type"))
    placed = "private" in value or "sender_type" in value or "conversation" in value or "content_type" in value
    return "content" in value and (kind in _TYPES or kind in _TYPES.values()) and placed


def _is_conversation(value: Mapping[str, Any]) -> bool:
    return any(map(_is_message, objects(value.get("messages")))) or (
        "inbox_id" in value and "status" in value and ("contact_inbox" in value or "can_reply" in value)
    )


def _gather(items: Iterable[Record | Skipped], gathered: Gathered) -> Iterator[Skipped]:
    """Put messages and conversations aside under the number of the conversation."""
    about: dict[str, str] = {}
    waiting: dict[str, Row] = {}
    for item in items:
        if isinstance(item, Skipped):
            yield item
            continue
        # What stands on one page without a number is one conversation.
        page, value = item.where.rpartition(":")[0], item.value
        if item.key in _BESIDE:
            waiting = {page: Row(item.where, "about", value)}
        elif _is_message(value):
            held = thing(value.get("conversation"))
            number = ident(value.get("conversation_id")) or ident(held.get("id")) or f"{_UNNUMBERED}{page}"
            about = {page: number}
            _put(number, item.where, value, gathered)
        elif number := ident(value.get("id")) if _is_conversation(value) else "":
            gathered.add(number, item.where, "about", {k: v for k, v in value.items() if k != "messages"})
            for position, message in enumerate(objects(value.get("messages"))):
                if _is_message(message):
                    _put(number, f"{item.where}:messages[{position}]", message, gathered)
        else:
            yield Skipped(item.where, "this is neither a message nor a conversation with an id")
        if page in waiting and page in about:
            row = waiting.pop(page)
            gathered.add(about[page], row.where, row.kind, row.value)


def _put(number: str, where: str, value: Mapping[str, Any], gathered: Gathered) -> None:
    held = thing(value.get("conversation"))
    later = value.get("event") == "message_updated"
    time = next(
        filter(None, map(dated, (value.get("updated_at"), held.get("updated_at"), value.get("created_at")))), ""
    )
    bare = {key: part for key, part in value.items() if key not in ("conversation", "account", "inbox")}
    gathered.add(number, where, "said", {**bare, _AGE: f"{time} {later:d}"})
    if held:
        gathered.add(number, where, "about", {key: part for key, part in held.items() if key != "messages"})
        for position, message in enumerate(objects(held.get("messages"))):
            if _is_message(message) and ident(message.get("id")) != ident(value.get("id")):
                _put(number, f"{where}:conversation.messages[{position}]", message, gathered)


def _conversation(number: str, rows: list[Row]) -> Iterator[Item]:
    said = _last_versions(row for row in rows if row.kind == "said")
    if number.startswith(_UNNUMBERED):
        number = content_id(*sorted(ident(row.value.get("id")) or str_of(row.value.get("content")) for row in said))
    facts: dict[str, Any] = {}
    for row in sorted((row for row in rows if row.kind == "about"), key=lambda row: str(_changed(row.value) or "")):
        facts |= {key: value for key, value in row.value.items() if value is not None}
    lines = [_line(row) for row in said]
    people, meta = [line.author for line in lines if line.role == "customer"], thing(facts.get("meta"))
    contact = thing(meta.get("sender")) or thing(facts.get("contact"))
    contact_id = facts.get("contact_id") or thing(facts.get("contact_inbox")).get("contact_id")
    times = [_changed(facts), *(dated(row.value.get("updated_at")) for row in said)]
    ratings = [_rating(row.value) for row in said]
    about = Conversation(
        short(f"chatwoot:{number}"),
        (),
        source="chatwoot",
        channel=(str_of(facts.get("channel")) or str_of(meta.get("channel"))).removeprefix("Channel::"),
        customer=ident(contact.get("id")) or ident(contact_id) or next(filter(None, people), ""),
        subject=plain(str_of(thing(facts.get("additional_attributes")).get("mail_subject"))),
        tags=labels(facts.get("labels")),
        outcome=_STATUS.get(status := ident(facts.get("status")), status),
        satisfaction=next((rating for rating in ratings if rating is not None), None),
        partial=True,
        updated=max(filter(None, times), default=None),
    )
    yield from conversation(about, lines, rows[0].where)


def _changed(value: Mapping[str, Any]) -> datetime | None:
    keys = ("updated_at", "last_activity_at", "timestamp")
    return next(filter(None, (dated(value.get(key)) for key in keys)), None)


def _last_versions(rows: Iterable[Row]) -> list[Row]:
    found: dict[str, Row] = {}
    for row in rows:
        name = ident(row.value.get("id")) or row.where
        if name not in found or row.value[_AGE] > found[name].value[_AGE]:
            found[name] = row
    return list(found.values())


def _line(row: Row) -> Line:
    value = row.value
    attributes, sender = thing(value.get("content_attributes")), thing(value.get("sender"))
    # A mail repeats what it answers; what is new in it stands apart.
    mail = thing(thing(attributes.get("email")).get("text_content")).get("reply")
    role = _role(value)
    return Line(
        row.where,
        role,
        plain(str_of(mail)) or plain(str_of(value.get("content"))),
        value.get("created_at"),
        ident(value.get("id")),
        ident(value.get("sender_id")) or ident(sender.get("id")),
        "the message was deleted" if yes(attributes.get("deleted", "")) else "",
        "private" if role == "note" and value.get("private") is None else "",
    )


def _role(value: Mapping[str, Any]) -> Role | None:
    kind, flag = ident(value.get("message_type")), value.get("private")
    kind = _TYPES.get(kind, kind)
    # Nobody but the team writes privately, so a flag that is missing hides nothing of others.
    if private(flag) and not (flag is None and kind != "outgoing"):
        return "note"
    if kind in ("activity", "template") or value.get("content_type") == "input_csat":
        return "system"
    if kind == "incoming":
        return "customer"
    sender = thing(value.get("sender"))
    named = ident(value.get("sender_type")) or ident(sender.get("type"))
    attributes = thing(value.get("content_attributes"))
    if named:
        return role if (role := _SENDERS.get(named.casefold())) != "customer" else None
    # Rules and campaigns have no sender; a person who answers from another program has none either, and is marked.
    nobody = "sender_type" in value or "sender" in value
    return "bot" if nobody and not sender and not yes(attributes.get("external_echo", "")) else "agent"


def _rating(value: Mapping[str, Any]) -> float | None:
    answers = thing(thing(value.get("content_attributes")).get("submitted_values"))
    return stars(thing(answers.get("csat_survey_response")).get("rating"))
