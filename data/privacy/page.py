"""The text under search, as every family of rules sees it: read plainly, with what is claimed blanked out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

__all__ = ["PLACEHOLDER", "Kind", "Page", "Span"]

Kind = Literal[
    "EMAIL",
    "PHONE",
    "CARD",
    "IBAN",
    "ID",
    "PASSPORT",
    "ACCOUNT",
    "BIRTHDATE",
    "PLATE",
    "IP",
    "TOKEN",
    "NAME",
    "ADDRESS",
    "ORDER",
]
"""What a span holds. ``ID``: a Chinese resident id, a US social security or a UK insurance number. ``ACCOUNT``: a bank
account, sort code, WeChat or QQ id. ``TOKEN``: the secret or personal part of a link, or a password."""

# Four digits at most: a phone number inside angle brackets is no placeholder.
PLACEHOLDER: Final = re.compile(
    r"<(EMAIL|PHONE|CARD|IBAN|ID|PASSPORT|ACCOUNT|BIRTHDATE|PLATE|IP|TOKEN|NAME|ADDRESS|ORDER)_\d{1,4}>", re.A
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where personal data stands: ``text[start:end]`` is of this ``kind``."""

    start: int
    end: int
    kind: Kind


class _View(dict[int, str]):
    """Maps each character to the plain one it is read as, one for one, so that positions stay true."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category, folded = unicodedata.category(char), unicodedata.normalize("NFKC", char)
        if category == "Nd":
            plain = str(unicodedata.decimal(char))
        elif category == "Pd":
            plain = "-"
        elif category == "Zs":
            plain = " "
        # ① numbers a list, and would hide the phone number behind it.
        elif len(folded) == 1 and folded.isascii() and category != "No":
            plain = folded
        else:
            plain = char
        self[code] = plain
        return plain


_VIEW: Final = _View()
_LATIN_WORD: Final = re.compile("[a-zß-öø-ÿ\u0100-\u017f]+")
_HAN: Final = re.compile("[\u4e00-\u9fff]")


class Page:
    """A text under search: ``text`` as it is read, ``left`` with what is claimed blanked out, ``found`` the claims."""

    def __init__(self, text: str) -> None:
        self.text = self.left = text if text.isascii() else text.translate(_VIEW)
        self.found: list[tuple[Span, str]] = []
        if "<" in text:
            self.left = blanked(self.left, (match.span() for match in PLACEHOLDER.finditer(text)))

    @cached_property
    def words(self) -> frozenset[str]:
        """The Latin words of the text in small letters: what is not among them need not be searched for."""
        return frozenset(_LATIN_WORD.findall(self.text.lower()))

    @cached_property
    def han(self) -> bool:
        """Whether there is a Chinese character in the text."""
        return not self.text.isascii() and bool(_HAN.search(self.text))

    def take(self, kind: Kind, start: int, end: int, value: str) -> None:
        """Claim a span; ``value`` is the same for all spellings of one thing."""
        self.found.append((Span(start, end, kind), value))
        self.left = self.left[:start] + "\0" * (end - start) + self.left[end:]

    def free(self, start: int, end: int) -> bool:
        """Say whether nothing in the span was claimed."""
        return "\0" not in self.left[start:end]

    def before(self, start: int, words: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of ``words`` in the forty characters before a position."""
        return words.search(self.text[max(0, start - 40) : start])


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with NUL for every character of the spans, which are in order."""
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], "\0" * (end - start)]
        done = end
    return "".join(parts) + text[done:] if parts else text
