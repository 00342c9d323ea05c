"""Forms: what must be known before something can be done is asked for, slot by slot, checked, and kept in the state.

They are declared in ``forms.toml`` of the home, see ``form_file``. :func:`step` is pure: a form, its state and a
message in, what comes next out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from replydesk.dialog.asking import has_name
from replydesk.dialog.asking_back import about_slot
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.consent import declines
from replydesk.dialog.cues import amends, is_cancel, plain, stops
from replydesk.dialog.days import Moment
from replydesk.dialog.declared import Form, Slot
from replydesk.dialog.details import only_details
from replydesk.dialog.mentions import Mention, is_denied, statements_of
from replydesk.dialog.options import labelled_option
from replydesk.dialog.policy import Decision, Ground
from replydesk.dialog.reading import Reading
from replydesk.dialog.righting import put_right, told_anew, told_before, without_righted
from replydesk.dialog.state import FormState
from replydesk.dialog.telling import agreed_in, named_in, value_in, value_of
from replydesk.dialog.unwanted import wanted_of
from replydesk.retrieval.matcher import Hit

__all__ = [
    "FORM_GROUNDS",
    "TRIES",
    "FormStep",
    "form_decision",
    "is_stopped",
    "put_right_later",
    "started_form",
    "step",
]

FORM_GROUNDS = frozenset({"form_ask", "form_again", "form_explained", "form_done", "form_cancelled", "form_gave_up"})
"""The grounds of decisions that a form made."""

TRIES = 3
"""So often a slot is asked for; then a person takes over."""

_EXPLAINED = 2
"""So often it is explained what is asked for; then a question about that is a try."""

_GROUNDS: Mapping[str, Ground] = {
    "ask": "form_ask",
    "again": "form_again",
    "explained": "form_explained",
    "cancelled": "form_cancelled",
}
_SURE = 0.5
# A question has no mark where somebody is in a hurry; "is broken" and "can't log in" are none.
_ASKING: Final = re.compile(
    r"\A\W*(?:(?:and|but|so|ok(?:ay)?|wait|sorry)\W+)*"
    r"(?:(?:what|where|when|why|how|who|which)\W+(?:long |much |many |else )?)?"
    r"(?:can|could|may|shall|should|must|do|does|did|is|are|will|would|have|has)"
    r" (?:i|you|we|it|they|there|this|that|someone|somebody|anyone)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FormStep:
    """What comes next in a form: a slot is asked for, again, or explained, or it is done, cancelled or given up.

    ``changed`` are slots told before whose value the message has put right.
    """

    kind: Literal["ask", "again", "explained", "done", "cancelled", "gave_up"]
    slots: Mapping[str, str]
    state: FormState | None = None
    slot: Slot | None = None
    changed: tuple[str, ...] = ()


def started_form(
    forms: Sequence[Form],
    text: str,
    reading: Reading,
    hits: Sequence[Hit],
    *,
    pick_above: float = 0.5,
) -> Form | None:
    """Return the form that a message begins, None where it begins none.

    By a phrase in the message that it does not deny; by its likeliest intent, where that is as likely as all others
    together; or, on a desk without trained intents, by the intent of the best hit that could be sent.
    """
    line = plain(text).lower()
    for form in forms:
        if any(_holds(line, plain(phrase).lower()) for phrase in form.phrases):
            return form
    if reading.intents:
        first = reading.intents[0]
        return next((form for form in forms if first.name in form.intents and first.probability >= _SURE), None)
    best = next(iter(hits), None)
    if best is None or not (best.exact or best.score >= pick_above):
        return None
    return next((form for form in forms if best.ticket.intent and best.ticket.intent in form.intents), None)


def _holds(line: str, phrase: str) -> bool:
    start = line.find(phrase)
    return start >= 0 and not is_denied(line, Mention(phrase, start, start + len(phrase)))


def form_decision(form: Form, taken: FormStep) -> Decision:
    """Return the decision that a step of a form is.

    What is asked for is an ``ask``; a form that is done is said to be (``compose``), or handed to a person by the rule
    of the team.
    """
    if taken.kind == "gave_up":
        return Decision("handoff", "form_gave_up", handoff="repeated_failure")
    if taken.kind == "done":
        return Decision("handoff", "form_done", handoff="rule") if form.handoff else Decision("compose", "form_done")
    return Decision("ask", _GROUNDS[taken.kind])


def step(
    form: Form, state: FormState | None, text: str, slots: Mapping[str, str], moment: Moment | None = None
) -> FormStep:
    """Return what comes next in a form after a message; without a ``state`` the message has just begun it.

    What the customer has told before is not asked again: ``slots`` are those known in the conversation. Who asks about
    what is asked for is told, and that is no try, twice for each slot. Days count from the ``moment``, or now.
    """
    moment = moment or Moment()
    asked = form.slot(state.asking) if state is not None else None
    if state is None or asked is None:
        if state is not None and is_cancel(text):
            return FormStep("cancelled", dict(slots))
        return _next(form, _begun(form, text, slots, moment))
    return _gone_on(form, state, asked, text, dict(slots), moment)


def is_stopped(asked: Slot, text: str) -> bool:
    """Return whether a message stops the form that asks for a slot. A refusal may answer a yes-or-no question."""
    if asked.kind == "yes_no" and declines(text):
        return False
    return is_cancel(text) and labelled_option(text, asked.offers("")) is None


def put_right_later(form: Form, text: str, slots: Mapping[str, str], moment: Moment | None = None) -> FormStep | None:
    """Return a form that is done once more, with what a message puts right in it; None where it puts nothing right.

    ``slots`` are those that it was filled in with. A bare number puts right, as does "sorry, it's TW-204818".
    """
    if not amends(text) and not only_details(text):
        return None
    filled = [slot for slot in form.slots if slot.name in slots]
    changed = told_anew(filled, text, slots, moment or Moment())
    return FormStep("done", {**slots, **changed}, changed=tuple(changed)) if changed else None


def _begun(form: Form, text: str, slots: Mapping[str, str], moment: Moment) -> dict[str, str]:
    """Return the slots that are known when a form begins: those of the conversation, and what the message tells.

    Where it tells another value than is known, such as another order, it is about something else than before: what was
    told of that, other than what a customer has but one of, is asked for anew.
    """
    told = {slot.name: value for slot in form.slots if (value := value_in(slot, text, moment))}
    anew = any(name in slots and slots[name] != value for name, value in told.items())
    stale = {slot.name for slot in form.slots if anew and slot.kind not in ("email", "phone")}
    return {name: value for name, value in slots.items() if name not in stale} | told


def _gone_on(form: Form, state: FormState, asked: Slot, text: str, known: dict[str, str], moment: Moment) -> FormStep:
    """Return what comes next in a form that has asked for a slot."""
    value = _answer(form, asked, text, known, moment)
    # "I don't want to return it" may answer whether it is to be returned.
    refused = (asked.kind == "text" or not value) and (stops(text) or wanted_of(text) == "")
    if is_stopped(asked, text) or refused:
        return FormStep("cancelled", known)
    if state.explained < _EXPLAINED and (not value or asked.kind == "text") and _asks_about(asked, text):
        return FormStep("explained", known, replace(state, explained=state.explained + 1), asked)
    changed = put_right(form, asked, text, known, moment, told=bool(value))
    known |= changed
    if changed and (not value or asked.kind == "text"):
        return FormStep("ask", known, state, asked, tuple(changed))
    beside = _beside(form, asked, text, known, moment)
    if value:
        return _next(form, known | {asked.name: value} | beside, changed)
    if beside:
        # Who tells something else that is needed has told something.
        return FormStep("ask", known | beside, state, asked)
    if state.tries + 1 >= TRIES:
        return FormStep("gave_up", known)
    return FormStep("again", known, replace(state, tries=state.tries + 1), asked)


def _answer(form: Form, asked: Slot, text: str, known: Mapping[str, str], moment: Moment) -> str:
    """Return the value that a message gives what was asked for: what puts another slot right is none."""
    if asked.kind == "yes_no":
        return value_of(asked, without_righted(form, asked, text, known, moment), moment)
    if asked.kind == "text" and (detail := only_details(text)):
        # A number that was told before is said once more, or another one put in its place.
        earlier = told_before(form, asked, known)
        if detail.upper() in {value.upper() for value in known.values()} or (
            not _wants_number(asked) and told_anew(earlier, text, known, moment)
        ):
            return ""
    return value_of(asked, text, moment)


def _wants_number(asked: Slot) -> bool:
    return any(word in ask.lower() for ask in asked.ask.values() for word in ("number", "code", "号", "码"))


def _beside(form: Form, asked: Slot, text: str, known: Mapping[str, str], moment: Moment) -> dict[str, str]:
    """Return what a message tells of slots that are still to be asked for, beside the one that was."""
    told, text = dict[str, str](), statements_of(plain(text))
    for slot in form.slots:
        if slot.name in known or slot.name == asked.name:
            continue
        if slot.kind == "yes_no":
            value = agreed_in(slot, text)
        elif slot.kind == "choice":
            # Words of a text, or of the choice that was asked for, choose nothing else.
            value = "" if asked.kind == "text" or named_in(asked, text) else named_in(slot, text)
        else:
            value = value_in(slot, text, moment) if slot.kind != asked.kind else ""
        if value:
            told[slot.name] = value
    return told


def _next(form: Form, known: Mapping[str, str], changed: Mapping[str, str] | None = None) -> FormStep:
    """Return the question for the first slot that is missing, or that the form is done."""
    put = tuple(changed or ())
    missing = next((slot for slot in form.slots if slot.name not in known), None)
    if missing is None:
        return FormStep("done", known, changed=put)
    after = FormState(form.name, missing.name, slots=tuple(slot.name for slot in form.slots))
    return FormStep("ask", known, after, missing, put)


def _asks_about(slot: Slot, text: str) -> bool:
    if slot.kind == "text" and (text.rstrip().endswith(("?", "？")) or _ASKING.match(text)):
        # "Can I tell you the address tomorrow?" is none.
        said = set(content_words(text))
        if any(not said.isdisjoint(content_words(ask)) for ask in slot.ask.values()):
            return True
    named = slot.kind if has_name(slot.kind) else slot.name
    return about_slot(text, named, "\n".join(slot.ask.values()), whole=slot.kind == "text")
