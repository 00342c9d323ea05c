"""The lines of a conversation as HTML: what a customer, the desk and a person said.

Tickets and messages are other people's text. Nothing of theirs reaches the page but through :func:`plain`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from replydesk.dialog.compose.sentences import sentences
from replydesk.ui.strings import say
from replydesk.ui.typed import unmasked

__all__ = ["bubble", "event", "notice", "numbers", "person", "plain", "said"]

_ENTITIES = str.maketrans({mark: f"&#{ord(mark)};" for mark in string.punctuation} | {"\n": "<br>", "\r": None})
_LAST = re.compile(r"(?:[A-Za-z0-9]{1,12}|[^\W_]{1,2})\W{0,2}\Z")
_BADGES = {"ask": "asked", "handoff": "handed"}


def plain(text: str) -> str:
    """Return HTML that shows exactly this text, in a page as well as in a Markdown renderer.

    Every ASCII punctuation mark becomes an entity: neither tags nor ``![images](…)`` nor formulas are left.

    >>> plain("<b>1*2")
    '&#60;b&#62;1&#42;2'
    """
    return text.translate(_ENTITIES)


def said(text: str, delivered: str = "", typed: Mapping[str, str] | None = None) -> str:
    """Return a customer's message; ``delivered`` is the word under one that a person will answer.

    ``typed`` is what the page still knows of what was masked, see :func:`~replydesk.ui.typed.hints`.
    """
    mark = f'<span class="rd-delivered">{delivered}</span>' if delivered else ""
    return f'<div class="rd-said">{plain(unmasked(text, typed))}{mark}</div>'


def person(text: str, name: str, language: str) -> str:
    """Return what a person of the team wrote, under that person's name."""
    who = say("colleague", language) if name in ("", "agent") else name
    return f'<div class="rd-said rd-by"><span class="rd-name">{plain(who)}</span>{plain(unmasked(text))}</div>'


def event(text: str) -> str:
    """Return a line that tells what happened, such as that a person came."""
    return f'<div class="rd-event">{plain(text)}</div>'


def notice(text: str, language: str) -> str:
    """Return a line about the conversation itself, such as why a message was not sent."""
    badge = f'<span class="rd-badge rd-notice">{say("notice", language)}</span>'
    return f'<div class="rd-said" lang="{language}">{badge}{plain(text)}</div>'


def bubble(reply: Mapping[str, Any], characters: int | None = None, *, chosen: str = "") -> str:
    """Return a reply for the conversation, its first ``characters`` only while it is being written.

    A question back and a hand-off carry a badge, in the customer's language like the text. Behind each cited sentence
    stands a button with the number of its ticket. ``chosen`` is the value of the option that was taken: then all that
    were offered are shown, and which it was.
    """
    language = str(reply["language"])
    # Who has cancelled a form is asked what else there is, and nothing first.
    badge = "" if reply.get("ground") == "form_cancelled" else _BADGES.get(str(reply["action"]), "")
    head = f'<span class="rd-badge rd-{reply["action"]}">{say(badge, language)}</span>' if badge else ""
    whole = characters is None
    kind = "rd-said" if whole else "rd-said rd-writing"
    text = _cited(reply, language) if whole else plain(reply["text"][:characters])
    return f'<div class="{kind}" lang="{plain(language)}">{head}{text}{_choices(reply, chosen, language)}</div>'


def numbers(reply: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of every cited ticket that the reply shows, in the order in which they are cited."""
    shown = {hit["ticket"] for hit in reply["hits"]}
    cited = sorted(reply["citations"], key=lambda citation: int(citation["sentence"]))
    tickets = dict.fromkeys(citation["ticket"] for citation in cited if citation["ticket"] in shown)
    return {ticket: number for number, ticket in enumerate(tickets, 1)}


def _cited(reply: Mapping[str, Any], language: str) -> str:
    """Return the text of a reply with a button behind each sentence for each of its citations."""
    text, numbered = str(reply["text"]), numbers(reply)
    ends = [sentence.end for sentence in sentences(text)]
    marks: dict[int, str] = {}
    for place, citation in enumerate(reply["citations"]):
        number, sentence = numbered.get(citation["ticket"]), int(citation["sentence"])
        if number is None or not 0 <= sentence < len(ends):
            continue
        title = plain(say("source", language, number=number))
        # Gradio lets these attributes through, and none that begin with data- or aria-.
        button = (
            f'<button type="button" class="rd-cite" name="{plain(str(reply["id"]))}" value="{place}" title="{title}">'
            f"{number}</button>"
        )
        marks[ends[sentence]] = marks.get(ends[sentence], "") + button
    parts, at = [], 0
    for end in sorted(marks):
        # The number stays on the line of the word before it.
        word = _LAST.search(text, at, end)
        start = word.start() if word else end
        parts += [plain(text[at:start]), f'<span class="rd-keep">{plain(text[start:end])}{marks[end]}</span>']
        at = end
    return "".join([*parts, plain(text[at:])])


def _choices(reply: Mapping[str, Any], chosen: str, language: str) -> str:
    if not chosen:
        return ""
    rows = "".join(
        f'<li class="rd-chosen"><span class="rd-unseen">{say("chosen", language)}</span>{plain(option["label"])}</li>'
        if option["value"] == chosen
        else f"<li>{plain(option['label'])}</li>"
        for option in reply["options"]
    )
    return f'<ul class="rd-choices">{rows}</ul>'
