"""The evidence lock: what a sentence says that stands in no evidence, and how much of its wording does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from replydesk.data.curation.facts import disagreement, facts
from replydesk.data.script import simplified
from replydesk.data.text import tokens
from replydesk.dialog.compose.claims import Claim, claims_of
from replydesk.dialog.compose.dates import same_date
from replydesk.dialog.compose.sentences import sentences

__all__ = ["LEAST_SUPPORT", "content_words", "contradicted", "denials", "problems", "support", "unsupported"]

LEAST_SUPPORT: Final = 0.6
"""The share of a sentence's content words that one ticket's evidence must have, for the sentence to count as its."""

_PHONE_DIGITS: Final = 7
_NUMBERS: Final = ("number", "measure", "amount", "percent")
_SMALL: Final = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can cannot cant
    could did do does doesnt doing done dont down for from get gets give go going had has have having
    hello help here hi how i id if ill im in into is isnt it its ive just know let lets like may me
    might more most much must my need needs no not now of off ok on once only onto or other our ours out
    over own please re s shall she should so some soon sorry still such t than thank thanks that thats
    the their them then there theres these they theyre they'll this those through to too u until up us
    use very want was way we well were weve what when where which while who whom why will with within
    without wont would yes yet you youll your youre yours youve
    """.split()  # noqa: SIM905
)
_SMALL_HAN: Final = frozenset(
    "的了吗呢吧啊呀哦嘛和与或是在有我您你他她它们这那就也都还很不请会可以要及等把被给为对从到能将后即让已若如果"
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|cannot|nothing|without|unable)\b|n['’]t\b|不(?!过|好意思|仅|但)|[没未无勿]|(?<![分特区级个性类识告])别(?!的|人|处)"
)


def unsupported(sentence: str, evidence: Sequence[str], slots: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return what a sentence claims that stands neither in the evidence nor in slots, in the words of the sentence.

    Links, e-mail addresses, phone numbers, codes, names and promises must be there; so must numbers, with the same
    unit where they have one. A number that evidence leaves without a unit proves measures, but neither amounts nor
    percentages. How a number is written does not matter: see :mod:`~replydesk.data.quantities`.

    >>> unsupported("We refund ￡1,000 in two days.", ["Refunds of £1000 take 2 days."])
    ()
    >>> unsupported("3天内一定会退款，详见 www.a.cn", ["5天内处理。"])
    ('www.a.cn', '3天', '一定会', '会退款')
    """
    known = _known((*evidence, *(slots or {}).values()))
    return tuple(dict.fromkeys(claim.text for claim in claims_of(sentence) if not known.has(claim)))


class _Known:
    """The claims of some evidence, ready to be compared with."""

    def __init__(self, texts: Sequence[str]) -> None:
        # A sentence by itself may read otherwise than among others, as where a number ends one and begins the next.
        pieces = {*texts, *(part.text for text in texts for part in sentences(text))}
        claims = {claim for text in pieces for every in (False, True) for claim in claims_of(text, every=every)}
        self.values = {(claim.kind, claim.value) for claim in claims}
        self.dates = {claim.value for claim in claims if claim.kind == "date"}
        self.bare = {claim.value for claim in claims if claim.kind == "number"}
        self.numbers = {claim.value.partition(" ")[0] for claim in claims if claim.kind in _NUMBERS}
        self.long = {claim.value for claim in claims if claim.kind == "phone"}
        self.text = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
        self.words = {word for text in texts for word in _stemmed(text)}

    def has(self, claim: Claim) -> bool:
        if (claim.kind, claim.value) in self.values:
            return True
        if claim.kind == "date":
            return any(same_date(claim.value, known) for known in self.dates)
        if claim.kind == "number":
            return claim.value in self.numbers
        if claim.kind == "measure":
            return claim.value.partition(" ")[0] in self.bare
        if claim.kind == "phone":
            return any(known.endswith(claim.value) and len(claim.value) >= _PHONE_DIGITS for known in self.long)
        if claim.kind == "name":
            return claim.value in self.text or all(word in self.words for word in _stemmed(claim.text) or ["\0"])
        return False


@lru_cache(maxsize=2_000)
def _known(texts: tuple[str, ...]) -> _Known:
    return _Known(texts)


@lru_cache(maxsize=20_000)
def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that carry what it is about: English stems, Chinese pairs of characters.

    >>> content_words("Please send us the photos"), content_words("请您修改地址")
    (('send', 'photo'), ('修改', '改地', '地址'))
    """
    words = tokens(simplified(text))
    return tuple(_stem(word) for word in words if word not in _SMALL and not _SMALL_HAN.intersection(word))


def support(sentence: str, evidence: Sequence[str]) -> float:
    """Return the share of a sentence's content words that stand in the evidence, 1 where it has none.

    >>> round(support("Refunds reach your card soon", ["The refund reaches the bank card in 5 days."]), 2)
    1.0
    """
    words = content_words(sentence)
    if not words:
        return 1.0
    known = {word for text in evidence for word in _stemmed(text)}
    return sum(word in known for word in words) / len(words)


def contradicted(sentence: str, evidence: Sequence[str]) -> str:
    """Return in what a sentence contradicts the nearest sentence of the evidence, or an empty text.

    Either in a fact, see :func:`~replydesk.data.curation.facts.disagreement`, or because one denies what the other
    says: "You can cancel" is no sentence of "You cannot cancel once it is packed".

    >>> contradicted("You can cancel a packed order.", ["You cannot cancel a packed order."])
    'you cannot cancel a packed order / you can cancel a packed order'
    """
    words = set(content_words(sentence))
    nearest, most = "", 0.0
    for text in evidence:
        for part in sentences(text):
            share = len(words & set(_stemmed(part.text))) / max(1, len(words))
            if share > most:
                nearest, most = part.text, share
    if not nearest or most < LEAST_SUPPORT:
        return ""
    if what := disagreement(facts(nearest), facts(sentence)):
        return what
    return _denied(nearest) if denials(nearest) % 2 != denials(sentence) % 2 else ""


def _denied(sentence: str) -> str:
    found = _DENIAL.search(sentence)
    return sentence[found.start() :].rstrip(" .!。！") if found else sentence.rstrip(" .!。！")


def problems(sentence: str, evidence: Sequence[str], slots: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return all that speaks against a sentence that was not taken from the evidence word for word.

    What is :func:`unsupported`, what is :func:`contradicted`, and the words that the evidence does not have where these
    are too many for :data:`LEAST_SUPPORT`.
    """
    found = list(unsupported(sentence, evidence, slots))
    if what := contradicted(sentence, evidence):
        found.append(what)
    known = [*evidence, *(slots or {}).values()]
    if support(sentence, known) < LEAST_SUPPORT:
        there = {word for text in known for word in _stemmed(text)}
        found += [word for word in content_words(sentence) if word not in there]
    return tuple(dict.fromkeys(found))


def denials(text: str) -> int:
    """Return how many words of a text deny something."""
    return len(_DENIAL.findall(text))


@lru_cache(maxsize=20_000)
def _stemmed(text: str) -> tuple[str, ...]:
    return tuple(map(_stem, tokens(simplified(text))))


def _stem(word: str) -> str:
    if not word.isascii():
        return word
    for end in ("ings", "ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)].removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word
