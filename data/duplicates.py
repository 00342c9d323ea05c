"""Near-duplicates: texts that say the same in almost the same words, found among very many.

Two texts are near-duplicates when their sets of shingles have a Jaccard similarity of at least the threshold, and when
they name the same numbers and codes and deny equally often: "within 14 days" and "within 30 days" are two answers.
Candidates come from MinHash with bands (Broder 1997; Leskovec et al., Mining of Massive Datasets, 3.4) and are verified
with bottom-k sketches (Cohen and Kaplan 2007), which are exact for short texts. `docs/why/near-duplicates.md` says how
the threshold was chosen.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from replydesk.data.errors import RequestError
from replydesk.data.shingles import NO_HASH, Hashes, Ints, facts_of, mixed, normal_form, shingles, text_hash

__all__ = ["THRESHOLD", "NearIndex", "likeness", "near_duplicates", "normal_form", "repeats"]

THRESHOLD: Final = 0.7
"""The Jaccard similarity from which two texts count as the same."""

_BANDS, _ROWS = 16, 4
_KEPT = 64
# So many characters at a time that the arrays stay in the processor's cache.
_CHUNK = 1 << 18
_PAIRS = 1 << 12
# A chain of texts has no end of representatives; what is left after so many rounds stays by itself.
_ROUNDS = 64
_TRIED = 16

_DRAWN = np.random.Generator(np.random.PCG64(20260301)).integers(0, 1 << 32, (2, _BANDS, _ROWS), dtype=np.uint32)
_FACTORS, _OFFSETS = _DRAWN[0] | np.uint32(1), _DRAWN[1]


def near_duplicates(texts: Iterable[tuple[str, str]], *, threshold: float = THRESHOLD) -> dict[str, str]:
    """Return, for every id whose text nearly repeats that of others, the smallest id of its group.

    ``texts`` yields (id, text), each id once, in any order, and is read once; some 400 bytes are kept of a text. An id
    that stands for its own group is no key. Every text of a group is near to that of the smallest id, so groups do not
    drift. A text without a word is near to equal ones only.

    Raises :class:`RequestError` for a threshold that is not above .5 and at most 1.

    >>> near_duplicates([("b", "Where is my parcel??"), ("a", "where is my parcel"), ("c", "I want a refund")])
    {'b': 'a'}
    """
    index = NearIndex(threshold)
    index.add(texts)
    return index.groups()


def repeats(
    texts: Iterable[tuple[str, str]], of: Iterable[tuple[str, str]], *, threshold: float = THRESHOLD
) -> dict[str, str]:
    """Return, for every id of ``texts`` whose text nearly repeats one of ``of``, the id of such a one.

    Both are read once, in any order. Raises :class:`RequestError` as :func:`near_duplicates` does.

    >>> repeats([("new", "Where is my PARCEL?"), ("other", "Hello!")], [("old", "where is my parcel")])
    {'new': 'old'}
    """
    index = NearIndex(threshold)
    index.add(of)
    first = len(index)
    index.add(texts)
    return index.repeats(first)


def likeness(first: str, second: str) -> float:
    """Return how near two texts are: the Jaccard similarity of their shingles, 0 when numbers, codes or denials differ.

    >>> likeness("Return it within 14 days.", "return it, within 14 days"), likeness("In 14 days.", "In 30 days.")
    (1.0, 0.0)
    """
    if facts_of(first) != facts_of(second):
        return 0.0
    hashes, starts = shingles([normal_form(first), normal_form(second)])
    one, two = np.split(hashes, starts[1:])
    both = len(np.intersect1d(one, two, assume_unique=True))
    return both / (len(one) + len(two) - both)


class NearIndex:
    """What is kept of texts to find near-duplicates among them: flat arrays, some 400 bytes a text with its id.

    From a threshold of .7 on, at least 98 of 100 pairs that are near enough become candidates; below, fewer do.
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        if not 0.5 < threshold <= 1:
            raise RequestError("A threshold is above .5 and at most 1.", where=f"threshold = {threshold}")
        self._threshold = threshold
        self._ids: list[str] = []
        self._same, self._facts = array("Q"), array("Q")
        # Sketches of different lengths lie one behind the other.
        self._ends, self._sketches, self._bands = array("Q"), array("I"), array("I")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Read (id, text) pairs; only their sketches stay."""
        for forms in self._chunks(texts):
            hashes, starts = shingles(forms)
            self._sketch(hashes, starts)
            self._sign(hashes, starts)

    def groups(self) -> dict[str, str]:
        """Return the representative of every id that is not its own: the smallest id of its group."""
        # From here on a text is its rank by id, so that the order of the input means nothing.
        order = self._by_id(0, len(self))
        _, firsts, group = np.unique(_view(self._same, np.uint64)[order], return_index=True, return_inverse=True)
        different = np.sort(firsts)
        leaders = self._leaders(order[different])
        found = order[different[leaders[np.searchsorted(different, firsts[group])]]]
        return {
            self._ids[own]: self._ids[leader]
            for own, leader in zip(order.tolist(), found.tolist(), strict=True)
            if own != leader
        }

    def repeats(self, first: int) -> dict[str, str]:
        """Return, for every id added from place ``first`` on that nearly repeats one added before, the id of that."""
        old, new = self._by_id(0, first), self._by_id(first, len(self))
        found = np.full(len(new), -1)
        same = _view(self._same, np.uint64)
        order, at, _, hits = _matches(same[old], same[new])
        found[hits] = old[order[at]]
        bands = _view(self._bands, np.uint32).reshape(-1, _BANDS)
        for band in range(_BANDS):
            left = np.flatnonzero(found < 0)
            order, at, more, hits = _matches(bands[old, band], bands[new[left], band])
            # A bucket may hold very many: those tried are spread over it.
            for step in range(_TRIED):
                open_ = (found[left[hits]] < 0) & (step <= more)
                asked = left[hits[open_]]
                offset = np.where(more < _TRIED, step, more * step // (_TRIED - 1))
                tried = old[order[(at + offset)[open_]]]
                near = self._near(tried, new[asked])
                found[asked[near]] = tried[near]
        return {
            self._ids[own]: self._ids[other]
            for own, other in zip(new.tolist(), found.tolist(), strict=True)
            if other >= 0
        }

    def _by_id(self, first: int, stop: int) -> Ints:
        return np.array(sorted(range(first, stop), key=self._ids.__getitem__), dtype=np.int64)

    def _chunks(self, texts: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
        forms: list[str] = []
        size = 0
        for key, text in texts:
            form, facts = normal_form(text), facts_of(text)
            self._ids.append(key)
            self._facts.append(text_hash(facts))
            self._same.append(text_hash(f"{facts}\n{form}"))
            forms.append(form)
            size += len(form)
            if size >= _CHUNK:
                yield forms
                forms, size = [], 0
        if forms:
            yield forms

    def _sketch(self, hashes: Hashes, starts: Ints) -> None:
        """Keep the smallest hashes of each text."""
        lengths = np.diff(starts, append=len(hashes))
        rank = np.arange(len(hashes)) - np.repeat(starts, lengths)
        self._sketches.frombytes(hashes[rank < _KEPT].tobytes())
        ends = np.cumsum(np.minimum(lengths, _KEPT)) + (self._ends[-1] if self._ends else 0)
        self._ends.frombytes(ends.astype(np.uint64).tobytes())

    def _sign(self, hashes: Hashes, starts: Ints) -> None:
        """Keep one hash for each band of minima, in which the facts of a text take part."""
        facts = _view(self._facts, np.uint64)[-len(starts) :].astype(np.uint32)
        keys = np.empty((len(starts), _BANDS), dtype=np.uint32)
        permuted = np.empty_like(hashes)
        for band in range(_BANDS):
            key = facts
            for row in range(_ROWS):
                np.multiply(hashes, _FACTORS[band, row], out=permuted)
                np.add(permuted, _OFFSETS[band, row], out=permuted)
                key = mixed(key * np.uint32(0x01000193) ^ np.minimum.reduceat(permuted, starts))
            keys[:, band] = key
        self._bands.frombytes(keys.tobytes())

    def _leaders(self, nodes: Ints) -> Ints:
        """Return the representative of each of ``nodes``, which are different texts in the order of their ids."""
        root = np.arange(len(nodes))
        bands = _view(self._bands, np.uint32).reshape(-1, _BANDS)
        for band in range(_BANDS if len(nodes) > 1 else 0):
            first, second = _bucketed(bands[nodes, band])
            apart = root[first] != root[second]
            first, second = first[apart], second[apart]
            near = self._near(nodes[first], nodes[second])
            root = _united(root, first[near], second[near])
        leader = np.arange(len(nodes))
        left = np.flatnonzero(np.bincount(root, minlength=len(nodes))[root] > 1)
        # Of what hangs together, those near the first follow it; then the first of the rest leads, and so on.
        for _ in range(_ROUNDS):
            if not len(left):
                break
            first = np.full(len(nodes), len(nodes))
            np.minimum.at(first, root[left], left)
            leads = first[root[left]]
            near = (leads == left) | self._near(nodes[leads], nodes[left])
            leader[left[near]] = leads[near]
            left = left[~near]
        return leader

    def _near(self, first: Ints, second: Ints) -> npt.NDArray[np.bool_]:
        facts = _view(self._facts, np.uint64)
        near: npt.NDArray[np.bool_] = facts[first] == facts[second]
        for start in range(0, len(first), _PAIRS):
            part = np.flatnonzero(near[start : start + _PAIRS]) + start
            if len(part):
                near[part] = self._jaccard(first[part], second[part]) >= self._threshold
        return near

    def _jaccard(self, first: Ints, second: Ints) -> npt.NDArray[np.float64]:
        """Return the Jaccard similarity of each pair: exact for texts of few shingles, else estimated."""
        union = np.concatenate([self._padded(first), self._padded(second)], axis=1)
        union.sort(axis=1)
        real = union[:, 1:] != NO_HASH
        twice = (union[:, 1:] == union[:, :-1]) & real
        # The smallest of both together are a sample of the union, and those that stand twice are in both.
        distinct = np.concatenate([union[:, :1] != NO_HASH, real & ~twice], axis=1)
        seen = np.cumsum(distinct, axis=1)
        shared = (twice & (seen[:, 1:] <= _KEPT)).sum(axis=1)
        similar: npt.NDArray[np.float64] = shared / np.minimum(seen[:, -1], _KEPT)
        return similar

    def _padded(self, rows: Ints) -> Hashes:
        ends, sketches = _view(self._ends, np.uint64), _view(self._sketches, np.uint32)
        stop = ends[rows].astype(np.int64)
        start = np.where(rows > 0, ends[rows - 1].astype(np.int64), 0)
        places = start[:, None] + np.arange(_KEPT)
        inside = places < stop[:, None]
        padded: Hashes = np.where(inside, sketches[np.where(inside, places, 0)], NO_HASH)
        return padded


def _view(values: array[int], dtype: Any) -> npt.NDArray[Any]:
    return np.frombuffer(values, dtype=dtype) if values else np.empty(0, dtype=dtype)


def _bucketed(keys: Hashes) -> tuple[Ints, Ints]:
    """Return pairs of nodes with equal keys: each with the first of its bucket and with the one before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    first = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
    more = np.flatnonzero(~begins)
    second = order[more]
    return np.concatenate([first[more], order[more - 1]]), np.concatenate([second, second])


def _matches(keys: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the order of ``keys`` and, of those ``wanted`` that are there: their places in it, how many more, who."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.searchsorted(ordered, wanted, "left")
    count = np.searchsorted(ordered, wanted, "right") - first
    hits = np.flatnonzero(count)
    return order, first[hits], count[hits] - 1, hits


def _united(root: Ints, first: Ints, second: Ints) -> Ints:
    """Return the roots after joining pairs: the smallest node of everything that hangs together."""
    while True:
        low, high = np.minimum(root[first], root[second]), np.maximum(root[first], root[second])
        apart = low != high
        if not apart.any():
            return root
        root = root.copy()
        np.minimum.at(root, high[apart], low[apart])
        while (root[root] != root).any():
            root = root[root]
