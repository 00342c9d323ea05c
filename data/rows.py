"""Rows: how records stand in the tables of the store, and how they are read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from replydesk.data.records import Conversation, Curation, Message, Ticket, Verdict, content_id, same_question

__all__ = [
    "FACTS",
    "conversation_digest",
    "conversation_of",
    "conversation_row",
    "curation_of",
    "facts_of",
    "message_of",
    "message_rows",
    "moment_of",
    "question_key",
    "stamp",
    "ticket_of",
    "ticket_row",
    "told",
    "verdict_of",
    "verdict_row",
]


FACTS = ("at", "author", "intent", "language", "outcome", "satisfaction", "tags")
"""What an origin says of a ticket beside its content."""


def stamp(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC; as text these sort like the times, with and without fractions of a second."""
    return at.astimezone(UTC).isoformat() if at else None


def moment_of(stamp: str | None) -> datetime | None:
    """Return the time that :func:`stamp` wrote."""
    return datetime.fromisoformat(stamp) if stamp else None


def question_key(question: str) -> str:
    """Return an id of a question that is the same for texts that count as the same."""
    return content_id(same_question(question))


def conversation_digest(conversation: Conversation) -> str:
    """Return an id of all that a conversation says; two imports of the same thing have the same digest."""
    head = (
        conversation.source, conversation.channel, conversation.customer, conversation.subject,
        "\x1f".join(conversation.tags), conversation.outcome, str(conversation.satisfaction),
        stamp(conversation.updated) or "",
    )  # fmt: skip
    body = (
        "\x1f".join((m.id, m.role, m.text, stamp(m.at) or "", m.author, m.language, m.reply_to, *m.intents))
        for m in conversation.messages
    )
    return content_id(*head, *body)


def conversation_row(conversation: Conversation, digest: str) -> dict[str, Any]:
    """Return the row of a conversation with its digest."""
    return {
        "id": conversation.id, "digest": digest, "source": conversation.source, "channel": conversation.channel,
        "customer": conversation.customer, "subject": conversation.subject, "tags": list(conversation.tags),
        "outcome": conversation.outcome, "satisfaction": conversation.satisfaction, "at": stamp(conversation.at),
        "updated": stamp(conversation.updated),
    }  # fmt: skip


def conversation_of(row: Row[Any], lines: tuple[Message, ...]) -> Conversation:
    """Return the conversation of a row and its messages."""
    return Conversation(
        row.id,
        lines,
        row.source,
        row.channel,
        row.customer,
        row.subject,
        tuple(row.tags),
        row.outcome,
        row.satisfaction,
        updated=moment_of(row.updated),
    )


def message_rows(conversation: Conversation) -> list[dict[str, Any]]:
    """Return a row for every message of a conversation, with its position."""
    return [
        {
            "conversation": conversation.id, "position": position, "id": m.id, "role": m.role, "text": m.text,
            "at": stamp(m.at), "author": m.author, "language": m.language, "intents": list(m.intents),
            "reply_to": m.reply_to,
        }
        for position, m in enumerate(conversation.messages)
    ]  # fmt: skip


def message_of(row: Row[Any]) -> Message:
    """Return the message of a row."""
    return Message(
        row.id, row.role, row.text, moment_of(row.at), row.author, row.language, tuple(row.intents), row.reply_to
    )  # fmt: skip


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """Return the row of a ticket."""
    return {
        "id": ticket.id, "question": ticket.question, "question_key": question_key(ticket.question),
        "answer": ticket.answer, "context": list(ticket.context), "intent": ticket.intent, "source": ticket.source,
        "language": ticket.language, "at": stamp(ticket.at), "author": ticket.author, "tags": list(ticket.tags),
        "outcome": ticket.outcome, "satisfaction": ticket.satisfaction,
    }  # fmt: skip


def ticket_of(row: Row[Any]) -> Ticket:
    """Return the ticket of a row."""
    return Ticket(
        row.id, row.question, row.answer, tuple(row.context), row.intent, row.source, row.language, moment_of(row.at),
        row.author, tuple(row.tags), row.outcome, row.satisfaction,
    )  # fmt: skip


def curation_of(row: Row[Any]) -> Curation:
    """Return what curation says of a ticket; the row says by ``successor`` whether what replaced it exists."""
    return Curation(
        row.ticket, row.template, row.duplicate_of, row.successor or "", row.withheld, row.weak_intent, row.stale_days,
        row.doubt,
    )  # fmt: skip


def told(content: dict[str, Any], facts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of a ticket from its content and what each of its origins says, in whatever order they came.

    The newest says it all, and the newest that knows an intent tells that.
    """
    newest = sorted(facts, key=lambda said: (said["at"] or "", json.dumps(said, sort_keys=True)), reverse=True)
    intent = next((said["intent"] for said in newest if said["intent"]), "")
    return {**content, **newest[0], "intent": intent}


def facts_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what an origin says, as fields of a :class:`Ticket`."""
    return {**facts, "at": moment_of(facts["at"]), "tags": tuple(facts["tags"])}


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Return the row of a verdict."""
    return {
        "id": verdict.id, "reply": verdict.reply, "kind": verdict.kind, "conversation": verdict.conversation,
        "correction": verdict.correction, "intent": verdict.intent, "by": verdict.by,
        "at": stamp(verdict.at),
    }  # fmt: skip


def verdict_of(row: Row[Any]) -> Verdict:
    """Return the verdict of a row."""
    return Verdict(row.id, row.reply, row.kind, row.conversation, row.correction, row.intent, row.by, moment_of(row.at))
