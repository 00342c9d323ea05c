"""YAML read piece by piece into texts, lists and mappings; nothing is constructed, and no alias grows without end.

Every scalar stays the text that was written: the intent ``no`` is not False, and the version ``3.0`` is not a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import yaml

from replydesk.data.readers.base import Skipped, Source, str_of

__all__ = ["Node", "nodes"]

LIMIT = 1_000_000
"""How many nodes one value may have, with every alias counted as what it stands for."""

_DEPTH = 100
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
# The parser in C is ten times as fast and comes with nearly every wheel of PyYAML.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node(NamedTuple):
    """A value under a key of the topmost mapping, or an element of the list there: its place, the key, itself."""

    where: str
    key: str
    value: Any


def nodes(source: Source) -> Iterator[Node | Skipped]:
    """Yield what stands under the topmost keys; the elements of a list there come one by one.

    A value is a text, None, a list or a dict. Where the file stops being YAML, the rest is skipped and said.
    """
    with source.open() as stream:
        yield from _nodes(source.name, stream)


def _nodes(name: str, stream: IO[str]) -> Iterator[Node | Skipped]:
    reading = _Events(_Readable(stream))
    where = name
    try:
        while not isinstance(event := reading.next(), yaml.StreamEndEvent):
            if not isinstance(event, yaml.MappingStartEvent):
                continue
            while not isinstance(event := reading.next(), yaml.MappingEndEvent):
                where = f"{name}:{event.start_mark.line + 1}"
                key, event = str_of(reading.value(event)), reading.next()
                if not isinstance(event, yaml.SequenceStartEvent):
                    yield Node(where, key, reading.value(event))
                    continue
                while not isinstance(event := reading.next(), yaml.SequenceEndEvent):
                    where = f"{name}:{event.start_mark.line + 1}"
                    yield Node(where, key, reading.value(event))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else where
        yield Skipped(
            place, f"the file is not YAML from here on ({getattr(error, 'problem', None) or 'bad characters'})"
        )
    except (UnicodeError, ValueError) as error:
        yield Skipped(where, f"the file cannot be read from here on ({error})")


class _Readable:
    """A text in which what YAML does not allow, and what was no text, stands as the replacement character."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> str:
        return _UNFIT.sub("\ufffd", self._stream.read(size))


class _Events:
    """The events of a parser, and the values that they spell."""

    def __init__(self, stream: _Readable) -> None:
        self._events: Iterator[Any] = yaml.parse(stream, Loader=_PARSER)
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = 0

    def next(self) -> Any:
        return next(self._events, yaml.StreamEndEvent())

    def value(self, event: Any) -> Any:
        """Return the value that begins with this event; raise ValueError when it is too large or too deep."""
        self._size = 0
        return self._value(event, 0)

    def _value(self, event: Any, depth: int) -> Any:
        self._size += 1
        if depth > _DEPTH:
            raise ValueError(f"nested deeper than {_DEPTH}")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise ValueError(f"the alias *{event.anchor} stands for nothing that came before")
            value, size = self._anchors[event.anchor]
            self._size += size
        else:
            before = self._size
            value = self._made(event, depth)
            if event.anchor:
                self._anchors[event.anchor] = value, self._size - before
        if self._size > LIMIT:
            raise ValueError(f"one value of more than {LIMIT:,} pieces")
        return value

    def _made(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in _NULL else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            listed: list[Any] = []
            while not isinstance(event := self.next(), (yaml.SequenceEndEvent, yaml.StreamEndEvent)):
                listed.append(self._value(event, depth + 1))
            return listed
        mapped: dict[str, Any] = {}
        merged: list[Any] = []
        while not isinstance(event := self.next(), (yaml.MappingEndEvent, yaml.StreamEndEvent)):
            key = self._value(event, depth + 1)
            value = self._value(self.next(), depth + 1)
            if key == "<<":
                merged += value if isinstance(value, list) else [value]
            elif isinstance(key, str):
                mapped[key] = value
        for other in merged:
            mapped = {**other, **mapped} if isinstance(other, dict) else mapped
        return mapped
