"""Saying: what goes out with a decision, and what the team's rules and the guard make of it. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from replydesk.data.settings import Settings
from replydesk.dialog import phrases
from replydesk.dialog.asking import slot_question
from replydesk.dialog.compose.composer import Draft
from replydesk.dialog.compose.sentences import sentences
from replydesk.dialog.compose.slots import filled, slots_of
from replydesk.dialog.declared import Form, Slot, text_in
from replydesk.dialog.forms import FORM_GROUNDS, FormStep, form_decision
from replydesk.dialog.guard import Alarm, alarm_text, asks_about_somebody_else, guarded, not_told
from replydesk.dialog.policy import Decision
from replydesk.dialog.reading import Reading
from replydesk.dialog.reply import Citation, Conflict
from replydesk.dialog.rules.applying import RULE, apply_rules, deciding
from replydesk.dialog.rules.rules import Fired
from replydesk.dialog.sending import sendable
from replydesk.dialog.small_talk import small_talk
from replydesk.dialog.state import FormState, Offer
from replydesk.retrieval.matcher import Hit

__all__ = [
    "SETTLED",
    "Said",
    "after_form",
    "after_guard",
    "after_question",
    "after_rules",
    "alarmed",
    "begun_form",
    "composed",
    "decided",
    "kept_private",
    "with_manners",
]

SETTLED = FORM_GROUNDS | {"rule"}
"""Where a form or a rule of the team has decided, good manners change nothing."""

Fill = Callable[[str], str | None]
"""What fills facts and hours into an answer; None where one is not known."""


@dataclass(frozen=True, slots=True)
class Said:
    """A decision with what goes out with it.

    ``asking`` is the form, or the open question for a slot, in which the conversation is left; ``slots`` are those that
    a form has learned; ``offers`` the quick replies. ``conflicts`` are what past answers disagree in, for the team.
    ``rest`` is what is said, behind the answers, of the parts of the message that have none; ``fired`` are rules that
    hold of a part. ``filled`` names a form that a colleague has got. ``own`` is what the team itself wrote of the text,
    in its rules, forms and canned answers, with its places filled.
    """

    decision: Decision
    text: str
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    offers: tuple[Offer, ...] = ()
    asking: FormState | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    fired: tuple[Fired, ...] = ()
    filled: str = ""
    own: tuple[str, ...] = ()


def decided(
    decision: Decision,
    reading: Reading,
    slots: Mapping[str, str],
    fill: Fill,
    declared: Callable[[str], Slot | None] = lambda _name: None,
) -> Said:
    """Return what a decision of the policy says.

    Answers have their places filled, and parts of the message that have none are said to be open. What a canned answer
    needs to know of the customer is asked for; an answer that needs what nobody here knows goes to a person, who can
    look it up. ``slots`` are as they are said to the customer; ``declared`` gives one as a form declares it.
    """
    language = reading.language
    if decision.action == "ask" and not decision.answers:
        asked = phrases.ask_text(language, decision.ground, options=len(decision.hits))
        return Said(decision, asked, offers=_offers(decision.hits))
    if not decision.answers:
        return Said(decision, phrases.handoff_text(decision.ground, language))
    texts, own = list[str](), list[str]()
    for hit in decision.hits:
        known = fill(sendable(hit.ticket.answer) or "")
        text = filled(known, slots) if known is not None else None
        if text is None:
            missing = [name for name in slots_of(known or "") if not slots.get(name, "").strip()]
            if hit.ticket.source == "canned" and missing and missing[0].isidentifier():
                return _asked_for(
                    missing[0], language, Decision("ask", "slot_missing", (hit,)), slot=declared(missing[0])
                )
            unfilled = Decision("handoff", "unfilled", handoff="low_confidence")
            return Said(unfilled, phrases.handoff_text(unfilled.ground, language))
        texts.append(text)
        own += [text] if hit.ticket.source != "agent" else []
    rest = phrases.left_text(decision.left, language, options=len(decision.options)) if decision.left else ""
    cited, offers = _citations(decision), _offers(decision.options)
    return Said(decision, "\n\n".join(texts), cited, offers=offers, rest=rest, own=tuple(own))


def _citations(decision: Decision) -> tuple[Citation, ...]:
    """Return where each sentence of the answers comes from, counted through the whole text."""
    cited: list[Citation] = []
    for hit in decision.hits:
        sent = sendable(hit.ticket.answer) or ""
        # A signature that was taken out is no sentence of the reply.
        kept = [found for found in sentences(hit.ticket.answer) if (sendable(found.text) or "\0") in sent]
        cited += [Citation(len(cited) + i, hit.ticket.id, found.start, found.end) for i, found in enumerate(kept)]
    return tuple(cited)


def _offers(hits: Sequence[Hit]) -> tuple[Offer, ...]:
    return tuple(Offer(phrases.option_label(hit), hit.ticket.question, hit.ticket.id) for hit in hits)


def _asked_for(name: str, language: str, decision: Decision, text: str = "", slot: Slot | None = None) -> Said:
    """Return the question for a slot; when it is answered, the conversation goes on with what was asked before.

    Without a ``text`` it is that of the ``slot``, where a form has declared it.
    """
    text = text or (text_in(slot.ask, language) if slot is not None else slot_question(name, language))
    offers = slot.offers(language) if slot is not None else ()
    return Said(decision, text, offers=offers, asking=FormState("", name))


def composed(draft: Draft, hits: Sequence[Hit]) -> Said:
    """Return what a composer has drafted of these hits."""
    cited = {one.ticket for one in draft.citations}
    decision = Decision("compose", "composed", tuple(hit for hit in hits if hit.ticket.id in cited))
    return Said(decision, draft.text, draft.citations, draft.conflicts)


def begun_form(form: Form, taken: FormStep, language: str) -> Said:
    """Return what a form says at a step."""
    offers = taken.slot.offers(language) if taken.slot is not None else ()
    text = phrases.form_text(taken, form, language)
    filled = form.name if taken.kind == "done" and form.handoff else ""
    return Said(
        form_decision(form, taken),
        text,
        offers=offers,
        asking=taken.state,
        slots=taken.slots,
        filled=filled,
        own=(text,),
    )


def after_form(said: Said, form: Form, back: FormStep, state: FormState | None, language: str) -> Said:
    """Return an answer to something else, with the question of the form that goes on behind it."""
    asks = begun_form(form, back, language)
    text, own = f"{said.text}\n\n{asks.text}", (*said.own, asks.text)
    return replace(said, text=text, offers=asks.offers, asking=state, slots=asks.slots, own=own)


def after_question(said: Said, taken: FormStep, language: str) -> Said:
    """Return the question of a form after something else was asked that has no answer here: that is said first."""
    assert taken.slot is not None
    return replace(said, text=phrases.form_aside_text(taken.slot, language))


def alarmed(alarm: Alarm, language: str, settings: Settings, *, repeated: bool = False) -> Said:
    """Return what is said to an alarm: self-harm, threats and lasting abuse go to a person, with words that fit."""
    lines = settings.dialog.crisis_lines
    text = alarm_text(alarm.kind, language, repeated=repeated, region=settings.data.region, crisis_lines=lines)
    return Said(Decision("handoff", "alarm", handoff="safety"), text)


def after_rules(said: Said, fired: Sequence[Fired], language: str) -> Said:
    """Return what becomes of it after the team's rules, with the text of the rule that decided."""
    decision = apply_rules(said.decision, fired)
    if decision == said.decision:
        return said
    first = deciding(fired)
    if decision.action == "handoff" or first is None:
        return Said(decision, phrases.handoff_text(RULE, language), slots=said.slots)
    if first.effect == "ask":
        return _asked_for(first.reason, language, decision, first.text)
    return Said(decision, first.text, slots=said.slots, own=(first.text,))


