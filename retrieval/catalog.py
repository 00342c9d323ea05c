"""The catalogue: tickets and what curation says of them, in memory for as long as nothing changes in the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from replydesk.data.records import Curation, Ticket, same_question
from replydesk.data.store import Store
from replydesk.retrieval.filters import Filter
from replydesk.retrieval.wording import AnswerShape, Wording

__all__ = ["Catalog", "Offer"]

_KEPT = 50_000
# So few tickets that a filter admits are all compared; from more, the nearest are filtered.
_FEW = 20_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket that may be offered, and the id of the one that stands for all its near-duplicates.

    ``exact`` says that it asks the very same as the message.
    """

    ticket: Ticket
    leader: str
    exact: bool = False


class Catalog:
    """Reads tickets from a store and keeps what it read. Several threads may use it: what one reads is left to it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[Ticket, Curation]] = {}
        self._wordings: dict[str, Wording] = {}
        self._shapes: dict[str, AnswerShape] = {}
        self._few: dict[Filter, list[str] | None] = {}
        self._version = (-1, -1)

    def follow(self) -> int:
        """Forget what has changed in the store since the last call, and return the number of its newest change."""
        version = self._store.version()
        if version != self._version:
            self._known, self._few, self._version = {}, {}, version
        return version[0]

    @property
    def change(self) -> int:
        """Return the number of the newest change that was followed, 0 before the first call."""
        return max(0, self._version[0])

    def offers(self, keys: Collection[str], without: frozenset[str], *, asking: str = "") -> dict[str, Offer]:
        """Return those of the tickets that exist and may be offered, by id, and those that ask exactly ``asking``.

        What is not in memory is read at once. An answer that was replaced may be offered where the one that replaced it
        must not be found.
        """
        if len(self._known) > _KEPT:
            self._known = {}
        known = self._known
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        read = self._store.tickets_with_curation(missing, asking=asking) if missing or asking else {}
        known.update(read)
        asked = same_question(asking)
        exact = {key for key, (ticket, _) in read.items() if asking and same_question(ticket.question) == asked}
        found = {key: known[key] for key in (*keys, *exact) if key in known}
        return {
            key: Offer(ticket, said.duplicate_of or key, key in exact)
            for key, (ticket, said) in found.items()
            if not said.withheld and (not said.superseded_by or said.superseded_by in without)
        }

    def wordings(self, tickets: Sequence[Ticket]) -> dict[str, Wording]:
        """Return the wording of each ticket, by id. An id hashes the texts, so what was read once never changes."""
        if len(self._wordings) > _KEPT:
            self._wordings = {}
        known = self._wordings
        for ticket in tickets:
            if ticket.id not in known:
                known[ticket.id] = Wording.of(ticket)
        return {ticket.id: known[ticket.id] for ticket in tickets}

    def shapes(self, tickets: Sequence[Ticket]) -> list[AnswerShape]:
        """Return the shapes of the tickets' answers, in their order; many at once take little longer than one."""
        if len(self._shapes) > _KEPT:
            self._shapes = {}
        known = self._shapes
        missing = [ticket for ticket in tickets if ticket.id not in known]
        if missing:
            made = AnswerShape.of([ticket.answer for ticket in missing])
            known.update((ticket.id, shape) for ticket, shape in zip(missing, made, strict=True))
        return [known[ticket.id] for ticket in tickets]

    def admitted(self, wanted: Filter) -> list[str] | None:
        """Return the ids of the tickets that a filter may admit, None when there are many."""
        few = self._few
        if wanted not in few:
            since, until = wanted.since, wanted.until
            few[wanted] = self._store.ticket_ids(dict(wanted.values), since=since, until=until, limit=_FEW)
        return few[wanted]
