"""Chats written down as plain text: QQ, WeChat and Qianniu as their tools write them, and transcripts of web chats.

A file has one style of header, which is found from its beginning::

    2026-03-01 15:05:10 小明(12345678)          QQ; the text follows on the next lines
    小明 2026-03-01 15:05:10                    WeChat, Qianniu; the text follows
    [2026-03-01 15:05:10] 小明: 在吗            also (...), 【...】 or no brackets, and a clock alone: [15:05]
    小明 (15:05): 在吗
    Customer: Are you there?                    names that are roles, without any time

A new chat begins where QQ names another peer (消息对象); at a title such as ``Conversation 17`` or ``会话 17``; at a
line of dashes; and in transcripts without dates at blank lines, if most of what stands between these has several
messages. The times have no zone and are taken for UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from replydesk.data.readers.base import Item, Options, Skipped, Source
from replydesk.data.readers.headers import Header, Style, is_dated, person_of, style_of
from replydesk.data.readers.logs import Said, conversation, lines
from replydesk.data.readers.notices import tencent_left_out, tencent_notice
from replydesk.data.readers.stamps import Stamp, assumed_order, moment_of, normal, order_of, stamp_at

__all__ = ["ChatLog"]

_LINES = 400
_MOST = 0.8
_NOON = 12
_DECORATION = "-—–=~*#[]【】 \t"
_SYSTEM_NUMBERS = frozenset({"10000", "1000000"})

# Chats in the cells of a table are the table's.
_COLUMNS = re.compile(r"\"?[\w .\-/]+\"?(?:[,;|\t]\"?[\w .\-/]*\"?)+")
_QQ = re.compile(r"(?:消息记录|消息分组|(?P<with>消息对象))\s*(?:[:：]\s*(?P<peer>.*)|（.*|\(.*)?")
_RULE = re.compile(r"[-=*_#~—–]{3,}")
_NUMBER = r"\s{0,3}(?:id|no\.?|number|编号|号)?\s{0,3}[#:：]?\s{0,3}#?\s{0,3}(?=[\w-]*\d)[\w-]{1,40}"
_TITLE = re.compile(rf"(?:conversation|chat|session|transcript|dialog(?:ue)?|会话|对话|聊天){_NUMBER}", re.IGNORECASE)
_TICKET = re.compile(rf"(?:ticket|case|工单){_NUMBER}", re.IGNORECASE)
_BEGINS = re.compile(
    r"(?:(?:the )?(?:chat|conversation|session)(?: transcript)? (?:started|start|began|on)(?: at| on)?"
    r"|会话开始|会话时间|开始时间)\s*[:：]?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?:date|day|started|timestamp|日期|时间)\s*[:：]?", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s+|(?:星期|周)[一二三四五六日天]\s*",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\s*\((?:[+-]\d{4}|UTC|GMT)\)\s*$")


@dataclass(slots=True)
class _Entry:
    where: str
    header: Header
    day: date | None
    more: list[str] = field(default_factory=list)


class ChatLog:
    """Plain text in which headers say who wrote and, mostly, when."""

    name = "chatlog"

    def matches(self, source: Source) -> bool:
        """Return whether one style of header fits enough of the lines, or the file is of QQ's message manager."""
        beginning = _beginning(source.head())
        first = next(filter(None, beginning), "")
        return first[:1] not in ("{", "<") and not _COLUMNS.fullmatch(first) and _style(beginning) is not None

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per chat in the file."""
        beginning = _beginning(source.head())
        style = _style(beginning)
        if style is None:
            return
        stamps = _stamps(source, style, beginning)
        order, certain = order_of(stamps, options.dates)
        if not certain:
            yield assumed_order(source.name, stamps, order)
        chat = _Chat(options, order)
        at_blanks, after_blank = _blank_lines_part(beginning, style), True
        for item in lines(source):
            if isinstance(item, Skipped):
                chat.open_entry = None
                yield item
                continue
            where, line = f"{source.name}:{item[0]}", normal(item[1]).strip()
            bare = line.strip(_DECORATION)
            qq = _QQ.fullmatch(line)
            if not line or _RULE.fullmatch(line):
                chat.go_on(line)
                chat.divided = chat.divided or at_blanks or bool(line)
            elif qq or _divides(line, after_blank):
                if qq is None or qq["with"]:
                    yield from chat.end()
                    chat.day = _day(line, order)
                    name, number = person_of((qq["peer"] or "").strip()) if qq else ("", "")
                    chat.peer = number or name
            elif (day := _day(line, order)) and style(line) is None:
                chat.day, chat.open_entry = day, None
            else:
                header = style(line)
                if header is None and tencent_notice(bare):
                    header = Header(None, "", bare)
                if header:
                    if chat.divided:
                        yield from chat.end()
                    chat.begin(where, header)
                elif not chat.go_on(line):
                    yield Skipped(where, "the line does not begin as a message does, and follows none")
            after_blank = not bare
        yield from chat.end()


class _Chat:
    """The messages since a chat began, and what is known of it."""

    def __init__(self, options: Options, order: str) -> None:
        self._options, self._order = options, order
        self._entries: list[_Entry] = []
        self.open_entry: _Entry | None = None
        self.day: date | None = None
        self.peer = ""
        self.divided = False

    def begin(self, where: str, header: Header) -> None:
        """Begin a message; its day is the next one where a clock without dates starts anew."""
        before = self._entries[-1].header.stamp if self._entries else None
        if self.day and before and header.stamp and header.stamp.hour + _NOON < before.hour:
            self.day += timedelta(days=1)
        self.open_entry, self.divided = _Entry(where, header, self.day), False
        self._entries.append(self.open_entry)

    def go_on(self, line: str) -> bool:
        """Add a line to the message that is open, if one is."""
        if self.open_entry is None:
            return not line
        self.open_entry.more.append(line)
        self.divided = self.divided and not line
        return True

    def end(self) -> Iterator[Item]:
        """Yield the chat, if there is one, and forget it."""
        entries, divided = self._entries, self.divided
        self._entries, self.open_entry, self.divided = [], None, False
        if not entries:
            return
        last = entries[-1].more
        while divided and last and (not last[-1] or _RULE.fullmatch(last[-1])):
            last.pop()
        said: list[Said] = []
        at = None
        for entry in entries:
            header = entry.header
            try:
                if header.stamp and (header.stamp.date or entry.day):
                    at = moment_of(header.stamp, self._order, entry.day)
                elif header.stamp or header.name:
                    at = None
            except ValueError as error:
                yield Skipped(entry.where, str(error))
                continue
            name, number = person_of(header.name)
            text = "\n".join([header.text, *entry.more]).strip()
            if number in _SYSTEM_NUMBERS or tencent_notice(text):
                name = number = ""
            text, why = tencent_left_out(text)
            if why:
                yield Skipped(entry.where, why)
            else:
                said.append(Said(name, text, at, number))
        yield from conversation("chatlog", said, self._options, entries[0].where, peer=self.peer)


def _beginning(head: str) -> list[str]:
    return [normal(line).strip() for line in head.splitlines()[:_LINES]]


def _style(beginning: Sequence[str]) -> Style | None:
    marks = [_QQ.fullmatch(line) for line in beginning]
    written = [
        line
        for line, mark in zip(beginning, marks, strict=True)
        if line and mark is None and not _RULE.fullmatch(line) and not _divides(line, after_blank=True)
    ]
    of_qq = any(mark is not None and mark["with"] for mark in marks)
    return style_of(written, days=any(_day(line, "ymd") for line in beginning), enough=1 if of_qq else 2)


def _divides(line: str, after_blank: bool) -> bool:
    """Return whether a line is the title of a chat; of a ticket only if it is decorated or follows a blank line."""
    bare = line.strip(_DECORATION)
    if _TITLE.fullmatch(bare) or _BEGINS.match(bare):
        return True
    return bool((after_blank or bare != line) and _TICKET.fullmatch(bare))


def _day(line: str, order: str) -> date | None:
    """Return the day that a line says and nothing else, as mail exports and transcripts put it above the messages."""
    bare = line.strip(_DECORATION)
    for words in (_BEGINS, _DAY, _WEEKDAY):
        found = words.match(bare)
        bare = bare[found.end() :].strip() if found else bare
    bare = _ZONE.sub("", bare)
    if not 6 <= len(bare) <= 40 or (bare == line and ":" in bare):
        return None
    for written in (bare, f"{bare} 0:00"):
        stamp = stamp_at(written)
        if stamp and stamp[1] == len(written) and stamp[0].date:
            try:
                return moment_of(stamp[0], order).date()
            except ValueError:
                return None
    return None


def _blank_lines_part(beginning: Sequence[str], style: Style) -> bool:
    """Return whether blank lines divide the chats: most of what stands between them has several messages."""
    if any(is_dated(style(line)) or _RULE.fullmatch(line) or _divides(line, after_blank=True) for line in beginning):
        return False
    paragraphs = [0]
    for line in beginning:
        if line:
            paragraphs[-1] += style(line) is not None
        elif paragraphs[-1]:
            paragraphs.append(0)
    filled = [count for count in paragraphs if count]
    return len(filled) > 1 and sum(count > 1 for count in filled) >= _MOST * len(filled)


def _stamps(source: Source, style: Style, beginning: Sequence[str]) -> list[Stamp]:
    """Return the times whose dates tell the order of day and month; of the whole file only where that is open."""
    first = list(_changing(style, beginning))
    if all(stamp.date and len(stamp.date[0]) == 4 for stamp in first):
        return first
    return list(_changing(style, (normal(item[1]).strip() for item in lines(source) if not isinstance(item, Skipped))))


def _changing(style: Style, written: Iterable[str]) -> Iterator[Stamp]:
    last = None
    for line in written:
        header = style(line)
        if header and header.stamp and header.stamp.date and header.stamp.date != last:
            last = header.stamp.date
            yield header.stamp
