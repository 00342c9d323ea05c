"""Business hours: weekdays, holidays, midnight, and clocks that are put on or back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from replydesk.data.errors import RequestError
from replydesk.dialog.rules.hours import Hours, read_hours
from replydesk.dialog.rules.source import Source

TEXT = """
[hours]
zone = "Europe/London"
monday = "09:00-17:30"
tuesday = ["09:00-12:00", "13:00-17:30"]
wednesday = "09:00-17:30"
friday = "22:00-02:00"
saturday = "00:30-03:00"
sunday = "00:00-24:00"
holidays = [2026-12-25, "2026-11-25"]
[hours.dates]
2026-11-26 = "10:00-12:00"
"""


def hours(text: str = TEXT) -> Hours:
    found = read_hours(Source.of(text).table().sub("hours"))
    assert found is not None
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "open_now", "next_opening"),
    [
        ("2026-11-23T08:59:59+00:00", False, "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T09:00:00+00:00", True, "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T17:29:59+00:00", True, "2026-11-23T17:29:59+00:00"),
        ("2026-11-23T17:30:00+00:00", False, "2026-11-24T09:00:00+00:00"),
        ("2026-11-24T12:30:00+00:00", False, "2026-11-24T13:00:00+00:00"),
        # A holiday, then a day with hours of its own, then a night over midnight.
        ("2026-11-25T10:00:00+00:00", False, "2026-11-26T10:00:00+00:00"),
        ("2026-11-26T12:00:00+00:00", False, "2026-11-27T22:00:00+00:00"),
        ("2026-11-28T01:59:00+00:00", True, "2026-11-28T01:59:00+00:00"),
        ("2026-11-28T02:30:00+00:00", True, "2026-11-28T02:30:00+00:00"),
        ("2026-11-28T03:00:00+00:00", False, "2026-11-29T00:00:00+00:00"),
        ("2026-11-29T23:59:59+00:00", True, "2026-11-29T23:59:59+00:00"),
        # The same moment told in another zone.
        ("2026-11-23T17:00:00+08:00", True, "2026-11-23T09:00:00+00:00"),
        # In summer London is an hour ahead.
        ("2026-07-06T08:00:00+00:00", True, "2026-07-06T09:00:00+01:00"),
        ("2026-07-06T16:30:00+00:00", False, "2026-07-07T09:00:00+01:00"),
        # Clocks go back on 25 October at 02:00: the Sunday has 25 hours, and all of them are open.
        ("2026-10-25T00:30:00+00:00", True, "2026-10-25T01:30:00+01:00"),
        ("2026-10-25T01:30:00+00:00", True, "2026-10-25T01:30:00+00:00"),
    ],
)
def test_open_now_and_next(moment: str, open_now: bool, next_opening: str) -> None:
    found = hours()
    assert found.is_open(at(moment)) is open_now
    there = found.next_opening(at(moment))
    # Python takes no two zones for equal in an hour that comes twice.
    assert there is not None and there.astimezone(UTC) == at(next_opening)


def test_who_never_opens_again_has_no_next_opening() -> None:
    found = hours('[hours]\nzone = "UTC"\n[hours.dates]\n2026-11-26 = "10:00-12:00"')
    assert found.next_opening(at("2026-11-26T11:00:00+00:00")) == at("2026-11-26T11:00:00+00:00")
    assert found.next_opening(at("2026-11-26T12:00:00+00:00")) is None


def test_a_moment_is_told_in_the_language_and_the_zone() -> None:
    found = hours()
    assert found.told(at("2026-11-30T09:00:00+00:00"), "en") == "Monday 30 November, 09:00"
    assert found.told(at("2026-07-05T08:00:00+00:00"), "zh") == "7月5日（周日）09:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(RequestError, match="without a zone"):
        hours().is_open(datetime(2026, 11, 23, 10, tzinfo=UTC).replace(tzinfo=None))


def test_no_table_is_no_hours() -> None:
    assert read_hours(Source.of("").table().sub("hours")) is None
