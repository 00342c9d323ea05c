"""Rows of tables in an SQL text: a pg_dump with COPY or INSERT, SQLite's .dump, a mysqldump."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import IO

from replydesk.data.readers.base import Skipped, Source, broken
from replydesk.data.readers.jsontext import LIMIT

__all__ = ["Row", "rows", "tables"]

Row = tuple[str, str, dict[str, str]]
"""The place, the table and the cells of a row by column; NULL is left out."""

_LINES_SEEN = 500
_NAME = r'(?:(?:"[^"]+"|`[^`]+`|\w+)\.)?(?:"([^"]+)"|`([^`]+)`|(\w+))'
_COLUMNS = r"(?:\s*\(([^()]*)\))?"
_COPY = re.compile(rf"COPY\s+{_NAME}{_COLUMNS}\s+FROM\s+stdin\b", re.IGNORECASE)
_INSERT = re.compile(rf"INSERT\s+(?:IGNORE\s+)?INTO\s+{_NAME}{_COLUMNS}\s*VALUES", re.IGNORECASE)
_CREATE = re.compile(rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*\(", re.IGNORECASE)
_COLUMN = re.compile(r'\s*(?:"([^"]+)"|`([^`]+)`|(\w+))\s+\w')
_NO_COLUMN = re.compile(r"\s*(?:CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK|KEY|INDEX|EXCLUDE)\b", re.IGNORECASE)
_SQL = re.compile(
    r"-- (?:PostgreSQL|MySQL|MariaDB|Dumped|Name: )|SET \w+|COPY |INSERT |CREATE |PRAGMA |BEGIN|ALTER |DROP |/\*!",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([bfnrtv\\]|[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)", re.DOTALL)
_LETTER = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_MYSQL_LETTER = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_PLAIN = r"'((?:[^']|'')*+)'"
_ESCAPED = r"'((?:[^'\\]|\\.|'')*+)'"
_BARE = r"([^\s,()'][^,()']*)"
_REST = r"(?:::[\w ]+)?\s*([,)])"
_LITERAL = re.compile(rf"\s*(?:E{_ESCAPED}|{_PLAIN}|{_BARE}){_REST}", re.DOTALL)
_ESCAPING = re.compile(rf"\s*(?:E?{_ESCAPED}|(\0)|{_BARE}){_REST}", re.DOTALL)
_ROW = re.compile(r"[\s,]*\(")
_LONGEST_LITERAL = 100


def tables(source: Source, wanted: Sequence[str]) -> bool:
    """Return whether this is an SQL text with rows of one of the tables; only then is all of it looked at."""
    lines = source.head().splitlines()
    if not any(_SQL.match(line) for line in islice((line for line in lines if line.strip()), _LINES_SEEN)):
        return False
    with source.open() as stream:
        while line := stream.readline(LIMIT):
            found = _COPY.match(line) or _INSERT.match(line)
            if found and _name(found) in wanted:
                return True
    return False


def rows(source: Source, wanted: Mapping[str, Sequence[str]]) -> Iterator[Row | Skipped]:
    """Yield the rows of the wanted tables in the order they stand.

    ``wanted`` maps the name of a table to its columns, which count where the text names none.
    """
    columns = {name: tuple(names) for name, names in wanted.items()}
    with source.open() as stream:
        lines = _Lines(source, stream)
        for line in lines:
            if (found := _CREATE.match(line)) and (name := _name(found)) in columns:
                columns[name] = _created(line[found.end() :], lines) or columns[name]
            elif found := _COPY.match(line):
                name = _name(found)
                yield from _copied(lines, name, _named(found[4]) or columns.get(name, ()), wanted=name in columns)
            elif (found := _INSERT.match(line)) and (name := _name(found)) in columns:
                values = _inserted(lines, line[found.end() :], escaping="`" in found[0])
                yield from _placed(lines, name, _named(found[4]) or columns[name], values)


class _Lines:
    """The lines of a text, counted; one that is far too long counts as empty."""

    def __init__(self, source: Source, stream: IO[str]) -> None:
        self.name, self.damaged, self._stream = source.name, source.damaged, stream
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LIMIT):
            self.number += 1
            while not line.endswith("\n") and (rest := self._stream.readline(LIMIT)):
                # Nothing that a person wrote is that long.
                line = rest[-1:]
            yield line

    @property
    def where(self) -> str:
        return f"{self.name}:{self.number}"


def _name(found: re.Match[str]) -> str:
    return found[1] or found[2] or found[3]


def _named(listed: str | None) -> tuple[str, ...]:
    return tuple(name.strip().strip('"`') for name in listed.split(",")) if listed else ()


def _created(text: str, lines: _Lines) -> tuple[str, ...]:
    names: list[str] = []
    depth, piece, following = 1, "", text
    while True:
        for character in following:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if (character == "," and depth == 1) or not depth:
                if (found := _COLUMN.match(piece)) and not _NO_COLUMN.match(piece):
                    names.append(_name(found))
                piece = ""
            else:
                piece += character
            if not depth:
                return tuple(names)
        following = next(iter(lines), "")
        if not following:
            return ()


def _copied(lines: _Lines, table: str, columns: Sequence[str], *, wanted: bool) -> Iterator[Row | Skipped]:
    for line in lines:
        text = line.rstrip("\r\n")
        if text == "\\.":
            return
        if not wanted:
            continue
        cells = text.split("\t")
        if len(cells) != len(columns):
            yield Skipped(lines.where, f"the row has {len(cells)} cells, the table {len(columns)} columns")
        elif lines.damaged and broken(text):
            yield Skipped(lines.where, "the row holds bytes that are not text")
        else:
            pairs = zip(columns, cells, strict=True)
            yield lines.where, table, {name: _uncopied(cell) for name, cell in pairs if cell != "\\N"}
    if wanted:
        yield Skipped(lines.where, "the dump ends in the middle of a table")


def _uncopied(cell: str) -> str:
    """Return a cell without COPY's escapes (PostgreSQL manual, COPY, "Text Format")."""

    def one(found: re.Match[str]) -> str:
        letter = found[1]
        if letter in _LETTER:
            return _LETTER[letter]
        if letter[0] == "x" and len(letter) > 1:
            return chr(int(letter[1:], 16))
        return chr(int(letter, 8)) if letter[0] in "01234567" else letter

    return _ESCAPE.sub(one, cell) if "\\" in cell else cell


