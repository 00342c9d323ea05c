"""Checkpoints: what a training needs to go on as if it had not been stopped, and the ways in which it is stopped.

A checkpoint is one of the transformers library (weights, optimizer, schedule, state of the random numbers), with what
:class:`~replydesk.finetune.training.progress.Keeping` keeps beside it. ``kept.json`` is written last: without it a
checkpoint does not count, so a process that was killed while it wrote leaves the one before in force.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from transformers import TrainerCallback

from replydesk.data.home import sync_folder, write_atomically
from replydesk.finetune.recipe import Training
from replydesk.finetune.training.processes import any_of, rank, wait_for_all
from replydesk.finetune.training.progress import Keeping

__all__ = ["EVERY_SECONDS", "Checkpoint", "Checkpoints", "fingerprint_of", "newest_checkpoint", "remove", "stoppable"]

EVERY_SECONDS = 180.0
"""At most so long a training goes on without a checkpoint."""

_MARK = "kept.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that was written to its end: of which training, after which step, with which scores so far."""

    folder: Path
    fingerprint: str
    step: int
    scores: tuple[float, ...]
    best: int
    seconds: float


def newest_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the newest checkpoint in a folder that was written to its end."""
    found = []
    for mark in folder.glob(f"checkpoint-*/{_MARK}"):
        document = json.loads(mark.read_text(encoding="utf-8"))
        found.append(Checkpoint(mark.parent, **document | {"scores": tuple(document["scores"])}))
    return max(found, key=lambda one: one.step, default=None)


def remove(checkpoint: Path) -> None:
    """Remove a checkpoint, first what makes it count."""
    (checkpoint / _MARK).unlink(missing_ok=True)
    shutil.rmtree(checkpoint)


def fingerprint_of(network: Any, batches: Iterator[Mapping[str, Any]], settings: Training, *others: object) -> str:
    """Return a hash of all that decides how a training goes: weights, batches, settings.

    What an adapter added and the network's own heads are left out, since they may start at random.
    """
    added: frozenset[str] = getattr(network, "added", frozenset())
    heads = {id(one) for one in getattr(network, "head_parameters", ())}
    digest = hashlib.sha256(json.dumps([asdict(settings), *map(str, others)], sort_keys=True).encode())
    for name, weight in network.named_parameters():
        digest.update(f"{name} {tuple(weight.shape)}".encode())
        if name not in added and id(weight) not in heads:
            _take_in(digest, weight.detach())
    for batch in batches:
        for name, value in sorted(batch.items()):
            digest.update(name.encode())
            if isinstance(value, torch.Tensor):
                _take_in(digest, value)
            else:
                digest.update(repr(value).encode())
    return digest.hexdigest()


class Checkpoints(TrainerCallback):  # type: ignore[misc]
    """Has a checkpoint written after every epoch, every few minutes, and when the training is asked to stop.

    Only the newest stays. Without a ``folder`` nothing is written, and nothing can be asked.
    """

    def __init__(self, folder: Path | None, fingerprint: str, keeping: Keeping, per_epoch: int) -> None:
        self._folder, self._fingerprint, self._keeping, self._per_epoch = folder, fingerprint, keeping, per_epoch
        self._asked = threading.Event()
        self._before, self._began = 0.0, time.monotonic()
        self._written = self._began
        self.stopped = False

    def ask(self) -> None:
        """Ask the training to stop after the step that it is at."""
        self._asked.set()

    def take_up(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint."""
        self._keeping.load(checkpoint.folder, checkpoint.scores, checkpoint.best)
        self._before = checkpoint.seconds

    @property
    def seconds(self) -> float:
        """Return how long the training took so far, in all processes that it was stopped and went on in."""
        return self._before + time.monotonic() - self._began

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin to count."""
        self._began = self._written = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        """Decide whether a checkpoint is due, and whether to stop."""
        if self._folder is None:
            return control
        due = time.monotonic() - self._written > EVERY_SECONDS
        due, asked = any_of([due, self._asked.is_set()])
        if due or asked or state.global_step % self._per_epoch == 0 or control.should_training_stop:
            control.should_save = True
        # The last step is the end anyway.
        self.stopped = asked and state.global_step < state.max_steps and not control.should_training_stop
        control.should_training_stop = control.should_training_stop or asked
        return control

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Complete the checkpoint, make it durable, and remove those before it."""
        # Every process writes the state of its random numbers.
        wait_for_all()
        if rank() or self._folder is None:
            return
        folder = self._folder / f"checkpoint-{state.global_step}"
        self._keeping.save(folder)
        for file in folder.iterdir():
            with file.open("r+b") as handle:
                os.fsync(handle.fileno())
        sync_folder(self._folder)
        document = {
            "fingerprint": self._fingerprint,
            "step": state.global_step,
            "scores": self._keeping.scores,
            "best": self._keeping.best,
            "seconds": round(self.seconds, 3),
        }
        write_atomically(folder / _MARK, json.dumps(document).encode())
        for other in self._folder.glob("checkpoint-*"):
            if other != folder:
                remove(other)
        self._written = time.monotonic()


@contextmanager
def stoppable(ask: Callable[[], None], *, listening: bool = True) -> Iterator[None]:
    """While inside, the first SIGINT (Ctrl-C) or SIGTERM asks; a second one ends the process as ever.

    Only the main thread can listen; in another nothing is changed.
    """
    if not listening or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    done = threading.Event()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def hear(_number: int, _frame: FrameType | None) -> None:
        restore()
        ask()

    # An OpenVINO core that goes may leave the main thread with a signal stack that is freed, and a signal that comes
    # there ends the process. Ours stays (see core in retrieval/encoders/graphs.py), but NNCF makes its own. So one
    # thread more hears signals while the main thread is deaf; Python runs the handler in the main thread all the same.
    listener = threading.Thread(target=done.wait, name="signals", daemon=True)
    listener.start()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, before)
    for number in before:
        signal.signal(number, hear)
    try:
        yield
    finally:
        restore()
        done.set()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _take_in(digest: Any, tensor: torch.Tensor) -> None:
    digest.update(str(tuple(tensor.shape)).encode())
    digest.update(tensor.cpu().contiguous().view(torch.uint8).numpy() if tensor.dim() else repr(tensor.item()).encode())
