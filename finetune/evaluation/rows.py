"""Labelled data of anybody: files with texts and labels become rows; a row that is wrong is named with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.errors import RequestError
from replydesk.data.readers import Skipped, Source
from replydesk.data.readers.jsons import records
from replydesk.data.readers.sheets import Sheet, sheet
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.intents.folds import even_folds, rows_by_label

__all__ = [
    "LeftOut",
    "drawn",
    "folds_of",
    "held_apart",
    "keyed_rows",
    "read_labelled",
    "read_texts",
    "read_unlabelled",
    "shared_texts",
]

_TEXTS = ("text", "utterance", "sentence", "query", "question", "message", "文本", "问题", "句子", "内容", "消息")
_LABELS = ("label", "category", "intent", "topic", "标签", "意图", "类别", "分类", "主题")
# Of more rows without a text or a label it is likelier that a column is wrong than that somebody forgot them.
_FORGOTTEN = 0.1
_NEVER = "\x1f"
_SHOWN = 40
_FEW = 3000
_FOLDS = 5


class LeftOut:
    """The rows of a file that say too little to be used: how many there are of each kind, and where the first is.

    Up to a tenth of the rows may be left out, and :meth:`told` says so.
    """

    def __init__(self, path: Path, hint: str = "Fill it in, or leave the row out.") -> None:
        self._path, self._hint = path, hint
        self._places: dict[str, list[str]] = {}
        self.rows = 0

    def row(self, where: str, lacks: str) -> bool:
        """Count a row, and return whether it is to be left out because it ``lacks`` something."""
        self.rows += 1
        if lacks:
            self._places.setdefault(lacks, []).append(where)
        return bool(lacks)

    def told(self) -> tuple[str, ...]:
        """Return notes of what was left out. Raises :class:`RequestError` where it is more than a tenth, or all."""
        found = sum(map(len, self._places.values()))
        if found > _FORGOTTEN * self.rows:
            lacks, places = max(self._places.items(), key=lambda item: len(item[1]))
            more = f", like {len(places) - 1} more of {self.rows}" if len(places) > 1 else ""
            hint = f"{self._hint} Up to one row in ten is passed over."
            raise RequestError(f"This row has no {lacks}{more}.", where=places[0], hint=hint)
        return tuple(
            f"{len(places)} of {self.rows} rows of {self._path.name} have no {lacks} and are left out, the first at "
            f"{places[0]}."
            for lacks, places in self._places.items()
        )


def keyed_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the values by name of every row: of JSONL the objects, of CSV or TSV the columns.

    A cell with a JSON list is that list. Raises :class:`RequestError`.
    """
    hint = "Each line is one JSON object, or the first names the columns; docs/reference/commands.md shows which."
    source = _checked(path)
    if source is None:
        return
    table = None if source.head().lstrip().startswith(("{", "[")) else sheet(source)
    if table is not None:
        header = [name.strip().casefold() for name in table.header]
        for where, cells in _cells(table, path):
            yield where, dict(zip(header, map(_listed, cells), strict=True))
        return
    for item in records(source):
        if isinstance(item, Skipped):
            raise RequestError(f"It cannot be read: {item.why}.", where=_place(path, item.where), hint=hint)
        yield _place(path, item.where), item.value


def _listed(cell: str) -> str | list[Any]:
    if not cell.lstrip().startswith("["):
        return cell
    try:
        found = json.loads(cell)
    except ValueError:
        return cell
    return found if isinstance(found, list) else cell


def read_labelled(path: Path, notes: list[str] | None = None) -> Labelled:
    """Return the texts and labels of a CSV or JSONL file with the columns ``text`` and ``label``.

    Other names that such columns often have are read, too: ``query`` and ``intent``, 问题 and 意图. With a list of
    ``notes`` up to a tenth of the rows may lack a text or a label; they are left out, and a note says so. Raises
    :class:`RequestError` with file and line where a row has no text or no label, or cannot be read.
    """
    texts, labels, left = [], [], LeftOut(path)
    table = _table(path, 2)
    text, label = _column(table, path, _TEXTS), _column(table, path, _LABELS)
    for where, cells in _cells(table, path):
        lacks = next((name for place, name in ((text, "text"), (label, "label")) if not cells[place].strip()), "")
        if left.row(where, lacks):
            if notes is None:
                raise RequestError(f"This row has no {lacks}.", where=where, hint="Fill it in, or leave the row out.")
            continue
        texts.append(cells[text].strip())
        labels.append(cells[label].strip())
    if not left.rows:
        raise RequestError("The file has no rows.", where=str(path), hint="Name a file with texts and labels.")
    if notes is not None:
        notes += left.told()
    return Labelled(tuple(texts), tuple(labels))


def read_texts(path: Path, notes: list[str] | None = None) -> tuple[str, ...]:
    """Return the texts of a CSV or JSONL file with a column ``text``; other columns are not looked at.

    With a list of ``notes`` up to a tenth of the rows may have none, as in :func:`read_labelled`. Raises
    :class:`RequestError` with file and line.
    """
    table = _table(path, 1)
    place, texts, left = _column(table, path, _TEXTS), [], LeftOut(path)
    for where, cells in _cells(table, path):
        if left.row(where, "" if cells[place].strip() else "text"):
            if notes is None:
                raise RequestError("This row has no text.", where=where, hint="Fill it in, or leave the row out.")
            continue
        texts.append(cells[place].strip())
    if not left.rows:
        raise RequestError("The file has no rows.", where=str(path), hint="Name a file with texts.")
    if notes is not None:
        notes += left.told()
    return tuple(texts)


