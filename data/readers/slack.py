"""Slack's export: a folder or an archive with a folder per channel and a file per day; also one such file alone.

A conversation is a thread. What was said outside of threads in one channel on one day is one conversation, because
Slack does not say what answers what; the day is that of the file, or in UTC where there is one file alone. Slack has
no roles either: see :class:`Slack`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source, moment, short, str_of
from replydesk.data.readers.jsons import first, records
from replydesk.data.readers.mrkdwn import resolved
from replydesk.data.readers.slack_people import Speakers, Workspace, author_of
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message

__all__ = ["Slack"]

_LISTS = ("messages",)
_DAY = re.compile(r"(?:(?:.*/)?([^/]+)/)?(\d{4}-\d\d-\d\d)\.json(?:\.gz)?")
_PEOPLE = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_TS = re.compile(r"\d{9,10}\.\d{1,6}")
_CHANNEL_OF_FILE = re.compile(r'^\s*\{[^\[\]]*?"channel(?:_id)?"\s*:\s*"([^"]+)"')
# Everything else is what Slack says itself: joins, topics, pins, calls, reminders (api.slack.com/events/message).
_SAID = frozenset({
    "", "bot_message", "file_comment", "file_share", "me_message", "slackbot_response", "thread_broadcast",
})  # fmt: skip
_OF_BOTS = ("bot_message", "slackbot_response")
_MARKS_OF_BOTS = ("app_id", "bot_id", "bot_profile")


class Slack:
    """Messages of a workspace.

    Who answers for the team is said with ``--agents``: ids, names, addresses, or a mail domain. Without it, users of
    another workspace are the customers where the conversation has any, and else the first author is the customer and
    the others answer; that is said to be assumed. What an integration posts is a bot's.
    """

    name = "slack"

    def matches(self, source: Source) -> bool:
        """Return whether there are files of days with messages, or the file holds messages."""
        if not source.is_folder:
            return any(_is_message(_message(record.value)) for record in first(source, inside=_LISTS))
        days, about = _layout(source)
        return bool(days) and (
            not about.keys().isdisjoint(_CHANNELS) or any(_holds_messages(part) for part, *_ in days[:20])
        )

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per thread, and one per channel and day for what is in none."""
        workspace = Workspace()
        days, about = _layout(source) if source.is_folder else ([(source, "", "")], {})
        with Spill() as aside:
            for name, part in about.items():
                yield from _learn(workspace, name, part)
            for part, folder, day in days:
                yield from _put_aside(aside, part, workspace, folder, day)
            yield from _conversations(aside, workspace, source, options)


def _layout(source: Source) -> tuple[list[tuple[Source, str, str]], dict[str, Source]]:
    """Return the files of days, each with the folder of its channel and its day, and the files about ids."""
    days: list[tuple[Source, str, str]] = []
    about: dict[str, Source] = {}
    for part in source.parts():
        way = part.name.removeprefix(f"{source.name}/")
        if found := _DAY.fullmatch(way):
            days.append((part, found[1] or source.path.stem, found[2]))
        elif (name := way.rpartition("/")[2].removesuffix(".gz")) in (*_PEOPLE, *_CHANNELS):
            about.setdefault(name, part)
    return days, about


def _holds_messages(part: Source) -> bool:
    try:
        return any(_is_message(record.value) for record in first(part))
    except FormatError:
        return False


def _message(value: Mapping[str, Any]) -> Mapping[str, Any]:
    # The Events API wraps a message in what it was delivered with.
    event = value.get("event")
    return event if value.get("type") == "event_callback" and isinstance(event, dict) else value


def _is_message(value: Mapping[str, Any]) -> bool:
    known = value.get("type") == "message" or ("text" in value and not value.keys().isdisjoint(("user", "bot_id")))
    return known and bool(_ts(value.get("ts")))


def _ts(value: object) -> str:
    """Return a time as Slack writes it, which is also the id of the message in its channel; '' for anything else."""
    text = f"{value:.6f}" if isinstance(value, float) else value
    return text if isinstance(text, str) and _TS.fullmatch(text) else ""


def _learn(workspace: Workspace, name: str, part: Source) -> Iterator[Skipped]:
    homes: list[str] = []
    for item in records(part):
        if isinstance(item, Skipped):
            yield item
            continue
        key = str_of(item.value.get("id"))
        if name in _PEOPLE:
            author = workspace.users[key] = author_of(key, item.value)
            homes += [author.team] if author.team and not author.stranger else []
        elif key:
            called = str_of(item.value.get("name"))
            workspace.channels[key] = called
            workspace.folders[called or key] = workspace.folders[key] = key
    if homes:
        workspace.home = max(sorted(set(homes)), key=homes.count) if len(set(homes)) < 50 else homes[0]


# -- what belongs together


def _put_aside(aside: Spill, part: Source, workspace: Workspace, folder: str, day: str) -> Iterator[Skipped]:
    inside = () if day else _LISTS
    of_file = "" if day else next(iter(_CHANNEL_OF_FILE.findall(part.head(4096))), "")
    for item in records(part, inside=inside):
        if isinstance(item, Skipped):
            yield item
            continue
        value, edited = _edited(_message(item.value))
        if not (ts := _ts(value.get("ts"))):
            yield Skipped(item.where, "the message has no ts")
            continue
        if why := _no_message(value):
            yield Skipped(item.where, why)
            continue
        channel = str_of(value.get("channel")) or workspace.folders.get(folder, folder) or of_file
        thread = _ts(value.get("thread_ts")) or (ts if value.get("reply_count") or value.get("replies") else "")
        root = thread or day or str(moment(float(ts)))[:10]
        aside.add(f"{channel}:{root}", [item.where, channel, ts, edited, json.dumps(_reduced(value, workspace))])


