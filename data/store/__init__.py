"""The store: the one truth about conversations, tickets, replies and verdicts, on SQLite or PostgreSQL."""

from __future__ import annotations

from replydesk.data.store.conversations import Added, Conversations, Entry
from replydesk.data.store.curation import Curations
from replydesk.data.store.suggestions import SCOPES, SuggestionRows, Tally
from replydesk.data.store.tickets import Changes, Tickets
from replydesk.data.store.upkeep import Upkeep

__all__ = ["SCOPES", "Added", "Changes", "Entry", "Store", "Tally"]


class Store(Conversations, Tickets, Curations, SuggestionRows, Upkeep):
    """Reads and writes records. Every method is one transaction: it happens whole or not at all.

    >>> from replydesk.data.records import Ticket
    >>> store = Store.open("sqlite://")
    >>> store.add_ticket(Ticket.make("Do you ship to Malta?", "Yes, in 4-7 working days.", language="en"))
    True
    """
