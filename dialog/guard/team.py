"""The hosts that the team links to itself, read from its canned answers and kept while no ticket changes."""

from __future__ import annotations

import threading

from replydesk.data.store import Store
from replydesk.dialog.guard.urls import hosts_in

__all__ = ["TeamHosts"]


class TeamHosts:
    """Knows the hosts in the canned answers of a store; reads them again after tickets were added or removed.

    >>> TeamHosts(store)()                                        # doctest: +SKIP
    frozenset({'help.shop.example'})
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: tuple[int, frozenset[str]] | None = None

    def __call__(self) -> frozenset[str]:
        """Return the hosts. Only ask where a reply has a link: it costs a look at the store."""
        newest = self._store.latest_change()
        known = self._known
        if known is None or known[0] != newest:
            with self._lock:
                canned = self._store.tickets(source="canned")
                known = newest, frozenset(host for ticket in canned for host in hosts_in(ticket.answer) if host)
                self._known = known
        return known[1]
