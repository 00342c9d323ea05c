"""Hollow templates: standing answers that are given whatever was asked, and so answer nothing.

The second of two ways to find boilerplate; the first is to know its moves (:mod:`replydesk.data.boilerplate`). This one
asks the data: an answer that was given to many questions, as unlike each other as any two, with which it has no telling
word in common, and that holds no figure, link or address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import islice, pairwise
from math import log
from typing import Final

from replydesk.data.columns import Columns, Ranks
from replydesk.data.records import Ticket
from replydesk.data.store import Store
from replydesk.data.text import tokens

__all__ = ["HOLLOW", "hollow"]

HOLLOW: Final = "given whatever was asked"

GIVEN: Final = 20
"""The different questions that a hollow answer was given to."""

_DRAWN = 60
_KNOWN = 10_000
# A word of more questions than this tells nothing.
_COMMON = 0.05
_SHARED = 0.1
_ALIKE = 1.5
_TELLS = re.compile(r"\d|https?://|www\.|@")


def hollow(store: Store, columns: Columns, members: Sequence[Ranks]) -> list[int]:
    """Return the places in ``members``, the ranks of the tickets of each template, of those that are hollow.

    Ids are hashes, so the first of them are a fair sample of the tickets, and the same in whatever order they came.
    """
    candidates = [place for place, ranks in enumerate(members) if len(set(columns.asked[ranks].tolist())) >= GIVEN]
    if not candidates:
        return []
    words = _Words(islice(store.tickets(), _KNOWN))
    return [
        place
        for place in candidates
        if words.are_not_answered(
            list(store.tickets_by_id([columns.ids[rank] for rank in members[place][:_DRAWN]]).values())
        )
    ]


class _Words:
    """How many questions of a desk each word stands in, and how much two of them have in common."""

    def __init__(self, tickets: Iterator[Ticket]) -> None:
        asked = [(ticket.language, frozenset(tokens(ticket.question))) for ticket in tickets]
        self.count = len(asked)
        self.known = Counter(word for _, words in asked for word in words)
        likes: dict[str, list[float]] = {}
        last: dict[str, frozenset[str]] = {}
        for language, words in asked:
            if language in last:
                likes.setdefault(language, []).append(self.likeness(last[language], words))
            last[language] = words
        self.usual = {language: sum(found) / len(found) for language, found in likes.items()}

    def likeness(self, first: Set[str], second: Set[str]) -> float:
        """Return what part of their words two questions share, a rare word counting more."""
        both, all_ = (sum(map(self._weight, words)) for words in (first & second, first | second))
        return both / all_ if all_ else 0.0

    def are_not_answered(self, tickets: Sequence[Ticket]) -> bool:
        """Return whether the answer of these tickets has nothing to do with what they ask."""
        if any(_TELLS.search(ticket.answer) for ticket in tickets):
            return False
        asked = [frozenset(tokens(ticket.question)) for ticket in sorted(tickets, key=lambda ticket: ticket.id)]
        for word in set(tokens(tickets[0].answer)):
            common = self.known[word] > _COMMON * self.count
            if not common and sum(word in words for words in asked) >= _SHARED * len(asked):
                return False
        likes = [self.likeness(first, second) for first, second in pairwise(asked)]
        return sum(likes) <= _ALIKE * self.usual.get(tickets[0].language, 0.0) * len(likes)

    def _weight(self, word: str) -> float:
        return log((1 + self.count) / (1 + self.known[word]))
