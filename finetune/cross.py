"""Training a cross-encoder: a BERT learns to tell the right answers from those that only look alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.cross_encoder import MOST_LAYERS

if TYPE_CHECKING:
    import torch

__all__ = ["Asked", "chosen_pairs", "train_cross_encoder"]

_WRONG = 4
_FAMILY = "bert"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the candidates that were found for it, best first: their texts, scores, and which are right."""

    question: str
    texts: tuple[str, ...]
    scores: tuple[float, ...]
    right: tuple[bool, ...]
    owner: str = ""

    def first(self, count: int) -> Asked:
        """Return the question with its best candidates only."""
        return Asked(self.question, self.texts[:count], self.scores[:count], self.right[:count], self.owner)


def chosen_pairs(asked: Sequence[Asked], most: int, seed: int) -> list[tuple[str, str, float]]:
    """Return up to ``most`` triples of question, text and 1 or 0, questions drawn at random.

    Of each question one right candidate is taken, drawn at random, and the four wrong ones that stand highest: what
    the first stage takes for right is what there is to learn.
    """
    draw = np.random.default_rng(seed)
    pairs: list[tuple[str, str, float]] = []
    for place in draw.permutation(len(asked)).tolist():
        one = asked[place]
        right = [text for text, good in zip(one.texts, one.right, strict=True) if good]
        wrong = [text for text, good in zip(one.texts, one.right, strict=True) if not good][:_WRONG]
        if right and wrong:
            pairs.append((one.question, right[int(draw.integers(len(right)))], 1.0))
            pairs += [(one.question, text, 0.0) for text in wrong]
        if len(pairs) >= most:
            break
    return pairs[:most]


def train_cross_encoder(
    base: Path,
    pairs: Sequence[tuple[str, str, float]],
    held_out: Sequence[tuple[str, str, float]],
    recipe: Recipe,
    folder: Path,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Train a cross-encoder from the BERT in ``base``, write it to ``folder``, and return what the training did.

    Of a BERT with more than six layers the first six are taken. Each pair is a question, a text and 1 where it
    answers, else 0; the loss is the cross-entropy of the logit. It stops when the loss on the pairs that are held out
    grows, and keeps the weights that were best there. Raises :class:`ModelError` for a model that is no BERT.
    """
    from transformers import EarlyStoppingCallback, PrinterCallback, Trainer, TrainingArguments

    model, tokenizer = _started(base, recipe)
    progress(f"Training a cross-encoder on {len(pairs)} pairs")
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            per_device_train_batch_size=recipe.rerank_batch,
            per_device_eval_batch_size=64,
            learning_rate=recipe.rerank_rate,
            num_train_epochs=recipe.rerank_epochs,
            warmup_steps=0.1,
            weight_decay=0.01,
            eval_strategy="epoch",
            save_strategy="epoch",
            save_only_model=True,
            save_total_limit=1,
            load_best_model_at_end=True,
            metric_for_best_model="eval_loss",
            greater_is_better=False,
            # Of like length together, so that little is padded.
            train_sampling_strategy="group_by_length",
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
            data_collator=_Collator(int(model.config.pad_token_id or 0)),
            train_dataset=_Rows(tokenizer, pairs),
            eval_dataset=_Rows(tokenizer, held_out),
            callbacks=[EarlyStoppingCallback(early_stopping_patience=1)],
        )
        # Stdout belongs to results.
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        history = [line["eval_loss"] for line in trainer.state.log_history if "eval_loss" in line]
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return {"pairs": len(pairs), "held_out_loss": [round(float(loss), 4) for loss in history]}


def _started(base: Path, recipe: Recipe) -> tuple[Any, Any]:
    """Return a model with the weights of a BERT and a new head, and its tokenizer."""
    from tokenizers import Tokenizer
    from transformers import AutoConfig, AutoModelForSequenceClassification, set_seed
    from transformers.utils import logging

    logging.disable_progress_bar()
    set_seed(recipe.seed)
    before = logging.get_verbosity()
    # It says at length that the head is new.
    logging.set_verbosity_error()
    try:
        config = AutoConfig.from_pretrained(str(base))
        if config.model_type != _FAMILY:
            hint = "Name a BERT in retrieval.english_encoder or retrieval.other_encoder."
            message = f"A cross-encoder is made of a BERT, not of {config.model_type}."
            raise ModelError(message, where=str(base), hint=hint)
        config.num_hidden_layers = min(config.num_hidden_layers, MOST_LAYERS)
        config.num_labels, config.problem_type = 1, "multi_label_classification"
        model = AutoModelForSequenceClassification.from_pretrained(str(base), config=config)
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    finally:
        logging.set_verbosity(before)
    tokenizer.enable_truncation(min(recipe.rerank_tokens, config.max_position_embeddings), strategy="longest_first")
    tokenizer.no_padding()
    return model, tokenizer


class _Rows:
    """The dataset that the trainer reads: token ids and the label of each pair."""

    def __init__(self, tokenizer: Any, pairs: Sequence[tuple[str, str, float]]) -> None:
        read = tokenizer.encode_batch([(question, text) for question, text, _ in pairs])
        self._rows = [
            {"input_ids": pair.ids, "token_type_ids": pair.type_ids, "labels": [label]}
            for pair, (_, _, label) in zip(read, pairs, strict=True)
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> dict[str, list[float]]:
        return self._rows[row]


class _Collator:
    """Makes a batch of rows, filled up to the longest of them."""

    def __init__(self, padding: int) -> None:
        self._padding = padding

    def __call__(self, rows: Sequence[dict[str, list[float]]]) -> dict[str, torch.Tensor]:
        import torch

        width = max(len(row["input_ids"]) for row in rows)
        ids: NDArray[np.int64] = np.full((len(rows), width), self._padding, dtype=np.int64)
        types, mask = np.zeros_like(ids), np.zeros_like(ids)
        for number, row in enumerate(rows):
            length = len(row["input_ids"])
            ids[number, :length], types[number, :length], mask[number, :length] = (
                row["input_ids"],
                row["token_type_ids"],
                1,
            )
        return {
            "input_ids": torch.from_numpy(ids),
            "token_type_ids": torch.from_numpy(types),
            "attention_mask": torch.from_numpy(mask),
            "labels": torch.tensor([row["labels"] for row in rows], dtype=torch.float32),
        }
