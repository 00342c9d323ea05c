"""One big JSON object whose values are objects, read piece by piece, each with its name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import IO

from replydesk.data.readers.base import Skipped, Source
from replydesk.data.readers.jsons import SAMPLES, Record, record_of
from replydesk.data.readers.jsontext import JsonText

__all__ = ["first_values", "values"]

_KEY_SHOWN = 60


def values(source: Source) -> Iterator[Record | Skipped]:
    """Yield the objects that stand under their names in one big object, each with its name as the key."""
    with source.open() as stream:
        yield from _values(source.name, stream)


def first_values(source: Source, *, count: int = 20) -> list[Record]:
    """Return the first objects under names; none when a file is not one object of which all values are objects."""
    for size in SAMPLES:
        head = source.head(size)
        if not _is_one_of_objects(head):
            return []
        found = _values(source.name, io.StringIO(head))
        if complete := [item for item in islice(found, 5 * count) if isinstance(item, Record)]:
            return complete[:count]
    return []


def _values(name: str, stream: IO[str]) -> Iterator[Record | Skipped]:
    text = JsonText(stream)
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
                yield record_of(where, key, value, text.last)
    except ValueError as error:
        yield Skipped(name, f"the file ends early or is not JSON from here on ({error})")


def _is_one_of_objects(head: str) -> bool:
    text, found = JsonText(io.StringIO(head)), False
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
