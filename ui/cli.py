"""The command line. Results go to stdout, everything else to stderr; ``--json`` makes the result one document.

This module puts the commands together. Each group has a module of its own: demo, exchange (import and export),
answering (ask, suggest, search, serve, actions), explaining (explain, replay), upkeep (index, doctor), training
(train, retrain), pretraining, tickets, recipes, releases, rehearsing (test), evaluate, intents, labels, rules and
facts.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from replydesk.data.errors import ReplydeskError
from replydesk.ui.answering import actions, ask, search, serve, suggest
from replydesk.ui.demo import demo
from replydesk.ui.evaluate import evaluate_app
from replydesk.ui.exchange import export, import_
from replydesk.ui.explaining import explain, replay
from replydesk.ui.facts import facts_app
from replydesk.ui.intents import intents_app
from replydesk.ui.labels import labels_app
from replydesk.ui.pretraining import pretrain
from replydesk.ui.recipes import recipes_app
from replydesk.ui.rehearsing import test
from replydesk.ui.releases import releases_app
from replydesk.ui.rules import rules_app
from replydesk.ui.tickets import tickets_app
from replydesk.ui.training import retrain, train
from replydesk.ui.upkeep import doctor, index

__all__ = ["app", "main"]

app = typer.Typer(
    name="replydesk",
    help="Answers customers from what a support team already knows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    demo,
    import_,
    export,
    ask,
    suggest,
    explain,
    replay,
    search,
    serve,
    index,
    train,
    retrain,
    pretrain,
    doctor,
    test,
    actions,
):
    app.command(_command.__name__.rstrip("_"))(_command)
app.add_typer(tickets_app, name="tickets")
app.add_typer(recipes_app, name="recipes")
app.add_typer(releases_app, name="releases")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(intents_app, name="intents")
app.add_typer(labels_app, name="labels")
app.add_typer(rules_app, name="rules")
app.add_typer(facts_app, name="facts")


def main() -> None:
    """Run the command line; errors of the product become one sentence on stderr and exit code 1."""
    # Threads that spin while they wait make a model ten times slower on a machine that does anything else.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        app()
    except ReplydeskError as error:
        _fail(str(error))
    except UnicodeEncodeError as error:
        # An argument with bytes that are no UTF-8, or a terminal that knows few characters.
        _fail(f"A text cannot be written as {error.encoding}. Give arguments in UTF-8, on a UTF-8 terminal.")
    except OSError as error:
        # What remains after the product's own checks: a full disk under another library, a file that vanished.
        _fail(
            f"{error.strerror or error} ({error.filename or 'system'}). Free space or check the path; nothing is lost."
        )


def _fail(message: str) -> NoReturn:
    # A message may quote a file, and a terminal obeys control characters.
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(message.split()))
    typer.echo(f"replydesk: {line}", err=True)
    sys.exit(1)
