"""Asides: what is said to a message that asks nothing to look up: "ok", a number alone, "don't cancel it", 😡."""

from __future__ import annotations

from typing import Final

from replydesk.dialog.asking import as_told, slot_question
from replydesk.dialog.details import only_details
from replydesk.dialog.policy import Decision
from replydesk.dialog.saying import SETTLED, Said
from replydesk.dialog.small_talk import thanked
from replydesk.dialog.state import State
from replydesk.dialog.turn import ASIDES, Heard

__all__ = ["with_aside"]

_HEARD: Final = {
    "en": "All right. If anything else comes up, just write here.",
    "zh": "好的，还有其他问题随时在这里留言。",
}
_HEARD_WAITING: Final = {
    "en": "All right. A colleague will reply here.",
    "zh": "好的，同事会在这里回复您。",
}
_NOTED: Final = {
    "en": "Thank you, I've passed that on. A colleague will reply here.",
    "zh": "谢谢，我已转告同事，稍后会在这里回复您。",
}
_DECLINED: Final = {
    "en": "All right, nothing is done about that. What else can I do for you?",
    "zh": "好的，不会为您办理。还有什么可以帮您？",
}
_WHAT_ABOUT: Final = {
    "en": "Thank you. What would you like to know about {}?",
    "zh": "谢谢。关于{}，您想问什么？",
}
_IT: Final = {"en": "it", "zh": "这个"}
_UNCLEAR: Final = {
    "en": "I'm not sure what you mean. Could you write it in a few words, or say “talk to a person”?",
    "zh": "我不太明白您的意思，请用几个字说一下，或者说“转人工”。",
}


def with_aside(said: Said, told: Heard, before: State, text: str, language: str) -> Said:
    """Return what is said to a message that asks nothing to look up, and what was decided to any other.

    ``before`` is the state of the conversation before it. A rule, a form, a wish for a person and a canned answer to
    just that come first.
    """
    decision = said.decision
    exact = decision.canned and told.meant == text
    person = decision.handoff not in (None, "low_confidence")
    if told.cue not in ASIDES or said.asking is not None or exact or person or decision.ground in SETTLED:
        return said
    spoken = "zh" if language == "zh" else "en"
    if told.cue == "details":
        # To a question that is still open it may be the answer's last word.
        return said if before.options and decision.answers else _told(before, text, spoken)
    if told.cue == "elsewhere":
        return Said(Decision("ask", "slot_missing"), slot_question("order", language))
    if told.cue == "thanks":
        return Said(Decision("compose", "small_talk"), thanked(language))
    if told.cue == "acknowledged":
        return Said(Decision("compose", "small_talk"), (_HEARD_WAITING if before.waiting else _HEARD)[spoken])
    if told.cue == "wordless":
        return Said(Decision("ask", "unclear"), _UNCLEAR[spoken])
    # Who has asked for a person may take that back; what a colleague has got otherwise cannot be taken back here.
    open_yet = before.waiting and before.waiting != "asked_for_person"
    if told.cue == "declined" and (before.topic or before.waiting) and not open_yet:
        return Said(Decision("ask", "declined"), _DECLINED[spoken])
    return _noted(spoken) if told.cue in ("declined", "answered") else said


def _told(before: State, text: str, spoken: str) -> Said:
    """Return what is said to a mere number: it belongs to the question before, which a colleague then looks up."""
    if before.topic or before.waiting:
        return _noted(spoken)
    detail = as_told(only_details(text), spoken)
    named = detail if detail and not detail.startswith(("http", "www")) else _IT[spoken]
    return Said(Decision("ask", "details"), _WHAT_ABOUT[spoken].format(named))


def _noted(spoken: str) -> Said:
    return Said(Decision("handoff", "noted", handoff="low_confidence"), _NOTED[spoken])
