"""The situation: all that rules may look at, and the forms in which they look at it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from replydesk.dialog.rules.hours import Hours
from replydesk.dialog.rules.patterns import folded, pieces, spaced, squeezed

__all__ = ["Seen", "Situation", "Valued"]


class Valued(Protocol):
    """What was found in a message: an order number, an amount, a date."""

    @property
    def kind(self) -> str:
        """What it is, such as ``order``."""

    @property
    def value(self) -> object:
        """What it says, such as ``TW-204817``."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A message with what is known of it. ``intents`` are probabilities; ``tags`` are those of the customer.

    ``at`` carries a time zone. Without it the hours are not known, and no rule about them fires. Conditions look at the
    values of ``slots``; texts are filled with what these are called, where ``said`` tells it.
    """

    text: str = ""
    language: str = ""
    intents: Mapping[str, float] = field(default_factory=dict)
    entities: Sequence[Valued] = ()
    channel: str = ""
    at: datetime | None = None
    tags: Collection[str] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


class Seen:
    """A situation as conditions see it; each form is made once, when the first condition asks for it."""

    def __init__(self, situation: Situation, hours: Hours | None = None) -> None:
        self.situation, self._hours = situation, hours
        self.tags = frozenset(tag.lower() for tag in situation.tags)
        self._below: dict[str, Mapping[str, float]] = {}

    @cached_property
    def text(self) -> str:
        """Return the text as it is compared."""
        return folded(self.situation.text)

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Return the parts of the text that patterns are tried on."""
        return tuple(pieces(self.text))

    @cached_property
    def words(self) -> str:
        """Return the words of the text with one blank around each."""
        return spaced(self.text)

    @cached_property
    def run(self) -> str:
        """Return the text without blanks."""
        return squeezed(self.text)

    @cached_property
    def open(self) -> bool | None:
        """Return whether the team is there, None where nobody can say."""
        at = self.situation.at
        return None if at is None or self._hours is None else self._hours.is_open(at)

    def below(self, separator: str) -> Mapping[str, float]:
        """Return for every step such as ``card/`` the probability of all intents at and below it, together."""
        if separator not in self._below:
            found: dict[str, float] = {}
            for name, chance in self.situation.intents.items():
                # The intent itself, and each of what it has in front.
                end = -1
                while end < len(name):
                    end = name.find(separator, end + 1)
                    end = len(name) if end < 0 else end
                    step = name[:end] + separator
                    found[step] = found.get(step, 0.0) + chance
            self._below[separator] = found
        return self._below[separator]

    @cached_property
    def entities(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values that were found of each kind."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.situation.entities:
            found[one.kind] = (*found.get(one.kind, ()), str(one.value))
        return found

    @cached_property
    def slots(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values of the slots that are known, each alone in a tuple."""
        return {name: (str(value),) for name, value in self.situation.slots.items() if str(value)}
