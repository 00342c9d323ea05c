"""Variants: past questions that are one but for a word, such as a country or a plan, and have different answers.

A question that leaves that word out ("how much is roaming?" where there is an answer for each country) has no answer of
its own: which of them scores highest is an accident of wording.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from replydesk.data.records import Ticket
from replydesk.data.script import simplified
from replydesk.data.shingles import facts_of
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.gate import FUNCTION_ZH
from replydesk.dialog.kinds import exchanged
from replydesk.dialog.sending import sendable
from replydesk.retrieval.matcher import Hit
from replydesk.retrieval.words.terms import worded

__all__ = ["Apart", "told_apart"]

_UNIT: Final = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’-][^\W_]+)*")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_ARTICLES: Final = frozenset({"a", "an", "the", "my", "your", "our"})
# A name inside a question, such as a country: what begins it, and I, are none.
_NAME: Final = re.compile(r"(?<=[\w,] )(?!I\b)[A-Z][\w-]*")
_LONGEST: Final = 6
"""More units than that are no kind of a thing: another question is asked."""
_WORD: Final = 2
"""So many Chinese characters make a word: 大 and 双 are told as 大床 and 双床."""
_ODDS: Final = 5.0
"""Where a message may name the kind by another name, kinds are told apart whose odds differ by more than this."""
_FAR: Final = 0.4
"""A kind that scores so much less is not meant."""
_ALIKE: Final = 0.5
"""Questions ask the same where the shorter has so much of its words, beside the kind, in common with the other."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What tells variants apart: ``chosen`` is the one whose kind is known, and ``others`` those that it is not.

    Where no kind is known, ``open`` are those to ask about.
    """

    chosen: Hit | None = None
    others: tuple[Hit, ...] = ()
    open: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Variant:
    """A hit with its kind: the ``words`` that name it, of which ``every`` one must, and all that only it ``bare`` has.

    A kind of one Chinese character is named by that, too, where it is a word by itself. A ``general`` one has no kind
    that the message lacks.
    """

    hit: Hit
    words: frozenset[str]
    bare: frozenset[str]
    every: bool = True
    general: bool = False

    def named(self, text: str) -> bool:
        """Return whether a text names the kind."""
        there = self.words.intersection(_terms(text))
        if there and (not self.every or there == self.words):
            return True
        alone = "".join(self.bare)
        return bool(_HAN.fullmatch(alone)) and alone in _words(text)


def told_apart(asked: str, hits: Sequence[Hit], earlier: Sequence[str] = ()) -> Apart:
    """Return which of the best hit's variants a message means, or which to ask about; nothing where it has none.

    Where the message names a kind, that one is meant; else the one whose question names none; else that which the
    conversation named last, ``earlier`` its texts in their order. A message with words that no variant has may name the
    kind by another name: then it is asked only where two of them score alike.

    >>> usa, eu = (Ticket.make(f"Is roaming free in the {c}?", f"{a}.") for c, a in (("USA", "No"), ("EU", "Yes")))
    >>> hits = [Hit(usa, 0.9, 0.9), Hit(eu, 0.8, 0.85)]
    >>> len(told_apart("is roaming free?", hits).open), told_apart("roaming in the EU?", hits).chosen.ticket.answer
    (2, 'Yes.')
    """
    variants = _in_one_place(hits, asked) or _by_answers(hits)
    if len(variants) < 2:
        return Apart()
    if named := _named(variants, asked):
        return _chosen(named[0], variants) if len(named) == 1 else Apart()
    if (general := next((one for one in variants if one.general), None)) is not None:
        return _chosen(general, variants)
    for text in reversed(earlier):
        if len(named := _named(variants, text)) == 1:
            return _chosen(named[0], variants)
    best, renamed = variants[0], _may_rename(asked, variants)
    if not any((not renamed or _odds(best) <= _ODDS * _odds(one)) and _differ(best, one) for one in variants[1:]):
        return Apart()
    return Apart(open=tuple(one.hit for one in variants))


def _chosen(variant: _Variant, variants: Sequence[_Variant]) -> Apart:
    return Apart(variant.hit, tuple(one.hit for one in variants if one is not variant))


def _near(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that may be variants of the best: those near it, with no other intent."""
    best = hits[0]
    return [hit for hit in hits if best.score - hit.score <= _FAR and _alike_labelled(best.ticket, hit.ticket)]


