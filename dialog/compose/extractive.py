"""The composer that writes nothing: it selects sentences of past answers, orders them and says where each is from."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import Ticket
from replydesk.dialog.compose.composer import Asked, Draft
from replydesk.dialog.compose.conflicts import differing, settled, undecided
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.compose.premises import contradicted_premise, points_elsewhere
from replydesk.dialog.compose.usable import Usable, usable_sentences
from replydesk.dialog.reply import Citation, Conflict
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.matcher import Hit, Matcher
from replydesk.retrieval.words.terms import terms

__all__ = ["Encode", "Extractive", "Limits", "Rarities", "greeting", "separator"]

Encode = Callable[[Sequence[str], str], Vectors]
"""Texts and their language in, unit vectors of shape (len(texts), dimension) out."""

Rarities = Callable[[Collection[str], str], Mapping[str, float]]
"""Terms and a language in, the inverse document frequency of each among the tickets out."""

Floats = NDArray[np.float64]

_GREETINGS: Final = {"en": "Hello!", "zh": "您好！"}
_ENDED = re.compile(r"[。！？]+[”’」』）]*\Z")
_STOPPED = re.compile(r"[.!?…]+[\"'”’)]*\Z")
_BIAS: Final = 0.7
"""How much relevance counts against what is new, lambda of Carbonell and Goldstein 1998, "The Use of MMR"."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a reply may become and how near to a question a ticket must be.

    ``hits`` tickets are looked at and ``encoded`` of their sentences compared. A ticket answers a part of a message
    where its question has a cosine of ``alike`` and it has ``told`` of what the part says in words, by their rarity.
    What is ``close`` to the best one's cosine may add sentences. A sentence is said where its relevance is at least
    ``worth`` of the best one's.
    """

    sentences: int = 4
    characters: int = 600
    hits: int = 4
    encoded: int = 12
    alike: float = 0.6
    told: float = 0.7
    close: float = 0.12
    worth: float = 0.6


class Extractive:
    """Composes a reply of sentences that the team has written, and of nothing else but a greeting.

    ``encode`` is the encoder of the desk; without it, words alone tell what is relevant. ``rarities`` tell what a word
    weighs; without them all weigh the same.

    >>> ticket = Ticket.make("How long does a refund take?", "A refund takes five days. Thanks!", language="en")
    >>> asked = Asked("how long does a refund take", "en")
    >>> draft = Extractive().compose(asked, [Hit(ticket, 0.95, 0.9)])
    >>> draft.text, [(c.sentence, c.start, c.end) for c in draft.citations]
    ('Hello! A refund takes five days.', [(1, 0, 25)])
    """

    def __init__(
        self,
        encode: Encode | None = None,
        rarities: Rarities | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self._encode, self._rarities, self.limits = encode, rarities, limits

    @classmethod
    def of(cls, matcher: Matcher, limits: Limits = Limits()) -> Extractive:
        """Return a composer with the encoders and the words of a matcher."""
        return cls(
            lambda texts, language: matcher.vectors(texts, language=language),
            lambda words, language: matcher.rarities(words, language=language),
            limits,
        )

    def compose(self, asked: Asked, hits: Sequence[Hit]) -> Draft | None:
        """Return the reply, None where a part of the message has no answer among the hits or assumes what they deny."""
        parts = asked.parts or (asked.text,)
        if len(parts) > self.limits.sentences:
            return None
        known = [
            hit
            for hit in hits[: self.limits.hits]
            if (hit.compared or hit.exact) and hit.ticket.language in ("", asked.language)
        ]
        said = [usable_sentences(hit.ticket, asked.slots) for hit in known]
        nearness = self._nearness(asked, parts, known)
        chosen: list[list[Usable]] = []
        conflicts: dict[tuple[str, str], Conflict] = {}
        taken: set[str] = set()
        share = self.limits.sentences // len(parts), self.limits.characters // len(parts)
        for part, near in zip(parts, nearness, strict=True):
            answering = self._answering(part, asked.language, near, known, said)
            if answering is None:
                return None
            tickets = [known[i].ticket for i in answering]
            if undecided(tickets, [said[i] for i in answering]):
                return None
            lost, found = settled(tickets, [said[i] for i in answering])
            conflicts |= {(one.kept, one.other): one for one in found}
            pool = [
                (float(near[i]), sentence)
                for i in answering
                if known[i].ticket.id not in lost
                for sentence in said[i]
                if sentence.text not in taken
            ]
            picked = self._selected(part, asked.language, pool[: self.limits.encoded], *share)
            if not picked and not any(one.text in taken for i in answering for one in said[i]):
                return None
            taken |= {sentence.text for sentence in picked}
            chosen += [picked] if picked else []
        return _joined(chosen, asked, tuple(conflicts.values())) if chosen else None

    def read_ahead(self, tickets: Sequence[Ticket], language: str) -> None:
        """Read what composing needs of some tickets in a language: their sentences, and the vectors of these."""
        said = [sentence.text for ticket in tickets for sentence in usable_sentences(ticket, {})]
        # What these find of a ticket beside itself is nothing; what they have read of it is kept.
        for ticket in tickets:
            _terms(_whole(ticket))
            contradicted_premise(ticket.question, ticket)
        for text in said:
            differing(text, text)
        if self._encode is not None and tickets:
            self._encode([*said, *(ticket.question for ticket in tickets)], language)

    def _nearness(self, asked: Asked, parts: Sequence[str], hits: Sequence[Hit]) -> Floats:
        """Return how near each hit's question is to each part, shape (parts, hits): cosines, or shares of words."""
        if len(parts) == 1:
            return np.array([[1.0 if hit.exact else hit.similarity for hit in hits]])
        questions = [hit.ticket.question for hit in hits]
        if self._encode is None or not questions:
            return np.array([[_shared(part, question) for question in questions] for part in parts])
        vectors = self._encode([*parts, *questions], asked.language)
        return np.asarray(vectors[: len(parts)] @ vectors[len(parts) :].T, dtype=np.float64)

    def _answering(
        self, part: str, language: str, near: Floats, hits: Sequence[Hit], said: Sequence[Sequence[Usable]]
    ) -> list[int] | None:
        """Return which hits answer a part, nearest first; None where none does or the nearest denies its premise."""
        order = [int(i) for i in near.argsort(kind="stable")[::-1]]
        answering: list[int] = []
        for i in order:
            ticket, cosine = hits[i].ticket, float(near[i])
            far = cosine < self.limits.alike or self._told(part, ticket, language) < self.limits.told
            if (far and not hits[i].exact) or (answering and near[answering[0]] - near[i] > self.limits.close):
                continue
            if not hits[i].exact and (contradicted_premise(part, ticket) or points_elsewhere(part)):
                if not answering:
                    return None
                continue
            if said[i]:
                answering.append(i)
        return answering or None

    def _told(self, part: str, ticket: Ticket, language: str) -> float:
        """Return how much of what a part says in words stands in a ticket, by the rarity of the words."""
        text = _whole(ticket)
        if self._rarities is None:
            words = set(content_words(part))
            return len(words & set(content_words(text))) / len(words) if words else 0.0
        weights = self._rarities(_terms(part), language)
        there = _terms(text)
        whole = sum(weights.values())
        return sum(weight for word, weight in weights.items() if word in there) / whole if whole else 0.0

    def _selected(
        self, part: str, language: str, pool: Sequence[tuple[float, Usable]], most: int, characters: int
    ) -> list[Usable]:
        """Return the most relevant sentences that differ, those of a ticket together and in their order."""
        if not pool:
            return []
        texts = [sentence.text for _, sentence in pool]
        alike, mutual = self._cosines(part, texts, language)
        relevance = np.array([0.5 * near for near, _ in pool]) + 0.5 * alike
        room = characters
        picked: list[int] = []
        open_to = list(range(len(pool)))
        while open_to and len(picked) < most:
            gain = [
                _BIAS * relevance[i] - (1 - _BIAS) * max((float(mutual[i, j]) for j in picked), default=0.0)
                for i in open_to
            ]
            best = open_to.pop(int(np.argmax(gain)))
            if picked and relevance[best] < self.limits.worth * relevance[picked[0]]:
                break
            if len(texts[best]) > room or (
                pool[best][1].leans and not _after(pool[best][1], [pool[i][1] for i in picked])
            ):
                continue
            if any(mutual[best, i] > 0.95 for i in picked):
                continue
            picked.append(best)
            room -= len(texts[best])
        return _ordered([pool[i][1] for i in picked])

    def _cosines(self, part: str, texts: Sequence[str], language: str) -> tuple[Floats, Floats]:
        """Return how alike the part and each text are, shape (n,), and the texts among each other, shape (n, n)."""
        if self._encode is None:
            alike = np.array([_shared(part, text) for text in texts])
            return alike, np.array([[_shared(a, b) for b in texts] for a in texts])
        vectors = np.asarray(self._encode([part, *texts], language), dtype=np.float64)
        return vectors[1:] @ vectors[0], vectors[1:] @ vectors[1:].T


