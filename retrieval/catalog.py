"""The catalogue: tickets and what curation says of them, in memory for as long as nothing changes in the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from replydesk.data.records import Curation, Ticket
from replydesk.data.store import Store
from replydesk.retrieval.filters import Filter
from replydesk.retrieval.wording import AnswerShape, Wording

__all__ = ["Catalog"]

_KEPT = 50_000
# So few tickets that a filter admits are all compared; from more, the nearest are filtered.
_FEW = 20_000


class Catalog:
    """Reads tickets from a store and keeps what it read. Several threads may use it: what one reads is left to it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets: dict[str, Ticket] = {}
        self._wordings: dict[str, Wording] = {}
        self._shapes: dict[str, AnswerShape] = {}
        self._curated: dict[str, Curation] = {}
        self._few: dict[Filter, list[str] | None] = {}
        self._version = (-1, -1)

    def follow(self) -> int:
        """Forget what has changed in the store since the last call, and return the number of its newest change."""
        version = self._store.version()
        if version != self._version:
            if version[0] != self._version[0]:
                self._tickets = {}
            self._curated, self._few, self._version = {}, {}, version
        return version[0]

    def tickets(self, keys: Sequence[str]) -> dict[str, Ticket]:
        """Return those of the tickets that exist, by id."""
        if len(self._tickets) > _KEPT:
            self._tickets = {}
        kept = self._tickets
        missing = [key for key in keys if key not in kept]
        if missing:
            kept.update(self._store.tickets_by_id(missing))
        return {key: kept[key] for key in keys if key in kept}

    def wordings(self, tickets: Mapping[str, Ticket]) -> dict[str, Wording]:
        """Return the wording of each ticket. An id hashes the texts, so what was read once never changes."""
        if len(self._wordings) > _KEPT:
            self._wordings = {}
        known = self._wordings
        for key, ticket in tickets.items():
            if key not in known:
                known[key] = Wording.of(ticket)
        return {key: known[key] for key in tickets}

    def alike(self, one: Ticket, other: Ticket) -> bool:
        """Return whether two tickets give almost the same answer."""
        return self._shape(one).like(self._shape(other))

    def leaders(self, keys: Collection[str], without: frozenset[str]) -> dict[str, str]:
        """Return, for each ticket that may be offered, the one that stands for all its near-duplicates.

        An answer that was replaced may be offered where the one that replaced it must not be found.
        """
        if len(self._curated) > _KEPT:
            self._curated = {}
        curated = self._curated
        missing = [key for key in keys if key not in curated]
        if missing:
            known = self._store.curation(missing)
            curated.update((key, known.get(key) or Curation(key)) for key in missing)
        found = ((key, curated[key]) for key in keys)
        return {
            key: c.duplicate_of or key
            for key, c in found
            if not c.withheld and (not c.superseded_by or c.superseded_by in without)
        }

    def asking(self, question: str) -> dict[str, Ticket]:
        """Return the tickets that ask exactly this, by id."""
        return {ticket.id: ticket for ticket in self._store.tickets_asking(question)}

    def admitted(self, wanted: Filter) -> list[str] | None:
        """Return the ids of the tickets that a filter may admit, None when there are many."""
        few = self._few
        if wanted not in few:
            since, until = wanted.since, wanted.until
            few[wanted] = self._store.ticket_ids(dict(wanted.values), since=since, until=until, limit=_FEW)
        return few[wanted]

    def _shape(self, ticket: Ticket) -> AnswerShape:
        if len(self._shapes) > _KEPT:
            self._shapes = {}
        known = self._shapes
        if ticket.id not in known:
            known[ticket.id] = AnswerShape.of(ticket.answer)
        return known[ticket.id]
