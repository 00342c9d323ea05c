"""Generations of an index on disk: what a crash cannot tear, and the one before when something else did."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from replydesk.data.errors import VectorIndexError
from replydesk.data.home import file_hash, replace_atomically, write_atomically

__all__ = ["CURE", "File", "Generation", "newest", "numbered", "read", "write"]

CURE = "It is rebuilt from the store by `replydesk doctor --repair`."
FORMAT = 2
_MANIFEST = "manifest.json"
_PREVIOUS = "previous.json"
_PATTERNS = ("vectors-*.npz", "codes-*.faiss", "keys-*.npy", "rows-*.npy", "fine-*.npy", "scales-*.npy", "delta-*.npz")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a generation, which is never written again, and its checksum."""

    name: str
    blake2b: str


@dataclass(frozen=True, slots=True)
class Generation:
    """What a manifest says: for which encoder, up to which change of the store, in which files by their role."""

    encoder: str
    dimension: int
    generation: int
    seq: int
    count: int
    files: Mapping[str, File]
    search: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the manifest."""
        files = {role: {"name": file.name, "blake2b": file.blake2b} for role, file in self.files.items()}
        return {
            "format": FORMAT, "encoder": self.encoder, "dimension": self.dimension, "generation": self.generation,
            "seq": self.seq, "count": self.count, "files": files, "search": dict(self.search),
        }  # fmt: skip


def newest(folder: Path) -> list[Generation | VectorIndexError]:
    """Return the newest generation and the one before, as far as they are there, or what is wrong with a manifest."""
    found: list[Generation | VectorIndexError] = []
    for name in (_MANIFEST, _PREVIOUS):
        try:
            found.append(_parsed(json.loads((folder / name).read_bytes())))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            fault = VectorIndexError("The manifest of the index is damaged.", where=str(folder), hint=CURE)
            fault.__cause__ = error
            found.append(fault)
    return found


def read(folder: Path, generation: Generation) -> dict[str, Path]:
    """Return the files of a generation by their role, all whole. Raises :class:`VectorIndexError` when one is not."""
    paths = {role: folder / file.name for role, file in generation.files.items()}
    try:
        # Hashing lets other threads run, and hundreds of megabytes are worth two.
        with ThreadPoolExecutor(2) as pool:
            sums = dict(zip(paths, pool.map(file_hash, paths.values()), strict=True))
    except OSError as error:
        raise VectorIndexError(f"The index cannot be read: {error.strerror}.", where=str(folder), hint=CURE) from error
    if any(sums[role] != file.blake2b for role, file in generation.files.items()):
        raise VectorIndexError("The index is damaged: its checksum is wrong.", where=str(folder), hint=CURE)
    return paths


def numbered(folder: Path) -> int:
    """Return the number of the next generation, greater than that of any file."""
    # Counted from the files, so that a damaged manifest is no obstacle to a sound one.
    numbers = (path.stem.partition("-")[2] for pattern in _PATTERNS for path in folder.glob(pattern))
    return 1 + max((int(number) for number in numbers if number.isdecimal()), default=0)


def write(
    folder: Path, generation: Generation, files: Mapping[str, tuple[str, Callable[[Path], object]]]
) -> Generation:
    """Write files beside those that are there, then move the manifest to them; return the generation with them.

    ``files`` gives, for each role, the ending of the file and what writes it. Those that ``generation`` names already
    are kept as they are. One generation before this one stays, others go. One writer at a time, please: the lock
    ``index`` of the home. Raises :class:`~replydesk.data.errors.HomeError` when the disk is full; what was there stays.
    """
    written = dict(generation.files)
    for role, (ending, make) in files.items():
        path = folder / f"{role}-{generation.generation}.{ending}"
        replace_atomically(path, make)
        written[role] = File(path.name, file_hash(path))
    done = Generation(
        generation.encoder, generation.dimension, generation.generation, generation.seq, generation.count, written,
        generation.search,
    )  # fmt: skip
    before = next((known for known in newest(folder)[:1] if isinstance(known, Generation)), None)
    if before is not None:
        write_atomically(folder / _PREVIOUS, json.dumps(before.document(), indent=1).encode())
    write_atomically(folder / _MANIFEST, json.dumps(done.document(), indent=1).encode())
    _sweep(folder)
    return done


def _sweep(folder: Path) -> None:
    """Delete the files of older generations, and what a killed process left half written."""
    known = newest(folder)
    needed = {file.name for found in known if isinstance(found, Generation) for file in found.files.values()}
    for pattern in (*_PATTERNS, ".*.tmp"):
        for path in folder.glob(pattern):
            if path.name not in needed:
                # Where open files cannot be deleted, the next sweep does it.
                with suppress(OSError):
                    path.unlink()


def _parsed(found: dict[str, Any]) -> Generation:
    version = int(found.get("format", 1))
    if version == 1:
        # Before there was a number of the format, a generation was one file.
        files = {"vectors": File(str(found["file"]), str(found["blake2b"]))}
    else:
        files = {str(role): File(str(f["name"]), str(f["blake2b"])) for role, f in found["files"].items()}
    if version > FORMAT or any(Path(file.name).name != file.name for file in files.values()):
        raise ValueError("unknown format")
    return Generation(
        str(found["encoder"]), int(found["dimension"]), int(found["generation"]), int(found["seq"]),
        int(found["count"]), files, dict(found.get("search") or {}),
    )  # fmt: skip
