"""Crashes: killed while it adds, removes, trains or saves, an index is whole and knows what the store knows."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

KILLS = 30

# The parent loads everything once; every child is a process of its own that works until it is killed from outside.
KILLED = """
    import hashlib, os, random, signal, sys, threading, time
    from pathlib import Path
    from types import SimpleNamespace

    import alembic.command, faiss
    import numpy as np
    from replydesk.data.home import Home
    from replydesk.data.records import Ticket
    from replydesk.data.store import Store
    from replydesk.retrieval import matcher as module
    from replydesk.retrieval.index import FaissIndex

    home, kills = Home(Path(sys.argv[1])).create(), int(sys.argv[2])
    told = home.folder / "told"
    for made in (FaissIndex.__init__, FaissIndex.load.__func__):
        made.__kwdefaults__["exact_below"] = 40
    module._UNSAVED = 5

    class Encoder:
        id, dimension = "toy", 16

        def encode(self, texts):
            seeds = (int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "big") for t in texts)
            rows = [np.random.default_rng(seed).normal(size=16) for seed in seeds]
            rows = np.array(rows, dtype=np.float32).reshape(-1, 16)
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encoder = Encoder()
    encoders = SimpleNamespace(of=lambda language: encoder, among=lambda languages: [encoder])

    def opened():
        store = Store.open(home.database)
        return store, module.Matcher(store, encoders, ("en",), home)

    def work(number):
        store, matcher = opened()
        draw = random.Random(number)
        mine = [ticket.id for ticket in store.tickets()]
        with told.open("a", buffering=1) as said:
            for turn in range(10_000):
                if draw.random() < 0.6 or len(mine) < 60:
                    ticket = Ticket.make(f"question {number} {turn}", f"answer {number} {turn}", language="en")
                    store.add_ticket(ticket)
                    said.write(f"+{ticket.id}\\n")
                    mine.append(ticket.id)
                    vector = encoder.encode([ticket.question])
                    assert matcher.find("other words", language="en", k=1, vector=vector)[0].ticket == ticket
                else:
                    gone = mine.pop(draw.randrange(len(mine)))
                    # From here on it may be gone; once it is said, it must be.
                    said.write(f"?{gone}\\n")
                    store.remove_ticket(gone)
                    said.write(f"-{gone}\\n")
                    hits = matcher.find("other words", language="en", k=3)
                    assert gone not in {hit.ticket.id for hit in hits}
                if draw.random() < 0.05:
                    matcher.sync()

    def look():
        # Where an index stands it is whole, and with the journal it is the store.
        saved = None
        if (home.indexes / "toy" / "manifest.json").exists():
            saved = FaissIndex.load(home.indexes / "toy", "toy")
            assert not saved.fallen_back
        store, matcher = opened()
        began = time.perf_counter()
        matcher.sync(save=False)
        assert time.perf_counter() - began < 5
        index, tickets = matcher._indexes._vectors["toy"], {ticket.id: ticket for ticket in store.tickets()}
        assert index.keys() == tickets.keys(), "not the store"
        for line in told.read_text().split() if told.exists() else ():
            last[line[1:]] = line[0]
        assert not [key for key, said in last.items() if said == ("-" if key in tickets else "+")], "lost"
        for ticket in tickets.values():
            ((name, cosine),) = index.search(encoder.encode([ticket.question]), 1)[0]
            assert name == ticket.id and cosine > 0.99, "a wrong row"
        sizes = saved and (len(saved), saved.compressed is not None)
        print(store.latest_change(), sizes, flush=True)

    def child(work, *arguments):
        process = os.fork()
        if process == 0:
            try:
                work(*arguments)
                os._exit(0)
            except BaseException:
                import traceback
                traceback.print_exc()
                os._exit(1)
        return process

    last = {}
    draw = random.Random(7)
    for number in range(kills):
        process = child(work, number)
        time.sleep(0.1 + 0.3 * draw.random())
        os.kill(process, signal.SIGKILL)
        status = os.waitpid(process, 0)[1]
        assert os.WIFSIGNALED(status), "it ended by itself"
        assert os.waitpid(child(look), 0)[1] == 0
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="A kill -9 needs a system that has it.")
def test_an_index_killed_anywhere_is_whole_and_catches_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == KILLS
    assert len(set(lines)) > KILLS / 2, lines
    # Exact in the beginning, or not there yet, and compressed in the end.
    assert lines[-1].endswith("True)"), lines
