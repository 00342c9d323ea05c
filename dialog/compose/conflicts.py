"""Conflicts: which of the tickets found state different things of the same, and which of them is right today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Final

from replydesk.data.curation.facts import disagreement, facts
from replydesk.data.records import Ticket
from replydesk.dialog.compose.claims import claims_of
from replydesk.dialog.compose.dates import same_date
from replydesk.dialog.compose.evidence import content_words, denials
from replydesk.dialog.compose.usable import Usable
from replydesk.dialog.reply import Conflict

__all__ = ["differing", "settled", "undecided"]

_ALIKE: Final = 0.5
_ALIKE_DENIED: Final = 0.8
"""The part of the content words of the shorter sentence that the other has, for both to speak of the same thing: where
they give different dates, and where one denies what the other says and the words tell all."""

_FIGURES: Final = ("number", "measure", "amount", "percent", "code")
_ANCIENT = datetime.min.replace(tzinfo=UTC)
_STANDING = datetime.max.replace(tzinfo=UTC)


def differing(first: str, second: str) -> str:
    """Return in what two sentences disagree, or an empty text: measures, codes, links, dates, yes or no.

    >>> differing("Returns are free within 14 days.", "You can return it within 30 days.")
    '14 days / 30 days'
    >>> differing("活动截止到5月3日。", "活动截止到6月1日。"), differing("运费由我们承担。", "运费不由我们承担。")
    ('5月3日 / 6月1日', '运费由我们承担 / 运费不由我们承担')
    """
    words, others = set(content_words(first)), set(content_words(second))
    shorter = min(len(words), len(others))
    shared = len(words & others) / shorter if shorter else 0.0
    dated, other = ([claim for claim in claims_of(text) if claim.kind == "date"] for text in (first, second))
    if (
        shared >= _ALIKE
        and dated
        and other
        and not any(same_date(a.value, b.value) or same_date(b.value, a.value) for a in dated for b in other)
    ):
        return f"{dated[0].text} / {other[0].text}"
    if shared >= _ALIKE and (what := _other_figures(first, second)):
        return what
    if what := disagreement(facts(first), facts(second)):
        return what
    if shared >= _ALIKE_DENIED and denials(first) % 2 != denials(second) % 2:
        return f"{first.rstrip(' .!。！')} / {second.rstrip(' .!。！')}"
    return ""


def _other_figures(first: str, second: str) -> str:
    """Return figures or codes of the same kind and unit of which two sentences have none in common."""
    one, other = ([claim for claim in claims_of(text) if claim.kind in _FIGURES] for text in (first, second))
    for kind, unit in dict.fromkeys((claim.kind, claim.unit) for claim in one):
        ours, theirs = ([c for c in claims if (c.kind, c.unit) == (kind, unit)] for claims in (one, other))
        if theirs and not {claim.value for claim in ours} & {claim.value for claim in theirs}:
            return f"{ours[0].text} / {theirs[0].text}"
    return ""


def undecided(tickets: Sequence[Ticket], said: Sequence[Sequence[Usable]]) -> bool:
    """Return whether answers differ and nothing says which holds: agents gave them at unknown times, or at one time.

    Then the answer depends on what the question does not say, and no sentence of theirs can be sent.
    """
    for (first, some), (second, others) in combinations(zip(tickets, said, strict=True), 2):
        agents = first.source == second.source == "agent"
        if agents and _age(first) == _age(second) and any(differing(a.text, b.text) for a in some for b in others):
            return True
    return False


def settled(tickets: Sequence[Ticket], said: Sequence[Sequence[Usable]]) -> tuple[frozenset[str], tuple[Conflict, ...]]:
    """Return the ids of tickets whose answer no longer holds, since a newer one says otherwise, and the conflicts.

    ``said`` are the usable sentences of each ticket. The newest answer wins; a canned answer or an article without a
    date is kept up and stands for today, what an agent wrote at an unknown time is the oldest. Of the same age the
    better hit, which stands first, wins. A ticket that has lost to one that has lost itself still stands.
    """
    lost: set[str] = set()
    found: list[Conflict] = []
    ranked = sorted(zip(tickets, said, strict=True), key=lambda pair: _age(pair[0]), reverse=True)
    for (newer, some), (older, others) in combinations(ranked, 2):
        if newer.id in lost or older.id in lost:
            continue
        what = next((told for a in some for b in others if (told := differing(a.text, b.text))), "")
        if what:
            lost.add(older.id)
            found.append(Conflict(newer.id, older.id, what))
    return frozenset(lost), tuple(found)


def _age(ticket: Ticket) -> datetime:
    if ticket.at is None:
        return _ANCIENT if ticket.source == "agent" else _STANDING
    return ticket.at if ticket.at.tzinfo else ticket.at.replace(tzinfo=UTC)
