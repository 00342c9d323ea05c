"""Gradio's logs: what a ``ChatInterface`` or an ``Interface`` flagged, and chat histories saved as JSON.

The assistant of such a chat is a bot, and a bot's words are never an answer. Two things make them one: a ``Like``,
for the message that was liked, and ``--agents bot``, for all of them. Every judgement becomes a verdict or, where it
is a word of the app's own, a tag. Each flagged row is a conversation of its own, because the log holds no ids.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source
from replydesk.data.readers.content import said, when
from replydesk.data.readers.jsons import first, records
from replydesk.data.readers.sheets import Sheet
from replydesk.data.records import Conversation, Message, Role, Verdict, VerdictKind, content_id

__all__ = ["Gradio"]

_LOG = ("conversation", "index", "value", "flag", "timestamp")
_SHORT_LOG = ("conversation", "index", "value", "timestamp")
_OWN = ("flag", "username", "timestamp")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")
_NUMBER = re.compile(r"\d+")
_ROLES: dict[str, Role] = {
    "user": "customer",
    "human": "customer",
    "assistant": "bot",
    "bot": "bot",
    "system": "system",
}
_JUDGED: dict[VerdictKind, str] = {
    "good": "like liked good great correct right helpful useful yes true 👍 赞 喜欢 好 好评 正确 有用 有帮助 满意",
    "wrong": "dislike disliked bad poor incorrect wrong unhelpful useless no false inappropriate offensive toxic spam "
    "harmful inaccurate outdated hallucination 👎 踩 不喜欢 差 差评 错误 没用 不准确 不满意",
}
_KIND_OF: dict[str, VerdictKind] = {word: kind for kind, words in _JUDGED.items() for word in words.split()}
_OTHERS = ("instruction", "question", "query", "answer", "output", "response")
_ASKED = ("question", "query", "input", "message", "msg", "prompt", "text", "问题", "提问", "输入")
_ANSWERED = ("answer", "response", "reply", "output", "回答", "答案", "回复", "输出")

Line = tuple[Role, str, Mapping[str, Any]]


class Gradio:
    """The CSV logs of flagged chats and examples, and histories as lists of messages or of pairs."""

    name = "gradio"

    def matches(self, source: Source) -> bool:
        """Return whether this is one of the logs, or a history of messages or pairs that stand alone."""
        if source.head().lstrip().startswith(("{", "[")):
            return any(_is_history(record.value) for record in first(source, listed="history"))
        return _log(source) is not None or _flags(source) is not None

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per row or history, followed by the verdict on it; then say who was taken for a bot."""
        trusted = bool({name.casefold() for name in options.agents} & {"bot", "assistant"})
        bots = False
        for item in _items(source):
            if isinstance(item, _Chat):
                # What nobody judged good is still a bot's, and the person at the desk should know.
                bots = bots or not trusted
                yield from _conversation(item, trusted)
            else:
                yield item
        if bots:
            yield Assumed(
                source.name, "the assistant is a bot, whose words are answers only where liked", "--agents bot"
            )


@dataclass(frozen=True, slots=True)
class _Chat:
    """A history with the judgement on one of its messages."""

    where: str
    history: list[Any]
    index: object = None
    flag: str = ""
    stamp: str = ""
    customer: str = ""


def _items(source: Source) -> Iterator[_Chat | Skipped]:
    if source.head().lstrip().startswith(("{", "[")):
        yield from _histories(source)
    elif table := _log(source):
        yield from _logged(table)
    elif flagged := _flags(source):
        yield from _flagged(*flagged)


def _header(source: Source) -> list[str]:
    try:
        return [cell.strip().lstrip("'") for cell in next(csv.reader(io.StringIO(source.head(), newline="")), [])]
    except csv.Error:
        return []


def _log(source: Source) -> Sheet | None:
    """Return the log of a ``ChatInterface``, whose rows have one cell less than its header."""
    header = tuple(name.casefold() for name in _header(source))
    return Sheet(source, header, ",") if header in (_LOG, _SHORT_LOG) else None


def _logged(table: Sheet) -> Iterator[_Chat | Skipped]:
    for row in table.rows(ragged=True):
        if isinstance(row, Skipped):
            yield row
            continue
        where, cells = row
        try:
            history = json.loads(cells[0])
        except (ValueError, RecursionError):
            history = None
        if not isinstance(history, list) or len(cells) < 3:
            yield Skipped(where, "the row holds no conversation")
            continue
        yield _Chat(where, history, cells[1], next(filter(None, cells[2:-1]), ""), cells[-1])


def _flags(source: Source) -> tuple[Sheet, dict[str, int], int, int] | None:
    """Return the log of an ``Interface`` with the places of its own columns, the question and the answer."""
    header = _header(source)
    names = [name.casefold() for name in header]
    own = {name: names.index(name) for name in _OWN if name in names}
    parts = [n for n in range(len(names)) if n not in own.values()]
    last = [name for name in _OWN if name in own]
    if "timestamp" not in own or len(own) < 2 or names[-len(last) :] != last or not parts:
        return None
    table = Sheet(source, tuple(header), ",")
    row = next((row for row in table.rows() if not isinstance(row, Skipped)), None)
    if row is None or not _STAMP.fullmatch(row[1][own["timestamp"]]):
        return None
    asked = next((n for word in _ASKED for n in parts if names[n] == word), parts[0])
    answered = next((n for word in _ANSWERED for n in parts if names[n] == word), parts[-1])
    return table, own, asked, answered


