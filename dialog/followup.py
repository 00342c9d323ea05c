"""Follow-ups: a message that needs its conversation ("and for the blue one?", 那蓝色的呢) made complete by itself.

The gate says whether a message needs the question before; the rules of its language say it whole: a word of the same
kind is exchanged (red for blue, Spain for France), a thing takes another's place, a pronoun gets what it stands for,
and what has none of these gets the question itself in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.ellipsis import completed_en
from replydesk.dialog.gate import gate
from replydesk.dialog.hanellipsis import completed_zh
from replydesk.retrieval.matcher import Hit

__all__ = ["completed", "rewritten", "with_new_words"]

_NEAR = 0.5
"""A hit that has the new words of a follow-up goes first where it scores this share of the best, or more."""
_LONGEST = 200
_HAN = re.compile(r"[\u3400-\u9fff]")
_ABOUT = re.compile(r"[^()]+ \((.+)\)")


def rewritten(text: str, topic: str) -> str:
    """Return a message that needs the question before it said in full, '' where it needs none.

    >>> rewritten("and to Germany?", "How long does delivery to France take?")
    'How long does delivery to Germany take?'
    >>> rewritten("那蓝色的呢", "这款杯子有红色的吗？")
    '这款杯子有蓝色的吗？'
    >>> rewritten("I never got a receipt for my last order", "How long does delivery to France take?")
    ''
    """
    return completed(text, topic) if gate().needs(text, topic) else ""


def completed(text: str, topic: str) -> str:
    """Return a message completed by the question ``topic`` before it, whether it needs it or not."""
    said, before = " ".join(text.split()), " ".join(topic.split())
    # A question that was completed itself brings what it is about in brackets.
    before = (_ABOUT.sub(r"\1", before) if _ABOUT.fullmatch(before) else before)[:_LONGEST]
    if _HAN.search(said) or _HAN.search(before):
        return completed_zh(said, before)
    return completed_en(said, before)


def with_new_words(hits: Sequence[Hit], alone: Sequence[Hit], text: str, topic: str) -> list[Hit]:
    """Return the hits of a completed follow-up, those first that have a word of it that the question before had not.

    那快递呢 after a question about a refund asks about a parcel: what has no such word is about the question before.
    Hits of the message as it stands, ``alone``, count where they have one. Nothing changes where the best hit has one,
    or no other is near.
    """
    new = frozenset(content_words(text)) - frozenset(content_words(topic))
    if not hits or hits[0].exact or not new:
        return list(hits)

    def has(hit: Hit) -> bool:
        return not new.isdisjoint(content_words(f"{hit.ticket.question}\n{hit.ticket.answer}"))

    least = _NEAR * hits[0].score
    known = {hit.ticket.id for hit in hits}
    others = [hit for hit in alone if hit.ticket.id not in known]
    first = sorted(
        (hit for hit in (*hits, *others) if hit.score >= least and has(hit)), key=lambda hit: hit.score, reverse=True
    )
    if has(hits[0]) or not first:
        return list(hits)
    return [*first, *(hit for hit in hits if hit not in first)][: len(hits)]
