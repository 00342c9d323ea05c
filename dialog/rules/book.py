"""The rule book: rules and facts of a home, read again when their files change, and never lost to a damaged file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from replydesk.data.followed import FollowedFile, was_read
from replydesk.data.home import Home
from replydesk.dialog.rules.claims import Contradiction
from replydesk.dialog.rules.facts import Facts
from replydesk.dialog.rules.forbidding import Broken
from replydesk.dialog.rules.rules import Fired, Rules
from replydesk.dialog.rules.situation import Situation

if TYPE_CHECKING:
    from replydesk.data.settings import Settings

__all__ = ["RuleBook", "facts_file", "rules_file", "rules_named_by"]

# Slots are filled by others, and braces in past answers are often only braces.
_KNOWN = re.compile(r"\{\s*(?:fact:[^{}.]+\.[^{}]+|hours:next)\s*\}")


def rules_file(folder: Path, named: str = "") -> Path:
    """Return where a home keeps its rules, or the file that the setting ``dialog.rules`` names."""
    return folder / Path(named or "rules.toml").expanduser()


def rules_named_by(named: str) -> str:
    """Return the setting by which a file of rules must be there, nothing where it is the home's own and may not."""
    return "dialog.rules" if named else ""


def facts_file(folder: Path) -> Path:
    """Return where a home keeps its facts: ``facts.csv`` where only that is there, or was, else ``facts.toml``."""
    table, lines = folder / "facts.csv", folder / "facts.toml"
    if lines.exists() or table.exists():
        return lines if lines.exists() else table
    return table if was_read(table) and not was_read(lines) else lines


class RuleBook:
    """Rules and facts as their files say now, each a :class:`~replydesk.data.followed.FollowedFile`."""

    def __init__(
        self, rules: Path, facts: Path, *, separator: str = "/", keep: bool = True, named_by: str = ""
    ) -> None:
        self._rules = FollowedFile(
            rules, lambda path: Rules.load(path, separator=separator), Rules, keep=keep, named_by=named_by
        )
        self._facts = FollowedFile(facts, Facts.load, Facts, keep=keep)

    @classmethod
    def open(cls, home: Home, settings: Settings, *, facts: Path | None = None, keep: bool = True) -> RuleBook:
        """Return the rule book of a home, whose setting ``dialog.rules`` may name other rules; so may ``facts``."""
        wanted = settings.dialog
        rules, facts = rules_file(home.folder, wanted.rules), facts or facts_file(home.folder)
        return cls(rules, facts, separator=wanted.label_separator, keep=keep, named_by=rules_named_by(wanted.rules))

    @property
    def rules(self) -> Rules:
        """Return the rules as their file says now."""
        return self._rules.get()

    @property
    def facts(self) -> Facts:
        """Return the facts as their file says now."""
        return self._facts.get()

    def fired(self, situation: Situation) -> tuple[Fired, ...]:
        """Return the rules that fire; without a moment it is now."""
        return self.rules.fired(self.dated(situation), self.facts)

    def dated(self, situation: Situation) -> Situation:
        """Return a situation with its moment in the zone of the hours, in which facts have their days."""
        at, hours = situation.at or datetime.now(UTC), self.rules.hours
        return replace(situation, at=hours.local(at) if hours is not None else at)

    def told(self, text: str, situation: Situation) -> str | None:
        """Return an answer with the facts and opening hours that it names, None where one is not known then."""
        if not _KNOWN.search(text):
            return text
        dated = self.dated(situation)
        moment, opening, missing = dated.at, self.rules.opening(dated), False
        assert moment is not None

        def value(place: re.Match[str]) -> str:
            nonlocal missing
            filled = self.facts.filled(place[0], moment, {}, dated.language, opening)
            missing = missing or bool(filled.missing)
            return filled.text

        told = _KNOWN.sub(value, text)
        return None if missing else told

    def objections(
        self, text: str, at: datetime | None = None, language: str = ""
    ) -> tuple[Contradiction | Broken, ...]:
        """Return why an outgoing text must not be sent: what contradicts a fact, and what nobody may promise."""
        moment = self.dated(Situation(at=at)).at
        assert moment is not None
        return (*self.facts.vetoes(text, moment, language), *self.rules.broken(text))

    def trouble(self) -> str:
        """Return what is wrong with the files now, nothing where all is well."""
        return " ".join(filter(None, (self._rules.trouble(), self._facts.trouble())))
