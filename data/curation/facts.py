"""Facts: what an answer states in figures, codes, links and yes or no, and in which of them two answers disagree.

Only what is general counts. A sentence about this customer's parcel, about today, or about what an agent just did is
true of one case, and another answer about another case does not contradict it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from replydesk.data.quantities.measures import Measure, measures
from replydesk.data.quantities.numerals import plainly
from replydesk.data.quantities.spelled import in_digits
from replydesk.data.quantities.units import UNITS, pattern_of
from replydesk.data.text import tokens

__all__ = ["Fact", "disagreement", "facts"]

_ALIKE: Final = 0.5
_ALIKE_WORDED: Final = 0.75
"""The part of the words of the shorter sentence that the other must have, for both to speak of the same thing: of those
around a measure, and of those around a code, a link or what may be done, where the words tell nearly all."""

# Characters of an answer that are read.
_LONGEST = 4000

_MEASURED: Final = tuple(
    unit for unit in UNITS if unit.kind in ("time", "money", "share") or unit.name in ("kg", "cm", "l", "degree")
)
"""The units that answers disagree in; of pieces, people and small sizes they speak in passing."""

_SENTENCE = re.compile(r"(?<=[!?。！？；;\n])|(?<=\.)\s")
_CLAUSE = re.compile(r",(?!\d)|[，、：]|:(?!\d)|\b(?:but|and)\b|但是?|不过")
_CASE = re.compile(
    r"\b(?:i|i'(?:m|ve|ll|d)|we'(?:ve|ll)|today|tomorrow|yesterday|tonight|already|just|currently|now|has|had|was|were|been"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october"
    r"|november|december|your (?:parcel|order|package|item|delivery|shipment|case|ticket|booking|flight|replacement))\b"
    r"|<[a-z]+_\d+>|\d{5,}|已|正在|刚|[今明昨后][天晚早]|目前|现在|我(?!们)|单号|尾号|您[这那的][个单件台笔订包快]"
)
_OPENING = re.compile(
    r"^(?:(?:hi|hello|hey|dear|thanks|thank you|sorry)\b[^,.!?]*[,.!]\s*"
    r"|(?:亲爱的|亲|您好|你好|抱歉|不好意思)[，,!。~\s]*)+"
)
_YES = re.compile(
    r"^(?:yes|yep|of course|certainly|absolutely)\b"
    r"|^(?:可以|能|行|支持|会|需要|要|有|是)[的呢哦呀啊哈亲,，\s]*(?=[,，。!]|$)"
)
_NO = re.compile(
    r"^(?:no|nope|unfortunately not)\b(?! (?:problem|worries|need))"
    r"|^(?:不可以|不能|不行|不支持|不会|不需要|不用|不要|没有|不是)[的呢哦呀啊哈亲,，\s]*(?=[,，。!]|$)"
)
_CAN = re.compile(r"\b(?:can|can't|cannot|may|do|does|don't|doesn't|is|are|isn't|aren't)\b|可以|能|支持|无法|包含?")
_DENIAL = re.compile(r"\b(?:not|no|never|cannot|nothing|without)\b|n't\b|[不没未无]")
_LINK = re.compile(r"(?:https?://|www\.)[!-~]+")
_SHORT_LINK = re.compile(r"//[\w.]{3,9}/\w+$")
_ABOUT_CODE = re.compile(r"\b(?:codes?|vouchers?|coupons?|promo)\b|码|口令")
_CODE = re.compile(r"\b(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{4,16}\b")
_FIGURE = re.compile(r"[a-z]*-?\d(?:[a-z\d.,:/-]*[a-z\d])?|<[a-z]+_\d+>")
_SMALL: Final = frozenset(
    """
    a about after all also an and any are as at be before but by can cannot cant could do does doesnt dont for
    from get gets have how if in is isnt arent it its let like may more must need no not of on once only or our
    out over please should so some than thank thanks that the their them then there these they this those to up
    us we well what when where which while who will with within without would yes you your 可以 不可 我们 一般 您的 的话
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of a ``kind``: a unit, ``code``, ``link``, ``answer`` (yes or no) or ``can`` (what may be done).

    ``low`` and ``high`` are the ends of a measure, or 1 for yes and 0 for no; ``about`` are the words of its sentence.
    """

    kind: str
    told: str
    low: float = 0.0
    high: float = 0.0
    about: frozenset[str] = frozenset()


def facts(answer: str) -> tuple[Fact, ...]:
    """Return the general facts that an answer states.

    >>> [fact.told for fact in facts("Return it within thirty days. I sent yours on 3 May, it takes 2 days.")]
    ['30 days']
    """
    plain = in_digits(answer[:_LONGEST], "measured").casefold().replace("’", "'").strip()
    found: list[Fact] = []
    sentences = [part.strip() for part in _SENTENCE.split(_OPENING.sub("", plain)) if part.strip()]
    general = [sentence for sentence in sentences if not _CASE.search(sentence)]
    for sentence in general:
        about = _about(sentence)
        found += _measures(sentence)
        found += [Fact("link", link, about=about) for link in _links(sentence) if not _SHORT_LINK.search(link)]
        if _ABOUT_CODE.search(sentence):
            found += [Fact("code", code.upper(), about=about) for code in _CODE.findall(_LINK.sub(" ", sentence))]
        found += _modals(sentence)
    if sentences and len(general) == len(sentences):
        found += [Fact("answer", "yes", 1, 1)] if _YES.search(sentences[0]) else []
        found += [Fact("answer", "no")] if _NO.search(sentences[0]) else []
    return tuple(found)


def disagreement(first: Sequence[Fact], second: Sequence[Fact]) -> str:
    """Return in what two answers to the same question disagree, or an empty text.

    >>> disagreement(facts("Return it within 14 days."), facts("You can return it within 30 days."))
    '14 days / 30 days'
    >>> disagreement(facts("可以的，亲。"), facts("不可以哦。"))
    'yes / no'
    """
    for kind in dict.fromkeys(fact.kind for fact in first):
        one, other = ([fact for fact in facts if fact.kind == kind] for facts in (first, second))
        shared = kind != "can" and any(_agree(a, b) for a in one for b in other)
        if shared and len(one) != len(other):
            # The one says more than the other, which is no other thing.
            continue
        for a in one:
            for b in other:
                new = kind == "can" or not any(_agree(a, c) for c in other) | any(_agree(b, c) for c in one)
                if new and not _agree(a, b) and _same_thing(a, b, _ALIKE_WORDED if shared else _ALIKE):
                    return f"{a.told} / {b.told}"
    return ""


def _agree(first: Fact, second: Fact) -> bool:
    if first.kind in ("code", "link"):
        return first.told == second.told
    return first.low <= second.high and second.low <= first.high


def _same_thing(first: Fact, second: Fact, part: float) -> bool:
    """Return whether two facts are about the same: where they share ``part`` of the words of the shorter sentence."""
    if first.kind == "answer":
        return True
    one, other = sorted((first.about, second.about), key=len)
    if first.kind == "can":
        return len(one & other) >= max(2, _ALIKE_WORDED * len(other))
    return len(one & other) >= max(1, (part if first.kind in _TOLD else _ALIKE_WORDED) * len(one))


def _measures(sentence: str) -> list[Fact]:
    """Return the measures of a sentence; of several, each is about what stands in its clause."""
    parts = [(part, found) for part in _CLAUSE.split(sentence) if (found := _measured(part))]
    if len(parts) < 2:
        parts = [(sentence, _measured(sentence))]
    return [_fact(one, _about(part)) for part, found in parts for one in found]


def _measured(part: str) -> list[Measure]:
    return [one for one in measures(part) if one.unit.told in _TOLD]


def _fact(measure: Measure, about: frozenset[str]) -> Fact:
    span = plainly(measure.low, measure.high)
    unit = measure.unit.told
    return Fact(unit, f"{span}%" if unit == "%" else f"{span} {unit}", float(measure.low), float(measure.high), about)


def _modals(sentence: str) -> list[Fact]:
    """Return what may or may not be done, clause by clause; a question states nothing."""
    if sentence.endswith("?"):
        return []
    found = []
    for clause in _CLAUSE.split(sentence):
        if _CAN.search(clause):
            denied = len(_DENIAL.findall(clause)) % 2
            found.append(Fact("can", clause.strip(" .!。！"), 1 - denied, 1 - denied, _about(_DENIAL.sub(" ", clause))))
    return found


def _links(sentence: str) -> list[str]:
    return [link.rstrip(".,)!?") for link in _LINK.findall(sentence)]


def _about(sentence: str) -> frozenset[str]:
    bare = _FIGURE.sub(" ", _LINK.sub(" ", sentence)).replace("n't", " not")
    return frozenset(_stem(word) for word in tokens(bare) if word not in _SMALL and not _UNIT_WORD.fullmatch(word))


_TOLD: Final = frozenset(unit.told for unit in _MEASURED)
_UNIT_WORD = re.compile(rf"{pattern_of(_MEASURED)}|working|business|calendar|工作|作日|小时|分钟|个月")


def _stem(word: str) -> str:
    for end in ("ings", "ing", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3 and word.isascii():
            return word[: -len(end)]
    return word.removesuffix("e") if word.isascii() and len(word) > 4 else word
