"""Replies as HTML: what the customer reads, and the panel that shows where it came from.

Tickets are other people's text. Nothing of theirs reaches the page but through :func:`plain`.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from replydesk.ui.strings import say

__all__ = ["bubble", "evidence", "greeting", "heading", "notice", "plain", "said"]

_ENTITIES = str.maketrans({mark: f"&#{ord(mark)};" for mark in string.punctuation} | {"\n": "<br>", "\r": None})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Two speech bubbles that meet: the question, and the answer from the past.
_MARK = (
    '<svg viewBox="0 0 40 40" aria-hidden="true"><path d="M6 4h20a6 6 0 0 1 6 6v7a6 6 0 0 1-6 6H14l-8 6V4z"/>'
    '<path d="M36 15v21l-7-5H18a6 6 0 0 1-5.7-4H27a9 9 0 0 0 9-9z"/></svg>'
)
_BADGES = {"ask": "asked", "handoff": "handed"}


def plain(text: str) -> str:
    """Return HTML that shows exactly this text, in a page as well as in a Markdown renderer.

    Every ASCII punctuation mark becomes an entity: neither tags nor ``![images](…)`` nor formulas are left.

    >>> plain("<b>1*2")
    '&#60;b&#62;1&#42;2'
    """
    return text.translate(_ENTITIES)


def said(text: str) -> str:
    """Return a customer's message for the conversation."""
    return f'<div class="rd-said">{plain(text)}</div>'


def bubble(reply: Mapping[str, Any], characters: int | None = None) -> str:
    """Return a reply for the conversation, its first ``characters`` only while it is being written.

    A question back and a hand-off carry a badge, in the customer's language like the text.
    """
    language = str(reply["language"])
    badge = _BADGES.get(str(reply["action"]), "")
    head = f'<span class="rd-badge rd-{reply["action"]}">{say(badge, language)}</span>' if badge else ""
    kind = "rd-said" if characters is None else "rd-said rd-writing"
    text = plain(reply["text"][:characters])
    return f'<div class="{kind}" lang="{plain(language)}">{head}{text}</div>'


def notice(text: str, language: str) -> str:
    """Return a line about the conversation itself, such as why a message was not sent."""
    badge = f'<span class="rd-badge rd-notice">{say("notice", language)}</span>'
    return f'<div class="rd-said" lang="{language}">{badge}{plain(text)}</div>'


def heading(title: str, language: str) -> str:
    """Return the head of the page: the desk's name and one line saying what this is."""
    return (
        f'<div class="rd-brand" lang="{language}">{_MARK}<div><h1>{plain(title)}</h1>'
        f"<p>{say('tagline', language)}</p></div></div>"
    )


def greeting(language: str) -> str:
    """Return what stands in an empty conversation."""
    return f'<div class="rd-hello"><h2>{say("hello", language)}</h2><p>{say("hello_more", language)}</p></div>'


def evidence(reply: Mapping[str, Any] | None, language: str) -> str:
    """Return the panel of a reply document in the page's language; the reasons stay in the customer's.

    It shows what was done and why, how the message was read, and the tickets that were looked at.
    """
    parts = (_decision, _reading, _tickets, _foot)
    body = _legend(language) if reply is None else "".join(part(reply, language) for part in parts)
    return f'<section class="rd-evidence" lang="{language}"><h2>{say("evidence", language)}</h2>{body}</section>'


def _legend(language: str) -> str:
    rows = "".join(
        f'<div><dt><span class="rd-badge rd-{action}">{say(f"did_{action}", language)}</span></dt>'
        f"<dd>{say(f'means_{action}', language)}</dd></div>"
        for action in ("pick", "ask", "handoff")
    )
    return f'<p class="rd-quiet">{say("evidence_none", language)}</p><dl class="rd-legend">{rows}</dl>'


def _decision(reply: Mapping[str, Any], language: str) -> str:
    action = str(reply["action"])
    reasons = "".join(f"<li>{plain(reason)}</li>" for reason in reply["reasons"])
    return (
        f'<div class="rd-part"><span class="rd-badge rd-{action}">{say(f"did_{action}", language)}</span>'
        f"{_bar(say('confidence', language), float(reply['confidence']), 'rd-main')}"
        f'<ul class="rd-reasons" lang="{plain(str(reply["language"]))}">{reasons}</ul></div>'
    )


