"""The trainings of a home: what each was asked, how it went, and where the unfinished one goes on."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from replydesk.data.errors import Interrupted
from replydesk.data.home import Home, write_atomically
from replydesk.finetune.recipe import Recipe

__all__ = ["Run", "Runs", "Tracked"]

_CARD = "run.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One training: a folder ``runs/<id>`` with ``run.json``, its log, and while it is unfinished its checkpoints."""

    id: str
    folder: Path
    at: datetime
    task: str
    promote: bool
    recipe: Mapping[str, Any]
    state: Literal["unfinished", "done"] = "unfinished"
    release: str = ""

    def save(self) -> Run:
        """Write ``run.json`` and return self."""
        document = {
            "id": self.id,
            "at": self.at.isoformat(),
            "state": self.state,
            "task": self.task,
            "promote": self.promote,
            "release": self.release,
            "recipe": self.recipe,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / _CARD, json.dumps(document, indent=1, ensure_ascii=False).encode())
        return self

    @classmethod
    def load(cls, folder: Path) -> Run:
        """Return the run of a folder."""
        document: dict[str, Any] = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        return cls(folder=folder, **document | {"at": datetime.fromisoformat(document["at"])})

    def asked(self) -> Recipe:
        """Return its recipe. Raises :class:`RequestError` where another version of Replydesk wrote it."""
        return Recipe.read(self.recipe, where=str(self.folder / _CARD))

    def forget_checkpoints(self) -> None:
        """Remove checkpoints and pre-trained encoders, after which the run starts anew if it is asked to go on."""
        for pattern in ("*/read", "**/checkpoint-*"):
            for path in sorted(self.folder.glob(pattern)):
                shutil.rmtree(path)


@dataclass
class Tracked:
    """A run that is going on: what its trainings are to be given."""

    run: Run
    callbacks: tuple[Any, ...]
    release: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @property
    def checkpoints(self) -> Path:
        """Return the folder below which each training has one for its checkpoints."""
        return self.run.folder

    def finish(self, release: str, metrics: Mapping[str, Any]) -> None:
        """Say what came of it."""
        self.release, self.metrics = release, metrics


class Runs:
    """The runs of a home. Only who holds its lock ``training`` may begin one, so what is unfinished then was stopped.

    The newest ``keep`` stay; of the unfinished ones the newest alone has checkpoints.
    """

    def __init__(self, home: Home, keep: int = 20, *, wandb: bool = False) -> None:
        self._folder, self._keep, self._wandb = home.runs, keep, wandb

    def all(self) -> list[Run]:
        """Return the runs, the newest first."""
        found = [Run.load(card.parent) for card in self._folder.glob(f"*/{_CARD}")]
        return sorted(found, key=lambda run: (run.at, run.id), reverse=True)

    def unfinished(self) -> Run | None:
        """Return the newest run that did not end."""
        return next((run for run in self.all() if run.state == "unfinished"), None)

    def new(self, recipe: Recipe, *, task: str = "all", promote: bool = False) -> Run:
        """Return a new run, and remove what is too old."""
        unfinished = self.unfinished()
        for number, old in enumerate(self.all()):
            if number >= self._keep - 1:
                (old.folder / _CARD).unlink()
            elif unfinished is None or old.id != unfinished.id:
                old.forget_checkpoints()
        for folder in self._folder.glob("*/"):
            # What has no card is on its way out, also where a crash came between.
            if not (folder / _CARD).exists():
                shutil.rmtree(folder)
        at = datetime.now(UTC)
        key = f"{at:%Y-%m-%d}-{secrets.token_hex(3)}"
        return Run(key, self._folder / key, at, task, promote, recipe.document()).save()

    @contextmanager
    def going(self, run: Run) -> Iterator[Tracked]:
        """Track a run while it goes; it is done if :meth:`Tracked.finish` was called, and else unfinished."""
        from replydesk.finetune.training.tracking import Tracking

        with Tracking(run.folder, run.recipe, wandb=self._wandb) as tracking:
            tracked = Tracked(run, (tracking,))
            try:
                yield tracked
            except (Interrupted, KeyboardInterrupt) as error:
                message = error.message if isinstance(error, Interrupted) else "The training was stopped."
                hint = "Go on with `replydesk train --resume`."
                raise Interrupted(message, where=str(run.folder), hint=hint) from error
            if tracked.release:
                tracking.finish(tracked.metrics)
                done = replace(run, state="done", release=tracked.release).save()
                done.forget_checkpoints()
