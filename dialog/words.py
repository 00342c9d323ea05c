"""What words and characters alone say of a message's intent: TF-IDF and a linear classifier, in plain numpy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.script import simplified
from replydesk.dialog.arrays import damaged, load_arrays, save_arrays

__all__ = ["WordClassifier", "grams"]

Floats = NDArray[np.float64]

KINDS: Final = ("word", "char_wb", "char")
"""Words and pairs of them; two to four characters of a word and its ends; one to three characters of the text."""

_TOKEN: Final = re.compile(r"\b\w+\b")
_BLANKS: Final = re.compile(r"\s\s+")


def grams(text: str, kind: str) -> list[str]:
    """Return the n-grams of a text as scikit-learn's vectorizers part it; ``kind`` is one of KINDS.

    In lower case, and in simplified characters, whichever the customer writes.

    >>> grams("Lost my card", "word")
    ['lost', 'my', 'card', 'lost my', 'my card']
    >>> grams("退款", "char")
    ['退', '款', '退款']
    """
    text = simplified(text.lower())
    if kind == "word":
        words = _TOKEN.findall(text)
        return words + [f"{one} {other}" for one, other in pairwise(words)]
    text = _BLANKS.sub(" ", text)
    if kind == "char":
        return [text[i : i + size] for size in (1, 2, 3) for i in range(len(text) - size + 1)]
    found = []
    for word in text.split():
        padded = f" {word} "
        for size in (2, 3, 4):
            if len(padded) <= size:
                # What is no longer counts once, and not again for greater sizes.
                found.append(padded)
                break
            found += [padded[i : i + size] for i in range(len(padded) - size + 1)]
    return found


@dataclass(frozen=True, eq=False)
class WordClassifier:
    """TF-IDF of n-grams under a linear classifier: the margins of each label, and what they weigh beside a head.

    ``terms`` are the n-grams of each kind in ``kinds``, one kind after the other, ``sizes`` say how many of each;
    ``idf`` has shape (terms,). A term's count becomes 1 + log(count), times idf, and each kind's share of a text has
    length 1. The weights of a term are few: those of term i are ``values[starts[i]:starts[i + 1]]``, of the labels in
    ``places`` there. ``bias`` has shape (labels,).
    """

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    terms: tuple[str, ...]
    sizes: tuple[int, ...]
    idf: Floats
    starts: NDArray[np.int64]
    places: NDArray[np.uint16]
    values: NDArray[np.float32]
    bias: Floats
    weight: float = 1.0

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the distances to the separating planes, shape (n, labels); ``weight`` makes logits of them."""
        found = np.empty((len(texts), len(self.labels)))
        for row, text in enumerate(texts):
            found[row] = self._margins(text)
        return found

    @cached_property
    def familiar(self) -> frozenset[str]:
        """Return the words that more than one message had: what only one customer wrote, such as a name, is not."""
        if self.kinds[:1] != ("word",) or not self.sizes[0]:
            return frozenset()
        rarities = self.idf[: self.sizes[0]]
        return frozenset(
            word for word, one in zip(self.terms, rarities < rarities.max(), strict=False) if one and " " not in word
        )

    def problems(self) -> list[str]:
        """Return what makes it unfit to read words, nothing when it is sound."""
        found = []
        count, parts = len(self.terms), len(self.kinds)
        if (
            (len(self.sizes), sum(self.sizes), self.idf.shape) != (parts, count, (count,))
            or not set(self.kinds) <= set(KINDS)
            or self.starts.shape != (count + 1,)
            or (count and (np.diff(self.starts) < 0).any())
            or (int(self.starts[0]), int(self.starts[-1])) != (0, len(self.values))
            or self.places.shape != self.values.shape
            or (len(self.places) and int(self.places.max()) >= len(self.labels))
            or self.bias.shape != (len(self.labels),)
        ):
            found.append("the word classifier does not fit together")
        numbers = (self.idf, self.values, self.bias, [self.weight])
        if not all(np.isfinite(array).all() for array in numbers):
            found.append("the word classifier holds what is no number")
        return found

    def save(self, path: Path) -> None:
        """Write it as npz."""
        text = "".join(self.terms).encode("utf-8", "surrogatepass")
        save_arrays(
            path,
            labels=np.array(self.labels, dtype=np.str_),
            kinds=np.array(self.kinds, dtype=np.str_),
            text=np.frombuffer(text, dtype=np.uint8),
            lengths=np.array([len(term) for term in self.terms], dtype=np.uint32),
            sizes=np.array(self.sizes, dtype=np.int64),
            weight=np.array(self.weight),
            **{name: getattr(self, name) for name in ("idf", "starts", "places", "values", "bias")},
        )

    @classmethod
    def load(cls, path: Path) -> WordClassifier:
        """Read it. Raises :class:`ReleaseError` when the file is missing or damaged."""
        arrays = load_arrays(
            path,
            *("labels", "kinds", "text", "lengths", "sizes", "weight", "idf", "starts", "places", "values", "bias"),
        )
        try:
            text = arrays["text"].tobytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise damaged(path) from error
        ends = accumulate(arrays["lengths"].tolist(), initial=0)
        numbers = {name: arrays[name] for name in ("idf", "starts", "places", "values", "bias")}
        return cls(
            tuple(str(label) for label in arrays["labels"]),
            tuple(str(kind) for kind in arrays["kinds"]),
            tuple(text[start:end] for start, end in pairwise(ends)),
            tuple(arrays["sizes"].tolist()),
            **numbers,
            weight=float(arrays["weight"]),
        )

    @cached_property
    def _known(self) -> list[dict[str, int]]:
        """Return for each kind the place of each of its terms."""
        ends = list(accumulate(self.sizes, initial=0))
        return [dict(zip(self.terms[start:end], range(start, end), strict=True)) for start, end in pairwise(ends)]

    @cached_property
    def _ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return up to where the weights of each term go, shape (terms,), and the labels that they are of."""
        return self.starts[1:], self.places.astype(np.int64)

    def _margins(self, text: str) -> Any:
        rows: list[int] = []
        shares = []
        for kind, known in zip(self.kinds, self._known, strict=True):
            counts: dict[int, int] = {}
            for gram in grams(text, kind):
                place = known.get(gram)
                if place is not None:
                    counts[place] = counts.get(place, 0) + 1
            if not counts:
                continue
            mine = list(counts)
            share = np.array([1.0 if count == 1 else 1.0 + log(count) for count in counts.values()]) * self.idf[mine]
            rows += mine
            shares.append(share / np.sqrt(share @ share))
        if not rows:
            return self.bias
        terms = np.array(rows)
        ends_of, labels_of = self._ends
        begins = self.starts[terms]
        counts_of = ends_of[terms] - begins
        ends = counts_of.cumsum()
        at = np.arange(int(ends[-1])) + (begins - ends + counts_of).repeat(counts_of)
        weighed = self.values[at] * np.concatenate(shares).repeat(counts_of)
        return np.bincount(labels_of[at], weighed, minlength=len(self.labels)) + self.bias