def _reading(reply: Mapping[str, Any], language: str) -> str:
    # A reply that was stored before there were nodes has none.
    node = reply.get("node")
    above = [{**node, "name": f"{node['name']} …"}] if node and node["backed_off"] else []
    intents = "".join(
        _bar(str(intent["name"]).replace("_", " "), float(intent["probability"]))
        for intent in [*above, *reply["intents"][:3]]
    )
    intents = intents or f'<p class="rd-quiet">{say("no_intents", language)}</p>'
    unknown = _bar(say("out_of_scope", language), float(reply["out_of_scope"]), "rd-unknown")
    spoken = str(reply["language"])
    facts = _facts(
        (say("answer_language", language), say(spoken, language) if spoken in ("en", "zh") else spoken),
        (say("mood", language), say(str(reply["sentiment"]["label"]), language)),
    )
    return (
        f'<div class="rd-part"><h3>{say("reading", language)}</h3>{intents}{unknown}{facts}{_labels(reply, language)}'
        "</div>"
    )


def _labels(reply: Mapping[str, Any], language: str) -> str:
    """Return what further classifiers say, each under its name; a reply from before there were any has none."""
    found = ""
    for name, labels in reply.get("labels", {}).items():
        title = say(name, language) if name in ("sentiment", "topic") else str(name).replace("_", " ")
        rows = "".join(_bar(_label(str(one["name"]), language), float(one["probability"])) for one in labels[:3])
        rows = rows or f'<p class="rd-quiet">{say("no_labels", language)}</p>'
        found += f'<h4 class="rd-labels">{plain(title)}</h4>{rows}'
    return found


def _label(name: str, language: str) -> str:
    return say(name, language) if name in ("negative", "neutral", "positive") else name.replace("_", " ")


def _tickets(reply: Mapping[str, Any], language: str) -> str:
    mark = {"pick": "picked", "compose": "picked", "ask": "offered"}.get(str(reply["action"]), "")
    used = {citation["ticket"] for citation in reply["citations"]}
    values = {option["value"] for option in reply["options"]}
    cards = "".join(
        _card(hit, mark if hit["ticket"] in used or hit["question"] in values else "", language)
        for hit in reply["hits"]
    )
    cards = (
        f'<ol class="rd-tickets">{cards}</ol>' if cards else f'<p class="rd-quiet">{say("no_tickets", language)}</p>'
    )
    return f'<div class="rd-part"><h3>{say("tickets", language)}</h3>{cards}</div>'


def _card(hit: Mapping[str, Any], mark: str, language: str) -> str:
    tag = f'<span class="rd-mark">{say(mark, language)}</span>' if mark else ""
    source = say(f"source_{hit['source']}", language)
    who = "".join(f"<span>{plain(part)}</span>" for part in (hit["author"], _day(hit["at"], language)) if part)
    facts = [
        (say("score", language), _percent(float(hit["score"]))),
        (say("similarity", language), f"{float(hit['similarity']):.2f}"),
    ]
    # A reply that was stored before these were known does without.
    if int(hit.get("count", 1)) > 1:
        facts.append((say("count", language), str(hit["count"])))
    numbers = _facts(*facts)
    return (
        f'<li class="rd-ticket{" rd-used" if mark else ""}" lang="{plain(str(hit["language"]))}">'
        f'<p class="rd-question">{plain(hit["question"])}</p><p class="rd-answer">{plain(hit["answer"])}</p>'
        f'<p class="rd-who" lang="{language}">{tag}<span class="rd-source">{source}</span>{who}</p>'
        f"{numbers}</li>"
    )


def _foot(reply: Mapping[str, Any], language: str) -> str:
    release = str(reply["release"])
    name = say("untrained", language) if release == "untrained" else release
    total = say("milliseconds", language, total=f"{float(reply['milliseconds']['total']):.0f}")
    reranked = str(reply.get("reranked", "off"))
    second = "" if reranked == "off" else f"<span>{say(f'reranked_{reranked}', language)}</span>"
    return f'<p class="rd-foot"><span>{say("release", language)} {plain(name)}</span>{second}<span>{total}</span></p>'


def _bar(label: str, value: float, kind: str = "") -> str:
    share = min(max(value, 0.0), 1.0)
    return (
        f'<div class="rd-bar {kind}"><span>{plain(label)}</span><b>{_percent(share)}</b>'
        f'<i role="meter" aria-label="{plain(label)}" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{100 * share:.0f}"><i style="width:{100 * share:.1f}%"></i></i></div>'
    )


def _facts(*pairs: tuple[str, str]) -> str:
    rows: Iterable[str] = (f"<div><dt>{plain(name)}</dt><dd>{plain(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="rd-facts">{"".join(rows)}</dl>'


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _day(at: str | None, language: str) -> str:
    if not at:
        return ""
    day = datetime.fromisoformat(at)
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
