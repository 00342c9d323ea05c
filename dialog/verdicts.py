"""What a person thinks of a reply, stored; a correction becomes a ticket that is found at once."""

from __future__ import annotations

from datetime import UTC, datetime

from replydesk.data.errors import NotFoundError, RequestError
from replydesk.data.preparation import Mask
from replydesk.data.records import Conversation, Ticket, Verdict, VerdictKind, content_id
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.data.text import clean

__all__ = ["judged"]


def judged(
    store: Store,
    settings: Settings,
    reply: str,
    kind: VerdictKind,
    *,
    correction: str = "",
    intent: str = "",
    by: str = "",
    learn: bool = True,
) -> Verdict:
    """Store a verdict on a reply and return it; with ``learn`` a correction, which is masked, becomes a ticket.

    Raises :class:`NotFoundError` for an unknown reply and :class:`RequestError` for an edit without its text.
    """
    document = store.reply(reply)
    if kind == "edited" and not correction.strip():
        raise RequestError("An edited reply needs its correction.", where=reply, hint="Send `correction` with it.")
    conversation = str(document["conversation"])
    held = store.stored([conversation]).get(conversation)
    if held is None:
        raise NotFoundError("The conversation of this reply is gone.", where=conversation, hint="Judge a newer one.")
    correction = Mask(settings.data, conversation, held.masked)(clean(correction))
    key = content_id(reply, kind, correction, intent, by)
    verdict = Verdict(key, reply, kind, conversation, correction, intent, by, datetime.now(UTC))
    store.add_verdicts([verdict])
    if correction and learn:
        store.add_ticket(_corrected(held.conversation, verdict, settings.data.context_messages))
    return verdict


def _corrected(conversation: Conversation, verdict: Verdict, context_messages: int) -> Ticket:
    """Return the ticket of the question that a reply answered, with its correction in place of the reply."""
    messages = conversation.messages
    place = next(i for i, message in enumerate(messages) if message.id == verdict.reply)
    question = messages[place - 1]
    earlier = tuple(message.text for message in messages[: place - 1])
    return Ticket.make(
        question.text,
        verdict.correction,
        context=earlier[max(0, len(earlier) - context_messages) :],
        intent=verdict.intent,
        language=question.language,
        at=verdict.at,
        author=verdict.by,
    )
