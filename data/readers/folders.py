"""Folders that others made: which files in them are read, and why others are not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Final

__all__ = ["is_export", "ordinary"]

_SYSTEMS_OWN: Final = ("Thumbs.db", "desktop.ini")


def is_export(way: str) -> bool:
    """Return whether a file may be part of an export: it is neither hidden nor one that systems add by themselves."""
    steps = way.split("/")
    return not any(step.startswith((".", "__MACOSX")) for step in steps) and steps[-1] not in _SYSTEMS_OWN


def ordinary(folder: Path, troubles: MutableMapping[str, str]) -> Iterator[Path]:
    """Yield the ordinary files in a folder and below it; into ``troubles`` goes, by the way there, what is none.

    Links to files are followed, links to folders are not: they may lead in a circle.
    """

    def refuse(path: Path, why: str) -> None:
        troubles[path.relative_to(folder).as_posix()] = why

    def unreadable(error: OSError) -> None:
        refuse(Path(error.filename), f"the folder cannot be read ({error.strerror})")

    for inner, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = filter(is_export, folders)
        for name in folders:
            if (path := Path(inner, name)).is_symlink():
                refuse(path, "a link to a folder is not followed")
        for name in filter(is_export, files):
            path = Path(inner, name)
            try:
                if stat.S_ISREG(path.stat().st_mode):
                    yield path
                else:
                    refuse(path, "it is no ordinary file")
            except OSError as error:
                refuse(path, f"it cannot be read ({error.strerror})")