def greeting(language: str) -> str:
    """Return the words that a reply begins with, a sentence of its own."""
    return _GREETINGS["zh" if language == "zh" else "en"]


def _shared(text: str, other: str) -> float:
    """Return the share of the content words of a text that another has, 0 where it has none."""
    words = set(content_words(text))
    return len(words & set(content_words(other))) / len(words) if words else 0.0


def _whole(ticket: Ticket) -> str:
    return f"{ticket.question}\n{ticket.answer}"


@lru_cache(maxsize=10_000)
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _after(sentence: Usable, picked: Sequence[Usable]) -> bool:
    return any(one.ticket == sentence.ticket and one.place == sentence.place - 1 for one in picked)


def _ordered(picked: Sequence[Usable]) -> list[Usable]:
    """Return sentences by their tickets, that of the most relevant one first, and by their places there."""
    tickets = list(dict.fromkeys(sentence.ticket for sentence in picked))
    return sorted(picked, key=lambda sentence: (tickets.index(sentence.ticket), sentence.start))


def _joined(chosen: Sequence[Sequence[Usable]], asked: Asked, conflicts: tuple[Conflict, ...]) -> Draft:
    """Return the reply: a greeting, then the sentences of each part, a line for each part where there are several."""
    text = greeting(asked.language) if asked.greet else ""
    number = 1 if asked.greet else 0
    citations: list[Citation] = []
    for part in chosen:
        for place, sentence in enumerate(part):
            begins = text and place == 0 and len(chosen) > 1
            text += "\n" if begins else separator(text)
            text += sentence.text[:1].upper() + sentence.text[1:]
            citations.append(Citation(number, sentence.ticket, sentence.start, sentence.end))
            number += 1
    return Draft(text, tuple(citations), conflicts)


def separator(before: str) -> str:
    """Return what parts a sentence from a text before it, so that both stay whole."""
    if not before or _ENDED.search(before):
        return ""
    return " " if _STOPPED.search(before) else "\n"
