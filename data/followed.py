"""A file of a home that a running desk follows: read again when it changes, and never lost to a damaged one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from replydesk.data.errors import HomeError, SettingsError
from replydesk.data.home import write_atomically

__all__ = ["FollowedFile", "missing", "was_read"]

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


def missing(path: Path, named_by: str = "") -> SettingsError | None:
    """Return what is wrong where a file is not there: the setting ``named_by`` names it, or it once was; else None."""
    good = _good_copy(path)
    if path.exists() or not (named_by or good.exists()):
        return None
    if named_by:
        hint = f"Put it back, or mend the setting {named_by}; empty it is the file of the home."
        return SettingsError(f"The setting {named_by} names a file that is missing.", where=str(path), hint=hint)
    hint = f"Put it back; to have none leave it empty, or delete {good.name}, too, and start again."
    return SettingsError("The file is gone.", where=str(path), hint=hint)


def was_read(path: Path) -> bool:
    """Return whether a file that is followed was read once, so that a copy of it is kept."""
    return _good_copy(path).exists()


def _good_copy(path: Path) -> Path:
    return path.with_name(f".good-{path.name}")


class FollowedFile(Generic[T]):
    """What a file holds now, as ``load`` reads it, ``nothing`` where there is none. Safe to use from several threads.

    It is read again when its time, size or number has changed. One that is damaged or gone changes nothing: what was
    read last goes on, from its copy ``.good-NAME`` also in a process that begins later. The log says so once, and
    :meth:`trouble` as long as it lasts; so, too, where the setting ``named_by`` names a file that never was there.
    Without ``keep`` no copy is written.
    """

    def __init__(
        self,
        path: Path | None,
        load: Callable[[Path], T],
        nothing: Callable[[], T],
        *,
        keep: bool = True,
        named_by: str = "",
    ) -> None:
        self._path, self._load, self._nothing, self._keep, self._named_by = path, load, nothing, keep, named_by
        self._trouble = ""
        self._mark: tuple[int, ...] | None = None
        self._value: T | None = None
        self._lock = threading.Lock()

    def get(self) -> T:
        """Return what the file holds, read again where it has changed."""
        mark = self._stamp()
        if self._value is None or mark != self._mark:
            with self._lock:
                if self._value is None or mark != self._mark:
                    self._value = self._nothing() if self._path is None else self._read(self._path, mark)
                    self._mark = mark
        return self._value

    def trouble(self) -> str:
        """Return what is wrong with the file now, nothing where all is well."""
        self.get()
        return self._trouble

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            found = None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else ()

    def _read(self, path: Path, mark: tuple[int, ...]) -> T:
        before, good, self._trouble = self._value, _good_copy(path), ""
        if not mark and before is None and not good.exists() and not self._named_by:
            return self._nothing()
        try:
            if not mark and (gone := missing(path, self._named_by)) is not None:
                raise gone
            value = self._load(path)
        except SettingsError as error:
            kept = before if before is not None else self._last_good(good)
            instead = "the last good one is" if kept is not None else "and none was read before"
            self._trouble = f"{path.name} is not used, {instead}: {error}"
            _LOG.error("%s", self._trouble)
            return kept if kept is not None else self._nothing()
        # Where nothing can be written, only a process that begins with a damaged file is worse off.
        with suppress(HomeError, OSError):
            content = path.read_bytes()
            if self._keep and self._stamp() == mark and not (good.exists() and good.read_bytes() == content):
                write_atomically(good, content)
        return value

    def _last_good(self, good: Path) -> T | None:
        try:
            return self._load(good) if good.exists() else None
        except SettingsError as error:
            _LOG.error("The copy of the last good file cannot be used either: %s", error)
            return None
