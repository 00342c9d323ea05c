"""Rasa's conversations: tracker dumps, events of a broker, and the SQL tracker store as a file or as a dump.

Every way gives the same conversations, because all of them carry the same events. What a restart, an undo or a rewind
took back is left out, as Rasa leaves it out. The intent that the bot recognised is a guess of a model: it becomes a tag
``intent:NAME`` of the conversation, never a label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source, short
from replydesk.data.readers.rasa_events import Placed, holds_events, time_of, trackers
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["Rasa", "applied"]

_TURNS: dict[str, Role] = {"user": "customer", "bot": "bot", "agent": "agent"}
_SURE = 0.5
_EXTERNAL = "EXTERNAL: "
_POSTGRES_ARCHIVE = b"PGDMP"


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
        if source.start(len(_POSTGRES_ARCHIVE)) == _POSTGRES_ARCHIVE:
            raise FormatError(
                "The dump is in PostgreSQL's own archive format.",
                where=source.name,
                hint="Turn it into text: pg_restore --table=events --file=events.sql DUMP",
            )
        return holds_events(source)

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per sender: all sessions, each message with the time at which it was said.

        With ``bot`` among the agents the bot's turns are those of an agent, so that they become answers.
        """
        as_agent = "bot" in {agent.strip().casefold() for agent in options.agents}
        roles = _TURNS | ({"bot": "agent"} if as_agent else {})
        said: Counter[Role] = Counter()
        for item in trackers(source):
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


def applied(events: Iterable[Placed]) -> list[Placed]:
    """Return the events that count, as ``DialogueStateTracker.applied_events`` of Rasa 3 finds them.

    A restart takes back everything before it; an undo everything from the last action on; a rewind everything from
    the last message of the user on, and then from the action before it. A new session takes nothing back here,
    because what was said in an earlier one was said; but nothing reaches back behind its beginning. The happy path of
    a form, which Rasa hides from its policies, stays as well.
    """
    earlier: list[Placed] = []
    done: list[Placed] = []
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


def _back_to(kind: str, done: list[Placed]) -> None:
    while done and done.pop().event["event"] != kind:
        continue


def _conversation(where: str, sender: str, events: Sequence[Placed], roles: Mapping[str, Role]) -> Iterator[Item]:
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
        if (at := time_of(placed)) is None and event["timestamp"] is not None:
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
