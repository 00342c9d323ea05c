"""A TOML file that knows its lines: what is wrong in it is told with file, line, key and cure."""

from __future__ import annotations

import difflib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from replydesk.data.errors import SettingsError

__all__ = ["Source", "Table", "lines_of"]

Place = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_STRINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r'"""(?:\\.|[^\\])*?"{3,5}', r"'''.*?'{3,5}", r'"(?:\\.|[^"\\])*"', r"'[^']*'")
)


def lines_of(text: str) -> dict[Place, int]:
    """Return the line, from 1, of every table, key and element of a valid TOML text, by its path.

    ``tomllib`` tells no lines, so the text is walked once more. Elements of arrays are counted from 0.

    >>> lines_of('[[rule]]\\nname = "a"\\nwhen.text = [\\n"x",\\n"y"]')[("rule", 0, "when", "text", 1)]
    5
    """
    return _Walk(text).lines


class _Walk:
    """Walks over a text that :mod:`tomllib` has taken, so it need not doubt it."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.lines: dict[Place, int] = {}
        self.last: dict[Place, int] = {}
        table: Place = ()
        while self._skip() < len(text):
            if text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self) -> int:
        found = _BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.at

    def _line(self) -> int:
        return bisect_right(self.starts, self.at)

    def _string(self) -> str | None:
        for pattern in _STRINGS:
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return found[0]
        return None

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip()
            raw = self._string()
            if raw is None:
                found = _BARE.match(self.text, self.at)
                assert found is not None
                self.at = found.end()
                keys.append(found[0])
            else:
                keys.append(str(tomllib.loads(f"k = {raw}")["k"]))
            self._skip()
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _header(self) -> Place:
        line, double = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        place: Place = ()
        *above, own = self._keys()
        for key in above:
            place += (key,)
            if place in self.last:
                place += (self.last[place],)
        place += (own,)
        self.lines.setdefault(place, line)
        if double:
            self.last[place] = self.last.get(place, -1) + 1
            place += (self.last[place],)
        elif place in self.last:
            place += (self.last[place],)
        self.lines.setdefault(place, line)
        self.at += 2 if double else 1
        return place

    def _pair(self, table: Place) -> None:
        line = self._line()
        place = table
        for key in self._keys():
            place += (key,)
            self.lines.setdefault(place, line)
        self.at += 1
        self._value(place)

    def _value(self, place: Place) -> None:
        self._skip()
        self.lines.setdefault(place, self._line())
        opening = self.text[self.at]
        if opening not in "[{":
            if self._string() is None:
                found = _SCALAR.match(self.text, self.at)
                assert found is not None
                self.at = found.end()
            return
        self.at += 1
        count = 0
        while self.text[self._skip()] not in "]}":
            if opening == "[":
                self._value((*place, count))
            else:
                self._pair(place)
            count += 1
            self._skip()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1


@dataclass(frozen=True)
class Source:
    """The values of a TOML file, its text, and where everything stands in it."""

    name: str
    text: str
    values: Mapping[str, Any]
    lines: Mapping[Place, int] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a file. Raises :class:`SettingsError` when it cannot be read or is no TOML."""
        try:
            # Editors on Windows begin the file with a byte order mark.
            return cls.of(path.read_text(encoding="utf-8-sig"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            hint = "Make it a UTF-8 text file that this user may read."
            raise SettingsError(f"The file cannot be read: {error}.", where=str(path), hint=hint) from None

    @classmethod
    def of(cls, text: str, name: str = "rules") -> Source:
        """Return a text with its values. Raises :class:`SettingsError` when it is no TOML."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            # An error at the end of the file has no number.
            where = f"{name}:{line[1] if line else len(text.splitlines())}"
            raise SettingsError(f"This is not valid TOML: {error}.", where=where, hint="Mend that line.") from None
        # TOML takes both ends of a line for the same.
        return cls(name, text, values, lines_of(text))

    def table(self) -> Table:
        """Return the whole as a table."""
        return Table(self, (), self.values)


@dataclass(frozen=True)
class Table:
    """A table of a source, whose values are asked for by their kind; a wrong one is told with its line."""

    source: Source
    place: Place
    values: Mapping[str, Any]

    @property
    def line(self) -> int:
        """Return the line where the table begins."""
        return self.source.lines.get(self.place, 1)

    def error(self, message: str, hint: str, *keys: str | int) -> SettingsError:
        """Return the error at a key of this table, or at the table itself where no key is given."""
        lines, place = self.source.lines, (*self.place, *keys)
        while place and place not in lines:
            place = place[:-1]
        return SettingsError(message, where=f"{self.source.name}:{lines.get(place, 1)}", hint=hint)

    def refuse_unknown(self, known: Collection[str], what: str) -> None:
        """Raise :class:`SettingsError` for a key that is none of those."""
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
                raise self.error(f"There is no key {key} in {what}.", hint, key)

    def text(self, key: str, default: str = "") -> str:
        """Return a text that is not empty, or the default where there is none."""
        if key not in self.values:
            return default
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key} must be a text.", f'Write {key} = "...".', key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of them, none of them empty."""
        value = self.values.get(key, [])
        many = value if isinstance(value, list) else [value]
        for place, one in enumerate(many):
            if not isinstance(one, str) or not one.strip():
                hint = f'Write {key} = ["...", "..."].'
                raise self.error(f"{key} must be a text or a list of texts.", hint, key, place)
        if key in self.values and not many:
            raise self.error(f"{key} is an empty list.", "Put something into it, or take the key away.", key)
        return tuple(many)

    def one_of(self, key: str, known: Collection[str]) -> str:
        """Return a text that is one of those known, or nothing where there is none."""
        value = self.text(key)
        if value and value not in known:
            raise self.error(f"{key} cannot be {value}.", f"Write one of: {', '.join(sorted(known))}.", key)
        return value

    def probability(self, key: str, default: float) -> float:
        """Return a number from 0 to 1."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.error(f"{key} must be a number from 0 to 1.", f"Write {key} = 0.7.", key)
        return float(value)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return a list of tables."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            hint = f"Write [[{key}]] above each." if not self.place else f"Write {key} = [{{...}}, {{...}}]."
            raise self.error(f"{key} must be a list of tables.", hint, key)
        return tuple(Table(self.source, (*self.place, key, place), one) for place, one in enumerate(value))

    def sub(self, key: str) -> Table:
        """Return a table below this one; an empty one where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(f"{key} must be a table.", f"Write {key} = {{...}}.", key)
        return Table(self.source, (*self.place, key), value)
