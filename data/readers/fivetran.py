"""Folders and archives of CSV tables in the layout of Fivetran: which tables there are, and their newest rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType

from replydesk.data.readers.base import Skipped, Source, yes
from replydesk.data.readers.desk import dated
from replydesk.data.readers.sheets import Sheet, sheet
from replydesk.data.readers.spill import Spill

__all__ = ["Aside", "Placed", "Row", "Tables", "newest"]

Row = Mapping[str, str]
Placed = tuple[str, Row]
"""A row of a table with its place."""


class Tables:
    """The tables of a help desk that a source holds, by their kinds; one kind may come in several files.

    A path of one table stands for its folder. The names are the layout, with or without the desk's name before and
    ``_history``, ``_data`` or a number behind.
    """

    def __init__(self, source: Source, desk: str, kinds: Iterable[str]) -> None:
        names = "|".join(sorted(kinds, key=len, reverse=True))
        self._name = re.compile(
            rf"(?:(?:stg_)?{desk}_{{1,2}})?({names})(?:_history)?s?(?:_data)?(?:_?\d+)?\.(?:csv|tsv)(?:\.gz)?",
            re.IGNORECASE,
        )
        self._sheets: dict[str, list[Sheet]] = {}
        for part in source.parts() if source.is_folder else self._beside(source):
            if (kind := self.kind_of(part)) and (found := sheet(part)):
                self._sheets.setdefault(kind, []).append(found)

    def __contains__(self, kind: str) -> bool:
        return kind in self._sheets

    def kind_of(self, source: Source) -> str:
        """Return the kind of the table that a file is by its name, '' for none."""
        match = self._name.fullmatch(source.name.rpartition("/")[2])
        return match[1].casefold() if match else ""

    def has(self, kind: str, *columns: str) -> bool:
        """Return whether there is a table of a kind and every such table has these columns."""
        return kind in self and all(set(columns) <= set(found.header) for found in self._sheets[kind])

    def rows(self, kind: str) -> Iterator[Placed | Skipped]:
        """Yield the rows of a kind with their places; nothing for a kind that is not there."""
        for found in self._sheets.get(kind, ()):
            for item in found.rows():
                yield item if isinstance(item, Skipped) else (item[0], dict(zip(found.header, item[1], strict=True)))

    def _beside(self, source: Source) -> list[Source]:
        folder = source.path.parent
        if not self.kind_of(source) or not folder.is_dir():
            return []
        return [Source(path) for path in sorted(folder.iterdir()) if path.is_file()]


class Aside:
    """Rows that are put aside on disk by the value of a column, until all that belong together are there."""

    def __init__(self) -> None:
        self._spill = Spill()

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spill.__exit__(kind, error, trace)

    def fill(self, rows: Iterable[Placed | Skipped], column: str) -> Iterator[Skipped]:
        """Put rows aside and yield what was skipped; a row without a value belongs to nothing and is passed over."""
        for item in rows:
            if isinstance(item, Skipped):
                yield item
            elif key := item[1].get(column, "").strip():
                self._spill.add(key, [item[0], *(cell for pair in item[1].items() for cell in pair)])

    def get(self, key: str) -> list[Placed]:
        """Return the rows under a key."""
        return [_row(cells) for cells in self._spill.get(key)]

    def take(self, key: str) -> list[Placed]:
        """Return the rows under a key and forget them."""
        return [_row(cells) for cells in self._spill.take(key)]

    def groups(self) -> Iterator[tuple[str, list[Placed]]]:
        """Yield the keys that are left with their rows."""
        for key, rows in self._spill.groups():
            yield key, [_row(cells) for cells in rows]


def newest(rows: Iterable[Placed], key: str = "id") -> list[Placed]:
    """Return the newest active row for each value of a column; what has no active row was deleted and is left out."""
    found: dict[str, Placed] = {}
    for place, row in rows:
        if yes(row.get("_fivetran_deleted", "")) or not yes(row.get("_fivetran_active", "") or "true"):
            continue
        name = row.get(key) or place
        if name not in found or _age(row) >= _age(found[name][1]):
            found[name] = place, row
    return list(found.values())


def _age(row: Row) -> tuple[str, str]:
    start, updated = dated(row.get("_fivetran_start")), dated(row.get("updated_at"))
    return (updated.isoformat() if updated else "", start.isoformat() if start else "")


def _row(cells: list[str]) -> Placed:
    where, *pairs = cells
    return where, dict(zip(pairs[::2], pairs[1::2], strict=True))
