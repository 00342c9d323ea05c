"""Sentences: where each begins and ends in an answer, so that a reply can say from where it has what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Sentence", "sentences"]

# A dot inside 5.50 or a link ends nothing; a Chinese full stop always does, with the quote that it closes.
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)]*(?=\s|\Z)|[。！？]+[”’」』）]*|(?=\s*(?:\n|\Z)))")
# "1." and "2)" count what follows; after "e.g." and "Dr." a sentence goes on, after "No." it does before a number, and
# after "etc." and three dots where a small letter follows.
_GOES_ON = re.compile(r"(?:^\(?\d{1,2}[.)]|(?<![\w.])(?i:mr|mrs|ms|dr|prof|vs|e\.g|i\.e|approx|incl|tel|ext)\.)\Z")
_BEFORE_NUMBER = re.compile(r"(?<!\w)(?i:no|nr|fig|art)\.\Z")
_BEFORE_SMALL = re.compile(r"(?:(?<![\w.])(?i:etc|a\.m|p\.m|inc|ltd|co|st)\.|\.\.|…)\Z")
_NUMBER, _SMALL = re.compile(r"\d"), re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its place: characters ``start`` to ``end`` of the text that it stands in."""

    text: str
    start: int
    end: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of an English or Chinese text in their order. Blanks between them belong to none.

    A line ends a sentence, too. What an abbreviation or the number of a list begins is not torn off.

    >>> [sentence.text for sentence in sentences("It costs 5.50 at www.a.com. 三天内退款。谢谢！")]
    ['It costs 5.50 at www.a.com.', '三天内退款。', '谢谢！']
    """
    spans: list[tuple[int, int]] = []
    for found in _SENTENCE.finditer(text):
        if spans and _joined(text, spans[-1], found.start()):
            spans[-1] = spans[-1][0], found.end()
        else:
            spans.append(found.span())
    return tuple(Sentence(text[start:end], start, end) for start, end in spans)


def _joined(text: str, before: tuple[int, int], start: int) -> bool:
    """Return whether what begins at ``start`` goes on with the sentence before."""
    first = text[before[0] : before[1]]
    if "\n" in text[before[1] : start]:
        return False
    if _GOES_ON.search(first):
        return True
    following = text[start : start + 1]
    if _BEFORE_NUMBER.search(first):
        return bool(_NUMBER.match(following))
    return bool(_BEFORE_SMALL.search(first) and _SMALL.match(following))
