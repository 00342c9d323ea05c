"""The reply itself: what was decided and said, with its evidence, its reasons and the state that it leaves."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

from replydesk.dialog.forms import FORM_GROUNDS
from replydesk.dialog.looking import STEPS, Found
from replydesk.dialog.policy import Decision, decide
from replydesk.dialog.promise import Promise
from replydesk.dialog.reading import Reading
from replydesk.dialog.reasons import Called, handoff_summary, held_by, reasons
from replydesk.dialog.reply import Handoff, Option, Reply
from replydesk.dialog.rules.applying import tags_of
from replydesk.dialog.rules.rules import Fired
from replydesk.dialog.saying import Said
from replydesk.dialog.sentiment import mood_of
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.dialog.small_talk import small_talk
from replydesk.dialog.state import state_after
from replydesk.dialog.turn import Heard, Turn, known_slots
from replydesk.retrieval.matcher import Hit
from replydesk.retrieval.reranking.reranker import Reranked

__all__ = ["made_reply", "silent_reply", "unread"]

# After these the conversation is still about what it was about before.
_ASIDE = FORM_GROUNDS | {"small_talk", "abuse", "alarm", "noted", "details", "declined", "unclear", "private"}


def made_reply(
    turn: Turn,
    told: Heard,
    found: Found,
    said: Said,
    fired: Sequence[Fired],
    *,
    lines: Thresholds,
    promise: Promise | None,
    least: int,
    called: Called,
) -> Reply:
    """Return the reply that says this, with the state that it leaves.

    ``lines`` are the thresholds that it was decided by, and ``promise`` what they are made of; ``least`` so many hits
    are shown, where there are as many; ``called`` says what an intent is called in a language.
    """
    reading, hits, decision = found.reading, found.reranked.hits, said.decision
    shown = _shown(decision, hits, least)
    slots = {**known_slots(told.state, reading), **said.slots}
    text = turn.incoming.text
    meant = told.meant if told.meant != text else ""
    # Who greets, or says goodbye, has asked nothing that the next message could go on with.
    aside = told.cue == "thanks" or decision.ground in _ASIDE or small_talk(text, reading.language) is not None
    after = state_after(
        told.state,
        asked=text,
        # What is asked about is what the next message is about.
        topic=_topic(told, reading, decision, aside=aside),
        sent=[hit.ticket.id for hit in decision.hits] if decision.answers and not decision.options else (),
        options=said.offers,
        slots=slots,
        form=said.asking,
        tags=tags_of(fired),
        waiting=decision.handoff or (told.state.waiting if aside and decision.ground != "declined" else ""),
        filled=said.filled or (told.state.filled if aside else ""),
    )
    return Reply(
        id=uuid.uuid4().hex,
        conversation=turn.incoming.conversation,
        action=decision.action,
        ground=decision.ground,
        text=said.text,
        confidence=shown[0].score if shown else 0.0,
        reading=reading,
        hits=shown,
        reasons=reasons(
            decision,
            reading,
            shown,
            found.reranked.outcome,
            meant=meant,
            promise=promise,
            fired=fired,
            conflicts=said.conflicts,
            called=called,
        ),
        release=turn.release.id,
        milliseconds={"total": 1000 * (time.perf_counter() - turn.began), **found.milliseconds},
        citations=said.citations,
        conflicts=said.conflicts,
        handoff=(
            Handoff(decision.handoff, handoff_summary(text, reading, shown, slots, decision.left, called))
            if decision.handoff
            else None
        ),
        options=tuple(Option(offer.label, offer.value) for offer in said.offers),
        reranked=found.reranked.outcome,
        reread=tuple(turn.reread),
        state=after,
        meant=meant,
        rules=tuple(fired),
        incoming=turn.incoming,
        lines=lines,
        tickets_at=turn.matcher.change,
    )


def _topic(told: Heard, reading: Reading, decision: Decision, *, aside: bool) -> str:
    """Return what the conversation is about after a reply: an order that was only named is what "it" will be."""
    order = next((one.value for one in reading.entities if one.kind == "order"), "")
    if decision.ground == "details" and order:
        return f"我的订单{order}" if reading.language == "zh" else f"my order {order}"
    if aside or decision.handoff == "asked_for_person":
        # Who wants a person asks nothing that what comes then could be about.
        return told.state.topic
    return decision.left[0] if decision.options else told.itself or told.meant


def silent_reply(turn: Turn) -> Reply:
    """Return the reply that says nothing, since a person has the conversation."""
    incoming, state = turn.incoming, turn.incoming.state
    found = unread(incoming.text, turn.language)
    decision = decide(found.reading, (), Thresholds(), taken_over=True)
    assert decision.handoff is not None
    return Reply(
        id=uuid.uuid4().hex,
        conversation=incoming.conversation,
        action=decision.action,
        ground=decision.ground,
        text="",
        confidence=0.0,
        reading=found.reading,
        hits=(),
        reasons=(held_by(state.taken_over, turn.language),),
        release=turn.release.id,
        milliseconds={"total": 1000 * (time.perf_counter() - turn.began), **found.milliseconds},
        handoff=Handoff(decision.handoff, handoff_summary(incoming.text, found.reading, ())),
        state=state_after(replace(state, failures=0, angry=0), asked=incoming.text, form=state.form),
        incoming=incoming,
    )


def unread(text: str, language: str) -> Found:
    """Return what is known of a message that is neither encoded nor looked up."""
    reading = Reading(language, (), 0.0, mood_of(text), False)
    return Found(reading, Skills(), Reranked([], "off"), dict.fromkeys(STEPS, 0.0))


def _shown(decision: Decision, hits: Sequence[Hit], least: int) -> tuple[Hit, ...]:
    """Return the hits that are shown, best first; what is cited is among them."""
    first = tuple(hits[: max(least, len(decision.hits))])
    # The kind that a message names may be far behind the others.
    behind = decision.action == "pick" and decision.hits[0] not in first
    if decision.action != "compose" and decision.ground != "partly" and not behind:
        return first
    found = {hit.ticket.id: hit for hit in (*decision.hits, *hits)}
    return tuple(sorted(list(found.values())[: max(least, len(decision.hits))], key=lambda hit: -hit.score))
