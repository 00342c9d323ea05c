"""Vectors and ticket ids as a trained index keeps them: ten bits a dimension, sixteen bytes an id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from replydesk.data.errors import VectorIndexError
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = [
    "Keys",
    "Numbers",
    "Rows",
    "Snapshot",
    "Stored",
    "fractions",
    "gathered",
    "keys_of",
    "number",
    "numbers",
    "taken",
]

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint8]
Rows = Numbers | slice

_CHUNK = 65_536
_FINE = ((np.arange(256)[:, None] >> np.array([0, 2, 4, 6])) & 3).astype(np.float32)
"""What a byte of ``fine`` stands for, shape (256, 4)."""


def number(key: str) -> int:
    """Return the 63 bits of a ticket id that an index keeps; two of a million tickets share them once in 10^7 desks."""
    return int(key[:16], 16) >> 1


def numbers(keys: Keys) -> Numbers:
    """Return :func:`number` of every row of ids, shape (n, 16)."""
    return (np.ascontiguousarray(keys[:, :8]).view(">u8").reshape(-1) >> np.uint64(1)).astype(np.int64)


def keys_of(names: Sequence[str]) -> Keys:
    """Return ticket ids as bytes, shape (n, 16)."""
    return np.frombuffer(bytes.fromhex("".join(names)), dtype=np.uint8).reshape(-1, 16)


def fractions(fine: npt.NDArray[np.uint8]) -> Vectors:
    """Return the lower two bits of vectors as numbers 0 to 3, shape (n, dimension) rounded up to four."""
    # Indexing with the array does the same in ten times as long.
    return np.take(_FINE, fine, axis=0).reshape(len(fine), 4 * fine.shape[1])


@dataclass(frozen=True, slots=True)
class Stored:
    """Vectors in ten bits a dimension, shape (n, dimension): the cosine of a unit vector is off by .0001 or so.

    ``codes`` are the upper eight bits, which do for nearly everything; ``fine`` the other two, four in a byte.
    """

    codes: npt.NDArray[np.int8]
    fine: npt.NDArray[np.uint8]
    scales: Vectors

    @classmethod
    def of(cls, vectors: Vectors) -> Stored:
        """Return vectors in ten bits, each with a scale of its own."""
        count, dimension = vectors.shape
        stored = cls.empty(count, dimension)
        for start in range(0, count, _CHUNK):
            part = vectors[start : start + _CHUNK]
            scales = np.maximum(np.abs(part).max(axis=1), 1e-12) / 511
            whole = np.rint(part / scales[:, None]).astype(np.int16)
            bits = np.zeros((len(part), 4 * stored.fine.shape[1]), dtype=np.uint8)
            bits[:, :dimension] = whole & 3
            end = start + len(part)
            stored.codes[start:end], stored.scales[start:end] = whole >> 2, scales
            stored.fine[start:end] = bits[:, 0::4] | bits[:, 1::4] << 2 | bits[:, 2::4] << 4 | bits[:, 3::4] << 6
        return stored

    @classmethod
    def empty(cls, count: int, dimension: int) -> Stored:
        """Return room for vectors."""
        codes = np.empty((count, dimension), dtype=np.int8)
        fine = np.empty((count, (dimension + 3) // 4), dtype=np.uint8)
        return cls(codes, fine, np.empty(count, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.scales)

    def take(self, rows: Rows) -> Stored:
        """Return some of the vectors, without a copy where ``rows`` is a slice."""
        return Stored(self.codes[rows], self.fine[rows], self.scales[rows])

    def put(self, rows: Rows | npt.NDArray[np.bool_], other: Stored) -> None:
        """Write other vectors over some of these."""
        self.codes[rows], self.fine[rows], self.scales[rows] = other.codes, other.fine, other.scales

    def vectors(self) -> Vectors:
        """Return the vectors as numbers."""
        whole = self.codes.astype(np.float32) * 4
        whole += fractions(self.fine)[:, : self.codes.shape[1]]
        whole *= self.scales[:, None]
        return whole


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a segment held at one moment: ids of shape (n, 16), and their vectors on demand."""

    keys: Keys
    take: Callable[[Rows], Stored]


def taken(base: Stored, late: Stored, rows: Numbers) -> Stored:
    """Return some of the vectors of two, where the rows of ``late`` follow those of ``base``."""
    after = rows >= len(base)
    if not after.any():
        return base.take(rows)
    out = Stored.empty(len(rows), base.codes.shape[1])
    out.put(~after, base.take(rows[~after]))
    out.put(after, late.take(rows[after] - len(base)))
    return out


def gathered(keys: Keys, parts: Iterable[Vectors], dimension: int) -> Snapshot:
    """Return vectors that come in parts, in the order of their keys, sorted by these; of a key's the last one counts.

    No more than one part is in memory as it came. Raises :class:`VectorIndexError` when the vectors have other
    dimensions, or are more than the keys or fewer.
    """
    names = numbers(keys)
    order = np.argsort(names, kind="stable")
    names = names[order]
    kept = order[np.append(names[1:] != names[:-1], True)] if len(order) else order
    places = np.full(len(keys), -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    held, count = Stored.empty(len(kept), dimension), 0
    for part in parts:
        count += len(part)
        if part.shape[1:] != (dimension,) or count > len(keys):
            break
        rows = places[count - len(part) : count]
        held.put(rows[rows >= 0], Stored.of(part[rows >= 0]))
    else:
        if count == len(keys):
            return Snapshot(keys[kept], held.take)
    message = f"The vectors do not fit {len(keys)} keys with {dimension} dimensions."
    raise VectorIndexError(
        message, where=f"vector {count}", hint="Encode with the encoder of this index, each key once."
    )
