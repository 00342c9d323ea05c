"""Rasa's conversations: tracker dumps, events of a broker, and the SQL tracker store as a file or as a dump.

Every way gives the same conversations, because all of them carry the same events. What a restart, an undo or a rewind
took back is left out, as Rasa leaves it out. The intent that the bot recognised is a guess of a model: it becomes a tag
``intent:NAME`` of the conversation, never a label.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from replydesk.data.errors import FormatError
from replydesk.data.readers import sqldump, sqlitefile
from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source, moment, short
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.sheets import sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["Rasa", "applied"]

_STORE = ("id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
_TABLES = {"events": _STORE, "conversation_event": ("id", "conversation_id", *_STORE[2:])}
_SENDERS = ("sender_id", "conversation_id")
_LISTS = ("trackers", "conversations")
_TURNS: dict[str, Role] = {"user": "customer", "bot": "bot", "agent": "agent"}
_TOLD = frozenset({*_TURNS, "action", "restart", "rewind", "session_started", "undo"})
_KNOWN = _TOLD | {
    "action_execution_rejected", "active_loop", "cancel_reminder", "dialogue_stack_updated", "export", "flow_cancelled",
    "flow_completed", "flow_interrupted", "flow_resumed", "flow_started", "followup", "form", "form_validation",
    "loop_interrupted", "pause", "reminder", "reset_slots", "resume", "session_ended", "slot", "stack",
    "undo_last_rewind", "user_featurization",
}  # fmt: skip
_SURE = 0.5
_EXTERNAL = "EXTERNAL: "
_POSTGRES_ARCHIVE = b"PGDMP"


class _Placed(NamedTuple):
    """An event of one conversation, reduced to what is read of it, and where it stood."""

    where: str
    event: dict[str, Any]


class Rasa:
    """Trackers, events and tracker stores of Rasa Open Source, Rasa Pro and Rasa X.

    >>> Rasa().name
    'rasa'
    """

    name = "rasa"

    def matches(self, source: Source) -> bool:
        """Return whether this is a tracker, an event, or a database or table of events."""
        if source.is_folder:
            return False
        if sqlitefile.is_sqlite(source):
            return _table(source) is not None
        if source.start(len(_POSTGRES_ARCHIVE)) == _POSTGRES_ARCHIVE:
            raise FormatError(
                "The dump is in PostgreSQL's own archive format.",
                where=source.name,
                hint="Turn it into text: pg_restore --table=events --file=events.sql DUMP",
            )
        if any(_is_rasa(record.value) for record in first(source, inside=_LISTS)):
            return True
        return _is_table(source) or sqldump.tables(source, tuple(_TABLES))

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per sender: all sessions, each message with the time at which it was said.

        With ``bot`` among the agents the bot's turns are those of an agent, so that they become answers.
        """
        as_agent = "bot" in {agent.strip().casefold() for agent in options.agents}
        roles = _TURNS | ({"bot": "agent"} if as_agent else {})
        said: Counter[Role] = Counter()
        for item in _trackers(source):
            if isinstance(item, Skipped):
                yield item
                continue
            for told in _conversation(*item, roles):
                if isinstance(told, Conversation):
                    said.update(message.role for message in told.messages)
                yield told
        if said["bot"] and not said["agent"]:
            yield Assumed(
                source.name, "what the bot said is context and never an answer", "--agents bot to learn from it"
            )


def applied(events: Iterable[_Placed]) -> list[_Placed]:
    """Return the events that count, as ``DialogueStateTracker.applied_events`` of Rasa 3 finds them.

    A restart takes back everything before it; an undo everything from the last action on; a rewind everything from
    the last message of the user on, and then from the action before it. A new session takes nothing back here,
    because what was said in an earlier one was said; but nothing reaches back behind its beginning. The happy path of
    a form, which Rasa hides from its policies, stays as well.
    """
    earlier: list[_Placed] = []
    done: list[_Placed] = []
    for placed in events:
        kind = placed.event["event"]
        if kind == "restart":
            earlier, done = [], []
        elif kind == "session_started":
            earlier, done = earlier + done, []
        elif kind == "undo":
            _back_to("action", done)
        elif kind == "rewind":
            _back_to("user", done)
            _back_to("action", done)
        else:
            done.append(placed)
    return earlier + done


def _back_to(kind: str, done: list[_Placed]) -> None:
    while done and done.pop().event["event"] != kind:
        continue


# -- what a file holds


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


Tracker = tuple[str, str, list[_Placed]]
"""The place, the sender and the events in order."""


def _trackers(source: Source) -> Iterator[Tracker | Skipped]:
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
            once: dict[str, _Placed] = {}
            for position, (where, event, mark) in enumerate(cells):
                once.setdefault(mark or str(position), _Placed(where, json.loads(event)))
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
    told: list[_Placed] = []
    for position, event in enumerate(events):
        where = f"{item.where}:events[{position}]"
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            yield Skipped(where, "the event does not say what it is")
        elif event["event"] in _TOLD:
            told.append(_Placed(where, _reduced(event)))
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
        events: list[_Placed] = []
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


def _event(where: str, row: Mapping[str, Any]) -> _Placed | Skipped | None:
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
    return _Placed(where, _reduced(filled)) if kind in _TOLD else None


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


def _in_time(events: Iterable[_Placed]) -> list[_Placed]:
    """Return the events by time; one without a readable time stays behind the one it followed."""
    clock, timed = datetime.min.replace(tzinfo=UTC), []
    for placed in events:
        clock = _time(placed) or clock
        timed.append((clock, placed))
    return [placed for _, placed in sorted(timed, key=lambda pair: pair[0])]


def _time(placed: _Placed) -> datetime | None:
    try:
        return moment(placed.event["timestamp"])
    except ValueError:
        return None


# -- what was said


def _conversation(where: str, sender: str, events: Sequence[_Placed], roles: Mapping[str, Role]) -> Iterator[Item]:
    identity = short(f"rasa:{sender}")
    messages: list[Message] = []
    heard: Counter[tuple[str, ...]] = Counter()
    channel, guessed = "", []
    for placed in applied(events):
        event = placed.event
        if (role := roles.get(event["event"])) is None:
            continue
        text = event["text"]
        channel = channel or event["channel"]
        if event["event"] == "user" and (text.startswith("/") or (event["external"] and text.startswith(_EXTERNAL))):
            role = "system"
        elif event["intent"] and _sure(event["confidence"]):
            guessed.append(f"intent:{event['intent']}")
        if not text.strip():
            yield Skipped(placed.where, "the message has no text")
            continue
        if (at := _time(placed)) is None and event["timestamp"] is not None:
            yield Skipped(placed.where, f"{str(event['timestamp'])[:60]!r} is not a date that can be read")
            continue
        # Only the customer's messages have ids, and not every channel makes new ones.
        key = (at.isoformat() if at else "", event["event"], text)
        heard[key] += 1
        name = content_id(identity, *key, *([str(heard[key])] if heard[key] > 1 else []))
        author = sender if role == "customer" else ""
        messages.append(Message(short(f"{identity}:{name}"), role, text, at, author=author))
    if not messages:
        yield Skipped(where, "nothing was said")
        return
    yield Conversation(
        identity,
        tuple(messages),
        source="rasa",
        channel=channel,
        customer=sender,
        tags=tuple(dict.fromkeys(guessed)),
        partial=True,
    )


def _sure(confidence: object) -> bool:
    try:
        return float(confidence) >= _SURE  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
