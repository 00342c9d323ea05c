"""Editing of the facts by command: the file is checked as a whole, then replaced at once, comments and all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from replydesk.data.errors import ConflictError, NotFoundError, RequestError
from replydesk.data.home import Home, write_atomically
from replydesk.dialog.rules.book import facts_file
from replydesk.dialog.rules.facts import COLUMNS, Facts
from replydesk.dialog.rules.patterns import folded
from replydesk.dialog.rules.source import Source

__all__ = ["remove_fact", "set_fact"]

Row = dict[str, Any]


@dataclass
class _Page:
    """The rows of a file as they are written, and how the file is made of them: None is a row that goes."""

    rows: list[Row]
    write: Callable[[Sequence[Row | None]], str]


def set_fact(
    home: Home,
    key: str,
    value: str,
    *,
    today: date,
    language: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    source: str = "",
) -> Facts:
    """Give ``entity.attribute`` a value and return all facts.

    Without ``valid_from`` it takes the place of the value that is true today. With it, the value before ends the day
    before. Raises :class:`RequestError` for a wrong name or value, :class:`ConflictError` where a later value is in
    the way, and :class:`SettingsError` where the file is damaged: then nothing is changed.
    """
    entity, _, attribute = (part.strip() for part in key.partition("."))
    texts = (entity, attribute, value, source)
    if not (entity and attribute and value.strip()) or any(not one.isprintable() for one in texts):
        raise RequestError("A fact needs names and a value, on one line.", where=key, hint="Write shipping.cost 4.90.")
    with _page(home) as (page, facts, path):
        rows: list[Row | None] = [dict(row) for row in page.rows]
        there = [
            place for place, fact in enumerate(facts.facts) if _is(facts, place, key) and fact.language == language
        ]
        new: Row = {"entity": entity, "attribute": attribute, "value": value.strip(), "language": language}
        new |= {"valid_from": valid_from, "valid_to": valid_to, "source": source}
        if valid_from is None:
            now = [place for place in there if facts.facts[place].valid(today)]
            for place in now:
                changed = rows[place]
                assert changed is not None
                changed |= {"value": new["value"]} | {k: new[k] for k in ("valid_to", "source") if new[k]}
        else:
            now = []
            for place in there:
                fact = facts.facts[place]
                if fact.valid_from is not None and fact.valid_from >= valid_from:
                    if valid_to is None or fact.valid_from <= valid_to:
                        hint = f"Remove it first: replydesk facts remove {key} --from {fact.valid_from}."
                        raise ConflictError(f"A later value begins on {fact.valid_from}.", where=key, hint=hint)
                elif fact.valid(valid_from):
                    before = rows[place]
                    assert before is not None
                    before["valid_to"] = valid_from - timedelta(days=1)
        new |= _named_alike(facts, entity, attribute)
        return _written(path, page.write(rows if now else [*rows, new]))


def remove_fact(
    home: Home, key: str, *, language: str | None = None, valid_from: date | None = None
) -> tuple[Facts, int]:
    """Take the values of ``entity.attribute`` away, and return the facts that are left and how many went.

    ``language`` and ``valid_from`` say which of them. Raises :class:`NotFoundError` where there is none.
    """
    with _page(home) as (page, facts, path):
        gone = [
            place
            for place, fact in enumerate(facts.facts)
            if _is(facts, place, key)
            and language in (None, fact.language)
            and (valid_from is None or fact.valid_from == valid_from)
        ]
        if not gone:
            raise NotFoundError(f"There is no fact {key}.", where=str(path), hint="replydesk facts list shows them.")
        rows: list[Row | None] = [None if place in gone else row for place, row in enumerate(page.rows)]
        return _written(path, page.write(rows)), len(gone)


@contextmanager
def _page(home: Home) -> Iterator[tuple[_Page, Facts, Path]]:
    """Give the rows of the home's file and their facts, while nobody else may edit it."""
    with home.lock("facts"):
        path = facts_file(home.folder)
        facts = Facts.load(path)
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        yield (_csv_page(text) if path.suffix == ".csv" else _toml_page(text, str(path))), facts, path


def _written(path: Path, text: str) -> Facts:
    content = text.encode()
    if path.suffix != ".csv":
        facts = Facts.parse(Source.of(text.replace("\r\n", "\n"), path.name))
        write_atomically(path, content)
        return facts
    write_atomically(path, content)
    return Facts.load(path)


def _named_alike(facts: Facts, entity: str, attribute: str) -> Row:
    """Return all the names that the facts have for an entity and an attribute: no name is lost with one of them."""
    found: Row = {}
    for fact in facts.facts:
        if folded(entity) in map(folded, fact.names):
            found["entity"] = " | ".join(fact.names)
            if folded(attribute) in map(folded, fact.words):
                found["attribute"] = " | ".join(fact.words)
    return found


def _is(facts: Facts, place: int, key: str) -> bool:
    entity, _, attribute = key.partition(".")
    fact = facts.facts[place]
    return folded(entity) in map(folded, fact.names) and folded(attribute) in map(folded, fact.words)


def _toml_page(text: str, name: str) -> _Page:
    source = Source.of(text, name)
    rows = [dict(row) for row in source.values.get("fact", [])]
    lines = text.splitlines(keepends=True)
    starts = [source.lines["fact", place] - 1 for place in range(len(rows))]
    if any(not lines[start].lstrip().startswith("[[") for start in starts):
        raise ConflictError("These facts are written as one list.", where=name, hint="Write each under [[fact]].")

    def write(new: Sequence[Row | None]) -> str:
        kept = lines[: starts[0]] if starts else list(lines)
        for place, start in enumerate(starts):
            block = lines[start : starts[place + 1] if place + 1 < len(starts) else len(lines)]
            row = new[place]
            if row == rows[place]:
                kept += block
                continue
            # What stands at the end of a block belongs to the next one.
            end = len(block)
            while end > 1 and not block[end - 1].split("#")[0].strip():
                end -= 1
            comments = [line for line in block[1:end] if line.lstrip().startswith("#")]
            kept += [_block(row, "".join(comments))] if row is not None else []
            kept += block[end:]
        body = "".join(kept)
        for row in new[len(rows) :]:
            body += (
                ("" if not body or body.endswith("\n") else "\n") + ("\n" if body.strip() else "") + _block(row or {})
            )
        return body

    return _Page(rows, write)


def _block(row: Mapping[str, Any], comments: str = "") -> str:
    lines = ["[[fact]]\n", comments]
    for key in COLUMNS:
        value = row.get(key)
        if value not in (None, ""):
            shown = value.isoformat() if isinstance(value, date) else json.dumps(str(value), ensure_ascii=False)
            lines.append(f"{key} = {shown}\n")
    return "".join(lines)


def _csv_page(text: str) -> _Page:
    header, *cells = [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    rows = [{key.strip(): cell.strip() for key, cell in zip(header, row, strict=True)} for row in cells]

    def write(new: Sequence[Row | None]) -> str:
        file = io.StringIO(newline="")
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({key: value or "" for key, value in row.items()} for row in new if row is not None)
        return file.getvalue()

    return _Page(rows, write)
