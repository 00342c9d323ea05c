from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Assumed, Options, Skipped, read
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine

Export = Callable[..., Path]

USERS = [
    {"id": "U1", "team_id": "T1", "name": "ann", "profile": {"display_name": "ann", "real_name": "Ann Lee"}},
    {"id": "U2", "team_id": "T1", "name": "bo", "real_name": "Bo Ek", "profile": {"email": "Bo@Shop.example"}},
    {"id": "U3", "team_id": "T1", "name": "李雷", "profile": {"display_name": "Li Lei"}},
    {"id": "U4", "team_id": "T1", "name": "helper", "is_bot": True, "profile": {}},
]
CHANNELS = [{"id": "C1", "name": "support"}, {"id": "C2", "name": "退货"}]
DMS = [{"id": "D1", "members": ["U1", "U2"]}]
T0, T1 = "1772355600.000100", "1772355660.000200"


def said(user: str, text: str, ts: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


def in_thread(user: str, text: str, ts: str, **more: Any) -> dict[str, Any]:
    return said(user, text, ts, thread_ts=T0, parent_user_id="U1", **more)


THREAD = [
    in_thread("U2", "Sent <@U1> &amp; done, see <https://a.example|order>", T1),
    said("U1", "refund for <@U2>? <#C2>", T0, thread_ts=T0, reply_count=2, replies=[{"user": "U2", "ts": T1}]),
    in_thread("U3", "好的", "1772355661.000200", subtype="thread_broadcast", root={"text": "again"}),
]


@pytest.fixture
def workspace(export: Export, tmp_path: Path) -> Callable[..., Path]:
    """Writes an export with these days of a channel and returns its folder."""

    def write(days: dict[str, list[Any]], *, at: str = "x", about: bool = True) -> Path:
        for name, messages in days.items():
            export(f"{at}/{name}.json", json.dumps(messages))
        if about:
            for name, value in (("users", USERS), ("channels", CHANNELS), ("dms", DMS), ("integration_logs", [{}])):
                export(f"{at}/{name}.json", json.dumps(value))
        return tmp_path / at.partition("/")[0]

    return write


def conversations(path: Path, options: Options | None = None) -> list[Conversation]:
    reading = read(path, options=options)
    assert reading.format == "slack"
    return [item for item in reading.items if isinstance(item, Conversation)]


def told(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in conversation.messages]


EXPECTED = Conversation(
    f"slack:C1:{T0}",
    (
        Message(
            f"slack:C1:{T0}", "customer", "refund for @bo? #退货", datetime.fromtimestamp(float(T0), UTC), "U1"
        ),
        Message(
            f"slack:C1:{T1}", "agent", "Sent @ann & done, see order (https://a.example)",
            datetime.fromtimestamp(float(T1), UTC), "U2",
        ),
        Message(
            "slack:C1:1772355661.000200", "agent", "好的", datetime.fromtimestamp(1772355661.0002, UTC), "U3"
        ),
    ),
    source="slack",
    channel="slack",
    customer="U1",
    tags=("support",),
    partial=True,
)  # fmt: skip


@pytest.mark.parametrize("at", ["x", "x/Acme Slack export"])
def test_a_thread_is_a_conversation(workspace: Callable[..., Path], at: str, tmp_path: Path) -> None:
    # A thread goes on in the files of later days.
    folder = workspace({"support/2026-03-01": THREAD[:2], "support/2026-03-02": THREAD[2:]}, at=at)
    assert conversations(folder) == [EXPECTED]
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*.json")):
            packed.write(path, path.relative_to(folder))
    assert conversations(archive) == [EXPECTED]


def test_what_is_in_no_thread_goes_by_channel_and_day(workspace: Callable[..., Path]) -> None:
    folder = workspace(
        {
            "support/2026-03-01": [said("U1", "open?", "1772400000.000100"), said("U2", "yes", "1772409600.000100")],
            "support/2026-03-02": [said("U2", "谁值班？", "1772450000.000100")],
            "退货/2026-03-01": [said("U3", "在吗", "1772400000.000100")],
            "D1/2026-03-01": [said("U2", "hello", "1772400000.000100"), said("U1", "hi", "1772400001.000100")],
        }
    )
    found = {conversation.id: conversation for conversation in conversations(folder)}
    assert {name: (c.tags, told(c)) for name, c in found.items()} == {
        # Both stand in one file, though in UTC the second was written a day later.
        "slack:C1:2026-03-01": (("support",), [("customer", "open?"), ("agent", "yes")]),
        "slack:C1:2026-03-02": (("support",), [("customer", "谁值班？")]),
        "slack:C2:2026-03-01": (("退货",), [("customer", "在吗")]),
        "slack:D1:2026-03-01": ((), [("customer", "hello"), ("agent", "hi")]),
    }


@pytest.mark.parametrize("agents", [("U2",), ("bo",), ("Bo Ek",), ("@bo",), ("BO@shop.example",), ("@shop.example",)])
def test_who_the_agents_are_can_be_said(workspace: Callable[..., Path], agents: tuple[str, ...]) -> None:
    folder = workspace({"support/2026-03-01": [said("U2", "Good morning", "1772350000.000100"), *THREAD]})
    reading = list(read(folder, options=Options(agents=agents)).items)
    assert not [item for item in reading if isinstance(item, Assumed)]
    day, thread = (item for item in reading if isinstance(item, Conversation))
    assert told(day) == [("agent", "Good morning")]
    assert [role for role, _ in told(thread)] == ["customer", "agent", "customer"]


def test_agents_who_wrote_nothing_are_named(workspace: Callable[..., Path]) -> None:
    folder = workspace({"support/2026-03-01": THREAD})
    *_, assumed = read(folder, options=Options(agents=("zoe",))).items
    assert assumed == Assumed("x", "nobody who wrote is among the agents, so there are no answers", "--agents NAME")


def test_without_agents_it_is_said_what_was_assumed(workspace: Callable[..., Path]) -> None:
    *_, assumed = read(workspace({"support/2026-03-01": THREAD})).items
    assert assumed == Assumed(
        "x",
        "who wrote first in a thread or on a day is the customer, and the others answer for the team",
        "--agents NAME, an id, an address or @shop.example",
    )


def test_the_second_half_of_a_thread_knows_whose_it_is(workspace: Callable[..., Path]) -> None:
    [conversation] = conversations(workspace({"support/2026-03-02": [THREAD[0]]}))
    assert told(conversation) == [("agent", "Sent @ann & done, see order (https://a.example)")]


@pytest.mark.parametrize("how", ["is_stranger", "team_id", "user_team"])
def test_users_of_another_workspace_are_the_customers(export: Export, workspace: Callable[..., Path], how: str) -> None:
    lines = [
        said("U2", "有什么可以帮您？", T0),
        said("U9", "退款呢？", T1),
        said("U1", "On its way.", "1772355700.000100"),
    ]
    if how == "user_team":
        lines[1]["user_team"] = "T9"
    folder = workspace({"support/2026-03-01": lines})
    stranger = {"id": "U9", "name": "eve", "is_stranger": how == "is_stranger", "profile": {}}
    stranger |= {"team_id": "T9"} if how == "team_id" else {}
    export("x/users.json", json.dumps([*USERS, stranger]))
    items = list(read(folder).items)
    [conversation] = items
    assert isinstance(conversation, Conversation)
    assert [role for role, _ in told(conversation)] == ["agent", "customer", "agent"]
    assert conversation.customer == "U9"
    assert [(ticket.question, ticket.answer) for ticket in mine(conversation)] == [("退款呢？", "On its way.")]


def test_bots_are_bots_unless_named(workspace: Callable[..., Path]) -> None:
    bots = [
        {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "Desk", "text": "BOT-LINE", "ts": T0},
        said("U4", "BOT-LINE", "1772355601.000100"),
        said("U2", "BOT-LINE", "1772355602.000100", bot_id="B2"),
        said("USLACKBOT", "BOT-LINE", "1772355603.000100"),
        {"type": "message", "bot_id": "B1", "text": "", "ts": "1772355604.000100",
         "attachments": [{"text": "工单", "fallback": "no"}, {"fallback": "BOT-LINE"}, "x"]},
        said("U1", "question", "1772355605.000100"),
        said("U2", "answer", "1772355606.000100"),
    ]  # fmt: skip
    folder = workspace({"support/2026-03-01": bots})
    [conversation] = conversations(folder)
    assert [role for role, _ in told(conversation)] == ["bot"] * 5 + ["customer", "agent"]
    assert conversation.messages[4].text == "工单\nBOT-LINE"
    [conversation] = conversations(folder, Options(agents=("desk",)))
    assert [role for role, _ in told(conversation)][:2] == ["agent", "bot"]


def test_what_slack_says_itself_is_left_out(workspace: Callable[..., Path]) -> None:
    kinds = ("channel_join", "channel_leave", "channel_topic", "bot_add", "pinned_item", "huddle_thread", "new_kind")
    lines: list[Any] = [said("U1", "SYSTEM-LINE", f"177235560{n}.000100", subtype=k) for n, k in enumerate(kinds)]
    lines += [
        said("USLACKBOT", "deleted", T0, subtype="tombstone", hidden=True),
        said("U1", "hidden", T0, hidden=True),
        said("U1", " ", T1),
        {"type": "message", "user": "U1", "text": "no time"},
        {"type": "reaction_added", "ts": T1},
        "no object",
    ]
    skipped = list(read(workspace({"support/2026-03-01": lines})).items)
    assert all(isinstance(item, Skipped) for item in skipped)
    assert [item.why for item in skipped if isinstance(item, Skipped)] == [
        *(f"a line of Slack's, {kind}, and no message" for kind in (*kinds, "tombstone")),
        "the message is hidden",
        "the message has no ts",
        "a line of Slack's, reaction_added, and no message",
        "a JSON object was expected",
        "the message has no text",
    ]


def test_files_of_old_have_words_of_slack_in_them(workspace: Callable[..., Path]) -> None:
    lines = [
        said("U1", "<@U1> uploaded a file: <https://x|a.png>", T0, subtype="file_share", upload=True, file={"id": "F"}),
        said("U1", "<@U1> uploaded a file: <https://x|b.png> and commented: 破了", T1, subtype="file_share",
             file={"initial_comment": {"comment": "破了", "user": "U1"}}),
        {"type": "message", "subtype": "file_comment", "ts": "1772355700.000100", "text": "<@U2> commented",
         "comment": {"user": "U2", "comment": "We send a new one."}, "file": {"id": "F"}},
        said("U1", "现在的", "1772355800.000100", subtype="file_share", files=[{"id": "F2"}]),
    ]  # fmt: skip
    skipped, conversation, *_ = read(workspace({"support/2026-03-01": lines})).items
    assert skipped == Skipped("x/support/2026-03-01.json:[0]", "the message has no text")
    assert isinstance(conversation, Conversation)
    assert told(conversation) == [("customer", "破了"), ("agent", "We send a new one."), ("customer", "现在的")]


def test_the_last_form_of_a_message_counts(workspace: Callable[..., Path]) -> None:
    lines = [
        {"type": "message", "subtype": "message_changed", "hidden": True, "ts": "1772355650.000100",
         "message": said("U1", "second", T0, edited={"user": "U1", "ts": "1772355640.000100"})},
        said("U1", "first", T0),
        said("U2", "old", T1, edited={"user": "U2", "ts": "1772355670.000100"}),
        said("U2", "new 新", T1, edited={"user": "U2", "ts": "1772355680.000100"}),
        said("U2", "secret", "1772355690.000100"),
        {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": "1772355699.000100",
         "deleted_ts": "1772355690.000100", "previous_message": said("U2", "secret", "1772355690.000100")},
    ]  # fmt: skip
    skipped, conversation, *_ = read(workspace({"support/2026-03-01": lines})).items
    assert skipped == Skipped("x/support/2026-03-01.json:[5]", "the message was deleted")
    assert isinstance(conversation, Conversation)
    assert told(conversation) == [("customer", "second"), ("agent", "new 新")]


@pytest.mark.parametrize("shape", ["array", "lines", "api", "events", "numbers"])
def test_a_file_alone(export: Export, shape: str) -> None:
    profile = {"user_profile": {"display_name": "ann", "real_name": "Ann Lee"}}
    lines = [*THREAD[:1], THREAD[1] | profile, said("U7", "夜里", "1772399999.000100")]
    if shape == "numbers":
        lines = [line | {"ts": float(line["ts"])} for line in lines]
    events = [{"type": "event_callback", "event": line | {"channel": "C1"}} for line in lines]
    path = {
        "array": lambda: export("day.json", json.dumps(lines, indent=1)),
        "numbers": lambda: export("day.json", json.dumps(lines)),
        "lines": lambda: export("day.jsonl", *lines),
        "api": lambda: export("day.json", json.dumps({"ok": True, "channel": "C1", "messages": lines})),
        "events": lambda: export("events.jsonl", *events),
    }[shape]()
    base = "slack:C1" if shape in ("api", "events") else "slack"
    found = {conversation.id: told(conversation) for conversation in conversations(path)}
    assert found == {
        f"{base}:{T0}": [
            ("customer", "refund for @U2? #C2"),
            ("agent", "Sent @ann & done, see order (https://a.example)"),
        ],
        f"{base}:2026-03-01": [("customer", "夜里")],
    }
    assumed = [item.what for item in read(path).items if isinstance(item, Assumed)]
    assert ("all messages are of one channel, because the file names none" in assumed) is (base == "slack")


def test_a_folder_of_one_channel(workspace: Callable[..., Path], tmp_path: Path) -> None:
    workspace({"support/2026-03-01": THREAD}, about=False)
    [conversation] = conversations(tmp_path / "x" / "support")
    assert conversation.id == f"slack:support:{T0}"
    assert conversation.tags == ()


@pytest.mark.parametrize(
    "lines",
    [
        [{"ts": "yesterday", "text": "hi", "user": "U1", "type": "message"}],
        [{"ts": "1772355600.0001", "level": "info"}],
        [{"type": "message", "text": "hi"}],
    ],
)
def test_other_json_is_not_taken(export: Export, lines: list[Any]) -> None:
    with pytest.raises(FormatError):
        read(export("a.json", json.dumps(lines)))


def test_a_real_export(datasets: Path) -> None:
    items = list(read(datasets / "helpdesk_fixtures" / "slack_export" / "testarchive.zip").items)
    # 158 lines in 17 days of two channels: 8 joins, 3 bots added, 3 files without a comment.
    assert Counter(item.why for item in items if isinstance(item, Skipped)) == {
        "a line of Slack's, channel_join, and no message": 8,
        "a line of Slack's, bot_add, and no message": 3,
        "the message has no text": 3,
    }
    found = {item.id: item for item in items if isinstance(item, Conversation)}
    assert len(found) == 16
    roles = Counter(message.role for conversation in found.values() for message in conversation.messages)
    assert sum(roles.values()) == 144
    assert roles["bot"] == 94
    asked, answered, *_ = told(found["slack:C0JGLMMNX:2016-01-15"])
    assert (asked[0], asked[1][:27]) == ("customer", "what should setup.py do? in")
    assert answered == ("agent", 'Nope. Just "install" the executor.')
