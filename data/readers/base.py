"""What every reader of exports shares: what it yields, what a person says about an export, roles, flags and dates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Protocol

from replydesk.data.readers.source import SAMPLE, Source, bounded, broken
from replydesk.data.records import Conversation, Message, Role, Suggested, Ticket, Verdict, content_id

__all__ = [
    "SAMPLE",
    "Assumed",
    "Item",
    "Options",
    "Reader",
    "Skipped",
    "Source",
    "any_of",
    "bounded",
    "broken",
    "in_order",
    "moment",
    "private",
    "role_of",
    "short",
    "str_of",
    "yes",
]

_ID_LENGTH = 200

_EPOCH = re.compile(r"-?\d{9,13}(?:\.\d+)?")
_ZONE = re.compile(r"\s*(?:UTC|GMT)$|\s+(?=[+-]\d\d:?\d\d$)")
_TWITTER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})")
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?)?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PUBLIC = frozenset(
    ("", "false", "0", "0.0", "no", "n", "f", "none", "null", "nan", "public", "否", "公开", "{}", "[]")
)

_ROLES: dict[Role, str] = {
    "customer": "customer user client visitor end-user enduser requester consumer buyer guest contact "
    "lead human inbound incoming 客户 顾客 用户 买家 访客",
    "agent": "agent admin staff support operator representative rep employee advisor seller outbound "
    "outgoing 客服 坐席 座席 人工 人工客服 商家 卖家",
    "bot": "bot chatbot assistant ai robot automation virtual-agent 机器人 智能客服",
    "note": "note internal private internal-note 备注 内部备注",
    "system": "system event developer tool 系统",
}
_ROLE_OF: dict[str, Role] = {word: role for role, words in _ROLES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A piece of an export that was left out: ``where`` is ``file.csv:12`` or ``file.json:tickets[3]``."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a reader took for granted because the export does not say it, and how to say it otherwise.

    >>> Assumed("chat.txt", "Emma answers for the team, because Ann wrote first", "--agents NAME")
    Assumed(where='chat.txt', what='Emma answers for the team, because Ann wrote first', cure='--agents NAME')
    """

    where: str
    what: str
    cure: str = ""


Item = Conversation | Ticket | Verdict | Suggested | Skipped | Assumed
"""What a reader yields. The verdicts of a conversation follow it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person says about an export that it does not say itself.

    ``columns`` maps the fields of a table to its columns. ``agents`` are names, ids, addresses or mail domains
    (``@shop.example``) of those who answer for the team, where an export gives names and no roles. ``dates`` is the
    order of day and month in dates such as 03/04/2026: ``dmy``, ``mdy``, or ``""`` to find it out. ``encoding`` is what
    the text is written in, where that cannot be found. ``unpacked_gb`` is how much may come out of a packed file.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    agents: tuple[str, ...] = ()
    dates: str = ""
    encoding: str = ""
    unpacked_gb: float = 64


class Reader(Protocol):
    """One format. A reader keeps no state, so that one instance serves every file."""

    @property
    def name(self) -> str:
        """Return the word for ``--format``."""

    def matches(self, source: Source) -> bool:
        """Return whether the content looks like this format; the name of the file decides nothing."""

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield what the export holds. A bad row becomes a :class:`Skipped` and never stops the rest."""


def moment(value: object) -> datetime | None:
    """Return the time in UTC, or None for nothing.

    Known are ISO 8601 (without a zone it is UTC), epoch seconds, epoch milliseconds (beyond 1e11),
    ``2020-03-03 13:05:57 UTC``, ``Tue Oct 31 22:10:47 +0000 2017``, ``2020/3/3 9:05`` and ``2020年3月3日``.
    Anything else raises ValueError; dates that begin with the day or the month cannot be told apart.
    """
    try:
        if value is None or isinstance(value, datetime):
            found = value
        elif isinstance(value, str) and value[4:5] == "-" and (fits := _iso(value)):
            found = fits
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found = _epoch(value)
        else:
            found = _written(str(value).strip())
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{str(value)[:60]!r} is not a date that can be read") from None


def _iso(text: str) -> datetime | None:
    # Most exports write ISO 8601, and trying that first halves the time.
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _epoch(value: float) -> datetime:
    if not math.isfinite(value):
        raise ValueError
    return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)


def _written(text: str) -> datetime | None:
    if text.casefold() in ("", "null", "none", "nan", "nat"):
        return None
    if _EPOCH.fullmatch(text):
        return _epoch(float(text) if "." in text else int(text))
    if found := _TWITTER.fullmatch(text):
        month, day, clock, zone, year = found.groups()
        return datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{clock}{zone}")
    try:
        return datetime.fromisoformat(_ZONE.sub(lambda match: "+00:00" if match[0].strip() else "", text))
    except ValueError:
        if found := _YEAR_FIRST.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        raise


def role_of(value: object) -> Role | None:
    """Return the role that a help desk's word stands for, or None when the word is unknown.

    >>> role_of("End User"), role_of("坐席")
    ('customer', 'agent')
    """
    if (role := _ROLE_OF.get(value) if isinstance(value, str) else None) is not None:
        return role
    return _ROLE_OF.get("-".join(str(value).casefold().replace("_", " ").replace("-", " ").split()))


def yes(value: object) -> bool:
    """Return whether an exported flag is set: true, 1, yes, t or y in any case, or 是."""
    return str(value).strip().casefold() in ("true", "1", "1.0", "yes", "t", "y", "是")


def private(value: object) -> bool:
    """Return whether a flag of privacy is to be taken as set: whatever does not clearly say no keeps a text private.

    >>> private("False"), private("public"), private(None), private("team only")
    (False, False, False, True)
    """
    return str(value).strip().casefold() not in _PUBLIC


def str_of(value: object) -> str:
    """Return a text, '' for whatever is none."""
    return value if isinstance(value, str) else ""


def any_of(*alternatives: str) -> str:
    """Return the pattern of any of these patterns."""
    return f"(?:{'|'.join(alternatives)})"


def short(name: str) -> str:
    """Return an id that the store can keep: itself, or its hash when it is longer than 200 characters."""
    return name if len(name) <= _ID_LENGTH else content_id(name)


def in_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return the messages by time; one without a time stays behind the one it followed."""
    clock = datetime.min.replace(tzinfo=UTC)
    timed = []
    for message in messages:
        clock = message.at or clock
        timed.append((clock, message))
    return tuple(message for _, message in sorted(timed, key=itemgetter(0)))
