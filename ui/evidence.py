"""The panel as HTML: what was done for a message and why, how it was read, and the tickets that were looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from replydesk.ui.bubbles import numbers, plain
from replydesk.ui.curve import Dialled, dial_line, percent
from replydesk.ui.strings import say

__all__ = ["evidence", "greeting", "heading"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Two speech bubbles that meet: the question, and the answer from the past.
_MARK = (
    '<svg viewBox="0 0 40 40" aria-hidden="true"><path d="M6 4h20a6 6 0 0 1 6 6v7a6 6 0 0 1-6 6H14l-8 6V4z"/>'
    '<path d="M36 15v21l-7-5H18a6 6 0 0 1-5.7-4H27a9 9 0 0 0 9-9z"/></svg>'
)


def heading(title: str, language: str) -> str:
    """Return the head of the page: the desk's name and one line saying what this is."""
    return (
        f'<div class="rd-brand" lang="{language}">{_MARK}<div><h1>{plain(title)}</h1>'
        f"<p>{say('tagline', language)}</p></div></div>"
    )


def greeting(language: str) -> str:
    """Return what stands in an empty conversation."""
    return f'<div class="rd-hello"><h2>{say("hello", language)}</h2><p>{say("hello_more", language)}</p></div>'


def evidence(
    reply: Mapping[str, Any] | None,
    language: str,
    dialled: Dialled | None = None,
    opened: int | None = None,
    explained: str = "",
    called: Callable[[str, str], str] = lambda intent, _language: intent,
) -> str:
    """Return the panel of a reply document in the page's language; the reasons stay in the customer's.

    It shows what was done and why, where the dial stands, how the message was read, and the tickets that were looked
    at. ``opened`` is the place of the citation whose ticket is shown open, with what was cited marked in it;
    ``explained`` the part that explains the reply word by word, which a button asks for while it is not there;
    ``called`` says what an intent is called in a language.
    """
    if reply is None:
        body = _legend(language)
    elif _unread(reply):
        body = f"{_decision(reply, language, '')}{_foot(reply, language)}"
    else:
        cited = reply["citations"][opened] if opened is not None and opened in range(len(reply["citations"])) else None
        dial = dial_line(dialled, language) if dialled is not None else ""
        body = (
            f"{_decision(reply, language, dial)}{explained or _ask_why(reply, language)}"
            f"{_tickets(reply, language, cited, opened)}{_reading(reply, language, called)}{_foot(reply, language)}"
        )
    name = plain(str(reply["id"])) if reply is not None else ""
    return (
        f'<section class="rd-evidence" data-of="{name}" lang="{language}">'
        f"<h2>{say('evidence', language)}</h2>{body}</section>"
    )


def _unread(reply: Mapping[str, Any]) -> bool:
    """Return whether a message was neither read nor looked up, as one that a form had asked for."""
    return not (reply["hits"] or reply["intents"] or float(reply["milliseconds"].get("encode", 1)))


def _legend(language: str) -> str:
    rows = "".join(
        f'<div><dt><span class="rd-badge rd-{action}">{say(f"did_{action}", language)}</span></dt>'
        f"<dd>{say(f'means_{action}', language)}</dd></div>"
        for action in ("pick", "ask", "handoff")
    )
    return f'<p class="rd-quiet">{say("evidence_none", language)}</p><dl class="rd-legend">{rows}</dl>'


def _decision(reply: Mapping[str, Any], language: str, dial: str) -> str:
    action = str(reply["action"])
    # Small talk, a rule's words and a form's end are of the desk itself, and rest on no past answer.
    did = "words" if action == "compose" and not reply["citations"] else action
    reasons = "".join(f"<li>{plain(reason)}</li>" for reason in reply["reasons"])
    sure = _bar(say("confidence", language), float(reply["confidence"]), "rd-main")
    if _unread(reply):
        sure = f'<p class="rd-quiet rd-unread">{say("unread", language)}</p>'
    return (
        f'<div class="rd-part"><span class="rd-badge rd-{action}">{say(f"did_{did}", language)}</span>{sure}'
        f'<ul class="rd-reasons" lang="{plain(str(reply["language"]))}">{reasons}</ul>{dial}</div>'
    )


