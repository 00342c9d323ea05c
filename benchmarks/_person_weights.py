"""What the evidence for names weighs, of persons in both languages and of English places: regressions, rounded.

Made-up names in messages of customers stand against all else that looks like a name in the same messages, and all in
the messages as they were written. Only development parts are learned from. English is weighed as it comes, and its
threshold was set by hand. In Chinese, where a stretch of almost any words may be a name, what stands in a message as it
was written counts as ``_OTHERS``, what overlaps with a name as ``_PARTS``, a name that its writer gives as
``_INTRODUCED``, and the threshold is where ``_MOST`` of the messages as they were written are read otherwise; words
that only a sentence makes a name are weighed down until they take ``_MOST_LOOSELY``. These and the strength were chosen
by the names of ``development`` and ``cued`` and by the development wordings of introductions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

import numpy as np

from benchmarks import _chinese_names, _english_names, _english_places
from benchmarks.bias import wordings
from replydesk.data.preparation import Mask
from replydesk.dialog.hanpersons import stretches_of
from replydesk.dialog.persons import stretches

__all__ = ["chinese", "english", "places"]

_REPEATED: Final = 6
_TIMES: Final = 60
_INTRODUCED: Final = 2.0
_OTHERS: Final = 12.0
_PARTS: Final = 0.1
_MOST: Final = 0.002
_MOST_LOOSELY: Final = 0.0012
_LOOSE: Final = ("loosely 1", "loosely 2", "loosely 3")
_STRENGTH: Final = 0.4
_HARD: Final = 0.5
# Evidence that is seen less often says nothing.
_SEEN: Final = 6

Row = tuple[Sequence[str], bool]


def english(texts: dict[str, list[str]], known: dict[str, frozenset[str]], mask: Mask) -> dict[str, float]:
    """Return the weights of English evidence, without those that are nothing, and the constant as that of ``""``.

    ``texts`` are masked messages of each set, ``known`` the words of a desk that has such messages.
    """
    rows = [(*row, 1.0) for name, own in texts.items() for row in _english_rows(own, known[name], mask)]
    return _fitted(rows)


def places(texts: dict[str, list[str]], known: dict[str, frozenset[str]], mask: Mask) -> dict[str, float]:
    """Return the weights of what is seen of an English place; the threshold, too, was set by hand."""
    return _fitted([*_english_places.rows(texts, known, mask)])


def _fitted(rows: Sequence[tuple[Sequence[str], bool, float]]) -> dict[str, float]:
    """Return weights of evidence, without those that are nothing, and the constant as that of ``""``."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    table = DictVectorizer()
    seen = table.fit_transform([dict.fromkeys(evidence, 1.0) for evidence, _, _ in rows])
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(seen, [name for _, name, _ in rows], sample_weight=[count for _, _, count in rows])
    weights = {
        name: round(float(value), 1) for name, value in zip(table.get_feature_names_out(), model.coef_[0], strict=True)
    }
    return {"": round(float(model.intercept_[0]), 1)} | {name: value for name, value in weights.items() if value}


def _english_rows(texts: Sequence[str], known: frozenset[str], mask: Mask) -> list[Row]:
    """Return what is seen of each stretch, and whether it is a name: with the words of a desk and, of some, without."""
    rows: list[Row] = []
    draw = Random(0)
    for manner, share in (("as written", 1.0), ("name small", 0.1), ("small", 0.5), ("capitals", 0.1)):
        for read, want, _ in _english_names.planted(texts, "development", manner, mask):
            if draw.random() < share:
                words = known if draw.random() < 0.8 else frozenset[str]()
                rows += [
                    (one.evidence, f"{read[: one.start]}<NAME_1>{read[one.stop :]}" == want)
                    for one in stretches(read, words)
                ]
    for text in draw.sample(texts, min(_english_names.MOST, len(texts))):
        for words in (known, frozenset[str]()) if draw.random() < 0.2 else (known,):
            rows += [(one.evidence, False) for one in stretches(text, words)]
        if draw.random() < 0.1:
            # As a Headline Is Written.
            titled = re.sub(r"\b[a-z]", lambda match: match[0].upper(), text)
            rows += [(one.evidence, False) for one in stretches(titled, known)]
    return rows


def chinese(texts: Sequence[str], mask: Mask) -> tuple[dict[str, float], float]:
    """Return the weights of Chinese evidence and the threshold; ``texts`` are masked messages."""
    from sklearn.linear_model import LogisticRegression

    seen_in = [[seen for start, stop, seen in stretches_of(text) if not _is_named(text[start:stop])] for text in texts]
    rows = [(seen, False, _OTHERS) for found in seen_in for seen in found]
    for made, counts in (
        (_chinese_names.in_messages(texts, "learning", times=_REPEATED), 1.0),
        (_introductions(texts), _INTRODUCED),
    ):
        rows += [(seen, whole, counts if whole else _PARTS) for seen, whole in _chinese_rows(made, mask)]
    counted = Counter(name for seen, _, _ in rows for name in seen)
    names = sorted(name for name, count in counted.items() if count >= _SEEN)
    table = np.array([[seen.count(name) for name in names] for seen, _, _ in rows], dtype=np.float64)
    truth, importance = np.array([whole for _, whole, _ in rows]), np.array([count for _, _, count in rows])
    model = LogisticRegression(C=_STRENGTH, max_iter=3000).fit(table, truth, sample_weight=importance)
    weights = {name: round(float(weight), 1) for name, weight in zip(names, model.coef_[0], strict=True)}
    # Never -0.0.
    threshold = round(_most(seen_in, weights, _MOST, loosely=False), 1) + 0.0
    more = threshold - _most(seen_in, weights, _MOST_LOOSELY, loosely=True)
    for name in weights:
        if name in _LOOSE:
            weights[name] = round(weights[name] + min(0.0, more) - 0.05, 1)
    return weights, threshold


def _most(
    seen_in: Sequence[Sequence[Sequence[str]]], weights: dict[str, float], share: float, *, loosely: bool
) -> float:
    """Return the odds that a stretch comes to in no more than this share of the messages."""
    odds = sorted(
        max(
            (sum(weights.get(one, 0.0) for one in seen) for seen in found if seen[0].startswith("loosely") == loosely),
            default=-np.inf,
        )
        for found in seen_in
    )
    return float(odds[int(len(odds) * (1 - share))])


def _is_named(told: str) -> bool:
    """Return whether these characters are of one of the names that the messages as they were written have."""
    return any(told in name or name in told for name in _chinese_names.NAMED)


def _introductions(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield messages whose writer gives a name, or speaks of somebody, and the name."""
    said = [line["text"] for line in wordings("development", "zh") if line["attribute"] == "name"]
    for sentences in (said, _chinese_names.FRAMES["learning"].strip().splitlines()):
        yield from _chinese_names.framed(texts, "learning", sentences, times=_TIMES, hard=_HARD)


def _chinese_rows(made: Iterator[tuple[str, str]], mask: Mask) -> Iterator[Row]:
    """Yield what is seen of each made-up name, and of what overlaps with one, and whether it is the whole name."""
    for text, name in made:
        read = mask(text)
        begin = read.find(name)
        end = begin + len(name)
        if begin >= 0:
            yield from (
                (seen, (start, stop) == (begin, end))
                for start, stop, seen in stretches_of(read)
                if start < end and stop > begin
            )
