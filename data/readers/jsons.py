"""JSON, and Parquet as if it were JSON, read piece by piece; what cannot be read is skipped, with its place."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any, Literal, NamedTuple

from replydesk.data.readers.base import SAMPLE, Skipped, Source, bounded, broken
from replydesk.data.readers.parquet import objects

__all__ = ["Record", "first", "first_values", "records", "values"]

LIMIT = 16 * 1024 * 1024
"""The longest JSON line or element in characters; a longer one is skipped instead of filling the memory."""

_SAMPLES = (SAMPLE, 4 * 1024 * 1024)
_DEPTH = 3
"""How many objects may wrap a page."""

_CHUNK = 256 * 1024
_BLANK = re.compile(r"[\s,]*")
_MARK = re.compile(r'["{}\[\],]')
_QUOTED = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_KEY_SHOWN = 60
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Record(NamedTuple):
    """A JSON object of an export: its place, the key of the list it stood in (``""`` at the top), itself."""

    where: str
    key: str
    value: dict[str, Any]


def records(
    source: Source,
    *,
    inside: Sequence[str] = (),
    beside: Sequence[str] = (),
    through: Sequence[str] = (),
    listed: str = "",
) -> Iterator[Record | Skipped]:
    """Yield the objects of JSON Lines, of a JSON array, or of the lists inside objects; the rows of a Parquet file.

    An object with a list of objects under any of the keys ``inside`` is a page: its elements come instead of it, and
    those of its lists under ``beside``, where an object comes as it is. ``through`` are keys of objects that only
    wrap a page or another object. Pages may follow each other, as lines, in an array, or one after the other.
    Objects that take several lines each are read as well. Where an export has lists in place of objects, ``listed`` is
    the key under which such a list is given.
    """
    if source.columnar:
        yield from _rows(source)
        return
    keys = _Keys(tuple(inside), tuple(beside), tuple(through), listed)
    mode = _mode(source, keys)
    with source.open() as stream:
        yield from _records(source.name, stream, mode, keys, damaged=source.damaged)


def first(
    source: Source,
    *,
    inside: Sequence[str] = (),
    beside: Sequence[str] = (),
    through: Sequence[str] = (),
    listed: str = "",
    count: int = 20,
) -> list[Record]:
    """Return the first objects of a JSON or Parquet file, by which a format is recognised; none of any other."""
    if source.columnar:
        return [row for row in islice(_rows(source), count) if isinstance(row, Record)]
    if not source.head().lstrip().startswith(("{", "[")):
        return []
    keys = _Keys(tuple(inside), tuple(beside), tuple(through), listed)
    mode = _mode(source, keys)
    for size in _SAMPLES:
        found = _records(source.name, io.StringIO(source.head(size)), mode, keys)
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


class _Keys(NamedTuple):
    inside: tuple[str, ...]
    beside: tuple[str, ...]
    through: tuple[str, ...]
    listed: str = ""


def _mode(source: Source, keys: _Keys) -> _Mode:
    for size in _SAMPLES:
        head = source.head(size)
        if head.lstrip().startswith("["):
            return "lines" if keys.listed and _lists_in_lines(head) else "list"
        if keys.inside and _is_page(head, keys):
            # A page a line, or a line that is the whole file.
            first_line, _, rest = head.lstrip().partition("\n")
            return "lines" if rest.lstrip().startswith("{") and _is_object(first_line) else "object"
        if any(_is_object(line) for line in head.splitlines() if line[:1] == "{"):
            return "lines"
    return "list"


def _is_page(head: str, keys: _Keys) -> bool:
    try:
        return _reaches_page(_Text(io.StringIO(head)), keys, _DEPTH)
    except ValueError:
        return False  # the first object is longer than the sample, or none


def _reaches_page(text: _Text, keys: _Keys, depth: int) -> bool:
    for key in text.keys():  # noqa: SIM118 - a walk
        if key in keys.inside and text.peek() == "[":
            text.at += 1
            if text.peek() == "{":
                return True
            while text.peek() != "]":
                text.value()
            text.at += 1
        elif key in keys.through and text.peek() == "{" and depth:
            if _reaches_page(text, keys, depth - 1):
                return True
        else:
            text.value()
    text.at += 1
    return False


def _lists_in_lines(head: str) -> bool:
    one, other = [*head.lstrip().split("\n", 2), "", ""][:2]
    if not other.startswith("["):
        return False
    try:
        json.loads(one)
    except (ValueError, RecursionError):
        return False
    return True


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _records(
    name: str, stream: IO[str], mode: _Mode, keys: _Keys, *, damaged: bool = False
) -> Iterator[Record | Skipped]:
    if mode == "lines":
        for item in _lines(name, stream, keys.listed, damaged=damaged):
            yield from _opened(item, keys, _DEPTH)
        return
    text, number = _Text(stream), 0
    if mode == "object":
        try:
            while text.peek() == "{":
                number += 1
                yield from _page(f"{name}:" if number == 1 else f"{name}:[{number - 1}]:", text, keys, _DEPTH)
        except ValueError as error:
            yield Skipped(name, f"the file ends early or is not JSON from here on ({error})")
        return
    # Several arrays may follow each other, where each page of an API was one.
    while character := text.peek():
        text.at += character == "["
        for item in _elements(name, "", text, number, keys.listed):
            number += 1
            yield from _opened(item, keys, _DEPTH)
        if text.stuck:
            return


def _page(place: str, text: _Text, keys: _Keys, depth: int) -> Iterator[Record | Skipped]:
    for key in text.keys():  # noqa: SIM118 - a walk
        if key in keys.inside + keys.beside and text.peek() == "[":
            text.at += 1
            yield from _elements(f"{place}{key}", key, text, listed=keys.listed)
            if text.stuck:
                raise ValueError("no end was found")
        elif key in keys.beside and text.peek() == "{":
            yield _record(f"{place}{key}", key, text.value(), text.last)
        elif key in keys.through and text.peek() == "{" and depth:
            yield from _page(f"{place}{key}.", text, keys, depth - 1)
        else:
            text.value()
    text.at += 1


def _opened(item: Record | Skipped, keys: _Keys, depth: int) -> Iterator[Record | Skipped]:
    """Yield the elements of a page that was read as a whole; an object that is none comes as it is."""
    if isinstance(item, Skipped):
        yield item
        return
    value = item.value
    if any(_holds_objects(value.get(key)) for key in keys.inside):
        for key in keys.inside + keys.beside:
            inner, where = value.get(key), f"{item.where}:{key}"
            for position, element in enumerate(inner if isinstance(inner, list) else ()):
                yield _record(f"{where}[{position}]", key, element)
            if key in keys.beside and isinstance(inner, dict):
                yield Record(where, key, inner)
        return
    for key in keys.through if depth else ():
        if isinstance(inner := value.get(key), dict):
            yield from _opened(Record(f"{item.where}:{key}", item.key, inner), keys, depth - 1)
            return
    yield item


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(element, dict) for element in value)


def _lines(name: str, stream: IO[str], listed: str, *, damaged: bool) -> Iterator[Record | Skipped]:
    for number, (line, cut) in enumerate(bounded(stream, LIMIT), 1):
        where = f"{name}:{number}"
        if cut:
            yield Skipped(where, f"the line is longer than {LIMIT:,} characters")
        elif line.isspace():
            continue
        elif damaged and broken(line):
            yield Skipped(where, "the line holds bytes that are not text")
        else:
            try:
                yield _record(where, "", json.loads(line), line, listed)
            except (ValueError, RecursionError) as error:
                yield Skipped(where, f"the line is not complete JSON ({error})")


def _elements(name: str, key: str, text: _Text, position: int = 0, listed: str = "") -> Iterator[Record | Skipped]:
    while (character := text.peek()) not in ("", "]"):
        where = f"{name if key else f'{name}:'}[{position}]"
        position += 1
        try:
            value = text.value()
        except ValueError as error:
            yield Skipped(where, f"the element is not complete JSON ({error})")
            text.stuck = not text.skip()
            if text.stuck:
                return
            continue
        if not listed and _holds_objects(value):
            for number, element in enumerate(value):
                yield _record(f"{where}[{number}]", key, element, text.last)
        else:
            yield _record(where, key, value, text.last, listed)
    text.at += len(character)


def _rows(source: Source) -> Iterator[Record | Skipped]:
    for item in objects(source):
        yield item if isinstance(item, Skipped) else Record(item[0], "", item[1])


def _record(where: str, key: str, value: Any, written: str = "", listed: str = "") -> Record | Skipped:
    if listed and isinstance(value, list):
        value = {listed: value}
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
        self.stuck = False

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
                if len(self._text) - self.at > LIMIT:
                    raise ValueError(f"it is longer than {LIMIT:,} characters, or wrong") from error
                if self._done:
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
        """Pass a value that is wrong inside by counting its brackets; return whether its end was found.

        What was looked at is forgotten, so a value of any length can be passed.
        """
        depth, moved = 0, False
        while True:
            mark = _MARK.search(self._text, self.at)
            if mark is None:
                moved, self.at = moved or self.at < len(self._text), len(self._text)
                if not self._grown():
                    return False
                continue
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(mark[0], 0)
            if depth < 0:
                moved, self.at = moved or self.at < mark.start(), mark.start()
                return moved
            moved, self.at = True, mark.end()
            if (mark[0] == '"' and not self._unquoted()) or (depth == 0 and mark[0] in "}],"):
                return mark[0] != '"'

    def _unquoted(self) -> bool:
        while True:
            passed = _QUOTED.match(self._text, self.at)
            self.at = passed.end() if passed else self.at
            if self._text[self.at : self.at + 1] == '"':
                self.at += 1
                return True
            # A backslash at the very end belongs to what comes next.
            if not self._grown():
                return False

    def _grown(self) -> bool:
        self._more()
        return not self._done
