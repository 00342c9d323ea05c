"""From an export of 10,000 tickets to the release that answers: ``replydesk retrain EXPORT``, recipe ``quick``.

The export is our own JSON Lines, made in a scratch folder from the data in ``REPLYDESK_DATASETS``. Half of the tickets
are messages of BANKING77, each a conversation with its intent and one of three answers written for that intent. The
others are real exchanges of TweetSumm, dialogue by dialogue, and of TWCS, without intents. The home is empty before.

It runs the command itself, in this process, and says how many seconds passed in each stage; ``start`` is what remains:
libraries, opening the store, progress. Beside the seconds stand those that all threads worked: on a machine that does
other work, too, these say more. ``BENCHMARK_ROWS`` makes it quick; ``BENCHMARK_PROFILE`` names a file for what
cProfile finds, which makes it slower.
"""

from __future__ import annotations

import cProfile
import csv
import importlib
import io
import json
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks._datasets import datasets
from benchmarks.near_duplicates import rows

TICKETS = 10_000
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
STAGES = {
    "import": "replydesk.finetune.retrain.ingest",
    "curation": "replydesk.finetune.retrain.curate",
    "index": "replydesk.retrieval.matcher.Matcher.sync",
    "examples": "replydesk.finetune.retrain.collect",
    "encoders": "replydesk.finetune.retrain.make_encoders",
    "training": "replydesk.finetune.retrain.make_release",
    "training: intents": "replydesk.finetune.train.read_unseen",
    "training: scorer": "replydesk.finetune.train.fit_scorer",
    "training: late interaction": "replydesk.finetune.train.fit_late",
    "training: speller": "replydesk.finetune.train.choose_speller",
    "judging": "replydesk.finetune.retrain.judge",
    "judging: replies": "replydesk.finetune.evaluation.judge.replies_of",
    "judging: noise": "replydesk.finetune.evaluation.judge._under_noise",
    "judging: floor": "replydesk.finetune.evaluation.judge._floor",
    "gate": "replydesk.finetune.evaluation.judge.gate",
    "saving": "replydesk.dialog.releases.Releases.save",
    "promotion": "replydesk.dialog.releases.Releases.promote",
}


class Stages:
    """The seconds of nested stages, each without those of the stages inside it; and those of all threads at work."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.worked: Counter[str] = Counter()
        self._open: list[str] = []
        self._since = (0.0, 0.0)

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return what calls it and counts its time to that stage."""

        def timed(*args: Any, **words: Any) -> Any:
            with self.stage(name):
                return call(*args, **words)

        return timed

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what passes inside to that stage."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _turn(self) -> None:
        now = (time.perf_counter(), time.process_time())
        if self._open:
            self.seconds[self._open[-1]] += now[0] - self._since[0]
            self.worked[self._open[-1]] += now[1] - self._since[1]
        self._since = now


def run() -> dict[str, Any]:
    count = int(os.environ.get("BENCHMARK_ROWS", TICKETS))
    profile = os.environ.get("BENCHMARK_PROFILE")
    stages = Stages()
    with tempfile.TemporaryDirectory() as scratch:
        export = Path(scratch) / "export.jsonl"
        conversations, messages = write_export(export, count)
        profiler = cProfile.Profile() if profile else None
        with stages.stage("start"), profiler or nullcontext():
            outcome = retrain(export, Path(scratch) / "home", stages)
        if profiler is not None and profile:
            profiler.dump_stats(profile)
    after = outcome["report"]["after"]["en"]
    intents = after.get("intents", {})
    return {
        "tickets": outcome["import"]["tickets"]["new"],
        "conversations": conversations,
        "with_intents": messages,
        "trained_on": outcome["report"]["data"]["train"],
        "judged_by": outcome["report"]["data"]["test"],
        "threads": int(os.environ.get("OMP_NUM_THREADS", 0)) or len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "promoted": outcome["promoted"],
        "seconds": round(stages.seconds.total(), 1),
        "processor_seconds": round(stages.worked.total(), 1),
        "stages": {
            name: [round(stages.seconds[name], 1), round(stages.worked[name], 1)] for name in ("start", *STAGES)
        },
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "accuracy": round(intents.get("accuracy", 0.0), 4),
        "best_hit_right": round(after["replies"]["best_hit_right"], 4),
        "out_of_scope_auroc": round(after.get("out_of_scope", {}).get("auroc", 0.0), 4),
        "reasons": outcome["reasons"],
    }


