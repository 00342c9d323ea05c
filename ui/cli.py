"""The command line. Results go to stdout, everything else to stderr; ``--json`` makes the result one document."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from replydesk.data.errors import HomeError, ReplydeskError, RequestError
from replydesk.data.home import Home, write_atomically
from replydesk.ui.evaluate import evaluate_app
from replydesk.ui.intents import intents_app
from replydesk.ui.options import HomeOption, JsonOption, LanguageOption, RecipeOption, language_code
from replydesk.ui.options import say as _say
from replydesk.ui.options import show as _print
from replydesk.ui.pretraining import pretrain
from replydesk.ui.recipes import recipes_app
from replydesk.ui.terminal import ImportBar, import_text, outcome_text, reply_text

if TYPE_CHECKING:
    from replydesk.data.readers import Options
    from replydesk.data.store import Store
    from replydesk.dialog.agent import Agent
    from replydesk.finetune.retrain import Workshop

__all__ = ["app", "main"]

app = typer.Typer(
    name="replydesk",
    help="Answers customers from what a support team already knows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
tickets_app = typer.Typer(help="Add, list, show and remove tickets; effective at once.", no_args_is_help=True)
releases_app = typer.Typer(help="The trained releases and the one that answers.", no_args_is_help=True)
app.add_typer(tickets_app, name="tickets")
app.add_typer(recipes_app, name="recipes")
app.add_typer(releases_app, name="releases")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(intents_app, name="intents")
app.command()(pretrain)

FormatOption = Annotated[str, typer.Option("--format", help="auto, or the name of a format.")]
MapOption = Annotated[
    list[str] | None, typer.Option("--map", help="What a table's columns hold: text=body,role=author_type.")
]

AgentsOption = Annotated[
    list[str] | None,
    typer.Option("--agents", help="Who answers for the team: names, ids, addresses or @domains, separated by commas."),
]
DatesOption = Annotated[
    Literal["", "dmy", "mdy"], typer.Option("--dates", help="dmy or mdy, for dates such as 03/04/2026; else found out.")
]

EncodingOption = Annotated[
    str, typer.Option("--encoding", help="utf-8, gb18030, big5, cp1252 or another; else found out.")
]


_DEMO_SETTINGS = """# The demo desk: a fictional shop. docs/reference/settings.md lists every setting.
[data]
own_contacts = [
  "tidewick.example", "0117 496 0321", "400-000-0168", "14 Quay Lane", "Tidewick", "汐物",
  "Priya", "Tom", "Elena", "Marcus", "小林", "阿宁", "晓雯", "老周",
]

[ui]
title = "Tidewick"
title_zh = "汐物"
learn_from_page = true
"""


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


@app.command()
def demo(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing when the home has tickets.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the bilingual demo desk: tickets, index and a trained release."""
    place = Home.find(home).create()
    if if_empty and _store(place).counts()["tickets"] and not _half_built(place):
        _print({"home": str(place.folder), "built": False}, as_json, f"There is a desk in {place.folder}.")
        return
    _require_demo(place)
    samples = resources.files("replydesk.data.samples")
    if not place.settings.exists():
        write_atomically(place.settings, _DEMO_SETTINGS.encode())
    workshop = _workshop(place)
    names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
    with resources.as_file(samples) as folder:
        imported = workshop.import_exports([folder / name for name in names])
    if workshop.releases.current_id():
        document = {
            "home": str(place.folder),
            "release": workshop.releases.current_id(),
            "import": imported.document(),
        }
        _print(
            document,
            as_json,
            f"The demo desk stands in {place.folder}; release {document['release']} answers.",
        )
        return
    outcome = workshop.train(promote=True, imported=imported)
    document = {"home": str(place.folder), **outcome.document()}
    _print(
        document,
        as_json,
        f"The demo desk stands in {place.folder}.\n{outcome_text(outcome)}\nNext: replydesk serve",
    )


