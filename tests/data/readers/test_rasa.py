from __future__ import annotations

import gzip
import json
import random
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Assumed, Options, Skipped, read
from replydesk.data.records import Conversation
from replydesk.data.tickets import mine

Export = Callable[..., Path]
Event = dict[str, Any]

START = 1_770_000_000.25
COLUMNS = ("id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")


def event(kind: str, second: float, text: str | None = None, **more: Any) -> Event:
    return {"event": kind, "timestamp": START + second, **({} if text is None else {"text": text}), **more}


def user(second: float, text: str, intent: str = "inform", confidence: float = 0.9) -> Event:
    parse = {"intent": {"name": intent, "confidence": confidence}, "text": text, "intent_ranking": [{"name": "x"}] * 9}
    return event("user", second, text, parse_data=parse, input_channel="rest", message_id="same")


def listen(second: float) -> Event:
    return event("action", second, name="action_listen")


ENGLISH = [
    event("action", 0, name="action_session_start"),
    event("session_started", 0.1),
    listen(0.2),
    user(1, '/greet{"name": "SYSTEM-LINE"}', "greet", 1.0),
    event("action", 1.1, name="utter_greet"),
    event("bot", 1.2, "Hello, BOT-LINE", data={"buttons": None}),
    listen(1.3),
    user(2, "My parcel \\ has a\ttab", "parcel_damaged", 0.97),
    event("slot", 2.1, name="order", value="55"),
    event("agent", 3, "Please send a picture.\nWe refund it."),
    user(4, "ok", "affirm", 0.3),
]  # fmt: skip
CHINESE = [
    user(10, "我的包裹在哪里？", "order_status", 0.91),
    event("bot", 11, "正在转人工。"),
    event("agent", 12, "已经发出，明天到。"),
]
SAID = {
    "rasa:en-1": [
        ("system", '/greet{"name": "SYSTEM-LINE"}'),
        ("bot", "Hello, BOT-LINE"),
        ("customer", "My parcel \\ has a\ttab"),
        ("agent", "Please send a picture.\nWe refund it."),
        ("customer", "ok"),
    ],
    "rasa:客户-2": [
        ("customer", "我的包裹在哪里？"),
        ("bot", "正在转人工。"),
        ("agent", "已经发出，明天到。"),
    ],
}
BOTH = {"en-1": ENGLISH, "客户-2": CHINESE}


def tracker(sender: str, events: Iterable[Any], **more: Any) -> dict[str, Any]:
    return {"sender_id": sender, "slots": {}, "latest_message": {}, "events": list(events), **more}


def rows(both: dict[str, list[Event]] = BOTH, *, shuffled: bool = True) -> list[tuple[Any, ...]]:
    told = [(sender, e) for sender, events in both.items() for e in events]
    found = [
        (number, sender, e["event"], e["timestamp"], None, e.get("name"), json.dumps({"sender_id": sender} | e))
        for number, (sender, e) in enumerate(told, 1)
    ]
    if shuffled:
        random.Random(3).shuffle(found)
    return found


def database(path: Path, table: str = "events", told: list[tuple[Any, ...]] | None = None, *, also: str = "") -> Path:
    sender = "conversation_id" if table == "conversation_event" else "sender_id"
    with closing(sqlite3.connect(path)) as made:
        made.execute(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {sender} VARCHAR(255), type_name VARCHAR(255),"
            " timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)"
        )
        made.executemany(f"INSERT INTO {table} VALUES (?,?,?,?,?,?,?)", rows() if told is None else told)
        made.executescript(also)
        made.commit()
    return path


def copied(cell: Any) -> str:
    if cell is None:
        return "\\N"
    escapes = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return "".join(escapes.get(character, character) for character in str(cell))