def retrain(export: Path, home: Path, stages: Stages) -> dict[str, Any]:
    """Run the command in this process with its stages timed, and return its document."""
    from replydesk.ui.cli import app

    patches = []
    for name, path in STAGES.items():
        owner, _, attribute = path.rpartition(".")
        try:
            thing: Any = importlib.import_module(owner)
        except ModuleNotFoundError:
            module, _, kind = owner.rpartition(".")
            thing = getattr(importlib.import_module(module), kind)
        patches.append(patch.object(thing, attribute, stages.timed(name, getattr(thing, attribute))))
    told = io.StringIO()
    for one in patches:
        one.start()
    try:
        with redirect_stdout(told):
            app(["retrain", str(export), "--recipe", "quick", "--home", str(home), "--json"], standalone_mode=False)
    finally:
        for one in patches:
            one.stop()
    document: dict[str, Any] = json.loads(told.getvalue())
    return document


def write_export(path: Path, tickets: int) -> tuple[int, int]:
    """Write an export of about that many exchanges; return how many conversations and labelled messages it has."""
    every = [*labelled(tickets // 2), *real(tickets - tickets // 2)]
    # The newest conversations are the test part, so both kinds must come all the time.
    lines = [every[row] for row in np.random.default_rng(1).permutation(len(every))]
    with path.open("w", encoding="utf-8") as file:
        for number, (turns, intent) in enumerate(lines):
            at = BEGAN + timedelta(minutes=45 * number)
            document = {"id": f"c{number}", "source": "export", "customer": f"u{number}", "turns": []}
            for place, (role, text) in enumerate(turns):
                turn: dict[str, Any] = {"id": f"c{number}-{place}", "role": role, "text": text}
                turn["ts"] = (at + timedelta(minutes=place)).isoformat()
                if intent and not place:
                    turn["intents"] = [intent]
                document["turns"].append(turn)  # type: ignore[attr-defined]
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
    return len(lines), sum(bool(intent) for _, intent in lines)


def labelled(count: int) -> list[tuple[list[tuple[str, str]], str]]:
    """Return conversations of one exchange: messages of BANKING77, drawn by chance, and an answer for their intent."""
    with (datasets() / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        every = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    random = np.random.default_rng(0)
    made: list[tuple[list[tuple[str, str]], str]] = []
    for row in random.permutation(len(every))[:count]:
        text, intent = every[row]
        about = intent.replace("_", " ")
        answer = (
            f"Open the app and choose Help, then {about}; there you see what to do next, step by step.",
            f"Thanks for asking about {about}. Our article on it in the help centre has all limits, fees and times.",
            f"Sorry for the trouble with {about}. Send us the last four digits of the card and we look at it today.",
        )[random.integers(3)]
        made.append(([("customer", text), ("agent", answer)], intent))
    return made


def real(count: int) -> list[tuple[list[tuple[str, str]], str]]:
    """Return real conversations with about so many exchanges between them: TweetSumm's dialogues, then TWCS' pairs."""
    folder = datasets() / "prepared"
    made: list[tuple[list[tuple[str, str]], str]] = []
    dialogues: dict[str, list[tuple[str, str]]] = {}
    left = count
    for row in rows(folder / "tweetsumm_pairs.jsonl"):
        if left > 0:
            dialogues.setdefault(row["dialog"], []).extend([("customer", row["context"][-1]), ("agent", row["reply"])])
            left -= 1
    made += [(turns, "") for turns in dialogues.values()]
    for row in rows(folder / "twcs_pairs.jsonl"):
        if left > 0:
            made.append(([("customer", row["query"]), ("agent", row["reply"])], ""))
            left -= 1
    return made
