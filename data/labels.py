"""Sets of labelled messages that an analyst brings: sentiment, topic, or anything else; a file each in the home.

What a set says is learned by further classifiers, beside the intents. Its texts are cleaned and masked as everything
that is stored. Which of them judge, and are never learned from, hangs on their content alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from replydesk.data.errors import HomeError, NotFoundError, RequestError
from replydesk.data.home import Home, sync_folder, write_atomically
from replydesk.data.leaks import find_leaks
from replydesk.data.preparation import Mask, label
from replydesk.data.records import content_id, same_text
from replydesk.data.settings import DataSettings
from replydesk.data.splits import Asked
from replydesk.data.text import clean, language_of

__all__ = ["AddedLabels", "LabelSet", "LabelSets", "LabelledText"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_INTENTS: Final = frozenset({"intent", "intents"})


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A message as it is stored, its labels, sorted, and its language."""

    text: str
    labels: tuple[str, ...]
    language: str

    @classmethod
    def make(cls, text: str, labels: Iterable[str], settings: DataSettings, *, language: str = "") -> LabelledText:
        """Return a message cleaned and masked, in the language that is given or else found."""
        masked = Mask(settings)(clean(text))
        names = tuple(sorted({name for told in labels if (name := label(told).strip())}))
        return cls(masked, names, language or language_of(masked, among=settings.languages))

    @property
    def key(self) -> str:
        """Return the same for every text that counts as the same."""
        return content_id(same_text(self.text))

    def judges(self, share: float) -> bool:
        """Return whether it is of the test part, as about that share of all texts is; with a greater share it stays."""
        return int(self.key[:12], 16) < share * 16**12


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Messages under the name of what their labels tell; with ``several`` each may have any number of labels."""

    name: str
    several: bool
    rows: tuple[LabelledText, ...]

    def parts(self, share: float, languages: Sequence[str]) -> tuple[list[LabelledText], list[LabelledText], int]:
        """Return what is learned from and what judges, of those languages, and how many are neither.

        These are nearly the same as one that judges.
        """
        mine = [row for row in self.rows if row.language in languages]
        test = [row for row in mine if row.judges(share)]
        train = [row for row in mine if not row.judges(share)]
        leaks = find_leaks(*([Asked(row.key, text=row.text) for row in part] for part in (train, test)))
        return [row for place, row in enumerate(train) if place not in leaks], test, len(leaks)

    def document(self, share: float) -> dict[str, Any]:
        """Return what there is of it, as JSON."""
        return {
            "name": self.name,
            "kind": "several" if self.several else "one",
            "messages": len(self.rows),
            "test": sum(row.judges(share) for row in self.rows),
            "labels": dict(sorted(Counter(name for row in self.rows for name in row.labels).items())),
            "languages": dict(sorted(Counter(row.language for row in self.rows).items())),
        }


@dataclass(frozen=True, slots=True)
class AddedLabels:
    """How many messages of a file are new to a set, have other labels than before, and are as before."""

    new: int
    changed: int
    same: int


class LabelSets:
    """The sets of one home, each ``labels/NAME.jsonl`` there.

    >>> LabelSets(Home.find("/srv/desk")).names()       # doctest: +SKIP
    ['sentiment', 'topic']
    """

    def __init__(self, home: Home) -> None:
        self._home, self._folder = home, home.folder / "labels"

    def names(self) -> list[str]:
        """Return the names of all sets, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.jsonl") if _NAME.fullmatch(path.stem))

    def all(self) -> list[LabelSet]:
        """Return all sets by name. Raises :class:`HomeError` for one that is damaged."""
        return [self.get(name) for name in self.names()]

    def get(self, name: str) -> LabelSet:
        """Return one set. Raises :class:`NotFoundError`, or :class:`HomeError` where it is damaged."""
        path = self._path(name)
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            hint = "`replydesk labels list` shows those there are."
            raise NotFoundError("There are no labelled messages of that name.", where=name, hint=hint) from None
        except (OSError, ValueError) as error:
            raise _damaged(path, str(error)) from error
        rows, kinds = [], set()
        for number, line in enumerate(lines if lines[-1] else lines[:-1], 1):
            try:
                told = json.loads(line)
                several = isinstance(told["label"], list)
                names = tuple(told["label"]) if several else (told["label"],)
                row = LabelledText(told["text"], names, told["language"])
            except (ValueError, KeyError, TypeError) as error:
                raise _damaged(path, f"line {number} is no labelled message") from error
            if not all(isinstance(value, str) for value in (row.text, row.language, *names)):
                raise _damaged(path, f"line {number} is no labelled message")
            kinds.add(several)
            rows.append(row)
        if len(kinds) != 1:
            raise _damaged(path, "it holds lists of labels and single ones" if kinds else "it is empty")
        return LabelSet(name, kinds.pop(), tuple(rows))

    def add(self, name: str, rows: Sequence[LabelledText], *, several: bool) -> AddedLabels:
        """Add messages to a set, which is made where there is none; of two with the same text the later counts.

        A set takes the kind of what is first added; single labels can be added to one of several. Raises
        :class:`RequestError` for a name that cannot be one, for no rows, and for several labels in a set of one.
        """
        if name in _INTENTS:
            hint = "Import labelled conversations, or `replydesk intents add`; several at once go by another name."
            raise RequestError("Intents are not brought this way.", where=name, hint=hint)
        path = self._path(name)
        if not rows:
            raise RequestError("There is nothing to add.", where=name, hint="Give texts with labels.")
        with self._home.lock("labels", wait_seconds=10):
            known = self.get(name) if path.exists() else LabelSet(name, several, ())
            if several and not known.several:
                hint = "Remove the set first with `replydesk labels remove`, or choose another name."
                raise RequestError("The messages of this set have one label each.", where=name, hint=hint)
            found = {row.key: row for row in known.rows}
            before = dict(found)
            found.update((row.key, row) for row in rows)
            given = {row.key for row in rows}
            changed = sum(key in before and found[key].labels != before[key].labels for key in given)
            new = len(given - before.keys())
            if found != before:
                lines = [_line(row, known.several) for row in found.values()]
                self._folder.mkdir(exist_ok=True)
                write_atomically(path, "".join(lines).encode())
        return AddedLabels(new, changed, len(given) - new - changed)

    def remove(self, name: str) -> None:
        """Forget a set; the next release has no classifier of it. Raises :class:`NotFoundError`."""
        path = self._path(name)
        with self._home.lock("labels", wait_seconds=10):
            try:
                path.unlink()
            except FileNotFoundError:
                hint = "`replydesk labels list` shows those there are."
                raise NotFoundError("There are no labelled messages of that name.", where=name, hint=hint) from None
            except OSError as error:
                hint = "Give this user write access to the folder."
                raise HomeError(f"It cannot be removed: {error.strerror}.", where=str(path), hint=hint) from error
            sync_folder(self._folder)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            hint = "Take up to 40 small letters a to z, digits, - and _, such as sentiment or topic."
            raise RequestError("This cannot be the name of a set of labels.", where=name, hint=hint)
        return self._folder / f"{name}.jsonl"


def _line(row: LabelledText, several: bool) -> str:
    told = {"text": row.text, "label": list(row.labels) if several else row.labels[0], "language": row.language}
    return json.dumps(told, ensure_ascii=False) + "\n"


def _damaged(path: Path, why: str) -> HomeError:
    hint = "Restore the file from a backup, or remove it and add the labelled file again."
    return HomeError(f"A set of labels is damaged: {why}.", where=str(path), hint=hint)
