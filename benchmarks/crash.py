"""Kills a process with ``kill -9`` while it adds, removes, merges or rebuilds, and looks at what is left.

A desk of some hundred tickets, English and Chinese, is worked on by one process after another. Each does one thing
again and again until it is killed at a moment drawn at random: it adds a ticket; it removes one; it merges, which is to
train what was added and removed into the index and to save it; or it forgets the index and builds it from the store.
What the store acknowledged is written down before the next step. After each kill a new process opens the desk and
answers, which is timed; that saves the index, which is read again and checked:

- every acknowledged addition is in the store and every acknowledged removal is not (no lost write);
- the index holds exactly the tickets of the store, each under its own vector (no wrong row);
- the newest tickets are found by their questions.

``BENCHMARK_KILLS=20`` chooses how often.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

OPERATIONS = ("add", "remove", "merge", "rebuild")
KILLS = 100
_SMALL, _LARGE = 120, 400
_EXACT_BELOW = 40
_LONGEST = 0.12
"""Seconds after which a process is killed at the latest; each thing that it does takes some of them."""


class Toy:
    """An encoder that needs no model: a text's vector is drawn from its hash."""

    id, dimension = "toy", 16

    def encode(self, texts: Any) -> Any:
        seeds = (int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") for text in texts)
        rows = [np.random.default_rng(seed).normal(size=16) for seed in seeds]
        found = np.array(rows, dtype=np.float32).reshape(-1, 16)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def run() -> dict[str, Any]:
    kills = int(os.environ.get("BENCHMARK_KILLS", KILLS))
    with tempfile.TemporaryDirectory() as folder:
        # A process of its own: it forks, and must not have threads.
        command = [sys.executable, "-m", "benchmarks.crash", folder, str(kills)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def opened(home: Any) -> tuple[Any, Any]:
    from replydesk.data.store import Store
    from replydesk.retrieval.matcher import Matcher

    store, toy = Store.open(home.database), Toy()
    encoders: Any = SimpleNamespace(of=lambda _: toy, among=lambda _: [toy])
    return store, Matcher(store, encoders, ("en", "zh"), home)


def work(home: Any, told: Path, number: int, ready: int, inside: mmap.mmap) -> None:
    """Do one thing until killed. ``inside`` holds 1 while it is done, 0 in between."""
    from replydesk.data.records import Ticket

    store, matcher = opened(home)
    matcher.sync()
    draw = random.Random(number)
    mine = [ticket.id for ticket in store.tickets()]
    said = told.open("a", buffering=1)

    def add(turn: int, *, look: bool = True) -> None:
        language, question = (
            ("zh", f"第{number}批第{turn}件在哪里") if turn % 2 else ("en", f"where is {number} {turn}")
        )
        ticket = Ticket.make(question, f"answer {number} {turn}", language=language)
        store.add_ticket(ticket)
        said.write(f"+{ticket.id}\n")
        mine.append(ticket.id)
        if look:
            vector = Toy().encode([ticket.question])
            assert matcher.find("other words", language=language, k=1, vector=vector)[0].ticket == ticket

    def remove(*, look: bool = True) -> None:
        gone = mine.pop(draw.randrange(len(mine)))
        # From here on it may be gone; once it is said, it must be.
        said.write(f"?{gone}\n")
        store.remove_ticket(gone)
        said.write(f"-{gone}\n")
        if look:
            assert gone not in {hit.ticket.id for hit in matcher.find("other words", language="en", k=3)}

    operation, turn = OPERATIONS[number % len(OPERATIONS)], 0
    while True:
        while len(mine) < (_LARGE if operation == "remove" and not turn else _SMALL):
            turn += 1
            add(turn, look=False)
        while len(mine) > _LARGE:
            remove(look=False)
        if operation == "merge":
            for _ in range(len(mine) // 7):
                turn += 1
                add(turn, look=False)
                remove(look=False)
        turn += 1
        if ready >= 0:
            os.close(ready)
            ready = -1
        inside[0] = 1
        if operation == "add":
            add(turn)
        elif operation == "remove":
            remove()
        elif operation == "merge":
            matcher.sync()
        else:
            matcher.rebuild()
            matcher.sync()
        inside[0] = 0


def look(home: Any, told: Path, operation: str, answer: int) -> None:
    """Open the desk, answer once, and check that it is whole."""
    from replydesk.data.errors import VectorIndexError
    from replydesk.retrieval.vectors.index import FaissIndex

    saved = "none"
    if (home.indexes / "toy" / "manifest.json").exists():
        try:
            found = FaissIndex.load(home.indexes / "toy", "toy")
            saved = "exact" if found.compressed is None else "compressed"
            assert not found.fallen_back, "a torn generation"
        except VectorIndexError:
            # Half deleted: it is built again.
            assert operation == "rebuild", "a torn generation"
            saved = "none"
    began = time.perf_counter()
    store, matcher = opened(home)
    matcher.find("where is it", language="en", k=3)
    seconds = time.perf_counter() - began
    # The first search saves what it had to learn.
    index, tickets = FaissIndex.load(home.indexes / "toy", "toy"), {ticket.id: ticket for ticket in store.tickets()}
    assert index.keys() == tickets.keys(), "not the store"
    last = {line[1:]: line[0] for line in told.read_text().split()}
    assert not [key for key, said in last.items() if said == ("-" if key in tickets else "+")], "a lost write"
    for ticket in tickets.values():
        ((name, cosine),) = index.search(Toy().encode([ticket.question]), 1)[0]
        assert name == ticket.id and cosine > 0.99, "a wrong row"
    for ticket in list(tickets.values())[-3:]:
        assert matcher.find(ticket.question, language=ticket.language, k=1)[0].ticket == ticket, "not found"
    figures = {"seconds": seconds, "tickets": len(tickets), "change": store.latest_change(), "saved": saved}
    os.write(answer, json.dumps(figures).encode())


def child(task: Callable[[], None]) -> int:
    process = os.fork()
    if process == 0:
        try:
            task()
            os._exit(0)
        finally:
            # Never back into the parent's code.
            traceback.print_exc()
            os._exit(1)
    return process


def killed(folder: Path, kills: int) -> dict[str, Any]:
    """Kill so often, and return what was seen. Raises :class:`RuntimeError` when a desk is not whole."""
    # All that children need is loaded once, here.
    import alembic.command  # noqa: F401
    import faiss  # noqa: F401

    from replydesk.data.home import Home
    from replydesk.data.store import Store  # noqa: F401
    from replydesk.retrieval.vectors.index import FaissIndex

    load: Any = FaissIndex.load
    for made in (FaissIndex.__init__, load.__func__):
        made.__kwdefaults__["exact_below"] = _EXACT_BELOW
    home, told, draw = Home(folder).create(), folder / "told", random.Random(7)
    inside, seen, within = mmap.mmap(-1, 1), [], dict.fromkeys(OPERATIONS, 0)
    for number in range(kills):
        inside[0] = 0
        ready, begun = os.pipe()
        process = child(lambda: work(home, told, number, begun, inside))  # noqa: B023
        os.close(begun)
        os.read(ready, 1)
        os.close(ready)
        time.sleep(_LONGEST * draw.random())
        os.kill(process, signal.SIGKILL)
        if not os.WIFSIGNALED(os.waitpid(process, 0)[1]):
            raise RuntimeError(f"Process {number} ended by itself.")
        within[OPERATIONS[number % len(OPERATIONS)]] += inside[0]
        answer, told_here = os.pipe()
        process = child(lambda: look(home, told, OPERATIONS[number % 4], told_here))  # noqa: B023
        os.close(told_here)
        with os.fdopen(answer) as line:
            found = line.read()
        if os.waitpid(process, 0)[1] != 0:
            raise RuntimeError(f"After kill {number} the desk was not whole.")
        seen.append(json.loads(found))
    seconds = sorted(look["seconds"] for look in seen)
    return {
        "kills": kills,
        "killed_within": within,
        "not_whole": 0,
        "saved_when_killed": {
            kind: sum(look["saved"] == kind for look in seen) for kind in ("none", "exact", "compressed")
        },
        "tickets_at_the_end": seen[-1]["tickets"],
        "changes": seen[-1]["change"],
        "restart_ms": {"p50": round(1000 * statistics.median(seconds), 1), "worst": round(1000 * seconds[-1], 1)},
    }


if __name__ == "__main__":
    print(json.dumps(killed(Path(sys.argv[1]), int(sys.argv[2]))))
