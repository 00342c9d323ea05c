"""What comes in: a message with all that its reply depends on, beside the desk itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from replydesk.data.errors import RequestError
from replydesk.data.preparation import Mask
from replydesk.data.records import Message
from replydesk.data.text import clean
from replydesk.dialog.state import State

__all__ = ["Incoming", "checked", "context_of", "language_before"]


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
    """Return a message cleaned and masked. Raises :class:`RequestError` for an empty one, or one above the limit."""
    text = mask(clean(text))
    if not text:
        raise RequestError("The message is empty.", where="text", hint=hint)
    if len(text) > limit:
        message = f"The message has {len(text)} characters, {limit} are allowed."
        raise RequestError(message, where="text", hint="Shorten it, or raise the setting ui.max_text.")
    return text


def context_of(messages: Sequence[Message]) -> tuple[str, ...]:
    """Return the texts that are read as context: notes are the team's own, and events say nothing."""
    return tuple(one.text for one in messages if one.role in ("customer", "agent", "bot"))


def language_before(messages: Sequence[Message]) -> str:
    """Return the language of the customer's last message, '' where there is none."""
    return next((one.language for one in reversed(messages) if one.role == "customer"), "")
