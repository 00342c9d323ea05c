"""The commands `replydesk tickets ...`: what the desk answers from, and what curation says of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from replydesk.data.home import Home
from replydesk.ui.desk import settings_of, store_of
from replydesk.ui.options import HomeOption, JsonOption, LanguageOption, language_code, say, show

__all__ = ["tickets_app"]

tickets_app = typer.Typer(help="Add, list, show and remove tickets; effective at once.", no_args_is_help=True)


@tickets_app.command("add")
def tickets_add(
    question: Annotated[str, typer.Option("--question", help="What a customer asks.")],
    answer: Annotated[str, typer.Option("--answer", help="What to answer.")],
    intent: Annotated[str, typer.Option("--intent", help="The intent it answers.")] = "",
    language: LanguageOption = "",
    source: Annotated[
        Literal["canned", "agent", "article"], typer.Option("--source", help="Where it comes from.")
    ] = "canned",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add one ticket or canned answer."""
    from replydesk.data.records import Ticket
    from replydesk.ui.documents import accepted_ticket, ticket_document

    place = Home.find(home)
    # The newest answer to a question leads, so a ticket added now must say so.
    now = datetime.now(UTC)
    draft = Ticket.make(question, answer, intent=intent, language=language, source=source, at=now)
    ticket = accepted_ticket(draft, settings_of(place).data)
    new = store_of(place).add_ticket(ticket)
    show(ticket_document(ticket) | {"new": new}, as_json, f"{'Added' if new else 'Already there:'} {ticket.id}")


@tickets_app.command("list")
def tickets_list(
    source: Annotated[
        Literal["canned", "agent", "article"] | None, typer.Option("--source", help="Only those from there.")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", callback=language_code, help="Only those in en, or in zh.")
    ] = "",
    intent: Annotated[str, typer.Option("--intent", help="Only those of this intent.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List tickets."""
    from replydesk.ui.documents import ticket_document

    found = list(store_of(Home.find(home)).tickets(source=source or "", language=language, intent=intent, limit=limit))
    lines = [f"{t.id}  {t.source:7} {t.language}  {' '.join(t.question.split())[:90]}" for t in found]
    show({"tickets": [ticket_document(t) for t in found]}, as_json, "\n".join(lines) or "No tickets.")


@tickets_app.command("show")
def tickets_show(
    ticket: Annotated[str, typer.Argument(help="The id of the ticket.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one ticket."""
    from replydesk.ui.documents import ticket_document

    store = store_of(Home.find(home))
    found, known = store.ticket(ticket), store.curation([ticket]).get(ticket)
    said = {name: value for name, value in asdict(known).items() if value and name != "ticket"} if known else {}
    lines = [f"{found.question}\n-> {found.answer}\n({found.source}, {found.intent})"]
    lines += [f"{name.replace('_', ' ')}: {value}" for name, value in said.items()]
    show(ticket_document(found) | {"curation": said}, as_json, "\n".join(lines))


@tickets_app.command("remove")
def tickets_remove(
    ticket: Annotated[str, typer.Argument(help="The id of the ticket.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove one ticket; it is not found any more."""
    store_of(Home.find(home)).remove_ticket(ticket)
    show({"removed": ticket}, as_json, f"Removed {ticket}")


@tickets_app.command("curate")
def tickets_curate(
    again: Annotated[bool, typer.Option("--again", help="Also when no ticket changed since the last time.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find templates, near-duplicates, newer answers, contradictions and what is never offered by itself."""
    from replydesk.data.curation import curate

    curated = curate(store_of(Home.find(home)), again=again, progress=say)
    found = ", ".join(
        f"{value} {name.replace('_', ' ')}" for name, value in curated.document().items() if name != "fresh"
    )
    show(curated.document(), as_json, found if curated.fresh else f"Nothing changed: {found}")


@tickets_app.command("templates")
def tickets_templates(
    language: Annotated[
        str, typer.Option("--language", callback=language_code, help="Only those in en, or in zh.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the answers that were given many times, the most frequent first."""
    from replydesk.ui.documents import template_document

    found = store_of(Home.find(home)).templates(language=language, limit=limit)
    lines = [f"{t.count:6}  {t.language}  {' '.join(t.text.split())[:110]}" for t in found]
    show({"templates": [template_document(t) for t in found]}, as_json, "\n".join(lines) or "No templates.")


@tickets_app.command("contradictions")
def tickets_contradictions(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List pairs of tickets that answer the same question differently, the newest first."""
    from replydesk.ui.documents import ticket_document

    store = store_of(Home.find(home))
    found = store.contradictions(limit=limit)
    tickets = store.tickets_by_id(list({key for pair in found for key in (pair.first, pair.second)}))
    pairs = [
        (pair.what, tickets[pair.first], tickets[pair.second])
        for pair in found
        if {pair.first, pair.second} <= tickets.keys()
    ]
    lines = [
        f"{what}\n  {older.question}\n  {older.id} -> {older.answer}\n  {newer.id} -> {newer.answer}"
        for what, older, newer in pairs
    ]
    document = [
        {"what": what, "first": ticket_document(older), "second": ticket_document(newer)}
        for what, older, newer in pairs
    ]
    show({"contradictions": document}, as_json, "\n".join(lines) or "No contradictions.")
