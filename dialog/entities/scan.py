"""The text under search: what was found stands in ``found``, and is blanked out for what searches after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from replydesk.data.privacy.page import PLACEHOLDER, Page
from replydesk.data.quantities.measures import Measure, measures

__all__ = ["Entity", "Scan"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that a message names: characters ``start`` to ``end`` are its ``text``, ``value`` its one spelling.

    ``kind`` is ``order``, ``tracking``, ``error``, ``product``, ``date``, ``time``, ``amount``, ``quantity``,
    ``phone``, ``email`` or ``url``; what masking has replaced has the kind of its placeholder in small letters and the
    placeholder as its value. Values: dates are ISO 8601 (a day, a month, a year, or ``first/last`` for a span of days),
    times ``15:30``, amounts ``99.9 CNY`` (ISO 4217), quantities ``3``, ``3 day`` or ``3-5 day``, phones E.164.
    """

    kind: str
    value: str
    text: str
    start: int
    end: int


class Scan:
    """A message under search, read plainly (full-width characters as plain ones), with what was found blanked out."""

    def __init__(self, text: str, language: str, now: datetime, region: str, *, past: bool | None = None) -> None:
        self.page = Page(text)
        self.original, self.language, self.now, self.region, self.past = text, language, now, region, past
        self.found: list[Entity] = []
        self._measured: tuple[str, list[Measure]] = "", []
        if "<" in text:
            for match in PLACEHOLDER.finditer(text):
                self.found.append(Entity(match[1].lower(), match[0], match[0], *match.span()))

    @property
    def left(self) -> str:
        """What nothing was found in yet, NUL for every character of the rest."""
        return self.page.left

    @property
    def measures(self) -> list[Measure]:
        """Return the measures of what is left; two kinds of entities are made of them."""
        if self._measured[0] is not self.page.left:
            self._measured = self.page.left, list(measures(self.page.left))
        return self._measured[1]

    def take(self, kind: str, value: str, start: int, end: int) -> None:
        """Note what was found and blank it out."""
        self.found.append(Entity(kind, value, self.original[start:end], start, end))
        left = self.page.left
        self.page.left = left[:start] + "\0" * (end - start) + left[end:]

    def before(self, start: int, words: re.Pattern[str]) -> bool:
        """Say whether ``words`` stand in the forty characters before a position."""
        return bool(words.search(self.page.text[max(0, start - 40) : start]))
