"""The loop: a network learns its tasks under a recipe's settings, keeps the best weights, and can stop and go on.

The loop itself is that of the transformers library (:class:`~transformers.Trainer`), so accumulation, several processes
under ``torchrun`` and checkpoints are its own. What a batch is stands in the tasks.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from replydesk.finetune.recipe import Training
from replydesk.finetune.training.adapters import Allocating, orthogonality
from replydesk.finetune.training.averaging import Averaging
from replydesk.finetune.training.freezing import Unfreezing, freeze, parameter_groups
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.finetune.training.tasks import Task

__all__ = ["History", "Interrupted", "fit", "processor_has_bfloat16"]

_NAME = "score"


class Interrupted(Exception):  # noqa: N818 - it is no error: the training goes on at the next call
    """The training was asked to stop. Its folder holds a checkpoint, and the same call goes on from there."""


@dataclass(frozen=True, slots=True)
class History:
    """What a training did: the validation score before it and after every epoch, and when it was best.

    ``best`` counts epochs; 0 says that nothing learned was better than the start. ``seconds`` are those of this call.
    """

    scores: tuple[float, ...]
    best: int
    steps: int
    seconds: float
    notes: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the JSON form for a release card."""
        return {
            "scores": [round(score, 5) for score in self.scores],
            "best_epoch": self.best,
            "steps": self.steps,
            "seconds": round(self.seconds, 1),
            **self.notes,
        }


def fit(
    network: EncoderNetwork | Any,
    tasks: Sequence[Task],
    settings: Training,
    *,
    validate: Callable[[], float] | None = None,
    seed: int = 0,
    folder: Path | None = None,
    callbacks: Sequence[Any] = (),
    progress: Callable[[str], None] = lambda _line: None,
) -> History:
    """Train the network and the heads of its tasks in place, and return what happened.

    Batches of several tasks take turns, each task as often as it has batches. ``validate`` gives a score, higher is
    better, after every epoch; the best weights are kept, and ``patience`` epochs without a better one end the
    training. Without it the last weights are kept. In a ``folder`` a checkpoint is written after every epoch, and a
    training that was killed goes on from the newest. Raises :class:`Interrupted` where a callback stopped it, and
    :class:`~replydesk.data.errors.TrainingError` where the loss is no number any more.
    """
    from transformers import PrinterCallback, ProgressCallback, Trainer, TrainingArguments, set_seed

    from replydesk.finetune.training.progress import Finite, Keeping, Steps

    set_seed(seed)
    freeze(network, settings)
    model = _Together(network, tasks)
    plan = _Plan(tasks, settings.epochs, seed)
    world = int(os.environ.get("WORLD_SIZE", "1"))
    accumulate = max(1, settings.accumulate)
    per_epoch = max(1, math.ceil(plan.per_epoch / (world * accumulate)))
    total = max(1, per_epoch * settings.epochs)
    optimizer = torch.optim.AdamW(
        parameter_groups(network, [task.head for task in tasks], settings),
        lr=settings.learning_rate,
        betas=(0.9, 0.999),
        fused=True,
    )
    keeping = Keeping(model, validate, Averaging(model, settings.average), settings.patience, progress)
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=str(folder or scratch),
            per_device_train_batch_size=1,
            max_steps=total,
            gradient_accumulation_steps=accumulate,
            learning_rate=settings.learning_rate,
            lr_scheduler_type=settings.schedule,
            warmup_steps=int(settings.warmup * total),
            max_grad_norm=settings.clip,
            bf16=_bfloat16(settings),
            use_cpu=not torch.cuda.is_available(),
            eval_strategy="no",
            save_strategy="steps" if folder else "no",
            save_steps=per_epoch,
            save_total_limit=1,
            logging_strategy="steps",
            logging_steps=max(1, min(50, per_epoch // 4)),
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=False,
            remove_unused_columns=False,
            train_sampling_strategy="sequential",
            ddp_find_unused_parameters=len(tasks) > 1,
            seed=seed,
        )
        steps = Steps(per_epoch, total, progress)
        stages = Unfreezing(network, settings, per_epoch)
        ranks = Allocating(network, total)
        trainer = Trainer(
            model,
            arguments,
            data_collator=_only,
            train_dataset=plan,
            callbacks=[stages, ranks, Finite(), keeping.following(per_epoch), steps, *callbacks],
            optimizers=(optimizer, None),
        )
        # Stdout belongs to results.
        for unwanted in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(unwanted)
        checkpoint = _newest(folder)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        if steps.interrupted:
            raise Interrupted
        done, seconds = trainer.state.global_step, steps.seconds
    keeping.restore()
    return History(tuple(keeping.scores), keeping.best, done, seconds)


def processor_has_bfloat16() -> bool:
    """Return whether this processor, or the graphics card, multiplies in bfloat16 itself."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    flags = Path("/proc/cpuinfo")
    try:
        return "bf16" in flags.read_text(encoding="utf-8")
    except OSError:
        # Another system than Linux: float32 is right everywhere.
        return False


def _bfloat16(settings: Training) -> bool:
    if settings.precision == "auto":
        return processor_has_bfloat16()
    return settings.precision == "bfloat16"


def _newest(folder: Path | None) -> Path | None:
    """Return the newest checkpoint that was written to its end."""
    found = [path for path in folder.glob("checkpoint-*") if (path / "trainer_state.json").exists()] if folder else []
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _only(rows: Sequence[Any]) -> Any:
    return rows[0]


class _Together(torch.nn.Module):
    """The network with the heads of its tasks: a batch of a task in, its loss out."""

    def __init__(self, network: Any, tasks: Sequence[Task]) -> None:
        super().__init__()
        self.network = network
        self.heads = torch.nn.ModuleList([task.head for task in tasks])
        self._tasks = list(tasks)

    def forward(self, task: int, **batch: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch of the task with that number."""
        return {"loss": self._tasks[task].loss(self.network, batch) + orthogonality(self.network)}


class _Plan(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """All batches of all epochs in their order; which batch a step has depends on the seed alone."""

    def __init__(self, tasks: Sequence[Task], epochs: int, seed: int) -> None:
        self._tasks, self._epochs, self._seed = tasks, epochs, seed
        self._made: tuple[int, list[tuple[int, list[int]]]] = (-1, [])
        self.per_epoch = len(self._epoch(0))

    def __len__(self) -> int:
        return self.per_epoch * self._epochs

    def __getitem__(self, step: int) -> dict[str, Any]:
        epoch, place = divmod(step, self.per_epoch)
        task, rows = self._epoch(epoch)[place]
        return {"task": task, **self._tasks[task].batch(rows, epoch)}

    def _epoch(self, epoch: int) -> list[tuple[int, list[int]]]:
        if self._made[0] != epoch:
            made = [(number, rows) for number, task in enumerate(self._tasks) for rows in task.epoch(epoch)]
            if len(self._tasks) > 1:
                draw = torch.Generator().manual_seed(self._seed * 1000 + epoch)
                made = [made[place] for place in torch.randperm(len(made), generator=draw).tolist()]
            self._made = epoch, made
        return self._made[1]
