"""Earlier: the tickets as they stood at a change of the journal, to be searched again as they were searched then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from replydesk.data.store import Changes, Store
from replydesk.dialog.agent import Agent
from replydesk.retrieval.matcher import Matcher

__all__ = ["MOST", "Since", "matcher_at", "since"]

MOST: Final = 20_000
"""Of more tickets no index of an earlier state is made: it would take minutes."""


@dataclass(frozen=True, slots=True)
class Since:
    """Which tickets came, went, or were told anew after a change of the journal."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()

    @property
    def any(self) -> bool:
        """Return whether there is any."""
        return bool(self.added or self.removed or self.changed)


def since(store: Store, seq: int) -> Since:
    """Return what happened to the tickets after change ``seq`` of the journal."""
    later = store.changes_after(seq)
    if not later.added and not later.removed:
        return Since()
    before = frozenset(store.changes_after(0, until=seq).added)
    added, removed = frozenset(later.added), frozenset(later.removed)
    return Since(added - before, removed & before, added & before)


@contextmanager
def matcher_at(agent: Agent, seq: int) -> Iterator[Matcher | None]:
    """Yield a matcher of the tickets that were there at change ``seq``, None where they are too many to read again.

    What was removed since cannot come back, and what was told anew is as it is now.
    """
    store = _EarlierStore.of(agent.store, seq)
    if len(store.changes_after(0).added) > MOST:
        yield None
        return
    matcher = agent.matcher.over(store, agent.settings.data.languages)
    try:
        yield matcher
    finally:
        matcher.close()


class _EarlierStore(Store):
    """A store whose journal ends at one of its changes."""

    seq = 0

    @classmethod
    def of(cls, store: Store, seq: int) -> _EarlierStore:
        """Return the same database, ending there."""
        earlier = cls(store._engine)
        earlier.seq = seq
        return earlier

    def changes_after(self, seq: int, *, limit: int | None = None, until: int | None = None) -> Changes:
        """Return what happened after ``seq``, as :meth:`Store.changes_after` does, up to the end of this journal."""
        return super().changes_after(seq, limit=limit, until=self.seq if until is None else min(until, self.seq))

    def latest_change(self) -> int:
        """Return the number of the last change of this journal."""
        return min(self.seq, super().latest_change())

    def version(self) -> tuple[int, int]:
        """Return what a catalogue compares: the end of this journal, and what curation was last made."""
        return self.latest_change(), super().version()[1]
