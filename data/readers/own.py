"""Our own JSON Lines: a conversation with its verdicts, or a ticket, a line; what it writes reads back equal.

A line is one of::

    {"id": "zendesk:8801", "source": "zendesk", "channel": "email", "subject": "Late parcel",
     "outcome": "solved", "customer": "c-1f3a", "tags": ["shipping"], "satisfaction": 1.0,
     "turns": [{"id": "1", "role": "customer", "text": "Where is my parcel?", "ts": "2026-03-01T09:00:00Z",
                "author": "", "lang": "en", "intents": ["parcel_late"], "private": false, "kind": "message"}],
     "verdicts": [{"id": "v1", "reply": "r1", "kind": "good", "ts": "2026-03-01T09:05:00Z"}]}
    {"ticket": {"question": "Where is my parcel?", "answer": "It left us today.", "source": "canned"}}
    {"verdict": {"id": "v2", "reply": "r2", "kind": "wrong"}}
    {"suggestion": {"id": "s1", "text": "Where is my parcel?", "items": [...]}, "verdicts": [...]}

Reading asks for less than writing gives: ``{"turns": [{"role": "customer", "text": "Hello"}]}`` is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from replydesk.data.readers.base import Item, Options, Skipped, Source, in_order, moment, role_of, short
from replydesk.data.readers.cells import silent
from replydesk.data.readers.jsons import first, records
from replydesk.data.records import (
    TAKEN_KINDS,
    TICKET_SOURCES,
    VERDICT_KINDS,
    Conversation,
    Message,
    Role,
    Suggested,
    SuggestionVerdict,
    Ticket,
    Verdict,
    content_id,
)

__all__ = ["Own", "write", "write_suggested", "write_ticket", "write_verdict"]

T = TypeVar("T", bound=str)


class Own:
    """The canonical record of Replydesk, and simpler files of the same shape."""

    name = "jsonl"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects hold turns with role and text, or are our tickets, verdicts, suggestions."""
        return any(_is_ours(record.value) for record in first(source))

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield conversations, each followed by its verdicts, and what stands alone: tickets, verdicts, suggestions."""
        for item in records(source):
            if isinstance(item, Skipped):
                yield item
            elif isinstance(ticket := item.value.get("ticket"), dict):
                yield _or_skipped(_ticket, ticket, item.where)
            elif isinstance(verdict := item.value.get("verdict"), dict):
                yield _or_skipped(_verdict, verdict, item.where)
            elif isinstance(item.value.get("suggestion"), dict):
                yield _or_skipped(_suggested, item.value, item.where)
            else:
                yield from _conversation(item.value, item.where)


def write(conversation: Conversation, verdicts: Iterable[Verdict] = ()) -> dict[str, Any]:
    """Return the line that :class:`Own` reads back as this conversation and these verdicts."""
    return {
        "id": conversation.id,
        "source": conversation.source,
        "channel": conversation.channel,
        "subject": conversation.subject,
        "outcome": conversation.outcome,
        "customer": conversation.customer,
        "tags": list(conversation.tags),
        "satisfaction": conversation.satisfaction,
        **({"updated": _iso(conversation.updated)} if conversation.updated else {}),
        **({"partial": True} if conversation.partial else {}),
        "turns": [_turn_written(message) for message in conversation.messages],
        "verdicts": [_verdict_written(verdict) for verdict in verdicts],
    }


def write_ticket(ticket: Ticket) -> dict[str, Any]:
    """Return the line that :class:`Own` reads back as this ticket; its id follows from its content."""
    return {
        "ticket": {
            "question": ticket.question,
            "answer": ticket.answer,
            "context": list(ticket.context),
            "intent": ticket.intent,
            "source": ticket.source,
            "language": ticket.language,
            "at": _iso(ticket.at),
            "author": ticket.author,
            "tags": list(ticket.tags),
            "outcome": ticket.outcome,
            "satisfaction": ticket.satisfaction,
        }
    }


def write_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return the line that :class:`Own` reads back as this verdict, for one without a conversation."""
    return {"verdict": _verdict_written(verdict)}


def _turn_written(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "role": message.role,
        "text": message.text,
        "ts": _iso(message.at),
        "author": message.author,
        "lang": message.language,
        "intents": list(message.intents),
        **({"reply_to": message.reply_to} if message.reply_to else {}),
        "private": message.role == "note",
        "kind": {"note": "note", "system": "event"}.get(message.role, "message"),
    }


