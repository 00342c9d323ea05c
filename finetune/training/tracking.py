"""How a training goes, written while it goes: a JSONL log, TensorBoard events, and where asked for Weights & Biases."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from torch.utils.tensorboard import SummaryWriter
from transformers import TrainerCallback

from replydesk.data.errors import RequestError
from replydesk.finetune.training.log import Log
from replydesk.finetune.training.processes import rank

__all__ = ["LOG", "Tracking", "flat"]

LOG = "log.jsonl"


class Tracking(TrainerCallback):  # type: ignore[misc]
    """Writes the steps, scores and figures of the trainings of one run into a folder; hand it to ``fit``.

    A run may train several times, for each language or once more from all; each is a *stage*, named by its folder of
    checkpoints below that of the run. Every event stands in ``log.jsonl``; the TensorBoard events of a stage stand in
    its folder. With ``wandb`` the same goes to Weights & Biases, offline where ``WANDB_MODE=offline``; nothing else
    here ever reaches for a network. Of several processes the first one writes.

    >>> with Tracking(folder, recipe.document()) as tracking:            # doctest: +SKIP
    ...     fit(network, tasks, settings, callbacks=[tracking])
    ...     tracking.finish({"accuracy": 0.94})
    """

    def __init__(self, folder: Path, recipe: Mapping[str, Any], *, wandb: bool = False) -> None:
        self.folder, self._recipe = folder, recipe
        self._began = self._stage_began = time.monotonic()
        self._stage, self._count = "", 0
        self._writer: Any = None
        self._wandb: Any = None
        self._quiet = rank() > 0
        if self._quiet:
            return
        folder.mkdir(parents=True, exist_ok=True)
        if wandb:
            self._wandb = _start_wandb(folder, recipe)
        self._log = Log(folder / LOG)
        self._log.write("began", at=_now(), recipe=recipe)

    def __enter__(self) -> Tracking:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open; of a run that did not end well, say why."""
        self._close_stage()
        if self._quiet:
            return
        if error is not None:
            self._log.write("stopped", at=_now(), why=f"{type(error).__name__}: {error}")
        if self._wandb is not None:
            self._wandb.finish(exit_code=int(error is not None))

    def finish(self, metrics: Mapping[str, Any]) -> None:
        """Write the final figures, beside the hyper-parameters that led to them."""
        self._close_stage()
        if self._quiet:
            return
        seconds = round(time.monotonic() - self._began, 3)
        self._log.write("ended", at=_now(), seconds=seconds, metrics=metrics)
        figures = {name: float(value) for name, value in flat(metrics) if isinstance(value, int | float)}
        chosen = {
            name: value if isinstance(value, int | float | str) else str(value) for name, value in flat(self._recipe)
        }
        with SummaryWriter(str(self.folder)) as writer:
            writer.add_text("recipe", f"```json\n{json.dumps(self._recipe, indent=1, ensure_ascii=False)}\n```")
            writer.add_hparams(chosen, figures, run_name=".")
        if self._wandb is not None:
            self._wandb.summary.update(figures)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin a stage, or go on with it."""
        self._close_stage()
        self._count += 1
        folder = Path(args.output_dir)
        inside = folder.is_relative_to(self.folder) and folder != self.folder
        self._stage = folder.relative_to(self.folder).as_posix() if inside else f"training-{self._count}"
        self._stage_began = time.monotonic()
        if self._quiet:
            return
        # TensorBoard forgets what came after the checkpoint and is now done again.
        self._writer = SummaryWriter(str(self.folder / self._stage), purge_step=state.global_step or None)
        self._log.write("stage", stage=self._stage, step=state.global_step, steps=state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Write loss, rate and length of the gradient."""
        names = {"loss": "loss", "learning_rate": "rate", "grad_norm": "gradient", "eval_loss": "validation_loss"}
        found = {names[name]: float(value) for name, value in (logs or {}).items() if name in names}
        if found:
            self._tell("step", state.global_step, found)

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Write the score of an epoch."""
        if metrics and "score" in metrics:
            self._tell("validation", state.global_step, {"score": metrics["score"]}, epoch=metrics["epoch"])

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the stage."""
        self._close_stage()

    def _tell(self, event: str, step: int, figures: Mapping[str, float], **others: Any) -> None:
        if self._quiet or self._writer is None:
            return
        seconds = round(time.monotonic() - self._stage_began, 3)
        self._log.write(event, stage=self._stage, step=step, **others, **figures, seconds=seconds)
        for name, value in figures.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()
        if self._wandb is not None:
            named = {f"{self._stage}/{name}": value for name, value in figures.items()}
            self._wandb.log({**named, f"{self._stage}/step": step})

    def _close_stage(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def flat(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a document with their dotted names.

    >>> dict(flat({"a": {"b": 1}, "c": 2}))
    {'a.b': 1, 'c': 2}
    """
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _start_wandb(folder: Path, recipe: Mapping[str, Any]) -> Any:
    try:
        import wandb
    except ImportError as error:
        hint = "Install it with `pip install replydesk[wandb]`, or train without it."
        raise RequestError("Weights & Biases is not installed.", where="finetune.wandb", hint=hint) from error
    # The figures and the recipe are sent, and nothing of the machine, its code or its other programs.
    settings = wandb.Settings(
        silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True, x_disable_meta=True
    )
    try:
        return wandb.init(
            project="replydesk",
            id=folder.name,
            name=folder.name,
            dir=str(folder),
            config=dict(recipe),
            settings=settings,
        )
    except wandb.Error as error:
        hint = "Log in with `wandb login`, set WANDB_MODE=offline, or train without it."
        raise RequestError(f"Weights & Biases does not start: {error}.", where="finetune.wandb", hint=hint) from error


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
