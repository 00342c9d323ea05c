"""Beside the loop: the best weights, what goes wrong, how long it will take, and a way to stop it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from replydesk.data.errors import TrainingError
from replydesk.finetune.training.averaging import Averaging
from replydesk.finetune.training.processes import from_first, rank

__all__ = ["Finite", "Keeping", "Steps", "left"]

_EVERY_SECONDS = 10.0
_BEST, _AVERAGE = "best.safetensors", "average.safetensors"


class Keeping:
    """Validates after every epoch, keeps the best weights, and ends a training that gets no better.

    A score is a share of ``judged`` examples. Of epochs within one standard error of the highest score the last one
    counts as the best, as long as it is no worse than the start: a handful of examples cannot tell them apart, and the
    last has learned most. With ``judged`` 0 the highest is the best. Where several processes train together the first
    one validates, and all take its score.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        validate: Callable[[], float] | None,
        average: Averaging,
        patience: int,
        progress: Callable[[str], None],
        judged: int = 0,
    ) -> None:
        self._judged = judged
        self._model, self._validate, self.average, self._patience = model, validate, average, patience
        self._progress = progress
        self.scores: list[float] = []
        self.best = 0
        self._best: dict[str, torch.Tensor] = {}

    @property
    def exhausted(self) -> bool:
        """Return whether there were as many epochs without a better score as patience allows."""
        return bool(self.scores) and len(self.scores) - 1 - self.best >= self._patience

    def following(self, per_epoch: int, listeners: Sequence[TrainerCallback]) -> TrainerCallback:
        """Return the callback that follows a training of so many steps an epoch and tells others the scores."""
        return _Following(self, per_epoch, listeners)

    def judge(self, epoch: int) -> float | None:
        """Validate and return the score, or None where nothing validates."""
        if self._validate is None:
            return None
        with self.average:
            score = from_first(self._validate() if rank() == 0 else 0.0)
            better = not self._best or self._as_good(score)
            self.scores.append(score)
            if better:
                self.best = epoch
                self._best = {name: weight.detach().clone() for name, weight in self._model.named_parameters()}
        self._progress(f"Epoch {epoch}: {score:.4f} on validation{'' if self.best != epoch else ', the best'}")
        return score

    def _as_good(self, score: float) -> bool:
        """Return whether a score is higher than those so far, or cannot be told from the highest."""
        highest = max(self.scores)
        if not self._judged:
            return score > highest
        margin = math.sqrt(max(0.0, highest * (1 - highest)) / self._judged)
        return score >= max(highest - margin, self.scores[0])

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
        """Write the weights that are kept beside a checkpoint."""
        from safetensors.torch import save_file

        if self._best:
            save_file({k: v.contiguous() for k, v in self._best.items()}, folder / _BEST)
        if self.average.decay:
            save_file({k: v.contiguous() for k, v in self.average.state().items()}, folder / _AVERAGE)

    def load(self, folder: Path, scores: Sequence[float], best: int) -> None:
        """Take up what :meth:`save` wrote, and the scores so far."""
        from safetensors.torch import load_file

        self.scores, self.best = list(scores), best
        if (folder / _BEST).exists():
            self._best = load_file(folder / _BEST)
        if (folder / _AVERAGE).exists():
            self.average.load(load_file(folder / _AVERAGE))


class _Following(TrainerCallback):  # type: ignore[misc]
    def __init__(self, keeping: Keeping, per_epoch: int, listeners: Sequence[TrainerCallback]) -> None:
        self._keeping, self._per_epoch, self._listeners = keeping, per_epoch, listeners

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        # All listeners have begun by then.
        if not state.global_step:
            self._judge(0, args, state, control)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        self._keeping.average.follow()
        if state.global_step % self._per_epoch == 0:
            self._judge(state.global_step // self._per_epoch, args, state, control)
            control.should_training_stop = control.should_training_stop or self._keeping.exhausted
        return control

    def _judge(self, epoch: int, args: Any, state: Any, control: Any) -> None:
        score = self._keeping.judge(epoch)
        if score is not None:
            for listener in self._listeners:
                listener.on_evaluate(args, state, control, metrics={"score": score, "epoch": epoch})


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


def left(seconds: float) -> str:
    """Return how much time is left, in words.

    >>> left(42), left(400)
    ('less than a minute left', 'about 7 minutes left')
    """
    if seconds < 55:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' if minutes > 1 else ''} left"
