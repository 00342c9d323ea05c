"""How well curation judges: boilerplate, planted contradictions, weak intents; and its time and memory at size.

Real answers come from the folder in ``REPLYDESK_DATASETS``. They are not part of the project: the labels in
``labels/boilerplate.csv`` name them by the hash of their cleaned text. Everything else is the demo desk.
"""

from __future__ import annotations

import csv
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks._datasets import datasets
from benchmarks.near_duplicates import rows
from replydesk.data.curation import curate
from replydesk.data.curation.boilerplate import boilerplate
from replydesk.data.curation.facts import disagreement, facts
from replydesk.data.curation.templates import slot_form, wordy
from replydesk.data.curation.weak import weak_intents
from replydesk.data.duplicates import near_duplicates
from replydesk.data.ingest import ingest
from replydesk.data.readers import read
from replydesk.data.records import Ticket, content_id
from replydesk.data.settings import DataSettings
from replydesk.data.store import Store
from replydesk.data.text import clean, tokens

MANY = 500_000
HERE = Path(__file__).parent


def run() -> dict[str, Any]:
    tickets = demo()
    command = [sys.executable, "-c", "from benchmarks.curation import size; size()"]
    return {
        "boilerplate": {"invented": invented(), "real": real()},
        "answers_of_one_form": forms(),
        "contradictions": {"planted": planted(tickets), "other questions": other_questions(tickets)},
        "weak_intents": {f"{hidden:g} hidden": weak(tickets, hidden) for hidden in (0.5, 0.8, 0.9)},
        "at_size": json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout),
    }


def demo() -> list[Ticket]:
    store = Store.open("sqlite://")
    folder = resources.files("replydesk.data.samples")
    for name in ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl"):
        with resources.as_file(folder / name) as path:
            ingest(read(path).items, store, DataSettings())
    return list(store.tickets())


def answers() -> Iterator[str]:
    for name in ("twcs_pairs", "tweetsumm_pairs"):
        for row in rows(datasets() / "prepared" / f"{name}.jsonl"):
            yield clean(unescape(row["reply"]))


def judged(labelled: Iterable[tuple[str, bool]]) -> dict[str, float]:
    counts = Counter((bool(boilerplate(answer)), empty) for answer, empty in labelled)
    right, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    return {
        "answers": counts.total(),
        "withheld": right + wrong,
        "precision": round(right / (right + wrong), 3),
        "recall": round(right / (right + missed), 3),
    }


def invented() -> dict[str, Any]:
    lines = (HERE.parent / "tests" / "data" / "curation" / "boilerplate.txt").read_text(encoding="utf-8").splitlines()
    labelled = [(line[2:], line[0] == "-") for line in lines if line[:2] in ("- ", "+ ")]
    english = [pair for pair in labelled if not re.search("[一-鿿]", pair[0])]
    return {"en": judged(english), "zh": judged(pair for pair in labelled if pair not in english)}


def real() -> dict[str, Any]:
    texts = {content_id(text)[:16]: text for text in answers()}
    with (HERE / "labels" / "boilerplate.csv").open(encoding="utf-8", newline="") as file:
        labels = [row for row in csv.DictReader(file) if row["empty"] != "either"]
    return {
        sample: judged((texts[row["answer"]], row["empty"] == "yes") for row in labels if row["sample"] == sample)
        for sample in ("seen", "fresh")
    }


def forms() -> dict[str, int]:
    """Return how many forms of real answers were used at least so often."""
    texts = sorted(set(answers()))
    count = Counter(answers())
    same = near_duplicates((f"{place:06}", slot_form(text)) for place, text in enumerate(texts))
    sizes: Counter[str] = Counter()
    for place, text in enumerate(texts):
        if wordy(text):
            sizes[same.get(f"{place:06}", f"{place:06}")] += count[text]
    return {f"at least {least}": sum(size >= least for size in sizes.values()) for least in (2, 3, 4, 5, 10)}