def pg_dump(told: Iterable[tuple[Any, ...]], table: str = "events", sender: str = "sender_id") -> list[str]:
    columns = ", ".join(sender if column == "sender_id" else column for column in COLUMNS)
    return [
        "--",
        "-- PostgreSQL database dump",
        "--",
        "SET client_encoding = 'UTF8';",
        f"CREATE TABLE public.{table} (",
        "    id integer NOT NULL,",
        ");",
        "COPY public.alembic (version, note) FROM stdin;",
        "12\tCOPY public.events (data) FROM stdin;",
        "\\.",
        f"COPY public.{table} ({columns}) FROM stdin;",
        *("\t".join(map(copied, row)) for row in told),
        "\\.",
        "",
        "COPY public.later (id) FROM stdin;",
        "1",
        "\\.",
    ]


def inserts(told: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    for row in told:
        cells = ["NULL" if c is None else str(c) if not isinstance(c, str) else f"'{c}'" for c in row]
        yield f"({', '.join(cells)})"


def mysql(told: Iterable[tuple[Any, ...]]) -> str:
    def cell(value: Any) -> str:
        if value is None or not isinstance(value, str):
            return "NULL" if value is None else str(value)
        return "'" + value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'") + "'"

    return ",".join("(" + ",".join(map(cell, row)) + ")" for row in told)


def ways(export: Export, folder: Path) -> dict[str, Path]:
    broker = [{"sender_id": sender} | e for sender, events in BOTH.items() for e in events]
    random.Random(5).shuffle(broker)
    store = database(folder / "rasa.db")
    packed = folder / "rasa.db.gz"
    packed.write_bytes(gzip.compress(store.read_bytes()))
    table = ",".join(COLUMNS)
    csv = [",".join('"' + ("" if c is None else str(c)).replace('"', '""') + '"' for c in row) for row in rows()]
    return {
        "a tracker": export("one.json", tracker("en-1", ENGLISH)),
        "trackers, pretty": export("pretty.json", json.dumps([tracker(s, e) for s, e in BOTH.items()], indent=1)),
        "trackers, lines": export("lines.jsonl", *(tracker(s, e) for s, e in BOTH.items())),
        "trackers, wrapped": export("wrapped.json", {"trackers": [tracker(s, e) for s, e in BOTH.items()]}),
        "as documented": export(
            "documented.jsonl", *({"conversation_id": s, "events": e, "active_form": {}} for s, e in BOTH.items())
        ),
        "mongo": export(
            "mongo.jsonl",
            *(
                {"_id": {"$oid": "65f"}, "sender_id": s, "events": [
                    e | {"timestamp": {"$numberDouble": str(e["timestamp"])}} for e in events
                ]}
                for s, events in BOTH.items()
            ),
        ),
        "an action server's call": export(
            "call.jsonl", *({"next_action": "x", "tracker": tracker(s, e)} for s, e in BOTH.items())
        ),
        "broker": export("broker.jsonl", *broker),
        "broker, twice": export("twice.jsonl", *broker, *broker),
        "broker, array": export("broker.json", json.dumps(broker)),
        "sqlite": store,
        "sqlite, gz": packed,
        "rasa x": database(folder / "rasa_x.db", "conversation_event"),
        "rows as csv": export("rows.csv", table, *csv),
        "rows as json": export("rows.jsonl", *(dict(zip(COLUMNS, row, strict=True)) for row in rows())),
        "pg_dump": export("dump.sql", *pg_dump(rows())),
        "pg_dump, crlf": export("crlf.sql", "\r\n".join(pg_dump(rows()))),
        "pg_dump of rasa x": export("x.sql", *pg_dump(rows(), "conversation_event", "conversation_id")),
        "inserts": export(
            "inserts.sql",
            "-- PostgreSQL database dump",
            *(f'INSERT INTO public."events" ({", ".join(COLUMNS)}) VALUES {row};' for row in inserts(rows())),
        ),
        "one insert": export(
            "insert.sql",
            "PRAGMA foreign_keys=OFF;",
            "CREATE TABLE events (id integer primary key, sender_id varchar(255) not null, type_name text,"
            " timestamp float, intent_name varchar(9), action_name varchar(255), data text, CHECK (id > 0));",
            "INSERT INTO events VALUES",
            ",\n".join(inserts(rows())) + ";",
            "INSERT INTO other VALUES(1);",
        ),
        "mysql": export("mysql.sql", "-- MySQL dump 10.13", f"INSERT INTO `events` VALUES {mysql(rows())};"),
    }  # fmt: skip


WAYS = (
    "a tracker", "trackers, pretty", "trackers, lines", "trackers, wrapped", "as documented", "mongo",
    "an action server's call", "broker", "broker, twice", "broker, array", "sqlite", "sqlite, gz", "rasa x",
    "rows as csv", "rows as json", "pg_dump", "pg_dump, crlf", "pg_dump of rasa x", "inserts", "one insert", "mysql",
)  # fmt: skip


def conversations(path: Path, options: Options | None = None) -> dict[str, Conversation]:
    reading = read(path, options=options)
    assert reading.format == "rasa"
    items = list(reading.items)
    assert not [item for item in items if isinstance(item, Skipped)]
    return {item.id: item for item in items if isinstance(item, Conversation)}


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in conversation.messages]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_conversations(export: Export, tmp_path: Path, way: str) -> None:
    paths = ways(export, tmp_path)
    assert set(paths) == set(WAYS)
    found = conversations(paths[way])
    expected = conversations(paths["trackers, lines"])
    if way == "a tracker":
        del expected["rasa:客户-2"]
    assert found == expected
    assert {name: said(conversation) for name, conversation in found.items()} == {name: SAID[name] for name in found}


