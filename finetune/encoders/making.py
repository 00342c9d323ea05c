"""The encoders that a release brings: fine-tuned on the desk's own messages, in eight bits, or both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.finetune.defaults import FEWEST
from replydesk.finetune.encoders.compact import made_compact
from replydesk.finetune.encoders.project import fit_projection
from replydesk.finetune.encoders.tuning import Labelled, Pairs, tune_encoder
from replydesk.finetune.examples import Examples, Material, held_out_owners
from replydesk.finetune.learning.earlier import Earlier
from replydesk.finetune.learning.pseudo import PseudoLabeller
from replydesk.finetune.matching.pairs import answer_groups, pairs_of, some_alike
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.pretrain import pretrained_base
from replydesk.finetune.recipe import EncoderRecipe, Recipe
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.graphs import Graph
from replydesk.retrieval.encoders.joining import JoiningEncoder
from replydesk.retrieval.encoders.projected import ProjectedEncoder
from replydesk.retrieval.encoders.remembering import RememberingEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder
from replydesk.retrieval.encoders.use import UseEncoder

__all__ = ["FROZEN", "Made", "Texts", "make_encoders"]

Texts = Callable[[Sequence[str], Collection[str]], Corpus]
"""Gives the texts of a desk in some languages, without what some customers said."""

OwnEncoder = OpenVinoEncoder | ProjectedEncoder

FROZEN: Final = EncoderRecipe()
"""What leaves the encoders as they are."""


BESIDE: Final = ("prefix", "prompt", "houlsby")
"""The adapters that stay beside an encoder's weights: a later training cannot go on from these."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the material on the encoders that read it now, those encoders by the ids of what they replace,
    for the card how each was quantised and tuned, and the folders of the BERTs that were fine-tuned."""

    material: tuple[Material, ...]
    encoders: Mapping[str, OwnEncoder]
    int8: Mapping[str, Any]
    tuned: Mapping[str, Any]
    weights: Mapping[str, Path]


def make_encoders(
    material: Sequence[Material],
    encoders: Encoders,
    recipe: Recipe,
    scratch: Path,
    *,
    parent: Release = UNTRAINED_RELEASE,
    threads: int = 0,
    texts: Texts | None = None,
    callbacks: Sequence[Any] = (),
    checkpoints: Path | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Made:
    """Return the material with the encoders that the recipe asks for in place of the desk's own.

    Where it asks for no tuning, an encoder that was tuned for the ``parent`` goes on; where it starts from the release,
    so does its learning, as long as there is anything new to learn. A tuned encoder stands in ``scratch`` until it is
    saved with its release. ``texts`` are what it reads before, where the recipe pre-trains. A training that was stopped
    goes on from its ``checkpoints``.
    """
    parts: list[Material] = []
    own: dict[str, OwnEncoder] = {}
    int8: dict[str, Any] = {}
    tuned: dict[str, Any] = {}
    weights: dict[str, Path] = {}
    for number, part in enumerate(material):
        base, name = part.encoder.id, part.languages[0]
        before = parent.tuned.get(base, {})
        bert = encoders.bert(name)
        if recipe.encoder.tune and bert is None:
            part, projection, tuned[base] = _projected(part, recipe, progress)
            own |= {base: projection} if projection is not None else {}
            parts.append(part)
            continue
        earlier, encoder = None, None
        if recipe.encoder.start == "release" and base in parent.weights:
            earlier = Earlier.of(parent, base)
        if recipe.encoder.tune and bert is not None and (earlier is None or earlier.lacks(part)):
            kept = checkpoints / base if checkpoints is not None else None
            place = scratch / f"tuned-{number}"
            part, encoder, tuned[base] = _tuned(
                part, bert, recipe, place, texts, callbacks, kept, progress, threads, earlier
            )
            own |= {base: encoder} if encoder is not None else {}
            if encoder is not None and recipe.adapter.kind not in BESIDE:
                weights[base] = place
        elif before.get("used") and base in parent.encoders:
            parts.append(_going_on(part, parent.encoders[base], before))
            own[base], tuned[base] = parent.encoders[base], before
            weights |= {base: parent.weights[base]} if base in parent.weights else {}
            int8 |= {base: parent.int8[base]} if base in parent.int8 else {}
            continue
        if recipe.int8:
            graph = encoder.graph if encoder is not None else encoders.graph(name)
            found = made_compact(part, graph, recipe, threads=threads, progress=progress)
            int8[base] = found.document
            if found.encoder is not None:
                own[base] = found.encoder
                part = part.on(RememberingEncoder(found.encoder))
        parts.append(part)
    return Made(tuple(parts), own, int8, tuned, weights)


def _tuned(
    material: Material,
    bert: Path,
    recipe: Recipe,
    folder: Path,
    texts: Texts | None,
    callbacks: Sequence[Any],
    checkpoints: Path | None,
    progress: Callable[[str], None],
    threads: int,
    earlier: Earlier | None = None,
) -> tuple[Material, OpenVinoEncoder | None, dict[str, Any]]:
    """Return the material on its tuned encoder, that encoder, and what the card says; None for it if it stays."""
    languages = ", ".join(material.languages)
    labelled = material.train.labelled
    if len(labelled) < FEWEST or len(set(labelled.labels)) < 2:
        why = f"there are {len(labelled)} messages of {len(set(labelled.labels))} intents, {FEWEST} of two are needed"
        return material, None, _left(languages, why, progress)
    matching = recipe.encoder.matching > 0
    # What it learned before cannot be held out now.
    share = recipe.encoder.held_out if earlier is None else earlier.held_share
    held = held_out_owners(material.train if matching else labelled, share)
    apart = replace(material, held=held)
    learned, judged = apart.parted(labelled)
    if not len(judged):
        return material, None, _left(languages, "all messages are of one customer", progress)
    told: dict[str, Any] = {}
    if earlier is not None:
        bert = earlier.folder
    if texts is not None:
        read = (checkpoints or folder.with_name(f"{folder.name}-base")) / "read"
        corpus = partial(texts, material.languages, held)
        bert, before = pretrained_base(bert, read, recipe, corpus, callbacks=callbacks, progress=progress)
        told = {"pretraining": before} if before else {}
    progress(f"Fine-tuning the encoder for {languages} on {len(learned)} messages, {len(judged)} held out")
    # What was held out calibrates everything that follows, so nothing is learned from it.
    once = replace(recipe, encoder=replace(recipe.encoder, refit=False))
    rows, guessed = _labelled(learned), Labelled()
    if recipe.learning.pseudo:
        guessed, told_pseudo = _guessed(apart, rows, _labelled(judged), recipe, progress)
        told = {**told, "pseudo": told_pseudo}
    if earlier is not None:
        rows, told_start = earlier.going_on(rows, recipe)
        told = {**told, "start": told_start}
    pairs, held_pairs = pairs_of(apart, share) if matching else (Pairs(), Pairs())
    found = tune_encoder(
        bert,
        folder,
        once,
        learned=(rows.with_names if recipe.head.names else rows) + guessed,
        held_out=_labelled(judged),
        pairs=pairs,
        held_out_pairs=held_pairs,
        callbacks=callbacks,
        checkpoints=checkpoints,
        progress=progress,
    )
    encoder = OpenVinoEncoder(Graph.of(str(folder), _max_tokens(material), None), threads=threads)
    Earlier.remember(folder, _labelled(learned))
    told = {
        **told,
        "used": True,
        "why": "",
        "learned": len(learned),
        "held_out": len(judged),
        "held_share": share,
        **({"pairs": len(pairs)} if matching else {}),
        **found.history,
    }
    # Of what it learned before the head has seen a part alone: it is fitted anew on all.
    head = found.head if earlier is None else None
    return replace(apart.on(RememberingEncoder(encoder)), head=head), encoder, told


def _guessed(
    material: Material, learned: Labelled, judged: Labelled, recipe: Recipe, progress: Callable[[str], None]
) -> tuple[Labelled, dict[str, Any]]:
    """Return messages of nobody held out that got a label from the frozen encoder, and what the card says of them."""
    unlabelled, _ = material.parted(material.train.where([not label for label in material.train.labels]))
    if not len(unlabelled):
        return Labelled(), {"unlabelled": 0, "added": 0}
    labeller = PseudoLabeller.of(
        material.encoder,
        learned,
        unlabelled.texts,
        recipe.learning,
        languages=material.languages,
        held_out=judged,
        names=recipe.head.names,
        beside=material.beside,
        seed=recipe.seed,
    )
    found = labeller.labelled()
    progress(f"{len(found)} of {len(unlabelled)} unlabelled messages got a label")
    return found, labeller.document()


def _projected(
    material: Material, recipe: Recipe, progress: Callable[[str], None]
) -> tuple[Material, ProjectedEncoder | None, dict[str, Any]]:
    """Return the material on its encoder with a projection, that encoder, and what the card says; None if it stays.

    Messages of one intent belong together, and those without one whose answers say the same.
    """
    languages, encoder = ", ".join(material.languages), material.encoder
    while isinstance(encoder, RememberingEncoder | JoiningEncoder):
        encoder = encoder.inner
    if not isinstance(encoder, UseEncoder):
        return material, None, _left(languages, "it is no BERT", progress)
    held = held_out_owners(material.train, recipe.encoder.held_out)
    apart = replace(material, held=held)
    learned, judged = apart.parted(material.train.in_scope)
    if len(learned) < FEWEST or not len(judged):
        why = f"there are {len(learned)} messages of customers that are not held out, {FEWEST} are needed"
        return material, None, _left(languages, why, progress)
    said = answer_groups([ticket.answer if ticket is not None else "" for ticket in learned.tickets])
    names: dict[str, int] = {}
    groups = []
    for row, (label, ticket) in enumerate(zip(learned.labels, learned.tickets, strict=True)):
        key = f"intent {label}" if label else f"answer {said[row]}" if ticket is not None else f"row {row}"
        groups.append(names.setdefault(key, len(names)))
    # An intent keeps all of its messages; of one answer to very many some do, as it is one to all sorts of things.
    answered = [
        len(names) + row if label else group
        for row, (label, group) in enumerate(zip(learned.labels, groups, strict=True))
    ]
    rows = some_alike(answered, recipe.seed)
    kept = [groups[row] for row in rows]
    found = fit_projection(learned.vectors[rows], kept, recipe, progress=progress)
    if found.weights is None:
        return material, None, _left(languages, f"no projection of it helps. {found.told['why']}", progress)
    own = ProjectedEncoder(encoder, found.weights)
    told = {
        "used": True,
        "projection": True,
        "learned": len(learned),
        "held_out": len(judged),
        "held_share": recipe.encoder.held_out,
        **found.told,
    }
    return apart.on(RememberingEncoder(own)), own, told


def _going_on(material: Material, encoder: OwnEncoder, before: Mapping[str, Any]) -> Material:
    """Return the material on an encoder that was tuned before, which has not seen those who are held out now."""
    known = material.train if before.get("projection") or before.get("pairs") else material.train.labelled
    held = held_out_owners(known, float(before["held_share"]))
    return replace(material.on(RememberingEncoder(encoder)), held=held)


def _max_tokens(material: Material) -> int:
    inner = getattr(material.encoder, "inner", material.encoder)
    graph = getattr(getattr(inner, "inner", inner), "graph", None)
    return graph.card.max_tokens if graph is not None else 128


def _labelled(examples: Examples) -> Labelled:
    return Labelled(examples.texts, examples.labels)


def _left(languages: str, why: str, progress: Callable[[str], None]) -> dict[str, Any]:
    progress(f"The encoder for {languages} stays as it is: {why}")
    return {"used": False, "why": f"Not fine-tuned: {why}."}
