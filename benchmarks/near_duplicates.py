"""Which threshold tells near-duplicates, on pairs labelled by hand, edited pairs and JDDC's graded ones; and the speed.

The texts are real ones from the folder in ``REPLYDESK_DATASETS``. They are not part of the project: the labels in
``labels/near_duplicates.csv`` name them by the hash of their cleaned text.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks._datasets import datasets
from replydesk.data.duplicates import likeness, near_duplicates
from replydesk.data.records import content_id
from replydesk.data.text import clean

THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
MANY = 500_000
LABELS = Path(__file__).parent / "labels" / "near_duplicates.csv"

Pairs = list[tuple[float, bool]]

# What customers and agents do to a text without saying anything else.
EDITS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "greeting": (lambda t: f"Hi there, {t}", lambda t: f"你好，{t}"),
    "signature": (lambda t: f"{t} -Robbie", lambda t: f"{t} 谢谢"),
    "case, width, marks": (
        lambda t: t.upper().rstrip(".?!") + "!!",
        lambda t: t.replace("，", " ").rstrip("？。?") + "？？",
    ),
    "a typo": (lambda t: t[: len(t) // 2] + t[len(t) // 2 + 1 :], lambda t: t[: len(t) // 2] + t[len(t) // 2 + 1 :]),
}
# And what makes it say something else.
CHANGES: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "another number": (lambda t: f"{t} It takes 14 days.", lambda t: f"{t}需要7天"),
    "a denial": (lambda t: f"No, {t}", lambda t: f"{t}不行"),
}


def run() -> dict[str, Any]:
    texts = pools()
    figures: dict[str, Any] = {
        "labelled_by_hand": labelled(texts),
        "edited": edited(texts),
        "jddc_graded": graded(),
    }
    command = [sys.executable, "-c", "from benchmarks.near_duplicates import speed; speed()"]
    figures["at_size"] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return figures


def pools() -> dict[str, list[str]]:
    """Return the different cleaned texts, sorted: English customers' and agents', Chinese customers' and dialogues."""
    folder = datasets() / "prepared"
    found: dict[str, set[str]] = {"en question": set(), "en answer": set(), "zh question": set(), "zh answer": set()}
    for name in ("twcs_pairs", "tweetsumm_pairs"):
        for row in rows(folder / f"{name}.jsonl"):
            found["en question"].add(clean(row.get("query") or row["context"][-1]))
            found["en answer"].add(clean(row["reply"]))
    for name in ("dev", "test"):
        found["zh question"].update(clean(row["text"]) for row in rows(folder / f"jddc_retrieval_{name}.jsonl"))
    for row in rows(folder / "crosswoz_dialogs.jsonl"):
        found["zh answer"].update(clean(turn["text"]) for turn in row["turns"])
    return {name: sorted(filter(None, texts)) for name, texts in found.items()}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def labelled(texts: dict[str, list[str]]) -> dict[str, Any]:
    """Score the pairs that a person read and judged: can one stand for the other?"""
    named = {content_id(text)[:16]: text for pool in texts.values() for text in pool}
    pairs: dict[str, Pairs] = {"en": [], "zh": []}
    with LABELS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            alike = likeness(named[row["first"]], named[row["second"]])
            pairs[row["texts"][:2]].append((alike, row["same"] == "1"))
    return {language: table(found) for language, found in pairs.items()}


def edited(texts: dict[str, list[str]]) -> dict[str, Any]:
    """Score pairs of a real text with an edited one."""
    drawn = random.Random(20260301)
    figures = {}
    for place, language in enumerate(("en", "zh")):
        long = [text for text in texts[f"{language} question"] if 30 // (1 + place) <= len(text) <= 200]
        chosen = drawn.sample(long, 1000)
        figures[language] = {
            kind: {
                str(threshold): round(sum(value >= threshold for value in values) / len(values), 3)
                for threshold in THRESHOLDS
            }
            for kind, edits in {**EDITS, **CHANGES}.items()
            for values in [[likeness(text, edits[place](text)) for text in chosen]]
        }
    return figures


def graded() -> dict[str, Any]:
    """Score JDDC's pairs, graded 1 to 5: 4 and 5 mean the same, mostly in other words, so few can be found."""
    pairs: Pairs = []
    for part in ("dev", "test"):
        for line in (datasets() / "jddc" / part / "sts.txt").read_text(encoding="utf-8").splitlines():
            grade, first, second = line.split("\t")
            pairs.append((likeness(clean(first), clean(second)), int(grade) >= 4))
    return table(pairs)


def table(pairs: Pairs) -> dict[str, Any]:
    """Return, for each threshold, how many pairs reach it, how many of these are the same, and what share that is."""
    same = sum(label for _, label in pairs)
    figures: dict[str, Any] = {"pairs": len(pairs), "same": same}
    for threshold in THRESHOLDS:
        found = [label for value, label in pairs if value >= threshold]
        precision = round(sum(found) / len(found), 3) if found else None
        figures[str(threshold)] = {"found": len(found), "precision": precision, "recall": round(sum(found) / same, 3)}
    return figures


def speed() -> None:
    """Print how long 500,000 texts of some 115 characters take, and what memory, in a process of its own."""
    pool = [text for texts in pools().values() for text in texts]
    words = [word for text in pool for word in text.split()]
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    size = sum(len(text) for _, text in made(pool, words))
    making = time.perf_counter() - began
    began = time.perf_counter()
    found = near_duplicates(made(pool, words))
    spent = time.perf_counter() - began - making
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "texts": MANY, "characters_a_text": round(size / MANY), "near_duplicates": len(found),
        "seconds": round(spent, 1), "peak_megabytes": round((peak - held) / 1024),
    }))  # fmt: skip


def made(pool: list[str], words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield texts of which one in five stands as it is and the others have six words more."""
    drawn = random.Random(20260301)
    for _ in range(MANY):
        text = drawn.choice(pool)
        if drawn.random() < 0.8:
            parts = text.split()
            for _ in range(6):
                parts.insert(drawn.randrange(len(parts) + 1), drawn.choice(words))
            text = " ".join(parts)
        yield f"{drawn.getrandbits(128):032x}", text
