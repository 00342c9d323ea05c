"""Pieces of an export that belong together and stand apart: in one file, in several, in a folder or an archive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, NamedTuple

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Item, Skipped, Source
from replydesk.data.readers.desk import dated, ident, once
from replydesk.data.readers.jsons import Record
from replydesk.data.readers.spill import Spill

__all__ = ["Gathered", "Row", "files", "gathering", "latest", "newest", "of_one_desk"]


class Row(NamedTuple):
    """An object or a table's row that was put aside: its place, what kind of thing it is, itself."""

    where: str
    kind: str
    value: Mapping[str, Any]


class Gathered:
    """Objects put aside on disk under what they belong to, because an export may hold them anywhere."""

    def __init__(self) -> None:
        self._spill = Spill()

    def __enter__(self) -> Gathered:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spill.__exit__(kind, error, trace)

    def add(self, key: str, where: str, kind: str, value: Mapping[str, Any]) -> None:
        """Put an object aside."""
        self._spill.add(key, [where, kind, json.dumps(value, ensure_ascii=False)])

    def get(self, key: str) -> list[Row]:
        """Return what was put aside under a key, in the order it came."""
        return [Row(where, kind, json.loads(value)) for where, kind, value in self._spill.get(key)]

    def take(self, key: str) -> list[Row]:
        """Return what was put aside under a key and forget it."""
        return [Row(where, kind, json.loads(value)) for where, kind, value in self._spill.take(key)]

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the keys that are left, in the order they came first, with what was put aside under each."""
        for key, rows in self._spill.groups():
            yield key, [Row(where, kind, json.loads(value)) for where, kind, value in rows]


def gathering(
    items: Iterable[Record | Skipped],
    gather: Callable[[Record, Gathered], Iterable[Skipped]],
    group: Callable[[str, list[Row]], Iterable[Item]],
) -> Iterator[Item]:
    """Put all records aside, then yield what each group of them is."""
    with Gathered() as gathered:
        for item in items:
            yield from [item] if isinstance(item, Skipped) else gather(item, gathered)
        yield from once(found for key, rows in gathered.groups() for found in group(key, rows))


def newest(rows: Iterable[Row]) -> Row | None:
    """Return the row that was updated last, of equals the last; None for none."""
    return max(reversed(list(rows)), key=lambda row: str(dated(row.value.get("updated_at")) or ""), default=None)


def latest(rows: Iterable[Row]) -> list[Row]:
    """Return the rows in their order, of those with the same id only the one that was updated last."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(ident(row.value.get("id")) or row.where, []).append(row)
    return list(filter(None, map(newest, found.values())))


def files(source: Source) -> list[Source]:
    """Return the files of a folder or an archive, or the one file."""
    return source.parts() if source.is_folder else [source]


def of_one_desk(source: Source, holds: Callable[[Source], bool], beside: Callable[[Source], bool]) -> bool:
    """Return whether a file is of a help desk, or every file of a folder is or belongs ``beside`` one that is."""
    if not source.is_folder:
        return holds(source)
    found = False
    for part in source.parts():
        try:
            own = holds(part)
            if not own and not beside(part):
                return False
        except FormatError:
            return False
        found = found or own
    return found