def test_what_a_conversation_holds(export: Export) -> None:
    found = conversations(export("t.jsonl", *(tracker(s, e) for s, e in BOTH.items())))
    one = found["rasa:en-1"]
    assert (one.source, one.channel, one.customer, one.partial) == ("rasa", "rest", "en-1", True)
    # What the model was not sure of is no tag, and no guess is a label.
    assert one.tags == ("intent:parcel_damaged",)
    assert not any(message.intents for message in one.messages)
    assert one.messages[2].at == datetime.fromtimestamp(START + 2, UTC)
    assert [message.author for message in one.messages] == ["", "", "en-1", "", "en-1"]
    assert [(t.question, t.answer) for t in mine(one)] == [
        ("My parcel \\ has a\ttab", "Please send a picture.\nWe refund it.")
    ]
    assert [(t.question, t.answer) for t in mine(found["rasa:客户-2"])] == [("我的包裹在哪里？", "已经发出，明天到。")]


def test_the_bots_turns_are_answers_when_it_is_named_an_agent(export: Export) -> None:
    path = export("t.json", tracker("s", [user(1, "在吗？"), event("bot", 2, "在的，请说。")]))
    *_, assumed = read(path).items
    assert assumed == Assumed(
        "t.json", "what the bot said is context and never an answer", "--agents bot to learn from it"
    )
    [conversation] = conversations(path, Options(agents=("Bot",))).values()
    assert [(t.question, t.answer) for t in mine(conversation)] == [("在吗？", "在的，请说。")]


@pytest.mark.parametrize(
    ("events", "left"),
    [
        # A restart takes back all, in earlier sessions as well.
        ([user(1, "a"), event("session_started", 2), user(3, "b"), event("restart", 4), user(5, "c")], "c"),
        # A session does not.
        ([user(1, "a"), event("session_started", 2), user(3, "b")], "ab"),
        # An undo takes back the last action and what came after it.
        ([user(1, "a"), event("action", 2), event("bot", 3, "b"), event("undo", 4), user(5, "c")], "ac"),
        ([event("action", 0), user(1, "a"), event("undo", 4), user(5, "c")], "c"),
        # A rewind takes back the last message of the user, and then the action before it and what it said.
        (
            [user(1, "a"), event("action", 2), event("bot", 3, "b"), listen(4), user(5, "c"), event("action", 6),
             event("bot", 7, "d"), event("rewind", 8), user(9, "e")],
            "abe",
        ),
        (
            [user(1, "a"), event("action", 2), event("bot", 3, "b"), user(5, "c"), event("rewind", 8), user(9, "e")],
            "ae",
        ),
        # Two in a row.
        (
            [listen(0), user(1, "a"), listen(2), user(3, "b"), listen(4), user(5, "c"), event("rewind", 6),
             event("rewind", 7), user(8, "d")],
            "ad",
        ),
        # Nothing reaches back behind the beginning of a session, or of the conversation.
        ([user(1, "a"), event("session_started", 2), event("rewind", 3), user(4, "b")], "ab"),
        ([event("undo", 1), user(4, "b")], "b"),
    ],
)  # fmt: skip
def test_what_was_taken_back_is_left_out(export: Export, events: list[Event], left: str) -> None:
    random.Random(1).shuffle(events)
    [conversation] = conversations(export("t.json", tracker("s", events))).values()
    assert "".join(message.text for message in conversation.messages) == left


