"""Scripted dialogues in YAML: what a customer says and what must come of it, read with the line of every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import yaml

from replydesk.data.errors import FormatError
from replydesk.data.records import Ticket

__all__ = ["DESK_FILES", "EXPECTATIONS", "Exchange", "Script", "ScriptFile", "read_scripts"]

EXPECTATIONS = ("action", "contains", "lacks", "intent", "handoff", "slots", "options", "meant", "silent", "language")
"""What can be expected of a reply."""

DESK_FILES = ("settings", "forms", "rules", "facts")
"""What a desk may bring beside its tickets, each the text of a TOML file."""

_LISTS = frozenset({"contains", "lacks", "options"})
_TURN = ("customer", "takeover", "release", "expect")
_SCRIPT = ("name", "language", "at", "channel", "tags", "turns")
_TICKET = ("question", "answer", "intent", "language")
_FILE = ("desk", "dialogues")
_DESK = ("tickets", *DESK_FILES)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn: what the customer says, or who takes over or releases, and what the reply must be. ``line`` is its."""

    line: int
    customer: str = ""
    takeover: str = ""
    release: bool = False
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A dialogue: its name, the language that it is held in where that is not to be detected, and its turns.

    ``at`` is when it is held, where that counts; ``channel`` and ``tags`` are for the team's rules.
    """

    name: str
    line: int
    turns: tuple[Exchange, ...]
    language: str = ""
    at: datetime | None = None
    channel: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """The dialogues of a file; with ``tickets`` they have a desk of their own, with the texts of its ``files``.

    ``above`` is for each of these the line that its first line follows.
    """

    path: Path
    scripts: tuple[Script, ...]
    tickets: tuple[Ticket, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, int] = field(default_factory=dict)


def read_scripts(path: Path) -> ScriptFile:
    """Return what a file of dialogues says. Raises :class:`FormatError` with file and line."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormatError(f"This is no YAML: {error.problem}.", where=f"{path}:{line}", hint="Mend it there.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else "it is no text in UTF-8"
        hint = "Name a UTF-8 file of dialogues; docs/how-to/test-your-desk.md shows one."
        raise FormatError(f"The dialogues cannot be read: {why}.", where=str(path), hint=hint) from None
    if node is None:
        hint = "docs/how-to/test-your-desk.md shows one."
        raise FormatError("The file of dialogues is empty.", where=str(path), hint=hint)
    return _Reader(path).file(node)


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path

    def file(self, node: Any) -> ScriptFile:
        told = self._mapping(node, _FILE, "a file")
        desk = self._mapping(told["desk"], _DESK, "desk") if "desk" in told else {}
        tickets = tuple(self._ticket(one) for one in self._list(desk["tickets"])) if "tickets" in desk else ()
        files = {name: self._text(desk[name]) for name in DESK_FILES if name in desk}
        # The text of a block begins on the line after its mark, any other on its own.
        above = {name: desk[name].start_mark.line + (desk[name].style == "|") for name in files}
        if files and not tickets:
            self._refuse(told["desk"], "A desk of its own needs tickets.")
        if "dialogues" not in told:
            self._refuse(node, "There are no dialogues.")
        scripts = tuple(self._script(one) for one in self._list(told["dialogues"]))
        if not scripts:
            self._refuse(told["dialogues"], "There are no dialogues.")
        return ScriptFile(self._path, scripts, tickets, files, above)

    def _ticket(self, node: Any) -> Ticket:
        told = {key: self._text(value) for key, value in self._mapping(node, _TICKET, "a ticket").items()}
        if not told.get("question") or not told.get("answer"):
            self._refuse(node, "A ticket needs question and answer.")
        return Ticket.make(
            told["question"],
            told["answer"],
            intent=told.get("intent", ""),
            language=told.get("language", ""),
            source="canned",
        )

    def _script(self, node: Any) -> Script:
        told = self._mapping(node, _SCRIPT, "a dialogue")
        if "name" not in told or "turns" not in told:
            self._refuse(node, "A dialogue needs name and turns.")
        turns = tuple(self._turn(one) for one in self._list(told["turns"]))
        texts = {name: self._text(told[name]) for name in ("language", "channel") if name in told}
        tags = tuple(self._texts(told["tags"])) if "tags" in told else ()
        at = self._moment(told["at"]) if "at" in told else None
        line = node.start_mark.line + 1
        return Script(
            self._text(told["name"]), line, turns, texts.get("language", ""), at, texts.get("channel", ""), tags
        )

    def _turn(self, node: Any) -> Exchange:
        told = self._mapping(node, _TURN, "a turn")
        acts = [name for name in ("customer", "takeover", "release") if name in told]
        if len(acts) != 1:
            self._refuse(node, "A turn is one of customer, takeover and release.")
        expect: dict[str, Any] = {}
        for key, value in (self._mapping(told["expect"], EXPECTATIONS, "expect") if "expect" in told else {}).items():
            if key in _LISTS:
                expect[key] = self._texts(value)
            elif key == "slots":
                expect[key] = {name: self._text(one) for name, one in self._mapping(value, None, "slots").items()}
            elif key == "silent":
                expect[key] = self._text(value).lower() in ("true", "yes")
            else:
                expect[key] = self._text(value)
        if expect and acts != ["customer"]:
            self._refuse(node, "Only what a customer says gets a reply to expect something of.")
        texts = {name: self._text(told[name]) for name in acts}
        return Exchange(
            node.start_mark.line + 1, texts.get("customer", ""), texts.get("takeover", ""), "release" in told, expect
        )

    def _mapping(self, node: Any, known: tuple[str, ...] | None, what: str) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, f"Here {what} is expected, as keys and values.")
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = self._text(key)
            if known is not None and name not in known:
                self._refuse(key, f"{what} has no {name}; known: {', '.join(known)}.")
            if name in found:
                self._refuse(key, f"{name} stands here twice.")
            found[name] = value
        return found

    def _list(self, node: Any) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode):
            self._refuse(node, "Here a list is expected.")
        return list(node.value)

    def _text(self, node: Any) -> str:
        if not _is_text(node):
            self._refuse(node, "Here a text is expected.")
        return str(node.value)

    def _texts(self, node: Any) -> list[str]:
        return [self._text(node)] if _is_text(node) else [self._text(one) for one in self._list(node)]

    def _moment(self, node: Any) -> datetime:
        try:
            at = datetime.fromisoformat(self._text(node))
        except ValueError:
            self._refuse(node, "Write a moment as 2026-11-26 20:00+01:00.")
        # Without a zone it is that of the machine, as everywhere.
        return at if at.tzinfo is not None else at.astimezone()

    def _refuse(self, node: Any, message: str) -> NoReturn:
        line = node.start_mark.line + 1 if node is not None else 1
        hint = "docs/how-to/test-your-desk.md describes the file."
        raise FormatError(message, where=f"{self._path}:{line}", hint=hint)


def _is_text(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode)
