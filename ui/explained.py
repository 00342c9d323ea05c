"""An explanation as HTML for the panel, and as text for the terminal.

Messages and tickets are other people's text. Nothing of theirs reaches the page but through :func:`plain`.
"""

from __future__ import annotations

from dataclasses import replace

from replydesk.dialog.explain.explanation import Explanation, Line, Used
from replydesk.dialog.explain.leaving_out import Word
from replydesk.dialog.explain.replaying import Replay
from replydesk.dialog.explain.wording import line_text, sentences_of
from replydesk.ui.bubbles import plain
from replydesk.ui.strings import say

__all__ = ["explained", "explanation_text", "replay_text"]

_LEAST = 0.02
_SHADES = 4


def explained(found: Explanation, language: str) -> str:
    """Return the part of the panel that explains a reply, in the page's language.

    It shows the message with the words marked that moved the intent, or where there is none the best past answer; the
    thresholds; what was taken from which ticket; and what would have changed the reply.
    """
    # The thresholds stand in a list of their own.
    said = "".join(f"<li>{plain(line)}</li>" for line in sentences_of(replace(found, lines=()), language))
    parts = (_message(found, language), _lines(found.lines, language), _evidence(found.evidence, language))
    return (
        f'<div class="rd-part rd-explained" lang="{language}"><h3>{say("explained", language)}</h3>{"".join(parts)}'
        f'<ul class="rd-reasons">{said}</ul></div>'
    )


def _message(found: Explanation, language: str) -> str:
    """Return the message with its words in shades of how much they moved, for or against."""
    text, done, marked = found.message, 0, ""
    most = max((abs(_effect(word, found)) for word in found.words), default=0.0)
    for word in found.words:
        effect = _effect(word, found)
        marked += plain(text[done : word.start])
        shown = plain(text[word.start : word.end])
        if abs(effect) >= _LEAST:
            kind = "for" if effect > 0 else "against"
            shade = max(1, round(_SHADES * abs(effect) / most))
            moved = say(f"moved_{kind}", language, points=f"{100 * abs(effect):.0f}")
            shown = f'<mark class="rd-{kind} rd-shade-{shade}" title="{plain(moved)}">{shown}</mark>'
        marked += shown
        done = word.end
    return f'<p class="rd-words" lang="{plain(found.language)}">{marked}{plain(text[done:])}</p>'


def _effect(word: Word, found: Explanation) -> float:
    return (word.intent if found.intent else word.confidence) or 0.0


def _lines(lines: tuple[Line, ...], language: str) -> str:
    rows = "".join(
        f'<li class="rd-{"passed" if line.passed else "missed"}">{plain(line_text(line, language))}</li>'
        for line in lines
    )
    return f'<ul class="rd-lines">{rows}</ul>' if rows else ""


def _evidence(used: tuple[Used, ...], language: str) -> str:
    quotes = "".join(
        f"<blockquote>{plain(quoted.text)}<cite>{say('quoted', language)} {plain(one.question)}</cite></blockquote>"
        for one in used
        for quoted in one.quoted
    )
    return f'<div class="rd-quotes">{quotes}</div>' if quotes else ""


def explanation_text(found: Explanation) -> str:
    """Return an explanation for the terminal, in the language of the message."""
    lines = [f"[{found.action}, confidence {found.confidence:.2f}, release {found.release}] {found.message}"]
    lines += [f"- {line}" for line in (*found.reasons, *sentences_of(found, found.language))]
    lines += [
        f"  {word.start:4}-{word.end:<4} {_effect(word, found):+.3f}  {word.text}"
        + ("" if word.same else f"  (without it: {word.action})")
        for word in found.words
    ]
    for used in found.evidence:
        lines.append(f"- ticket {used.ticket}: {used.question}")
        lines += [f"    {quoted.start}-{quoted.end}: {quoted.text}" for quoted in used.quoted]
    return "\n".join(lines)


def replay_text(replay: Replay) -> str:
    """Return what came of a replay for the terminal, in English."""
    state = "The same, byte for byte." if replay.same else "Not the same."
    lines = [f"{state} (release {replay.release})"]
    lines += [f"  {one.field}: {one.stored!r} is now {one.now!r}" for one in replay.differences]
    lines += [f"- {cause.document()['said']['en']}" for cause in replay.causes]
    return "\n".join(lines)