def test_an_external_intent_is_no_word_of_the_customer(export: Export) -> None:
    told = [event("user", 1, "EXTERNAL: remind", metadata={"is_external": True}), user(2, "EXTERNAL: drive broken")]
    [conversation] = conversations(export("t.json", tracker("s", told))).values()
    assert [message.role for message in conversation.messages] == ["system", "customer"]


def test_the_same_words_twice_are_two_messages(export: Export) -> None:
    told = [user(1, "yes"), user(1, "yes"), user(2, "yes"), {"event": "user", "text": "yes"}]
    [conversation] = conversations(export("t.json", tracker("s", told))).values()
    assert len({message.id for message in conversation.messages}) == 4


def test_what_is_wrong_is_skipped(export: Export) -> None:
    told: list[Any] = [
        user(1, "你好"), "no", {"timestamp": 1}, event("bot", 2, data={"image": "x.png"}),
        {"event": "agent", "text": "hi", "timestamp": "昨天"}, event("bot", 3, " "),
    ]  # fmt: skip
    path = export(
        "t.jsonl",
        tracker("s", told),
        tracker("empty", [listen(1)]),
        {"sender_id": "none"},
        user(1, "whose?"),
        {"type_name": "user", "sender_id": "s", "data": '{"event": "us'},
        {"type_name": "user", "sender_id": "s", "data": None},
        {"type_name": "user", "sender_id": "", "data": user(1, "hi")},
        '{"sender_id": "s", "ev',
    )
    found = [item for item in read(path).items if isinstance(item, Skipped)]
    assert [(item.where, item.why) for item in found if "JSON" not in item.why] == [
        ("t.jsonl:1:events[1]", "the event does not say what it is"),
        ("t.jsonl:1:events[2]", "the event does not say what it is"),
        ("t.jsonl:1:events[3]", "the message has no text"),
        ("t.jsonl:1:events[4]", "'昨天' is not a date that can be read"),
        ("t.jsonl:1:events[5]", "the message has no text"),
        ("t.jsonl:2", "nothing was said"),
        ("t.jsonl:3", "neither a tracker with its events nor an event"),
        ("t.jsonl:4", "the event names no sender_id"),
        ("t.jsonl:6", "the row holds no event"),
        ("t.jsonl:7", "the event names no sender_id"),
    ]
    assert [item.where for item in found if "JSON" in item.why] == ["t.jsonl:5", "t.jsonl:8"]


# -- databases of strangers


def test_a_view_is_no_tracker_store(tmp_path: Path) -> None:
    made = database(
        tmp_path / "v.db", "conversation_event", also="CREATE VIEW events AS SELECT 1 AS sender_id, 2 AS data"
    )
    assert conversations(made).keys() == SAID.keys()
    with closing(sqlite3.connect(tmp_path / "w.db")) as hostile:
        hostile.executescript("CREATE VIEW events AS SELECT 's' AS sender_id, load_extension('x') AS data")
    with pytest.raises(FormatError, match="not text"):
        read(tmp_path / "w.db")


def test_a_damaged_database_is_refused_or_said(tmp_path: Path) -> None:
    whole = database(tmp_path / "rasa.db", told=rows() * 1).read_bytes()
    schema = tmp_path / "schema.db"
    schema.write_bytes(whole.replace(b"CREATE TABLE", b"CREATE TABEL", 1))
    with pytest.raises(FormatError):
        read(schema)
    torn = tmp_path / "torn.db"
    torn.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    [skipped] = read(torn).items
    assert isinstance(skipped, Skipped)
    assert skipped.where == "torn.db:events"
    assert "cannot be read further" in skipped.why


