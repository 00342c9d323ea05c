"""Where an index keeps its vectors: as they are while they are few, one byte a dimension and compressed when many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from replydesk.retrieval.encoder import Vectors

__all__ = ["Compressed", "Exact", "Keys", "Numbers", "Snapshot", "Stored", "Tuned", "keys_of", "number", "numbers"]

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint8]
Found = list[list[tuple[str, float]]]

_SHIFTS = np.array([0, 2, 4, 6], dtype=np.uint8)
_CHUNK = 65_536
_TRAIN = 64
"""Vectors that training reads, for each list."""
_PROBES = (8, 16, 24, 32, 48, 64, 96, 128, 192)
_POOLS = (60, 100, 150, 200, 300, 400, 600, 800, 1200)
_QUERIES = 256
_FEW = 16
_BETWEEN = 0.6
_GOAL = 0.996
"""The recall@10 for which a search is made wide enough: more than is promised, since it is estimated."""
_BUDGET = 0.8
"""The milliseconds that this may take for up to a million vectors, by the two costs below."""
_SCAN, _ORDER = 3.5e-6, 3.5e-4
"""Milliseconds that the codes of one vector, and the ten bits of one candidate, take on one core of today."""


def number(key: str) -> int:
    """Return the 63 bits of a ticket id that FAISS keeps; two of a million tickets share them once in 10^7 desks."""
    return int(key[:16], 16) >> 1


def numbers(keys: Keys) -> Numbers:
    """Return :func:`number` of every row of ids, shape (n, 16)."""
    return (np.ascontiguousarray(keys[:, :8]).view(">u8").reshape(-1) >> np.uint64(1)).astype(np.int64)


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

    def take(self, rows: Numbers | slice) -> Stored:
        """Return some of the vectors."""
        return Stored(self.codes[rows], self.fine[rows], self.scales[rows])

    def put(self, rows: Numbers | slice | npt.NDArray[np.bool_], other: Stored) -> None:
        """Write other vectors over some of these."""
        self.codes[rows], self.fine[rows], self.scales[rows] = other.codes, other.fine, other.scales

    def vectors(self) -> Vectors:
        """Return the vectors as numbers."""
        whole = self.codes.astype(np.float32) * 4
        whole += ((self.fine[:, :, None] >> _SHIFTS) & 3).reshape(len(self), 4 * self.fine.shape[1])[
            :, : self.codes.shape[1]
        ]
        whole *= self.scales[:, None]
        return whole


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a segment held at one moment: ids of shape (n, 16), and their vectors on demand."""

    keys: Keys
    take: Callable[[Numbers], Stored]


