"""The latency budget of reranking: what it is likely to take now, and whether there is time for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

__all__ = ["FEWEST", "DecidedBudget", "LatencyBudget"]

FEWEST = 3
"""Fewer candidates than these are not worth reranking: three are shown as evidence."""
_NEW = 0.2
_FORGOTTEN = 30.0


class LatencyBudget:
    """Says how many of the candidates can be reranked within so many milliseconds, the wait for others included.

    It learns what a token costs from what was measured: the estimate moves a fifth of the way to each new measurement,
    and halves with every 30 seconds without one, so that after a busy hour reranking is tried again. Before the first
    measurement everything is admitted. One caller computes at a time, since one request uses every core; who would have
    to wait too long is told at once to go without. Safe to use from several threads.

    >>> budget = LatencyBudget(60)
    >>> with budget.turn([40, 50, 30]) as admitted:
    ...     admitted
    3
    """

    def __init__(self, milliseconds: float, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self.milliseconds = milliseconds
        self._clock = clock
        self._state, self._model = threading.Lock(), threading.Lock()
        self._cost = 0.0
        self._measured_at = 0.0
        self._free_at = 0.0
        self._admitted = 0

    @property
    def milliseconds_a_token(self) -> float:
        """Return what a token is expected to cost now, 0 while nothing is known."""
        return self._cost * self._remembered(self._clock())

    @contextmanager
    def turn(self, tokens: Sequence[int]) -> Iterator[int]:
        """Yield how many of the first candidates may be computed now, 0 for none, and hold the model meanwhile.

        ``tokens`` are those of each candidate, best first. Fewer than all are admitted where all would take too long,
        but not fewer than three of them.
        """
        count, cost = self._book(tokens)
        if not count:
            yield 0
            return
        patience = max(0.0, self.milliseconds - cost) / 1000
        if not self._model.acquire(timeout=patience):
            # Those before took longer than was foreseen.
            self._leave(cost)
            yield 0
            return
        began = self._clock()
        try:
            yield count
            spent = 1000 * (self._clock() - began)
        except BaseException:
            self._leave(cost)
            raise
        else:
            self._leave(cost, spent, sum(tokens[:count]))
        finally:
            self._model.release()

    def _book(self, tokens: Sequence[int]) -> tuple[int, float]:
        """Return how many are admitted and the milliseconds that they are expected to take, the wait not included."""
        if self.milliseconds <= 0:
            return 0, 0.0
        with self._state:
            now, each = self._clock(), self.milliseconds_a_token
            wait = 1000 * max(0.0, self._free_at - now) if self._admitted else 0.0
            for count in range(len(tokens), min(FEWEST, len(tokens)) - 1, -1):
                cost = each * sum(tokens[:count])
                if count and wait + cost <= self.milliseconds:
                    self._free_at = now + (wait + cost) / 1000
                    self._admitted += 1
                    return count, cost
        return 0, 0.0

    def _leave(self, expected: float, spent: float | None = None, tokens: int = 0) -> None:
        with self._state:
            self._admitted -= 1
            now = self._clock()
            if spent is None:
                self._free_at -= expected / 1000
                return
            # Who waits behind is served earlier or later by what this one took less or more.
            self._free_at += (spent - expected) / 1000
            if tokens:
                kept = (1 - _NEW) * self._remembered(now) if self._cost else 0.0
                self._cost = kept * self._cost + (1 - kept) * spent / tokens
                self._measured_at = now

    def _remembered(self, now: float) -> float:
        return float(0.5 ** ((now - self._measured_at) / _FORGOTTEN))


class DecidedBudget(LatencyBudget):
    """A budget that does not look at the time: so many candidates are computed as were before.

    ``counts`` are those of one turn after another; those that come after the last get as many as the last.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        super().__init__(1.0)
        self._counts = list(counts)

    @contextmanager
    def turn(self, tokens: Sequence[int]) -> Iterator[int]:
        """Yield how many of the candidates are computed."""
        count = self._counts.pop(0) if len(self._counts) > 1 else self._counts[0]
        yield min(count, len(tokens))
