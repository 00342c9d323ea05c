"""Where an index keeps its vectors: as they are while they are few, ten bits a dimension and compressed when many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.inverted import Device, Inverted
from replydesk.retrieval.vectors.refine import Refiner
from replydesk.retrieval.vectors.stored import Keys, Numbers, Rows, Snapshot, Stored, keys_of, number, numbers, taken
from replydesk.retrieval.vectors.tuning import EVERY, Tuned, tuned, within

__all__ = ["Compressed", "Exact"]

Found = list[list[tuple[str, float]]]

_CHUNK = 65_536


class Exact:
    """Every vector as it is; a search compares with all of them."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self.dimension = dimension
        self._keys: dict[int, str] = {}
        self._flat: Any = faiss.IndexFlatIP(dimension)
        self._faiss: Any = faiss.IndexIDMap2(self._flat)

    def __len__(self) -> int:
        return len(self._keys)

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the segment."""
        return set(self._keys.values())

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under different keys; a key that is there gets its new vector."""
        self.remove(keys)
        ids = np.fromiter(map(number, keys), dtype=np.int64, count=len(keys))
        self._keys.update(zip(ids.tolist(), keys, strict=True))
        self._faiss.add_with_ids(vectors, ids)

    def remove(self, keys: Iterable[str]) -> int:
        """Remove the keys that are there and return how many were."""
        there = self._keys.keys() & set(map(number, keys))
        if there:
            self._faiss.remove_ids(np.fromiter(there, dtype=np.int64))
            for name in there:
                del self._keys[name]
        return len(there)

    def search(self, queries: Vectors, k: int) -> Found:
        """Return for every query the ``k`` best pairs of key and cosine."""
        cosines, found = self._faiss.search(queries, min(k, len(self)))
        return [
            [(self._keys[int(n)], float(c)) for n, c in zip(row, line, strict=True) if n >= 0]
            for row, line in zip(found, cosines, strict=True)
        ]

    def search_among(self, queries: Vectors, k: int, keys: Collection[str]) -> Found:
        """Return for every query the ``k`` best of the given keys."""
        there = sorted(self._keys.keys() & set(map(number, keys)))
        if not there:
            return [[] for _ in queries]
        names = [self._keys[n] for n in there]
        return [_best(names, line, k) for line in queries @ self._faiss.reconstruct_batch(np.array(there)).T]

    def content(self) -> tuple[list[str], Vectors]:
        """Return all keys, and their vectors of shape (n, dimension)."""
        import faiss

        names = [self._keys[int(n)] for n in faiss.vector_to_array(self._faiss.id_map)]
        vectors: Vectors = self._flat.reconstruct_n(0, len(self))
        return names, vectors

    def snapshot(self) -> Snapshot:
        """Return what is here now."""
        names, vectors = self.content()
        return Snapshot(keys_of(names), Stored.of(vectors).take)


