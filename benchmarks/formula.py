"""Which formula finds the right text: validation sets for `docs/why/words-and-meaning.md`, none of them a test set.

What a set asks is what a desk is asked: a customer's words against the team's. FAQ-like sets have one entry a topic, an
example (``one``) or its name (``name``); ticket-like ones have past messages. They are read from
``$REPLYDESK_DATASETS`` and are no part of this project.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks._datasets import datasets
from replydesk.finetune.evaluation.retrieval_data import RetrievalData

Pairs = list[tuple[str, str]]
Found = tuple[list[str], list[tuple[str, set[int]]]]

_QUERIES = 500
_SMALL_TALK = ("contentonly", "confirmation", "thankyou", "openinggreeting", "rejection", "outofdomain")


def run() -> dict[str, Any]:
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.evaluation.retrieval import evaluate_retrieval
    from replydesk.retrieval.encoders.encoders import Encoders

    encoders = Encoders(RetrievalSettings())
    results = {}
    for name, data, language in sets():
        found = evaluate_retrieval(data, encoders, language=language)
        kept = {
            model: {key: figures[key] for key in ("p1", "mrr", "map")} for model, figures in found["models"].items()
        }
        parts = ("differences", "differences_reranked", "notes")
        results[name] = {"models": kept, **{part: found[part] for part in parts if part in found}}
    return {"sets": results}


def sets() -> Iterator[tuple[str, RetrievalData, str]]:
    """Yield name, data and language of every set that is there."""
    folder = datasets()
    english = {
        "banking77": _csv(folder / "banking77/train.csv", "text", "category"),
        "clinc150": _clinc(folder / "clinc150_oos/data_full.json"),
        "insurance": _lines(folder / "dstc11_intent_induction/development/test-utterances.jsonl"),
        "banking": _lines(folder / "dstc11_intent_induction/test-banking/test-utterances.jsonl"),
        "finance": _lines(folder / "dstc11_intent_induction/test-finance/test-utterances.jsonl"),
    }
    for name, rows in english.items():
        if rows:
            yield f"{name}, one", _data(_entries(rows, names=False)), "en"
            yield f"{name}, name", _data(_entries(rows, names=True)), "en"
    if rows := _multidogo(folder / "multidogo"):
        yield "multidogo, one", _data(_entries(rows, names=False)), "en"
    for language in ("en", "zh"):
        if (path := folder / f"prepared/chitchat_{language}.jsonl").exists():
            yield f"chit-chat, {language}", _data(_variants(path)), language
    if (folder / "tweetsumm").exists():
        told, asked = _summaries(folder)
        yield "tweets, by summary", _data((told, [(q, {i}) for i, q in enumerate(asked)])), "en"
        yield "summaries, by tweet", _data((asked, [(q, {i}) for i, q in enumerate(told)])), "en"
    if (path := folder / "prepared/jddc_retrieval_dev.jsonl").exists():
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        yield "jddc dev", _candidates(lines), "zh"
        topics = [(line["text"], line["topic"]) for line in lines]
        yield "jddc dev, one", _data(_entries(topics, names=False)), "zh"
        yield "jddc dev, name", _data(_entries(topics, names=True)), "zh"
    if (path := folder / "jddc/dev/sts.txt").exists():
        yield "jddc dev, alike", _data(_alike(path)), "zh"


def _data(found: Found) -> RetrievalData:
    corpus, asked = found
    drawn = random.Random(0).sample(asked, min(len(asked), _QUERIES))
    relevant = tuple(frozenset(places) for _, places in drawn)
    return RetrievalData(tuple(corpus), tuple(text for text, _ in drawn), relevant, (None,) * len(drawn))


def _entries(rows: Iterable[tuple[str, str]], *, names: bool) -> Found:
    """Return one text a label, an example or its name, and the other examples as queries for it."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in rows:
        by_label[label].append(text.strip())
    draw, corpus, asked = random.Random(0), [], []
    for label, texts in sorted(by_label.items()):
        different = [text for text in dict.fromkeys(texts) if text]
        draw.shuffle(different)
        if len(different) < 3:
            continue
        corpus.append(_words(label) if names else different.pop())
        asked += [(text, {len(corpus) - 1}) for text in different]
    return corpus, asked


def _words(label: str) -> str:
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ").replace("?", "").split())


def _csv(path: Path, text: str, label: str) -> Pairs:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[text], row[label]) for row in csv.DictReader(file)]


def _clinc(path: Path) -> Pairs:
    return [tuple(row) for row in json.loads(path.read_text(encoding="utf-8"))["val"]] if path.exists() else []


def _lines(path: Path) -> Pairs:
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["utterance"], row["intent"]) for row in rows]


def _multidogo(folder: Path) -> Pairs:
    found: Pairs = []
    for path in sorted(folder.glob("*/*/dev.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row["intent"] and "<div>" not in row["intent"] and not row["intent"].startswith(_SMALL_TALK):
                    found.append((row["utterance"], f"{path.parent.name} {row['intent']}"))
    return found


def _variants(path: Path) -> Found:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [(text, {i}) for i, row in enumerate(rows) for text in row["variants"] if text != row["question"]]
    return [row["question"] for row in rows], asked


def _summaries(folder: Path) -> tuple[list[str], list[str]]:
    """Return what somebody wrote of a customer's message, and the message, of the training part."""
    summaries = {}
    for line in (folder / "tweetsumm/final_train_tweetsum.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        written = [one["abstractive"][0] for one in row["annotations"] if one.get("abstractive")]
        if long := [text for text in written if len(text.split()) >= 8]:
            summaries[row["conversation_id"]] = max(long, key=len)
    told, asked = [], []
    for line in (folder / "prepared/tweetsumm_dialogs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = " ".join(re.sub(r"https?://\S+|@\w+|\^\w+", "", row["turns"][0]["text"]).split())
        if row["split"] == "train" and row["id"] in summaries and len(text.split()) >= 4:
            told.append(summaries[row["id"]])
            asked.append(text)
    return told, asked


def _candidates(lines: list[dict[str, Any]]) -> RetrievalData:
    place = {line["id"]: i for i, line in enumerate(lines)}
    drawn = random.Random(0).sample([line for line in lines if line["pos"]], _QUERIES)
    right = [[place[key] for key in line["pos"] if key in place] for line in drawn]
    wrong = [[place[key] for key in line["neg"] if key in place] for line in drawn]
    among = tuple(tuple(dict.fromkeys(one + other)) for one, other in zip(right, wrong, strict=True))
    texts = tuple(line["text"] for line in lines)
    return RetrievalData(texts, tuple(line["text"] for line in drawn), tuple(map(frozenset, right)), among)


def _alike(path: Path) -> Found:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    texts = list(dict.fromkeys(row[2] for row in rows))
    return texts, [(row[1], {texts.index(row[2])}) for row in rows if row[0] in ("4", "5")]
