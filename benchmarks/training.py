"""An epoch of full fine-tuning as a user would write it, beside ours: messages of BANKING77, MiniLM, batches of 32.

The plain loop takes rows at random, pads a batch to its longest row and computes in float32. Ours takes rows of like
length together and computes in bfloat16 where the processor has it. In between stand both halves alone, in the same
plain loop. Every way makes the same number of steps over the same rows, with AdamW and the same head; before it is
timed, it makes three steps. They take turns, so that other work on the machine meets all.

``BENCHMARK_ROWS`` and ``BENCHMARK_ROUNDS`` make it quick. Without the folder in ``REPLYDESK_DATASETS`` it stops.
"""

from __future__ import annotations

import csv
import os
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

ROWS = 2000
ROUNDS = 1
BATCH = 32
RATE = 2e-4
TOKENS = 64
WAYS = {
    "plain": (False, False),
    "length-sorted": (True, False),
    "bfloat16": (False, True),
    "both, in the plain loop": (True, True),
}


def run() -> dict[str, Any]:
    import torch

    from benchmarks._datasets import datasets
    from replydesk.data.settings import Settings
    from replydesk.finetune.training.loop import processor_has_bfloat16
    from replydesk.retrieval.encoders.encoders import Encoders

    count = int(os.environ.get("BENCHMARK_ROWS", ROWS))
    rounds = int(os.environ.get("BENCHMARK_ROUNDS", ROUNDS))
    with (datasets() / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    chosen = np.random.default_rng(0).permutation(len(rows))[:count]
    names = sorted({label for _, label in rows})
    texts, targets = [rows[i][0] for i in chosen], [names.index(rows[i][1]) for i in chosen]
    base = Encoders(Settings().retrieval).bert("en")
    assert base is not None
    seconds: dict[str, list[float]] = {name: [] for name in [*WAYS, "ours"]}
    for number in range(rounds):
        for name, (alike, short) in WAYS.items():
            seconds[name].append(plain_epoch(base, texts, targets, len(names), number, alike=alike, short=short))
        seconds["ours"].append(our_epoch(base, texts, targets, len(names), number))
    return {
        "rows": len(texts),
        "batch": BATCH,
        "rounds": rounds,
        "threads": torch.get_num_threads(),
        "bfloat16": processor_has_bfloat16(),
        "load": round(os.getloadavg()[0], 1),
        "seconds": {name: round(statistics.median(times), 1) for name, times in seconds.items()},
        "times_as_fast": {
            name: round(statistics.median(a / b for a, b in zip(seconds["plain"], times, strict=True)), 2)
            for name, times in seconds.items()
        },
    }


def plain_epoch(
    base: Path, texts: list[str], targets: list[int], labels: int, seed: int, *, alike: bool, short: bool
) -> float:
    """Return the seconds of an epoch of a loop as a user would write it."""
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    from replydesk.finetune.training.plan import batches_of

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(seed)
    tokenizer, model = AutoTokenizer.from_pretrained(str(base)), AutoModel.from_pretrained(str(base))
    head = torch.nn.Linear(model.config.hidden_size, labels)
    optimizer = torch.optim.AdamW([*model.parameters(), *head.parameters()], lr=RATE)
    order = torch.randperm(len(texts)).tolist()
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    if alike:
        batches = batches_of([len(row) for row in tokenizer(texts)["input_ids"]], BATCH, seed=seed, epoch=0)
    model.train()

    def step(rows: list[int]) -> None:
        read = tokenizer(
            [texts[i] for i in rows], padding=True, truncation=True, max_length=TOKENS, return_tensors="pt"
        )
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=short):
            states = model(**read).last_hidden_state
            mask = read["attention_mask"].unsqueeze(-1)
            vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
            logits = head(vectors)
        loss = torch.nn.functional.cross_entropy(logits.float(), torch.tensor([targets[i] for i in rows]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    for rows in batches[:3]:
        step(rows)
    began = time.perf_counter()
    for rows in batches:
        step(rows)
    return time.perf_counter() - began


def our_epoch(base: Path, texts: list[str], targets: list[int], labels: int, seed: int) -> float:
    """Return the seconds of an epoch of :func:`~replydesk.finetune.training.loop.fit`, without what begins it."""
    from transformers import TrainerCallback

    from replydesk.finetune.recipe import Training
    from replydesk.finetune.training.loop import fit
    from replydesk.finetune.training.network import EncoderNetwork
    from replydesk.finetune.training.tasks import IntentTask

    times: list[float] = []

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            times.append(time.perf_counter())

        def on_train_end(self, *_: Any, **__: Any) -> None:
            times.append(time.perf_counter())

    network = EncoderNetwork.of(base, max_tokens=TOKENS)
    draw = np.random.default_rng(seed)
    weights = draw.normal(size=(labels, network.dimension)) / network.dimension**0.5
    task = IntentTask(network, texts, targets, weights, np.zeros(labels), batch_size=BATCH, seed=seed)
    settings = Training(epochs=1, batch_size=BATCH, learning_rate=RATE, max_tokens=TOKENS)
    fit(network, [task], settings, seed=seed, callbacks=[Clock()])
    steps = len(times) - 1
    # The first three steps warm up; what the rest took, for all.
    return (times[-1] - times[3]) * steps / (steps - 3)
