"""The explanation: what moved a reply, in numbers, as one record that every door shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from replydesk.dialog.explain.leaving_out import Word

__all__ = ["Explanation", "Instead", "Line", "Quoted", "Shared", "Used"]

By = Literal["word", "line", "rule", "evidence"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Where a sentence of the reply comes from: the ``text`` from ``start`` to ``end`` of a ticket's answer."""

    sentence: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A word of the message, characters ``start`` to ``end``, that the ticket's question has, too."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Used:
    """A ticket that the reply rests on: its answer was sent, or its question was offered where nothing is ``quoted``.

    The ``shared`` words are the rarest that message and past question have in common, the rarest first.
    """

    ticket: str
    question: str
    score: float
    quoted: tuple[Quoted, ...]
    shared: tuple[Shared, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold: what was wanted, what there was, and whether that was enough.

    ``wanted`` is None where no value is enough. ``at_least`` says on which side of it is enough.
    """

    name: str
    value: float
    wanted: float | None
    at_least: bool
    passed: bool


@dataclass(frozen=True, slots=True)
class Instead:
    """Something that would have changed the reply, and what would have been done then.

    ``by`` a word: ``what`` is the word left out. By a line: ``what`` is its name and ``wanted`` the threshold that
    would have decided otherwise. By a rule: ``what`` names those that fired, and do not hold. By the evidence:
    ``tickets``, those that were cited and those that give the same answers, are not found. ``same`` says that the reply
    would have been the same all the same.
    """

    by: By
    action: str
    text: str
    same: bool
    what: str = ""
    wanted: float | None = None
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a reply was given.

    ``message`` is what was written, and ``intent`` what it was read as, '' where the desk knows no intents; ``called``
    gives what that is called, by language, its label where there is none. ``promise``
    is what the thresholds keep, and ``rules`` are those that fired, as their documents; ``reasons`` are the reply's.
    ``notes`` name what could not be told: ``release_gone``,
    ``answered_otherwise`` (the desk answers the message otherwise today, so words and alternatives are those of today),
    ``one_word``.
    """

    reply: str
    release: str
    language: str
    action: str
    message: str
    intent: str
    probability: float
    confidence: float
    words: tuple[Word, ...] = ()
    evidence: tuple[Used, ...] = ()
    lines: tuple[Line, ...] = ()
    promise: Mapping[str, Any] | None = None
    rules: tuple[Mapping[str, Any], ...] = ()
    reasons: tuple[str, ...] = ()
    instead: tuple[Instead, ...] = ()
    notes: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the JSON form; docs/reference/reply.md describes it."""
        from replydesk.dialog.explain.wording import sentences_of

        return {
            "reply": self.reply,
            "release": self.release,
            "language": self.language,
            "action": self.action,
            "message": self.message,
            "intent": self.intent,
            "probability": round(self.probability, 4),
            "confidence": round(self.confidence, 4),
            "words": [word.document() for word in self.words],
            "evidence": [asdict(used) for used in self.evidence],
            "lines": [asdict(line) for line in self.lines],
            "promise": dict(self.promise) if self.promise is not None else None,
            "rules": [dict(rule) for rule in self.rules],
            "reasons": list(self.reasons),
            "instead": [asdict(one) for one in self.instead],
            "notes": list(self.notes),
            "said": {language: list(sentences_of(self, language)) for language in ("en", "zh")},
        }
