"""Where Rasa's events are found, and how they come in order: the same list for a sender, however they were exported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from replydesk.data.readers import sqldump, sqlitefile
from replydesk.data.readers.base import Skipped, Source, moment
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.sheets import sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.records import content_id

__all__ = ["Placed", "Tracker", "holds_events", "time_of", "trackers"]

_STORE = ("id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
_TABLES = {"events": _STORE, "conversation_event": ("id", "conversation_id", *_STORE[2:])}
_SENDERS = ("sender_id", "conversation_id")
_LISTS = ("trackers", "conversations")
_TOLD = frozenset({"action", "agent", "bot", "restart", "rewind", "session_started", "undo", "user"})
_KNOWN = _TOLD | {
    "action_execution_rejected", "active_loop", "cancel_reminder", "dialogue_stack_updated", "export", "flow_cancelled",
    "flow_completed", "flow_interrupted", "flow_resumed", "flow_started", "followup", "form", "form_validation",
    "loop_interrupted", "pause", "reminder", "reset_slots", "resume", "session_ended", "slot", "stack",
    "undo_last_rewind", "user_featurization",
}  # fmt: skip


class Placed(NamedTuple):
    """An event of one conversation, reduced to what is read of it, and where it stood."""

    where: str
    event: dict[str, Any]


def holds_events(source: Source) -> bool:
    """Return whether a file holds trackers, events, or a database or table of events."""
    if sqlitefile.is_sqlite(source):
        return _table(source) is not None
    if any(_is_rasa(record.value) for record in first(source, inside=_LISTS)):
        return True
    return _is_table(source) or sqldump.tables(source, tuple(_TABLES))


def _is_rasa(value: Mapping[str, Any]) -> bool:
    if _is_row(value) or _is_event(value):
        return True
    events = _tracker(value).get("events")
    return isinstance(events, list) and any(isinstance(event, dict) and _is_event(event) for event in events)


def _is_event(value: Mapping[str, Any]) -> bool:
    return str(value.get("event")) in _KNOWN and ("timestamp" in value or "sender_id" in value)


def _is_row(value: Mapping[str, Any]) -> bool:
    return str(value.get("type_name")) in _KNOWN and "data" in value and any(sender in value for sender in _SENDERS)


def _is_table(source: Source) -> bool:
    found = sheet(source)
    if found is None or not found.delimiter:
        return False
    header = set(found.header)
    return {"type_name", "data"} <= header and not header.isdisjoint(_SENDERS)


def _tracker(value: Mapping[str, Any]) -> Mapping[str, Any]:
    # An action server is sent the tracker beside the action that it shall run.
    inner = value.get("tracker")
    return inner if isinstance(inner, dict) and "events" not in value else value


def _table(source: Source) -> str | None:
    found = sqlitefile.tables(source)
    for table in _TABLES:
        if "data" in found.get(table, ()) and any(sender in found[table] for sender in _SENDERS):
            return table
    return None


# -- one list of events for each sender, however they came


Tracker = tuple[str, str, list[Placed]]
"""The place, the sender and the events in order."""


def trackers(source: Source) -> Iterator[Tracker | Skipped]:
    """Yield the events of each sender that are messages, or take messages back."""
    if sqlitefile.is_sqlite(source):
        yield from _of_database(source)
        return
    with Spill() as events:
        if first(source, inside=_LISTS):
            yield from _of_json(source, events)
        elif _is_table(source):
            yield from _of_table(source, events)
        else:
            yield from _of_dump(source, events)
        for sender, cells in events.groups():
            once: dict[str, Placed] = {}
            for position, (where, event, mark) in enumerate(cells):
                once.setdefault(mark or str(position), Placed(where, json.loads(event)))
            yield cells[0][0], sender, _in_time(once.values())


def _of_json(source: Source, aside: Spill) -> Iterator[Tracker | Skipped]:
    with Spill() as rows:
        for item in records(source, inside=_LISTS):
            if isinstance(item, Skipped):
                yield item
            elif _is_row(item.value):
                yield from _put_aside(rows, item.where, item.value)
            elif not isinstance(event := item.value.get("event"), str) or "events" in item.value:
                yield from _of_tracker(item)
            elif not (sender := _sender(item.value)):
                yield Skipped(item.where, "the event names no sender_id")
            elif event in _TOLD:
                # A broker that delivers at least once may give an event twice.
                dated = item.value.get("timestamp") is not None
                mark = content_id(json.dumps(item.value, sort_keys=True)) if dated else ""
                aside.add(sender, [item.where, json.dumps(_reduced(item.value)), mark])
        _by_number(rows, aside)


def _of_tracker(item: Record) -> Iterator[Tracker | Skipped]:
    tracker = _tracker(item.value)
    events = tracker.get("events")
    if not isinstance(events, list):
        yield Skipped(item.where, "neither a tracker with its events nor an event")
        return
    told: list[Placed] = []
    for position, event in enumerate(events):
        where = f"{item.where}:events[{position}]"
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            yield Skipped(where, "the event does not say what it is")
        elif event["event"] in _TOLD:
            told.append(Placed(where, _reduced(event)))
    sender = _sender(tracker) or _sender(item.value) or _sender(*(e for e in events[:1] if isinstance(e, dict)))
    if not sender:
        sender = content_id("rasa", *(json.dumps(placed.event, sort_keys=True) for placed in told))
    yield item.where, sender, _in_time(told)


def _of_database(source: Source) -> Iterator[Tracker | Skipped]:
    table = _table(source)
    assert table is not None
    columns = sqlitefile.tables(source)[table]
    sender = next(name for name in _SENDERS if name in columns)
    order = [name for name in (sender, "timestamp", "id") if name in columns]
    found = sqlitefile.rows(source, table, [*order, "data"], order)
    for told, items in groupby(found, key=lambda item: "" if isinstance(item, Skipped) else str(item[1][sender])):
        events: list[Placed] = []
        for item in items:
            event = item if isinstance(item, Skipped) else _event(item[0], item[1])
            if isinstance(event, Skipped):
                yield event
            elif event is not None and told:
                events.append(event)
        if events:
            yield f"{source.name}:{table}:{told}", told, _in_time(events)


def _of_table(source: Source, aside: Spill) -> Iterator[Skipped]:
    found = sheet(source)
    with Spill() as rows:
        for item in found.rows() if found else ():
            if isinstance(item, Skipped):
                yield item
            else:
                where, cells = item
                yield from _put_aside(rows, where, dict(zip(found.header if found else (), cells, strict=True)))
        _by_number(rows, aside)


def _of_dump(source: Source, aside: Spill) -> Iterator[Skipped]:
    # Rasa X has its own table, and the tracker store's beside it where both are used.
    with Spill() as events, Spill() as of_rasa_x:
        rows = {"events": events, "conversation_event": of_rasa_x}
        for item in sqldump.rows(source, _TABLES):
            if isinstance(item, Skipped):
                yield item
            else:
                where, table, row = item
                yield from _put_aside(rows[table], where, row)
        if not _by_number(events, aside):
            _by_number(of_rasa_x, aside)


def _put_aside(rows: Spill, where: str, row: Mapping[str, Any]) -> Iterator[Skipped]:
    event = _event(where, row)
    if isinstance(event, Skipped):
        yield event
    elif event is not None:
        if sender := _sender(row) or event.event["sender_id"]:
            rows.add(sender, [str(_number(row)), where, json.dumps(event.event)])
        else:
            yield Skipped(where, "the event names no sender_id")


def _by_number(rows: Spill, aside: Spill) -> bool:
    """Move rows on in the order of their ids, in which they were written; return whether there were any."""
    some = False
    for sender, cells in rows.groups():
        some = True
        for _, where, event in sorted(cells, key=lambda row: float(row[0])):
            aside.add(sender, [where, event, ""])
    return some


def _event(where: str, row: Mapping[str, Any]) -> Placed | Skipped | None:
    data = row.get("data")
    if isinstance(data, (str, bytes)):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as error:
            return Skipped(where, f"the event is not complete JSON ({error})")
    if not isinstance(data, dict):
        return Skipped(where, "the row holds no event")
    kind = data.get("event") or row.get("type_name")
    if not isinstance(kind, str):
        return Skipped(where, "the event does not say what it is")
    filled = {"timestamp": row.get("timestamp"), **data, "event": kind}
    return Placed(where, _reduced(filled)) if kind in _TOLD else None


def _reduced(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is read of an event; what the model thought of every intent is most of its bytes."""
    parse, about = event.get("parse_data"), event.get("metadata")
    parse = parse if isinstance(parse, dict) else {}
    intent = parse.get("intent")
    intent = intent if isinstance(intent, dict) else {}
    text = event.get("text")
    return {
        "event": event["event"],
        "timestamp": _plain(event.get("timestamp")),
        "text": text if isinstance(text, str) else parse.get("text") if isinstance(parse.get("text"), str) else "",
        "channel": event.get("input_channel") if isinstance(event.get("input_channel"), str) else "",
        "intent": intent.get("name") if isinstance(intent.get("name"), str) else "",
        "confidence": _plain(intent.get("confidence")),
        "external": isinstance(about, dict) and about.get("is_external") is True,
        "sender_id": _sender(event),
    }


def _plain(value: object) -> Any:
    # MongoDB writes numbers and dates of its own as {"$numberDouble": "1.5"} and {"$date": "..."}.
    if isinstance(value, dict) and len(value) == 1:
        return _plain(next(iter(value.values())))
    return value


def _sender(*values: Mapping[str, Any]) -> str:
    for value in values:
        for name in _SENDERS:
            if isinstance(sender := _plain(value.get(name)), (str, int)) and not isinstance(sender, bool):
                return str(sender).strip()
    return ""


def _number(row: Mapping[str, Any]) -> float:
    try:
        return float(row.get("id") or 0)
    except (TypeError, ValueError):
        return 0.0


def _in_time(events: Iterable[Placed]) -> list[Placed]:
    """Return the events by time; one without a readable time stays behind the one it followed."""
    clock, timed = datetime.min.replace(tzinfo=UTC), []
    for placed in events:
        clock = time_of(placed) or clock
        timed.append((clock, placed))
    return [placed for _, placed in sorted(timed, key=lambda pair: pair[0])]


def time_of(placed: Placed) -> datetime | None:
    """Return when an event happened; None when it does not say, or not readably."""
    try:
        return moment(placed.event["timestamp"])
    except ValueError:
        return None
