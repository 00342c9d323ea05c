"""The reply: the answer, its evidence and its reasons in one record, which is also its audit row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from replydesk.dialog.incoming import Incoming
from replydesk.dialog.policy import Action, Ground, HandoffReason
from replydesk.dialog.reading import Reading
from replydesk.dialog.rules.rules import Fired
from replydesk.dialog.skills import Thresholds
from replydesk.dialog.state import State
from replydesk.retrieval.matcher import Hit
from replydesk.retrieval.reranking.reranker import Outcome

__all__ = ["Citation", "Conflict", "Handoff", "Option", "Reply", "hit_document"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence of the answer comes from: characters ``start`` to ``end`` of a ticket's answer."""

    sentence: int
    ticket: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two tickets that state different things: ``what`` is the difference, ``kept`` the one whose answer is used.

    >>> Conflict("b7", "a1", "30 days / 14 days").what
    '30 days / 14 days'
    """

    kept: str
    other: str
    what: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """Why a person should take over, and what that person should know."""

    reason: HandoffReason
    summary: str


@dataclass(frozen=True, slots=True)
class Option:
    """A quick reply: what the button says and the text that choosing it sends."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What was decided for one message. ``confidence`` is the score of the best hit, whatever was decided.

    ``reranked`` says whether the hits were read a second time, or why not, ``reread`` how many were in each look at the
    message, whole or in parts. ``state`` is what the next message of the
    conversation needs to know, ``message`` the id of the one that is answered, and ``meant`` what that was taken to ask
    where it was read in its context. ``conflicts`` are for the team: what the cited tickets disagree in. ``rules`` are
    those of the team that fired, ``incoming`` what was answered. ``lines`` are the thresholds that it was held against,
    ``ground`` is what decided, and ``tickets_at`` is the number of the newest change of the tickets that was seen.
    ``stored`` is the document of a reply that was read from the store.
    """

    id: str
    conversation: str
    action: Action
    text: str
    confidence: float
    reading: Reading
    hits: tuple[Hit, ...]
    reasons: tuple[str, ...]
    release: str
    milliseconds: Mapping[str, float]
    citations: tuple[Citation, ...] = ()
    handoff: Handoff | None = None
    options: tuple[Option, ...] = field(default=())
    reranked: Outcome = "off"
    reread: tuple[int, ...] = ()
    state: State = field(default_factory=State)
    meant: str = ""
    message: str = ""
    conflicts: tuple[Conflict, ...] = ()
    rules: tuple[Fired, ...] = ()
    incoming: Incoming | None = None
    lines: Thresholds | None = None
    tickets_at: int | None = None
    ground: Ground | None = None
    stored: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON document that every door sends; docs/reference/reply.md describes it."""
        if self.stored is not None:
            return dict(self.stored)
        return {
            "id": self.id,
            "conversation": self.conversation,
            "message": self.message,
            "meant": self.meant,
            "action": self.action,
            "ground": self.ground,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "language": self.reading.language,
            "intents": [
                {"name": intent.name, "probability": round(intent.probability, 4)}
                for intent in self.reading.intents[:5]
            ],
            "node": self._node(),
            "labels": {
                name: [{"name": one.name, "probability": round(one.probability, 4)} for one in labels[:5]]
                for name, labels in self.reading.labels.items()
            },
            "out_of_scope": round(self.reading.out_of_scope, 4),
            "sentiment": {"label": self.reading.mood.label, "score": round(self.reading.mood.score, 4)},
            "urgency": round(self.reading.mood.urgency, 4),
            "entities": [
                {"kind": one.kind, "value": one.value, "text": one.text, "start": one.start, "end": one.end}
                for one in self.reading.entities
            ],
            "hits": [hit_document(hit) for hit in self.hits],
            "citations": [
                {"sentence": c.sentence, "ticket": c.ticket, "start": c.start, "end": c.end} for c in self.citations
            ],
            "conflicts": [{"kept": c.kept, "other": c.other, "what": c.what} for c in self.conflicts],
            "rules": [fired.document() for fired in self.rules],
            "reasons": list(self.reasons),
            "handoff": {"reason": self.handoff.reason, "summary": self.handoff.summary} if self.handoff else None,
            "options": [{"label": option.label, "value": option.value} for option in self.options],
            "reranked": self.reranked,
            "reread": list(self.reread),
            "lines": self._lines(),
            "tickets_at": self.tickets_at,
            "state": self.state.document(),
            "incoming": self.incoming.document() if self.incoming is not None else {},
            "release": self.release,
            "milliseconds": {name: round(value, 2) for name, value in self.milliseconds.items()},
        }

    def _lines(self) -> dict[str, float | None] | None:
        if self.lines is None:
            return None
        # Above 1 nothing is: there is no threshold that would be enough.
        told = {name: getattr(self.lines, name) for name in self.lines.__slots__}
        return {name: round(value, 6) if value <= 1 else None for name, value in told.items()}

    def _node(self) -> dict[str, Any] | None:
        node = self.reading.node
        if node is None:
            return None
        return {"name": node.name, "probability": round(node.probability, 4), "backed_off": bool(self.reading.kinds)}


def hit_document(hit: Hit) -> dict[str, Any]:
    """Return the JSON form of a hit inside a reply."""
    ticket = hit.ticket
    return {
        "ticket": ticket.id,
        "question": ticket.question,
        "answer": ticket.answer,
        "similarity": round(hit.similarity, 4),
        "score": round(hit.score, 4),
        "source": ticket.source,
        "intent": ticket.intent,
        "language": ticket.language,
        "at": ticket.at.isoformat() if ticket.at else None,
        "author": ticket.author,
        "count": hit.count,
    }
