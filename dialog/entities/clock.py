"""Times of day in English and Chinese."""

from __future__ import annotations

from replydesk.data.quantities.times import clock_times
from replydesk.dialog.entities.scan import Scan

__all__ = ["times"]


def times(scan: Scan) -> None:
    """Find times of day, as ``15:30``."""
    for one in clock_times(scan.left):
        scan.take("time", f"{one.hour:02}:{one.minute:02}", one.start, one.end)
