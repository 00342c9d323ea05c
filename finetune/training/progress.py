"""Beside the loop: the best weights, what goes wrong, how long it will take, and a way to stop it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from replydesk.data.errors import TrainingError
from replydesk.finetune.training.averaging import Averaging

__all__ = ["Finite", "Keeping", "Steps", "left"]

_EVERY_SECONDS = 10.0


class Keeping:
    """Validates after every epoch, keeps the best weights, and ends a training that gets no better.

    Both stand in the checkpoint, so a training that goes on knows them.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        validate: Callable[[], float] | None,
        average: Averaging,
        patience: int,
        progress: Callable[[str], None],
    ) -> None:
        self._model, self._validate, self.average, self._patience = model, validate, average, patience
        self._progress = progress
        self.scores: list[float] = []
        self.best = 0
        self._best: dict[str, torch.Tensor] = {}

    def following(self, per_epoch: int) -> TrainerCallback:
        """Return the callback that follows a training of so many steps an epoch."""
        return _Following(self, per_epoch)

    def judge(self, epoch: int) -> bool:
        """Validate and return whether the training should go on."""
        if self._validate is None:
            return True
        with self.average:
            score = self._validate()
            self.scores.append(score)
            if not self._best or score > self.scores[self.best]:
                self.best = epoch
                self._best = {name: weight.detach().clone() for name, weight in self._model.named_parameters()}
        self._progress(f"Epoch {epoch}: {score:.4f} on validation{'' if self.best != epoch else ', the best'}")
        return epoch - self.best < self._patience

    def restore(self) -> None:
        """Put the best weights in place, or without validation the average."""
        if self._best:
            with torch.no_grad():
                for name, weight in self._model.named_parameters():
                    weight.copy_(self._best[name])
        elif self.average.decay:
            with self.average, torch.no_grad():
                mean = {name: weight.detach().clone() for name, weight in self._model.named_parameters()}
            with torch.no_grad():
                for name, weight in self._model.named_parameters():
                    if name in mean:
                        weight.copy_(mean[name])

    def save(self, folder: Path) -> None:
        """Write what is kept beside a checkpoint."""
        from safetensors.torch import save_file

        if self._best:
            save_file({k: v.contiguous() for k, v in self._best.items()}, folder / "best.safetensors")
        if self.average.decay:
            save_file({k: v.contiguous() for k, v in self.average.state().items()}, folder / "average.safetensors")
        save_file(
            {"scores": torch.tensor(self.scores, dtype=torch.float64), "best": torch.tensor(self.best)},
            folder / "kept.safetensors",
        )

    def load(self, folder: Path) -> None:
        """Take up what :meth:`save` wrote."""
        from safetensors.torch import load_file

        kept = load_file(folder / "kept.safetensors")
        self.scores, self.best = kept["scores"].tolist(), int(kept["best"])
        if (folder / "best.safetensors").exists():
            self._best = load_file(folder / "best.safetensors")
        if (folder / "average.safetensors").exists():
            self.average.load(load_file(folder / "average.safetensors"))


class _Following(TrainerCallback):  # type: ignore[misc]
    def __init__(self, keeping: Keeping, per_epoch: int) -> None:
        self._keeping, self._per_epoch = keeping, per_epoch

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if state.global_step and (folder / "kept.safetensors").exists():
            self._keeping.load(folder)
        elif not state.global_step:
            self._keeping.judge(0)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        self._keeping.average.follow()
        if state.global_step % self._per_epoch == 0:
            going_on = self._keeping.judge(state.global_step // self._per_epoch)
            control.should_training_stop = control.should_training_stop or not going_on
        return control

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._keeping.save(Path(args.output_dir) / f"checkpoint-{state.global_step}")


class Finite(TrainerCallback):  # type: ignore[misc]
    """Ends a training whose loss is no number any more: what comes after that is worth nothing."""

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Look at every loss that is told."""
        if logs and not all(math.isfinite(logs[name]) for name in ("loss", "grad_norm") if name in logs):
            hint = 'Try a smaller learning_rate, or precision = "float32".'
            raise TrainingError("The loss is no number any more.", where=f"step {state.global_step}", hint=hint)


class Steps(TrainerCallback):  # type: ignore[misc]
    """Says every few seconds how far a training is, how wrong the network is, and how long it will take."""

    def __init__(self, per_epoch: int, total: int, progress: Callable[[str], None]) -> None:
        self._per_epoch, self._total, self._progress = per_epoch, total, progress
        self._began = self._told = time.monotonic()
        self._first = 0
        self.interrupted, self.seconds = False, 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin to count."""
        self._began = self._told = time.monotonic()
        self._first = state.global_step

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Say it, if it was not said just now."""
        now = time.monotonic()
        if not logs or "loss" not in logs or now - self._told < _EVERY_SECONDS:
            return
        self._told = now
        done = state.global_step - self._first
        rest = (now - self._began) / max(1, done) * (self._total - state.global_step)
        epoch = 1 + (state.global_step - 1) // self._per_epoch
        self._progress(
            f"Epoch {epoch}, step {state.global_step} of {self._total}, loss {logs['loss']:.3f}, {left(rest)}"
        )

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Note how long it took."""
        self.seconds = time.monotonic() - self._began


def left(seconds: float) -> str:
    """Return how much time is left, in words.

    >>> left(42), left(400)
    ('less than a minute left', 'about 7 minutes left')
    """
    if seconds < 55:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' if minutes > 1 else ''} left"
