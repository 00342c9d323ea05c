"""Follow-ups: a message that needs its conversation ("and for the blue one?", 那蓝色的呢) made complete by itself.

The gate says whether a message needs the question before; the rules of its language say it whole: a word of the same
kind is exchanged (red for blue, Spain for France), a thing takes another's place, a pronoun gets what it stands for,
and what has none of these gets the question itself in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.ellipsis import alternatives_en, completed_en
from replydesk.dialog.gate import gate
from replydesk.dialog.hanellipsis import completed_zh, with_subject_zh
from replydesk.dialog.parts import asks_something
from replydesk.retrieval.matcher import Hit

__all__ = [
    "adds",
    "alternatives",
    "by_itself",
    "completed",
    "going_on",
    "is_appended",
    "put_instead",
    "rewritten",
    "surely_better",
    "with_new_words",
]

_NEAR = 0.5
"""A hit that has the new words of a follow-up goes first where it scores this share of the best, or more."""
_SURER = 2.0
"""Odds so many times better are surely better."""
_LONGEST = 200
_FEW = 4
_SPOKEN = (("哪儿", "哪里"), ("哪兒", "哪里"), ("咋", "怎么"), ("啥", "什么"))
"""What is asked for has one word where tickets are written, and another where people talk."""
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
    said, before = _both(text, topic)
    if _HAN.search(said) or _HAN.search(before):
        return completed_zh(said, before)
    return completed_en(said, before)


def put_instead(text: str, topic: str) -> str:
    """Return the question before with the thing put in that a correction names beside what it was about, '' if none.

    >>> put_instead("the Spanish course", "When does the pottery course start?")
    'When does the Spanish course start?'
    >>> put_instead("course fees", "When does the pottery course start?"), put_instead("my parcel", "")
    ('', '')
    """
    words, before = content_words(text), frozenset(content_words(topic))
    # What it is comes last: a Spanish course is a course, course fees are none.
    other = bool(words) and words[-1] in before and not before.issuperset(words)
    if not other or len(words) > _FEW or asks_something(text):
        return ""
    made = completed(text, topic)
    return "" if _ABOUT.fullmatch(made) or made.startswith(topic.rstrip(" ?？。.")) else made


def by_itself(text: str, topic: str) -> str:
    """Return a message with what its pronoun stands for in the question before, '' where it has no such pronoun.

    It then asks all that it asks: a rule for what was asked before does not hold of it.

    >>> by_itself("does it include 5G?", "How much does the Smart plan cost?")
    'does the Smart plan include 5G?'
    >>> by_itself("它支持5G吗", "畅享套餐多少钱？"), by_itself("and on Sundays?", "When is the shop open?")
    ('畅享套餐支持5G吗', '')
    """
    said, before = _both(text, topic)
    if _HAN.search(said) or _HAN.search(before):
        return with_subject_zh(said, before)
    full = completed_en(said, before)
    alone = full[: full.rindex(" (")] if _ABOUT.fullmatch(full) else ""
    return alone if alone != said and asks_something(alone) else ""


def alternatives(text: str, topic: str) -> tuple[str, ...]:
    """Return what else a follow-up may ask, beside what it was completed to."""
    said, before = _both(text, topic)
    return () if _HAN.search(said) or _HAN.search(before) else alternatives_en(said, before)


def _both(text: str, topic: str) -> tuple[str, str]:
    """Return a message and the question before it, each in one line.

    A question that was completed itself brings what it is about in brackets.
    """
    said, before = " ".join(text.split()), " ".join(topic.split())
    return said, (_ABOUT.sub(r"\1", before) if _ABOUT.fullmatch(before) else before)[:_LONGEST]


def with_new_words(hits: Sequence[Hit], alone: Sequence[Hit], text: str, topic: str) -> list[Hit]:
    """Return the hits of a completed follow-up, those first that have a word of it that the question before had not.

    那快递呢 after a question about a refund asks about a parcel: what has no such word is about the question before.
    Hits of the message as it stands, ``alone``, count where they have one. Nothing changes where the best hit has one,
    or no other is near.
    """
    new = _new_words(text, topic)
    if not hits or hits[0].exact or not new:
        return list(hits)
    least = _NEAR * hits[0].score
    known = {hit.ticket.id for hit in hits}
    others = [hit for hit in alone if hit.ticket.id not in known]
    first = sorted(
        (hit for hit in (*hits, *others) if hit.score >= least and _has(hit, new)),
        key=lambda hit: hit.score,
        reverse=True,
    )
    if _has(hits[0], new) or not first:
        return list(hits)
    return [*first, *(hit for hit in hits if hit not in first)][: len(hits)]


def adds(hits: Sequence[Hit], text: str, topic: str) -> bool:
    """Return whether the best hit of a completed follow-up has a word of it that the question before had not."""
    return bool(hits) and _has(hits[0], _new_words(text, topic))


def is_appended(meant: str, topic: str) -> bool:
    """Return whether a completed follow-up has the question before it whole: no word of that was exchanged.

    >>> is_appended("会员卡多少钱，有什么好处？", "会员卡多少钱"), is_appended("有蓝色的杯子吗？", "有红色的杯子吗？")
    (True, False)
    """
    return topic.rstrip(" ?？。.") in meant


def going_on(hits: Sequence[Hit], sent: Collection[str], text: str, topic: str) -> list[Hit]:
    """Return the hits of a completed follow-up without those that are about the question before alone.

    Those have the intent of what was ``sent`` just before, or were sent, and no new word of the message, where the best
    hit has one and another intent. Who goes on asking has that answer: it is no rival of another.
    """
    new, best = _new_words(text, topic), hits[0] if hits else None
    if best is None or not _has(best, new):
        return list(hits)
    before = {hit.ticket.intent for hit in hits if hit.ticket.id in sent} - {"", best.ticket.intent}
    return [
        hit
        for hit in hits
        if hit is best or _has(hit, new) or not (hit.ticket.id in sent or hit.ticket.intent in before)
    ]


def _new_words(text: str, topic: str) -> frozenset[str]:
    return frozenset(_words(text)) - frozenset(_words(topic))


def _has(hit: Hit, words: frozenset[str]) -> bool:
    return not words.isdisjoint(_words(f"{hit.ticket.question}\n{hit.ticket.answer}"))


def _words(text: str) -> tuple[str, ...]:
    for spoken, written in _SPOKEN:
        text = text.replace(spoken, written)
    return content_words(text)


def surely_better(hits: Sequence[Hit], others: Sequence[Hit]) -> bool:
    """Return whether the best of some hits fits surely better than that of others: word for word, or by its odds."""
    if not hits or not others or others[0].exact:
        return bool(hits) and not others
    one, two = hits[0].score, others[0].score
    return hits[0].exact or one * (1 - two) >= _SURER * two * (1 - one)
