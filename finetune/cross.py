"""Training a cross-encoder: a BERT learns to tell the right answers from those that only look alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import Ticket
from replydesk.finetune.match import Candidates, Queries
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.reranking.cross_encoder import MOST_LAYERS
from replydesk.retrieval.reranking.reranker import MOST

if TYPE_CHECKING:
    import torch

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
    candidate (localized contrastive estimation, Gao et al. 2021). It stops when the loss on the questions that are held
    out grows, and keeps the weights that were best there.
    """
    import torch
    from transformers import EarlyStoppingCallback, PrinterCallback, Trainer, TrainingArguments, set_seed
    from transformers.utils import logging

    from replydesk.retrieval.reranking.pair_model import PairModel

    logging.disable_progress_bar()
    settings = recipe.reranker.training
    set_seed(recipe.seed)
    model = PairModel.of(base, MOST_LAYERS)
    tokenizer = pair_tokenizer(base, min(settings.max_tokens, model.bert.config.max_position_embeddings))
    new = {id(one) for one in model.head_parameters}
    optimizer = torch.optim.AdamW(
        [
            {"params": [one for one in model.parameters() if id(one) not in new], "weight_decay": 0.01},
            {
                "params": model.head_parameters,
                "lr": settings.head_rate * settings.learning_rate,
                "weight_decay": 0.0,
            },
        ],
        lr=settings.learning_rate,
    )
    progress(f"Training a cross-encoder on {len(learned)} questions")
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            per_device_train_batch_size=settings.batch_size,
            per_device_eval_batch_size=settings.batch_size,
            num_train_epochs=settings.epochs,
            warmup_steps=0.1,
            eval_strategy="epoch",
            save_strategy="epoch",
            save_only_model=True,
            save_total_limit=1,
            load_best_model_at_end=True,
            metric_for_best_model="eval_loss",
            greater_is_better=False,
            label_names=["labels"],
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            dataloader_pin_memory=False,
            remove_unused_columns=False,
            seed=recipe.seed,
        )
        trainer = Trainer(
            model,
            arguments,
            data_collator=_Collator(model.bert.config.pad_token_id or 0),
            train_dataset=_Rows(tokenizer, learned),
            eval_dataset=_Rows(tokenizer, held_out),
            compute_loss_func=_loss,
            callbacks=[EarlyStoppingCallback(early_stopping_patience=1)],
            optimizers=(optimizer, None),
        )
        # Stdout belongs to results.
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        history = [line["eval_loss"] for line in trainer.state.log_history if "eval_loss" in line]
    model.save(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return {"questions": len(learned), "held_out_loss": [round(float(loss), 4) for loss in history]}


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


def _loss(logits: torch.Tensor, labels: torch.Tensor, num_items_in_batch: object = None) -> torch.Tensor:  # noqa: ARG001
    from torch.nn.functional import cross_entropy

    return cross_entropy(logits.view(len(labels), -1), labels)


class _Rows:
    """The dataset that the trainer reads: for each question the encodings of its candidates, the right one first."""

    def __init__(self, tokenizer: Any, asked: Sequence[Choice]) -> None:
        read = tokenizer.encode_batch([(question, text) for question, texts in asked for text in texts])
        size = 1 + _WRONG
        self._rows: list[list[Any]] = [read[start : start + size] for start in range(0, len(read), size)]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> list[Any]:
        return self._rows[row]


class _Collator:
    """Makes a batch of the candidates of some questions, filled up to the longest of them."""

    def __init__(self, padding: int) -> None:
        self._padding = padding

    def __call__(self, rows: Sequence[list[Any]]) -> dict[str, torch.Tensor]:
        import torch

        pairs = [pair for row in rows for pair in row]
        width = max(len(pair.ids) for pair in pairs)
        ids: NDArray[np.int64] = np.full((len(pairs), width), self._padding, dtype=np.int64)
        types, mask = np.zeros_like(ids), np.zeros_like(ids)
        for number, pair in enumerate(pairs):
            length = len(pair.ids)
            ids[number, :length], types[number, :length], mask[number, :length] = pair.ids, pair.type_ids, 1
        arrays = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        right = torch.zeros(len(rows), dtype=torch.int64)
        return {name: torch.from_numpy(array) for name, array in arrays.items()} | {"labels": right}
