"""The commands `replydesk train` and `replydesk retrain`: a candidate is made, judged and, if better, promoted."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import workshop_of
from replydesk.ui.exchange import (
    AgentsOption,
    DatesOption,
    EncodingOption,
    FormatOption,
    MapOption,
    reader_options,
)
from replydesk.ui.options import HomeOption, JsonOption, RecipeOption, show
from replydesk.ui.terminal import outcome_text

__all__ = ["retrain", "train"]


def train(
    recipe: Annotated[str, typer.Option("--recipe", help="A preset's name or a TOML file; quick.")] = "",
    task: Annotated[
        Literal["all", "intent", "encoder", "reranker"], typer.Option("--task", help="What to train.")
    ] = "all",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training that was stopped last.")] = False,
    wandb: Annotated[
        bool | None, typer.Option("--wandb/--no-wandb", help="Send how it goes to Weights & Biases, too.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a candidate release and judge it; it does not answer before it is promoted. Ctrl-C stops it for a while."""
    from replydesk.finetune.recipe import Recipe

    chosen = Recipe.find(recipe) if recipe else None
    outcome = workshop_of(Home.find(home)).train(chosen, task=task, resume=resume, wandb=wandb)
    cure = f"Let it answer with: replydesk releases promote {outcome.release.id}"
    show(
        outcome.document() | {"task": outcome.task},
        as_json,
        outcome_text(outcome) if outcome.promoted else f"{outcome_text(outcome)}\n{cure}",
    )


def retrain(
    exports: Annotated[list[str], typer.Argument(help="Exports, as for import.")],
    recipe: RecipeOption = "quick",
    format: FormatOption = "auto",  # noqa: A002
    columns: MapOption = None,
    agents: AgentsOption = None,
    dates: DatesOption = "",
    encoding: EncodingOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import, train, compare before and after, and let the new release answer if nothing got worse."""
    from replydesk.finetune.recipe import Recipe

    workshop = workshop_of(Home.find(home))
    options = reader_options(columns, agents, dates, encoding)
    outcome = workshop.retrain(exports, Recipe.find(recipe), format=format, options=options)
    show(outcome.document(), as_json, outcome_text(outcome))
