"""The command `replydesk pretrain`: an encoder reads the desk's own text, or files of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.ui.desk import settings_of, store_of
from replydesk.ui.options import HomeOption, JsonOption, say, show

if TYPE_CHECKING:
    from replydesk.finetune.pretraining.corpus import Corpus

__all__ = ["pretrain"]


def pretrain(
    out: Annotated[Path, typer.Option("--out", help="The folder of the encoder; it must not exist yet.")],
    texts: Annotated[
        list[Path] | None, typer.Option("--texts", help="Files to read in place of the desk's store; may be repeated.")
    ] = None,
    recipe: Annotated[str, typer.Option("--recipe", help="A preset's name or a TOML file.")] = "quick",
    objective: Annotated[
        Literal["", "mlm", "simcse", "tsdae"], typer.Option("--objective", help="In place of the recipe's.")
    ] = "",
    from_nothing: Annotated[
        bool, typer.Option("--from-nothing", help="A new encoder with a vocabulary of its own.")
    ] = False,
    base: Annotated[
        str, typer.Option("--base", help="The encoder to go on from; else that of the language in the settings.")
    ] = "",
    language: Annotated[
        Literal["", "en", "zh"], typer.Option("--language", help="Read the store's turns in it only.")
    ] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an encoder read unlabelled text; stopped, it goes on where it was."""
    from replydesk.finetune.pretraining.pretrain import pretrain as run
    from replydesk.finetune.recipe import Recipe

    if from_nothing and base:
        hint = "Give one of --from-nothing and --base."
        raise RequestError("An encoder is made from nothing or from another.", where="pretrain", hint=hint)
    chosen = Recipe.find(recipe)
    if objective:
        chosen = replace(chosen, pretrain=replace(chosen.pretrain, objective=objective))
    place = Home.find(home)
    # An encoder of one language knows few words of the others.
    read = language or ("" if from_nothing or texts or base else "en")
    start = None if from_nothing else _base(place, base, read or "en")
    made = run(start, out, chosen, _corpus(place, texts, read), progress=say)
    document = made.document()
    losses = document["losses"]
    told = f"; loss {losses[0]:.3f} -> {losses[document['best_epoch']]:.3f} on text held out" if losses else ""
    cure = f"Let it read with retrieval.{'english' if read == 'en' else 'other'}_encoder, or name it as --base."
    text = f"{document['texts']} texts were read{told}. The encoder stands in {out}.\n{cure}"
    show(document, as_json, text)


def _base(home: Home, name: str, language: str) -> Path:
    from replydesk.retrieval.encoders.bert import bert_folder

    retrieval = settings_of(home).retrieval
    chosen = name or (retrieval.english_encoder if language == "en" else retrieval.other_encoder)
    folder = bert_folder(chosen)
    if folder is None:
        hint = "Begin with --from-nothing, or name a BERT with --base."
        raise RequestError("This encoder is no BERT and cannot go on learning.", where=chosen, hint=hint)
    return folder


def _corpus(home: Home, texts: list[Path] | None, language: str) -> Corpus:
    from replydesk.finetune.pretraining.corpus import Corpus

    if texts:
        return Corpus.of_files(texts)
    return Corpus.of_store(store_of(home), settings_of(home), languages=(language,) if language else ())
