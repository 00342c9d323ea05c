"""Regular expressions that cannot hang the desk: what one may cost is bounded before it is taken.

Python's engine tries ways one after the other, so a pattern such as ``(a+)+b`` needs time that doubles with every
letter. Here the parsed pattern is walked once. It gives an upper bound on the steps from one place of a text of
:data:`PIECE` characters, in which blanks never stand side by side; what may need more than :data:`STEPS` is refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final

from replydesk.data.errors import RequestError
from replydesk.data.text import HAN, KANA

__all__ = ["PIECE", "STEPS", "folded", "found_in", "pieces", "safe_pattern", "spaced", "squeezed"]

PIECE: Final = 500
"""Characters that a pattern is tried on at once."""

STEPS: Final = 10_000_000
"""Steps that a pattern may need for one piece, each a few nanoseconds."""

_OVERLAP = 100
_EAST = re.compile(f"[{HAN}{KANA}]")
_TOKEN = re.compile(rf"[{HAN}{KANA}]+|(?:(?![{HAN}{KANA}])[\w'-])+")
# The ASCII letters and digits of full width, which Chinese keyboards give.
_NARROW = {code: code - 0xFEE0 for part in ("０９", "ＡＺ", "ａｚ") for code in range(ord(part[0]), ord(part[1]) + 1)}
_NARROW |= {ord("’"): ord("'")}
_SAMPLE: Final = frozenset(map(chr, range(32, 127))) | frozenset(
    "\täßéñøЖяλΩ中退款がアｘ５٣€£¥，。：！？（）“”—…\U0001f600"
)


def folded(text: str) -> str:
    """Return a text as it is compared: lower case, half width, simplified characters, blanks one by one."""
    narrow = " ".join(text.translate(_NARROW).split()).lower()
    if not _EAST.search(narrow):
        return narrow
    from replydesk.data.script import simplified

    return simplified(unicodedata.normalize("NFC", narrow))


def spaced(text: str) -> str:
    """Return the words of a folded text with one blank around each, a run of Chinese being one.

    >>> spaced("i want a refund, 退款now")
    ' i want a refund 退款 now '
    """
    return f" {' '.join(_TOKEN.findall(text))} "


def squeezed(text: str) -> str:
    """Return a folded text without its blanks, in which Chinese words are looked for."""
    return text.replace(" ", "")


def found_in(word: str, words: str, run: str) -> bool:
    """Return whether a folded word or phrase stands in a text that is ``spaced`` and ``squeezed``.

    Chinese is found anywhere; other words as a whole, and with a star at the end whatever begins so.

    >>> found_in("refund*", spaced("two refunds"), "tworefunds"), found_in("fun", spaced("refund"), "refund")
    (True, False)
    """
    if _EAST.search(word):
        return squeezed(word) in run
    return f" {word[:-1]}" in words if word.endswith("*") else f" {word} " in words


def pieces(text: str) -> Iterator[str]:
    """Yield the pieces of a text that patterns are tried on; one within 100 characters is whole in one."""
    if len(text) <= PIECE:
        yield text
        return
    for start in range(0, len(text) - _OVERLAP, PIECE - _OVERLAP):
        yield text[start : start + PIECE]


@cache
def safe_pattern(source: str) -> re.Pattern[str]:
    """Return a compiled pattern that ignores case.

    Raises :class:`RequestError` for one that is no regular expression, or may take too long.
    """
    try:
        compiled = re.compile(source, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        hint = "See the Regular Expression HOWTO of Python; in TOML put it into single quotes."
        raise RequestError(f"This is no regular expression: {error}.", where=source, hint=hint) from None
    # Private, but the only door to the parsed form; the tests of this module tell when it changes.
    tree: Any = import_module("re._parser").parse(source, re.IGNORECASE)
    found = _Cost(frozenset(_SAMPLE | {one for letter in source for one in (letter.lower(), letter.upper()[:1])}))
    steps = found.of(list(tree), frozenset())[0]
    if found.refused or steps * PIECE > STEPS:
        message = found.refused or "This pattern may take too long."
        raise RequestError(message, where=source, hint="Say how far it may reach: .{0,30} instead of .*, or use words.")
    return compiled


class _Cost:
    """Bounds of (steps, ways): how much is tried from one place, and in how many ways a part can match there."""

    def __init__(self, letters: frozenset[str]) -> None:
        self.letters, self.refused = letters, ""

    def of(self, items: Sequence[Any], after: frozenset[str]) -> tuple[float, float]:
        steps, ways = 1.0, 1.0
        for item in reversed(items):
            tried, split = self._one(item, after)
            steps, ways = min(tried + split * steps, 1e18), min(split * ways, 1e18)
            after = self._first([item]) | (after if self._empty(item) else frozenset())
        return steps, ways

    def _one(self, item: Any, after: frozenset[str]) -> tuple[float, float]:
        kind, value = str(item[0]), item[1]
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, body = int(value[0]), int(value[1]), list(value[2])
            steps, ways = self._repeated(least, most, body, after)
            return steps, 1.0 if kind == "POSSESSIVE_REPEAT" else ways
        if kind == "BRANCH":
            parts = [self.of(list(part), after) for part in value[1]]
            firsts = [self._first(list(part)) for part in value[1]]
            apart = sum(map(len, firsts)) == len(frozenset[str]().union(*firsts))
            together = max if apart and not self._empty(item) else sum
            return sum(steps for steps, _ in parts), together(ways for _, ways in parts)
        if kind == "SUBPATTERN":
            return self.of(list(value[3]), after)
        if kind == "ATOMIC_GROUP":
            return self.of(list(value), after)[0], 1.0
        if kind in ("ASSERT", "ASSERT_NOT"):
            return self.of(list(value[1]), frozenset())[0], 1.0
        if kind.startswith("GROUPREF"):
            self.refused = "A pattern cannot refer back to what it has found."
        return 1.0, 1.0

    def _repeated(self, least: int, most: int, body: list[Any], after: frozenset[str]) -> tuple[float, float]:
        own = self._first(body)
        steps, ways = self.of(body, own | after)
        long = 1 if own <= frozenset(" \t") and len(body) == 1 else PIECE
        times = max(1, min(most, long // max(1, self._width(body))))
        times = min(most, times)
        choices = 1.0 if own and not own & after else max(1.0, times - least + 1.0)
        if ways > 1:
            # Each round may go each way, so they multiply.
            spread = ways**times if times * math.log10(ways) < 18 else 1e18
            return steps * spread, spread * choices
        # What has one way reads a letter twice at most, except in its last round.
        return min(times * steps, 4 * PIECE + steps) + 1, choices

    def _width(self, items: Sequence[Any]) -> int:
        total = 0
        for item in items:
            kind, value = str(item[0]), item[1]
            if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                total += int(value[0]) * self._width(list(value[2]))
            elif kind == "BRANCH":
                total += min(self._width(list(part)) for part in value[1])
            elif kind in ("SUBPATTERN", "ATOMIC_GROUP"):
                total += self._width(list(value[3] if kind == "SUBPATTERN" else value))
            elif kind in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
                total += 1
        return total

    def _empty(self, item: Any) -> bool:
        return self._width([item]) == 0

    def _first(self, items: Sequence[Any]) -> frozenset[str]:
        """Return the letters of the sample with which a part can begin."""
        found: frozenset[str] = frozenset()
        for item in items:
            kind, value = str(item[0]), item[1]
            if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                found |= self._first(list(value[2]))
            elif kind == "BRANCH":
                found = found.union(*(self._first(list(part)) for part in value[1]))
            elif kind in ("SUBPATTERN", "ATOMIC_GROUP"):
                found |= self._first(list(value[3] if kind == "SUBPATTERN" else value))
            elif kind in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
                found |= frozenset(letter for letter in self.letters if _takes(kind, value, letter))
            if not self._empty(item):
                break
        return found


@cache
def _cases(letter: str) -> frozenset[int]:
    return frozenset(ord(one) for one in (letter, letter.lower(), letter.upper()) if len(one) == 1)


def _takes(kind: str, value: Any, letter: str) -> bool:
    if kind == "ANY":
        return True
    same = _cases(letter)
    if kind in ("LITERAL", "NOT_LITERAL"):
        return (value in same) is (kind == "LITERAL")
    negated, held = False, False
    for name, part in value:
        if str(name) == "NEGATE":
            negated = True
        elif str(name) == "LITERAL":
            held |= part in same
        elif str(name) == "RANGE":
            held |= any(part[0] <= code <= part[1] for code in same)
        else:
            held |= _in_category(str(part), letter)
    return held is not negated


def _in_category(name: str, letter: str) -> bool:
    held = (
        letter.isdecimal()
        if "DIGIT" in name
        else letter.isspace()
        if "SPACE" in name
        else letter.isalnum() or letter == "_"
    )
    return held is not ("NOT" in name)