def _in_one_place(hits: Sequence[Hit], asked: str) -> list[_Variant]:
    """Return the best hit and those whose question is its own but for a few words in one place."""
    near = _near(hits)
    units = {hit.ticket.id: _units(hit.ticket.question) for hit in near}
    best = near[0].ticket
    family = [
        near[0],
        *(
            hit
            for hit in near[1:]
            if _one_but_for_a_word(units[best.id], units[hit.ticket.id])
            # Customers ask the same in many words, and agents answer it in others.
            and (_by_team(best, hit.ticket) or _of_one_type(best, hit.ticket))
        ),
    ]
    if len(family) < 2:
        return []
    start, end = _shared([units[hit.ticket.id] for hit in family])
    made = []
    for hit in family:
        own = units[hit.ticket.id]
        stop = len(own) - end
        words = _terms(_grown(own, start, stop))
        # 金卡 has nothing that 白金卡 lacks, and is a kind all the same, where the message does not name it.
        bare = start >= stop
        general = bare and (not any(map(_HAN.search, own)) or words <= _terms(asked))
        made.append(_Variant(hit, frozenset() if general else words, frozenset(own[start:stop]), True, general))
    return made


def _one_but_for_a_word(first: tuple[str, ...], other: tuple[str, ...]) -> bool:
    start, end = _shared([first, other])
    frame = (*first[:start], *first[len(first) - end :])
    kinds = [units[start : len(units) - end] for units in (first, other)]
    told = all(content_words(" ".join(kind)) for kind in kinds if kind) and set(kinds[0]).isdisjoint(kinds[1])
    return 0 < max(map(len, kinds)) <= min(_LONGEST, len(frame)) and told and bool(content_words(" ".join(frame)))


def _grown(units: Sequence[str], start: int, stop: int) -> str:
    """Return the words of a kind, with the word behind or before where it has none or is half a Chinese word."""

    def is_word() -> bool:
        kind = units[start:stop]
        return len(kind) >= _WORD or bool(kind and not _HAN.search(kind[0]))

    if not any(map(_HAN.search, units)):
        return " ".join(units[start:stop])
    while not is_word() and stop < len(units):
        stop += 1
    while not is_word() and start > 0:
        start -= 1
    kind = units[start:stop]
    return ("" if any(map(_HAN.search, kind)) else " ").join(kind)


def _by_answers(hits: Sequence[Hit]) -> list[_Variant]:
    """Return the best hit and those that ask the same of another kind in other words, each answer naming its kind.

    Only where the team wrote the answers, and where both kinds are names, or words that are known to be of one kind.
    """
    best, *others = _near(hits)
    family = [best, *(hit for hit in others if _of_another(best.ticket, hit.ticket))]
    made = []
    for hit in family if len(family) > 1 else []:
        rest = frozenset().union(*(_asking(one.ticket) for one in family if one is not hit))
        kind = (_asking(hit.ticket) - rest) & _terms(hit.ticket.answer)
        # What has a name is of that kind: Norway, whatever else its answer has of the question.
        kind = kind & _terms(" ".join(_NAME.findall(hit.ticket.question))) or kind
        made.append(_Variant(hit, kind, kind, not any(map(_HAN.search, kind))))
    return [one for one in made if one.words]


def _of_another(ticket: Ticket, other: Ticket) -> bool:
    """Return whether two tickets ask the same of two kinds, which their answers name."""
    if not _by_team(ticket, other) or not _of_one_type(ticket, other):
        return False
    first, second = _asking(ticket), _asking(other)
    told, answer = _terms(ticket.answer), _terms(other.answer)
    kind, another = (first - second) & told - answer, (second - first) & answer - told
    rest, others = first - kind, second - another
    return bool(kind and another) and len(rest & others) >= _ALIKE * max(1, min(len(rest), len(others)))