def planted(tickets: list[Ticket]) -> dict[str, Any]:
    """Return in how many canned answers another figure is noticed, when other words stand around it, too."""
    found: dict[str, Counter[str]] = {"en": Counter(), "zh": Counter()}
    for answer, language in dict.fromkeys((t.answer, t.language) for t in tickets if t.source == "canned"):
        measure = next((fact for fact in facts(answer) if fact.low > 0 and fact.kind != "can"), None)
        other = measure and _tripled(answer, measure.low, measure.high)
        if not other or other == answer:
            continue
        around = (
            ("Hello! ", " Let me know if you need more.") if language == "en" else ("您好，", "还有问题随时找我们。")
        )
        found[language]["planted"] += 1
        found[language]["listed"] += bool(disagreement(facts(answer), facts(other.join(around))))
    return {language: dict(counts) for language, counts in found.items()}


def _tripled(answer: str, low: float, high: float) -> str:
    """Return an answer with another figure in it, of a span with both ends changed."""
    span = rf"(?<!\d){low:g}(?!\d)" + (rf"(\D{{1,4}}){high:g}(?!\d)" if high != low else "()")
    last = f"{high * 3 + 1:g}" if high != low else ""
    return re.sub(span, lambda found: f"{low * 3 + 1:g}{found[1]}{last}", answer, count=1)


def other_questions(tickets: list[Ticket]) -> dict[str, int]:
    """Return how many pairs of answers to similar, but different questions of one intent are called contradictory."""
    counts = Counter[str]()
    intents: dict[tuple[str, str], list[tuple[str, frozenset[str], Any]]] = {}
    for ticket in tickets:
        told = (ticket.answer, frozenset(tokens(ticket.question)), facts(ticket.answer))
        intents.setdefault((ticket.intent, ticket.language), []).append(told)
    for group in intents.values():
        for (answer, asked, stated), (other, also, against) in combinations(group, 2):
            if answer != other and len(asked & also) >= 0.12 * len(asked | also):
                counts["pairs"] += 1
                counts["listed"] += bool(disagreement(stated, against))
    return dict(counts)


def weak(tickets: list[Ticket], hidden: float) -> dict[str, float]:
    """Return how many labels that were hidden are concluded again from tags, and how many of these rightly."""
    said = [ticket for ticket in tickets if ticket.source == "agent"]
    tags = [() if ticket.context else ticket.tags for ticket in said]
    counts = Counter[str]()
    for seed in range(5):
        draw = random.Random(seed)
        known = ["" if draw.random() < hidden else ticket.intent for ticket in said]
        for ticket, own, label in zip(said, known, weak_intents(known, tags, [None] * len(said)), strict=True):
            if not own and ticket.intent:
                counts["hidden"] += 1
                counts["concluded"] += bool(label)
                counts["right"] += label == ticket.intent
    return {
        "concluded": round(counts["concluded"] / counts["hidden"], 3),
        "right": round(counts["right"] / counts["concluded"], 3),
    }


def size() -> None:
    """Print what the curation of very many tickets costs: words drawn from the demo, two of five answers of a form."""
    draw = random.Random(7)
    parts = {
        language: [
            part for t in demo() if t.language == language for part in re.split(r"[.,!?，。！？]\s*", t.answer) if part
        ]
        for language in ("en", "zh")
    }

    def text(language: str, least: int, most: int) -> str:
        return (". " if language == "en" else "。").join(draw.choices(parts[language], k=draw.randint(least, most)))

    forms = {language: [text(language, 3, 5) for _ in range(1000)] for language in parts}
    began = datetime(2024, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "desk.db")
        for start in range(0, MANY, 5000):
            batch = []
            for number in range(start, start + 5000):
                language = "en" if number % 2 else "zh"
                answer = f"{draw.choice(forms[language])} {number}" if draw.random() < 0.4 else text(language, 2, 6)
                at = began + timedelta(minutes=number)
                batch.append(Ticket.make(text(language, 1, 4), answer, language=language, at=at))
            store.add_tickets(batch)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clock = time.process_time()
        counts = curate(store)
        seconds = time.process_time() - clock
        store.close()
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"processor_seconds": round(seconds), "more_megabytes": round(more), **counts.document()}))
