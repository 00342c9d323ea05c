"""Evidence: what messages that were held out showed of confidence and being right, counted on a fixed grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LEVELS", "Counts", "Evidence", "level_of"]

Counts = NDArray[np.int_]

LEVELS: Final = 1 / (1 + np.exp(-np.linspace(-3.0, 12.0, 301)))
"""The thresholds that are considered, lowest first: .05 apart in log-odds, from .047 to .999994.

They are fixed before any data are seen, as a test in a fixed sequence demands; and equal confidences are never parted.
"""


def level_of(confidences: ArrayLike) -> Counts:
    """Return the number of the highest level that each confidence reaches, -1 where it reaches none."""
    return np.asarray(np.searchsorted(LEVELS, np.asarray(confidences, dtype=np.float64), side="right") - 1)


_POINTS = 60


@dataclass(frozen=True, eq=False)
class Evidence:
    """How often held-out messages of each language and intent had their best answer right, by level of confidence.

    ``rows``, shape (n, 5), hold the place of the language, that of the intent, the level (-1 for less than all), and
    how many there were right and wrong. The intent is what the message was read as; '' stands for none.
    """

    languages: tuple[str, ...]
    intents: tuple[str, ...]
    rows: Counts

    @classmethod
    def of(
        cls,
        confidences: ArrayLike,
        right: ArrayLike,
        languages: Sequence[str] | None = None,
        intents: Sequence[str] | None = None,
    ) -> Evidence:
        """Count messages with confidences (n,) and whether each was right (n,); without names they are all alike."""
        levels, good = level_of(confidences).tolist(), np.asarray(right, dtype=bool).tolist()
        languages = languages if languages is not None else [""] * len(levels)
        intents = intents if intents is not None else [""] * len(levels)
        known, named = tuple(sorted(set(languages))), tuple(sorted(set(intents)))
        place, number = ({name: i for i, name in enumerate(names)} for names in (known, named))
        counts: Counter[tuple[int, int, int, bool]] = Counter(
            (place[language], number[intent], level, one)
            for language, intent, level, one in zip(languages, intents, levels, good, strict=True)
        )
        cells = sorted({key[:3] for key in counts})
        rows = [[*cell, counts[*cell, True], counts[*cell, False]] for cell in cells]
        return cls(known, named, np.array(rows, dtype=int).reshape(-1, 5))

    def __len__(self) -> int:
        return int(self.rows[:, 3:].sum())

    def among(self, language: str | None = None, intent: str | None = None, *, without: Sequence[str] = ()) -> Evidence:
        """Return that of one language or one intent, or of all but some languages and intents."""
        speech, meant = (self.rows[:, column] for column in (0, 1))
        kept = np.ones(len(self.rows), dtype=bool)
        if language is not None:
            kept &= speech == (self.languages.index(language) if language in self.languages else -1)
        if intent is not None:
            kept &= meant == (self.intents.index(intent) if intent in self.intents else -1)
        kept &= ~np.isin(speech, [i for i, name in enumerate(self.languages) if name in without])
        kept &= ~np.isin(meant, [i for i, name in enumerate(self.intents) if name in without])
        return Evidence(self.languages, self.intents, self.rows[kept])

    @cached_property
    def answered(self) -> tuple[Counts, Counts]:
        """Return for every level how many messages reach it, and how many of these were wrong, both (levels,)."""
        levels, right, wrong = (self.rows[:, column] for column in (2, 3, 4))
        found = []
        for counts in (right + wrong, wrong):
            at = np.bincount(levels + 1, weights=counts, minlength=len(LEVELS) + 1)[1:]
            found.append(np.flip(np.cumsum(np.flip(at))).round().astype(int))
        return found[0], found[1]

    def curve(self) -> list[list[float]]:
        """Return threshold, share answered and share wrong of these, for some levels, the surest answers first."""
        n, wrong = self.answered
        if not len(self):
            return []
        changes = [i for i in range(len(LEVELS) - 1, -1, -1) if n[i] and (i + 1 == len(LEVELS) or n[i] != n[i + 1])]
        if not changes:
            return []
        some = sorted({changes[round(i)] for i in np.linspace(0, len(changes) - 1, _POINTS)}, reverse=True)
        return [
            [round(float(LEVELS[i]), 6), round(float(n[i]) / len(self), 4), round(float(wrong[i] / n[i]), 4)]
            for i in some
        ]

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"languages": list(self.languages), "intents": list(self.intents), "rows": self.rows.tolist()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Evidence:
        """Return what a JSON form holds. Raises KeyError, TypeError or ValueError where it holds something else."""
        languages, intents = tuple(map(str, document["languages"])), tuple(map(str, document["intents"]))
        rows = np.array(document["rows"], dtype=int).reshape(-1, 5)
        most = np.array([len(languages), len(intents), len(LEVELS)])
        least = np.array([0, 0, -1])
        if len(rows) and ((rows[:, :3] >= most).any() or (rows[:, :3] < least).any() or (rows[:, 3:] < 0).any()):
            raise ValueError("counts of what is not there")
        return cls(languages, intents, rows)
