"""What the desk says in its own words, in the customer's language. Everything else it says comes from tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from replydesk.dialog.asking import as_told
from replydesk.dialog.declared import Form, Slot, said_slots, text_in
from replydesk.dialog.forms import FormStep
from replydesk.dialog.parts import quoted
from replydesk.dialog.policy import Ground
from replydesk.retrieval.matcher import Hit

__all__ = ["ask_text", "form_text", "handoff_text", "in_language", "left_text", "option_label"]

_ASK = {
    "en": "I want to send you the right answer. Which of these is closest to what you mean?",
    "zh": "为了给您准确的答复，请问下面哪一个最接近您的问题？",
}
_ASK_WHETHER = {
    "en": "I want to send you the right answer. Is this what you mean?",
    "zh": "为了给您准确的答复，请问您想问的是这个吗？",
}
_ASK_KIND = {
    "en": "I see roughly what this is about. Which of these do you mean exactly?",
    "zh": "大致明白您的意思了，请问具体是下面哪一种情况？",
}
_HANDOFF = {
    "asked_for_person": {
        "en": "Of course. I'm passing you to a colleague now, with what you have written so far.",
        "zh": "好的，正在为您转接人工客服，您刚才说的内容会一并转过去。",
    },
    "out_of_scope": {
        "en": "I can't help with that one here. I've passed your message to a colleague in case we can.",
        "zh": "这个问题不在我能解答的范围内，我已把您的留言转给同事看看能不能帮上忙。",
    },
    "failed_twice": {
        "en": "I'm sorry, I couldn't help with that. A colleague will take over and reply here.",
        "zh": "很抱歉没能帮您解决，我已转给同事，稍后会在这里回复您。",
    },
    "angry": {
        "en": "I'm sorry about all this trouble. A colleague will read what you have written and reply here.",
        "zh": "非常抱歉给您添了这么多麻烦，已转给同事，会看您写的内容并在这里回复您。",
    },
    "": {
        "en": "I'm not sure enough to answer this myself, so I'm passing it to a colleague who will reply here.",
        "zh": "这个问题我没有足够的把握，已转给同事，稍后会在这里回复您。",
    },
}
_LEFT = {
    "en": "About {left} I'm not sure enough, so I've passed that to a colleague who will reply here.",
    "zh": "关于{left}，我没有足够的把握，已转给同事，稍后会在这里回复您。",
}
_LEFT_ASK_WHETHER = {
    "en": "And about {left}: is this what you mean?",
    "zh": "关于{left}，请问您想问的是这个吗？",
}
_LEFT_ASK = {
    "en": "And about {left}: which of these is closest to what you mean?",
    "zh": "关于{left}，请问下面哪一个最接近您的意思？",
}
_FORM_AGAIN = {
    "en": "I couldn't read that. {ask}",
    "zh": "抱歉，没有看懂。{ask}",
}
_FORM_ASIDE = {
    "en": "I'm not sure enough to answer that here; say “stop” to ask it by itself. {ask}",
    "zh": "这个问题我没有足够的把握；想单独问，请说“停止”。{ask}",
}
_FORM_EXPLAINED = {
    "en": "I need it to go on with this. If you don't have it, say “talk to a person” and a colleague helps you.",
    "zh": "需要这项信息才能继续办理。如果没有，请说“转人工”，由同事帮您。",
}
_FORM_CHANGED = {"en": "All right: {}. ", "zh": "好的，已改为{}。"}
_FORM_CANCELLED = {
    "en": "All right, I've stopped that. What else can I do for you?",
    "zh": "好的，已为您停止。还有什么可以帮您？",
}

_LABEL_LENGTH = 90


def in_language(language: str, texts: Mapping[str, str]) -> str:
    """Return the text in Chinese for Chinese, else the English one."""
    return texts["zh" if language == "zh" else "en"]


def ask_text(language: str, ground: Ground = "not_sure", *, options: int = 2) -> str:
    """Return the question that comes before so many options. Names of intents are the team's own and not in it."""
    if options == 1:
        return in_language(language, _ASK_WHETHER)
    return in_language(language, _ASK_KIND if ground in ("which_kind", "depends") else _ASK)


def handoff_text(ground: Ground, language: str) -> str:
    """Return what the customer reads when a person takes over."""
    return in_language(language, _HANDOFF.get(ground, _HANDOFF[""]))


def left_text(parts: Sequence[str], language: str, *, options: int = 0) -> str:
    """Return what is said of the parts of a message that are not answered: so many options, or a person is told."""
    named = [as_told(_short(quoted(part)), language) for part in parts]
    left = ("和" if language == "zh" else " and ").join(f"“{part}”" for part in named)
    said = {0: _LEFT, 1: _LEFT_ASK_WHETHER}.get(options, _LEFT_ASK)
    return in_language(language, said).format(left=left)


def option_label(hit: Hit) -> str:
    """Return a ticket's question, short enough for a button."""
    return _short(hit.ticket.question)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LABEL_LENGTH else f"{line[: _LABEL_LENGTH - 1]}…"


def form_text(step: FormStep, form: Form, language: str) -> str:
    """Return what a form says next: the team's own words, and ours where it stops."""
    if step.kind == "done":
        done = text_in(form.done, language).format_map(said_slots((form,), step.slots, language))
        return _changed_text(step, form, language) + done
    if step.kind == "cancelled":
        return in_language(language, _FORM_CANCELLED)
    if step.slot is None:
        return handoff_text("failed_twice", language)
    ask = text_in(step.slot.ask, language)
    if step.kind == "ask":
        return _changed_text(step, form, language) + ask
    if step.kind == "explained":
        own = text_in(step.slot.help, language) if step.slot.help else in_language(language, _FORM_EXPLAINED)
        question = ask if step.slot.help or not step.slot.wrong else text_in(step.slot.wrong, language)
        return f"{own}{'' if language == 'zh' else ' '}{question}"
    return text_in(step.slot.wrong, language) if step.slot.wrong else in_language(language, _FORM_AGAIN).format(ask=ask)


def form_aside_text(slot: Slot, language: str) -> str:
    """Return the question for a slot after something else was asked that has no answer here."""
    return in_language(language, _FORM_ASIDE).format(ask=text_in(slot.ask, language))


def _changed_text(step: FormStep, form: Form, language: str) -> str:
    """Return what a message has put right of what was told before, '' where it was nothing."""
    said = said_slots((form,), {name: step.slots[name] for name in step.changed}, language)
    changed = ("、" if language == "zh" else ", ").join(said.values())
    return in_language(language, _FORM_CHANGED).format(changed) if changed else ""
