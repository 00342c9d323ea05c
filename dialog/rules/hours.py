"""Business hours: whether the team is there at a moment, and when it is there next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from replydesk.data.errors import RequestError
from replydesk.data.quantities.dates import MONTHS
from replydesk.dialog.rules.source import Table

__all__ = ["Hours", "Span", "read_hours"]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS_ZH = "一二三四五六日"
_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)")
# Who is closed for longer than that has no next opening.
_FAR = 400


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of a day from its midnight, ``close`` not included; it may lie on the next day."""

    open: int
    close: int


@dataclass(frozen=True)
class Hours:
    """Spans for each weekday, Monday first, in a time zone; ``dates`` have spans of their own, a holiday none.

    >>> Hours("Europe/London", ((Span(540, 1020),),) * 5 + ((), ())).is_open(datetime(2026, 11, 25, 10, tzinfo=UTC))
    True
    """

    zone: str
    week: tuple[tuple[Span, ...], ...]
    dates: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def is_open(self, at: datetime) -> bool:
        """Return whether the team is there at a moment. Raises :class:`RequestError` for one without a zone."""
        moment, day = self.local(at).astimezone(UTC), self.local(at).date()
        # A span of yesterday may reach over midnight.
        near = (*self._spans(day - timedelta(days=1)), *self._spans(day))
        return any(start <= moment < stop for start, stop in near)

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when the team is there next: ``at`` itself where it is there, None where it never comes."""
        local = self.local(at)
        if self.is_open(at):
            return local
        moment = local.astimezone(UTC)
        for days in range(_FAR):
            starts = [start for start, _ in self._spans(local.date() + timedelta(days=days)) if start >= moment]
            if starts:
                return self.local(min(starts))
        return None

    def told(self, at: datetime, language: str) -> str:
        """Return a moment as a customer reads it, such as ``Monday 30 November, 09:00``."""
        local = self.local(at)
        if language == "zh":
            return f"{local.month}月{local.day}日（周{_DAYS_ZH[local.weekday()]}）{local:%H:%M}"
        return f"{_DAYS[local.weekday()].title()} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"

    def local(self, at: datetime) -> datetime:
        """Return a moment in the zone of the hours. Raises :class:`RequestError` for one without a zone."""
        if at.tzinfo is None:
            raise RequestError("A time without a zone says no moment.", where=str(at), hint="Write it with +00:00.")
        return at.astimezone(self._zone)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the spans that begin on a day, as moments in UTC, where clocks that are put on do no harm."""
        spans = self.dates[day] if day in self.dates else self.week[day.weekday()]
        return [(self._moment(day, span.open), self._moment(day, span.close)) for span in sorted(spans)]

    def _moment(self, day: date, minutes: int) -> datetime:
        there = day + timedelta(days=minutes // 1440)
        return datetime.combine(there, time(minutes % 1440 // 60, minutes % 60), self._zone).astimezone(UTC)


def read_hours(table: Table) -> Hours | None:
    """Return the hours of a table ``[hours]``, None where there is none. Raises SettingsError with the line."""
    if not table.values:
        return None
    table.refuse_unknown({"zone", "holidays", "dates", *_DAYS}, "[hours]")
    zone = table.text("zone")
    if not zone:
        raise table.error("[hours] needs its time zone.", 'Write zone = "Europe/London" or zone = "Asia/Shanghai".')
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "Write a name of the IANA list, such as Europe/London or Asia/Shanghai."
        raise table.error(f"There is no time zone {zone}.", hint, "zone") from None
    week = tuple(_spans(table, day) for day in _DAYS)
    own = table.sub("dates")
    dates: dict[date, tuple[Span, ...]] = {}
    for key in own.values:
        dates[_date(own, key, key)] = _spans(own, key)
    value = table.values.get("holidays", [])
    for place, one in enumerate(value if isinstance(value, list) else [value]):
        dates.setdefault(_date(table, one, "holidays", place), ())
    if not any(week) and not any(dates.values()):
        raise table.error("[hours] opens on no day.", 'Write monday = "09:00-17:30" and so on.')
    return Hours(zone, week, dates)


def _date(table: Table, value: Any, *keys: str | int) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise table.error(f"{value} is no date.", "Write 2026-12-25.", *keys) from None


def _spans(table: Table, key: str) -> tuple[Span, ...]:
    value = table.values.get(key, [])
    found = []
    for place, one in enumerate(value if isinstance(value, list) else [value]):
        match = _SPAN.fullmatch(one.strip()) if isinstance(one, str) else None
        if not match:
            raise table.error(
                f"{key} has no hours in {one!r}.", f'Write {key} = "09:00-17:30"; [] is closed.', key, place
            )
        first, last = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if max(first, last) > 1440 or first in (last, 1440):
            hint = "Write when it opens and closes; a day ends at 24:00."
            raise table.error(f"{key}: {one} is no span of time.", hint, key, place)
        found.append(Span(first, last if last > first else last + 1440))
    for one, after in zip(sorted(found), sorted(found)[1:], strict=False):
        if after.open < one.close:
            raise table.error(f"{key} has spans that overlap.", "Join them to one.", key)
    return tuple(sorted(found))
