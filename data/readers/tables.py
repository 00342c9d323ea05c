"""Tables with a message, a question with its answer, or a whole transcript per row: CSV, TSV, Parquet, flat JSON.

Which column holds what is guessed from the header, in English and Chinese, and corrected by a mapping such as
``{"text": "body", "role": "author_type"}``. A column mapped to ``""`` is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Item, Options, Skipped, Source, private
from replydesk.data.readers.columns import FIELDS, Layout, Row, layout_of, tells
from replydesk.data.readers.dates import ambiguous, date_order
from replydesk.data.readers.ratings import scale
from replydesk.data.readers.sheets import sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.readers.tablerows import Rows

__all__ = ["FIELDS", "Tables"]

_CONTIGUOUS_SEEN = 1_000_000
"""How many conversations are remembered to see whether rows are mixed; beyond it they go over the disk."""

_LOOKED_AT = 200


class Tables:
    """Any table whose columns say enough; the least certain format, so it comes last."""

    name = "csv"

    def matches(self, source: Source) -> bool:
        """Return whether this is a table; whether its columns say enough is told by :meth:`layout`."""
        found = sheet(source)
        # Most JSON is no table: only columns that carry words make it one.
        return found is not None and (bool(found.delimiter) or source.columnar or tells(found))

    def has_rows(self, source: Source) -> bool:
        """Return whether there is a table at all, whatever its columns say."""
        return sheet(source) is not None

    def layout(self, source: Source, options: Options) -> Layout:
        """Return what the columns mean, or raise :class:`FormatError` saying which one is missing."""
        table = sheet(source)
        if table is None:
            raise FormatError("The file is no table.", where=source.name, hint="Give it a header and rows.")
        return layout_of(table, options.columns)

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a ticket per pair, or the conversations that the rows make up together; then what was assumed.

        Pairs that name their conversation and bring no context of their own make up conversations too. A date that
        cannot be read costs its message the time, never the row.
        """
        layout = self.layout(source, options)
        rows = Rows(layout, frozenset(name.casefold() for name in options.agents), *_looked_at(layout, options))
        if layout.shape == "transcripts":
            items: Iterator[Item] = (item for row in layout.sheet.rows() for item in rows.transcript(row))
        elif layout.shape == "pairs" and ("conversation" not in layout.at or "context" in layout.at):
            items = (item for row in layout.sheet.rows() for item in rows.tickets(row))
        elif "conversation" not in layout.at:
            items = _threads(rows)
        elif _contiguous(layout):
            items = _streamed(rows)
        else:
            items = _gathered(rows)
        yield from items
        yield from rows.assumed()


def _looked_at(layout: Layout, options: Options) -> tuple[str, float | None, bool]:
    """Return what the columns tell: the order of dates, the top of the scale, and whether privacy is always said."""
    order, top = options.dates, None
    if not order and any(map(ambiguous, islice(_column(layout, "ts"), _LOOKED_AT))):
        order = date_order(_column(layout, "ts"))
    if "satisfaction" in layout.at:
        top = 1.0 if layout.own else scale(_column(layout, "satisfaction"))
    flags = islice(_column(layout, "private"), _LOOKED_AT)
    return order, top, any(flag.strip() and not private(flag) for flag in flags)


def _column(layout: Layout, name: str) -> Iterator[str]:
    if (position := layout.at.get(name)) is not None:
        yield from (row[1][position] for row in layout.sheet.rows() if not isinstance(row, Skipped))


def _contiguous(layout: Layout) -> bool:
    seen: set[int] = set()
    last = ""
    for key in map(str.strip, _column(layout, "conversation")):
        if key == last:
            continue
        last = key
        # Hashes keep the memory small; two keys with one hash only mean a way over the disk.
        if hash(key) in seen or len(seen) >= _CONTIGUOUS_SEEN:
            return False
        seen.add(hash(key))
    return True


def _streamed(rows: Rows) -> Iterator[Item]:
    position = rows.layout.at["conversation"]

    def keyed() -> Iterator[tuple[str | None, Row | Skipped]]:
        last: str | None = None
        for row in rows.layout.sheet.rows():
            last = last if isinstance(row, Skipped) else row[1][position].strip()
            yield last, row

    for key, group in groupby(keyed(), key=itemgetter(0)):
        good: list[Row] = []
        for _, row in group:
            if isinstance(row, Skipped):
                yield row
            else:
                good.append(row)
        if good:
            yield from rows.conversation(key or "", good)


def _gathered(rows: Rows) -> Iterator[Item]:
    with Spill() as spill:
        for row in rows.layout.sheet.rows():
            if isinstance(row, Skipped):
                yield row
            else:
                spill.add(rows.layout.cell(row, "conversation"), [row[0], *row[1]])
        for key, group in spill.groups():
            yield from rows.conversation(key, [(cells[0], cells[1:]) for cells in group])


def _threads(rows: Rows) -> Iterator[Item]:
    """Yield the rows that name the row they reply to, each with all that replies to it."""
    layout = rows.layout
    with Spill() as spill:
        for row in layout.sheet.rows():
            if isinstance(row, Skipped):
                yield row
            elif name := layout.cell(row, "id"):
                spill.add(layout.cell(row, "reply_to"), [row[0], *row[1]], name=name)
            else:
                yield Skipped(row[0], "the row has neither a conversation nor an id")
        for thread in spill.threads():
            group = [(cells[0], cells[1:]) for cells in thread]
            yield from rows.conversation(layout.cell(group[0], "id"), group)
        for where, *_ in spill.circles():
            yield Skipped(where, "the row replies to itself by way of its replies")
