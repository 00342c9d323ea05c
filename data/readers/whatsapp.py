"""WhatsApp's text export, "Export chat": a line a message, with the date and clock of the phone that made it.

    31/12/2023, 21:41 - Ann: Where is my parcel?                 Android
    [31/12/2023, 21:41:05] Ann: Where is my parcel?              iPhone
    2026/3/1 下午3:05 - 小美: 您好

A line without such a beginning goes on with the message before it. A line without a name is the program's own, and so
is what it writes under somebody's name, as iPhones do. The times have no zone and are taken for UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from replydesk.data.errors import InputError
from replydesk.data.readers.base import Item, Options, Skipped, Source
from replydesk.data.readers.logs import Said, conversation, lines
from replydesk.data.readers.notices import left_out, notice, whatsapp_event, whatsapp_signs
from replydesk.data.readers.stamps import Stamp, assumed_order, moment_of, normal, order_of, stamp_at

__all__ = ["WhatsApp"]

_LINES = 200
_MEDIA = frozenset(
    {
        *("jpg", "jpeg", "png", "gif", "webp", "heic", "mp4", "3gp", "mov", "m4v", "opus", "ogg", "oga", "m4a", "mp3"),
        *("aac", "amr", "wav", "pdf", "vcf"),
    }
)
_ISO = re.compile(r"\s*\[\d{4}-\d{1,2}-\d{1,2} ")
_NAMED = re.compile(r"(?P<name>[^:：\n]{1,100}?)\s?(?::(?=\s|$)|：)\s?(?P<text>.*)", re.DOTALL)


@dataclass(slots=True)
class _Entry:
    where: str
    stamp: Stamp
    name: str
    lines: list[str]
    own: bool


class WhatsApp:
    """A chat, or the folder or archive in which it comes with what was attached to it."""

    name = "whatsapp"

    def matches(self, source: Source) -> bool:
        """Return whether lines begin as messages do; of a folder, whether it holds such chats and attachments only."""
        return bool(_chats(source)) if source.is_folder else _is_chat(source)

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield one conversation per chat."""
        for chat in _chats(source) if source.is_folder else [source]:
            yield from _chat(chat, options)


def _chats(source: Source) -> list[Source]:
    """Return the chats of a folder or an archive, or none when it holds anything but chats and what came with them."""
    found, others, own = [], False, False
    for part in source.parts():
        name = PurePath(part.name).name.casefold()
        extension = name.rpartition(".")[2]
        if extension == "txt" and not part.is_folder and _is_chat(part):
            found.append(part)
            own = own or name == "_chat.txt" or "whatsapp" in name
        elif extension not in _MEDIA:
            others = True
    # Under the names that WhatsApp gives, any other file is one that somebody sent.
    return found if own or not others else []


def _is_chat(source: Source) -> bool:
    try:
        head = source.head()
    except InputError:
        return False
    written = [line for line in head.splitlines()[:_LINES] if line.strip()]
    entries = [_entry("", line) for line in written]
    named = [(entry, line) for entry, line in zip(entries, written, strict=True) if entry and entry.name]
    if all(_ISO.match(normal(line)) for _, line in named) and not any(map(whatsapp_signs, written)):
        return False  # tools that copy other chats write their dates so, phones rarely do
    return entries[0] is not None or len(named) > 1


def _chat(source: Source, options: Options) -> Iterator[Item]:
    entries: list[_Entry] = []
    open_entry: _Entry | None = None
    for item in lines(source):
        if isinstance(item, Skipped):
            # What follows a line that is lost may not belong to the message before it.
            open_entry = None
            yield item
            continue
        number, line = item
        where = f"{source.name}:{number}"
        if entry := _entry(where, line):
            entries.append(entry)
            open_entry = entry
        elif open_entry:
            open_entry.lines.append(normal(line))
        elif line.strip():
            yield Skipped(where, "the line does not begin as a message does, and follows none")
    stamps = [entry.stamp for entry in entries]
    order, certain = order_of(stamps, options.dates)
    said: list[Said] = []
    for entry in entries:
        try:
            at = moment_of(entry.stamp, order)
        except ValueError as error:
            yield Skipped(entry.where, str(error))
            continue
        name, text, why = _judged(entry)
        if why:
            yield Skipped(entry.where, why)
        else:
            said.append(Said(name, text, at))
    if said and not certain:
        yield assumed_order(source.name, stamps, order)
    yield from conversation("whatsapp", said, options, source.name)


def _entry(where: str, line: str) -> _Entry | None:
    """Return the message that begins on a line, or None where none begins."""
    plain = normal(line).lstrip()
    bracket = plain[:1] == "["
    found = stamp_at(plain, len(plain) - len(plain[1:].lstrip()) if bracket else 0)
    if found is None or found[0].date is None:
        return None
    stamp, end = found
    rest = plain[end:].lstrip()
    if bracket:
        if rest[:1] != "]":
            return None
        rest = rest[1:].removeprefix(" -")
    elif dash := re.match(r"[-–—](?=\s)", rest):
        rest = rest[dash.end() :]
    elif rest[:2] == ": " and ":" in rest[2:]:
        rest = rest[1:]  # the iPhones of 2016
    else:
        return None
    rest = rest.strip()
    named = _NAMED.fullmatch(rest)
    if not named or whatsapp_event(named["name"]):
        return _Entry(where, stamp, "", [rest], own=True)
    # iPhones put a mark before what the program says in somebody's name.
    own = bracket and re.search(r"[:：]\s*\u200e", line) is not None
    return _Entry(where, stamp, named["name"].strip(" ~"), [named["text"]], own)


def _judged(entry: _Entry) -> tuple[str, str, str]:
    """Return the author, what was said, and why it is left out, if it is."""
    whole = "\n".join(entry.lines).strip()
    text, why = left_out(whole)
    if why or not entry.name or notice(text) or (entry.own and text == whole):
        return "", text, why
    return entry.name, text, ""