def _flagged(table: Sheet, own: Mapping[str, int], asked: int, answered: int) -> Iterator[_Chat | Skipped]:
    for row in table.rows():
        if isinstance(row, Skipped):
            yield row
            continue
        where, cells = row
        flag, customer, stamp = (cells[own[name]].strip() if name in own else "" for name in _OWN)
        try:
            history = json.loads(cells[answered])
        except (ValueError, RecursionError):
            history = None
        if not isinstance(history, list) or not _is_history({"history": history}):
            history = [[cells[asked] if asked != answered else "", cells[answered]]]
        yield _Chat(where, history, None, flag, stamp, customer)


def _histories(source: Source) -> Iterator[_Chat | Skipped]:
    whole: list[Any] = []
    for item in records(source, listed="history"):
        if isinstance(item, Skipped):
            yield item
        elif _is_message(item.value):
            whole.append(item.value)
        elif isinstance(history := item.value.get("history"), list) and _is_pair(history):
            whole.append(history)
        elif isinstance(history, list):
            yield _Chat(item.where, history)
        else:
            yield Skipped(item.where, "there is no chat history")
    if whole:
        yield _Chat(source.name, whole)


def _is_history(value: Mapping[str, Any]) -> bool:
    history = value.get("history")
    if not isinstance(history, list):
        return _is_message(value)
    if not value.keys().isdisjoint(_OTHERS):
        return False
    turns = [history] if _is_pair(history) else history
    # Pairs of bare words are labels or keys; a chat has at least one sentence.
    return any(map(_is_message, turns)) or any(_is_pair(turn) and any(map(_is_sentence, turn)) for turn in turns)


def _is_message(turn: object) -> bool:
    return isinstance(turn, dict) and turn.get("role") in _ROLES and "content" in turn and "conversation" not in turn


def _is_pair(turn: object) -> bool:
    return (
        isinstance(turn, list)
        and len(turn) == 2
        and any(isinstance(part, str) for part in turn)
        and all(part is None or isinstance(part, (str, list, dict)) for part in turn)
    )


def _is_sentence(part: object) -> bool:
    return isinstance(part, str) and (" " in part.strip() or (not part.isascii() and len(part) > 3))


def _conversation(chat: _Chat, trusted: bool) -> Iterator[Item]:
    lines: list[tuple[object, Line]] = []
    for position, turn in enumerate(chat.history):
        place = f"{chat.where}:[{position}]"
        found = list(_lines(position, turn))
        lines += [(index, line) for index, line in found if line[1]]
        if not any(line[1] for _, line in found):
            yield Skipped(place, "the message has no text" if found else "there is no message with a known role")
    if not lines:
        yield Skipped(chat.where, "the conversation has no messages that can be read")
        return
    wanted = tuple(map(int, _NUMBER.findall(str(chat.index)))) if chat.index is not None else None
    # A flagged example is judged as a whole: the judgement is on what was answered last.
    judged = next((n for n, (index, _) in enumerate(lines) if index == wanted), None) if wanted else len(lines) - 1
    word = chat.flag.strip().casefold()
    kind = _KIND_OF.get(word)
    if judged is not None and lines[judged][1][0] != "bot":
        judged = None

    def role(position: int, said_by: Role) -> Role:
        liked = position == judged and kind == "good"
        return "agent" if said_by == "bot" and (trusted or liked) else said_by

    at = when({"timestamp": chat.stamp})
    texts = (part for _, (speaker, text, _) in lines for part in (speaker, text))
    identity = content_id("gradio", chat.flag, str(judged), chat.stamp, *texts)
    messages = tuple(
        Message(f"{identity}:{n}", role(n, speaker), text, when(turn) or at)
        for n, (_, (speaker, text, turn)) in enumerate(lines)
    )
    yield Conversation(
        identity,
        messages,
        source="gradio",
        channel="chat",
        customer=chat.customer,
        tags=(f"feedback:{word}",) if word and kind is None else (),
    )
    if judged is not None and kind:
        reply = messages[judged].id
        yield Verdict(content_id("gradio", reply, kind), reply, kind, identity, by=chat.customer, at=at)


def _lines(position: int, turn: object) -> Iterator[tuple[object, Line]]:
    """Yield what one element of a history says, each with the index by which a judgement names it."""
    if _is_message(turn):
        assert isinstance(turn, dict)
        metadata = turn.get("metadata")
        # A titled message shows what the bot thinks or which tool it uses.
        thought = isinstance(metadata, dict) and bool(metadata.get("title"))
        yield (position,), ("system" if thought else _ROLES[turn["role"]], said(turn.get("content")), turn)
    elif _is_pair(turn):
        assert isinstance(turn, list)
        for side, part in enumerate(turn):
            text = said(part) if isinstance(part, (str, dict)) else ""
            if part is not None:
                yield (position, side), ("bot" if side else "customer", text, {})
