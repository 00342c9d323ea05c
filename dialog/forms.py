"""Forms: what must be known before something can be done is asked for, slot by slot, checked, and kept in the state.

They are declared in ``forms.toml`` of the home, see ``form_file``. :func:`step` is pure: a form, its state and a
message in, what comes next out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from replydesk.data.quantities.dates import MONTH
from replydesk.data.quantities.measures import measures
from replydesk.data.records import same_text
from replydesk.dialog.asking import as_told, has_name, slot_question
from replydesk.dialog.asking_back import about_slot
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.cues import amends, answered, is_cancel, is_no, is_yes, stops
from replydesk.dialog.details import only_details
from replydesk.dialog.options import chosen_option
from replydesk.dialog.parts import asks_something
from replydesk.dialog.policy import Decision, Ground
from replydesk.dialog.reading import Reading
from replydesk.dialog.state import FormState, Offer
from replydesk.dialog.unwanted import wanted_of
from replydesk.retrieval.matcher import Hit

__all__ = [
    "FORM_GROUNDS",
    "KINDS",
    "TRIES",
    "Form",
    "FormStep",
    "Slot",
    "declared_slot",
    "form_decision",
    "put_right_later",
    "question_form",
    "said_slots",
    "started_form",
    "step",
    "text_in",
    "value_in",
    "value_of",
]

FORM_GROUNDS = frozenset({"form_ask", "form_again", "form_explained", "form_done", "form_cancelled", "form_gave_up"})
"""The grounds of decisions that a form made."""


TRIES = 3
"""So often a slot is asked for; then a person takes over."""

_EXPLAINED = 2
"""So often it is explained what is asked for; then a question about that is a try."""

_KIND_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "order": re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,4}-?\d{4,14}|\d{5,20})(?![A-Za-z0-9])"),
    "number": re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w])"),
    # E-mail addresses, phone numbers and names are masked before anything reads them.
    "email": re.compile(r"<EMAIL_\d+>|[\w.+-]+@[\w-]+\.[\w.-]+"),
    "phone": re.compile(r"<PHONE_\d+>|\+?\d[\d ()-]{6,18}\d"),
    "date": re.compile(
        r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|\d{1,2}月\d{1,2}[日号]"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTH})(?: \d{{4}})?\b"
        rf"|\b(?:{MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"
        r"|\b(?:today|tonight|(?:the )?day after tomorrow|tomorrow"
        r"|(?:(?:next|this|last|coming) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:week|after next))?"
        r"|in (?:a|an|one|two|three|four|five|six|seven|ten|\d{1,2}) (?:day|week)s?)\b"
        r"|大后天|后天|明[天日]|今[天日]|(?:[这本上]|下{1,2})?个?(?:周|星期|礼拜)[一二三四五六日天末]"
        r"|[一两二三四五六七八九十\d]{1,3}(?:天|周|个?星期|个?礼拜)(?:以?后|之后)",
        re.IGNORECASE,
    ),
}
KINDS = ("text", "yes_no", "choice", "pattern", "amount", *_KIND_PATTERNS)
"""What a slot may hold: any text, a yes or no, one of some choices, what its pattern says, or an entity."""

_GROUNDS: Mapping[str, Ground] = {
    "ask": "form_ask",
    "again": "form_again",
    "explained": "form_explained",
    "cancelled": "form_cancelled",
}
_SHORTEST = 2
_WHAT = re.compile(r"\b(?:what|which|where|who|when|how)\b|什么|哪|谁|多少|怎么|几", re.IGNORECASE)
_SURE = 0.5
_YES_NO: Mapping[str, Mapping[str, str]] = {"zh": {"yes": "是", "no": "否"}}


@dataclass(frozen=True, slots=True)
class Slot:
    """Something to ask for. ``ask``, ``wrong`` and ``help`` are texts by language.

    ``choices`` are the values of the kind ``choice``; what they are called in each language, if they have texts of
    their own, tell ``labels`` by value and language.
    """

    name: str
    ask: Mapping[str, str]
    kind: str = "text"
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)

    def label(self, value: str, language: str) -> str:
        """Return what a value is called in a language: itself, unless it is a yes or no, or a choice with texts."""
        if self.kind == "yes_no":
            return _YES_NO.get(language, {}).get(value, value)
        return text_in(self.labels[value], language) if value in self.labels else value

    def offers(self, language: str) -> tuple[Offer, ...]:
        """Return the choices as quick replies in a language."""
        named = [self.label(choice, language) for choice in self.choices]
        return tuple(Offer(label, label) for label in named)

    def chosen(self, text: str) -> str:
        """Return the value of the choice that a message names, in whatever language, '' where it names none."""
        languages = dict.fromkeys(language for texts in self.labels.values() for language in texts)
        for named in (self.choices, *([self.label(one, language) for one in self.choices] for language in languages)):
            offers = [Offer(label, label, value) for label, value in zip(named, self.choices, strict=True)]
            if (option := chosen_option(text, offers)) is not None:
                return option.ticket
        return ""

    def named(self, text: str) -> str:
        """Return the one choice that a message calls by its name, in whatever language, '' where it calls none."""
        plain = same_text(text)
        found = {
            value
            for value in self.choices
            for name in (value, *self.labels.get(value, {}).values())
            if re.search(rf"(?<![a-z0-9]){re.escape(same_text(name))}(?![a-z0-9])", plain)
        }
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Form:
    """Slots to fill for certain intents or phrases, and what is said when they are; then, perhaps, a person goes on."""

    name: str
    slots: tuple[Slot, ...]
    done: Mapping[str, str]
    intents: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    handoff: bool = False

    def slot(self, name: str) -> Slot | None:
        """Return the slot of that name, None where the form has changed and lost it."""
        return next((slot for slot in self.slots if slot.name == name), None)


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


def value_of(slot: Slot, text: str) -> str:
    """Return the value that a message gives a slot that was asked for, '' where it gives none.

    >>> value_of(Slot("order", {}, "order"), "it is TW-204817"), value_of(Slot("order", {}, "order"), "no idea")
    ('TW-204817', '')
    """
    if slot.kind == "choice":
        return slot.chosen(text)
    if slot.kind == "yes_no":
        return {True: "yes", False: "no", None: ""}[answered(text)]
    if slot.kind == "text":
        return text.strip() if len(text.strip()) >= _SHORTEST and not _says_nothing(slot, text) else ""
    return value_in(slot, text)


def _says_nothing(slot: Slot, text: str) -> bool:
    """Return whether a message is a mere yes or no to a question that asks what, which or where."""
    return (is_yes(text) or is_no(text)) and any(_WHAT.search(ask) for ask in slot.ask.values())


def value_in(slot: Slot, text: str) -> str:
    """Return what a message that was not asked for it holds for a slot; only kinds that show by themselves can."""
    return next(_values_in(slot, text), "")


def _values_in(slot: Slot, text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    if slot.kind == "amount":
        yield from (plain[one.start : one.end] for one in measures(plain) if one.unit.kind == "money")
    pattern = slot.pattern if slot.kind == "pattern" else _KIND_PATTERNS.get(slot.kind)
    if pattern is not None:
        yield from (found[0].strip() for found in pattern.finditer(plain) if found[0].strip())


def started_form(
    forms: Sequence[Form],
    text: str,
    reading: Reading,
    hits: Sequence[Hit],
    *,
    pick_above: float = 0.5,
) -> Form | None:
    """Return the form that a message begins, None where it begins none.

    By a phrase in the message; by its likeliest intent, where that is as likely as all others together; or, on a desk
    without trained intents, by the intent of the best hit that could be sent.
    """
    plain = same_text(text)
    for form in forms:
        if any(same_text(phrase) in plain for phrase in form.phrases):
            return form
    if reading.intents:
        first = reading.intents[0]
        return next((form for form in forms if first.name in form.intents and first.probability >= _SURE), None)
    best = next(iter(hits), None)
    if best is None or not (best.exact or best.score >= pick_above):
        return None
    return next((form for form in forms if best.ticket.intent and best.ticket.intent in form.intents), None)


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return the team's text in a language, else the one for all, else English, else any.

    >>> text_in({"en": "Red", "zh": "红色"}, "zh"), text_in({"en": "Red", "zh": "红色"}, "fr")
    ('红色', 'Red')
    """
    for code in (language, "", "en"):
        if code in texts:
            return texts[code]
    return next(iter(texts.values()))