def kept_private(said: Said, text: str, language: str) -> Said:
    """Return what is said to a message that asks for somebody else's data: that it is not told, and who may help.

    A rule, a form, a wish for a person and a canned answer to just that come first.
    """
    decision = said.decision
    person = decision.handoff not in (None, "low_confidence")
    settled = said.asking is not None or decision.canned or person or decision.ground in SETTLED
    if settled or not asks_about_somebody_else(text):
        return said
    return Said(Decision("ask", "private"), not_told(language))


def with_manners(said: Said, text: str, language: str, alarm: Alarm | None, settings: Settings) -> Said:
    """Return what is said to a message that is nothing but small talk, or insults and has no answer: words that fit.

    Small talk is answered so unless a canned answer is meant for just that, or a form, a rule or a person has to do
    with it: what a colleague once said to a greeting goes on to something else. Abuse that comes with a question which
    has an answer is borne once; where it is half of the message, it comes with none.
    """
    decision = said.decision
    unsure = not decision.answers and decision.handoff in (None, "low_confidence")
    if said.asking is not None or decision.canned or decision.ground in SETTLED or not (unsure or decision.answers):
        return said
    if alarm is not None:
        alone = unsure or 2 * len(alarm.text) >= len(text)
        return Said(Decision("ask", "abuse"), alarmed(alarm, language, settings).text) if alone else said
    talk = small_talk(text, language)
    return said if talk is None else Said(Decision("compose", "small_talk"), talk.text)


def after_guard(
    said: Said,
    earlier: Sequence[str],
    language: str,
    settings: Settings,
    *,
    hosts: Callable[[], Collection[str]],
    objects: Callable[[str], bool],
) -> Said:
    """Return what may go out: its plain text, or a hand-off where something forbids to send it.

    ``objects`` says of a text that it contradicts a fact, or promises what nobody may. The guard forbids links to hosts
    that the team has not named, offensive wording, and personal data of somebody else: ``earlier`` texts of the
    conversation, canned answers and what the team wrote in its rules and forms may be repeated. What it forbids of a
    part goes to a person with the whole.
    """
    if not said.decision.answers:
        return said
    if objects(said.text):
        return _stopped(Decision("handoff", "objected", handoff="rule"), said, language)
    canned = [hit.ticket.answer for hit in said.decision.hits if hit.ticket.source != "agent"]
    whole = f"{said.text}\n\n{said.rest}" if said.rest else said.text
    checked = guarded(whole, [*earlier, *canned, *said.own, *said.slots.values()], settings, hosts=hosts)
    if checked.problems:
        return _stopped(Decision("handoff", "unsafe", handoff=checked.problems[0].reason), said, language)
    return replace(said, text=checked.text, rest="")


def _stopped(decision: Decision, said: Said, language: str) -> Said:
    return Said(decision, phrases.handoff_text(decision.ground, language), slots=said.slots)
