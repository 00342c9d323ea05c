"""Continual learning: what is left of old intents after each group of new ones, by one protocol for any strategy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.encoders.tuning import Labelled

__all__ = ["Forgetting", "Strategy", "averaged_weights", "groups_of", "measure_forgetting", "replayed"]

Floats = NDArray[np.float64]
Reader = Callable[[Sequence[str]], Sequence[str]]
"""Gives the label of each text."""

Strategy = Callable[[int, Labelled, Labelled], Reader]
"""Learns a group: its number, its rows, and all rows of the groups before; gives what reads messages from then on."""


@dataclass(frozen=True, eq=False)
class Forgetting:
    """How well each group is read after each group was learned: ``matrix`` [after, of], NaN where it is not learned.

    ``sizes`` are the test messages of each group.
    """

    matrix: Floats
    sizes: tuple[int, ...]

    @property
    def final(self) -> float:
        """Return the accuracy on the messages of all groups after the last one."""
        return float(np.average(self.matrix[-1], weights=self.sizes))

    @property
    def forgotten(self) -> float:
        """Return the mean loss of the earlier groups from the best they ever had (Chaudhry et al. 2018, equation 3)."""
        if len(self.matrix) == 1:
            return 0.0
        return float(np.mean(np.nanmax(self.matrix[:-1, :-1], axis=0) - self.matrix[-1, :-1]))

    def document(self) -> dict[str, Any]:
        """Return the JSON form; the matrix has null where a group was not learned yet."""
        rows = [[None if np.isnan(value) else round(float(value), 4) for value in row] for row in self.matrix]
        return {"final": round(self.final, 4), "forgotten": round(self.forgotten, 4), "matrix": rows}


def groups_of(names: Sequence[str], count: int, seed: int = 0) -> list[tuple[str, ...]]:
    """Return the names in so many groups of nearly the same size, drawn by the seed."""
    drawn = np.random.default_rng(seed).permutation(sorted(set(names))).tolist()
    return [tuple(sorted(part.tolist())) for part in np.array_split(np.array(drawn), count)]


def measure_forgetting(
    strategy: Strategy, groups: Sequence[Sequence[str]], learned: Labelled, judged: Labelled
) -> Forgetting:
    """Let a strategy learn the groups one after another, and judge it on every group that it has met after each."""
    matrix = np.full((len(groups), len(groups)), np.nan)
    tests = [_only(judged, group) for group in groups]
    before = Labelled()
    for number, group in enumerate(groups):
        rows = _only(learned, group)
        read = strategy(number, rows, before)
        before = before + rows
        for other, test in enumerate(tests[: number + 1]):
            told = read(test.texts)
            matrix[number, other] = np.mean([one == label for one, label in zip(told, test.labels, strict=True)])
    return Forgetting(matrix, tuple(len(test) for test in tests))


def replayed(rows: Labelled, count: int, seed: int = 0) -> Labelled:
    """Return up to that many rows of each label, drawn by the seed, in their order."""
    order = np.random.default_rng(seed).permutation(len(rows)).tolist()
    taken: dict[str, int] = {}
    kept = []
    for row in order:
        label = rows.labels[row]
        if taken.get(label, 0) < count:
            taken[label] = taken.get(label, 0) + 1
            kept.append(row)
    kept.sort()
    return Labelled(tuple(rows.texts[row] for row in kept), tuple(rows.labels[row] for row in kept))


def averaged_weights(old: Path, new: Path, folder: Path, share: float = 0.5) -> Path:
    """Write the encoder whose weights are ``share`` of the new one's and the rest of the old one's; return its folder.

    Both are fine-tuned from one checkpoint (Wortsman et al. 2022, "Model soups"). Raises :class:`OSError` where a
    folder has no weights.
    """
    from safetensors.numpy import load_file, save_file

    shutil.copytree(new, folder, dirs_exist_ok=True)
    one, other = (load_file(place / "model.safetensors") for place in (old, new))
    mixed: Mapping[str, Any] = {
        name: ((1 - share) * one[name] + share * value).astype(value.dtype) if value.dtype.kind == "f" else value
        for name, value in other.items()
    }
    save_file(dict(mixed), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _only(rows: Labelled, names: Sequence[str]) -> Labelled:
    wanted = set(names)
    kept = [row for row, label in enumerate(rows.labels) if label in wanted]
    return Labelled(tuple(rows.texts[row] for row in kept), tuple(rows.labels[row] for row in kept))
