"""Splits: which conversations a desk learns from, and which are kept to judge what it learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from replydesk.data.records import Conversation, content_id

__all__ = ["assign_parts", "fingerprint"]

_UNDATED = datetime.min.replace(tzinfo=UTC)


def assign_parts(
    conversations: Iterable[Conversation], known: Mapping[str, str], *, test_share: float
) -> dict[str, str]:
    """Return the part, ``train`` or ``test``, of every conversation that has none yet.

    All conversations of a customer go to one part, so nobody is learned from and judged on. The newest customers make
    up the test, since a desk answers messages that come after those it learned from; undated ones are drawn by the hash
    of their id. What ``known`` says is never changed, so the test part only grows.
    """
    groups: dict[str, list[Conversation]] = {}
    inherited: dict[str, str] = {}
    for conversation in conversations:
        owner = conversation.customer or conversation.id
        if conversation.id in known:
            inherited[owner] = known[conversation.id]
        else:
            groups.setdefault(owner, []).append(conversation)
    parts = {c.id: inherited[owner] for owner, own in groups.items() if owner in inherited for c in own}
    free = {owner: own for owner, own in groups.items() if owner not in inherited}
    wanted = test_share * sum(map(len, free.values()))
    newest = sorted(free, key=lambda owner: (_latest(free[owner]), content_id(owner)), reverse=True)
    taken = 0
    for owner in newest:
        # A group that would overshoot by more than it fills is left to training.
        part = "test" if taken + len(free[owner]) / 2 <= wanted else "train"
        taken += len(free[owner]) if part == "test" else 0
        parts.update((conversation.id, part) for conversation in free[owner])
    return parts


def fingerprint(conversations: Iterable[str]) -> str:
    """Return an id of a set of conversation ids (or ticket ids), the same in any order."""
    return content_id(*sorted(conversations))[:16]


def _latest(conversations: Iterable[Conversation]) -> datetime:
    return max((c.at or _UNDATED for c in conversations), default=_UNDATED)
