"""Gains: how much of each answer that was shown was taken, as far as anybody looked at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from replydesk.data.records import SuggestionVerdict
from replydesk.data.text import tokens

__all__ = ["gains", "stayed"]


def stayed(text: str, edited: str) -> float:
    """Return which share of a text's words is still there after it was edited, 0 to 1.

    >>> stayed("Refunds take five days.", "Hello, refunds take three days."), stayed("退款五天到账", "退款三天到账")
    (0.75, 0.6)
    """
    words = Counter(tokens(text))
    kept = words & Counter(tokens(edited))
    return kept.total() / words.total() if words else 0.0


def gains(
    items: Sequence[tuple[str, str]], verdicts: Sequence[SuggestionVerdict], *, beside: str = ""
) -> list[float | None]:
    """Return for each item, a ticket's id with its text in the order shown, how much of it was taken.

    What was accepted counts 1, what was edited :func:`stayed`, what was refused 0. A list is read from above, so what
    stood above an answer that was taken was seen and passed over, 0, and what stood below may never have been read:
    None, as where nobody said anything (the cascade model: Craswell et al., WSDM 2008, section 3.3). The item that
    ``beside`` names stood apart from the list: only its own verdict tells of it. The newest verdict on an item counts.
    """
    in_order = sorted(verdicts, key=lambda one: (one.at.timestamp() if one.at else 0, one.id))
    newest = {one.ticket: one for one in in_order}
    taken = [place for place, (key, _) in enumerate(items) if key != beside and _taken(newest.get(key))]
    last = max(taken, default=-1)
    found: list[float | None] = []
    for place, (key, text) in enumerate(items):
        verdict = newest.get(key)
        if verdict is not None:
            found.append(_gain(verdict, text))
        else:
            found.append(0.0 if place < last and key != beside else None)
    return found


def _taken(verdict: SuggestionVerdict | None) -> bool:
    return verdict is not None and verdict.kind != "refused"


def _gain(verdict: SuggestionVerdict, text: str) -> float:
    if verdict.kind == "edited":
        return stayed(text, verdict.text)
    return float(verdict.kind == "accepted")