def write_suggested(suggested: Suggested) -> dict[str, Any]:
    """Return the line that :class:`Own` reads back as what was suggested and what came of it."""
    return {
        "suggestion": dict(suggested.document),
        "verdicts": [
            {"id": v.id, "ticket": v.ticket, "kind": v.kind, "text": v.text, "by": v.by, "ts": _iso(v.at)}
            for v in suggested.verdicts
        ],
    }


def _verdict_written(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.id,
        "reply": verdict.reply,
        "kind": verdict.kind,
        "conversation": verdict.conversation,
        "correction": verdict.correction,
        "intent": verdict.intent,
        "by": verdict.by,
        "ts": _iso(verdict.at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _is_ours(record: Mapping[str, Any]) -> bool:
    ticket, verdict = record.get("ticket"), record.get("verdict")
    if isinstance(ticket, dict) and "question" in ticket and "answer" in ticket:
        return True
    if isinstance(verdict, dict) and "reply" in verdict and "kind" in verdict:
        return True
    suggestion = record.get("suggestion")
    if isinstance(suggestion, dict) and "id" in suggestion and "items" in suggestion:
        return True
    return any(isinstance(turn, dict) and "role" in turn and "text" in turn for turn in _turns(record))


def _turns(record: Mapping[str, Any]) -> list[Any]:
    turns = record["turns"] if "turns" in record else record.get("messages")
    return turns if isinstance(turns, list) else []


def _conversation(record: Mapping[str, Any], where: str) -> Iterator[Item]:
    turns: list[tuple[int, Role, str, Mapping[str, Any]]] = []
    for position, turn in enumerate(_turns(record)):
        place = f"{where}:turns[{position}]"
        role = _role(turn) if isinstance(turn, dict) else None
        if not isinstance(turn, dict):
            yield Skipped(place, "a turn is an object with a role and a text")
        elif role is None:
            yield Skipped(place, f"the role {str(turn.get('role'))[:40]!r} is unknown")
        elif not isinstance(text := turn.get("text"), str):
            yield Skipped(place, "the turn has no text")
        else:
            turns.append((position, role, text, turn))
    try:
        known = _text(record, "id") or content_id("jsonl", *(part for _, *said, _ in turns for part in said))
    except ValueError as error:
        yield Skipped(where, str(error))
        return
    identity, messages = short(known), []
    for position, role, text, turn in turns:
        try:
            messages.append(_message(turn, role, text, f"{identity}:{position}", record))
        except ValueError as error:
            yield Skipped(f"{where}:turns[{position}]", str(error))
    if not messages:
        yield Skipped(where, "the conversation has no turns that can be read")
        return
    known_of: dict[str, Any] = {}
    for name, field in _FIELDS.items():
        try:
            known_of[name] = field(record)
        except ValueError as error:
            yield Skipped(f"{where}:{name}", str(error))
    intents = known_of.pop("intent", ())
    yield Conversation(identity, in_order(_labelled(messages, intents)), **known_of)
    verdicts = record.get("verdicts") or []
    for position, verdict in enumerate(verdicts if isinstance(verdicts, list) else [verdicts]):
        place = f"{where}:verdicts[{position}]"
        if isinstance(verdict, dict):
            yield _or_skipped(_verdict, {"conversation": identity, **verdict}, place)
        else:
            yield Skipped(place, "a verdict is an object")


def _role(turn: Mapping[str, Any]) -> Role | None:
    # Privacy wins over every role: what the team said among itself is never taken for an answer.
    return silent(str(turn.get("private")), None, str(turn.get("kind"))) or role_of(turn.get("role", ""))


def _message(turn: Mapping[str, Any], role: Role, text: str, name: str, record: Mapping[str, Any]) -> Message:
    return Message(
        short(_text(turn, "id")) or name,
        role,
        text,
        moment(turn.get("ts")),
        author=_text(turn, "author"),
        language=_text(turn, "lang") or _text(turn, "language") or _text(record, "lang"),
        intents=_texts(turn.get("intents") or turn.get("intent")),
        reply_to=short(_text(turn, "reply_to")),
    )


def _labelled(messages: list[Message], intents: tuple[str, ...]) -> Iterator[Message]:
    # A label on the whole conversation says what the customer came for: it belongs to their first words.
    for message in messages:
        asked = message.role == "customer"
        yield replace(message, intents=message.intents or intents) if asked and intents else message
        intents = () if asked else intents


def _satisfaction(record: Mapping[str, Any]) -> float | None:
    csat = record.get("csat")
    value = record.get("satisfaction", csat.get("score") if isinstance(csat, dict) else csat)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"the satisfaction {str(value)[:40]!r} is not a number between 0 and 1")
    return float(value)


def _ticket(record: Mapping[str, Any]) -> Ticket:
    question, answer = _text(record, "question"), _text(record, "answer")
    if not question.strip() or not answer.strip():
        raise ValueError("the ticket has no question or no answer")
    return Ticket.make(
        question,
        answer,
        context=_texts(record.get("context")),
        intent=_text(record, "intent"),
        source=_one_of(TICKET_SOURCES, record.get("source", "canned")),
        language=_text(record, "language"),
        at=moment(record.get("at")),
        author=_text(record, "author"),
        tags=_texts(record.get("tags")),
        outcome=_text(record, "outcome"),
        satisfaction=_satisfaction(record),
    )


def _verdict(record: Mapping[str, Any]) -> Verdict:
    reply, kind = _text(record, "reply"), _one_of(VERDICT_KINDS, record.get("kind"))
    if not reply:
        raise ValueError("the verdict names no reply")
    correction, intent, by = (_text(record, key) for key in ("correction", "intent", "by"))
    return Verdict(
        _text(record, "id") or content_id("verdict", reply, kind, correction, intent, by),
        reply,
        kind,
        conversation=_text(record, "conversation"),
        correction=correction,
        intent=intent,
        by=by,
        at=moment(record.get("ts") or record.get("at")),
    )


def _suggested(record: Mapping[str, Any]) -> Suggested:
    document = dict(record["suggestion"])
    key = _text(document, "id")
    if not key:
        raise ValueError("the suggestion has no id")
    at = moment(document.get("at"))
    if at is None:
        raise ValueError("the suggestion does not say when it was made")
    items, beside = document.get("items"), document.get("beside")
    if not isinstance(items, list):
        raise ValueError("the suggestion has no list of items")
    document |= {
        "at": at.isoformat(),
        "items": [_item(item) for item in items],
        "beside": _item(beside) if beside is not None else None,
        **{name: _text(document, name) for name in ("text", "conversation", "customer", "by", "channel")},
    }
    intents = document.get("intents") or []
    if not isinstance(intents, list) or not all(isinstance(one, dict) and "name" in one for one in intents):
        raise ValueError("the intents of a suggestion are a list of names with probabilities")
    verdicts = record.get("verdicts") or []
    if not isinstance(verdicts, list):
        raise ValueError("the verdicts of a suggestion are a list")
    return Suggested(key, document, tuple(_suggestion_verdict(verdict, key) for verdict in verdicts))


def _item(item: Any) -> dict[str, Any]:
    """Return an item that was shown, where it can be learned from: ticket, text, and numbers as features."""
    if not isinstance(item, dict) or not _text(item, "ticket") or not isinstance(item.get("text"), str):
        raise ValueError("an item of a suggestion is an object with a ticket and a text")
    features = item.get("features") or {}
    told = features.values() if isinstance(features, dict) else [None]
    numbers = [item.get("score", 0.0), item.get("propensity", 1.0), *told]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) or not math.isfinite(n) for n in numbers):
        raise ValueError("the score, the propensity and the features of an item are numbers")
    return dict(item)


