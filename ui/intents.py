"""The commands `replydesk intents ...`: what the desk understands, a new intent in seconds, and labels to look at."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from replydesk.data.home import Home
from replydesk.dialog.hierarchy import LabelTree, label_tree
from replydesk.ui.desk import settings_of, store_of, workshop_of
from replydesk.ui.options import HomeOption, JsonOption, LanguageOption, RecipeOption, say, show
from replydesk.ui.terminal import outcome_text, suspects_lines

__all__ = ["intents_app"]

intents_app = typer.Typer(
    help="The intents of the desk and the labels of its messages; a new intent is live in seconds.",
    no_args_is_help=True,
)


@intents_app.command("list")
def intents_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the intents of the release that answers, with how many labelled messages the store has of each.

    Those with a path, such as card/lost, are shown as a tree.
    """
    workshop = workshop_of(Home.find(home))
    release = workshop.releases.current()
    counts: Counter[str] = Counter()
    for conversation in workshop.store.conversations():
        counts.update(name for message in conversation.messages for name in message.intents)
    known = {name for skills in release.skills.values() if skills.head is not None for name in skills.head.labels}
    rows = [{"intent": name, "messages": counts[name], "known": name in known} for name in sorted(known | set(counts))]
    tree = label_tree([str(row["intent"]) for row in rows], workshop.settings.dialog.label_separator)
    nodes = []
    for place, node in enumerate(tree.nodes):
        below = tree.covered(place)
        if tree.nested and tree.own[place] < 0:
            nodes.append({"node": node, "intents": len(below), "messages": sum(counts[name] for name in below)})
    lines = _tree_lines(tree, counts, known) if tree.nested else [_line(name, counts, known) for name in tree.labels]
    text = "\n".join(lines) or "No intents; import labelled conversations and train."
    show({"release": release.id, "intents": rows, "nodes": nodes}, as_json, text)


@intents_app.command("add")
def intents_add(
    name: Annotated[str, typer.Argument(help="What the intent is called.")],
    examples: Annotated[list[str], typer.Option("--example", help="A message as a customer writes it; five are good.")],
    answer: Annotated[str, typer.Option("--answer", help="A canned answer to it.")] = "",
    language: LanguageOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Teach the release that answers one more intent; it answers in seconds if no other intent lost by it."""
    outcome = workshop_of(Home.find(home)).add_intent(name, examples, answer=answer, language=language)
    show(outcome.document(), as_json, outcome_text(outcome))


@intents_app.command("suggest")
def intents_suggest(
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many messages.")] = 20,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest the messages that a person should label next: the unsure ones, no two alike."""
    from replydesk.finetune.learning.active import suggest

    workshop = workshop_of(Home.find(home))
    release = workshop.releases.current()
    found = suggest(workshop.store, workshop.settings, workshop.encoders, release, k, progress=say)
    lines = [
        f"{one.unsure:.2f}  {one.intent or '-'} ({one.probability:.2f})  {' '.join(one.text.split())[:90]}"
        for one in found
    ]
    document = {"release": release.id, "messages": [one.document() for one in found]}
    show(document, as_json, "\n".join(lines) or "No unlabelled messages.")


@intents_app.command("suspects")
def suspects(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many, the most suspicious first.")] = 20,
    recipe: RecipeOption = "quick",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List training messages whose label is likely wrong, with the label that fits better."""
    from replydesk.finetune.collecting import collect
    from replydesk.finetune.intents.suspects import desk_suspects
    from replydesk.finetune.recipe import Recipe
    from replydesk.retrieval.encoders.encoders import Encoders

    place = Home.find(home)
    settings, store = settings_of(place), store_of(place)
    material, _ = collect(store, Encoders(settings.retrieval, place.runtime), settings)
    document = desk_suspects(material, Recipe.find(recipe), say).document(limit)
    show(document, as_json, "\n".join(suspects_lines(document)))


def _line(name: str, counts: Counter[str], known: set[str], shown: str = "") -> str:
    return f"{' ' if name in known else '-'} {counts[name]:6}  {shown or name}"


def _tree_lines(tree: LabelTree, counts: Counter[str], known: set[str]) -> list[str]:
    """Return a line for each intent and, with the separator behind it, for what several have in front."""
    lines = []
    for place, (node, depth) in enumerate(zip(tree.nodes, tree.depths.tolist(), strict=True)):
        shown = "  " * (depth - 1) + (node.rsplit(tree.separator, 1)[-1] if depth > 1 else node)
        if tree.own[place] >= 0:
            lines.append(_line(node, counts, known, shown))
        else:
            total = sum(counts[name] for name in tree.covered(place))
            lines.append(f"  {total:6}  {shown}{tree.separator}")
    return lines
