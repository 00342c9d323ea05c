"""What pairs of texts that belong together teach a ranking: a projection, what words are worth, and how to smooth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.encoders.project import fit_projection, groups_of_pairs, held_out
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.projected import ProjectedEncoder, projected
from replydesk.retrieval.vectors.smoothing import smoothed_together

__all__ = ["FEWEST_PAIRS", "NEIGHBOURS", "WEIGHTS", "Learned", "learned_from"]

Floats = NDArray[np.float64]
WordScores = Callable[[Sequence[str], Sequence[str]], Floats]
"""From queries and texts to what their words say, shape (queries, texts)."""

FEWEST_PAIRS: Final = 20
WEIGHTS: Final = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 1.6)
NEIGHBOURS: Final = ((0, 0), (5, 1), (10, 1), (20, 1), (5, 2), (10, 2), (20, 2))
"""Neighbours and rounds that are tried."""

_ASKED, _TEXTS, _LISTED = 1000, 4000, 40


@dataclass(frozen=True, slots=True)
class Learned:
    """An encoder, with a projection where one helped; the weight of words beside its cosine; how to smooth, if at all.

    ``neighbours`` and ``rounds`` are those of :func:`~replydesk.retrieval.vectors.smoothing.smoothed_together`;
    ``notes`` say how each was chosen.
    """

    encoder: Encoder
    words: float
    neighbours: int
    rounds: int
    notes: tuple[str, ...]
    training: dict[str, Any]


def learned_from(
    pairs: Sequence[tuple[str, str]],
    encoder: Encoder,
    word_scores: WordScores,
    recipe: Recipe,
    *,
    listed: bool = False,
    progress: Callable[[str], None] = lambda _line: None,
) -> Learned | None:
    """Return what the pairs choose, None where there are fewer than 20.

    Texts that pairs tie together are one group. A fifth of the groups is held out from a first projection, and their
    texts choose: each asks for the others of its group among all texts, and the highest mean average precision wins, of
    two as good the smaller weight and the fewer neighbours. ``listed`` says that candidates will be ranked which
    somebody picked, so the wrong ones are look-alikes: then each asks among the 40 wrong ones that have most of its
    words.
    """
    if len(pairs) < FEWEST_PAIRS:
        return None
    texts, groups = groups_of_pairs(pairs)
    vectors = encoder.encode(texts)
    fitted = fit_projection(vectors, groups, recipe, progress=progress)
    told = [f"A projection is {'kept' if fitted.told['kept'] else 'left out'}: {fitted.told['why']}"]
    judged = vectors if fitted.before is None else projected(vectors, fitted.before)
    named, apart = np.array(groups), held_out(groups, recipe.seed)
    sizes = np.bincount(named)
    draw = np.random.default_rng(recipe.seed)
    asked = draw.permutation(np.flatnonzero(apart & (sizes[named] > 1)))[:_ASKED]
    others = draw.permutation(np.setdiff1d(np.arange(len(texts)), asked))
    # Those that belong to the asked ones come first, then as many others as time allows.
    others = np.concatenate(
        [others[np.isin(named[others], named[asked])], others[~np.isin(named[others], named[asked])]]
    )
    among = np.concatenate([asked, others])[:_TEXTS]
    right = named[asked][:, None] == named[among][None, :]
    own = np.arange(len(asked))
    right[own, own] = False
    said = word_scores([texts[row] for row in asked], [texts[row] for row in among])

    ranked = right | _most(np.where(right, -np.inf, said), _LISTED) if listed else np.ones_like(right)
    ranked[own, own] = False

    def measured(weight: float, neighbours: int, rounds: int) -> float:
        _, corpus = smoothed_together(judged[:0], judged[among], neighbours, rounds)
        scores = corpus[: len(asked)].astype(np.float64) @ corpus.T + weight * said
        return round(_precision(np.where(ranked, scores, -np.inf), right), 4)

    if not len(asked) or not right.any():
        told.append("All texts belong together: nothing chooses the weight of words or the neighbours.")
        return Learned(_with(encoder, fitted.weights), 0.0, 0, 0, tuple(told), fitted.told)
    by_words = {weight: measured(weight, 0, 0) for weight in WEIGHTS}
    words = max(WEIGHTS, key=lambda weight: (by_words[weight], -weight))
    smooth = {(count, rounds): measured(words, count, rounds) for count, rounds in NEIGHBOURS}
    count, rounds = max(NEIGHBOURS, key=lambda one: (smooth[one], -one[1], -one[0]))
    told.append(f"tuned: of {WEIGHTS}, the pairs choose {words} as the weight of words (MAP {by_words[words]:.3f}).")
    told.append(f"smoothed: they choose {count} neighbours in {rounds} rounds (MAP {smooth[count, rounds]:.3f}).")
    return Learned(_with(encoder, fitted.weights), words, count, rounds, tuple(told), fitted.told)


def _most(scores: Floats, count: int) -> NDArray[np.bool_]:
    """Return which are the highest so many of each row."""
    found = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(found, np.argsort(-scores, axis=1, kind="stable")[:, :count], True, axis=1)
    return found


def _with(encoder: Encoder, weights: NDArray[np.float32] | None) -> Encoder:
    return encoder if weights is None else ProjectedEncoder(encoder, weights)


def _precision(scores: Floats, right: NDArray[np.bool_]) -> float:
    """Return the mean average precision of rows that have a right one."""
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = np.take_along_axis(right, order, axis=1)
    totals = hits.sum(axis=1)
    found = (np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1) * hits).sum(axis=1)
    return float((found[totals > 0] / totals[totals > 0]).mean())
