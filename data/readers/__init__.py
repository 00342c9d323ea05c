"""Readers of exports: one small module a format, tried from the surest to the least sure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from replydesk.data.errors import FormatError, InputError
from replydesk.data.readers.base import Assumed, Item, Options, Reader, Skipped, Source
from replydesk.data.readers.chatlog import ChatLog
from replydesk.data.readers.chatwoot import Chatwoot
from replydesk.data.readers.corpora import Dialogues
from replydesk.data.readers.freshdesk import Freshdesk
from replydesk.data.readers.gradio import Gradio
from replydesk.data.readers.intercom import Intercom
from replydesk.data.readers.intercom_tables import IntercomTables
from replydesk.data.readers.mail import Mail
from replydesk.data.readers.openai import OpenAI
from replydesk.data.readers.own import Own, write, write_suggested, write_ticket, write_verdict
from replydesk.data.readers.qnamaker import QnA
from replydesk.data.readers.rasa import Rasa
from replydesk.data.readers.rasa_nlu import RasaNlu
from replydesk.data.readers.sharegpt import ShareGPT
from replydesk.data.readers.slack import Slack
from replydesk.data.readers.source import Meter
from replydesk.data.readers.tables import FIELDS, Tables
from replydesk.data.readers.twitter import Twitter
from replydesk.data.readers.watson import Watson
from replydesk.data.readers.whatsapp import WhatsApp
from replydesk.data.readers.zammad import Zammad
from replydesk.data.readers.zendesk import Zendesk
from replydesk.data.readers.zendesk_tables import ZendeskTables

__all__ = [
    "FIELDS",
    "READERS",
    "Assumed",
    "Item",
    "Meter",
    "Options",
    "Reader",
    "Reading",
    "Skipped",
    "Source",
    "formats",
    "read",
    "write",
    "write_suggested",
    "write_ticket",
    "write_verdict",
]

READERS: tuple[Reader, ...] = (
    Rasa(),
    RasaNlu(),
    Slack(),
    Watson(),
    QnA(),
    ZendeskTables(),
    IntercomTables(),
    Zendesk(),
    Freshdesk(),
    Zammad(),
    Chatwoot(),
    Intercom(),
    Own(),
    OpenAI(),
    ShareGPT(),
    Gradio(),
    Twitter(),
    Dialogues(),
    WhatsApp(),
    ChatLog(),
    Mail(),
    Tables(),
)
"""Every format that can be read, the most certain first: the first that matches is taken."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read: its format, the items as they come, what each column was taken for, and how far it is."""

    format: str
    items: Iterator[Item]
    columns: dict[str, str] = field(default_factory=dict)
    meter: Meter = field(default_factory=Meter)


def formats() -> tuple[str, ...]:
    """Return the names of the formats, for ``--format``."""
    return tuple(reader.name for reader in READERS)


def read(path: str | Path, *, format: str = "auto", options: Options | None = None) -> Reading:  # noqa: A002
    """Return what a file, a folder or ``-`` (what is piped in) holds, read while it is asked for.

    Columns in the ``options`` choose the table reader. Raises :class:`InputError` when the file cannot be read and
    :class:`FormatError` when it is not what is asked for or nothing that is known; afterwards, whatever is wrong in
    it is skipped and said.

    >>> reading = read("export.jsonl")                                                        # doctest: +SKIP
    >>> reading.format, next(reading.items)                                                   # doctest: +SKIP
    """
    options = options or Options()
    source = Source(path, encoding=options.encoding, limit=int(options.unpacked_gb * 1e9))
    source.check()
    wanted = "csv" if options.columns and format == "auto" else format
    try:
        reader = _chosen(source, wanted, options)
    except FormatError as error:
        readings = list(_each(source, wanted, options))
        if not any(isinstance(reading, Reading) for reading in readings):
            said = [(item.where, item.why) for item in readings if isinstance(item, Skipped)] + source.troubles.fresh()
            why = "".join(f" {where}: {why}" for where, why in said[:1])
            raise FormatError(error.message + why, where=error.where, hint=error.hint) from error
        formats = dict.fromkeys(reading.format for reading in readings if isinstance(reading, Reading))
        return Reading("+".join(formats), _together(readings, source), meter=source.meter)
    return _reading(reader, source, options)


def _reading(reader: Reader, source: Source, options: Options) -> Reading:
    if isinstance(reader, Tables):
        columns = reader.layout(source, options).columns
    elif options.columns:
        raise FormatError(
            f"Only tables have columns to map, not {reader.name}.",
            where=source.name,
            hint="Leave out --map.",
        )
    else:
        columns = {}
    return Reading(reader.name, _to_the_end(reader, source, options), columns, source.meter)


def _each(source: Source, name: str, options: Options) -> Iterator[Reading | Skipped]:
    """Yield what each file of a folder or an archive is, where no format takes the folder as a whole."""
    for part in source.children():
        inside = False
        try:
            part.check()
            inside = part.is_folder
            yield _reading(_chosen(part, name, options), part, options)
        except InputError as error:
            inner = list(_each(part, name, options)) if inside else []
            yield from inner or [Skipped(part.name, error.message)]
        finally:
            part.close()


def _together(readings: Iterable[Reading | Skipped], source: Source) -> Iterator[Item]:
    for reading in readings:
        if isinstance(reading, Reading):
            yield from reading.items
        else:
            yield reading
    yield from _said(source)


def _chosen(source: Source, name: str, options: Options) -> Reader:
    if name not in ("auto", *formats()):
        raise FormatError(f"There is no format {name!r}.", hint=f"The formats are: {', '.join(formats())}.")
    wanted = [reader for reader in READERS if name in ("auto", reader.name)]
    for reader in wanted:
        # What is mapped need not be guessed.
        if reader.matches(source) or (options.columns and isinstance(reader, Tables) and reader.has_rows(source)):
            return reader
    if name != "auto":
        raise FormatError(
            f"The {'folder' if source.is_folder else 'file'} does not look like {name}.",
            where=source.name,
            hint="Leave out --format to have the format found.",
        )
    if source.is_folder:
        problem, cure = "Nothing in the folder is an export that is known.", "Name a file in it."
    else:
        problem, cure = (
            "The file is in no format that is known.",
            "If it is a table, say what it holds with --map.",
        )
    hint = f"Known are: {', '.join(formats())}. Choose one with --format. {cure}"
    raise FormatError(problem, where=source.name, hint=hint)


def _to_the_end(reader: Reader, source: Source, options: Options) -> Iterator[Item]:
    try:
        yield from reader.read(source, options)
    except FormatError as error:
        # A file beside the one that was looked at first may turn out to be something else.
        yield Skipped(error.where or source.name, error.message)
    finally:
        source.close()
    yield from _said(source)


def _said(source: Source) -> Iterator[Item]:
    """Yield once what the source itself has to say: what could not be read, and which encodings were assumed."""
    for where, why in source.troubles.fresh():
        yield Skipped(where, why)
    for where, encoding in source.assumed.fresh():
        yield Assumed(where, f"the text is in {encoding}, because it is not in UTF-8", "--encoding NAME")
