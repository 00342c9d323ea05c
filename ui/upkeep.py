"""The commands that keep a desk sound: `replydesk doctor` and `replydesk index`."""

from __future__ import annotations

from typing import Annotated

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import workshop_of
from replydesk.ui.options import HomeOption, JsonOption, show

__all__ = ["doctor", "index"]


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild the index, put leaks aside.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check home, settings, store, rules, facts, forms, releases and index; exit code 1 when something is not sound."""
    from replydesk.dialog.doctor import examine

    findings = examine(Home.find(home), repair=repair)
    sound = all(finding.sound for finding in findings)
    document = {
        "sound": sound,
        "findings": [{"what": f.what, "sound": f.sound, "detail": f.detail, "cure": f.cure} for f in findings],
    }
    lines = [f"{'ok  ' if f.sound else 'BAD '} {f.what}: {f.detail} {f.cure}".rstrip() for f in findings]
    show(document, as_json, "\n".join(lines))
    if not sound:
        raise typer.Exit(1)


def index(
    processes: Annotated[int, typer.Option("--processes", min=1, max=256, help="So many work beside each other.")] = 1,
    cluster: Annotated[str, typer.Option("--cluster", help="A Ray cluster: its address, or local.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encode every ticket anew, in shards that survive a crash, and put the index in the old one's place."""
    sizes = workshop_of(Home.find(home)).build_index(processes=processes, cluster=cluster)
    show({"indexes": sizes}, as_json, "\n".join(f"{name}: {count} tickets" for name, count in sizes.items()))
