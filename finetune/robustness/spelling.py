"""Learning to spell: a speller from the words of a desk's own messages, kept where validation says that it helps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from replydesk.data.script import simplified
from replydesk.data.text import HAN
from replydesk.dialog.hanspelling import HanSpeller
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.spelling import Speller, english_words
from replydesk.finetune.examples import Material, held_out_owners
from replydesk.finetune.intents.opinions import fit_like
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.robustness.noise import noisy
from replydesk.finetune.robustness.tables import homophones, look_alikes

__all__ = ["choose_speller", "fit_speller", "try_speller"]

FEWEST: Final = 100
"""Messages with a word that could slip that are needed to judge a speller by."""

_MOST: Final = 500
_HELD_OUT: Final = 0.2
# The part of what a speller gives back that may be lost where nothing had slipped.
_PRICE: Final = 0.1
# The share of Chinese messages in traditional characters up to which a desk writes simplified ones.
_OTHER_SCRIPT: Final = 0.2
_RUN = re.compile(f"[{HAN}]+")
_WORD = re.compile(r"(?<![A-Za-z0-9])[a-z]{3,30}(?![A-Za-z0-9])")


def fit_speller(texts: Sequence[str], owners: Sequence[str] | None = None) -> Speller:
    """Return a speller with the words of some messages and those of English, and for Chinese with its pairs.

    What only one of the ``owners`` wrote, such as a name, is not kept. Without ``owners`` every text is of another.
    """
    names = owners if owners is not None else [str(i) for i in range(len(texts))]
    words = _Counted()
    for text, owner in zip(texts, names, strict=True):
        words.add(_WORD.findall(text.lower()), owner)
    return Speller(words.shared(), english_words(), _fit_han(texts, names))


class _Counted:
    """Counts what is written, and remembers whether two owners wrote it."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._shared: set[str] = set()

    def add(self, written: Iterable[str], owner: str) -> None:
        for one in written:
            self._counts[one] += 1
            if self._first.setdefault(one, owner) != owner:
                self._shared.add(one)

    def shared(self) -> dict[str, int]:
        """Return the counts of what two owners wrote, most frequent first."""
        return {one: count for one, count in self._counts.most_common() if one in self._shared}


def _fit_han(texts: Sequence[str], owners: Sequence[str]) -> HanSpeller | None:
    import rjieba
    from pypinyin import lazy_pinyin

    chinese = [(text, owner) for text, owner in zip(texts, owners, strict=True) if _RUN.search(text)]
    if not chinese:
        return None
    folds = sum(simplified(text) != text for text, _ in chinese) <= _OTHER_SCRIPT * len(chinese)
    pairs, words, characters = _Counted(), _Counted(), _Counted()
    for text, owner in chinese:
        for run in _RUN.findall(simplified(text) if folds else text):
            ends = f"^{run}$"
            pairs.add((ends[i : i + 2] for i in range(len(ends) - 1)), owner)
            characters.add(run, owner)
            words.add((word for word in rjieba.cut(run) if len(word) > 1), owner)
    written = characters.shared()
    sound, look = homophones(), look_alikes()
    alike = {}
    for one in sorted({*sound, *look}):
        others = dict.fromkeys(sound.get(one, "") + look.get(one, ""))
        alike[one] = "".join(other for other in others if other in written)
    alike = {one: others for one, others in alike.items() if others}
    spelt: dict[str, str] = {}
    for word in words.shared():
        spelt.setdefault("".join(lazy_pinyin(word)), word)
    # A pinyin that is an English word, too, is one.
    spelt = {pinyin: word for pinyin, word in spelt.items() if pinyin not in english_words()}
    return HanSpeller(pairs.shared(), alike, spelt, folds)


def try_speller(
    speller: Speller, texts: Sequence[str], labels: Sequence[str], guess: Callable[[Sequence[str]], Sequence[str]]
) -> dict[str, Any]:
    """Return what a speller gives and takes on messages that neither it nor a classifier has seen.

    ``guess`` names the labels of texts. They are read as they are, and with a typo or homophones in each, both with and
    without the speller. It is ``used`` if more of those with a slip are read right and, of those as they are, fewer by
    a tenth of that gain at most.
    """
    slipped = [noisy(text, "homophone" if _RUN.search(text) else "typo", seed) for seed, text in enumerate(texts)]
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
    why = f"With a slip in each message it gives back {gained:.3f} of the accuracy, and takes {lost:.3f} of it without."
    return {"used": used, "why": why, "messages": len(rows), **shares}


def choose_speller(
    material: Material, reader: IntentReader | None, recipe: Recipe
) -> tuple[Speller | None, dict[str, Any]]:
    """Return the speller of a desk, or None where it does not help, and what was found.

    It is tried with the words of some customers on messages of others that no reader has seen.
    """
    labelled = material.train.labelled
    if not recipe.spelling or reader is None or len(set(labelled.labels)) < 2:
        return None, {"used": False, "why": "There are no intents." if recipe.spelling else "The recipe wants none."}
    if material.held:
        learned, held = material.parted(labelled)
    else:
        apart = replace(material, held=held_out_owners(labelled, _HELD_OUT))
        learned, held = apart.parted(labelled)
        if len(set(learned.labels)) < 2:
            return None, {"used": False, "why": "All messages but those of one intent are of one customer."}
        reader = fit_like(reader, learned, _middle(recipe), recipe, material.languages[0])
    judge = reader

    def guess(texts: Sequence[str]) -> list[str]:
        chances = judge.probabilities(texts, material.encoder.encode(list(texts)))
        return [judge.labels[place] for place in chances.argmax(axis=1)]

    told = try_speller(fit_speller(learned.texts, learned.groups), held.texts, held.labels, guess)
    everything = material.train.in_scope
    return (fit_speller(everything.texts, everything.groups) if told["used"] else None), told


def _middle(recipe: Recipe) -> float:
    return sorted(recipe.head.strengths)[len(recipe.head.strengths) // 2]
