"""Contradictions: pairs of recent tickets that ask the same and whose answers disagree in a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

import numpy as np

from replydesk.data.columns import AGENT, Columns, Ranks
from replydesk.data.facts import Fact, disagreement, facts
from replydesk.data.records import Contradiction
from replydesk.data.store import Store

__all__ = ["contradictions"]

RECENT: Final = 365 * 86_400
"""The seconds before the newest ticket of the desk within which an answer still counts as given today."""

ANSWERS: Final = 12
"""The newest different answers to a question that are compared."""

LISTED: Final = 3
"""The pairs that are listed for a question."""

_BATCH = 500


def contradictions(store: Store, columns: Columns, replaced: Ranks) -> Iterator[Contradiction]:
    """Yield the pairs, question by question, the older ticket first in each.

    Of one answer to a question its newest ticket is compared. What is withheld or replaced contradicts nothing any
    more, and neither does what an agent wrote at an unknown time.
    """
    questions: list[list[int]] = []
    for question in _questions(columns, replaced):
        questions.append(question)
        if len(questions) * ANSWERS >= _BATCH:
            yield from _disputed(store, columns, questions)
            questions = []
    yield from _disputed(store, columns, questions)


def _questions(columns: Columns, replaced: Ranks) -> Iterator[list[int]]:
    """Yield, for every question with different answers, their newest tickets, newest first."""
    dated = columns.at[~np.isnan(columns.at)]
    since = dated.max() - RECENT if len(dated) else 0.0
    for asking in columns.groups(columns.asked):
        if not columns.plain[asking[0]]:
            continue
        newest: dict[tuple[int, int], int] = {}
        for rank in sorted(asking.tolist(), key=lambda r: (np.nan_to_num(columns.at[r], nan=np.inf), columns.ids[r])):
            undated = np.isnan(columns.at[rank])
            stands = columns.source[rank] < AGENT if undated else columns.at[rank] >= since
            if stands and replaced[rank] < 0 and rank not in columns.withheld:
                newest[int(columns.said[rank]), int(columns.told[rank])] = rank
        if len(newest) > 1:
            yield list(newest.values())[::-1][:ANSWERS]


def _disputed(store: Store, columns: Columns, questions: list[list[int]]) -> Iterator[Contradiction]:
    keys = [columns.ids[rank] for question in questions for rank in question]
    told: Mapping[str, tuple[Fact, ...]] = {
        key: facts(ticket.answer) for key, ticket in store.tickets_by_id(keys).items()
    }
    for question in questions:
        there = [columns.ids[rank] for rank in question if columns.ids[rank] in told]
        listed = 0
        for newer, older in combinations(there, 2):
            if listed < LISTED and (what := disagreement(told[older], told[newer])):
                listed += 1
                yield Contradiction(older, newer, what)
