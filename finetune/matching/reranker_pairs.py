"""A reranker from pairs of texts that belong together, for corpora that are no desk's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replydesk.data.records import content_id
from replydesk.finetune.matching.cross import Asked, choices, train_cross_encoder
from replydesk.finetune.matching.stack import judged, stacked
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.reranker import MOST, RerankScorer

__all__ = ["FirstStage", "FittedReranker", "fit_reranker"]

Floats = NDArray[np.float64]
FirstStage = Callable[[Sequence[str], Sequence[str]], Floats]
"""From questions and texts to the scores of the first stage, shape (questions, texts), whatever their scale."""

_FEWEST: Final = 50
_HELD_OUT = 100
_JUDGES = 500
_PARTS = 10


@dataclass(frozen=True, slots=True)
class FittedReranker:
    """A cross-encoder with what makes probabilities: of the first stage's score r, and of both together.

    The first is 1 / (1 + exp(-(``slope`` r + ``offset``))) (Platt 1999), the second what ``scorer`` says.
    """

    model: CrossEncoder
    slope: float
    offset: float
    scorer: RerankScorer

    def scores(self, question: str, texts: Sequence[str], first: ArrayLike) -> Floats:
        """Return new scores of the texts, shape (n,), from those of the first stage: probabilities, best is highest."""
        return self.scorer.probabilities(
            _platt(first, self.slope, self.offset), self.model.logits(question, list(texts))
        )


def fit_reranker(
    pairs: Sequence[tuple[str, str]],
    corpus: Sequence[str],
    first_stage: FirstStage,
    recipe: Recipe,
    base: Path,
    folder: Path,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> tuple[FittedReranker | None, dict[str, Any]]:
    """Return a reranker that learned from pairs, None where it does not help, and the figures that say so.

    The first text of a pair asks and the second is right; the wrong ones are what the first stage takes for right. Two
    tenths of the pairs judge: of new questions where the second texts stand in the corpus, else of second texts that
    nothing was learned from. The files are written to ``folder``.
    """
    pairs = list(dict.fromkeys(pairs))
    known = set(corpus)
    inside = sum(text in known for _, text in pairs) > len(pairs) / 2
    part = [int(content_id(question if inside else text)[:8], 16) % _PARTS for question, text in pairs]
    judging = {text for tenth, (_, text) in zip(part, pairs, strict=True) if tenth >= 8}
    everything = list(dict.fromkeys([*(corpus if inside else ()), *(text for _, text in pairs)]))
    told = everything if inside else [text for text in everything if text not in judging]
    learn = _asked([p for p, tenth in zip(pairs, part, strict=True) if tenth < 7], told, first_stage)
    stop = _asked([p for p, tenth in zip(pairs, part, strict=True) if tenth == 7], told, first_stage)
    judges = _asked([p for p, tenth in zip(pairs, part, strict=True) if tenth >= 8][:_JUDGES], everything, first_stage)
    learned = choices(learn, recipe.reranker.questions, recipe.seed)
    if min(len(learned), len(judges)) < _FEWEST:
        why = f"There are {len(learned)} pairs to learn from and {len(judges)} to judge by; {_FEWEST} are needed."
        return None, {"kept": False, "why": why}
    slope, offset = _scale(stop or learn)
    held_out = choices(stop, _HELD_OUT, recipe.seed) or learned[:_HELD_OUT]
    notes = train_cross_encoder(base, learned, held_out, recipe, folder, progress=progress)
    model = CrossEncoder(folder)
    asked = [Asked(a.question, a.texts, tuple(_platt(a.scores, slope, offset)), a.right) for a in judges]
    logits = [model.logits(one.question, one.texts) for one in asked]
    result = judged(asked, logits, recipe.seed)
    notes |= {"validation": result.document(), "kept": result.better, "why": result.why}
    fitted = FittedReranker(model, slope, offset, stacked(asked, logits))
    return (fitted if result.better else None), notes


def _asked(pairs: Sequence[tuple[str, str]], texts: Sequence[str], first_stage: FirstStage) -> list[Asked]:
    """Return the questions with their best candidates; a question of several pairs has several right ones."""
    if not pairs or not texts:
        return []
    right: dict[str, set[str]] = {}
    for question, text in pairs:
        right.setdefault(question, set()).add(text)
    found = []
    for question, line in zip(right, first_stage(list(right), texts), strict=True):
        places = np.argsort(-line, kind="stable")[:MOST]
        chosen = tuple(texts[place] for place in places)
        good = tuple(text in right[question] for text in chosen)
        found.append(Asked(question, chosen, tuple(float(line[place]) for place in places), good))
    return found


def _scale(asked: Sequence[Asked]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    scores = np.concatenate([np.array(one.scores) for one in asked])
    right = np.concatenate([np.array(one.right) for one in asked])
    if right.all() or not right.any():
        return 1.0, 0.0
    model = LogisticRegression(C=1e3, max_iter=500).fit(scores[:, None], right)
    return max(1e-3, float(model.coef_[0][0])), float(model.intercept_[0])


def _platt(scores: ArrayLike, slope: float, offset: float) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(slope * np.asarray(scores, dtype=np.float64) + offset))))
