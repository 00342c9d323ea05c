"""How faithful explanations are, what they cost, whether replies hang on what they cite, and whether they come again.

Words: a linear head on the frozen encoder's vectors, BANKING77 in English and JDDC in Chinese, messages that it did not
learn from. Leaving one word out is compared with integrated gradients (where the encoder has a torch network) and with
an order by chance. Evidence and replays: the demo desk, asked what its own customers asked, without the tickets of that
conversation, answering alone from a confidence of .5 (the desk is too small for a promise). A replay is made in another
process. The sets are read from ``$REPLYDESK_DATASETS``, and no part of this project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._datasets import datasets

MESSAGES = int(os.environ.get("BENCHMARK_EXPLAINED", "200"))
REPLIES = int(os.environ.get("BENCHMARK_REPLIES", "300"))
LEARNED = 3000
ALONE = 0.5
STEPS = (10, 30)
_KEPT = Path(tempfile.gettempdir()) / "replydesk-explain-demo"
_REPLAYING = """
import json, sys
from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.replaying import replay_of
agent = Agent.open(Home.find(sys.argv[1]))
print(json.dumps([replay_of(agent, key).document() for key in sys.stdin.read().split()]))
"""


def run() -> dict[str, Any]:
    figures: dict[str, Any] = {"words": {}}
    for language, read in (("en", _banking), ("zh", _jddc)):
        rows = read()
        figures["words"][language] = _words(rows, language) if rows else {"skipped": "The set is not there."}
    return figures | _desk()


def _words(rows: Sequence[tuple[str, str]], language: str) -> dict[str, Any]:
    """Return how faithful each way to weigh words is, and what it costs."""
    from replydesk.data.settings import RetrievalSettings
    from replydesk.dialog.explain.leaving_out import pieces, without_piece
    from replydesk.finetune.evaluation.attribution import faithfulness, integrated_gradients
    from replydesk.finetune.intents.classify import fit_logistic
    from replydesk.finetune.training.network import EncoderNetwork
    from replydesk.retrieval.encoders.bert import bert_folder
    from replydesk.retrieval.encoders.encoders import Encoders

    settings = RetrievalSettings()
    encoder = Encoders(settings, _KEPT / "runtime").of(language)
    rows = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    asked = list(islice((text for text, _ in rows if len(pieces(text)) > 2), MESSAGES))
    rows = list(islice((row for row in rows if row[0] not in asked), LEARNED))
    names = sorted({label for _, label in rows})
    targets = np.array([names.index(label) for _, label in rows])
    weights, bias = fit_logistic(encoder.encode([text for text, _ in rows]), targets, 10.0, 0)

    def chances(texts: Sequence[str]) -> Any:
        logits = np.asarray(encoder.encode(texts), dtype=np.float64) @ weights.T + bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def one_out(text: str, label: int, spans: Sequence[tuple[int, int]]) -> Any:
        return -chances([without_piece(text, *span) for span in spans])[:, label]

    draw = np.random.default_rng(1)
    ways: dict[str, Callable[[str, int, Sequence[tuple[int, int]]], Any]] = {
        "leave one out": one_out,
        "by chance": lambda _text, _label, spans: draw.random(len(spans)),
    }
    folder = bert_folder(settings.english_encoder if language == "en" else settings.other_encoder)
    if folder is not None:
        network = EncoderNetwork.of(folder)
        for steps in STEPS:
            ways[f"integrated gradients, {steps} steps"] = partial(
                integrated_gradients, network, weights, bias, steps=steps
            )
    found: dict[str, Any] = {"messages": len(asked), "learned_from": len(rows), "labels": len(names), "ways": {}}
    found["words_a_message"] = round(float(np.mean([len(pieces(text)) for text in asked])), 1)
    for name, weigh in ways.items():
        spent, measured = 0.0, []
        for text in asked:
            spans, whole = pieces(text), chances([text])[0]
            label = int(whole.argmax())
            began = time.process_time()
            scores = weigh(text, label, spans)
            spent += time.process_time() - began
            measured.append(faithfulness(lambda texts, label=label: chances(texts)[:, label], text, spans, scores))
        rows_ = np.array(measured)
        error = rows_.std(axis=0) / np.sqrt(len(rows_))
        found["ways"][name] = {
            "comprehensiveness": round(float(rows_[:, 0].mean()), 4),
            "sufficiency": round(float(rows_[:, 1].mean()), 4),
            "standard_errors": [round(float(value), 4) for value in error],
            "processor_milliseconds": round(1000 * spent / len(asked), 2),
        }
    return found


def _banking() -> list[tuple[str, str]]:
    import csv

    path = datasets() / "banking77" / "train.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)]


def _jddc() -> list[tuple[str, str]]:
    path = datasets() / "prepared" / "jddc_retrieval_test.jsonl"
    if not path.exists():
        return []
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row["text"], row["topic"]) for row in rows]


def _desk() -> dict[str, Any]:
    """Return what hangs on the evidence at the demo desk, what explaining costs, and how many replies come again."""
    from replydesk.data.home import Home
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.explain.explaining import explanation_of

    home = demo_home()
    agent = Agent.open(Home(home))
    agent.warm_up()
    asked = _asked(agent)
    # A second look that is skipped for want of time would be another difference.
    steady = agent.standing_in(agent.release())
    told = {
        language: _hanging(steady, [row for row in asked if row[1] == language][:REPLIES]) for language in ("en", "zh")
    }
    replies = [agent.reply(text, language=language) for text, language, _ in asked[:REPLIES]]
    spent, answered = [], [reply.milliseconds["total"] for reply in replies]
    for reply in replies[:40]:
        began = time.process_time()
        explanation_of(agent, reply.id)
        spent.append(1000 * (time.process_time() - began))
    keys = "\n".join(reply.id for reply in replies)
    done = subprocess.run(
        [sys.executable, "-c", _REPLAYING, str(home)], input=keys, capture_output=True, text=True, check=True
    )
    replays = json.loads(done.stdout)
    kinds = [cause["kind"] for one in replays if not one["same"] for cause in one["causes"]]
    agent.store.close()
    return {
        "evidence": told,
        "explaining": {
            "replies": len(spent),
            "processor_milliseconds_p50": round(float(np.median(spent)), 1),
            "processor_milliseconds_p95": round(float(np.quantile(spent, 0.95)), 1),
            "answer_milliseconds_p50": round(float(np.median(answered)), 1),
        },
        "replays": {
            "replies": len(replays),
            "same": sum(one["same"] for one in replays),
            "causes_of_others": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
            "fields_of_others": sorted({one["field"] for replay in replays for one in replay["differences"]}),
        },
    }


def _hanging(agent: Any, asked: Sequence[tuple[str, str, frozenset[str]]]) -> dict[str, Any]:
    """Return how many replies change where what they cite is not there: the tickets alone, or all that say the same."""
    from replydesk.dialog.incoming import Incoming

    counts = {"asked": len(asked), "replies": 0, "changed": 0, "action": 0, "tickets_alone": 0, "others_say_it": 0}
    for text, language, own in asked:
        whole = agent.answer(Incoming(text, language, without=own))
        cited = frozenset(one.ticket for one in whole.citations)
        if whole.action not in ("pick", "compose") or not cited:
            continue
        saying = agent.store.saying([hit.ticket.answer for hit in whole.hits if hit.ticket.id in cited]) - own
        alone, other = (agent.answer(Incoming(text, language, without=own | gone)) for gone in (cited, cited | saying))
        counts["replies"] += 1
        counts["tickets_alone"] += (alone.action, alone.text) != (whole.action, whole.text)
        counts["changed"] += (other.action, other.text) != (whole.action, whole.text)
        counts["action"] += other.action != whole.action
        counts["others_say_it"] += len(saying) > len(cited)
    return counts


def demo_home() -> Path:
    """Return the home of a demo desk, which is built once and kept in the temporary folder."""
    if not (_KEPT / "current").exists():
        code = "import sys; from replydesk.ui.cli import app; app(sys.argv[1:])"
        subprocess.run([sys.executable, "-c", code, "demo", "--home", str(_KEPT), "--json"], check=True)
    path = _KEPT / "settings.toml"
    settings = path.read_text(encoding="utf-8")
    if "[dialog]" not in settings:
        path.write_text(f"{settings}\n[dialog]\npick_above = {ALONE}\n", encoding="utf-8")
    return _KEPT


def _asked(agent: Any) -> list[tuple[str, str, frozenset[str]]]:
    """Return what customers asked, in which language, and the tickets that their conversations gave."""
    own: dict[str, set[str]] = {}
    for ticket, conversation in agent.store.origins().items():
        own.setdefault(conversation, set()).add(ticket)
    tickets = {ticket.id: ticket for ticket in agent.store.tickets()}
    found = [
        (tickets[key].question, tickets[key].language, frozenset(keys))
        for _, keys in sorted(own.items())
        for key in sorted(keys)
        if key in tickets
    ]
    return [found[i] for i in np.random.default_rng(0).permutation(len(found))]
