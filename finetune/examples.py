"""Examples: what a desk's store offers for learning and judging, by language and part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import resources
from itertools import chain
from typing import Any

import numpy as np

from replydesk.data.curation.weak import weak_intents
from replydesk.data.leaks import check_leaks, find_leaks
from replydesk.data.records import Message, Ticket, content_id
from replydesk.data.rows import stamp
from replydesk.data.settings import Settings
from replydesk.data.splits import PARTS, Asked, assign_parts, content_of, fingerprint
from replydesk.data.store import Store
from replydesk.data.tickets import Exchange, exchanges
from replydesk.dialog.intents import IntentHead
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.remembering import RememberingEncoder
from replydesk.retrieval.encoders.use import UseEncoder
from replydesk.retrieval.indexes import question_text, search_text

__all__ = [
    "OUT_OF_SCOPE",
    "Examples",
    "Material",
    "TestMessages",
    "answer_judge",
    "assigned_parts",
    "collect",
    "held_out_owners",
    "lone_tickets",
    "place_of",
    "strangers",
]

OUT_OF_SCOPE = "out_of_scope"
"""The label that says: this desk has no answer for that. It is learned from, but never an intent."""

_FAMILIAR = 0.6
_PAIRED = 2000


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
    that it learned with.
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


def collect(store: Store, encoders: Encoders, settings: Settings) -> tuple[list[Material], dict[str, Any]]:
    """Return the material of every encoder, and a description of the data: sizes and the fingerprint of the test part.

    New conversations are assigned their part here, once and for all. Every customer turn with an intent, its own or
    from a verdict, or with an answer is an example, and so is the question of a pair that stands in no conversation;
    canned tickets are training examples. What would be learned from although its text, nearly its text or its customer
    stands in the test part is left out and counted.

    Raises :class:`LeakError` should anything of the test part be among the training examples after that.
    """
    parts = assigned_parts(store, settings)
    judged = _judged(store)
    rows: dict[str, dict[str, _Row]] = {part: {} for part in PARTS}
    hidden: set[str] = set()
    contents: dict[str, str] = {}
    for conversation in store.conversations():
        if conversation.id not in parts:
            # It teaches nothing yet, or began since the parts were assigned.
            continue
        if parts[conversation.id] == "test":
            contents[conversation.id] = content_of(conversation, judged)
        owner = conversation.customer or conversation.id
        part = rows[parts[conversation.id]]
        for exchange in exchanges(conversation, context_messages=settings.data.context_messages):
            turn, answer = exchange.asked, exchange.answered
            earlier = [t.text for t in exchange.earlier]
            text, label = _asked(exchange, judged)
            if not label and answer is None:
                continue
            ticket = None
            if answer is not None:
                ticket = Ticket.make(turn.text, answer.text, context=tuple(earlier), intent=label)
                if part is not rows["train"]:
                    hidden.add(ticket.id)
            asked = Asked(conversation.id, conversation.customer, text)
            # A tag speaks of the question that opened the conversation.
            tags = conversation.tags if not earlier else ()
            first = turn.messages[0]
            part[content_id(text, label)] = _Row(
                asked, label, owner, first.language, ticket, tags, stamp(first.at) or ""
            )
    pairs = [ticket for ticket in lone_tickets(store) if ticket.id in parts]
    for ticket in pairs:
        name, text = parts[ticket.id], question_text(ticket)
        if name == "test":
            contents[ticket.id] = content_id(text, ticket.answer, ticket.intent)
        if name != "train":
            hidden.add(ticket.id)
        rows[name][content_id(text, ticket.intent)] = _Row(
            Asked(ticket.id, text=text),
            ticket.intent,
            ticket.id,
            ticket.language,
            ticket,
            ticket.tags,
            stamp(ticket.at) or "",
        )
    for ticket in store.tickets(source="canned"):
        text = question_text(ticket)
        rows["train"][content_id(text, ticket.intent)] = _Row(
            Asked(ticket.id, text=text), ticket.intent, ticket.id, ticket.language, ticket
        )
    train, left_out = _without_leaks(list(rows["train"].values()), list(rows["test"].values()))
    if settings.finetune.weak_intents:
        train = _weakly_labelled(train, store)
    rare = _rare(train, settings.finetune.min_examples)
    material = []
    for encoder in encoders.among(settings.data.languages):
        read = tuple(lang for lang in settings.data.languages if encoders.of(lang).id == encoder.id)
        learned, tested = (
            _examples([row for row in part if row.language in read], encoder, rare)
            for part in (train, rows["test"].values())
        )
        if len(learned):
            beside = partial(encoders.beside, read[0])
            material.append(Material(encoder, read, learned, tested, _agreement(learned), frozenset(hidden), beside))
    data = {
        "conversations": len(parts) - len(pairs),
        "pairs": len(pairs),
        "train": sum(len(m.train) for m in material),
        "test": sum(len(m.test) for m in material),
        "intents": len({label for m in material for label in m.train.labelled.labels}),
        "left_out": left_out,
        "aside": sum(part == "aside" for part in parts.values()),
        "test_fingerprint": fingerprint(contents),
    }
    return material, data


@dataclass(frozen=True, slots=True)
class TestMessages:
    """Labelled messages of the test part, as text alone: what a quick check needs, without their answers."""

    __test__ = False

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    languages: tuple[str, ...]

    @classmethod
    def of(cls, store: Store, settings: Settings) -> TestMessages:
        """Return those of the test part as it stands; nothing is assigned."""
        judged, found = _judged(store), {}
        parts = store.splits()
        for conversation in store.conversations():
            if parts.get(conversation.id) != "test":
                continue
            for exchange in exchanges(conversation, context_messages=settings.data.context_messages):
                text, label = _asked(exchange, judged)
                if label and label != OUT_OF_SCOPE:
                    found[content_id(text, label)] = (text, label, exchange.asked.messages[0].language)
        for ticket in lone_tickets(store):
            if parts.get(ticket.id) == "test" and ticket.intent not in ("", OUT_OF_SCOPE):
                text = question_text(ticket)
                found[content_id(text, ticket.intent)] = (text, ticket.intent, ticket.language)
        return cls._from(list(found.values()))

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, reads: Callable[[str], bool]) -> TestMessages:
        """Return those of the languages for which it says true."""
        rows = zip(self.texts, self.labels, self.languages, strict=True)
        return self._from([row for row in rows if reads(row[2])])

    def at_most(self, count: int) -> TestMessages:
        """Return every n-th of them, so that no more than that many are left."""
        step = max(1, -(-len(self) // count))
        return TestMessages(self.texts[::step], self.labels[::step], self.languages[::step])

    @classmethod
    def _from(cls, rows: Sequence[tuple[str, str, str]]) -> TestMessages:
        texts, labels, languages = (tuple(row[column] for row in rows) for column in range(3))
        return cls(texts, labels, languages)


def _asked(exchange: Exchange, judged: Mapping[str, str]) -> tuple[str, str]:
    """Return the text of a customer's turn in its context, and its intent: its own, or that of a verdict."""
    turn = exchange.asked
    label = next(iter(turn.intents), "")
    if exchange.bot is not None:
        # What the desk itself answered teaches nothing, but what a person said of it does.
        label = next((judged[m.id] for m in exchange.bot.messages if m.id in judged), label)
    return search_text(turn.text, [earlier.text for earlier in exchange.earlier]), label


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


