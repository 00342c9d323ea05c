"""The desk's own reranker: learned from its tickets, judged on customers it has not seen, and kept only if it helps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from replydesk.finetune.encoders.quantize import available, in_eight_bits
from replydesk.finetune.examples import Material, place_of
from replydesk.finetune.matching.cross import Asked, Choice, choices, train_cross_encoder
from replydesk.finetune.matching.scorer import Queries, find_candidates
from replydesk.finetune.matching.stack import Judged, judged, stacked
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.encoders.graphs import GRAPH, WEIGHTS, load_openvino
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder, graph_of
from replydesk.retrieval.reranking.reranker import MOST, TrainedReranker, ticket_text

__all__ = ["FEWEST_QUESTIONS", "quantized", "train_reranker"]

FEWEST_QUESTIONS: Final = 50
"""Questions with right and wrong candidates that are needed to learn from, and to judge by: fewer tell nothing."""
_HELD_OUT = 100
_LOSS = 0.005
_CALIBRATION = 128
_WIDER = 3
# What a fine-tuned encoder holds out comes first, so that neither of the two has seen what it is judged by.
_UP_TO = {"judge": 0.2, "stop": 0.3, "train": 1.0}


def train_reranker(
    queries: Queries,
    material: Material,
    scorer: HitScorer,
    recipe: Recipe,
    base: Path | None,
    folder: Path,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> tuple[TrainedReranker | None, dict[str, Any]]:
    """Return the reranker of one encoder, whose files are in ``folder``, and what the release card says of it.

    It starts from the BERT in ``base``; without one there is none. The customers are parted in three: most to learn
    from, some to say when to stop, some to judge by, and the tickets that are ranked are those of the first alone. So
    what is judged by was never seen. It is None where it does not rank better there than the scores it starts from, by
    more than 1.64 standard errors.
    """
    if base is None:
        return None, _left_out("The encoder is no BERT, and a cross-encoder starts from one.")
    parts = _parts(queries, material, scorer)
    useful = {name: sum(any(a.right) and not all(a.right) for a in asked) for name, asked in parts.items()}
    if min(useful["train"], useful["judge"]) < FEWEST_QUESTIONS:
        why = (
            f"There are {useful['train']} questions to learn from and {useful['judge']} to judge by;"
            f" {FEWEST_QUESTIONS} of each are needed."
        )
        return None, _left_out(why)
    learned = choices(parts["train"], recipe.reranker.questions, recipe.seed)
    held_out = choices(parts["stop"], _HELD_OUT, recipe.seed) or learned[:_HELD_OUT]
    notes: dict[str, Any] = train_cross_encoder(base, learned, held_out, recipe, folder, progress=progress)
    asked = parts["judge"]
    plain = _logits(folder, asked)
    result = judged(asked, plain, recipe.seed)
    notes |= {"validation": result.document()}
    if not result.better:
        return None, notes | _left_out(result.why)
    quick, notes["int8"] = quantized(folder, learned, lambda: _logits(folder, asked), result, asked, recipe.seed)
    logits = plain if quick is None else quick
    return TrainedReranker(folder, stacked(asked, logits)), notes | {"kept": True, "why": result.why}


def quantized(
    folder: Path,
    learned: Sequence[Choice],
    logits: Callable[[], list[Any]],
    plain: Judged,
    asked: Sequence[Asked],
    seed: int,
) -> tuple[list[Any] | None, dict[str, Any]]:
    """Write the model in ``folder`` in int8 beside, and return its logits, None if it was not kept, and the figures.

    The ranges of the activations are measured on some of what was learned (post-training quantisation of NNCF). It is
    kept where the MRR falls by no more than .005 against ``plain``, and the P@1 by no more than .01.
    """
    if not available():
        return None, {"kept": False, "why": "The library nncf, which makes int8, is not installed."}
    reference = CrossEncoder(folder)
    pairs = [(question, text) for question, texts in learned for text in texts[:2]][:_CALIBRATION]
    inputs = [reference.padded([pair], len(pair.ids)) for pair in reference.read(pairs)]
    small = in_eight_bits(graph_of(folder, reference.inputs), inputs)
    load_openvino().save_model(small, folder / GRAPH, compress_to_fp16=False)
    found = logits()
    result = judged(asked, found, seed)
    fallen = {name: plain.after[name] - result.after[name] for name in ("mrr", "p1")}
    kept = fallen["mrr"] <= _LOSS and fallen["p1"] <= 2 * _LOSS
    figures = {"kept": kept, "after": {name: round(value, 4) for name, value in result.after.items()}}
    if not kept:
        for name in (GRAPH, WEIGHTS):
            (folder / name).unlink()
    return (found if kept else None), figures


def _left_out(why: str) -> dict[str, Any]:
    return {"kept": False, "why": why}


def _logits(folder: Path, asked: Sequence[Asked]) -> list[Any]:
    model = CrossEncoder(folder)
    return [model.logits(one.question, one.texts) for one in asked]


def _parts(queries: Queries, material: Material, scorer: HitScorer) -> dict[str, list[Asked]]:
    """Return the questions of each part with their best different candidates among the tickets of the first part."""
    found = find_candidates(queries, material, _WIDER * MOST)
    scores = scorer.probabilities(found.rows)
    learned = [_part(owner) == "train" for owner in found.tickets.groups]
    parts: dict[str, list[Asked]] = {name: [] for name in _UP_TO}
    for asked in Asked.of(queries, found, scores, ticket_text, lambda row: learned[found.ticket_of[row]]):
        parts[_part(asked.owner)].append(asked)
    return parts


def _part(owner: str) -> str:
    return next(name for name, limit in _UP_TO.items() if place_of(owner) < limit)
