"""Candidates: what might be suggested for a message, with what is known of each, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from replydesk.data.errors import EngineError
from replydesk.data.records import same_text
from replydesk.data.store import Store, Tally
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.looking import Found
from replydesk.dialog.sending import sendable
from replydesk.dialog.suggest.ranker import FEATURES, feature_row
from replydesk.dialog.suggest.suggestion import SuggestionKind, kind_of
from replydesk.retrieval.calibration import features
from replydesk.retrieval.codes import codes_conflict
from replydesk.retrieval.filters import Filter
from replydesk.retrieval.matcher import Hit, Matcher

__all__ = ["Asking", "Candidate", "candidates_of"]

# So many answers that were taken before for the intent come beside what is found.
_TAKEN = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for suggestions, for whom and about what: a member of the team, a customer's pseudonym, an intent."""

    by: str
    customer: str
    intent: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit that may be suggested, with the text that would be sent and what is known of it."""

    hit: Hit
    text: str
    score: float
    row: tuple[float, ...]
    tally: Tally
    told: bool
    template: str

    @property
    def kind(self) -> SuggestionKind:
        """Return what it is to the team."""
        return kind_of(self.hit.ticket)

    @property
    def features(self) -> dict[str, float]:
        """Return its features by their names."""
        return dict(zip(FEATURES, self.row, strict=True))


def candidates_of(
    incoming: Incoming,
    found: Found,
    asking: Asking,
    store: Store,
    matcher: Matcher,
    written: Callable[[str], str | None],
) -> list[Candidate]:
    """Return what was found for a message and what was taken before for its intent, best first.

    Without a ranker that is the order of the search, and then what it did not find. ``written`` gives the text that
    would be sent of an answer, None where none may; nor is suggested what holds something of another customer.
    """
    reading, ranker = found.reading, found.skills.ranker
    hits = list(found.reranked.hits)
    known = {hit.ticket.id for hit in hits}
    taken = store.taken_for(asking.intent, limit=_TAKEN) if asking.intent else []
    hits += _hits([key for key in taken if key not in known], incoming, found, store, matcher)
    hits = [hit for hit in hits if sendable(hit.ticket.answer) is not None]
    if not hits:
        return []
    keys = [hit.ticket.id for hit in hits]
    tallies = store.tallies(keys, intent=asking.intent, by=asking.by, channel=incoming.channel)
    curated = store.tickets_with_curation(keys)
    told = store.told(asking.customer)
    # One more, so that the first that was taken does not count for all.
    whole = 1 + sum(tally.taken[1] for tally in tallies.values())
    chances = reading.probabilities
    made = []
    for hit in hits:
        answer = sendable(hit.ticket.answer) or ""
        text = written(answer)
        if text is None:
            continue
        tally, again = tallies.get(hit.ticket.id, Tally()), same_text(answer) in told or same_text(text) in told
        row = feature_row(
            hit,
            tally,
            intent=chances.get(hit.ticket.intent, 0.0),
            share=tally.taken[1] / whole,
            language=incoming.language,
            told=again,
            at=incoming.at,
        )
        said = curated.get(hit.ticket.id)
        made.append(Candidate(hit, text, hit.score, row, tally, again, said[1].template if said else ""))
    if ranker is None or not made:
        return made
    likely = ranker.chances([one.row for one in made])
    scored = [replace(one, score=float(chance)) for one, chance in zip(made, likely, strict=True)]
    return sorted(scored, key=lambda one: one.score, reverse=True)


def _hits(keys: Sequence[str], incoming: Incoming, found: Found, store: Store, matcher: Matcher) -> list[Hit]:
    """Return tickets that no search found as hits, as far as they may be offered to this message.

    Only their cosine is known, so their score is the least that it could be.
    """
    wanted = Filter.read(incoming.filters or {})
    if not keys or found.vector is None:
        return []
    try:
        near = matcher.cosines(found.vector, keys, language=incoming.language)
    except EngineError:
        return []
    chances, made = found.reading.probabilities, []
    for key, (ticket, said) in store.tickets_with_curation(list(near)).items():
        if said.withheld or said.superseded_by or key in incoming.without or ticket.language != incoming.language:
            continue
        if not wanted.admits(ticket) or codes_conflict(incoming.text, ticket):
            continue
        row = features(near[key], 0.0, intent=chances.get(ticket.intent, 0.0), unfamiliar=found.reading.out_of_scope)
        made.append(Hit(ticket, near[key], float(found.skills.scorer.probabilities([row])[0])))
    return made
