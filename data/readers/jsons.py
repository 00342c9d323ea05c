"""JSON read piece by piece in constant memory; what cannot be read is skipped, with its place."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any, Literal, NamedTuple

from replydesk.data.readers.base import SAMPLE, Skipped, Source, broken

__all__ = ["Record", "first", "first_values", "records", "values"]

LIMIT = 16 * 1024 * 1024
"""The longest JSON line or element in characters; a longer one is skipped instead of filling the memory."""

_SAMPLES = (SAMPLE, 4 * 1024 * 1024)
_CHUNK = 256 * 1024
_BLANK = re.compile(r"[\s,]*")
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],]', re.DOTALL)
_KEY_SHOWN = 60
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Record(NamedTuple):
    """A JSON object of an export: its place, the key of the list it stood in (``""`` at the top), itself."""

    where: str
    key: str
    value: dict[str, Any]


def records(source: Source, *, inside: Sequence[str] = ()) -> Iterator[Record | Skipped]:
    """Yield the objects of JSON Lines, of a JSON array, or of the lists inside one object.

    The last is meant when the first object has a list under the first of the keys ``inside``: then the
    elements of its lists under any of them come. Objects that take several lines each are read as well.
    """
    mode = _mode(source, inside)
    with source.open() as stream:
        yield from _records(source.name, stream, mode, inside, damaged=source.damaged)


def first(source: Source, *, inside: Sequence[str] = (), count: int = 20) -> list[Record]:
    """Return the first objects of a JSON file, by which a format is recognised; none when it is not JSON."""
    if not source.head().lstrip().startswith(("{", "[")):
        return []
    mode = _mode(source, inside)
    for size in _SAMPLES:
        found = _records(source.name, io.StringIO(source.head(size)), mode, inside)
        if complete := [item for item in islice(found, 5 * count) if isinstance(item, Record)]:
            return complete[:count]
    return []


def values(source: Source) -> Iterator[Record | Skipped]:
    """Yield the objects that stand under their names in one big object, each with its name as the key."""
    with source.open() as stream:
        yield from _values(source.name, stream)


def first_values(source: Source, *, count: int = 20) -> list[Record]:
    """Return the first objects under names; none when a file is not one object of which all values are objects."""
    for size in _SAMPLES:
        head = source.head(size)
        if not _is_one_of_objects(head):
            return []
        found = _values(source.name, io.StringIO(head))
        if complete := [item for item in islice(found, 5 * count) if isinstance(item, Record)]:
            return complete[:count]
    return []


def _values(name: str, stream: IO[str]) -> Iterator[Record | Skipped]:
    text = _Text(stream)
    try:
        for key in text.keys():  # noqa: SIM118 - a walk
            where = f"{name}:{key[:_KEY_SHOWN]}"
            try:
                value = text.value()
            except ValueError as error:
                yield Skipped(where, f"the value is not complete JSON ({error})")
                if not text.skip():
                    return
            else:
                yield _record(where, key, value, text.last)
    except ValueError as error:
        yield Skipped(name, f"the file ends early or is not JSON from here on ({error})")


def _is_one_of_objects(head: str) -> bool:
    text, found = _Text(io.StringIO(head)), False
    try:
        for _ in text.keys():  # noqa: SIM118 - a walk
            if text.peek() != "{":
                return False
            found = True
            text.value()
    except ValueError:
        return found  # it goes on after the sample
    text.at += 1
    return found and not text.peek()


_Mode = Literal["lines", "list", "object"]


def _mode(source: Source, inside: Sequence[str]) -> _Mode:
    for size in _SAMPLES:
        head = source.head(size)
        if head.lstrip().startswith("["):
            return "list"
        if inside and _has_list(head, inside[0]):
            return "object"
        if any(_is_object(line) for line in head.splitlines() if line[:1] == "{"):
            return "lines"
    return "list"


def _has_list(head: str, wanted: str) -> bool:
    text = _Text(io.StringIO(head))
    try:
        for key in text.keys():  # noqa: SIM118 - a walk
            if key == wanted and text.peek() == "[":
                return True
            text.value()
    except ValueError:
        return False  # the first object is longer than the sample, or none
    return False


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _records(
    name: str, stream: IO[str], mode: _Mode, inside: Sequence[str], *, damaged: bool = False
) -> Iterator[Record | Skipped]:
    if mode == "lines":
        yield from _lines(name, stream, damaged=damaged)
        return
    text = _Text(stream)
    if mode == "list":
        if text.peek() == "[":
            text.at += 1
        yield from _elements(name, "", text)
        return
    try:
        for key in text.keys():  # noqa: SIM118 - a walk
            if key in inside and text.peek() == "[":
                text.at += 1
                yield from _elements(name, key, text)
            else:
                text.value()
    except ValueError as error:
        yield Skipped(name, f"the file ends early or is not JSON from here on ({error})")


def _lines(name: str, stream: IO[str], *, damaged: bool) -> Iterator[Record | Skipped]:
    number = 0
    while line := stream.readline(LIMIT):
        number += 1
        where = f"{name}:{number}"
        if len(line) == LIMIT and line[-1] not in "\r\n":
            while (rest := stream.readline(LIMIT)) and rest[-1] not in "\r\n":
                continue
            yield Skipped(where, f"the line is longer than {LIMIT:,} characters")
        elif line.isspace():
            continue
        elif damaged and broken(line):
            yield Skipped(where, "the line holds bytes that are not text")
        else:
            try:
                yield _record(where, "", json.loads(line), line)
            except (ValueError, RecursionError) as error:
                yield Skipped(where, f"the line is not complete JSON ({error})")


def _elements(name: str, key: str, text: _Text) -> Iterator[Record | Skipped]:
    position = 0
    while (character := text.peek()) not in ("", "]"):
        where = f"{name}:{key}[{position}]"
        position += 1
        try:
            value = text.value()
        except ValueError as error:
            yield Skipped(where, f"the element is not complete JSON ({error})")
            if not text.skip():
                return
            continue
        yield _record(where, key, value, text.last)
    text.at += len(character)


def _record(where: str, key: str, value: Any, written: str) -> Record | Skipped:
    if not isinstance(value, dict):
        return Skipped(where, "a JSON object was expected")
    if _ESCAPED_SURROGATE.search(written):
        # Half of an escaped emoji cannot be stored; a whole one survives this unchanged.
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return Record(where, key, value)


class _Text:
    """A window on JSON text that grows until the value at its beginning is complete."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self._text, self._done = stream, "", False
        self._decode = json.JSONDecoder().raw_decode
        self.at = 0
        self.last = ""

    def _more(self) -> None:
        # Doubling keeps the retries on one long value linear in its length.
        chunk = self._stream.read(max(_CHUNK, len(self._text) - self.at))
        self._text, self.at, self._done = self._text[self.at :] + chunk, 0, not chunk

    def peek(self) -> str:
        """Return the next character that is neither blank nor a comma, without passing it; '' at the end."""
        while True:
            blank = _BLANK.match(self._text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self._text) or self._done:
                return self._text[self.at : self.at + 1]
            self._more()

    def value(self) -> Any:
        """Return the next value and pass it; raise ValueError when it is torn, wrong or far too long."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._text, self.at)
            except (ValueError, RecursionError) as error:
                if self._done or len(self._text) - self.at > LIMIT:
                    raise ValueError(getattr(error, "msg", "nested too deeply")) from error
            else:
                # A number may go on in the next chunk; a text, list or object cannot.
                if end < len(self._text) or self._done:
                    self.last, self.at = self._text[self.at : end], end
                    return value
            self._more()

    def keys(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; the caller passes each value before the next key."""
        if self.peek() != "{":
            raise ValueError("an object was expected")
        self.at += 1
        while self.peek() != "}":
            key = self.value()
            if self.peek() != ":" or not isinstance(key, str):
                raise ValueError("a key was expected")
            self.at += 1
            yield key

    def skip(self) -> bool:
        """Pass a value that is wrong inside by counting its brackets; return whether its end was found."""
        depth, at = 0, self.at
        for mark in _MARK.finditer(self._text, self.at):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(mark[0], 0)
            if depth < 0 or (depth == 0 and mark[0] in "}],"):
                self.at = mark.end() if depth == 0 else mark.start()
                return self.at > at
        return False
