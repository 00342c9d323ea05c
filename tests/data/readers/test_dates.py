from __future__ import annotations

from datetime import UTC, datetime

import pytest

from replydesk.data.readers.dates import AmbiguousError, ambiguous, date_order, written


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("2026-03-04T09:05:00+08:00", "", "2026-03-04T01:05:00"),
        ("25/04/2026 9:05 pm", "", "2026-04-25T21:05:00"),
        ("04/25/2026, 12:05 AM", "", "2026-04-25T00:05:00"),
        ("3/4/2026 9:05:07", "dmy", "2026-04-03T09:05:07"),
        ("3/4/2026 9:05:07", "mdy", "2026-03-04T09:05:07"),
        ("03.04.2026 21.05", "", "2026-04-03T21:05:00"),
        ("05/05/2026", "", "2026-05-05T00:00:00"),
        ("31/12/23 09:05", "dmy", "2023-12-31T09:05:00"),
        ("March 3, 2026 9:05 PM", "", "2026-03-03T21:05:00"),
        ("3rd March 2026", "", "2026-03-03T00:00:00"),
        ("03-Mar-2026 10:00", "", "2026-03-03T10:00:00"),
        ("3. März 2026", "", "2026-03-03T00:00:00"),
        ("12 Okt. 2026", "", "2026-10-12T00:00:00"),
        ("Tue, 03 Mar 2026 09:05:00 +0800", "", "2026-03-03T01:05:00"),
        ("2026/3/4 下午 3:05", "", "2026-03-04T15:05:00"),
        ("2026/3/4 晚上 12:05", "", "2026-03-04T00:05:00"),
        ("2026/3/4 中午1:05", "", "2026-03-04T13:05:00"),
        ("4/3/2569 3:05 μ.μ.", "dmy", "2026-03-04T15:05:00"),
        ("2026年3月4日 晚上 9:05", "", "2026-03-04T21:05:00"),
        ("1772355600", "", "2026-03-01T09:00:00"),
    ],
)
def test_dates_are_read(text: str, order: str, iso: str) -> None:
    assert written(text, order) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["03/04/2026", "3-4-2026 9:05", "31/12/23", "03.04.26"])
def test_a_date_of_unknown_order_is_none_rather_than_a_wrong_one(text: str) -> None:
    assert ambiguous(text)
    with pytest.raises(AmbiguousError):
        written(text)


@pytest.mark.parametrize("text", ["昨天", "yesterday", "31/31/2026", "12 05", "2026-13-01", "99.99.2026", "Mar"])
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|does not say"):
        written(text)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2026", "25/04/2026"], "dmy"),
        (["03/04/2026", "04/25/2026"], "mdy"),
        (["03/04/2026", "05/05/2026"], ""),
        (["31/12/23", "01/12/23", "05/01/23"], "dmy"),
        (["26/03/04"], ""),
        (["2026-03-04", "soon", ""], ""),
    ],
)
def test_the_order_is_found_in_the_column(texts: list[str], order: str) -> None:
    assert date_order(texts) == order


@pytest.mark.parametrize("text", ["", "null", " NaN "])
def test_nothing_is_no_date(text: str) -> None:
    assert written(text) is None
