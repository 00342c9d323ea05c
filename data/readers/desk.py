"""What the readers of help desks share: lines that become messages, and the ids, flags and labels of their exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from replydesk.data.readers.base import Assumed, Item, Skipped, in_order, moment, short
from replydesk.data.records import Conversation, Message, Role, content_id, same_text
from replydesk.data.text import plain

__all__ = [
    "Line",
    "alike",
    "conversation",
    "dated",
    "ident",
    "labels",
    "objects",
    "once",
    "private",
    "stars",
    "thing",
    "unwrapped",
    "without_opening",
]

NO_ROLE = "the export does not say who speaks"
NO_TEXT = "the message has no text"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation as a help desk has it.

    ``id`` is the help desk's own; without one it is made of the content. ``at`` is the time in any form that
    :func:`moment` reads. ``why`` says why the line is left out, if it is. ``unflagged`` names the flag without which
    it was taken for a note.
    """

    where: str
    role: Role | None
    text: str
    at: object = None
    id: str = ""
    author: str = ""
    why: str = ""
    unflagged: str = ""


def conversation(about: Conversation, lines: Iterable[Line], where: str) -> Iterator[Item]:
    """Yield the conversation with the lines that are messages, by time and each once, after what was left out.

    A conversation of which no line is left is skipped itself.
    """
    messages: dict[str, Message] = {}
    for line in lines:
        why, at = line.why, None
        if not why and not line.text.strip():
            why = NO_TEXT
        if not why and line.role is None:
            why = NO_ROLE
        if not why:
            try:
                at = moment(line.at)
            except ValueError as error:
                why = str(error)
        if why or line.role is None:
            yield Skipped(line.where, why)
            continue
        if line.unflagged:
            taken = f"lines of the team that do not say {line.unflagged!r} are private notes"
            yield Assumed(line.where.partition(":")[0], taken, f"export them with the field {line.unflagged!r}")
        name = f"{about.id}:{line.id}"
        if not line.id:
            name = _unnamed(about.id, line, at, messages)
        # An export may hold a line twice.
        messages.setdefault(name, Message(short(name), line.role, line.text, at, line.author))
    if messages:
        yield replace(about, messages=in_order(messages.values()))
    else:
        yield Skipped(where, "the conversation has no messages that can be read")


def once(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, and what was assumed only once."""
    assumed: set[Assumed] = set()
    for item in items:
        if isinstance(item, Assumed):
            if item in assumed:
                continue
            assumed.add(item)
        yield item


def _unnamed(identity: str, line: Line, at: datetime | None, taken: Mapping[str, Message]) -> str:
    key = content_id(identity, at.isoformat() if at else "", str(line.role), line.text)
    number = 1
    while (name := f"{identity}:{key}" if number == 1 else f"{identity}:{key}:{number}") in taken:
        number += 1
    return name


def private(flag: object) -> bool:
    """Return whether a line is to be taken for private: unless its flag plainly says no.

    A flag that is missing or odd must never let a note out to customers.
    """
    return str(flag).strip().casefold() not in ("false", "0", "0.0", "no", "f", "n", "否")


def alike(one: str, other: str) -> bool:
    """Return whether two texts say the same, one as HTML or Markdown and the other as plain text perhaps."""
    return _bare(one) == _bare(other) != ""


def without_opening(lines: list[Line], opening: Line, name: str = "") -> list[Line]:
    """Return the lines without one that repeats the opening: under its own name, or as its author's first text."""
    said = [line for line in lines if line.text and not line.why]
    again = [line for line in said if name and line.id == name]
    earliest = min(said, key=lambda line: (str(dated(line.at) or ""), line.id), default=None)
    if earliest and (earliest.author, earliest.role) == (opening.author, opening.role):
        again += [earliest] if alike(earliest.text, opening.text) else []
    return [line for line in lines if not any(line is one for one in again)]


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, same_text(plain(text))))


def stars(rating: object) -> float | None:
    """Return one to five stars as 0..1, None for what is no such rating."""
    mark = ident(rating)
    return (int(mark) - 1) / 4 if mark in ("1", "2", "3", "4", "5") else None


def dated(value: object) -> datetime | None:
    """Return the time in UTC, or None for what is no date."""
    try:
        return moment(value)
    except ValueError:
        return None


def ident(value: object) -> str:
    """Return an id as text, '' for none: 77, "77" and 77.0 are one."""
    if value is None or isinstance(value, (bool, dict, list)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def thing(value: object) -> Mapping[str, Any]:
    """Return an object, an empty one for whatever is none."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list, or of an object that holds them by their ids."""
    listed = list(value.values()) if isinstance(value, dict) else value
    return [element for element in listed if isinstance(element, dict)] if isinstance(listed, list) else []


def labels(value: object) -> tuple[str, ...]:
    """Return labels, each once: a list of texts or of objects with a name, or a text with commas.

    >>> labels([{"name": "vip"}, "refund", "vip"]), labels("vip, 退款")
    (('vip', 'refund'), ('vip', '退款'))
    """
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    names = [
        ident(next((label[key] for key in ("name", "title", "label") if label.get(key)), None))
        if isinstance(label, dict)
        else ident(label)
        for label in listed
    ]
    return tuple(dict.fromkeys(filter(None, names)))


def unwrapped(
    value: Mapping[str, Any], is_ours: Callable[[Mapping[str, Any]], bool], depth: int = 3
) -> Mapping[str, Any] | None:
    """Return the object that is ours: this one, or the only object in it, or the only one in that; None for none."""
    if is_ours(value):
        return value
    inner = [held for held in value.values() if isinstance(held, dict)]
    return unwrapped(inner[0], is_ours, depth - 1) if len(inner) == 1 and depth else None
