"""Training: the material of a desk becomes the skills of a candidate release."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.labels import LabelSet
from replydesk.data.records import Suggested
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.impartial import impartial
from replydesk.dialog.intents import Familiarity
from replydesk.dialog.promise import STANDARD, promises_of
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.release import Release
from replydesk.dialog.second import second_encoder
from replydesk.dialog.skills import Skills
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.examples import OUT_OF_SCOPE, Material
from replydesk.finetune.intents.classify import Folds, fit_calibrated
from replydesk.finetune.intents.familiarity import View, fit_familiarities
from replydesk.finetune.intents.further import fit_classifiers
from replydesk.finetune.intents.leaving import left_out_weights
from replydesk.finetune.intents.opinions import fit_reader, weigh_held_out
from replydesk.finetune.learning.pseudo import PseudoLabeller
from replydesk.finetune.learning.ranking import fit_ranker, judged_of
from replydesk.finetune.matching.late import fit_late, late_interaction
from replydesk.finetune.matching.reranker import train_reranker
from replydesk.finetune.matching.risk import SecondLook, held_out_evidence
from replydesk.finetune.matching.scorer import Past, Queries, fit_scorer, fit_thresholds, scope_line
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.robustness.noise import hurried
from replydesk.finetune.robustness.spelling import choose_speller
from replydesk.finetune.strangers import strangers
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.late_interaction import LateInteraction
from replydesk.retrieval.reranking.reranker import RerankScorer, TrainedReranker, ticket_text

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
    labels: Sequence[LabelSet] = (),
    suggested: Sequence[Suggested] = (),
    test_share: float = 0.2,
    max_wrong: float = 0.05,
    progress: Callable[[str], None] = lambda _line: None,
) -> Release:
    """Return a candidate trained on the training part of the material; it is neither stored nor judged yet.

    Where no reranker is trained, that of the ``parent`` goes on. Of the sets of ``labels`` further classifiers learn,
    but for about the ``test_share`` of each that judges. Of what was ``suggested`` to the team a ranker learns.
    """
    skills = {}
    for part in material:
        progress(f"Training on {len(part.train)} messages in {', '.join(part.languages)}")
        known = parent.skills_for(part.base or part.encoder.id) if reranker is None and parent is not None else Skills()
        mine = train_skills(part, recipe, reranker, progress, kept=known.reranker, max_wrong=max_wrong)
        mine = replace(mine, notes={**known.notes, **mine.notes})
        if labels:
            found, told = fit_classifiers(part, labels, recipe, test_share=test_share, progress=progress)
            mine = replace(mine, classifiers=found, notes={**mine.notes, "labels": told})
        judged = judged_of(suggested, part.languages)
        if judged:
            ranker, told_ranker = fit_ranker(judged, seed=recipe.seed)
            progress(f"A ranker of suggestions is {'kept' if ranker else 'left out'}: {told_ranker['why']}")
            mine = replace(mine, ranker=ranker, notes={**mine.notes, "suggestions": told_ranker})
        skills[part.encoder.id] = mine
    now = datetime.now(UTC).replace(microsecond=0)
    key = f"{now:%Y-%m-%d}-{uuid.uuid4().hex[:6]}"
    return Release(key, now, skills, parent.id if parent else "", recipe.document(), dict(data))


def train_skills(
    material: Material,
    recipe: Recipe,
    reranker: RerankerPlan | None = None,
    progress: Callable[[str], None] = lambda _line: None,
    *,
    kept: TrainedReranker | None = None,
    max_wrong: float = 0.05,
) -> Skills:
    """Return what reads intents, familiarity, scorer, thresholds, late interaction, and with a plan a cross-encoder.

    Everything after the head is fitted on predictions of folds that had not seen the message, so no second validation
    set is taken from a small desk; where the encoder was fine-tuned, on the customers that were held out. Without two
    intents there is no head, and the tickets' answers are the only labels. ``kept`` is the reranker that goes on where
    none is trained. The threshold for answering alone is that of the promise of ``max_wrong``.
    """
    labeller = _labeller(material, recipe)
    reader, familiarity, queries = read_unseen(_as_read(material), recipe, labeller)
    past = Past.of(material)
    scorer, _, _ = fit_scorer(queries, material, recipe, past)
    unseen = queries
    inside = queries.unfamiliar[[label != OUT_OF_SCOPE for label in queries.examples.labels]]
    tokens = late_interaction(material, past)
    late, told_late = fit_late(queries, material, scorer, recipe, past, tokens)
    speller, spelling = choose_speller(material, reader, recipe)
    notes: dict[str, Any] = {"late_interaction": told_late, "spelling": spelling}
    if labeller is not None:
        notes["pseudo"] = labeller.document()
        progress(f"{notes['pseudo']['added']} of {notes['pseudo']['unlabelled']} unlabelled messages got a label")
    skills = Skills(None, familiarity, scorer, late=late, speller=speller, notes=notes, places=material.places)
    if reader is not None:
        notes["opinions"] = {name: round(weight, 4) for name, weight in reader.weights.items()}
        skills = replace(
            skills, head=reader.head, words=reader.words, neighbours=reader.neighbours, second=reader.second
        )
    if reranker is not None:
        key = material.encoder.id
        base, folder = reranker.bases.get(key), reranker.folder / key
        if material.held:
            # A cross-encoder learns from the others, and is judged by those that were held out.
            queries = _read_all(material, skills)
        found, told = train_reranker(queries, material, scorer, recipe, base, folder, progress=progress)
        progress(
            f"The reranker for {', '.join(material.languages)} is {'kept' if found else 'left out'}: {told['why']}"
        )
        kept, notes["reranker"] = found, told
    scope = scope_line(inside, recipe)
    second = _second_look(kept, tokens, late)
    evidence = held_out_evidence(unseen, material, scorer, past=past, second=second, out_of_scope_above=scope)
    lines = fit_thresholds(evidence, scope, max_wrong)
    notes["promises"] = _told_promises(evidence, max_wrong)
    progress(_promise_text(material.languages, evidence, max_wrong))
    return replace(skills, reranker=kept, evidence=evidence, thresholds=lines)


def _as_read(material: Material) -> Material:
    """Return the material with its training messages as the desk will read them: the same for whoever writes.

    What is compared with past questions stays as these were written, in the index as in :class:`Past`.
    """
    train = material.train
    texts = [impartial(text, places=material.places) for text in train.texts]
    rows = [row for row, (one, other) in enumerate(zip(texts, train.texts, strict=True)) if one != other]
    if not rows:
        return material
    vectors = train.vectors.copy()
    vectors[rows] = material.encoder.encode([texts[row] for row in rows])
    return replace(material, train=replace(train, texts=tuple(texts), vectors=vectors))


def _told_promises(evidence: Evidence, max_wrong: float) -> dict[str, Any]:
    """Return what a card says of the promises at the standard levels and at that of the settings, and of the curve."""
    levels = sorted({*STANDARD, max_wrong})
    return {"levels": [promises_of(evidence, one).document() for one in levels], "curve": evidence.curve()}


def _promise_text(languages: Sequence[str], evidence: Evidence, max_wrong: float) -> str:
    """Return in a sentence what is promised for some languages."""
    found = promises_of(evidence, max_wrong).rest
    names = ", ".join(languages)
    if found.holds:
        return (
            f"In {names} at most {max_wrong:.1%} wrong is promised from a confidence of {found.threshold:.3f} on:"
            f" {found.coverage:.0%} of {found.calibrated_on} held-out messages, {found.wrong:.1%} of them wrong"
        )
    if found.needed is None:
        return f"In {names} at most {max_wrong:.1%} wrong cannot be promised: nothing is answered alone"
    return (
        f"In {names} at most {max_wrong:.1%} wrong cannot be promised yet: it takes about {found.needed} messages more"
    )


def _second_look(
    kept: TrainedReranker | None, tokens: LateInteraction | None, late: RerankScorer | None
) -> SecondLook | None:
    """Return what the desk will compare the best hits with once more: the cross-encoder, or late interaction."""
    if kept is not None:
        return SecondLook(CrossEncoder(kept.folder), kept.scorer, ticket_text)
    return None if tokens is None or late is None else SecondLook(tokens, late)


def read_unseen(
    material: Material, recipe: Recipe, labeller: PseudoLabeller | None = None
) -> tuple[IntentReader | None, Familiarity | None, Queries]:
    """Return what reads intents, familiarity, and the training messages as models read them that had not seen them.

    The head also learns from what the ``labeller`` of the labelled training messages labels. Where neighbours and
    familiarity know the same vectors, they share them.
    """
    train = material.train.in_scope
    strange, _ = strangers(material.encoder, material.languages, train.vectors)
    odd = strange + material.train.strangers
    known = train.labelled if len(set(train.labelled.labels)) >= 2 else train
    reader, unseen, held, strength = None, np.zeros((len(known), 0)), None, 0.0
    folds: Folds = ()
    second = _second(material, recipe)
    base = known
    if material.held:
        # The encoder has seen all but what was held out, so that alone says how it reads what is new.
        labelled = known is not train
        known, held = material.parted(known)
        head, base = material.head, held
        if head is None and labelled and len(set(known.labels)) >= 2:
            head = fit_calibrated(known, held, recipe)
        unseen = np.zeros((len(held), 0))
        if head is not None:
            reader, unseen = weigh_held_out(head, known, held, recipe, material.languages[0], second=second)
    elif known is not train:
        noise = hurried(material.languages)
        copies = [
            material.encoder.encode([noise(text, copy * len(known) + i) for i, text in enumerate(known.texts)])
            for copy in range(recipe.head.noise)
        ]
        more = labeller.more if labeller is not None else None
        reader, classifier = fit_reader(known, recipe, material.languages[0], copies, more=more, second=second)
        unseen, strength, folds = classifier.unseen, classifier.strength, classifier.folds
    labels = reader.labels if reader is not None else ()
    inside = unseen.max(axis=1) if labels else np.ones(len(base))
    odd_intents = reader.probabilities(odd.texts, odd.vectors) if reader is not None else np.zeros((len(odd), 0))
    odd_highest = odd_intents.max(axis=1) if labels else np.ones(len(odd))
    owners = known.labels if labels else ("",) * len(known)
    # A fine-tuned encoder has learned from the intents that would be left out.
    practised = left_out_weights(known.vectors, owners, strength, recipe.seed) if strength else None
    familiarity, unfamiliar_inside = None, np.zeros(len(base))
    beside = reader.second if reader is not None else None
    if len(base) and len(odd):
        views = [View(known.vectors, odd.vectors, None if held is None else held.vectors)]
        if beside is not None:
            vectors = map(beside.encoder.encode, (known.texts, odd.texts, () if held is None else held.texts))
            seen, strange_seen, held_seen = vectors
            views.append(View(seen, strange_seen, None if held is None else held_seen))
        (familiarity, *others), unfamiliar_inside = fit_familiarities(
            views, owners, inside, odd_highest, folds=folds, towards=practised
        )
        if reader is not None and beside is not None:
            beside = replace(beside, familiarity=others[0])
            reader = replace(reader, second=beside)
    if reader is not None and reader.neighbours is not None and familiarity is not None:
        reader = replace(reader, neighbours=reader.neighbours.sharing(familiarity.known))
    more_odd = beside.sums(odd.texts) if beside is not None else 0.0
    unfamiliar_odd = np.zeros(len(odd))
    if familiarity is not None:
        unfamiliar_odd = familiarity.unfamiliar(odd.vectors, odd_highest, more=more_odd)
    queries = Queries(
        base + odd,
        labels,
        np.concatenate([unseen, odd_intents]),
        np.concatenate([unfamiliar_inside, unfamiliar_odd]),
    )
    return reader, familiarity, queries


def _second(material: Material, recipe: Recipe) -> Encoder | None:
    """Return the second encoder that has its say in intents, where the recipe wants one and it reads the language."""
    beside = material.beside() if recipe.head.beside else None
    return beside if beside is not None and beside.id == second_encoder().id else None


def _labeller(material: Material, recipe: Recipe) -> PseudoLabeller | None:
    """Return what labels the unlabelled training messages, where the recipe wants it and the encoder stays frozen."""
    known = material.train.labelled
    unlabelled = material.train.where([not label for label in material.train.labels])
    if not recipe.learning.pseudo or material.held or len(set(known.labels)) < 2 or not len(unlabelled):
        return None
    return PseudoLabeller.of(
        material.encoder,
        Labelled(known.texts, known.labels),
        unlabelled.texts,
        recipe.learning,
        languages=material.languages,
        groups=known.groups,
        names=recipe.head.names,
        beside=material.beside,
        seed=recipe.seed,
    )


def _read_all(material: Material, skills: Skills) -> Queries:
    """Return all training messages as a fine-tuned encoder reads them, those that it learned from, too."""
    everything = material.train.in_scope
    intents, unfamiliar = skills.judged(everything.texts, everything.vectors)
    return Queries(everything, skills.head.labels if skills.head is not None else (), intents, unfamiliar)
