"""Figures of a classifier: how often it is right, how sure that is, and whether its confidence can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replydesk.data.text import language_of
from replydesk.finetune.evaluation.languages import spaced
from replydesk.retrieval import metrics as ranking

__all__ = [
    "BINS",
    "DRAWS",
    "calibration_by_chance",
    "calibration_error",
    "confused",
    "interval",
    "macro_f1",
    "macro_f1_interval",
    "mcnemar",
    "mean_interval",
    "paired_bootstrap",
    "reliability",
    "risk_coverage",
    "sign_flip",
    "slices",
]

Floats = NDArray[np.float64]
Hits = NDArray[np.bool_]

BINS = 15
"""Bins of confidence that calibration is measured in."""

DRAWS = 2000
"""Samples of a bootstrap."""

_LENGTHS = ((1, 5), (6, 10), (11, 20), (21, 40), (41, None))
_FEWEST = 10


def interval(hits: Hits) -> list[float]:
    """Return the 95 % Wilson score interval of a share (Wilson 1927)."""
    n, p, z = len(hits), float(hits.mean()), 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return [max(0.0, middle - half), min(1.0, middle + half)]


def mean_interval(values: ArrayLike, *, seed: int = 0) -> list[float]:
    """Return the 95 % interval of a mean over messages by the percentile bootstrap (Efron 1979).

    Where all messages are right, or all wrong, every sample is the same and would tell no doubt: then it is Wilson's.
    """
    found = np.asarray(values, dtype=np.float64)
    if len(found) and found.min() == found.max() and found[0] in (0.0, 1.0):
        return [round(edge, 4) for edge in interval(found == 1)]
    return ranking.interval(values, seed=seed, draws=DRAWS)


def macro_f1(labels: Sequence[str], guesses: ArrayLike) -> float:
    """Return the mean of the F1 of every label that is there; a label that was never guessed has 0."""
    truth, told, count = _coded(labels, guesses)
    return float(_f1(np.bincount(truth[truth == told], minlength=count), truth, told, count).mean())


def macro_f1_interval(labels: Sequence[str], guesses: ArrayLike, *, seed: int = 0, draws: int = DRAWS) -> list[float]:
    """Return the 95 % interval of the macro F1 by the bootstrap over messages.

    A label that a sample happens to leave out is left out of its mean.
    """
    truth, told, count = _coded(labels, guesses)
    random, found = np.random.default_rng(seed), np.empty(draws)
    for draw in range(draws):
        rows = random.integers(0, len(truth), len(truth))
        one, other = truth[rows], told[rows]
        there = np.bincount(one, minlength=count) > 0
        found[draw] = _f1(np.bincount(one[one == other], minlength=count), one, other, count)[there].mean()
    return [round(float(q), 4) for q in np.quantile(found, [0.025, 0.975])]


def calibration_error(confidences: Floats, hits: Hits, bins: int = BINS) -> float:
    """Return the expected calibration error with equal-width bins (Naeini et al. 2015)."""
    return float(sum(row["share"] * abs(row["confidence"] - row["accuracy"]) for row in _bins(confidences, hits, bins)))


def calibration_by_chance(
    confidences: Floats, bins: int = BINS, *, seed: int = 0, draws: int = 500
) -> tuple[float, float]:
    """Return the error that true confidences would measure on as many messages: the mean, and what 95 of 100 keep.

    Every message is drawn right with the probability that was told for it (consistency resampling, Bröcker and Smith
    2007): what is measured above the second is no chance, what is below the first cannot be told from none.

    >>> calibration_by_chance(np.array([1.0, 1.0]))
    (0.0, 0.0)
    """
    sure, random = np.asarray(confidences, dtype=np.float64), np.random.default_rng(seed)
    if not len(sure):
        return 0.0, 0.0
    places = _places(sure, bins)
    found = np.empty(draws)
    for draw in range(draws):
        missed = sure - (random.random(len(sure)) < sure)
        found[draw] = np.abs(np.bincount(places, missed, bins)).sum() / len(sure)
    return float(found.mean()), float(np.quantile(found, 0.95))


def reliability(confidences: Floats, hits: Hits, bins: int = BINS) -> list[dict[str, float]]:
    """Return for every bin of confidence that is not empty: its edges, mean confidence, accuracy, and messages."""
    return [
        {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items() if name != "share"}
        for row in _bins(confidences, hits, bins)
    ]


def risk_coverage(confidences: Floats, hits: Hits, points: int = 50) -> dict[str, Any]:
    """Return how many answers are wrong where only the surest are given (El-Yaniv and Wiener 2010).

    ``curve`` are pairs of the share that is answered and the share of those that is wrong, ``area`` is the mean of the
    risk over all shares, and ``answered`` says at which coverage 1, 2 and 5 of 100 answers are wrong.
    """
    order = np.argsort(-np.asarray(confidences), kind="stable")
    risks = np.cumsum(~np.asarray(hits, dtype=bool)[order]) / np.arange(1, len(order) + 1)
    places = np.unique(np.linspace(1, len(order), min(points, len(order))).round().astype(int))
    answered = {}
    for most in (0.01, 0.02, 0.05):
        held = np.flatnonzero(risks <= most)
        answered[str(most)] = round(float(held[-1] + 1) / len(order), 4) if len(held) else 0.0
    return {
        "area": round(float(risks.mean()), 6),
        "answered": answered,
        "curve": [[round(float(n) / len(order), 4), round(float(risks[n - 1]), 4)] for n in places.tolist()],
    }


def paired_bootstrap(first: ArrayLike, second: ArrayLike, *, seed: int = 0, draws: int = DRAWS) -> dict[str, Any]:
    """Return by how much the first mean is above the second on the same messages, its 95 % interval, and p.

    Messages are drawn in pairs (Koehn 2004); p, for both sides, is twice the share of samples that do not agree with
    the sign of the difference, at least one in ``draws``.
    """
    gains = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    rows = np.random.default_rng(seed).integers(0, len(gains), (draws, len(gains)))
    means, found = gains[rows].mean(axis=1), float(gains.mean())
    against = min(float((means <= 0).mean()), float((means >= 0).mean()))
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "difference": round(found, 4),
        "difference_ci": [round(float(low), 4), round(float(high), 4)],
        "p": round(min(1.0, max(2 * against, 1 / draws)), 4),
    }


def mcnemar(first: Hits, second: Hits) -> dict[str, Any]:
    """Return McNemar's exact test (1947) of two classifiers on the same messages.

    ``only_first`` and ``only_second`` count the messages that one alone has right; p is that of a fair coin, both
    sides.
    """
    from scipy.stats import binomtest

    one, other = int((first & ~second).sum()), int((second & ~first).sum())
    p = float(binomtest(one, one + other, 0.5).pvalue) if one + other else 1.0
    return {"only_first": one, "only_second": other, "p": float(f"{p:.6g}")}


def sign_flip(first: ArrayLike, second: ArrayLike, *, seed: int = 0, draws: int = DRAWS) -> float:
    """Return how likely it is by chance alone that the first mean is so far above the second on the same messages.

    Fisher's test (1935) flips the sign of each difference, as if the two had changed places there. p is for one side;
    where all differences are as large, such as of right and wrong, it is exact and McNemar's, else of ``draws`` flips.
    """
    from scipy.stats import binomtest

    gains = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    moved = gains[gains != 0]
    sizes = np.abs(moved)
    if not len(moved):
        return 1.0
    if np.allclose(sizes, sizes[0]):
        return float(binomtest(int((moved > 0).sum()), len(moved), 0.5, alternative="greater").pvalue)
    signs = np.random.default_rng(seed).integers(0, 2, (draws, len(moved)), dtype=np.int8) * 2 - 1
    return float((1 + (signs @ sizes >= moved.sum() - 1e-9).sum()) / (1 + draws))


def confused(labels: Sequence[str], guesses: Sequence[str], most: int = 12) -> list[dict[str, Any]]:
    """Return the pairs of labels that are mixed up most, in both directions together, the worst first.

    ``mistakes`` of the messages of either, ``first_as_second`` and ``second_as_first``, ``of`` so many messages.
    """
    wrong = Counter((label, guess) for label, guess in zip(labels, guesses, strict=True) if label != guess)
    sizes = Counter(labels)
    pairs = Counter(dict.fromkeys(sorted({tuple(sorted(pair)) for pair in wrong}), 0))
    for (label, guess), count in wrong.items():
        pairs[tuple(sorted((label, guess)))] += count
    return [
        {
            "first": one,
            "second": other,
            "mistakes": count,
            "first_as_second": wrong[one, other],
            "second_as_first": wrong[other, one],
            "of": sizes[one] + sizes[other],
        }
        for (one, other), count in pairs.most_common(most)
    ]


def slices(
    texts: Sequence[str], hits: ArrayLike, *, languages: Sequence[str] = ("en",), seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Return accuracy by language and by length, each with its interval and how many messages there are.

    Length counts words, in languages without spaces characters. ``languages`` are told apart beside Chinese, Japanese
    and Korean. Languages with fewer than ten messages are told as ``other``.
    """
    right = np.asarray(hits, dtype=np.float64)
    found = [language_of(text, among=languages) for text in texts]
    counts = Counter(found)
    named = [name if counts[name] >= _FEWEST else "other" for name in found]
    lengths = [
        _length(len(text.split()) if spaced(name) else len("".join(text.split())))
        for text, name in zip(texts, found, strict=True)
    ]
    order = [_named(*edges) for edges in _LENGTHS]
    return {
        "language": _by(named, right, sorted(set(named)), seed),
        "length": _by(lengths, right, [name for name in order if name in set(lengths)], seed),
    }


