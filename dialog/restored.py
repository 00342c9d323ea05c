"""Restoring: a stored reply as a reply again, so that a message that comes twice is answered by the same document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from replydesk.data.records import Ticket
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.reply import Citation, Handoff, Option, Reply
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.state import State
from replydesk.retrieval.matcher import Hit

__all__ = ["reply_of"]


def reply_of(document: Mapping[str, Any]) -> Reply:
    """Return the reply of a stored document, which is its :meth:`Reply.document` again, to the letter.

    Its reading has what the document tells: the five most probable intents, and no kinds.
    """
    handoff, node = document["handoff"], document.get("node")
    mood = document["sentiment"]
    reading = Reading(
        document["language"],
        _intents(document["intents"]),
        document["out_of_scope"],
        Mood(mood["label"], mood["score"], document.get("urgency", 0.0)),
        bool(handoff) and handoff["reason"] == "asked_for_person",
        node=Intent(node["name"], node["probability"]) if node else None,
        labels={name: _intents(labels) for name, labels in document.get("labels", {}).items()},
    )
    return Reply(
        id=document["id"],
        conversation=document["conversation"],
        action=document["action"],
        text=document["text"],
        confidence=document["confidence"],
        reading=reading,
        hits=tuple(map(_hit, document["hits"])),
        reasons=tuple(document["reasons"]),
        release=document["release"],
        milliseconds=document["milliseconds"],
        citations=tuple(Citation(c["sentence"], c["ticket"], c["start"], c["end"]) for c in document["citations"]),
        handoff=Handoff(handoff["reason"], handoff["summary"]) if handoff else None,
        options=tuple(Option(option["label"], option["value"]) for option in document.get("options", ())),
        reranked=document.get("reranked", "off"),
        reread=tuple(document.get("reread", ())),
        state=State.of(document.get("state")),
        meant=document.get("meant", ""),
        message=document.get("message", ""),
        stored=document,
    )


def _intents(told: Any) -> tuple[Intent, ...]:
    return tuple(Intent(one["name"], one["probability"]) for one in told)


def _hit(told: Mapping[str, Any]) -> Hit:
    at = told.get("at")
    ticket = Ticket(
        told["ticket"],
        told["question"],
        told["answer"],
        intent=told.get("intent", ""),
        source=told["source"],
        language=told.get("language", ""),
        at=datetime.fromisoformat(at) if at else None,
        author=told.get("author", ""),
    )
    return Hit(ticket, told["similarity"], told["score"], count=told.get("count", 1))
