"""Spelling in Chinese: what an input method, a keyboard without one, or the other script made of a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from replydesk.data.script import simplified
from replydesk.data.text import HAN

__all__ = ["HanSpeller"]

_RUN = re.compile(f"[{HAN}]+")
# Codes, links and addresses are no pinyin.
_PINYIN = re.compile(r" ?(?<![A-Za-z0-9_<@#/.'-])([a-z]{4,30})(?![A-Za-z0-9_>@/'-]|\.\w) ?")
_START, _END = "^", "$"
# What was never written is put right for what was written three times; what is half known for what is known well.
_SEEN: Final = 3
_WELL, _TIMES = 2, 10


@dataclass(frozen=True, eq=False)
class HanSpeller:
    """Puts right Chinese characters that nobody at a desk has written beside each other.

    ``pairs`` says how often two characters stand side by side in the desk's tickets, ``^`` and ``$`` at the ends of a
    run; ``alike`` which characters sound or look like one; ``spelt`` which word a pinyin spells. With ``folds`` the
    desk writes simplified characters, and traditional ones become those.

    A character that makes an unknown pair becomes the one like it whose pairs are written: at least three times where
    both of its own pairs are unknown, else both at least twice and together ten times as often as its own.

    >>> HanSpeller({"^退": 9, "退款": 9, "款$": 9}, {"宽": "款"}, {"tuikuan": "退款"}).correct("退宽，tuikuan 吗")
    '退款，退款吗'
    """

    pairs: Mapping[str, int]
    alike: Mapping[str, str]
    spelt: Mapping[str, str]
    folds: bool = True

    def correct(self, text: str) -> str:
        """Return a text with its Chinese put right; one without Chinese characters stays as it is."""
        if not _RUN.search(text):
            return text
        if self.folds:
            text = simplified(text)
        text = _PINYIN.sub(lambda match: self.spelt.get(match[1], match[0]), text)
        return _RUN.sub(lambda match: self._run(match[0]), text)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {name: dict(getattr(self, name)) for name in ("pairs", "alike", "spelt")} | {"folds": self.folds}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> HanSpeller:
        """Read the JSON form. Raises ``KeyError``, ``TypeError``, ``ValueError`` or ``AttributeError``."""
        pairs = {str(pair): int(count) for pair, count in document["pairs"].items()}
        alike, spelt = ({str(a): str(b) for a, b in document[name].items()} for name in ("alike", "spelt"))
        return cls(pairs, alike, spelt, bool(document["folds"]))

    def _run(self, run: str) -> str:
        made = _START
        for place, character in enumerate(run):
            before, after = made[-1], run[place + 1] if place + 1 < len(run) else _END
            made += self._best(before, character, after)
        return made[1:]

    def _best(self, before: str, character: str, after: str) -> str:
        left, right = self.pairs.get(before + character, 0), self.pairs.get(character + after, 0)
        if left and right:
            return character
        counts = (
            (self.pairs.get(before + other, 0), self.pairs.get(other + after, 0), other)
            for other in self.alike.get(character, "")
        )
        one, two, best = max(counts, key=lambda found: (min(found[:2]), sum(found[:2])), default=(0, 0, character))
        unknown = not left and not right
        clear = one + two >= _SEEN if unknown else min(one, two) >= _WELL and one + two >= _TIMES * (left + right)
        return best if clear else character
