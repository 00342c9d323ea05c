"""Templates: what many answers have in common, with slots where they differ.

Before answers are compared, what changes from case to case becomes a slot: placeholders, links, addresses, numbers and
codes, dates, and the names that stand after a greeting or in a signature. Those that are near-duplicates then are one
template. It is shown as the commonest of them; a piece that the others do not share there is a slot, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from replydesk.data.text import HAN, KANA

__all__ = ["LEAST", "slot_form", "template_text", "wordy"]

LEAST: Final = 3
"""The answers that make a template: `docs/why/curation.md` says how it was chosen."""

SAMPLES: Final = 12
"""The answers by which a template is shown; more of them do not change what they share."""

_SHARED = 0.75
_WORDS = 5
# Characters of an answer: what comes after them does not change what it is about.
_LONGEST = 1000

_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_DAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SLOT = (
    rf"<[A-Z]+_\d+>|(?:https?://|www\.)[!-~]+|(?<![A-Za-z\d])[A-Za-z\d._+-]+@[A-Za-z\d-]+\.[A-Za-z\d.-]+|[@#]\w+"
    rf"|(?<![A-Za-z\d])[£€$¥]?(?:[A-Za-z]+-)?[A-Za-z]*\d(?:[A-Za-z\d]|[-.,:/](?=[A-Za-z]*\d))*%?|\b(?i:{_MONTHS}|{_DAYS})\b"
)
_SLOTS = re.compile(_SLOT)
_PIECE = re.compile(
    rf"{_SLOT}|[{HAN}{KANA}]|[^\W\d_{HAN}{KANA}]+(?:['’][^\W\d_{HAN}{KANA}]+)*|\s+|.", re.S
)  # fmt: skip
_LATIN_WORD = re.compile(rf"[^\W\d_{HAN}{KANA}]+")
_EASTERN = re.compile(f"[{HAN}{KANA}]")
_NAME = r"[A-ZÀ-Ý][\w'’-]*"
_GREETED = re.compile(
    r"^\s*(?i:hi|hello|hey|dear|thanks|thank you|good (?:morning|afternoon|evening)|morning|afternoon|evening)"
    r"(?i: there)?,? "
    rf"(?!(?:We|I|You|Your|Please|Thanks|Thank|Can|Could|The|This|For|There|Just|Sorry)\b)"
    rf"(?P<name>{_NAME}(?: {_NAME})?)(?=\s*[,.!，:\n–-]|$)"
)
_SIGNED = re.compile(rf"(?:^|[\s.!?])(?:[-–—~^*/]\s?|(?i:regards|thanks|cheers|best),?\s+)(?P<name>{_NAME})\s*$")
_GREETED_ZH = re.compile(rf"^\s*(?:尊敬的|亲爱的)?(?P<name>[{HAN}]{{1,3}})(?=(?:先生|女士|小姐|同学)[，,：:！!])")
_NAMED = (_GREETED, _GREETED_ZH, _SIGNED)


def slot_form(answer: str) -> str:
    """Return an answer with ``{}`` for what changes from case to case.

    >>> slot_form("Hi Ana, your order TW-204817 left us on 3 May.")
    'Hi {}, your order {} left us on {} May.'
    >>> slot_form("王先生，您的订单 TW-204817 已于5月3日发货。")
    '{}先生，您的订单 {} 已于{}月{}日发货。'
    """
    for pattern in _NAMED:
        if named := pattern.search(answer):
            answer = f"{answer[: named.start('name')]}{{}}{answer[named.end('name') :]}"
    return _SLOTS.sub("{}", answer)


def wordy(answer: str) -> bool:
    """Return whether an answer has words enough to be a template: five, a Chinese character counting as half of one."""
    return len(_LATIN_WORD.findall(form := slot_form(answer[:_LONGEST]))) + len(_EASTERN.findall(form)) / 2 >= _WORDS


def template_text(answers: Sequence[str]) -> str:
    """Return what answers share, with numbered slots; the same for the same answers in any order.

    >>> template_text(["Hi Ana, order 12 left on Monday.", "Hi Bo, order 13 left on Friday."])
    'Hi {1}, order {2} left on {3}.'
    """
    counts = Counter(answers)
    if not counts:
        return ""
    base, *others = sorted(counts, key=lambda text: (-counts[text], text))[:SAMPLES]
    if not others:
        return base
    pieces = _pieces(base)
    shared = [1] * len(pieces)
    for other in others:
        for place in _matched(pieces, _pieces(other)):
            shared[place] += 1
    return _numbered(pieces, [count >= _SHARED * (len(others) + 1) for count in shared])


def _matched(pieces: Sequence[str], others: Sequence[str]) -> list[int]:
    """Return the places of the pieces that another answer has, too."""
    if len(pieces) == len(others):
        same = [place for place, (one, other) in enumerate(zip(pieces, others, strict=True)) if one == other]
        if len(same) >= _SHARED * len(pieces):
            return same
    blocks = SequenceMatcher(None, pieces, others, autojunk=False).get_matching_blocks()
    return [place for block in blocks for place in range(block.a, block.a + block.size)]


def _pieces(answer: str) -> list[str]:
    """Return the words, characters, blanks, signs and slots of an answer; a name is one of them."""
    answer = answer[:_LONGEST]
    named = {found.start("name"): found.end("name") for p in _NAMED if (found := p.search(answer))}
    pieces: list[str] = []
    end = 0
    while found := _PIECE.match(answer, end):
        start, end = end, named.get(end, found.end())
        pieces.append(answer[start:end])
    return pieces


def _numbered(pieces: Sequence[str], fixed: Sequence[bool]) -> str:
    """Return the fixed pieces with a numbered slot for every run of others; blanks between two of them belong to it."""
    shown: list[str] = []
    number = 0
    for piece, kept in zip(pieces, fixed, strict=True):
        if kept:
            shown.append(piece)
        elif len(shown) > 1 and shown[-1].isspace() and shown[-2] == f"{{{number}}}":
            shown.pop()
        elif not shown or shown[-1] != f"{{{number}}}":
            number += 1
            shown.append(f"{{{number}}}")
    return "".join(shown)
