"""Choosing: answers that fit and say different things, and now and then one from further down, to learn of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from replydesk.data.records import content_id
from replydesk.data.text import tokens
from replydesk.retrieval.wording import AnswerShape

__all__ = ["Chosen", "Wording", "chosen", "different", "explored"]

# How much fitting weighs against saying something else; a first answer that fits is never moved by it.
_FIT = 0.7
# Two answers that share so much of their words say the same.
_SAME = 0.75


@dataclass(frozen=True, slots=True)
class Wording:
    """What tells one answer from another: its words, its shape, and the template that it was made from."""

    words: frozenset[str]
    shape: AnswerShape
    template: str = ""

    @classmethod
    def of(cls, texts: Sequence[str], templates: Sequence[str]) -> list[Wording]:
        """Return the wordings of some answers, which may each have a template."""
        shapes = AnswerShape.of(texts)
        return [
            cls(frozenset(tokens(text)), shape, template)
            for text, shape, template in zip(texts, shapes, templates, strict=True)
        ]

    def likeness(self, other: Wording) -> float:
        """Return the share of all their words that two answers both have; 1 for two of one template, or alike."""
        if (self.template and self.template == other.template) or self.shape.like(other.shape):
            return 1.0
        either = len(self.words | other.words)
        return len(self.words & other.words) / either if either else 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The place of a candidate, and the probability with which it is shown; ``explored``: it came from further down."""

    place: int
    propensity: float = 1.0
    explored: bool = False


def different(place: int, chosen: Sequence[int], wordings: Sequence[Wording]) -> bool:
    """Return whether a candidate says something else than all that are chosen."""
    return all(wordings[place].likeness(wordings[other]) < _SAME for other in chosen)


def chosen(scores: Sequence[float], wordings: Sequence[Wording], k: int) -> list[int]:
    """Return up to ``k`` places of candidates that say different things, in the order of the candidates.

    They are chosen one after another by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998):
    .7 of the score less .3 of the likeness to the most alike that is chosen already. What says the same as one is never
    chosen. Candidates stand best first.
    """
    found: list[int] = []
    near = [0.0] * len(scores)
    free = list(range(len(scores)))
    while free and len(found) < k:
        # Of two that are worth the same, the better candidate.
        best = free[0] if not found else max(free, key=lambda i: (_FIT * scores[i] - (1 - _FIT) * near[i], -i))
        found.append(best)
        for place in free:
            near[place] = max(near[place], wordings[place].likeness(wordings[best]))
        free = [place for place in free if place != best and near[place] < _SAME]
    return sorted(found)


def explored(found: Sequence[int], wordings: Sequence[Wording], probability: float, request: str) -> list[Chosen]:
    """Return what is shown: with this probability, one place, drawn evenly, goes to a candidate from further down.

    That one is drawn evenly from those that say something else than all that are chosen. The same request draws the
    same. A chosen one is thus shown with ``1 - probability / k``, one of m from further down with
    ``probability / (k * m)`` at its place.
    """
    further = [i for i in range(len(wordings)) if i not in found and different(i, found, wordings)]
    if not found or not further or probability <= 0:
        return [Chosen(place) for place in found]
    shown = [Chosen(place, 1 - probability / len(found)) for place in found]
    draw = random.Random(content_id("explore", request))
    if draw.random() < probability:
        place, candidate = draw.randrange(len(found)), draw.choice(further)
        shown[place] = Chosen(candidate, probability / (len(found) * len(further)), explored=True)
    return shown
