"""The cross-encoder: a small BERT that reads message and answer together and says how well they fit."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.retrieval.encoders.graphs import (
    GRAPH,
    WEIGHTS,
    Card,
    Graph,
    compiled,
    convert,
    core,
    key_of,
)
from replydesk.retrieval.encoders.runtime import TOKENS_A_THREAD, batches, encodings

__all__ = ["MOST_LAYERS", "CrossEncoder", "graph_of", "read_config"]

MOST_LAYERS = 6
"""Layers that a cross-encoder may have: with more, ten candidates take longer than anybody waits."""

Tokens = NDArray[np.int64]

_MAX_TOKENS = 128
_HINT = "Name a folder with config.json, model.safetensors and tokenizer.json of a BERT with one output."


class CrossEncoder:
    """A BERT with one output, computed by OpenVINO, or by torch as the reference and for a GPU.

    The folder holds ``config.json``, ``tokenizer.json`` and ``model.safetensors``, as transformers writes them for one
    of its own or :class:`~replydesk.retrieval.reranking.pair_model.PairModel` for one that was trained here. Where
    it also holds ``model.xml`` and ``model.bin``, which may be in int8, OpenVINO takes these and torch is not loaded;
    else the model is converted and kept in ``cache``. Raises :class:`ModelError` for a model that cannot be used.

    >>> CrossEncoder(folder).logits("where is my parcel", ["On its way.", "In a week."])    # doctest: +SKIP
    array([ 2.1, -4.3], dtype=float32)
    """

    def __init__(
        self,
        folder: Path,
        *,
        runtime: Literal["openvino", "torch"] = "openvino",
        threads: int = 0,
        cache: Path | None = None,
        device: str = "cpu",
    ) -> None:
        config = read_config(folder)
        self._typed = int(config.get("type_vocab_size", 0)) > 1
        self._padding = int(config.get("pad_token_id") or 0)
        self._tokenizer: Any = _tokenizer(folder, int(config.get("max_position_embeddings", _MAX_TOKENS)))
        self.id = key_of(folder)
        self._lock = threading.Lock()
        threads = threads or len(os.sched_getaffinity(0))
        self._budget = TOKENS_A_THREAD * threads
        if runtime == "torch":
            self._compute = _on_torch(folder, self.inputs, device)
        else:
            self._compute = _on_openvino(folder, self.inputs, threads, cache and cache / f"cross-{self.id}")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of what the model reads."""
        return ("input_ids", "attention_mask", "token_type_ids")[: 3 if self._typed else 2]

    def tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each pair, the special ones included."""
        return [len(pair.ids) for pair in self.read([(question, text) for text in texts])]

    def logits(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each text answers the question, shape (len(texts),). Of like length they run together."""
        out = np.empty(len(texts), dtype=np.float32)
        pairs = self.read([(question, text) for text in texts])
        for places, tokens, _ in batches([pair.ids for pair in pairs], self._budget, self._padding):
            arrays = self.padded([pairs[place] for place in places], tokens.shape[1])
            # One request uses every core that it was given; two would only disturb each other.
            with self._lock:
                out[places] = self._compute(arrays)
        return out

    def padded(self, pairs: Sequence[Any], width: int) -> dict[str, Tokens]:
        """Return the arrays of shape (len(pairs), width) that the model reads."""
        columns = [("input_ids", "ids", self._padding), ("attention_mask", "attention_mask", 0)]
        columns += [("token_type_ids", "type_ids", 0)] if self._typed else []
        arrays = {}
        for name, attribute, filling in columns:
            array = np.full((len(pairs), width), filling, dtype=np.int64)
            for number, pair in enumerate(pairs):
                array[number, : len(pair.ids)] = getattr(pair, attribute)
            arrays[name] = array
        return arrays

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Any]:
        """Return the encodings of pairs of question and text, truncated and not padded."""
        return encodings(self._tokenizer, pairs)


def graph_of(folder: Path, inputs: Sequence[str]) -> Any:
    """Return the OpenVINO graph of the weights in a folder. Raises :class:`ModelError`."""
    return convert(_single(_loaded(folder), inputs), inputs, folder)


