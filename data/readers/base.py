"""What every reader of exports shares: the source of the text, what was skipped and why, roles and dates."""

from __future__ import annotations

import codecs
import gzip
import io
import math
import os
import re
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Protocol

from replydesk.data.errors import FormatError, InputError
from replydesk.data.records import Conversation, Message, Role, Ticket, Verdict, content_id

__all__ = [
    "Assumed",
    "Item",
    "Options",
    "Reader",
    "Skipped",
    "Source",
    "broken",
    "in_order",
    "moment",
    "role_of",
    "short",
    "yes",
]

SAMPLE = 64 * 1024
"""How many bytes of a file its format is guessed from."""

_CHUNK = 1024 * 1024
_ID_LENGTH = 200
_BINARY_SHARE = 100

_EPOCH = re.compile(r"-?\d{9,13}(?:\.\d+)?")
_ZONE = re.compile(r"\s*(?:UTC|GMT)$|\s+(?=[+-]\d\d:?\d\d$)")
_TWITTER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})")
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?)?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BROKEN = re.compile("[\0\ud800-\udfff]")

_ROLES: dict[Role, str] = {
    "customer": "customer user client visitor end-user enduser requester consumer buyer guest contact "
    "lead human inbound incoming 客户 顾客 用户 买家 访客",
    "agent": "agent admin staff support operator representative rep employee advisor seller outbound "
    "outgoing 客服 坐席 座席 人工 人工客服 商家 卖家",
    "bot": "bot chatbot assistant ai robot automation virtual-agent 机器人 智能客服",
    "note": "note internal private internal-note 备注 内部备注",
    "system": "system event developer tool 系统",
}
_ROLE_OF: dict[str, Role] = {word: role for role, words in _ROLES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A piece of an export that was left out: ``where`` is ``file.csv:12`` or ``file.json:tickets[3]``."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a reader took for granted because the export does not say it, and how to say it otherwise.

    >>> Assumed("chat.txt", "Emma answers for the team, because Ann wrote first", "--agents NAME")
    Assumed(where='chat.txt', what='Emma answers for the team, because Ann wrote first', cure='--agents NAME')
    """

    where: str
    what: str
    cure: str = ""


Item = Conversation | Ticket | Verdict | Skipped | Assumed
"""What a reader yields. The verdicts of a conversation follow it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person says about an export that it does not say itself.

    ``columns`` maps the fields of a table to its columns. ``agents`` are names, ids, addresses or mail domains
    (``@shop.example``) of those who answer for the team, where an export gives names and no roles. ``dates`` is the
    order of day and month in dates such as 03/04/2026: ``dmy``, ``mdy``, or ``""`` to find it out.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    agents: tuple[str, ...] = ()
    dates: str = ""


class Reader(Protocol):
    """One format. A reader keeps no state, so that one instance serves every file."""

    @property
    def name(self) -> str:
        """Return the word for ``--format``."""

    def matches(self, source: Source) -> bool:
        """Return whether the content looks like this format; the name of the file decides nothing."""

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield what the export holds. A bad row becomes a :class:`Skipped` and never stops the rest."""


class Source:
    """A file, a folder, or ``-`` for what is piped in; gzip is unpacked and the encoding found.

    A ZIP archive is a folder: :meth:`parts` gives what is in it. What is piped in is first put aside in an unnamed
    temporary file, so that it can be read twice like any other. ``torn`` says, after reading, why a compressed file
    ended before its end.

    >>> Source("export.csv").name
    'export.csv'
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.piped = str(path) == "-"
        self.name = "stdin" if self.piped else self.path.name
        self.torn = ""

    def __del__(self) -> None:
        for name in ("_spool", "_archive", "_local"):
            if self.__dict__.get(name) is not None:
                self.__dict__[name].close()

    @property
    def is_folder(self) -> bool:
        """Return whether this is a folder of files, or an archive of them."""
        return (not self.piped and self.path.is_dir()) or self._archive is not None

    def parts(self) -> list[Source]:
        """Return the files in a folder or an archive and in the folders below it, sorted by name; none for a file.

        Each is named by its way from here, with slashes. Hidden files and those that systems add are left out.
        """
        if self._archive is not None:
            members = [info for info in self._archive.infolist() if not info.is_dir() and _is_export(info.filename)]
            return [_Member(self, info) for info in sorted(members, key=lambda info: info.filename)]
        if not self.is_folder:
            return []
        found = [path for path in sorted(self.path.rglob("*")) if path.is_file()]
        return [
            _part(self, path) for path in found if _is_export(way := path.relative_to(self.path).as_posix()) and way
        ]

    def local(self) -> Path:
        """Return a file on disk with the plain bytes of this one, for libraries that must have a path.

        It is there as long as this source is.
        """
        if "_local" in self.__dict__:
            return Path(self.__dict__["_local"].name)
        with self._bytes() as stream:
            plain = type(stream) is io.BufferedReader and not isinstance(stream.raw, _Unzipped)
            if plain and not self.piped and type(self) is Source:
                return self.path
            self._local = tempfile.NamedTemporaryFile(suffix=Path(self.name).suffix)  # noqa: SIM115 - as above
            shutil.copyfileobj(stream, self._local, _CHUNK)
            self._local.flush()
        return Path(self._local.name)

    def check(self) -> None:
        """Raise :class:`InputError` when there is nothing here that can be read."""
        if self._archive is not None and "[Content_Types].xml" in self._archive.namelist():
            raise FormatError(
                "The file is an Excel workbook.", where=str(self.path), hint="Save the sheet as CSV, and import that."
            )
        if self.is_folder:
            return
        try:
            with self._bytes() as stream:
                first = stream.read(4)
        except FileNotFoundError:
            raise InputError("There is no such file.", where=str(self.path), hint="Check the path.") from None
        except OSError as error:
            why = error.strerror or str(error)
            raise InputError(
                f"The file cannot be read: {why}.", where=str(self.path), hint="Check its permissions."
            ) from error
        if not first:
            raise FormatError("The file is empty.", where=str(self.path), hint="Export it again, or leave it out.")

    def magic(self, size: int = 16) -> bytes:
        """Return the first bytes as they are, by which a file that is no text is known; nothing of a folder."""
        if self.is_folder:
            return b""
        with self._bytes() as stream:
            return stream.read(size)

    def head(self, size: int = SAMPLE) -> str:
        """Return the first ``size`` bytes as text; nothing of a folder."""
        if self.is_folder:
            return ""
        with self._bytes() as stream:
            data = stream.read(size)
        text = codecs.getincrementaldecoder(self.encoding)(errors="replace").decode(data)
        if text.count("\0") * _BINARY_SHARE > len(text):
            raise FormatError("The file is not text.", where=self.name, hint="Save it as UTF-8 text.")
        return text

    def open(self, newline: str = "") -> IO[str]:
        """Return the text with its line ends; bytes that are no text become lone surrogates."""
        errors = "replace" if self.encoding == "utf-16" else "surrogateescape"
        return io.TextIOWrapper(self._bytes(), encoding=self.encoding, errors=errors, newline=newline)

    @property
    def encoding(self) -> str:
        """Return the encoding: what a byte order mark says, else UTF-8, or GB 18030 if that fits better."""
        return self._judged[0]

    @property
    def damaged(self) -> bool:
        """Return whether some bytes may be no text in the encoding that was found."""
        return self._judged[1]

    @cached_property
    def _judged(self) -> tuple[str, bool]:
        # The whole file is looked at: a long English beginning says nothing about Chinese that comes later.
        with self._bytes() as stream:
            data = stream.read(_CHUNK)
            if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16", False
            strict, damaged = codecs.getincrementaldecoder("utf-8")(), False
            while data:
                damaged = damaged or b"\0" in data
                try:
                    strict.decode(data)
                except UnicodeDecodeError as error:
                    piece = bytes(error.object[error.start : error.start + SAMPLE])
                    return ("gb18030" if _more_like_chinese(piece) else "utf-8-sig"), True
                data = stream.read(_CHUNK)
        return "utf-8-sig", damaged

    @cached_property
    def _archive(self) -> zipfile.ZipFile | None:
        if self.piped or not self.path.is_file():
            return None
        with self.path.open("rb") as stream:
            if stream.read(4) != b"PK\x03\x04":
                return None
        try:
            return zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, OSError) as error:
            hint = "Export or download it again."
            raise InputError(f"The archive cannot be opened: {error}.", where=self.name, hint=hint) from error

    @cached_property
    def _spool(self) -> IO[bytes]:
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source
        shutil.copyfileobj(sys.stdin.buffer, spool)
        spool.flush()
        return spool

    def _bytes(self) -> io.BufferedReader:
        if self.piped:
            self._spool.seek(0)
            raw = os.fdopen(os.dup(self._spool.fileno()), "rb")
        else:
            raw = self.path.open("rb")
        return _plain(raw, self)


