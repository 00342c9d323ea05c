"""A message and the form that goes on in its conversation: whether it is for the form, and what comes next there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from replydesk.data.script import simplified
from replydesk.dialog.courtesies import trimmed
from replydesk.dialog.cues import stopped_for
from replydesk.dialog.days import Moment
from replydesk.dialog.declared import Form, declared_slot, question_form
from replydesk.dialog.forms import FormStep, is_stopped, put_right_later, step
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.parts import asks_something
from replydesk.dialog.personwish import wants_person
from replydesk.dialog.state import FormState, State
from replydesk.dialog.telling import value_of
from replydesk.dialog.turn import Heard, heard
from replydesk.dialog.unwanted import wanted_of

__all__ = ["is_about_form", "with_form"]


def with_form(incoming: Incoming, forms: Sequence[Form], moment: Moment) -> tuple[Heard, Form | None, FormStep | None]:
    """Return what the message is, with the form that goes on and its next step, if there is one.

    When an open question for a slot is answered, what was asked before is asked again, and the slot is known.
    """
    text, state = trimmed(incoming.text), incoming.state
    if state.form is not None and asks_something(rest := _instead(simplified(text), state.form, forms, moment)):
        # Whoever stops a form to ask something else has asked that.
        return heard(rest, replace(state, form=None), incoming.context), None, None
    told = heard(text, state, incoming.context)
    if wants_person(text):
        return told, None, None
    if state.form is None:
        return _handed_over(told, text, state, forms, moment)
    if not state.form.name:
        asking = state.form.asking
        question = question_form(asking, declared_slot(forms, asking))
        taken = step(question, state.form, text, state.slots, moment)
        if taken.kind == "done":
            return Heard(state.topic or text, (), replace(state, slots=taken.slots), "told"), None, None
        if taken.kind == "again" and asks_something(text):
            return told, None, None
        return Heard(text, (), state), question, taken
    form = _form_named(state.form.name, forms)
    if form is None:
        return told, None, None
    return Heard(text, (), state), form, step(form, state.form, text, state.slots, moment)


def is_about_form(taken: FormStep, text: str) -> bool:
    """Return whether a message is about the form alone: it fills, puts right, or asks what the team explains."""
    if taken.kind == "explained":
        return taken.slot is not None and bool(taken.slot.help)
    return taken.kind in ("ask", "done") and (bool(taken.changed) or not asks_something(text))


def _form_named(name: str, forms: Sequence[Form]) -> Form | None:
    return next((one for one in forms if one.name == name), None)


def _instead(text: str, going: FormState, forms: Sequence[Form], moment: Moment) -> str:
    """Return what is wanted instead of a form that goes on, '' where that may be what the form asks for."""
    form = _form_named(going.name, forms)
    asked = form.slot(going.asking) if form is not None else None
    rest = stopped_for(text)
    if rest and (asked is None or is_stopped(asked, text[: len(text) - len(rest)])):
        return rest
    fits = asked is None or asked.kind == "text" or bool(value_of(asked, text, moment))
    return "" if fits else wanted_of(text) or ""


def _handed_over(
    told: Heard, text: str, state: State, forms: Sequence[Form], moment: Moment
) -> tuple[Heard, Form | None, FormStep | None]:
    """Return what a message is, with the form that a colleague has got, where it puts right what that says."""
    form = _form_named(state.filled, forms) if state.filled else None
    taken = put_right_later(form, text, state.slots, moment) if form is not None else None
    return (Heard(text, (), state), form, taken) if taken is not None else (told, None, None)
