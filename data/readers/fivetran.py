"""CSV tables in the layout of Fivetran, in folders and archives: which there are, and which of their rows count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from replydesk.data.readers.base import Skipped, Source, yes
from replydesk.data.readers.desk import ident
from replydesk.data.readers.gathered import Gathered, Row, newest
from replydesk.data.readers.sheets import Sheet, sheet

__all__ = ["Tables", "active", "put_aside"]


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

    def hold_all(self, source: Source) -> bool:
        """Return whether no file of a folder stands outside the folder of the tables, where it might be an export."""
        parts = source.parts() if source.is_folder else []
        folders = {part.name.rpartition("/")[0] for part in parts if self.kind_of(part)}
        return len(folders) == 1 and all(part.name.startswith(f"{folder}/") for folder in folders for part in parts)

    def __contains__(self, kind: str) -> bool:
        return kind in self._sheets

    def kind_of(self, source: Source) -> str:
        """Return the kind of the table that a file is by its name, '' for none."""
        match = self._name.fullmatch(source.name.rpartition("/")[2])
        return match[1].casefold() if match else ""

    def has(self, kind: str, *columns: str) -> bool:
        """Return whether there is a table of a kind and every such table has these columns."""
        return kind in self and all(set(columns) <= set(found.header) for found in self._sheets[kind])

    def rows(self, kind: str) -> Iterator[Row | Skipped]:
        """Yield the rows of a kind with their places; nothing for a kind that is not there."""
        for found in self._sheets.get(kind, ()):
            for item in found.rows():
                if isinstance(item, Skipped):
                    yield item
                else:
                    yield Row(item[0], kind, dict(zip(found.header, item[1], strict=True)))

    def _beside(self, source: Source) -> list[Source]:
        folder = source.path.parent
        if not self.kind_of(source) or not folder.is_dir():
            return []
        return [Source(path) for path in sorted(folder.iterdir()) if path.is_file()]


def put_aside(rows: Iterable[Row | Skipped], column: str, gathered: Gathered) -> Iterator[Skipped]:
    """Put rows aside by the value of a column; yield what was skipped. A row without a value belongs to nothing."""
    for item in rows:
        if isinstance(item, Skipped):
            yield item
        elif key := ident(item.value.get(column)):
            gathered.add(key, *item)


def active(rows: Iterable[Row], key: str = "id") -> list[Row]:
    """Return the newest active row for each value of a column; what has no active row was deleted and is left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if not yes(row.value.get("_fivetran_deleted", "")) and yes(row.value.get("_fivetran_active") or "true"):
            found.setdefault(row.value.get(key) or row.where, []).append(row)
    return list(filter(None, map(newest, found.values())))
