"""Introductions in English: the clauses that do nothing but say who writes, or from where.

Not a list of sentences. A clause introduces somebody where it names a person, whose name is a placeholder already, or
a place, or says what somebody is, is no question, speaks of the writer, and has no word besides but those of a closed
class: pronouns, prepositions, forms of *be*, *live*, *come*, *write*, greetings, closings, words for customers and
homes. *I'm from Leeds* does, *my parcel is in Leeds* and *do you ship to Leeds* do not. In other clauses about the
writer only the place is left out: *I run a bakery in Leeds*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from replydesk.data.privacy.lexicon import words
from replydesk.dialog.clauses import Clause, Span, clauses_of
from replydesk.dialog.closedwords import ASKING, CLOSERS, DOING, FIELDS, HERE, OPENERS, PLAIN, ROLES, WRITER
from replydesk.dialog.personwords import MARKS

__all__ = ["introduced"]

_SELF: Final = words("i i'm i've we we're we've my our")
_ADJUNCT: Final = re.compile(
    r"\b(?:(?:speaking|writing|asking|talking) )?(?:as|being)\s+(?:an?|your|one|some(?:body|one)|people)\b"
    r"|\b(?:over |up |down |out )?here in\s",
    re.I,
)
_LEAD: Final = re.compile(
    r"\s*\b(?:from|in|near|around|of|(?<=moved )to|(?<=moved here )to)\s+"
    r"(?:(?:the|sunny|rainy|old|north|south|east|west)\s+)?\Z",
    re.I,
)
_TELLING: Final = (
    WRITER | ROLES | CLOSERS | OPENERS | words("it's that's moved grew raised coming retired married question message")
)
_IF: Final = words("if although though unless when whenever while not because since than")
_LEFT: Final = re.compile(r"^\W*(?:and|but|so)\s+(?=\w)|^[\s,.;:!)\u2014\u2013-]+", re.I)


def introduced(text: str) -> str:
    """Return an English message without what introduces who writes.

    A place stays where the message asks about it, also as *here* or *to us*.

    >>> introduced("Hello, <NAME_1> here. I'm from Leeds and my lamp is broken")
    'my lamp is broken'
    >>> introduced("I run a bakery in Leeds. Do you ship to Lagos?")
    'I run a bakery. Do you ship to Lagos?'
    """
    plain = text.translate(MARKS)
    left = _without_writer(plain)
    return left if left != plain else text


def _without_writer(text: str) -> str:
    clauses = clauses_of(text)
    if not any(one.named or one.places for one in clauses):
        return text
    gone = _runs(clauses)
    left = _without(text, gone)
    if HERE.search(left) and any(one.places for one in clauses):
        # The place is where something shall be sent; the name may go.
        gone = _runs([one for one in clauses if not one.places])
        return _without(text, gone)
    for number, one in enumerate(clauses):
        if one.places and not any(start <= one.start and one.stop <= end for start, end in gone):
            before = clauses[number - 1] if number else one
            # "Where I live, in Leeds, …": the place belongs to what is told before.
            aside = (
                one.kind == "little"
                and before.mark.strip() == ","
                and not _SELF.isdisjoint(before.words)
                and not DOING.search(text, before.start, one.stop)
            )
            gone += _placing(text, one, about=before.words if aside else one.words)
    return _without(text, gone)


def _runs(clauses: Sequence[Clause]) -> list[Span]:
    """Return the spans of neighbouring clauses of a sentence that introduce somebody."""
    found: list[Span] = []
    run: list[Clause] = []
    for number, one in enumerate([*clauses, None]):
        if one is not None and one.kind != "asking":
            run.append(one)
            if not _ends(one.mark) or _goes_with(clauses, number):
                continue
        told = {word for part in run for word in part.words}
        if any(_introduces(part, clauses) for part in run) or (
            len(told) < 4 and not FIELDS.isdisjoint(told) and any(part.places for part in run)
        ):
            found.append((run[0].start, run[-1].end))
        run = []
    return found


def _ends(mark: str) -> bool:
    return bool(set(mark) & set(".!?\n"))


def _goes_with(clauses: Sequence[Clause], number: int) -> bool:
    """Return whether a closing such as *Thanks!* has the name that follows it."""
    one = clauses[number]
    return bool(set(one.words) & CLOSERS) and number == len(clauses) - 2 and clauses[-1].named


def _introduces(one: Clause, clauses: Sequence[Clause]) -> bool:
    """Return whether a clause introduces somebody; a name alone does at the ends of a message only."""
    if one.kind != "introducing":
        return False
    alone = not (set(one.words) & (PLAIN - ROLES))
    if not alone:
        return True
    if one is clauses[-1]:
        last = clauses[-2] if len(clauses) > 1 else None
        signed = last is None or not set(last.mark).isdisjoint(".!?\n-\u2014\u2013(")
        return signed or not CLOSERS.isdisjoint(last.words if last else ())
    before = clauses[: clauses.index(one)]
    return (
        all(other.kind == "little" for other in before)
        and not one.mark.strip().startswith((":", "?"))
        and len(one.words) < 4
    )


def _placing(text: str, one: Clause, about: Sequence[str]) -> list[Span]:
    """Return where a clause that says something besides names the place of who writes; ``about`` tell of whom."""
    found: list[Span] = []
    telling = "?" not in one.mark and one.words[0] not in ASKING
    for start, stop in one.places:
        adjunct = next((m for m in _ADJUNCT.finditer(text, one.start, start) if m.end() <= start), None)
        if adjunct is not None and one.words[0] not in ASKING:
            found.append((adjunct.start(), one.stop if "," in one.mark or ":" in one.mark else stop))
            continue
        lead = _LEAD.search(text, one.start, start)
        if (
            telling
            and not _TELLING.isdisjoint(about)
            and lead
            and _IF.isdisjoint(one.words)
            and not DOING.search(text, one.start, one.stop)
        ):
            found.append((lead.start(), stop))
    return found


def _without(text: str, gone: Sequence[Span]) -> str:
    """Return a text without these spans, and without the marks and joining words that they leave behind."""
    if not gone:
        return text
    parts, at = [], 0
    for start, end in sorted(gone):
        if text[start - 1 : start] == "(" and ")" in text[start:end]:
            start -= 1
        if start >= at:
            parts.append(text[at:start])
        at = max(at, end)
    parts.append(text[at:])
    kept = [parts[0], *(_LEFT.sub("", part) if _opens(parts[i]) else part for i, part in enumerate(parts[1:]))]
    left = ""
    for part in kept:
        # "Where I live, in Leeds, people talk" had two commas.
        part = part[1:] if left.rstrip()[-1:] == "," == part[:1] else part
        left += part if not left or left[-1].isspace() or part[:1].isspace() or not part[:1].isalnum() else f" {part}"
    return left.strip().removesuffix("(").rstrip()


def _opens(before: str) -> bool:
    """Return whether what follows begins a sentence."""
    return not before.strip() or before.rstrip()[-1] in ".!?\n"
