"""The beginnings of messages in chats that are written down as plain text, and how the style of a file is found.

A style is a function that returns who wrote the message that begins on a line, when, and what of it stands there, or
None where none begins. A header without a name is what the program says itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from replydesk.data.readers.speakers import is_title, role_by_name
from replydesk.data.readers.stamps import Stamp, stamp_at

__all__ = ["Header", "Style", "is_dated", "person_of", "style_of"]

_NAME = 60
_SPEAKERS = 12
_HALF, _FIFTH = 0.5, 0.2

_PERSON = re.compile(r"(?P<name>.*?)\s*(?:[(（](?P<number>\d{4,12})[)）]|<(?P<mail>[^<>\s]+@[^<>\s]+)>)?\s*")
_SPOKEN = re.compile(
    r"(?P<name>[^:：\t]{1,40}(?:店|客服)[:：][^:：\t\s]{1,20}(?=\s?[:：])|[^:：\t]{1,60}?)\s?[:：](?!//)\s?(?P<text>.*)"
)
_ROLE_NAME = re.compile(r"[^\W\d_][^:：\t,，;；|\"'{}=/\\]{0,39}")
_MARKED = "*[]【】 "
_BRACKETS = {"[": "]", "(": ")", "（": "）", "【": "】"}
_BEFORE_TIME = re.compile(
    r"(?<=\S)\s*[\[(（【]\s*(?=[\d上下中晚早凌A-Z])|(?<=\S)\s+(?=[\d上下中晚早凌A-Z])|(?<=[^\d\s])(?=\d{4}-)"
)
_ELAPSED = re.compile(r"[(\[]\s*(?:\d+\s?h\s*)?(?:\d+\s?m\s*)?\d+\s?s\s*[)\]]\s*")
_PROGRAM = re.compile(
    r"(?:\w+\.)?(?:trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|severe)\b|.*\[\d+\]$|.*[/\\]",
    re.IGNORECASE,
)
_CELLS = re.compile(r"[;|\t\"]|,(?! )")


class Header(NamedTuple):
    """Who wrote a message, when, and what of it stands on the line of its beginning."""

    stamp: Stamp | None
    name: str
    text: str


Style = Callable[[str], Header | None]


def person_of(name: str) -> tuple[str, str]:
    """Return the name and the number or address in a name.

    >>> person_of("小明(12345678)"), person_of("小明<ming@mail.example>"), person_of("小明")
    (('小明', '12345678'), ('小明', 'ming@mail.example'), ('小明', ''))
    """
    found = _PERSON.fullmatch(name)
    number = (found["number"] or found["mail"] or "") if found else ""
    return (found["name"] if found else name) or number, number


def is_dated(header: Header | None) -> bool:
    """Return whether a message begins there with a time that has a date."""
    return header is not None and header.stamp is not None and header.stamp.date is not None


def style_of(written: Sequence[str], *, days: bool, enough: int = 2) -> Style | None:
    """Return the style of header that fits the most of some lines, or None when none fits enough of them.

    ``days`` says that some lines give a day for the clocks below them; ``enough`` is the fewest messages of a chat.
    """
    best: tuple[int, Style] | None = None
    for style in (_time_name, _name_time, _time_name_text, _name_time_text, _name_clock):
        fits = _fits(written, style, enough) if days or style is not _name_clock else 0
        if fits and (best is None or fits > best[0]):
            best = fits, style
    if best is None and (names := _speakers(written)):
        return _role_style(names)
    return best[1] if best else None


def _fits(written: Sequence[str], style: Style, enough: int) -> int:
    """Return how many messages begin in the lines, if they look like a chat in this style, else 0."""
    headers = [style(line) for line in written]
    found = [header for header in headers if header and header.name]
    names = {header.name for header in found}
    if len(found) < enough or any(map(_PROGRAM.match, names)) or any(map(_CELLS.search, names)):
        return 0
    if style in (_time_name_text, _name_time_text):
        share = _FIFTH if any(map(is_dated, found)) else _HALF
        several = len(names) > 1 or any(map(role_by_name, names))
        return len(found) if several and len(found) >= share * len(written) else 0
    # The texts stand below the headers, which have only names: not what a program logs, a line an event.
    followed = sum(header is not None and after is None for header, after in pairwise(headers))
    again = len(names) < len(found) or len(names) <= 2 or any(person_of(name)[1] for name in names)
    return followed if again and followed >= _HALF * len(found) else 0


# -- a time first


def _time_first(line: str) -> tuple[Stamp | None, str] | None:
    """Return the time at the beginning of a line, and the rest."""
    if passed := _ELAPSED.match(line):
        return None, line[passed.end() :].lstrip("- ")
    bracket = _BRACKETS.get(line[:1], "")
    found = stamp_at(line, len(line) - len(line[1:].lstrip()) if bracket else 0)
    if found is None:
        return None
    stamp, end = found
    rest = line[end:].lstrip(" ")
    if bracket:
        if rest[:1] != bracket:
            return None
        rest = rest[1:].lstrip(" ")
    elif rest[:1] in ("\t", ","):
        return None
    return stamp, rest.removeprefix("- ").removeprefix("| ").lstrip(" ")


def _time_name(line: str) -> Header | None:
    found = _time_first(line)
    if found is None or found[0] is None or found[0].date is None:
        return None
    name = found[1].rstrip(":： ")
    return Header(found[0], name, "") if name and len(name) <= _NAME and "\t" not in name else None


def _time_name_text(line: str) -> Header | None:
    found = _time_first(line)
    if found is None or not found[1]:
        return None
    stamp, rest = found
    spoken = _SPOKEN.fullmatch(rest)
    return Header(stamp, spoken["name"].strip(" -*"), spoken["text"]) if spoken else Header(stamp, "", rest)


# -- a name first


def _name_before_time(line: str) -> Header | None:
    for start in _BEFORE_TIME.finditer(line[: 2 * _NAME]):
        found = stamp_at(line, start.end())
        name = line[: start.start()].strip()
        if found is None or not name or len(name) > _NAME:
            continue
        stamp, end = found
        bracket = _BRACKETS.get(start[0].strip()[:1], "")
        rest = line[end:].strip(" ")
        if bracket:
            if rest[:1] != bracket:
                continue
            rest = rest[1:].lstrip(" ")
        if rest[:1] in (":", "："):
            return Header(stamp, name, rest[1:].strip())
        return None if rest else Header(stamp, name, "")
    return None


def _name_clock(line: str) -> Header | None:
    header = _name_before_time(line)
    return header if header and not header.text else None


def _name_time(line: str) -> Header | None:
    header = _name_clock(line)
    return header if is_dated(header) else None


def _name_time_text(line: str) -> Header | None:
    header = _name_before_time(line)
    return header if header and header.text else None


# -- no time at all: only names that tell who somebody is make a chat of such lines


def _spoken(line: str) -> tuple[str, str] | None:
    found = _SPOKEN.fullmatch(line)
    name = found["name"].strip(_MARKED) if found else ""
    return (name, found["text"].removeprefix("**").strip()) if found and _ROLE_NAME.fullmatch(name) else None


def _speakers(written: Sequence[str]) -> set[str]:
    """Return the names of the people in lines such as ``Customer: Hello``; none when the lines are no chat."""
    found = [spoken for line in written if (spoken := _spoken(line))]
    counts = Counter(name for name, _ in found)
    names = {name for name, count in counts.items() if count > 1 or is_title(name)}
    told = {role_by_name(name) for name in names if role_by_name(name)}
    if told >= {"agent", "customer"} or told >= {"bot", "customer"}:
        # Both sides are named: any other word before a colon belongs to what they say.
        names = {name for name in names if role_by_name(name)}
    messages = [text for name, text in found if name in names]
    sentences = sum(" " in text or not text.isascii() for text in messages)
    is_chat = bool(told) and 1 < len(names) <= _SPEAKERS and len(messages) >= _HALF * len(written) and sentences
    return names if is_chat and (len(messages) > len(names) or len(messages) == 2) else set()


def _role_style(names: Collection[str]) -> Style:
    def style(line: str) -> Header | None:
        spoken = _spoken(line)
        if spoken is None or not (spoken[0] in names or is_title(spoken[0])):
            return None
        return Header(None, *spoken)

    return style
