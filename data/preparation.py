"""Preparation: what a reader yields is cleaned, masked, given a language and a pseudonym, and joined with its parts."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from replydesk.data.mail import own_words
from replydesk.data.privacy import Kind, Masker, WrittenContact, renumber
from replydesk.data.records import Conversation, Message, Role, Suggested, Ticket, Verdict, content_id
from replydesk.data.rows import conversation_digest
from replydesk.data.settings import DataSettings
from replydesk.data.text import clean, language_of

__all__ = [
    "Mask",
    "Prepared",
    "joined",
    "label",
    "origin_of",
    "prepare",
    "prepare_conversation",
    "prepare_suggested",
    "prepare_ticket",
    "prepare_verdict",
    "pseudonym",
]

_VERSION = "1"
"""To be raised when conversations come out of here otherwise than before, so that an import makes them again."""

_PSEUDONYM = re.compile(r"c-[0-9a-f]{12}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.I)
# NUL and half characters no database takes alike; the other invisible ones only spoil a label.
_UNFIT = frozenset({"Cc", "Cs"})
_UNDECIDED = "?"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_RANK: dict[Role, int] = {"customer": 0, "bot": 1, "system": 1, "note": 1, "agent": 2}
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A conversation as it is stored, and which value each of its placeholders stands for, by a short tag.

    ``contacts`` are those that were masked in its messages; they are stored nowhere.
    """

    conversation: Conversation
    masked: Mapping[str, str]
    contacts: tuple[WrittenContact, ...] = field(default=(), compare=False)


def origin_of(conversation: Conversation, settings: DataSettings) -> str:
    """Return an id of what a conversation will be made from: itself, the settings, and the version of this module."""
    return content_id(conversation_digest(conversation), str(conversation.partial), _settings_id(settings))


@lru_cache(maxsize=8)
def _settings_id(settings: DataSettings) -> str:
    return content_id(_VERSION, settings.model_dump_json(exclude={"database"}))


def prepare(conversation: Conversation, settings: DataSettings) -> Conversation:
    """Return the conversation as it is stored: cleaned, masked, every message with its language, the customer unnamed.

    Doing it twice changes nothing, so an export can be imported again.
    """
    return prepare_conversation(conversation, settings).conversation


def prepare_conversation(
    conversation: Conversation, settings: DataSettings, masked: Mapping[str, str] = _NOTHING
) -> Prepared:
    """Return the conversation as :func:`prepare` does, with its placeholders.

    ``masked`` are those that an earlier part of it has: the same value is masked by the same placeholder again.
    """
    identity = label(conversation.id)
    mask, contacts = Mask(settings, identity, masked), list[WrittenContact]()
    messages = tuple(_prepared(conversation, mask, settings, contacts))
    mask.taken()
    subject = mask(clean(conversation.subject))
    contacts.extend(WrittenContact(*one, by_team=False) for one in mask.taken())
    made = Conversation(
        identity,
        messages,
        source=label(conversation.source),
        channel=label(conversation.channel),
        customer=pseudonym(conversation.customer),
        subject=subject,
        # Of what may come in parts, no part knows which tag came first.
        tags=_labels(sorted(set(conversation.tags)) if conversation.partial else conversation.tags),
        outcome=label(conversation.outcome),
        satisfaction=conversation.satisfaction,
        partial=conversation.partial,
        updated=conversation.updated,
    )
    return Prepared(made, mask.given, tuple(contacts))


