"""Dialogue corpora as lines of cells between tabs: a turn a line, with the id of its session and who speaks.

JDDC's ``chat.txt``: session, user, whether the waiter sent it (0 or 1), whether it is a transfer, a repetition, and
what was said, with or without a header. MultiDoGO's tables of both sides: ``conversationId``, ``turnNumber``,
``utteranceId``, ``utterance``, ``authorRole``. The cells are not quoted, so this is no CSV.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from replydesk.data.readers.base import Item, Skipped, Source, role_of, short
from replydesk.data.readers.logs import lines
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["has_sessions", "sessions"]

_JDDC = re.compile(r"[^\t]{1,100}\t[^\t]{1,100}\t[01]\t[01]\t[01]\t.*")
_SESSION = frozenset({"sessionid", "conversationid", "dialogueid", "dialogid", "会话编号", "会话id"})
_SPEAKER = frozenset({"waitersend", "authorrole", "speakerrole", "是否客服发送", "是否客服"})
_TEXT = frozenset({"content", "utterance", "内容"})
_CUSTOMER = frozenset({"userid", "顾客id", "用户id"})
_TURN = frozenset({"turnnumber", "turnid", "turn"})
_FLAGS: dict[str, Role] = {"0": "customer", "1": "agent", "false": "customer", "true": "agent"}
_MOST = 0.8


class _Columns(NamedTuple):
    session: int
    speaker: int
    text: int
    customer: int = -1
    turn: int = -1
    width: int = 0
    header: bool = True


def has_sessions(source: Source) -> bool:
    """Return whether a file is such lines."""
    return _columns(source) is not None


def sessions(source: Source) -> Iterator[Item]:
    """Yield a conversation per session, its turns by their numbers, else in their order."""
    columns = _columns(source)
    if columns is None:
        return
    with Spill() as spill:
        for item in lines(source):
            if isinstance(item, Skipped):
                yield item
                continue
            number, line = item
            if not line.strip() or (columns.header and number == 1):
                continue
            cells, where = line.split("\t", columns.width - 1), f"{source.name}:{number}"
            session = cells[columns.session].strip() if len(cells) == columns.width else ""
            if not session:
                yield Skipped(where, f"the line has {len(cells)} cells, not {columns.width}, or names no session")
            else:
                spill.add(session, [where, *cells])
        for session, rows in spill.groups():
            yield from _conversation(session, rows, columns)


def _columns(source: Source) -> _Columns | None:
    written = [line for line in source.head().splitlines()[:100] if line.strip()]
    first = written[0].split("\t") if written else []
    names = [re.sub(r"[\W_]", "", cell.casefold()) for cell in first]

    def at(wanted: frozenset[str]) -> int:
        return next((position for position, name in enumerate(names) if name in wanted), -1)

    if min(at(_SESSION), at(_SPEAKER), at(_TEXT)) >= 0:
        return _Columns(at(_SESSION), at(_SPEAKER), at(_TEXT), at(_CUSTOMER), at(_TURN), len(names))
    whole = written[:-1] or written
    if whole and sum(bool(_JDDC.fullmatch(line)) for line in whole) >= _MOST * len(whole):
        return _Columns(0, 2, 5, customer=1, width=6, header=False)
    return None


def _conversation(session: str, rows: list[list[str]], columns: _Columns) -> Iterator[Item]:
    identity = short(f"dialogues:{session}")
    if columns.turn >= 0:
        rows = sorted(rows, key=lambda row: _number(row[1 + columns.turn]))
    seen: Counter[str] = Counter()
    messages = []
    for where, *cells in rows:
        word, text = cells[columns.speaker].strip(), cells[columns.text].strip()
        role = _FLAGS.get(word.casefold()) or role_of(word)
        if not text:
            yield Skipped(where, "the turn has no text")
        elif role is None:
            yield Skipped(where, f"the speaker {word[:40]!r} is unknown")
        else:
            turn = cells[columns.turn].strip() if columns.turn >= 0 else ""
            name = content_id(identity, turn, role, text)
            seen[name] += 1
            messages.append(Message(name if seen[name] == 1 else content_id(name, str(seen[name])), role, text))
    if not messages:
        yield Skipped(rows[0][0], f"the session {session[:40]!r} has no turns that can be read")
        return
    customer = rows[0][1 + columns.customer].strip() if columns.customer >= 0 else ""
    yield Conversation(identity, tuple(messages), source="dialogues", customer=customer, partial=True)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return 0.0
