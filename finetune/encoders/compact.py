"""The check of an eight-bit encoder: on training messages that did not calibrate it, does it find and read as well?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import content_id
from replydesk.finetune.encoders.quantize import available, quantized
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.intents.classify import fit_head
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.graphs import Graph
from replydesk.retrieval.encoders.remembering import RememberingEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

__all__ = ["Compact", "compare", "made_compact"]

Rights = NDArray[np.bool_]

_COSINE = 0.99
_INTENTS = 0.003
_ANSWERS = 0.01
_CHANCE = 0.05
_LEAST = 20
_TIMED = 64


@dataclass(frozen=True, slots=True)
class Compact:
    """An eight-bit encoder that may stand in, None where it may not, and what the release's card says of it."""

    encoder: OpenVinoEncoder | None
    document: dict[str, Any]


def made_compact(
    material: Material,
    graph: Graph | None,
    recipe: Recipe,
    *,
    threads: int = 0,
    progress: Callable[[str], None] = lambda _line: None,
) -> Compact:
    """Quantise the encoder of a material, check it, and return it if it loses nothing.

    ``graph`` is that of the encoder, None where it does not run on OpenVINO. One half of the customers calibrates, the
    other half checks; where the encoder was fine-tuned, those that were held out check. Nobody of the test part takes
    part.
    """
    name = material.encoder.id
    if graph is None or not available():
        why = "it does not run on OpenVINO" if available() else "nncf is not installed: pip install 'replydesk[int8]'"
        return _refused(name, [f"Not quantised: {why}."], progress)
    checks = [int(content_id(group), 16) % 2 == 0 for group in material.train.groups]
    learned, held = material.train.where([not kept for kept in checks]), material.train.where(checks)
    if material.held:
        learned, held = material.parted(material.train)
    if min(len(learned), len(held)) < _LEAST:
        why = f"Not quantised: {min(len(learned), len(held))} messages are too few to check it on, {_LEAST} are needed."
        return _refused(name, [why], progress)
    progress(f"Quantising {name} on {len(learned)} messages")
    encoder = OpenVinoEncoder(quantized(graph, learned.texts), threads=threads)
    figures, problems = compare(material, learned, held, RememberingEncoder(encoder), recipe)
    figures["times_as_fast"] = _times_as_fast(OpenVinoEncoder(graph, threads=threads), encoder, held.texts)
    if problems:
        return _refused(name, problems, progress, figures)
    why = f"Used: cosine {figures['cosine']['mean']:.4f} on average, no loss of intents or answers."
    progress(f"{name} in eight bits. {why}")
    return Compact(encoder, {"id": encoder.id, "used": True, "why": [why], "figures": figures})


def compare(
    material: Material, learned: Examples, held: Examples, encoder: Encoder, recipe: Recipe
) -> tuple[dict[str, Any], list[str]]:
    """Return figures of another encoder beside the material's own, on ``held`` messages, and what is wrong with it.

    Their cosines must be .99 on average. The intent accuracy may fall by .003, the share of messages whose nearest
    past question has a right answer by .01; a greater loss is none where a sign test on the messages that only one of
    the two gets right finds it likelier than .05 by chance.
    """
    other_learned, other_held = (replace(part, vectors=encoder.encode(part.texts)) for part in (learned, held))
    cosines = (held.vectors * other_held.vectors).sum(axis=1)
    figures: dict[str, Any] = {
        "messages": len(held),
        "cosine": {"mean": round(float(cosines.mean()), 5), "least": round(float(cosines.min()), 5)},
    }
    problems = []
    if figures["cosine"]["mean"] < _COSINE:
        problems.append(f"Its cosine to the exact encoder is {figures['cosine']['mean']:.4f}; {_COSINE} is needed.")
    rights = {
        "intent accuracy": (_intents(learned, held, recipe), _intents(other_learned, other_held, recipe), _INTENTS),
        "share of right nearest answers": (
            _answers(material, learned, held),
            _answers(material, other_learned, other_held),
            _ANSWERS,
        ),
    }
    for label, (exact, eight, allowed) in rights.items():
        if exact is None or eight is None:
            continue
        chance = _chance(exact, eight)
        found = {"exact": round(float(exact.mean()), 4), "int8": round(float(eight.mean()), 4)}
        figures[label.replace(" ", "_")] = {**found, "messages": len(exact), "chance": round(chance, 4)}
        if exact.mean() - eight.mean() > allowed and chance < _CHANCE:
            problems.append(f"Its {label} is {found['int8']:.3f} where the exact encoder has {found['exact']:.3f}.")
    return figures, problems


def _refused(
    name: str, problems: list[str], progress: Callable[[str], None], figures: dict[str, Any] | None = None
) -> Compact:
    progress(f"{name} stays exact. {' '.join(problems)}")
    return Compact(None, {"id": "", "used": False, "why": problems, "figures": figures or {}})


def _intents(learned: Examples, held: Examples, recipe: Recipe) -> Rights | None:
    """Return whether a head that learned on one part reads each labelled message of the other."""
    one, other = learned.labelled, held.labelled
    if len(set(one.labels)) < 2 or not len(other):
        return None
    strength = recipe.head.strengths[len(recipe.head.strengths) // 2]
    head = fit_head(one, replace(recipe, head=replace(recipe.head, strengths=(strength,), folds=2))).head
    guesses = np.array(head.labels)[head.probabilities(other.vectors).argmax(axis=1)]
    return np.asarray(guesses == np.array(other.labels))


def _answers(material: Material, learned: Examples, held: Examples) -> Rights | None:
    """Return whether the nearest past question of one part has a right answer to each answered message of the other."""
    past = learned.where([ticket is not None for ticket in learned.tickets])
    asked = held.where([ticket is not None for ticket in held.tickets])
    if not len(past) or not len(asked):
        return None
    nearest = np.asarray(asked.vectors @ past.vectors.T).argmax(axis=1)
    return np.array(
        [
            ticket is not None
            and material.is_right(asked, row, ticket, float(past.answers[place] @ asked.answers[row]))
            for row, place in enumerate(nearest.tolist())
            for ticket in (past.tickets[place],)
        ]
    )


def _chance(exact: Rights, eight: Rights) -> float:
    """Return how likely so many losses among the disagreements would be if either side won as often (sign test)."""
    from scipy.stats import binomtest

    lost, won = int((exact & ~eight).sum()), int((eight & ~exact).sum())
    return float(binomtest(lost, lost + won, alternative="greater").pvalue) if lost + won else 1.0


def _times_as_fast(exact: Encoder, eight: Encoder, texts: tuple[str, ...]) -> float:
    """Return the median ratio of five pairs of times; it is told, and decides nothing."""
    found = []
    for number in range(6):
        spent = []
        for encoder in (exact, eight):
            began = time.perf_counter()
            encoder.encode(texts[:_TIMED])
            spent.append(time.perf_counter() - began)
        if number:
            found.append(spent[0] / spent[1])
    return round(statistics.median(found), 2)
