"""What the commands share: options with one meaning everywhere, and where results and progress go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["HomeOption", "JsonOption", "RecipeOption", "say", "show"]

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The desk's folder; else $REPLYDESK_HOME, else the user's data folder."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
RecipeOption = Annotated[str, typer.Option("--recipe", help="A preset's name or a TOML file.")]


def show(document: Any, as_json: bool, text: str) -> None:
    """Print a result on stdout: one JSON document, or text for people."""
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


def say(line: str) -> None:
    """Print progress on stderr."""
    typer.echo(line, err=True)