def read_unlabelled(path: Path, notes: list[str] | None = None) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the texts of a file as :func:`read_texts` does, and the labels of those that have one."""
    texts = read_texts(path, notes)
    table = _table(path, 1)
    header = [name.strip().casefold() for name in table.header]
    place = next((header.index(name) for name in _LABELS if name in header), None)
    if place is None:
        return texts, {}
    text = _column(table, path, _TEXTS)
    rows = [(cells[text].strip(), cells[place].strip()) for _, cells in _cells(table, path)]
    return texts, {text: label for text, label in rows if text and label}


def drawn(rows: Labelled, limit: int | None, seed: int) -> Labelled:
    """Return ``limit`` of the rows, every label with about its share and, where the limit allows it, at least once."""
    if limit is None or limit >= len(rows):
        return rows
    # Row k of a label that has n rows comes at the place (k + 1/2) / n of the order in which all are taken.
    ranks = []
    for mine in rows_by_label(rows.labels, seed).values():
        ranks += [((k + 0.5) / len(mine), row) for k, row in enumerate(mine)]
        if limit >= len(rows.names):
            ranks[-len(mine)] = (0.0, mine[0])
    return _taken(rows, sorted(row for _, row in sorted(ranks)[:limit]))


def held_apart(rows: Labelled, share: float, seed: int) -> tuple[Labelled, Labelled]:
    """Return the rows without a stratified share of them, and that share; every label keeps at least one row.

    Of a label with n rows about ``share`` times n are held apart; the remainders are made even over all labels. At
    least one row is held apart where any label has two.
    """
    apart: set[int] = set()
    places, owed = rows_by_label(rows.labels, seed), 0.0
    for mine in places.values():
        owed += share * len(mine)
        take = max(0, min(round(owed), len(mine) - 1))
        owed -= take
        apart.update(mine[:take])
    if not apart:
        apart.update(next((mine[:1] for mine in places.values() if len(mine) > 1), []))
    return _taken(rows, [row for row in range(len(rows)) if row not in apart]), _taken(rows, sorted(apart))


def folds_of(rows: Labelled, share: float, seed: int) -> list[tuple[Labelled, Labelled]]:
    """Return pairs of what is learned from and what is judged: five stratified folds, above 3,000 rows one pair.

    The one pair holds out ``share`` of the rows. A label with one row is in every part that is learned from.
    """
    if len(rows) > _FEW:
        return [held_apart(rows, share, seed)]
    fold = even_folds(rows.labels, _FOLDS, seed)
    held = [np.flatnonzero(fold == number).tolist() for number in range(_FOLDS)]
    made = [(_taken(rows, sorted(set(range(len(rows))) - set(mine))), _taken(rows, mine)) for mine in held if mine]
    if not made:
        hint = "Give every label two messages, or name messages to choose by with --valid."
        raise RequestError("Every label has one message: nothing can be chosen.", where="--train", hint=hint)
    return made


def shared_texts(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many texts of the second are also in the first, whatever their case and blanks."""
    known = {_plain(text) for text in one}
    return sum(_plain(text) in known for text in other)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _taken(rows: Labelled, places: Sequence[int]) -> Labelled:
    return Labelled(tuple(rows.texts[i] for i in places), tuple(rows.labels[i] for i in places))


def _checked(path: Path) -> Source | None:
    """Return the file as a source, None where it is empty.

    Raises :class:`RequestError` where there is no such file, and :class:`~replydesk.data.errors.InputError` where it
    is of a kind that is not read, such as an Excel workbook.
    """
    if path.is_dir():
        raise RequestError("This is a folder.", where=str(path), hint="Name a file in it.")
    if not path.is_file():
        raise RequestError("The file cannot be read: there is none.", where=str(path), hint="Check the path.")
    source = Source(path)
    try:
        if not path.stat().st_size:
            return None
        source.check()
    except OSError as error:
        why = f"The file cannot be read: {error.strerror}."
        raise RequestError(why, where=str(path), hint="Check the path.") from error
    if source.is_folder:
        raise RequestError("This is an archive.", where=str(path), hint="Unpack it, and name the file in it.")
    return source


def _table(path: Path, width: int) -> Sheet:
    source = _checked(path)
    if source is None:
        raise RequestError("The file is empty.", where=str(path), hint="Name a file with rows.")
    found = sheet(source)
    if found is None and width == 1:
        top = source.head().partition("\n")[0].strip().strip('"')
        # Texts alone hold commas: a character that no text has parts the cells.
        found = Sheet(source, (top,), _NEVER)
    if found is None:
        hint = "The first line names the columns: text,label. JSONL has both in every line."
        raise RequestError("This is no table with texts and labels.", where=str(path), hint=hint)
    return found


def _column(table: Sheet, path: Path, names: tuple[str, ...]) -> int:
    header = [name.strip().casefold() for name in table.header]
    for name in names:
        if name in header:
            return header.index(name)
    found = ", ".join(name if len(name) <= _SHOWN else f"{name[:_SHOWN]}..." for name in table.header)[:200]
    hint = f"Name the columns in the first line. Call it {names[0]} (or {', '.join(names[1:])}); there are {found}."
    raise RequestError(f"There is no column {names[0]}.", where=f"{path}:{table.start}", hint=hint)


def _cells(table: Sheet, path: Path) -> Iterator[tuple[str, list[str]]]:
    for item in table.rows():
        if isinstance(item, Skipped):
            hint = "Put a text with commas in quotes, or write JSONL."
            raise RequestError(f"It cannot be read: {item.why}.", where=_place(path, item.where), hint=hint)
        yield _place(path, item[0]), item[1]


def _place(path: Path, where: str) -> str:
    return f"{path}{where.removeprefix(path.name)}"
