"""What a person of the team writes into a conversation that customers read."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from replydesk.data.errors import NotFoundError
from replydesk.data.preparation import Mask
from replydesk.data.records import Message
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.data.text import language_of
from replydesk.dialog.incoming import checked

__all__ = ["write_as_person"]


def write_as_person(store: Store, settings: Settings, conversation: str, text: str, *, author: str = "") -> Message:
    """Store a message of a person in a conversation and return it, masked like any other.

    From then on that person has the conversation, and nothing is answered in it until it is released. Raises
    :class:`NotFoundError` where there is no such conversation and :class:`RequestError` for an empty or too long text.
    """
    held = store.stored([conversation]).get(conversation)
    if held is None:
        raise NotFoundError("There is no such conversation.", where=conversation, hint="Check the id.")
    mask = Mask(settings.data, conversation, held.masked)
    text = checked(text, mask, settings.ui.max_text, hint="Write what the customer should read.")
    previous = next((one.language for one in reversed(held.conversation.messages) if one.language), "")
    language = language_of(text, among=settings.data.languages, previous=previous)
    written = Message(uuid.uuid4().hex, "agent", text, datetime.now(UTC), author or "agent", language)
    store.append(conversation, written, masked=mask.given)
    return written
