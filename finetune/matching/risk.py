"""Risk: what held-out messages show of the confidence a desk serves with, and other ways to choose by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import Ticket, same_question
from replydesk.dialog.evidence import Counts, Evidence
from replydesk.dialog.sending import sendable
from replydesk.finetune.examples import Material
from replydesk.finetune.matching.scorer import Candidates, Past, Queries, find_candidates, fit_rows
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.indexes import question_text
from replydesk.retrieval.reranking.reranker import MOST, Reranker, RerankScorer

__all__ = ["NEWEST", "SecondLook", "conformal_level", "counted_level", "held_out_evidence", "newest"]

Floats = NDArray[np.float64]

NEWEST: Final = 3000
"""Messages that a promise is calibrated on at most: those nearest to what comes, and more would cost time."""

_WIDER = 30
_PARTS = 5


@dataclass(frozen=True)
class SecondLook:
    """What compares the best hits with the message once more, and what makes probabilities of its logits.

    ``text`` says what it reads of a ticket."""

    reranker: Reranker
    scorer: RerankScorer
    text: Callable[[Ticket], str] = question_text


def newest(queries: Queries, count: int = NEWEST) -> Queries:
    """Return the newest of the desk's own messages in scope of time; where none has a time, the last ones.

    Canned questions, and the strangers that ship with Replydesk, have no time: no customer wrote them.
    """
    times = queries.examples.times or ("",) * len(queries.examples)
    timed = sorted((row for row in range(len(times)) if times[row]), key=lambda row: times[row])
    return queries.at((timed or list(range(len(times))))[-count:])


def held_out_evidence(
    queries: Queries,
    material: Material,
    scorer: HitScorer,
    *,
    past: Past,
    second: SecondLook | None = None,
    out_of_scope_above: float = 1.0,
    count: int = NEWEST,
) -> Evidence:
    """Return how sure the desk would be of its best answer to the newest ``count`` messages, and how often it is right.

    Each is answered from the tickets of other owners, as at the desk: an answer to the same question word for word is
    given whatever its score, one that holds something of another customer is not, and what is more likely out of scope
    than ``out_of_scope_above`` gets none. The scorer of each fifth of the owners is fitted on the others; the second
    look is that of the desk.
    """
    recent = newest(queries, count)
    found = find_candidates(recent, material, _WIDER, past)
    if not len(found.rows):
        return Evidence.of([], [])
    scores = _unseen_scores(found, recent, scorer)
    rows_of: dict[int, list[int]] = {}
    for row, query in enumerate(found.query_of.tolist()):
        rows_of.setdefault(query, []).append(row)
    sure, right, languages, intents = [], [], [], []
    for query, rows in rows_of.items():
        text = recent.examples.texts[query]
        asked = same_question(text)
        same = [row for row in rows if same_question(question_text(found.ticket(row))) == asked]
        chosen = same or found.different(rows, scores, MOST)
        chances = np.ones(len(chosen)) if same else _seen_again(text, chosen, found, scores, second)
        able = [place for place, row in enumerate(chosen) if sendable(found.ticket(row).answer) is not None]
        best = max(able, key=lambda place: chances[place], default=None)
        handed = not same and recent.unfamiliar[query] > out_of_scope_above
        sure.append(0.0 if best is None or handed else float(chances[best]))
        right.append(best is not None and bool(found.right[chosen[best]]))
        languages.append(recent.examples.languages[query])
        intents.append(recent.labels[int(recent.intents[query].argmax())] if recent.labels else "")
    return Evidence.of(sure, right, languages, intents)


def conformal_level(answered: Counts, wrong: Counts, total: int, max_wrong: float) -> int | None:
    """Return the lowest level at which (wrong + 1) / (total + 1) is at most ``max_wrong``, None where there is none.

    Conformal risk control (Angelopoulos et al. 2022, equation 4) of the loss "answered, and wrong", which only falls as
    the threshold rises. It holds on average over calibrations, and counts wrong answers among all messages.
    """
    able = np.flatnonzero((wrong + 1) / (total + 1) <= max_wrong)
    return int(able[0]) if len(able) and answered[able[0]] else None


def counted_level(answered: Counts, wrong: Counts, max_wrong: float) -> int | None:
    """Return the lowest level at which at most ``max_wrong`` of the answered were wrong: no promise, as counted."""
    able = np.flatnonzero((answered > 0) & (wrong <= max_wrong * answered))
    return int(able[0]) if len(able) else None


def _unseen_scores(found: Candidates, queries: Queries, scorer: HitScorer) -> Floats:
    """Return the score of every row by a scorer that has not seen its owner, of ``scorer`` where that cannot be."""
    owners = np.array(queries.examples.groups)[found.query_of]
    part = np.array([place % _PARTS for place in np.unique(owners, return_inverse=True)[1].tolist()])
    scores = scorer.probabilities(found.rows)
    for number in range(_PARTS):
        mine, others = part == number, part != number
        right = found.right[others]
        if mine.any() and right.any() and not right.all():
            learned = fit_rows(found.rows[others], right, found.query_of[others])
            scores[mine] = learned.probabilities(found.rows[mine])
    return scores


def _seen_again(text: str, rows: list[int], found: Candidates, scores: Floats, second: SecondLook | None) -> Floats:
    if second is None:
        return scores[rows]
    logits = second.reranker.logits(text, [second.text(found.ticket(row)) for row in rows])
    return second.scorer.probabilities(scores[rows], logits)
