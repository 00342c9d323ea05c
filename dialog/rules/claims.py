"""Claims: what a text says about what facts are known of, and whether it says something else.

A quantity belongs to an entity when it is the first of its kind behind the entity's name, or behind the name of the
attribute that belongs to the entity, in the same sentence; where none follows, when it stands right before. So
"free from 50 EUR" is no claim about ``shipping.cost`` after "shipping costs 4.90 EUR", and 运费5元 is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from replydesk.data.text import HAN
from replydesk.dialog.rules.patterns import folded
from replydesk.dialog.rules.quantities import Quantity, even, quantities_of

if TYPE_CHECKING:
    from replydesk.dialog.rules.facts import Fact

__all__ = ["Contradiction", "contradictions"]

_SENTENCE = re.compile(r"(?:[^.!?。！？;；\n]|\.(?!\s|$))+")
_PRONOUN = re.compile(r"\s*(?:(?:and|but|so) )?(?:it|this|that|they|these)\b|\s*(?:它|该|此|这)")
_HAN = re.compile(f"[{HAN}]")
# What stands further before a name is not about it: "5 EUR for shipping", 5元运费.
_NEAR = 12
_APART = re.compile(r"[,，、:：—(（]|\b(?:and|or|but)\b|[和或及与]")
# Many numbers stand in a sentence: these kinds need the name of the attribute beside them.
_LOOSE = frozenset({"phone", "number"})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Characters ``start`` to ``end`` of a text state something else than a fact, whose name and value are told."""

    fact: str
    value: str
    stated: str
    start: int
    end: int
    source: str = ""

    def document(self) -> dict[str, object]:
        """Return its JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class _Mention:
    name: str
    start: int
    end: int


def contradictions(text: str, facts: Sequence[Fact]) -> tuple[Contradiction, ...]:
    """Return where a text contradicts facts, which are all taken to be true now."""
    if not facts:
        return ()
    plain = even(text)
    entities = _names_of(
        tuple((folded(fact.entity), names) for fact in facts for names in [fact.names or (fact.entity,)])
    )
    found: dict[tuple[int, int], Contradiction] = {}
    topic = ""
    for sentence in _SENTENCE.finditer(plain):
        mentions = _mentions(entities, sentence[0])
        if not mentions and topic and _PRONOUN.match(sentence[0]):
            mentions = [_Mention(topic, 0, 0)]
        topic = mentions[-1].name if mentions else ""
        if not mentions:
            continue
        quantities = quantities_of(sentence[0])
        for name in dict.fromkeys(mention.name for mention in mentions) if quantities else ():
            own = [fact for fact in facts if folded(fact.entity) == name]
            for fact, quantity in _claims(name, own, mentions, quantities, sentence[0]):
                start, end = sentence.start() + quantity.start, sentence.start() + quantity.end
                one = Contradiction(fact.key, fact.value, text[start:end].strip(), start, end, fact.source)
                found.setdefault((start, end), one)
    return tuple(found[place] for place in sorted(found))


def _claims(
    entity: str, facts: Sequence[Fact], mentions: Sequence[_Mention], quantities: Sequence[Quantity], sentence: str
) -> Iterable[tuple[Fact, Quantity]]:
    """Yield what a sentence says of an entity that no fact of it allows, with the fact that it should be."""
    words = _names_of(tuple((folded(fact.attribute), fact.words or (fact.attribute,)) for fact in facts))
    attributes = [one for one in _mentions(words, sentence) if _owner(one, mentions) == entity]
    values = [(fact, one) for fact in facts for one in _values(fact)]
    for kind in dict.fromkeys(one.kind for _, one in values):
        of_kind = [(fact, one) for fact, one in values if one.kind == kind]
        known = {folded(fact.attribute) for fact, _ in of_kind}
        named = [one for one in attributes if one.name in known]
        if not named and kind in _LOOSE:
            continue
        units = {one.unit for _, one in of_kind}
        there = [one for one in quantities if one.kind == kind and (kind != "number" or units & {one.unit, ""})]
        told = [(one, _bound(one, there, mentions, entity, sentence)) for one in named]
        if not any(quantity for _, quantity in told):
            told = [(one, _bound(one, there, mentions, entity, sentence)) for one in mentions if one.name == entity]
        for anchor, quantity in told:
            # Where no attribute is named, any of the entity may be meant.
            right = [(f, v) for f, v in of_kind if not named or folded(f.attribute) == anchor.name] or of_kind
            if quantity is not None and not any(_agree(quantity, value) for _, value in right):
                yield right[0][0], quantity


def _agree(stated: Quantity, value: Quantity) -> bool:
    if stated.kind == "number" and not value.unit:
        return value.low <= stated.low and stated.high <= value.high
    return stated.agrees(value)


def _bound(
    anchor: _Mention, quantities: Sequence[Quantity], mentions: Sequence[_Mention], entity: str, sentence: str
) -> Quantity | None:
    """Return the quantity that belongs to a name, if any does."""
    others = [one for one in mentions if one.name != entity]
    behind = next((one for one in quantities if one.start >= anchor.end), None)
    if behind is not None and not any(anchor.end <= one.start < behind.start for one in others):
        return behind
    before = [one for one in quantities if anchor.start - _NEAR <= one.end <= anchor.start]
    if not before or _APART.search(sentence, before[-1].end, anchor.start):
        return None
    return None if any(before[-1].end <= one.start < anchor.start for one in others) else before[-1]


def _owner(attribute: _Mention, mentions: Sequence[_Mention]) -> str:
    """Return the entity that the name of an attribute belongs to: the last before it, else the first behind."""
    before = [one for one in mentions if one.start <= attribute.start]
    return (before[-1] if before else mentions[0]).name


def _values(fact: Fact) -> tuple[Quantity, ...]:
    return _quantities(fact.value)


@lru_cache(maxsize=10_000)
def _quantities(value: str) -> tuple[Quantity, ...]:
    """Return the quantities of the value of a fact: nothing else can be compared."""
    return quantities_of(even(value))


@lru_cache(maxsize=1000)
def _names_of(pairs: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return one pattern with a group for each name, the longest first, and what each is a name of."""
    owners = {folded(name): key for key, names in pairs for name in names}
    names = sorted(owners, key=len, reverse=True)
    parts = [
        re.escape(name) if _HAN.search(name) else rf"(?<![\w-]){re.escape(name)}(?:'s|es|s|ed|ing)?(?![\w-])"
        for name in names
    ]
    return re.compile("|".join(f"({part})" for part in parts), re.ASCII), tuple(owners[name] for name in names)


def _mentions(known: tuple[re.Pattern[str], tuple[str, ...]], sentence: str) -> list[_Mention]:
    pattern, owners = known
    return [_Mention(owners[(match.lastindex or 1) - 1], *match.span()) for match in pattern.finditer(sentence)]
