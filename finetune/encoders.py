"""The encoders that a release brings: fine-tuned on the desk's own messages, in eight bits, or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.finetune.compact import made_compact
from replydesk.finetune.examples import Examples, Material, held_out_owners
from replydesk.finetune.recipe import EncoderRecipe, Recipe
from replydesk.finetune.tuning import Labelled, Tuned, tune_encoder
from replydesk.retrieval.encoders.encoder import Encoders, RememberingEncoder
from replydesk.retrieval.encoders.graphs import Graph
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

__all__ = ["FEWEST", "FROZEN", "Made", "make_encoders"]

FROZEN: Final = EncoderRecipe()
"""What leaves the encoders as they are."""

FEWEST: Final = 100
"""Labelled messages that are needed to fine-tune an encoder: with fewer, nothing says whether it got better."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the material on the encoders that read it now, those encoders by the ids of what they replace,
    and for the card how each was quantised and tuned."""

    material: tuple[Material, ...]
    encoders: Mapping[str, OpenVinoEncoder]
    int8: Mapping[str, Any]
    tuned: Mapping[str, Any]


def make_encoders(
    material: Sequence[Material],
    encoders: Encoders,
    recipe: Recipe,
    scratch: Path,
    *,
    parent: Release = UNTRAINED_RELEASE,
    threads: int = 0,
    callbacks: Sequence[Any] = (),
    checkpoints: Path | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Made:
    """Return the material with the encoders that the recipe asks for in place of the desk's own.

    Where it asks for no tuning, an encoder that was tuned for the ``parent`` goes on. A tuned encoder stands in
    ``scratch`` until it is saved with its release. A training that was stopped goes on from its ``checkpoints``.
    """
    parts: list[Material] = []
    own: dict[str, OpenVinoEncoder] = {}
    int8: dict[str, Any] = {}
    tuned: dict[str, Any] = {}
    for number, part in enumerate(material):
        base, name = part.encoder.id, part.languages[0]
        graph = None
        before = parent.tuned.get(base, {})
        if recipe.encoder.tune:
            tune = partial(
                tune_encoder,
                callbacks=callbacks,
                checkpoints=checkpoints / base if checkpoints else None,
                progress=progress,
            )
            folder = scratch / f"tuned-{number}"
            part, graph, tuned[base] = _tuned(part, encoders.bert(name), recipe, folder, tune, progress)
        elif before.get("used") and base in parent.encoders:
            parts.append(_going_on(part, parent.encoders[base], float(before["held_share"])))
            own[base], tuned[base] = parent.encoders[base], before
            int8 |= {base: parent.int8[base]} if base in parent.int8 else {}
            continue
        if recipe.int8:
            found = made_compact(part, graph or encoders.graph(name), recipe, threads=threads, progress=progress)
            int8[base] = found.document
            if found.encoder is not None:
                own[base] = found.encoder
        if base not in own and graph is not None:
            own[base] = OpenVinoEncoder(graph, threads=threads)
        parts.append(part.on(RememberingEncoder(own[base])) if base in own else part)
    return Made(tuple(parts), own, int8, tuned)


def _tuned(
    material: Material,
    bert: Path | None,
    recipe: Recipe,
    folder: Path,
    tune: Callable[..., Tuned],
    progress: Callable[[str], None],
) -> tuple[Material, Graph | None, dict[str, Any]]:
    """Return the material on its tuned encoder, that encoder's graph, and what the card says; no graph if it stays."""
    languages = ", ".join(material.languages)
    labelled = material.train.labelled
    if bert is None:
        return material, None, _left(languages, "it is no BERT", progress)
    if len(labelled) < FEWEST or len(set(labelled.labels)) < 2:
        why = f"there are {len(labelled)} messages of {len(set(labelled.labels))} intents, {FEWEST} of two are needed"
        return material, None, _left(languages, why, progress)
    held = held_out_owners(labelled, recipe.encoder.held_out)
    apart = replace(material, held=held)
    learned, judged = apart.parted(labelled)
    if not len(judged):
        return material, None, _left(languages, "all messages are of one customer", progress)
    progress(f"Fine-tuning the encoder for {languages} on {len(learned)} messages, {len(judged)} held out")
    # What was held out calibrates everything that follows, so nothing is learned from it.
    once = replace(recipe, encoder=replace(recipe.encoder, refit=False))
    found = tune(bert, folder, once, learned=_labelled(learned), held_out=_labelled(judged))
    graph = Graph.of(str(folder), _max_tokens(material), None)
    told = {
        "used": True,
        "why": "",
        "learned": len(learned),
        "held_out": len(judged),
        "held_share": recipe.encoder.held_out,
        **found.history,
    }
    return replace(apart.on(RememberingEncoder(OpenVinoEncoder(graph))), head=found.head), graph, told


def _going_on(material: Material, encoder: OpenVinoEncoder, share: float) -> Material:
    """Return the material on an encoder that was tuned before, which has not seen those who are held out now."""
    held = held_out_owners(material.train.labelled, share)
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
