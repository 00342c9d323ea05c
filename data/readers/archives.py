"""ZIP archives that others made: what in them is read, and why the rest is not.

Nothing is ever unpacked under a name that the archive chose.
"""

from __future__ import annotations

import re
import stat
import zipfile
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO, Final

from replydesk.data.errors import FormatError

__all__ = ["Archive", "bomb", "inspected"]

_GROWS: Final = 200
_SMALL: Final = 100 * 1024 * 1024
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER: Final = 30
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_ENCRYPTED: Final = 0x1
_OFFICE: Final = {
    "[Content_Types].xml": "The file is an Excel workbook or another Office document.",
    "META-INF/manifest.xml": "The file is an OpenDocument file.",
}


@dataclass(frozen=True, slots=True)
class Archive:
    """An open ZIP file: its ``members`` that can be read, by the names they are shown under, and why others cannot."""

    file: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def unpacked(self) -> int:
        """Return how many bytes the members say they unpack to; no more than that is read of any."""
        return sum(info.file_size for info in self.members.values())


def bomb(packed: int, unpacked: int) -> bool:
    """Return whether so many bytes from so few are more than text can be packed to: 200-fold, beyond 100 MB."""
    return unpacked > _SMALL and unpacked > _GROWS * packed


def inspected(stream: IO[bytes], name: str) -> Archive:
    """Return an archive with what is safe to read in it.

    Raises :class:`FormatError` when it cannot be opened, is an office document, or has members that share their bytes,
    as only a bomb does.
    """
    try:
        file = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        hint = "Export or download it again."
        raise FormatError(f"The archive cannot be opened: {error}.", where=name, hint=hint) from error
    infos = file.infolist()
    if kind := next((_OFFICE[info.filename] for info in infos if info.filename in _OFFICE), ""):
        raise FormatError(kind, where=name, hint="Save the sheet as CSV, and import that.")
    placed = sorted((info for info in infos if info.compress_size), key=lambda info: info.header_offset)
    for one, other in pairwise(placed):
        if one.header_offset + _LOCAL_HEADER + one.compress_size > other.header_offset:
            raise FormatError(
                f"The archive is a bomb: {one.filename} and {other.filename} share their bytes.",
                where=name,
                hint="Do not trust whoever sent it.",
            )
    members: dict[str, zipfile.ZipInfo] = {}
    refused: dict[str, str] = {}
    for info in infos:
        shown = info.filename.replace("\\", "/")
        if info.is_dir() or shown.endswith("/"):
            continue
        if why := _unsafe(info, shown):
            refused[shown] = why
        else:
            # Where a name stands twice, the archive was added to, and the last one counts.
            members[shown] = info
    return Archive(file, members, refused)


def _unsafe(info: zipfile.ZipInfo, shown: str) -> str:
    if shown.startswith("/") or _DRIVE.match(shown) or ".." in shown.split("/"):
        return "the name leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted; unpack it with its password first"
    if info.compress_type not in _METHODS:
        return f"it is packed by a method that is not read ({info.compress_type}); pack it the ordinary way"
    if bomb(info.compress_size, info.file_size):
        return f"it is a bomb: {info.compress_size:,} bytes would become {info.file_size:,}"
    return ""
