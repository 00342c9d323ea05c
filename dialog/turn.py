"""A turn: a message with what answers it, and what it is in its conversation before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from replydesk.data.records import same_text
from replydesk.dialog.cues import chosen_option, corrected, is_no, is_refusal, is_thanks, is_undecided
from replydesk.dialog.followup import rewritten
from replydesk.dialog.forms import Form, said_slots
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.reading import Reading, wants_person
from replydesk.dialog.release import Release
from replydesk.dialog.rules.situation import Situation
from replydesk.dialog.small_talk import small_talk
from replydesk.dialog.state import State
from replydesk.retrieval.matcher import Matcher

__all__ = ["Cue", "Heard", "Turn", "heard", "known_slots", "situation_of"]

Cue = Literal["", "chosen", "refused", "again", "corrected", "thanks", "follow_up", "told"]
"""What a message does in its conversation; '' where it begins something, or stands by itself."""

_IDENTIFIES = frozenset({"order", "tracking", "error", "product", "email", "phone"})


@dataclass(frozen=True, slots=True)
class Turn:
    """A message with the release and the matcher that answer it; ``began`` is when, by ``time.perf_counter``.

    ``reread`` grows with every look that has a reranker: how many hits there was time to read again.
    """

    incoming: Incoming
    release: Release
    matcher: Matcher
    began: float
    reread: list[int] = field(default_factory=list)

    @property
    def language(self) -> str:
        """Return the language in which is answered."""
        return self.incoming.language


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as its conversation makes it.

    ``meant`` is what it asks, complete by itself; ``context`` what of the conversation is still read with it. ``state``
    is the one before the reply, with what the message says of the last reply counted in.
    """

    meant: str
    context: tuple[str, ...]
    state: State
    cue: Cue = ""


def heard(text: str, state: State, context: Sequence[str] = ()) -> Heard:
    """Return what a message is in a conversation of this state.

    In this order: it chooses an option that was offered; it turns the last reply down, and asks the last question
    again; it chooses none of several options; it says what was meant instead; it asks the same again; it thanks; it
    wants a person, or is small talk; it needs the last question, with which it is then said in full. Only an answer or
    an offer can fail.
    """
    chosen = chosen_option(text, state.options)
    if chosen is not None:
        return Heard(chosen.value, (), state, "chosen")
    said = bool(state.sent or state.options)
    if said and state.topic and (is_refusal(text) or is_no(text)):
        return Heard(state.topic, (), state.turned_down(), "refused")
    if len(state.options) > 1 and state.topic and is_undecided(text):
        # What chooses nothing of what was offered is no word of the question; who does so again gets a person.
        return Heard(state.topic, (), replace(state, failures=state.failures + 1), "again")
    meant, denied = corrected(text)
    if meant:
        after = state.turned_down() if said and denied else replace(state, failures=0)
        return Heard(rewritten(meant, state.topic) or meant, (), after, "corrected")
    if said and same_text(text) == same_text(state.asked):
        return Heard(state.topic or text, (), state.turned_down(), "again")
    fresh = replace(state, failures=0) if state.failures else state
    if is_thanks(text):
        return Heard(text, (), fresh, "thanks")
    if wants_person(text) or small_talk(text, "en"):
        # These need nothing of what was said before.
        return Heard(text, (), fresh)
    if not state.topic:
        # What was said before the desk's first reply is read with it; a form or small talk since then is about itself.
        return Heard(text, () if state.asked else tuple(context), fresh)
    full = rewritten(text, state.topic)
    return Heard(full, (), fresh, "follow_up") if full else Heard(text, (), fresh)


def known_slots(state: State, reading: Reading) -> dict[str, str]:
    """Return what the customer has told so far: the slots of the conversation, and what this message identifies.

    Days and amounts are none: a message names several, and each means something else.
    """
    return {**state.slots, **{one.kind: str(one.value) for one in reading.entities if one.kind in _IDENTIFIES}}


def situation_of(incoming: Incoming, told: Heard, reading: Reading, forms: Sequence[Form] = ()) -> Situation:
    """Return what rules, facts and the places of an answer see of a message, whether it is answered or suggested for.

    The tags are those of the customer and of the conversation, and those that rules have put on it before. The
    ``forms`` tell what the values of slots are called.
    """
    slots = known_slots(told.state, reading)
    return Situation(
        told.meant,
        incoming.language,
        reading.probabilities,
        reading.entities,
        incoming.channel,
        incoming.at,
        tuple(dict.fromkeys((*incoming.tags, *told.state.tags))),
        slots,
        said_slots(forms, slots, incoming.language),
    )
