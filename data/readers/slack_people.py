"""The people of a Slack workspace, and who of them speaks for the team in a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from replydesk.data.readers.base import str_of
from replydesk.data.records import Role

__all__ = ["Author", "Speakers", "Workspace", "author_of"]

_SLACKBOT = "USLACKBOT"


class Author(NamedTuple):
    """What is known of a user."""

    name: str = ""
    words: frozenset[str] = frozenset()
    team: str = ""
    bot: bool = False
    stranger: bool = False


@dataclass(slots=True)
class Workspace:
    """Who and what the ids of an export stand for."""

    users: dict[str, Author] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    home: str = ""


def author_of(key: str, user: Mapping[str, Any]) -> Author:
    """Return what an entry of ``users.json``, or the profile in a message, says of a user."""
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    mail = str_of(profile.get("email")).casefold()
    names = [
        str_of(about.get(word))
        for word in ("display_name", "name", "real_name", "display_name_normalized", "real_name_normalized")
        for about in (profile, user)
    ]
    words = {word.strip().removeprefix("@").casefold() for word in (key, *names) if word.strip()}
    words |= {mail, f"@{mail.rpartition('@')[2]}"} if "@" in mail else set()
    # A name without blanks reads as one handle in the text.
    name = next((n for n in names if n and not re.search(r"\s", n)), next(filter(None, names), ""))
    bot = user.get("is_bot") is True or key == _SLACKBOT
    stranger = user.get("is_stranger") is True
    return Author(name, frozenset(words), str_of(user.get("team_id") or user.get("team")), bot, stranger)


class Speakers:
    """The roles in one conversation."""

    def __init__(self, workspace: Workspace, agents: frozenset[str], said: Sequence[Mapping[str, Any]]) -> None:
        self._users, self._agents, self._home = workspace.users, agents, workspace.home
        people = [value["user"] for value in said if not self._is_bot(value)]
        bots = {value["user"] for value in said if self._is_bot(value)}
        strangers = {value["user"] for value in said if not self._is_bot(value) and self._is_stranger(value)}
        # A reply says who began the thread, also where the beginning is in another file.
        begun = next((v["parent"] for v in said if v["parent"] and v["parent"] not in bots), "")
        begun = "" if self._is_bot({"user": begun, "bot": []}) else begun
        self._customers = strangers or {begun or next(iter(people), "")}
        self.guessed = not agents and not strangers and len({*people, *self._customers}) > 1
        self.agents_seen = any(self._words(value) & agents for value in said)

    def role(self, value: Mapping[str, Any]) -> Role:
        """Return who speaks."""
        if self._agents and self._words(value) & self._agents:
            return "agent"
        if self._is_bot(value):
            return "bot"
        if self._agents:
            return "customer"
        return "customer" if value["user"] in self._customers else "agent"

    def _is_bot(self, value: Mapping[str, Any]) -> bool:
        return bool(value["bot"]) or self._users.get(value["user"], Author()).bot or value["user"] == _SLACKBOT

    def _is_stranger(self, value: Mapping[str, Any]) -> bool:
        user = self._users.get(value["user"], Author())
        team = value["team"] or user.team
        return user.stranger or bool(self._home and team and team != self._home)

    def _words(self, value: Mapping[str, Any]) -> frozenset[str]:
        own = {word.casefold() for word in (value["user"], *value["bot"]) if word}
        return self._users.get(value["user"], Author()).words | own
