"""The dial on a page: what is promised, as a small risk-coverage curve with dial and reply on it, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from replydesk.dialog.agent import Agent
from replydesk.dialog.dial import Dial
from replydesk.dialog.evidence import LEVELS, Evidence, level_of
from replydesk.dialog.promise import Promise
from replydesk.dialog.restored import reply_of
from replydesk.ui.bubbles import plain
from replydesk.ui.strings import say

__all__ = ["Dialled", "dial_line", "dialled"]

# What fewer messages than these did would draw the curve.
_FEWEST = 10
# So many hundredths of the height are room enough for a word below a line.
_ROOM = 28.0


@dataclass(frozen=True, slots=True)
class Dialled:
    """Where the dial stood for one reply.

    ``promise`` is None where a person set the ``threshold``. ``curve`` has threshold, share answered alone and share
    of these wrong of held-out messages, the surest first; ``at`` and ``here`` are the shares answered and wrong at the
    threshold and at the ``confidence`` of the reply, None where nothing was held out.
    """

    promise: Promise | None
    threshold: float
    confidence: float
    curve: Sequence[Sequence[float]] = field(default=())
    at: tuple[float, float] | None = None
    here: tuple[float, float] | None = None
    verdicts: Mapping[str, Any] = field(default_factory=dict)


def dialled(agent: Agent, reply: Mapping[str, Any]) -> Dialled | None:
    """Return where the dial stands for a stored reply, None where another release answers by now."""
    release = agent.release()
    if reply["release"] != release.id:
        return None
    reading = reply_of(reply).reading
    skills = release.skills_of(agent.matcher_of(release).encoder_id(reading.language))
    lines, promise = agent.dial.lines(release, skills, reading)
    confidence = float(reply["confidence"])
    if skills.evidence is None or not len(skills.evidence):
        return Dialled(promise, lines.pick_above, confidence)
    evidence = _evidence(agent.dial, skills.evidence, promise)
    least = min(1.0, _FEWEST / max(1, len(evidence)))
    curve = [point for point in evidence.curve() if point[1] >= least]
    group = promise.group if promise else ""
    told = next(
        (
            one
            for one in agent.dial.standing(release)
            if one["group"] == group and tuple(one["languages"]) == skills.evidence.languages
        ),
        {},
    )
    at = _shares(evidence, lines.pick_above) if lines.pick_above <= 1 else None
    return Dialled(promise, lines.pick_above, confidence, curve, at, _shares(evidence, confidence), told)


def dial_line(found: Dialled, language: str) -> str:
    """Return the line about the dial for the panel: the curve, where there is one, and what it says in words."""
    picture = _plot(found, language) if len(found.curve) > 1 else ""
    return (
        f'<div class="rd-dial"><h4>{say("dial", language)}</h4>{picture}'
        f"<p>{_told(found, language)}{_judged(found, language)}</p></div>"
    )


def _evidence(dial: Dial, evidence: Evidence, promise: Promise | None) -> Evidence:
    """Return the messages on which a promise was calibrated: those of its group, or all."""
    if promise is None or promise.widened:
        return evidence
    name = promise.group
    if name:
        groups = [evidence.among(intent=name), evidence.among(language=name)]
    else:
        groups = [evidence.among(without=list(dial.promises(evidence).named))]
    return next((one for one in groups if len(one) == promise.calibrated_on), evidence)


def _shares(evidence: Evidence, confidence: float) -> tuple[float, float] | None:
    """Return which share of the messages is at least as sure, and which share of these was wrong."""
    n, wrong = evidence.answered
    level = min(max(0, int(level_of(confidence))), len(LEVELS) - 1)
    return (float(n[level] / len(evidence)), float(wrong[level] / n[level])) if n[level] else None


def _told(found: Dialled, language: str) -> str:
    promise, threshold = found.promise, percent(found.threshold)
    alone = percent(found.at[0]) if found.at else percent(0)
    here = percent(found.confidence)
    if promise is None:
        return say("dial_hand", language, threshold=threshold, here=here)
    most = f"{100 * promise.max_wrong:.3g}%"
    if promise.max_wrong <= 0:
        return say("dial_off", language)
    if promise.max_wrong >= 1:
        return say("dial_open", language)
    if promise.holds:
        return say("dial_kept", language, most=most, threshold=threshold, alone=alone, here=here)
    if promise.needed:
        return say("dial_more", language, most=most, needed=promise.needed, here=here)
    return say("dial_never", language, most=most, here=here)


def _judged(found: Dialled, language: str) -> str:
    count = int(found.verdicts.get("verdicts", 0))
    if not count:
        return ""
    return " " + say("dial_judged", language, count=count, wrong=int(found.verdicts["verdicts_wrong"]))


def _plot(found: Dialled, language: str) -> str:
    """Return the curve: how many are answered alone to the right, how many of these are wrong upwards.

    What must keep its shape whatever the width of the panel, dots and words, lies over the drawing.
    """
    allowed = found.promise.max_wrong if found.promise and found.promise.max_wrong < 1 else 0.0
    top = max(2 * allowed, 1.3 * max(point[2] for point in found.curve), 0.01)

    def height(wrong: float) -> float:
        return round(100 * min(wrong / top, 1), 1)

    points = " ".join(f"{100 * share:.1f},{100 - height(wrong):.1f}" for _, share, wrong in found.curve)
    line = words = ""
    if allowed:
        y, above = 100 - height(allowed), found.curve[-1][2] < allowed or height(allowed) < _ROOM
        line = f'<line class="rd-allowed" x1="0" x2="100" y1="{y:.1f}" y2="{y:.1f}"/>'
        label = say("dial_allowed", language, most=f"{100 * allowed:.3g}%")
        side = f"bottom:{height(allowed):.1f}%" if above else f"top:{y:.1f}%"
        words = f'<span class="rd-most" style="{side}">{label}</span>'
    _, _, most = found.curve[-1]
    end = say("dial_end", language, wrong=percent(most))
    words += f'<span class="rd-end" style="bottom:{height(most):.1f}%">{end}</span>'
    dots = legend = ""
    for kind, place in (("at", found.at), ("here", found.here)):
        if place is not None:
            dots += f'<i class="rd-{kind}" style="left:{100 * place[0]:.1f}%;bottom:{height(place[1]):.1f}%"></i>'
            legend += f'<span><i class="rd-{kind}"></i>{say(f"dial_{kind}", language)}</span>'
    return (
        f'<div class="rd-plot" role="img" aria-label="{plain(say("dial_curve", language))}">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{line}'
        f'<polyline points="{points}"/></svg>{words}{dots}</div>'
        f'<div class="rd-key"><span>{say("dial_surest", language)}</span>{legend}'
        f"<span>{say('dial_all', language)}</span></div>"
    )


def percent(share: float) -> str:
    """Return a share as whole percents."""
    return f"{100 * share:.0f}%"
