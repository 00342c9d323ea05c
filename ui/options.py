"""What the commands share: options with one meaning everywhere, and where results and progress go."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["HomeOption", "JsonOption", "LanguageOption", "RecipeOption", "RulesOption", "language_code", "say", "show"]

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The desk's folder; else $REPLYDESK_HOME, else the user's data folder."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", exists=True, dir_okay=False, help="Rules in place of rules.toml of the home."),
]
RecipeOption = Annotated[str, typer.Option("--recipe", help="A preset's name or a TOML file.")]


def language_code(code: str) -> str:
    """Return a code of two small letters, or nothing; the callback of an option."""
    if not re.fullmatch("([a-z]{2})?", code):
        raise typer.BadParameter("two small letters are expected, such as en or zh.")
    return code


LanguageOption = Annotated[str, typer.Option("--language", callback=language_code, help="en or zh; else detected.")]


def show(document: Any, as_json: bool, text: str) -> None:
    """Print a result on stdout: one JSON document, or text for people."""
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


def say(line: str) -> None:
    """Print progress on stderr."""
    typer.echo(line, err=True)
