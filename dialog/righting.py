"""Putting right: which slots of a form a message tells anew, adds to or goes on with, after they were told before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.cues import amends, plain
from replydesk.dialog.days import Moment
from replydesk.dialog.declared import Form, Slot
from replydesk.dialog.mentions import clauses_of
from replydesk.dialog.parts import asks_something
from replydesk.dialog.telling import mentions_of, named_in, values_in

__all__ = ["put_right", "told_anew", "told_before", "without_righted"]

_ADDS: Final = re.compile(r"\A\W*(?:and|plus|also)\b|\b(?:also|too|as well)\b|还有|另外|也[是要有]|加上", re.IGNORECASE)
_CODES: Final = frozenset({"order", "pattern"})
_GOES_ON: Final = re.compile(
    r"\A\W*(?:(?:oh|ah|sorry|wait)\W+)*(?:(?:and|plus|also|i forgot)\b(?: (?:also|it is|it's))*\W*"
    r"|(?:哦|对了|啊)?\W*(?:还有|另外|补充一下|再加上)\W*)(?P<rest>\S.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_SAID_ANEW: Final = re.compile(
    r".*?(?:\b(?:is|should be|should have been|to|at|be)\b|:|应该?是|改成|改为|改到|是)\s*(?P<rest>[^?]{2,})\Z",
    re.IGNORECASE | re.DOTALL,
)
_DENIES: Final = re.compile(r"\b(?:not?|never|\w+n['’]t|dont|idea)\b|[不没]", re.IGNORECASE)
_BARE_NO: Final = re.compile(r"\W*(?:no|nope|nah|不是?的?|不对|错了)\W*", re.IGNORECASE)


def put_right(
    form: Form, asked: Slot, text: str, known: Mapping[str, str], moment: Moment, *, told: bool
) -> dict[str, str]:
    """Return the slots of a form that were told before, and are told anew, with their new values.

    A message that says so ("sorry, I meant ...", 还是...) puts right; so does one that does not tell what is ``asked``
    for and asks nothing itself. What the slot that is asked for may hold belongs to that. "And for TW-204818, too" adds
    a number, and "and the flat is 3b" goes on with a text.
    """
    if not amends(text) and (told or asks_something(text)):
        return {}
    earlier = told_before(form, asked, known)
    others = [one for one in earlier if one.kind != asked.kind or (not told and one.kind == "choice")]
    changed = told_anew(others, text, known, moment)
    if not changed and not told and asked.kind != "text":
        return _text_anew(earlier, text, known)
    return changed


def told_before(form: Form, asked: Slot, known: Mapping[str, str]) -> list[Slot]:
    """Return the slots of a form that are known, other than the one that is ``asked`` for."""
    return [slot for slot in form.slots if slot.name in known and slot.name != asked.name]


def told_anew(slots: Sequence[Slot], text: str, known: Mapping[str, str], moment: Moment) -> dict[str, str]:
    """Return which of the slots a message gives another value than is known."""
    anew = {}
    adds = bool(_ADDS.search(plain(text))) and not amends(text)
    for slot in slots:
        values = [named_in(slot, text)] if slot.kind == "choice" else list(values_in(slot, text, moment))
        before = known[slot.name]
        # Whoever says "not TW-1 but TW-2" names the first once more.
        new = next((value for value in values if value and value != before and value not in before.split(", ")), "")
        if new:
            anew[slot.name] = f"{before}, {new}" if adds and slot.kind in _CODES else new
    return anew


def without_righted(form: Form, asked: Slot, text: str, known: Mapping[str, str], moment: Moment) -> str:
    """Return a message without the clauses that put another slot right, and without the bare no before them."""
    earlier = told_before(form, asked, known)
    line = plain(text)
    clauses = [line[start:end] for start, end in clauses_of(line)]
    rights = [bool(told_anew(earlier, clause, known, moment)) for clause in clauses]
    if not any(rights):
        return text
    # What denies the value of before is about that slot, too: "no it wasn't stolen, I lost it".
    rights = [
        right or any(slot.kind == "choice" and mentions_of(slot, clause) for slot in earlier)
        for clause, right in zip(clauses, rights, strict=True)
    ]
    kept = [
        clause
        for clause, right, next_right in zip(clauses, rights, [*rights[1:], False], strict=True)
        if not right and not (next_right and _BARE_NO.fullmatch(clause))
    ]
    return ". ".join(kept)


def _text_anew(earlier: Sequence[Slot], text: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the text slot that a message puts right by its name, or goes on with."""
    texts = [slot for slot in earlier if slot.kind == "text"]
    said = set(content_words(text))
    if amends(text):
        for slot in texts:
            names = {*content_words(slot.name.replace("_", " "))}.union(*map(content_words, slot.ask.values()))
            if said & names and (anew := _SAID_ANEW.match(plain(text))):
                return {slot.name: anew["rest"].strip(" .。")}
        return {}
    found = _GOES_ON.match(plain(text))
    if found and texts and earlier[-1] is texts[-1] and not _DENIES.search(found["rest"]):
        return {texts[-1].name: f"{known[texts[-1].name]}, {found['rest'].strip()}"}
    return {}
