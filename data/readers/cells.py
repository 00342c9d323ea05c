"""What single cells of a table say: lists, the words for who speaks, and what is not for the customer."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from replydesk.data.readers.base import private, role_of
from replydesk.data.readers.content import said
from replydesk.data.records import Role

__all__ = ["earlier", "listed", "questions", "role_in", "several", "silent"]

_YES = ("true", "yes", "t", "y", "1", "1.0", "是")
_NO = ("false", "no", "f", "n", "0", "0.0", "否")
_REVERSED = ("agent", "outbound", "staff")
_NUMBERED: dict[str, Role] = {"0": "customer", "1": "agent", "2": "system", "3": "bot"}
_NOTES = ("note", "internal", "private", "备注", "内部")
_EVENTS = ("event", "activity", "system", "assignment", "automation", "事件", "系统")


@lru_cache(4096)
def role_in(word: str, column: str, agents: frozenset[str] = frozenset()) -> Role | None:
    """Return who speaks by a cell and the name of its column, or None when the word is unknown.

    True and false say whether the customer speaks, in a column such as ``inbound``, and the contrary in one such as
    ``is_agent``. ``agents`` are those who answer, in small letters: then everybody else is a customer.
    """
    plain, column = word.casefold(), column.casefold()
    if "type" in column and "message" in column and plain in _NUMBERED:
        return _NUMBERED[plain]
    if plain in _YES or plain in _NO:
        return "customer" if (plain in _YES) != any(part in column for part in _REVERSED) else "agent"
    if plain in agents or any(name.startswith("@") and plain.endswith(name) for name in agents):
        return "agent"
    return role_of(word) or ("customer" if agents and plain else None)


@lru_cache(4096)
def silent(flag: str, public: str | None, kind: str) -> Role | None:
    """Return ``note`` for what is private, ``system`` for an event, or None for a message.

    ``public`` is None where the table has no such column; there, an empty cell is not public.
    """
    if private(flag) or (public is not None and public.casefold() not in (*_YES, "public", "公开")):
        return "note"
    word = kind.casefold()
    if any(part in word for part in _NOTES):
        return "note"
    return "system" if any(part in word for part in _EVENTS) else None


def several(cell: str) -> list[str]:
    """Return the labels in a cell: a JSON list, or texts parted by ``;``, ``|`` or ``,``."""
    if not cell:
        return []
    if (found := listed(cell)) is not None:
        return found
    for mark in ";|,":
        if mark in cell:
            return [part.strip() for part in cell.split(mark) if part.strip()]
    return [cell]


def questions(cell: str) -> list[str]:
    """Return the ways to ask that a cell lists: a JSON list, or texts parted by lines, ``||``, ``|`` or ``；``."""
    if (found := listed(cell)) is not None:
        return found
    for mark in ("\n", "||", "|", "；"):
        if mark in cell:
            return [part.strip() for part in cell.split(mark) if part.strip()]
    return [cell] if cell else []


def earlier(cell: str) -> list[str]:
    """Return what was said before, oldest first: a text, a JSON list of texts, of pairs, or of messages.

    >>> earlier('[["Hello", "你好"], {"role": "user", "content": "Where?"}]')
    ['Hello', '你好', 'Where?']
    """
    found = _list(cell)
    if found is None:
        return [cell] if cell else []
    parts = (inner for part in found for inner in (part if isinstance(part, list) else [part]))
    return [text for part in parts if (text := _text(part))]


def _text(part: object) -> str:
    if isinstance(part, dict):
        return next((text for key in ("content", "value", "text") if (text := said(part.get(key)))), "")
    return "" if part is None else str(part)


def listed(cell: str) -> list[str] | None:
    """Return the texts of a JSON list, or None when the cell is none."""
    found = _list(cell)
    return None if found is None else [str(part) for part in found if part]


def _list(cell: str) -> list[Any] | None:
    if not cell.startswith("["):
        return None
    try:
        found: Any = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None
