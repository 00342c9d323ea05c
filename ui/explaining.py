"""The commands `replydesk explain` and `replydesk replay`: why a stored reply was given, and whether it comes again."""

from __future__ import annotations

from typing import Annotated

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import agent_of
from replydesk.ui.options import HomeOption, JsonOption, show

__all__ = ["explain", "replay"]

_Reply = Annotated[str, typer.Argument(metavar="REPLY", help="The id in the reply's document.")]


def explain(reply: _Reply, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say why a stored reply was given: words, tickets, thresholds, rules, and what would have changed it."""
    from replydesk.dialog.explain.explaining import explanation_of
    from replydesk.ui.explained import explanation_text

    found = explanation_of(agent_of(Home.find(home)), reply)
    show(found.document(), as_json, explanation_text(found))


def replay(reply: _Reply, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make a stored reply again by the release that made it, and compare; exit code 1 where it differs."""
    from replydesk.dialog.explain.replaying import replay_of
    from replydesk.ui.explained import replay_text

    found = replay_of(agent_of(Home.find(home)), reply)
    show(found.document(), as_json, replay_text(found))
    if not found.same:
        raise typer.Exit(1)