def joined(known: Prepared, part: Prepared, settings: DataSettings) -> Prepared:
    """Return a conversation of which two parts are known, or two versions, the same whichever of them came first.

    Of a message that both have, the later version holds, but what one of them calls private stays private, and a label
    that one of them knows is kept. A version that is no part (``partial`` is false) replaces what is known but for the
    labels. Of two versions that say when they were ``updated``, the later one tells tags, outcome and satisfaction;
    of others, what began first.
    """
    old, new = known.conversation, part.conversation
    if not new.partial:
        labels = {m.id: m.intents for m in old.messages}
        kept = (replace(m, intents=m.intents or labels.get(m.id, ())) for m in new.messages)
        return Prepared(replace(new, messages=tuple(kept)), part.masked)
    # What is known may have been a whole once: its order is as good as that of a part.
    first, second = sorted((old, new), key=lambda c: (c.at is None, c.at or _NEVER))
    # Of two that are as late, the one imported last may have been told better who answers.
    late = max((new, old), key=lambda c: (c.updated or _NEVER, _ended(c), len(c.messages)))
    held = {message.id: message for message in second.messages}
    taken = {m.id: _one_of(m, held[m.id], first is late) if m.id in held else m for m in first.messages}
    messages = _merged(list(taken.values()), [m for m in second.messages if m.id not in taken])
    updated = max((c.updated for c in (old, new) if c.updated), default=None)
    told = (late, first, second) if updated and old.updated != new.updated else (first, second)
    tags = told[0].tags if told[0] is late and late.tags else tuple(sorted({*first.tags, *second.tags}))
    whole = Conversation(
        new.id,
        tuple(_spoken(messages, settings)),
        source=_first(c.source for c in told),
        channel=_first(c.channel for c in told),
        customer=_first(c.customer for c in told),
        subject=_first(c.subject for c in told),
        tags=tags,
        outcome=_first(c.outcome for c in told),
        satisfaction=next((c.satisfaction for c in told if c.satisfaction is not None), None),
        partial=True,
        updated=updated,
    )
    return _numbered_anew(whole, {**known.masked, **part.masked})


def prepare_ticket(ticket: Ticket, settings: DataSettings) -> Ticket:
    """Return a ticket that came by itself as it is stored: cleaned, masked, with its language and content id."""
    mask = Mask(settings)
    # An agent's answer came by mail perhaps; what the team wrote for keeping is kept as it is.
    said = _own if ticket.source == "agent" else clean
    question = mask(said(ticket.question))
    return Ticket.make(
        question,
        mask(said(ticket.answer)),
        context=tuple(mask(clean(text)) for text in ticket.context),
        intent=label(ticket.intent),
        source=ticket.source,
        language=_code(ticket.language) or language_of(question, among=settings.languages),
        at=ticket.at,
        author=mask(label(ticket.author)),
        tags=_labels(ticket.tags),
        outcome=label(ticket.outcome),
        satisfaction=ticket.satisfaction,
    )


def prepare_verdict(verdict: Verdict, settings: DataSettings) -> Verdict:
    """Return a verdict as it is stored: its correction cleaned and masked as a message is."""
    mask = Mask(settings)
    return replace(
        verdict,
        id=label(verdict.id),
        reply=label(verdict.reply),
        conversation=label(verdict.conversation),
        correction=mask(clean(verdict.correction)),
        intent=label(verdict.intent),
        by=mask(label(verdict.by)),
    )


def prepare_suggested(suggested: Suggested, settings: DataSettings) -> Suggested:
    """Return suggestions as they are stored: every text in them cleaned and masked as a message is."""
    mask, document = Mask(settings), dict(suggested.document)

    def masked(item: Mapping[str, Any]) -> dict[str, Any]:
        return {**item, "text": mask(clean(str(item["text"])))}

    key = label(suggested.id)
    document |= {
        "id": key,
        "text": mask(clean(str(document["text"]))),
        "customer": pseudonym(str(document["customer"])),
        "by": mask(label(str(document["by"]))),
        "items": [masked(item) for item in document["items"]],
        "beside": masked(document["beside"]) if document.get("beside") else None,
    }
    verdicts = (
        replace(one, id=label(one.id), suggestion=key, text=mask(clean(one.text)), by=mask(label(one.by)))
        for one in suggested.verdicts
    )
    return Suggested(key, document, tuple(verdicts))


class Mask:
    """Masks the texts of one conversation as the settings want it; ``given`` tells its placeholders by short tags."""

    def __init__(self, settings: DataSettings, conversation: str = "", known: Mapping[str, str] = _NOTHING) -> None:
        self._masker = Masker(
            settings.region,
            order_numbers=settings.mask_order_numbers,
            names=settings.mask_names,
            addresses=settings.mask_addresses,
            own=settings.own_contacts,
            conversation=conversation,
            known=known,
        )
        self._active = settings.mask

    def __call__(self, text: str) -> str:
        """Return the text with its personal data replaced by placeholders."""
        return self._masker.mask(text) if self._active else text

    def taken(self) -> list[tuple[Kind, str, str]]:
        """Return the contacts that were masked since this was last asked: kind, one spelling, how it was written."""
        found, self._masker.contacts = self._masker.contacts, []
        return found

    @property
    def given(self) -> dict[str, str]:
        """Return the placeholders that were given so far, with their tags."""
        return self._masker.given if self._active else {}


