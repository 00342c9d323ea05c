"""How long a large history takes to come in, without encoding, and how much memory: ``replydesk import --no-index``.

The file is made from the demo desk's own conversations: other order numbers, names, days and customers, and words
swapped between them, so that questions and answers repeat about as often as in a real desk. Most of a million messages
are different; macros are not. The floor is the shortest script that stores the same file: it reads JSON, pairs each
customer's turn with the next agent's and inserts the pairs, and neither cleans, masks nor detects anything.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

MESSAGES = int(os.environ.get("BENCHMARK_MESSAGES", "1000000"))


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "history.jsonl"
        conversations = write(export, MESSAGES)
        figures: dict[str, Any] = {
            "messages": MESSAGES,
            "conversations": conversations,
            "megabytes": round(export.stat().st_size / 1e6),
        }
        home = Path(folder) / "home"
        command = [str(Path(sys.executable).with_name("replydesk")), "import", str(export), "--no-index", "--json"]
        for name in ("import", "import_again"):
            figures[name] = _run([*command, "--home", str(home)])
        figures["database_megabytes"] = round((home / "replydesk.db").stat().st_size / 1e6)
        figures["floor"] = _run([sys.executable, "-c", _FLOOR, str(export), str(Path(folder) / "floor.db")])
    figures["times_the_floor"] = round(figures["import"]["seconds"] / figures["floor"]["seconds"], 1)
    return figures


def write(path: Path, messages: int, seed: int = 0) -> int:
    """Write an export of about that many messages and return its conversations."""
    count = written = 0
    with path.open("w", encoding="utf-8") as file:
        for line, size in histories(seed):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count, written = count + 1, written + size
            if written >= messages:
                return count
    raise AssertionError("histories never end")


def histories(seed: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield conversations without end, each with its number of messages, the same for the same seed."""
    draw = random.Random(seed)
    told = [json.loads(line) for name in ("en", "zh") for line in _sample(f"conversations.{name}.jsonl")]
    alike = {language: [t for t in told if t["turns"][0]["lang"] == language] for language in ("en", "zh")}
    words = {
        key: [w for t in some for turn in t["turns"] for w in _words(turn["text"], key)] for key, some in alike.items()
    }
    began = datetime(2024, 1, 1, tzinfo=UTC)
    number = 0
    while True:
        language = draw.choice(("en", "zh"))
        at = began + timedelta(seconds=draw.randrange(60_000_000))
        turns = []
        for _ in range(draw.choice((1, 1, 2, 2, 3, 4))):
            for turn in draw.choice(alike[language])["turns"]:
                at += timedelta(seconds=draw.randrange(5, 600))
                text = turn["text"]
                if turn["role"] == "customer" or draw.random() < 0.6:
                    text = _told_otherwise(text, words[language], language, draw, number)
                said = {"id": f"{number}-{len(turns)}", "role": turn["role"], "text": text, "ts": at.isoformat()}
                turns.append(said | {"author": turn.get("author", "")})
        customer = f"c{draw.randrange(1 + number // 2)}"
        yield (
            {"id": f"history:{number}", "customer": customer, "channel": "chat", "tags": [], "turns": turns},
            len(turns),
        )
        number += 1


def _sample(name: str) -> list[str]:
    return resources.files("replydesk.data.samples").joinpath(name).read_text(encoding="utf-8").splitlines()


def _words(text: str, language: str) -> list[str]:
    return text.split() if language == "en" else [text[i : i + 2] for i in range(0, len(text), 2)]


def _told_otherwise(text: str, words: list[str], language: str, draw: random.Random, number: int) -> str:
    said = _words(text, language)
    for _ in range(1 + len(said) // 6):
        said[draw.randrange(len(said))] = draw.choice(words)
    kind = draw.randrange(12)
    if kind == 0:
        said.append(f"TW-{draw.randrange(10**6):06}")
    elif kind == 1:
        said.append(f"c{number}@example.com" if language == "en" else f"电话138{draw.randrange(10**8):08}")
    return (" " if language == "en" else "").join(said)


def _run(command: list[str]) -> dict[str, Any]:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    out, _ = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command[:5]} left with {process.returncode}")
    # The largest child so far: the import comes first, so it is its own.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    document = json.loads(out) if out.startswith("{") else {}
    return {
        "seconds": round(seconds, 1),
        "messages_per_second": round(MESSAGES / seconds),
        "largest_child_megabytes": round(peak),
        **({"tickets": document["tickets"]} if document else {}),
    }


_FLOOR = """
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[2])
database.execute("CREATE TABLE pair (question TEXT, answer TEXT)")
for line in open(sys.argv[1], encoding="utf-8"):
    turns = json.loads(line)["turns"]
    for asked, answered in zip(turns, turns[1:]):
        if asked["role"] == "customer" and answered["role"] == "agent":
            database.execute("INSERT INTO pair VALUES (?, ?)", (asked["text"], answered["text"]))
database.commit()
"""
