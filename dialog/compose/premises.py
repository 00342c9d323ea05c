"""Premises: whether a past ticket speaks of what a question takes for given, or contradicts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from replydesk.data.quantities.spelled import in_digits
from replydesk.data.records import Ticket
from replydesk.data.text import tokens
from replydesk.dialog.compose.claims import Claim, claims_of
from replydesk.dialog.compose.dates import same_date
from replydesk.dialog.compose.evidence import content_words, denials
from replydesk.dialog.compose.sentences import sentences
from replydesk.dialog.parts import asks_something

__all__ = ["contradicted_premise", "points_elsewhere"]

# So many digits tell one customer's case from another's; nobody else's ticket could have them.
_OWN: Final = 5
_MEASURED: Final = ("amount", "percent", "measure")
_LETTERS = re.compile(r"[A-Z]*")
_DURATIONS: Final = frozenset({"minutes", "hours", "days", "weeks", "months", "years", "seconds"})
# What is pointed at was named before, and not in this message.
_POINTS = re.compile(
    r"\b(?:that|this|the (?:other|same|first|second|last|blue|red|black|white|green)) one\b"
    r"|[这那该此](?:家|款|间|条|趟|班|座|辆)|(?:这|那|该|此)个?(?:景点|酒店|餐馆|餐厅|店|地方)|它(?!们)|[他她](?:们)?家",
    re.IGNORECASE,
)
_WEEKDAY, _CLOCK = "weekday", ":"
_FIGURE = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|~|to|and|至|到)\s*(\d+(?:\.\d+)?)", re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)
_CLAUSE = re.compile(r"[,，;；、](?!\d)")
_ALIKE: Final = 0.8
"""The part of the words of a clause that a sentence has which says the same."""
_FEWEST: Final = {"figure": 2, "denial": 3}
_SPELLED: Final = 5
"""Letters of a name that may be misspelled; two shorter ones that differ are two."""


def contradicted_premise(question: str, ticket: Ticket) -> str:
    """Return what a question takes for given that a ticket contradicts, as ``asked / known``, or an empty text.

    Of the same unit, word, kind of code, date or address the ticket has others and not this one: "returns within 60
    days" against "30 days", E4 against E2, iOS 12 against iOS 11. A name that the ticket lacks contradicts where the
    ticket's question has another, and a slip of the pen is no other name. A statement that is one of the answer's but
    for a figure, or but for a denial, contradicts it, too. What the ticket does not speak of contradicts nothing, and
    neither do order numbers.

    >>> contradicted_premise("Do I have 60 days to return it?", Ticket.make("Returns?", "Within 30 days."))
    '60 days / 30 days'
    >>> ticket = Ticket.make("错误E2怎么办", "请重启。")
    >>> contradicted_premise("错误E4怎么办", ticket), contradicted_premise("等了3天", ticket)
    ('E4 / E2', '')
    """
    if what := _restated(question, ticket):
        return what
    asked = claims_of(question)
    if not asked:
        return ""
    told = claims_of(ticket.answer)
    texts = ticket.question, ticket.answer
    known = tuple(claim for text in texts for every in (False, True) for claim in claims_of(text, every=every))
    for claim in asked:
        other = _other(claim, known, told, ticket)
        if other:
            return f"{claim.text} / {other}"
    return ""


def _restated(question: str, ticket: Ticket) -> str:
    """Return in what a clause differs from a sentence of an answer whose words it has: in a figure, or in a denial.

    A figure that the ticket has anywhere, or that lies in a range of the sentence, is no difference.
    """
    there = set(_figures(f"{ticket.question}\n{ticket.answer}", "every"))
    whole = _pieces(question)
    for said in (*whole, *_clauses(question)):
        strange = [one for one in said.figures if one not in there and sum(map(str.isdigit, one)) < _OWN]
        # What a clause leaves out may be the denial.
        denies = said in whole and len(said.words) >= _FEWEST["denial"] and not asks_something(said.text)
        for known in _pieces(ticket.answer):
            shared = len(said.words & known.words)
            if shared < max(_ALIKE * len(said.words), _FEWEST["figure"]):
                continue
            other = [one for one in strange if not any(low <= float(one) <= high for low, high in known.ranges)]
            instead = [one for one in known.figures if one not in said.figures]
            if other and instead:
                return f"{other[0]} / {instead[0]}"
            if denies and shared >= _ALIKE * len(known.words) and denials(said.text) % 2 != denials(known.text) % 2:
                return f"{said.text.strip(' .!。！')} / {known.text.strip(' .!。！')}"
    return ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence or a clause: its words that say something, without figures, its figures, and its ranges of them."""

    text: str
    words: frozenset[str]
    figures: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]


@lru_cache(maxsize=2_000)
def _pieces(text: str) -> tuple[_Piece, ...]:
    """Return the sentences of a text."""
    return tuple(map(_piece, (one.text for one in sentences(text))))


