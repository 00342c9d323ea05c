"""How many names of persons are told in a sentence, how many sentences without one are read otherwise, and the weights.

Made-up names are planted in messages of customers, which are masked as they are before they are read
(``_chinese_names``, ``_english_names``). What the evidence weighs is fitted on ``development`` (``_person_weights``),
and said beside whether the modules have it; ``test`` has other messages and other names. With ``familiar`` the words
or pairs of characters are known that two messages of the other part have, as a desk's speller knows those of its
customers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

from benchmarks import _chinese_names, _english_names, _person_weights
from replydesk.data.preparation import Mask
from replydesk.data.settings import Settings
from replydesk.dialog.hanpersons import THRESHOLD, WEIGHTS, han_persons
from replydesk.dialog.persons import WEIGHTS as ENGLISH
from replydesk.dialog.persons import persons
from replydesk.dialog.placeevidence import PLACE_WEIGHTS, likely_places
from replydesk.dialog.placenames import PLACES

# By part and set: masked messages, and the words that two of them have.
_Texts = dict[str, dict[str, list[str]]]
_Words = dict[str, dict[str, frozenset[str]]]


def run() -> dict[str, Any]:
    mask = Mask(Settings().data)
    texts = {
        part: {name: [mask(text) for text in own] for name, own in _english_names.messages(part).items()}
        for part in _PARTS
    }
    words = {part: {name: _shared(own, _words) for name, own in sets.items()} for part, sets in texts.items()}
    return {"zh": _chinese(mask), "en": _english(texts, words, mask), "en places": _places(texts, words, mask)}


def _chinese(mask: Mask) -> dict[str, Any]:
    texts = {part: [mask(text) for text in _chinese_names.messages(name)] for part, name in _PARTS.items()}
    pairs = {part: _shared(texts[part], _pairs) for part in texts}
    weights, threshold = _person_weights.chinese([*texts["development"], *map(mask, _chinese_names.samples())], mask)
    return {
        "weights": weights,
        "threshold": threshold,
        "the module has them": weights == dict(WEIGHTS) and threshold == THRESHOLD,
        **{part: _chinese_shares(part, own, pairs[_OTHER[part]], mask) for part, own in texts.items()},
        "cued": _cued(texts["development"], mask),
    }


_PARTS: Final = {"development": "dev", "test": "test"}
_OTHER: Final = {"development": "test", "test": "development"}


def _chinese_shares(part: str, texts: Sequence[str], familiar: frozenset[str], mask: Mask) -> dict[str, Any]:
    """Return the shares in percent of names that are told, and of plain messages that are read otherwise."""
    left = [(read, name) for text, name in _chinese_names.in_messages(texts, part) if name in (read := mask(text))]
    return {
        "names": len(left),
        "gone": _percent(name not in han_persons(read) for read, name in left),
        "exactly": _percent(han_persons(read) == read.replace(name, "<NAME_1>") for read, name in left),
        "gone, familiar": _percent(name not in han_persons(read, familiar) for read, name in left),
        "plain": len(texts),
        "read otherwise": _percent(han_persons(text) != text for text in texts),
        "read otherwise, familiar": _percent(han_persons(text, familiar) != text for text in texts),
    }


def _cued(texts: Sequence[str], mask: Mask) -> dict[str, Any]:
    """Return how many names that are words, foreign or of minorities are told where the sentence says so."""
    made = _chinese_names.framed(texts, "cued", _chinese_names.FRAMES["cued"].strip().splitlines(), times=60)
    left = [(read, name) for text, name in made if name in (read := mask(text))]
    return {"names": len(left), "gone": _percent(name not in han_persons(read) for read, name in left)}


def _english(texts: _Texts, words: _Words, mask: Mask) -> dict[str, Any]:
    weights = _person_weights.english(texts["development"], words["test"], mask)
    return {
        "weights": weights,
        "the module has them": weights == dict(ENGLISH),
        **{part: _english_shares(part, own, words[_OTHER[part]], mask) for part, own in texts.items()},
    }


def _places(texts: _Texts, words: _Words, mask: Mask) -> dict[str, Any]:
    """Return the weights of evidence for English places, and in how many messages one is told that no list has."""
    weights = _person_weights.places(texts["development"], words["test"], mask)
    return {
        "weights": weights,
        "the module has them": weights == dict(PLACE_WEIGHTS),
        **{
            part: {
                name: _percent(_has_place(text, words[_OTHER[part]][name]) for text in own)
                for name, own in sets.items()
            }
            for part, sets in texts.items()
        },
    }


def _has_place(text: str, known: frozenset[str]) -> bool:
    """Return whether words are told for a place none of which a list has as one."""
    spans = [text[start:stop].lower().split() for start, stop in likely_places(text, known)]
    return any(PLACES.isdisjoint(words) for words in spans)


def _english_shares(
    part: str, texts: dict[str, list[str]], known: dict[str, frozenset[str]], mask: Mask
) -> dict[str, Any]:
    """Return the shares in percent of names told in each set, and of plain messages that are read otherwise."""
    found: dict[str, Any] = {}
    for name, own in texts.items():
        found[name] = {
            manner: _told(_english_names.planted(own, part, manner, mask), known[name])
            for manner in _english_names.MANNERS
        } | {
            "plain": len(own),
            "read otherwise": _percent(persons(text, known[name]) != text for text in own),
            "read otherwise, no words": _percent(persons(text) != text for text in own),
        }
    return found


def _told(planted: Sequence[_english_names.Planted], known: frozenset[str]) -> dict[str, Any]:
    """Return the shares in percent of the names that the masker left which are gone, and of which nothing else is."""
    left = [one for one in planted if one[0] != one[1]]
    read = [persons(text, known) for text, _, _ in left]
    return {
        "names": len(left),
        "gone": _percent(not _is_left(one[2], said) for one, said in zip(left, read, strict=True)),
        "exactly": _percent(said == one[1] for one, said in zip(left, read, strict=True)),
    }


def _is_left(name: str, text: str) -> bool:
    """Return whether a part of a name still stands in a text."""
    told = set(re.findall(r"[^\W\d_]{3,}", text))
    return any(part in told for part in re.findall(r"[^\W\d_]{3,}", name))


def _percent(hits: Iterable[bool]) -> float:
    told = list(hits)
    return round(100 * sum(told) / max(1, len(told)), 2)


def _shared(texts: Sequence[str], parts: Any) -> frozenset[str]:
    """Return what two messages have of these parts, as a desk's speller knows those of its customers."""
    counts = Counter(part for text in texts for part in parts(text))
    return frozenset(part for part, count in counts.items() if count > 1)


def _words(text: str) -> set[str]:
    return set(re.findall("[a-z]{3,}", text.lower()))


def _pairs(text: str) -> set[str]:
    return {one + other for run in re.findall("[\u4e00-\u9fff]+", text) for one, other in pairwise(run)}
