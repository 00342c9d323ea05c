"""JSON, and Parquet as if it were JSON, read piece by piece; what cannot be read is skipped, with its place."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any, Literal, NamedTuple

from replydesk.data.readers.base import SAMPLE, Skipped, Source, bounded, broken
from replydesk.data.readers.jsontext import LIMIT, JsonText
from replydesk.data.readers.parquet import objects

__all__ = ["SAMPLES", "Record", "first", "record_of", "records"]

SAMPLES = (SAMPLE, 4 * 1024 * 1024)
"""So many characters of a file are looked at to recognise it; more where they hold nothing whole."""

_DEPTH = 3
"""How many objects may wrap a page."""

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
    for size in SAMPLES:
        found = _sampled(source, size, mode, keys, 5 * count)
        if complete := [item for item in islice(found, 5 * count) if isinstance(item, Record)]:
            return complete[:count]
    return []


def _sampled(source: Source, size: int, mode: _Mode, keys: _Keys, most: int) -> Iterator[Record | Skipped]:
    """Yield the records of the beginning of a file. What it holds, whatever the keys, is read for all formats once."""

    def look() -> list[Record | Skipped]:
        return list(islice(_items(source.name, io.StringIO(source.head(size)), mode, keys.listed), most))

    if mode == "object":
        yield from _records(source.name, io.StringIO(source.head(size)), mode, keys)
    else:
        for item in source.looked(("json", size, mode, keys.listed, most), look):
            yield from _opened(item, keys, _DEPTH)


_Mode = Literal["lines", "list", "object"]


class _Keys(NamedTuple):
    inside: tuple[str, ...]
    beside: tuple[str, ...]
    through: tuple[str, ...]
    listed: str = ""


def _mode(source: Source, keys: _Keys) -> _Mode:
    for size in SAMPLES:
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
        return _reaches_page(JsonText(io.StringIO(head)), keys, _DEPTH)
    except ValueError:
        return False  # the first object is longer than the sample, or none


def _reaches_page(text: JsonText, keys: _Keys, depth: int) -> bool:
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
    if mode == "object":
        yield from _pages(name, JsonText(stream), keys)
        return
    for item in _items(name, stream, mode, keys.listed, damaged=damaged):
        yield from _opened(item, keys, _DEPTH)


def _items(
    name: str, stream: IO[str], mode: _Mode, listed: str, *, damaged: bool = False
) -> Iterator[Record | Skipped]:
    """Yield the lines or the elements of a file as they stand there."""
    if mode == "lines":
        yield from _lines(name, stream, listed, damaged=damaged)
        return
    text, number = JsonText(stream), 0
    # Several arrays may follow each other, where each page of an API was one.
    while character := text.peek():
        text.at += character == "["
        for item in _elements(name, "", text, number, listed):
            number += 1
            yield item
        if text.stuck:
            return


def _pages(name: str, text: JsonText, keys: _Keys) -> Iterator[Record | Skipped]:
    number = 0
    try:
        while text.peek() == "{":
            number += 1
            yield from _page(f"{name}:" if number == 1 else f"{name}:[{number - 1}]:", text, keys, _DEPTH)
    except ValueError as error:
        yield Skipped(name, f"the file ends early or is not JSON from here on ({error})")


def _page(place: str, text: JsonText, keys: _Keys, depth: int) -> Iterator[Record | Skipped]:
    for key in text.keys():  # noqa: SIM118 - a walk
        if key in keys.inside + keys.beside and text.peek() == "[":
            text.at += 1
            yield from _elements(f"{place}{key}", key, text, listed=keys.listed)
            if text.stuck:
                raise ValueError("no end was found")
        elif key in keys.beside and text.peek() == "{":
            yield record_of(f"{place}{key}", key, text.value(), text.last)
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
                yield record_of(f"{where}[{position}]", key, element)
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
                yield record_of(where, "", json.loads(line), line, listed)
            except (ValueError, RecursionError) as error:
                yield Skipped(where, f"the line is not complete JSON ({error})")


def _elements(name: str, key: str, text: JsonText, position: int = 0, listed: str = "") -> Iterator[Record | Skipped]:
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
                yield record_of(f"{where}[{number}]", key, element, text.last)
        else:
            yield record_of(where, key, value, text.last, listed)
    text.at += len(character)


def _rows(source: Source) -> Iterator[Record | Skipped]:
    for item in objects(source):
        yield item if isinstance(item, Skipped) else Record(item[0], "", item[1])


def record_of(where: str, key: str, value: Any, written: str = "", listed: str = "") -> Record | Skipped:
    """Return the record of a value as it was ``written``, or why there is none."""
    if listed and isinstance(value, list):
        value = {listed: value}
    if not isinstance(value, dict):
        return Skipped(where, "a JSON object was expected")
    if _ESCAPED_SURROGATE.search(written):
        # Half of an escaped emoji cannot be stored; a whole one survives this unchanged.
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return Record(where, key, value)
