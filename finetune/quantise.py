"""int8: a cross-encoder in an eighth of the bits, kept only if it ranks as well."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from replydesk.finetune.cross import Asked, Choice
from replydesk.finetune.stack import Judged, judged
from replydesk.retrieval.cross_encoder import CrossEncoder, graph_of
from replydesk.retrieval.runtime import GRAPH, WEIGHTS

__all__ = ["quantise"]

_LOSS = 0.005
_CALIBRATION = 128


def quantise(
    folder: Path,
    learned: Sequence[Choice],
    logits: Callable[[], list[Any]],
    plain: Judged,
    asked: Sequence[Asked],
    seed: int,
) -> tuple[list[Any] | None, dict[str, Any]]:
    """Write the model in ``folder`` in int8 beside, and return its logits, None if it was not kept, and the figures.

    The ranges of the activations are measured on some of what was learned (post-training quantisation of NNCF). It is
    kept where the MRR falls by no more than .005 against ``plain``, and the P@1 by no more than .01.
    """
    try:
        import nncf
    except ImportError:
        return None, {"kept": False, "why": "The library nncf, which makes int8, is not installed."}
    import openvino

    reference = CrossEncoder(folder)
    pairs = [(question, text) for question, texts in learned for text in texts[:2]][:_CALIBRATION]
    batches = [reference.padded([pair], len(pair.ids)) for pair in reference.read(pairs)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nncf.set_log_level(logging.ERROR)
        small = nncf.quantize(
            graph_of(folder, reference.inputs),
            nncf.Dataset(batches),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(batches),
        )
    openvino.save_model(small, folder / GRAPH, compress_to_fp16=False)
    found = logits()
    result = judged(asked, found, seed)
    fallen = {name: plain.after[name] - result.after[name] for name in ("mrr", "p1")}
    kept = fallen["mrr"] <= _LOSS and fallen["p1"] <= 2 * _LOSS
    figures = {"kept": kept, "after": {name: round(value, 4) for name, value in result.after.items()}}
    if not kept:
        for name in (GRAPH, WEIGHTS):
            (folder / name).unlink()
    return (found if kept else None), figures
