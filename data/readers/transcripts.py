"""A whole conversation in one cell: lines that begin with who speaks, or a list of messages as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from replydesk.data.readers.base import private, role_of
from replydesk.data.readers.cells import silent
from replydesk.data.readers.content import label, said, when
from replydesk.data.readers.dates import written
from replydesk.data.records import Role

__all__ = ["Turn", "is_transcript", "turns"]

_CLOCK = r"(?:[\[(]?(\d[\d/.:年月日T, -]{3,24}(?:\s?[AaPp][Mm])?)[\])]?[\s,|-]*)?"
_LINE = re.compile(rf"\s*(?:[-*>]\s+)?{_CLOCK}[*_]*([^\W\d_][^:：\n()\[\]]{{0,39}}?)[*_]*"
                   rf"\s*(?:[\[(（]([^\])）\n]{{1,40}})[\])）])?[*_]*\s*[:：]\s*[*_]*(.*)", re.DOTALL)  # fmt: skip
_LINE_END = re.compile(r"\r\n?|\n|<br\s*/?>", re.I)
_WHO = ("role", "from", "speaker", "sender", "author", "sender_type", "author_type", "participant", "user", "type")
_WHAT = ("content", "text", "value", "message", "body", "utterance", "msg", "dialogue")
_KIND = ("kind", "part_type", "message_type", "comment_type")
_PRIVATE = ("private", "internal", "is_private", "is_internal", "is_note")
_EASTERN = ("客服", "坐席", "座席", "客户", "顾客", "用户", "买家", "卖家", "访客")
# These head a line of a text more often than somebody's turn.
_NO_NAMES = ("contact", "lead", "inbound", "outbound", "incoming", "outgoing")
_OTHER: dict[str, Role] = {"gpt": "bot", "action": "system"}


class Turn(NamedTuple):
    """What one cell says that somebody said; the role is None when the word for them is unknown."""

    who: str
    role: Role | None
    text: str
    at: datetime | None = None


def turns(cell: str, agents: Collection[str] = (), order: str = "") -> Iterator[Turn]:
    """Yield the turns of a transcript; ``agents`` are the names, in small letters, of those who answer.

    A line that begins with no name goes on with what was said before. Whoever is named twice speaks, known or not.
    """
    cell = cell.strip()
    if cell.startswith(("[", "{")) and (listed := _list(cell)) is not None:
        yield from _listed(listed, agents)
        return
    last: Turn | None = None
    lines = [(line, _LINE.fullmatch(line)) for line in _LINE_END.split(cell)]
    names = Counter(found[2] for _, found in lines if found)
    for line, found in lines:
        role = _role(found[2], found[3] or "", agents) if found else None
        if found and not role and names[found[2]] > 1:
            # "Agent Emma" says the role first; said once only, "Support hours" is rather part of a text.
            role = _role(_first_word(found[2]), "", agents)
        # What an unknown name says more than once must not go on in the words of another.
        if found and (role or (names[found[2]] > 1 and not found[4].startswith("//"))):
            if last:
                yield last
            last = Turn(found[2].strip(), role, found[4].strip(), _at(found[1] or "", order))
        elif last:
            last = last._replace(text=f"{last.text}\n{line.strip()}".strip())
        elif line.strip():
            yield Turn("", None, line.strip())
    if last:
        yield last


def is_transcript(cell: str, agents: Collection[str] = ()) -> bool:
    """Return whether a cell holds at least two turns of two sides that are known."""
    known = [turn.role for turn in turns(cell, agents) if turn.role]
    return len(known) > 1 and len(set(known)) > 1


def _role(name: str, beside: str, agents: Collection[str]) -> Role | None:
    # A name with its role in brackets, as in "Ann (Agent)", is told by either.
    words = [word for word in (name.strip().casefold(), beside.strip().casefold()) if word]
    if any(word in agents for word in words):
        return "agent"
    found = (_OTHER.get(word) or role_of(word) for word in map(_unnumbered, words) if word not in _NO_NAMES)
    return next(filter(None, found), None)


def _unnumbered(word: str) -> str:
    return word.rstrip("0123456789#号 ") or word


def _first_word(name: str) -> str:
    return name[:2] if name[:2] in _EASTERN else name.split()[0]


def _list(cell: str) -> list[Any] | None:
    try:
        found: Any = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        found = next((part for part in found.values() if isinstance(part, list)), None)
    return found if isinstance(found, list) else None


def _listed(found: list[Any], agents: Collection[str]) -> Iterator[Turn]:
    for turn in found:
        if isinstance(turn, str) and not turn.strip().startswith(("[", "{")):
            yield from turns(turn, agents)
        elif isinstance(turn, Mapping):
            who = next((_name(turn[key]) for key in _WHO if turn.get(key)), "")
            text = next((part for key in _WHAT if (part := said(turn.get(key)))), "")
            yield Turn(who, _silent(turn) or _role(who, "", agents), text, when(turn))
        elif isinstance(turn, list) and len(turn) == 2 and all(isinstance(part, str) for part in turn):
            yield Turn(turn[0], _role(turn[0], "", agents), turn[1].strip())


def _silent(turn: Mapping[str, Any]) -> Role | None:
    public = str(turn["public"]) if "public" in turn else None
    kind = " ".join(label(turn.get(key)) for key in _KIND)
    return "note" if any(private(turn.get(flag)) for flag in _PRIVATE) else silent("", public, kind)


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        return label(*(value.get(key) for key in ("role", "type", "name", "id")))
    return label(value)


def _at(text: str, order: str) -> datetime | None:
    try:
        # A clock alone does not say the day.
        return written(text.strip(" ,-"), order) if len(text) > 8 else None
    except ValueError:
        return None
