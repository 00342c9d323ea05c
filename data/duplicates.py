"""Near-duplicates: texts that say the same in almost the same words, found among very many.

A text becomes the set of its shingles: four characters of a word language, two of Chinese. Two texts are
near-duplicates when their sets have a Jaccard similarity of at least the threshold, and when they name the same
numbers and codes and negate equally often: "within 14 days" and "within 30 days" are two answers. Candidates come from
MinHash with bands (Broder 1997; Leskovec et al., Mining of Massive Datasets, 3.4) and are verified with bottom-k
sketches (Cohen and Kaplan 2007), which are exact for short texts. `docs/why/near-duplicates.md` says how the threshold
was chosen.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from replydesk.data.errors import RequestError
from replydesk.data.records import same_text
from replydesk.data.text import HAN, KANA, SHORT_LINK

__all__ = ["THRESHOLD", "likeness", "near_duplicates", "normal_form"]

THRESHOLD: Final = 0.7
"""The Jaccard similarity from which two texts count as the same."""

LONGEST: Final = 20_000
"""The characters of a text that are compared."""

_BANDS, _ROWS = 16, 4
_KEPT = 64
_LATIN, _EAST = 4, 2
# So many characters at a time that the arrays stay in the processor's cache.
_CHUNK = 1 << 18
_PAIRS = 1 << 12
# A chain of texts has no end of representatives; what is left after so many rounds stays by itself.
_ROUNDS = 64

_NOISE = re.compile(rf"{SHORT_LINK}|(?<![\w.])@\w+|<([a-z]+)_\d+>")
_NO_WORD = re.compile(r"[\W_]+")
_BLANK_IN_EAST = re.compile(rf"(?<=[{HAN}{KANA}]) (?=[{HAN}{KANA}])")
_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|twice|both"
)
_CHINESE_NUMBER = (
    "[零〇一二两三四五六七八九十百千万半]+个?(?=工作日|星期|礼拜|小时|分钟|天|日|号|月|年|周|元|块|折|倍|件|台|张|次)"
)
# A code has a digit and may be hyphenated; a number may have a decimal part.
_FACT = re.compile(
    rf"(?:\b[a-z]+-)?[a-z]*\d(?:[a-z0-9]|[-.,:/](?=[a-z0-9]*\d))*|\b(?:{_NUMBER_WORDS})\b|{_CHINESE_NUMBER}", re.A
)
# 不 and 没 ask in 能不能 and 有没有, where they deny nothing.
_ASKING = re.compile(r"([能会可要是行有好对])[不没]\1")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|none|nothing|neither|nor|without)\b|n['’]t\b|[不没未无别]")

_Ints = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint32]


def near_duplicates(texts: Iterable[tuple[str, str]], *, threshold: float = THRESHOLD) -> dict[str, str]:
    """Return, for every id whose text nearly repeats that of others, the smallest id of its group.

    ``texts`` yields (id, text), each id once, in any order, and is read once: about 400 bytes are kept of a text. An id
    that stands for its own group is not a key. Every text of a group is near to that of the smallest id, so groups do
    not drift. A text without a word is near to equal ones only. From a ``threshold`` of .7 on, at least 98 of 100 pairs
    that are near enough become candidates; below, fewer do.

    Raises :class:`RequestError` for a threshold that is not above .5 and at most 1.

    >>> near_duplicates([("b", "Where is my parcel??"), ("a", "where is my parcel"), ("c", "I want a refund")])
    {'b': 'a'}
    """
    if not 0.5 < threshold <= 1:
        raise RequestError("A threshold is above .5 and at most 1.", where=f"threshold = {threshold}")
    index = _Index()
    index.read(texts)
    return index.groups(threshold)


def likeness(first: str, second: str) -> float:
    """Return how near two texts are: the Jaccard similarity of their shingles, 0 when numbers, codes or denials differ.

    >>> likeness("Return it within 14 days.", "return it, within 14 days"), likeness("In 14 days.", "In 30 days.")
    (1.0, 0.0)
    """
    plain = [_plain(first), _plain(second)]
    if _facts(plain[0]) != _facts(plain[1]):
        return 0.0
    hashes, starts = _shingles([normal_form(first), normal_form(second)])
    one, two = np.split(hashes, starts[1:])
    both = len(np.intersect1d(one, two, assume_unique=True))
    return both / (len(one) + len(two) - both)


def normal_form(text: str) -> str:
    """Return what is compared of a text: NFKC, folded case, words only; no handles and no wordless short links.

    Words are parted by a blank, Chinese characters by nothing. A text without a word stays as it is.

    >>> normal_form("您好！请问，ORDER 12 到了吗？")
    '您好请问 order 12 到了吗'
    """
    return _words(_plain(text)) or same_text(text)


def _plain(text: str) -> str:
    return _NOISE.sub(r" \1 ", unicodedata.normalize("NFKC", text[:LONGEST]).casefold())


def _words(plain: str) -> str:
    return _BLANK_IN_EAST.sub("", _NO_WORD.sub(" ", plain.replace("'", "").replace("’", "")).strip())


def _facts(plain: str) -> str:
    """Return what must be equal in near-duplicates: numbers, codes, and how often something is denied."""
    denied = len(_NEGATION.findall(_ASKING.sub(r"\1", plain)))
    return f"{denied} {' '.join(_FACT.findall(plain))}"


class _Index:
    """What is kept of the texts, in flat arrays: sketches of different lengths lie one behind the other."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.same = array("Q")
        self.facts = array("Q")
        self.ends = array("Q")
        self.sketches = array("I")
        self.bands = array("I")

    def read(self, texts: Iterable[tuple[str, str]]) -> None:
        for forms in self._chunks(texts):
            hashes, starts = _shingles(forms)
            self._sketch(hashes, starts)
            self._sign(hashes, starts)

    def _chunks(self, texts: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
        forms: list[str] = []
        size = 0
        for key, text in texts:
            plain = _plain(text)
            form = _words(plain) or same_text(text)
            facts = _facts(plain)
            self.ids.append(key)
            self.facts.append(_digest(facts))
            self.same.append(_digest(f"{facts}\n{form}"))
            forms.append(form)
            size += len(form)
            if size >= _CHUNK:
                yield forms
                forms, size = [], 0
        if forms:
            yield forms

    def _sketch(self, hashes: _Words, starts: _Ints) -> None:
        """Keep the smallest hashes of each text."""
        lengths = np.diff(starts, append=len(hashes))
        rank = np.arange(len(hashes)) - np.repeat(starts, lengths)
        self.sketches.frombytes(hashes[rank < _KEPT].tobytes())
        ends = np.cumsum(np.minimum(lengths, _KEPT)) + (self.ends[-1] if self.ends else 0)
        self.ends.frombytes(ends.astype(np.uint64).tobytes())

    def _sign(self, hashes: _Words, starts: _Ints) -> None:
        """Keep one hash for each band of minima, in which the facts of a text take part."""
        facts = np.frombuffer(self.facts, dtype=np.uint64)[-len(starts) :].astype(np.uint32)
        keys = np.empty((len(starts), _BANDS), dtype=np.uint32)
        permuted = np.empty_like(hashes)
        for band in range(_BANDS):
            key = facts
            for row in range(_ROWS):
                np.multiply(hashes, _FACTORS[band, row], out=permuted)
                np.add(permuted, _OFFSETS[band, row], out=permuted)
                key = _mixed(key * np.uint32(0x01000193) ^ np.minimum.reduceat(permuted, starts))
            keys[:, band] = key
        self.bands.frombytes(keys.tobytes())

    def groups(self, threshold: float) -> dict[str, str]:
        # From here on a text is its rank by id, so that the order of the input means nothing.
        order = np.array(sorted(range(len(self.ids)), key=self.ids.__getitem__), dtype=np.int64)
        same = np.frombuffer(self.same, dtype=np.uint64)[order] if len(order) else np.empty(0, np.uint64)
        _, firsts, group = np.unique(same, return_index=True, return_inverse=True)
        equal = firsts[group]
        nodes = order[np.sort(firsts)]
        leaders = self._leaders(nodes, threshold)
        # Ranks among the different texts become ranks among all of them.
        first_of = np.searchsorted(np.sort(firsts), equal)
        found = nodes[leaders[first_of]]
        return {
            self.ids[own]: self.ids[leader] for own, leader in zip(order.tolist(), found.tolist(), strict=True)
            if own != leader
        }  # fmt: skip

    def _leaders(self, nodes: _Ints, threshold: float) -> _Ints:
        """Return the representative of each of ``nodes``, which are different texts in the order of their ids."""
        root = np.arange(len(nodes))
        if len(nodes) < 2:
            return root
        bands = np.frombuffer(self.bands, dtype=np.uint32).reshape(-1, _BANDS)
        for band in range(_BANDS):
            first, second = _bucketed(bands[nodes, band])
            apart = root[first] != root[second]
            first, second = first[apart], second[apart]
            near = self._near(nodes[first], nodes[second], threshold)
            root = _united(root, first[near], second[near])
        return self._led(nodes, root, threshold)

    def _led(self, nodes: _Ints, root: _Ints, threshold: float) -> _Ints:
        """Return the leader of each node: within what hangs together, everybody near the first, then the rest."""
        leader = np.arange(len(nodes))
        counts = np.bincount(root, minlength=len(nodes))
        open_ = np.flatnonzero(counts[root] > 1)
        for _ in range(_ROUNDS):
            if not len(open_):
                break
            first = np.full(len(nodes), len(nodes))
            np.minimum.at(first, root[open_], open_)
            leads = first[root[open_]]
            near = (leads == open_) | self._near(nodes[leads], nodes[open_], threshold)
            leader[open_[near]] = leads[near]
            open_ = open_[~near]
        return leader

    def _near(self, first: _Ints, second: _Ints, threshold: float) -> npt.NDArray[np.bool_]:
        facts = np.frombuffer(self.facts, dtype=np.uint64)
        near: npt.NDArray[np.bool_] = facts[first] == facts[second]
        for start in range(0, len(first), _PAIRS):
            part = np.flatnonzero(near[start : start + _PAIRS]) + start
            if len(part):
                near[part] = self._jaccard(first[part], second[part]) >= threshold
        return near

    def _jaccard(self, first: _Ints, second: _Ints) -> npt.NDArray[np.float64]:
        """Return the Jaccard similarity of each pair: exact for texts of few shingles, else estimated."""
        union = np.concatenate([self._padded(first), self._padded(second)], axis=1)
        union.sort(axis=1)
        real = union[:, 1:] != _NONE
        twice = (union[:, 1:] == union[:, :-1]) & real
        # The smallest of both together are a sample of the union, and those that stand twice are in both.
        distinct = np.concatenate([union[:, :1] != _NONE, real & ~twice], axis=1)
        seen = np.cumsum(distinct, axis=1)
        shared = (twice & (seen[:, 1:] <= _KEPT)).sum(axis=1)
        similar: npt.NDArray[np.float64] = shared / np.maximum(1, np.minimum(seen[:, -1], _KEPT))
        return similar

    def _padded(self, rows: _Ints) -> _Words:
        ends = np.frombuffer(self.ends, dtype=np.uint64).astype(np.int64, copy=False)
        sketches = np.frombuffer(self.sketches, dtype=np.uint32)
        stop = ends[rows]
        start = np.where(rows > 0, ends[rows - 1], 0)
        places = start[:, None] + np.arange(_KEPT)
        inside = places < stop[:, None]
        return np.where(inside, sketches[np.where(inside, places, 0)], _NONE)


_NONE: Final = np.uint32(0xFFFFFFFF)
_DRAWN = np.random.Generator(np.random.PCG64(20260301)).integers(0, 1 << 32, (2, _BANDS, _ROWS), dtype=np.uint32)
_FACTORS, _OFFSETS = _DRAWN[0] | np.uint32(1), _DRAWN[1]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _mixed(values: _Words) -> _Words:
    """Return well-mixed hashes (the finalizer of MurmurHash3)."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def _shingles(forms: list[str]) -> tuple[_Words, _Ints]:
    """Return the different shingle hashes of all texts, ascending within each, and where each text begins."""
    padded = [f"  {form}  " for form in forms]
    lengths = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
    data = "".join(padded).encode("utf-32-le", "surrogatepass")
    chars = np.concatenate([np.frombuffer(data, dtype=np.uint32), np.zeros(_LATIN, np.uint32)])
    owner = np.repeat(np.arange(len(forms), dtype=np.uint64), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(owner))
    size = len(owner)
    east = _eastern(chars)
    short = east[:size] | east[1 : size + 1]
    multiplier = np.uint32(0x9E3779B1)
    two = chars[:size] * multiplier + chars[1 : size + 1]
    four = (two * multiplier + chars[2 : size + 2]) * multiplier + chars[3 : size + 3]
    whole = left >= np.where(short, _EAST, _LATIN)
    hashes = _mixed(np.where(short, two ^ np.uint32(0x5BD1E995), four))
    keys = np.unique((owner[whole] << np.uint64(32)) | np.minimum(hashes[whole], _NONE - np.uint32(1)))
    starts = np.searchsorted(keys, np.arange(len(forms), dtype=np.uint64) << np.uint64(32))
    return keys.astype(np.uint32), starts


def _eastern(chars: _Words) -> npt.NDArray[np.bool_]:
    kana_or_han = (chars >= 0x3005) & (chars <= 0x9FFF)
    east: npt.NDArray[np.bool_] = (
        kana_or_han | ((chars >= 0xF900) & (chars <= 0xFAFF)) | ((chars >= 0x20000) & (chars <= 0x3FFFF))
    )
    return east


def _bucketed(keys: _Words) -> tuple[_Ints, _Ints]:
    """Return pairs of nodes with equal keys: each with the first of its bucket and with the one before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    first = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
    more = np.flatnonzero(~begins)
    second = order[more]
    return np.concatenate([first[more], order[more - 1]]), np.concatenate([second, second])


def _united(root: _Ints, first: _Ints, second: _Ints) -> _Ints:
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
