"""The lines: which thresholds a stored reply passed, and which it missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from replydesk.dialog.explain.explanation import Line
from replydesk.dialog.policy import TOO_CLOSE

__all__ = ["lines_of"]


def lines_of(reply: Mapping[str, Any], thresholds: Mapping[str, float | None]) -> tuple[Line, ...]:
    """Return the thresholds of a reply's document in the order in which the policy asks for them.

    ``out_of_scope_above``: how unlike anything known the message is. ``pick_above`` and ``ask_above``: the confidence.
    ``runner_up``, where an answer with another intent is sure enough, too: how far ahead the best is. A threshold of
    None is one that nothing reaches. Where nothing was found there is nothing to hold against them.
    """
    hits: Sequence[Mapping[str, Any]] = reply["hits"]
    if not hits:
        return ()
    best, strange = float(hits[0]["score"]), float(reply["out_of_scope"])
    pick, ask, unknown = (thresholds[name] for name in ("pick_above", "ask_above", "out_of_scope_above"))
    lines = [
        Line("out_of_scope_above", strange, unknown, False, unknown is None or strange <= unknown),
        Line("pick_above", best, pick, True, pick is not None and best >= pick),
        Line("ask_above", best, ask, True, ask is not None and best >= ask),
    ]
    rival = max((float(hit["score"]) for hit in hits if _kind(hit) != _kind(hits[0])), default=0.0)
    if pick is not None and rival >= pick:
        ahead = round(best - rival, 4)
        lines.append(Line("runner_up", ahead, TOO_CLOSE, True, ahead > TOO_CLOSE))
    return tuple(lines)


def _kind(hit: Mapping[str, Any]) -> str:
    return str(hit.get("intent") or hit["ticket"])