def _reading(reply: Mapping[str, Any], language: str, called: Callable[[str, str], str]) -> str:
    # A reply that was stored before there were nodes has none.
    node = reply.get("node")
    above = [(node, " …")] if node and node["backed_off"] else []
    intents = "".join(
        _bar(_intent(str(intent["name"]), language, called) + more, float(intent["probability"]))
        for intent, more in [*above, *((intent, "") for intent in reply["intents"][:3])]
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


def _intent(label: str, language: str, called: Callable[[str, str], str]) -> str:
    name = called(label, language)
    return label.replace("_", " ") if name == label else name


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


def _tickets(reply: Mapping[str, Any], language: str, cited: Mapping[str, Any] | None, opened: int | None) -> str:
    used = {citation["ticket"] for citation in reply["citations"]}
    values = {option["value"] for option in reply["options"]}
    numbered = numbers(reply)
    cards = ""
    for hit in reply["hits"]:
        shown = cited if cited is not None and cited["ticket"] == hit["ticket"] else None
        place = f' data-reply="{plain(str(reply["id"]))}" data-place="{opened}"' if shown else ""
        tag = "picked" if hit["ticket"] in used else "offered" if hit["question"] in values else ""
        cards += _card(hit, tag, language, numbered.get(hit["ticket"]), shown, place)
    cards = (
        f'<ol class="rd-tickets">{cards}</ol>' if cards else f'<p class="rd-quiet">{say("no_tickets", language)}</p>'
    )
    return f'<div class="rd-part"><h3>{say("tickets", language)}</h3>{cards}</div>'


def _card(
    hit: Mapping[str, Any], mark: str, language: str, number: int | None, cited: Mapping[str, Any] | None, place: str
) -> str:
    tag = f'<span class="rd-mark">{say(mark, language)}</span>' if mark else ""
    count = f'<b class="rd-number">{number}</b>' if number is not None else ""
    source = say(f"source_{hit['source']}", language)
    who = "".join(f"<span>{plain(part)}</span>" for part in (hit["author"], _day(hit["at"], language)) if part)
    facts = [
        (say("score", language), percent(float(hit["score"]))),
        (say("similarity", language), f"{float(hit['similarity']):.2f}"),
    ]
    # A reply that was stored before these were known does without.
    if int(hit.get("count", 1)) > 1:
        facts.append((say("count", language), str(hit["count"])))
    back = f'<button type="button" class="rd-back" lang="{language}">{say("back", language)}</button>' if cited else ""
    kind = f"rd-ticket{' rd-used' if mark else ''}{' rd-open' if cited else ''}"
    return (
        f'<li class="{kind}" lang="{plain(str(hit["language"]))}" tabindex="-1"{place}>'
        f'<p class="rd-question">{count}{plain(hit["question"])}</p>'
        f'<p class="rd-answer">{_answer(str(hit["answer"]), cited)}</p>'
        f'<p class="rd-who" lang="{language}">{tag}<span class="rd-source">{source}</span>{who}</p>'
        f"{_facts(*facts)}{back}</li>"
    )


def _answer(text: str, cited: Mapping[str, Any] | None) -> str:
    """Return an answer with the characters marked that a citation names."""
    if cited is None:
        return plain(text)
    start, end = int(cited["start"]), int(cited["end"])
    return f"{plain(text[:start])}<mark>{plain(text[start:end])}</mark>{plain(text[end:])}"


def _ask_why(reply: Mapping[str, Any], language: str) -> str:
    name = plain(str(reply["id"]))
    return f'<button type="button" class="rd-why" name="{name}">{say("explain", language)}</button>'


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
        f'<div class="rd-bar {kind}"><span>{plain(label)}</span><b>{percent(share)}</b>'
        f'<i role="meter" aria-label="{plain(label)}" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{100 * share:.0f}"><i style="width:{100 * share:.1f}%"></i></i></div>'
    )


def _facts(*pairs: tuple[str, str]) -> str:
    rows: Iterable[str] = (f"<div><dt>{plain(name)}</dt><dd>{plain(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="rd-facts">{"".join(rows)}</dl>'


def _day(at: str | None, language: str) -> str:
    if not at:
        return ""
    day = datetime.fromisoformat(at)
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