def _edited(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return the message itself and when it got this form; an export with edits has one line for each form."""
    inner, kind = value.get("message"), value.get("subtype")
    if kind == "message_changed" and isinstance(inner, dict):
        return {"channel": value.get("channel"), **inner}, _ts(value.get("ts"))
    if kind == "message_deleted" and isinstance(value.get("deleted_ts"), str):
        before = value.get("previous_message")
        before = before if isinstance(before, dict) else {}
        return {**before, "ts": value["deleted_ts"], "subtype": "", "deleted": True}, "inf"
    edit = value.get("edited")
    return value, _ts(edit.get("ts")) if isinstance(edit, dict) else ""


def _no_message(value: Mapping[str, Any]) -> str:
    kind = str_of(value.get("subtype"))
    if value.get("type", "message") != "message" or kind not in _SAID:
        return f"a line of Slack's, {kind or value.get('type')}, and no message"
    return "the message is hidden" if value.get("hidden") is True else ""


def _reduced(value: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Return what is read of a message, and remember who it says its author is."""
    comment, bot = value.get("comment"), value.get("bot_profile")
    user = str_of(value.get("user")) or (str_of(comment.get("user")) if isinstance(comment, dict) else "")
    profile = value.get("user_profile")
    if user and isinstance(profile, dict) and user not in workspace.users:
        workspace.users[user] = author_of(user, {"profile": profile, **profile})
    named = (value.get("bot_id"), value.get("username"), bot.get("name") if isinstance(bot, dict) else "")
    posted = value.get("subtype") in _OF_BOTS or any(value.get(mark) for mark in _MARKS_OF_BOTS)
    return {
        "user": user,
        "bot": [str_of(name) for name in named] if posted else [],
        "text": "" if value.get("deleted") else _text(value),
        "deleted": bool(value.get("deleted")),
        "team": str_of(value.get("user_team")),
        "parent": str_of(value.get("parent_user_id")),
    }


def _text(value: Mapping[str, Any]) -> str:
    comment, file, text = value.get("comment"), value.get("file"), str_of(value.get("text"))
    if isinstance(file, dict) and not isinstance(comment, dict):
        # Until 2018 Slack wrote "@mei uploaded a file" itself; what mei wrote is the comment.
        comment, text = file.get("initial_comment"), ""
    if isinstance(comment, dict):
        return str_of(comment.get("comment"))
    if not text.strip() and isinstance(attachments := value.get("attachments"), list):
        parts = [a for a in attachments if isinstance(a, dict)] if value.get("bot_id") else []
        return "\n".join(filter(None, (str_of(a.get("text")) or str_of(a.get("fallback")) for a in parts)))
    return text


# -- who says what


def _conversations(aside: Spill, workspace: Workspace, source: Source, options: Options) -> Iterator[Item]:
    named = {agent.strip().casefold() for agent in options.agents}
    agents = frozenset(named | {agent.removeprefix("@") for agent in named})
    names = {key: author.name for key, author in workspace.users.items()}
    guessed = channelless = seen = False
    for key, cells in aside.groups():
        lines = sorted(_latest(cells), key=lambda line: float(line[2]))
        said: list[tuple[str, str, str, dict[str, Any]]] = []
        for where, channel, ts, _, written in lines:
            value = json.loads(written)
            value["text"] = resolved(value["text"], names, workspace.channels)
            if value["deleted"]:
                yield Skipped(where, "the message was deleted")
            elif not value["text"].strip():
                yield Skipped(where, "the message has no text")
            else:
                said.append((where, channel, ts, value))
        if not said:
            continue
        speakers = Speakers(workspace, agents, [value for *_, value in said])
        guessed |= speakers.guessed
        seen |= speakers.agents_seen
        channel = said[0][1]
        channelless |= not channel
        yield _conversation(key, channel, [(ts, value) for _, _, ts, value in said], speakers, workspace)
    if guessed:
        what = "who wrote first in a thread or on a day is the customer, and the others answer for the team"
        yield Assumed(source.name, what, "--agents NAME, an id, an address or @shop.example")
    if agents and not seen:
        yield Assumed(source.name, "nobody who wrote is among the agents, so there are no answers", "--agents NAME")
    if channelless:
        yield Assumed(
            source.name,
            "all messages are of one channel, because the file names none",
            "import the folder of the export",
        )


def _latest(cells: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    """Return the last form of each message; the one that was read first where there is no telling."""
    found: dict[str, Sequence[str]] = {}
    for line in cells:
        if line[2] not in found or float(line[3] or 0) > float(found[line[2]][3] or 0):
            found[line[2]] = line
    return found.values()


def _conversation(
    key: str, channel: str, said: Sequence[tuple[str, dict[str, Any]]], speakers: Speakers, workspace: Workspace
) -> Conversation:
    base = f"slack:{channel}" if channel else "slack"
    messages = tuple(
        Message(
            short(f"{base}:{ts}"),
            speakers.role(value),
            value["text"],
            moment(float(ts)),
            author=value["user"] or next(filter(None, value["bot"]), ""),
        )
        for ts, value in said
    )
    called = workspace.channels.get(channel, "")
    return Conversation(
        short(f"{base}:{key.rpartition(':')[2]}"),
        messages,
        source="slack",
        channel="slack",
        customer=next((message.author for message in messages if message.role == "customer"), ""),
        tags=(called,) if called and not called.startswith("mpdm-") else (),
        partial=True,
    )
