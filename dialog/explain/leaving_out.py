"""Leaving words out: what a message comes to without each of its words, all of them encoded as one batch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.retold import Retold, answered
from replydesk.dialog.looking import Meant, token_scorer
from replydesk.dialog.reply import Reply
from replydesk.dialog.turn import heard
from replydesk.retrieval.words.terms import worded

__all__ = ["MOST", "Word", "left_out", "pieces", "without_piece"]

MOST: Final = 24
"""So many pieces of a message are left out, each in its turn: the words of a longer one go several at a time."""

_BLANKS = re.compile(r"(?<=\s)[^\S\n]+|^\s+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the message, characters ``start`` to ``end``, and what leaving it out takes away.

    ``intent`` is the fall of the probability of the intent that was read, None where none was; ``confidence`` that of
    the score of the best hit. What is negative spoke against it. ``action`` is what is done without the word, and
    ``same`` whether that is the same reply.
    """

    text: str
    start: int
    end: int
    intent: float | None
    confidence: float
    action: str
    same: bool

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "intent": round(self.intent, 4) if self.intent is not None else None,
            "confidence": round(self.confidence, 4),
            "action": self.action,
            "same": self.same,
        }


def pieces(text: str) -> list[tuple[int, int]]:
    """Return where the pieces of a text stand that are left out: its words, Chinese ones by segmentation.

    >>> pieces("怎么申请退款?")
    [(0, 2), (2, 4), (4, 6)]
    """
    words = [(start, end) for start, end, _ in worded(text)]
    size = -(-len(words) // MOST) or 1
    return [(words[i][0], words[min(i + size, len(words)) - 1][1]) for i in range(0, len(words), size)]


def without_piece(text: str, start: int, end: int) -> str:
    """Return a text without the characters ``start`` to ``end``, and without the blanks that would stand double.

    >>> without_piece("where is my parcel", 6, 8)
    'where my parcel'
    """
    return _BLANKS.sub("", text[:start] + text[end:]).strip()


def left_out(agent: Agent, told: Retold, whole: Reply) -> tuple[Word, ...]:
    """Return the words of a message in their order, with what each of them counts; none where it has one word only.

    ``whole`` is what the agent answers to the whole message. The variants are encoded together.
    """
    spans = pieces(told.text)
    if len(spans) < 2 or not (whole.reading.intents or whole.hits):
        return ()
    variants = [without_piece(told.text, *span) for span in spans]
    _encode(agent, told, variants)
    return tuple(
        _word(whole, answered(agent, told, text=variant), told.text, span)
        for variant, span in zip(variants, spans, strict=True)
    )


def _word(whole: Reply, other: Reply, text: str, span: tuple[int, int]) -> Word:
    first = next(iter(whole.reading.intents), None)
    fall = first.probability - other.reading.probabilities.get(first.name, 0.0) if first else None
    same = (other.action, other.text) == (whole.action, whole.text)
    return Word(text[slice(*span)], *span, fall, _best(whole) - _score_in(other, whole), other.action, same)


def _best(whole: Reply) -> float:
    return whole.hits[0].score if whole.hits else 0.0


def _score_in(other: Reply, whole: Reply) -> float:
    """Return what the best hit of the whole message scores in another reply, 0 where it is not found there."""
    if not whole.hits:
        return 0.0
    best = whole.hits[0].ticket
    return next((hit.score for hit in other.hits if best.id == hit.ticket.id or best.answer == hit.ticket.answer), 0.0)


def _encode(agent: Agent, told: Retold, variants: Sequence[str]) -> None:
    """Let the encoder read all variants and their parts at once; it remembers them until each is answered.

    Where tokens are compared they are read first: what was read of a text is its vector, too.
    """
    release = agent.release()
    matcher = agent.matcher_of(release)
    skills = release.skills_of(matcher.encoder_id(told.language))
    read = []
    for variant in variants:
        one = heard(variant, told.incoming.state, told.incoming.context)
        read.append(Meant.of(one.meant, one.context, skills))
    late = matcher.late_interaction(told.language)
    if late is not None and token_scorer(skills, agent.settings.retrieval) is not None:
        late.remember([meant.whole for meant in read])
    matcher.vectors([text for meant in read for text in meant.encoded], language=told.language)
