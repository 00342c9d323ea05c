"""Variants: past questions that are one but for a word, such as a country or a plan, and have different answers.

A question that leaves that word out ("how much is roaming?" where there is an answer for each country) has no answer of
its own: which of them scores highest is an accident of wording.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from replydesk.data.records import Ticket
from replydesk.data.script import simplified
from replydesk.data.shingles import facts_of
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.sending import sendable
from replydesk.retrieval.matcher import Hit

__all__ = ["Apart", "told_apart"]

_UNIT: Final = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’-][^\W_]+)*")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_ARTICLES: Final = frozenset({"a", "an", "the", "my", "your", "our"})
_LONGEST: Final = 6
"""More units than that are no kind of a thing: another question is asked."""
_WORD: Final = 2
"""So many Chinese characters make a word: 大 and 双 are told as 大床 and 双床."""
_NEAR: Final = 0.1
"""What words of its own say may be the kind by another name, as long as no two kinds score as alike as this."""
_FAR: Final = 0.4
"""A kind that scores so much less is not meant."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What tells variants apart: ``chosen`` is the one whose kind is known; else ``open`` are those to ask about."""

    chosen: Hit | None = None
    open: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Variant:
    """A hit with its kind: what only its question has, as words and as they are looked for in a text.

    A ``general`` one has none that the message lacks.
    """

    hit: Hit
    bare: tuple[str, ...]
    kind: str
    general: bool = False

    def named(self, text: str) -> bool:
        """Return whether a text names the kind."""
        if _HAN.search(self.kind):
            return self.kind in text.replace(" ", "")
        words = content_words(self.kind)
        return bool(words) and set(words) <= set(content_words(text))


def told_apart(asked: str, hits: Sequence[Hit], earlier: Sequence[str] = ()) -> Apart:
    """Return which of the best hit's variants a message means, or which to ask about; nothing where it has none.

    Where the message names a kind, that one is meant; else the one whose question names none; else that which the
    conversation named last, ``earlier`` its texts in their order. A message with words that no variant has may name the
    kind by another name: then it is asked only where two of them score alike.
    """
    family = _family(hits)
    if len(family) < 2:
        return Apart()
    plain = _plain(asked)
    variants = _variants(family, plain)
    if named := _named(variants, plain):
        return Apart(chosen=named[0].hit) if len(named) == 1 else Apart()
    if (general := next((one for one in variants if one.general), None)) is not None:
        return Apart(chosen=general.hit)
    for text in reversed(earlier):
        if len(named := _named(variants, _plain(text))) == 1:
            return Apart(chosen=named[0].hit)
    best = variants[0]
    near = _NEAR if _own_words(plain, family) else _FAR
    differ = [one for one in variants[1:] if _differ(best, one)]
    if not any(best.hit.score - one.hit.score <= near for one in differ):
        return Apart()
    return Apart(open=tuple(one.hit for one in variants if best.hit.score - one.hit.score <= _FAR))


def _family(hits: Sequence[Hit]) -> list[tuple[Hit, tuple[str, ...]]]:
    """Return the best hit and those whose question is its own but for a few words in one place, with their units."""
    found = [(hits[0], _units(hits[0].ticket.question))]
    first = found[0][1]
    for hit in hits[1:]:
        if hits[0].score - hit.score > _FAR or not _alike_labelled(hits[0].ticket, hit.ticket):
            continue
        units = _units(hit.ticket.question)
        start, end = _shared([first, units])
        rest, other = len(first) - start - end, len(units) - start - end
        frame = " ".join((*first[:start], *first[len(first) - end :]))
        if max(rest, other) <= min(_LONGEST, max(start + end, 1)) and content_words(frame) and (rest or other):
            found.append((hit, units))
    return found


def _variants(family: Sequence[tuple[Hit, tuple[str, ...]]], asked: str) -> list[_Variant]:
    start, end = _shared([units for _, units in family])
    made = []
    for hit, units in family:
        stop = len(units) - end
        kind = _grown(units, start, stop)
        # 金卡 has nothing that 白金卡 lacks, and is a kind all the same, where the message does not name it.
        general = start >= stop and (not kind or _Variant(hit, (), kind).named(asked))
        made.append(_Variant(hit, units[start:stop], kind, general))
    return made


def _grown(units: Sequence[str], start: int, stop: int) -> str:
    """Return the words of a kind: Chinese ones with the character behind, or before, until they are a word."""
    if start < stop and not _HAN.search("".join(units[start:stop])):
        return " ".join(units[start:stop])
    if start >= stop and not _HAN.search("".join(units)):
        # "kids pool" beside "pool": the word behind the gap is what the kind is of.
        return " ".join(units[start : start + 1] or units[start - 1 : start])
    while stop - start < _WORD and stop < len(units):
        stop += 1
    while stop - start < _WORD and start > 0:
        start -= 1
    return "".join(units[start:stop])


def _named(variants: Sequence[_Variant], text: str) -> list[_Variant]:
    """Return the variants whose kind a text names; of 金卡 and 白金卡 the one that says more."""
    named = [one for one in variants if one.bare and one.named(text)]
    longest = [one for one in named if not any(one.kind != other.kind and one.kind in other.kind for other in named)]
    return longest or [one for one in variants if not one.bare and not one.general and one.named(text)]


def _own_words(asked: str, family: Sequence[tuple[Hit, tuple[str, ...]]]) -> bool:
    """Return whether a message has words that no question of the family has."""
    known = {word for hit, _ in family for word in _words(_plain(hit.ticket.question))}
    return not known.issuperset(_words(asked))


def _words(plain: str) -> frozenset[str]:
    """Return the words of a text that count: English stems, and single Chinese characters."""
    return frozenset(word for unit in _UNIT.findall(plain) for word in content_words(unit))


def _differ(one: _Variant, other: _Variant) -> bool:
    """Return whether two variants are answered differently, beside that each answer may name its kind.

    Of what agents wrote by hand other words may say the same: there figures, or yes and no, must differ.
    """
    first, second = (_without(_plain(sendable(v.hit.ticket.answer) or ""), v.bare) for v in (one, other))
    if facts_of(first) != facts_of(second):
        return True
    by_hand = "agent" in (one.hit.ticket.source, other.hit.ticket.source)
    return not by_hand and _words(first) != _words(second)


def _without(text: str, bare: Sequence[str]) -> str:
    """Return an answer without the words of its kind."""
    kept = [unit for unit in _UNIT.findall(text) if unit not in bare]
    return " ".join(kept)


def _alike_labelled(one: Ticket, other: Ticket) -> bool:
    return not one.intent or not other.intent or one.intent == other.intent


def _shared(texts: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """Return how many units texts have in common at their start, and at their end without these."""
    shortest = min(map(len, texts))
    start = next((i for i in range(shortest) if len({text[i] for text in texts}) > 1), shortest)
    rest = shortest - start
    end = next((i for i in range(rest) if len({text[-1 - i] for text in texts}) > 1), rest)
    return start, end


def _units(text: str) -> tuple[str, ...]:
    """Return a question as words, articles left out, and single Chinese characters."""
    return tuple(unit for unit in _UNIT.findall(_plain(text)) if unit not in _ARTICLES)


def _plain(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text)).lower().replace("’", "'")
