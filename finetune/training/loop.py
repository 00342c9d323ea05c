"""The loop: a network learns its tasks under a recipe's settings, keeps the best weights, and can stop and go on.

The loop itself is that of the transformers library (:class:`~transformers.Trainer`), so accumulation, several processes
under ``torchrun`` and checkpoints are its own. What a batch is stands in the tasks.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from replydesk.data.errors import Interrupted
from replydesk.finetune.recipe import Training
from replydesk.finetune.training.adapters import Allocating, orthogonality
from replydesk.finetune.training.averaging import Averaging
from replydesk.finetune.training.checkpoints import (
    Checkpoint,
    Checkpoints,
    fingerprint_of,
    newest_checkpoint,
    remove,
    stoppable,
)
from replydesk.finetune.training.freezing import Unfreezing, freeze, parameter_groups
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.finetune.training.processes import rank, wait_for_all, world
from replydesk.finetune.training.progress import Finite, Keeping, Steps
from replydesk.finetune.training.tasks import Task

if TYPE_CHECKING:
    from transformers import TrainingArguments

__all__ = ["History", "fit", "processor_has_bfloat16"]


@dataclass(frozen=True, slots=True)
class History:
    """What a training did: the validation score before it and after every epoch, and when it was best.

    ``best`` counts epochs; 0 says that nothing learned was better than the start. ``seconds`` are those of all calls
    that it was stopped and went on in.
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
    judged: int = 0,
    seed: int = 0,
    folder: Path | None = None,
    fingerprint: str = "",
    callbacks: Sequence[Any] = (),
    progress: Callable[[str], None] = lambda _line: None,
) -> History:
    """Train the network and the heads of its tasks in place, and return what happened.

    Batches of several tasks take turns, each task as often as it has batches. ``validate`` gives a score, higher is
    better, after every epoch; the best weights are kept, and ``patience`` epochs without a better one end the
    training. Without it the last weights are kept. Where it is a share of ``judged`` examples, epochs that these
    cannot tell apart count as equally good, and the last of them is kept. ``callbacks`` are those of the transformers
    library; they hear every score as ``on_evaluate`` with ``metrics={"score", "epoch"}``.

    In a ``folder`` a checkpoint is written after every epoch, every three minutes, and when SIGINT or SIGTERM asks the
    training to stop, which then raises :class:`~replydesk.data.errors.Interrupted`. The same call goes on from the
    newest checkpoint with the same result as if it had not been stopped, and a training that had ended is not
    repeated; where weights, batches, settings or the ``fingerprint`` (of what else decides, such as what validates)
    differ, it starts anew and says so.

    Under ``torchrun`` every process calls it alike; a step then takes one batch of each process, as ``accumulate``
    takes several in one. Raises :class:`~replydesk.data.errors.TrainingError` where the loss is no number any more.
    """
    from safetensors.torch import load_file

    with redirect_stdout(sys.stderr):
        # Stdout belongs to results, and with WANDB_MODE=offline the library prints while it is imported.
        from transformers import PrinterCallback, ProgressCallback, Trainer, set_seed

    progress = progress if rank() == 0 else _silent
    accumulate = settings.accumulate
    per_epoch = _Plan(tasks, 1, seed, world() * accumulate).per_epoch // (world() * accumulate)
    if settings.steps:
        settings = replace(settings, epochs=min(settings.epochs, math.ceil(settings.steps / per_epoch)))
    plan = _Plan(tasks, settings.epochs, seed, world() * accumulate)
    total = per_epoch * settings.epochs
    if folder is not None:
        batches = (plan[step] for step in range(plan.per_epoch))
        fingerprint = fingerprint_of(network, batches, settings, seed, world() * accumulate, fingerprint)
    # Every process draws its own dropout.
    set_seed(seed + rank())
    freeze(network, settings)
    model = _Together(network, tasks)
    for weight in model.parameters():
        # A checkpoint holds no others.
        weight.data = weight.data.contiguous()
    optimizer = torch.optim.AdamW(
        parameter_groups(network, [task.head for task in tasks], settings),
        lr=settings.learning_rate,
        betas=(0.9, 0.999),
        fused=True,
    )
    keeping = Keeping(model, validate, Averaging(model, settings.average), settings.patience, progress, judged)
    checkpoints = Checkpoints(folder, fingerprint, keeping, per_epoch)
    with tempfile.TemporaryDirectory() as scratch:
        unused = len(tasks) > 1 or settings.gradually
        arguments = _arguments(settings, folder or Path(scratch), total, per_epoch, seed, unused=unused)
        stages = Unfreezing(network, settings, per_epoch)
        following = keeping.following(per_epoch, callbacks)
        steps, ranks = Steps(per_epoch, total, progress), Allocating(network, total)
        trainer = Trainer(
            model,
            arguments,
            data_collator=_only,
            train_dataset=plan,
            callbacks=[stages, ranks, Finite(), following, checkpoints, steps, *callbacks],
            optimizers=(optimizer, None),
        )
        for unwanted in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(unwanted)
        done, last = 0, _last(folder, fingerprint, progress)
        if last is not None:
            checkpoints.take_up(last)
            done = last.step
        if done < total and not keeping.exhausted:
            with stoppable(checkpoints.ask, listening=folder is not None):
                trainer.train(resume_from_checkpoint=str(last.folder) if last else None)
            done = trainer.state.global_step
        elif last is not None:
            model.load_state_dict(load_file(last.folder / "model.safetensors"))
        if checkpoints.stopped:
            hint = "The same call goes on from there."
            raise Interrupted(f"The training was stopped after step {done} of {total}.", where=str(folder), hint=hint)
    keeping.restore()
    return History(tuple(keeping.scores), keeping.best, done, checkpoints.seconds)


