"""Judging: what a member of the team made of a suggestion is stored, once."""

from __future__ import annotations

from datetime import UTC, datetime

from replydesk.data.errors import NotFoundError, RequestError
from replydesk.data.preparation import Mask
from replydesk.data.records import SuggestionVerdict, TakenKind, content_id
from replydesk.data.text import clean
from replydesk.dialog.agent import Agent

__all__ = ["judge_suggestion"]


def judge_suggestion(
    agent: Agent, suggestion: str, ticket: str, kind: TakenKind, *, text: str = "", by: str = ""
) -> SuggestionVerdict:
    """Store what was made of the answer of a ticket in a suggestion; the same again changes nothing.

    ``text`` is what was sent in place of it, masked as the conversation is. Raises :class:`NotFoundError` for a
    suggestion that was never made or did not show this ticket, :class:`RequestError` for an edit without its text.
    """
    made = agent.store.suggestion(suggestion)
    document = made.document
    beside = document.get("beside")
    shown = [item["ticket"] for item in (*document["items"], *([beside] if beside else []))]
    if ticket not in shown:
        hint = "Name the `ticket` of one of its items."
        raise NotFoundError("This suggestion did not show that ticket.", where=ticket, hint=hint)
    if kind == "edited" and not text.strip():
        hint = "Send `text`, what was sent to the customer."
        raise RequestError("An edited suggestion needs its text.", where="text", hint=hint)
    conversation = str(document.get("conversation", ""))
    held = agent.store.stored([conversation]).get(conversation) if conversation else None
    masked = Mask(agent.settings.data, conversation, held.masked if held else {})(clean(text))
    by = by or str(document.get("by", ""))
    key = content_id("suggestion", suggestion, ticket, kind, masked, by)
    same = next((one for one in made.verdicts if one.id == key), None)
    if same is not None:
        return same
    verdict = SuggestionVerdict(key, suggestion, ticket, kind, masked, by, datetime.now(UTC))
    agent.store.add_suggestion_verdicts([verdict])
    return verdict
