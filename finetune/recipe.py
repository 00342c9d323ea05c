"""Recipes: everything that decides how a candidate is trained, by name or from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from replydesk.data.errors import RequestError

__all__ = ["QUICK", "Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named way to train.

    ``strengths`` are the values of C (the inverse of L2 regularisation) that cross-validation with ``folds`` folds
    chooses among; ``max_wrong`` is the share of wrong answers that the threshold for answering alone allows on
    validation; ``in_scope_kept`` the share of in-scope messages that the out-of-scope threshold must let through.
    """

    name: str = "quick"
    strengths: tuple[float, ...] = (3.0, 10.0, 30.0)
    folds: int = 3
    max_wrong: float = 0.1
    in_scope_kept: float = 0.97
    candidates: int = 20
    seed: int = 0

    @classmethod
    def find(cls, name: str) -> Recipe:
        """Return a preset by its name, or the recipe of a TOML file. Raises :class:`RequestError`."""
        if name in _PRESETS:
            return _PRESETS[name]
        path = Path(name)
        if path.suffix != ".toml":
            raise RequestError(
                "There is no such recipe.", where=name, hint=f"Known: {', '.join(_PRESETS)}, or a .toml file."
            )
        try:
            values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RequestError(
                f"The recipe cannot be read: {error}.", where=name, hint="Name a valid TOML file."
            ) from error
        known = {f.name for f in fields(cls)}
        for key in values:
            if key not in known:
                hint = f"Known: {', '.join(sorted(known))}."
                raise RequestError(f"A recipe has no {key}.", where=name, hint=hint)
        if "strengths" in values:
            values["strengths"] = tuple(float(value) for value in values["strengths"])
        return cls(**({"name": path.stem} | values))

    def document(self) -> dict[str, Any]:
        """Return the JSON form that goes into a release card."""
        return asdict(self)


QUICK = Recipe()
_PRESETS = {QUICK.name: QUICK}
