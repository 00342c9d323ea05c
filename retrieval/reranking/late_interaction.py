"""Late interaction: each word of a message looks for its like in a past question, and the other way round.

The token vectors are those that the encoder pools into one; nothing is trained (MaxSim of Khattab and Zaharia 2020, in
both directions and with rare words weighing more as in Zhang et al. 2020).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.retrieval.encoders.encoder import Encoder, TokenEncoder, TokenVectors
from replydesk.retrieval.words.terms import located

__all__ = ["LateInteraction", "Rarities", "token_encoder"]

Floats = NDArray[np.float64]
Rarities = Callable[[Iterable[str]], Mapping[str, float]]
"""From terms to their inverse document frequencies."""

_MEGABYTES: Final = 64
# What a remembered text takes beside its vectors, roughly.
_OVERHEAD = 500


@dataclass(frozen=True, slots=True)
class _Words:
    """The tokens of a text that stand in words: their vectors, shape (n, dimension), and the term each is part of."""

    vectors: NDArray[np.float16]
    terms: tuple[str, ...]

    @property
    def size(self) -> int:
        """Return about how many bytes it takes."""
        return self.vectors.nbytes + _OVERHEAD


class LateInteraction:
    """Says how alike a message and past questions are, token by token: a reranker that needs no training.

    ``rarities`` are those of the words among the texts that are searched. Token vectors are remembered by text, in 16
    bits and up to so many ``megabytes``, since the same tickets are found again and again. Safe to use from several
    threads.

    >>> late = LateInteraction(encoder, index.rarities)                                       # doctest: +SKIP
    >>> late.logits("where is my parcel?", ["my parcel is late", "a lamp"]).round(2)          # doctest: +SKIP
    array([0.76, 0.21], dtype=float32)
    """

    def __init__(self, encoder: TokenEncoder, rarities: Rarities, *, megabytes: float = _MEGABYTES) -> None:
        self._encoder, self._rarities = encoder, rarities
        self.id = f"late-interaction-{encoder.id}"
        self._most = int(megabytes * 2**20)
        self._known: OrderedDict[str, _Words] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def remember(self, texts: Sequence[str]) -> None:
        """Read texts that will be asked for soon: many at once are read faster than one by one."""
        self._read(texts)

    def tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        """Return about how many tokens are to be computed for each text: one where it is remembered.

        Those of the question count with the first.
        """
        with self._lock:
            counts = [1 if text in self._known else len(located(text)) + 2 for text in texts]
        return [count + (len(located(question)) + 2 if place == 0 else 0) for place, count in enumerate(counts)]

    def logits(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how alike the question and each text are, shape (len(texts),): 1 for the same, about 0 for strangers.

        For every token of the one the greatest cosine to a token of the other is taken; their mean is weighted by the
        rarity of the words they are part of. That is done from both sides, and the mean of both is returned. A text
        without a word gets 0.
        """
        found: NDArray[np.float32] = self.scores([question], texts)[0].astype(np.float32)
        return found

    def scores(self, questions: Sequence[str], texts: Sequence[str]) -> Floats:
        """Return what :meth:`logits` gives for every question, shape (len(questions), len(texts))."""
        read = self._read([*questions, *texts])
        asked, told = read[: len(questions)], read[len(questions) :]
        found = np.zeros((len(questions), len(texts)))
        places = [place for place, words in enumerate(told) if words.terms]
        if not places:
            return found
        rarity = self._rarities(dict.fromkeys(term for words in read for term in words.terms))
        theirs = np.array([rarity[term] for place in places for term in told[place].terms])
        lengths = np.array([len(told[place].terms) for place in places])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        theirs /= np.repeat(np.add.reduceat(theirs, starts), lengths)
        everything = np.concatenate([told[place].vectors for place in places]).astype(np.float32)
        for row, words in enumerate(asked):
            if words.terms:
                mine = np.array([rarity[term] for term in words.terms])
                cosines = words.vectors.astype(np.float32) @ everything.T
                forth = (mine / mine.sum()) @ np.maximum.reduceat(cosines, starts, axis=1)
                back = np.add.reduceat(theirs * cosines.max(axis=0), starts)
                found[row, places] = (forth + back) / 2
        return found

    def _read(self, texts: Sequence[str]) -> list[_Words]:
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
            for text in known:
                self._known.move_to_end(text)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        read = self._encoder.token_vectors(fresh) if fresh else []
        found = {text: _in_words(text, tokens) for text, tokens in zip(fresh, read, strict=True)}
        with self._lock:
            for text, words in found.items():
                if text not in self._known:
                    self._known[text] = words
                    self._bytes += words.size
            while self._bytes > self._most:
                self._bytes -= self._known.popitem(last=False)[1].size
        known |= found
        return [known[text] for text in texts]


def token_encoder(encoder: Encoder) -> TokenEncoder | None:
    """Return what tells the tokens' vectors of an encoder, whatever it is wrapped in; None where it has none.

    The multilingual encoder, which reads Chinese by default, makes its vector of no tokens that could be compared.
    """
    inner: Any = encoder
    while hasattr(inner, "inner"):
        inner = inner.inner
    return inner if isinstance(inner, TokenEncoder) else None


def _in_words(text: str, tokens: TokenVectors) -> _Words:
    """Return the tokens that stand in words; those of marks and blanks say nothing."""
    places = located(text)
    kept: list[int] = []
    terms: list[str] = []
    at = 0
    for number, (start, end) in enumerate(tokens.spans.tolist()):
        while at < len(places) and places[at][1] <= start:
            at += 1
        if at < len(places) and places[at][0] < end:
            kept.append(number)
            terms.append(places[at][2])
    return _Words(tokens.vectors[kept].astype(np.float16), tuple(terms))