def _suggestion_verdict(record: Any, suggestion: str) -> SuggestionVerdict:
    if not isinstance(record, dict):
        raise ValueError("a verdict is an object")
    ticket, kind = _text(record, "ticket"), _one_of(TAKEN_KINDS, record.get("kind"))
    text, by = _text(record, "text"), _text(record, "by")
    key = _text(record, "id") or content_id("suggestion", suggestion, ticket, kind, text, by)
    return SuggestionVerdict(key, suggestion, ticket, kind, text, by, moment(record.get("ts") or record.get("at")))


_FIELDS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "intent": lambda record: _texts(record.get("intent")),
    "source": lambda record: _text(record, "source"),
    "channel": lambda record: _text(record, "channel"),
    "customer": lambda record: _text(record, "customer"),
    "subject": lambda record: _text(record, "subject"),
    "tags": lambda record: _texts(record.get("tags")),
    "outcome": lambda record: _text(record, "outcome") or _text(record, "status"),
    "satisfaction": lambda record: _satisfaction(record),
    "partial": lambda record: record.get("partial") is True,
    "updated": lambda record: moment(record.get("updated") or record.get("updated_at")),
}
"""What is read of a conversation beside its turns; what is wrong there costs nothing else."""


def _or_skipped(make: Callable[[Mapping[str, Any]], Item], record: Mapping[str, Any], where: str) -> Item:
    try:
        return make(record)
    except ValueError as error:
        return Skipped(where, str(error))


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"{key!r} is not text")
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a list of texts was expected")
    return tuple(texts)


def _one_of(words: tuple[T, ...], value: object) -> T:
    for word in words:
        if word == value:
            return word
    raise ValueError(f"{str(value)[:40]!r} is none of {', '.join(words)}")
