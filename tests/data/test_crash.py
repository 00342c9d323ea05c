"""Crashes: killed anywhere, or on a full disk, an import run again gives the store of one clean run."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.ingest import ingest
from replydesk.data.readers import read, write, write_ticket
from replydesk.data.records import Conversation, Message, Ticket
from replydesk.data.settings import DataSettings
from replydesk.data.store import Store

Content = Callable[[Store], dict[str, list[tuple[Any, ...]]]]

KILLS = 20

# The parent loads everything once; every child is a process of its own that imports and is killed from outside.
KILLED = """
    import os, random, signal, sys, time
    from pathlib import Path

    import alembic.command
    from replydesk.data.ingest import ingest
    from replydesk.data.readers import read
    from replydesk.data.settings import DataSettings
    from replydesk.data.store import Store

    export, folder, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

    def child(name):
        process = os.fork()
        if process == 0:
            store = Store.open(f"sqlite:///{folder / name}")
            ingest(read(export).items, store, DataSettings())
            store.close()
            os._exit(0)
        return process

    # What is loaded here needs no loading in every child.
    ingest(read(export).items, None, DataSettings())
    began = time.perf_counter()
    assert os.waitpid(child("warm.db"), 0)[1] == 0
    whole = time.perf_counter() - began
    draw = random.Random(600)
    for number in range(kills):
        process = child(f"{number}.db")
        time.sleep(whole * (number + draw.random()) / kills)
        os.kill(process, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(process, 0)[1])
        had = ""
        if killed:
            # A look at the torn store, in a process of its own: what is there is there in whole batches.
            reader, writer = os.pipe()
            look = os.fork()
            if look == 0:
                store = Store.open(f"sqlite:///{folder / f'{number}.db'}")
                os.write(writer, f"{store.counts()['conversations']} {len(store.check())}".encode())
                os._exit(0)
            os.close(writer)
            os.waitpid(look, 0)
            had = os.read(reader, 100).decode()
            os.close(reader)
        began = time.perf_counter()
        assert os.waitpid(child(f"{number}.db"), 0)[1] == 0
        if not had or had.startswith("0"):
            # A whole import once more: other work on this machine makes it take longer, or no longer.
            whole = (whole + time.perf_counter() - began) / 2
        print(int(killed), had or 0, flush=True)
"""


def desk() -> list[str]:
    """Return an export of 600 conversations and 60 canned answers in both languages, many of them alike."""
    draw = random.Random(1)
    began = datetime(2026, 3, 1, tzinfo=UTC)
    lines = []
    for n in range(600):
        at = began + timedelta(minutes=draw.randrange(10_000))
        said = [
            draw.choice(["Hi", "在吗", f"Where is order TW-{n:06}?", f"我的第{n}个包裹呢"]),
            draw.choice(["Hello", "在的", "It comes tomorrow.", "明天到"]),
            f"mail me at c{n}@example.com" if n % 2 else f"打我手机 138{n:08}",
            draw.choice(["Done.", "好的"]),
        ]
        messages = tuple(
            Message(f"{n}-{i}", "agent" if i % 2 else "customer", text, at + timedelta(minutes=i), f"a{n % 5}")
            for i, text in enumerate(said)
        )
        told = Conversation(f"c{n}", messages, customer=f"customer {n % 90}", tags=(f"t{n % 3}",))
        lines.append(json.dumps(write(told), ensure_ascii=False))
    tickets = [Ticket.make(f"{word} {n}?", f"{n}", source="canned") for n in range(30) for word in ("Where", "哪里")]
    lines += [json.dumps(write_ticket(ticket), ensure_ascii=False) for ticket in tickets]
    # The last line of a conversation that is there says something else: the later one holds.
    return [*lines, lines[7].replace("mail me", "write to me")]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crash") / "export.jsonl"
    path.write_text("\n".join(desk()) + "\n", encoding="utf-8")
    return path


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="A kill -9 needs a system that has it.")
def test_an_import_killed_anywhere_and_run_again_is_one_clean_run(
    export: Path, tmp_path: Path, content: Content
) -> None:
    clean = Store.open(f"sqlite:///{tmp_path / 'clean.db'}")
    result = ingest(read(export).items, clean, DataSettings())
    assert (result.conversations, clean.counts()["conversations"]) == (601, 600)
    expected = content(clean)
    clean.close()
    done = python(KILLED, export, tmp_path, KILLS)
    assert done.returncode == 0, done.stderr
    told = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    assert len(told) == KILLS
    killed = [(found[1], found[2]) for found in told if found[0]]
    assert len(killed) >= KILLS / 2, told
    assert all(problems == 0 for _, problems in killed)
    assert {had for had, _ in killed} <= {0, 200, 400, 600}
    assert len({had for had, _ in killed}) >= 2, told
    for number in range(KILLS):
        store = Store.open(f"sqlite:///{tmp_path / f'{number}.db'}")
        assert content(store) == expected, number
        # The journal leads an index to the same tickets.
        changes = store.changes_after(0)
        assert set(changes.added) == {ticket.id for ticket in store.tickets()}
        store.close()


LIMITED = """
    import resource, sys
    from pathlib import Path

    from replydesk.data.errors import StoreError
    from replydesk.data.ingest import ingest
    from replydesk.data.readers import read
    from replydesk.data.settings import DataSettings
    from replydesk.data.store import Store

    store = Store.open(f"sqlite:///{sys.argv[2]}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    try:
        ingest(read(Path(sys.argv[1])).items, store, DataSettings())
    except StoreError as error:
        print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [150_000, 400_000])
def test_a_file_that_may_not_grow_stops_the_import_and_loses_nothing(
    export: Path, tmp_path: Path, content: Content, size: int
) -> None:
    path = tmp_path / "desk.db"
    store = Store.open(f"sqlite:///{path}")
    ingest(
        [Conversation("before", (Message("1", "customer", "还在吗"), Message("2", "agent", "在的")))],
        store,
        DataSettings(),
    )
    before = list(store.conversations())
    store.close()
    done = python(LIMITED, export, path, size)
    assert done.stdout.startswith("The disk "), done.stderr
    assert "what was stored before is safe" in done.stdout
    store = Store.open(f"sqlite:///{path}")
    assert store.check() == []
    assert [c for c in store.conversations() if c.id == "before"] == before
    ingest(read(export).items, store, DataSettings())
    store.close()
    clean = Store.open(f"sqlite:///{tmp_path / 'clean.db'}")
    ingest([*before, *read(export).items], clean, DataSettings())
    again = Store.open(f"sqlite:///{path}")
    assert content(again) == content(clean)
    again.close()
    clean.close()


def test_a_database_that_is_full_stops_the_import_and_loses_nothing(
    export: Path, tmp_path: Path, content: Content
) -> None:
    from replydesk.data.errors import StoreError

    store = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
    with store._read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 140")
    with pytest.raises(StoreError, match=r"^The disk is full\. Free some space"):
        ingest(read(export).items, store, DataSettings())
    held = store.counts()["conversations"]
    assert held in (200, 400)
    assert store.check() == []
    with store._read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    result = ingest(read(export).items, store, DataSettings())
    assert result.added.conversations_new == 600 - held
    clean = Store.open(f"sqlite:///{tmp_path / 'clean.db'}")
    ingest(read(export).items, clean, DataSettings())
    assert content(store) == content(clean)
    store.close()
    clean.close()
