"""Where the text of an export comes from: a file, a folder, an archive or a pipe; unpacked, decoded and counted."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from replydesk.data.errors import FormatError, InputError
from replydesk.data.readers.archives import Archive, inspected
from replydesk.data.readers.encodings import judge
from replydesk.data.readers.folders import is_export, ordinary
from replydesk.data.readers.streams import CHUNK, Counted, Gunzip, Meter, News, Spooled, put_aside

_T = TypeVar("_T")

__all__ = ["SAMPLE", "Meter", "Source", "bounded", "broken"]

SAMPLE: Final = 64 * 1024
"""How many bytes of a file its format is guessed from."""

UNPACKED: Final = 64 * 1024**3
"""How many bytes may come out of what is packed, unless the options say otherwise."""

_DEPTH: Final = 2
_BINARY_SHARE: Final = 100
_BROKEN = re.compile("[\0\ud800-\udfff]")
_GZIP: Final = b"\x1f\x8b"
_PARQUET: Final = b"PAR1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_SURE: Final = ("utf-8-sig", "utf-16", "utf-32")
_OTHERS: Final = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first, or pack it as ZIP."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it first, or pack it as ZIP."),
    (b"BZh", "packed with bzip2", "Unpack it first, or pack it with gzip."),
    (b"\xfd7zXZ\0", "packed with xz", "Unpack it first, or pack it with gzip."),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", "Unpack it first, or pack it with gzip."),
    (b"%PDF-", "a PDF document", "Export the conversations as JSON, CSV or text."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook or another Office document", "Save it as CSV."),
)


@dataclass(slots=True)
class _Shared:
    """What a source and all of its parts know together."""

    encoding: str
    limit: int
    meter: Meter = field(default_factory=Meter)
    troubles: News = field(default_factory=News)
    assumed: News = field(default_factory=News)
    unpacked: dict[str, int] = field(default_factory=dict)


class Source:
    """A file, a folder, or ``-`` for what is piped in; gzip is unpacked and the encoding found.

    A ZIP archive is a folder: :meth:`parts` gives what is in it. What is piped in is first put aside in an unnamed
    temporary file, so that it can be read twice like any other. ``encoding`` is said by a person where it cannot be
    found, and ``limit`` is how many bytes may come out of what is packed.

    >>> Source("export.csv").name
    'export.csv'
    """

    def __init__(self, path: str | Path, *, encoding: str = "", limit: int = UNPACKED) -> None:
        self.path = Path(path)
        self.piped = str(path) == "-"
        self.name = "stdin" if self.piped else self.path.name
        self._shared = _Shared(encoding, limit)
        self._whole: Source | None = None
        # Where this stands in the meter, how many bytes it has there, and how many of those a byte read counts.
        self._base, self._weight, self._scale, self._depth = 0, 0, 1.0, 0

    def __del__(self) -> None:
        self.close()
        if spool := self.__dict__.pop("_spool", None):
            spool.close()

    def close(self) -> None:
        """Let go of files and of what was remembered; it comes back when it is needed."""
        for name in ("_archive", "_parts", "_head", "_looks"):
            self.__dict__.pop(name, None)
        for name in ("_opened", "_local"):
            if held := self.__dict__.pop(name, None):
                held.close()

    @property
    def meter(self) -> Meter:
        """Return the meter that this source shares with its parts and with what it is a part of."""
        return self._shared.meter

    @property
    def troubles(self) -> News:
        """Return, by name, why something here or beside it was not read to its end, or not at all, so far."""
        return self._shared.troubles

    @property
    def assumed(self) -> News:
        """Return, by name, the encodings that were concluded from the bytes alone, so far."""
        return self._shared.assumed

    @property
    def is_folder(self) -> bool:
        """Return whether this is a folder of files, or an archive of them."""
        return self._is_directory or self._archive is not None

    def parts(self) -> list[Source]:
        """Return the files in a folder or an archive and in the folders below it, sorted by name; none for a file.

        Each is named by its way from here, with slashes. Hidden files and those that systems add are left out, links
        to folders are not followed, and what is no ordinary file is a trouble.
        """
        return list(self._parts)

    def children(self) -> list[Source]:
        """Return what stands directly in a folder or an archive: its files, and its folders as wholes."""
        groups: dict[str, list[Source]] = {}
        for part in self._parts:
            groups.setdefault(part.name.removeprefix(f"{self.name}/").partition("/")[0], []).append(part)
        return [
            parts[0] if parts[0].name == f"{self.name}/{step}" else _Folder(self, step, parts)
            for step, parts in groups.items()
        ]

    def local(self) -> Path:
        """Return a file on disk with the plain bytes of this one, for libraries that must have a path.

        It is there as long as this source is.
        """
        if self._on_disk and self.start(2) == self._raw_start(2):
            return self.path
        if "_local" not in self.__dict__:
            self._local = tempfile.NamedTemporaryFile(suffix=Path(self.name).suffix)  # noqa: SIM115 - as above
            with self._bytes() as stream:
                put_aside(stream, self._local, self._shared.limit, self.name)
        return Path(self._local.name)

    def check(self) -> None:
        """Raise :class:`InputError` when there is nothing here that can be read; else set the meter."""
        if self._is_directory:
            self._set_meter()
            return
        try:
            if self._on_disk and not stat.S_ISREG(self.path.stat().st_mode):
                raise InputError(
                    "This is neither a file nor a folder.", where=str(self.path), hint="Pipe it in and import `-`."
                )
            first = self._raw_start(8)
        except FileNotFoundError:
            raise InputError("There is no such file.", where=str(self.path), hint="Check the path.") from None
        except OSError as error:
            why = error.strerror or str(error)
            raise InputError(
                f"The file cannot be read: {why}.", where=str(self.path), hint="Check its permissions."
            ) from error
        where = str(self.path) if self._on_disk else self.name
        if not first or (not self.is_folder and not self.start(1)):
            raise FormatError("The file is empty.", where=where, hint="Export it again, or leave it out.")
        for magic, kind, hint in _OTHERS:
            if first.startswith(magic):
                raise FormatError(f"The file is {kind}.", where=where, hint=hint)
        if first.startswith(_ZIP) and self._archive is None:
            raise FormatError("Archives are opened two deep only.", where=where, hint="Unpack it first.")
        if self._archive is not None and not self._archive.members:
            why = next((f": {name}, {why}" for name, why in self._archive.refused.items()), "")
            raise FormatError(f"Nothing in the archive can be read{why}.", where=where, hint="Pack it again as ZIP.")
        self._set_meter()

    def start(self, size: int = 16) -> bytes:
        """Return the first bytes as they are once unpacked, by which a file that is no text is known."""
        if self.is_folder:
            return b""
        with self._bytes() as stream:
            return stream.read(size)

    @cached_property
    def columnar(self) -> bool:
        """Return whether this is a Parquet file, which has rows but no text."""
        return self.start(len(_PARQUET)) == _PARQUET

    def head(self, size: int = SAMPLE) -> str:
        """Return the first ``size`` bytes as text; nothing of a folder or a Parquet file."""
        if size == SAMPLE:
            return self._head
        return self._beginning(size)

    def looked(self, key: Hashable, look: Callable[[], _T]) -> _T:
        """Return what a look at this file gave, which is done once and remembered until it is closed."""
        if key not in self._looks:
            self._looks[key] = look()
        found: _T = self._looks[key]
        return found

    def open(self, newline: str = "") -> IO[str]:
        """Return the text with its line ends; bytes that are no text become lone surrogates."""
        errors = "replace" if self.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        return io.TextIOWrapper(self._bytes(), encoding=self.encoding, errors=errors, newline=newline)

    @property
    def encoding(self) -> str:
        """Return the encoding: what a person says, else what a byte order mark says, else what the bytes show."""
        return self._judged[0]

    @property
    def damaged(self) -> bool:
        """Return whether some bytes may be no text in the encoding that was found."""
        return self._judged[1]

    @cached_property
    def _judged(self) -> tuple[str, bool]:
        if self._shared.encoding:
            try:
                return codecs.lookup(self._shared.encoding).name, True
            except LookupError:
                raise FormatError(
                    f"There is no encoding {self._shared.encoding!r}.",
                    where=self.name,
                    hint="Say utf-8, gb18030, big5, cp1252 or another that Python knows.",
                ) from None
        with self._bytes() as stream:
            encoding, damaged = judge(stream)
        if encoding not in _SURE:
            self._shared.assumed[self.name] = encoding
        return encoding, damaged

    @cached_property
    def _looks(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _head(self) -> str:
        return self._beginning(SAMPLE)

    def _beginning(self, size: int) -> str:
        if self.is_folder or self.columnar:
            return ""
        with self._bytes() as stream:
            data = stream.read(size)
        text = codecs.getincrementaldecoder(self.encoding)(errors="replace").decode(data)
        if text.count("\0") * _BINARY_SHARE > len(text):
            raise FormatError("The file is not text.", where=self.name, hint="Save it as UTF-8 text.")
        return text

    @property
    def _on_disk(self) -> bool:
        return not self.piped

    @property
    def _is_directory(self) -> bool:
        return self._on_disk and self.path.is_dir()

    @cached_property
    def _archive(self) -> Archive | None:
        if self._is_directory or (self._on_disk and not self.path.is_file()) or self._depth >= _DEPTH:
            return None
        try:
            if not self._raw_start(4).startswith(_ZIP):
                return None
            archive = inspected(self._seekable(), self.name)
        except OSError:
            return None  # check() says why
        self._shared.unpacked[self.name] = archive.unpacked
        if (total := sum(self._shared.unpacked.values())) > self._shared.limit:
            raise FormatError(
                f"The archive unpacks to {total / 1e9:,.0f} GB, more than {self._shared.limit / 1e9:,.0f}.",
                where=self.name,
                hint="Unpack it, look at it, and import what is wanted.",
            )
        self.troubles.update({f"{self.name}/{name}": why for name, why in archive.refused.items()})
        return archive

    @cached_property
    def _parts(self) -> tuple[Source, ...]:
        found: list[Source]
        if self._archive is not None:
            found = [_Member(self, name, info) for name, info in self._archive.members.items() if is_export(name)]
        else:
            refused: dict[str, str] = {}
            found = [self._part(path) for path in ordinary(self.path, refused)] if self._is_directory else []
            self.troubles.update({f"{self.name}/{way}": why for way, why in refused.items()})
        found.sort(key=lambda part: part.name.split("/"))
        base = self._base
        for part in found:
            part._base, base = base, base + part._weight
        return tuple(found)

    def _part(self, path: Path) -> Source:
        part = Source(path)
        part.name = f"{self.name}/{path.relative_to(self.path).as_posix()}"
        part._whole, part._shared, part._weight = self, self._shared, path.stat().st_size
        return part

    def _set_meter(self) -> None:
        if self._whole is None:
            size = os.fstat(self._spool.fileno()).st_size if self.piped else self.path.stat().st_size
            self.meter.total = sum(part._weight for part in self.parts()) if self.is_folder else size

    @cached_property
    def _spool(self) -> IO[bytes]:
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source
        put_aside(sys.stdin.buffer, spool, self._shared.limit, self.name)
        return spool

    def _seekable(self) -> IO[bytes]:
        if self.piped:
            return self._spool
        self._hold(self.path.open("rb"))
        return self._opened

    def _hold(self, opened: IO[bytes]) -> None:
        self.close()
        self._opened = opened

    def _raw(self) -> io.BufferedReader:
        raw: io.RawIOBase = Spooled(self._spool) if self.piped else io.FileIO(self.path)
        return self._counted(raw)

    def _counted(self, raw: Any) -> io.BufferedReader:
        return io.BufferedReader(Counted(raw, self.name, self.troubles, self.meter, self._base, self._scale), CHUNK)

    def _raw_start(self, size: int) -> bytes:
        with self._raw() as stream:
            return stream.read(size)

    def _bytes(self) -> io.BufferedReader:
        raw = self._raw()
        if raw.peek(2)[:2] != _GZIP:
            return raw
        return io.BufferedReader(Gunzip(raw, self.name, self.troubles, self._shared.limit), CHUNK)


class _Member(Source):
    """A file in an archive."""

    def __init__(self, archive: Source, name: str, info: zipfile.ZipInfo) -> None:
        super().__init__(archive.path / name)
        self.name = f"{archive.name}/{name}"
        self._whole, self._info, self._shared, self._depth = archive, info, archive._shared, archive._depth + 1
        self._scale = archive._scale * info.compress_size / max(1, info.file_size)
        self._weight = int(info.file_size * self._scale)

    @property
    def _on_disk(self) -> bool:
        return False

    def _seekable(self) -> IO[bytes]:
        self._hold(tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as the source
        with self._raw() as stream:
            put_aside(stream, self._opened, self._shared.limit, self.name)
        return self._opened

    def _raw(self) -> io.BufferedReader:
        archive = self._whole._archive if self._whole else None
        assert archive is not None
        try:
            raw = archive.file.open(self._info)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError) as error:
            hint = "Export or download it again."
            raise FormatError(f"The file cannot be unpacked: {error}.", where=self.name, hint=hint) from error
        return self._counted(raw)


class _Folder(Source):
    """A folder in a folder or an archive, with the parts that are below it."""

    def __init__(self, whole: Source, step: str, parts: list[Source]) -> None:
        super().__init__(whole.path / step)
        self.name = f"{whole.name}/{step}"
        self._whole, self._shared, self._depth = whole, whole._shared, whole._depth
        self._below = tuple(parts)

    @property
    def is_folder(self) -> bool:
        return True

    @property
    def _parts(self) -> tuple[Source, ...]:
        return self._below

    def check(self) -> None:
        return

    def close(self) -> None:
        for part in self._below:
            part.close()


def bounded(stream: IO[str], limit: int) -> Iterator[tuple[str, bool]]:
    """Yield the lines with their ends and whether each was cut: what is past ``limit`` characters is lost."""
    while line := stream.readline(limit):
        cut = len(line) == limit and line[-1] not in "\r\n"
        if cut:
            while (rest := stream.readline(limit)) and rest[-1] not in "\r\n":
                continue
        yield line, cut


def broken(text: str) -> bool:
    """Return whether the text holds NUL or lone surrogates, which are bytes that could not be read."""
    return _BROKEN.search(text) is not None
