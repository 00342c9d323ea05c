"""Examples: labelled and answered messages with their vectors, and all that one encoder's skills are trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from replydesk.data.records import Ticket, content_id
from replydesk.dialog.intents import IntentHead
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.remembering import RememberingEncoder
from replydesk.retrieval.encoders.use import UseEncoder

__all__ = ["OUT_OF_SCOPE", "Examples", "Material", "answer_judge", "held_out_owners", "place_of"]

OUT_OF_SCOPE = "out_of_scope"
"""The label that says: this desk has no answer for that. It is learned from, but never an intent."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled or answered messages of one part, all of one encoder, with their vectors, shape (n, dimension).

    ``labels`` may hold ''; ``groups`` names the owner, so that folds never cut one customer in two. ``tickets`` is None
    where a message got no answer; ``answers`` are the vectors of their answers by :func:`answer_judge`, else zeros.
    ``times`` are ISO-8601 in UTC, '' where unknown; there may be none at all.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    languages: tuple[str, ...]
    tickets: tuple[Ticket | None, ...]
    vectors: Vectors
    answers: Vectors
    times: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, keep: Sequence[bool]) -> Examples:
        """Return the examples for which ``keep`` is true."""
        rows = [i for i, kept in enumerate(keep) if kept]
        columns = (self.texts, self.labels, self.groups, self.languages, self.tickets)
        texts, labels, groups, languages, tickets = (tuple(column[i] for i in rows) for column in columns)
        times = tuple(self.times[i] for i in rows) if self.times else ()
        return Examples(texts, labels, groups, languages, tickets, self.vectors[rows], self.answers[rows], times)  # type: ignore[arg-type]

    def __add__(self, other: Examples) -> Examples:
        """Return these examples followed by the others."""
        return Examples(
            self.texts + other.texts,
            self.labels + other.labels,
            self.groups + other.groups,
            self.languages + other.languages,
            self.tickets + other.tickets,
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.answers, other.answers]),
            self._times + other._times if self.times or other.times else (),
        )

    @property
    def _times(self) -> tuple[str, ...]:
        return self.times or ("",) * len(self)

    @property
    def in_scope(self) -> Examples:
        """Return those that are not labelled out of scope."""
        return self.where([label != OUT_OF_SCOPE for label in self.labels])

    @property
    def labelled(self) -> Examples:
        """Return those that have an intent."""
        return self.where([label not in ("", OUT_OF_SCOPE) for label in self.labels])

    @property
    def strangers(self) -> Examples:
        """Return those that are labelled out of scope."""
        return self.where([label == OUT_OF_SCOPE for label in self.labels])


@dataclass(frozen=True, slots=True)
class Material:
    """Everything one encoder's skills are trained on and judged by.

    ``agreement`` is the cosine from which two answers count as saying the same: what 95 of 100 pairs of answers to
    different customers do not reach. ``hidden`` are the ids of all tickets of the test part, also of those whose
    question was asked there twice and is judged once, and of those put aside. ``beside`` gives a second encoder
    that reads these languages. ``base`` is the id of the encoder that this one stands in for, if it does. Where it
    was fine-tuned, ``held`` are the customers that it did not learn from, and ``head`` is the intent classifier
    that it learned with. ``places`` are those that answers of the training part name.
    """

    encoder: Encoder
    languages: tuple[str, ...]
    train: Examples
    test: Examples
    agreement: float
    hidden: frozenset[str] = frozenset()
    beside: Callable[[], Encoder | None] = lambda: None
    base: str = ""
    held: frozenset[str] = frozenset()
    head: IntentHead | None = None
    places: frozenset[str] = frozenset()

    def parted(self, examples: Examples) -> tuple[Examples, Examples]:
        """Return the examples of customers that the encoder learned from, and of those that were held out."""
        held = [group in self.held for group in examples.groups]
        return examples.where([not kept for kept in held]), examples.where(held)

    def on(self, encoder: Encoder) -> Material:
        """Return the same messages with the vectors of another encoder."""
        train, test = (replace(part, vectors=encoder.encode(part.texts)) for part in (self.train, self.test))
        return replace(self, encoder=encoder, train=train, test=test, base=self.base or self.encoder.id)

    def is_right(self, asked: Examples, row: int, hit: Ticket, cosine: float) -> bool:
        """Return whether a hit would have been a right answer to the message in that row.

        It must have the message's intent, where both have one, and it must say what was really answered: ``cosine`` is
        the one between the two answers. A canned answer of the right intent is always right. Nothing answers a message
        that is out of scope.
        """
        label = asked.labels[row]
        if label == OUT_OF_SCOPE or (label and hit.intent and label != hit.intent):
            return False
        return (hit.source == "canned" and bool(label) and label == hit.intent) or cosine >= self.agreement


@cache
def answer_judge() -> Encoder:
    """Return the encoder that says whether two answers say the same.

    It is always the same one, so a trained encoder is never its own judge and reports stay comparable.
    """
    return RememberingEncoder(UseEncoder())


def held_out_owners(examples: Examples, share: float) -> frozenset[str]:
    """Return the customers of about that share of the messages, always the same ones, to choose and calibrate by.

    One is left in where an intent would lose the last customer to learn it from.
    """
    held: set[str] = set()
    left = Counter(label for label, _ in set(zip(examples.labels, examples.groups, strict=True)))
    labels_of: dict[str, set[str]] = {}
    for label, group in zip(examples.labels, examples.groups, strict=True):
        labels_of.setdefault(group, set()).add(label)
    for owner in sorted(labels_of, key=content_id):
        mine = labels_of[owner]
        if place_of(owner) < share and all(left[label] > 1 for label in mine if label):
            held.add(owner)
            left.subtract(mine)
    return frozenset(held)


def place_of(owner: str) -> float:
    """Return a number from 0 up to 1 that is always the same for a customer, and as if drawn by chance."""
    drawn = int(content_id(owner)[:8], 16)
    return (9 - drawn % 10) / 10 + drawn // 10 % 100 / 1000
