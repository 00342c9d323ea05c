"""What an encoder reads before it is judged: the unlabelled texts of an evaluation, without those that judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from replydesk.data.records import same_text
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.pretrain import pretrained_base
from replydesk.finetune.recipe import Recipe

__all__ = ["longest", "read_first", "without"]


def read_first(
    base: Path | None,
    folder: Path,
    recipe: Recipe,
    corpus: Corpus,
    *,
    judged: Iterable[str],
    what: str,
    language: str,
    progress: Callable[[str], None] = lambda _line: None,
) -> tuple[Path | None, dict[str, Any], list[str]]:
    """Return the base after it has read the corpus as the recipe's ``pretrain`` says, what was done, and notes of it.

    The new base stands below ``folder``. Turns with a text of ``judged`` are not read. Where the recipe does not
    pre-train, or no BERT reads the language, the base is returned as it is. ``what`` names the texts in the notes.
    """
    if recipe.pretrain.objective == "none":
        return base, {}, []
    if base is None:
        return None, {}, [f"No BERT reads {language}: nothing is read first."]
    read = without(corpus, judged)
    if not read.conversations:
        return base, {}, [f"Of {what} none are left to read that do not judge: nothing is read first."]
    progress(f"Reading {what} for {recipe.pretrain.objective}")
    began = time.perf_counter()
    found, told = pretrained_base(base, folder, recipe, lambda: read, progress=progress)
    told = {**told, "what": what, "seconds": round(time.perf_counter() - began, 2)}
    note = (
        f"The encoder first read {told['texts']} texts ({what}) for {told['objective']}, in {told['seconds']} seconds;"
        " texts that judge were left out."
    )
    return found, told, [note]


def without(corpus: Corpus, judged: Iterable[str]) -> Corpus:
    """Return the corpus without turns that have a text of ``judged``; a conversation is cut there.

    >>> without(Corpus.of([("hi", "A lamp?", "yes", "bye")]), ["a  lamp?"]).conversations
    (('hi',), ('yes', 'bye'))
    """
    hidden = {same_text(text) for text in judged}
    kept: list[tuple[str, ...]] = []
    for turns in corpus.conversations:
        stretch: list[str] = []
        for text in turns:
            if same_text(text) not in hidden:
                stretch.append(text)
            elif stretch:
                kept.append(tuple(stretch))
                stretch = []
        kept += [tuple(stretch)] if stretch else []
    return Corpus(tuple(kept))


def longest(conversations: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return each conversation once, without those with which another begins, in alphabetical order.

    >>> longest([("a", "b"), ("a",), ("c",), ("a", "b", "d")])
    [('a', 'b', 'd'), ('c',)]
    """
    # Alphabetically what begins with a conversation comes right after it.
    ordered = sorted({tuple(turns) for turns in conversations})
    return [one for one, after in zip(ordered, [*ordered[1:], ()], strict=True) if after[: len(one)] != one]
