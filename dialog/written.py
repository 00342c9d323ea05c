"""What the team of a desk wrote by hand: where its rules, facts and forms are, what they say, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from replydesk.data.errors import ReplydeskError
from replydesk.data.followed import missing
from replydesk.data.home import Home
from replydesk.dialog.declared import Form
from replydesk.dialog.form_file import load_forms
from replydesk.dialog.rules.book import facts_file, rules_file, rules_named_by
from replydesk.dialog.rules.facts import Facts
from replydesk.dialog.rules.rules import Rules

if TYPE_CHECKING:
    from replydesk.data.settings import DialogSettings

__all__ = ["Checked", "Written"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read: how many rules, facts or forms it holds, or the ``error`` with its line and cure."""

    name: str
    path: Path
    count: int = 0
    error: ReplydeskError | None = None


class Written:
    """The written files of a home, read whenever they are asked for.

    A desk that runs follows them instead, and goes on with the last good one where a file is damaged:
    :class:`~replydesk.dialog.rules.book.RuleBook` and :func:`~replydesk.dialog.form_file.followed_forms`.
    """

    def __init__(self, home: Home, settings: DialogSettings) -> None:
        self.paths: Mapping[str, Path] = {
            "rules": rules_file(home.folder, settings.rules),
            "facts": facts_file(home.folder),
            "forms": home.forms,
        }
        self._separator, self._named_by = settings.label_separator, rules_named_by(settings.rules)

    def rules(self, path: Path | None = None) -> Rules:
        """Return the rules, or those of another file. Raises :class:`SettingsError` with file and line."""
        return Rules.load(path or self.paths["rules"], separator=self._separator)

    def facts(self, path: Path | None = None) -> Facts:
        """Return the facts, or those of another file. Raises :class:`SettingsError` with file and line."""
        return Facts.load(path or self.paths["facts"])

    def forms(self) -> tuple[Form, ...]:
        """Return the forms, none where there is no file. Raises :class:`SettingsError` with file and line."""
        return load_forms(self.paths["forms"]) if self.paths["forms"].exists() else ()

    def check(self) -> list[Checked]:
        """Return what each file holds, or what is wrong with it.

        One that is not there is left out, unless the settings name it or it once was there.
        """
        readers: Mapping[str, Callable[[], Sized]] = {
            "rules": lambda: self.rules().rules,
            "facts": lambda: self.facts().facts,
            "forms": self.forms,
        }
        checked = []
        for name, read in readers.items():
            path = self.paths[name]
            gone = missing(path, self._named_by if name == "rules" else "")
            if gone is not None:
                checked.append(Checked(name, path, error=gone))
            if not path.exists():
                continue
            try:
                checked.append(Checked(name, path, len(read())))
            except ReplydeskError as error:
                checked.append(Checked(name, path, error=error))
        return checked
