"""The nouns that travel through Replydesk: frozen, typed, free of behaviour that needs a library."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from replydesk.data.script import simplified

__all__ = [
    "Contradiction",
    "Conversation",
    "Curation",
    "Message",
    "Role",
    "Suggested",
    "SuggestionVerdict",
    "TakenKind",
    "Template",
    "Ticket",
    "TicketSource",
    "Verdict",
    "VerdictKind",
    "content_id",
    "same_question",
    "same_text",
]

Role = Literal["customer", "agent", "bot", "note", "system"]
"""Who speaks. A ``note`` is private to the team and never reaches a customer; ``system`` lines are events."""

TicketSource = Literal["canned", "agent", "article"]
VerdictKind = Literal["good", "wrong", "wrong_intent", "edited", "taken_over"]
TakenKind = Literal["accepted", "edited", "refused"]
"""What a member of the team made of a suggestion: sent it as it was, sent it after changes, or turned it down."""

ROLES: tuple[Role, ...] = get_args(Role)
TICKET_SOURCES: tuple[TicketSource, ...] = get_args(TicketSource)
VERDICT_KINDS: tuple[VerdictKind, ...] = get_args(VerdictKind)
TAKEN_KINDS: tuple[TakenKind, ...] = get_args(TakenKind)

_ENDS: Final = " .,;!?~。、"


def same_text(text: str) -> str:
    """Return the form under which two texts count as the same: NFKC, folded case, no outer or doubled blanks.

    >>> same_text("  Where is  my ORDER？")
    'where is my order?'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def same_question(text: str) -> str:
    """Return the form under which two questions count as the same: :func:`same_text`, whatever ends them, in simplified
    characters. A text of nothing but marks keeps them.

    >>> same_question("Where is  my ORDER"), same_question("運費怎麼算？"), same_question("???")
    ('where is my order', '运费怎么算', '???')
    """
    same = simplified(same_text(text))
    return same.rstrip(_ENDS) or same


def content_id(*parts: str) -> str:
    """Return 32 hex digits that depend on the parts alone, so that the same content always gets the same id."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance. ``intents`` are labels somebody gave it, not predictions. ``at`` carries a time zone.

    ``reply_to`` is the id of the message that it answers, where an export says so: then the two belong together
    whatever was said between them.
    """

    id: str
    role: Role
    text: str
    at: datetime | None = None
    author: str = ""
    language: str = ""
    intents: tuple[str, ...] = ()
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in the order they were said, with what the help desk knew about them.

    ``customer`` is a pseudonym; ``outcome`` is what the help desk calls it, such as ``solved`` or ``reopened``;
    ``satisfaction`` is 0..1. ``partial`` says that the export may hold only some of its messages, as a table, a log or
    an incremental export does: then they join those that are known, by their ids, instead of replacing them.
    ``updated`` is when the help desk last changed it: of two versions the later one tells tags and outcome.
    """

    id: str
    messages: tuple[Message, ...]
    source: str = ""
    channel: str = ""
    customer: str = ""
    subject: str = ""
    tags: tuple[str, ...] = ()
    outcome: str = ""
    satisfaction: float | None = None
    partial: bool = False
    updated: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """Return when the conversation began, if any message is dated."""
        return min((m.at for m in self.messages if m.at), default=None)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A question and the answer that was given to it: the unit that is searched, shown and learned from.

    ``context`` holds what was said before the question, oldest first. ``id`` hashes the content, so the same exchange
    imported twice is one ticket.
    """

    id: str
    question: str
    answer: str
    context: tuple[str, ...] = ()
    intent: str = ""
    source: TicketSource = "agent"
    language: str = ""
    at: datetime | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    outcome: str = ""
    satisfaction: float | None = None

    @classmethod
    def make(
        cls,
        question: str,
        answer: str,
        *,
        context: tuple[str, ...] = (),
        intent: str = "",
        source: TicketSource = "agent",
        language: str = "",
        at: datetime | None = None,
        author: str = "",
        tags: tuple[str, ...] = (),
        outcome: str = "",
        satisfaction: float | None = None,
    ) -> Ticket:
        """Return the ticket with its content id."""
        key = content_id(source, question, answer, *context)
        return cls(key, question, answer, context, intent, source, language, at, author, tags, outcome, satisfaction)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person thought of one reply: the product's only source of truth about its own answers.

    ``reply`` is the id of the judged reply (and of its message), ``correction`` the text that should have been sent,
    ``intent`` the label that would have been right.
    """

    id: str
    reply: str
    kind: VerdictKind
    conversation: str = ""
    correction: str = ""
    intent: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SuggestionVerdict:
    """What a member of the team made of one of the answers suggested; ``text`` is what was sent after changes."""

    id: str
    suggestion: str
    ticket: str
    kind: TakenKind
    text: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """What was suggested for one message, as docs/reference/suggestions.md describes it, with what came of it."""

    id: str
    document: Mapping[str, Any]
    verdicts: tuple[SuggestionVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Curation:
    """What the other tickets say about one. Empty texts say nothing.

    ``template`` is the id of the :class:`Template` of its answer; ``duplicate_of`` the best ticket with the same
    question and answer; ``superseded_by`` the newest ticket with the answer that has replaced its own; ``withheld`` why
    its answer is never offered by itself; ``weak_intent`` a label concluded from tags, queues or the template;
    ``stale_days`` how much older it is than the newest ticket with its question or template; ``doubt`` what speaks
    against its answer without being a reason to withhold it.
    """

    ticket: str
    template: str = ""
    duplicate_of: str = ""
    superseded_by: str = ""
    withheld: str = ""
    weak_intent: str = ""
    stale_days: int = 0
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """An answer that was given many times, with ``{1}``, ``{2}`` for what differed; ``count`` is how many gave it."""

    id: str
    text: str
    language: str
    count: int
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two tickets that answer the same question differently; ``what`` names it: ``14 days / 30 days``."""

    first: str
    second: str
    what: str
