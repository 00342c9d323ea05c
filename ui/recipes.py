"""Commands about recipes: how candidates are trained, shown or searched for."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.ui.options import HomeOption, JsonOption, RecipeOption, say, show

__all__ = ["recipes_app"]

recipes_app = typer.Typer(help="How candidates are trained: show a recipe, or search for one.", no_args_is_help=True)


@recipes_app.command("show")
def recipes_show(
    name: Annotated[str, typer.Argument(help="A preset's name or a TOML file.")], as_json: JsonOption = False
) -> None:
    """Show every key of a recipe, as a TOML file of your own may begin."""
    from replydesk.finetune.recipe import Recipe
    from replydesk.finetune.search import recipe_toml

    recipe = Recipe.find(name)
    show(recipe.document(), as_json, recipe_toml(recipe).rstrip())


@recipes_app.command("search")
def recipes_search(
    train: Annotated[Path, typer.Option("--train", help="CSV or JSONL with text and label: what is learned from.")],
    out: Annotated[Path, typer.Option("--out", help="The TOML file for the best recipe.")],
    valid: Annotated[
        Path | None, typer.Option("--valid", help="What chooses; else a share of --train that is held apart.")
    ] = None,
    recipe: RecipeOption = "full",
    space: Annotated[Path | None, typer.Option("--space", help="A TOML file with the section [search].")] = None,
    trials: Annotated[int, typer.Option("--trials", min=1, max=10_000, help="So many in all.")] = 30,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=1, help="Begin no trial after so many seconds.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What to go on with; else the name of --out.")] = "",
    language: Annotated[Literal["", "en", "zh"], typer.Option("--language", help="Chooses the encoder.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search for the recipe that fine-tunes the encoder best on labelled texts; started again, it goes on."""
    from hashlib import sha256

    from replydesk.data.settings import Settings
    from replydesk.finetune.evaluation.rows import held_apart, read_labelled, shared_texts
    from replydesk.finetune.recipe import Recipe
    from replydesk.finetune.search import Space, intent_objective, search, write_recipe
    from replydesk.retrieval.encoders.encoders import Encoders

    key = name or out.stem
    if out.suffix != ".toml" or not re.fullmatch(r"[\w.-]+", key):
        hint = "Name a file such as best.toml."
        raise RequestError("The recipe is written as a TOML file.", where=f"--out {out}", hint=hint)
    start = Recipe.find(recipe)
    wanted = Space.find(space, start)
    learned = read_labelled(train)
    if valid is None:
        learned, chosen = held_apart(learned, start.encoder.held_out, start.seed)
    else:
        chosen = read_labelled(valid)
        if shared := shared_texts(learned.texts, chosen.texts):
            say(f"{shared} texts of {valid} also stand in {train}: what was learned there chooses, too.")
    place = Home.find(home)
    encoders = Encoders(Settings.load(place.settings).retrieval, place.runtime)
    base = encoders.bert(language or "en")
    if base is None:
        hint = "Name a BERT in the settings, or another --language."
        raise RequestError(
            "The encoder of this language is no BERT, and cannot be fine-tuned.", where=language, hint=hint
        )
    found = search(
        place,
        key,
        start,
        wanted,
        intent_objective(base, learned, chosen, say),
        fingerprint=sha256(repr((base.name, learned, chosen)).encode()).hexdigest(),
        trials=trials,
        timeout=timeout,
        progress=say,
    )
    write_recipe(out, found, shlex.join(["replydesk", *sys.argv[1:]]))
    lines = [f"{key} = {value}" for key, value in found.chosen.items()]
    told = f"{found.score:.4f} on validation, the best of {found.complete} trials; {found.pruned} were given up early."
    cure = f"Train with it: replydesk train --recipe {out}"
    show(found.document() | {"out": str(out)}, as_json, "\n".join([told, *lines, cure]))
