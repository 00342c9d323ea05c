"""A desk that changes while it is searched: 100 additions and 50 searches a second for 20 seconds.

First the vector index alone, with a million vectors (made as in ``vectors``): one thread adds and one searches, each on
its own clock, so that what is late does not wait for the others; every tenth addition is removed again. After each
change the next search must show it. Then the whole matcher over a store with 1,000 real texts: tickets are written to
the database, and each search is for the newest one, which it must encode and find.

``BENCHMARK_SECONDS`` and ``BENCHMARK_SIZES`` choose otherwise; ``BENCHMARK_KEEP=FOLDER`` uses what ``vectors`` left
there.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.vectors import apart, encoded, real_texts, split, spread

SIZE = 1_000_000
SECONDS = 20
ADDED, SEARCHED = 100, 50
TEXTS = 1_000


def run() -> dict[str, Any]:
    size = int(os.environ.get("BENCHMARK_SIZES", SIZE))
    keep = os.environ.get("BENCHMARK_KEEP")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "real.npy").exists():
            np.save(folder / "real.npy", encoded(real_texts()))
        apart("build", str(folder), size)
        return {
            "seconds": seconds(),
            "vectors": {"size": size} | apart("vectors", str(folder), size, module="churn"),
            "matcher": {"size": TEXTS} | apart("matcher", temporary, TEXTS, module="churn"),
        }


def seconds() -> float:
    return float(os.environ.get("BENCHMARK_SECONDS", SECONDS))


def paced(rate: int, stop: float, step: Callable[[int], None], times: list[float], late: list[float]) -> None:
    """Call ``step`` so many times a second until ``stop``; note what each took, and when it ended after its turn."""
    began, number = time.perf_counter(), 0
    while (due := began + number / rate) < stop:
        time.sleep(max(0.0, due - time.perf_counter()))
        start = time.perf_counter()
        step(number)
        end = time.perf_counter()
        times.append(1000 * (end - start))
        late.append(1000 * (end - due))
        number += 1


def together(steps: dict[str, tuple[int, Callable[[int], None]]]) -> dict[str, Any]:
    """Run each step in a thread of its own at its own rate, and say how that went."""
    began = time.perf_counter()
    stop, ended = began + seconds(), dict.fromkeys(steps, 0.0)
    took: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in steps}
    faults: list[BaseException] = []

    def guarded(name: str) -> None:
        try:
            paced(steps[name][0], stop, steps[name][1], *took[name])
            ended[name] = time.perf_counter()
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=guarded, args=(name,)) for name in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return {
        name: {
            "wanted_a_second": steps[name][0],
            "done_a_second": round(len(times) / max(seconds(), ended[name] - began), 1),
            "ms": spread(times),
            "ms_after_its_turn": spread(late),
        }
        for name, (times, late) in took.items()
    }


def vectors(folder: str, size: int) -> dict[str, Any]:
    from replydesk.data.records import content_id
    from replydesk.retrieval.vectors.index import FaissIndex

    queries, source = split(Path(folder))
    index = FaissIndex.load(Path(folder) / str(size), "benchmark")
    draw = np.random.default_rng(5)
    seen: dict[str, list[float]] = {"added": [], "removed": []}

    def change(number: int) -> None:
        row = source[draw.integers(len(source))] + 0.3 * draw.standard_normal(source.shape[1], dtype=np.float32) / 20
        row = (row / np.linalg.norm(row)).astype(np.float32)[None]
        key = content_id(f"churn {number}")
        began = time.perf_counter()
        index.add([key], row)
        assert index.search(row, 1)[0][0][0] == key
        seen["added"].append(1000 * (time.perf_counter() - began))
        if number % 10 == 0:
            began = time.perf_counter()
            index.remove([key])
            assert index.search(row, 1)[0][0][0] != key
            seen["removed"].append(1000 * (time.perf_counter() - began))

    def search(number: int) -> None:
        assert len(index.search(queries[number % len(queries)][None], 10)[0]) == 10

    figures = together({"additions": (ADDED, change), "searches": (SEARCHED, search)})
    return figures | {f"{what}_and_seen_ms": spread(times) for what, times in seen.items()}


def matcher(folder: str, count: int) -> dict[str, Any]:
    from replydesk.data.home import Home
    from replydesk.data.records import Ticket
    from replydesk.data.settings import RetrievalSettings
    from replydesk.data.store import Store
    from replydesk.retrieval.encoders.encoders import Encoders
    from replydesk.retrieval.matcher import Matcher

    texts = real_texts()
    tickets = [Ticket.make(text, f"answer {number}", language="en") for number, text in enumerate(texts)]
    home = Home(Path(folder) / "home").create()
    store = Store.open(home.database)
    store.add_tickets(tickets[:count])
    desk = Matcher(store, Encoders(RetrievalSettings()), ("en",), home)
    desk.sync()
    fresh, newest = iter(tickets[count:]), tickets[0]
    removed: list[float] = []

    def change(_number: int) -> None:
        nonlocal newest
        ticket = next(fresh)
        store.add_ticket(ticket)
        newest = ticket

    def search(_number: int) -> None:
        wanted = newest
        hits = desk.find(wanted.question, language="en", k=3)
        assert wanted.id in {hit.ticket.id for hit in hits if hit.exact}

    figures = together({"additions": (ADDED, change), "searches_for_the_newest": (SEARCHED, search)})
    for ticket in tickets[:50]:
        began = time.perf_counter()
        store.remove_ticket(ticket.id)
        assert ticket.id not in {hit.ticket.id for hit in desk.find(ticket.question, language="en", k=3)}
        removed.append(1000 * (time.perf_counter() - began))
    return figures | {"removed_and_seen_ms": spread(removed)}