def _arguments(
    settings: Training, folder: Path, total: int, per_epoch: int, seed: int, *, unused: bool
) -> TrainingArguments:
    """Return what the library is told of a training of ``total`` steps: it steps and logs, and the rest is ours.

    ``unused`` says that a step may leave some weights out.
    """
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=1,
        max_steps=total,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule,
        warmup_steps=int(settings.warmup * total),
        max_grad_norm=settings.clip,
        bf16=_bfloat16(settings),
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="no",
        save_strategy="no",
        logging_strategy="steps",
        logging_steps=max(1, min(10, per_epoch // 4)),
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        train_sampling_strategy="sequential",
        ddp_find_unused_parameters=unused,
        seed=seed + rank(),
    )


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


def _last(folder: Path | None, fingerprint: str, progress: Callable[[str], None]) -> Checkpoint | None:
    """Return the checkpoint to go on from, where there is one of this very training."""
    last = newest_checkpoint(folder) if folder else None
    # Nobody removes it before all have seen it.
    wait_for_all()
    if last is None:
        return None
    if last.fingerprint != fingerprint:
        progress(f"Starting anew: the checkpoint in {folder} is of other data, weights or settings.")
        if rank() == 0:
            for path in last.folder.parent.glob("checkpoint-*"):
                remove(path)
        wait_for_all()
        return None
    progress(f"Going on after step {last.step}.")
    return last


def _silent(_line: str) -> None:
    return


def _only(rows: Sequence[Any]) -> Any:
    return rows[0]


class _Together(torch.nn.Module):
    """The network with the heads of its tasks: a batch of a task in, its loss out."""

    # The loss of a batch is a mean, so that of several batches is the mean of their losses.
    accepts_loss_kwargs = False

    def __init__(self, network: Any, tasks: Sequence[Task]) -> None:
        super().__init__()
        self.network = network
        self.heads = torch.nn.ModuleList([task.head for task in tasks])
        self._tasks = list(tasks)

    def forward(self, task: int, **batch: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch of the task with that number."""
        return {"loss": self._tasks[task].loss(self.network, batch) + orthogonality(self.network)}


class _Plan(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """All batches of all epochs in their order; which batch a step has depends on the seed alone.

    A step takes a ``group`` of batches. The last group of an epoch is filled up with the epoch's first batches.
    """

    def __init__(self, tasks: Sequence[Task], epochs: int, seed: int, group: int = 1) -> None:
        self._tasks, self._epochs, self._seed, self._group = tasks, epochs, seed, group
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
            self._made = epoch, [made[place % len(made)] for place in range(-(-len(made) // self._group) * self._group)]
        return self._made[1]
