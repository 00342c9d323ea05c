"""Tables with one message, or one question and its answer, per row: CSV, TSV, or flat JSON objects.

Which column holds what is guessed from the header, in English and Chinese, and corrected by a mapping such as
``{"text": "body", "role": "author_type"}``. A column mapped to ``""`` is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Item, Options, Skipped, Source, in_order, moment, private, role_of, short, yes
from replydesk.data.readers.sheets import Sheet, sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.records import TICKET_SOURCES, Conversation, Message, Role, Ticket

__all__ = ["FIELDS", "Tables"]

FIELDS: dict[str, str] = {
    "conversation": "conversation_id conversation ticket_id thread_id session_id dialog_id dialogue_id "
    "dialog convo_id chat_id case_id sender_id 会话id 会话编号 会话 对话id 工单号 工单编号 工单id",
    "role": "role sender_type author_type sender author_role from direction inbound incoming speaker "
    "角色 发送方 说话人",
    "question": "question query customer_message instruction prompt utterance 问题 用户问题 提问",
    "answer": "answer response reply agent_reply agent_message completion output 答案 回答 回复 客服回复",
    "text": "text message body content utterance question query 内容 消息内容 消息 文本",
    "context": "context history 上文 上下文",
    "id": "message_id turn_id comment_id id 消息id",
    "ts": "ts timestamp created_at created at datetime sent_at date time 时间 创建时间 发送时间 日期",
    "intent": "intent label category topic 意图 标签 分类",
    "agent": "agent agent_name agent_id 客服 客服姓名 坐席 座席",
    "author": "author author_id author_name user_id 发送人",
    "customer": "customer_id customer client_id 客户id 客户 顾客",
    "tags": "tags 标签组",
    "language": "language lang locale 语言",
    "subject": "subject title 主题",
    "channel": "channel 渠道",
    "outcome": "outcome status 状态",
    "kind": "kind part_type message_kind",
    "private": "private is_private internal is_internal 内部",
    "public": "public is_public 公开",
    "source": "source",
}
"""The names of the fields for ``--map``, and by which column names each is guessed, the surest first."""

_CONTIGUOUS_SEEN = 1_000_000
"""How many conversations are remembered to see whether rows are mixed; beyond it they go over the disk."""

_REVERSED = ("agent", "outbound", "staff")

Row = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table with what its columns mean; ``pairs`` when a row holds a question with its answer."""

    sheet: Sheet
    columns: dict[str, str]
    at: dict[str, int]
    pairs: bool

    def cell(self, row: Row, name: str) -> str:
        """Return the cell of a field without outer blanks, or '' when the table has no such column."""
        position = self.at.get(name)
        return "" if position is None else row[1][position].strip()