class Compressed:
    """Trained codes of one bit a dimension find candidates; ten bits a dimension put them in order.

    Vectors that were there when it was trained, the base, may be memory-mapped: processes share them. What is added
    later gets codes of the same training and is found at once. What is removed or replaced is marked.
    """

    def __init__(self, inverted: Inverted, keys: Keys, base: Stored, tuned: Tuned) -> None:
        self.dimension, self.tuned = inverted.dimension, tuned
        self._inverted, self._refiner = inverted, Refiner(inverted.dimension)
        self._keys, self._numbers, self._base = keys, numbers(keys), base
        self._late = Stored.empty(256, self.dimension)
        self._late_keys: list[str] = []
        self._late_rows: dict[int, int] = {}
        self._dead = np.zeros(len(keys) + 256, dtype=bool)
        self._gone = 0

    @classmethod
    def trained(cls, content: Snapshot, threads: int = 0, device: Device = "cpu") -> Compressed:
        """Train on vectors and choose how widely to search. At least one vector is needed."""
        import faiss

        if threads:
            # It holds for this thread alone, which is one in the background.
            faiss.omp_set_num_threads(threads)
        names = numbers(content.keys)
        # Millions that come in order need not be in memory twice.
        order: Rows = slice(None) if (names[1:] > names[:-1]).all() else np.argsort(names, kind="stable")
        keys, base = content.keys[order], content.take(order)
        inverted = Inverted.trained(base, device)
        return cls(inverted, keys, base, tuned(inverted, base))

    def __len__(self) -> int:
        return len(self._keys) + len(self._late_keys) - self._gone

    @property
    def changed(self) -> float:
        """What was added or removed since the training, as a share of what was there then."""
        return (len(self._late_keys) + self._gone) / len(self._keys)

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the segment."""
        return {self._name(int(row)) for row in self._alive()}

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under different keys; a key that is there gets its new vector."""
        self.remove(keys)
        self._append(keys, Stored.of(vectors))

    def remove(self, keys: Iterable[str]) -> int:
        """Remove the keys that are there and return how many were."""
        names = list({number(key) for key in keys})
        rows = self._rows(names)
        for name in names:
            self._late_rows.pop(name, None)
        self._dead[rows] = True
        self._gone += len(rows)
        return len(rows)

    def search(self, queries: Vectors, k: int) -> Found:
        """Return for every query the ``k`` best pairs of key and cosine among the candidates."""
        return [self._named(self._candidates(query, min(k, len(self))), query, k) for query in queries]

    def search_among(self, queries: Vectors, k: int, keys: Collection[str]) -> Found:
        """Return for every query the ``k`` best of the given keys, compared with all of them."""
        rows = np.sort(self._rows(list(set(map(number, keys)))))
        return [self._named(rows, query, k) for query in queries]

    def base(self) -> tuple[Any, Keys, Stored]:
        """Return what does not change: the trained codes, the keys and the vectors of the base.

        The codes are a copy, since later additions grow the ones in use.
        """
        return self._inverted.first(len(self._keys)), self._keys, self._base

    def delta(self) -> tuple[list[str], Stored, Numbers]:
        """Return what came to the base, as copies: keys and vectors that were added and stand, rows that went."""
        base = len(self._keys)
        alive = np.flatnonzero(~self._dead[base : base + len(self._late_keys)])
        return [self._late_keys[row] for row in alive], self._late.take(alive), np.flatnonzero(self._dead[:base])

    def take_delta(self, keys: Sequence[str], added: Stored, gone: Numbers) -> None:
        """Apply what :meth:`delta` gave to the same base."""
        self._dead[gone] = True
        self._gone += len(gone)
        for start in range(0, len(keys), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._append(keys[part], added.take(part))

    def map_base(self, keys: Keys, base: Stored) -> None:
        """Read the base from these arrays from now on; they hold the same as the ones in memory."""
        self._keys, self._base = keys, base

    def snapshot(self) -> Snapshot:
        """Return what is here now."""
        alive, count = self._alive(), len(self._keys)
        split = int(np.searchsorted(alive, count))
        keys = np.concatenate([self._keys[alive[:split]], keys_of(self._late_keys)[alive[split:] - count]])
        base, late = self._base, self._late
        return Snapshot(keys, lambda rows: taken(base, late, alive[rows]))

    def _append(self, keys: Sequence[str], vectors: Stored) -> None:
        base, first = len(self._keys), len(self._late_keys)
        last = first + len(keys)
        if last > len(self._late):
            # What a snapshot holds of the old arrays stays as it was.
            grown = Stored.empty(max(last, 2 * len(self._late)), self.dimension)
            grown.put(slice(0, first), self._late.take(slice(0, first)))
            self._late = grown
            self._dead = np.concatenate([self._dead, np.zeros(base + len(grown) - len(self._dead), dtype=bool)])
        self._late.put(slice(first, last), vectors)
        self._late_keys.extend(keys)
        self._late_rows.update(zip(map(number, keys), range(base + first, base + last), strict=True))
        self._inverted.add(vectors.vectors())

    def _alive(self) -> Numbers:
        return np.flatnonzero(~self._dead[: len(self._keys) + len(self._late_keys)])

    def _name(self, row: int) -> str:
        base = len(self._keys)
        return self._keys[row].tobytes().hex() if row < base else self._late_keys[row - base]

    def _rows(self, names: Sequence[int]) -> Numbers:
        """Return the rows of those numbers that are there."""
        wanted = np.array(names, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._numbers, wanted), len(self._numbers) - 1)
        places = places[(self._numbers[places] == wanted) & ~self._dead[places]]
        late = [self._late_rows[name] for name in names if name in self._late_rows]
        return np.concatenate([places, np.array(late, dtype=np.int64)])

    def _candidates(self, query: Vectors, k: int) -> Numbers:
        """Return rows that stand, at least ``k`` of them, the best nearly always among them."""
        probes, margin, cut = self.tuned.probes, self.tuned.margin, self.tuned.cut
        wanted = self.tuned.pool + 2 * max(0, k - 10)
        while 2 * wanted < len(self._inverted):
            rows, cosines, _ = self._inverted.candidates(query, wanted, probes, margin)
            if self._gone:
                standing = ~self._dead[rows]
                rows, cosines = rows[standing], cosines[standing]
            if len(rows) >= k:
                return rows[: within(cosines, k, cut)]
            wanted, probes, margin, cut = 4 * wanted, 4 * probes, EVERY, EVERY
        return self._alive()

    def _named(self, rows: Numbers, query: Vectors, k: int) -> list[tuple[str, float]]:
        late = self._late if self._late_keys else None
        best, cosines = self._refiner.best(rows, query, k, self._base, late)
        if late is not None:
            return [(self._name(row), cosine) for row, cosine in zip(best.tolist(), cosines.tolist(), strict=True)]
        names = self._keys.take(best, axis=0).tobytes().hex()
        return [(names[32 * place : 32 * place + 32], cosine) for place, cosine in enumerate(cosines.tolist())]


def _best(names: Sequence[str], cosines: Vectors, k: int) -> list[tuple[str, float]]:
    return [(names[place], float(cosines[place])) for place in np.argsort(-cosines, kind="stable")[:k]]
