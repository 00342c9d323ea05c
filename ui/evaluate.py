"""The commands `replydesk evaluate ...`: proof on anybody's labelled data."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.ui.options import JsonOption, RecipeOption, say, show
from replydesk.ui.terminal import intents_text, matching_text, retrieval_text, several_text

if TYPE_CHECKING:
    from replydesk.retrieval.encoders.encoders import Encoders

__all__ = ["evaluate_app"]

evaluate_app = typer.Typer(
    help="Measure the models on your own labelled data; needs no home and keeps nothing.", no_args_is_help=True
)

EncoderOption = Annotated[Literal["auto", "en", "zh"], typer.Option("--language", help="Chooses the encoder.")]
SettingsOption = Annotated[
    Path | None, typer.Option("--home", help="Not needed; where it is named, its settings choose the encoders.")
]


SeedsOption = Annotated[int, typer.Option("--seeds", min=1, max=50, help="So many trainings; figures are means.")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="A folder for report.html and report.json; of intents, cards, too."),
]


def _counts(given: str) -> str:
    parts = given.split(",")
    if not all(part.strip().isdecimal() and int(part) > 1 for part in parts):
        raise typer.BadParameter("whole numbers from 2 on are expected, such as 10,50,100.")
    return given


@evaluate_app.command("intents")
def evaluate_intents(
    train: Annotated[Path, typer.Option("--train", help="CSV or JSONL: text, label (or category, or intent).")],
    test: Annotated[Path, typer.Option("--test", help="The same, to be judged by; decides nothing.")],
    valid: Annotated[
        Path | None, typer.Option("--valid", help="The same, to choose by; else a part of --train is held out.")
    ] = None,
    oos_valid: Annotated[
        Path | None, typer.Option("--oos-valid", help="Texts out of scope that choose the threshold.")
    ] = None,
    oos_test: Annotated[Path | None, typer.Option("--oos-test", help="Texts out of scope to be judged by.")] = None,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            "--unlabelled",
            help="Texts to be read first or to get pseudo-labels; a label in it only says how right these are.",
        ),
    ] = None,
    recipe: RecipeOption = "quick",
    seeds: SeedsOption = 1,
    language: EncoderOption = "auto",
    limit: Annotated[int | None, typer.Option("--limit", min=2, help="Draw so many rows of each file.")] = None,
    suspects: Annotated[
        int, typer.Option("--suspects", min=0, help="Report so many labels of --train that are likely wrong.")
    ] = 0,
    separator: Annotated[
        str, typer.Option("--separator", help="Parts the steps of a label such as card/lost; '' for none.")
    ] = "/",
    out: OutOption = None,
    home: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Classify messages by the floor, the frozen encoder and what the recipe makes, side by side."""
    from replydesk.finetune.evaluation import intents
    from replydesk.finetune.evaluation.several import evaluate_several, has_several
    from replydesk.finetune.evaluation.writing import check_folder
    from replydesk.finetune.recipe import Recipe

    chosen = Recipe.find(recipe)
    data = intents.IntentData.read(
        train,
        test,
        valid=valid,
        oos_valid=oos_valid,
        oos_test=oos_test,
        unlabelled=unlabelled,
        limit=limit,
        seed=chosen.seed,
    )
    if out is not None:
        check_folder(out)
    if has_several(data.train):
        if data.valid or data.oos_test or suspects or seeds > 1:
            hint = "Leave --valid, --oos-test, --suspects and --seeds out: folds of --train choose."
            raise RequestError("Messages have several labels: only --train and --test count.", where="label", hint=hint)
        found = evaluate_several(
            data.train, data.test, _encoders(home), recipe=chosen, language=language, notes=data.notes, progress=say
        )
        _told(found, out, as_json, several_text)
        return
    result = intents.evaluate_intents(
        data,
        _encoders(home),
        recipe=chosen,
        seeds=seeds,
        language=language,
        suspects=suspects,
        separator=separator,
        progress=say,
    )
    _told(result, out, as_json, intents_text)


