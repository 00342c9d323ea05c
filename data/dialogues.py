"""Scripted dialogues in YAML: what a customer says and what must come of it, read with the line of every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from replydesk.data.errors import FormatError
from replydesk.data.records import Ticket

__all__ = ["EXPECTATIONS", "Exchange", "Script", "ScriptFile", "read_scripts"]

EXPECTATIONS = ("action", "contains", "lacks", "intent", "handoff", "slots", "options", "meant", "silent", "language")
"""What can be expected of a reply."""

_LISTS = frozenset({"contains", "lacks", "options"})
_TURN = ("customer", "takeover", "release", "expect")
_SCRIPT = ("name", "language", "turns")
_TICKET = ("question", "answer", "intent", "language")
_FILE = ("desk", "dialogues")
_DESK = ("tickets", "forms")


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
    """A dialogue: its name, the language that it is held in where that is not to be detected, and its turns."""

    name: str
    line: int
    turns: tuple[Exchange, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """The dialogues of a file; with ``tickets`` they have a desk of their own, with the text of its ``forms``."""

    path: Path
    scripts: tuple[Script, ...]
    tickets: tuple[Ticket, ...] = ()
    forms: str = ""


def read_scripts(path: Path) -> ScriptFile:
    """Return what a file of dialogues says. Raises :class:`FormatError` with file and line."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormatError(f"This is no YAML: {error.problem}.", where=f"{path}:{line}", hint="Mend it there.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        hint = "Name a UTF-8 file of dialogues; docs/how-to/test-your-desk.md shows one."
        raise FormatError(f"The dialogues cannot be read: {error}.", where=str(path), hint=hint) from None
    return _Reader(path).file(node)


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path

    def file(self, node: Any) -> ScriptFile:
        told = self._mapping(node, _FILE, "a file")
        desk = self._mapping(told["desk"], _DESK, "desk") if "desk" in told else {}
        tickets = tuple(self._ticket(one) for one in self._list(desk["tickets"])) if "tickets" in desk else ()
        forms = self._text(desk["forms"]) if "forms" in desk else ""
        if "dialogues" not in told:
            self._refuse(node, "There are no dialogues.")
        scripts = tuple(self._script(one) for one in self._list(told["dialogues"]))
        if not scripts:
            self._refuse(told["dialogues"], "There are no dialogues.")
        return ScriptFile(self._path, scripts, tickets, forms)

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
        language = self._text(told["language"]) if "language" in told else ""
        return Script(self._text(told["name"]), node.start_mark.line + 1, turns, language)

    def _turn(self, node: Any) -> Exchange:
        told = self._mapping(node, _TURN, "a turn")
        acts = [name for name in ("customer", "takeover", "release") if name in told]
        if len(acts) != 1:
            self._refuse(node, "A turn is one of customer, takeover and release.")
        expect: dict[str, Any] = {}
        for key, value in (self._mapping(told["expect"], EXPECTATIONS, "expect") if "expect" in told else {}).items():
            if key in _LISTS:
                expect[key] = [self._text(value)] if _is_text(value) else [self._text(v) for v in self._list(value)]
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

    def _refuse(self, node: Any, message: str) -> NoReturn:
        line = node.start_mark.line + 1 if node is not None else 1
        hint = "docs/how-to/test-your-desk.md describes the file."
        raise FormatError(message, where=f"{self._path}:{line}", hint=hint)


def _is_text(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode)