def _part(folder: Source, path: Path) -> Source:
    part = Source(path)
    part.name = f"{folder.name}/{path.relative_to(folder.path).as_posix()}"
    return part


class _Member(Source):
    """A file in an archive."""

    def __init__(self, archive: Source, info: zipfile.ZipInfo) -> None:
        super().__init__(archive.path / info.filename)
        self.name = f"{archive.name}/{info.filename}"
        self._from, self._info = archive, info

    def _bytes(self) -> io.BufferedReader:
        archive = self._from._archive
        assert archive is not None
        return _plain(io.BufferedReader(archive.open(self._info), _CHUNK), self)  # type: ignore[arg-type]


def _plain(raw: io.BufferedReader, source: Source) -> io.BufferedReader:
    if raw.peek(2)[:2] != b"\x1f\x8b":
        return raw
    return io.BufferedReader(_Unzipped(raw, source), _CHUNK)


def _is_export(way: str) -> bool:
    steps = way.split("/")
    return not any(step.startswith((".", "__MACOSX")) for step in steps) and steps[-1] not in _SYSTEMS_OWN


_SYSTEMS_OWN = ("Thumbs.db", "desktop.ini")


class _Unzipped(io.RawIOBase):
    """The bytes of a gzip file up to where it is broken, instead of an error that loses what came before."""

    def __init__(self, raw: io.BufferedReader, source: Source) -> None:
        self._raw, self._source = raw, source
        self._unzipped = gzip.GzipFile(fileobj=raw)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._unzipped.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self._source.torn = str(error)
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._unzipped.close()
        self._raw.close()
        super().close()