@dataclass(frozen=True, slots=True)
class Tuned:
    """How widely a compressed segment is searched, and the recall@10 that this gave on its own vectors."""

    probes: int
    pool: int
    recall: float


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

    def __init__(self, ivf: Any, keys: Keys, base: Stored, tuned: Tuned) -> None:
        self.dimension, self.tuned = int(ivf.d), tuned
        self._ivf: Any = ivf
        self._keys, self._numbers, self._base = keys, numbers(keys), base
        self._late = Stored.empty(256, self.dimension)
        self._late_keys: list[str] = []
        self._late_rows: dict[int, int] = {}
        self._dead = np.zeros(len(keys) + 256, dtype=bool)
        self._gone = 0

    @classmethod
    def trained(cls, content: Snapshot, threads: int = 0) -> Compressed:
        """Train on vectors and choose how widely to search. At least one vector is needed."""
        import faiss

        if threads:
            # It holds for this thread alone, which is one in the background.
            faiss.omp_set_num_threads(threads)
        order = np.argsort(numbers(content.keys), kind="stable")
        base = content.take(order)
        count, dimension = base.codes.shape
        lists = min(4096, max(1, 2 ** int(np.log2(count) / 2 + 1) if count > 4096 else count // 64))
        coarse = faiss.IndexFlatIP(dimension)
        width = next(width for width in (4, 2, 1) if dimension % width == 0)
        ivf = faiss.IndexIVFPQFastScan(coarse, dimension, lists, dimension // width, 4, faiss.METRIC_INNER_PRODUCT)
        ivf.cp.niter, ivf.cp.max_points_per_centroid, ivf.cp.min_points_per_centroid = 10, _TRAIN, 1
        ivf.pq.cp.min_points_per_centroid = 1
        draw = np.random.default_rng(0)
        # The codebooks want at least as many vectors as they have entries.
        wanted = min(count, _TRAIN * max(lists, 256))
        sample = np.resize(draw.permutation(count)[:wanted], max(16, wanted))
        ivf.train(base.take(sample).vectors())
        for start in range(0, count, _CHUNK):
            ivf.add(base.take(slice(start, start + _CHUNK)).vectors())
        segment = cls(ivf, content.keys[order], base, Tuned(lists, _POOLS[-1], 1.0))
        segment.tuned = segment._tune(draw.permutation(count)[:_QUERIES])
        return segment

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
        import faiss

        copy = faiss.clone_index(self._ivf)
        if self._late_keys:
            copy.remove_ids(faiss.IDSelectorRange(len(self._keys), self._ivf.ntotal))
        return copy, self._keys, self._base

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
        return Snapshot(keys, lambda rows: _gathered(alive[rows], base, late))

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
        with _threads(len(keys)):
            self._ivf.add(vectors.vectors())

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
        total, probes, wanted = self._ivf.ntotal, self.tuned.probes, self.tuned.pool + 2 * max(0, k - 10)
        while 2 * wanted < total:
            found = self._probed(query[None], wanted, probes)[0]
            rows: Numbers = found[found >= 0]
            rows = rows[~self._dead[rows]]
            if len(rows) >= k:
                return rows
            wanted, probes = 4 * wanted, 4 * probes
        return self._alive()

    def _probed(self, queries: Vectors, wanted: int, probes: int) -> Numbers:
        import faiss

        how: Any = faiss.SearchParametersIVF()
        how.nprobe = min(probes, self._ivf.nlist)
        with _threads(len(queries)):
            found: Numbers = self._ivf.search(queries, wanted, params=how)[1]
        return found

    def _best(self, rows: Numbers, query: Vectors, k: int) -> tuple[Numbers, Vectors]:
        """Return the ``k`` best of some rows, best first, and their cosines."""
        rough = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _CHUNK):
            part = _gathered(rows[start : start + _CHUNK], self._base, self._late)
            # The two bits that are left out are 1.5 on average.
            rough[start : start + _CHUNK] = (part.codes.astype(np.float32) @ query + 0.375 * query.sum()) * part.scales
        if 2 * k + 20 < len(rows):
            rows = rows[np.argpartition(-rough, 2 * k + 20)[: 2 * k + 20]]
        cosines = _gathered(rows, self._base, self._late).vectors() @ query
        order = np.argsort(-cosines, kind="stable")[:k]
        return rows[order], cosines[order]

    def _named(self, rows: Numbers, query: Vectors, k: int) -> list[tuple[str, float]]:
        best, cosines = self._best(rows, query, k)
        return [(self._name(row), cosine) for row, cosine in zip(best.tolist(), cosines.tolist(), strict=True)]

    def _tune(self, chosen: Numbers) -> Tuned:
        """Return the narrowest search that finds the ten nearest neighbours of the chosen rows nearly always."""
        import faiss

        count, k = len(self._keys), 10
        if count <= 2 * _POOLS[-1]:
            return Tuned(self._ivf.nlist, _POOLS[-1], 1.0)
        # A customer's words are nobody's from before: each query lies between a vector and another one.
        queries = self._base.take(chosen).vectors() + _BETWEEN * self._base.take(chosen[::-1]).vectors()
        queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-12)
        truth = faiss.ResultHeap(len(queries), k, keep_max=True)
        for start in range(0, count, _CHUNK):
            part = self._base.take(slice(start, start + _CHUNK)).vectors()
            cosines, ids = faiss.knn(queries, part, k, faiss.METRIC_INNER_PRODUCT)
            truth.add_result(cosines, ids + start)
        truth.finalize()
        nearest = [set(line.tolist()) for line in truth.I]
        measured: list[tuple[float, Tuned]] = []
        for probes in sorted({min(probes, self._ivf.nlist) for probes in _PROBES}):
            pools = self._probed(queries, _POOLS[-1], probes)
            for pool in _POOLS:
                cost = probes * count / self._ivf.nlist * _SCAN + pool * _ORDER
                if measured and cost > _BUDGET * max(1, count / 1_000_000):
                    break
                hits = 0
                for query, line, wanted in zip(queries, pools[:, :pool], nearest, strict=True):
                    top = self._best(line[line >= 0], query, k)[0]
                    hits += len(wanted.intersection(top.tolist()))
                measured.append((cost, Tuned(probes, pool, round(hits / (k * len(queries)), 4))))
        enough = [(cost, tuned) for cost, tuned in measured if tuned.recall >= _GOAL]
        if enough:
            return min(enough, key=lambda pair: pair[0])[1]
        return max(measured, key=lambda pair: (pair[1].recall, -pair[0]))[1]


def keys_of(names: Sequence[str]) -> Keys:
    """Return ticket ids as bytes, shape (n, 16)."""
    return np.frombuffer(bytes.fromhex("".join(names)), dtype=np.uint8).reshape(-1, 16)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let FAISS use one thread for few vectors: they take less than waking another one does."""
    import faiss

    before = faiss.omp_get_max_threads()
    if count < _FEW:
        faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _gathered(rows: Numbers, base: Stored, late: Stored) -> Stored:
    count = len(base)
    after = rows >= count
    if not after.any():
        return base.take(rows)
    out = Stored.empty(len(rows), base.codes.shape[1])
    out.put(~after, base.take(rows[~after]))
    out.put(after, late.take(rows[after] - count))
    return out


def _best(names: Sequence[str], cosines: Vectors, k: int) -> list[tuple[str, float]]:
    return [(names[place], float(cosines[place])) for place in np.argsort(-cosines, kind="stable")[:k]]
