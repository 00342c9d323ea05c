"""Labelled data of anybody: files with texts and labels become rows; a row that is wrong is named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.errors import RequestError
from replydesk.data.readers import Skipped, Source
from replydesk.data.readers.jsons import records
from replydesk.data.readers.sheets import Sheet, sheet
from replydesk.finetune.encoders.tuning import Labelled

__all__ = [
    "drawn",
    "folds_of",
    "held_apart",
    "json_rows",
    "read_labelled",
    "read_texts",
    "read_unlabelled",
    "shared_texts",
]

_TEXTS = ("text", "utterance", "sentence")
_LABELS = ("label", "category", "intent")
_NEVER = "\x1f"
_FEW = 3000
_FOLDS = 5


def json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the object of every line of a JSONL file. Raises :class:`RequestError`."""
    hint = "Each line is one JSON object; docs/reference/commands.md shows which."
    source = _checked(path)
    if source is None:
        return
    for item in records(source):
        if isinstance(item, Skipped):
            raise RequestError(f"It cannot be read: {item.why}.", where=_place(path, item.where), hint=hint)
        yield _place(path, item.where), item.value


def read_labelled(path: Path) -> Labelled:
    """Return the texts and labels of a CSV or JSONL file with the columns ``text`` and ``label``.

    ``utterance`` and ``sentence`` are read as ``text``, ``category`` and ``intent`` as ``label``. Raises
    :class:`RequestError` with file and line where a row has no text or no label, or cannot be read.
    """
    texts, labels = [], []
    table = _table(path, 2)
    text, label = _column(table, path, _TEXTS), _column(table, path, _LABELS)
    for where, cells in _cells(table, path):
        for place, name in ((text, "text"), (label, "label")):
            if not cells[place].strip():
                raise RequestError(f"This row has no {name}.", where=where, hint="Fill it in, or leave the row out.")
        texts.append(cells[text].strip())
        labels.append(cells[label].strip())
    if not texts:
        raise RequestError("The file has no rows.", where=str(path), hint="Name a file with texts and labels.")
    return Labelled(tuple(texts), tuple(labels))


def read_texts(path: Path) -> tuple[str, ...]:
    """Return the texts of a CSV or JSONL file with a column ``text``; other columns are not looked at.

    Raises :class:`RequestError` with file and line.
    """
    table = _table(path, 1)
    place, texts = _column(table, path, _TEXTS), []
    for where, cells in _cells(table, path):
        if not cells[place].strip():
            raise RequestError("This row has no text.", where=where, hint="Fill it in, or leave the row out.")
        texts.append(cells[place].strip())
    if not texts:
        raise RequestError("The file has no rows.", where=str(path), hint="Name a file with texts.")
    return tuple(texts)


def read_unlabelled(path: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the texts of a file as :func:`read_texts` does, and the labels of those that have one."""
    texts = read_texts(path)
    table = _table(path, 1)
    header = [name.strip().casefold() for name in table.header]
    place = next((header.index(name) for name in _LABELS if name in header), None)
    if place is None:
        return texts, {}
    labels = [cells[place].strip() for _, cells in _cells(table, path)]
    return texts, dict(pair for pair in zip(texts, labels, strict=True) if pair[1])


def drawn(rows: Labelled, limit: int | None, seed: int) -> Labelled:
    """Return ``limit`` of the rows, every label with about its share and, where the limit allows it, at least once."""
    if limit is None or limit >= len(rows):
        return rows
    # Row k of a label that has n rows comes at the place (k + 1/2) / n of the order in which all are taken.
    ranks = []
    for mine in _by_label(rows, seed).values():
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
    places, owed = _by_label(rows, seed), 0.0
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
    fold, k = np.full(len(rows), -1), 0
    for mine in _by_label(rows, seed).values():
        for row in mine if len(mine) > 1 else []:
            fold[row], k = k % _FOLDS, k + 1
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


def _by_label(rows: Labelled, seed: int) -> dict[str, list[int]]:
    """Return the places of the rows of each label, labels sorted, rows in an order drawn from the seed."""
    found: dict[str, list[int]] = {name: [] for name in rows.names}
    for row in np.random.default_rng(seed).permutation(len(rows)).tolist():
        found[rows.labels[row]].append(row)
    return found


def _checked(path: Path) -> Source | None:
    """Return the file as a source, None where it is empty. Raises :class:`RequestError` where there is no such file."""
    hint = "Check the path."
    if not path.is_file():
        raise RequestError("The file cannot be read: there is none.", where=str(path), hint=hint)
    try:
        return Source(path) if path.stat().st_size else None
    except OSError as error:
        raise RequestError(f"The file cannot be read: {error.strerror}.", where=str(path), hint=hint) from error


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
    hint = f"Call it {names[0]} (or {', '.join(names[1:])}); there are {', '.join(table.header)[:200]}."
    raise RequestError(f"There is no column {names[0]}.", where=f"{path}:{table.start}", hint=hint)


def _cells(table: Sheet, path: Path) -> Iterator[tuple[str, list[str]]]:
    for item in table.rows():
        if isinstance(item, Skipped):
            hint = "Put a text with commas in quotes, or write JSONL."
            raise RequestError(f"It cannot be read: {item.why}.", where=_place(path, item.where), hint=hint)
        yield _place(path, item[0]), item[1]


def _place(path: Path, where: str) -> str:
    return f"{path}{where.removeprefix(path.name)}"
