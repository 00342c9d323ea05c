"""Fitting a projection: an encoder that stays as it is, such as one that is no BERT, learns what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.recipe import Recipe, Training
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.projected import projected

__all__ = ["FEWEST_TEXTS", "Projection", "fit_projection", "found_again", "groups_of_pairs", "held_out"]

FEWEST_TEXTS: Final = 40
"""Texts in groups of two or more that are needed: fewer teach a matrix nothing."""

_HELD_OUT = 0.2
_JUDGED = 4000


@dataclass(frozen=True, eq=False, slots=True)
class Projection:
    """The matrix that was fitted on all, the one from ``before`` that, which the held-out groups chose, and the story.

    Both are None where nothing learned was better than the vectors as they are.
    """

    weights: NDArray[np.float32] | None
    before: NDArray[np.float32] | None
    told: dict[str, Any]


def fit_projection(
    vectors: Vectors,
    groups: Sequence[int],
    recipe: Recipe,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> Projection:
    """Return the matrix that brings unit vectors (n, dimension) of a group together, and what its training did.

    A fifth of the groups is held out, whole: how well a vector finds those of its group among all that are held out
    (mean average precision) says when to stop. The matrix is then fitted again on all, for as many epochs as were best.
    There is none where nothing learned was better, or where there is too little to learn.
    """
    from replydesk.finetune.training.loop import fit
    from replydesk.finetune.training.projecting import GroupTask, ProjectionNetwork

    held = held_out(groups, recipe.seed)
    sizes = np.bincount(np.unique(np.asarray(groups), return_inverse=True)[1])
    useful = int(sizes[sizes > 1].sum())
    if useful < FEWEST_TEXTS or not held.any() or held.all():
        why = f"There are {useful} texts that belong to others, {FEWEST_TEXTS} are needed."
        return Projection(None, None, {"kept": False, "why": why})
    chosen = recipe.projection
    training, known = chosen.training, np.asarray(groups)

    def learn(rows: NDArray[np.bool_], epochs: int, validate: Callable[[Any], float] | None) -> tuple[Any, Any]:
        network = ProjectionNetwork(vectors.shape[1], training.dropout or 0.0)
        task = GroupTask(
            vectors[rows],
            known[rows].tolist(),
            batch_size=training.batch_size,
            temperature=chosen.temperature,
            seed=recipe.seed,
        )
        judge = None if validate is None else lambda: validate(network)
        done = fit(network, [task], _of(training, epochs), validate=judge, seed=recipe.seed)
        return network, done

    progress(f"Fitting a projection on {useful} texts that belong to others")
    judged = np.flatnonzero(held)[:_JUDGED]
    first, history = learn(
        ~held,
        training.epochs,
        lambda network: found_again(projected(vectors[judged], network.weights()), known[judged]),
    )
    told = {"texts": len(vectors), "groups": len(sizes), **history.document()}
    gain = history.scores[history.best] - history.scores[0]
    why = f"MAP on groups that it had not seen {history.scores[0]:.3f} -> {history.scores[history.best]:.3f}."
    told |= {"kept": gain > 0, "why": why}
    if gain <= 0:
        return Projection(None, None, told)
    network, _ = learn(np.ones(len(known), dtype=bool), history.best, None)
    return Projection(network.weights(), first.weights(), told)


def found_again(vectors: Vectors, groups: NDArray[np.int_]) -> float:
    """Return the mean average precision with which vectors find the others of their group among all.

    Those that are alone ask nothing. 0 where all are.
    """
    found = []
    for start in range(0, len(vectors), 512):
        cosines = np.asarray(vectors[start : start + 512] @ vectors.T)
        own = np.arange(len(cosines))
        cosines[own, own + start] = -np.inf
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :-1]
        right = groups[order] == groups[start : start + len(cosines), None]
        ranks = np.arange(1, right.shape[1] + 1)
        totals = right.sum(axis=1)
        precisions = (np.cumsum(right, axis=1) / ranks * right).sum(axis=1)
        found += (precisions[totals > 0] / totals[totals > 0]).tolist()
    return float(np.mean(found)) if found else 0.0


def groups_of_pairs(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[int]]:
    """Return all texts once, and the number of the group of each: texts that pairs tie together are one group.

    >>> groups_of_pairs([("a", "b"), ("c", "d"), ("b", "e")])
    (['a', 'b', 'c', 'd', 'e'], [0, 0, 1, 1, 0])
    """
    places = {text: place for place, text in enumerate(dict.fromkeys(text for pair in pairs for text in pair))}
    leader = list(range(len(places)))

    def first(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for one, other in pairs:
        ends = sorted((first(places[one]), first(places[other])))
        leader[ends[1]] = ends[0]
    names: dict[int, int] = {}
    return list(places), [names.setdefault(first(place), len(names)) for place in range(len(places))]


def held_out(groups: Sequence[int], seed: int) -> NDArray[np.bool_]:
    """Return which rows are of the fifth of the groups that :func:`fit_projection` holds out."""
    known = np.unique(np.asarray(groups))
    drawn = np.random.default_rng(seed).permutation(known)
    return np.isin(np.asarray(groups), drawn[: max(1, round(_HELD_OUT * len(known)))])


def _of(training: Training, epochs: int) -> Training:
    return replace(training, epochs=epochs, layers=-1, embeddings=True, layer_decay=1.0, gradually=False)