def _by(keys: Sequence[str], right: Floats, order: Sequence[str], seed: int) -> dict[str, Any]:
    named, made = np.array(keys), {}
    for name in order:
        mine = right[named == name]
        made[name] = {
            "accuracy": round(float(mine.mean()), 4),
            "accuracy_ci": mean_interval(mine, seed=seed),
            "messages": len(mine),
        }
    return made


def _length(count: int) -> str:
    return next(_named(low, high) for low, high in _LENGTHS if high is None or count <= high)


def _named(low: int, high: int | None) -> str:
    return f"{low}-{high}" if high else f"{low}+"


def _places(sure: Floats, bins: int) -> NDArray[np.int_]:
    """Return the bin of each confidence, of equal width."""
    return np.asarray(np.minimum((sure * bins).astype(int), bins - 1))


def _bins(confidences: Floats, hits: Hits, bins: int) -> list[dict[str, float]]:
    sure, right = np.asarray(confidences, dtype=np.float64), np.asarray(hits, dtype=bool)
    places = _places(sure, bins)
    return [
        {
            "from": b / bins,
            "to": (b + 1) / bins,
            "confidence": float(sure[mine].mean()),
            "accuracy": float(right[mine].mean()),
            "share": float(mine.mean()),
            "messages": int(mine.sum()),
        }
        for b in range(bins)
        if (mine := places == b).any()
    ]


def _coded(labels: Sequence[str], guesses: ArrayLike) -> tuple[NDArray[np.int_], NDArray[np.int_], int]:
    """Return labels and guesses as numbers, and how many labels there are; a guess that is none of them comes last."""
    known: Mapping[str, int] = {name: i for i, name in enumerate(sorted(set(labels)))}
    told = [known.get(str(guess), len(known)) for guess in np.asarray(guesses).tolist()]
    return np.array([known[label] for label in labels]), np.array(told), len(known)


def _f1(right: NDArray[np.int_], truth: NDArray[np.int_], told: NDArray[np.int_], count: int) -> Floats:
    said = np.bincount(told, minlength=count)[:count] + np.bincount(truth, minlength=count)
    return np.asarray(2 * right / np.maximum(said, 1), dtype=np.float64)
