"""The sense of the unfamiliar, fitted on vectors: how unlike the known a message is, and from where on that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import AROUND, Familiarity
from replydesk.finetune.intents.classify import Folds
from replydesk.finetune.intents.weighing import weigh_scores
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["View", "density_of", "fit_draft", "fit_familiarities"]

Floats = NDArray[np.float64]

# Vectors beyond this number make the nearest-neighbour score slower, not better.
_KNOWN = 20_000
_PRIOR = 5
_AT_ONCE = 2048


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """Messages as one encoder sees them: what is known, strangers and, where it has learned from what is known, others.

    All are unit vectors of shape (n, dimension).
    """

    known: Vectors
    strangers: Vectors
    held_out: Vectors | None = None


def fit_familiarities(
    views: Sequence[View],
    labels: tuple[str, ...],
    unseen_highest: Floats,
    stranger_highest: Floats,
    *,
    folds: Folds = (),
    towards: Floats | None = None,
) -> tuple[tuple[Familiarity, ...], Floats]:
    """Return the sum of scores turned into a probability by logistic regression, and that of every in-scope message.

    Each of the ``views`` is the same messages by another encoder, and gets a familiarity; the sums of all make the
    probability, by what the first of them has learned. ``labels`` say which of what is known have a mean in common. In
    scope what was held out is scored, where an encoder was trained on the rest; else what is known is scored itself, in
    ``folds`` of what learns and what is scored, as the classifier was: a message makes its intent's mean its own, which
    no new one does. Without folds each is scored without itself among the neighbours. ``unseen_highest`` and
    ``stranger_highest`` are the highest intent probabilities of the in-scope messages that are scored, and of the
    strangers; they count in the first view alone. ``towards`` are weights of its scores that may stand in place of
    equal ones.
    """
    drafts = [fit_draft(view.known, labels) for view in views]
    own, odd = [], []
    for place, (view, draft) in enumerate(zip(views, drafts, strict=True)):
        mine, theirs = (given if not place else np.ones(len(given)) for given in (unseen_highest, stranger_highest))
        own.append(_unseen_scores(view, draft, labels, mine, folds))
        odd.append(draft.scores(view.strangers, theirs))
    raw, strange = np.hstack(own), np.hstack(odd)
    centre, spread = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
    strange = (strange - centre) / spread
    weights = weigh_scores((raw - centre) / spread, strange, towards=[towards])
    spread = spread / weights
    inside, outside = ((raw - centre) / spread).sum(axis=1), (strange * weights).sum(axis=1)
    slope, offset = _platt(np.concatenate([inside, outside]), np.repeat([0, 1], [len(inside), len(outside)]))
    size, found = len(drafts[0].centre), []
    for place, draft in enumerate(drafts):
        part = slice(place * size, (place + 1) * size)
        found.append(replace(draft, centre=centre[part], spread=spread[part]))
    found[0] = replace(found[0], slope=slope, offset=offset)
    return tuple(found), np.asarray(1 / (1 + np.exp(-(slope * inside + offset))))


def _unseen_scores(view: View, draft: Familiarity, labels: tuple[str, ...], highest: Floats, folds: Folds) -> Floats:
    """Return the raw scores of messages in scope as what had not seen them gives them, shape (n, scores)."""
    vectors = view.known
    if view.held_out is not None:
        return draft.scores(view.held_out, highest)
    if folds:
        own, names = np.empty((len(vectors), len(draft.centre))), np.array(labels, dtype=object)
        for learned, scored in folds:
            other = fit_draft(vectors[learned], tuple(names[learned].tolist()))
            own[scored] = other.scores(vectors[scored], highest[scored])
        return own
    rows, step = np.arange(len(vectors)), _step(len(vectors))
    return draft.scores(vectors, highest, np.where(rows % step == 0, rows // step, -1))


def fit_draft(vectors: Vectors, labels: tuple[str, ...]) -> Familiarity:
    """Return the scores of labelled vectors before anything is known of their scale: none is normalised.

    The radius of an intent with few messages is drawn to that of all.
    """
    owner, means = _owner(labels), _means(vectors, labels)
    centred = np.asarray(vectors, dtype=np.float64) - means[owner]
    whitening = _whitening(centred)
    step = _step(len(vectors))
    known = vectors[::step]
    lengths = np.linalg.norm(centred, axis=1)
    counts = np.bincount(owner)
    medians = np.array([np.median(lengths[owner == place]) for place in range(len(means))])
    radii = (counts * medians + _PRIOR * float(np.median(lengths))) / (counts + _PRIOR)
    return Familiarity(
        known,
        whitening,
        means @ whitening,
        np.zeros(7),
        np.ones(7),
        centroids=means,
        radii=np.maximum(radii, 1e-6),
        owners=owner[::step],
        density=density_of(known),
    )


def density_of(known: Vectors, first: int = 0) -> Floats:
    """Return the mean cosine of known vectors, from the place ``first`` on, to the ten nearest others: (n - first,).

    With fewer others it is the mean of all, and 0 where there are none.
    """
    found, count = np.zeros(len(known) - first), min(AROUND, len(known) - 1)
    for start in range(first, len(known) if count > 0 else 0, _AT_ONCE):
        cosines = np.asarray(known[start : start + _AT_ONCE] @ known.T, dtype=np.float64)
        rows = np.arange(len(cosines))
        cosines[rows, rows + start] = -np.inf
        nearest = -np.sort(np.partition(-cosines, count - 1, axis=1)[:, :count], axis=1)
        found[start - first : start - first + len(rows)] = nearest.mean(axis=1)
    return found


def _means(vectors: Vectors, labels: tuple[str, ...]) -> Floats:
    owner = _owner(labels)
    return np.stack([np.asarray(vectors[owner == i], dtype=np.float64).mean(axis=0) for i in range(owner.max() + 1)])


def _owner(labels: tuple[str, ...]) -> NDArray[np.int_]:
    names = {name: i for i, name in enumerate(sorted(set(labels)))}
    return np.array([names[label] for label in labels])


def _whitening(centred: Floats) -> Floats:
    from sklearn.covariance import ledoit_wolf

    # With fewer vectors than dimensions only a shrunk covariance has an inverse; its root is symmetric.
    covariance, _ = ledoit_wolf(centred, assume_centered=True)
    values, axes = np.linalg.eigh(covariance)
    return np.asarray(axes / np.sqrt(np.maximum(values, 1e-9)) @ axes.T)


def _step(count: int) -> int:
    """Return that every so many vectors of a count are known."""
    return max(1, -(-count // _KNOWN))


def _platt(scores: Floats, targets: NDArray[np.int_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, class_weight="balanced").fit(scores[:, None], targets)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
