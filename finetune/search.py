"""Searching for a recipe: many are tried on training data, validation chooses, and bad ones are given up early."""

from __future__ import annotations

import json
import math
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from replydesk.data.errors import ConflictError, RequestError
from replydesk.data.home import Home, write_atomically
from replydesk.finetune.encoders.tuning import Labelled, tune_encoder
from replydesk.finetune.recipe import Recipe

__all__ = ["Dimension", "Found", "Objective", "Space", "intent_objective", "recipe_toml", "search", "write_recipe"]

Objective = Callable[[Recipe, Sequence[Any]], float]

_EPOCHS_BEFORE_PRUNING = 1
_TRIALS_BEFORE_PRUNING = 4


@dataclass(frozen=True, slots=True)
class Dimension:
    """One key of a recipe and what it may be: one of the ``choices``, or a number from ``low`` to ``high``."""

    key: str
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False

    def suggest(self, trial: Any) -> Any:
        """Return the value that a trial takes."""
        if self.choices:
            return trial.suggest_categorical(self.key, list(self.choices))
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(self.key, self.low, self.high, log=self.log)
        return trial.suggest_float(self.key, self.low, self.high, log=self.log)

    @property
    def ends(self) -> tuple[Any, ...]:
        """Return the values that stand for the rest when the space is checked."""
        return self.choices or (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Space:
    """What is searched: the keys of a recipe that vary, the others stay as they are."""

    dimensions: tuple[Dimension, ...]

    @classmethod
    def find(cls, path: Path | None, recipe: Recipe) -> Space:
        """Return the space of the section ``[search]`` of a TOML file, or without one that of Replydesk.

        Raises :class:`RequestError` where a key or a value is none that the recipe can have.
        """
        where = str(path) if path else "space.toml"
        try:
            file = path or resources.files("replydesk.finetune.presets").joinpath("space.toml")
            values = tomllib.loads(file.read_text(encoding="utf-8")).get("search", {})
        except (OSError, ValueError) as error:
            hint = "Name a valid TOML file."
            raise RequestError(f"The space cannot be read: {error}.", where=where, hint=hint) from error
        space = cls(tuple(_dimensions(values, "", where)))
        if not space.dimensions:
            hint = "Write for example: encoder.training.learning_rate = {low = 5e-5, high = 5e-4, log = true}"
            raise RequestError("There is nothing to search.", where=f"{where} [search]", hint=hint)
        for dimension in space.dimensions:
            for value in dimension.ends:
                space.recipe({dimension.key: value}, recipe, where)
        return space

    def recipe(self, chosen: Mapping[str, Any], start: Recipe, where: str = "search") -> Recipe:
        """Return the recipe with what was chosen."""
        return Recipe.read(_nested(chosen), where=where, like=start)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: the best recipe, its validation score, and how many trials were complete and given up."""

    recipe: Recipe
    score: float
    chosen: Mapping[str, Any]
    complete: int
    pruned: int
    database: Path

    def document(self) -> dict[str, Any]:
        """Return the JSON document of ``replydesk recipes search``."""
        return {
            "score": round(self.score, 5),
            "chosen": dict(self.chosen),
            "trials": {"complete": self.complete, "pruned": self.pruned},
            "database": str(self.database),
            "recipe": self.recipe.document(),
        }


def search(
    home: Home,
    name: str,
    start: Recipe,
    space: Space,
    objective: Objective,
    *,
    fingerprint: str = "",
    trials: int = 30,
    timeout: float | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Found:
    """Try recipes until there are so many ``trials``, or ``timeout`` seconds are over, and return the best.

    The first trial is the recipe it starts from, as far as it stands in the space. ``objective`` trains with a recipe
    and callbacks for ``fit``, which give a trial up whose score after an epoch is below the median of the others
    (Golovin et al. 2017), and returns the validation score. Everything stands in ``runs/search-NAME.db``: killed and
    started again it goes on with the trials that are there, and does the one that was lost again.

    Raises :class:`ConflictError` where a search of that name was for other data, another recipe or another space.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    database = home.create().runs / f"search-{name}.db"
    database.parent.mkdir(exist_ok=True)
    asked = json.dumps([fingerprint, start.document(), [repr(one) for one in space.dimensions]], sort_keys=True)
    with home.lock(f"search-{name}", wait_seconds=5):
        study = optuna.create_study(
            storage=f"sqlite:///{database}",
            study_name=name,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(_TRIALS_BEFORE_PRUNING, _EPOCHS_BEFORE_PRUNING),
        )
        if study.user_attrs.setdefault("asked", asked) != asked:
            hint = "Give this search another --name, or remove the file."
            raise ConflictError("A search of this name was for something else.", where=str(database), hint=hint)
        study.set_user_attr("asked", asked)
        over = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
        done = len(study.get_trials(deepcopy=False, states=over))
        # Drawn anew from the number of trials, so that what goes on does not draw the same ones again.
        study.sampler = optuna.samplers.TPESampler(seed=start.seed + done)
        for lost in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
            study.tell(lost.number, state=optuna.trial.TrialState.FAIL)
            study.enqueue_trial(lost.params)
        if not study.get_trials(deepcopy=False):
            study.enqueue_trial(_known(start, space))
        if done:
            progress(f"Going on after {done} trials in {database}")

        def attempt(trial: Any) -> float:
            chosen = {one.key: one.suggest(trial) for one in space.dimensions}
            told = ", ".join(f"{key.rpartition('.')[2]} {_short(value)}" for key, value in chosen.items())
            progress(f"Trial {trial.number}: {told}")
            score = objective(space.recipe(chosen, start), (_pruning(trial),))
            progress(f"Trial {trial.number}: {score:.4f}")
            return score

        def give_up(_study: Any, trial: Any) -> None:
            if trial.state == optuna.trial.TrialState.PRUNED:
                progress(f"Trial {trial.number} was given up")
            if len(study.get_trials(deepcopy=False, states=over)) >= trials:
                study.stop()

        if done < trials:
            study.optimize(attempt, timeout=timeout, callbacks=[give_up])
        states = [trial.state for trial in study.get_trials(deepcopy=False)]
        complete, pruned = (states.count(state) for state in over)
        if not complete:
            hint = "Give it more time; the trials so far are kept."
            raise RequestError("No trial came to its end.", where=str(database), hint=hint)
        best, score = study.best_params, study.best_value
    return Found(space.recipe(best, start), score, best, complete, pruned, database)


def intent_objective(
    base: Path, train: Labelled, valid: Labelled, progress: Callable[[str], None] = lambda _line: None
) -> Objective:
    """Return what fine-tunes the BERT in ``base`` on labelled texts and gives the best accuracy on validation."""

    def objective(recipe: Recipe, callbacks: Sequence[Any]) -> float:
        # Only the score is wanted, not what is learned once more from all.
        once = replace(recipe, encoder=replace(recipe.encoder, tune=True, refit=False))
        with tempfile.TemporaryDirectory() as folder:
            tuned = tune_encoder(
                base,
                Path(folder) / "tuned",
                once,
                learned=train,
                held_out=valid,
                callbacks=callbacks,
                progress=progress,
            )
        return float(max(tuned.history["scores"]))

    return objective


def recipe_toml(recipe: Recipe, comments: Sequence[str] = ()) -> str:
    """Return a recipe as a TOML file that ``--recipe`` takes, complete, so that later presets do not change it.

    >>> print(recipe_toml(Recipe(seed=3)).splitlines()[1])
    seed = 3
    """
    lines = [f"# {comment}" for comment in comments]
    sections: list[str] = []

    def write(values: Mapping[str, Any], above: str) -> None:
        own = {key: value for key, value in values.items() if not isinstance(value, Mapping)}
        if above:
            sections.append(f"\n[{above}]")
        # What is None is as in every preset: TOML has no word for it.
        (sections if above else lines).extend(
            f"{key} = {_toml(value)}" for key, value in own.items() if value is not None and (above or key != "name")
        )
        for key, value in values.items():
            if isinstance(value, Mapping):
                write(value, f"{above}.{key}" if above else key)

    lines.append('like = "quick"')
    write(recipe.document(), "")
    return "\n".join([*lines, *sections]) + "\n"


def write_recipe(path: Path, found: Found, command: str) -> None:
    """Write the best recipe as TOML, whole or not at all."""
    comments = (
        f"{found.score:.4f} on validation, the best of {found.complete} trials and {found.pruned} given up early.",
        f"{datetime.now(UTC):%Y-%m-%d}, {command}",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, recipe_toml(found.recipe, comments).encode())


def _pruning(trial: Any) -> Any:
    import optuna
    from transformers import TrainerCallback

    class Pruning(TrainerCallback):  # type: ignore[misc]
        """Reports the score of every epoch, and ends a trial that is worse than most."""

        def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            metrics = kwargs["metrics"]
            trial.report(metrics["score"], metrics["epoch"])
            # Before the first epoch all are alike.
            if metrics["epoch"] and trial.should_prune():
                raise optuna.TrialPruned

    return Pruning()


def _dimensions(values: Mapping[str, Any], above: str, where: str) -> list[Dimension]:
    found: list[Dimension] = []
    for name, value in values.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping) and not {"low", "high"} & set(value):
            found += _dimensions(value, f"{key}.", where)
        elif isinstance(value, list) and value:
            found.append(Dimension(key, tuple(value)))
        elif isinstance(value, Mapping) and _is_range(value):
            found.append(Dimension(key, (), **value))
        else:
            hint = "Write a range, {low = 1, high = 9, log = true}, or a list to choose from, [1, 2]."
            raise RequestError(f"{key} says no range and no choice.", where=where, hint=hint)
    return found


def _is_range(value: Mapping[str, Any]) -> bool:
    ends = (value.get("low"), value.get("high"))
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end) for end in ends)
    log = value.get("log", False)
    known = set(value) <= {"low", "high", "log"} and isinstance(log, bool)
    return known and numbers and ends[0] <= ends[1] and (not log or ends[0] > 0)  # type: ignore[operator]


def _nested(chosen: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in chosen.items():
        *above, last = key.split(".")
        place = document
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return document


def _known(start: Recipe, space: Space) -> dict[str, Any]:
    """Return what the recipe says where the space has that."""
    known = {}
    for one in space.dimensions:
        value: Any = start.document()
        for part in one.key.split("."):
            value = value[part]
        if value in one.choices or (
            not one.choices and isinstance(value, int | float) and one.low <= value <= one.high
        ):
            known[one.key] = value
    return known


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _toml(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # The strings, numbers and truths of JSON are those of TOML.
    return json.dumps(value, ensure_ascii=False)
