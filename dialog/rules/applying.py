"""Applying: what becomes of a decision when rules have fired. Pure; tests/dialog/rules has the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from replydesk.dialog.policy import Decision, Ground
from replydesk.dialog.rules.rules import Fired

__all__ = ["RULE", "apply_rules", "deciding", "tags_of"]

RULE: Final[Ground] = "rule"
"""The ground of a decision that a rule has made."""

_KEPT: Final[frozenset[str | None]] = frozenset({"asked_for_person", "safety", "taken_over", "sentiment"})


def apply_rules(decision: Decision, fired: Sequence[Fired]) -> Decision:
    """Return the decision after the rules.

    Who asked for a person, has one, is angry, or needs one for safety, keeps that whatever the rules say. Else the rule
    that answers, hands over or asks decides; a veto turns an answer, of a rule too, and a choice between answers into a
    hand-off. Asking for a slot stands beside a veto, since it answers nothing. What an answer or a question says is
    ``deciding(fired).text``.
    """
    if decision.handoff in _KEPT:
        return decision
    first = deciding(fired)
    if first is not None and first.effect == "ask":
        return Decision("ask", RULE)
    vetoed = any(one.effect == "never_answer" for one in fired)
    if vetoed or (first is not None and first.effect == "handoff"):
        if first is None and decision.action == "handoff" and not decision.answers:
            return decision
        return replace(decision, action="handoff", ground=RULE, handoff="rule")
    if first is not None:
        return Decision("compose", RULE)
    return decision


def deciding(fired: Sequence[Fired]) -> Fired | None:
    """Return the rule that answers, hands over or asks, if one has fired."""
    return next((one for one in fired if one.effect in ("answer", "handoff", "ask")), None)


def tags_of(fired: Sequence[Fired]) -> tuple[str, ...]:
    """Return the tags that rules put on the conversation, each once."""
    return tuple(dict.fromkeys(tag for one in fired if one.effect == "tag" for tag in one.values))
