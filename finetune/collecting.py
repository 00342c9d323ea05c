"""Collecting: what a desk's store offers for learning and judging, by encoder and part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from replydesk.data.curation.weak import weak_intents
from replydesk.data.leaks import check_leaks, find_leaks
from replydesk.data.records import Conversation, Ticket, content_id
from replydesk.data.rows import stamp
from replydesk.data.settings import Settings
from replydesk.data.splits import PARTS, Asked, content_of, fingerprint
from replydesk.data.store import Store
from replydesk.data.tickets import exchanges
from replydesk.dialog.impartial import places_of_answers
from replydesk.finetune.examples import Examples, Material, answer_judge
from replydesk.finetune.parts import asked_of, assigned_parts, judged_intents, lone_tickets
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.use import UseEncoder
from replydesk.retrieval.indexes import question_text

__all__ = ["collect"]

_PAIRED = 2000


def collect(
    store: Store, encoders: Encoders, settings: Settings, facts: Sequence[str] = ()
) -> tuple[list[Material], dict[str, Any]]:
    """Return the material of every encoder, and a description of the data: sizes and the fingerprint of the test part.

    New conversations are assigned their part here, once and for all. Every customer turn with an intent, its own or
    from a verdict, or with an answer is an example, and so is the question of a pair that stands in no conversation;
    canned tickets are training examples. What would be learned from although its text, nearly its text or its customer
    stands in the test part is left out and counted. ``facts`` are what else the desk says: places that they name are
    those of a desk, as what its own answers name.

    Raises :class:`LeakError` should anything of the test part be among the training examples after that.
    """
    found = _Gathered(assigned_parts(store, settings), judged_intents(store), settings.data.context_messages)
    for conversation in store.conversations():
        found.conversation(conversation)
    pairs = [ticket for ticket in lone_tickets(store) if ticket.id in found.parts]
    for ticket in pairs:
        found.pair(ticket)
    for ticket in store.tickets(source="canned"):
        found.canned(ticket)
    tested_rows = list(found.rows["test"].values())
    train, left_out = _without_leaks(list(found.rows["train"].values()), tested_rows)
    if settings.finetune.weak_intents:
        train = _weakly_labelled(train, store)
    places = partial(_places, rows=train, texts=[*(one.answer for one in store.tickets(source="article")), *facts])
    rare, hidden = _rare(train, settings.finetune.min_examples), frozenset(found.hidden)
    material = []
    for encoder in encoders.among(settings.data.languages):
        read = tuple(lang for lang in settings.data.languages if encoders.of(lang).id == encoder.id)
        learned, tested = (
            _examples([row for row in part if row.language in read], encoder, rare) for part in (train, tested_rows)
        )
        if len(learned):
            beside = partial(encoders.beside, read[0])
            material.append(
                Material(
                    encoder, read, learned, tested, _agreement(learned), hidden, beside, places=places(languages=read)
                )
            )
    data = {
        "conversations": len(found.parts) - len(pairs),
        "pairs": len(pairs),
        "train": sum(len(m.train) for m in material),
        "test": sum(len(m.test) for m in material),
        "intents": len({label for m in material for label in m.train.labelled.labels}),
        "left_out": left_out,
        "aside": sum(part == "aside" for part in found.parts.values()),
        "test_fingerprint": fingerprint(found.contents),
    }
    return material, data


@dataclass(frozen=True, slots=True)
class _Row:
    asked: Asked
    label: str
    owner: str
    language: str
    ticket: Ticket | None
    tags: tuple[str, ...] = ()
    at: str = ""


class _Gathered:
    """The rows of each part, of which one text with one label has but one; and what stands in the test part."""

    def __init__(self, parts: Mapping[str, str], judged: Mapping[str, str], context_messages: int) -> None:
        self.parts, self._judged, self._context_messages = parts, judged, context_messages
        self.rows: dict[str, dict[str, _Row]] = {part: {} for part in PARTS}
        self.hidden: set[str] = set()
        self.contents: dict[str, str] = {}

    def conversation(self, conversation: Conversation) -> None:
        """Take in what a conversation teaches; one without a part teaches nothing yet, or began just now."""
        part = self.parts.get(conversation.id)
        if part is None:
            return
        if part == "test":
            self.contents[conversation.id] = content_of(conversation, self._judged)
        owner = conversation.customer or conversation.id
        for exchange in exchanges(conversation, context_messages=self._context_messages):
            turn, answer = exchange.asked, exchange.answered
            earlier = tuple(t.text for t in exchange.earlier)
            text, label = asked_of(exchange, self._judged)
            if not label and answer is None:
                continue
            ticket = None
            if answer is not None:
                ticket = Ticket.make(turn.text, answer.text, context=earlier, intent=label)
                if part != "train":
                    self.hidden.add(ticket.id)
            asked = Asked(conversation.id, conversation.customer, text)
            # A tag speaks of the question that opened the conversation.
            tags = conversation.tags if not earlier else ()
            first = turn.messages[0]
            self._add(part, _Row(asked, label, owner, first.language, ticket, tags, stamp(first.at) or ""))

    def pair(self, ticket: Ticket) -> None:
        """Take in a ticket that stands in no conversation."""
        part = self.parts[ticket.id]
        if part == "test":
            self.contents[ticket.id] = content_id(question_text(ticket), ticket.answer, ticket.intent)
        if part != "train":
            self.hidden.add(ticket.id)
        self._add(part, replace(_row_of(ticket), tags=ticket.tags, at=stamp(ticket.at) or ""))

    def canned(self, ticket: Ticket) -> None:
        """Take in a canned answer, which is learned from and never judged by."""
        self._add("train", _row_of(ticket))

    def _add(self, part: str, row: _Row) -> None:
        self.rows[part][content_id(row.asked.text, row.label)] = row


def _row_of(ticket: Ticket) -> _Row:
    asked = Asked(ticket.id, text=question_text(ticket))
    return _Row(asked, ticket.intent, ticket.id, ticket.language, ticket)


def _weakly_labelled(train: Sequence[_Row], store: Store) -> list[_Row]:
    """Return the training rows, those without an intent with what tags and templates of the training part conclude."""
    known = store.curation([row.ticket.id for row in train if row.ticket is not None])
    templates = [
        known[row.ticket.id].template or None if row.ticket and row.ticket.id in known else None for row in train
    ]
    weak = weak_intents([row.label for row in train], [row.tags for row in train], templates)
    return [replace(row, label=row.label or label) for row, label in zip(train, weak, strict=True)]


def _without_leaks(train: Sequence[_Row], test: Sequence[_Row]) -> tuple[list[_Row], int]:
    """Return the training rows that share nothing with the test rows, and how many do; the test keeps all of its own.

    The same words on both sides would be a leak whatever their labels.
    """
    judged = [row.asked for row in test]
    leaks = find_leaks([row.asked for row in train], judged)
    kept = [row for place, row in enumerate(train) if place not in leaks]
    check_leaks([row.asked for row in kept], judged)
    return kept, len(leaks)


def _places(languages: Sequence[str], *, rows: Sequence[_Row], texts: Sequence[str]) -> frozenset[str]:
    """Return the places that canned answers and ``texts`` name, and that answers to two customers do.

    What one customer was told of a place may be nobody else's.
    """
    told: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.ticket is not None and row.language in languages:
            for place in places_of_answers([row.ticket.answer]):
                told[place] |= {row.owner, ""} if row.ticket.source == "canned" else {row.owner}
    return places_of_answers(texts) | {place for place, owners in told.items() if len(owners) > 1}


def _rare(rows: Iterable[_Row], least: int) -> frozenset[str]:
    counts = Counter(row.label for row in rows)
    return frozenset(label for label, count in counts.items() if count < least)


def _examples(rows: Sequence[_Row], encoder: Encoder, rare: frozenset[str]) -> Examples:
    answers = np.zeros((len(rows), UseEncoder.dimension), dtype=np.float32)
    answered = [i for i, row in enumerate(rows) if row.ticket is not None]
    if answered:
        answers[answered] = answer_judge().encode([row.ticket.answer for row in rows if row.ticket is not None])
    return Examples(
        tuple(row.asked.text for row in rows),
        tuple("" if row.label in rare else row.label for row in rows),
        tuple(row.owner for row in rows),
        tuple(row.language for row in rows),
        tuple(row.ticket for row in rows),
        encoder.encode([row.asked.text for row in rows]),
        answers,
        tuple(row.at for row in rows),
    )


def _agreement(train: Examples) -> float:
    rows = [i for i, ticket in enumerate(train.tickets) if ticket is not None][:_PAIRED]
    vectors, owners = train.answers[rows], np.array([train.groups[i] for i in rows])
    strangers = owners[:, None] != owners[None, :]
    return float(np.quantile((vectors @ vectors.T)[strangers], 0.95)) if strangers.any() else 1.0
