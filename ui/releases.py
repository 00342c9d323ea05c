"""The commands `replydesk releases ...`: the trained releases and the one that answers."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import releases_of
from replydesk.ui.options import HomeOption, JsonOption, show

__all__ = ["releases_app"]

releases_app = typer.Typer(help="The trained releases and the one that answers.", no_args_is_help=True)


@releases_app.command("list")
def releases_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List releases, newest first."""
    cards = releases_of(Home.find(home)).cards()
    lines = [
        f"{'*' if card['current'] else ' '} {card['id']}  {card['made_at']}  {card['recipe']['name']}" for card in cards
    ]
    show({"releases": cards}, as_json, "\n".join(lines) or "No releases; train one with `replydesk train`.")


@releases_app.command("show")
def releases_show(
    release: Annotated[str, typer.Argument(help="The id of the release.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the card and the report of a release."""
    releases = releases_of(Home.find(home))
    document = {"card": releases.card(release), "report": releases.report(release)}
    show(document, as_json, json.dumps(document, ensure_ascii=False, indent=1))


@releases_app.command("promote")
def releases_promote(
    release: Annotated[str, typer.Argument(help="The id of the release.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a release answer; running servers follow at once."""
    before = releases_of(Home.find(home)).promote(release)
    show(
        {"release": release, "before": before},
        as_json,
        f"{release} answers now (before: {before or 'none'}).",
    )


@releases_app.command("rollback")
def releases_rollback(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let the parent of the current release answer again."""
    release = releases_of(Home.find(home)).rollback()
    show({"release": release}, as_json, f"{release} answers again.")
