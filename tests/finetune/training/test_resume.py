"""A training that was stopped, or killed, ends as if it had not been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainerCallback

from replydesk.data.errors import Interrupted, TrainingError
from replydesk.finetune.recipe import Training
from replydesk.finetune.training import checkpoints
from replydesk.finetune.training.checkpoints import newest_checkpoint
from replydesk.finetune.training.loop import History, fit
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.finetune.training.tasks import IntentTask
from tests.conftest import DESK

# Dropout, an average and patience: all that has a memory of its own.
SETTINGS = Training(
    epochs=4, batch_size=4, learning_rate=1e-3, dropout=0.1, average=0.9, patience=3, precision="float32", max_tokens=16
)
STEPS = 10


class Pupil:
    """A tiny BERT that learns the five intents of the tiny desk, in both languages."""

    def __init__(self, bert: Path, settings: Training = SETTINGS, texts: int = 40) -> None:
        self.settings = settings
        rows = [(text, i) for i, turns in enumerate(DESK.values()) for asked, _ in turns.values() for text in asked]
        self.texts, self.targets = [text for text, _ in rows[:texts]], [target for _, target in rows[:texts]]
        self.network = EncoderNetwork.of(bert, max_tokens=settings.max_tokens, dropout=settings.dropout)
        start = np.random.default_rng(0).normal(size=(5, 32))
        size = settings.batch_size
        self.task = IntentTask(self.network, self.texts, self.targets, start, np.zeros(5), batch_size=size)

    def right(self) -> float:
        weights, bias = self.task.weights()
        logits = self.network.encode(self.texts).double().numpy() @ weights.T + bias
        chances = np.exp(logits - logits.max(1, keepdims=True))
        return float((chances / chances.sum(1, keepdims=True))[np.arange(len(logits)), self.targets].mean())

    def learn(self, folder: Path | None = None, *, validated: bool = True, **others: Any) -> History:
        validate = self.right if validated else None
        return fit(self.network, [self.task], self.settings, validate=validate, folder=folder, **others)

    def weights(self) -> dict[str, torch.Tensor]:
        return {**self.network.state_dict(), **{f"head.{k}": v for k, v in self.task.head.state_dict().items()}}


class At(TrainerCallback):  # type: ignore[misc]
    """Does something after a step."""

    def __init__(self, step: int, do: Any) -> None:
        self.step, self.do, self.seen = step, do, 0

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.seen += 1
        if state.global_step + 1 == self.step:
            self.do()


def stop(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def same(one: Pupil, other: Pupil) -> None:
    mine, yours = one.weights(), other.weights()
    for name, weight in mine.items():
        assert torch.allclose(weight, yours[name], atol=1e-6), name


@pytest.mark.parametrize("validated", [True, False])
@pytest.mark.parametrize(("step", "number"), [(7, signal.SIGINT), (20, signal.SIGTERM), (33, signal.SIGINT)])
def test_stopped_at_any_step_it_goes_on_to_the_same_end(
    tiny_bert: Path, tmp_path: Path, step: int, number: int, validated: bool
) -> None:
    whole = Pupil(tiny_bert)
    history = whole.learn(validated=validated)
    # A shell's background processes ignore it.
    before = signal.getsignal(signal.SIGINT)
    stopped = Pupil(tiny_bert)
    with pytest.raises(Interrupted, match=f"after step {step} of 40"):
        stopped.learn(tmp_path, callbacks=[At(step, lambda: stop(number))], validated=validated)
    assert newest_checkpoint(tmp_path).step == step  # type: ignore[union-attr]
    resumed, said = Pupil(tiny_bert), list[str]()
    counted = At(0, None)
    again = resumed.learn(tmp_path, callbacks=[counted], progress=said.append, validated=validated)
    assert (again.scores, again.best, again.steps) == (history.scores, history.best, history.steps)
    assert counted.seen == history.steps - step and said[0] == f"Going on after step {step}."
    assert again.seconds > 0
    same(whole, resumed)
    assert signal.getsignal(signal.SIGINT) == before


def test_a_training_that_had_ended_is_not_repeated(tiny_bert: Path, tmp_path: Path) -> None:
    for settings in (SETTINGS, replace(SETTINGS, learning_rate=1e-9, patience=1), replace(SETTINGS, average=0.0)):
        folder, counted = tmp_path / f"{settings.patience} {settings.average}", At(0, None)
        first, second = Pupil(tiny_bert, settings), Pupil(tiny_bert, settings)
        validated = bool(settings.average)
        history = first.learn(folder, validated=validated)
        again = second.learn(folder, callbacks=[counted], validated=validated)
        assert counted.seen == 0
        assert (again.scores, again.best, again.steps) == (history.scores, history.best, history.steps)
        assert [path.name for path in folder.glob("checkpoint-*")] == [f"checkpoint-{history.steps}"]
        same(first, second)


def test_other_data_settings_or_validation_start_anew(tiny_bert: Path, tmp_path: Path) -> None:
    def stopped(folder: Path) -> None:
        with pytest.raises(Interrupted):
            Pupil(tiny_bert).learn(folder, callbacks=[At(3, stop)], fingerprint="v")

    changed: dict[str, Any] = {
        "settings": ({"settings": replace(SETTINGS, learning_rate=2e-3)}, {"fingerprint": "v"}),
        "data": ({"texts": 39}, {"fingerprint": "v"}),
        "validation": ({}, {"fingerprint": "w"}),
        "seed": ({}, {"fingerprint": "v", "seed": 1}),
    }
    for name, (made, given) in changed.items():
        stopped(tmp_path / name)
        said = list[str]()
        counted = At(0, None)
        Pupil(tiny_bert, **made).learn(tmp_path / name, callbacks=[counted], progress=said.append, **given)
        assert said[0].startswith("Starting anew"), name
        assert counted.seen == 40, name


def test_an_unfinished_checkpoint_does_not_count(tiny_bert: Path, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        Pupil(tiny_bert).learn(tmp_path, callbacks=[At(12, stop)])
    torn = tmp_path / "checkpoint-14"
    torn.mkdir()
    (torn / "trainer_state.json").write_text("{")
    whole, resumed = Pupil(tiny_bert), Pupil(tiny_bert)
    whole.learn()
    resumed.learn(tmp_path)
    same(whole, resumed)


def test_checkpoints_are_written_every_few_minutes(
    tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.0)
    seen = set[int]()

    class Look(TrainerCallback):  # type: ignore[misc]
        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            seen.add(newest_checkpoint(tmp_path).step)  # type: ignore[union-attr]

    Pupil(tiny_bert, replace(SETTINGS, epochs=1)).learn(tmp_path, callbacks=[Look()])
    assert seen == set(range(1, STEPS + 1))


def test_a_loss_that_is_no_number_ends_the_training(tiny_bert: Path) -> None:
    pupil = Pupil(tiny_bert)
    with torch.no_grad():
        pupil.network.bert.encoder.layer[0].output.dense.weight.fill_(float("nan"))
    with pytest.raises(TrainingError, match="no number"):
        pupil.learn(validated=False)


CHILD = """
import sys
from pathlib import Path
from replydesk.finetune.training import checkpoints
from tests.finetune.training.test_resume import Pupil
checkpoints.EVERY_SECONDS = 0.0
Pupil(Path(sys.argv[1])).learn(Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_the_same(tiny_bert: Path, tmp_path: Path) -> None:
    whole = Pupil(tiny_bert)
    whole.learn()
    draw = np.random.default_rng(0)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])}
    killed = 0
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", CHILD, tiny_bert, tmp_path], env=environment)
        before = set(tmp_path.glob("checkpoint-*/kept.json"))
        while child.poll() is None and set(tmp_path.glob("checkpoint-*/kept.json")) <= before:
            time.sleep(0.01)
        time.sleep(float(draw.uniform(0, 0.2)))
        child.kill()
        killed += child.wait() == -signal.SIGKILL
        assert newest_checkpoint(tmp_path) is not None
    assert killed >= 2
    resumed = Pupil(tiny_bert)
    resumed.learn(tmp_path)
    same(whole, resumed)
