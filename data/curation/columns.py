"""Columns: what curation keeps of every ticket, in flat arrays in the order of the ids, and the groups they form."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from sys import intern
from typing import Final

import numpy as np
import numpy.typing as npt

from replydesk.data.curation.boilerplate import boilerplate
from replydesk.data.curation.templates import slot_form
from replydesk.data.duplicates import near_duplicates
from replydesk.data.records import Ticket
from replydesk.data.shingles import facts_of, text_hash
from replydesk.data.store import Store
from replydesk.data.text import HAN, tokens

__all__ = ["AGENT", "Columns", "Ranks"]

Ranks = npt.NDArray[np.int32]

_SOURCES: Final = ("canned", "article", "agent")
AGENT: Final = _SOURCES.index("agent")
"""In ``source`` of :class:`Columns`, what was written as an answer to all comes before what was written to one."""

_BAD: Final = 0.25
"""The satisfaction up to which a conversation is badly rated: one of five stars."""

_SHORT: Final = 4
# Three words, or four Chinese characters.
_PLAIN = re.compile(rf"(?:[{HAN}][^{HAN}]*){{4}}|(?:[^\W_{HAN}]+[\W_]+){{2}}[^\W_{HAN}]")
_EVERY: Final = 20_000


class Columns:
    """The tickets of a store as columns; a ticket is its rank in ``ids``, a group the rank of its first ticket.

    ``asked`` are the groups of near-duplicate questions, ``said`` those of answers that are near-duplicates once their
    slots are out; ``told`` hashes the figures and denials of an answer, so that the same question, ``said`` and
    ``told`` are the same ticket again. ``plain`` marks the questions with words enough to be told apart.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.intents: list[str] = []
        self.languages: list[str] = []
        self.tags: list[tuple[str, ...]] = []
        self.withheld: dict[int, str] = {}
        self.doubts: dict[int, str] = {}
        self.source = np.empty(0, np.int8)
        self.at = np.empty(0, np.float64)
        self.rating = np.empty(0, np.float32)
        self.plain = np.empty(0, np.bool_)
        self.asked: Ranks = np.empty(0, np.int32)
        self.said: Ranks = np.empty(0, np.int32)
        self.told = np.empty(0, np.uint64)

    @classmethod
    def read(cls, store: Store, progress: Callable[[str], None]) -> Columns:
        """Return the columns of all tickets, read twice: once for the questions and once for the answers."""
        columns = cls()
        columns.asked = columns._groups(near_duplicates(columns._questions(store.tickets(), progress)))
        columns.said = columns._groups(near_duplicates(columns._answers(store.tickets(), progress)))
        return columns

    def __len__(self) -> int:
        return len(self.ids)

    def rank(self, ticket: str) -> int:
        """Return the rank of a ticket that is there."""
        return bisect_left(self.ids, ticket)

    def groups(self, labels: npt.NDArray[np.generic]) -> Iterator[Ranks]:
        """Yield the ranks of every group of two and more with the same label, each in the order of the ids."""
        order = np.argsort(labels, kind="stable").astype(np.int32)
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(labels[order])) + 1, [len(order)]])
        for place in np.flatnonzero(np.diff(bounds) > 1).tolist():
            yield order[bounds[place] : bounds[place + 1]]

    def _questions(self, tickets: Iterator[Ticket], progress: Callable[[str], None]) -> Iterator[tuple[str, str]]:
        at, rating = array("d"), array("f")
        source, plain = bytearray(), bytearray()
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        for ticket in tickets:
            self._note(ticket, known)
            at.append(ticket.at.timestamp() if ticket.at else np.nan)
            rating.append(np.nan if ticket.satisfaction is None else ticket.satisfaction)
            source.append(_SOURCES.index(ticket.source))
            question = _question_of(ticket)
            plain.append(_PLAIN.search(question) is not None)
            if len(self.ids) % _EVERY == 0:
                progress(f"Compared {len(self.ids)} questions")
            yield ticket.id, question
        self.at, self.rating = np.frombuffer(at, np.float64), np.frombuffer(rating, np.float32)
        self.source, self.plain = np.frombuffer(source, np.int8), np.frombuffer(plain, np.bool_)

    def _note(self, ticket: Ticket, known: dict[tuple[str, ...], tuple[str, ...]]) -> None:
        rank = len(self.ids)
        self.ids.append(ticket.id)
        self.intents.append(intern(ticket.intent))
        self.languages.append(intern(ticket.language))
        tags = () if ticket.context else ticket.tags
        self.tags.append(known.setdefault(tags, tags))
        if doubt := _doubt(ticket):
            self.doubts[rank] = intern(doubt)
        if ticket.source == "agent" and (why := boilerplate(ticket.answer)):
            self.withheld[rank] = intern(why)

    def _answers(self, tickets: Iterator[Ticket], progress: Callable[[str], None]) -> Iterator[tuple[str, str]]:
        repeated = np.bincount(self.asked, minlength=len(self.ids))[self.asked] > 1
        self.told = np.zeros(len(self.ids), np.uint64)
        place = 0
        for ticket in tickets:
            # What was added or removed since the questions were read is left to the next time.
            while place < len(self.ids) and self.ids[place] < ticket.id:
                place += 1
            if place == len(self.ids) or self.ids[place] != ticket.id:
                continue
            if repeated[place]:
                self.told[place] = text_hash(facts_of(ticket.answer))
            if (place + 1) % _EVERY == 0:
                progress(f"Compared {place + 1} answers")
            # The id that is kept already, not its copy.
            yield self.ids[place], slot_form(ticket.answer)

    def _groups(self, same: Mapping[str, str]) -> Ranks:
        groups = np.arange(len(self.ids), dtype=np.int32)
        for ticket, first in same.items():
            groups[self.rank(ticket)] = self.rank(first)
        return groups


def _question_of(ticket: Ticket) -> str:
    """Return what a ticket asks: a few words mean something only after the turns before them.

    >>> _question_of(Ticket("1", "and the blue one?", "Yes.", ("Do you have the lamp?", "Yes, in sand.")))
    'Do you have the lamp?\\nYes, in sand.\\nand the blue one?'
    """
    if ticket.context and len(tokens(ticket.question)) <= _SHORT:
        return "\n".join((*ticket.context[-2:], ticket.question))
    return ticket.question


def _doubt(ticket: Ticket) -> str:
    if "reopen" in ticket.outcome.casefold() or "重新打开" in ticket.outcome:
        return "reopened"
    if ticket.satisfaction is not None and ticket.satisfaction <= _BAD:
        return f"rated {ticket.satisfaction:g}"
    return ""
