"""When one past answer is not enough, but two or three together are."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from replydesk.dialog.reading import Reading
from replydesk.dialog.sending import sendable
from replydesk.dialog.skills import Thresholds
from replydesk.retrieval.matcher import Hit

__all__ = ["wants_composing"]

TOGETHER: Final = 3
"""The hits that are looked at for one question."""


def wants_composing(reading: Reading, hits: Sequence[Hit], lines: Thresholds, *, promised: bool = False) -> bool:
    """Return whether a reply should be composed: where no hit is sure by itself, but some together cover the message.

    Where the message asks several things, each of its intents needs a hit; since a hit answers but one of n parts, n
    times its score has to reach the line of asking. Else the best hit stands between the two lines, and those of the
    first three that have its intent and reach the lower line leave a chance of ``1 - pick_above`` at most that all of
    them are wrong, taken as independent. What wants a person, is out of scope, asks exactly what a ticket asks, or was
    not compared with the message is never composed. A composer may still decline.

    Past answers are not independent: those to questions much alike are wrong together. So where ``pick_above`` is what
    keeps a promise, what is composed must keep it, too: each intent needs a hit that reaches it.
    """
    if reading.wants_person or reading.out_of_scope > lines.out_of_scope_above:
        return False
    there = [hit for hit in hits if sendable(hit.ticket.answer) is not None]
    if not there or there[0].exact or not there[0].compared:
        return False
    if len(reading.several) > 1:
        line = lines.pick_above if promised else lines.ask_above / len(reading.several)
        answered = {hit.ticket.intent for hit in there if hit.compared and hit.score >= line}
        return answered.issuperset(reading.several)
    best = there[0]
    if promised or not lines.ask_above <= best.score < lines.pick_above:
        return False
    near = [
        hit
        for hit in there[:TOGETHER]
        if hit.compared and hit.score >= lines.ask_above and hit.ticket.intent == best.ticket.intent
    ]
    return len(near) > 1 and prod(1 - hit.score for hit in near) <= 1 - lines.pick_above