def _more_like_chinese(piece: bytes) -> bool:
    # A UTF-8 file with a few bad bytes must not turn into mojibake: most of its high bytes are still good.
    high = len(piece) - len(piece.decode("ascii", "ignore"))
    bad = len(_BROKEN.findall(piece.decode("utf-8", "surrogateescape")))
    try:
        codecs.getincrementaldecoder("gb18030")().decode(piece)
    except UnicodeDecodeError:
        return False
    return 2 * bad > high


def broken(text: str) -> bool:
    """Return whether the text holds NUL or lone surrogates, which are bytes that could not be read."""
    return _BROKEN.search(text) is not None


def moment(value: object) -> datetime | None:
    """Return the time in UTC, or None for nothing.

    Known are ISO 8601 (without a zone it is UTC), epoch seconds, epoch milliseconds (beyond 1e11),
    ``2020-03-03 13:05:57 UTC``, ``Tue Oct 31 22:10:47 +0000 2017``, ``2020/3/3 9:05`` and ``2020年3月3日``.
    Anything else raises ValueError; dates that begin with the day or the month cannot be told apart.
    """
    try:
        if value is None or isinstance(value, datetime):
            found = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found = _epoch(value)
        else:
            found = _written(str(value).strip())
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{str(value)[:60]!r} is not a date that can be read") from None


def _epoch(value: float) -> datetime:
    if not math.isfinite(value):
        raise ValueError
    return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)


def _written(text: str) -> datetime | None:
    if text.casefold() in ("", "null", "none", "nan", "nat"):
        return None
    if _EPOCH.fullmatch(text):
        return _epoch(float(text) if "." in text else int(text))
    if found := _TWITTER.fullmatch(text):
        month, day, clock, zone, year = found.groups()
        return datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{clock}{zone}")
    try:
        return datetime.fromisoformat(_ZONE.sub(lambda match: "+00:00" if match[0].strip() else "", text))
    except ValueError:
        if found := _YEAR_FIRST.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        raise


def role_of(value: object) -> Role | None:
    """Return the role that a help desk's word stands for, or None when the word is unknown.

    >>> role_of("End User"), role_of("坐席")
    ('customer', 'agent')
    """
    return _ROLE_OF.get("-".join(str(value).casefold().replace("_", " ").replace("-", " ").split()))


def yes(value: object) -> bool:
    """Return whether an exported flag is set: true, 1, yes, t or y in any case, or 是."""
    return str(value).strip().casefold() in ("true", "1", "1.0", "yes", "t", "y", "是")


def short(name: str) -> str:
    """Return an id that the store can keep: itself, or its hash when it is longer than 200 characters."""
    return name if len(name) <= _ID_LENGTH else content_id(name)


def in_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return the messages by time; one without a time stays behind the one it followed."""
    clock = datetime.min.replace(tzinfo=UTC)
    timed = []
    for message in messages:
        clock = message.at or clock
        timed.append((clock, message))
    return tuple(message for _, message in sorted(timed, key=itemgetter(0)))