@lru_cache(maxsize=2_000)
def _clauses(text: str) -> tuple[_Piece, ...]:
    """Return the clauses of those sentences of a text that have several."""
    return tuple(_piece(part) for one in sentences(text) for part in _CLAUSE.split(one.text) if part != one.text)


def _piece(text: str) -> _Piece:
    words = frozenset(word for word in content_words(text) if not _FIGURE.search(word))
    plain = _THOUSANDS.sub("", in_digits(text))
    ranges = tuple((float(low), float(high)) for low, high in _RANGE.findall(plain))
    return _Piece(text, words, _figures(text, "told"), ranges)


def _figures(text: str, numbers: Literal["told", "every"]) -> tuple[str, ...]:
    return tuple(_FIGURE.findall(_THOUSANDS.sub("", in_digits(text, numbers))))


def points_elsewhere(question: str) -> bool:
    """Return whether a question asks about something that only the conversation names: "that one", 这家店.

    Nobody else's ticket was about the same. A question that was rewritten with its conversation names it.

    >>> points_elsewhere("这家店几点开门"), points_elsewhere("退款多久到账"), points_elsewhere("does that one fit?")
    (True, False, True)
    """
    return bool(_POINTS.search(question))


def _other(claim: Claim, known: tuple[Claim, ...], told: tuple[Claim, ...], ticket: Ticket) -> str:
    """Return what a ticket has in place of a claim, empty where it has the claim or nothing of its kind."""
    if any(claim.kind == one.kind and claim.value == one.value for one in known):
        return ""
    if claim.kind in _MEASURED:
        return _measure(claim, known, told)
    if claim.kind == "date":
        form = _form(claim.value)
        dates = [one for one in told if one.kind == "date" and _form(one.value) == form]
        agree = any(same_date(claim.value, one.value) or same_date(one.value, claim.value) for one in dates)
        return dates[0].text if dates and not agree else ""
    if claim.kind == "code":
        if sum(map(str.isdigit, claim.value)) >= _OWN:
            return ""
        prefix = _prefix(claim.value)
        return next((one.text for one in known if one.kind == "code" and _prefix(one.value) == prefix), "")
    if claim.kind == "number":
        if len(claim.value) >= _OWN:
            return ""
        beside = [one for one in known if one.kind == "number" and _beside(claim, one)]
        return beside[0].text if beside else ""
    if claim.kind in ("url", "email"):
        return next((one.text for one in told if one.kind == claim.kind), "")
    if claim.kind == "name":
        return _name(claim, ticket)
    return ""


def _measure(claim: Claim, known: tuple[Claim, ...], told: tuple[Claim, ...]) -> str:
    """Return what an answer, or else its question, says in place of a measure; what lies in a range is said."""

    def alike(claims: tuple[Claim, ...]) -> list[Claim]:
        return [one for one in claims if one.kind == claim.kind and one.unit == claim.unit]

    # How long somebody has waited is no condition of an answer; what a ticket costs or holds is.
    same = alike(told) or ([] if claim.unit in _DURATIONS else alike(known))
    value = _number(claim)
    for one in same:
        ends = [_number(other) for other in same if other.text == one.text]
        # 4 lies in "3 to 5 days".
        if min(ends) <= value <= max(ends):
            return ""
    return same[0].text if same else ""


def _beside(claim: Claim, other: Claim) -> bool:
    """Return whether two bare numbers stand beside the same word, before or after it, that says something."""
    pairs = (claim.before, other.before), (claim.after, other.after)
    return any(word == known and content_words(word) for word, known in pairs if word)


def _name(claim: Claim, ticket: Ticket) -> str:
    text = f"{ticket.question}\n{ticket.answer}".casefold()
    if claim.value in text or _spelled(claim.value, text):
        return ""
    others = [one for one in claims_of(ticket.question) if one.kind == "name"]
    return next((one.text for one in others if not one.text.startswith(("@", "#"))), "")


def _spelled(name: str, text: str) -> bool:
    """Return whether a text has every word of a name, but for slips: letters turned round, one lacking or twice."""
    there = set(tokens(text))
    return all(word in there or any(_slip(word, other) for other in there) for word in tokens(name) or ["\0"])


def _slip(word: str, other: str) -> bool:
    """Return whether two words are one but for a slip."""
    if min(len(word), len(other)) < _SPELLED or word[0] != other[0]:
        return False
    if len(word) == len(other):
        # Where they first differ the next two letters are turned round, and nothing else is.
        at = next((place for place in range(len(word)) if word[place] != other[place]), len(word))
        return word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :]
    short, long = sorted((word, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def _form(value: str) -> str:
    return _WEEKDAY if value.startswith(_WEEKDAY) else _CLOCK if _CLOCK in value else "day" if "-" in value else value


def _prefix(code: str) -> str:
    found = _LETTERS.match(code)
    return found[0] if found else ""


def _number(claim: Claim) -> float:
    return float(claim.value.partition(" ")[0])
