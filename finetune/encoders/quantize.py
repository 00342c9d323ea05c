"""Eight-bit encoders: the weights and what flows between them as bytes, calibrated on a desk's own training texts."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

import numpy as np

from replydesk.retrieval.encoders.graphs import Graph, load_openvino

__all__ = ["available", "in_eight_bits", "quantized"]

_TEXTS = 256
"""Calibration texts: with four times as many the cosine to the exact model is the same."""


def available() -> bool:
    """Return whether nncf, of the extra ``int8``, is installed."""
    return importlib.util.find_spec("nncf") is not None


def quantized(graph: Graph, texts: Sequence[str]) -> Graph:
    """Return an eight-bit copy of an encoder (post-training quantisation with SmoothQuant, Xiao et al. 2023).

    Of ``texts``, which should be like those that it will read, 256 spread over all of them are used. The copy has an id
    of its own, which hashes its weights.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(graph.card.tokenizer)
    tokenizer.enable_truncation(graph.card.max_tokens)
    tokenizer.no_padding()

    def tokens(text: str) -> dict[str, np.ndarray]:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        return {"input_ids": ids, "attention_mask": np.ones_like(ids)}

    chosen = list(texts[:: max(1, -(-len(texts) // _TEXTS))])
    model = in_eight_bits(graph.model, list(map(tokens, chosen)))
    digest = hashlib.blake2b(digest_size=6)
    for operation in model.get_ordered_ops():
        if operation.get_type_name() == "Constant":
            digest.update(np.ascontiguousarray(operation.data).tobytes())
    return Graph(model, replace(graph.card, id=f"{graph.card.id}-int8-{digest.hexdigest()}"))


def in_eight_bits(model: Any, inputs: Sequence[Mapping[str, Any]]) -> Any:
    """Return an eight-bit copy of an OpenVINO model of transformer layers, calibrated on these inputs."""
    load_openvino()
    # It draws its progress on standard output, which belongs to results.
    with redirect_stdout(sys.stderr), warnings.catch_warnings():
        import nncf

        nncf.set_log_level(logging.ERROR)
        warnings.simplefilter("ignore")
        return nncf.quantize(
            model, nncf.Dataset(list(inputs)), model_type=nncf.ModelType.TRANSFORMER, subset_size=len(inputs)
        )
