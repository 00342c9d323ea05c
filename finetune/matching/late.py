"""What late interaction counts on a desk: fitted on its own messages, and left out where it makes ranking worse."""

from __future__ import annotations

from typing import Any, Final

from replydesk.finetune.examples import Material
from replydesk.finetune.matching.cross import Asked
from replydesk.finetune.matching.scorer import Past, Queries, find_candidates
from replydesk.finetune.matching.stack import judged, stacked
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.indexes import question_text
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.reranking.reranker import MOST, UNTRAINED_LATE, RerankScorer

__all__ = ["fit_late", "late_interaction"]

_QUESTIONS: Final = 500
"""Questions that are drawn to fit three numbers on: more cost seconds and change nothing."""
_MEGABYTES: Final = 512
"""What may be remembered of messages and their candidates: each text is read once, many together."""
_WIDER = 3
_FEW = 30


def late_interaction(material: Material, past: Past) -> LateInteraction | None:
    """Return what compares messages with past tickets token by token; None where the encoder has no such vectors."""
    encoder = token_encoder(material.encoder)
    return LateInteraction(encoder, past.words.rarities, megabytes=_MEGABYTES) if encoder is not None else None


def fit_late(
    queries: Queries,
    material: Material,
    scorer: HitScorer,
    recipe: Recipe,
    past: Past | None = None,
    late: LateInteraction | None = None,
) -> tuple[RerankScorer | None, dict[str, Any]]:
    """Return what makes probabilities of late interaction, and what the release card says of it.

    A question of one customer is asked of the tickets of others, as for the scorer, and its ten best different
    candidates are compared with it. Nothing is trained but the stack, which is judged on customers that it was not
    fitted on. It is None where the encoder has no vectors of tokens, and where the MRR falls by more than 1.64 standard
    errors; with too few questions to tell, it is that of an untrained desk. What ``late`` has read is not read again.
    """
    past = past or Past.of(material)
    late = late or late_interaction(material, past)
    if late is None:
        return None, {"kept": False, "why": "The encoder has no vectors of tokens to compare."}
    drawn = queries.drawn(_QUESTIONS, recipe.seed)
    found = find_candidates(drawn, material, _WIDER * MOST, past)
    scores = scorer.probabilities(found.rows)
    asked = Asked.of(drawn, found, scores, question_text)
    useful = sum(any(one.right) and not all(one.right) for one in asked)
    if useful < _FEW:
        why = f"There are {useful} questions to judge by; {_FEW} are needed. It counts what it counts on any desk."
        return UNTRAINED_LATE, {"kept": True, "why": why}
    late.remember(list(dict.fromkeys(text for one in asked for text in (one.question, *one.texts))))
    logits = [late.logits(one.question, one.texts) for one in asked]
    result = judged(asked, logits, recipe.seed)
    notes = {"validation": result.document(), "kept": not result.worse, "why": result.why}
    return (None if result.worse else stacked(asked, logits)), notes
