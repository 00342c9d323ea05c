"""Training: the material of a desk becomes the skills of a candidate release."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.release import Release, Skills
from replydesk.finetune.classify import fit_familiarity, fit_head
from replydesk.finetune.examples import OUT_OF_SCOPE, Material, strangers
from replydesk.finetune.late import fit_late
from replydesk.finetune.match import Queries, fit_scorer, fit_thresholds
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.rerank import train_reranker

__all__ = ["RerankerPlan", "make_release", "read_unseen", "train_skills"]


@dataclass(frozen=True, slots=True)
class RerankerPlan:
    """That a reranker is to be trained: from the BERT of each encoder id, into a folder that lasts until it is saved.

    An encoder that is no BERT has None.
    """

    bases: Mapping[str, Path | None]
    folder: Path


def make_release(
    material: Sequence[Material],
    data: Mapping[str, Any],
    recipe: Recipe,
    *,
    parent: Release | None = None,
    reranker: RerankerPlan | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Release:
    """Return a candidate trained on the training part of the material; it is neither stored nor judged yet.

    Where no reranker is trained, that of the ``parent`` goes on.
    """
    skills = {}
    for part in material:
        progress(f"Training on {len(part.train)} messages in {', '.join(part.languages)}")
        mine = train_skills(part, recipe, reranker, progress)
        if reranker is None and parent is not None:
            known = parent.skills_for(part.base or part.encoder.id)
            mine = replace(mine, reranker=known.reranker, notes={**known.notes, **mine.notes})
        skills[part.encoder.id] = mine
    now = datetime.now(UTC).replace(microsecond=0)
    key = f"{now:%Y-%m-%d}-{uuid.uuid4().hex[:6]}"
    return Release(key, now, skills, parent.id if parent else "", recipe.document(), dict(data))


def train_skills(
    material: Material,
    recipe: Recipe,
    reranker: RerankerPlan | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Skills:
    """Return head, familiarity, scorer, thresholds and what late interaction counts, and with a plan a cross-encoder.

    Everything after the head is fitted on predictions of folds that had not seen the message, so no second validation
    set is taken from a small desk. Without two intents there is no head, and the tickets' answers are the only labels.
    """
    head, familiarity, queries = read_unseen(material, recipe)
    scorer, scores, right = fit_scorer(queries, material, recipe)
    inside = queries.unfamiliar[[label != OUT_OF_SCOPE for label in queries.examples.labels]]
    late, notes = fit_late(queries, material, scorer, recipe)
    lines = fit_thresholds(scores, right, inside, recipe)
    skills = Skills(head, familiarity, scorer, lines, late=late, notes={"late_interaction": notes})
    if reranker is None:
        return skills
    key = material.encoder.id
    base, folder = reranker.bases.get(key), reranker.folder / key
    found, told = train_reranker(queries, material, scorer, recipe, base, folder, progress=progress)
    progress(f"The reranker for {', '.join(material.languages)} is {'kept' if found else 'left out'}: {told['why']}")
    return replace(skills, reranker=found, notes={**skills.notes, "reranker": told})


def read_unseen(material: Material, recipe: Recipe) -> tuple[IntentHead | None, Familiarity | None, Queries]:
    """Return the head, the familiarity, and the training messages as models read them that had not seen them."""
    train = material.train.in_scope
    learned, _ = strangers(material.encoder, material.languages, train.vectors)
    odd = learned + material.train.strangers
    labelled = train.labelled
    classifier = fit_head(labelled, recipe) if len(set(labelled.labels)) >= 2 else None
    labels: tuple[str, ...] = ()
    base, unseen = train, np.zeros((len(train), 0))
    if classifier is not None:
        base, unseen, labels = labelled, classifier.unseen, classifier.head.labels
    inside = unseen.max(axis=1) if labels else np.ones(len(base))
    odd_intents = classifier.head.probabilities(odd.vectors) if classifier else np.zeros((len(odd), 0))
    odd_highest = odd_intents.max(axis=1) if labels else np.ones(len(odd))
    owners = base.labels if labels else ("",) * len(base)
    familiarity, unfamiliar_inside = None, np.zeros(len(base))
    if len(base) and len(odd):
        familiarity, unfamiliar_inside = fit_familiarity(base, inside, owners, odd.vectors, odd_highest)
    unfamiliar_odd = familiarity.unfamiliar(odd.vectors, odd_highest) if familiarity else np.zeros(len(odd))
    queries = Queries(
        base + odd,
        labels,
        np.concatenate([unseen, odd_intents]),
        np.concatenate([unfamiliar_inside, unfamiliar_odd]),
    )
    return classifier.head if classifier else None, familiarity, queries