def _inserted(lines: _Lines, text: str, *, escaping: bool) -> Iterator[tuple[str, list[str | None]] | Skipped]:
    literal, at = (_ESCAPING if escaping else _LITERAL), 0
    while True:
        start = _ROW.match(text, at)
        if start is None:
            if text[at:].strip(" \t\r\n,") or not (text := next(iter(lines), "")):
                return
            at = 0
            continue
        where, at = lines.where, start.end()
        cells: list[str | None] = []
        more, end = _LONGEST_LITERAL, ""
        while end != ")":
            while (found := literal.match(text, at)) is None:
                following, more = next(iter(lines), ""), more - 1
                if not following or not more:
                    yield Skipped(where, "the statement cannot be read, or ends early")
                    return
                text, at = text[at:] + following, 0
            cells.append(_value(found))
            at, end = found.end(), found[4]
        yield where, cells


def _value(found: re.Match[str]) -> str | None:
    escaped, plain, bare, _ = found.groups()
    if escaped is not None:
        return re.sub(r"\\(.)|''", lambda one: _MYSQL_LETTER.get(one[1], one[1] or "'"), escaped, flags=re.DOTALL)
    if plain is not None:
        return str(plain).replace("''", "'")
    return None if bare.strip().casefold() == "null" else str(bare).strip()


def _placed(
    lines: _Lines, table: str, columns: Sequence[str], values: Iterator[tuple[str, list[str | None]] | Skipped]
) -> Iterator[Row | Skipped]:
    for item in values:
        if isinstance(item, Skipped):
            yield item
            continue
        where, cells = item
        if len(cells) != len(columns):
            yield Skipped(where, f"the row has {len(cells)} cells, the table {len(columns)} columns")
        elif lines.damaged and any(cell is not None and broken(cell) for cell in cells):
            yield Skipped(where, "the row holds bytes that are not text")
        else:
            yield where, table, {n: cell for n, cell in zip(columns, cells, strict=True) if cell is not None}
