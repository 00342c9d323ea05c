"""What the readers of written chat logs share: lines in bounded memory, and the conversation that messages make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source, bounded, broken, in_order
from replydesk.data.readers.speakers import nameless, roles_of
from replydesk.data.records import Conversation, Message, content_id, same_text

__all__ = ["Said", "conversation", "lines"]

LIMIT = 1024 * 1024
"""The longest line of a log in characters; a longer one is skipped."""

_SHOWN = 5


class Said(NamedTuple):
    """One message of a log as it was found.

    ``author`` is empty for what the program says itself. ``number`` is the number or address of the author where the
    log has one: names change, numbers do not.
    """

    author: str
    text: str
    at: datetime | None = None
    number: str = ""

    @property
    def person(self) -> str:
        """Return what stands for the author whatever case or width the name is written in."""
        return same_text(self.number or self.author)


def lines(source: Source) -> Iterator[tuple[int, str] | Skipped]:
    """Yield the lines of a text with their numbers, without their ends; what is no text or far too long is skipped."""
    damaged = source.damaged
    with source.open() as stream:
        for number, (line, cut) in enumerate(bounded(stream, LIMIT), 1):
            where = f"{source.name}:{number}"
            if cut:
                yield Skipped(where, f"the line is longer than {LIMIT:,} characters")
            elif damaged and broken(line):
                yield Skipped(where, "the line holds bytes that are not text")
            else:
                yield number, line.rstrip("\r\n")


def conversation(
    format: str,  # noqa: A002
    said: Sequence[Said],
    options: Options,
    where: str,
    *,
    peer: str = "",
) -> Iterator[Item]:
    """Yield what was assumed about the people of a chat, and the conversation.

    ``peer`` is whom the log itself says the chat is with. A chat with dates between people with names is theirs alone:
    its id comes from who they are, so parts of it are one conversation, whoever is taken for the agent. Any other is
    known by its content.
    """
    texts: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for one in said:
        if one.author:
            texts.setdefault(one.person, []).append(one.text)
            names.setdefault(one.person, one.author)
    if not texts:
        yield Skipped(where, "nobody says anything in it that can be read")
        return
    roles, why = roles_of(texts, names, options.agents, peer)
    team = [names[key] for key, role in roles.items() if role == "agent"]
    if why and team:
        shown = ", ".join(team[:_SHOWN]) + (" and others" if len(team) > _SHOWN else "")
        answers = "answers" if len(team) == 1 else "answer"
        yield Assumed(where, f"{shown} {answers} for the team, {why}", "--agents NAME")
    customers = sorted(key for key, role in roles.items() if role == "customer")
    theirs = all(one.at for one in said) and not any(nameless(names[key]) for key in customers)
    parts = sorted(texts) if theirs else [part for one in said for part in (one.person, one.text)]
    identity = f"{format}:{content_id(format, *parts)}"
    seen: Counter[str] = Counter()
    messages = []
    for one in said:
        key = content_id(identity, one.at.isoformat() if one.at else "", one.person, one.text)
        seen[key] += 1
        messages.append(
            Message(
                key if seen[key] == 1 else content_id(key, str(seen[key])),
                roles[one.person] if one.author else "system",
                one.text,
                one.at,
                author=one.author,
            )
        )
    yield Conversation(
        identity,
        in_order(messages),
        source=format,
        channel="chat",
        # Everybody who is called Visitor would be one customer.
        customer=next((key for key in customers if not nameless(names[key])), ""),
        partial=theirs,
    )
