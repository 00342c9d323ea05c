"""What the commands share: options with one meaning everywhere, and where results and progress go."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "FilterOption",
    "HomeOption",
    "JsonOption",
    "LanguageOption",
    "RecipeOption",
    "RulesOption",
    "filters_of",
    "language_code",
    "say",
    "show",
]

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


def filters_of(given: Sequence[str] | None) -> dict[str, str]:
    """Return what the option ``--filter`` was given; raises an error of usage where it is no ``NAME=VALUE``."""
    pairs = [one.partition("=") for one in given or ()]
    wrong = next((whole for whole, (name, sign, _) in zip(given or (), pairs, strict=True) if not name or not sign), "")
    if wrong:
        raise typer.BadParameter(f"--filter {wrong}: write NAME=VALUE.")
    return {name: value for name, _, value in pairs}


LanguageOption = Annotated[str, typer.Option("--language", callback=language_code, help="en or zh; else detected.")]


FilterOption = Annotated[
    list[str] | None, typer.Option("--filter", help="Only tickets like that: source=canned; repeatable.")
]


def show(document: Any, as_json: bool, text: str) -> None:
    """Print a result on stdout: one JSON document, or text for people."""
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


def say(line: str) -> None:
    """Print progress on stderr."""
    typer.echo(line, err=True)