def declared_slot(forms: Sequence[Form], name: str) -> Slot | None:
    """Return the slot of that name of the first form that has one, None where it is asked for in words of ours.

    What a form asks of an order is about what the form does with it.
    """
    if has_name(name):
        return None
    return next((slot for form in forms if (slot := form.slot(name)) is not None), None)


def said_slots(forms: Sequence[Form], slots: Mapping[str, str], language: str) -> dict[str, str]:
    """Return slots as a text to the customer says them: a choice as it is called in the language, nothing masked.

    The first form that has a slot of that name says what its values are called.
    """
    declared = {slot.name: slot for form in reversed(forms) for slot in form.slots}
    named = {name: declared[name].label(told, language) if name in declared else told for name, told in slots.items()}
    return {name: as_told(value, language, whole=True) for name, value in named.items()}


def question_form(slot: str, declared: Slot | None = None) -> Form:
    """Return the form that asks for one slot, which an answer or a rule needs; it has no name.

    It is asked for as a form has ``declared`` it, if one has.
    """
    if declared is not None:
        return Form("", (declared,), {})
    ask = {language: slot_question(slot, language) for language in ("en", "zh")}
    return Form("", (Slot(slot, ask, slot if slot in _KIND_PATTERNS else "text"),), {})


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


def step(form: Form, state: FormState | None, text: str, slots: Mapping[str, str]) -> FormStep:
    """Return what comes next in a form after a message; without a ``state`` the message has just begun it.

    What the customer has told before is not asked again: ``slots`` are those known in the conversation. Who asks about
    what is asked for is told, and that is no try, twice for each slot.
    """
    known, changed = dict(slots), dict[str, str]()
    asked = form.slot(state.asking) if state is not None else None
    if state is not None and is_cancel(text):
        return FormStep("cancelled", known)
    if state is not None and asked is not None:
        value = value_of(asked, text)
        if asked.kind == "text" and (detail := only_details(text)) and detail in known.values():
            # A number that was told before is said once more.
            value = ""
        # "I don't want to return it" may answer whether it is to be returned.
        if (asked.kind == "text" or not value) and (stops(text) or wanted_of(text) == ""):
            return FormStep("cancelled", known)
        if state.explained < _EXPLAINED and (not value or asked.kind == "text") and _asks_about(asked, text):
            return FormStep("explained", known, replace(state, explained=state.explained + 1), asked)
        changed = _put_right(form, asked, text, known, told=bool(value))
        known |= changed
        if changed and (not value or asked.kind == "text"):
            return FormStep("ask", known, state, asked, tuple(changed))
        if not value:
            tries = state.tries + 1
            if tries >= TRIES:
                return FormStep("gave_up", known)
            return FormStep("again", known, replace(state, tries=tries), asked)
        known[asked.name] = value
    for slot in form.slots:
        if slot.name not in known and (value := value_in(slot, text)) and (asked is None or slot.kind != asked.kind):
            known[slot.name] = value
    missing = next((slot for slot in form.slots if slot.name not in known), None)
    if missing is None:
        return FormStep("done", known, changed=tuple(changed))
    after = FormState(form.name, missing.name, slots=tuple(slot.name for slot in form.slots))
    return FormStep("ask", known, after, missing, tuple(changed))


