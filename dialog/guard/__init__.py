"""The guard: what must be heard before anything is answered, and what must not leave the desk."""

from __future__ import annotations

from replydesk.dialog.guard.alarms import Alarm, AlarmKind, alarm_of
from replydesk.dialog.guard.markup import neutral
from replydesk.dialog.guard.others import asks_about_somebody_else, not_told
from replydesk.dialog.guard.outgoing import Guarded, Problem, guarded
from replydesk.dialog.guard.protocol import alarm_text, is_repeated
from replydesk.dialog.guard.team import TeamHosts
from replydesk.dialog.guard.urls import allowed_hosts, host_of, hosts_in, is_allowed

__all__ = [
    "Alarm",
    "AlarmKind",
    "Guarded",
    "Problem",
    "TeamHosts",
    "alarm_of",
    "alarm_text",
    "allowed_hosts",
    "asks_about_somebody_else",
    "guarded",
    "host_of",
    "hosts_in",
    "is_allowed",
    "is_repeated",
    "neutral",
    "not_told",
]
