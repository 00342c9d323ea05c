"""What several doors share: the JSON forms, and which tickets are let in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from replydesk.data.errors import RequestError
from replydesk.data.preparation import prepare_ticket
from replydesk.data.records import Template, Ticket
from replydesk.data.settings import DataSettings
from replydesk.retrieval.matcher import Hit

__all__ = ["accepted_ticket", "search_document", "template_document", "ticket_document"]


def accepted_ticket(draft: Ticket, settings: DataSettings) -> Ticket:
    """Return a ticket that somebody wrote as it is stored: cleaned, masked, with its language.

    Raises :class:`RequestError` when its question or answer says nothing, such as blanks and control characters.
    """
    ticket = prepare_ticket(draft, settings)
    for name in ("question", "answer"):
        if not getattr(ticket, name):
            raise RequestError(f"The {name} of the ticket is empty.", where=name, hint="A ticket needs both.")
    return ticket


def ticket_document(ticket: Ticket) -> dict[str, Any]:
    """Return the JSON form of a ticket."""
    return {
        "id": ticket.id, "question": ticket.question, "answer": ticket.answer, "context": list(ticket.context),
        "intent": ticket.intent, "source": ticket.source, "language": ticket.language,
        "at": ticket.at.isoformat() if ticket.at else None, "author": ticket.author, "tags": list(ticket.tags),
        "outcome": ticket.outcome,
    }  # fmt: skip


def template_document(template: Template) -> dict[str, Any]:
    """Return the JSON form of a template."""
    return {
        "id": template.id, "text": template.text, "language": template.language, "count": template.count,
        "first_at": template.first_at.isoformat() if template.first_at else None,
        "last_at": template.last_at.isoformat() if template.last_at else None,
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
