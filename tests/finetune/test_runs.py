"""The trainings of a home: stopped ones go on, and old ones make room."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import Interrupted, RequestError
from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.records import Conversation, Message
from replydesk.finetune.encoders import making
from replydesk.finetune.retrain import Outcome, Workshop
from replydesk.finetune.runs import Runs
from replydesk.finetune.training.log import read_log
from replydesk.finetune.training.tracking import Tracking
from tests.finetune.encoders.test_making import FAST, TUNING


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def workshop(desk: Home, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> Iterator[Workshop]:
    monkeypatch.setattr(making, "FEWEST", 10)
    workshop = Workshop(desk, progress=said.append)
    yield workshop
    workshop.store.close()


@pytest.fixture
def stopped(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Ctrl-C come in the fifth step of every training, until the fixture is undone."""

    def hurry(self: Tracking, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == 4:
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Tracking, "on_step_begin", hurry, raising=False)
        with pytest.raises(Interrupted, match=r"after step 5 of \d+") as caught:
            workshop.train(TUNING, promote=True)
    assert caught.value.hint == "Go on with `replydesk train --resume`."
    yield


def weights(outcome: Outcome) -> list[np.ndarray[Any, Any]]:
    return [np.asarray(skills.head.weights) for skills in outcome.release.skills.values() if skills.head]


def checkpoints(home: Home) -> list[Path]:
    return list(home.runs.rglob("checkpoint-*"))


def test_a_stopped_training_goes_on_to_the_same_release(
    workshop: Workshop, stopped: None, desk: Home, said: list[str], tmp_path: Path
) -> None:
    run = Runs(desk).unfinished()
    assert run is not None and run.promote and run.asked() == TUNING
    assert [path.name for path in checkpoints(desk)] == ["checkpoint-5"]
    assert workshop.releases.current_id() == ""

    resumed = workshop.train(resume=True)
    assert said.count("Going on after step 5.") == 1
    # What it was begun for still holds.
    assert resumed.promoted == resumed.report.promotable and resumed.release.recipe["name"] == "tuning"
    [done] = Runs(desk).all()
    assert (done.id, done.state, done.release) == (run.id, "done", resumed.release.id)
    assert checkpoints(desk) == []
    events = [event["event"] for event in read_log(done.folder / "log.jsonl")]
    assert events.count("began") == 2 and "stopped" in events and events[-1] == "ended"

    whole = workshop.train(TUNING)
    for mine, yours in zip(weights(resumed), weights(whole), strict=True):
        np.testing.assert_allclose(mine, yours, atol=1e-5)
    with pytest.raises(RequestError, match="no training to go on with"):
        workshop.train(resume=True)


def test_where_the_messages_changed_it_starts_anew(workshop: Workshop, stopped: None, said: list[str]) -> None:
    def told(number: int) -> Conversation:
        at = datetime(2026, 8, 1 + number, tzinfo=UTC)
        asked = Message(f"{number}-1", "customer", f"Parcel {number} got lost", at, "", "en", ("delivery_delay",))
        answer = Message(f"{number}-2", "agent", "It is on its way.", at + timedelta(minutes=1), "Ada", "en")
        return Conversation(f"new-{number}", (asked, answer), "tiny", "chat", f"new-customer-{number}")

    ingest(map(told, range(10)), workshop.store, workshop.settings.data)
    workshop.train(resume=True)
    assert any(line.startswith("Starting anew: the checkpoint in") for line in said)


def test_with_another_recipe_it_starts_anew(workshop: Workshop, stopped: None, desk: Home, said: list[str]) -> None:
    begun = Runs(desk).unfinished()
    outcome = workshop.train(FAST, resume=True)
    assert begun is not None and f"Starting anew: {begun.id} was begun with another recipe." in said
    assert outcome.release.recipe["name"] == "fast"
    # The first one still can go on.
    assert [run.state for run in Runs(desk).all()] == ["done", "unfinished"]
    assert workshop.train(resume=True).release.recipe["name"] == "tuning"


def test_old_runs_make_room_and_the_newest_unfinished_keeps_its_checkpoints(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    runs = Runs(home, keep=3)
    made = []
    for number in range(5):
        run = runs.new(replace(FAST, seed=number))
        (run.folder / "tiny" / f"checkpoint-{number}").mkdir(parents=True)
        made.append(run)
    assert [run.id for run in runs.all()] == [run.id for run in reversed(made[2:])]
    # Of those before the newest, only the one that was the newest when it began.
    assert sorted(path.name for path in checkpoints(home)) == ["checkpoint-3", "checkpoint-4"]
    shutil.copytree(made[4].folder, home.runs / "torn", ignore=shutil.ignore_patterns("run.json"))
    runs.new(FAST)
    assert not (home.runs / "torn").exists()
    assert runs.all()[0].asked() == FAST


def test_every_training_is_tracked_those_of_seconds_too(workshop: Workshop, desk: Home) -> None:
    outcome = workshop.train(FAST)
    [run] = Runs(desk).all()
    events = read_log(run.folder / "log.jsonl")
    assert [event["event"] for event in events] == ["began", "ended"]
    assert events[-1]["metrics"].keys() == outcome.report.after.keys()
    assert list(run.folder.glob("events.out.tfevents.*"))
