"""Filters: which tickets a search may find, by what they are like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from replydesk.data.errors import RequestError
from replydesk.data.records import TICKET_SOURCES, Ticket

__all__ = ["FILTERS", "Filter"]

FILTERS = ("source", "intent", "language", "author", "tags", "since", "until")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the tickets must be like: pairs of field and value, and bounds of their time.

    >>> Filter.read({"source": "canned", "since": "2026-03-01"}).values
    (('source', 'canned'),)
    """

    values: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def read(cls, filters: Mapping[str, str]) -> Filter:
        """Return the filter that names and values describe.

        Raises :class:`RequestError` for an unknown name or source, and for a time that cannot be read.
        """
        for name in filters:
            if name not in FILTERS:
                hint = f"Known: {', '.join(FILTERS)}."
                raise RequestError(f"There is no filter called {name}.", where="filters", hint=hint)
        if filters.get("source", TICKET_SOURCES[0]) not in TICKET_SOURCES:
            hint = f"Known: {', '.join(TICKET_SOURCES)}."
            raise RequestError("There is no such source of tickets.", where="filters.source", hint=hint)
        values = tuple((name, value) for name, value in filters.items() if name not in ("since", "until"))
        return cls(values, _moment(filters, "since"), _moment(filters, "until"))

    def admits(self, ticket: Ticket) -> bool:
        """Return whether a ticket may be found."""
        if (self.since or self.until) and ticket.at is None:
            return False
        if ticket.at is not None and (
            (self.since and ticket.at < self.since) or (self.until and ticket.at >= self.until)
        ):
            return False
        return all(
            value in ticket.tags if name == "tags" else getattr(ticket, name) == value for name, value in self.values
        )


def _moment(filters: Mapping[str, str], name: str) -> datetime | None:
    if name not in filters:
        return None
    try:
        found = datetime.fromisoformat(filters[name])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        hint = "Give a date or a time as in 2026-03-01 or 2026-03-01T09:00:00Z."
        raise RequestError("The time cannot be read.", where=f"filters.{name}", hint=hint) from error
