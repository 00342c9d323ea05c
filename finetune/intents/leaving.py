"""Strangers made of what is known: intents are left out in turns, and their messages are out of scope for the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.intents import IntentHead
from replydesk.finetune.intents.classify import fit_logistic, fit_temperature
from replydesk.finetune.intents.familiarity import fit_draft
from replydesk.finetune.intents.weighing import weigh_scores
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["left_out_scores", "left_out_weights"]

Floats = NDArray[np.float64]

_FOLDS = 5
_FEWEST_INTENTS = 10
_FEWEST_EACH = 8
_HELD = 5
_MOST = 5000


def left_out_weights(vectors: Vectors, labels: Sequence[str], strength: float, seed: int = 0) -> Floats | None:
    """Return weights of the scores of :class:`Familiarity` (scores,), None where too little is known to tell.

    They tell messages of intents that were left out from those of the others best; see
    :func:`~replydesk.finetune.intents.weighing.weigh_scores`.
    """
    found = left_out_scores(vectors, labels, strength, seed)
    return None if found is None else weigh_scores(*found, seed=seed)


def left_out_scores(
    vectors: Vectors, labels: Sequence[str], strength: float, seed: int = 0
) -> tuple[Floats, Floats] | None:
    """Return normalised scores (n, scores) of messages in scope, and (m, scores) of those whose intent was left out.

    In each of five turns a fifth of the intents is left out; of the messages of the others four fifths are learned
    from and one is scored. None with fewer than ten intents or, on average, eight messages of each.
    """
    random = np.random.default_rng(seed)
    if len(labels) > _MOST:
        rows = np.sort(random.permutation(len(labels))[:_MOST])
        vectors, labels = vectors[rows], [labels[row] for row in rows.tolist()]
    names = np.array(labels)
    intents = np.unique(names)
    if len(intents) < _FEWEST_INTENTS or len(names) < _FEWEST_EACH * len(intents):
        return None
    turn = dict(zip(intents.tolist(), (random.permutation(len(intents)) % _FOLDS).tolist(), strict=True))
    turns = np.array([turn[label] for label in labels])
    held = random.permutation(len(names)) % _HELD == 0
    inside, outside = [], []
    for fold in range(_FOLDS):
        known, left = turns != fold, np.flatnonzero(turns == fold)
        learned, scored = np.flatnonzero(known & ~held), np.flatnonzero(known & held)
        kept = set(names[learned].tolist())
        scored = np.array([row for row in scored.tolist() if names[row] in kept], dtype=int)
        if len(kept) < 2 or not len(scored) or not len(left):
            continue
        order = sorted(kept)
        places = {name: place for place, name in enumerate(order)}
        targets = np.array([places[label] for label in names[learned]])
        right = np.array([places[label] for label in names[scored]])
        head = IntentHead(tuple(order), *fit_logistic(vectors[learned], targets, strength, seed))
        head = IntentHead(head.labels, head.weights, head.bias, fit_temperature(head.logits(vectors[scored]), right))
        draft = fit_draft(vectors[learned], tuple(names[learned].tolist()))
        mine, odd = (
            draft.scores(vectors[rows], head.probabilities(vectors[rows]).max(axis=1)) for rows in (scored, left)
        )
        centre, spread = mine.mean(axis=0), np.maximum(mine.std(axis=0), 1e-6)
        inside.append((mine - centre) / spread)
        outside.append((odd - centre) / spread)
    return (np.concatenate(inside), np.concatenate(outside)) if inside else None
