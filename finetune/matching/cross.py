"""Training a cross-encoder: a BERT learns to tell the right answers from those that only look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import Ticket
from replydesk.finetune.matching.scorer import Candidates, Queries
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.reranking.cross_encoder import MOST_LAYERS
from replydesk.retrieval.reranking.reranker import MOST

__all__ = ["Asked", "Choice", "choices", "pair_tokenizer", "train_cross_encoder"]

Floats = NDArray[np.float64]
Choice = tuple[str, tuple[str, ...]]
"""A question and its candidates, the right one first."""

_WRONG = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the candidates that were found for it, best first: their texts, scores, and which are right."""

    question: str
    texts: tuple[str, ...]
    scores: tuple[float, ...]
    right: tuple[bool, ...]
    owner: str = ""

    @classmethod
    def of(
        cls,
        queries: Queries,
        found: Candidates,
        scores: Floats,
        text: Callable[[Ticket], str],
        among: Callable[[int], bool] = lambda _row: True,
    ) -> list[Asked]:
        """Return every query that has candidates with its ten best different ones, by their ``scores``, (n,).

        ``text`` says what is read of a ticket, ``among`` which rows of ``found`` may be candidates.
        """
        of_query: dict[int, list[int]] = {}
        for row, query in enumerate(found.query_of.tolist()):
            if among(row):
                of_query.setdefault(query, []).append(row)
        chosen = {query: found.different(rows, scores, MOST) for query, rows in of_query.items()}
        return [
            cls(
                queries.examples.texts[query],
                tuple(text(found.ticket(row)) for row in rows),
                tuple(float(scores[row]) for row in rows),
                tuple(bool(found.right[row]) for row in rows),
                queries.examples.groups[query],
            )
            for query, rows in chosen.items()
        ]

    def first(self, count: int) -> Asked:
        """Return the question with its best candidates only."""
        return Asked(self.question, self.texts[:count], self.scores[:count], self.right[:count], self.owner)


def choices(asked: Sequence[Asked], most: int, seed: int) -> list[Choice]:
    """Return up to ``most`` questions, drawn at random, each with one right candidate and four wrong ones.

    The right one is drawn, the wrong ones are those that stand highest: what the first stage takes for right is what
    there is to learn. Where there are fewer, they are repeated.
    """
    draw = np.random.default_rng(seed)
    chosen: list[Choice] = []
    for place in draw.permutation(len(asked)).tolist():
        one = asked[place]
        right = [text for text, good in zip(one.texts, one.right, strict=True) if good]
        wrong = [text for text, good in zip(one.texts, one.right, strict=True) if not good]
        if right and wrong and len(chosen) < most:
            filled = (wrong * _WRONG)[:_WRONG]
            chosen.append((one.question, (right[int(draw.integers(len(right)))], *filled)))
    return chosen


def train_cross_encoder(
    base: Path,
    learned: Sequence[Choice],
    held_out: Sequence[Choice],
    recipe: Recipe,
    folder: Path,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Train a cross-encoder from the BERT in ``base``, write it to ``folder``, and return what the training did.

    Of a BERT with more than six layers the first six are taken. The loss is the cross-entropy of choosing the right
    candidate (localized contrastive estimation, Gao et al. 2021). The loss on the questions that are held out, before
    it and after every epoch, says when to stop and which weights are kept.
    """
    from replydesk.finetune.training.choice import ChoiceTask
    from replydesk.finetune.training.loop import fit
    from replydesk.retrieval.reranking.pair_model import PairModel

    settings = recipe.reranker.training
    model = PairModel.of(base, MOST_LAYERS, settings.dropout)
    tokenizer = pair_tokenizer(base, min(settings.max_tokens, model.bert.config.max_position_embeddings))
    padding = int(model.bert.config.pad_token_id or 0)
    task, judge = (
        ChoiceTask(tokenizer, asked, batch_size=settings.batch_size, padding=padding, seed=recipe.seed)
        for asked in (learned, held_out)
    )
    progress(f"Training a cross-encoder on {len(learned)} questions")
    history = fit(model, [task], settings, validate=lambda: -judge.judged(model), seed=recipe.seed, progress=progress)
    model.save(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return {"questions": len(learned), "held_out_loss": [round(-score, 4) for score in history.scores]}


def pair_tokenizer(base: Path, most: int) -> Any:
    """Return the tokenizer of a BERT that writes pairs as ``PairModel`` wants."""
    from tokenizers import Tokenizer
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] [CLS]:1 $B:1 [SEP]:1",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")],
    )
    tokenizer.enable_truncation(most, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer
