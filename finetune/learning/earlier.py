"""Going on from a release: what its encoder has learned, what is new since, and which old rows to learn again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replydesk.data.home import write_atomically
from replydesk.data.records import content_id
from replydesk.dialog.release import Release
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.examples import Material, held_out_owners
from replydesk.finetune.learning.continual import replayed
from replydesk.finetune.recipe import Recipe

__all__ = ["Earlier"]

_LEARNED = "learned.json"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The fine-tuned BERT of a release, and short hashes of the messages with their labels that it learned from."""

    release: str
    folder: Path
    held_share: float
    learned: frozenset[str]

    @classmethod
    def of(cls, release: Release, base: str) -> Earlier:
        """Return what the release has in place of an encoder."""
        folder = release.weights[base]
        share = float(release.tuned[base]["held_share"])
        path = folder / _LEARNED
        learned = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return cls(release.id, folder, share, frozenset(learned))

    @staticmethod
    def remember(folder: Path, rows: Labelled) -> None:
        """Write beside a BERT what it learned from; the hashes tell nothing of the texts."""
        keys = sorted(set(_keys(rows)))
        write_atomically(folder / _LEARNED, json.dumps(keys).encode())

    def lacks(self, material: Material) -> bool:
        """Return whether there are labelled messages of nobody held out that it has not learned yet."""
        labelled = material.train.labelled
        held = held_out_owners(labelled, self.held_share)
        labelled = labelled.where([group not in held for group in labelled.groups])
        rows = Labelled(labelled.texts, labelled.labels)
        return not self.learned.issuperset(_keys(rows))

    def going_on(self, rows: Labelled, recipe: Recipe) -> tuple[Labelled, dict[str, Any]]:
        """Return the rows that are new with ``recipe.encoder.replay`` old ones of each intent, and what the card says.

        Old rows are drawn by the seed.
        """
        known = [key in self.learned for key in _keys(rows)]
        fresh, old = _only(rows, [not one for one in known]), _only(rows, known)
        again = replayed(old, recipe.encoder.replay, recipe.seed) if recipe.encoder.replay else Labelled()
        return fresh + again, {"release": self.release, "new": len(fresh), "replayed": len(again)}


def _keys(rows: Labelled) -> Iterable[str]:
    return (content_id(text, label)[:16] for text, label in zip(rows.texts, rows.labels, strict=True))


def _only(rows: Labelled, kept: Iterable[bool]) -> Labelled:
    places = [place for place, one in enumerate(kept) if one]
    return Labelled(tuple(rows.texts[i] for i in places), tuple(rows.labels[i] for i in places))
