"""What every written date has in common: each word of the clock, each month, each way to count years."""

from __future__ import annotations

import re

import pytest

from replydesk.data.quantities.clock import HALF_DAY, MONTHS, hour_of, month_of, year_of


@pytest.mark.parametrize(
    ("hour", "half", "meant"),
    [
        (0, "", 0),
        (15, "", 15),
        (12, "am", 0),
        (12, "p.m.", 12),
        (3, "PM", 15),
        (15, "pm", 15),
        (12, "上午", 0),
        (9, "早上", 9),
        (11, "中午", 11),
        (12, "中午", 12),
        (1, "中午", 13),
        (3, "下午", 15),
        (8, "晚上", 20),
        (12, "晚上", 0),
        (2, "半夜", 2),
        (11, "半夜", 23),
        (3, "午後", 15),
        (3, "오후", 15),
        (3, "μ.μ.", 15),
        (3, "م", 15),
        (12, "ص", 0),
    ],
)
def test_an_hour_with_its_half_of_the_day(hour: int, half: str, meant: int) -> None:
    assert hour_of(hour, half) == meant
    assert not half or re.fullmatch(HALF_DAY, half, re.I)


def test_months_by_name() -> None:
    assert [month_of(name) for name in MONTHS] == list(range(1, 13))
    assert [month_of(name) for name in ("März", "Mai", "OKTOBER", "Dezember", "September")] == [3, 5, 10, 12, 9]
    with pytest.raises(ValueError, match="not in tuple"):
        month_of("Brumaire")


def test_years_in_few_digits_and_of_the_thai_calendar() -> None:
    assert [year_of(digits) for digits in ("26", "2026", "1999", "2569")] == [2026, 2026, 1999, 2026]