def pseudonym(customer: str) -> str:
    """Return a name that says nothing about the customer but is always the same for one; '' for nobody."""
    if not customer or _PSEUDONYM.fullmatch(customer):
        return customer
    return f"c-{content_id('customer', customer)[:12]}"


def _prepared(
    conversation: Conversation, mask: Mask, settings: DataSettings, contacts: list[WrittenContact]
) -> Iterator[Message]:
    def masked(message: Message) -> str:
        # Those of an author's name are nobody's words.
        mask.taken()
        text = mask(_own(message.text))
        # What a colleague noted down may well be the customer's.
        team = message.role in ("agent", "bot")
        contacts.extend(WrittenContact(*one, by_team=team) for one in mask.taken())
        return text

    messages = (
        Message(
            label(message.id),
            message.role,
            masked(message),
            message.at,
            # What a customer is called would undo the pseudonym of the conversation.
            pseudonym(message.author) if message.role == "customer" else mask(label(message.author)),
            _code(message.language),
            _labels(message.intents),
            label(message.reply_to),
        )
        for message in conversation.messages
    )
    if conversation.partial:
        yield from _spoken(messages, settings)
        return
    language = ""
    for message in messages:
        language = message.language or language_of(message.text, among=settings.languages, previous=language)
        yield replace(message, language=language)


def _spoken(messages: Iterable[Message], settings: DataSettings) -> Iterator[Message]:
    """Yield messages with their languages, the same whether they come in parts or as a whole.

    A text too short to tell its language has that of the message before it, or else of the next one.
    """
    told = []
    for message in messages:
        found = language_of(message.text, among=settings.languages, previous=_UNDECIDED)
        told.append((message, "" if found == _UNDECIDED else message.language or found))
    among = (*(language for _, language in told), *(m.language for m, _ in told), settings.languages[0])
    language = _first(among)
    for message, found in told:
        language = found or language
        yield replace(message, language=language)


def _numbered_anew(conversation: Conversation, masked: Mapping[str, str]) -> Prepared:
    """Return the conversation with its placeholders numbered as they appear, as masking it in one go does."""
    texts = [text for m in conversation.messages for text in (m.text, m.author)] + [conversation.subject]
    texts, masked = renumber(texts, masked)
    messages = tuple(
        replace(m, text=text, author=author)
        for m, text, author in zip(conversation.messages, texts[:-1:2], texts[1::2], strict=True)
    )
    return Prepared(replace(conversation, messages=messages, subject=texts[-1]), masked)


def _merged(one: Sequence[Message], other: Sequence[Message]) -> list[Message]:
    """Return the messages of two parts by time, each part in its order; at the same moment who asks comes first."""
    found: list[Message] = []
    sides = [deque(_clocked(one)), deque(_clocked(other))]
    while all(sides):
        (clock, message), (other_clock, rival) = sides[0][0], sides[1][0]
        later = (clock, _RANK[message.role]) > (other_clock, _RANK[rival.role])
        found.append(sides[later].popleft()[1])
    return [*found, *(message for side in sides for _, message in side)]


def _clocked(messages: Sequence[Message]) -> Iterator[tuple[datetime, Message]]:
    clock = _NEVER
    for message in messages:
        clock = max(clock, message.at or clock)
        yield clock, message


def _one_of(message: Message, other: Message, is_late: bool) -> Message:
    held, lost = (message, other) if is_late else (other, message)
    role = "note" if "note" in (held.role, lost.role) else held.role
    return replace(held, role=role, intents=held.intents or lost.intents)


def _ended(conversation: Conversation) -> datetime:
    return max((m.at for m in conversation.messages if m.at), default=_NEVER)


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _own(text: str) -> str:
    # What is cut away may lay bare what is cleaned away, and the other way round.
    text = clean(text)
    while (own := own_words(text)) != text:
        text = clean(own)
    return text


def _code(language: str) -> str:
    found = _LANGUAGE.fullmatch(language.strip())
    return found[1].lower() if found else ""


def label(text: str) -> str:
    """Return a name or an id without the characters that no database takes alike."""
    if text.isprintable():
        return text
    return "".join(char for char in text if unicodedata.category(char) not in _UNFIT)


def _labels(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(label, texts))