def _by_team(ticket: Ticket, other: Ticket) -> bool:
    """Return whether the team wrote both answers for whoever asks."""
    return "agent" not in (ticket.source, other.source)


def _of_one_type(ticket: Ticket, other: Ticket) -> bool:
    """Return whether the questions of two tickets have names, or different words that are known to be of one kind."""
    named = _NAME.search(ticket.question) and _NAME.search(other.question)
    return bool(named) or bool(exchanged(other.question, ticket.question))


def _asking(ticket: Ticket) -> frozenset[str]:
    """Return what the question of a ticket is about, without the words that only ask."""
    return _terms(FUNCTION_ZH.sub(" ", _plain(ticket.question)))


def _named(variants: Sequence[_Variant], text: str) -> list[_Variant]:
    """Return the variants whose kind a text names; of 金卡 and 白金卡 the one that says more."""
    named = [one for one in variants if one.named(text)]
    return [one for one in named if not any(one.words < other.words or one.bare < other.bare for other in named)]


def _may_rename(asked: str, variants: Sequence[_Variant]) -> bool:
    """Return whether a message may name a kind by another name: it has words that no question of the variants has.

    Not where these name another of the kind: a country beside countries, 广州 beside 北京.
    """
    questions = [one.hit.ticket.question for one in variants]
    known = frozenset().union(*map(_single, questions))
    names = [frozenset(_NAME.findall(question)) for question in questions]
    another = all(names) and set(_NAME.findall(asked)) - set().union(*names)
    return not known >= _single(asked) and not another and not exchanged(asked, questions[0])


def _odds(variant: _Variant) -> float:
    score = variant.hit.score
    return score / max(1e-9, 1 - score)


def _differ(one: _Variant, other: _Variant) -> bool:
    """Return whether two variants are answered differently, beside that each answer may name its kind.

    Of what agents wrote by hand other words may say the same: there figures, or yes and no, must differ.
    """
    first, second = (_without(sendable(v.hit.ticket.answer) or "", v.bare) for v in (one, other))
    if facts_of(first) != facts_of(second):
        return True
    return _by_team(one.hit.ticket, other.hit.ticket) and _single(first) != _single(second)


def _without(text: str, bare: frozenset[str]) -> str:
    """Return an answer without the words of its kind."""
    return " ".join(unit for unit in _UNIT.findall(_plain(text)) if unit not in bare)


def _alike_labelled(one: Ticket, other: Ticket) -> bool:
    return not one.intent or not other.intent or one.intent == other.intent


def _shared(texts: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """Return how many units texts have in common at their start, and at their end without these."""
    shortest = min(map(len, texts))
    start = next((i for i in range(shortest) if len({text[i] for text in texts}) > 1), shortest)
    rest = shortest - start
    end = next((i for i in range(rest) if len({text[-1 - i] for text in texts}) > 1), rest)
    return start, end


@lru_cache(maxsize=20_000)
def _units(text: str) -> tuple[str, ...]:
    """Return a question as words, articles left out, and single Chinese characters."""
    return tuple(unit for unit in _UNIT.findall(_plain(text)) if unit not in _ARTICLES)


@lru_cache(maxsize=20_000)
def _terms(text: str) -> frozenset[str]:
    """Return what a text is about: English stems, pairs of Chinese characters."""
    return frozenset(content_words(_plain(text)))


def _words(text: str) -> frozenset[str]:
    """Return the words of a text, Chinese ones as a segmentation has them."""
    return frozenset(word for _, _, word in worded(_plain(text)))


def _single(text: str) -> frozenset[str]:
    """Return what a text is about: English stems, single Chinese characters."""
    return frozenset(word for unit in _UNIT.findall(_plain(text)) for word in content_words(unit))


def _plain(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text)).lower().replace("’", "'")
