"""Terms: what lexical search compares of a text, so that a code is one term and 退貨 is found by 退货."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from replydesk.data.script import simplified
from replydesk.data.text import CODE_OR_WORD, HAN, KANA, tokens

__all__ = ["located", "terms", "worded"]

LONGEST: Final = 4000
"""The characters of a text that are read."""

_EAST = re.compile(f"[{HAN}{KANA}]+")
_LONG_WORD = 3


def terms(text: str) -> list[str]:
    """Return the terms of a text in no particular order, each as often as it stands there.

    NFKC, lower case, traditional characters as simplified ones. Latin words are those of
    :func:`~replydesk.data.text.tokens`; a hyphenated code is also there without its hyphens. A run of Chinese gives its
    characters, its bigrams and its words of three characters and more: nothing is lost where the segmentation errs.

    >>> terms("訂單TW-204817")
    ['订单', 'tw-204817', 'tw204817', '订', '单']
    """
    plain = simplified(unicodedata.normalize("NFKC", text[:LONGEST]).lower())
    found = []
    for word in tokens(plain):
        found.append(word)
        if "-" in word:
            found.append(word.replace("-", ""))
    for run in () if plain.isascii() else _EAST.findall(plain):
        if len(run) > 1:
            found += run
        if len(run) >= _LONG_WORD:
            found += [word for word in _cut(run) if len(word) >= _LONG_WORD]
    return found


def located(text: str) -> list[tuple[int, int, str]]:
    """Return where words stand in a text, from and up to which character, and the term that each is, in their order.

    Of Chinese every character is one, since nothing says which word it belongs to.

    >>> located("Don't退")
    [(0, 5, 'dont'), (5, 6, '退')]
    """
    found: list[tuple[int, int, str]] = []
    for match in CODE_OR_WORD.finditer(text[:LONGEST]):
        start, word = match.start(), match[0]
        # As `tokens` has it: a code is one word, a compound is not.
        parts = list(word) if match[1] else [word] if any(map(str.isdigit, word)) else word.split("-")
        for part in parts:
            term = simplified(unicodedata.normalize("NFKC", part).lower())
            found.append((start, start + len(part), term.replace("'", "").replace("’", "")))
            start += len(part) + (0 if match[1] else 1)
    return found


def worded(text: str) -> list[tuple[int, int, str]]:
    """Return where words stand in a text, as :func:`located` does, but Chinese by the words of a segmentation.

    >>> worded("怎么退货？Don't")
    [(0, 2, '怎么'), (2, 4, '退货'), (5, 10, 'dont')]
    """
    found: list[tuple[int, int, str]] = []
    runs = [match.span() for match in _EAST.finditer(text[:LONGEST])]
    for start, end in runs:
        for word in _cut(simplified(text[start:end])):
            found.append((start, start + len(word), unicodedata.normalize("NFKC", word)))
            start += len(word)
    inside = {place for start, end in runs for place in range(start, end)}
    return sorted([*found, *(one for one in located(text) if one[0] not in inside)])


def _cut(run: str) -> list[str]:
    import rjieba

    words: Any = rjieba.cut(run)
    return list(words)
