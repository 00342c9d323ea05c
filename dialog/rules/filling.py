"""Texts with places: ``{order}`` a slot, ``{fact:shipping.cost}`` a fact, ``{hours:next}`` when the team is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from replydesk.data.errors import RequestError

__all__ = ["Filled", "Place", "Template", "template_of"]

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Place:
    """Something to be filled in: ``kind`` is slot, fact or hours."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with all places filled, or, where some could not be, no text and what is missing."""

    text: str
    missing: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A text cut at its places."""

    parts: tuple[str | Place, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Return the places, in their order."""
        return tuple(part for part in self.parts if isinstance(part, Place))

    def filled(
        self,
        slots: Mapping[str, str],
        fact: Callable[[str], tuple[str, str] | None] = lambda _: None,
        opening: str | None = None,
    ) -> Filled:
        """Return the text with its places filled.

        ``fact`` gives the value and source of an ``entity.attribute``; ``opening`` is when the team is there next.
        """
        text, missing, sources = [], [], []
        for part in self.parts:
            if isinstance(part, str):
                text.append(part)
                continue
            value: str | None = None
            if part.kind == "slot":
                value = str(slots.get(part.name) or "") or None
            elif part.kind == "hours":
                value = opening
            elif (known := fact(part.name)) is not None:
                value, source = known
                sources.append(f"{part.name}{f' ({source})' if source else ''}")
            text.append(value or "")
            if value is None:
                missing.append(f"{part.kind} {part.name}")
        return Filled("" if missing else "".join(text), tuple(missing), tuple(sources))


@lru_cache(maxsize=2000)
def template_of(text: str) -> Template:
    """Return a text cut at its places; ``{{`` and ``}}`` are braces. Raises :class:`RequestError` for a wrong place."""
    parts: list[str | Place] = []
    end = 0
    for match in _PLACE.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        parts.append(match[0][0] if match[0] in ("{{", "}}") else _place(match[0], match[1]))
    return Template(tuple(part for part in (*parts, text[end:]) if part))


def _place(whole: str, inside: str | None) -> Place:
    kind, _, name = (inside or "").strip().rpartition(":")
    name = name.strip()
    right = {
        "": re.fullmatch(r"\w[\w.-]*", name),
        "hours": name == "next",
        "fact": re.fullmatch(r"[^.]+\.[^.].*", name),
    }
    if not right.get(kind):
        hint = "Write {order} for a slot, {fact:shipping.cost} for a fact, {hours:next}, or {{ for a brace."
        raise RequestError(f"{whole} is no place that can be filled.", where=whole, hint=hint)
    return Place(kind or "slot", name)
