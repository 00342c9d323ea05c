"""Vector indexes: which stored vectors are nearest to a query. FAISS here; the protocol admits other engines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from replydesk.data.errors import VectorIndexError
from replydesk.data.home import write_atomically
from replydesk.retrieval.encoder import Vectors

__all__ = ["FaissIndex", "VectorIndex"]

_MANIFEST = "manifest.json"
_FIELDS = {"encoder": str, "dimension": int, "seq": int, "file": str, "blake2b": str}


class VectorIndex(Protocol):
    """Unit vectors under ticket ids, for one encoder."""

    encoder_id: str
    seq: int

    def __len__(self) -> int:
        """Return how many vectors there are."""

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors of shape (len(keys), dimension); a key that is there gets its new vector."""

    def remove(self, keys: Sequence[str]) -> int:
        """Remove the keys that are there and return how many were."""

    def search(self, queries: Vectors, k: int) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first."""

    def cosines(self, query: Vectors, keys: Sequence[str]) -> dict[str, float]:
        """Return the cosine of a query of shape (1, dimension) to the vector of each key that is there."""


class FaissIndex:
    """Exact inner-product search in memory, saved as generations that a crash cannot tear.

    ``seq`` is the number of the last change of the store that it knows.

    >>> index = FaissIndex("toy", 2)
    >>> index.add(["a" * 32], np.array([[1, 0]], dtype=np.float32))
    >>> index.search(np.array([[1, 0]], dtype=np.float32), 1)
    [[('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1.0)]]
    """

    def __init__(self, encoder_id: str, dimension: int) -> None:
        import faiss

        self.encoder_id, self.dimension, self.seq = encoder_id, dimension, 0
        self._keys: dict[int, str] = {}
        self._flat: Any = faiss.IndexFlatIP(dimension)
        self._faiss: Any = faiss.IndexIDMap2(self._flat)

    def __len__(self) -> int:
        return len(self._keys)

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the index."""
        return set(self._keys.values())

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under their keys. Raises :class:`VectorIndexError` for another encoder's dimension."""
        if vectors.shape != (len(keys), self.dimension):
            message = f"{len(keys)} keys with {self.dimension} dimensions do not fit vectors of shape {vectors.shape}."
            raise VectorIndexError(message, where=self.encoder_id, hint="Encode with the encoder of this index.")
        if not keys:
            return
        self.remove(keys)
        numbers = {_number(key): key for key in keys}
        # The last vector of a key that came twice wins, as in a dict.
        rows = {_number(key): row for row, key in enumerate(keys)}
        self._keys.update(numbers)
        ids = np.fromiter(rows, dtype=np.int64, count=len(rows))
        self._faiss.add_with_ids(np.ascontiguousarray(vectors[list(rows.values())], dtype=np.float32), ids)

    def remove(self, keys: Sequence[str]) -> int:
        """Remove the keys that are there and return how many were."""
        there = self._keys.keys() & set(map(_number, keys))
        if there:
            self._faiss.remove_ids(np.fromiter(there, dtype=np.int64))
            for number in there:
                del self._keys[number]
        return len(there)

    def search(self, queries: Vectors, k: int) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first."""
        if not self._keys or k < 1:
            return [[] for _ in queries]
        cosines, numbers = self._faiss.search(np.ascontiguousarray(queries, dtype=np.float32), min(k, len(self)))
        return [
            [(self._keys[int(n)], float(c)) for n, c in zip(row, line, strict=True) if n >= 0]
            for row, line in zip(numbers, cosines, strict=True)
        ]

    def cosines(self, query: Vectors, keys: Sequence[str]) -> dict[str, float]:
        """Return the cosine of a query of shape (1, dimension) to the vector of each key that is there."""
        there = [key for key in keys if _number(key) in self._keys]
        if not there:
            return {}
        vectors = np.stack([self._faiss.reconstruct(_number(key)) for key in there])
        return dict(zip(there, (vectors @ query[0]).tolist(), strict=True))

    def save(self, folder: Path) -> None:
        """Write a new generation beside the old one, then move the manifest to it and drop the old one.

        Raises :class:`~replydesk.data.errors.HomeError` when the disk is full; the old generation stays valid.
        """
        import faiss

        folder.mkdir(parents=True, exist_ok=True)
        # Counted from the files, so that a damaged manifest is no obstacle to a sound one.
        generation = 1 + max((int(path.stem[len("vectors-") :]) for path in folder.glob("vectors-*.npz")), default=0)
        numbers = faiss.vector_to_array(self._faiss.id_map)
        vectors = self._flat.reconstruct_n(0, len(self))
        content = _npz(
            keys=np.array([self._keys[int(n)] for n in numbers], dtype="U32"),
            vectors=vectors,
        )
        name = f"vectors-{generation}.npz"
        write_atomically(folder / name, content)
        manifest = {
            "encoder": self.encoder_id, "dimension": self.dimension, "generation": generation, "seq": self.seq,
            "count": len(self), "file": name, "blake2b": hashlib.blake2b(content).hexdigest(),
        }  # fmt: skip
        write_atomically(folder / _MANIFEST, json.dumps(manifest, indent=1).encode())
        for path in folder.glob("vectors-*.npz"):
            if path.name != name:
                path.unlink(missing_ok=True)

    @classmethod
    def load(cls, folder: Path, encoder_id: str) -> FaissIndex:
        """Read the newest generation. Raises :class:`VectorIndexError` when it is torn or another encoder's."""
        cure = "It is rebuilt from the store by `replydesk doctor --repair`."
        manifest = _manifest(folder)
        if manifest is None:
            raise VectorIndexError("There is no index yet.", where=str(folder), hint=cure)
        if manifest["encoder"] != encoder_id:
            raise VectorIndexError(f"The index belongs to {manifest['encoder']}.", where=str(folder), hint=cure)
        try:
            content = (folder / manifest["file"]).read_bytes()
        except OSError as error:
            raise VectorIndexError(
                f"The index cannot be read: {error.strerror}.", where=str(folder), hint=cure
            ) from error
        if hashlib.blake2b(content).hexdigest() != manifest["blake2b"]:
            raise VectorIndexError("The index is damaged: its checksum is wrong.", where=str(folder), hint=cure)
        import io

        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            index = cls(encoder_id, manifest["dimension"])
            index.add([str(key) for key in arrays["keys"]], arrays["vectors"])
        index.seq = manifest["seq"]
        return index


def _number(key: str) -> int:
    """Return the 63 bits of a ticket id that FAISS keeps; two of a million tickets share them once in 10^7 desks."""
    return int(key[:16], 16) >> 1


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
        return {name: kind(found[name]) for name, kind in _FIELDS.items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "It is rebuilt from the store by `replydesk doctor --repair`."
        raise VectorIndexError("The manifest of the index is damaged.", where=str(folder), hint=hint) from error


def _npz(**arrays: Any) -> bytes:
    import io

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()
