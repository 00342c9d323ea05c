"""The promise: at most so many automatic replies are wrong, and the threshold of confidence that keeps it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Final

from replydesk.dialog.bounds import binomial_tail, fewest
from replydesk.dialog.evidence import LEVELS, Counts, Evidence

__all__ = ["NEVER", "OFF", "STANDARD", "Promise", "Promises", "lowest_level", "promise_of", "promises_of", "risked"]

OFF: Final = 2.0
"""A threshold above every confidence: nothing is answered alone but the same question word for word."""

NEVER: Final = math.inf
"""A threshold where nothing at all is answered alone, since nobody is allowed to be wrong."""

STANDARD: Final = (0.01, 0.02, 0.05, 0.10)
"""The promises that a report tells of beside that of the settings."""

_AFTER: Final = 2000
_HELD: Final = 3000
_SURE: Final = 1.85
_STARTS: Final = (1, 4)
_MOST: Final = 100_000
_GROWTH: Final = 1.1


@dataclass(frozen=True, slots=True)
class Promise:
    """That at most the share ``max_wrong`` of automatic replies is wrong, with confidence 1 - ``delta``.

    Of the ``calibrated_on`` held-out messages the share ``coverage`` reaches the ``threshold``, and of those the share
    ``wrong`` was. Where nothing can be promised the threshold is :data:`OFF`; ``needed`` then says about how many more
    judged messages it takes, None where more of the same would not help. ``group`` names the language or the intent
    that it is for, '' for all, and ``widened`` says that the figures are those of a wider group.
    """

    max_wrong: float
    delta: float
    threshold: float
    coverage: float
    wrong: float
    calibrated_on: int
    needed: int | None = 0
    group: str = ""
    widened: bool = False

    @property
    def holds(self) -> bool:
        """Return whether there is a promise."""
        return self.threshold <= 1

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        told = {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}
        return told | {"holds": self.holds, "threshold": told["threshold"] if self.holds else None}


@dataclass(frozen=True)
class Promises:
    """The promises of one dial: one for all messages that ``named`` does not hold, and that of each group it holds.

    A group is a language or an intent; an intent goes before a language.
    """

    rest: Promise
    named: Mapping[str, Promise]

    def for_message(self, language: str, intent: str) -> Promise:
        """Return the promise that a message of this language, read as this intent, falls under."""
        return self.named.get(intent) or self.named.get(language) or self.rest

    def document(self) -> list[dict[str, Any]]:
        """Return the JSON form, the widest first."""
        return [one.document() for one in (self.rest, *self.named.values())]


def risked(messages: int) -> float:
    """Return how likely the bounds of a release and encoder may err that so many held-out messages gave.

    What is promised is what a team *sees*: that of the next 2,000 messages no more are answered wrongly than allowed,
    in 97 of 100 calibrations (1.85 standard deviations). That share varies around the true one as what was counted on
    ``messages`` does, and the two chances add up: the bound must stand off by sqrt(1 + messages / 2,000) times as much.
    So few messages may risk more, since their bound is wide anyway, and many may risk less; more than a training holds
    out are not asked for less than that.

    >>> [round(risked(messages), 3) for messages in (0, 100, 1000, 3000)]
    [0.032, 0.029, 0.012, 0.002]
    """
    return math.erfc(_SURE * math.sqrt((1 + min(messages, _HELD) / _AFTER) / 2)) / 2


def lowest_level(
    answered: Sequence[int] | Counts,
    wrong: Sequence[int] | Counts,
    max_wrong: float,
    delta: float,
    starts: Sequence[int] = _STARTS,
) -> int | None:
    """Return the lowest level at which at most ``max_wrong`` of what is answered is wrong, None where there is none.

    ``answered`` and ``wrong`` count what reaches each level, the lowest level first. Learn then test (Angelopoulos et
    al. 2021): each level is the hypothesis that more is wrong, with the exact binomial tail as p-value, and the levels
    are tested from the highest down. ``delta`` is parted among the ``starts``, each where so many messages are reached
    that it may have that many wrong: what was risked on a level that passes goes to the next one (fallback procedure,
    Wiens and Dmitrienko 2005), so one wrong answer high up does not end the search. All levels that pass hold at once
    with probability 1 - ``delta``. Where to start looks at confidences, never at what was right.
    """
    n, bad = [int(one) for one in answered], [int(one) for one in wrong]
    due, part = _begun(n[0] if n else 0, max_wrong, delta, sorted(starts))
    carried, lowest = 0.0, None
    for level in range(len(n) - 1, -1, -1):
        risked = carried
        while due and n[level] >= due[0]:
            due.pop(0)
            risked += part
        carried = 0.0
        if risked and bad[level] <= max_wrong * n[level] and binomial_tail(bad[level], n[level], max_wrong) <= risked:
            carried = risked
            # A lower level that nothing more reaches is no better.
            lowest = level if lowest is None or n[level] > n[lowest] else lowest
    return lowest


def _begun(reached: int, max_wrong: float, delta: float, starts: Sequence[int]) -> tuple[list[int], float]:
    """Return at how many messages each search begins, and what each risks.

    One that so many messages never reach risks nothing; where there is none left, one begins where none may be wrong.
    """
    for count in range(len(starts), 0, -1):
        due = [fewest(max_wrong, delta / count, allowed) for allowed in starts[:count]]
        if due[-1] <= reached:
            return due, delta / count
    return [fewest(max_wrong, delta)], delta


def promise_of(evidence: Evidence, max_wrong: float, delta: float | None = None, *, group: str = "") -> Promise:
    """Return what can be promised on that evidence. 0 promises nothing and answers nothing, 1 and more anything.

    ``delta`` is how likely the bound may err, that of :func:`risked` unless it is given.
    """
    total = len(evidence)
    delta = risked(total) if delta is None else delta
    if max_wrong >= 1:
        n, wrong = evidence.answered
        return Promise(max_wrong, delta, 0.0, 1.0 if total else 0.0, wrong[0] / n[0] if n[0] else 0.0, total, 0, group)
    if max_wrong <= 0:
        return Promise(max_wrong, delta, NEVER, 0.0, 0.0, total, None, group)
    n, wrong = evidence.answered
    level = lowest_level(n, wrong, max_wrong, delta)
    if level is None:
        return Promise(max_wrong, delta, OFF, 0.0, 0.0, total, _needed(evidence, max_wrong, delta), group)
    share = float(wrong[level] / n[level])
    return Promise(max_wrong, delta, float(LEVELS[level]), float(n[level] / total), share, total, 0, group)


@lru_cache(maxsize=64)
def promises_of(
    evidence: Evidence, max_wrong: float, by: tuple[tuple[str, float], ...] = (), delta: float | None = None
) -> Promises:
    """Return the promises of a dial: ``max_wrong`` for all, and for the languages and intents that ``by`` names.

    Each language with enough messages has a promise of its own, too. ``delta``, that of :func:`risked` unless it is
    given, is parted evenly, so that all promises hold at once (Bonferroni); which groups there are depends on how many
    messages they have, never on what was right. A group with too few falls back to all messages, at its own
    ``max_wrong``.
    """
    delta = risked(len(evidence)) if delta is None else delta
    wanted = dict(by)
    spoken = [name for name in evidence.languages if name]
    if len(spoken) == 1:
        # The one language that there is, is all there is.
        max_wrong = wanted.pop(spoken[0], max_wrong)
        spoken = []
    intents = {name: share for name, share in wanted.items() if name not in spoken}
    languages = {name: wanted.get(name, max_wrong) for name in spoken}
    part = delta / (1 + len(intents) + len(languages))

    def able(found: Evidence, share: float) -> bool:
        return len(found) >= (_fewest(share, part) if 0 < share < 1 else 1)

    own = {name: found for name, share in intents.items() if able(found := evidence.among(intent=name), share)}
    apart = [*own]
    for name, share in languages.items():
        found = evidence.among(language=name, without=apart)
        if able(found, share):
            own[name] = found
    shares = {name: share for name, share in (intents | languages).items() if name in own or name in wanted}
    part = delta / (1 + len(shares))
    named = {
        name: replace(promise_of(own.get(name, evidence), share, part, group=name), widened=name not in own)
        for name, share in shares.items()
    }
    rest = evidence.among(without=[*own])
    return Promises(promise_of(rest if able(rest, max_wrong) else evidence, max_wrong, part), named)


def _fewest(max_wrong: float, delta: float) -> int:
    return fewest(max_wrong, delta)


def _needed(evidence: Evidence, max_wrong: float, delta: float) -> int | None:
    """Return about how many more judged messages are needed, should they be like those that there are.

    At each level it is asked how many messages like those that reach it make the bound low enough; the share of wrong
    ones is taken a little higher than it was, (w + 1/2) / (n + 1).
    """
    share = delta / risked(len(evidence))
    least = _enough(0.0, 1.0, max_wrong, share)
    if not len(evidence):
        return least
    best: int | None = None
    for n, wrong in sorted({(int(a), int(b)) for a, b in zip(*evidence.answered, strict=True)}):
        risk = (wrong + 0.5) / (n + 1) if wrong else 0.0
        if not n or risk >= max_wrong:
            continue
        size = _enough(risk, len(evidence) / n, max_wrong, share)
        if size is None:
            continue
        more = max(1, round(size * len(evidence) / n) - len(evidence))
        if best is None or more < best:
            best = more
    return best


def _enough(risk: float, times: float, max_wrong: float, share: float) -> int | None:
    """Return how many that reach a level make its bound low enough if ``risk`` of them is wrong, None where too many.

    There are ``times`` as many in all; ``share`` is that of what is risked.
    """

    def low(size: int) -> bool:
        return binomial_tail(int(risk * size), size, max_wrong) <= share * risked(round(size * times))

    least = size = _fewest(max_wrong, share * risked(0))
    while not low(size):
        size = int(size * _GROWTH) + 1
        if size >= _MOST:
            return None
    # Where none is wrong, one more never hurts, so the very number can be looked for.
    return size if risk else bisect_left(range(size), True, lo=least, key=low)