def test_the_log_of_a_running_database_is_not_lost_in_silence(tmp_path: Path) -> None:
    made = database(tmp_path / "rasa.db")
    made.with_name("rasa.db-wal").write_bytes(b"x")
    skipped, *_ = read(made).items
    assert skipped == Skipped(
        "rasa.db-wal", "the log of a running database is not read; stop the program that writes it"
    )


def test_bytes_that_are_no_text_cost_one_row(tmp_path: Path) -> None:
    made = database(tmp_path / "rasa.db")
    with closing(sqlite3.connect(made)) as opened:
        opened.execute("INSERT INTO events VALUES (99, 's', 'user', 1, NULL, NULL, CAST(x'7bff' AS TEXT))")
        opened.commit()
    items = list(read(made).items)
    assert Skipped("rasa.db:events[99]", "the row holds bytes that are not text") in items
    assert {item.id for item in items if isinstance(item, Conversation)} == SAID.keys()


def test_the_store_is_opened_for_reading_alone(tmp_path: Path) -> None:
    made = database(tmp_path / "rasa.db")
    made.chmod(0o444)
    before = made.read_bytes()
    assert conversations(made)
    assert made.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["rasa.db"]


def test_postgres_own_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"PGDMP\x01\x0e\x00" + bytes(99))
    with pytest.raises(FormatError, match="archive format") as caught:
        read(path)
    assert "pg_restore" in caught.value.hint


def test_what_is_wrong_in_a_dump_is_skipped(export: Export) -> None:
    lines = pg_dump(rows())
    at = lines.index(f"COPY public.events ({', '.join(COLUMNS)}) FROM stdin;") + 1
    path = export("d.sql", *lines[:at], "1\thalf", *lines[at : at + len(rows()) - 2])
    found = [item for item in read(path).items if isinstance(item, Skipped)]
    assert [(item.where, item.why) for item in found] == [
        (f"d.sql:{at + 1}", "the row has 2 cells, the table 7 columns"),
        (f"d.sql:{at + len(rows()) - 1}", "the dump ends in the middle of a table"),
    ]
    torn = export("i.sql", f"INSERT INTO events VALUES {next(iter(inserts(rows())))[:-20]}")
    [skipped] = read(torn).items
    assert skipped == Skipped("i.sql:1", "the statement cannot be read, or ends early")


# -- real files


def test_five_conversations_of_a_real_helpdesk_bot(datasets: Path, export: Export) -> None:
    folder = datasets / "rasa_fixtures" / "helpdesk-assistant"
    found = conversations(folder / "tracker_dump.jsonl")
    counts = {name[5:10]: len(conversation.messages) for name, conversation in found.items()}
    # 61 messages of users and the bot; three rewinds take back six.
    assert counts == {"3c476": 9, "44adb": 7, "8587e": 10, "87ee9": 12, "b516f": 17}
    assert not [c for c in found.values() for m in c.messages if "rephrase" in m.text]
    store = folder / "rasa_x_conversations.db"
    assert conversations(store) == found
    with closing(sqlite3.connect(f"file:{store}?mode=ro&immutable=1", uri=True)) as opened:
        told = opened.execute(f"SELECT {', '.join(COLUMNS)} FROM events").fetchall()
    assert len(told) == 193
    random.Random(2).shuffle(told)
    assert conversations(export("dump.sql", *pg_dump(told))) == found
    assert conversations(export("rasa.jsonl", *(json.loads(row[-1]) for row in told))) == found


@pytest.mark.parametrize("name", ["empty_tracker", "pay_cc_confirmed"])
def test_a_real_tracker_in_which_nothing_was_said(datasets: Path, name: str) -> None:
    reading = read(datasets / "rasa_fixtures" / "financial-demo" / "tests" / "data" / f"{name}.json")
    assert (reading.format, list(reading.items)) == ("rasa", [Skipped(f"{name}.json:[0]", "nothing was said")])
