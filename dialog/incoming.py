"""What comes in: a message with all that its reply depends on, beside the desk itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from replydesk.data.errors import RequestError
from replydesk.data.preparation import Mask
from replydesk.data.records import Message
from replydesk.data.text import clean, narrow
from replydesk.dialog.state import State
from replydesk.retrieval.filters import Filter

if TYPE_CHECKING:
    from replydesk.data.store import Store

__all__ = ["Incoming", "checked", "checked_filters", "context_of", "language_before"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A customer's message, cleaned and masked, in its conversation.

    ``context`` are the texts before it, of both sides, oldest first; ``state`` is what the last reply left. ``filters``
    admit only some tickets, as in :meth:`~replydesk.retrieval.matcher.Matcher.find`; ``without`` are ids of tickets
    that must not be found, for evaluation. ``channel`` and the customer's ``tags`` are for the team's rules. ``at`` is
    the one clock of the reply: relative dates, hours and facts count from it.
    """

    text: str
    language: str
    context: tuple[str, ...] = ()
    state: State = field(default_factory=State)
    conversation: str = ""
    channel: str = ""
    tags: tuple[str, ...] = ()
    filters: Mapping[str, str] | None = None
    without: frozenset[str] = frozenset()
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def document(self) -> dict[str, Any]:
        """Return what a stored reply keeps of it: what neither the conversation nor the reply before it tells.

        ``earlier`` counts the texts that were its context.
        """
        return {
            "at": self.at.isoformat(),
            "channel": self.channel,
            "tags": list(self.tags),
            "filters": dict(self.filters or {}),
            "earlier": len(self.context),
        }


def checked(text: str, mask: Mask, limit: int, *, hint: str = "Send a question.") -> str:
    """Return a message cleaned and masked, its letters and digits of one width.

    Raises :class:`RequestError` for an empty one, or one above the limit.
    """
    text = mask(narrow(clean(text)))
    if not text:
        raise RequestError("The message is empty.", where="text", hint=hint)
    if len(text) > limit:
        message = f"The message has {len(text)} characters, {limit} are allowed."
        raise RequestError(message, where="text", hint="Shorten it, or raise the setting ui.max_text.")
    return text


def checked_filters(
    filters: Mapping[str, str] | None, store: Store, *, languages: Collection[str], intents: Collection[str]
) -> None:
    """Check filters where a request comes in, before anything else is done with it.

    Raises :class:`RequestError` for what :class:`~replydesk.retrieval.filters.Filter` does not know, and for a language
    or an intent that is neither among those of the desk nor that of a ticket. Authors and tags are anybody's own words:
    one that no ticket has finds nothing.
    """
    Filter.read(filters or {})
    known: dict[Literal["language", "intent"], Collection[str]] = {"language": languages, "intent": intents}
    for name, spoken in known.items():
        value = (filters or {}).get(name, "")
        if not value or value in spoken or store.ticket_ids({name: value}, limit=0) is None:
            continue
        there = sorted({*spoken, *store.ticket_values(name)})
        hint = f"Known: {', '.join(there)}." if there else "No ticket has one yet."
        raise RequestError(f"No ticket has this {name}.", where=f"filters.{name}", hint=hint)


def context_of(messages: Sequence[Message]) -> tuple[str, ...]:
    """Return the texts that are read as context: notes are the team's own, and events say nothing."""
    return tuple(one.text for one in messages if one.role in ("customer", "agent", "bot"))


def language_before(messages: Sequence[Message]) -> str:
    """Return the language of the customer's last message, '' where there is none."""
    return next((one.language for one in reversed(messages) if one.role == "customer"), "")
