"""Streams of bytes: counted, unpacked within bounds, and read up to a fault instead of being lost with it."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any, Final

from replydesk.data.errors import FormatError, InputError
from replydesk.data.readers.archives import bomb

__all__ = ["CHUNK", "Counted", "Gunzip", "Meter", "News", "Spooled", "put_aside"]

CHUNK: Final = 256 * 1024


@dataclass(slots=True)
class Meter:
    """How far a reading is: ``done`` of ``total`` bytes as they lie on the disk, in the pass that is going on.

    A file may be read more than once: to find its encoding, to see whether its rows stand together, and to read them.
    """

    total: int = 0
    done: int = 0


class News(dict[str, str]):
    """Something to be said about a source or its parts, by name, each once."""

    def __init__(self) -> None:
        super().__init__()
        self._told = 0

    def fresh(self) -> list[tuple[str, str]]:
        """Return what was not returned before; to say the same thing of the same name again is no news."""
        found = list(self.items())[self._told :]
        self._told = len(self)
        return found


class _UpToAFault(io.RawIOBase):
    """Bytes up to where they cannot be read, instead of an error that loses what came before."""

    _fault = "the file is broken, and what follows is lost ({})"

    def __init__(self, raw: Any, name: str, troubles: News) -> None:
        self._raw, self._name, self._troubles, self.count = raw, name, troubles, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._piece(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, OSError) as error:
            self._troubles[self._name] = self._fault.format(error)
            return 0
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _piece(self, size: int) -> bytes:
        raise NotImplementedError


class Counted(_UpToAFault):
    """The bytes of a file as they lie on the disk; the meter follows them.

    ``base`` is where the file begins in the meter, and ``scale`` what a byte counts there.
    """

    def __init__(self, raw: Any, name: str, troubles: News, meter: Meter, base: int, scale: float) -> None:
        super().__init__(raw, name, troubles)
        self._read = getattr(raw, "read1", raw.read)
        self._meter, self._base, self._scale = meter, base, scale
        meter.done = base

    def _piece(self, size: int) -> bytes:
        data: bytes = self._read(size)
        self._meter.done = self._base + int((self.count + len(data)) * self._scale)
        return data


class Gunzip(_UpToAFault):
    """The bytes that a gzip file unpacks to. Raises :class:`FormatError` when they are far too many."""

    _fault = "the compressed file is broken, and what follows is lost ({})"

    def __init__(self, raw: io.BufferedReader, name: str, troubles: News, limit: int) -> None:
        super().__init__(raw, name, troubles)
        self._unzipped, self._limit = gzip.GzipFile(fileobj=raw), limit

    def _piece(self, size: int) -> bytes:
        data = self._unzipped.read1(size)
        unpacked = self.count + len(data)
        if unpacked > self._limit or bomb(self._raw.raw.count, unpacked):
            raise FormatError(
                f"The file is a bomb: it unpacks to more than {unpacked:,} bytes.",
                where=self._name,
                hint="Unpack it, look at it, and import what is wanted.",
            )
        return data

    def close(self) -> None:
        """Close what is unpacked and what it is unpacked from."""
        self._unzipped.close()
        super().close()


class Spooled(io.RawIOBase):
    """What was piped in, from its beginning, whoever else reads it at the same time."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool, self._at = spool, 0

    def read(self, size: int = -1) -> bytes:
        """Return at most so many bytes."""
        data = os.pread(self._spool.fileno(), size, self._at)
        self._at += len(data)
        return data


def put_aside(stream: Any, spool: Any, limit: int, name: str) -> None:
    """Copy a stream to a temporary file. Raises :class:`InputError` when it does not fit on the disk or is too long."""
    copied = 0
    try:
        while data := stream.read(CHUNK):
            copied += len(data)
            if copied > limit:
                hint = "Unpack it, look at it, and import what is wanted."
                raise FormatError(f"There are more than {limit:,} bytes.", where=name, hint=hint)
            spool.write(data)
        spool.flush()
    except OSError as error:
        raise InputError(
            f"It could not be put aside in a temporary file: {error.strerror or error}.",
            where=name,
            hint="Free some space in the temporary folder, or set TMPDIR to a larger one.",
        ) from error