def put_right_later(form: Form, text: str, slots: Mapping[str, str]) -> FormStep | None:
    """Return a form that is done once more, with what a message puts right in it; None where it puts nothing right.

    ``slots`` are those that it was filled in with. A bare number puts right, as does "sorry, it's TW-204818".
    """
    if not amends(text) and not only_details(text):
        return None
    changed = _told_anew([slot for slot in form.slots if slot.name in slots], text, slots)
    return FormStep("done", {**slots, **changed}, changed=tuple(changed)) if changed else None


def _asks_about(slot: Slot, text: str) -> bool:
    if slot.kind == "text" and text.rstrip().endswith(("?", "？")):
        # "Can I tell you the address tomorrow?" is none.
        said = set(content_words(text))
        if any(not said.isdisjoint(content_words(ask)) for ask in slot.ask.values()):
            return True
    named = slot.kind if has_name(slot.kind) else slot.name
    return about_slot(text, named, "\n".join(slot.ask.values()), whole=slot.kind == "text")


def _put_right(form: Form, asked: Slot, text: str, known: Mapping[str, str], *, told: bool) -> dict[str, str]:
    """Return the slots of a form that were told before, and are told anew, with their new values.

    A message that says so ("sorry, I meant ...", 还是...) puts right; so does one that does not tell what is ``asked``
    for and asks nothing itself. What the slot that is asked for may hold belongs to that.
    """
    if not amends(text) and (told or asks_something(text)):
        return {}
    earlier = [slot for slot in form.slots if slot.name in known and slot.name != asked.name]
    return _told_anew(
        [one for one in earlier if one.kind != asked.kind or (not told and one.kind == "choice")], text, known
    )


def _told_anew(slots: Sequence[Slot], text: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return which of the slots a message gives another value than is known."""
    told_anew = {}
    for slot in slots:
        values = [slot.named(text), *_values_in(slot, text)]
        # Whoever says "not TW-1 but TW-2" names the first once more.
        if new := next((value for value in values if value not in ("", known[slot.name])), ""):
            told_anew[slot.name] = new
    return told_anew
