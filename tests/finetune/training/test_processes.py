"""Batches of a step are worth the same wherever they are computed: at once, one after another, or in two processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from replydesk.finetune.recipe import Training
from replydesk.finetune.training.checkpoints import newest_checkpoint
from replydesk.finetune.training.log import read_log
from replydesk.finetune.training.loop import _bfloat16, processor_has_bfloat16
from tests.finetune.training.test_resume import SETTINGS, Pupil

PLAIN = replace(SETTINGS, dropout=0.0, epochs=3, batch_size=4)

CHILD = """
import json, sys
from pathlib import Path

def main(bert, out, stopped):
    from safetensors.torch import save_file
    from replydesk.data.errors import Interrupted
    from replydesk.finetune.training.processes import rank, world
    from replydesk.finetune.training.tracking import Tracking
    from tests.finetune.training.test_processes import PLAIN
    from tests.finetune.training.test_resume import Pupil, At, stop

    assert world() == 2
    pupil = Pupil(bert, PLAIN)
    validated, said = [], []
    right = pupil.right
    pupil.right = lambda: validated.append(1) or right()
    with Tracking(out / "run", {}) as tracking:
        # The signal reaches one process alone; both stop after the same step.
        callbacks = [At(stopped if rank() == 1 else 0, stop), tracking]
        try:
            history = pupil.learn(out / "run" / "tiny", callbacks=callbacks, progress=said.append)
        except Interrupted:
            return
    told = {"scores": history.scores, "best": history.best, "steps": history.steps}
    (out / f"told-{rank()}.json").write_text(json.dumps({**told, "validated": len(validated), "said": said}))
    if rank() == 0:
        weights = {name: weight.contiguous() for name, weight in pupil.weights().items()}
        save_file(weights, out / "weights.safetensors")

if __name__ == "__main__":
    given = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    if sys.argv[4:] == ["accelerate"]:
        from accelerate import debug_launcher
        debug_launcher(main, given, num_processes=2)
    else:
        main(*given)
"""


def close(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor], tolerance: float) -> None:
    for name, weight in one.items():
        assert torch.allclose(weight, other[name], atol=tolerance), (name, float((weight - other[name]).abs().max()))


def test_two_batches_of_16_make_the_step_of_one_of_32(tiny_bert: Path) -> None:
    class Halves(Pupil):
        """Takes the batches of 32 in two halves."""

        def __init__(self, bert: Path, settings: Training) -> None:
            super().__init__(bert, replace(settings, batch_size=32), texts=32)
            self.settings = settings
            whole = self.task.epoch
            self.task.epoch = (
                lambda epoch: [  # type: ignore[method-assign]
                    rows[start : start + settings.batch_size]
                    for rows in whole(epoch)
                    for start in range(0, len(rows), settings.batch_size)
                ]
            )

    learned = []
    for settings in (replace(PLAIN, batch_size=32), replace(PLAIN, batch_size=16, accumulate=2)):
        pupil = Halves(tiny_bert, settings)
        history = pupil.learn()
        assert history.steps == 3
        learned.append((pupil.weights(), history.scores))
    close(learned[0][0], learned[1][0], 1e-5)
    assert learned[0][1] == pytest.approx(learned[1][1], abs=1e-5)


def test_an_epoch_that_does_not_part_evenly_is_filled_up(tiny_bert: Path) -> None:
    history = Pupil(tiny_bert, replace(PLAIN, accumulate=3)).learn()
    # Ten batches make four steps of three.
    assert history.steps == 12 and len(history.scores) == 4


def test_auto_takes_bfloat16_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _bfloat16(Training()) == processor_has_bfloat16()
    assert _bfloat16(Training(precision="bfloat16"))
    assert not _bfloat16(Training(precision="float32"))
    if not torch.cuda.is_available():
        real = Path.read_text
        for flags, expected in (("fma avx2", False), ("fma avx512_bf16 amx_bf16", True)):
            with monkeypatch.context() as patch:
                patch.setattr(Path, "read_text", lambda self, flags=flags, **_: flags)
                assert processor_has_bfloat16() is expected
        assert Path.read_text is real


@pytest.mark.slow
@pytest.mark.parametrize("launcher", ["torchrun", "accelerate"])
def test_two_processes_come_to_what_one_with_two_batches_a_step_does(
    tiny_bert: Path, tmp_path: Path, launcher: str
) -> None:
    alone = Pupil(tiny_bert, replace(PLAIN, accumulate=2))
    expected = alone.learn()
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    start, end = (torchrun, []) if launcher == "torchrun" else ([], [launcher])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
    }
    # Stopped after the sixth step, and going on.
    for stopped in (6, 0) if launcher == "torchrun" else (0,):
        command = [sys.executable, *start, str(script), str(tiny_bert), str(tmp_path), str(stopped), *end]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr[-3000:]
        assert launcher == "accelerate" or done.stdout == ""
        if stopped:
            last = newest_checkpoint(tmp_path / "run" / "tiny")
            assert last is not None and last.step == 6
    first, second = (json.loads((tmp_path / f"told-{rank}.json").read_text()) for rank in range(2))
    assert first["steps"] == second["steps"] == expected.steps
    assert first["scores"] == second["scores"] == pytest.approx(list(expected.scores), abs=1e-5)
    # The first validates and speaks, and writes alone.
    assert first["validated"] > 0 and second["validated"] == 0 and first["said"] and second["said"] == []
    events = [event for event in read_log(tmp_path / "run" / "log.jsonl") if event["event"] == "validation"]
    assert [event["epoch"] for event in events] == [0, 1, 2, 3]
    close(alone.weights(), load_file(tmp_path / "weights.safetensors"), 1e-5)
