"""Drift: what people say of automatic replies, against what was promised of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from replydesk.dialog.bounds import binomial_tail, fewest, stakes_won
from replydesk.dialog.evidence import LEVELS, Evidence, level_of
from replydesk.dialog.promise import OFF, Promise

__all__ = ["Judgement", "Watch", "watch"]

_DELTA: Final = 0.02
"""How likely a promise that is kept is ever doubted, and how likely one that was raised comes back too early."""

_FEWEST: Final = 10
"""Verdicts below which nothing is concluded: two people's bad day is no drift."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's verdict on an automatic reply: how sure the desk was, and whether the reply was right."""

    confidence: float
    right: bool
    language: str = ""
    intent: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Where verdicts have moved the threshold of a promise: never below it, and above it while they speak against it.

    ``verdicts`` and ``wrong`` count those on replies that the promise covers; ``alarms`` how often more were wrong than
    chance allows.
    """

    promise: Promise
    threshold: float
    verdicts: int = 0
    wrong: int = 0
    alarms: int = 0

    @property
    def drifted(self) -> bool:
        """Return whether the threshold stands above what was calibrated."""
        return self.threshold > self.promise.threshold

    def document(self) -> dict[str, Any]:
        """Return the JSON form: that of the promise, and what verdicts made of it."""
        held = self.promise.document()
        now = round(self.threshold, 6) if self.threshold <= 1 else None
        told = {"verdicts": self.verdicts, "verdicts_wrong": self.wrong, "alarms": self.alarms}
        return held | told | {"threshold_now": now, "drifted": self.drifted}


def watch(promise: Promise, evidence: Evidence, judgements: Iterable[Judgement], delta: float = _DELTA) -> Watch:
    """Return what the verdicts, oldest first, say of a promise; the same verdicts always give the same.

    A bet against the promise goes on from verdict to verdict; when it has won 1 / ``delta``, which happens with a
    probability of at most ``delta`` while the promise is kept, the threshold rises to the next level at which the
    held-out messages and the verdicts together keep it and the verdicts alone do not speak against it; where there is
    none, nothing is answered alone. A raised threshold goes half of the way back when the verdicts since then prove by
    themselves that it is kept: at the k-th look the exact bound is taken at 1 - ``delta`` / (k (k + 1)), so all looks
    together err with a probability of at most ``delta``. It never goes below what was calibrated: only a training does
    that.
    """
    most = promise.max_wrong
    if not promise.holds or not 0 < most < 1:
        return Watch(promise, promise.threshold)
    base = int(level_of(promise.threshold))
    level, stretch, looks, alarms, count, wrong = base, _Stretch(most), 0, 0, 0, 0
    for one in judgements:
        reached = int(level_of(one.confidence))
        if reached < base:
            continue
        count, wrong = count + 1, wrong + (not one.right)
        if reached < level:
            continue
        stretch.add(reached, not one.right)
        if len(stretch.wrong) >= _FEWEST and stretch.won >= 1 / delta:
            level = _next_level(level, stretch, evidence, most, delta)
            stretch, alarms = _Stretch(most), alarms + 1
        elif level > base:
            share = delta / ((looks + 1) * (looks + 2))
            # With each look more is asked for, and more verdicts are awaited before it.
            if len(stretch.wrong) >= fewest(most, share, looks):
                looks += 1
                if binomial_tail(sum(stretch.wrong), len(stretch.wrong), most) <= share:
                    level, stretch = base + (level - base) // 2, _Stretch(most)
    moved = promise.threshold if level == base else float(LEVELS[level]) if level < len(LEVELS) else OFF
    return Watch(promise, moved, count, wrong, alarms)


class _Stretch:
    """The verdicts since the threshold was last moved, and what a bet against the promise has won on them."""

    def __init__(self, max_wrong: float) -> None:
        self._most = max_wrong
        self.levels: list[int] = []
        self.wrong: list[bool] = []
        self._logs = stakes_won([], max_wrong)

    @property
    def won(self) -> float:
        """Return what somebody owns who started with 1."""
        return float(np.exp(np.minimum(self._logs, 600.0)).mean())

    def add(self, level: int, wrong: bool) -> None:
        """Take one more verdict."""
        self.levels.append(level)
        self.wrong.append(wrong)
        self._logs = self._logs + stakes_won([wrong], self._most)


def _next_level(level: int, stretch: _Stretch, evidence: Evidence, most: float, delta: float) -> int:
    """Return the lowest level above that keeps the promise on all that is known, one past the last where none does."""
    n, bad = evidence.answered
    for higher in range(level + 1, len(LEVELS)):
        ours = [wrong for reached, wrong in zip(stretch.levels, stretch.wrong, strict=True) if reached >= higher]
        total, wrong = int(n[higher]) + len(ours), int(bad[higher]) + sum(ours)
        if not total or not ours:
            continue
        if _speaks_against(ours, most, delta) or sum(ours) > most * len(ours):
            continue
        if binomial_tail(wrong, total, most) <= delta:
            return higher
    return len(LEVELS)


def _speaks_against(wrong: Sequence[bool], most: float, delta: float) -> bool:
    return bool(np.exp(np.minimum(stakes_won(wrong, most), 600.0)).mean() >= 1 / delta)
