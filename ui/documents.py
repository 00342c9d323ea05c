"""The JSON forms that several doors share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from replydesk.data.records import Ticket
from replydesk.retrieval.matcher import Hit

__all__ = ["search_document", "ticket_document"]


def ticket_document(ticket: Ticket) -> dict[str, Any]:
    """Return the JSON form of a ticket."""
    return {
        "id": ticket.id, "question": ticket.question, "answer": ticket.answer, "context": list(ticket.context),
        "intent": ticket.intent, "source": ticket.source, "language": ticket.language,
        "at": ticket.at.isoformat() if ticket.at else None, "author": ticket.author, "tags": list(ticket.tags),
        "outcome": ticket.outcome,
    }  # fmt: skip


def search_document(hits: Sequence[Hit]) -> dict[str, Any]:
    """Return the JSON form of what a search found."""
    return {
        "hits": [
            {
                "ticket": ticket_document(hit.ticket),
                "similarity": round(hit.similarity, 4),
                "score": round(hit.score, 4),
            }
            for hit in hits
        ]
    }
