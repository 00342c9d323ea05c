"""The commands `replydesk intents ...`: what the labels of a desk are worth."""

from __future__ import annotations

from typing import Annotated

import typer

from replydesk.data.home import Home
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.ui.options import HomeOption, JsonOption, RecipeOption, say, show
from replydesk.ui.terminal import suspects_lines

__all__ = ["intents_app"]

intents_app = typer.Typer(help="The intents of the desk and the labels of its messages.", no_args_is_help=True)


@intents_app.callback()
def _intents() -> None:
    """Keep the command's name, although there is only one."""


@intents_app.command("suspects")
def suspects(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many, the most suspicious first.")] = 20,
    recipe: RecipeOption = "quick",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List training messages whose label is likely wrong, with the label that fits better."""
    from replydesk.finetune.examples import collect
    from replydesk.finetune.recipe import Recipe
    from replydesk.finetune.suspects import desk_suspects
    from replydesk.retrieval.encoders.encoder import Encoders

    place = Home.find(home)
    settings = Settings.load(place.settings)
    store = Store.open(settings.data.database or place.create().database)
    material, _ = collect(store, Encoders(settings.retrieval, place.runtime), settings)
    document = desk_suspects(material, Recipe.find(recipe), say).document(limit)
    show(document, as_json, "\n".join(suspects_lines(document)))
