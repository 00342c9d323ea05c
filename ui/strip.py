"""The strip above the box in which a customer writes: who answers here, and how far a form has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from replydesk.dialog.forms import TRIES
from replydesk.ui.bubbles import plain
from replydesk.ui.strings import STRINGS, say
from replydesk.ui.talk import Talk, Waiting
from replydesk.ui.typed import unmasked

__all__ = ["strip"]


def strip(talk: Talk, language: str) -> str:
    """Return what a customer should know besides what was said, '' where there is nothing."""
    waiting = _waiting(talk.waiting, language) if talk.waiting else ""
    form = _form(talk.form, language, talk.typed) if talk.form else ""
    return f'<div class="rd-strip" lang="{language}">{waiting}{form}</div>' if waiting or form else ""


def _waiting(waiting: Waiting, language: str) -> str:
    since = ""
    if waiting.since is not None:
        # The page writes the time as the visitor's clock has it.
        stamp = waiting.since.isoformat()
        since = f' {say("since", language)} <time datetime="{plain(stamp)}">{waiting.since:%H:%M} UTC</time>'
    if waiting.kind == "held":
        title, more = say("held", language, who=waiting.who), say("held_more", language)
    else:
        key = f"handed_{waiting.reason}"
        why = say(key if key in STRINGS else "handed_low_confidence", language)
        title, more = say("waiting", language), f"{why}{'' if language == 'zh' else ' '}{say('waiting_more', language)}"
    return (
        f'<div class="rd-waiting rd-{waiting.kind}" role="status"><i aria-hidden="true"></i>'
        f"<p><b>{plain(title)}</b><span>{since}</span></p><p>{plain(more)}</p></div>"
    )


def _form(state: Mapping[str, Any], language: str, typed: Mapping[str, str]) -> str:
    form, told = state["form"], state["slots"]
    # A form that was begun before its slots were written down has its one question.
    names = list(form.get("slots", ())) or [form["asking"]]
    place = names.index(form["asking"]) + 1 if form["asking"] in names else 1
    steps = "".join(
        f'<li class="{"rd-done" if name in told else "rd-now" if name == form["asking"] else "rd-next"}">'
        f"{plain(_slot(name, language))}{_value(told.get(name, ''), typed)}</li>"
        for name in names
    )
    tries = int(form["tries"])
    again = say("form_try", language, number=tries + 1, most=TRIES) if tries else ""
    again = f'<em class="rd-try">{again}</em>' if again else ""
    title = _title(form["name"], language)
    count = say("form_place", language, place=place, count=len(names)) if len(names) > 1 else ""
    return (
        f'<div class="rd-form" role="status"><p><b>{plain(title)}</b><span>{count}</span>{again}</p>'
        f"<ol>{steps}</ol></div>"
    )


def _value(value: str, typed: Mapping[str, str]) -> str:
    return f" <b>{plain(unmasked(value, typed))}</b>" if value else ""


def _slot(name: str, language: str) -> str:
    """Return what a slot is called: in our words where we have any, else by its name."""
    key = f"slot_{name.casefold()}"
    return say(key, language) if key in STRINGS else _words(name)


def _title(name: str, language: str) -> str:
    """Return what a form is called: one question alone has no name, and English names say nothing in Chinese."""
    return _words(name) if name and not (language == "zh" and name.isascii()) else say("form_title", language)


def _words(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