def read_config(folder: Path) -> dict[str, Any]:
    """Return the config of the cross-encoder in a folder.

    Raises :class:`ModelError` where there is none, or it has more than one output or more than six layers.
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        layers = int(config["num_hidden_layers"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError("The cross-encoder has no readable config.json.", where=str(folder), hint=_HINT) from error
    if len(config.get("id2label") or (0, 1)) != 1:
        raise ModelError("The cross-encoder must have one output.", where=str(folder), hint=_HINT)
    if layers > MOST_LAYERS:
        message = f"The cross-encoder has {layers} layers, {MOST_LAYERS} are allowed."
        hint = "Take a smaller one: ten candidates must be read while the customer waits."
        raise ModelError(message, where=str(folder), hint=hint)
    return config


def _tokenizer(folder: Path, positions: int) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # The library raises a bare Exception for a file that is missing or damaged.
    except Exception as error:
        message = "The tokenizer of the cross-encoder cannot be read."
        raise ModelError(message, where=str(folder / "tokenizer.json"), hint=_HINT) from error
    kept = tokenizer.truncation
    tokenizer.enable_truncation(min(kept["max_length"] if kept else _MAX_TOKENS, positions), strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


def _on_torch(folder: Path, inputs: Sequence[str], device: str) -> Callable[[dict[str, Tokens]], NDArray[np.float32]]:
    import torch

    model = _single(_loaded(folder), inputs).to(device)

    def compute(arrays: dict[str, Tokens]) -> NDArray[np.float32]:
        with torch.inference_mode():
            batch = {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
            logits: NDArray[np.float32] = model(**batch).reshape(-1).float().cpu().numpy()
        return logits

    return compute


def _on_openvino(
    folder: Path, inputs: Sequence[str], threads: int, kept: Path | None
) -> Callable[[dict[str, Tokens]], NDArray[np.float32]]:
    if (folder / GRAPH).exists():
        graph = _read_graph(folder)
    elif kept is not None and (known := Graph.kept(kept)) is not None:
        graph = known.model
    else:
        graph = graph_of(folder, inputs)
        if kept is not None:
            Graph(graph, Card(kept.name, 1, 0, 0, "")).keep(kept)
    model = compiled(graph, threads)

    def compute(arrays: dict[str, Tokens]) -> NDArray[np.float32]:
        return np.array(model(arrays)[0], dtype=np.float32).reshape(-1)

    return compute


def _read_graph(folder: Path) -> Any:
    try:
        return core().read_model(folder / GRAPH, folder / WEIGHTS)
    except RuntimeError as error:
        message = f"The cross-encoder cannot be read: {str(error).strip().rpartition(chr(10))[2]}"
        raise ModelError(message, where=str(folder / GRAPH), hint=_HINT) from error


def _loaded(folder: Path) -> Any:
    """Return a module from the arrays to the logits, of shape (n,) or (n, 1)."""
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging

    from replydesk.retrieval.reranking.pair_model import HEAD, PairModel

    logging.disable_progress_bar()
    try:
        if read_config(folder).get("replydesk_head") == HEAD:
            return PairModel.load(folder)
        # Whatever precision the weights are kept in, the graph is made of float32.
        return AutoModelForSequenceClassification.from_pretrained(
            str(folder), use_safetensors=True, dtype=torch.float32
        ).eval()
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        first = str(error).partition("\n")[0]
        raise ModelError(f"The cross-encoder cannot be loaded: {first}", where=str(folder), hint=_HINT) from error


def _single(model: Any, inputs: Sequence[str]) -> Any:
    """Return a model whose arguments are the inputs in their order and whose only output is the logits."""
    import torch

    class Single(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor,
            token_type_ids: torch.Tensor | None = None,
        ) -> torch.Tensor:
            named = dict(zip(inputs, (input_ids, attention_mask, token_type_ids), strict=False))
            found = self.model(**named)
            logits: torch.Tensor = found if isinstance(found, torch.Tensor) else found.logits
            return logits

    return Single().eval()