@evaluate_app.command("matching")
def evaluate_matching(
    train: Annotated[Path, typer.Option("--train", help="JSONL: context (a text or turns, oldest first), reply.")],
    test: Annotated[Path, typer.Option("--test", help="The same, to be judged by; decides nothing.")],
    candidates: Annotated[
        str, typer.Option("--candidates", callback=_counts, help="Replies that a context ranks, its own among them.")
    ] = "10,50,100",
    unlabelled: Annotated[
        Path | None,
        typer.Option("--unlabelled", help="Texts or conversations that a recipe that pre-trains reads, not --train's."),
    ] = None,
    recipe: RecipeOption = "quick",
    seeds: SeedsOption = 1,
    language: EncoderOption = "auto",
    limit: Annotated[int | None, typer.Option("--limit", min=2, help="Draw so many rows of each file.")] = None,
    out: OutOption = None,
    home: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find each context's own reply among others by the floor, the frozen encoder and what the recipe makes."""
    from replydesk.finetune.evaluation import matching
    from replydesk.finetune.evaluation.writing import check_folder
    from replydesk.finetune.recipe import Recipe

    chosen = Recipe.find(recipe)
    data = matching.MatchData.read(train, test, unlabelled=unlabelled, limit=limit, seed=chosen.seed)
    if out is not None:
        check_folder(out)
    result = matching.evaluate_matching(
        data,
        _encoders(home),
        candidates=[int(count) for count in candidates.split(",")],
        recipe=chosen,
        seeds=seeds,
        language=language,
        progress=say,
    )
    _told(result, out, as_json, matching_text)


@evaluate_app.command("retrieval")
def evaluate_retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="JSONL: id, text.")],
    queries: Annotated[
        Path, typer.Option("--queries", help="JSONL: text, relevant (ids), candidates (ids, optional).")
    ],
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="JSONL: a, b, texts that belong together; they teach.")
    ] = None,
    recipe: RecipeOption = "quick",
    seeds: SeedsOption = 1,
    language: EncoderOption = "auto",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Draw so many queries.")] = None,
    out: OutOption = None,
    home: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank texts for queries by the floor, by meaning, by words and by both, side by side."""
    from replydesk.finetune.evaluation import retrieval
    from replydesk.finetune.evaluation.retrieval_data import RetrievalData
    from replydesk.finetune.evaluation.writing import check_folder
    from replydesk.finetune.recipe import Recipe

    chosen = Recipe.find(recipe)
    data = RetrievalData.read(corpus, queries, limit=limit, seed=chosen.seed)
    if out is not None:
        check_folder(out)
    result = retrieval.evaluate_retrieval(
        data,
        _encoders(home),
        language=language,
        pairs=pairs,
        recipe=chosen,
        seed=chosen.seed,
        seeds=seeds,
        progress=say,
    )
    _told(result, out, as_json, retrieval_text)


def _told(result: dict[str, Any], out: Path | None, as_json: bool, text: Callable[[dict[str, Any]], str]) -> None:
    """Write the report of a result where one is wanted, and show it."""
    from replydesk.finetune.evaluation.writing import write_report

    document = result | {"command": shlex.join(["replydesk", *sys.argv[1:]])}
    if out is not None:
        say(f"Written: {', '.join(str(path) for path in write_report(document, out))}")
    show(document, as_json, text(document))


def _encoders(home: Path | None) -> Encoders:
    """Return the encoders of the default settings, or those that the settings of a home name."""
    from replydesk.data.settings import RetrievalSettings, Settings
    from replydesk.retrieval.encoders.encoders import Encoders

    if home is None:
        return Encoders(RetrievalSettings())
    place = Home.find(home)
    return Encoders(Settings.load(place.settings).retrieval, place.runtime if place.folder.exists() else None)
