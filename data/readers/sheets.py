"""Tables read row by row in constant memory; a row that cannot be read is skipped, with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, Literal

from replydesk.data.readers.base import Skipped, Source, bounded, broken
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.jsontext import LIMIT

__all__ = ["Sheet", "sheet"]

_BARE_RETURN = re.compile(r"\r(?!\n)")
_DELIMITERS = ",\t;|"
_GUARDED = tuple("=+-@\t\r")
_SAMPLED = 50
_QUOTED = re.compile(r'(?:^|\t)"(?:[^"\t]|"")*"(?:\t|$)')
_TOLD = re.compile(r"[\"']?sep=(.)", re.IGNORECASE)
_END = "\0end of file\0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with named columns: CSV under its ``delimiter``, or flat JSON objects when that is empty.

    ``start`` is the line on which the header begins. ``quoting`` is ``csv.QUOTE_NONE`` where a quote is only a quote.
    """

    source: Source
    header: tuple[str, ...]
    delimiter: str = ""
    start: int = 1
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL

    def rows(self, *, ragged: bool = False) -> Iterator[tuple[str, list[str]] | Skipped]:
        """Yield the place and the cells of every row, as many as the header has; blank rows are passed over.

        A cell with a list or an object is its JSON. The quote that keeps a spreadsheet from running cells
        that begin with ``=``, ``+``, ``-`` or ``@`` is taken off. Rows may be longer or shorter than the header
        when they are ``ragged``.
        """
        if self.delimiter:
            yield from self._csv(ragged)
            return
        for item in records(self.source):
            if isinstance(item, Record):
                yield item.where, [_cell(item.value.get(name)) for name in self.header]
            else:
                yield item

    def _csv(self, ragged: bool) -> Iterator[tuple[str, list[str]] | Skipped]:
        width, name, damaged = len(self.header), self.source.name, self.source.damaged
        newline = "\n" if "\n" in self.source.head() else ""
        with self.source.open(newline) as stream:
            # Inside a quote that is never closed the mark of the end becomes part of the last cell.
            lines = _Lines(stream)
            joined = chain(map(_joined, lines), [_END])
            reader = csv.reader(joined, delimiter=self.delimiter, quoting=self.quoting)
            start = 1
            while True:
                where = f"{name}:{start}"
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Skipped(where, f"the row cannot be read ({error})")
                    start = reader.line_num + 1
                    continue
                above, last, start = start <= self.start, reader.line_num, reader.line_num + 1
                if lines.cut:
                    lines.cut = False
                    yield Skipped(where, f"the line is longer than {LIMIT:,} characters")
                    continue
                if above or not any(cells) or cells == [_END]:
                    continue
                if cells[-1].endswith(_END):
                    yield Skipped(where, "the row is cut off inside a quoted cell")
                elif len(cells) != width and not ragged:
                    extent = f", and it ends on line {last}" if last > int(where.rpartition(":")[2]) else ""
                    yield Skipped(where, f"the row has {len(cells)} cells, the header {width}{extent}")
                elif damaged and any(map(broken, cells)):
                    yield Skipped(where, "the row holds bytes that are not text")
                else:
                    guarded = cells[0][:1] == "'" or "\0'" in "\0".join(cells)
                    yield where, [_unguarded(cell) for cell in cells] if guarded else cells


def sheet(source: Source) -> Sheet | None:
    """Return the table that a file holds, or None when it has not two columns and one full row."""
    if found := first(source):
        values = [record.value for record in found]
        nested = {name for value in values for name, cell in value.items() if isinstance(cell, dict)}
        return Sheet(source, tuple(dict.fromkeys(n for value in values for n in value if n not in nested)))
    head = source.head()
    if head.lstrip().startswith(("{", "[")):
        return None
    told = _TOLD.match(head)
    best: tuple[float, Sheet] | None = None
    for delimiter in told[1] if told else _DELIMITERS:
        quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" and _is_bare(head) else csv.QUOTE_MINIMAL
        rows = _first_rows(head, delimiter, quoting)
        # A report may begin with its name and date; what says which delimiter it uses is such a line, too.
        top = next((n for n, (_, row) in enumerate(rows) if sum(map(bool, row)) > 1), 0)
        if top + 1 < len(rows) and _is_group(*(cells for _, cells in rows[top : top + 2])):
            top += 1
        width = len(rows[top][1]) if rows else 0
        agreeing = sum(len(row) == width for _, row in rows[top + 1 :])
        if width < 2 or not agreeing:
            continue
        score = agreeing / (len(rows) - top) * width
        if best is None or score > best[0]:
            start, cells = rows[top]
            best = score, Sheet(source, tuple(_unguarded(cell).strip() for cell in cells), delimiter, start, quoting)
    return best[1] if best else None


def _is_bare(head: str) -> bool:
    # Many tables parted by tabs know no quotes: one that opens a text there would swallow the rows below.
    lines = head.splitlines()[:-1]
    return len({line.count("\t") for line in lines}) == 1 and not any(map(_QUOTED.search, lines))


def _first_rows(head: str, delimiter: str, quoting: Literal[0, 3]) -> list[tuple[int, list[str]]]:
    """Return the first rows, each with the line that it begins on."""
    rows: list[tuple[int, list[str]]] = []
    lines = io.StringIO(head, newline="\n" if "\n" in head else "")
    reader, start = csv.reader(map(_joined, lines), delimiter=delimiter, quoting=quoting), 1
    try:
        for row in reader:
            if row:
                rows.append((start, row))
            if len(rows) == _SAMPLED:
                break
            start = reader.line_num + 1
    except csv.Error:
        return []
    return rows


def _is_group(row: list[str], below: list[str]) -> bool:
    # Above the names of the columns may stand the names of groups of columns, which leave cells empty.
    return len(row) == len(below) and 2 * row.count("") >= len(row) and "" not in below


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_GUARDED) else cell


class _Lines:
    """Lines in bounded memory: one that is too long comes as a short one, and ``cut`` is set."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self.cut = stream, False

    def __iter__(self) -> Iterator[str]:
        for line, cut in bounded(self._stream, LIMIT):
            if cut:
                self.cut = True
            yield "too long\n" if cut else line


def _joined(line: str) -> str:
    # Some writers leave a carriage return inside a cell bare; it must not end the row.
    return _BARE_RETURN.sub(" ", line) if line.find("\r", 0, -2) >= 0 else line


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
