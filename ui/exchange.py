"""The commands `replydesk import` and `replydesk export`, and the options that say how exports are read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from replydesk.data.errors import HomeError, RequestError
from replydesk.data.home import Home
from replydesk.ui.desk import settings_of, store_of, workshop_of
from replydesk.ui.options import HomeOption, JsonOption, say, show
from replydesk.ui.terminal import ImportBar, import_text

if TYPE_CHECKING:
    from replydesk.data.readers import Options

__all__ = [
    "AgentsOption",
    "DatesOption",
    "EncodingOption",
    "FormatOption",
    "MapOption",
    "export",
    "import_",
    "reader_options",
]

FormatOption = Annotated[str, typer.Option("--format", help="auto, or the name of a format.")]
MapOption = Annotated[
    list[str] | None, typer.Option("--map", help="What a table's columns hold: text=body,role=author_type.")
]
AgentsOption = Annotated[
    list[str] | None,
    typer.Option("--agents", help="Who answers for the team: names, ids, addresses or @domains, separated by commas."),
]
DatesOption = Annotated[
    Literal["", "dmy", "mdy"], typer.Option("--dates", help="dmy or mdy, for dates such as 03/04/2026; else found out.")
]
EncodingOption = Annotated[
    str, typer.Option("--encoding", help="utf-8, gb18030, big5, cp1252 or another; else found out.")
]


def import_(
    paths: Annotated[list[str], typer.Argument(help="Files or folders; - reads stdin.")],
    home: HomeOption = None,
    format: FormatOption = "auto",  # noqa: A002
    columns: MapOption = None,
    agents: AgentsOption = None,
    dates: DatesOption = "",
    encoding: EncodingOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, store nothing.")] = False,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="Encode now, or when the tickets are next searched.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Read exports: conversations become masked tickets in the store and vectors in the index."""
    place = Home.find(home)
    workshop = workshop_of(place)
    options = reader_options(columns, agents, dates, encoding)
    with ImportBar() as bar:
        result = workshop.import_exports(
            paths, format=format, options=options, dry_run=dry_run, index=index, watch=bar.update
        )
    show(result.document(), as_json, import_text(result, dry_run=dry_run, own=settings_of(place).data.own_contacts))


def export(
    home: HomeOption = None,
    format: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="jsonl loses nothing.")] = "jsonl",  # noqa: A002
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; else stdout.")] = None,
) -> None:
    """Write conversations with verdicts, and canned answers, importable again without loss."""
    from replydesk.data.export import export_csv, export_jsonl

    store = store_of(Home.find(home))
    write = export_jsonl if format == "jsonl" else export_csv
    if out is None:
        write(store, sys.stdout)
        return
    aside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            count = write(store, file)
        aside.replace(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        hint = "Free some space or choose another path with --out."
        raise HomeError(f"The export cannot be written: {error.strerror}.", where=str(out), hint=hint) from error
    say(f"{count} lines in {out}")


def reader_options(
    pairs: list[str] | None, agents: list[str] | None = None, dates: str = "", encoding: str = ""
) -> Options:
    """Return how an export is to be read, from options as they were given.

    Raises :class:`~replydesk.data.errors.RequestError` for a mapping that is not written field=column.
    """
    from replydesk.data.readers import Options

    columns = {}
    for pair in (part for item in pairs or [] for part in item.split(",")):
        field, sign, column = pair.partition("=")
        if not (field and sign and column):
            raise RequestError(
                "A mapping is written field=column.", where=f"--map {pair}", hint="For example text=body."
            )
        columns[field.strip()] = column.strip()
    named = (name.strip() for item in agents or [] for name in item.split(","))
    return Options(columns=columns, agents=tuple(filter(None, named)), dates=dates, encoding=encoding)
