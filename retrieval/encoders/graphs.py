"""OpenVINO graphs of encoders: converted once, kept in the home whole or not at all, found again at a glance."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sys
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replydesk.data.errors import HomeError, ModelError
from replydesk.data.home import file_hash, sync_folder, write_atomically
from replydesk.retrieval.encoders.bert import BertEncoder, model_folder

if TYPE_CHECKING:
    import torch

__all__ = ["GRAPH", "WEIGHTS", "Card", "Graph", "compiled", "convert", "core", "key_of", "load_openvino"]

_CARD = "card.json"
GRAPH, WEIGHTS = "model.xml", "model.bin"
"""The two files of a model in OpenVINO's own form."""
_SOURCE = "source.json"
_VERSION = "3"
_LOCK = threading.Lock()
_READ = (".json", ".safetensors", ".bin", ".txt", ".model")


def load_openvino() -> Any:
    """Import OpenVINO without its telemetry and return it.

    Unless told otherwise it reports every import and every conversion to a web service, which a desk with customers'
    words must not do. It does without where the package that reports cannot be imported.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def core() -> Any:
    """Return the one OpenVINO core of this process.

    On processors with AMX each core gives the thread that first compiles with it a signal stack of its own, and gives
    back the one before when it goes: if cores go in the order in which they came, that is one that is freed, and the
    next signal, such as Ctrl-C, ends the process with a segmentation fault. A core that stays does neither.
    """
    with _LOCK:
        return _core()


@cache
def _core() -> Any:
    return load_openvino().Core()


@dataclass(frozen=True, slots=True)
class Card:
    """What stands beside a graph: what the encoder is called, how it splits text, and what its files must be like.

    ``weights`` and ``graph`` are hashes (BLAKE2b) of the two files, ``stamp`` the size in bytes and the time in
    nanoseconds that the weights had when they were hashed.
    """

    id: str
    dimension: int
    max_tokens: int
    padding: int
    tokenizer: str
    weights: str = ""
    graph: str = ""
    stamp: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """An encoder from tokens and mask to unit vectors, and to the states of all tokens as a second output; its card."""

    model: Any
    card: Card

    @classmethod
    def of(cls, name: str, max_tokens: int, cache: Path | None) -> Graph:
        """Return the graph of a model, from ``cache`` where it is there and whole, else converted and put there.

        Raises :class:`ModelError` for what is no model, or none that can be converted.
        """
        openvino = load_openvino()
        folder = model_folder(name)
        if cache is None:
            return _converted(name, folder, max_tokens)
        wanted = {"version": f"{_VERSION} {openvino.__version__}", "max_tokens": max_tokens, **_stamps(folder)}
        for path in sorted(cache.glob(f"[!.]*/{_SOURCE}")):
            if _document(path) == wanted and (found := _read(path.parent)):
                return found
        kept = cache / key_of(folder, wanted["version"], max_tokens)
        graph = _read(kept)
        if graph is None:
            graph = _converted(name, folder, max_tokens)
            if not _keep(kept, graph):
                return graph
        # Where this cannot be written, the next start hashes the model again.
        with suppress(HomeError):
            write_atomically(kept / _SOURCE, json.dumps(wanted).encode())
        return graph

    @classmethod
    def kept(cls, folder: Path) -> Graph | None:
        """Return the graph in a folder, or None when there is none or it is not whole: then it is made again."""
        return _read(folder)

    @classmethod
    def load(cls, folder: Path) -> Graph:
        """Return a graph that :meth:`save` wrote. Raises :class:`ModelError` when its files are not whole."""
        graph = _read(folder)
        if graph is None:
            hint = "Restore the folder from a backup, or train the release again."
            raise ModelError("The converted encoder is damaged or missing.", where=str(folder), hint=hint)
        return graph

    def keep(self, folder: Path) -> bool:
        """Write it beside and rename it, so that others see all of it or nothing; return whether it is there."""
        return _keep(folder, self)

    def save(self, folder: Path) -> None:
        """Write the graph and its card, durable, into a new folder. Raises :class:`OSError` or :class:`HomeError`."""
        openvino = load_openvino()
        folder.mkdir(parents=True)
        try:
            openvino.save_model(self.model, folder / GRAPH, compress_to_fp16=False)
        except RuntimeError as error:
            # So it tells of a full disk, among other things.
            raise OSError(str(error).strip().rpartition("\n")[2]) from error
        graph, weights = folder / GRAPH, folder / WEIGHTS
        for path in (graph, weights):
            with path.open("r+b") as file:
                os.fsync(file.fileno())
        card = replace(self.card, weights=file_hash(weights), graph=file_hash(graph), stamp=_stamp(weights))
        write_atomically(folder / _CARD, json.dumps(asdict(card)).encode())


def convert(model: torch.nn.Module, inputs: Sequence[str], folder: Path) -> Any:
    """Return the OpenVINO model of a torch one with these inputs of token ids. Raises :class:`ModelError`."""
    import torch

    openvino = load_openvino()
    for part in model.modules():
        # OpenVINO looks at every attribute, and transformers would warn of a loss that nobody asks for.
        if hasattr(type(part), "loss_function"):
            part.loss_function = None  # type: ignore[assignment]
    example = {name: torch.ones((2, 4), dtype=torch.int64) for name in inputs}
    try:
        # OpenVINO traces the model: torch warns that this is deprecated, and of shapes that stay dynamic here.
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openvino.convert_model(model, example_input=example)
    except Exception as error:
        first = str(error).partition("\n")[0]
        hint = "Set retrieval.runtime to torch for this model."
        raise ModelError(f"The model cannot be converted to OpenVINO: {first}", where=str(folder), hint=hint) from error


def compiled(model: Any, threads: int, precision: str = "") -> Any:
    """Return a model ready to compute on this processor, for one request at a time that shall be done soon."""
    settings: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        # Another process may own the core that would be pinned.
        "ENABLE_CPU_PINNING": False,
    }
    if precision:
        settings["INFERENCE_PRECISION_HINT"] = precision
    return core().compile_model(model, "CPU", settings)


def _converted(name: str, folder: Path, max_tokens: int) -> Graph:
    reference = BertEncoder(name, max_tokens=max_tokens)
    model = convert(reference.pooled(), ("input_ids", "attention_mask"), folder)
    card = Card(reference.id, reference.dimension, reference.max_tokens, reference.padding, reference.tokenizer_json)
    return Graph(model, card)


def _stamps(folder: Path) -> dict[str, Any]:
    """Return what tells, without reading a model, that it is still the same: names, sizes and times of its files."""
    files = {path.relative_to(folder).as_posix(): list(_stamp(path)) for path in _files(folder)}
    return {"folder": str(folder.absolute()), "files": files}


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _READ)


def key_of(folder: Path, *parts: object) -> str:
    """Return a name that changes with the model in a folder and with these parts."""
    digest = hashlib.blake2b(" ".join(map(str, parts)).encode(), digest_size=12)
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {file_hash(path)}".encode())
    return f"{folder.name}-{digest.hexdigest()}"


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _read(folder: Path) -> Graph | None:
    """Return a kept graph, or None when there is none or it is not whole.

    Weights whose size and time are as they were when they were hashed are not hashed again.
    """
    document = _document(folder / _CARD)
    try:
        card = Card(**{field.name: document[field.name] for field in fields(Card)})
        weights = folder / WEIGHTS
        same = _stamp(weights) == tuple(card.stamp) or file_hash(weights) == card.weights
        if not same or file_hash(folder / GRAPH) != card.graph:
            return None
        return Graph(core().read_model(folder / GRAPH), card)
    except (OSError, KeyError, TypeError, RuntimeError):
        return None


def _keep(kept: Path, graph: Graph) -> bool:
    """Write a graph beside and rename it, so that others see all of it or nothing; return whether it is there."""
    aside = kept.with_name(f".{kept.name}.{secrets.token_hex(4)}")
    try:
        graph.save(aside)
        if kept.exists():
            shutil.rmtree(kept)
        aside.rename(kept)
        sync_folder(kept.parent)
    except (OSError, HomeError):
        # It is kept for speed alone: on a full disk, or when another process was first, this one goes on without.
        shutil.rmtree(aside, ignore_errors=True)
        return False
    return True