@app.command(name="import")
def import_(
    paths: Annotated[list[str], typer.Argument(help="Files or folders; - reads stdin.")],
    home: HomeOption = None,
    format: FormatOption = "auto",  # noqa: A002
    columns: MapOption = None,
    agents: AgentsOption = None,
    dates: DatesOption = "",
    encoding: EncodingOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, store nothing.")] = False,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="Encode now, or when the tickets are next searched.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Read exports: conversations become masked tickets in the store and vectors in the index."""
    workshop = _workshop(Home.find(home))
    options = _options(columns, agents, dates, encoding)
    with ImportBar() as bar:
        result = workshop.import_exports(
            paths, format=format, options=options, dry_run=dry_run, index=index, watch=bar.update
        )
    _print(result.document(), as_json, import_text(result, dry_run=dry_run))


@app.command()
def export(
    home: HomeOption = None,
    format: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="jsonl loses nothing.")] = "jsonl",  # noqa: A002
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; else stdout.")] = None,
) -> None:
    """Write conversations with verdicts, and canned answers, importable again without loss."""
    from replydesk.data.export import export_csv, export_jsonl

    store = _store(Home.find(home))
    write = export_jsonl if format == "jsonl" else export_csv
    if out is None:
        write(store, sys.stdout)
        return
    aside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            count = write(store, file)
        aside.replace(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        hint = "Free some space or choose another path with --out."
        raise HomeError(f"The export cannot be written: {error.strerror}.", where=str(out), hint=hint) from error
    _say(f"{count} lines in {out}")


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The customer's message.")],
    conversation: Annotated[str, typer.Option("--conversation", help="Go on with this conversation.")] = "",
    language: LanguageOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer one message."""
    reply = _agent(Home.find(home)).reply(text, conversation=conversation, channel="cli", language=language)
    _print(reply.document(), as_json, reply_text(reply))


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many hits.")] = 10,
    language: LanguageOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find past tickets."""
    from replydesk.ui.documents import search_document

    hits = _agent(Home.find(home)).search(text, k=k, language=language)
    lines = [
        f"{hit.score:.2f} ({hit.similarity:.2f})  {hit.ticket.question}\n      -> {hit.ticket.answer}" for hit in hits
    ]
    _print(search_document(hits), as_json, "\n".join(lines) or "Nothing found.")


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 7860,
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Build the demo desk first when the home is empty.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Serve the chat page at /, the API at /api/v1 and its description at /docs."""
    import uvicorn

    from replydesk.ui.app import check_host, create_app

    check_host(host, keys=bool(_settings(Home.find(home)).ui.api_keys))
    _require_port(host, port)
    if with_demo:
        # In one process, so that the first visitor does not wait for the libraries to load twice.
        demo(if_empty=True, home=home, as_json=False)
    agent = _agent(Home.find(home))
    _say(f"Replydesk serves http://{host}:{port} from {Home.find(home).folder}")
    uvicorn.run(create_app(agent), host=host, port=port, log_level="warning")


@app.command()
def index(
    processes: Annotated[int, typer.Option("--processes", min=1, max=256, help="So many work beside each other.")] = 1,
    cluster: Annotated[str, typer.Option("--cluster", help="A Ray cluster: its address, or local.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encode every ticket anew, in shards that survive a crash, and put the index in the old one's place."""
    sizes = _workshop(Home.find(home)).build_index(processes=processes, cluster=cluster)
    _print({"indexes": sizes}, as_json, "\n".join(f"{name}: {count} tickets" for name, count in sizes.items()))


@app.command()
def train(
    recipe: Annotated[str, typer.Option("--recipe", help="A preset's name or a TOML file; quick.")] = "",
    task: Annotated[
        Literal["all", "intent", "encoder", "reranker"], typer.Option("--task", help="What to train.")
    ] = "all",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training that was stopped last.")] = False,
    wandb: Annotated[
        bool | None, typer.Option("--wandb/--no-wandb", help="Send how it goes to Weights & Biases, too.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a candidate release and judge it; it does not answer before it is promoted. Ctrl-C stops it for a while."""
    from replydesk.finetune.recipe import Recipe

    chosen = Recipe.find(recipe) if recipe else None
    outcome = _workshop(Home.find(home)).train(chosen, task=task, resume=resume, wandb=wandb)
    cure = f"Let it answer with: replydesk releases promote {outcome.release.id}"
    _print(
        outcome.document() | {"task": outcome.task},
        as_json,
        outcome_text(outcome) if outcome.promoted else f"{outcome_text(outcome)}\n{cure}",
    )


@app.command()
def retrain(
    exports: Annotated[list[str], typer.Argument(help="Exports, as for import.")],
    recipe: RecipeOption = "quick",
    format: FormatOption = "auto",  # noqa: A002
    columns: MapOption = None,
    agents: AgentsOption = None,
    dates: DatesOption = "",
    encoding: EncodingOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import, train, compare before and after, and let the new release answer if nothing got worse."""
    from replydesk.finetune.recipe import Recipe

    workshop = _workshop(Home.find(home))
    options = _options(columns, agents, dates, encoding)
    outcome = workshop.retrain(exports, Recipe.find(recipe), format=format, options=options)
    _print(outcome.document(), as_json, outcome_text(outcome))


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild the index, put leaks aside.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check home, settings, store, splits, releases and index; exit code 1 when something is not sound."""
    from replydesk.dialog.doctor import examine

    findings = examine(Home.find(home), repair=repair)
    sound = all(finding.sound for finding in findings)
    document = {
        "sound": sound,
        "findings": [{"what": f.what, "sound": f.sound, "detail": f.detail, "cure": f.cure} for f in findings],
    }
    lines = [f"{'ok  ' if f.sound else 'BAD '} {f.what}: {f.detail} {f.cure}".rstrip() for f in findings]
    _print(document, as_json, "\n".join(lines))
    if not sound:
        raise typer.Exit(1)


@app.command()
def actions(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 5055,
    home: HomeOption = None,
) -> None:
    """Serve the rasa-sdk action server with action_replydesk_answer."""
    import uvicorn

    from replydesk.ui.actions import create_action_app
    from replydesk.ui.app import check_host

    # The SDK's protocol has no keys, so only this machine may reach it.
    check_host(host, keys=False)
    _require_port(host, port)
    agent = _agent(Home.find(home))
    agent.warm_up()
    _say(f"Actions at http://{host}:{port}/webhook from {Home.find(home).folder}")
    uvicorn.run(create_action_app(agent), host=host, port=port, log_level="warning")


@tickets_app.command("add")
def tickets_add(
    question: Annotated[str, typer.Option("--question", help="What a customer asks.")],
    answer: Annotated[str, typer.Option("--answer", help="What to answer.")],
    intent: Annotated[str, typer.Option("--intent")] = "",
    language: LanguageOption = "",
    source: Annotated[Literal["canned", "agent", "article"], typer.Option("--source")] = "canned",
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
    ticket = accepted_ticket(draft, _settings(place).data)
    new = _store(place).add_ticket(ticket)
    _print(ticket_document(ticket) | {"new": new}, as_json, f"{'Added' if new else 'Already there:'} {ticket.id}")


@tickets_app.command("list")
def tickets_list(
    source: Annotated[Literal["canned", "agent", "article"] | None, typer.Option("--source")] = None,
    language: Annotated[str, typer.Option("--language", callback=language_code)] = "",
    intent: Annotated[str, typer.Option("--intent")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List tickets."""
    from replydesk.ui.documents import ticket_document

    found = list(_store(Home.find(home)).tickets(source=source or "", language=language, intent=intent, limit=limit))
    lines = [f"{t.id}  {t.source:7} {t.language}  {' '.join(t.question.split())[:90]}" for t in found]
    _print({"tickets": [ticket_document(t) for t in found]}, as_json, "\n".join(lines) or "No tickets.")


@tickets_app.command("show")
def tickets_show(ticket: str, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one ticket."""
    from replydesk.ui.documents import ticket_document

    store = _store(Home.find(home))
    found, known = store.ticket(ticket), store.curation([ticket]).get(ticket)
    said = {name: value for name, value in asdict(known).items() if value and name != "ticket"} if known else {}
    lines = [f"{found.question}\n-> {found.answer}\n({found.source}, {found.intent})"]
    lines += [f"{name.replace('_', ' ')}: {value}" for name, value in said.items()]
    _print(ticket_document(found) | {"curation": said}, as_json, "\n".join(lines))


@tickets_app.command("remove")
def tickets_remove(ticket: str, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Remove one ticket; it is not found any more."""
    _store(Home.find(home)).remove_ticket(ticket)
    _print({"removed": ticket}, as_json, f"Removed {ticket}")


@tickets_app.command("curate")
def tickets_curate(
    again: Annotated[bool, typer.Option("--again", help="Also when no ticket changed since the last time.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find templates, near-duplicates, newer answers, contradictions and what is never offered by itself."""
    from replydesk.data.curation import curate

    curated = curate(_store(Home.find(home)), again=again, progress=_say)
    found = ", ".join(
        f"{value} {name.replace('_', ' ')}" for name, value in curated.document().items() if name != "fresh"
    )
    _print(curated.document(), as_json, found if curated.fresh else f"Nothing changed: {found}")


@tickets_app.command("templates")
def tickets_templates(
    language: Annotated[str, typer.Option("--language", callback=language_code)] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the answers that were given many times, the most frequent first."""
    from replydesk.ui.documents import template_document

    found = _store(Home.find(home)).templates(language=language, limit=limit)
    lines = [f"{t.count:6}  {t.language}  {' '.join(t.text.split())[:110]}" for t in found]
    _print({"templates": [template_document(t) for t in found]}, as_json, "\n".join(lines) or "No templates.")


@tickets_app.command("contradictions")
def tickets_contradictions(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List pairs of tickets that answer the same question differently, the newest first."""
    from replydesk.ui.documents import ticket_document

    store = _store(Home.find(home))
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
    _print({"contradictions": document}, as_json, "\n".join(lines) or "No contradictions.")


@releases_app.command("list")
def releases_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List releases, newest first."""
    cards = _releases(home).cards()
    lines = [
        f"{'*' if card['current'] else ' '} {card['id']}  {card['made_at']}  {card['recipe']['name']}" for card in cards
    ]
    _print({"releases": cards}, as_json, "\n".join(lines) or "No releases; train one with `replydesk train`.")


@releases_app.command("show")
def releases_show(release: str, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the card and the report of a release."""
    releases = _releases(home)
    document = {"card": releases.card(release), "report": releases.report(release)}
    _print(document, as_json, json.dumps(document, ensure_ascii=False, indent=1))


@releases_app.command("promote")
def releases_promote(release: str, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let a release answer; running servers follow at once."""
    before = _releases(home).promote(release)
    _print(
        {"release": release, "before": before},
        as_json,
        f"{release} answers now (before: {before or 'none'}).",
    )


@releases_app.command("rollback")
def releases_rollback(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let the parent of the current release answer again."""
    release = _releases(home).rollback()
    _print({"release": release}, as_json, f"{release} answers again.")


def _half_built(home: Home) -> bool:
    """Return whether a demo was stopped before its release answered: its own settings, and nothing trained yet."""
    from replydesk.dialog.releases import Releases

    mine = home.settings.exists() and home.settings.read_text(encoding="utf-8") == _DEMO_SETTINGS
    return mine and not Releases(home).current_id()


def _settings(home: Home) -> Any:
    from replydesk.data.settings import Settings

    return Settings.load(home.settings)


def _store(home: Home) -> Store:
    from replydesk.data.store import Store

    return Store.open(_settings(home.create()).data.database or home.database)


def _agent(home: Home) -> Agent:
    from replydesk.dialog.agent import Agent

    return Agent.open(home)


def _workshop(home: Home) -> Workshop:
    from replydesk.finetune.retrain import Workshop

    return Workshop(home, progress=_say)


def _releases(home: Path | None) -> Any:
    from replydesk.dialog.releases import Releases

    return Releases(Home.find(home).create())


def _options(pairs: list[str] | None, agents: list[str] | None = None, dates: str = "", encoding: str = "") -> Options:
    from replydesk.data.readers import Options

    columns = {}
    for pair in (part for item in pairs or [] for part in item.split(",")):
        field, sign, column = pair.partition("=")
        if not (field and sign and column):
            raise RequestError(
                "A mapping is written field=column.", where=f"--map {pair}", hint="For example text=body."
            )
        columns[field.strip()] = column.strip()
    named = (name.strip() for item in agents or [] for name in item.split(","))
    return Options(columns=columns, agents=tuple(filter(None, named)), dates=dates, encoding=encoding)


def _require_demo(home: Home) -> None:
    store = _store(home)
    if store.counts()["tickets"] and not (_half_built(home) or store.messages("tidewick-en-0001")):
        hint = "Choose an empty folder with --home."
        raise RequestError("There is another desk in this home.", where=str(home.folder), hint=hint)


def _require_port(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = "Stop what listens there, or choose another with --port (make serve PORT=8000)."
            raise RequestError(
                f"The port cannot be used: {error.strerror}.", where=f"{host}:{port}", hint=hint
            ) from error


def _fail(message: str) -> NoReturn:
    # A message may quote a file, and a terminal obeys control characters.
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(message.split()))
    typer.echo(f"replydesk: {line}", err=True)
    sys.exit(1)
