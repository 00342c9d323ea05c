"""Curation: what the tickets of a desk say about each other, made again from all of them, the same in any order.

Texts are read in passes and little is kept of each, in flat arrays: half a million tickets take some 250 MB.
`docs/why/curation.md` gives every rule with its reason and its figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from replydesk.data.curation.columns import AGENT, Columns, Ranks
from replydesk.data.curation.contradictions import contradicting
from replydesk.data.curation.hollow import HOLLOW, hollow_answers
from replydesk.data.curation.succession import duplicates, stale_days, successors
from replydesk.data.curation.templates import LEAST, SAMPLES, template_text, wordy
from replydesk.data.curation.weak import weak_intents
from replydesk.data.records import Curation, Template, content_id
from replydesk.data.store import Store

__all__ = ["Curated", "curate"]

RULES: Final = 2
"""Raise it when a rule changes: then the next import curates again, though no ticket changed."""

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Curated:
    """The counts of one curation; ``fresh`` is false where nothing had changed and it was not made again."""

    tickets: int = 0
    templates: int = 0
    templated: int = 0
    duplicates: int = 0
    superseded: int = 0
    withheld: int = 0
    contradictions: int = 0
    weak_intents: int = 0
    fresh: bool = True

    @classmethod
    def of(cls, counts: Mapping[str, int], *, fresh: bool = True) -> Curated:
        """Return counts as they are stored."""
        return cls(**{name: int(counts[name]) for name in cls.__slots__ if name != "fresh"}, fresh=fresh)

    def document(self) -> dict[str, object]:
        """Return the JSON document of ``replydesk tickets curate``."""
        return asdict(self)


def curate(store: Store, *, again: bool = False, progress: Callable[[str], None] = lambda _line: None) -> Curated:
    """Make templates, duplicates, successors, contradictions, weak intents and what is withheld from the tickets.

    Nothing is done where no ticket changed since the last time, unless it is to be done ``again``. Killed at any
    point, it leaves what was there before.
    """
    seq = store.latest_change()
    known, rules, counts = store.curated()
    if (known, rules) == (seq, RULES) and counts and not again:
        return Curated.of(counts, fresh=False)
    columns = Columns.read(store, progress)
    progress("Looking for templates, newer answers and contradictions")
    members = _members(store, columns)
    for place in hollow_answers(store, columns, members):
        for rank in members[place].tolist():
            if columns.source[rank] == AGENT:
                columns.withheld.setdefault(rank, HOLLOW)
    found = _Found(columns, members, list(_templates(store, columns, members)))
    disputed = list(contradicting(store, columns, found.replaced))
    counted = found.counts() | {"contradictions": len(disputed)}
    progress("Storing what was found")
    store.replace_curation(found.rows(), found.templates, disputed, seq=seq, rules=RULES, counts=counted)
    return Curated.of(counted)


class _Found:
    """What was found of every ticket, by its rank."""

    def __init__(self, columns: Columns, members: Sequence[Ranks], templates: Sequence[Template]) -> None:
        self.columns, self.templates = columns, templates
        self.template = np.full(len(columns), -1, dtype=np.int32)
        for place, ranks in enumerate(members):
            self.template[ranks] = place
        self.best, self.replaced, self.stale = duplicates(columns), successors(columns), stale_days(columns)
        placed = [place if place >= 0 else None for place in self.template.tolist()]
        self.weak = weak_intents(columns.intents, columns.tags, placed)

    def counts(self) -> dict[str, int]:
        return {
            "tickets": len(self.columns),
            "templates": len(self.templates),
            "templated": int((self.template >= 0).sum()),
            "duplicates": int((self.best != np.arange(len(self.columns))).sum()),
            "superseded": int((self.replaced >= 0).sum()),
            "withheld": len(self.columns.withheld),
            "weak_intents": sum(1 for label in self.weak if label),
        }

    def rows(self) -> Iterator[Curation]:
        """Yield a row for every ticket of which there is something to say."""
        ids = self.columns.ids
        for rank, ticket in enumerate(ids):
            template, best, heir = int(self.template[rank]), int(self.best[rank]), int(self.replaced[rank])
            row = Curation(
                ticket,
                self.templates[template].id if template >= 0 else "",
                ids[best] if best != rank else "",
                ids[heir] if heir >= 0 else "",
                self.columns.withheld.get(rank, ""),
                self.weak[rank],
                int(self.stale[rank]),
                self.columns.doubts.get(rank, ""),
            )
            if row != Curation(ticket):
                yield row


def _members(store: Store, columns: Columns) -> list[Ranks]:
    """Return the tickets of every template: at least three agents' answers of one form, with words enough."""
    found = [ranks for ranks in columns.groups(columns.said) if (columns.source[ranks] == AGENT).sum() >= LEAST]
    kept: list[Ranks] = []
    for start in range(0, len(found), _BATCH):
        part = found[start : start + _BATCH]
        firsts = store.tickets_by_id([columns.ids[ranks[0]] for ranks in part])
        kept += [r for r in part if columns.ids[r[0]] in firsts and wordy(firsts[columns.ids[r[0]]].answer)]
    return kept


def _templates(store: Store, columns: Columns, members: Sequence[Ranks]) -> Iterator[Template]:
    for ranks in members:
        given = ranks[columns.source[ranks] == AGENT]
        first = columns.ids[ranks[0]]
        shown = store.tickets_by_id([first, *(columns.ids[rank] for rank in given[:SAMPLES])])
        text = template_text([ticket.answer for ticket in shown.values()])
        dated = columns.at[given][~np.isnan(columns.at[given])]
        ends = (datetime.fromtimestamp(moment, UTC) for moment in (dated.min(), dated.max())) if len(dated) else ()
        yield Template(content_id("template", first), text, columns.languages[given[0]], len(given), *ends)
