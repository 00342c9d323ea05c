"""Words: which tokens of a text make up one word, so that a word is hidden or left out as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from replydesk.data.script import simplified
from replydesk.data.text import HAN, KANA

__all__ = ["Read", "chinese_words", "read_words"]

_EAST = re.compile(f"[{HAN}{KANA}]+")


@dataclass(frozen=True)
class Read:
    """The tokens of a text without those that mark its ends; ``words`` says, for each, which word it belongs to."""

    ids: tuple[int, ...]
    words: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Return the places of the tokens of each word, in the order of the text."""
        places: dict[int, list[int]] = {}
        for place, word in enumerate(self.words):
            places.setdefault(word, []).append(place)
        return tuple(map(tuple, places.values()))

    def cut(self, most: int) -> Read:
        """Return the first tokens, at most so many."""
        return self if len(self) <= most else Read(self.ids[:most], self.words[:most])


def chinese_words(text: str) -> list[tuple[int, int]]:
    """Return where the words of a text's Chinese stand, from and up to which character.

    Traditional characters are cut as the simplified ones that they stand for.

    >>> chinese_words("我要退货, ok")
    [(0, 2), (2, 4)]
    """
    import rjieba

    found = []
    for run in _EAST.finditer(text):
        start = run.start()
        for word in rjieba.cut(simplified(run[0])):
            found.append((start, start + len(word)))
            start += len(word)
    return found


def read_words(tokenizer: Any, texts: Sequence[str]) -> list[Read]:
    """Return the tokens of texts and their words, by a tokenizer of the tokenizers library that cuts what is too long.

    The pieces of a Latin word are one word, and so are the characters of a Chinese one (Cui et al. 2021, whole word
    masking for Chinese BERT); a number or a sign is one by itself.
    """
    return [_read(encoding, text) for encoding, text in zip(tokenizer.encode_batch(list(texts)), texts, strict=True)]


def _read(encoding: Any, text: str) -> Read:
    owner = {place: start for start, end in chinese_words(text) for place in range(start, end)}
    ids: list[int] = []
    words: list[int] = []
    numbers: dict[tuple[str, int], int] = {}
    rows = zip(encoding.ids, encoding.word_ids, encoding.offsets, encoding.special_tokens_mask, strict=True)
    for token, word, (start, _), special in rows:
        if special:
            continue
        key = ("zh", owner[start]) if start in owner else ("word", word)
        ids.append(token)
        words.append(numbers.setdefault(key, len(numbers)))
    return Read(tuple(ids), tuple(words))
