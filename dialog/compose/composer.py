"""The seam: what is asked and what was found go in, a reply whose every sentence has a source comes out, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from replydesk.dialog.reply import Citation, Conflict
from replydesk.retrieval.matcher import Hit

__all__ = ["Asked", "Composer", "Draft"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer asks: the message as it is meant, its parts, and what is known of the customer.

    ``parts`` are those of :func:`~replydesk.dialog.parts.parts_of`; without them the text is the only one. ``slots``
    are filled into answers. ``greet`` says whether the reply begins with a greeting.
    """

    text: str
    language: str
    parts: tuple[str, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    greet: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed reply. ``citations`` name the origin of every sentence but for a greeting, which has none.

    ``conflicts`` are for the team, the customer does not see them. ``by`` says what wrote it.
    """

    text: str
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...] = ()
    by: Literal["extractive", "generated"] = "extractive"


class Composer(Protocol):
    """What makes one reply of several past answers."""

    def compose(self, asked: Asked, hits: Sequence[Hit]) -> Draft | None:
        """Return a reply, or None where the hits, best first, do not hold the answer or contradict the question."""
