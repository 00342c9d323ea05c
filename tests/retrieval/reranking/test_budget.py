"""The latency budget: it learns what a token costs, takes fewer where time is short, and skips instead of queueing."""

from __future__ import annotations

import threading

import pytest

from replydesk.retrieval.reranking.budget import LatencyBudget


class Clock:
    """A clock that only moves when it is told to, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, milliseconds: float) -> None:
        self.now += milliseconds / 1000


@pytest.fixture
def clock() -> Clock:
    return Clock()


def use(budget: LatencyBudget, clock: Clock, tokens: list[int], each: float) -> int:
    """Take a turn in which every token takes so many milliseconds."""
    with budget.turn(tokens) as admitted:
        clock.pass_by(each * sum(tokens[:admitted]))
    return admitted


def test_before_the_first_measurement_all_are_admitted_and_then_the_cost_is_known(clock: Clock) -> None:
    budget = LatencyBudget(60, clock=clock)
    assert budget.milliseconds_a_token == 0
    assert use(budget, clock, [50] * 10, 0.1) == 10
    assert budget.milliseconds_a_token == pytest.approx(0.1)
    assert use(budget, clock, [50] * 10, 0.2) == 10
    # A fifth of the way, less the little that was forgotten within .1 seconds.
    assert budget.milliseconds_a_token == pytest.approx(0.12, abs=0.001)


@pytest.mark.parametrize(
    ("milliseconds", "admitted"), [(60.0, 10), (50.1, 10), (49.0, 9), (26.0, 5), (16.0, 3), (14.0, 0), (0.0, 0)]
)
def test_fewer_are_admitted_where_all_would_take_too_long(clock: Clock, milliseconds: float, admitted: int) -> None:
    budget = LatencyBudget(1000, clock=clock)
    use(budget, clock, [100], 0.1)
    budget.milliseconds = milliseconds
    with budget.turn([50] * 10) as found:
        assert found == admitted


def test_a_single_candidate_is_admitted_alone_or_not_at_all(clock: Clock) -> None:
    budget = LatencyBudget(5, clock=clock)
    use(budget, clock, [100], 0.1)
    assert use(budget, clock, [40], 0.1) == 1
    assert use(budget, clock, [60], 0.1) == 0
    assert use(budget, clock, [], 0.1) == 0


def test_who_would_wait_too_long_is_told_at_once(clock: Clock) -> None:
    budget = LatencyBudget(60, clock=clock)
    use(budget, clock, [50] * 10, 0.1)
    with budget.turn([50] * 10) as first:
        assert first == 10
        # Some 50 milliseconds to wait: even three candidates would be too late.
        with budget.turn([50] * 10) as second:
            assert second == 0
        clock.pass_by(50)
    with budget.turn([50] * 10) as third:
        assert third == 10


def test_who_waits_a_little_gets_fewer(clock: Clock) -> None:
    budget = LatencyBudget(60, clock=clock)
    use(budget, clock, [50] * 10, 0.1)
    found: list[int] = []

    def second() -> None:
        with budget.turn([50] * 10) as admitted:
            found.append(admitted)

    with budget.turn([50] * 10):
        clock.pass_by(25)
        thread = threading.Thread(target=second)
        thread.start()
        while budget._admitted < 2:
            threading.Event().wait(0.001)
    thread.join(30)
    # 25 of the 60 milliseconds are left for the wait: 35 for candidates of 5 each.
    assert found == [7]


def test_an_overdue_model_is_not_waited_for_beyond_the_budget(clock: Clock) -> None:
    budget = LatencyBudget(20, clock=clock)
    use(budget, clock, [50] * 3, 0.1)
    found: list[int] = []

    def second() -> None:
        with budget.turn([50] * 3) as admitted:
            found.append(admitted)

    with budget.turn([50] * 3):
        clock.pass_by(500)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(30)
    assert found == [0]
    assert use(budget, clock, [50] * 3, 0.1) == 0, "what was measured is known"


def test_after_a_busy_time_it_is_tried_again(clock: Clock) -> None:
    budget = LatencyBudget(60, clock=clock)
    assert use(budget, clock, [50] * 10, 1.0) == 10
    assert use(budget, clock, [50] * 10, 0.1) == 0
    clock.pass_by(30_000)
    assert budget.milliseconds_a_token == pytest.approx(0.5, rel=0.01)
    clock.pass_by(95_000)
    assert use(budget, clock, [50] * 10, 0.1) == 10
    # So long ago that the old measurement hardly counts.
    assert budget.milliseconds_a_token == pytest.approx(0.1, rel=0.5)


def test_a_failure_teaches_nothing_and_blocks_nobody(clock: Clock) -> None:
    budget = LatencyBudget(60, clock=clock)
    use(budget, clock, [50] * 10, 0.1)
    with pytest.raises(ValueError, match="broken"), budget.turn([50] * 10):
        clock.pass_by(10_000)
        raise ValueError("broken")
    assert budget.milliseconds_a_token == pytest.approx(0.1 * 0.5 ** (10 / 30), rel=0.01)
    assert use(budget, clock, [50] * 10, 0.1) == 10


def test_many_threads_are_served_or_skipped_and_never_computed_together() -> None:
    budget = LatencyBudget(1000)
    running, most, served = 0, 0, []
    lock = threading.Lock()

    def ask() -> None:
        nonlocal running, most
        for _ in range(20):
            with budget.turn([10] * 5) as admitted:
                if admitted:
                    with lock:
                        running += 1
                        most = max(most, running)
                    with lock:
                        running -= 1
                served.append(admitted)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1
    assert len(served) == 160
    assert budget._admitted == 0
