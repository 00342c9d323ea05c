"""Recipes: everything that decides how a candidate is trained, by name or from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from replydesk.data.errors import RequestError

__all__ = ["QUICK", "Recipe"]

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named way to train.

    ``strengths`` are the values of C (the inverse of L2 regularisation) that cross-validation with ``folds`` folds
    chooses among; ``max_wrong`` is the share of wrong answers that the threshold for answering alone allows on
    validation; ``in_scope_kept`` the share of in-scope messages that the out-of-scope threshold must let through.
    ``int8`` asks for eight-bit encoders, which are used where they lose nothing.

    ``reranker`` says whether the task ``all`` trains a cross-encoder, too. It learns from at most ``rerank_questions``
    questions with five candidates each, pairs of up to ``rerank_tokens`` tokens, ``rerank_batch`` questions at a time,
    ``rerank_epochs`` times at most, at the rate ``rerank_rate``.
    """

    name: str = "quick"
    strengths: Annotated[tuple[Positive, ...], Field(min_length=1)] = (3.0, 10.0, 30.0)
    folds: Annotated[int, Field(ge=2)] = 3
    max_wrong: Share = 0.1
    in_scope_kept: Share = 0.97
    candidates: Annotated[int, Field(ge=1)] = 20
    reranker: bool = False
    rerank_questions: Annotated[int, Field(ge=1)] = 2000
    rerank_epochs: Annotated[int, Field(ge=1)] = 2
    rerank_batch: Annotated[int, Field(ge=1)] = 8
    rerank_rate: Positive = 1e-4
    rerank_tokens: Annotated[int, Field(ge=16, le=512)] = 96
    seed: Annotated[int, Field(ge=0)] = 0
    int8: bool = False

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
        try:
            return TypeAdapter(cls).validate_python({"name": path.stem} | values)
        except ValidationError as error:
            problem = error.errors()[0]
            hint = "Mend that line; what is left out has the value of the quick recipe."
            raise RequestError(
                f"The recipe's {problem['loc'][0]} is wrong: {problem['msg']}.", where=name, hint=hint
            ) from None

    def document(self) -> dict[str, Any]:
        """Return the JSON form that goes into a release card."""
        return asdict(self)


QUICK = Recipe()
_PRESETS = {QUICK.name: QUICK}
