"""What a training writes while it goes, and that it writes nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import Interrupted, RequestError
from replydesk.finetune.recipe import QUICK
from replydesk.finetune.training.log import Log, read_log
from replydesk.finetune.training.tracking import Tracking
from tests.finetune.training.test_resume import SETTINGS, At, Pupil, stop

RECIPE = replace(QUICK, name="测试").document()


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """Return what TensorBoard reads from a folder: for each name its steps and values."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder)).Reload()
    return {name: {event.step: event.value for event in found.Scalars(name)} for name in found.Tags()["scalars"]}


def test_steps_scores_and_figures_stand_in_log_and_events(
    tiny_bert: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pupil = Pupil(tiny_bert, replace(SETTINGS, epochs=2))
    with Tracking(tmp_path, RECIPE) as tracking:
        history = pupil.learn(tmp_path / "tiny" / "choose", callbacks=[tracking])
        tracking.finish({"en": {"intents": {"accuracy": 0.75}}, "note": "no figure"})
    events = read_log(tmp_path / "log.jsonl")
    assert [event["event"] for event in events if event["event"] != "step"] == [
        "began", "stage", "validation", "validation", "validation", "ended",
    ]  # fmt: skip
    assert events[0]["recipe"] == json.loads(json.dumps(RECIPE))
    assert events[1] == {"event": "stage", "stage": "tiny/choose", "step": 0, "steps": 20}
    scores = [event for event in events if event["event"] == "validation"]
    assert [(event["epoch"], event["step"], event["score"]) for event in scores] == [
        (epoch, 10 * epoch, score) for epoch, score in enumerate(history.scores)
    ]
    steps = [event for event in events if event["event"] == "step"]
    assert [event["step"] for event in steps] == list(range(2, 21, 2))
    assert all(event["loss"] > 0 and event["gradient"] > 0 and event["seconds"] >= 0 for event in steps)
    assert max(event["rate"] for event in steps) <= SETTINGS.learning_rate
    assert events[-1]["metrics"]["en"]["intents"]["accuracy"] == 0.75

    drawn = scalars(tmp_path / "tiny" / "choose")
    assert drawn["score"] == pytest.approx({10 * epoch: score for epoch, score in enumerate(history.scores)})
    assert drawn["loss"] == pytest.approx({event["step"]: event["loss"] for event in steps})
    assert set(drawn) == {"loss", "rate", "gradient", "score"}
    assert scalars(tmp_path)["en.intents.accuracy"] == {0: 0.75}
    assert capfd.readouterr() == ("", "")


def test_a_run_that_went_on_is_logged_as_one(tiny_bert: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    for number in range(3):
        with Tracking(tmp_path, RECIPE) as tracking:
            if number < 2:
                with pytest.raises(Interrupted):
                    Pupil(tiny_bert).learn(folder, callbacks=[tracking, At((7, 15)[number], stop)])
            else:
                history = Pupil(tiny_bert).learn(folder, callbacks=[tracking])
    events = [event for event in read_log(tmp_path / "log.jsonl") if event.get("stage")]
    began, first, second = [event["step"] for event in events if event["event"] == "stage"]
    # A signal may arrive when the next step has begun.
    assert began == 0 and first in (7, 8) and second in (15, 16)
    assert [event["step"] for event in events if event["event"] == "step"] == [*range(2, 41, 2)]
    assert [event["score"] for event in events if event["event"] == "validation"] == list(history.scores)
    assert list(scalars(folder)["loss"]) == [*range(2, 41, 2)]


def test_what_was_lost_and_done_again_counts_once(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl")
    log.write("stage", stage="a", step=0, steps=9)
    for step in (1, 2, 3):
        log.write("step", stage="a", step=step, loss=1.0)
    log.write("stage", stage="b", step=0, steps=9)
    log.write("step", stage="b", step=3, loss=1.0)
    # It was killed, with half a line on its way, and the newest checkpoint is that of step 2.
    with log.path.open("ab") as file:
        file.write(b'{"event": "step", "stage": "a", "lo')
    assert [event["step"] for event in read_log(log.path)] == [0, 1, 2, 3, 0, 3]
    again = Log(log.path)
    again.write("stage", stage="a", step=2, steps=9)
    again.write("step", stage="a", step=3, loss=2.0)
    told = [(event["stage"], event["step"], event.get("loss")) for event in read_log(log.path)]
    assert told == [
        ("a", 0, None), ("a", 1, 1.0), ("a", 2, 1.0), ("b", 0, None), ("b", 3, 1.0), ("a", 2, None), ("a", 3, 2.0),
    ]  # fmt: skip
    assert all(json.loads(line) for line in log.path.read_text().splitlines())


def test_trainings_without_folders_of_their_own_are_numbered(tiny_bert: Path, tmp_path: Path) -> None:
    with Tracking(tmp_path, RECIPE) as tracking:
        for _ in range(2):
            Pupil(tiny_bert, replace(SETTINGS, epochs=1)).learn(callbacks=[tracking], validated=False)
    stages = [event["stage"] for event in read_log(tmp_path / "log.jsonl") if event["event"] == "stage"]
    assert stages == ["training-1", "training-2"]


def test_without_the_library_wandb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(RequestError, match="not installed") as caught:
        Tracking(tmp_path, RECIPE, wandb=True)
    assert "replydesk[wandb]" in caught.value.hint


# No name is looked up and nothing but this machine is spoken to; the library's own helper process is local.
GUARDED = """
import socket, sys, warnings
from pathlib import Path
warnings.simplefilter("error")
reached = []
def refused(name, real):
    def call(*args):
        host = args[1][0] if name == "connect" and isinstance(args[1], tuple) else args[0]
        local = name == "connect" and (not isinstance(args[1], tuple) or args[1][0].startswith("127."))
        if not local:
            reached.append((name, host))
            raise OSError("no network here")
        return real(*args)
    return call
socket.socket.connect = refused("connect", socket.socket.connect)
socket.getaddrinfo = refused("getaddrinfo", socket.getaddrinfo)
from dataclasses import replace
from replydesk.finetune.training.tracking import Tracking
from tests.finetune.training.test_resume import Pupil, SETTINGS
from tests.finetune.training.test_tracking import RECIPE
folder = Path(sys.argv[2])
with Tracking(folder, RECIPE, wandb=sys.argv[3] == "wandb") as tracking:
    Pupil(Path(sys.argv[1]), replace(SETTINGS, epochs=1)).learn(folder / "tiny", callbacks=[tracking])
    tracking.finish({"accuracy": 0.5})
assert ("wandb" in sys.modules) == (sys.argv[3] == "wandb"), "wandb was imported"
assert not reached, reached
"""


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["plain", "wandb"])
def test_nothing_is_printed_or_sent(tiny_bert: Path, tmp_path: Path, asked: str) -> None:
    environment: dict[str, Any] = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]),
        "WANDB_MODE": "offline",
    }
    if asked == "wandb":
        pytest.importorskip("wandb")
    folder = tmp_path / "run-1"
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, tiny_bert, folder, asked], env=environment, capture_output=True, text=True
    )
    noise = "[INFO] Running in WANDB offline mode\n"
    assert (done.returncode, done.stdout, done.stderr.replace(noise, "")) == (0, "", "")
    found = list(folder.rglob("run-*.wandb"))
    assert bool(found) == (asked == "wandb")
    if found:
        assert b"tiny/score" in found[0].read_bytes()
        # The names of this machine's packages and programs stay here.
        assert not list(folder.rglob("wandb-metadata.json"))
