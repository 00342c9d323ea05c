"""What hurried writing costs an intent head, what gives it back, and how the demo desk fares on the checklist.

Accuracy in percent on messages as they are and with one typo each, of a head on the frozen encoder, on a validation
part of the training messages of BANKING77 (one in five, drawn once) where ``REPLYDESK_DATASETS`` is; for the demo desk
the speller's trial on held-out customers, the test part under each kind of noise, and the checklist.
"""

from __future__ import annotations

import csv
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

SHARE = 5
STRENGTH = 30.0


def run() -> dict[str, Any]:
    from benchmarks._datasets import datasets

    figures: dict[str, Any] = {"demo": demo()}
    path = datasets() / "banking77" / "train.csv"
    if path.exists():
        with path.open(encoding="utf-8") as file:
            rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
        figures["banking77"] = ladder(rows, "en")
    return figures


def ladder(rows: list[tuple[str, str]], language: str) -> dict[str, dict[str, float]]:
    """Return the accuracy of each way, on clean and on noised validation messages."""
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.intents.classify import fit_logistic
    from replydesk.finetune.robustness.noise import hurried, noisy
    from replydesk.finetune.robustness.spelling import fit_speller
    from replydesk.retrieval.encoders.encoders import Encoders

    encoder = Encoders(RetrievalSettings()).of(language)
    order = np.random.default_rng(0).permutation(len(rows))
    learned, held = ([rows[i] for i in part] for part in (order[len(rows) // SHARE :], order[: len(rows) // SHARE]))
    names = sorted({label for _, label in rows})
    targets = np.array([names.index(label) for _, label in learned])
    truth = np.array([names.index(label) for _, label in held])
    texts, asked = [text for text, _ in learned], [text for text, _ in held]
    speller, hasty = fit_speller(texts), hurried((language,))
    kind = "homophone" if language == "zh" else "typo"
    copies = {
        "": [],
        f" + {kind} copy": [[noisy(text, kind, seed) for seed, text in enumerate(texts)]],
        " + hurried copy": [[hasty(text, seed) for seed, text in enumerate(texts)]],
    }
    rough = [noisy(text, kind, len(texts) + seed) for seed, text in enumerate(asked)]
    sets = {
        "clean": asked,
        kind: rough,
        "clean, speller": [speller.correct(text) for text in asked],
        f"{kind}, speller": [speller.correct(text) for text in rough],
    }
    vectors = {name: encoder.encode(one) for name, one in sets.items()}
    first = encoder.encode(texts)
    found = {}
    for name, more in copies.items():
        every = np.concatenate([first, *map(encoder.encode, more)])
        weights, bias = fit_logistic(every, np.tile(targets, 1 + len(more)), STRENGTH, 0)
        found[f"frozen{name}"] = {
            one: round(100 * float(((made @ weights.T + bias).argmax(axis=1) == truth).mean()), 2)
            for one, made in vectors.items()
        }
    return found


def demo() -> dict[str, Any]:
    """Return what the demo desk's release says of spelling and noise, and how it behaves."""
    from replydesk.data.home import Home
    from replydesk.dialog.agent import Agent
    from replydesk.finetune.retrain import Workshop
    from replydesk.finetune.robustness.checklist import agent_reader, run_checklist

    with (
        tempfile.TemporaryDirectory() as folder,
        resources.as_file(resources.files("replydesk.data.samples")) as samples,
    ):
        home = Home(Path(folder))
        names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
        workshop = Workshop(home)
        workshop.import_exports([samples / name for name in names])
        release = workshop.train(promote=True).release
        agent = Agent.open(home)
        agent.use(release)
        known = {label for skills in release.skills.values() if skills.head for label in skills.head.labels}
        return {
            "spelling": {key: skills.notes["spelling"] for key, skills in release.skills.items()},
            "noise": {name: found.get("noise", {}) for name, found in release.metrics.items()},
            "checklist": [
                one.document(3)
                for language in ("en", "zh")
                for one in run_checklist(agent_reader(agent, language), languages=(language,), known=known)
            ],
        }
