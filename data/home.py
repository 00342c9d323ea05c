"""The home folder: where a desk keeps its settings, database, releases and indexes."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from replydesk.data.errors import ConflictError, HomeError

__all__ = ["Home", "file_hash", "folder_bytes", "replace_atomically", "sync_folder", "write_atomically"]


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` so that a reader, or a crash, sees the old file or the new one, never a part.

    Raises :class:`HomeError` when the disk is full or the folder cannot be written.
    """
    replace_atomically(path, lambda aside: _write(aside, content))


def replace_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Replace ``path`` by the file that ``write`` makes under the name it is given, like :func:`write_atomically`."""
    # Threads of one process may write the same file, so each has its own name aside.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write(aside)
        with aside.open("r+b") as file:
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise _home_error(error, path) from error


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)


def sync_folder(folder: Path) -> None:
    """Make the names inside ``folder`` durable, which a rename alone does not promise."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_hash(path: Path) -> str:
    """Return the BLAKE2b of what a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.blake2b).hexdigest()


def folder_bytes(folder: Path) -> int:
    """Return the bytes that the files below ``folder`` hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _home_error(error: OSError, path: Path) -> HomeError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return HomeError(
            "The disk is full.", where=str(path), hint="Free some space and run it again; nothing is lost."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        hint = "Give this user write access, or choose another folder with --home."
        return HomeError("The home folder cannot be written.", where=str(path), hint=hint)
    return HomeError(
        f"The home folder cannot be used: {error.strerror}.",
        where=str(path),
        hint="Check the folder with `replydesk doctor`.",
    )


class Home:
    """A desk's folder and the names of the things in it.

    >>> home = Home.find("/srv/desk")                    # doctest: +SKIP
    >>> home.current                                     # doctest: +SKIP
    PosixPath('/srv/desk/current')
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = folder / "settings.toml"
        self.forms = folder / "forms.toml"
        self.releases = folder / "releases"
        self.indexes = folder / "index"
        self.runs = folder / "runs"
        self.runtime = folder / "runtime"
        self.current = folder / "current"
        self.database = folder / "replydesk.db"

    @classmethod
    def find(cls, folder: str | Path | None = None) -> Home:
        """Return the home that was named, else ``$REPLYDESK_HOME``, else the user's data folder; create nothing."""
        chosen = folder or os.environ.get("REPLYDESK_HOME")
        if not chosen:
            import platformdirs

            chosen = platformdirs.user_data_path("replydesk", appauthor=False)
        return cls(Path(chosen).expanduser().absolute())

    def create(self) -> Home:
        """Make the folders that are missing and return self. Raises :class:`HomeError` when that is impossible."""
        try:
            for folder in (self.folder, self.releases, self.indexes):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _home_error(error, self.folder) from error
        return self

    def require_space(self, free_bytes: int) -> None:
        """Raise :class:`HomeError` when less than ``free_bytes`` are free, before a long job starts in vain."""
        free = shutil.disk_usage(self.create().folder).free
        if free < free_bytes:
            message = f"The disk is nearly full: {free // 2**20} MiB are free, {free_bytes // 2**20} MiB are needed."
            raise HomeError(message, where=str(self.folder), hint="Free some space and run it again; nothing is lost.")

    @contextmanager
    def lock(self, name: str, *, wait_seconds: float = 60.0) -> Iterator[None]:
        """Hold the named lock, which ends with the process even when that is killed.

        Raises :class:`ConflictError` when another process holds it longer than ``wait_seconds``.
        """
        from filelock import FileLock, Timeout

        self.create()
        try:
            with FileLock(self.folder / f".{name}.lock", timeout=wait_seconds):
                yield
        except Timeout:
            hint = "Wait until it is done, or stop it, and run this again."
            raise ConflictError(f"Another process is busy with: {name}.", where=str(self.folder), hint=hint) from None
