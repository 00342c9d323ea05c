"""What no reply may say, by pattern: promises of money, legal, medical and financial advice; a team adds its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from replydesk.data.errors import RequestError
from replydesk.dialog.rules.patterns import PIECE, safe_pattern
from replydesk.dialog.rules.quantities import even
from replydesk.dialog.rules.source import Source, Table

__all__ = ["Broken", "Forbid", "broken", "read_forbid", "shipped"]

# A sentence ends where a mark does; a dot inside a number or a link ends none.
_SENTENCE = re.compile(r"(?:[^.!?。！？;；\n]|\.(?!\s|$))+")


@dataclass(frozen=True, slots=True)
class Forbid:
    """A sentence that one of ``patterns`` matches and none of ``unless`` is not said, for ``reason``."""

    name: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """Characters ``start`` to ``end`` of a text say what ``forbid`` forbids, for ``reason``."""

    forbid: str
    reason: str
    said: str
    start: int
    end: int

    def document(self) -> dict[str, object]:
        """Return its JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}


def broken(text: str, forbids: Iterable[Forbid]) -> tuple[Broken, ...]:
    """Return what a text says that it must not, at most once for each prohibition and sentence, in their order."""
    found, known = [], tuple(forbids)
    plain = even(text)
    for sentence in _SENTENCE.finditer(plain):
        for start in range(0, len(sentence[0]), PIECE):
            part = sentence[0][start : start + PIECE].replace("\t", " ")
            for forbid in known:
                match = next((one for pattern in forbid.patterns if (one := pattern.search(part))), None)
                if match is None or any(pattern.search(part) for pattern in forbid.unless):
                    continue
                place = sentence.start() + start
                span = place + match.start(), place + match.end()
                found.append(Broken(forbid.name, forbid.reason, text[slice(*span)], *span))
    return tuple(found)


def read_forbid(table: Table) -> Forbid:
    """Return the prohibition of a table ``[[forbid]]``. Raises SettingsError with the line of what is wrong."""
    table.refuse_unknown({"name", "pattern", "unless", "reason"}, "a prohibition")
    for key in ("name", "pattern", "reason"):
        if key not in table.values:
            raise table.error(f"This prohibition has no {key}.", f'Write {key} = "...".')
    return Forbid(table.text("name"), _patterns(table, "pattern"), _patterns(table, "unless"), table.text("reason"))


def _patterns(table: Table, key: str) -> tuple[re.Pattern[str], ...]:
    found = []
    for place, source in enumerate(table.texts(key)):
        try:
            found.append(safe_pattern(source))
        except RequestError as error:
            raise table.error(error.message, error.hint, key, place) from None
    return tuple(found)


@lru_cache(maxsize=1)
def shipped() -> tuple[Forbid, ...]:
    """Return the prohibitions that every desk begins with, read when they are first asked for."""
    text = files("replydesk.dialog.rules").joinpath("forbidden.toml").read_text(encoding="utf-8")
    return tuple(read_forbid(one) for one in Source.of(text, "forbidden.toml").table().tables("forbid"))