class Tables:
    """Any table whose columns say enough; the least certain format, so it comes last."""

    name = "csv"

    def matches(self, source: Source) -> bool:
        """Return whether this is a table; whether its columns say enough is told by :meth:`layout`."""
        found = sheet(source)
        if found is None or found.delimiter:
            return found is not None
        # Most JSON is no table: only columns that carry words make it one.
        return any(name in _guessed(found.header) for name in ("text", "answer"))

    def layout(self, source: Source, options: Options) -> Layout:
        """Return what the columns mean, or raise :class:`FormatError` saying which one is missing."""
        table = sheet(source)
        if table is None:
            raise FormatError("The file is no table.", where=source.name, hint="Give it a header and rows.")
        columns = {**_guessed(table.header), **_checked(table, options.columns)}
        columns = {name: column for name, column in columns.items() if column}
        has, seen = columns.keys(), f"Its columns are: {', '.join(filter(None, table.header))}."
        if "answer" in has and has & {"question", "text", "context"}:
            if "text" in has and ("question" not in has or options.columns.get("text")):
                columns["question"] = columns["text"]
            columns.pop("text", None)
            return Layout(table, columns, _positions(table, columns), pairs=True)
        columns.pop("question", None)
        if has >= {"text", "role", "conversation"}:
            return Layout(table, columns, _positions(table, columns), pairs=False)
        if "text" not in has:
            problem, cure = "No column holds what was said.", "text=COLUMN"
        elif "role" in has:
            problem, cure = "No column says which conversation a message belongs to.", "conversation=COLUMN"
        elif "intent" in has:
            problem, cure = "The table has texts with labels but no answers.", "answer=COLUMN"
        else:
            problem, cure = (
                "No column holds answers, and none says who speaks.",
                "answer=COLUMN or role=COLUMN",
            )
        raise FormatError(problem, where=source.name, hint=f"{seen} Name the right one with --map {cure}.")

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a ticket per pair, or the conversations that the rows make up together.

        Pairs that name their conversation and bring no context of their own make up conversations too.
        """
        layout = self.layout(source, options)
        if layout.pairs and ("conversation" not in layout.at or "context" in layout.at):
            for row in layout.sheet.rows():
                yield row if isinstance(row, Skipped) else _or_skipped(layout, row)
        elif not source.piped and _contiguous(layout):
            yield from _streamed(layout)
        else:
            yield from _gathered(layout)


def _checked(table: Sheet, columns: Mapping[str, str]) -> dict[str, str]:
    for name, column in columns.items():
        if name not in FIELDS:
            raise FormatError(
                f"There is no field {name!r} to map a column to.",
                hint=f"The fields are: {', '.join(FIELDS)}.",
            )
        if column and column not in table.header:
            raise FormatError(
                f"The table has no column {column!r}.",
                where=table.source.name,
                hint=f"Its columns are: {', '.join(filter(None, table.header))}.",
            )
    return dict(columns)


def _guessed(header: tuple[str, ...]) -> dict[str, str]:
    plain = {"_".join(column.casefold().replace("-", " ").replace("_", " ").split()): column for column in header}
    found = {name: next((plain[word] for word in words.split() if word in plain), "") for name, words in FIELDS.items()}
    return {name: column for name, column in found.items() if column}


def _positions(table: Sheet, columns: Mapping[str, str]) -> dict[str, int]:
    return {name: table.header.index(column) for name, column in columns.items()}


def _contiguous(layout: Layout) -> bool:
    seen: set[int] = set()
    last = ""
    for row in layout.sheet.rows():
        if isinstance(row, Skipped) or (key := layout.cell(row, "conversation")) == last:
            continue
        last = key
        # Hashes keep the memory small; two keys with one hash only mean a way over the disk.
        if hash(key) in seen or len(seen) >= _CONTIGUOUS_SEEN:
            return False
        seen.add(hash(key))
    return True


def _streamed(layout: Layout) -> Iterator[Item]:
    def keyed() -> Iterator[tuple[str | None, Row | Skipped]]:
        last: str | None = None
        for row in layout.sheet.rows():
            last = last if isinstance(row, Skipped) else layout.cell(row, "conversation")
            yield last, row

    for key, rows in groupby(keyed(), key=itemgetter(0)):
        good: list[Row] = []
        for _, row in rows:
            if isinstance(row, Skipped):
                yield row
            else:
                good.append(row)
        if good:
            yield from _conversation(layout, key or "", good)


def _gathered(layout: Layout) -> Iterator[Item]:
    with Spill() as spill:
        for row in layout.sheet.rows():
            if isinstance(row, Skipped):
                yield row
            else:
                spill.add(layout.cell(row, "conversation"), [row[0], *row[1]])
        for key, rows in spill.groups():
            yield from _conversation(layout, key, [(cells[0], cells[1:]) for cells in rows])


def _conversation(layout: Layout, key: str, rows: list[Row]) -> Iterator[Item]:
    if not key:
        yield from (Skipped(where, "the row names no conversation") for where, _ in rows)
        return
    identity = short(f"csv:{key}")
    messages: list[Message] = []
    for row in rows:
        try:
            messages.extend(_messages(layout, row, f"{identity}:{len(messages)}", identity))
        except ValueError as error:
            yield Skipped(row[0], str(error))
    if not messages:
        yield Skipped(rows[0][0], f"the conversation {key[:40]!r} has no messages that can be read")
        return

    def known(name: str) -> str:
        return next((cell for row in rows if (cell := layout.cell(row, name))), "")

    tags = dict.fromkeys(tag for row in rows for tag in _several(layout.cell(row, "tags")))
    yield Conversation(
        identity,
        in_order(messages),
        source=known("source") or "csv",
        channel=known("channel"),
        customer=known("customer") or next((m.author for m in messages if m.role == "customer"), ""),
        subject=known("subject"),
        tags=tuple(tags),
        outcome=known("outcome"),
    )


def _messages(layout: Layout, row: Row, name: str, identity: str) -> list[Message]:
    at, language = moment(layout.cell(row, "ts")), layout.cell(row, "language")
    intents = tuple(_several(layout.cell(row, "intent")))
    if layout.pairs:
        question, answer = layout.cell(row, "question"), layout.cell(row, "answer")
        if not question and not answer:
            raise ValueError("the row has neither a question nor an answer")
        asked = Message(f"{name}:q", "customer", question, at, layout.cell(row, "customer"), language, intents)
        answered = Message(f"{name}:a", "agent", answer, at, layout.cell(row, "agent"), language)
        return [message for message in (asked, answered) if message.text]
    role, text = _role(layout, row), layout.cell(row, "text")
    if not text:
        raise ValueError("the row has no text")
    given = layout.cell(row, "id")
    author = layout.cell(row, "author") or (layout.cell(row, role) if role in ("agent", "customer") else "")
    return [Message(short(f"{identity}:{given}") if given else name, role, text, at, author, language, intents)]


def _role(layout: Layout, row: Row) -> Role:
    if private(layout.cell(row, "private")) or ("public" in layout.at and not yes(layout.cell(row, "public"))):
        return "note"
    if layout.cell(row, "kind") in ("note", "event"):
        return "note" if layout.cell(row, "kind") == "note" else "system"
    word = layout.cell(row, "role")
    if (flag := word.casefold()) in ("true", "false", "1", "0"):
        customer = flag in ("true", "1")
        column = layout.columns["role"].casefold()
        return "customer" if customer != any(part in column for part in _REVERSED) else "agent"
    role = role_of(word)
    if role is None:
        raise ValueError(f"the role {word[:40]!r} is unknown")
    return role


def _or_skipped(layout: Layout, row: Row) -> Item:
    try:
        return _ticket(layout, row)
    except ValueError as error:
        return Skipped(row[0], str(error))


def _ticket(layout: Layout, row: Row) -> Ticket:
    context = _context(layout.cell(row, "context"))
    question, answer = layout.cell(row, "question"), layout.cell(row, "answer")
    if not question and context:
        # Where only a context is given, what was said last is what the answer answers.
        *context, question = context
    if not question or not answer:
        raise ValueError("the row has no question" if answer else "the row has no answer")
    given = layout.cell(row, "source")
    return Ticket.make(
        question,
        answer,
        context=tuple(context),
        intent=layout.cell(row, "intent"),
        source=next((source for source in TICKET_SOURCES if source == given), "agent"),
        language=layout.cell(row, "language"),
        at=moment(layout.cell(row, "ts")),
        author=layout.cell(row, "agent") or layout.cell(row, "author"),
        tags=tuple(_several(layout.cell(row, "tags"))),
        outcome=layout.cell(row, "outcome"),
    )


def _context(cell: str) -> list[str]:
    found = _list(cell)
    return ([cell] if cell else []) if found is None else found


def _several(cell: str) -> list[str]:
    if (found := _list(cell)) is not None:
        return found
    for mark in ";|,":
        if mark in cell:
            return [part.strip() for part in cell.split(mark) if part.strip()]
    return [cell] if cell else []


def _list(cell: str) -> list[str] | None:
    if not cell.startswith("["):
        return None
    try:
        found: Any = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return [str(part) for part in found if part] if isinstance(found, list) else None
