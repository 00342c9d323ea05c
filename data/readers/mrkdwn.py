"""Slack's message text as a person reads it: references resolved, entities decoded, marks such as ``*`` left."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["resolved"]

# api.slack.com/reference/surfaces/formatting: <@U1|name>, <#C1|name>, <!here>, <!subteam^S1|@team>, <https://x|label>
_REFERENCE = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")
_GROUPS = frozenset({"channel", "everyone", "group", "here"})
_SCHEME = re.compile(r"^(?:mailto:|tel:|https?://)(.*?)/?$", re.DOTALL)
_NO_ADDRESS = re.compile(r"^(?:mailto:|tel:)")


def resolved(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Return the text with the names of users and channels for their ids.

    A link with a label of its own keeps both, because an answer may need either.

    >>> resolved("<@U1>: see <https://shop.example/r|returns> &amp; <#C1|ops>, <!here>", {"U1": "mei"}, {})
    '@mei: see returns (https://shop.example/r) & #ops, @here'
    """

    def one(found: re.Match[str]) -> str:
        kind, target, label = found[1], found[2].strip(), (found[3] or "").strip()
        if kind == "@":
            return f"@{label.removeprefix('@') or users.get(target) or target}"
        if kind == "#":
            return f"#{label.removeprefix('#') or channels.get(target) or target}"
        if kind == "!":
            name = target.partition("^")[0]
            return f"@{name}" if name in _GROUPS else label or f"@{target.rpartition('^')[2]}"
        return _link(target, label)

    found = _REFERENCE.sub(one, text)
    return found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _link(target: str, label: str) -> str:
    address = _NO_ADDRESS.sub("", target)
    bare = _SCHEME.match(target)
    if not label or label == target or (bare and bare[1] == label.rstrip("/")):
        return address
    return f"{label} ({address})"
