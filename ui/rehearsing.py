"""The command `replydesk test`: scripted dialogues against a desk of their own or the home's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import settings_of
from replydesk.ui.options import HomeOption, JsonOption, show

if TYPE_CHECKING:
    from replydesk.data.dialogues import ScriptFile
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.rehearsal import Outcome

__all__ = ["test"]


def test(
    files: Annotated[list[Path], typer.Argument(help="YAML files of dialogues.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold scripted dialogues with the desk and say what came otherwise than expected; exit code 1 where any did."""
    from replydesk.data.dialogues import read_scripts
    from replydesk.dialog.rehearsal import rehearse

    # All files are read before the first dialogue is held: a mistake in the last one is told at once.
    read = [read_scripts(file) for file in files]
    place, told, lines, failed, held = Home.find(home), [], [], 0, 0
    for file in read:
        with _desk_of(file, place) as agent:
            outcomes = [rehearse(script, agent) for script in file.scripts]
        bad = sum(bool(outcome.failures) for outcome in outcomes)
        failed, held = failed + bad, held + len(outcomes)
        told.append({"file": str(file.path), "failed": bad, "dialogues": [outcome.document() for outcome in outcomes]})
        lines += [line for outcome in outcomes for line in _lines(file.path, outcome)]
    document: dict[str, Any] = {"dialogues": held, "failed": failed, "files": told}
    show(document, as_json, "\n".join([*lines, f"{held - failed} of {held} dialogues as expected."]))
    if failed:
        raise typer.Exit(1)


@contextmanager
def _desk_of(file: ScriptFile, home: Home) -> Iterator[Agent]:
    """Yield the agent of the file's own desk, or one that answers as the home does and leaves nothing there."""
    from replydesk.dialog.agent import Agent
    from replydesk.ui.documents import accepted_ticket

    settings = settings_of(home)
    with tempfile.TemporaryDirectory(prefix="replydesk-test-") as folder:
        if file.tickets:
            place = Home(Path(folder)).create()
            if file.forms:
                place.forms.write_text(file.forms, encoding="utf-8")
            own = settings.data.model_copy(update={"database": ""})
            kept = settings.retrieval.model_copy(update={"index": ""})
            agent = Agent.open(place, settings.model_copy(update={"data": own, "retrieval": kept}))
            agent.store.add_tickets([accepted_ticket(ticket, settings.data) for ticket in file.tickets])
        else:
            agent = Agent.open(home, settings)
        try:
            yield agent
        finally:
            agent.matcher.close()
            agent.store.close()


def _lines(path: Path, outcome: Outcome) -> list[str]:
    """Return what a person reads of a dialogue that went otherwise."""
    lines = []
    for failure in outcome.failures:
        lines += [
            f"{path}:{failure.line}  {outcome.name}",
            f"    customer: {failure.said}",
            f"  - {failure.what}: {failure.expected}",
            f"  + {failure.what}: {failure.got}",
        ]
    return lines
