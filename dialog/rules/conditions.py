"""Conditions of rules: each says whether it holds of a situation, and in words what it asks and what is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from replydesk.data.errors import RequestError, SettingsError
from replydesk.dialog.rules.patterns import folded, found_in, safe_pattern
from replydesk.dialog.rules.situation import Seen
from replydesk.dialog.rules.source import Table

__all__ = ["AT_LEAST", "All", "Condition", "read_condition", "uses"]

AT_LEAST: Final = 0.5
"""The probability that an intent needs where a rule names none."""

_DEEPEST = 8
_KEYS = {"intent", "at_least", "entity", "language", "channel", "hours", "tags", "text", "pattern", "slot", "all"}
_KEYS |= {"any", "not"}


class Condition(Protocol):
    """Something that holds of a situation or does not."""

    def holds(self, seen: Seen) -> bool:
        """Return whether it holds."""

    def told(self, seen: Seen) -> str:
        """Return what it asks and what is there, such as ``intent card/ at least 0.60 (0.41)``."""


@dataclass(frozen=True, slots=True)
class _Intent:
    names: tuple[str, ...]
    at_least: float
    separator: str

    def chance(self, seen: Seen) -> float:
        """Return the probability of all that is named; what ends with the separator names what is below it, too."""
        total = 0.0
        for name in self.names:
            steps = bool(self.separator) and name.endswith(self.separator)
            total += (seen.below(self.separator) if steps else seen.situation.intents).get(name, 0.0)
        return total

    def holds(self, seen: Seen) -> bool:
        return self.chance(seen) >= self.at_least

    def told(self, seen: Seen) -> str:
        return f"intent {' or '.join(self.names)} at least {self.at_least:.2f} ({self.chance(seen):.2f})"


@dataclass(frozen=True, slots=True)
class _OneOf:
    what: str
    names: tuple[str, ...]

    def _there(self, seen: Seen) -> str:
        return seen.situation.language if self.what == "language" else seen.situation.channel

    def holds(self, seen: Seen) -> bool:
        return self._there(seen) in self.names

    def told(self, seen: Seen) -> str:
        return f"{self.what} {' or '.join(self.names)} ({self._there(seen) or 'unknown'})"


@dataclass(frozen=True, slots=True)
class _Inside:
    inside: bool

    def holds(self, seen: Seen) -> bool:
        return seen.open is self.inside

    def told(self, seen: Seen) -> str:
        there = "unknown" if seen.open is None else "inside" if seen.open else "outside"
        return f"hours {'inside' if self.inside else 'outside'} ({there})"


@dataclass(frozen=True, slots=True)
class _Tags:
    names: tuple[str, ...]

    def holds(self, seen: Seen) -> bool:
        return seen.tags.issuperset(self.names)

    def told(self, seen: Seen) -> str:
        return f"tags {' and '.join(self.names)} ({', '.join(sorted(seen.tags)) or 'none'})"


@dataclass(frozen=True, slots=True)
class _Words:
    words: tuple[str, ...]

    def holds(self, seen: Seen) -> bool:
        words, run = seen.words, seen.run
        return any(found_in(word, words, run) for word in self.words)

    def told(self, seen: Seen) -> str:
        there = [word for word in self.words if found_in(word, seen.words, seen.run)]
        return f"text {' or '.join(self.words)} ({', '.join(there) or 'none of it'})"


@dataclass(frozen=True, slots=True)
class _Patterns:
    patterns: tuple[re.Pattern[str], ...]

    def found(self, seen: Seen) -> str:
        """Return what the first pattern that matches has found."""
        for pattern in self.patterns:
            for piece in seen.pieces:
                match = pattern.search(piece)
                if match:
                    return match[0] or "the empty text"
        return ""

    def holds(self, seen: Seen) -> bool:
        return bool(self.found(seen))

    def told(self, seen: Seen) -> str:
        return f"pattern {' or '.join(one.pattern for one in self.patterns)} ({self.found(seen) or 'no match'})"


@dataclass(frozen=True, slots=True)
class _Having:
    """Entities or slots: each with whether it must be there, and what its value must be in full."""

    what: str
    wanted: tuple[tuple[str, bool, re.Pattern[str] | None], ...]

    def _there(self, seen: Seen) -> Mapping[str, tuple[str, ...]]:
        return seen.entities if self.what == "entity" else seen.slots

    def holds(self, seen: Seen) -> bool:
        there = self._there(seen)
        for name, present, pattern in self.wanted:
            values = there.get(name, ())
            if pattern is not None:
                # An engine is bounded by what it reads: no value is that long.
                values = tuple(value for value in values if pattern.fullmatch(value[:200]))
            if bool(values) is not present:
                return False
        return True

    def told(self, seen: Seen) -> str:
        parts = []
        for name, present, pattern in self.wanted:
            like = f" like {pattern.pattern}" if pattern is not None else ""
            values = ", ".join(self._there(seen).get(name, ())) or "not there"
            parts.append(f"{self.what} {'' if present else 'without '}{name}{like} ({values})")
        return " and ".join(parts)


@dataclass(frozen=True, slots=True)
class All:
    """All of some conditions."""

    parts: tuple[Condition, ...]

    def holds(self, seen: Seen) -> bool:
        """Return whether every one holds."""
        # A desk has hundreds of rules, and a loop costs half of what a generator does.
        for part in self.parts:  # noqa: SIM110
            if not part.holds(seen):
                return False
        return True

    def told(self, seen: Seen) -> str:
        """Return what every one asks."""
        return " and ".join(part.told(seen) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[Condition, ...]

    def holds(self, seen: Seen) -> bool:
        return any(part.holds(seen) for part in self.parts)

    def told(self, seen: Seen) -> str:
        held = [part for part in self.parts if part.holds(seen)]
        return held[0].told(seen) if held else f"any of: {'; '.join(part.told(seen) for part in self.parts)}"


@dataclass(frozen=True, slots=True)
class _Not:
    part: Condition

    def holds(self, seen: Seen) -> bool:
        return not self.part.holds(seen)

    def told(self, seen: Seen) -> str:
        return f"not: {self.part.told(seen)}"


def read_condition(table: Table, separator: str, depth: int = 0) -> All:
    """Return the conditions of a table, all of which must hold. Raises SettingsError with the line of what is wrong."""
    table.refuse_unknown(_KEYS, "conditions")
    if depth > _DEEPEST:
        raise table.error("Conditions are nested too deep.", "Make two rules of it.")
    parts: list[Condition] = []
    if "at_least" in table.values and "intent" not in table.values:
        raise table.error("at_least says how probable an intent must be.", "Name the intent beside it.", "at_least")
    # The cheap ones first: most rules end there.
    parts += [_OneOf(key, names) for key in ("language", "channel") if (names := table.texts(key))]
    if hours := table.one_of("hours", ("inside", "outside")):
        parts.append(_Inside(hours == "inside"))
    if names := table.texts("tags"):
        parts.append(_Tags(tuple(name.lower() for name in names)))
    if names := table.texts("intent"):
        at_least = table.probability("at_least", AT_LEAST)
        parts.append(_Intent(tuple(dict.fromkeys(names)), at_least, separator))
    parts += [_Having(key, _wanted(table, key)) for key in ("entity", "slot") if key in table.values]
    if names := table.texts("text"):
        parts.append(_Words(_words(table, names)))
    if names := table.texts("pattern"):
        parts.append(_Patterns(tuple(_pattern(table, one, "pattern", place) for place, one in enumerate(names))))
    if "not" in table.values:
        parts.append(_Not(read_condition(table.sub("not"), separator, depth + 1)))
    joining: tuple[tuple[str, Callable[[tuple[Condition, ...]], Condition]], ...] = (("all", All), ("any", _Any))
    for key, kind in joining:
        if key in table.values:
            below = tuple(read_condition(one, separator, depth + 1) for one in table.tables(key))
            if not below:
                raise table.error(f"{key} is an empty list.", "Put conditions into it, or take it away.", key)
            parts.append(kind(below))
    if not parts:
        raise table.error("There is no condition.", 'Write when.intent = "...", when.text = ["..."] or another.')
    return All(tuple(parts))


def uses(condition: Condition, what: str) -> bool:
    """Return whether a condition asks for ``intent``, ``entity``, ``hours`` or another of the kinds anywhere."""
    if isinstance(condition, All | _Any):
        return any(uses(part, what) for part in condition.parts)
    if isinstance(condition, _Not):
        return uses(condition.part, what)
    named = {"_Intent": "intent", "_Inside": "hours", "_Tags": "tags", "_Words": "text", "_Patterns": "pattern"}
    return getattr(condition, "what", named.get(type(condition).__name__, "")) == what


def _words(table: Table, names: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for place, name in enumerate(names):
        word = " ".join(re.findall(r"[\w'*-]+", folded(name)))
        if not word.strip("*'-_ ") or "*" in word[:-1]:
            hint = "Write words; a star may stand at the end (refund*). Signs are for pattern."
            raise table.error(f"{name} is no word.", hint, "text", place)
        found.append(word)
    return tuple(dict.fromkeys(found))


def _pattern(table: Table, source: str, *keys: str | int) -> re.Pattern[str]:
    try:
        return safe_pattern(source)
    except RequestError as error:
        raise table.error(error.message, error.hint, *keys) from None


def _wanted(table: Table, key: str) -> tuple[tuple[str, bool, re.Pattern[str] | None], ...]:
    value = table.values[key]
    if not isinstance(value, dict):
        return tuple((name, True, None) for name in table.texts(key))
    found: list[tuple[str, bool, re.Pattern[str] | None]] = []
    for name, one in value.items():
        if isinstance(one, bool):
            found.append((name, one, None))
        elif isinstance(one, str) and one:
            found.append((name, True, _pattern(table, one, key, name)))
        else:
            hint = f"Write {key} = {{{name} = true}}, false for missing, or a regular expression for its value."
            raise table.error(f"{key} {name} cannot be {one!r}.", hint, key, name)
    if not found:
        raise _empty(table, key)
    return tuple(found)


def _empty(table: Table, key: str) -> SettingsError:
    return table.error(f"{key} names nothing.", f'Write {key} = "order" or {key} = {{order = false}}.', key)
