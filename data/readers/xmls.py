"""XML read element by element in constant memory; documents that declare types or entities are refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate

from replydesk.data.readers.base import Skipped, Source
from replydesk.data.readers.jsons import Record
from replydesk.data.readers.jsontext import LIMIT

__all__ = ["elements", "is_xml"]

_CHUNK: Final = 256 * 1024
_DEPTH: Final = 50


def is_xml(source: Source, names: Collection[str]) -> bool:
    """Return whether a file is XML and one of the elements is at its beginning."""
    head = source.head()
    return head.lstrip().startswith("<") and any(f"<{name}>" in head or f"<{name} " in head for name in names)


def elements(source: Source, names: Collection[str]) -> Iterator[Record | Skipped]:
    """Yield every element of one of these names as an object, as Rails writes and reads them.

    An element of elements is an object of them, ``type="array"`` makes a list, ``nil="true"`` is None, and anything
    else is a text. The dashes of names become low lines. What follows a fault is lost, and said. A document type or
    an entity declared in the file ends the reading at once: they are how a small file fills a machine.
    """
    tree = _Tree(frozenset(names))
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = tree.refuse
    parser.EntityDeclHandler = tree.refuse
    with source.open() as stream:
        done, position = False, 0
        while not done:
            chunk = stream.read(_CHUNK)
            done, fault = not chunk, ""
            try:
                parser.Parse(chunk.encode("utf-8", "replace"), done)
            except (ExpatError, _RefusedError) as error:
                done, fault = True, f"the XML cannot be read from here on ({error})"
            for value in tree.taken():
                yield Record(f"{source.name}:{'/'.join(names)}[{position}]", "", value)
                position += 1
            if fault:
                yield Skipped(f"{source.name}:{parser.CurrentLineNumber}", fault)


class _RefusedError(Exception):
    """The document holds what is not read."""


class _Tree:
    """Builds objects of the elements that are wanted while a parser calls it."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._open: list[tuple[str, dict[str, str], list[tuple[str, Any]], list[str]]] = []
        self._found: list[dict[str, Any]] = []
        self._size = 0

    def taken(self) -> list[dict[str, Any]]:
        """Return the objects that are complete and forget them."""
        found, self._found = self._found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element; those outside of what is wanted are passed over."""
        if not self._open and name not in self._names:
            return
        if len(self._open) > _DEPTH:
            raise _RefusedError("its elements are nested too deeply")
        self._open.append((name, attributes, [], []))

    def text(self, text: str) -> None:
        """Add text to the innermost element."""
        if self._open:
            self._size += len(text)
            if self._size > LIMIT:
                raise _RefusedError(f"an element is longer than {LIMIT:,} characters")
            self._open[-1][3].append(text)

    def end(self, name: str) -> None:  # noqa: ARG002 - the parser checks that names match
        """End the innermost element."""
        if not self._open:
            return
        tag, attributes, children, texts = self._open.pop()
        value: Any = "".join(texts)
        if attributes.get("type") == "array":
            value = [child for _, child in children]
        elif children:
            value = dict(children)
        elif attributes.get("nil") == "true":
            value = None
        if self._open:
            self._open[-1][2].append((tag.replace("-", "_"), value))
        else:
            self._size = 0
            self._found += [value] if isinstance(value, dict) else []

    def refuse(self, *_: object) -> None:
        """Refuse what may hold entities."""
        raise _RefusedError("document types and entities are refused")
