"""A suggestion: an answer that a member of the team may send, and all that is suggested for one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from replydesk.data.records import Ticket

__all__ = ["KINDS", "Suggestion", "SuggestionKind", "Suggestions", "kind_of"]

SuggestionKind = Literal["answer", "macro", "article", "product"]
KINDS: tuple[SuggestionKind, ...] = get_args(SuggestionKind)

_PRODUCT = "product"


def kind_of(ticket: Ticket) -> SuggestionKind:
    """Return what a ticket is to the team: a past answer, a macro, an article, or an article tagged ``product``."""
    if ticket.source == "article":
        return "product" if _PRODUCT in ticket.tags else "article"
    return "macro" if ticket.source == "canned" else "answer"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One answer. ``text`` is what would be sent, ``question`` what the ticket asks, ``why`` sentences for the team.

    ``score`` is the chance that it is taken by who reads it; without a ranker, that of the hit. ``position`` counts
    from 1; ``propensity`` is the probability with which the answer was shown there.
    """

    ticket: str
    kind: SuggestionKind
    text: str
    score: float
    why: tuple[str, ...]
    position: int
    propensity: float
    question: str = ""
    similarity: float = 0.0
    explored: bool = False
    features: Mapping[str, float] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "ticket": self.ticket,
            "kind": self.kind,
            "text": self.text,
            "question": self.question,
            "score": round(self.score, 4),
            "similarity": round(self.similarity, 4),
            "why": list(self.why),
            "position": self.position,
            "propensity": round(self.propensity, 6),
            "explored": self.explored,
            "features": {name: round(value, 4) for name, value in self.features.items()},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Suggestion:
        """Return the suggestion of a JSON form; an imported one may lack what nobody learns from."""
        known = {key: value for key, value in document.items() if key in cls.__slots__}
        needed = {"kind": "answer", "score": 0.0, "position": 0, "propensity": 1.0}
        return cls(**{**needed, **known, "why": tuple(document.get("why", ()))})


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is suggested for one message: different ``items``, best first, and ``beside`` them the next best macro,
    article or product page, if there is one. ``about`` is what else its document says.
    """

    id: str
    items: tuple[Suggestion, ...]
    beside: Suggestion | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the JSON document that every door sends and the store keeps."""
        return {
            "id": self.id,
            **self.about,
            "items": [item.document() for item in self.items],
            "beside": self.beside.document() if self.beside is not None else None,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Suggestions:
        """Return the suggestions of a stored document."""
        beside = document["beside"]
        return cls(
            str(document["id"]),
            tuple(map(Suggestion.from_document, document["items"])),
            Suggestion.from_document(beside) if beside else None,
            {key: value for key, value in document.items() if key not in ("id", "items", "beside")},
        )