def assigned_parts(store: Store, settings: Settings) -> dict[str, str]:
    """Return the part of every conversation that teaches something, those assigned just now among them.

    A pair that stands in no conversation has its part by the id of its ticket.
    """
    known, judged = store.splits(), _judged(store)
    # A chat that teaches nothing must not fill the part that judges.
    telling = (
        Asked.first(conversation)
        for conversation in store.conversations()
        if conversation.id in known or any(_tells(message, judged) for message in conversation.messages)
    )
    pairs = (Asked(ticket.id, text=ticket.question, at=ticket.at) for ticket in lone_tickets(store))
    fresh = assign_parts(chain(telling, pairs), known, test_share=settings.finetune.test_share)
    store.assign_splits(fresh)
    return {**known, **fresh}


def lone_tickets(store: Store) -> Iterator[Ticket]:
    """Yield what a person answered and stands in no conversation, such as the rows of a table of pairs.

    Corrections are none: their questions are of customers in conversations, which have their parts.
    """
    mined, corrected = store.origins(), {verdict.correction for verdict in store.verdicts()}
    return (
        ticket
        for ticket in store.given()
        if ticket.source == "agent" and ticket.id not in mined and ticket.answer not in corrected
    )


def strangers(encoder: Encoder, languages: Sequence[str], known: Vectors) -> tuple[Examples, Examples]:
    """Return general out-of-scope messages that ship with Replydesk, one half to learn from and one to judge by.

    What comes near to the desk's own messages (a cosine of .6 to one of ``known``) is left out:
    it may be in scope there.
    """
    lines = resources.files("replydesk.data.samples").joinpath("out_of_scope.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in lines.splitlines()]
    mine = [
        _Row(Asked(key, text=row["text"]), OUT_OF_SCOPE, key, row["language"], None)
        for row in rows
        if row["language"] in languages
        for key in [content_id(row["text"])]
    ]
    examples = _examples(mine, encoder, frozenset())
    if len(known) and len(examples):
        nearest = np.asarray(examples.vectors @ known.T).max(axis=1)
        examples = examples.where([bool(cosine < _FAMILIAR) for cosine in nearest])
    judged = [int(group, 16) % 2 == 0 for group in examples.groups]
    return examples.where([not kept for kept in judged]), examples.where(judged)


def _judged(store: Store) -> dict[str, str]:
    """Return the intents that people gave to messages, by the id of the message."""
    return {verdict.reply: verdict.intent for verdict in store.verdicts() if verdict.intent}


def _tells(message: Message, judged: Mapping[str, str]) -> bool:
    return message.role == "agent" or bool(message.intents) or message.id in judged


@dataclass(frozen=True, slots=True)
class _Row:
    asked: Asked
    label: str
    owner: str
    language: str
    ticket: Ticket | None
    tags: tuple[str, ...] = ()
    at: str = ""


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
