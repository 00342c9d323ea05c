"""Forms as a team declares them: their slots, what those are called in each language, and the questions for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from replydesk.data.quantities.dates import MONTHS
from replydesk.dialog.asking import as_told, has_name, slot_question
from replydesk.dialog.state import Offer

__all__ = ["KINDS", "Form", "Slot", "declared_slot", "question_form", "said_slots", "text_in"]

KINDS: Final = ("text", "yes_no", "choice", "pattern", "amount", "order", "number", "email", "phone", "date")
"""What a slot may hold: any text, a yes or no, one of some choices, what its pattern says, or what a message names."""

_UNDECLARED: Final = frozenset({"order", "number", "email", "phone", "date"})
_YES_NO: Final[Mapping[str, Mapping[str, str]]] = {"zh": {"yes": "是", "no": "否"}}


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
        """Return what a value is called in a language: itself, unless it is a yes or no, a day, or a named choice."""
        if self.kind == "yes_no":
            return _YES_NO.get(language, {}).get(value, value)
        if self.kind == "date":
            return _day_in(value, language)
        return text_in(self.labels[value], language) if value in self.labels else value

    def offers(self, language: str) -> tuple[Offer, ...]:
        """Return the choices as quick replies in a language."""
        named = [self.label(choice, language) for choice in self.choices]
        return tuple(Offer(label, label) for label in named)


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
    return Form("", (Slot(slot, ask, slot if slot in _UNDECLARED else "text"),), {})


def _day_in(value: str, language: str) -> str:
    """Return a day of ISO 8601 as a customer reads it; what is none, as older states have it, is left as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
