"""A turn: a message with what answers it, and what it is in its conversation before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from replydesk.dialog.courtesies import as_read, is_acknowledged, is_wordless, trimmed, without_courtesies
from replydesk.dialog.cues import (
    amends,
    corrected,
    is_cancel,
    is_no,
    is_refusal,
    is_same,
    is_thanks,
    is_undecided,
    is_yes,
    returned_to,
)
from replydesk.dialog.declared import Form, said_slots
from replydesk.dialog.details import only_details, points_elsewhere
from replydesk.dialog.failing import has_failed
from replydesk.dialog.followup import alternatives, by_itself, put_instead, rewritten
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.options import chosen_option, is_ordinal, labelled_option
from replydesk.dialog.parts import asks_something
from replydesk.dialog.personwish import wants_person
from replydesk.dialog.reading import Reading
from replydesk.dialog.release import Release
from replydesk.dialog.rules.situation import Situation
from replydesk.dialog.small_talk import small_talk
from replydesk.dialog.state import State
from replydesk.dialog.unwanted import says_all, wanted_of
from replydesk.retrieval.matcher import Matcher

__all__ = ["ASIDES", "Cue", "Heard", "Turn", "heard", "known_slots", "situation_of"]

Cue = Literal[
    "",
    "chosen",
    "refused",
    "again",
    "corrected",
    "thanks",
    "follow_up",
    "told",
    "answered",
    "declined",
    "elsewhere",
    "acknowledged",
    "wordless",
    "details",
]
"""What a message does in its conversation; '' where it begins something, or stands by itself."""

ASIDES: Final[frozenset[Cue]] = frozenset(
    {"thanks", "answered", "declined", "elsewhere", "acknowledged", "wordless", "details"}
)
"""The cues of messages that ask nothing to look up."""

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
    is the one before the reply, with what the message says of the last reply counted in. Of a follow-up, ``itself`` is
    what it asks without the question before, where a pronoun joins the two, and ``others`` what else it may ask.
    """

    meant: str
    context: tuple[str, ...]
    state: State
    cue: Cue = ""
    itself: str = ""
    others: tuple[str, ...] = ()


def heard(text: str, state: State, context: Sequence[str] = ()) -> Heard:
    """Return what a message is in a conversation of this state.

    In this order: it has the words of an option; it answers what the last answer asked; it asks the same again; it
    chooses an option; it turns the last reply down, and asks the last question again; it chooses none of several
    options; it says what is not wanted, or was meant instead; it only acknowledges, tells a detail or has no word; it
    wants a person, or is small talk; it needs the last question, with which it is then said in full. What it asks is
    without the courtesies around it. Only an answer or an offer can fail. Traditional characters are read as the
    simplified ones.
    """
    plain = as_read(text)
    return _of_last_reply(trimmed(text), plain, state, context) or _of_itself(plain, state, context)


def _of_last_reply(text: str, plain: str, state: State, context: Sequence[str]) -> Heard | None:
    """Return what a message says of the last reply, None where it says nothing of it.

    ``plain`` is the text in simplified characters; options have those of the team's tickets.
    """
    option = labelled_option(text, state.options)
    if option is None and state.sent and _asks(context) and (is_yes(plain) or is_no(plain)):
        return Heard(text, (), _fresh(state), "answered")
    said = bool(state.sent or state.options)
    if option is None and said and is_same(text, trimmed(state.asked)):
        return Heard(state.topic or text, (), state.turned_down(), "again")
    chosen = option or chosen_option(text, state.options)
    if chosen is not None:
        return Heard(chosen.value, (), state, "chosen")
    # "No thanks" after an answer wants no more of it, and is no complaint.
    satisfied = bool(state.sent) and is_acknowledged(plain)
    turned_down = said and (is_refusal(plain) or is_no(plain))
    # Who has turned an answer down may do so again while a colleague, or nobody, has said anything since.
    if state.topic and not satisfied and (turned_down or ((said or state.failures) and has_failed(plain))):
        return Heard(state.topic, (), state.turned_down(), "refused")
    if len(state.options) > 1 and state.topic and (is_undecided(plain) or is_ordinal(plain)):
        # What chooses nothing of what was offered is no word of the question; who does so again gets a person.
        return Heard(state.topic, (), replace(state, failures=state.failures + 1), "again")
    return None


def _of_itself(text: str, state: State, context: Sequence[str]) -> Heard:
    """Return what a message asks, which says nothing of the last reply but what was meant instead."""
    fresh, said = _fresh(state), bool(state.sent or state.options)
    wanted = wanted_of(text)
    if wanted is not None:
        if not wanted:
            return Heard(text, (), fresh, "declined")
        full = "" if says_all(wanted) else rewritten(wanted, state.topic)
        return Heard(full or wanted, (), fresh, "corrected")
    if state.topic and points_elsewhere(text):
        return Heard(state.topic, (), fresh, "elsewhere")
    meant, denied = corrected(text)
    if meant:
        after = state.turned_down() if said and denied else fresh
        full = rewritten(meant, state.topic) or put_instead(meant, state.topic)
        return Heard(full or meant, (), after, "corrected")
    if state.filled and (is_cancel(text) or amends(text)) and not asks_something(text):
        # What a colleague has got cannot be changed here; who writes so tells the colleague.
        return Heard(text, (), fresh, "answered")
    if detail := only_details(text):
        return Heard(f"{state.topic} {detail}" if state.topic else text, (), fresh, "details")
    if (cue := _aside(text, state)) is not None:
        return Heard(text, (), fresh, cue)
    if wants_person(text) or small_talk(text, "en"):
        # These need nothing of what was said before.
        return Heard(text, (), fresh)
    if back := returned_to(text):
        return Heard(back, (), fresh, "corrected")
    bare = without_courtesies(text)
    if not state.topic:
        # What was said before the desk's first reply is read with it; a form or small talk since then is about itself.
        return Heard(bare, () if state.asked else tuple(context), fresh)
    full = rewritten(text, state.topic)
    if not full:
        return Heard(bare, (), fresh)
    itself = by_itself(text, state.topic)
    others = tuple(dict.fromkeys(one for one in (without_courtesies(itself), *alternatives(text, state.topic)) if one))
    return Heard(full, (), fresh, "follow_up", itself, others)


def _aside(text: str, state: State) -> Cue | None:
    """Return the cue of a message that asks nothing to look up, None where it does."""
    if is_thanks(text):
        return "thanks"
    if state.asked and (is_acknowledged(text) or is_no(text)):
        return "acknowledged"
    return "wordless" if is_wordless(text) else None


def _fresh(state: State) -> State:
    return replace(state, failures=0) if state.failures else state


def _asks(context: Sequence[str]) -> bool:
    return bool(context) and context[-1].rstrip().endswith(("?", "？"))


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
        told.itself or told.meant,
        incoming.language,
        reading.probabilities,
        reading.entities,
        incoming.channel,
        incoming.at,
        tuple(dict.fromkeys((*incoming.tags, *told.state.tags))),
        slots,
        said_slots(forms, slots, incoming.language),
    )
