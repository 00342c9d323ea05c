"""The arrays of a release: one npz a file, written whole, and refused where it is damaged."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from replydesk.data.errors import ReleaseError
from replydesk.data.home import write_atomically

__all__ = ["load_arrays", "save_arrays"]


def save_arrays(path: Path, **arrays: Any) -> None:
    """Write arrays by name as npz."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, buffer.getvalue())


def load_arrays(path: Path, *names: str, other: Sequence[str] = ()) -> dict[str, Any]:
    """Return the arrays of those names, and of the ``other`` ones those that there are.

    Raises :class:`ReleaseError` when the file or one of them is not sound.
    """
    try:
        # The bytes are read first: np.load would leave the file open when it is no archive.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in (*names, *(name for name in other if name in arrays))}
    except (OSError, EOFError, ValueError, KeyError, AttributeError, BadZipFile, zlib.error) as error:
        raise damaged(path) from error


def damaged(path: Path) -> ReleaseError:
    """Return the error of a file of a release that cannot be read."""
    hint = "Promote another release with `replydesk releases rollback`."
    return ReleaseError("A file of the release is missing or damaged.", where=str(path), hint=hint)
